# SPDX-License-Identifier: Apache-2.0
"""Why is it waiting? Each gate as people meet it, with real agents; and changes that built nothing."""

import pytest

from slipway_test import configuration, wait_for


@pytest.fixture
def go(tmp_path):
    """The file that lets waiting builds end."""
    return tmp_path / "go"


@pytest.fixture
def waiting(stack, repository, go):
    """Builder and www with the agent w1, which has one slot."""
    def builder(name, **more):
        return {"name": name, "steps": [{"run": f"while [ ! -e {go} ]; do sleep 0.05; done"}], **more}

    builders = [builder("app"), builder("plan9", worker_labels={"os": "plan9"}), builder("package", locks=["packages"])]
    stack.start("builder", "www", agents=(), config=configuration(
        repository, change_sources=None, builders=builders, locks=[{"name": "packages"}],
        schedulers=[{"type": "force", "name": "force", "builders": ["app", "plan9", "package"]}]))
    stack.start_agent("w1", slots=1)
    stack.wait_connected("w1")
    yield stack
    go.touch()


def force(stack, builder, **fields):
    _, requests = stack.rest.control("forceschedulers/force", "force", builderNames=[builder], **fields)
    request, = requests.values()
    return request


def why(stack, kind, number):
    response = stack.rest.request("GET", f"api/v2/{kind}/{number}/why")
    assert response.status_code == 200, response.text
    return response.json()


def gates(answer):
    return {gate["gate"]: gate for gate in answer["gates"]}


def closed(stack, request):
    """Gate and text of the first gate in the way."""
    answer = why(stack, "buildrequests", request)
    return next(((gate["gate"], gate["text"]) for gate in answer["gates"] if not gate["open"]), None)


def running(stack, count):
    return wait_for(lambda: len(builds) == count and builds
                    if (builds := stack.rest.get("builds", complete="false")) else None, f"{count} running builds")


def test_no_worker_has_the_labels(waiting):
    request = force(waiting, "plan9")
    assert closed(waiting, request) == ("worker_labels", "no worker has the label os=plan9 (1 connected: w1)")
    told = waiting.cli("why", str(request))
    assert told.stdout.startswith(f"request {request} of builder plan9 waits: no worker has the label os=plan9")
    assert "WAITS no worker has the label os=plan9" in told.stdout
    assert waiting.cli_json("why", str(request))["estimate"] is None


def test_a_paused_worker_says_who_and_why(waiting):
    waiting.rest.control("workers/w1", "pause", reason="disk full")
    request = force(waiting, "app")
    gate, text = closed(waiting, request)
    assert gate == "worker_paused"
    assert text.startswith("w1 is paused by admin since 20") and text.endswith("because disk full")
    waiting.rest.control("workers/w1", "unpause")
    running(waiting, 1)
    assert why(waiting, "buildrequests", request)["state"] == "running"


def test_busy_workers_are_named_with_their_builds_and_those_ahead_counted(waiting, go):
    first, second, third = (force(waiting, "app") for _ in range(3))
    running(waiting, 1)
    assert closed(waiting, second) == ("worker_slots", "worker w1 is busy with build app/1")
    answer = why(waiting, "buildrequests", third)
    assert answer["ahead"] == 1
    assert gates(answer)["ahead"]["text"] == "1 request is ahead of it (priority, age)"
    assert not gates(answer)["ahead"]["open"]
    urgent = force(waiting, "app", priority=5)
    assert why(waiting, "buildrequests", urgent)["ahead"] == 0
    assert why(waiting, "buildrequests", third)["ahead"] == 2

    go.touch()
    waiting.rest.finished_build(4)
    wait_for(lambda: not waiting.rest.get("buildrequests", complete="false"), "all requests to be over")
    story = why(waiting, "buildrequests", first)
    assert story["state"] == "complete" and "build app/1 ended at" in story["summary"]
    assert "with success; the request had waited" in waiting.cli("why", "--build", "app/1").stdout


def test_an_estimate_comes_from_the_builders_history(waiting, go):
    go.touch()
    force(waiting, "app")
    waiting.rest.finished_build(1)
    go.unlink()
    force(waiting, "app")
    running(waiting, 1)
    request = force(waiting, "app")
    estimate = why(waiting, "buildrequests", request)["estimate"]
    assert estimate["based_on"] == 1 and estimate["complete_at"] >= estimate["start_at"]
    assert "the builder's last successful build" in estimate["basis"]
    assert "estimate: from 20" in waiting.cli("why", str(request)).stdout


