# SPDX-License-Identifier: Apache-2.0
"""The REST API, live events and sessions as a client sees them: over two replicas of www, and over restarts."""

import http.client
import json
import socket
import threading
import urllib.parse

import pytest
import requests

from slipway_test import SUCCESS, WebSocket, configuration, wait_for


@pytest.fixture
def built(stack, repository):
    """Three builds of one builder, the second with a property."""
    stack.start(config=configuration(repository, change_sources=None, steps=[{"run": "echo hello", "name": "say"}], schedulers=[
        {"type": "force", "name": "force", "builders": ["app"],
         "parameters": [{"type": "string", "name": "target", "default": "all"}]}]))
    for number in (1, 2, 3):
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"], target=f"t{number}")
        assert stack.rest.finished_build(number)["results"] == SUCCESS
    return stack


def ids(stack, path, **filters):
    return [b["buildid"] for b in stack.rest.get(path, **filters)]


def test_fields_filters_orders_and_pages(built):
    assert built.rest.get("builds", field="number", order="-number") == [{"number": n} for n in (3, 2, 1)]
    assert ids(built, "builds", order="-buildid", limit=2) == [3, 2]
    assert ids(built, "builds", order="-buildid", limit=2, offset=2) == [1]
    assert ids(built, "builds", number__ge=2) == [2, 3]
    assert ids(built, "builds", number__lt=2) == [1]
    assert ids(built, "builds", number__ne=2, order="number") == [1, 3]
    assert ids(built, "builders/app/builds", complete="true", results=0, order="buildid") == [1, 2, 3]
    assert ids(built, "builds", results=2) == []
    assert built.rest.get("builders", name__contains="ap")[0]["name"] == "app"


def test_properties_come_when_asked_for(built):
    assert built.rest.get("builds", order="buildid")[1]["properties"] == {}
    one = built.rest.get("builds", order="buildid", property="target")[1]["properties"]
    assert one == {"target": ["t2", "Force Build Form"]}
    every = built.rest.get("builds", order="buildid", property="*")[1]["properties"]
    assert {"target", "buildername", "buildnumber", "workername", "scheduler"} <= set(every)
    both = built.rest.get("builds", order="buildid", property=["target", "buildnumber"])[1]["properties"]
    assert set(both) == {"target", "buildnumber"}


WRONG = {
    "limit=-1": "limit", "offset=x": "offset", "order=nonsense": "nonsense", "field=nonsense": "nonsense",
    "nonsense=1": "nonsense", "number=x": "number", "complete=maybe": "complete",
}


def test_a_wrong_query_is_answered_by_what_is_wrong_in_it(built):
    for query, word in WRONG.items():
        answer = built.rest.request("GET", f"api/v2/builds?{query}")
        assert answer.status_code == 400 and word in answer.json()["error"], answer.text


def sign_in(stack):
    session = requests.Session()
    assert session.post(f"{stack.url}/auth/login", json={"token": "wrong"}, timeout=30).status_code in (401, 403)
    answer = session.post(f"{stack.url}/auth/login", json={"token": stack.admin_token}, timeout=30)
    assert answer.status_code < 300, answer.text
    return session


def force_by(session, stack, origin=None):
    headers = {"Origin": origin or stack.url}
    return session.post(f"{stack.url}/api/v2/forceschedulers/force", headers=headers, timeout=30, json={
        "jsonrpc": "2.0", "id": 1, "method": "force", "params": {"builderNames": ["app"], "reason": "by hand"}}).status_code


def test_a_session_outlives_www_and_holds_at_every_replica(built):
    session = sign_in(built)
    assert force_by(requests.Session(), built) == 401
    assert force_by(session, built, "http://evil.example") == 400
    assert force_by(session, built) == 200

    built.scale("www", 2)
    built.wait_ready()
    for _ in range(4):
        assert force_by(session, built) == 200
    built.kill_and_restart("www")
    built.kill_and_restart("www-2")
    built.wait_ready()
    for _ in range(4):
        assert force_by(session, built) == 200

    assert session.post(f"{built.url}/auth/logout", headers={"Origin": built.url}, timeout=30).status_code < 400
    assert force_by(session, built) == 401


class Events:
    """What /sse tells, gathered by a thread."""

    def __init__(self, url):
        self.events = []
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        connection.request("GET", "/sse/listen/builds/*/*")
        self._socket = connection.sock
        self._answer = connection.getresponse()
        assert self._answer.status == 200
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for line in self._answer:
                if line.startswith(b"data: {"):      # not the handshake's
                    self.events.append(json.loads(line[5:]))
        except (http.client.HTTPException, OSError):
            pass

    def keys(self):
        return [event["key"] for event in self.events]

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)    # wakes the reader, which a mere close does not
        self._thread.join(30)
        assert not self._thread.is_alive()
        self._answer.close()


def test_events_reach_the_listeners_of_every_replica(built):
    built.scale("www", 2)
    built.wait_ready()
    listeners = [Events(built.service_url(name)) for name in ("www", "www-2")]
    built.rest.control("forceschedulers/force", "force", builderNames=["app"])
    built.rest.finished_build(4)
    for listener in listeners:
        wait_for(lambda: ["builds", "4", "finished"] in listener.keys(), "the build's end to be told", 20)
        listener.close()


def test_the_pages_of_the_ui_and_the_metrics_are_served(built):
    for path in ("healthz", "readyz", "metrics"):
        for name in ("www", "builder", "scheduler", "changes", "notifier"):
            assert requests.get(f"{built.service_url(name)}/{path}", timeout=30).status_code == 200
    text = requests.get(f"{built.service_url('builder')}/metrics", timeout=30).text
    assert "# TYPE slipway_" in text


def test_projects_and_commits_are_told_as_they_come(stack, repository):
    stack.start(agents=())
    source = {"type": "git_poller", "name": "app", "repository": repository.url, "branches": ["main"], "poll_interval": "1s"}
    with WebSocket(stack.url, "projects/*/*", "codebases/*/*", "branches/*/*", "commits/*/*",
                   "codebases/*/commits/*/*") as events:
        stack.apply(configuration(repository, change_sources=[{**source, "project": "acme", "codebase": "client"}]))
        told = dict(events.event() for _ in range(2))
        assert told["projects/1/update"]["name"] == "acme" and told["codebases/1/update"]["name"] == "client"
        stack.wait_first_poll()
        revision = repository.commit("Second")
        told = dict(events.event() for _ in range(3))
    assert set(told) == {"commits/1/new", "codebases/1/commits/1/new", "branches/1/update"}
    assert told["commits/1/new"] == stack.rest.one("commits/1") and told["commits/1/new"]["revision"] == revision
    assert told["branches/1/update"] == stack.rest.one("branches/1")
