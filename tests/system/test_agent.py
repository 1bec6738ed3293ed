# SPDX-License-Identifier: Apache-2.0
"""Agents and builders that are killed, cut off, replaced or away: no build is lost, no line either."""

import shutil
import signal

import pytest

from slipway_test import CANCELLED, EXCEPTION, RETRY, SUCCESS, Counter, Gate, Plant, wait_for


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path)


@pytest.fixture
def numbers(tmp_path):
    return Counter(tmp_path)


def gated(gate):
    return {"run": f"echo before; {gate.command}; echo behind", "name": "gate"}


def counting(numbers):
    return {"run": numbers.command, "name": "count"}


def in_spool(stack, agent="w1"):
    return list((stack.folder / f"agent-{agent}" / "spool").glob("*.journal"))


# The agent dies.

@pytest.mark.parametrize("is_fresh", [False, True], ids=["same folder", "fresh folder"])
def test_steps_die_with_their_agent_and_its_successor_builds_again(plant, gate, is_fresh):
    build = plant.build({"run": f"setsid sleep 1000 & {gate.command}", "name": "gate"})
    gate.wait_reached()
    plant.stack.kill("agent w1")
    plant.wait_no_process()
    if is_fresh:
        # As a container is when it comes back.
        shutil.rmtree(plant.stack.folder / "agent-w1")

    plant.stack.restart("agent w1")
    first = build.attempt(1)
    assert (first["results"], first["state_string"]) == (RETRY, "retry")
    gate.wait_reached()
    gate.go()
    assert build.finished()["results"] == SUCCESS
    assert [b["attempt"] for b in build.builds()] == [1, 2]
    assert [s["results"] for s in build.steps(first)] == [RETRY]
    assert build.request_row()["results"] == SUCCESS


def test_a_lease_that_runs_out_gives_the_build_to_another_until_the_limit(stack, gate):
    stack.lease = 4
    stack.builder_options = ["--max-attempts", "2"]
    plant = Plant(stack)
    build = plant.build(gated(gate))
    gate.wait_reached()
    stack.kill("agent w1")
    stack.start_agent("w2")
    assert build.attempt(1)["results"] == RETRY
    gate.wait_reached()
    stack.kill("agent w2")

    second = build.attempt(2)
    assert (second["results"], second["state_string"]) == (EXCEPTION, "exception: the worker was lost too often")
    assert (build.request_row()["complete"], build.request_row()["results"]) == (True, EXCEPTION)
    assert len({b["workerid"] for b in build.builds()}) == 2


@pytest.mark.parametrize("is_killed", [True, False], ids=["agent killed", "agent drained"])
def test_a_journal_that_could_not_be_sent_is_sent_by_the_next_agent(plant, gate, is_killed):
    build = plant.build(gated(gate))
    gate.wait_reached()
    plant.stack.kill("builder")
    gate.go()
    agent = plant.stack.process("agent w1")
    agent.wait_event("build.finished")
    if is_killed:
        agent.kill()
    else:
        # A first signal has it wait for the builder, a second one ends it; both keep the journal.
        agent.send(signal.SIGTERM)
        agent.wait_event("draining")
        assert agent.alive()
        assert agent.stop() == 1
    assert len(in_spool(plant.stack)) == 1

    plant.stack.restart("agent w1")
    plant.stack.restart("builder")
    assert build.finished()["results"] == SUCCESS
    assert [b["attempt"] for b in build.builds()] == [1]
    assert build.log().lines() == ["before", "behind"]
    wait_for(lambda: not in_spool(plant.stack), "the journal to be removed")


def test_a_build_cut_short_by_a_second_signal_is_built_again(plant, gate):
    build = plant.build(gated(gate))
    gate.wait_reached()
    agent = plant.stack.process("agent w1")
    agent.send(signal.SIGTERM)
    agent.wait_event("draining")
    assert agent.stop() == 1
    assert not plant.processes()

    plant.stack.restart("agent w1")
    assert build.attempt(1)["results"] == RETRY
    gate.go()
    assert build.finished()["results"] == SUCCESS


