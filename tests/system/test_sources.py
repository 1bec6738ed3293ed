# SPDX-License-Identifier: Apache-2.0
"""What git, hg and svn have in common, against real repositories: modes, second tries, revisions, patches; then each by itself."""

import os
import shutil
import subprocess

import pytest

from slipway_test import CANCELLED, EXCEPTION, FAILURE, SUCCESS, GitServer, RestError, free_port, wait_for
from slipway_test.vcs import HgRepository, SvnRepository

QUICK = {"retries": 0}
NOT_YET = (IndexError, RestError)


class Source:
    """A repository of one kind with two revisions of the file f, and builders that check it out."""

    def __init__(self, plant, kind, repository, commit, branch=None):
        self.plant, self.kind, self.repository, self.commit, self.branch = plant, kind, repository, commit, branch
        self.first = commit("one", {"f": "one\n"})
        self.name = None

    @property
    def url(self):
        return self.repository.url

    def builder(self, *more, show="cat f", **arguments):
        step = {self.kind: {"repository": self.url, **arguments}}
        if self.branch:
            step[self.kind].setdefault("branch", self.branch)
        self.name = self.plant.add_builder(step, *more, {"run": show, "name": "show", "always_run": True})
        return self

    def build(self, **source):
        built = self.plant.force(self.name, **{"repository": self.url, "branch": self.branch or "", **source})
        built.finished()
        return built

    def try_patch(self, patch, **more):
        tried = self.plant.try_patch(self.name, patch, **{"repository": self.url, "branch": self.branch, **more})
        tried.finished()
        return tried

    def folder(self, workdir="build"):
        return self.plant.stack.folder / "agent-w1" / "builders" / f"{self.name}-1" / workdir


def properties_of(built):
    return built.rest.one(f"builds/{built.builds()[-1]['buildid']}/properties")


def assert_shows(built, *lines, revision=None):
    assert built.verdict()[0] == SUCCESS, built.log().content()
    assert tuple(built.log("show").lines()) == lines
    if revision:
        assert properties_of(built)["got_revision"][0] == revision


def git_source(plant, tmp_path, git_server):
    repository = git_server.repository("app", first_commit=False)
    return Source(plant, "git", repository, repository.commit)


def hg_source(plant, tmp_path, git_server):
    repository = HgRepository(tmp_path)
    return Source(plant, "hg", repository, repository.commit)


def svn_source(plant, tmp_path, git_server):
    repository = SvnRepository(tmp_path)

    def commit(message, files):
        return repository.commit(message, {f"trunk/{name}": text for name, text in files.items()})
    return Source(plant, "svn", repository, commit, branch="trunk")


@pytest.fixture(params=[git_source, hg_source, svn_source], ids=["git", "hg", "svn"])
def source(request, shared_plant, tmp_path, git_server):
    return request.param(shared_plant, tmp_path, git_server)


@pytest.fixture
def git(shared_plant, tmp_path, git_server):
    return git_source(shared_plant, tmp_path, git_server)


@pytest.fixture
def hg(shared_plant, tmp_path):
    return hg_source(shared_plant, tmp_path, None)


@pytest.fixture
def svn(shared_plant, tmp_path):
    return svn_source(shared_plant, tmp_path, None)


# Modes.

def ignore_objects(source):
    """A revision that ignores *.o."""
    if source.kind == "git":
        return source.commit("ignore", {".gitignore": "*.o\n"})
    if source.kind == "hg":
        return source.commit("ignore", {".hgignore": "syntax: glob\n*.o\n"})
    source.repository.svn("propset", "-q", "svn:ignore", "*.o", "trunk")
    return source.commit("ignore", {})


