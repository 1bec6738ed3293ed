# SPDX-License-Identifier: Apache-2.0
"""What the clock and the changes start: periodic, nightly, stable timers, filters, important files."""

from slipway_test import SUCCESS, configuration, wait_for


def schedule(repository, *schedulers, **more):
    return configuration(repository, change_sources=None, steps=[{"run": "true"}], schedulers=list(schedulers), **more)


def buildsets(stack, scheduler):
    ours = stack.rest.get("buildsets", order="bsid")
    return [b for b in ours if f"'{scheduler}'" in b["reason"] or scheduler in b["reason"]]


def due_now(stack):
    """As if the time had come: what is asked of the clock is when the row is due."""
    stack.sql("UPDATE scheduler_timers SET due_at = now()", fetch=False)


def hook(stack, repository, revision, branch="main", **fields):
    answer = stack.rest.hook(repository=repository.url, branch=branch, revision=revision, author="a", **fields)
    assert answer.status_code == 202


def timers(stack):
    return stack.sql("SELECT s.name, t.due_at > now(), t.due_at - now() FROM scheduler_timers t JOIN schedulers s"
                     " USING (schedulerid) ORDER BY 1")


def test_periodic_builds_at_once_and_again_after_its_period(stack, repository):
    stack.start(config=schedule(repository, {
        "type": "periodic", "name": "hourly", "period": "1h", "builders": ["app"], "repository": repository.url}))
    wait_for(lambda: len(stack.rest.get("builds", complete="true")) == 1, "the first build")
    name, later, left = wait_for(lambda: timers(stack), "the next time")[0]
    assert (name, later) == ("hourly", True) and 3500 < left.total_seconds() <= 3600

    stack.scale("scheduler", 2)
    stack.wait_ready()
    due_now(stack)
    wait_for(lambda: len(stack.rest.get("builds", complete="true")) == 2, "the second build")
    assert len(buildsets(stack, "hourly")) == 2


def test_nightly_in_its_time_zone_only_if_changed(stack, repository):
    stack.start(config=schedule(repository, {
        "type": "nightly", "name": "night", "cron": "30 3 * * *", "time_zone": "Asia/Shanghai", "builders": ["app"],
        "branch": "main", "repository": repository.url, "only_if_changed": True, "change_filter": {"branch": "main"}}))
    wait_for(lambda: timers(stack), "the next time")
    assert stack.sql("SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM scheduler_timers") == [("03:30",)]
    # The first time counts as changed, as with Buildbot: what was before is not known.
    due_now(stack)
    wait_for(lambda: timers(stack)[0][1], "the time to pass")
    before = len(stack.rest.get("buildsets"))

    due_now(stack)
    wait_for(lambda: timers(stack)[0][1], "the time to pass")
    assert len(stack.rest.get("buildsets")) == before

    hook(stack, repository, "1" * 40)
    hook(stack, repository, "2" * 40, branch="other")
    wait_for(lambda: stack.sql("SELECT 1 FROM scheduler_changes"), "the change to be kept")
    due_now(stack)
    build = stack.rest.finished_build_of("1" * 40, "app")
    assert build["results"] == SUCCESS
    assert len(stack.rest.get("buildsets")) == before + 1
    assert not stack.sql("SELECT 1 FROM scheduler_changes")


def test_a_stable_timer_gathers_changes_of_one_branch(stack, repository):
    stack.start(config=schedule(repository, {
        "type": "any_branch", "name": "all", "tree_stable_timer": "1h", "builders": ["app"]}))
    for number, branch in enumerate(["main", "main", "topic", "main"]):
        hook(stack, repository, f"{number}" * 40, branch=branch)
    wait_for(lambda: len(timers(stack)) == 2, "a timer for each branch")
    wait_for(lambda: len(stack.sql("SELECT 1 FROM scheduler_changes")) == 4, "the changes to be kept")
    due_now(stack)
    wait_for(lambda: len(stack.rest.get("builds", complete="true")) == 2, "a build for each branch")
    stamps = [stamp for b in stack.rest.get("buildsets") for stamp in b["sourcestamps"]]
    assert sorted((s["branch"], s["revision"][0]) for s in stamps) == [("main", "3"), ("topic", "2")]


def test_filters_and_unimportant_files_decide(stack, repository):
    stack.start(config=schedule(repository, {
        "type": "single_branch", "name": "main", "change_filter": {"branch": "main"}, "builders": ["app"],
        "unimportant_files": ["*.md", "doc/*"]}))
    hook(stack, repository, "1" * 40, branch="topic", files='["a.c"]')
    hook(stack, repository, "2" * 40, files='["README.md", "doc/x"]')
    hook(stack, repository, "3" * 40, files='["a.c", "README.md"]')
    build = stack.rest.finished_build_of("3" * 40, "app")
    assert len(stack.rest.get("builds")) == 1
    changes = stack.rest.get(f"builds/{build['buildid']}/changes")
    assert {c["revision"][0] for c in changes} >= {"3"}


def test_a_disabled_scheduler_starts_nothing(stack, repository):
    stack.start(config=schedule(
        repository, {"type": "single_branch", "name": "off", "change_filter": {"branch": "main"}, "builders": ["app"]},
        {"type": "any_branch", "name": "on", "builders": ["app"]}))
    scheduler = stack.rest.one("schedulers", name="off")
    stack.rest.control(f"schedulers/{scheduler['schedulerid']}", "enable", enabled=False)
    assert stack.rest.one("schedulers", name="off")["enabled"] is False
    hook(stack, repository, "1" * 40)
    stack.rest.finished_build_of("1" * 40, "app")
    wait_for(lambda: not stack.sql("SELECT 1 FROM change_inbox"), "the change to be looked at")
    assert len(stack.rest.get("buildsets")) == 1
