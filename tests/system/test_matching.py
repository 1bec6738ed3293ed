# SPDX-License-Identifier: Apache-2.0
"""Which request gets which worker: priorities, labels, limits, and two builder replicas that agree on them."""

import datetime

import pytest

from slipway_test import SUCCESS, configuration, wait_for


def requests_of(stack, builder):
    builderid = stack.rest.one("builders", name=builder)["builderid"]
    return stack.rest.get("buildrequests", builderid=builderid, order="buildrequestid")


def force(stack, builder, count=1, **fields):
    for _ in range(count):
        stack.rest.control("forceschedulers/force", "force", builderNames=[builder], **fields)


def all_complete(stack, count):
    return wait_for(lambda: stack.rest.get("builds", complete="true", results="0", limit=1000) if
                    len(stack.rest.get("builds", complete="true", limit=1000)) == count else None,
                    f"{count} complete builds", 120)


LOOK = datetime.timedelta(milliseconds=50)  # half of what the shortest build takes


def overlap(stack, worker):
    """The most builds of a worker that ran at one moment, by the database's own times (REST has whole seconds)."""
    times = stack.sql_with("SELECT started_at, complete_at FROM builds JOIN workers USING (workerid) WHERE name = %(name)s",
                           {"name": worker})
    # A build's start is the time of the look that claimed it, which may be some ms before the one that it saw ended.
    moments = sorted([(begin + LOOK, 1) for begin, _ in times] + [(end, -1) for _, end in times])
    most = now = 0
    for _, step in moments:
        now += step
        most = max(most, now)
    return most


