# SPDX-License-Identifier: Apache-2.0
"""slipway try, from real working copies of git, Mercurial and Subversion to the builds of their changes."""

import json
import os
import subprocess

import pytest

from slipway_test import FAILURE, SUCCESS, wait_for
from slipway_test.git import git as run_git
from slipway_test.stack import BINARIES
from slipway_test.vcs import HgRepository, SvnRepository


class Developer:
    """A working copy whose file f says "one" in the revision that the server has, and a builder that checks it out."""

    def __init__(self, plant, kind, work, url, branch, base):
        self.plant, self.kind, self.work, self.url, self.branch, self.base = plant, kind, work, url, branch, base
        self.builder = plant.add_builder({kind: {}}, {"run": "cat f; ls; [ -z \"$FAIL\" ]", "name": "show",
                                                      "env": {"FAIL": "%(prop:fail:-)s"}})

    def slipway(self, *words, folder=None, text=None):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "XDG_", "GIT_"))}
        server = [] if "--dry-run" in words else ["--url", self.plant.rest.url, "--admin-token", self.plant.rest.token]
        return subprocess.run([BINARIES / "slipway", "try", *server, *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=120, cwd=folder or self.work, env=env, input=text)

    def tried(self, *words, **more):
        """The output, exit status and builds of a try of our builder."""
        before = {build["buildid"] for build in self.builds()}
        done = self.slipway("--builder", self.builder, *words, **more)
        return done, [build for build in self.builds() if build["buildid"] not in before]

    def builds(self):
        return self.plant.rest.get(f"builders/{self.builder}/builds", order="buildid", property="*")

    def shown(self, build, step="show"):
        content = self.plant.rest.one(f"builds/{build['buildid']}/steps/{step}/logs/stdio/contents")["content"]
        return [line[1:] for line in content.split("\n") if line[:1] == "o"]

    def plan(self, *words, **more):
        """(what would be sent, the patch)"""
        done = self.slipway("--dry-run", "--json", *words, **more)
        assert done.returncode == 0, done.stderr
        params = json.loads(done.stdout)
        done = self.slipway("--dry-run", *words, **more)
        return params, done.stdout.partition("\n\n")[2]

    def write(self, **files):
        for name, text in files.items():
            (self.work / name).write_text(text)


def git_developer(plant, folder, git_server):
    repository = git_server.repository("app", first_commit=False)
    base = repository.commit("one", {"f": "one\n"})
    run_git(folder, "clone", "-q", repository.url, "clone")
    return Developer(plant, "git", folder / "clone", repository.url, "main", base)


def hg_developer(plant, folder, git_server):
    repository = HgRepository(folder)
    base = repository.commit("one", {"f": "one\n"})
    return Developer(plant, "hg", repository.work, str(folder / "hg"), "default", base)


def svn_developer(plant, folder, git_server):
    repository = SvnRepository(folder)
    repository.commit("one", {"trunk/f": "one\n"})
    subprocess.run(["svn", "checkout", "-q", f"{repository.url}/trunk", folder / "copy"], check=True)
    return Developer(plant, "svn", folder / "copy", repository.url, "trunk", "2")


@pytest.fixture(params=[git_developer, hg_developer, svn_developer], ids=["git", "hg", "svn"])
def developer(request, shared_plant, tmp_path, git_server):
    return request.param(shared_plant, tmp_path, git_server)


@pytest.fixture
def git(shared_plant, tmp_path, git_server):
    return git_developer(shared_plant, tmp_path, git_server)


def test_changes_of_the_working_copy_are_built_and_waited_for(developer):
    developer.write(f="changed\n", new="new\n")
    done, (build,) = developer.tried("--who", "Ada", "--comment", "let's see", "--property", "a=1", "--property", "b=x=y")
    assert done.returncode == 0, done.stderr + done.stdout
    assert developer.shown(build) == ["changed", "f"]
    assert build["properties"]["a"] == ["1", "try build"] and build["properties"]["b"] == ["x=y", "try build"]
    lines = done.stdout.splitlines()
    assert lines[0].startswith("buildset ") and lines[-1] == "success"
    url = f"{developer.plant.rest.url}/#/builders/{build['builderid']}/builds/{build['number']}"
    assert f"builder {developer.builder}: build {build['number']}: success  {url}" in lines
    request = developer.plant.rest.one(f"buildrequests/{build['buildrequestid']}")
    buildset = developer.plant.rest.one(f"buildsets/{request['buildsetid']}")
    stamp, = buildset["sourcestamps"]
    assert (stamp["repository"], stamp["branch"], stamp["revision"]) == (developer.url, developer.branch, developer.base)
    assert (stamp["patch"]["author"], stamp["patch"]["comment"]) == ("Ada", "let's see")
    assert buildset["reason"] == "'try' job by user Ada"


def test_new_files_are_sent_when_asked_for(developer):
    developer.write(f="changed\n", new="new\n")
    done, (build,) = developer.tried("--untracked")
    assert done.returncode == 0, done.stderr + done.stdout
    assert developer.shown(build) == ["changed", "f", "new"]
    status = {"git": ["git", "status", "--porcelain"], "hg": ["hg", "status"], "svn": ["svn", "status"]}[developer.kind]
    shown = subprocess.run(status, cwd=developer.work, check=True, capture_output=True, text=True).stdout
    assert sorted(line.split() for line in shown.splitlines()) == sorted([["M", "f"], ["?" if developer.kind != "git" else "??", "new"]])


def test_a_build_that_fails_is_the_exit_status(developer):
    developer.write(f="changed\n")
    done, (build,) = developer.tried("--property", "fail=yes")
    assert (done.returncode, build["results"]) == (1, FAILURE)
    assert done.stdout.splitlines()[-1] == "failure"


def test_without_changes_the_base_is_built(developer):
    done, (build,) = developer.tried()
    assert done.returncode == 0 and "no changes" in done.stderr
    assert developer.shown(build) == ["one", "f"]


def test_nobody_waits_with_no_wait(developer):
    developer.write(f="changed\n")
    done = developer.slipway("--no-wait", "--builder", developer.builder)
    assert done.returncode == 0 and "success" not in done.stdout
    wait_for(lambda: developer.builds() and developer.builds()[-1]["complete"], "the build")


def test_a_dry_run_shows_what_would_be_sent(developer):
    developer.write(f="changed\n")
    params, patch = developer.plan("--who", "Ada")
    assert (params["repository"], params["branch"], params["baserev"], params["who"]) == (
        developer.url, developer.branch, developer.base, "Ada")
    assert params["patch"]["level"] == (0 if developer.kind == "svn" else 1)
    assert "-one\n+changed\n" in patch
    below = developer.work / "below"
    below.mkdir()
    assert developer.plan(folder=below)[1] == patch
    params, _ = developer.plan("--branch", "b", "--repository", "r", "--patch-level", "0", "--subdir", "s")
    assert (params["branch"], params["repository"], params["patch"]["level"], params["patch"]["subdir"]) == ("b", "r", 0, "s")


def test_git_commits_that_were_not_pushed_and_staged_files_are_part_of_it(git):
    git.write(f="committed\n", g="g\n")
    run_git(git.work, "add", "g")
    run_git(git.work, "commit", "-q", "-a", "-m", "not pushed")
    git.write(h="staged\n")
    run_git(git.work, "add", "h")
    (git.work / "binary").write_bytes(bytes(range(256)))
    run_git(git.work, "add", "binary")
    done, (build,) = git.tried()
    assert done.returncode == 0, done.stdout
    assert git.shown(build) == ["committed", "binary", "f", "g", "h"]


def test_git_branches_without_an_upstream_are_based_on_the_remotes_own(git):
    run_git(git.work, "checkout", "-q", "-b", "topic")
    git.write(f="topic\n")
    params, _ = git.plan()
    assert (params["branch"], params["baserev"]) == ("main", git.base)
    run_git(git.work, "remote", "set-head", "origin", "--delete")
    done = git.slipway("--dry-run")
    assert done.returncode == 2 and "no upstream: say by --base" in done.stderr
    params, _ = git.plan("--base", "HEAD")
    assert params["baserev"] == git.base and "branch" not in params
    done = git.slipway("--dry-run", "--base", "nope")
    assert done.returncode == 2 and 'no commit "nope"' in done.stderr


def test_git_passwords_of_the_remote_stay_here(git):
    run_git(git.work, "remote", "set-url", "origin", git.url.replace("://", "://ada:secret@"))
    assert git.plan()[0]["repository"] == git.url


def test_a_patch_may_come_from_a_file_or_stdin(git, tmp_path):
    git.write(f="changed\n")
    _, text = git.plan()
    run_git(git.work, "checkout", "-q", "f")
    file = tmp_path / "a.patch"
    file.write_text(text)
    words = ("--repository", git.url, "--branch", "main")
    done, (build,) = git.tried("--patch", file, *words, folder=tmp_path)
    assert done.returncode == 0 and git.shown(build) == ["changed", "f"]
    done, (build,) = git.tried("--patch", "-", *words, folder=tmp_path, text=text)
    assert done.returncode == 0 and git.shown(build) == ["changed", "f"]
    done, (build,) = git.tried("--patch", "-", *words, text=text.replace("-one", "-two"))
    assert done.returncode == 1
    step = git.plant.rest.get(f"builds/{build['buildid']}/steps", order="number")[0]
    assert (step["results"], step["state_string"]) == (FAILURE, "patch does not apply")


@pytest.mark.parametrize("words, status, complaint", [
    (["--builder", "nope"], 2, "has no builder 'nope'"),
    (["--scheduler", "nope"], 2, "try scheduler \"nope\""),
    (["--property", "x"], 2, "is no NAME=VALUE"),
    (["--property"], 2, "--property needs a value"),
    (["--wait", "--no-wait"], 2, "exclude each other"),
    (["--patch", "/nowhere/x"], 2, "could not open /nowhere/x"),
    (["--patch-level", "-1", "--dry-run"], 2, "not between 0 and 100"),
    (["extra"], 2, '"extra" is no option'),
    (["--bulder", "x"], 2, "did you mean --builder?"),
])
def test_wrong_input_is_said(git, words, status, complaint):
    git.write(f="changed\n")
    done = git.slipway(*words)
    assert complaint in done.stderr, done
    assert done.returncode == status


def test_outside_of_a_working_copy_there_is_nothing_to_try(git, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    done = git.slipway(folder=outside)
    assert done.returncode == 2 and "in no working copy of git, hg or svn" in done.stderr


def test_the_json_is_the_answer(git):
    git.write(f="changed\n")
    done, (build,) = git.tried("--json")
    assert build["results"] == SUCCESS
    assert json.loads(done.stdout)["brids"] == {str(build["builderid"]): build["buildrequestid"]}