@pytest.mark.parametrize("method, stays", [
    (None, {"new", "kept.o"}), ("fresh", set()), ("clean", {"kept.o"}), ("copy", set()), ("clobber", set()),
])
def test_the_mode_says_what_stays_of_an_earlier_build(source, method, stays):
    ignore_objects(source)
    source.builder(**({"mode": "full", "method": method} if method else {}))
    assert_shows(source.build(), "one")
    folder = source.folder()
    for name in ("new", "kept.o"):
        (folder / name).touch()
    (folder / "f").write_text("changed by a build\n")
    revision = source.commit("two", {"f": "two\n"})
    built = source.build()
    assert_shows(built, "two", revision=revision)
    assert {name for name in ("new", "kept.o") if (folder / name).exists()} == stays
    assert source.folder("source").exists() == (method == "copy")


def test_a_revision_that_is_asked_for_is_built_and_later_the_newest(source):
    second = source.commit("two", {"f": "two\n"})
    source.builder()
    assert_shows(source.build(), "two", revision=second)
    assert_shows(source.build(revision=source.first), "one", revision=source.first)
    assert_shows(source.build(), "two", revision=second)


def test_always_use_latest_passes_over_the_revision(source):
    second = source.commit("two", {"f": "two\n"})
    source.builder(always_use_latest=True)
    assert_shows(source.build(revision=source.first), "two", revision=second)


def test_a_file_removed_by_a_revision_is_gone(source):
    source.commit("more", {"g": "g\n"})
    source.builder(show="ls")
    assert_shows(source.build(), "f", "g")
    {"git": lambda: source.repository.git("rm", "-q", "g"), "hg": lambda: source.repository.hg("remove", "g"),
     "svn": lambda: source.repository.svn("remove", "-q", "trunk/g")}[source.kind]()
    source.commit("less", {"f": "three\n"})
    assert_shows(source.build(), "f")


def test_the_codebase_names_the_revision_among_others(source):
    first = {source.kind: {"repository": source.url, "codebase": "a", **({"branch": "trunk"} if source.branch else {})},
             "workdir": "a"}
    second = {source.kind: {**first[source.kind], "codebase": "b"}, "workdir": "b"}
    name = source.plant.add_builder(first, second, {"run": "cat a/f b/f", "workdir": ".", "name": "show"})
    built = source.plant.force(name)
    assert built.finished()["results"] == SUCCESS
    assert properties_of(built)["got_revision"][0] == {"a": source.first, "b": source.first}
    assert built.log("show").lines() == ["one", "one"]


# What does not work.

def test_what_does_not_exist_is_said(source):
    source.builder(**QUICK)
    missing = "1" * 40 if source.kind != "svn" else "4711"
    built = source.build(revision=missing)
    assert f"no revision {missing} in" in built.log().own_words()
    source.builder(branch="nope", **QUICK)
    built = source.build(branch="nope")
    assert built.steps()[0]["results"] == FAILURE
    assert 'no branch "nope" in' in built.steps()[0]["state_string"]
    assert len(built.log().own_words().split("again in")) == 1


def test_no_repository_is_an_exception(shared_plant):
    for kind in ("git", "hg", "svn"):
        built = shared_plant.build({kind: {}})
        assert built.finished()["results"] == EXCEPTION
        assert "no repository" in built.steps()[0]["state_string"]


def test_a_server_that_is_away_is_asked_again(source, tmp_path):
    source.builder(retries=50, retry_delay="100ms")
    if source.kind == "git":
        source.repository.server.refuse = 4
        assert_shows(source.build(), "one")
        return
    there = source.url.removeprefix("file://")
    away = f"{there}.away"
    os.rename(there, away)
    built = source.plant.force(source.name)
    wait_for(lambda: "again in 0.1 s" in built.log().own_words(), "a second try", ignoring=NOT_YET)
    os.rename(away, there)
    built.finished()
    assert_shows(built, "one")


def test_a_second_try_ends_when_the_build_is_stopped(shared_plant):
    name = shared_plant.add_builder({"git": {"repository": f"http://127.0.0.1:{free_port()}/x.git", "retry_delay": "1h"}})
    built = shared_plant.force(name)
    wait_for(lambda: "again in 3600.0 s" in built.log().own_words(), "the pause", ignoring=NOT_YET)
    built.stop()
    assert built.finished()["results"] == CANCELLED
    assert built.steps()[0]["state_string"] == "cancelled"


