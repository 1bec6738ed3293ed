# SPDX-License-Identifier: Apache-2.0
"""What nobody should send: each has a defined answer, and the services go on."""

import hashlib
import hmac

import pytest
import requests

from slipway_test import FAILURE, SUCCESS, configuration, wait_for

HOOKS = {"base": {}, "github": {"secret": {"secret": "github-hook"}}}


@pytest.fixture
def running(stack, repository):
    (stack.secrets / "github-hook").write_text("s3cret")
    stack.start(config=configuration(repository, change_sources=None, web_hooks=HOOKS, steps=[{"run": "true"}]))
    yield stack
    # Whatever was sent, the main job still runs.
    revision = repository.commit("Still alive")
    stack.rest.hook(repository=repository.url, branch="main", revision=revision, author="a")
    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS


def github(stack, body, signature):
    return stack.rest.request("POST", "change_hook/github", data=body, headers={
        "Content-Type": "application/json", "X-GitHub-Event": "push", "X-Hub-Signature-256": signature})


def test_a_hook_with_a_bad_signature_is_refused(running):
    answer = github(running, b"{}", "sha256=" + "0" * 64)
    assert answer.status_code in (400, 401, 403)
    assert not running.rest.get("changes")


def test_a_signed_hook_that_is_no_json_is_refused(running):
    body = b"{not json"
    answer = github(running, body, "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest())
    assert answer.status_code == 400
    assert not running.rest.get("changes")


@pytest.mark.parametrize("path", ["change_hook/base", "change_hook/github"])
def test_a_body_of_30_mb_is_too_large(running, path):
    answer = running.rest.request("POST", path, data=b"x" * 30_000_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("dialect", ["gitlab", "nonsense", "base%00"])
def test_a_hook_of_another_dialect_is_refused(running, dialect):
    answer = running.rest.request("POST", f"change_hook/{dialect}", data={})
    assert 400 <= answer.status_code < 500


def test_hook_fields_of_a_wrong_kind_are_refused(running):
    assert running.rest.hook(files="no json", revision="1", author="a").status_code == 400
    assert running.rest.hook(when_timestamp="yesterday", revision="1", author="a").status_code == 400
    assert not running.rest.get("changes")


def test_control_without_the_admin_token_is_refused(running):
    for token in (None, "wrong"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = running.rest.request(
            "POST", "api/v2/forceschedulers/force", headers=headers,
            json={"jsonrpc": "2.0", "id": 1, "method": "force", "params": {"builderNames": ["app"]}})
        assert answer.status_code in (401, 403)
    assert not running.rest.get("buildsets")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'{"jsonrpc":"2.0"}', b"[" * 100_000])
def test_a_call_that_is_no_json_rpc_is_refused(running, body):
    answer = running.rest.request("POST", "api/v2/forceschedulers/force", data=body, headers={
        "Content-Type": "application/json", "Authorization": f"Bearer {running.admin_token}"})
    assert answer.status_code == 400


def test_json_that_nests_deep_is_refused_and_ends_no_process(running):
    """jansson recurses, and a thread's stack is small: the first such body used to end the process."""
    deep = {"array": b"[" * 2040 + b"]" * 2040, "object": b'{"a":' * 2040 + b"1" + b"}" * 2040, "open": b"[" * 200_000}
    json_type, admin = {"Content-Type": "application/json"}, {"Authorization": f"Bearer {running.admin_token}"}
    for body in deep.values():
        signature = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
        answers = [
            github(running, body, signature),
            running.rest.request("POST", "change_hook/base", data=body, headers=json_type),
            running.rest.hook(revision="1", author="a", properties=body.decode()),
            running.rest.request("POST", "api/v2/forceschedulers/force", data=body, headers={**json_type, **admin}),
            running.rest.request("POST", "auth/login", data=body, headers=json_type),
            agent(running, "session", data=body, headers=json_type),
        ]
        assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert not running.rest.get("changes")


@pytest.mark.parametrize("path", [
    "api/v2/builds/99999", "api/v2/nonsense", "api/v2/builds/../../etc/passwd", "no/such/page.txt",
    "api/v2/builds/999999999999999999999999"])
def test_what_does_not_exist_is_not_found(running, path):
    answer = running.rest.request("GET", path)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("query", ["limit=x", "order=nonsense", "nonsense=1", "number__lt=x"])
def test_a_query_that_makes_no_sense_is_refused(running, query):
    assert running.rest.request("GET", f"api/v2/builds?{query}").status_code == 400


# Agents.

def agent(stack, path, token=None, **options):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers.update(options.pop("headers", {}))
    return requests.post(f"{stack.service_url('builder')}/agent/v1/{path}", headers=headers, timeout=30, **options)


def test_an_agent_that_nobody_knows_gets_no_session(running):
    body = {"name": "stranger", "slots": 1}
    assert agent(running, "session", json=body).status_code == 401
    assert agent(running, "session", token="wrong", json=body).status_code == 401
    assert agent(running, "session", json=body, auth=("stranger", "pw")).status_code == 401
    assert agent(running, "poll?wait=1", token="wrong", json={"slots": 1, "builds": []}).status_code == 401


def test_a_stale_or_foreign_attempt_and_a_gap_in_the_journal_are_refused(running, repository):
    running.stop_agent("w1")
    wait_for(lambda: "w1" not in running.connected_workers(), "the agent to be gone")
    session = open_session(running, "byhand")
    revision = repository.commit("Built by hand")
    running.rest.hook(repository=repository.url, branch="main", revision=revision, author="a")
    start = wait_for(lambda: start_command(running, session), "a build")
    journal = f"builds/{start['build']}/journal"

    stale = agent(running, f"{journal}?seq=0", session, data=b"", headers={
        "Slipway-Attempt": "stale", "Content-Type": "application/vnd.slipway.journal"})
    assert stale.status_code == 410

    foreign = agent(running, f"{journal}?seq=0", open_session(running, "another"), data=b"", headers={
        "Slipway-Attempt": start["token"], "Content-Type": "application/vnd.slipway.journal"})
    assert foreign.status_code == 403

    right = {"Slipway-Attempt": start["token"], "Content-Type": "application/vnd.slipway.journal"}
    frames = b'{"frame":"step_started","step":0,"name":"shell","at":1}\n'
    gap = agent(running, f"{journal}?seq=5", session, data=frames, headers=right)
    assert (gap.status_code, gap.json()["next"]) == (409, 0)
    garbage = agent(running, f"{journal}?seq=0", session, data=b"no frame at all\n", headers=right)
    assert garbage.status_code == 400

    # The build goes back to the queue, and the real agent takes it.
    running.restart("agent w1")


def open_session(stack, name):
    answer = agent(stack, "session", token=stack.enrolment_token, json={"name": name, "slots": 1, "labels": {}})
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def start_command(stack, session):
    answer = agent(stack, "poll?wait=5", session, json={"slots": 1, "draining": False, "builds": []})
    commands = answer.json()["commands"] if answer.status_code == 200 else []
    return next((command for command in commands if command["command"] == "start"), None)


# Configuration.

@pytest.mark.parametrize("change, complaint", [
    ({"shedulers": []}, "schedulers"),
    ({"builders": "app"}, "builders"),
    ({"schedulers": [{"type": "force", "name": "force", "builders": ["ap"]}]}, "app"),
    ({"workers": [{"name": "w", "password": "a"}, {"name": "w", "password": "b"}]}, "w"),
])
def test_a_broken_configuration_is_named_and_changes_nothing(running, repository, change, complaint):
    broken = configuration(repository, **change)
    applied = running.apply(broken, check=False)
    assert applied.returncode != 0
    assert complaint in applied.stdout + applied.stderr
    assert "slipway.yaml:" in running.cli("check", running.write_config(broken), check=False).stderr
    assert [builder["name"] for builder in running.rest.get("builders")] == ["app"]


# What a step may print.

def test_bytes_that_are_not_utf8_and_a_line_of_10_mb_are_kept(stack, repository):
    steps = [{"run": r"printf '\377\376 not text\n'", "name": "bytes"},
             {"run": "head -c 10000000 /dev/zero | tr '\\0' x", "name": "long"},
             {"run": "exit 3", "name": "end"}]
    stack.start(config=configuration(repository, change_sources=None, steps=steps))
    stack.rest.hook(repository=repository.url, branch="main", revision="1", author="a")
    build = stack.rest.finished_build_of("1", "app")

    assert build["results"] == FAILURE
    path = f"api/v2/builds/{build['buildid']}/steps"
    assert b"\xff\xfe not text\n" in stack.rest.request("GET", f"{path}/bytes/logs/stdio/raw").content
    assert stack.rest.request("GET", f"{path}/long/logs/stdio/raw").content.count(b"x") >= 10_000_000
    content = stack.rest.get(f"builds/{build['buildid']}/steps/bytes/logs/stdio/contents")[0]["content"]
    assert "\ufffd\ufffd not text" in content
