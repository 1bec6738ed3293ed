# SPDX-License-Identifier: Apache-2.0
"""The command line: what it prints, what it exits with, and how it finds its server."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from slipway_test import FAILURE, configuration, wait_for
from slipway_test.stack import BINARIES

STEPS = [{"run": "echo one; echo oops >&2", "name": "first"}, {"run": "echo two; exit 1", "name": "second"}]


def slipway(*words, **environment):
    """The program without a server, and without any of the user's settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "XDG_"))}
    return subprocess.run([BINARIES / "slipway", *map(str, words)], capture_output=True, text=True, check=False,
                          timeout=60, env={**env, "XDG_CONFIG_HOME": "/nowhere", **environment})


@pytest.fixture
def running(stack, repository):
    stack.start("www", "builder", "scheduler", config=configuration(repository, change_sources=None, steps=STEPS))
    return stack


# Commands and flags.

def test_usage_is_printed_where_nothing_was_asked_for():
    assert slipway().returncode == 2 and "usage: slipway COMMAND" in slipway().stderr
    for word in ("--help", "-h", "help"):
        assert slipway(word).returncode == 0 and "usage: slipway COMMAND" in slipway(word).stdout
    assert slipway("--version").stdout.startswith("slipway ")
    for command in ("up", "check", "diff", "apply", "schema", "force", "send-change", "try", "logs", "builds", "workers"):
        for flag in ("--help", "-h"):
            page = slipway(command, flag)
            assert page.returncode == 0 and page.stdout.startswith("slipway " + command), page


@pytest.mark.parametrize("words, hint", [
    (["biulds"], "did you mean \"builds\"?"),
    (["nonsense"], "unrecognized command \"nonsense\""),
    (["builds", "--limitt", "3"], "did you mean --limit?"),
    (["builds", "-x"], "unrecognized flag -x"),
    (["builds", "--limit", "x"], "--limit"),
    (["builds", "--limit"], "needs a value"),
    (["logs"], "which build?"),
    (["logs", "1", "2"], "which build?"),
    (["force"], "which force scheduler?"),
    (["force", "force", "branch"], "\"branch\" is no field=value"),
    (["send-change", "a.c"], "who made the change?"),
    (["send-change", "--author", "Ada", "--property", "x"], "no NAME=VALUE"),
    (["send-change", "--author", "Ada", "--logfile", "/nowhere"], "could not open /nowhere"),
    (["check", "a.yaml", "b.yaml"], "\"b.yaml\" is the second"),
    (["apply", "--version", "3", "a.yaml"], "exclude each other"),
    (["apply", "--version", "x"], "--version"),
])
def test_what_is_wrong_with_the_command_line_is_said(words, hint):
    done = slipway(*words)
    assert done.returncode == 2 and hint in done.stderr, done


# Configuration.

def test_check_lists_all_that_is_wrong(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("builders: [{name: app, steps: [{run: make}]}]\n")
    bad.write_text("bilders: []\nschedulers:\n"
                   "  - {type: force, name: f, builders: [nope]}\n  - {type: nightli, name: n}\n")

    done = slipway("check", good)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{good}: OK\n", "")
    assert json.loads(slipway("check", "--json", good).stdout) == []

    done = slipway("check", bad)
    assert done.returncode == 1 and not done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) >= 3 and all(line.startswith(f"{bad}:") for line in lines)
    assert f"{bad}:1:1: " in lines[0] and "builders" in lines[0]
    problems = slipway("check", bad, "--json")
    assert problems.returncode == 1 and len(json.loads(problems.stdout)) == len(lines)
    assert {"line", "column", "message"} == set(json.loads(problems.stdout)[0])

    done = slipway("check", tmp_path / "none.yaml")
    assert done.returncode == 2 and "No such file" in done.stderr
    assert slipway("check", tmp_path).returncode == 2


