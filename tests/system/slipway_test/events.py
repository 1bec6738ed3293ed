# SPDX-License-Identifier: Apache-2.0
"""A listener to /api/v2/events that comes back when it is cut off, as a browser's EventSource does."""

import http.client
import json
import socket
import threading
import urllib.parse


class EventStream:
    """Reads in a thread; remembers every event with its id and every `reload`."""

    def __init__(self, url, *paths, last_id=None, headers=None, pause=0.1):
        self.url, self.paths, self.last_id, self._headers, self._pause = url, paths, last_id, headers or {}, pause
        self.events, self.reloads, self.connections = [], [], 0
        self._over = threading.Event()
        self._ready = threading.Event()
        self._socket = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        assert self._ready.wait(60), "the stream should begin"
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._over.set()
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)    # wakes the reader, which a mere close does not
            except OSError:
                pass
        self._thread.join(30)

    def keys(self):
        return [key for _, keys, _ in list(self.events) for key in keys]

    def _run(self):
        while not self._over.is_set():
            try:
                self._listen()
            except (http.client.HTTPException, ValueError, OSError):
                pass
            self._over.wait(self._pause)

    def _listen(self):
        address = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=40)
        try:
            connection.connect()
            self._socket = connection.sock
            query = urllib.parse.urlencode([("path", path) for path in self.paths])
            connection.request("GET", f"/api/v2/events?{query}", headers={
                **self._headers, **({"Last-Event-ID": self.last_id} if self.last_id else {})})
            answer = connection.getresponse()
            if answer.status == 200:
                self.connections += 1
                self._read(answer)
        finally:
            connection.close()

    def _read(self, answer):
        event = {}
        while not self._over.is_set() and (line := answer.readline()):
            line = line.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                self._take(event)
                event = {}

    def _take(self, event):
        if "event" in event:
            self._ready.set()
        if event.get("event") == "event":
            body = json.loads(event["data"])
            self.events.append((event["id"], body["keys"], body["message"]))
        elif event.get("event") == "reload":
            self.reloads.append(event["id"])
        if "id" in event:
            self.last_id = event["id"]
