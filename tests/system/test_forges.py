# SPDX-License-Identifier: Apache-2.0
"""Pollers of pull requests against small servers that speak the forges' APIs: pages, ETags, limits, faults, replicas."""

import time

import pytest

from slipway_test import wait_for
from slipway_test.forges import Forge

TYPES = {"github": "github_pullrequest_poller", "gitlab": "gitlab_mergerequest_poller", "gitea": "gitea_pullrequest_poller",
         "bitbucket": "bitbucket_pullrequest_poller", "bitbucket_server": "bitbucket_server_pullrequest_poller"}
MAGIC = {"github": "refs/pull/1/merge", "gitlab": "refs/merge-requests/1/merge", "gitea": "refs/pull/1/head",
         "bitbucket_server": "refs/pull-requests/1/merge"}


@pytest.fixture
def forge_of():
    forges = []

    def make(kind):
        forges.append(Forge(kind).start())
        return forges[-1]

    yield make
    for forge in forges:
        forge.stop()


@pytest.fixture
def poll(stack):
    """Starts what polls a forge: poll(forge, magic_link=True ...)."""
    def begin(forge, services=("changes", "www"), **options):
        stack.start(*services, agents=(), config={"change_sources": [{
            "type": TYPES[forge.kind], "name": "pulls", "base_url": forge.url, "owner": "acme", "repo": "app",
            "poll_interval": "1s", **options}]})
        return stack
    return begin


def changes(stack):
    return stack.rest.get("changes", order="changeid")


def wait_changes(stack, count):
    wait_for(lambda: len(changes(stack)) >= count, f"{count} changes")
    found = changes(stack)
    assert len(found) == count
    return found


def wait_more_lists(forge, more=2):
    before = forge.lists()
    wait_for(lambda: forge.lists() >= before + more, "further polls")


@pytest.mark.parametrize("kind", TYPES)
def test_moved_heads_become_changes_once(forge_of, poll, kind):
    forge = forge_of(kind)
    for number in (1, 2, 3, 4, 5):
        forge.push(number)
    stack = poll(forge)
    stack.wait_first_poll()
    assert changes(stack) == []
    first = forge.push(6, branch="fix")
    change = wait_changes(stack, 1)[0]
    assert (change["revision"], change["branch"], change["category"]) == (first, "fix", "pull")
    assert change["author"] == "Ada <ada@example.org>"
    assert change["files"] == [f"file-{i}" for i in range(5)]
    assert change["repository"] == (f"{forge.url}/ada/app" if kind == "bitbucket" else forge.clone("ada"))
    assert change["comments"].splitlines()[1:] == ["Title 6", "Body"]
    assert change["properties"]["pullrequesturl"] == [change["revlink"], "Change"]
    second, other = forge.push(6, branch="fix"), forge.push(1)     # force-pushed, and an old one
    assert {c["revision"] for c in wait_changes(stack, 3)} == {first, second, other}
    wait_more_lists(forge)
    assert len(changes(stack)) == 3
    deliveries = stack.sql("SELECT sum(found), sum(cardinality(changeids)) FROM deliveries WHERE kind = 'poll' AND source = 'pulls'")
    assert [int(number) for number in deliveries[0]] == [3, 3]


@pytest.mark.parametrize("kind", MAGIC)
def test_magic_link_names_the_target(forge_of, poll, kind):
    forge = forge_of(kind)
    stack = poll(forge, magic_link=True)
    stack.wait_first_poll()
    forge.push(1)
    change = wait_changes(stack, 1)[0]
    assert change["branch"] == MAGIC[kind]
    assert change["repository"] == forge.clone("acme")


def test_filters_and_properties(forge_of, poll):
    forge = forge_of("github")
    stack = poll(forge, branches=["main", "release/*"], repository_type="ssh",
                 pullrequest_filter={"draft": "false", "labels.*.name": "!wip*"},
                 property_whitelist=["github.number", "github.head.r*"])
    stack.wait_first_poll()
    forge.push(1, target="develop")
    forge.push(2, draft=True)
    forge.push(3, labels=["bug", "wip-2"])
    forge.push(4, target="release/1", labels=["bug"])
    change = wait_changes(stack, 1)[0]
    assert change["repository"] == "git@forge:ada/app.git"
    assert change["comments"].startswith("GitHub Pull Request #4 (3 commits)\n")
    assert change["properties"]["github.number"] == [4, "Change"]
    assert change["properties"]["github.head.ref"] == ["topic-4", "Change"]
    assert "github.title" not in change["properties"] and "github.head.sha" not in change["properties"]
    wait_more_lists(forge)
    forge.push(3, labels=["bug"])
    wait_changes(stack, 2)


def test_removed_fork_is_read_from_the_target(forge_of, poll):
    forge = forge_of("github")
    stack = poll(forge)
    stack.wait_first_poll()
    forge.push(1, fork=None)
    change = wait_changes(stack, 1)[0]
    assert (change["branch"], change["repository"]) == ("refs/pull/1/merge", forge.clone("acme"))


