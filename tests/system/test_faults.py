# SPDX-License-Identifier: Apache-2.0
"""Killing a service, losing the bus, the database or the network: the story ends the same."""

import pytest

from slipway_test import FAILURE, SUCCESS, configuration, mail_notifier, wait_for

PASSING = {"Makefile": "test:\n\t@echo all is well\n"}
FAILING = {"Makefile": "test:\n\t@echo something is wrong; exit 1\n"}


@pytest.fixture
def gated(tmp_path):
    """Steps of which the last waits until go() is called, so that a fault can be put in the middle of a build."""
    return Gate(tmp_path / "gate")


class Gate:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        wait = f"while [ ! -e {folder}/go ]; do sleep 0.05; done; rm {folder}/go; make test"
        self.steps = [{"git": {}}, {"run": f"touch {folder}/waiting; {wait}", "name": "test"}]

    def wait_reached(self):
        wait_for((self.folder / "waiting").exists, "the build to reach its gate", 120)

    def go(self):
        (self.folder / "waiting").unlink(missing_ok=True)
        (self.folder / "go").touch()


@pytest.mark.parametrize("victim", ["changes", "scheduler", "builder", "notifier", "www"])
def test_killing_a_service_during_the_story_changes_nothing(stack, repository, smtp, gated, victim):
    stack.start(config=configuration(repository, steps=gated.steps, notifiers=[mail_notifier(smtp.relay())]))
    stack.wait_first_poll()

    good = repository.commit("Make it work", PASSING)
    gated.wait_reached()
    stack.kill_and_restart(victim)
    gated.go()
    assert stack.rest.finished_build_of(good, "app")["results"] == SUCCESS

    stack.kill(victim)
    bad = repository.commit("Make it fail", FAILING)
    stack.restart(victim)
    gated.wait_reached()
    gated.go()
    assert stack.rest.finished_build_of(bad, "app")["results"] == FAILURE

    # Only a sender that dies between the last byte and the relay's answer leaves it open whether a mail went out.
    sent, cut = wait_for(lambda: settled(stack, 4, victim == "notifier"), "the mails about both builds")
    assert len(stack.rest.get("builds")) == 2
    received = [(mail["Message-ID"].strip("<>"), *mail.recipients) for mail in smtp.received]
    assert len(set(received)) == len(received) and sent <= set(received) <= sent | cut


def settled(stack, count, may_be_cut):
    """Once all messages are: those that were sent, and those whose sender may have died with the last byte (they become
    unconfirmed minutes later); each as its id and recipient."""
    # The second build ends long after the last kill: nothing excuses its mails.
    rows = stack.sql("SELECT message_id, recipient, state = 'sent', committing AND buildid = min(buildid) OVER ()"
                     " FROM notifications")
    if len(rows) < count or not all(is_sent or (may_be_cut and committing) for *_, is_sent, committing in rows):
        return None
    sent = {(message, recipient) for message, recipient, is_sent, _ in rows if is_sent}
    return sent, {(message, recipient) for message, recipient, *_ in rows} - sent


def test_a_build_whose_agent_is_killed_is_built_again(stack, repository, gated):
    stack.start(config=configuration(repository, steps=gated.steps))
    stack.wait_first_poll()
    revision = repository.commit("Make it work", PASSING)
    gated.wait_reached()

    stack.kill("agent w1")
    (gated.folder / "waiting").unlink()
    stack.restart("agent w1")
    gated.wait_reached()
    gated.go()

    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS


def test_a_cut_network_loses_no_line(stack, repository, gated):
    stack.start(config=configuration(repository, steps=gated.steps))
    stack.wait_first_poll()
    revision = repository.commit("Count", {"Makefile": "test:\n\t@seq 1 20000\n"})
    gated.wait_reached()

    stack.cut_network("builder")
    gated.go()
    wait_for(lambda: not (gated.folder / "go").exists(), "the step to go on while the network is cut")
    stack.mend_network("builder")

    build = stack.rest.finished_build_of(revision, "app")
    assert build["results"] == SUCCESS
    lines = [line for line in stack.rest.log_text(build, "test").splitlines() if line.isdigit()]
    assert lines == [str(number) for number in range(1, 20001)]


def test_nats_may_be_absent_at_start_and_be_lost_later(stack, repository, nats):
    nats.stop()
    stack.start(config=configuration(repository, steps=[{"run": "true"}]))
    stack.wait_first_poll()
    without = repository.commit("Built without a bus")
    assert stack.rest.finished_build_of(without, "app")["results"] == SUCCESS

    nats.start()
    with_bus = repository.commit("Built with a bus")
    assert stack.rest.finished_build_of(with_bus, "app")["results"] == SUCCESS

    nats.stop()
    lost = repository.commit("Built after the bus was lost")
    assert stack.rest.finished_build_of(lost, "app")["results"] == SUCCESS


def test_postgresql_may_be_absent_at_start(make_stack, postgres, nats, repository):
    database = postgres.create_database()
    postgres.stop()
    stack = make_stack(database, nats.url)
    stack.start(agents=(), wait=False)
    for name in ("changes", "scheduler", "builder", "notifier", "www"):
        assert stack.healthy(name) and not stack.ready(name)

    postgres.start()
    stack.wait_ready()
    stack.apply(configuration(repository, steps=[{"run": "true"}]))
    stack.start_agent("w1")
    stack.wait_first_poll()
    revision = repository.commit("Built after all")
    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS


def test_postgresql_may_be_lost_in_the_middle_of_a_build(make_stack, postgres, nats, repository, gated, smtp):
    stack = make_stack(postgres.create_database(), nats.url)
    stack.start(config=configuration(repository, steps=gated.steps, notifiers=[mail_notifier(smtp.relay())]))
    stack.wait_first_poll()
    revision = repository.commit("Make it work", PASSING)
    gated.wait_reached()

    postgres.stop()
    wait_for(lambda: not stack.ready("builder"), "the builder to notice")
    gated.go()
    wait_for(lambda: not (gated.folder / "go").exists(), "the step to go on without the database")
    postgres.start()

    build = stack.rest.finished_build_of(revision, "app")
    assert build["results"] == SUCCESS
    assert len(stack.rest.get("builds")) == 1
    assert "all is well" in stack.rest.log_text(build, "test")
    wait_for(lambda: len(smtp.received) >= 2, "the mails")


def test_a_relay_that_is_away_gets_the_mail_later(stack, repository, smtp):
    smtp.stop()
    stack.start(config=configuration(repository, steps=[{"run": "true"}], notifiers=[mail_notifier(smtp.relay())]))
    stack.wait_first_poll()
    revision = repository.commit("Make it work")
    assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS
    wait_for(lambda: stack.sql("SELECT 1 FROM notifications WHERE attempts > 0"), "a first, vain attempt")

    smtp.start()
    stack.sql("UPDATE notifications SET next_try_at = now() WHERE state = 'pending'", fetch=False)
    wait_for(lambda: len(smtp.received) >= 2, "the mails")


def test_a_refused_recipient_stays_visible_and_stops_no_other(stack, repository, smtp):
    smtp.refused.add("team@example.org")
    stack.start(config=configuration(repository, steps=[{"run": "true"}], notifiers=[mail_notifier(smtp.relay())]))
    stack.wait_first_poll()
    repository.commit("Make it work")

    assert smtp.wait_for_mail().recipients == ["ada@example.org"]
    reason, = wait_for(lambda: stack.sql("SELECT error FROM notifications WHERE state = 'failed'"), "the refusal")
    assert "550" in reason[0]
