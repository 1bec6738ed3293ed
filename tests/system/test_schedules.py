# SPDX-License-Identifier: Apache-2.0
"""What the clock and the changes start: periodic, nightly, stable timers, filters, important files."""

import base64

import pytest

from slipway_test import FAILURE, SUCCESS, RestError, configuration, wait_for


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


def test_a_disabled_scheduler_stays_so_over_restarts_and_versions(stack, repository):
    off = {"type": "any_branch", "name": "off", "builders": ["app"]}
    stack.start(config=schedule(repository, off))
    stack.rest.control(f"schedulers/{stack.rest.one('schedulers', name='off')['schedulerid']}", "enable", enabled=False)
    stack.apply(schedule(repository, {**off, "priority": 3}, {"type": "any_branch", "name": "on", "builders": ["app"]}))
    stack.kill_and_restart("scheduler")
    stack.wait_ready("scheduler")
    hook(stack, repository, "1" * 40)
    stack.rest.finished_build_of("1" * 40, "app")
    assert [b["reason"] for b in stack.rest.get("buildsets")] == ["The AnyBranchScheduler scheduler named 'on' triggered this build"]
    assert stack.rest.one("schedulers", name="off")["enabled"] is False


def test_dependents_follow_what_went_well(stack, repository):
    stack.start(config=configuration(
        repository, change_sources=None,
        schedulers=[{"type": "any_branch", "name": "up", "builders": ["app"]},
                    {"type": "dependent", "name": "mid", "upstream": "up", "builders": ["deb"]},
                    {"type": "dependent", "name": "end", "upstream": "mid", "builders": ["rpm"]}],
        builders=[{"name": "app", "steps": [{"run": "test %(prop:branch)s = main"}]},
                  {"name": "deb", "steps": [{"run": "true"}]}, {"name": "rpm", "steps": [{"run": "true"}]}]))
    hook(stack, repository, "1" * 40, branch="broken")
    assert stack.rest.finished_build_of("1" * 40, "app")["results"] == FAILURE
    hook(stack, repository, "2" * 40)
    assert stack.rest.finished_build_of("2" * 40, "rpm")["results"] == SUCCESS
    assert [b["reason"] for b in stack.rest.get("buildsets", order="bsid")][2:] == ["downstream", "downstream"]
    assert not stack.rest.get("builders/deb/builds", number=2)
    assert not stack.sql("SELECT 1 FROM completions")


def test_codebases_take_their_defaults_and_refuse_others(stack, repository):
    stack.start(config=schedule(repository, {
        "type": "any_branch", "name": "both", "builders": ["app"], "branch_priorities": {"main": 7},
        "codebases": {"app": {"repository": repository.url}, "lib": {"repository": "https://x/lib", "branch": "stable"}}}))
    hook(stack, repository, "1" * 40, codebase="doc")
    hook(stack, repository, "2" * 40, codebase="app")
    buildset = wait_for(lambda: stack.rest.get("buildsets"), "the buildset")[0]
    assert [(s["codebase"], s["branch"], s["revision"]) for s in buildset["sourcestamps"]] == [
        ("app", "main", "2" * 40), ("lib", "stable", None)]
    assert stack.rest.one("buildrequests")["priority"] == 7
    assert stack.sql("SELECT verdict, reason FROM change_verdicts") == [
        ("refused", 'codebase "doc" is none of app, lib')]


def test_a_triggered_build_has_the_sources_and_properties_of_its_parent(stack, repository):
    stack.start(config=configuration(
        repository, change_sources=None,
        schedulers=[{"type": "any_branch", "name": "up", "builders": ["app"], "priority": 5},
                    {"type": "triggerable", "name": "child", "builders": ["deb"]}],
        builders=[{"name": "app", "steps": [{"trigger": {
            "schedulers": ["child"], "wait_for_finish": True, "set_properties": {"from": "%(prop:buildername)s"}}}]},
                  {"name": "deb", "steps": [{"run": "test %(prop:from)s = app"}]}]))
    hook(stack, repository, "1" * 40)
    parent = stack.rest.finished_build_of("1" * 40, "app")
    child = stack.rest.finished_build_of("1" * 40, "deb")
    assert (parent["results"], child["results"]) == (SUCCESS, SUCCESS)
    buildset = stack.rest.get("buildsets", order="-bsid")[0]
    assert (buildset["parent_buildid"], buildset["parent_relationship"]) == (parent["buildid"], "Triggered from")
    assert stack.rest.get("buildrequests", order="-buildrequestid")[0]["priority"] == 5


def test_a_nightly_triggerable_builds_the_last_trigger_at_its_time(stack, repository):
    stack.start(config=configuration(
        repository, change_sources=None,
        schedulers=[{"type": "any_branch", "name": "up", "builders": ["app"]},
                    {"type": "nightly_triggerable", "name": "night", "cron": "30 3 * * *", "builders": ["deb"]}],
        builders=[{"name": "app", "steps": [{"trigger": {"schedulers": ["night"], "wait_for_finish": True}}]},
                  {"name": "deb", "steps": [{"run": "true"}]}]))
    wait_for(lambda: timers(stack), "the next time")
    for revision in ("1" * 40, "2" * 40):
        hook(stack, repository, revision)
        assert stack.rest.finished_build_of(revision, "app")["results"] == SUCCESS
    assert not stack.rest.get("builders/deb/builds")
    due_now(stack)
    stack.kill_and_restart("scheduler")
    assert stack.rest.finished_build_of("2" * 40, "deb")["results"] == SUCCESS
    assert len(stack.rest.get("builders/deb/builds")) == 1


def test_a_try_of_one_job_is_built_once(stack, repository):
    stack.start(config=schedule(repository, {"type": "try", "name": "try", "builders": ["app"]}))
    call = {"builders": ["app"], "who": "Ada", "jobid": "job-1", "repository": repository.url, "branch": "main",
            "baserev": "1" * 40, "properties": {"depth": 1}}
    tried = stack.rest.control("tryschedulers/try", "try", **call)
    assert stack.rest.control("tryschedulers/try", "try", **call) == tried
    build = stack.rest.finished_build_of("1" * 40, "app")
    assert build["properties"]["depth"] == [1, "try build"]
    buildset = stack.rest.one("buildsets")
    assert (buildset["bsid"], buildset["reason"], buildset["external_idstring"]) == (
        tried["bsid"], "'try' job by user Ada", "job-1")
    assert list(tried["brids"].values()) == [build["buildrequestid"]]
    with pytest.raises(RestError):
        stack.rest.control("tryschedulers/try", "try", builders=["deb"])


def test_a_try_takes_a_patch_of_megabytes(stack, repository):
    stack.start(config=schedule(repository, {"type": "try", "name": "try", "builders": ["app"]}), agents=())
    patch = b"+" + b"x" * (9 << 20) + b"\n"
    tried = stack.rest.control("tryschedulers/try", "try", repository=repository.url, comment="much", patch={
        "level": 0, "subdir": "src", "body": base64.b64encode(patch).decode(), "encoding": "base64"})
    stamp = stack.rest.one(f"buildsets/{tried['bsid']}")["sourcestamps"][0]
    assert (stamp["patch"]["level"], stamp["patch"]["subdir"], stamp["patch"]["comment"]) == (0, "src", "much")
    assert stack.sql("SELECT length(body) FROM patches") == [(len(patch),)]