def test_an_unchanged_list_is_asked_for_by_its_etag(forge_of, poll):
    forge = forge_of("github")
    for number in range(1, 6):
        forge.push(number)
    stack = poll(forge)
    stack.wait_first_poll()
    wait_for(lambda: any("If-None-Match" in headers for headers in forge.headers), "a conditional request")
    before = len(forge.requests)
    wait_for(lambda: len(forge.requests) >= before + 2, "further polls")
    assert all("page=1" in path for path in forge.requests[before:])     # no further pages, no details
    forge.push(2)
    wait_changes(stack, 1)


def test_rate_limit_pushes_the_next_poll_on(forge_of, poll):
    forge = forge_of("github")
    stack = poll(forge)
    stack.wait_first_poll()
    forge.status, forge.answer_headers = 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 600)}
    wait_for(lambda: stack.sql("SELECT count(*) FROM pollers WHERE not_before > now() + '500 seconds'")[0][0], "the limit")
    asked = len(forge.requests)
    assert "rate limit" in stack.sql("SELECT last_error FROM pollers")[0][0]
    forge.status, forge.answer_headers = 200, {}
    revision = forge.push(1)
    stack.sql("UPDATE pollers SET due_at = now()", fetch=False)            # a poke does not go round it
    wait_for(lambda: stack.ready("changes"), "another round")
    assert len(forge.requests) == asked
    stack.sql("UPDATE pollers SET not_before = now()", fetch=False)
    assert wait_changes(stack, 1)[0]["revision"] == revision


def test_limit_amid_details_keeps_what_was_done(forge_of, poll):
    forge = forge_of("github")
    forge.page_size = 100
    stack = poll(forge, poll_interval="600s")
    stack.wait_first_poll()
    for number in range(1, 5):
        forge.push(number)
    forge.answer_headers = {"Retry-After": "2"}
    forge.limit_after = 5                                                   # the list, and one request's four or less
    stack.sql("UPDATE pollers SET due_at = now()", fetch=False)
    wait_for(lambda: 1 <= len(changes(stack)) < 4, "a part")
    forge.limit_after = None
    wait_changes(stack, 4)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 404}, {"token": "another"}])
def test_faults_are_told_and_lose_nothing(forge_of, poll, fault):
    forge = forge_of("gitea")
    stack = poll(forge, token="very-secret-token")
    stack.wait_first_poll()
    for name, value in fault.items():
        setattr(forge, name, value)
    revision = forge.push(1)
    wait_for(lambda: stack.sql("SELECT count(*) FROM deliveries WHERE verdict = 'failed' AND repeated > 1")[0][0], "failed polls")
    assert stack.sql("SELECT failures > 0 FROM pollers")[0][0]
    assert changes(stack) == []
    forge.status, forge.token = 200, None
    assert wait_changes(stack, 1)[0]["revision"] == revision
    assert any("very-secret-token" in headers.get("Authorization", "") for headers in forge.headers)
    text = "".join(path.read_text(errors="replace") for path in stack.logs.iterdir())
    kept = str(stack.sql("SELECT * FROM deliveries")) + str(stack.sql("SELECT * FROM pollers"))
    assert "very-secret-token" not in text + kept


def test_replicas_and_kills_lose_and_double_nothing(forge_of, poll):
    forge = forge_of("gitlab")
    stack = poll(forge)
    stack.scale("changes", 2)
    stack.wait_first_poll()
    revisions = set()
    for number in range(1, 16):
        revisions.add(forge.push(number))
        if number % 5 == 0:
            stack.kill("changes" if number % 2 else "changes-2")
            stack.restart("changes" if number % 2 else "changes-2")
    wait_for(lambda: {change["revision"] for change in changes(stack)} == revisions, "all changes", 90)
    assert len(changes(stack)) == len(revisions)


def test_recovered_marks_what_a_hook_should_have_told(forge_of, poll):
    forge = forge_of("github")
    stack = poll(forge)
    stack.wait_first_poll()
    forge.push(1)
    wait_changes(stack, 1)
    assert stack.sql("SELECT count(*) FROM deliveries WHERE recovered")[0][0] == 0
    stack.sql("INSERT INTO changesources (name, type) VALUES ('change_hook/github', 'hook') ON CONFLICT (name) DO UPDATE SET active = true",
              fetch=False)
    stack.sql_with("INSERT INTO deliveries (kind, source, event, repository, verdict) VALUES "
                   "('hook', 'github', 'pull_request', %(repository)s, 'changes')", {"repository": forge.clone("acme")}, fetch=False)
    forge.push(1)
    wait_changes(stack, 2)
    assert stack.sql("SELECT count(*) FROM deliveries WHERE recovered")[0][0] == 1
    assert stack.metric("changes", "slipway_changes_recovered_total") == 1
