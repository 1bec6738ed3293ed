# SPDX-License-Identifier: Apache-2.0
"""Artifacts as a whole: what one build uploads, another and the browser get; limits; services that die meanwhile."""

import hashlib

import pytest

from slipway_test import FAILURE, SUCCESS, Plant, wait_for

PIECE = 4 * 1024 * 1024


@pytest.fixture
def plant(stack):
    return Plant(stack)


def artifacts(plant, build):
    return plant.rest.get(f"builds/{build['buildid']}/artifacts", order="name")


def content(plant, build, name, **headers):
    return plant.rest.request("GET", f"api/v2/builds/{build['buildid']}/artifacts/{name}", headers=headers)


def make(path, size):
    return {"name": "make", "run": f"mkdir -p $(dirname {path}) && head -c {size} /dev/urandom >{path} && sha256sum {path}"}


def test_the_browser_gets_what_the_build_had(plant):
    size = 2 * PIECE + 1234
    forced = plant.build(make("out/app.bin", size), {"run": "echo '<b>all went well</b>' >out/report.html"},
                         {"upload": ["out/app.bin", "out/report.html"]})
    build = forced.finished()
    assert build["results"] == SUCCESS
    listed = {row["name"]: row for row in artifacts(plant, build)}
    assert set(listed) == {"out/app.bin", "out/report.html"}
    app = listed["out/app.bin"]
    assert app["size"] == size and app["sha256"] == forced.log(1).lines()[0].split()[0]

    whole = content(plant, build, "out/app.bin")
    assert whole.status_code == 200 and int(whole.headers["Content-Length"]) == size
    assert hashlib.sha256(whole.content).hexdigest() == app["sha256"]
    assert whole.headers["ETag"] == f'"{app["sha256"]}"'

    # Across the border of two pieces, and the end alone.
    part = content(plant, build, "out/app.bin", Range=f"bytes={PIECE - 10}-{PIECE + 9}")
    assert part.status_code == 206 and part.content == whole.content[PIECE - 10:PIECE + 10]
    assert content(plant, build, "out/app.bin", Range="bytes=-5").content == whole.content[-5:]
    assert content(plant, build, "out/app.bin", Range=f"bytes={size}-").status_code == 416
    again = content(plant, build, "out/app.bin", **{"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304 and not again.content

    head = plant.rest.request("HEAD", f"api/v2/artifacts/{app['artifactid']}/raw")
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == size

    report = content(plant, build, "out/report.html")
    assert report.text == "<b>all went well</b>\n" and report.headers["Content-Type"].startswith("text/html")
    assert report.headers["Content-Security-Policy"].startswith("sandbox;")
    assert report.headers["X-Content-Type-Options"] == "nosniff"
    assert content(plant, build, "out/nothing").status_code == 404


def test_a_child_gets_what_its_parent_uploaded(plant):
    plant.stack.start_service("scheduler")
    plant.stack.wait_ready("scheduler")
    plant.add_builder({"download": "*.tar", "from": "parent", "to": "in"}, {"name": "look", "run": "cat in/app.tar"},
                      {"run": "echo packed >app.deb"}, {"upload": "app.deb"}, name="child")
    plant._config = {"schedulers": [{"type": "force", "name": "force", "builders": ["parent"]},
                                    {"type": "triggerable", "name": "pack", "builders": ["child"]}]}
    forced = plant.build({"run": "echo built >app.tar"}, {"upload": "app.tar"},
                         {"trigger": {"schedulers": ["pack"], "wait_for_finish": True}},
                         {"download": "app.deb", "from": "buildset"}, {"name": "see", "run": "cat app.deb"}, name="parent")
    assert forced.finished()["results"] == SUCCESS, forced.verdict()
    assert forced.log("see").lines() == ["packed"]


def test_limits_refuse_with_a_reason(plant):
    plant._config = {"storage": {"artifact_max_size": 3000000, "artifact_quota": 4000000}}
    forced = plant.build(make("big", 3000001), {"name": "up", "upload": "big"})
    assert forced.verdict()[2]["up"][0] == FAILURE
    assert "artifact_max_size" in forced.log("up").content()

    first = plant.build(make("one", 2500000), {"name": "up", "upload": "one"})
    assert first.finished()["results"] == SUCCESS
    second = plant.build(make("two", 2500000), {"name": "up", "upload": "two"})
    assert second.verdict()[2]["up"][0] == FAILURE
    assert "artifact_quota" in second.log("up").content()
    # What is there needs no room.
    same = plant.build({"download": "one", "from": "builder", "builder": "builder-2"}, {"name": "up", "upload": "one"})
    assert same.finished()["results"] == SUCCESS
    assert [row["name"] for row in artifacts(plant, same.finished())] == ["one"]


def test_an_upload_goes_on_when_the_builder_dies(plant):
    size = 15 * PIECE
    forced = plant.build(make("big", size), {"name": "up", "upload": "big"})
    for count in (1, 4):
        wait_for(lambda wanted=count: plant.stack.sql("SELECT count(*) FROM artifact_chunks")[0][0] >= wanted,
                 f"{count} pieces")
        plant.stack.kill_and_restart("builder")
    build = forced.finished(timeout=120)
    assert build["results"] == SUCCESS, forced.verdict()
    assert hashlib.sha256(content(plant, build, "big").content).hexdigest() == forced.log(1).lines()[0].split()[0]
    assert plant.stack.sql("SELECT count(*) FROM artifact_chunks")[0][0] == 15


def test_a_pinned_build_shows_it(plant):
    build = plant.build({"run": "true"}).finished()
    plant.rest.control(f"builds/{build['buildid']}", "pin")
    assert plant.rest.one(f"builds/{build['buildid']}")["pinned"] is True
    plant.rest.control(f"builds/{build['buildid']}", "unpin")
    assert plant.rest.one(f"builds/{build['buildid']}")["pinned"] is False
