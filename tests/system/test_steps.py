# SPDX-License-Identifier: Apache-2.0
"""What the attributes of a step do, what becomes of the build, and that nothing survives a step."""

import time

import pytest

from slipway_test import CANCELLED, FAILURE, SUCCESS, WARNINGS, Gate, wait_for

OK = {"run": "true", "name": "ok"}


def fails(name="bad", **attributes):
    return {"run": "exit 3", "name": name, **attributes}


FAILED = (FAILURE, "failed (exit code 3)")
FINE = (SUCCESS, "finished")


@pytest.mark.parametrize("steps, result, state, verdicts", [
    pytest.param([OK], SUCCESS, "build successful", {"ok": FINE}, id="success"),
    pytest.param([fails(), OK], FAILURE, "failed bad", {"bad": FAILED, "ok": FINE}, id="failure goes on"),
    pytest.param([fails(halt_on_failure=True), OK, {**OK, "name": "clean", "always_run": True}],
                 FAILURE, "failed bad", {"bad": FAILED, "clean": FINE}, id="halt, but always_run"),
    pytest.param([fails(flunk_on_failure=False), OK],
                 SUCCESS, "build successful", {"bad": FAILED, "ok": FINE}, id="does not flunk"),
    pytest.param([fails(flunk_on_failure=False, warn_on_failure=True), OK],
                 WARNINGS, "warnings bad", {"bad": FAILED, "ok": FINE}, id="warns"),
    pytest.param([fails("one"), fails("two", warn_on_failure=True), fails("three")],
                 FAILURE, "failed one two three", {"one": FAILED, "two": FAILED, "three": FAILED}, id="many failures"),
    pytest.param([fails(flunk_on_failure=False, halt_on_failure=True), OK],
                 SUCCESS, "build successful", {"bad": FAILED}, id="halts without flunking"),
    pytest.param([{"run": "kill -9 $$", "name": "bad"}],
                 FAILURE, "failed bad", {"bad": (FAILURE, "killed by signal 9")}, id="signal"),
    pytest.param([{"run": ["./no-such-program", "a b"], "name": "bad"}], FAILURE, "failed bad",
                 {"bad": (FAILURE, "could not start the command: No such file or directory")}, id="no program"),
])
def test_steps_fold_into_the_result_of_the_build(shared_plant, steps, result, state, verdicts):
    assert shared_plant.build(*steps).verdict() == (result, state, verdicts)


def test_the_environment_is_set_removed_joined_and_hidden(shared_plant):
    build = shared_plant.build(
        {"run": "env", "env": {"GREETING": "hi ${WHO}", "HOME": None, "LIST": ["/a", "/b"], "API_TOKEN": "s3cret"}},
        env={"WHO": "Ada", "GREETING": "overridden"})
    assert build.finished()["results"] == SUCCESS
    seen = dict(line.split("=", 1) for line in build.log().lines() if "=" in line)
    assert (seen["GREETING"], seen["LIST"], seen["API_TOKEN"]) == ("hi Ada", "/a:/b", "s3cret")
    assert "HOME" not in seen and "SLIPWAY_ENROLMENT_TOKEN" not in seen
    assert (seen["CI"], seen["SLIPWAY_WORKER"], seen["SLIPWAY_ATTEMPT"]) == ("true", "w1", "1")

    words = build.log().own_words()
    assert "without HOME" in words and "GREETING=hi Ada" in words
    assert "s3cret" not in words and "API_TOKEN=(hidden)" in words


def test_a_step_runs_in_its_folder_which_is_made(shared_plant):
    build = shared_plant.build({"run": "pwd", "workdir": "deep/er"}, {"run": ["pwd"]})
    assert build.finished()["results"] == SUCCESS
    other, own = build.log(1).lines()[0], build.log(2).lines()[0]
    assert own.endswith("/build") and other == own[:-len("build")] + "deep/er"


@pytest.mark.parametrize("attribute, script, state", [
    ("timeout", "echo first; sleep 1000", "timed out (no output for 1 s)"),
    ("max_time", "while :; do echo on and on; sleep 0.1; done", "timed out (longer than 1 s)"),
])
def test_a_step_that_is_silent_or_too_long_fails_and_the_build_goes_on(shared_plant, attribute, script, state):
    build = shared_plant.build({"run": script, "name": "long", attribute: "1s"}, OK)
    assert build.verdict() == (FAILURE, "failed long", {"long": (FAILURE, state), "ok": FINE})
    assert build.log().lines()[0] in ("first", "on and on")
    assert "stopping it" in build.log().own_words()
    shared_plant.wait_no_process()


