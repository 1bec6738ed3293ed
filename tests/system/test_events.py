# SPDX-License-Identifier: Apache-2.0
"""The stream of events that resumes: over killed replicas and a killed NATS, without a gap and without a double."""

import copy
import threading

import pytest
import requests

from slipway_test import EventStream, NatsPublisher, NatsServer, WebSocket, configuration, wait_for

FORCE = [{"type": "force", "name": "force", "builders": ["app"]}]


@pytest.fixture
def www(stack):
    return stack.start("www", agents=())


@pytest.fixture
def publisher(nats):
    publisher = NatsPublisher(nats.port)
    yield publisher
    publisher.close()


def publish(publisher, first, last):
    for number in range(first, last + 1):
        publisher.publish(f"slipway.event.builds.{number}.new", {"buildid": number, "builderid": 1}, builders="1")
    publisher.flush()


def numbers(stream):
    return [message["buildid"] for _, _, message in list(stream.events)]


def wait_for_number(stream, number, timeout=60):
    wait_for(lambda: number in numbers(stream)[-5:], f"event {number}; the last was {numbers(stream)[-1:]}", timeout)


class Load:
    """Publishes without a pause, but never far ahead of the listener, so that every kill comes amid events."""

    def __init__(self, publisher, stream):
        self.last, self._publisher, self._stream = 0, publisher, stream
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._over.is_set():
            if self.last > len(self._stream.events) + 2000:
                self._over.wait(0.01)
            else:
                publish(self._publisher, self.last + 1, self.last + 20)
                self.last += 20

    def end(self):
        self._over.set()
        self._thread.join()
        return self.last


def test_nothing_is_missed_or_doubled_over_killed_replicas(www, publisher):
    www.scale("www", 2)
    www.wait_ready()
    with EventStream(www.url, "builds/*/*") as stream:
        load = Load(publisher, stream)
        for name in ("www", "www-2", "www", "www-2"):
            before = len(stream.events)
            www.kill(name)
            www._route("www")
            wait_for(lambda: len(stream.events) > before + 2500, "events to come through the other replica")
            www.restart(name)
            www.wait_ready(name)
        last = load.end()
        wait_for_number(stream, last)
        assert numbers(stream) == list(range(1, last + 1))
        assert len({event_id for event_id, _, _ in stream.events}) == last
        assert not stream.reloads
        assert stream.connections > 2


def test_replicas_share_the_numbers(www, publisher):
    www.scale("www", 2)
    www.wait_ready()
    with EventStream(www.service_url("www"), "builds/*/*") as one, \
         EventStream(www.service_url("www-2"), "builds/*/*") as two:
        publish(publisher, 1, 50)
        wait_for_number(one, 50)
        wait_for_number(two, 50)
        assert one.events == two.events
        # Whoever comes to the other replica with an id goes on from there.
        with EventStream(www.service_url("www-2"), "builds/*/*", last_id=one.events[19][0]) as late:
            wait_for_number(late, 50)
            assert late.events == one.events[20:]


def test_what_came_while_nobody_listened_is_told(www, publisher):
    with EventStream(www.url, "builds/*/*") as stream:
        publish(publisher, 1, 10)
        wait_for_number(stream, 10)
    wait_for(lambda: www.metric("www", "slipway_www_listeners") == 0, "nobody to listen")
    publish(publisher, 11, 500)
    with EventStream(www.url, "builds/*/*", last_id=stream.last_id) as again:
        wait_for_number(again, 500)
        assert numbers(again) == list(range(11, 501))
    # The query says it too, for those who can't set headers.
    answer = requests.get(f"{www.url}/api/v2/events", params={"path": "builds/*/*", "last_event_id": stream.last_id},
                          stream=True, timeout=30)
    lines = answer.iter_lines(chunk_size=1)
    assert next(line for line in lines if b'"keys"' in line).startswith(b'data: {"keys":["builds/11/new"]')
    answer.close()


def test_who_was_away_too_long_is_told_to_reload(www, publisher):
    with EventStream(www.url, "builds/*/*") as stream:
        publish(publisher, 1, 3)
        wait_for_number(stream, 3)
    publish(publisher, 4, 21000)
    with EventStream(www.url, "builds/*/*", last_id=stream.last_id) as again:
        wait_for(lambda: again.reloads, "word that it has to ask anew")
        publish(publisher, 21001, 21005)
        wait_for_number(again, 21005)
        assert numbers(again) == list(range(21001, 21006))


def test_a_killed_nats_makes_listeners_ask_anew(www, nats, publisher):
    with EventStream(www.url, "builds/*/*") as stream:
        publish(publisher, 1, 100)
        wait_for_number(stream, 100)
        nats.stop()
        nats.start()
        wait_for(lambda: stream.reloads, "word that it has to ask anew")
        again = NatsPublisher(nats.port)
        publish(again, 101, 200)
        wait_for_number(stream, 200)
        assert numbers(stream) == list(range(1, 201))
        again.close()


