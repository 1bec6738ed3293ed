# SPDX-License-Identifier: Apache-2.0
"""The git step against a repository served over HTTP."""

import shutil

import pytest

from slipway_test import FAILURE, SUCCESS
from slipway_test.ports import free_port

SHOW = {"run": "cat f; git rev-parse HEAD", "name": "show", "always_run": True}


@pytest.fixture
def repository(git_server):
    made = git_server.repository("app", first_commit=False)
    made.commit("one", {"f": "one\n"})
    return made


@pytest.fixture
def builder(shared_plant, repository):
    return Builder(shared_plant, repository, {"git": {}})


class Builder:
    """A builder of the repository, and where its agent keeps the clone."""

    def __init__(self, plant, repository, step):
        self.plant, self.repository, self.name = plant, repository, plant.add_builder(step, SHOW)
        self.folder = None

    def build(self, **source):
        """A finished build of branch main."""
        built = self.plant.force(self.name, **{"repository": self.repository.url, "branch": "main", **source})
        built.finished()
        self.folder = self.plant.stack.folder / "agent-w1" / "builders" / f"{self.name}-1" / "build"
        return built


def assert_built(build, revision, text):
    assert build.verdict()[:2] == (SUCCESS, "build successful")
    assert build.log(2).lines() == [text, revision]
    properties = build.rest.one(f"builds/{build.builds()[-1]['buildid']}/properties")
    assert properties["got_revision"] == [revision, "git"]
    assert build.steps()[0]["state_string"] == f"at {revision[:12]}"


def test_a_clone_is_made_once_and_only_updated_later(builder, repository):
    first = builder.build()
    assert_built(first, repository.revision(), "one")
    (builder.folder / "left-by-a-build.o").touch()
    (builder.folder / "f").write_text("changed by a build\n")

    revision = repository.commit("two", {"f": "two\n"})
    second = builder.build()
    assert_built(second, revision, "two")
    assert "git init" in first.log().own_words() and "git init" not in second.log().own_words()
    assert (builder.folder / "left-by-a-build.o").exists()


def test_an_older_revision_that_is_there_needs_no_server(builder, repository):
    old = repository.revision()
    new = repository.commit("two", {"f": "two\n"})
    assert_built(builder.build(), new, "two")
    before = repository.server.requests
    assert_built(builder.build(revision=old), old, "one")
    assert repository.server.requests == before
    assert_built(builder.build(revision=new), new, "two")


def test_the_tip_of_another_branch_and_a_revision_of_none(builder, repository):
    repository.branch("feature/x")
    tip = repository.commit("three", {"f": "three\n"})
    assert_built(builder.build(branch="feature/x"), tip, "three")
    # Rewritten history: the old tip is in no branch any more.
    repository.git("reset", "-q", "--hard", "main")
    other = repository.commit("four", {"f": "four\n"}, push=False)
    repository.push("--force", "HEAD")
    assert_built(builder.build(branch="feature/x"), other, "four")


@pytest.mark.parametrize("source, complaint", [
    ({"revision": "0123456789012345678901234567890123456789"}, "no revision 0123456789012345678901234567890123456789 in"),
    ({"branch": "nope"}, 'no branch "nope" in'),
    ({"branch": "--upload-pack=x"}, "can't begin with"),
])
def test_what_does_not_exist_fails_the_step_by_its_name(builder, source, complaint):
    build = builder.build(**source)
    assert build.builds()[-1]["results"] != SUCCESS
    assert complaint in build.steps()[0]["state_string"]
    assert complaint in build.log().own_words()


def test_an_unreachable_remote_fails_the_step_and_spoils_nothing(builder, repository):
    assert_built(builder.build(), repository.revision(), "one")
    nowhere = f"http://127.0.0.1:{free_port()}/app.git"
    build = builder.build(repository=nowhere)
    result, state, steps = build.verdict()
    name = build.steps()[0]["name"]
    assert (result, state) == (FAILURE, f"failed {name}")
    assert steps[name] == (FAILURE, f"could not read repository {nowhere}")

    revision = repository.commit("two", {"f": "two\n"})
    again = builder.build()
    assert_built(again, revision, "two")
    assert "starting anew" not in again.log().own_words()


def _no_objects(git):
    shutil.rmtree(git / "objects")


def _no_head(git):
    (git / "HEAD").write_text("garbage")


def _no_index(git):
    (git / "index").write_bytes(b"garbage")


def _empty_pack(git):
    """As a full disk or a power cut leaves it."""
    for pack in (git / "objects").rglob("*"):
        if pack.is_file():
            pack.chmod(0o600)
            pack.write_bytes(b"")


@pytest.mark.parametrize("damage", [_no_objects, _no_head, _no_index, _empty_pack])
@pytest.mark.parametrize("moved", [False, True], ids=["same revision", "new revision"])
def test_a_broken_clone_is_made_anew(builder, repository, damage, moved):
    assert_built(builder.build(), repository.revision(), "one")
    damage(builder.folder / ".git")
    if moved:
        repository.commit("two", {"f": "two\n"})
    build = builder.build(revision=repository.revision())
    assert_built(build, repository.revision(), "two" if moved else "one")
    assert "starting anew" in build.log().own_words()


def test_locks_of_a_killed_build_are_in_nobodys_way(builder, repository):
    assert_built(builder.build(), repository.revision(), "one")
    for name in ("index.lock", "HEAD.lock", "config.lock"):
        (builder.folder / ".git" / name).touch()
    revision = repository.commit("two", {"f": "two\n"})
    build = builder.build()
    assert_built(build, revision, "two")
    assert "starting anew" not in build.log().own_words()


def test_a_shallow_clone_has_what_it_needs_and_no_more(shared_plant, repository):
    old = repository.revision()
    for number in range(5):
        repository.commit(f"change {number}", {"f": f"{number}\n"})
    shallow = Builder(shared_plant, repository, {"git": {"depth": 1}})
    assert_built(shallow.build(), repository.revision(), "4")
    assert (shallow.folder / ".git" / "shallow").exists()
    assert_built(shallow.build(revision=old), old, "one")


def test_submodules_come_along_and_follow(shared_plant, git_server, repository):
    library = git_server.repository("library", first_commit=False)
    library.commit("lib one", {"l": "lib one\n"})
    repository.git("submodule", "--quiet", "add", library.url, "lib")
    repository.commit("with a library", {"f": "two\n"})
    step = {"git": {"repository": repository.url, "submodules": True}}
    name = shared_plant.add_builder(step, {"run": "cat lib/l"})

    first = shared_plant.force(name)
    assert first.finished()["results"] == SUCCESS
    assert first.log(2).lines() == ["lib one"]

    library.commit("lib two", {"l": "lib two\n"})
    repository.git("-C", "lib", "pull", "--quiet", "origin", "main")
    repository.commit("newer library", {"f": "three\n"})
    second = shared_plant.force(name)
    assert second.finished()["results"] == SUCCESS
    assert second.log(2).lines() == ["lib two"]
