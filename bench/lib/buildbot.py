# SPDX-License-Identifier: Apache-2.0
"""Buildbot 4.3 from PyPI, in a virtual environment of its own: one master, one worker with many slots."""

import shutil
import subprocess
import sys

from slipway_test.ports import free_port
from slipway_test.process import Process
from slipway_test.rest import Rest
from slipway_test.waiting import wait_for

from . import ROOT

VENV = ROOT / "bench/.venv"
REQUIREMENTS = ROOT / "bench/requirements.txt"

_MASTER_CFG = """
from buildbot.plugins import changes, schedulers, steps, util, worker
c = BuildmasterConfig = {{}}
c['workers'] = [worker.Worker('w1', 'pw', max_builds={slots})]
c['protocols'] = {{'pb': {{'port': 'tcp:{pb}:interface=127.0.0.1'}}}}
c['schedulers'] = [schedulers.SingleBranchScheduler(
    name='main', change_filter=util.ChangeFilter(branch='main'), treeStableTimer=None, builderNames=['bench'])]
c['builders'] = [util.BuilderConfig(
    name='bench', workernames=['w1'],
    factory=util.BuildFactory([steps.ShellCommand(name='step', command=['/bin/sh', '-c', {command!r}])]))]
# As Slipway: every request is built.
c['collapseRequests'] = False
c['buildbotURL'] = 'http://127.0.0.1:{www}/'
c['www'] = {{'port': 'tcp:{www}:interface=127.0.0.1', 'plugins': {{}}, 'change_hook_dialects': {{'base': True}}}}
c['db'] = {{'db_url': {database!r}}}
c['buildbotNetUsageData'] = None
"""


def install():
    """True when the environment is there; says why when it can't be made (PyPI out of reach)."""
    stamp = VENV / "requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return True
    print("Installing Buildbot into bench/.venv ...", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    if not any(_made_venv(python) for python in ("/usr/bin/python3", "python3")):
        print("no python3 here can make a virtual environment (Debian: apt-get install python3-venv)", file=sys.stderr)
        return False
    done = subprocess.run([VENV / "bin/pip", "install", "--quiet", "-r", REQUIREMENTS], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        print(f"PyPI could not be reached, so Buildbot is not measured:\n{done.stderr[-800:]}", file=sys.stderr)
        return False
    shutil.copy(REQUIREMENTS, stamp)
    return True


def _made_venv(python):
    return subprocess.run([python, "-m", "venv", VENV], capture_output=True, check=False).returncode == 0


class Buildbot:
    name = "Buildbot 4.3"
    completed_sql = "SELECT count(*) FROM builds WHERE complete_at IS NOT NULL"

    def __init__(self, folder, database_url):
        self._folder = folder
        # SQLAlchemy 2.1 would take psycopg 3 for a bare postgresql: URL.
        self._database = database_url.replace("postgresql:", "postgresql+psycopg2:")
        self._pb, www = free_port(), free_port()
        self.rest = Rest(f"http://127.0.0.1:{www}")
        self._www = www
        self._master = self._worker = None

    def start(self, command, slots, workers=True):
        master, worker = self._folder / "master", self._folder / "worker"
        _run("buildbot", "create-master", "-q", f"--db={self._database}", master)
        (master / "master.cfg").write_text(_MASTER_CFG.format(
            slots=slots, pb=self._pb, www=self._www, database=self._database, command=command))
        _run("buildbot", "upgrade-master", "-q", master)
        self._master = Process("master", [VENV / "bin/buildbot", "start", "--nodaemon", master],
                               self._folder / "master.log").start()
        wait_for(lambda: self.rest.get("builders"), "Buildbot's master", 120, ignoring=Exception)
        _run("buildbot-worker", "create-worker", "-q", worker, f"127.0.0.1:{self._pb}", "w1", "pw")
        self._worker = Process("worker", [VENV / "bin/buildbot-worker", "start", "--nodaemon", worker],
                               self._folder / "worker.log")
        if workers:
            self.start_workers()

    def start_workers(self):
        self._worker.start()
        wait_for(lambda: self.rest.one("workers/w1")["connected_to"], "Buildbot's worker", 120, ignoring=Exception)

    def stop(self):
        for process in (self._worker, self._master):
            if process:
                process.stop(timeout=30)


def _run(program, *words):
    done = subprocess.run([VENV / "bin" / program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program} {words[0]}: {done.stdout}{done.stderr}")
