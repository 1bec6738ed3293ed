# SPDX-License-Identifier: Apache-2.0
"""What steps can ask of the agent: conditions, words, terminals, groups, a background, secrets, environments."""

import pytest

from slipway_test import CANCELLED, FAILURE, SKIPPED, SUCCESS, WARNINGS, wait_for

OK = {"run": "true", "name": "ok"}


def log_of(build, step, log="stdio"):
    buildid = build.builds()[-1]["buildid"]
    found = {s["name"]: s["number"] for s in build.steps()}
    return build.rest.one(f"builds/{buildid}/steps/{found[step]}/logs/{log}/contents")["content"]


def wait_running(build, step):
    build.started()
    wait_for(lambda: any(s["name"] == step and not s["complete"] for s in build.steps()), f"step {step} to run")


@pytest.mark.parametrize("condition, result", [
    ("prop.buildername =~ 'builder'", SUCCESS),
    ("build.result == FAILURE", SKIPPED),
    ("steps['ok'].result == SUCCESS and not prop.nothing", SUCCESS),
])
def test_do_step_if_decides_whether_a_step_runs(shared_plant, condition, result):
    build = shared_plant.build(OK, {"run": "true", "name": "it", "do_step_if": condition})
    assert build.verdict()[2]["it"] == (result, "finished" if result == SUCCESS else "skipped")


def test_hide_step_if_hides_by_the_result(shared_plant):
    build = shared_plant.build({"run": "true", "name": "a", "hide_step_if": "result == SUCCESS"},
                               {"run": "true", "name": "b", "hide_step_if": "result == FAILURE"})
    build.finished()
    assert [step["hidden"] for step in build.steps()] == [True, False]


def test_descriptions_become_state_strings(shared_plant):
    words = {"description": "compiling", "description_done": "compiled", "description_suffix": "%(prop:buildername)s"}
    build = shared_plant.build({"run": "true", "name": "a", **words}, {"run": "exit 3", "name": "b", **words},
                               name="words")
    assert build.verdict()[2] == {"a": (SUCCESS, "compiled words"),
                                  "b": (FAILURE, "compiled words: failed (exit code 3)")}


def test_texts_are_rendered_when_the_step_begins(shared_plant):
    build = shared_plant.build(
        {"set_property": {"property": "who", "value": "Ada"}},
        {"run": "echo 'hello %(prop:who)s%(prop:none:-!)s'; date +%s", "name": "say"})
    assert build.finished()["results"] == SUCCESS
    assert "ohello Ada!" in log_of(build, "say")


def test_exit_codes_are_decoded(shared_plant):
    build = shared_plant.build(
        {"run": "exit 3", "name": "a", "decode_rc": {0: "success", 3: "warnings"}},
        {"run": "exit 4", "name": "b", "decode_rc": {0: "success", 3: "warnings"}, "flunk_on_failure": False})
    assert build.verdict()[2] == {"a": (WARNINGS, "warnings (exit code 3)"), "b": (FAILURE, "failed (exit code 4)")}


def test_a_command_reads_its_initial_stdin_and_then_the_end(shared_plant):
    build = shared_plant.build({"run": "cat; echo end", "name": "cat", "initial_stdin": "one\ntwo"})
    assert build.finished()["results"] == SUCCESS
    assert build.log().lines() == ["one", "twoend"]


def test_a_command_has_a_terminal_if_it_asks_for_one(shared_plant):
    script = "test -t 0 && test -t 1 && test -t 2 && read x && echo \"got $x\" && cat && tty < /dev/tty > /dev/null"
    build = shared_plant.build({"run": script, "name": "tty", "use_pty": True, "initial_stdin": "word\nrest"})
    assert build.finished()["results"] == SUCCESS, log_of(build, "tty")
    assert build.log().lines() == ["got word", "rest"]


def test_too_many_lines_end_a_step(shared_plant):
    build = shared_plant.build({"run": "yes", "name": "yes", "max_lines": 1000}, OK)
    assert build.verdict()[2] == {"yes": (FAILURE, "failed (more than 1000 lines)"), "ok": (SUCCESS, "finished")}
    shared_plant.wait_no_process()


def test_the_interrupt_signal_follows_sigterm(shared_plant):
    script = "trap 'echo term' TERM; trap 'echo int; exit 9' INT; while :; do sleep 0.05; done"
    build = shared_plant.build({"run": script, "name": "long", "max_time": "1s", "sigterm_time": "1s",
                                "interrupt_signal": "INT"})
    build.finished()
    # Once by name and once with its process group: each signal may come twice.
    assert list(dict.fromkeys(line for line in build.log().lines() if line in ("term", "int"))) == ["term", "int"]


