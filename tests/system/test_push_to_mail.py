# SPDX-License-Identifier: Apache-2.0
"""The main job: somebody pushes, Slipway builds, and tells people what became of it."""

import hashlib
import hmac
import json

from slipway_test import FAILURE, SUCCESS, configuration, mail_notifier, wait_for

PASSING = {"Makefile": "test:\n\t@echo all is well\n"}
FAILING = {"Makefile": "test:\n\t@echo something is wrong; exit 1\n"}


def test_a_push_is_polled_built_and_mailed(stack, repository, smtp):
    stack.start(config=configuration(repository, notifiers=[mail_notifier(smtp.relay())]))
    stack.wait_first_poll()

    good = repository.commit("Make it work", PASSING)
    build = stack.rest.finished_build_of(good, "app")
    assert build["results"] == SUCCESS
    assert [step["name"] for step in stack.rest.steps(build)] == ["git", "test"]
    assert "all is well" in stack.rest.log_text(build, "test")

    bad = repository.commit("Make it fail", FAILING)
    build = stack.rest.finished_build_of(bad, "app")
    assert build["results"] == FAILURE
    assert "something is wrong" in stack.rest.log_text(build, "test")

    # To the team, and to the author as an interested user, for each of the two builds.
    wait_for(lambda: len(smtp.received) >= 4, "four mails")
    assert sorted(sum((mail.recipients for mail in smtp.received), [])) == \
        ["ada@example.org"] * 2 + ["team@example.org"] * 2
    last = smtp.received[-1]
    assert "app" in last["Subject"]
    text = last.get_body(("plain",)).get_content()
    assert "something is wrong" in text and "Ada Lovelace" in text
    assert last.get_body(("html",)) is not None


def test_a_hook_is_built_without_waiting_for_the_poller(stack, repository):
    stack.start(config=configuration(repository, change_sources=None))
    revision = repository.commit("Make it work", PASSING)

    answer = stack.rest.hook(repository=repository.url, branch="main", revision=revision, comments="Make it work",
                             author="Ada Lovelace <ada@example.org>", files='["Makefile"]')
    assert (answer.status_code, answer.text.strip()) == (202, "1 change found")

    build = stack.rest.finished_build_of(revision, "app")
    assert build["results"] == SUCCESS
    change, = stack.rest.get(f"builds/{build['buildid']}/changes")
    assert (change["author"], change["files"]) == ("Ada Lovelace <ada@example.org>", ["Makefile"])


def test_a_signed_github_push_is_built(stack, repository):
    (stack.secrets / "github-hook").write_text("s3cret\n")
    stack.start(config=configuration(repository, change_sources=None,
                                     web_hooks={"github": {"secret": {"secret": "github-hook"}}}))
    revision = repository.commit("Make it work", PASSING)
    body = json.dumps({
        "ref": "refs/heads/main", "before": "0" * 40, "after": revision, "created": False, "deleted": False,
        "repository": {"full_name": "acme/app", "html_url": repository.url, "clone_url": repository.url, "name": "app"},
        "pusher": {"name": "ada"}, "head_commit": github_commit(revision), "commits": [github_commit(revision)],
    }).encode()
    signature = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()

    answer = stack.rest.request("POST", "change_hook/github", data=body, headers={
        "Content-Type": "application/json", "X-GitHub-Event": "push", "X-Hub-Signature-256": signature})
    assert answer.status_code == 202, answer.text

    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS


def github_commit(revision):
    person = {"name": "Ada Lovelace", "email": "ada@example.org", "username": "ada"}
    return {"id": revision, "distinct": True, "message": "Make it work", "timestamp": "2026-01-02T03:04:05Z",
            "url": f"https://example.org/{revision}", "author": person, "committer": person,
            "added": ["Makefile"], "removed": [], "modified": []}


def test_hook_and_poller_that_see_one_commit_make_one_change(stack, repository):
    stack.start(config=configuration(repository))
    stack.wait_first_poll()
    revision = repository.commit("Make it work", PASSING)
    for _ in range(2):
        stack.rest.hook(repository=repository.url, branch="main", revision=revision, author="Ada <ada@example.org>")
    polled = stack.polls()
    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS
    wait_for(lambda: stack.polls() > polled + 1, "two further polls")

    assert len(stack.rest.get("changes", revision=revision)) == 1
    assert len(stack.rest.builds_of(revision)) == 1


def test_a_forced_build_shows_its_log_on_the_command_line(stack, repository):
    repository.commit("Make it work", PASSING)
    stack.start(config=configuration(repository, steps=[{"run": "echo forced $((6 * 7))", "name": "say"}]))

    stack.cli("force", "force", "branch=main", "--wait")

    builds = stack.cli_json("builds")
    assert "forced 42" in stack.cli("logs", builds[0]["buildid"]).stdout


def test_two_agents_and_two_replicas_of_every_service_share_the_work(stack, repository):
    stack.start(agents=("w1", "w2"), config=configuration(repository, change_sources=None, steps=[{"run": "true"}]))
    for role in ("changes", "scheduler", "builder", "notifier", "www"):
        stack.scale(role, 2)
    stack.wait_ready()

    revisions = [f"{number:040x}" for number in range(1, 31)]
    for revision in revisions:
        assert stack.rest.hook(repository=repository.url, branch="main", revision=revision, author="a").status_code == 202

    for revision in revisions:
        assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS
    assert len(stack.rest.get("builds")) == len(revisions)