@pytest.mark.parametrize("moment", ["builds run", "builds end", "one build is over"])
def test_an_agent_told_to_stop_while_builds_end_together_stops_well(plant, tmp_path, moment):
    """The threads of both builds end at once, beside the rest of the agent: neither may trip over the other."""
    gates = [Gate(tmp_path, f"gate{i}") for i in range(2)]
    builds = [plant.build(gated(gate)) for gate in gates]
    for gate in gates:
        gate.wait_reached()
    agent = plant.stack.process("agent w1")
    if moment == "builds run":
        agent.send(signal.SIGTERM)
        agent.wait_event("draining")
    for gate in gates:
        gate.go()
    if moment == "one build is over":
        agent.wait_event("build.finished")
    if moment != "builds run":
        agent.send(signal.SIGTERM)

    assert agent.wait_end(30) == 0 and not agent.sanitizer_reports()
    assert [build.finished()["results"] for build in builds] == [SUCCESS, SUCCESS]
    assert not plant.processes()


def test_a_silent_step_outlives_many_leases(stack, gate):
    stack.lease = 4
    plant = Plant(stack)
    build = plant.build(gated(gate))
    gate.wait_reached()
    wait_for(lambda: stack.sql("SELECT 1 FROM builds WHERE now() > started_at + interval '6 s'"), "more than a lease")
    gate.go()
    assert build.finished()["results"] == SUCCESS
    assert len(build.builds()) == 1


# A stop while the worker is away.

def test_a_stop_reaches_an_agent_whose_network_was_cut(plant, gate):
    build = plant.build(gated(gate))
    gate.wait_reached()
    plant.stack.cut_network("builder")
    build.stop("enough")
    plant.stack.mend_network("builder")
    assert build.finished()["results"] == CANCELLED
    plant.wait_no_process()
    assert len(build.builds()) == 1


def test_a_stop_of_a_build_whose_agent_never_comes_back_counts(stack, gate):
    stack.lease = 4
    plant = Plant(stack)
    build = plant.build(gated(gate))
    gate.wait_reached()
    stack.kill("agent w1")
    build.stop("enough")
    assert build.finished()["results"] == CANCELLED
    assert build.request_row()["results"] == CANCELLED

    # The agent that comes back has nothing to do.
    stack.restart("agent w1")
    stack.wait_connected("w1")
    wait_for(lambda: not in_spool(stack), "its journal to be dropped")
    assert len(build.builds()) == 1


# The builder dies or is away.

def test_a_log_is_whole_though_the_builder_is_killed_while_it_grows(plant, numbers):
    build = plant.build(counting(numbers))
    for _ in range(3):
        before = wait_for(lambda: _lines(build), "a log that grows")
        wait_for(lambda: _lines(build) > before, "more of it")
        plant.stack.kill("builder")
        numbers.wait_more()
        plant.stack.restart("builder")
    numbers.stop()
    assert build.finished()["results"] == SUCCESS
    numbers.assert_complete(build.log())
    assert len(build.builds()) == 1


def _lines(build):
    build.started()
    return sum(log["num_lines"] for step in build.steps() for log in
               build.rest.get(f"steps/{step['stepid']}/logs"))


def test_a_builder_that_is_away_for_longer_than_a_lease_loses_no_build(stack, gate):
    stack.lease = 4
    plant = Plant(stack)
    build = plant.build(gated(gate))
    gate.wait_reached()
    stack.kill("builder")
    wait_for(lambda: stack.sql("SELECT 1 FROM builds WHERE lease_until < now()"), "the lease to run out")
    stack.restart("builder")
    stack.wait_ready("builder")
    wait_for(lambda: stack.sql("SELECT 1 FROM builds WHERE lease_until > now() AND NOT complete"), "a new lease")
    gate.go()
    assert build.finished()["results"] == SUCCESS
    assert len(build.builds()) == 1


