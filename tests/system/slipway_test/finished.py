# SPDX-License-Identifier: Apache-2.0
"""Finished builds written straight into the database, for tests of what comes after a build."""

import itertools
import socket

_revisions = itertools.count(1)

_BUILD = """
WITH s AS (INSERT INTO buildsets (reason, submitted_at, open_requests) VALUES ('a test', now(), 0) RETURNING bsid),
     r AS (INSERT INTO buildrequests (buildsetid, builderid, submitted_at)
           SELECT bsid, builderid, now() FROM s, builders WHERE name = 'app' RETURNING buildrequestid, builderid),
     w AS (INSERT INTO workers (name) VALUES ('rows') ON CONFLICT (name) DO UPDATE SET active = true
           RETURNING workerid),
     p AS (INSERT INTO sourcestamps (revision) VALUES (%(revision)s) RETURNING ssid),
     c AS (INSERT INTO changes (ssid, author, comments, revision, when_timestamp, source)
           SELECT ssid, %(author)s, 'Change', %(revision)s, now(), 'test' FROM p WHERE %(author)s IS NOT NULL
           RETURNING changeid),
     bc AS (INSERT INTO buildset_changes (bsid, changeid) SELECT bsid, changeid FROM s, c),
     n AS (UPDATE builders SET last_number = last_number + 1 WHERE name = 'app' RETURNING last_number),
     b AS (INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at,
                               complete, complete_at, results, state_string)
           SELECT last_number, builderid, buildrequestid, workerid, version, 1, 't', now(), true, now(), %(results)s,
                  %(state)s FROM r, w, n, config_current RETURNING buildid)
INSERT INTO notification_events (buildid) SELECT buildid FROM b RETURNING buildid"""


def finish_build(stack, nats, results, author=None, state="over"):
    """A build of builder "app" that ended so, and the doorbell for the notifier; returns its id."""
    found = stack.sql_with(_BUILD, {"results": results, "author": author, "state": state,
                                    "revision": f"rows-{next(_revisions)}"})
    ring(nats, "slipway.wake.notifier")
    return found[0][0]


def ring(nats, subject):
    """Publishes an empty message."""
    with socket.create_connection(("127.0.0.1", nats.port), timeout=10) as client:
        client.sendall(f"CONNECT {{\"verbose\":false}}\r\nPUB {subject} 0\r\n\r\nPING\r\n".encode())
        answer = b""
        while b"PONG" not in answer:
            answer += client.recv(4096)