def test_a_publisher_that_was_cut_off_says_so(stack, repository, nats):
    stack.start(config=configuration(repository, change_sources=None, schedulers=FORCE))
    with EventStream(stack.url, "builds/*/*", "buildrequests/*/*") as stream:
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
        stack.rest.finished_build(1)
        wait_for(lambda: "builds/1/finished" in stream.keys(), "the build's end to be told")
        nats.stop()
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
        stack.rest.finished_build(2)
        nats.start()
        wait_for(lambda: stream.reloads, "word that it has to ask anew")
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
        stack.rest.finished_build(3)
        wait_for(lambda: "builds/3/finished" in stream.keys(), "the next build's end to be told")
        keys = stream.keys()
        assert len(keys) == len(set(keys)) or keys.count("builds/3/finished") == 1


def test_without_jetstream_it_is_live_and_cannot_resume(make_stack, shared_postgres, tmp_path):
    nats = NatsServer(tmp_path, jetstream=False).start()
    try:
        www = make_stack(shared_postgres.create_database(), nats.url).start("www", agents=())
        publisher = NatsPublisher(nats.port)
        with EventStream(www.url, "builds/*/*") as stream:
            publish(publisher, 1, 10)
            wait_for_number(stream, 10)
        wait_for(lambda: www.metric("www", "slipway_www_listeners") == 0, "nobody to listen")
        with EventStream(www.url, "builds/*/*", last_id=stream.last_id) as again:
            wait_for(lambda: again.reloads, "word that it has to ask anew")
            publish(publisher, 11, 20)
            wait_for_number(again, 20)
        publisher.close()
    finally:
        nats.stop()


def test_too_many_streams_are_refused(stack):
    stack.www_options = ["--client-streams", "2"]
    stack.start("www", agents=())
    with EventStream(stack.url, "builds/*/*"), EventStream(stack.url, "builds/*/*"):
        answer = requests.get(f"{stack.url}/api/v2/events?path=builds/*/*", timeout=30)
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
        assert requests.get(f"{stack.url}/sse/listen/builds/*/*", timeout=30).status_code == 429


EVERYTHING = ["/".join("*" * count) for count in range(3, 8)]


def two_builders(repository, **access):
    config = configuration(repository, change_sources=None, steps=[{"run": "echo hello", "name": "say"}],
                           schedulers=[{"type": "force", "name": "force", "builders": ["app", "dark"]}], access=access)
    config["builders"].append({**copy.deepcopy(config["builders"][0]), "name": "dark"})
    return config


def test_hidden_builders_are_never_told(stack, repository):
    rule = {"actions": ["read"], "builders": ["dark"], "roles": ["admins"]}
    stack.start(config=two_builders(repository, rules=[rule]))
    admin = {"Authorization": f"Bearer {stack.admin_token}"}
    with EventStream(stack.url, *EVERYTHING) as stranger, EventStream(stack.url, *EVERYTHING, headers=admin) as insider, \
         WebSocket(stack.url, *EVERYTHING[:2], "builds/*/finished") as socket:
        for builder in ("dark", "app"):
            stack.rest.control("forceschedulers/force", "force", builderNames=[builder])
        wait_for(lambda: [m for _, keys, m in list(stranger.events) if "buildsets" in keys[0] and m.get("complete")],
                 "the shown build's end")
        wait_for(lambda: len([m for _, keys, m in list(insider.events) if "buildsets" in keys[0] and m.get("complete")]) == 2,
                 "both builds' end")
        hidden = {event_id for event_id, _, _ in insider.events} - {event_id for event_id, _, _ in stranger.events}
        told = [(keys, message) for event_id, keys, message in insider.events if event_id in hidden]
        dark = stack.sql("SELECT builderid FROM builders WHERE name = 'dark'")[0][0]
        builds = {row[0] for row in stack.sql(f"SELECT buildid FROM builds WHERE builderid = {dark}")}
        # Whatever is about the hidden build went to the insider alone, its steps, logs and properties too.
        assert {keys[0].split("/")[0] for keys, _ in told} >= {"builds", "buildrequests", "buildsets", "steps", "logs"}
        for _, keys, message in stranger.events:
            assert message.get("builderid") != dark and message.get("buildid") not in builds, (keys, message)
            assert not any(f"builders/{dark}/" in key for key in keys)
            assert keys[0].split("/")[0] != "builds" or int(keys[0].split("/")[1]) not in builds
        key, message = socket.event()
        while not key.endswith("/finished") or not key.startswith("builds/"):
            assert message.get("builderid") != dark and message.get("buildid") not in builds, (key, message)
            key, message = socket.event()
        assert message["builderid"] != dark