def test_log_files_are_followed_into_logs_of_their_own(shared_plant):
    script = ("echo one > out.log; sleep 0.6; echo two >> out.log; sleep 0.6; mv out.log old.log;"
              "echo three > out.log; sleep 0.6; printf four >> out.log")
    build = shared_plant.build({"run": script, "name": "log", "log_files": {"progress": "out.log"}})
    assert build.finished()["results"] == SUCCESS
    assert log_of(build, "log", "progress") == "oone\notwo\nothree\nofour\n"


def test_log_environ_shows_the_whole_environment(shared_plant):
    build = shared_plant.build({"run": "true", "name": "env", "log_environ": True})
    build.finished()
    assert "SLIPWAY_WORKER=w1" in build.log().own_words()


def test_members_of_a_parallel_group_run_at_the_same_time(shared_plant, tmp_path):
    meet = f"touch {tmp_path}/%s; while [ ! -e {tmp_path}/%s ]; do sleep 0.02; done; exit %d"
    build = shared_plant.build(
        {"group": "both", "parallel": True, "steps": [
            {"run": meet % ("a", "b", 1), "name": "one", "halt_on_failure": True},
            {"run": meet % ("b", "a", 0) + "; sleep 0.3", "name": "two"}]},
        {"run": "true", "name": "after"})
    assert build.verdict() == (FAILURE, "failed one", {"one": (FAILURE, "failed (exit code 1)"),
                                                       "two": (SUCCESS, "finished")})


def test_a_cancel_reaches_all_members_of_a_group(shared_plant):
    build = shared_plant.build({"group": "both", "parallel": True, "steps": [
        {"run": "sleep 1000", "name": "one"}, {"run": "sleep 1000", "name": "two"}]})
    wait_running(build, "one")
    wait_running(build, "two")
    build.stop()
    assert build.verdict()[2] == {"one": (CANCELLED, "cancelled"), "two": (CANCELLED, "cancelled")}
    shared_plant.wait_no_process()


SERVER = "rm -f sock; exec python3 -c 'import socket,time; s=socket.socket(socket.AF_UNIX); s.bind(\"sock\"); s.listen(); " \
         "print(\"listening\",flush=True); time.sleep(1000)'"


@pytest.mark.parametrize("ready", ["socket:sock", "log:^listen", "command:test -S sock"])
def test_a_command_lives_in_the_background_until_the_build_ends(shared_plant, ready):
    build = shared_plant.build({"run": SERVER, "name": "server", "background": {"ready": ready, "timeout": "20s"}},
                               {"run": "test -S sock", "name": "use"}, OK)
    result, state, verdicts = build.verdict()
    assert (result, verdicts["use"]) == (SUCCESS, (SUCCESS, "finished"))
    assert verdicts["server"][0] == SUCCESS and verdicts["server"][1].startswith("ready after ")
    assert "olistening\n" in log_of(build, "server") and "hended: " in log_of(build, "server")
    shared_plant.wait_no_process()


def test_a_background_that_does_not_get_ready_fails_its_step(shared_plant):
    build = shared_plant.build(
        {"run": "sleep 1000", "name": "mute", "background": {"ready": "tcp:1", "timeout": "1s"}},
        {"run": "exit 5", "name": "dead", "background": {"ready": "tcp:1", "timeout": "20s"}})
    verdicts = build.verdict()[2]
    assert verdicts == {"mute": (FAILURE, "not ready after 1 s"),
                        "dead": (FAILURE, "failed (exit code 5 before it was ready)")}
    shared_plant.wait_no_process()


def test_a_background_that_died_is_named_by_the_step_that_suffers(shared_plant):
    build = shared_plant.build(
        {"run": "while [ ! -e die ]; do sleep 0.02; done; kill -11 $$", "name": "server", "background": {}},
        {"run": "touch die; sleep 1.2; exit 2", "name": "test"})
    state = build.verdict()[2]["test"][1]
    assert state.startswith("failed (exit code 2); server died ") and state.endswith(" s before, signal 11")


def test_backgrounds_stop_in_reverse_order_and_by_their_own_command(shared_plant, tmp_path):
    def server(name, **more):
        return {"run": f"trap 'echo {name} >> {tmp_path}/order; exit 0' TERM; touch {tmp_path}/{name}; "
                       "while :; do sleep 0.02; done",
                "name": name, "background": {"ready": f"command:test -e {tmp_path}/{name}", **more}}
    build = shared_plant.build(server("first"), server("second", stop="pkill -TERM -f 'echo [s]econd'"),
                               server("third"), OK)
    assert build.finished()["results"] == SUCCESS
    assert (tmp_path / "order").read_text().split() == ["third", "second", "first"]


