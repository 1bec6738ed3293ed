# SPDX-License-Identifier: Apache-2.0
"""git_commit, git_tag and git_push: what a build changes becomes part of the repository."""

import base64

import pytest

from slipway_test import FAILURE, SUCCESS, wait_for
from slipway_test.git import git

WHO = {"user.name": "CI", "user.email": "ci@example.org"}
TOKEN = "t0ken/with:signs"


@pytest.fixture
def repository(git_server):
    made = git_server.repository("app")
    git(made.bare, "config", "http.receivepack", "true")
    return made


def guard(git_server):
    """From now on the server wants the user git with TOKEN."""
    handler = git_server._http.RequestHandlerClass
    answer, wanted = handler.do_GET, "Basic " + base64.b64encode(f"git:{TOKEN}".encode()).decode()

    def guarded(self):
        if self.headers.get("Authorization") == wanted:
            answer(self)
            return
        self._body()
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    handler.do_GET = handler.do_POST = guarded


def build(plant, repository, *steps, **builder):
    return plant.build({"git": {}}, *steps, source={"repository": repository.url, "branch": "main"}, **builder)


def words_of(built):
    """What the steps' logs say, for a failure."""
    found = []
    for step in built.steps():
        logs = built.rest.get(f"steps/{step['stepid']}/logs")
        found += [(step["name"], built.rest.one(f"logs/{log['logid']}/contents")["content"]) for log in logs]
    return found


CHANGE = {"run": "echo new > f; echo other > g", "name": "change"}


def test_a_commit_and_a_tag_are_pushed(shared_plant, repository):
    built = build(shared_plant, repository, CHANGE,
                  {"name": "commit", "git_commit": ["f"], "messages": ["Version %(prop:buildnumber)s", "More"], "config": {**WHO}},
                  {"name": "nothing", "git_commit": ["f"], "messages": ["x"], "config": {**WHO}, "flunk_on_failure": False},
                  {"name": "ignored", "git_commit": ["f"], "messages": ["x"], "config": {**WHO}, "empty_commits": "ignore"},
                  {"name": "empty", "git_commit": ["f"], "messages": ["Empty"], "config": {**WHO}, "empty_commits": "create"},
                  {"name": "tag", "git_tag": "v1", "messages": ["Version 1"], "config": {**WHO}},
                  {"name": "light", "git_tag": "light"},
                  {"name": "again", "git_tag": "light", "flunk_on_failure": False},
                  {"name": "forced", "git_tag": "light", "force": True},
                  {"name": "push", "git_push": {}}, {"name": "push tag", "git_push": {"branch": "refs/tags/v1"}},
                  {"name": "elsewhere", "git_push": {"branch": "release"}})
    result, _, steps = built.verdict()
    assert result == SUCCESS, (steps, words_of(built))
    assert steps["nothing"] == (FAILURE, "nothing to commit") and steps["ignored"] == (SUCCESS, "nothing to commit")
    assert steps["again"][0] == FAILURE and steps["push"] == (SUCCESS, "pushed to main")
    assert git(repository.bare, "log", "--format=%s/%an", "main").splitlines() == ["Empty/CI", "Version 1/CI",
                                                                                   "Start/Ada Lovelace"]
    assert git(repository.bare, "show", "--format=", "--name-only", "main~1") == "f"
    assert git(repository.bare, "cat-file", "-t", "v1") == "tag"
    assert git(repository.bare, "rev-parse", "release") == git(repository.bare, "rev-parse", "v1^{commit}")


def test_a_push_loses_nothing_unless_forced(shared_plant, repository):
    steps = (CHANGE, {"git_commit": ["f"], "messages": ["Ours"], "config": {**WHO}},
             {"name": "race", "run": f"cd {repository.work} && git commit -q --allow-empty -m Theirs && git push -q origin HEAD",
              "env": {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "A",
                      "GIT_COMMITTER_EMAIL": "a@x", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                      "GIT_CONFIG_VALUE_0": "*"}})
    built = build(shared_plant, repository, *steps, {"name": "push", "git_push": {}, "flunk_on_failure": False},
                  {"name": "force", "git_push": {"force": True}})
    assert built.verdict()[2]["push"][0] == FAILURE, words_of(built)
    assert built.verdict()[2]["force"] == (SUCCESS, "pushed to main")
    assert git(repository.bare, "log", "-1", "--format=%s", "main") == "Ours"


def test_a_token_is_given_to_the_server_and_shown_to_nobody(shared_plant, repository, git_server, tmp_path):
    (shared_plant.stack.secrets / "push-token").write_text(TOKEN)
    # The guard stands behind the checkout, which has no token here.
    flag = tmp_path / "seen"
    built = shared_plant.add_builder(
        {"git": {}}, CHANGE, {"git_commit": ["f"], "messages": ["Secret"], "config": {**WHO}},
        {"name": "wait", "run": f"touch {flag}; while [ -e {flag} ]; do sleep 0.02; done"},
        {"name": "refused", "git_push": {}, "flunk_on_failure": False},
        {"name": "push", "git_push": {"token": "%(secret:push-token)s"}},
        {"name": "look", "run": "cat .git/config; ls -A \"$TMPDIR\"; env | grep -c GIT_CONFIG_VALUE || true"})
    forced = shared_plant.force(built, repository=repository.url, branch="main")
    wait_for(flag.exists, "the checkout")
    guard(git_server)
    flag.unlink()
    result, _, steps = forced.verdict()
    assert result == SUCCESS, (steps, words_of(forced))
    assert steps["refused"][0] == FAILURE and steps["push"] == (SUCCESS, "pushed to main")
    assert git(repository.bare, "log", "-1", "--format=%s", "main") == "Secret"
    logs = "".join(forced.log(n).content() for n in range(1, 8))
    assert [line for line in logs.split("\n") if "t0ken" in line] == []
    assert forced.log("look").lines()[-1] == "0"