def test_an_agent_that_knows_two_builders_goes_on_with_the_one_that_lives(stack, numbers):
    plant = Plant(stack, agents=())
    stack.start_service("builder-2")
    stack.wait_ready()
    ports = {name: stack.port(name) for name in ("builder", "builder-2")}
    agent = stack.start_agent("w1", servers=[f"http://127.0.0.1:{port}" for port in ports.values()])
    used = f":{ports['builder']}"
    assert used in agent.wait_event("session.opened")["server"]
    build = plant.build(counting(numbers))
    wait_for(lambda: _lines(build), "a log that grows")

    stack.kill("builder")
    before = _lines(build)
    wait_for(lambda: _lines(build) > before, "the other builder to take the log")
    numbers.stop()
    assert build.finished()["results"] == SUCCESS
    numbers.assert_complete(build.log())
    assert len(build.builds()) == 1
    assert plant.build({"run": "true"}).finished()["results"] == SUCCESS


# The network is cut.

def test_a_network_that_is_cut_again_and_again_loses_nothing_and_doubles_nothing(plant, numbers):
    build = plant.build(counting(numbers))
    for _ in range(5):
        before = _lines(build)
        wait_for(lambda: _lines(build) > before, "more of the log")
        plant.stack.cut_network("builder")
        numbers.wait_more()
        plant.stack.mend_network("builder")
    numbers.stop()
    assert build.finished()["results"] == SUCCESS
    numbers.assert_complete(build.log())
    assert len(build.builds()) == 1


def _kill_builder(plant):
    plant.stack.kill_and_restart("builder")


def _cut_network(plant):
    plant.stack.cut_network("builder")
    plant.stack.mend_network("builder")


def _kill_agent(plant):
    plant.stack.kill_and_restart("agent w1")


@pytest.mark.parametrize("fault", [_kill_builder, _cut_network, _kill_agent])
def test_many_builds_all_end_well_whatever_happens_meanwhile(stack, tmp_path, fault):
    plant = Plant(stack, slots=6)
    ran = tmp_path / "ran"
    name = plant.add_builder({"run": f"echo $SLIPWAY_BUILD_ID | tee -a {ran}; sleep 0.05; echo over"},
                             {"run": "echo $SLIPWAY_BUILD_ID"})
    builds = [plant.force(name) for _ in range(40)]
    for done in (5, 15, 25):
        wait_for(lambda: len(plant.rest.get("builds", results=SUCCESS)) >= done, f"{done} builds")
        fault(plant)

    for build in builds:
        last = str(build.finished()["buildid"])
        assert build.request_row()["results"] == SUCCESS
        assert (build.log(1).lines(), build.log(2).lines()) == ([last, "over"], [last])
    if fault is not _kill_agent:
        assert len(plant.rest.get("builds")) == len(builds)
        assert len(ran.read_text().split()) == len(builds)
    assert {b["results"] for b in plant.rest.get("builds")} <= {SUCCESS, RETRY}


# Two agents of one name.

def test_a_second_agent_of_a_name_ends_the_first_and_builds_what_that_had(plant, gate):
    build = plant.build(gated(gate))
    gate.wait_reached()
    first = plant.stack.process("agent w1")
    second = plant.stack.start_agent("w1", process="agent w1 again")
    assert first.wait_end(20) == 1
    assert 'another agent has signed in as \\"w1\\"' in first.output()

    assert build.attempt(1)["results"] == RETRY
    gate.wait_reached()
    gate.go()
    assert build.finished()["results"] == SUCCESS
    assert second.alive()
    # What the first one kept of it is of no use to anyone.
    plant.stack.stop_agent("w1 again")
    plant.stack.restart("agent w1")
    wait_for(lambda: not in_spool(plant.stack), "the stale journal to be dropped")
    assert len(build.builds()) == 2