def test_a_lock_is_named_with_its_holder(waiting):
    waiting.start_agent("w2", slots=2)
    waiting.wait_connected("w2")
    force(waiting, "package")
    running(waiting, 1)
    request = force(waiting, "package")
    assert closed(waiting, request) == ("locks", "lock packages is held by build package/1 (room for 1)")
    gate = gates(why(waiting, "buildrequests", request))["locks"]
    assert (gate["locks"], gate["builds"]) == (["packages"], ["package/1"])


def test_a_worker_that_left_says_since_when(waiting):
    waiting.stop_agent("w1")
    wait_for(lambda: not waiting.connected_workers(), "the worker to be away")
    request = force(waiting, "app")
    gate, text = closed(waiting, request)
    assert gate == "worker_connected" and text.startswith("w1 is not connected since 20")
    waiting.rest.control(f"buildrequests/{request}", "cancel", reason="a mistake")
    cancelled = wait_for(lambda: (answer := why(waiting, "buildrequests", request))["state"] == "cancelled" and answer,
                         "the request to be cancelled")
    assert "because a mistake" in cancelled["summary"]


def test_what_does_not_exist_is_told(waiting):
    assert waiting.rest.request("GET", "api/v2/buildrequests/999/why").status_code == 404
    assert waiting.cli("why", "999", check=False).returncode == 1
    assert waiting.cli("why", check=False).returncode == 2
    assert waiting.cli("why", "1", "--change", "1", check=False).returncode == 2


def report(stack, repository, branch, file):
    """Reports a change by the hook; returns its id."""
    before = {change["changeid"] for change in stack.rest.get("changes", limit=1000)}
    answer = stack.rest.hook(author="Ada <ada@example.org>", comments=f"on {branch}", branch=branch,
                             repository=repository.url, revision=f"{branch}-{len(before)}", files=f'["{file}"]')
    assert answer.ok, answer.text
    changeid, = wait_for(lambda: {change["changeid"] for change in stack.rest.get("changes", limit=1000)} - before,
                         "the change")
    wait_for(lambda: why(stack, "changes", changeid)["state"] != "unseen", "the schedulers to look at it")
    return changeid


def test_a_change_tells_which_scheduler_refused_keeps_or_built_it(stack, repository):
    schedulers = [
        {"type": "single_branch", "name": "main", "change_filter": {"branch": "main"}, "builders": ["app"],
         "unimportant_files": ["doc/*"]},
        {"type": "single_branch", "name": "slow", "change_filter": {"branch": "slow"}, "builders": ["app"],
         "tree_stable_timer": "1h"}]
    stack.start("changes", "scheduler", "www", agents=(), config=configuration(
        repository, change_sources=None, schedulers=schedulers))

    built = why(stack, "changes", report(stack, repository, "main", "src/a.c"))
    assert built["state"] == "built"
    main, slow = built["schedulers"]
    assert main["verdict"] == "built" and len(main["buildsets"]) == 1
    assert slow["verdict"] == "refused" and 'branch "main"' in slow["text"] and slow["evaluated_now"]

    refused = report(stack, repository, "topic", "src/a.c")
    answer = why(stack, "changes", refused)
    assert answer["state"] == "refused"
    assert [scheduler["verdict"] for scheduler in answer["schedulers"]] == ["refused", "refused"]
    assert not any(scheduler["evaluated_now"] for scheduler in answer["schedulers"])
    assert 'branch "topic"' in answer["summary"]
    told = stack.cli("why", "--change", str(refused)).stdout
    assert f"change {refused} built nothing" in told and 'main refused it: branch "topic"' in told

    unimportant = why(stack, "changes", report(stack, repository, "main", "doc/a.txt"))
    assert unimportant["state"] == "refused"
    assert unimportant["schedulers"][0]["verdict"] == "unimportant"

    kept = why(stack, "changes", report(stack, repository, "slow", "src/a.c"))
    assert kept["state"] == "kept" and "its stable timer runs" in kept["summary"]
    assert kept["schedulers"][1]["until"] > 0