def test_a_recipient_that_mail_could_not_reach_is_refused(tmp_path):
    path = tmp_path / "slipway.yaml"
    for address, fine in (("a@x.org", 0), ("A B <a@x.org>", 0), ("a@x.org, b@x.org", 1), ("a b@x.org", 1), ("a@x@y", 1),
                          ("A <a@x.org", 1), ("nobody", 1)):
        path.write_text("notifiers: [{type: mail, from: ci@x.org, relay: {host: x}, extra_recipients: [%s]}]\n"
                        % json.dumps(address))
        assert slipway("check", path).returncode == fine, address


def test_the_schema_is_one(tmp_path):
    schema = json.loads(slipway("schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12/")
    assert {"builders", "schedulers", "notifiers", "workers"} <= set(schema["properties"])

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found = schema
                for part in node["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            assert not isinstance(node.get("type"), str) or node["type"] in (
                "object", "array", "string", "integer", "number", "boolean", "null")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(schema)


def test_a_configuration_is_compared_applied_and_rolled_back(running, repository):
    first = running.folder / "slipway.yaml"
    assert running.cli("diff", first).stdout == ""
    second = running.folder / "second.yaml"
    second.write_text(first.read_text().replace("title: System test", "title: Second"))

    changed = running.cli("diff", second, check=False)
    assert changed.returncode == 1
    assert "--- version 1" in changed.stdout and "-title: System test\n+title: Second\n" in changed.stdout
    assert running.cli("apply", second, "--comment", "a new name").stdout == "version 2 is in force\n"
    assert running.cli("apply", second).stdout == "nothing to change: version 2 is in force already\n"
    assert running.sql("SELECT comment FROM config_versions WHERE version = 2") == [("a new name",)]

    assert running.cli_json("apply", "--version", "1") == {"changed": True, "version": 3}
    assert running.cli("diff", first).returncode == 0
    missing = running.cli("apply", "--version=99", check=False)
    assert missing.returncode == 1 and "no configuration version 99" in missing.stderr

    second.write_text("bilders: []\n")
    for command in ("apply", "diff"):
        refused = running.cli(command, second, check=False)
        assert refused.returncode == 2 and f"{second}:1:1:" in refused.stderr


# Builds.

def test_builds_are_forced_waited_for_and_listed(running):
    asked = running.cli("force", "force", "branch=main", "reason=because")
    assert asked.stdout.startswith("buildset 1\n")
    done = running.cli("force", "force", "--builder", "app", "branch=main", "--wait", check=False)
    assert done.returncode == 1 and done.stdout.endswith("failure\n")
    wait_for(lambda: len(running.rest.get("builds", complete="true")) == 2, "both builds")

    table = running.cli("builds").stdout.splitlines()
    assert table[0].split() == ["BUILD", "BUILDER", "NUMBER", "RESULT", "STARTED", "TOOK", "STATE"]
    assert [line.split()[:4] for line in table[1:]] == [["2", "app", "2", "failure"], ["1", "app", "1", "failure"]]
    assert [build["results"] for build in running.cli_json("builds", "--limit", "1", "--builder", "app")] == [FAILURE]
    unknown = running.cli("builds", "--builder", "ap", check=False)
    assert unknown.returncode == 1 and "no builder \"ap\" (did you mean \"app\"?)" in unknown.stderr

    table = running.cli("workers").stdout.splitlines()
    assert table[1].split()[:3] == ["w1", "online", "0"]
    assert running.cli_json("workers")[0]["name"] == "w1"


@pytest.mark.parametrize("words, status, complaint", [
    (["nope"], 2, "no force scheduler \"nope\""),
    (["force", "brunch=main"], 2, "has no field \"brunch\" (did you mean \"branch\"?)"),
    (["force", "--builder", "nope"], 2, "builder"),
    (["force", "--admin-token", "wrong"], 1, "token"),      # not even the schedulers are told to it
])
def test_a_wrong_force_is_refused(running, words, status, complaint):
    done = running.cli("force", *words, check=False)
    assert done.returncode == status and complaint in done.stderr, done
    assert not running.rest.get("buildsets")


def test_logs_are_printed_by_step_and_stream(running):
    running.cli("force", "force", "--wait", check=False)
    whole = running.cli("logs", "1")
    assert "== first\n" in whole.stdout and "one\n" in whole.stdout and "== second\n" in whole.stdout
    assert "oops\n" in whole.stderr and "\noops\n" not in whole.stdout
    kept = running.cli_json("logs", "1")
    assert [(log["step"], log["slug"], log["complete"]) for log in kept] == \
        [("first", "stdio", True), ("second", "stdio", True)]
    assert "oone\n" in kept[0]["content"] and "eoops\n" in kept[0]["content"]
    one = running.cli("logs", "app/1", "--step", "second").stdout
    assert "two\n" in one and "one\n" not in one
    for words, complaint in ((["1", "--step", "third"], "no step \"third\""), (["99"], "no build \"99\""),
                             (["nope/1"], "no build \"nope/1\"")):
        done = running.cli("logs", *words, check=False)
        assert done.returncode == 1 and complaint in done.stderr


def test_logs_are_followed_while_they_grow_whatever_www_does(running, repository, tmp_path):
    go = tmp_path / "go"
    waiting = f"echo begun; while [ ! -e {go} ]; do sleep 0.05; done; echo ended"
    running.apply(configuration(repository, change_sources=None, steps=[{"run": waiting, "name": "wait"}]))
    running.cli("force", "force")
    wait_for(lambda: running.rest.get("builds"), "the build")
    out = tmp_path / "followed"
    with open(out, "wb") as file:
        follower = subprocess.Popen([BINARIES / "slipway", "logs", "-f", "1"], stdout=file, stderr=subprocess.STDOUT,
                                    env={**os.environ, "SLIPWAY_URL": running.url})
    try:
        wait_for(lambda: b"begun\n" in out.read_bytes(), "the first line")
        running.kill("www")
        go.touch()
        running.restart("www")
        assert follower.wait(60) == 0
    finally:
        follower.kill()
        follower.wait()
    lines = out.read_text().splitlines()
    assert lines.count("begun") == lines.count("ended") == 1


# Finding the server.

@pytest.fixture
def listener():
    """A server that is not Slipway, and the tokens it was shown."""
    class Handler(BaseHTTPRequestHandler):
        tokens = []

        def do_GET(self):
            self.tokens.append(self.headers.get("Authorization"))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    server.url, server.tokens = f"http://127.0.0.1:{server.server_address[1]}", Handler.tokens
    yield server
    server.shutdown()
    server.server_close()


def state_folder(path, url, token):
    path.mkdir(parents=True)
    (path / "url").write_text(f"{url}\n")
    (path / "admin.token").write_text(f"{token}\n")
    return path


def test_the_state_folder_names_server_and_token(running, tmp_path):
    state = state_folder(tmp_path / "state", running.url, running.admin_token)
    done = slipway("force", "force", "--state", state)
    assert done.returncode == 0, done.stderr
    assert slipway("builds", SLIPWAY_STATE=str(state)).returncode == 0
    # A folder that was never used: the default address, where nobody may listen.
    assert slipway("force", "force", "--state", tmp_path / "none").returncode != 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root's folder is the machine's")
def test_the_default_folder_is_that_of_xdg(running, tmp_path):
    state_folder(tmp_path / "xdg/slipway", running.url, running.admin_token)
    assert slipway("force", "force", XDG_STATE_HOME=str(tmp_path / "xdg")).returncode == 0


def test_the_token_of_one_server_is_not_told_to_another(listener, tmp_path):
    state = state_folder(tmp_path / "state", "http://127.0.0.1:1/", "secret")
    assert slipway("force", "force", "--state", state, "--url", listener.url).returncode != 0
    assert listener.tokens and set(listener.tokens) == {None}
    # Its own address by another way is its own.
    (state / "url").write_text(f"{listener.url}/")
    slipway("force", "force", "--state", state, "--url", listener.url)
    assert listener.tokens[-1] == "Bearer secret"


def test_a_server_that_is_away_is_named():
    done = slipway("builds", "--url", "http://127.0.0.1:1")
    assert done.returncode == 1 and "http://127.0.0.1:1/" in done.stderr and "onnect" in done.stderr
