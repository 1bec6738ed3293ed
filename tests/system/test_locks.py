# SPDX-License-Identifier: Apache-2.0
"""Locks of builders and steps: exclusive, counting, per worker, in order of age, and no deadlock over trigger."""

import pytest

from slipway_test import EXCEPTION, SUCCESS, Gate, Plant, wait_for


def locked_plant(stack, *locks, agents=("w1",), slots=4, **config):
    return Plant(stack, agents=agents, slots=slots, config={"locks": list(locks), **config})


def holding(gate):
    return {"run": gate.command, "name": "hold"}


def pending(build):
    return not build.builds()


def test_an_exclusive_lock_lets_one_build_run_and_holds_up_nobody_else(stack, tmp_path):
    plant = locked_plant(stack, {"name": "db", "max_count": 5})
    use = {"locks": [{"lock": "db", "mode": "exclusive"}]}
    gate = Gate(tmp_path)
    first = plant.build(holding(gate), **use)
    gate.wait_reached()
    second = plant.build({"run": "true", "name": "quick"}, **use)
    other = plant.build({"run": "true", "name": "other"})
    assert other.finished()["results"] == SUCCESS
    assert pending(second)
    gate.go()
    assert first.finished()["results"] == SUCCESS
    assert second.finished()["results"] == SUCCESS
    assert second.builds()[0]["started_at"] >= first.builds()[0]["complete_at"]


def test_a_counting_lock_lets_its_number_run(stack, tmp_path):
    plant = locked_plant(stack, {"name": "db", "max_count": 2})
    gates = [Gate(tmp_path, f"gate-{i}") for i in range(3)]
    builds = []
    for gate in gates:
        builds.append(plant.build(holding(gate), locks=["db"]))
    gates[0].wait_reached()
    gates[1].wait_reached()
    assert pending(builds[2])
    gates[0].go()
    gates[2].wait_reached()
    for gate in gates:
        gate.go()
    assert [build.finished()["results"] for build in builds] == [SUCCESS] * 3


def test_a_lock_for_each_worker_spreads_its_builds(stack, tmp_path):
    plant = locked_plant(stack, {"name": "disk", "per_worker": True}, agents=("w1", "w2"))
    gates = [Gate(tmp_path, f"gate-{i}") for i in range(2)]
    builds = [plant.build(holding(gate), locks=["disk"]) for gate in gates]
    for gate in gates:
        gate.wait_reached()
        gate.go()
    assert len({build.finished()["workerid"] for build in builds}) == 2


def test_a_stopped_build_gives_its_lock_back(stack, tmp_path):
    plant = locked_plant(stack, {"name": "db"})
    gate = Gate(tmp_path)
    first = plant.build(holding(gate), locks=["db"])
    gate.wait_reached()
    second = plant.build({"run": "true", "name": "quick"}, locks=["db"])
    first.stop()
    assert second.finished()["results"] == SUCCESS


def test_a_step_waits_for_its_lock(stack, tmp_path):
    plant = locked_plant(stack, {"name": "port"})
    gate = Gate(tmp_path)
    first = plant.build({**holding(gate), "locks": ["port"]})
    gate.wait_reached()
    second = plant.build({"run": "true", "name": "free"}, {"run": "true", "name": "wants", "locks": ["port"]})
    wait_for(lambda: [s for s in second.steps() if s["name"] == "free" and s["complete"]] if second.builds() else None,
             "the step without a lock")
    assert not second.started()["complete"]
    gate.go()
    assert first.finished()["results"] == SUCCESS
    assert second.finished()["results"] == SUCCESS


def family(triggered, wanted_by):
    """A parent that holds a lock and waits for a child that wants it."""
    step = {"run": "true", "name": "one"}
    child = {"name": "child", "steps": [step]}
    (child if wanted_by == "builder" else step)["locks"] = ["db"]
    trigger = {"trigger": {"schedulers": [triggered], "wait_for_finish": True}, "name": "trigger"}
    return {"title": "t", "url": "http://ci.test/", "locks": [{"name": "db"}],
            "schedulers": [{"type": "force", "name": "force", "builders": ["parent"]},
                           {"type": "triggerable", "name": "children", "builders": ["child"]}],
            "builders": [child, {"name": "parent", "locks": ["db"], "steps": [trigger],
                                 "properties": {"which": "children"}}]}


@pytest.mark.parametrize("wanted_by", ["builder", "step"])
def test_a_child_that_needs_what_its_parent_holds_is_refused(stack, wanted_by):
    plant = Plant(stack, slots=4)
    stack.start_service("scheduler")
    assert "deadlock" in stack.apply(family("children", wanted_by), check=False).stderr
    # Who is triggered is known at run time only.
    stack.apply(family("%(prop:which)s", wanted_by))
    parent = plant.force("parent")
    assert parent.finished()["results"] == EXCEPTION
    children = [b for b in plant.rest.get("builds", order="buildid") if b["buildid"] != parent.builds()[0]["buildid"]]
    assert [b["results"] for b in children] == [EXCEPTION]
    if wanted_by == "builder":
        assert "deadlock" in children[0]["state_string"]
