# SPDX-License-Identifier: Apache-2.0
"""Slipway as a test runs it: any of its services and agents as real processes, to be killed, doubled and cut off."""

import json
import os
import pathlib
import secrets
import signal
import subprocess

import psycopg2
import requests
import yaml

from .balancer import Balancer
from .process import Process
from .rest import Rest
from .waiting import wait_for

SERVICES = ("changes", "scheduler", "builder", "notifier", "www")
ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARIES = pathlib.Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/asan/bin"))

# Sanitizers multiply what a process holds.
MEMORY_SLACK = 8 if "asan" in str(BINARIES) or "tsan" in str(BINARIES) else 1

# The promise of the service skeleton: finish what is under way, at most this long after SIGTERM.
STOP_SECONDS = 10.0


class Stack:
    """One database, one bus, services behind balancers (one address for all replicas of each) and agents."""

    def __init__(self, folder, database_url, nats_url, lease=5):
        self.folder, self.database_url, self.nats_url, self.lease = folder, database_url, nats_url, lease
        self.admin_token, self.enrolment_token = secrets.token_hex(16), secrets.token_hex(16)
        self.logs, self.secrets = folder / "logs", folder / "secrets"
        self.logs.mkdir(parents=True)
        self.secrets.mkdir()
        self.balancers = {name: Balancer() for name in ("changes", "builder", "www")}
        self.builder_options = []    # further flags of every builder
        self.www_options = []        # ... and of every www
        self.www_options = []        # ... and of every www
        self._polls = []             # times of polls seen by polls()
        self._processes = {}         # "builder", "builder-2", "agent w1" ... -> Process
        self.url = self.balancers["www"].url
        self.rest = Rest(self.url, self.admin_token)

    # Starting.

    def start(self, *services, agents=("w1",), config=None, wait=True):
        """Starts those services (all of them when none is named), applies the configuration, starts the agents."""
        for name in services or SERVICES:
            self.start_service(name)
        if wait:
            self.wait_ready()
        if config is not None:
            self.apply(config)
        for name in agents:
            self.start_agent(name)
        if wait and agents:
            self.wait_connected(*agents)
        return self

    def start_service(self, name):
        """`name` is a service, or a further replica of one, such as "builder-2"."""
        role = name.split("-")[0]
        argv = [BINARIES / f"slipway-{role}", "--database-url", self.database_url, "--nats-url", self.nats_url,
                "--listen", "127.0.0.1:0", "--log-level", "debug", "--secrets-dir", self.secrets,
                *self._settings(role, name)]
        return self._launch(name, argv)

    def _settings(self, role, name):
        if role == "changes":
            return ["--state-dir", self._folder(name)]
        if role == "builder":
            return ["--lease", self.lease, "--enrolment-token", self.enrolment_token, "--artifacts-dir",
                    self._folder("artifacts"), *self.builder_options]
        if role == "www":
            return ["--admin-token", self.admin_token, "--changes-url", self.balancers["changes"].url, "--artifacts-dir",
                    self._folder("artifacts"), *self.www_options]
        return []

    def start_agent(self, name, labels=None, slots=2, password=None, process=None, servers=None):
        """Without a password it enrols itself; `process` tells several agents of one name apart.

        It goes to the balancer, or to those `servers`.
        """
        process = process or f"agent {name}"
        argv = [BINARIES / "slipway-agent", "--server", ",".join(servers or [self.balancers["builder"].url]), "--name", name,
                "--slots", slots, "--work-dir", self._folder(process.replace(" ", "-")), "--log-level", "debug"]
        argv += ["--password", password] if password else ["--enrolment-token", self.enrolment_token]
        if labels:
            argv += ["--labels", ",".join(f"{key}={value}" for key, value in labels.items())]
        return self._launch(process, argv)

    def _launch(self, name, argv):
        process = self._processes.get(name)
        if process is None:
            log = self.logs / f"{name.replace(' ', '-')}.log"
            process = self._processes[name] = Process(name, argv, log, env=self._environment(), cwd=self.folder)
        process.start()
        if not name.startswith("agent "):
            self._route(name.split("-")[0])
        return process

    def _environment(self):
        kept = ("PATH", "LANG", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
        return {**{name: os.environ[name] for name in kept if name in os.environ},
                "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}

    def _folder(self, name):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def _replicas(self, role):
        return [name for name in self._processes if name == role or name.startswith(f"{role}-")]

    def _route(self, role):
        ports = []
        for name in self._replicas(role):
            if self._processes[name].alive():
                ports.append(int(self._processes[name].wait_event("listening")["port"]))
        if role in self.balancers:
            self.balancers[role].set_targets(ports)

    # Asking.

    def process(self, name):
        return self._processes[name]

    def port(self, name):
        return int(self.process(name).wait_event("listening")["port"])

    def service_url(self, name):
        """The address of one replica, past its balancer."""
        return f"http://127.0.0.1:{self.port(name)}"

    def ready(self, name):
        try:
            return requests.get(f"{self.service_url(name)}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def healthy(self, name):
        return requests.get(f"{self.service_url(name)}/healthz", timeout=5).status_code == 200

    def wait_ready(self, *names, timeout=60):
        """Waits for those services (all that run when none is named) to be ready."""
        running = [n for n, p in self._processes.items() if p.alive() and not n.startswith("agent ")]
        for name in names or running:
            wait_for(lambda: self.ready(name), f"{name} to be ready", timeout)

    def metric(self, service, name):
        """The sum of a metric's samples over its labels."""
        text = requests.get(f"{self.service_url(service)}/metrics", timeout=10).text
        samples = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
        return sum(float(value) for key, value in samples if key.split("{")[0] == name)

    def sql(self, statement, fetch=True):
        """Asks the database itself, where there is no other way to see."""
        return self.sql_with(statement, None, fetch)

    def sql_with(self, statement, values, fetch=True):
        """The same, with values for %(name)s."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if fetch else None
        finally:
            connection.close()

    def polls(self):
        """A number that grows with each poll of the first poller; 0 before the first has ended."""
        found = self.sql("SELECT extract(epoch FROM last_poll_at) FROM pollers WHERE initialized AND active LIMIT 1")
        if not found:
            return 0
        if not self._polls or self._polls[-1] != found[0][0]:
            self._polls.append(found[0][0])
        return len(self._polls)

    def wait_first_poll(self):
        """A poller's first look only records: what is pushed before it would build nothing."""
        wait_for(self.polls, "the first poll")

    def connected_workers(self):
        return [worker["name"] for worker in self.rest.get("workers") if worker["connected_to"]]

    def wait_connected(self, *names, timeout=60):
        wait_for(lambda: set(names) <= set(self.connected_workers()), f"{names} to be connected", timeout)

    # The command line.

    def cli(self, *words, check=True):
        done = subprocess.run(
            [str(BINARIES / "slipway"), *map(str, words)], capture_output=True, text=True, check=False, timeout=120,
            env={**self._environment(), "SLIPWAY_URL": self.url, "SLIPWAY_ADMIN_TOKEN": self.admin_token})
        if check:
            assert done.returncode == 0, f"slipway {' '.join(map(str, words))}: {done.stdout}{done.stderr}"
        return done

    def cli_json(self, *words):
        return json.loads(self.cli(*words, "--json").stdout)

    def write_config(self, config):
        path = self.folder / "slipway.yaml"
        path.write_text(config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False))
        return path

    def apply(self, config, check=True):
        return self.cli("apply", self.write_config(config), check=check)

    # Faults.

    def kill(self, name):
        self.process(name).kill()

    def restart(self, name):
        """Starts a service or agent that has ended, with the same settings."""
        return self._launch(name, self.process(name).argv)

    def kill_and_restart(self, name):
        self.kill(name)
        self.restart(name)

    def scale(self, role, count):
        """Makes `count` replicas of a service run; those too many are stopped in good order."""
        wanted = [role] + [f"{role}-{i}" for i in range(2, count + 1)]
        for name in self._replicas(role):
            if name not in wanted and self.process(name).alive():
                self._stop_one(name)
        for name in wanted:
            if name not in self._processes or not self.process(name).alive():
                self.start_service(name)
        self._route(role)

    def cut_network(self, role):
        self.balancers[role].cut()

    def mend_network(self, role):
        self.balancers[role].mend()

    # Stopping.

    def stop_agent(self, name):
        self._stop_one(f"agent {name}")

    def _stop_one(self, name):
        status = self.process(name).stop(STOP_SECONDS)
        assert status == 0, f"{name} should end with status 0 on SIGTERM; it ended with {status}"

    def stop(self):
        """Stops everything that runs; each has to end well, and no sanitizer may have said a word."""
        # Agents first: they hand in what they have while the builder still listens.
        agents = [name for name in self._processes if name.startswith("agent ")]
        services = [name for name in self._processes if name not in agents]
        verdicts = self._stop_together(agents) + self._stop_together(services)
        for name, process in self._processes.items():
            verdicts += [f"{name}: {report}" for report in process.sanitizer_reports()]
        for balancer in self.balancers.values():
            balancer.close()
        assert not verdicts, "the stack did not stop well:\n  " + "\n  ".join(verdicts)

    def _stop_together(self, names):
        running = [self.process(name) for name in names if self.process(name).alive()]
        for process in running:
            process.send(signal.SIGTERM)
        ends = [(process.name, process.wait_end(STOP_SECONDS)) for process in running]
        return [f"{name} ended with {status} on SIGTERM" for name, status in ends if status != 0]

    def destroy(self):
        for process in self._processes.values():
            process.kill()

    def log_tails(self, lines=80):
        """(name, end of its log) of each process, for the report of a failed test."""
        for path in sorted(self.logs.glob("*.log")):
            text = path.read_text(errors="replace").splitlines()
            yield path.name, "\n".join(text[-lines:])
