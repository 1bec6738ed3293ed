# SPDX-License-Identifier: Apache-2.0
"""The world around Slipway that the other tests build on: does it do what they take for granted?"""

import smtplib
import socket
import ssl

import psycopg2
import pytest

from slipway_test.balancer import Balancer
from slipway_test.git import git
from slipway_test.process import logfmt
from slipway_test.waiting import wait_for


def test_a_repository_is_served_over_http(repository, tmp_path):
    revision = repository.commit("Second", {"a/b.txt": "text"})
    git(tmp_path, "clone", "-q", repository.url, "clone")
    assert git(tmp_path / "clone", "rev-parse", "HEAD") == revision
    assert (tmp_path / "clone/a/b.txt").read_text() == "text"


def test_mail_is_kept_and_recipients_can_be_refused(smtp):
    smtp.refused.add("nobody@example.org")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client:
        refused = client.sendmail("ci@x", ["a@x", "nobody@example.org"], "Subject: hello\n\ntext\n")
    assert list(refused) == ["nobody@example.org"]
    assert smtp.wait_for_mail()["Subject"] == "hello"
    assert smtp.received[0].recipients == ["a@x"]


def test_a_busy_relay_answers_451(smtp):
    smtp.busy = 1
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("ci@x", ["a@x"], "Subject: hello\n\ntext\n")
        client.sendmail("ci@x", ["a@x"], "Subject: hello\n\ntext\n")
    assert (smtp.attempts, len(smtp.received)) == (2, 1)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_relay_speaks_tls_and_asks_for_a_password(smtp_server, tls):
    relay = smtp_server(tls=tls, users={"ci": "pw"})
    trust = ssl.create_default_context(cafile=relay.certificate)
    if tls == "implicit":
        client = smtplib.SMTP_SSL(relay.host, relay.port, context=trust, timeout=10)
    else:
        client = smtplib.SMTP(relay.host, relay.port, timeout=10)
        client.starttls(context=trust)
    with client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ci", "wrong")
        client.login("ci", "pw")
        client.sendmail("ci@x", ["a@x"], "Subject: hello\n\ntext\n")
    assert relay.wait_for_mail().signed_in_as == "ci"


def test_postgresql_can_be_lost_and_come_back(postgres):
    url = postgres.create_database()
    before = psycopg2.connect(url)
    postgres.stop()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)
    postgres.start()
    psycopg2.connect(url).close()
    before.close()


def test_nats_can_be_lost_and_come_back(nats):
    def answers():
        with socket.create_connection(("127.0.0.1", nats.port)) as client:
            return client.recv(4) == b"INFO"

    assert answers()
    nats.stop()
    with pytest.raises(OSError):
        answers()
    nats.start()
    assert answers()


def test_a_balancer_goes_to_the_replica_that_lives_and_can_be_cut(smtp_server):
    first, second = smtp_server(), smtp_server()
    balancer = Balancer()
    balancer.set_targets([first.port, second.port])

    def greeting():
        with socket.create_connection(("127.0.0.1", balancer.port), timeout=5) as client:
            return client.recv(3)

    first.stop()
    assert [greeting(), greeting()] == [b"220", b"220"]
    balancer.cut()
    wait_for(lambda: greeting() == b"", "the cut to be felt", ignoring=ConnectionError)
    balancer.mend()
    assert greeting() == b"220"
    balancer.close()


def test_logfmt_lines_are_read():
    assert logfmt('level=info event=listening addr="127.0.0.1" port=8010') == {
        "level": "info", "event": "listening", "addr": "127.0.0.1", "port": "8010"}
    assert not logfmt("it's plain text")
