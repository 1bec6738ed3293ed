# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL cluster on a Unix socket that can be lost and come back."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile

import psycopg2

from .process import Process, unprivileged_user
from .waiting import wait_for

PG_BIN = os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")

# Fast rather than safe from a power cut: the data live no longer than the tests. But commits are synchronous, as a
# test that stops the server at once must find every transaction again that was answered for.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB"}


class PostgresCluster:
    def __init__(self, settings=None):
        # A short path: a Unix socket's name may have 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="slipway-pg.", dir="/tmp")
        self._names = itertools.count(1)
        user = unprivileged_user()
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        os.chmod(self.folder, 0o755)
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        subprocess.run(
            [f"{PG_BIN}/initdb", "-D", f"{self.folder}/data", "-U", "slipway", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder, check=True, capture_output=True, **identity)
        settings = {**(FAST if settings is None else settings), "listen_addresses": "",
                    "unix_socket_directories": self.folder}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._server = Process("postgres", [f"{PG_BIN}/postgres", "-D", f"{self.folder}/data", *options],
                               f"{self.folder}/log", cwd=self.folder, user=user)

    def start(self):
        self._server.start()
        wait_for(self._answers, "PostgreSQL to answer", ignoring=psycopg2.OperationalError)
        return self

    def stop(self):
        """Loses the server at once, its clients' connections with it; the data stay."""
        self._server.stop(timeout=30, number=signal.SIGQUIT)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres"):
        return f"postgresql://slipway@/{database}?host={self.folder}"

    def connect(self, database="postgres"):
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        return connection

    def create_database(self):
        """A new empty database; returns its URL."""
        name = f"slipway_{next(self._names)}"
        connection = self.connect()
        try:
            connection.cursor().execute(f"CREATE DATABASE {name}")
        finally:
            connection.close()
        return self.url(name)

    def _answers(self):
        self.connect().close()
        return True