def test_output_keeps_a_step_alive_beyond_its_timeout(shared_plant):
    build = shared_plant.build({"run": "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.25; done", "timeout": "1s"})
    assert build.finished()["results"] == SUCCESS


def test_a_step_may_say_farewell_within_its_sigterm_time(shared_plant, tmp_path):
    gate = Gate(tmp_path)
    build = shared_plant.build({"run": f"trap 'echo farewell; exit 0' TERM; {gate.command}", "sigterm_time": "30s"})
    gate.wait_reached()
    build.stop("enough")
    assert build.finished()["results"] == CANCELLED
    assert build.log().lines() == ["farewell"]


def test_a_step_that_ignores_sigterm_is_killed_after_its_sigterm_time(shared_plant, tmp_path):
    gate = Gate(tmp_path)
    build = shared_plant.build({"run": f"trap '' TERM; {gate.command}", "name": "deaf", "sigterm_time": "1s"}, OK,
                               {"run": "true", "name": "clean", "always_run": True})
    gate.wait_reached()
    began = time.monotonic()
    build.stop()
    result, state, steps = build.verdict()
    assert 1.0 <= time.monotonic() - began < 6.0
    assert (result, state, steps) == (CANCELLED, "cancelled", {"deaf": (CANCELLED, "cancelled"), "clean": FINE})
    assert not shared_plant.processes()


# Ways to live on after the command: each prints "ready" when it is out of sight.
DAEMON = "(setsid sh -c 'sleep 1000 & echo ready' &) ; sleep 0.05"
DEAF = "setsid sh -c 'trap \"\" TERM HUP INT; echo ready; while :; do sleep 1000; done' & sleep 0.05"
# Each process of it lives for a moment only: whoever lists processes one by one comes too late.
HOPPER = """printf '#!/bin/sh\\ntrap "" TERM\\n"$0" &\\n' > hop; chmod +x hop; setsid ./hop >/dev/null 2>&1 & echo ready"""


@pytest.mark.parametrize("script", [DAEMON, DEAF, HOPPER], ids=["daemon", "deaf to SIGTERM", "fork loop"])
def test_nothing_survives_a_step(shared_plant, script):
    build = shared_plant.build({"run": script, "name": "leaves", "sigterm_time": "1s"},
                               {"run": "echo clean", "name": "after"})
    assert build.verdict()[0] == SUCCESS
    assert shared_plant.processes() == []
    assert build.log(1).lines() == ["ready"]
    assert "left by the step: " in build.log(1).own_words()
    assert build.log(2).lines() == ["clean"]


def test_what_ends_by_itself_just_after_the_command_is_not_killed(shared_plant):
    build = shared_plant.build({"run": "(sleep 0.05; echo late) & echo early"})
    assert build.finished()["results"] == SUCCESS
    assert build.log().lines() == ["early", "late"]
    assert "left by the step" not in build.log().own_words()


def test_builds_at_once_on_one_agent_have_a_folder_each(shared_plant, tmp_path):
    shared_plant.stack.start_agent("many", slots=6, labels={"size": "large"})
    shared_plant.stack.wait_connected("many")
    # Each waits for all the others, so they do run at once.
    meet = f"touch {tmp_path}/$SLIPWAY_BUILD_ID; while [ $(ls {tmp_path} | wc -l) -lt 6 ]; do sleep 0.02; done"
    name = shared_plant.add_builder({"run": f"mkdir alone && pwd && {meet} && rmdir alone"},
                                    worker_labels={"size": "large"})
    builds = [shared_plant.force(name) for _ in range(6)]
    assert [build.finished()["results"] for build in builds] == [SUCCESS] * 6
    assert len({build.log().lines()[0] for build in builds}) == 6

    # The folders are used again.
    again = shared_plant.force(name)
    wait_for(lambda: again.request_row()["complete"], "a seventh build")
    assert again.log().lines()[0] in {build.log().lines()[0] for build in builds}
