# SPDX-License-Identifier: Apache-2.0
"""`slipway up` as a test runs it, and whatever it leaves behind."""

import os
import pathlib
import re
import shutil
import signal
import tempfile
import uuid

import requests

from .process import Process
from .rest import Rest
from .stack import BINARIES
from .waiting import wait_for

_MARK = "SLIPWAY_TEST_MARK"


class Up:
    """One state folder, and the runs of `slipway up` in it."""

    def __init__(self, program=BINARIES / "slipway", folder=None):
        # Not below pytest's own folder, which no other user (PostgreSQL's) may enter.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-up.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.state = self.folder / (folder or "state")
        self.program, self.url, self.rest = program, None, None
        self._mark = uuid.uuid4().hex
        self._process = None

    def start(self, *options, wait=True, **environment):
        """Any free ports, unless the options name some."""
        argv = [self.program, "up", "--state", self.state, *options]
        for flag in ("--listen", "--agent-listen"):
            if flag not in options:
                argv += [flag, "127.0.0.1:0"]
        env = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
        env.update(environment, **{_MARK: self._mark})
        self._process = Process("up", argv, self.folder / "up.log", env=env).start()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, timeout=90):
        def ready():
            assert self._process.alive(), f"up has ended:\n{self.output()}"
            return re.search(r"^ready (\S+)/$", self.output(), re.MULTILINE)
        self.url = wait_for(ready, "up to be ready", timeout)[1]
        self.rest = Rest(self.url, (self.state / "admin.token").read_text())

    def output(self):
        return self._process.output()

    def alive(self):
        return self._process.alive()

    def wait_end(self, timeout=60):
        return self._process.wait_end(timeout)

    def stop(self, number=signal.SIGTERM):
        return self._process.stop(60, number)

    def kill(self):
        self._process.kill()

    def pid(self, name):
        """The newest process of that name; 0: none was started."""
        started = [event for event in self._process.events("child.started") if event["name"] == name]
        return int(started[-1]["pid"]) if started else 0

    def wait_pid(self, name):
        return wait_for(lambda: self.pid(name), f"{name} to be started")

    def kill_child(self, name):
        os.kill(self.wait_pid(name), signal.SIGKILL)

    def answers(self):
        """Every part of the web answers."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def log(self, name):
        return (self.state / "log" / f"{name}.log").read_text(errors="replace")

    def connected(self):
        return sorted(worker["name"] for worker in self.rest.get("workers") if worker["connected_to"])

    def processes(self):
        """(pid, command line) of all that up has started and that still runs, whoever is its parent now."""
        return [(pid, line) for pid, line in map(self._look, _pids()) if line]

    def _look(self, pid):
        """The command line of a process of ours, or None. PostgreSQL's show it by their folder only."""
        try:
            folder = pathlib.Path("/proc") / str(pid)
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            ours = str(self.state) in line or self._mark.encode() in (folder / "environ").read_bytes() or \
                os.readlink(folder / "cwd").startswith(str(self.state))
            return pid, line if ours and line else None
        except OSError:
            return pid, None

    def sanitizer_reports(self):
        pattern = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|LeakSanitizer")
        found = []
        for log in [self.folder / "up.log", *self.state.glob("log/*.log")]:
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            found += ["\n".join([log.name, *lines[at:at + 25]]) for at, line in enumerate(lines) if pattern.search(line)]
        return found

    def remove(self):
        """Stops what runs; whatever outlives that is a failure, and is killed."""
        if self._process and self._process.alive():
            self._process.stop(60)
        left = self.processes()
        for pid, _ in left:
            os.kill(pid, signal.SIGKILL)
        reports = self.sanitizer_reports()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not left, f"still running: {left}"
        assert not reports, "\n".join(reports)


def _pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
