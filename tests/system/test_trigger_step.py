# SPDX-License-Identifier: Apache-2.0
"""The trigger step: what it starts, waits for, makes of the results, and takes down with it."""

import pytest

from slipway_test import CANCELLED, EXCEPTION, FAILURE, SUCCESS, WARNINGS, Gate, Plant, wait_for


@pytest.fixture
def gate(tmp_path_factory):
    return Gate(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def trigger(stack, gate):
    """trigger(step, ...) forces a build of a builder that triggers."""
    plant = Plant(stack, slots=1)
    stack.start_service("scheduler")
    stack.wait_ready()

    def force(*steps, **fields):
        children = [{"name": "good", "steps": [{"name": "say", "run": "echo %(prop:colour)s %(src::revision)s"}]},
                    {"name": "bad", "steps": [{"run": "exit 1"}]},
                    {"name": "shaky", "steps": [{"run": "exit 1", "flunk_on_failure": False, "warn_on_failure": True}]},
                    {"name": "slow", "steps": [{"run": gate.command}]}]
        parent = {"name": "parent", "steps": list(steps)}
        stack.apply({
            "title": "System test", "url": "http://ci.test/", "builders": [*children, parent],
            "schedulers": [
                {"type": "force", "name": "force", "builders": ["parent"]},
                *({"type": "triggerable", "name": f"all-{child['name']}", "builders": [child["name"]]} for child in children),
            ]})
        return plant.force("parent", **fields)

    force.plant = plant
    return force


def urls_of(build):
    return {url["name"]: url["url"] for url in build.steps()[-1]["urls"]}


def children(trigger, builder):
    return [build for build in trigger.plant.rest.get("builds", order="buildid")
            if trigger.plant.rest.one(f"builders/{build['builderid']}")["name"] == builder]


def test_trigger_waits_in_no_slot_and_folds_the_results(trigger):
    build = trigger({"name": "go", "trigger": {"schedulers": ["all-good", "all-shaky"], "wait_for_finish": True,
                                               "set_properties": {"colour": "red"}}},
                    {"run": "echo after", "name": "after"}, revision="abc")
    # There is one slot only: the children have it while the parent waits.
    result, _, steps = build.verdict()
    assert result == SUCCESS and steps["after"] == (SUCCESS, "finished")
    assert steps["go"] == (WARNINGS, "triggered all-good, all-shaky: 1 success, 1 warnings")
    child = children(trigger, "good")[0]
    assert child["results"] == SUCCESS
    text = trigger.plant.rest.one(f"builds/{child['buildid']}/steps/say/logs/stdio/contents")["content"]
    assert "ored abc\n" in text


def test_trigger_fails_as_the_important_children_do(trigger):
    build = trigger({"name": "go", "trigger": {"schedulers": ["all-good", "all-bad"], "wait_for_finish": True}})
    assert build.verdict()[2]["go"] == (FAILURE, "triggered all-good, all-bad: 1 success, 1 failure")
    links = urls_of(build)
    assert links["good #1"] == f"#/builders/{children(trigger, 'good')[0]['builderid']}/builds/1"
    assert sum(url.startswith("#/buildrequests/") for url in links.values()) == 2


def test_trigger_leaves_unimportant_results_out(trigger):
    build = trigger({"name": "go", "trigger": {"schedulers": ["all-good", "all-bad"], "wait_for_finish": True,
                                               "unimportant_schedulers": ["all-bad"]}})
    assert build.verdict()[2]["go"][0] == SUCCESS


def test_trigger_need_not_wait(trigger, gate):
    build = trigger({"name": "go", "trigger": "all-slow"})
    assert build.verdict()[2]["go"] == (SUCCESS, "triggered all-slow")
    gate.wait_reached()
    gate.go()
    wait_for(lambda: children(trigger, "slow")[0]["complete"], "the child's end")


def test_a_stopped_trigger_stops_what_it_waits_for(trigger, gate):
    build = trigger({"name": "go", "trigger": {"schedulers": ["all-slow"], "wait_for_finish": True}})
    gate.wait_reached()
    build.stop()
    result, _, steps = build.verdict()
    assert (result, steps["go"]) == (CANCELLED, (CANCELLED, "cancelled"))
    wait_for(lambda: children(trigger, "slow")[0]["complete"], "the child's end")
    assert children(trigger, "slow")[0]["results"] == CANCELLED


def test_a_waiting_trigger_survives_its_builder_service(trigger, gate):
    build = trigger({"name": "go", "trigger": {"schedulers": ["all-slow"], "wait_for_finish": True}})
    gate.wait_reached()
    trigger.plant.stack.kill_and_restart("builder")
    gate.go()
    assert build.verdict()[2]["go"] == (SUCCESS, "triggered all-slow: 1 success")
    assert len(children(trigger, "slow")) == 1


def test_a_scheduler_that_is_gone_is_an_exception(trigger):
    build = trigger({"name": "set", "set_property": "which", "value": "all-none"},
                    {"name": "go", "trigger": "%(prop:which)s"})
    assert build.verdict()[2]["go"][0] == EXCEPTION
