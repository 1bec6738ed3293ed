# SPDX-License-Identifier: Apache-2.0
"""Git repositories served over HTTP by `git http-backend`, as a forge does."""

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada Lovelace", "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Grace Hopper", "GIT_COMMITTER_EMAIL": "grace@example.org",
}


def git(folder, *words, env=None):
    done = subprocess.run(["git", "-C", str(folder), *words], env={**_ENV, **(env or {})}, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


class Repository:
    """A bare repository on the server and a developer's clone of it; every commit is pushed at once."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.bare, self.work = server.root / f"{name}.git", server.root.parent / f"work-{name}"
        self.work.mkdir()
        git(server.root, "init", "-q", "--bare", "-b", "main", self.bare.name)
        git(self.work, "init", "-q", "-b", "main")
        git(self.work, "remote", "add", "origin", str(self.bare))

    @property
    def url(self):
        return f"{self.server.url}/{self.name}.git"

    def write(self, files):
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message, files=None, push=True, author=None):
        """Writes the files, commits, pushes the branch checked out; returns the revision."""
        self.write(files or {f"{message.split()[0]}.txt": message})
        git(self.work, "add", "-A")
        who = ["--author", author] if author else []
        git(self.work, "commit", "-q", "--allow-empty", "-m", message, *who)
        if push:
            self.push()
        return self.revision()

    def push(self, *words):
        git(self.work, "push", "-q", "origin", *(words or ["HEAD"]))

    def branch(self, name):
        """Checks the branch out, made from the present commit when it is new."""
        git(self.work, "checkout", "-q", "-B", name)

    def revision(self, name="HEAD"):
        return git(self.work, "rev-parse", name)

    def git(self, *words):
        return git(self.work, *words)


class GitServer:
    def __init__(self, folder):
        self.root = folder / "git"
        self.root.mkdir()
        self.silent = False          # true: requests are taken and never answered
        self.refuse = 0              # so many requests are answered by 503
        self.users = None            # {name: password} of who may read and write; None: everybody
        self.requests = 0
        self._released = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self):
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self._released.set()
        self._http.shutdown()
        self._http.server_close()

    def repository(self, name="app", first_commit=True):
        repository = Repository(self, name)
        if first_commit:
            repository.commit("Start", {"README": f"{name}\n"})
        return repository

    def wait_while_silent(self):
        self._released.wait()


class _Handler(BaseHTTPRequestHandler):
    """The CGI protocol, as far as git http-backend needs it."""

    owner = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.owner.requests += 1
        if self.owner.silent:
            self.owner.wait_while_silent()
            self.close_connection = True
            return None
        if self.owner.refuse > 0:
            self.owner.refuse -= 1
            self._body()
            return self._answer(b"Status: 503 Busy\r\n\r\n")
        if not self._is_known():
            self._body()
            return self._answer(b"Status: 401 Who\r\nWWW-Authenticate: Basic realm=\"git\"\r\n\r\n")
        path, _, query = self.path.partition("?")
        done = subprocess.run(["git", "http-backend"], input=self._body(), env=self._cgi(path, query), check=False,
                              capture_output=True)
        return self._answer(done.stdout)

    do_POST = do_GET

    def _is_known(self):
        users = self.owner.users
        name, _, password = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode().partition(":")
        return users is None or name in users and users[name] == password

    def _body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _cgi(self, path, query):
        return {
            **_ENV, "GIT_PROJECT_ROOT": str(self.owner.root), "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_ADDR": "127.0.0.1",
            # The bare repositories belong to whoever runs the tests, who need not be who owns the folder above.
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        }

    def _answer(self, output):
        head, _, body = output.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        self.send_response(status)
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass
