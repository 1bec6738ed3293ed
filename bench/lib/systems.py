# SPDX-License-Identifier: Apache-2.0
"""Runs the systems to be compared in turn, each on a fresh database of one PostgreSQL cluster with its default settings."""

import contextlib
import pathlib
import shutil
import sys
import tempfile

import psycopg2
from slipway_test.postgres import PostgresCluster

from . import buildbot
from .buildbot import Buildbot
from .slipway import BINARIES, Slipway

# Debian's defaults, durable commits included; both systems meet the same.
SETTINGS = {"max_connections": "200"}


def choose(only):
    """The classes to measure; leaves out what is not there and says so."""
    chosen = []
    if only in (None, "slipway"):
        if not (BINARIES / "slipway-builder").exists():
            sys.exit(f"no release binaries in {BINARIES}; run ./quickstart --build-only first")
        chosen.append(Slipway)
    if only in (None, "buildbot") and buildbot.install():
        chosen.append(Buildbot)
    return chosen


@contextlib.contextmanager
def cluster():
    postgres = PostgresCluster(SETTINGS).start()
    try:
        yield postgres
    finally:
        postgres.remove()


class Run:
    """One system that runs, with the connection that counts its builds."""

    def __init__(self, system, folder, database_url):
        self.system, self.rest, self.folder = system, system.rest, folder
        self._connection = psycopg2.connect(database_url)
        self._connection.autocommit = True

    def completed(self):
        with self._connection.cursor() as cursor:
            cursor.execute(self.system.completed_sql)
            return cursor.fetchone()[0]

    def send_change(self, number):
        response = self.rest.hook(branch="main", revision=f"{number:040x}", repository="https://git.example.org/app.git",
                                  author="Ada <ada@example.org>", comments=f"change {number}", files='["README"]')
        if response.status_code not in (200, 202):
            raise RuntimeError(f"{self.system.name} refused a change: {response.status_code} {response.text[:300]}")

    def close(self):
        self._connection.close()


@contextlib.contextmanager
def running(kind, postgres, make_command, slots, workers=True):
    """Starts a system; make_command(folder) gives the command of its one step."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench."))
    database_url = postgres.create_database()
    system = kind(folder, database_url)
    try:
        system.start(make_command(folder), slots, workers)
        run = Run(system, folder, database_url)
        yield run
        run.close()
    except BaseException:
        print(f"logs are kept in {folder}", file=sys.stderr)
        system.stop()
        raise
    system.stop()
    shutil.rmtree(folder, ignore_errors=True)
