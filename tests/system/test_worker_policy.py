# SPDX-License-Identifier: Apache-2.0
"""Which worker builds, which does not, and what becomes of builds that none can start."""

import pytest

from slipway_test import EXCEPTION, RETRY, SKIPPED, SUCCESS, Gate, Plant, wait_for

QUICK = {"run": "true", "name": "quick"}


def worker(plant, name):
    return [w for w in plant.rest.get("workers") if w["name"] == name][0]


@pytest.fixture
def two(stack):
    return Plant(stack, agents=("w1", "w2"))


def test_can_start_build_chooses_among_workers(two):
    build = two.build(QUICK, can_start_build="worker.name == 'w2'")
    assert build.finished()["workerid"] == worker(two, "w2")["workerid"]


def test_next_worker_last_used_stays_where_it_was(two):
    name = two.add_builder(QUICK, next_worker="last_used")
    first = two.force(name).finished()["workerid"]
    assert {two.force(name).finished()["workerid"] for _ in range(3)} == {first}


def test_a_worker_chosen_in_the_force_form_is_enforced(stack):
    plant = Plant(stack, agents=("w1", "w2"))
    name = plant.add_builder(QUICK)
    stack.apply({"title": "t", "url": "http://ci.test/", "builders": [{"name": name, "steps": [QUICK]}],
                 "schedulers": [{"type": "force", "name": "force", "builders": [name],
                                 "parameters": [{"type": "string", "name": "workername"}]}]})
    for chosen in ("w2", "w1", "w2"):
        build = plant.force(name, workername=chosen)
        assert build.finished()["workerid"] == worker(plant, chosen)["workerid"]


def test_do_build_if_ends_a_build_as_skipped_without_steps(plant):
    build = plant.build(QUICK, do_build_if="src.branch == 'release'")
    done = build.finished()
    assert done["results"] == SKIPPED
    assert "do_build_if" in done["state_string"]
    assert build.steps() == []


def test_a_request_that_waits_too_long_ends_with_the_reason(plant):
    build = plant.build(QUICK, worker_labels={"os": "plan9"}, queue_timeout="2s")
    done = build.finished()
    assert (done["results"], done["workerid"]) == (EXCEPTION, None)
    assert "queue_timeout" in done["state_string"]


def test_a_missing_secret_ends_a_build_with_the_reason(plant):
    build = plant.build({"run": "echo %(secret:nowhere)s", "name": "print"})
    done = build.finished()
    assert done["results"] == EXCEPTION
    assert "nowhere" in done["state_string"]


def test_a_virtual_builder_appears_by_itself(plant):
    build = plant.build({"run": "true", "name": "recipe"}, properties={"virtual_builder_name": "v-%(prop:buildername)s"})
    done = build.finished()
    assert done["results"] == SUCCESS
    row = plant.rest.one(f"builders/{done['builderid']}")
    assert row["name"] == "v-builder-1"
    assert "_virtual_" in row["tags"]
    assert done["number"] == 1
    assert [s["name"] for s in build.steps()] == ["recipe"]


def test_properties_of_builders_are_rendered(plant):
    build = plant.build({"run": "echo %(prop:where)s", "name": "print"},
                        properties={"where": "/srv/%(src::branch)s"}, source={"branch": "main"})
    assert build.finished()["results"] == SUCCESS
    assert build.log().lines() == ["/srv/main"]


def test_a_killed_worker_loses_its_build_and_its_agent_ends(two, tmp_path):
    gate = Gate(tmp_path)
    build = two.build({"run": gate.command, "name": "gate"})
    gate.wait_reached()
    victim = [w for w in two.rest.get("workers") if w["workerid"] == build.started()["workerid"]][0]
    two.rest.control(f"workers/{victim['workerid']}", "kill")
    assert build.attempt(1)["results"] == RETRY
    gate.wait_reached()
    gate.go()
    done = build.finished()
    assert done["results"] == SUCCESS
    assert done["workerid"] != victim["workerid"]
    wait_for(lambda: worker(two, victim["name"])["connected_to"] == [], "the killed agent to be gone", timeout=60)
