# SPDX-License-Identifier: Apache-2.0
"""A child process with its output in a file, which never outlives the test run."""

import ctypes
import os
import pwd
import re
import shlex
import signal
import subprocess

from .waiting import wait_for

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1

# What no log may hold at the end of a test.
SANITIZER_REPORT = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|LeakSanitizer")


def unprivileged_user():
    """Whom PostgreSQL runs as: it refuses root. None when this process is not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("root needs a user postgres or nobody to lend to PostgreSQL")


def logfmt(line):
    """The keys and values of one logfmt line; an empty dict for other output."""
    try:
        words = shlex.split(line)
    except ValueError:
        return {}
    return dict(word.split("=", 1) for word in words if "=" in word)


class Process:
    """One run of a program; start() may be called again after it ended, and appends to the same log."""

    def __init__(self, name, argv, log, env=None, cwd=None, user=None):
        self.name, self.argv, self.log = name, [str(a) for a in argv], log
        self.env, self.cwd, self.user = env, cwd, user
        self._popen = None
        self._log_start = 0

    def start(self):
        assert not self.alive(), f"{self.name} runs already"
        identity = {}
        if self.user:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with open(self.log, "ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, cwd=self.cwd,
                preexec_fn=_die_with_parent, **identity)
        return self

    @property
    def pid(self):
        return self._popen.pid

    def alive(self):
        return self._popen is not None and self._popen.poll() is None

    def status(self):
        """The exit status; None while it runs."""
        return self._popen.poll()

    def output(self):
        """What this run (not earlier ones) has written so far."""
        with open(self.log, "rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def events(self, name):
        """The logfmt lines of this run whose event is `name`."""
        return [event for event in map(logfmt, self.output().splitlines()) if event.get("event") == name]

    def wait_event(self, name, timeout=60):
        def found():
            events = self.events(name)
            if not events and not self.alive():
                raise AssertionError(f"{self.name} ended with {self._popen.returncode} before it logged {name}")
            return events
        return wait_for(found, f"{self.name} to log {name}", timeout)[0]

    def send(self, number):
        self._popen.send_signal(number)

    def kill(self):
        """SIGKILL, as an out-of-memory killer or a power cut would."""
        if self.alive():
            self._popen.kill()
        if self._popen:
            self._popen.wait()

    def stop(self, timeout=10.0, number=signal.SIGTERM):
        """Asks the process to end, and waits for it as wait_end() does."""
        if self.alive():
            self.send(number)
        return self.wait_end(timeout)

    def wait_end(self, timeout):
        """The exit status, or what was done to a process that did not end in time."""
        if self._popen is None:
            return 0
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"SIGKILL, after {timeout:g} s of waiting"

    def sanitizer_reports(self):
        with open(self.log, errors="replace") as log:
            return [line.strip() for line in log if SANITIZER_REPORT.search(line)]


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
