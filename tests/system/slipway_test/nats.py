# SPDX-License-Identifier: Apache-2.0
"""A NATS server that can be absent, lost and come back at the same address."""

import json
import socket

from .ports import free_port
from .process import Process
from .waiting import wait_for


class NatsServer:
    def __init__(self, folder, jetstream=True):
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        store = ["--jetstream", "--store_dir", folder / "nats"] if jetstream else []
        self._server = Process("nats", ["nats-server", "-a", "127.0.0.1", "-p", self.port, *store], folder / "nats.log")

    def start(self):
        self._server.start()
        wait_for(lambda: "Server is ready" in self._server.output(), "NATS to be ready")
        return self

    def stop(self):
        self._server.kill()


class NatsPublisher:
    """Publishes as a client of NATS does, in order over one connection."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._input = self._socket.makefile("rb")
        assert self._input.readline().startswith(b"INFO ")
        self._socket.sendall(b'CONNECT {"verbose":false,"headers":true}\r\n')

    def publish(self, subject, payload, builders=None):
        body = json.dumps(payload).encode()
        if builders is None:
            self._socket.sendall(f"PUB {subject} {len(body)}\r\n".encode() + body + b"\r\n")
            return
        head = f"NATS/1.0\r\nSlipway-Builders: {builders}\r\n\r\n".encode()
        self._socket.sendall(f"HPUB {subject} {len(head)} {len(head) + len(body)}\r\n".encode() + head + body + b"\r\n")

    def flush(self):
        """Waits until the server has taken all."""
        self._socket.sendall(b"PING\r\n")
        line = b""
        while not line.startswith(b"PONG"):
            line = self._input.readline()
            assert line, "NATS hung up"

    def close(self):
        self._input.close()
        self._socket.close()
