# SPDX-License-Identifier: Apache-2.0
"""Slipway's release binaries: one replica of each service, one agent with many slots, no proxy between them."""

import os
import pathlib
import subprocess

import yaml
from slipway_test.nats import NatsServer
from slipway_test.ports import free_port
from slipway_test.process import Process
from slipway_test.rest import Rest
from slipway_test.waiting import wait_for

from . import ROOT

BINARIES = pathlib.Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/release/bin"))
SERVICES = ("changes", "scheduler", "builder", "notifier", "www")
_TOKEN = "bench"


class Slipway:
    name = "Slipway"
    completed_sql = "SELECT count(*) FROM builds WHERE complete"

    def __init__(self, folder, database_url):
        self._folder, self._database = folder, database_url
        self._ports = {name: free_port() for name in SERVICES}
        self.rest = Rest(self._url("www"), _TOKEN)
        self._nats = NatsServer(folder)
        self._processes = []

    def _url(self, service):
        return f"http://127.0.0.1:{self._ports[service]}"

    def start(self, command, slots, workers=True):
        self._nats.start()
        for name in SERVICES:
            self._launch(name, "--database-url", self._database, "--nats-url", self._nats.url,
                         "--listen", f"127.0.0.1:{self._ports[name]}", *self._settings(name))
        for name in SERVICES:
            rest = Rest(self._url(name))
            wait_for(lambda r=rest: r.request("GET", "readyz").status_code == 200, f"{name}", ignoring=Exception)
        self._apply(command)
        self._slots = slots
        if workers:
            self.start_workers()

    def start_workers(self):
        self._launch("agent", "--server", self._url("builder"), "--name", "w1", "--enrolment-token", _TOKEN,
                     "--slots", self._slots, "--work-dir", self._folder / "work")
        wait_for(lambda: [w for w in self.rest.get("workers") if w["connected_to"]], "the agent", ignoring=Exception)

    def stop(self):
        for process in reversed(self._processes):
            process.stop(timeout=15)
        self._nats.stop()

    def _launch(self, name, *settings):
        self._processes.append(Process(name, [BINARIES / f"slipway-{name}", "--log-level", "warn", *settings],
                                       self._folder / f"{name}.log").start())

    def _settings(self, name):
        return {
            "changes": ["--state-dir", self._folder / "changes"],
            "builder": ["--enrolment-token", _TOKEN],
            "www": ["--admin-token", _TOKEN, "--changes-url", self._url("changes")],
        }.get(name, [])

    def _apply(self, command):
        config = {
            "title": "bench", "url": self._url("www"), "web_hooks": {"base": {}},
            "schedulers": [{"type": "single_branch", "name": "main", "change_filter": {"branch": "main"},
                            "builders": ["bench"]}],
            "builders": [{"name": "bench", "steps": [{"run": command, "name": "step"}]}],
        }
        path = self._folder / "slipway.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        environment = {**os.environ, "SLIPWAY_URL": self._url("www"), "SLIPWAY_ADMIN_TOKEN": _TOKEN}
        done = subprocess.run([BINARIES / "slipway", "apply", path], env=environment, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"slipway apply: {done.stdout}{done.stderr}")
