# SPDX-License-Identifier: Apache-2.0
"""The stream of events that resumes: over killed replicas and a killed NATS, without a gap and without a double."""

import threading

import pytest
import requests

from slipway_test import EventStream, NatsPublisher, NatsServer, configuration, wait_for

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