def test_the_pause_takes_of_the_time_of_the_step(shared_plant):
    built = shared_plant.build({"git": {"repository": f"http://127.0.0.1:{free_port()}/x.git", "retry_delay": "1h"},
                                "max_time": "1s"})
    assert built.finished()["results"] == FAILURE
    assert built.steps()[0]["state_string"] == "timed out (longer than 1 s)"


def _spoil(source):
    folder = source.folder()
    if source.kind == "git":
        shutil.rmtree(folder / ".git" / "objects")
    elif source.kind == "hg":
        (folder / ".hg" / "store" / "00changelog.i").write_bytes(b"garbage")
    else:
        (folder / ".svn" / "wc.db").write_bytes(b"garbage")


def test_a_broken_working_copy_is_made_anew(source):
    source.builder(**QUICK)
    assert_shows(source.build(), "one")
    _spoil(source)
    (source.folder() / "left").touch()
    built = source.build()
    assert_shows(built, "one", revision=source.first)
    assert "starting anew" in built.log().own_words()
    assert not (source.folder() / "left").exists()


def test_without_clobber_on_failure_a_broken_working_copy_fails(source):
    source.builder(clobber_on_failure=False, **QUICK)
    assert_shows(source.build(), "one")
    _spoil(source)
    built = source.build()
    assert built.steps()[0]["results"] == FAILURE
    assert "starting anew" not in built.log().own_words()


# Patches.

PATCH = b"""--- a/f
+++ b/f
@@ -1 +1 @@
-one
+patched
--- /dev/null
+++ b/added
@@ -0,0 +1 @@
+new file
"""


def test_a_patch_is_applied_and_gone_in_the_next_build(source):
    source.builder(show="cat f; ls")
    assert_shows(source.build(), "one", "f")
    tried = source.try_patch(PATCH)
    assert_shows(tried, "patched", "added", "f", revision=source.first)
    assert "applying the patch of Ada: a try" in tried.log().own_words()
    assert tried.steps()[0]["state_string"].endswith(", patched")
    (source.folder() / "made-of-the-patch.o").touch()
    assert_shows(source.build(), "one", "f")
    assert "patched" not in "".join(os.listdir(source.folder(f"build/.{source.kind}")))


def test_a_patch_has_a_level_and_a_folder(source):
    source.commit("below", {"sub/f": "one\n"})
    source.builder(show="cat f sub/f")
    assert_shows(source.try_patch(PATCH.replace(b"a/", b"").replace(b"b/", b""), level=0, subdir="sub"), "one", "patched")
    assert_shows(source.try_patch(PATCH.replace(b"a/", b"a/b/").replace(b"b/", b"a/b/"), level=2), "patched", "one")


def test_a_patch_that_does_not_apply_fails_with_its_rejects(source):
    source.builder(show="ls; cat f")
    tried = source.try_patch(PATCH.replace(b"-one", b"-something else"))
    assert tried.verdict()[2][source.kind][:2] == (FAILURE, "patch does not apply")
    assert any("-something else" in line for line in tried.log().lines())
    assert_shows(source.build(), "f", "one")


def test_a_patch_can_not_leave_the_checkout(source):
    source.builder()
    tried = source.try_patch(PATCH.replace(b"b/added", b"b/../../outside"))
    assert tried.steps()[0]["results"] == FAILURE
    assert not (source.folder(".") / "outside").exists()
    with pytest.raises(RestError, match="leaves the checkout"):
        source.try_patch(PATCH, subdir="../..")


def test_a_patch_goes_onto_a_copy(source):
    source.builder(mode="full", method="copy")
    assert_shows(source.try_patch(PATCH), "patched")
    assert (source.folder("source") / "f").read_text() == "one\n"
    assert_shows(source.build(), "one")


