# SPDX-License-Identifier: Apache-2.0
"""A WebSocket client, as far as /ws needs one."""

import base64
import json
import os
import socket
import ssl
import struct
import urllib.parse

_TEXT, _CLOSE, _PING = 1, 8, 9


class WebSocket:
    """Subscribes to paths of /ws and reads their events."""

    def __init__(self, url, *paths, certificate=None):
        address = urllib.parse.urlsplit(url)
        self._socket = socket.create_connection((address.hostname, address.port), timeout=30)
        if certificate:
            self._socket = ssl.create_default_context(cafile=certificate).wrap_socket(
                self._socket, server_hostname=address.hostname)
        self._input = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((f"GET /ws HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        status = self._input.readline()
        assert b" 101 " in status, status
        while self._input.readline().strip():
            continue
        for number, path in enumerate(paths):
            self._send({"_id": number, "cmd": "startConsuming", "path": path})
            answer = self._receive()
            assert answer.get("code") == 200, answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._input.close()
        self._socket.close()

    def event(self):
        """The key and the message of the next event."""
        while True:
            message = self._receive()
            if "k" in message:
                return message["k"], message["m"]

    def _send(self, message):
        body = json.dumps(message).encode()
        assert len(body) < 126
        mask = os.urandom(4)
        self._socket.sendall(struct.pack("!BB", 0x80 | _TEXT, 0x80 | len(body)) + mask +
                             bytes(byte ^ mask[i % 4] for i, byte in enumerate(body)))

    def _receive(self):
        kind = None
        while kind != _TEXT:
            kind, length = struct.unpack("!BB", self._read(2))
            kind &= 0x0f
            if length == 126:
                length, = struct.unpack("!H", self._read(2))
            elif length == 127:
                length, = struct.unpack("!Q", self._read(8))
            body = self._read(length)
            assert kind in (_TEXT, _PING), f"the server ended the socket: {body!r}"
        return json.loads(body)

    def _read(self, count):
        data = self._input.read(count)
        assert len(data) == count, "the server hung up"
        return data
