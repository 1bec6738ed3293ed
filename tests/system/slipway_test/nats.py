# SPDX-License-Identifier: Apache-2.0
"""A NATS server that can be absent, lost and come back at the same address."""

from .ports import free_port
from .process import Process
from .waiting import wait_for


class NatsServer:
    def __init__(self, folder):
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._server = Process("nats", ["nats-server", "-a", "127.0.0.1", "-p", self.port], folder / "nats.log")

    def start(self):
        self._server.start()
        wait_for(lambda: "Server is ready" in self._server.output(), "NATS to be ready")
        return self

    def stop(self):
        self._server.kill()