def test_git_applies_binary_patches_and_renames(git, tmp_path):
    work = git.repository.work
    (work / "b").write_bytes(bytes(range(256)))
    git.repository.git("mv", "f", "g")
    git.repository.git("add", "b")
    patch = subprocess.run(["git", "diff", "--binary", "--cached", "-M"], cwd=work, check=True, capture_output=True).stdout
    git.repository.git("reset", "-q", "--hard")
    git.builder(show="ls; cat g; cksum < b")
    assert_shows(git.try_patch(patch), "b", "g", "one", "1313719201 256")
    git.builder(show="ls")
    assert_shows(git.build(), "f")


# git.

def test_git_pull_and_merge_requests_ignore_the_revision(git):
    git.builder()
    for name in ("refs/pull/7/merge", "refs/merge-requests/8/head"):
        git.repository.branch("request")
        git.commit(f"for {name}", {"f": f"{name}\n"})
        git.repository.push("--force", f"HEAD:{name}")
        assert_shows(git.build(branch=name, revision=git.first), name, revision=git.repository.revision())


def test_git_gerrit_changes_are_branches(git):
    git.repository.branch("change")
    revision = git.commit("change", {"f": "change\n"})
    git.repository.push("HEAD:refs/changes/34/1234/1")
    assert_shows(git.builder().build(branch="refs/changes/34/1234/1"), "change", revision=revision)


def test_git_tags_come_along_and_move(git):
    git.builder(show="git tag -l; git describe --tags --always")
    assert "v1" not in git.build().log("show").lines()
    git.repository.git("tag", "v1")
    git.repository.push("--tags")
    git.builder(tags=True, describe=True, show="git tag -l")
    built = git.build(revision=git.first)
    assert_shows(built, "v1")
    assert properties_of(built)["commit-description"] == ["v1", "git"]
    second = git.commit("two", {"f": "two\n"})
    git.repository.git("tag", "-f", "v1")
    git.repository.push("--force", "--tags")
    assert properties_of(git.build(revision=second))["commit-description"] == ["v1", "git"]
    assert properties_of(git.build(revision=git.first))["commit-description"] == [git.first[:7], "git"]


def test_git_describe_of_a_codebase_stands_beside_others(git):
    git.builder(codebase="a", describe=True)
    assert properties_of(git.build())["commit-description"] == [{"a": git.first[:7]}, "git"]


def test_git_progress_is_in_the_log_unless_it_is_not_wanted(git):
    for wanted in ({}, {"progress": True}, {"progress": False}):
        words = git.builder(**wanted).build().log().own_words()
        assert "git fetch" in words and ("--progress" in words) == wanted.get("progress", True)


def test_git_partial_clone_fetches_old_files_only_when_needed(git):
    git.repository.git("-C", str(git.repository.bare), "config", "uploadpack.allowFilter", "true")
    git.repository.git("-C", str(git.repository.bare), "config", "uploadpack.allowAnySHA1InWant", "true")
    old = git.repository.git("rev-parse", "HEAD:f")
    second = git.commit("two", {"f": "two\n"})
    git.builder(filter="blob:none", show="git cat-file --batch-all-objects --batch-check='%(objectname)'")
    built = git.build()
    assert properties_of(built)["got_revision"][0] == second
    assert old not in built.log("show").lines()
    git.builder(filter="blob:none")
    assert_shows(git.build(), "two")
    assert_shows(git.build(revision=git.first), "one")


def test_git_objects_of_a_mirror_need_no_fetch(git, tmp_path):
    mirror = tmp_path / "mirror"
    subprocess.run(["git", "clone", "-q", "--mirror", str(git.repository.bare), str(mirror)], check=True)
    os.chmod(tmp_path, 0o755)
    git.builder(reference=str(mirror), show="git count-objects -v | grep -E '^(count|in-pack)'")
    assert_shows(git.build(), "count: 0", "in-pack: 0", revision=git.first)
    git.builder(reference=str(tmp_path / "none"))
    built = git.build()
    assert_shows(built, "one")
    assert "is not there: fetching all" in built.log().own_words()