def test_the_higher_priority_is_built_first_and_then_the_older(stack, repository, tmp_path):
    builders = [{"name": name, "steps": [{"run": "true"}]} for name in ("a", "b")]
    builders.append({"name": "gate", "steps": [{"run": f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"}]})
    stack.start(agents=(), config=configuration(
        repository, change_sources=None, builders=builders,
        schedulers=[{"type": "force", "name": "force", "builders": ["a", "b", "gate"]}]))
    stack.start_agent("w1", slots=1)
    stack.wait_connected("w1")
    force(stack, "gate")
    wait_for(lambda: stack.rest.get("builds"), "the gate to be built")
    force(stack, "a", 2)
    force(stack, "b", 2, priority=5)
    (tmp_path / "go").touch()

    all_complete(stack, 5)
    names = {b["builderid"]: b["name"] for b in stack.rest.get("builders")}
    built = stack.rest.get("builds", order="started_at")
    assert [names[b["builderid"]] for b in built] == ["gate", "b", "b", "a", "a"]
    assert [b["buildrequestid"] for b in built[1:]] == sorted(b["buildrequestid"] for b in built[1:3]) + \
        sorted(b["buildrequestid"] for b in built[3:])


def test_labels_and_max_builds_hold_over_two_builder_replicas(stack, repository):
    builders = [{"name": "linux", "worker_labels": {"os": "linux"}, "steps": [{"run": "sleep 0.1"}]},
                {"name": "mac", "worker_labels": {"os": "mac"}, "steps": [{"run": "sleep 0.1"}]},
                {"name": "named", "workers": ["w1"], "steps": [{"run": "sleep 0.1"}]}]
    workers = [{"name": "w1", "password": "one", "max_builds": 2, "labels": {"os": "linux"}},
               {"name": "w2", "password": "two", "max_builds": 1, "labels": {"os": "mac"}}]
    stack.start(agents=(), config=configuration(
        repository, change_sources=None, builders=builders, workers=workers,
        schedulers=[{"type": "force", "name": "force", "builders": ["linux", "mac", "named"]}]))
    stack.scale("builder", 2)
    stack.wait_ready()
    for name, password in (("w1", "one"), ("w2", "two")):
        stack.start_agent(name, slots=8, password=password)
    stack.wait_connected("w1", "w2")
    for builder in ("linux", "mac", "named"):
        force(stack, builder, 8)

    builds = all_complete(stack, 24)
    workerid = {worker["name"]: worker["workerid"] for worker in stack.rest.get("workers")}
    builderid = {builder["name"]: builder["builderid"] for builder in stack.rest.get("builders")}
    assert {b["workerid"] for b in builds if b["builderid"] == builderid["mac"]} == {workerid["w2"]}
    assert {b["workerid"] for b in builds if b["builderid"] != builderid["mac"]} == {workerid["w1"]}
    assert (overlap(stack, "w1"), overlap(stack, "w2")) == (2, 1)
    assert len({b["buildrequestid"] for b in builds}) == 24


def test_an_agent_cannot_add_a_label_that_the_configuration_sets(stack, repository):
    workers = [{"name": "w1", "password": "one", "labels": {"os": "linux"}}]
    stack.start(agents=(), config=configuration(repository, change_sources=None, workers=workers))
    stack.start_agent("w1", labels={"os": "mac", "cpu": "arm"}, password="one")
    stack.wait_connected("w1")
    assert stack.rest.one("workers", name="w1")["labels"] == {"os": "linux", "cpu": "arm"}

    # Another agent, other labels of its own; those of the one before are gone.
    stack.stop_agent("w1")
    stack.start_agent("w1", labels={"cpu": "x86"}, password="one", process="agent w1 anew")
    wait_for(lambda: stack.rest.one("workers", name="w1")["labels"] == {"os": "linux", "cpu": "x86"}, "its labels")


def test_a_request_without_a_worker_waits_and_says_why(stack, repository):
    builders = [{"name": "mac", "worker_labels": {"os": "mac"}, "steps": [{"run": "true"}]}]
    stack.start(agents=("w1",), config=configuration(
        repository, change_sources=None, builders=builders,
        schedulers=[{"type": "force", "name": "force", "builders": ["mac"]}]))
    forced = stack.cli("force", "force")
    assert "request 1: builder mac" in forced.stdout
    assert "request 1 waits: no worker that can run builder mac is online" in forced.stderr
    request, = requests_of(stack, "mac")
    assert (request["claimed"], request["complete"]) == (False, False)

    stack.start_agent("m1", labels={"os": "mac"})
    all_complete(stack, 1)
    assert requests_of(stack, "mac")[0]["results"] == SUCCESS


def test_a_paused_or_gracefully_stopped_worker_gets_no_build(stack, repository):
    stack.start(agents=("w1",), config=configuration(repository, change_sources=None, steps=[{"run": "true"}]))
    stack.rest.control("workers/w1", "pause", reason="disk full")
    assert stack.rest.one("workers", name="w1")["paused"]
    force(stack, "app")
    # Another worker's build shows that the queue was looked at meanwhile.
    stack.start_agent("w2")
    all_complete(stack, 1)
    worker = stack.rest.one("workers", name="w2")
    assert stack.rest.one("builds")["workerid"] == worker["workerid"]

    stack.rest.control("workers/w2", "stop")
    wait_for(lambda: not stack.process("agent w2").alive(), "the agent to leave in good order")
    assert stack.process("agent w2").status() == 0
    stack.restart("agent w2")
    wait_for(lambda: not stack.rest.one("workers", name="w2")["graceful"], "it to be welcome again")
    force(stack, "app")
    all_complete(stack, 2)

    stack.rest.control("workers/w2", "pause")
    stack.rest.control("workers/w1", "unpause")
    force(stack, "app")
    builds = all_complete(stack, 3)
    assert builds[-1]["workerid"] == stack.rest.one("workers", name="w1")["workerid"]


def test_sigterm_drains_an_agent(stack, repository, tmp_path):
    stack.start(agents=("w1",), config=configuration(
        repository, change_sources=None,
        steps=[{"run": f"touch {tmp_path}/on.$$; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"}]))
    force(stack, "app", 3)
    wait_for(lambda: len(list(tmp_path.glob("on.*"))) == 2, "both slots to be busy")
    agent = stack.process("agent w1")
    agent.send(15)
    agent.wait_event("draining")
    (tmp_path / "go").touch()
    assert agent.wait_end(20) == 0
    builds = stack.rest.get("builds")
    assert len(builds) == 2 and all(b["results"] == SUCCESS for b in builds)

    stack.restart("agent w1")
    all_complete(stack, 3)


def test_an_idle_agent_ends_well_also_when_told_twice_or_alone(stack, repository):
    stack.start("builder", "www", agents=("w1", "w2"), config=configuration(repository, change_sources=None))
    for _ in range(2):
        stack.process("agent w1").send(15)
    assert stack.process("agent w1").wait_end(10) == 0
    stack.kill("builder")
    assert stack.process("agent w2").stop(10) == 0


@pytest.mark.parametrize("owner", ["configured", "enrolled"])
def test_a_second_agent_of_one_name_ends_the_first(stack, repository, owner):
    workers = [{"name": "w1", "password": "one"}] if owner == "configured" else None
    password = "one" if owner == "configured" else None
    stack.start(agents=(), config=configuration(repository, change_sources=None, workers=workers,
                                                steps=[{"run": "true"}]))
    first = stack.start_agent("w1", password=password)
    stack.wait_connected("w1")
    second = stack.start_agent("w1", password=password, process="agent w1 again")
    wait_for(lambda: not first.alive(), "the first agent to give up")
    assert first.status() != 0
    force(stack, "app")
    all_complete(stack, 1)
    assert second.alive()


def test_a_slot_is_free_again_whichever_replica_took_the_journal(stack, repository):
    """The agent polls so rarely that its next poll would come too late for all of them."""
    stack.lease = 600
    stack.builder_options = ["--heartbeat", 120]
    stack.start(agents=(), config=configuration(
        repository, change_sources=None, builders=[{"name": "quick", "steps": [{"run": "true"}]}],
        schedulers=[{"type": "force", "name": "force", "builders": ["quick"]}]))
    stack.scale("builder", 2)
    stack.wait_ready()
    stack.start_agent("w1", slots=1)
    stack.wait_connected("w1")
    force(stack, "quick", 12)

    all_complete(stack, 12)
