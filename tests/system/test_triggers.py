# SPDX-License-Identifier: Apache-2.0
"""Waiting triggers and what may happen meanwhile: services die, the configuration changes, the parent is lost or stopped."""

import pytest

from slipway_test import CANCELLED, FAILURE, RETRY, SUCCESS, Gate, Plant, wait_for

WAIT = {"wait_for_finish": True}


@pytest.fixture
def gate(tmp_path_factory):
    return Gate(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def plant(stack, gate):
    """Three generations: `parent` triggers `middle`, which triggers `child`, which stands at the gate."""
    plant = Plant(stack, slots=1)
    stack.start_service("scheduler")
    stack.wait_ready()
    plant.apply = lambda **more: stack.apply({
        "title": "System test", "url": "http://ci.test/",
        "builders": [
            {"name": "child", "steps": [{"name": "stand", "run": gate.command}]},
            {"name": "middle", "steps": [{"name": "go", "trigger": {"schedulers": ["to-child"], **WAIT}}]},
            {"name": "parent", "steps": [{"name": "go", "trigger": {"schedulers": ["to-middle"], **WAIT}},
                                         {"name": "after", "run": "true"}]},
            {"name": "both", "steps": [{"name": "go", "trigger": {"schedulers": ["to-child", "to-bad"], **WAIT,
                                                                  "unimportant_schedulers": ["to-child"]}}]},
            {"name": "bad", "steps": [{"run": "exit 1"}]},
        ],
        "schedulers": [
            {"type": "force", "name": "force", "builders": ["parent", "middle", "both"]},
            {"type": "triggerable", "name": "to-child", "builders": ["child"]},
            {"type": "triggerable", "name": "to-middle", "builders": ["middle"]},
            {"type": "triggerable", "name": "to-bad", "builders": ["bad"]},
        ], **more})
    plant.apply()
    return plant


def builds(plant, builder):
    return plant.rest.get(f"builders/{builder}/builds", order="number")


def test_each_generation_waits_for_the_next_with_one_slot(plant, gate):
    forced = plant.force("parent")
    gate.wait_reached()
    assert [len(builds(plant, name)) for name in ("parent", "middle", "child")] == [1, 1, 1]
    gate.go()
    assert forced.verdict()[0] == SUCCESS
    middle = builds(plant, "middle")[0]
    request = plant.rest.one(f"buildrequests/{middle['buildrequestid']}")
    buildset = plant.rest.one(f"buildsets/{request['buildsetid']}")
    assert request["waited_for"] and buildset["parent_buildid"] == forced.finished()["buildid"]
    assert buildset["parent_relationship"] == "Triggered from"
    assert [b["buildid"] for b in plant.rest.get(f"builds/{forced.finished()['buildid']}/triggered_builds")] \
        == [middle["buildid"]]


def test_the_result_is_that_of_what_is_important(plant, gate):
    forced = plant.force("both")
    gate.go()
    assert forced.verdict()[0] == FAILURE


def test_a_stop_reaches_the_last_generation(plant, gate):
    forced = plant.force("parent")
    gate.wait_reached()
    forced.stop()
    assert forced.finished()["results"] == CANCELLED
    for name in ("middle", "child"):
        wait_for(lambda builder=name: builds(plant, builder)[0]["complete"], f"the end of {name}")
        assert builds(plant, name)[0]["results"] == CANCELLED
    assert not plant.rest.get("buildrequests", complete="false")


def test_every_service_may_die_while_a_trigger_waits(plant, gate):
    forced = plant.force("parent")
    gate.wait_reached()
    for service in ("builder", "scheduler", "www", "builder"):
        plant.stack.kill_and_restart(service)
    plant.stack.wait_ready()
    gate.go()
    assert forced.verdict()[0] == SUCCESS
    assert [len(builds(plant, name)) for name in ("parent", "middle", "child")] == [1, 1, 1]


def test_a_trigger_waits_for_a_scheduler_that_is_away(plant, gate):
    plant.stack.kill("scheduler")
    forced = plant.force("middle")
    wait_for(lambda: plant.stack.sql("SELECT count(*) FROM triggers WHERE NOT done")[0][0] == 1, "the trigger")
    plant.stack.kill_and_restart("builder")
    plant.stack.restart("scheduler")
    gate.go()
    assert forced.verdict()[0] == SUCCESS
    assert plant.stack.sql("SELECT count(*) FROM buildsets WHERE parent_buildid IS NOT NULL") == [(1,)]


def test_a_new_configuration_changes_nothing_for_those_who_wait(plant, gate):
    forced = plant.force("parent")
    gate.wait_reached()
    plant.apply(builders=[{"name": "other", "steps": [{"run": "true"}]}],
                schedulers=[{"type": "force", "name": "force", "builders": ["other"]}])
    gate.go()
    result, _, steps = forced.verdict()
    assert result == SUCCESS and steps["after"][0] == SUCCESS


def test_a_lost_parent_takes_its_children_along_and_begins_anew(plant, gate):
    plant.stack.start_agent("w2", slots=1)
    plant.stack.wait_connected("w2")
    forced = plant.force("middle")
    gate.wait_reached()
    # The one that runs the parent dies, and comes back without it; the child may be on either.
    parent = builds(plant, "middle")[0]
    name = plant.rest.one(f"workers/{parent['workerid']}")["name"]
    plant.stack.kill(f"agent {name}")
    assert forced.attempt(1)["results"] == RETRY
    wait_for(lambda: builds(plant, "child")[0]["complete"], "the first child's end")
    assert builds(plant, "child")[0]["results"] in (CANCELLED, RETRY)
    plant.stack.restart(f"agent {name}")
    gate.go()
    assert forced.finished()["results"] == SUCCESS
    assert builds(plant, "child")[-1]["results"] == SUCCESS
    assert not plant.rest.get("buildrequests", complete="false")
