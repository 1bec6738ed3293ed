# SPDX-License-Identifier: Apache-2.0
"""Mercurial and Subversion repositories on disk."""

import os
import subprocess

_ENV = {**{name: value for name, value in os.environ.items() if not name.startswith("HG")},
        "HGPLAIN": "1", "HGRCPATH": "", "HGUSER": "Ada Lovelace <ada@example.org>", "LC_ALL": "C.UTF-8"}


def _run(folder, *words):
    done = subprocess.run([str(word) for word in words], cwd=folder, env=_ENV, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, words))}: {done.stderr}"
    return done.stdout.strip()


class _Copy:
    """A developer's working copy; every commit is on the server at once."""

    work = None

    def write(self, files):
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


class HgRepository(_Copy):
    def __init__(self, folder, name="hg"):
        self.url = f"file://{folder / name}"
        self.work = folder / f"work-{name}"
        _run(folder, "hg", "init", name)
        _run(folder, "hg", "clone", "-q", name, self.work)

    def hg(self, *words):
        return _run(self.work, "hg", *words)

    def commit(self, message, files):
        self.write(files)
        self.hg("commit", "-q", "--addremove", "-m", message)
        self.hg("push", "-q", "--new-branch", "--force")
        return self.revision()

    def revision(self):
        return self.hg("log", "-r", ".", "--template", "{node}")

    def diff(self):
        """The changes that are not committed; they are taken back."""
        self.hg("addremove", "-q")
        text = self.hg("diff", "--git") + "\n"
        self.hg("update", "-q", "--clean", ".")
        return text.encode()


class SvnRepository(_Copy):
    """With the folders trunk and branches."""

    def __init__(self, folder, name="svn"):
        self.folder = folder / name
        self.url = f"file://{self.folder}"
        self.work = folder / f"work-{name}"
        _run(folder, "svnadmin", "create", name)
        _run(folder, "svn", "mkdir", "-q", "-m", "layout", f"{self.url}/trunk", f"{self.url}/branches")
        _run(folder, "svn", "checkout", "-q", self.url, self.work)

    def svn(self, *words):
        return _run(self.work, "svn", *words)

    def commit(self, message, files):
        """Paths begin with trunk/ or branches/NAME/."""
        self.write(files)
        self.svn("add", "-q", "--force", ".")
        self.svn("commit", "-q", "-m", message)
        self.svn("update", "-q")
        return self.svn("info", "--show-item", "revision").strip()

    def branch(self, name):
        self.svn("copy", "-q", "trunk", f"branches/{name}")
        return self.commit(f"branch {name}", {})