def test_an_environment_is_prepared_once_and_destroyed_when_it_is_left_dirty(shared_plant, git_server, tmp_path):
    repository, dirty = git_server.repository("envs", first_commit=False), tmp_path / "dirty"
    repository.commit("one", {"requirements.txt": "1\n"})
    tool = "mkdir -p bin; printf '#!/bin/sh\\necho tool' > bin/tool; chmod +x bin/tool; cat requirements.txt"
    name = shared_plant.add_builder(
        {"git": {}}, {"run": f"tool; test -e {dirty} && touch $SLIPWAY_ENVIRONMENT/x; true", "name": "use"},
        environment={"key": ["requirements.txt"], "path": ["bin"], "steps": [{"run": tool}]})

    def state():
        build = shared_plant.force(name, repository=repository.url, branch="main")
        result, _, verdicts = build.verdict()
        assert result == SUCCESS, verdicts
        assert "otool\n" in log_of(build, "use")
        return verdicts["environment"][1].split()[0]

    assert [state(), state()] == ["prepared", "reused"]
    repository.commit("two", {"requirements.txt": "2\n"})
    assert [state(), state()] == ["prepared", "reused"]
    dirty.touch()
    assert [state(), state()] == ["reused", "prepared"]


def test_a_repository_brings_its_own_steps(shared_plant, git_server):
    repository = git_server.repository("own", first_commit=False)
    repository.commit("none", {"f": "\n"})
    name = shared_plant.add_builder({"git": {}}, repository_file=True)

    def verdict():
        build = shared_plant.force(name, repository=repository.url, branch="main")
        return build, build.verdict()

    assert verdict()[1][:2] == (SUCCESS, "build successful")
    repository.commit("two", {".slipway.yml": "steps:\n  - {run: 'echo own', name: mine}\n  - {run: exit 4, name: bad}\n"})
    build, (result, _, verdicts) = verdict()
    assert (result, verdicts["mine"], verdicts["bad"]) == (
        FAILURE, (SUCCESS, "finished"), (FAILURE, "failed (exit code 4)"))
    repository.commit("three", {".slipway.yml": "steps:\n  - {nonsense: 1}\n"})
    build, (result, _, verdicts) = verdict()
    assert result == FAILURE and verdicts["repository_steps"][1] == "1 problem in .slipway.yml", verdicts
    assert ".slipway.yml:2:" in log_of(build, "repository_steps")


def test_secrets_are_hidden_wherever_they_would_show(shared_plant):
    (shared_plant.stack.secrets / "word").write_text("correct horse")
    build = shared_plant.build(
        {"run": "printf 'corr'; sleep 0.3; echo 'ect horse'; printf %s \"$W\" | base64; touch 'correct horse'; exit 3",
         "name": "leak", "env": {"W": "%(secret:word)s"}, "description_suffix": "%(secret:word)s"},
        {"set_property": {"property": "p", "command": "printf 'a %s' \"$W\""}, "env": {"W": "%(secret:word)s"}},
        {"run": "test '%(prop:p)s' = 'a correct horse'", "name": "knows"})
    verdicts = build.verdict()[2]
    assert verdicts["knows"] == (SUCCESS, "finished")
    assert verdicts["leak"] == (FAILURE, "failed (exit code 3) <word>")
    content = log_of(build, "leak")
    assert "o<word>\n" in content and "correct" not in content and "Y29ycmVjdCBob3JzZQ" not in content
    properties = build.rest.one(f"builds/{build.builds()[-1]['buildid']}/properties")
    assert properties["p"][0] == "a <word>"
    for journal in (shared_plant.stack.folder / "agent-w1" / "spool").glob("*"):
        assert b"correct horse" not in journal.read_bytes()


def test_a_long_log_is_cut_with_a_mark(stack):
    from slipway_test import Plant
    plant = Plant(stack, config={"storage": {"log_max_size": "64KiB"}})
    build = plant.build({"run": "yes 0123456789 | head -c 1000000; echo end", "name": "long"})
    assert build.verdict()[0] == SUCCESS
    lines = log_of(build, "long").splitlines()
    assert lines[-1].startswith("hthe log is longer than") and "oend" not in lines
    assert 60000 < sum(map(len, lines)) < 80000


def test_a_step_waits_for_its_lock_and_can_be_stopped_while_it_does(stack, tmp_path):
    from slipway_test import Gate, Plant
    gate = Gate(tmp_path)
    plant = Plant(stack, slots=3, config={"locks": [{"name": "machine"}]})
    uses = {"locks": ["machine"], "name": "use"}
    holder_name = plant.add_builder({"run": gate.command, **uses})
    other = plant.add_builder({"run": "true", **uses})
    holder = plant.force(holder_name)
    gate.wait_reached()
    waiting, stopped = plant.force(other), plant.force(other)
    for build in (waiting, stopped):
        build.started()
        wait_for(lambda build=build: build.steps(), "the step to begin")
    stopped.stop()
    assert stopped.verdict()[2] == {"use": (CANCELLED, "cancelled while waiting for locks")}
    assert not waiting.builds()[-1]["complete"]
    gate.go()
    assert (holder.verdict()[0], waiting.verdict()[0]) == (SUCCESS, SUCCESS)
    assert "waiting for locks held by" in waiting.log().own_words()
