# SPDX-License-Identifier: Apache-2.0
"""A stable address before the replicas of a service, as a Kubernetes Service is; its network can be cut."""

import itertools
import socket
import threading


class Balancer:
    """Passes each new connection to the next replica that accepts it."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self._targets = []           # guarded by _lock
        self._open = set()           # guarded by _lock
        self._is_cut = False         # guarded by _lock
        threading.Thread(target=self._accept, daemon=True).start()

    def set_targets(self, ports):
        with self._lock:
            self._targets = list(ports)

    def cut(self):
        """Breaks every connection and takes no new one until mend()."""
        with self._lock:
            self._is_cut = True
            doomed = list(self._open)
        for end in doomed:
            _hang_up(end)

    def mend(self):
        with self._lock:
            self._is_cut = False

    def close(self):
        _hang_up(self._listener)
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            server = self._connect()
            if server is None:
                return
            with server:
                self._pump_both(client, server)

    def _connect(self):
        with self._lock:
            targets = [] if self._is_cut else list(self._targets)
        first = next(self._turn)
        for i in range(len(targets)):
            try:
                return socket.create_connection(("127.0.0.1", targets[(first + i) % len(targets)]))
            except OSError:
                continue
        return None

    def _pump_both(self, client, server):
        with self._lock:
            self._open |= {client, server}
        back = threading.Thread(target=_pump, args=(server, client), daemon=True)
        back.start()
        _pump(client, server)
        back.join()
        with self._lock:
            self._open -= {client, server}


def _pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        _hang_up(source)
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def _hang_up(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
