# SPDX-License-Identifier: Apache-2.0
"""slipway up: everything on one machine, kept alive, and gone without a trace at the end."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest
import yaml

from slipway_test import FAILURE, SUCCESS, wait_for
from slipway_test.stack import BINARIES
from slipway_test.up import Up

SERVICES = ("www", "builder", "scheduler", "changes", "notifier")
CONFIG = {
    "title": "Up",
    "schedulers": [{"type": "force", "name": "force", "builders": ["app"]}],
    "builders": [{"name": "app", "steps": [{"run": "echo built", "name": "say"}]}],
}


@pytest.fixture
def make_up():
    made = []

    def make(**options):
        made.append(Up(**options))
        return made[-1]

    yield make
    for up in made:
        up.remove()


@pytest.fixture
def up(make_up):
    return make_up()


def write_config(up, config=None):
    path = up.folder / "slipway.yaml"
    path.write_text(yaml.safe_dump(config or CONFIG))
    return path


def force(up):
    """One build through everything."""
    done = subprocess.run([BINARIES / "slipway", "force", "force", "--wait", "--state", up.state], capture_output=True,
                          text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_is_started_and_all_is_stopped(up, number):
    up.start("--config", write_config(up), "--workers", "2", "--slots", "3")
    assert up.connected() == ["local-1", "local-2"]
    assert {worker["max_builds"] for worker in up.rest.get("workers")} == {3}
    lines = [line for _, line in up.processes()]
    for part in ("postgres", "nats-server", *(f"slipway-{name}" for name in SERVICES)):
        assert any(part in line for line in lines), f"{part} is not among {lines}"
    assert (up.state / "admin.token").stat().st_mode & 0o777 == 0o600
    force(up)

    assert up.stop(number) == 0
    assert not up.processes()


def test_a_second_one_is_refused_and_what_was_built_is_kept(up):
    up.start("--config", write_config(up))
    force(up)
    second = subprocess.run([up.program, "up", "--state", up.state], capture_output=True, text=True, check=False,
                            timeout=60)
    assert second.returncode == 1 and f'another "slipway up" runs in {up.state}' in second.stderr
    assert up.answers()
    token = (up.state / "admin.token").read_text()

    assert up.stop() == 0
    up.start()
    assert (up.state / "admin.token").read_text() == token and token not in up.output()
    assert [build["results"] for build in up.rest.get("builds")] == [SUCCESS]
    force(up)


def test_whatever_is_killed_is_started_again(up):
    up.start("--config", write_config(up))
    for name in (*SERVICES, "nats", "postgres", "agent-local-1"):
        before = up.pid(name)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda n=name, b=before: up.pid(n) != b, f"{name} to be started again")
        wait_for(up.answers, f"all to be well after {name}")
    wait_for(lambda: up.connected() == ["local-1"], "the worker to be back")
    force(up)


@pytest.mark.parametrize("victim", ["www", "builder", "postgres", "nats"])
def test_what_is_killed_during_the_start_delays_it_only(up, victim):
    up.start("--config", write_config(up), wait=False)
    up.kill_child(victim)
    up.wait_ready()
    assert [builder["name"] for builder in up.rest.get("builders")] == ["app"]
    force(up)


def test_its_own_death_ends_all_and_the_next_one_goes_on(up):
    up.start("--config", write_config(up))
    force(up)
    listen = up.url.removeprefix("http://")
    up.kill()
    # At once, while the old ones still end.
    up.start("--listen", listen)
    assert len(up.rest.get("builds")) == 1
    force(up)


def test_a_stop_during_the_start_is_obeyed(up):
    up.start(wait=False)
    up.wait_pid("builder")
    assert up.stop() == 0
    assert not up.processes()
    assert "ready http" not in up.output()


# What it refuses.

def test_a_broken_configuration_starts_nothing(up):
    path = write_config(up, {**CONFIG, "bilders": []})
    up.start("--config", path, wait=False)
    assert up.wait_end() == 2
    assert f"{path}:" in up.output() and "bilders" in up.output()
    assert not up.state.exists()
    up.start("--config", "/nonexistent.yaml", wait=False)
    assert up.wait_end() == 2 and "/nonexistent.yaml" in up.output()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_folder_that_postgresql_cannot_enter_is_refused(up):
    closed = up.folder / "closed"
    closed.mkdir(mode=0o700)
    up.state = closed / "state"
    up.start(wait=False)
    assert up.wait_end() == 2
    assert f'no other user can enter "{closed}"' in up.output() and "--state" in up.output()


def test_an_address_in_use_is_named(up):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "127.0.0.1:%d" % other.getsockname()[1]
        up.start("--listen", address, wait=False)
        assert up.wait_end() == 1
    assert f"{address} is in use by another program" in up.output()
    assert not up.pid("postgres")


def test_an_address_of_elsewhere_is_refused(up):
    up.start("--listen", "192.0.2.1:8010", wait=False)
    assert up.wait_end() == 2
    assert "could not listen on 192.0.2.1:8010" in up.output()


@pytest.mark.parametrize("option", [["--workers", "99"], ["--listen", "nonsense"], ["--workerz", "1"], ["extra"]])
def test_a_wrong_option_is_refused(up, option):
    up.start(*option, wait=False)
    assert up.wait_end() == 2
    assert option[0] in up.output()


def test_a_part_that_dies_at_once_ends_the_start_with_its_last_words(make_up, tmp_path):
    for program in BINARIES.glob("slipway*"):
        shutil.copy(program, tmp_path / program.name)
    broken = tmp_path / "slipway-notifier"
    broken.write_text("#!/bin/sh\necho 'boom: the reason' >&2\nexit 7\n")
    up = make_up(program=tmp_path / "slipway")
    up.start(wait=False)
    assert up.wait_end() == 1
    assert "boom: the reason\n----" in up.output()
    assert f"notifier ended 6 times, at last with status 7; its log is {up.state}/log/notifier.log" in up.output()
    assert not up.processes()


# Where it may live.

@pytest.mark.parametrize("folder", ["deep/" * 25 + "state", "it's an \"odd\", name"])
def test_deep_and_odd_folders_are_fine(make_up, folder):
    up = make_up(folder=folder)
    up.start("--config", write_config(up))
    line, = (line for _, line in up.processes() if "unix_socket_directories=" in line)
    sockets = pathlib.Path(line.split("unix_socket_directories=")[1].split()[0])
    assert sockets.is_relative_to("/tmp") and not sockets.is_relative_to(up.folder)
    force(up)
    assert up.stop() == 0
    assert not sockets.exists()


def test_an_odd_umask_is_fine(up):
    before = os.umask(0o077)
    try:
        up.start("--config", write_config(up))
    finally:
        os.umask(before)
    force(up)


def test_given_stores_are_used(up, shared_postgres, nats):
    up.start("--config", write_config(up), "--database-url", shared_postgres.create_database(), "--nats-url", nats.url)
    force(up)
    assert not (up.state / "postgres").exists()
    assert not up.pid("postgres") and not up.pid("nats")


def test_variables_of_the_command_line_do_not_disturb(up):
    up.start("--config", write_config(up), SLIPWAY_ADMIN_TOKEN="another", SLIPWAY_ENROLMENT_TOKEN="another",
             SLIPWAY_PASSWORD="another", SLIPWAY_LOG_LEVEL="debug", SLIPWAY_URL="http://127.0.0.1:1/")
    force(up)
    assert "level=debug" in up.log("www")


# The demo.

@pytest.mark.parametrize("victim", [None, *SERVICES, "postgres", "nats", "agent-local-1"])
def test_the_demo_has_its_outcome_whoever_is_killed(up, victim):
    up.start("--demo")
    if victim:
        wait_for(lambda: up.rest.get("builds"), "the first build")
        up.kill_child(victim)

    def mails():
        return [path.read_text() for path in (up.state / "demo/mail/new").glob("*")]
    wait_for(lambda: any("failed test" in mail for mail in mails()), "the mail about the failure", 120)
    builds = wait_for(lambda: up.answers() and up.rest.get("builds", complete="true", order="number"), "the builds")
    assert [build["results"] for build in builds if build["results"] in (SUCCESS, FAILURE)] == [SUCCESS, FAILURE]
    recipients = [line for mail in mails() for line in mail.splitlines() if line.startswith("Message-ID: ")]
    assert len(recipients) == len(set(recipients))


def test_a_demo_that_was_interrupted_goes_on_also_in_an_odd_folder(make_up):
    up = make_up(folder="it's an odd, name")
    up.start("--demo")
    wait_for(lambda: up.rest.get("builds", complete="true"), "the good build")
    assert up.stop() == 0
    up.start("--demo")

    def results():
        return [build["results"] for build in up.rest.get("builds", complete="true", order="number")]
    wait_for(lambda: results() == [SUCCESS, FAILURE], "both builds")


THIEF = """#!/usr/bin/python3
# Tries to take the port before the real server has it, as any program might that asks for a free one.
import os, socket, sys
port = int(sys.argv[sys.argv.index("-p") + 1])
thief = socket.socket()
try:
    thief.bind(("127.0.0.1", port))
    thief.listen()
    word = "stolen"
    os.set_inheritable(thief.fileno(), True)
except OSError:
    word = "held"
with open(os.environ["THIEF_LOG"], "a") as log:
    log.write(word + "\\n")
os.execvp("nats-server", ["nats-server", *sys.argv[1:]])
"""


def test_no_other_program_gets_a_port_that_was_chosen(up):
    thief, log = up.folder / "thief", up.folder / "thief.log"
    thief.write_text(THIEF)
    thief.chmod(0o755)
    up.start("--config", write_config(up), SLIPWAY_NATS_SERVER=str(thief), THIEF_LOG=str(log))
    assert log.read_text().split() == ["held"]
    # Nor between the death of a service and its next life.
    up.kill_child("nats")
    wait_for(lambda: log.read_text().split() == ["held", "held"], "NATS to be started again")
    wait_for(up.answers, "all to be well")
    force(up)