def test_git_remote_has_the_name_that_is_asked_for_and_follows_the_address(git):
    git.builder(origin="upstream", show="git remote; git config remote.upstream.url")
    assert_shows(git.build(), "upstream", git.url)


def test_git_config_holds_for_every_command(git):
    git.builder(repository="short:app.git", config={f"url.{git.repository.server.url}/.insteadOf": "short:"})
    assert_shows(git.build(repository="short:app.git"), "one")


def test_git_depth_unshallows_when_it_is_taken_away(git):
    git.commit("two", {"f": "two\n"})
    git.builder(depth=1, show="git rev-list --count HEAD")
    assert_shows(git.build(), "1")


def test_git_submodules_are_clean_too(git, git_server):
    library = git_server.repository("library", first_commit=False)
    library.commit("lib", {"l": "lib\n"})
    git.repository.git("submodule", "--quiet", "add", library.url, "lib")
    git.commit("with a library", {"f": "two\n"})
    git.builder(submodules=True, mode="full", method="fresh", show="cat lib/l; ls lib")
    assert_shows(git.build(), "lib", "l")
    (git.folder() / "lib" / "new").touch()
    (git.folder() / "lib" / "l").write_text("changed\n")
    assert_shows(git.build(), "lib", "l")


@pytest.mark.skipif(not shutil.which("git-lfs"), reason="no git-lfs")
def test_git_lfs_brings_large_files(git, tmp_path):
    bare = f"file://{git.repository.bare}"
    work = git.repository
    work.git("lfs", "install", "--local")
    work.git("lfs", "track", "*.bin")
    work.git("config", "remote.origin.lfsurl", bare)
    work.write({"large.bin": "large content\n"})
    work.git("add", "-A")
    work.git("commit", "-q", "-m", "large")
    work.git("push", "-q", "origin", "HEAD")
    git.builder(repository=bare, lfs=True, show="cat large.bin; git status --porcelain")
    assert_shows(git.build(repository=bare), "large content")
    assert_shows(git.build(repository=bare), "large content")


def test_git_lfs_that_is_missing_is_said(git, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "sh", "cat"):
        (programs / name).symlink_to(shutil.which(name))
    name = git.plant.add_builder({"git": {"repository": git.url, "lfs": True}, "env": {"PATH": str(programs)}})
    os.chmod(tmp_path, 0o755)
    built = git.plant.force(name)
    assert built.finished()["results"] == FAILURE
    assert built.steps()[0]["state_string"] == "git-lfs is missing on this worker"


SECRET = "s3cr3t-t0ken'\"$x"


def everything_below(folder, but=()):
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in but:
            yield path, path.read_bytes()


def test_git_token_opens_http_and_is_nowhere(git, tmp_path):
    git.repository.server.users = {"ci": SECRET}
    (git.plant.stack.secrets / "token").write_text(SECRET)
    git.builder(user="ci", token="%(secret:token)s", show="cat f; git config --list; env; ls $TMPDIR", **QUICK)
    built = git.build()
    assert built.verdict()[0] == SUCCESS, built.log().content()
    assert built.log("show").lines()[0] == "one"
    text = built.log().content() + built.log("show").content()
    assert "s3cr3t" not in text and "credential" not in built.log("show").content()
    assert not any(b"s3cr3t" in content for _, content in everything_below(git.folder(".")))
    assert not os.listdir(git.folder("tmp"))


def test_git_token_that_is_wrong_fails_without_a_question(git):
    git.repository.server.users = {"ci": SECRET}
    built = git.builder(user="ci", token="wrong", **QUICK).build()
    assert built.steps()[0]["state_string"] == f"could not read repository {git.url}"
    built = git.builder(**QUICK).build()
    assert built.steps()[0]["results"] == FAILURE


