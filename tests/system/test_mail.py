# SPDX-License-Identifier: Apache-2.0
"""Mail as a relay gets it: never twice, never lost without a trace, whatever dies when."""

import asyncio
import itertools

import pytest

from slipway_test import (CANCELLED, EXCEPTION, FAILURE, RETRY, SKIPPED, SUCCESS, WARNINGS, SmtpServer, configuration,
                          mail_notifier, wait_for)
from slipway_test.finished import finish_build

TEAM = ["team@example.org"]


class HeldSmtp(SmtpServer):
    """A relay that keeps its answers to itself while `holding` names the command: "RCPT" or "DATA"."""

    holding = None
    reached = 0          # commands held so far
    drops = False        # hangs up instead of answering DATA

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._hold("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        await self._hold("DATA")
        if self.drops:
            server.transport.abort()
        return answer

    async def _hold(self, command):
        if self.holding == command:
            self.reached += 1
        while self.holding == command:
            await asyncio.sleep(0.02)


@pytest.fixture
def held(tmp_path):
    server = HeldSmtp(tmp_path).start()
    yield server
    server.holding = None
    server.stop()


@pytest.fixture
def running(stack, repository):
    """A notifier, and what takes configurations; builds are finished by writing rows."""
    def start(*notifiers, services=("www", "notifier")):
        stack.start(*services, agents=(), config=configuration(repository, notifiers=list(notifiers)))
        return stack
    return start


def messages(stack):
    """(recipient, state, attempts, error) of every message."""
    return stack.sql("SELECT recipient, state, attempts, coalesce(error, '') FROM notifications ORDER BY 1, 2")


def wait_state(stack, state, count=1):
    def reached():
        found = messages(stack)
        return found if [row[1] for row in found].count(state) >= count else None
    return wait_for(reached, f"{count} messages to be {state}")


def make_due(stack):
    """The claim runs out, or the pause is over; a sweep finds the message."""
    stack.sql("UPDATE notifications SET next_try_at = now() WHERE state IN ('pending', 'sending')", fetch=False)


# What arrives.

def test_what_a_reader_gets_is_what_the_build_said(stack, repository, smtp):
    lines = [".", "..", ". dot", "From here", "tab\tend\t", "trailing ", "=3D", "☠ non-ASCII ☺", "x" * 3000,
             "<b>&amp;</b>"]
    (repository.work / "said").write_text("".join(f"{line}\n" for line in lines))
    repository.commit("Hostile\n\nBcc: eve@example.org", {"hello": "1"}, author="Ada, \"the\" Ö <ada@example.org>")
    stack.start(config=configuration(
        repository, title="Größe ☺ " + "lang " * 30,
        steps=[{"git": {}}, {"run": "cat said; exit 1", "name": "<say>"}],
        notifiers=[mail_notifier(smtp.relay(), **{"from": "Acme, Inc. Ö <ci@example.org>"})]))
    stack.cli("force", "force", "branch=main", "--wait", check=False)

    mail = smtp.wait_for_mail()
    assert not mail.defects
    assert mail["Subject"].startswith("☠ Slipway (Größe ☺ lang lang") and mail["Subject"].endswith("(main)")
    assert (mail["From"], mail["To"]) == ("\"Acme, Inc. Ö\" <ci@example.org>", "team@example.org")
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"].datetime.tzinfo
    assert mail["Bcc"] is None
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "".join(f"\n{line}" for line in lines) in text.partition("The end of the log of step <say>:\n")[2]
    html = mail.get_body(("html",)).get_content()
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in html and "☠ non-ASCII ☺" in html and "<say>" not in html


def test_many_recipients_get_a_mail_each(running, nats, smtp):
    people = [f"person{number}@example.org" for number in range(120)]
    stack = running(mail_notifier(smtp.relay(), extra_recipients=people))
    finish_build(stack, nats, FAILURE, author="Ada <ada@example.org>")

    wait_for(lambda: len(smtp.received) >= 121, "the mails")
    assert sorted(mail.recipients[0] for mail in smtp.received) == sorted([*people, "ada@example.org"])
    assert len({mail["Message-ID"] for mail in smtp.received}) == 121
    mail = smtp.received[0]
    assert mail["To"] == "ada@example.org" and [a.addr_spec for a in mail["Cc"].addresses] == sorted(people)
    assert not mail.defects


# How it is handed over.

@pytest.mark.parametrize("tls, users, mechanism", [
    (None, False, None), ("starttls", False, None), ("implicit", False, None),
    ("starttls", True, "PLAIN"), ("starttls", True, "LOGIN"), ("implicit", True, "PLAIN"), (None, True, "LOGIN")])
def test_relays_of_all_kinds_are_spoken_to(running, nats, smtp_server, tls, users, mechanism):
    options = {"users": {"ci": "p w§"}, "mechanisms": (mechanism,)} if users else {}
    relay = smtp_server(tls=tls, **options)
    credentials = {"user": "ci", "password": {"secret": "smtp"}} if users else {}
    stack = running(mail_notifier(relay.relay(**credentials)), services=("www",))
    (stack.secrets / "smtp").write_text("p w§\n")
    stack.start_service("notifier")
    finish_build(stack, nats, SUCCESS)

    assert relay.wait_for_mail().recipients == TEAM
    assert relay.received[0].signed_in_as == ("ci" if users else None)
    wait_state(stack, "sent")


def test_a_relay_that_is_not_trusted_or_does_not_trust_us_gets_nothing(running, nats, smtp_server):
    untrusted, strict = smtp_server(tls="starttls"), smtp_server(users={"ci": "right"})
    settings = untrusted.relay()
    del settings["ca_file"]
    stack = running(
        mail_notifier(settings, name="untrusted", extra_recipients=["a@example.org"]),
        mail_notifier(strict.relay(user="ci", password="wrong"), name="wrong", extra_recipients=["b@example.org"]),
        mail_notifier(strict.relay(), name="anonymous", extra_recipients=["c@example.org"]),
        mail_notifier(strict.relay(tls="starttls"), name="plain", extra_recipients=["d@example.org"]))
    finish_build(stack, nats, SUCCESS)

    def all_tried():
        found = messages(stack)
        return found if len(found) == 4 and all(row[3] for row in found) else None
    tried = wait_for(all_tried, "four vain attempts")
    # All of it can be mended at the relay or in the configuration: so none is given up.
    assert [row[1] for row in tried] == ["pending"] * 4
    assert not untrusted.received and not strict.received
    assert "certificate" in tried[0][3] and "530" in tried[2][3]


# What goes wrong.

def test_a_refused_recipient_fails_alone(running, nats, smtp):
    smtp.refused.add("gone@example.org")
    stack = running(mail_notifier(smtp.relay(), extra_recipients=["gone@example.org", *TEAM]))
    finish_build(stack, nats, SUCCESS)

    wait_state(stack, "sent")
    assert smtp.wait_for_mail().recipients == TEAM
    failed, sent = wait_state(stack, "failed")
    assert failed[:3] == ("gone@example.org", "failed", 1) and "550" in failed[3]
    assert sent == ("team@example.org", "sent", 1, "")
    shown = {row["recipient"]: row for row in stack.rest.get("notifications")}
    assert "550" in shown["gone@example.org"]["error"] and shown["team@example.org"]["sent_at"]


def test_a_busy_relay_is_asked_again(running, nats, smtp):
    smtp.busy = 2
    stack = running(mail_notifier(smtp.relay()))
    finish_build(stack, nats, SUCCESS)

    for attempt, pause in ((1, 30), (2, 60)):
        wait_for(lambda n=attempt: [row[1:3] for row in messages(stack)] == [("pending", n)], "the refusal")
        assert messages(stack)[0][3] == 'the relay answered "451 4.3.2 try again later"'
        left, = stack.sql("SELECT extract(epoch FROM next_try_at - now()) FROM notifications")[0]
        assert pause - 25 < left <= pause
        make_due(stack)
    assert wait_state(stack, "sent") == [("team@example.org", "sent", 3, "")]
    assert (smtp.attempts, len(smtp.received)) == (3, 1)


def test_a_relay_that_is_absent_gets_the_mail_when_it_is_back(running, nats, smtp):
    smtp.stop()
    stack = running(mail_notifier(smtp.relay()))
    finish_build(stack, nats, SUCCESS)
    wait_for(lambda: messages(stack) and messages(stack)[0][3], "a vain attempt")
    assert messages(stack)[0][1:3] == ("pending", 1)

    smtp.start()
    make_due(stack)
    wait_state(stack, "sent")
    assert len(smtp.received) == 1


def test_a_relay_that_hangs_up_after_the_dot_leaves_the_mail_unconfirmed(running, nats, held):
    held.drops = True
    stack = running(mail_notifier(held.relay()))
    finish_build(stack, nats, SUCCESS)
    (_, state, attempts, error), = wait_state(stack, "unconfirmed")
    assert (state, attempts) == ("unconfirmed", 1) and error

    # Nobody sends it again; the next one goes out.
    held.drops = False
    finish_build(stack, nats, FAILURE)
    wait_state(stack, "sent")
    assert len(held.received) == 2


# Who dies when.

def test_a_notifier_killed_before_the_dot_is_replaced(running, nats, held):
    held.holding = "RCPT"
    stack = running(mail_notifier(held.relay()))
    finish_build(stack, nats, SUCCESS)
    wait_for(lambda: held.reached, "the session to be held")
    stack.kill("notifier")
    assert stack.sql("SELECT state, committing FROM notifications") == [("sending", False)]

    held.holding = None
    make_due(stack)
    stack.restart("notifier")
    assert wait_state(stack, "sent") == [("team@example.org", "sent", 2, "")]
    assert len(held.received) == 1


def test_a_notifier_killed_after_the_dot_leaves_the_mail_unconfirmed(running, nats, held):
    held.holding = "DATA"
    stack = running(mail_notifier(held.relay()))
    finish_build(stack, nats, SUCCESS)
    wait_for(lambda: held.reached, "the session to be held")
    stack.kill("notifier")
    assert stack.sql("SELECT state, committing FROM notifications") == [("sending", True)]

    held.holding = None
    make_due(stack)
    stack.restart("notifier")
    (_, _, attempts, error), = wait_state(stack, "unconfirmed")
    assert attempts == 1 and "may have been delivered" in error
    shown, = stack.rest.get("notifications")
    assert shown["state"] == "unconfirmed" and shown["error"] == error
    finish_build(stack, nats, FAILURE)
    wait_state(stack, "sent")
    assert len(held.received) == 2


def test_two_notifiers_of_which_one_dies_send_each_mail_once(running, nats, held):
    held.holding = "RCPT"
    stack = running(mail_notifier(held.relay()))
    stack.scale("notifier", 2)
    stack.wait_ready()
    for _ in range(12):
        finish_build(stack, nats, SUCCESS)
    wait_for(lambda: held.reached >= 8, "all senders of both to be held")
    stack.kill("notifier-2")
    make_due(stack)
    held.holding = None
    wait_state(stack, "sent", 12)
    assert len(held.received) == len({mail["Message-ID"] for mail in held.received}) == 12


def test_a_stop_breaks_a_session_off_before_the_dot(running, nats, held):
    held.holding = "RCPT"
    stack = running(mail_notifier(held.relay()))
    finish_build(stack, nats, SUCCESS)
    wait_for(lambda: held.reached, "the session to be held")
    stack.scale("notifier", 1)
    stack.process("notifier").stop(10)
    (_, state, attempts, error), = messages(stack)
    assert (state, attempts) == ("pending", 1) and "stopping" in error


def test_a_database_lost_during_a_session_sends_nothing_twice(make_stack, postgres, nats, repository, held):
    stack = make_stack(postgres.create_database(), nats.url)
    stack.start("www", "notifier", agents=(), config=configuration(repository, notifiers=[mail_notifier(held.relay())]))
    held.holding = "DATA"
    finish_build(stack, nats, SUCCESS)
    wait_for(lambda: held.reached, "the session to be held")
    postgres.stop()
    held.holding = None
    wait_for(lambda: stack.process("notifier").events("message.sent"), "the notifier to have the answer")
    postgres.start()
    assert wait_state(stack, "sent") == [("team@example.org", "sent", 1, "")]
    assert len(held.received) == 1


# When it is sent.

MODES = {
    "all": lambda now, before: now not in (RETRY, SKIPPED),
    "change": lambda now, before: before not in (None, now) and now not in (RETRY, SKIPPED),
    "failing": lambda now, before: now == FAILURE,
    "passing": lambda now, before: now == SUCCESS,
    "problem": lambda now, before: now == FAILURE and before not in (None, FAILURE),
    "warnings": lambda now, before: now in (FAILURE, WARNINGS),
    "exception": lambda now, before: now == EXCEPTION,
    "cancelled": lambda now, before: now == CANCELLED,
}


def test_every_mode_sends_what_it_should(running, nats, smtp):
    notifiers = [mail_notifier(smtp.relay(), name=mode, mode=mode, extra_recipients=[f"{mode}@example.org"])
                 for mode in MODES]
    notifiers.append(mail_notifier(smtp.relay(), name="both", mode=["warnings", "problem"],
                                   extra_recipients=["both@example.org"]))
    stack = running(*notifiers)
    results = [FAILURE, FAILURE, SUCCESS, RETRY, SUCCESS, WARNINGS, FAILURE, EXCEPTION, RETRY, FAILURE, CANCELLED,
               SKIPPED, CANCELLED, SUCCESS]
    ids = [finish_build(stack, nats, result) for result in results]
    wait_for(lambda: not stack.sql("SELECT 1 FROM notification_events"), "all to be looked at")

    before, expected = None, []
    for build, now in zip(ids, results):
        expected += [(f"{mode}@example.org", build) for mode, wants in MODES.items() if wants(now, before)]
        if now == WARNINGS or (now == FAILURE and before not in (None, FAILURE)):
            expected.append(("both@example.org", build))
        before = before if now == RETRY else now
    assert sorted(stack.sql("SELECT recipient, buildid FROM notifications")) == sorted(expected)
    wait_state(stack, "sent", len(expected))
    assert sorted(itertools.chain(*(mail.recipients for mail in smtp.received))) == sorted(r for r, _ in expected)
