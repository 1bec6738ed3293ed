# SPDX-License-Identifier: Apache-2.0
"""Four schedulers and four builders at once, some of them killed: one buildset for each change, timer fire and trigger."""

import itertools

import pytest

from slipway_test import wait_for

REPOSITORY = "https://git.example/app.git"
REPLICAS = 4

CONFIG = {
    "title": "Races", "url": "http://ci.test/", "web_hooks": {"base": {}},
    "schedulers": [
        {"type": "any_branch", "name": "each", "branches": ["main"], "builders": ["parent"]},
        {"type": "dependent", "name": "after", "upstream": "each", "builders": ["plain"]},
        {"type": "dependent", "name": "last", "upstream": "after", "builders": ["plain"]},
        {"type": "any_branch", "name": "calm", "tree_stable_timer": "1s", "builders": ["plain"]},
        {"type": "periodic", "name": "tick", "period": "1s", "builders": ["plain"]},
        {"type": "triggerable", "name": "child", "builders": ["plain"]},
    ],
    "builders": [
        {"name": "plain", "steps": [{"run": "true"}]},
        # On one worker alone: on a slow machine, builds that wait for their children would take the children's slots.
        {"name": "parent", "worker_labels": {"role": "parent"}, "steps": [{"trigger": {"schedulers": ["child"], "wait_for_finish": True}}]},
    ],
}


@pytest.fixture
def crowd(stack):
    """Every service, schedulers and builders four times, two agents."""
    stack.start(config=CONFIG, agents=())
    for role in ("scheduler", "builder"):
        stack.scale(role, REPLICAS)
    stack.wait_ready()
    stack.start_agent("w1", slots=4, labels={"role": "parent"})
    stack.start_agent("w2", slots=4)
    stack.wait_connected("w1", "w2")
    return stack


def push(stack, number):
    answer = stack.rest.hook(repository=REPOSITORY, branch="main", revision=f"{number:040x}", author="Ada")
    assert answer.status_code == 202


def count(stack, what):
    return stack.sql(f"SELECT count(*) FROM {what}")[0][0]


def victims(role):
    """Every replica but the first, in turn, for ever."""
    return itertools.cycle([f"{role}-{n}" for n in range(2, REPLICAS + 1)])


def wait_settled(stack):
    """The clock has fired a few times, is then switched off, and nothing is left to do."""
    wait_for(lambda: count(stack, "buildsets WHERE scheduler = 'tick'") > 3, "the clock to fire")
    stack.rest.control(f"schedulers/{stack.rest.one('schedulers', name='tick')['schedulerid']}", "enable", enabled=False)
    left = ("change_inbox", "completions", "triggers WHERE NOT done", "buildrequests WHERE NOT complete",
            "scheduler_timers JOIN schedulers USING (schedulerid) WHERE name = 'calm'")
    wait_for(lambda: not any(count(stack, what) for what in left), "everything to be done", 240)


def assert_each_change_was_built_once(stack, number):
    assert count(stack, "buildsets WHERE scheduler = 'each'") == number
    assert count(stack, "(SELECT DISTINCT changeid FROM buildset_changes JOIN buildsets USING (bsid)"
                        " WHERE scheduler = 'each') x") == number


def assert_what_depends_followed_once(stack, upstream, downstream):
    """As many as went well, and one for each change of them."""
    well = count(stack, f"buildsets WHERE scheduler = '{upstream}' AND results IN (0, 1)")
    assert well > 0
    assert count(stack, f"buildsets WHERE scheduler = '{downstream}'") == well
    assert count(stack, f"(SELECT DISTINCT changeid FROM buildset_changes JOIN buildsets USING (bsid)"
                        f" WHERE scheduler = '{downstream}') x") == well


def assert_each_trigger_was_pulled_once(stack):
    """A build that was begun again triggers again: one buildset for each that asked."""
    asked = count(stack, "triggers WHERE error IS NULL")
    assert asked >= count(stack, "buildsets WHERE scheduler = 'each' AND results = 0")
    assert count(stack, "buildsets WHERE scheduler = 'child'") == asked
    assert count(stack, "(SELECT DISTINCT parent_buildid FROM buildsets WHERE scheduler = 'child') x") == asked


def assert_fires_are_apart(stack):
    """A period of one second: a fire that two replicas had made would stand beside its twin."""
    fires = [row[0] for row in stack.sql("SELECT extract(epoch FROM submitted_at) FROM buildsets WHERE scheduler = 'tick'"
                                         " ORDER BY 1")]
    assert all(later - earlier >= 1 for earlier, later in zip(fires, fires[1:]))


def assert_kept_changes_were_built_once(stack, number):
    assert count(stack, "buildset_changes JOIN buildsets USING (bsid) WHERE scheduler = 'calm'") == number
    assert count(stack, "scheduler_changes") == 0


def test_four_schedulers_and_four_builders_make_exactly_one_buildset(crowd):
    for number in range(1, 41):
        push(crowd, number)
    wait_settled(crowd)
    assert_each_change_was_built_once(crowd, 40)
    assert_what_depends_followed_once(crowd, "each", "after")
    assert_what_depends_followed_once(crowd, "after", "last")
    assert_each_trigger_was_pulled_once(crowd)
    assert_kept_changes_were_built_once(crowd, 40)
    assert_fires_are_apart(crowd)


def test_killing_replicas_under_load_changes_nothing(crowd):
    schedulers, builders = victims("scheduler"), victims("builder")
    for number in range(1, 41):
        push(crowd, number)
        if number % 8 == 0:
            for name in (next(schedulers), next(builders)):
                crowd.kill_and_restart(name)
    wait_settled(crowd)
    assert_each_change_was_built_once(crowd, 40)
    assert_what_depends_followed_once(crowd, "each", "after")
    assert_what_depends_followed_once(crowd, "after", "last")
    assert_each_trigger_was_pulled_once(crowd)
    assert_kept_changes_were_built_once(crowd, 40)
    assert_fires_are_apart(crowd)