def test_git_token_goes_to_its_own_server_only(git, git_server, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    foreign = GitServer(other).start()
    try:
        library = foreign.repository("library")
        git.repository.git("submodule", "--quiet", "add", library.url, "lib")
        git.commit("with a library", {"f": "two\n"})
        git.repository.server.users = foreign.users = {"ci": SECRET}
        built = git.builder(user="ci", token=SECRET, submodules=True, **QUICK).build()
        assert built.steps()[0]["state_string"] == "could not get the submodules"
    finally:
        foreign.stop()


SSH = """#!/bin/sh
# Stands in for ssh: shows its options, checks what they name, runs the command here.
printf '%s\\n' "$@" > "$SSH_SEEN"
while [ $# -gt 1 ]; do
    case "$1" in
    -i) stat -c 'key %a' "$2" >> "$SSH_SEEN"; cat "$2" >> "$SSH_SEEN"; shift ;;
    UserKnownHostsFile=*) file=${1#*=\\"}; file=${file%\\"}; stat -c 'hosts %a' "$file" >> "$SSH_SEEN"; cat "$file" >> "$SSH_SEEN" ;;
    esac
    shift
done
exec sh -c "$1"
"""


@pytest.mark.parametrize("hosts, line", [
    ({"ssh_known_hosts": "example.org ssh-ed25519 AAAA"}, "example.org ssh-ed25519 AAAA"),
    ({"ssh_host_key": "ssh-ed25519 BBBB"}, "* ssh-ed25519 BBBB"), ({}, None),
])
def test_git_ssh_gets_key_and_hosts_by_files(git, tmp_path, hosts, line):
    programs, seen = tmp_path / "programs", tmp_path / "seen"
    programs.mkdir()
    (programs / "ssh").write_text(SSH)
    (programs / "ssh").chmod(0o755)
    step = {"git": {"repository": f"ssh://git@example.org{git.repository.bare}", "ssh_private_key": "THE KEY", **hosts},
            "env": {"PATH": f"{programs}:${{PATH}}", "SSH_SEEN": str(seen)}}
    name = git.plant.add_builder(step, {"run": "cat f", "name": "show"})
    built = git.plant.force(name)
    built.finished()
    assert_shows(built, "one")
    shown = seen.read_text().splitlines()
    assert "BatchMode=yes" in shown and "IdentitiesOnly=yes" in shown
    assert "key 600" in shown and "THE KEY" in shown
    assert (line in shown and "hosts 600" in shown and "StrictHostKeyChecking=yes" in shown) == bool(line)
    assert "THE KEY" not in built.log().content()
    key = shown[shown.index("-i") + 1]
    assert not os.path.exists(key)


# Mercurial.

def test_hg_branches_of_the_repository(hg):
    hg.repository.hg("branch", "-q", "stable")
    stable = hg.commit("stable", {"f": "stable\n"})
    hg.builder()
    assert_shows(hg.build(), "one", revision=hg.first)
    (hg.folder() / "left").touch()
    assert_shows(hg.build(branch="stable"), "stable", revision=stable)
    assert not (hg.folder() / "left").exists()
    hg.builder(clobber_on_branch_change=False)
    assert_shows(hg.build(), "one")
    (hg.folder() / "left").touch()
    assert_shows(hg.build(branch="stable"), "stable")
    assert (hg.folder() / "left").exists()
    hg.builder(default_branch="stable")
    assert_shows(hg.build(), "stable", revision=stable)


def test_hg_branches_as_folders(hg, tmp_path):
    root = tmp_path / "branches"
    root.mkdir()
    subprocess.run(["hg", "clone", "-q", tmp_path / "hg", root / "default"], check=True)
    subprocess.run(["hg", "clone", "-q", tmp_path / "hg", root / "next"], check=True)
    hg.builder(repository=f"{root}/", branch_type="dirname")
    assert_shows(hg.build(repository=f"{root}/"), "one")
    assert_shows(hg.build(repository=f"{root}/", branch="next"), "one", revision=hg.first)
    assert f"hg pull {root}/next" in hg.build(repository=f"{root}/", branch="next").log().own_words()


def test_hg_locks_and_transactions_of_a_killed_build_are_in_nobodys_way(hg):
    hg.builder()
    assert_shows(hg.build(), "one")
    os.symlink("elsewhere:1", hg.folder() / ".hg" / "wlock")
    os.symlink("elsewhere:1", hg.folder() / ".hg" / "store" / "lock")
    revision = hg.commit("two", {"f": "two\n"})
    built = hg.build()
    assert_shows(built, "two", revision=revision)
    assert "starting anew" not in built.log().own_words()


def test_hg_another_repository_in_the_same_folder_starts_anew(hg, tmp_path):
    hg.builder(repository="%(prop:where)s")
    other = HgRepository(tmp_path, "other")
    other.commit("other", {"f": "other\n"})
    name = hg.plant.add_builder({"hg": {}}, {"run": "cat f", "name": "show"})
    for repository, text in ((hg.url, "one"), (other.url, "other")):
        built = hg.plant.force(name, repository=repository)
        built.finished()
        assert_shows(built, text)


# Subversion.

def test_svn_switches_between_branches_and_keeps_what_is_new(svn):
    svn.repository.branch("next")
    revision = svn.repository.commit("next", {"branches/next/f": "next\n"})
    svn.branch = None
    svn.builder()
    assert_shows(svn.build(branch="trunk"), "one")
    (svn.folder() / "left").touch()
    built = svn.build(branch="branches/next")
    assert_shows(built, "next", revision=revision)
    assert "svn switch" in built.log().own_words() and (svn.folder() / "left").exists()


def test_svn_prefers_the_last_changed_revision_when_asked(svn):
    svn.repository.commit("elsewhere", {"branches/x": "x\n"})
    assert_shows(svn.builder().build(), "one", revision=str(int(svn.first) + 1))
    assert_shows(svn.builder(prefer_last_changed_rev=True).build(), "one", revision=svn.first)


def test_svn_depth_limits_what_is_checked_out(svn):
    svn.commit("deep", {"d/deep": "deep\n"})
    assert_shows(svn.builder(depth="files", show="ls").build(), "f")
    assert_shows(svn.builder(show="ls").build(), "d", "f")


def test_svn_signs_in_by_stdin(svn, svnserve):
    (svn.plant.stack.secrets / "svn").write_text("p@ss word")
    svn.builder(repository=svnserve, user="ci", password="%(secret:svn)s", show="cat f; svn info --show-item url", **QUICK)
    built = svn.build(repository=svnserve)
    assert_shows(built, "one", f"{svnserve}/trunk")
    assert "p@ss word" not in built.log().content()
    assert not any(b"p@ss word" in content for _, content in everything_below(svn.plant.stack.folder / "agent-w1"))
    built = svn.builder(repository=svnserve, user="ci", password="wrong", **QUICK).build(repository=svnserve)
    assert built.steps()[0]["state_string"] == f"could not read repository {svnserve}"


@pytest.fixture
def svnserve(svn):
    """The repository's address by svnserve, which asks for a password."""
    conf = svn.repository.folder / "conf"
    (conf / "svnserve.conf").write_text("[general]\nanon-access = none\nauth-access = write\npassword-db = passwd\n")
    (conf / "passwd").write_text("[users]\nci = p@ss word\n")
    port = free_port()
    server = subprocess.Popen(["svnserve", "--daemon", "--foreground", "--listen-host", "127.0.0.1", "--listen-port", str(port),
                               "--root", str(svn.repository.folder.parent)])
    url = f"svn://127.0.0.1:{port}/{svn.repository.folder.name}"
    wait_for(lambda: subprocess.run(["svn", "info", "--non-interactive", "--no-auth-cache", "--username", "ci", "--password",
                                     "p@ss word", url], check=False, capture_output=True).returncode == 0, "svnserve")
    yield url
    server.terminate()
    server.wait()


def test_svn_extra_args_are_given(svn):
    built = svn.builder(extra_args=["--config-option", "config:miscellany:use-commit-times=yes"],
                        show="find f -newermt '1 hour ago'").build()
    assert_shows(built, "f")