def test_a_rule_that_changes_narrows_the_streams(stack, repository):
    stack.start(config=two_builders(repository))
    with EventStream(stack.url, "buildsets/*/*") as stream:
        stack.rest.control("forceschedulers/force", "force", builderNames=["dark"])
        wait_for(lambda: "buildsets/1/complete" in stream.keys(), "the build's end")
        stack.apply(two_builders(repository, rules=[{"actions": ["read"], "builders": ["dark"], "roles": ["admins"]}]))
        # One more of the shown builder tells when the new rule has been heard of.
        wait_for(lambda: stack.metric("www", "slipway_www_streams_asked_total") > 0, "the streams to be judged again")
        stack.rest.control("forceschedulers/force", "force", builderNames=["dark"])
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
        wait_for(lambda: "buildsets/3/complete" in stream.keys(), "the shown build's end")
        assert not [key for key in stream.keys() if key.startswith("buildsets/2/")]
        before = stream.connections
        stack.apply(two_builders(repository, anonymous="none"))
        wait_for(lambda: stack.metric("www", "slipway_www_listeners") == 0, "the stranger's stream to end")
        assert requests.get(f"{stack.url}/api/v2/events?path=builds/*/*", timeout=30).status_code == 401
        assert requests.get(f"{stack.url}/sse/listen/builds/*/*", timeout=30).status_code == 401
        assert stream.connections == before


def test_cancels_and_configurations_are_told(stack, repository):
    stack.start(config=two_builders(repository), agents=())
    with EventStream(stack.url, "buildrequests/*/*", "builders/*/buildrequests/*/*", "builders/*/*", "schedulers/*/*",
                     "buildsets/*/*") as stream:
        stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
        wait_for(lambda: "buildrequests/1/new" in stream.keys(), "the request")
        stack.rest.control("buildrequests/1", "cancel", reason="enough")
        wait_for(lambda: "buildsets/1/complete" in stream.keys(), "the cancelled request's end")
        assert "buildrequests/1/cancel" in stream.keys() and "builders/1/buildrequests/1/cancel" not in stream.keys()
        new = next(message for _, keys, message in stream.events if keys == ["buildsets/1/new"])
        assert new["scheduler"] == "force" and new["results"] is None
        config = two_builders(repository)
        config["builders"][0]["description"] = "the application"
        del config["builders"][1]
        config["schedulers"][0]["builders"] = ["app"]
        stack.apply(config)
        wait_for(lambda: {"builders/1/update", "builders/2/stopped"} <= set(stream.keys()), "the builders' changes")
        stack.apply(two_builders(repository))
        wait_for(lambda: "builders/2/started" in stream.keys(), "the builder's return")
        stopped = next(message for _, keys, message in stream.events if keys == ["builders/2/stopped"])
        assert stopped == {"builderid": 2, "masterid": 1, "name": "dark"}


def test_deliveries_are_told_with_what_they_bring(stack, repository):
    rule = {"actions": ["read"], "projects": ["dark"], "roles": ["admins"]}
    config = configuration(repository, change_sources=None, access={"rules": [rule]}, web_hooks={"base": {}},
                           projects=[{"name": "dark"}, {"name": "light"}])
    stack.start("www", "changes", agents=(), config=config)
    admin = {"Authorization": f"Bearer {stack.admin_token}"}

    def send(repository, project, revision):
        stack.cli("send-change", "--author", "Ada", "--repository", repository, "--project", project, "--revision", revision)

    with EventStream(stack.url, "deliveries/*/*") as stranger, \
         EventStream(stack.url, "deliveries/*/*", headers=admin) as insider:
        send("https://git.example/dark", "dark", "1")
        send("https://git.example/light", "light", "1")
        # The repository's changes were hidden before: what comes of it stays so.
        send("https://git.example/dark", "light", "2")
        send("https://git.example/light", "light", "2")
        wait_for(lambda: len(insider.events) == 4, "every delivery to be told to the admin")
        wait_for(lambda: len(stranger.events) >= 2, "the shown deliveries to be told")
        for stream, expected in ((insider, ["dark", "light", "dark", "light"]), (stranger, ["light", "light"])):
            assert [message["repository"].rpartition("/")[2] for _, _, message in stream.events] == expected
        listed = requests.get(f"{stack.url}/api/v2/deliveries", timeout=30).json()["deliveries"]
        assert sorted(row["deliveryid"] for row in listed) == [message["deliveryid"] for _, _, message in stranger.events]
        assert listed[0] in [message for _, _, message in stranger.events]
