# SPDX-License-Identifier: Apache-2.0
"""Logs and artifacts in an S3-compatible store: sealed, read back in every way, told when it is away, gone with retention."""

import json
import pathlib
import subprocess

import pytest
import requests

from slipway_test import SUCCESS, Plant, mail_notifier, wait_for

SERVER = pathlib.Path(__file__).parents[1] / "s3"
LAST = 60000


class S3Server:
    """tests/s3/server.js: it checks every signature, and fails when it is told to."""

    def __init__(self, folder):
        assert (SERVER / "node_modules" / "s3rver").is_dir(), "run: npm ci --prefix tests/s3"
        self.folder = folder
        folder.mkdir()
        self._process = subprocess.Popen(["node", SERVER / "server.js", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}"

    def fail(self, count):
        """The next `count` requests are answered with 503; 0: all is well again."""
        fault = {"count": count, "status": 503, "code": "SlowDown"}
        requests.post(f"{self.url}/-/faults", json=fault, timeout=10).raise_for_status()

    def objects(self, kind):
        return sorted(self.folder.glob(f"slipway/ci/{kind}/**/*_object"))

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)


@pytest.fixture
def s3(tmp_path):
    server = S3Server(tmp_path / "s3")
    yield server
    server.stop()


def storage(s3):
    return {"s3": {"endpoint": s3.url, "bucket": "slipway", "prefix": "ci/", "access_key": {"secret": "s3-access"},
                   "secret_key": {"secret": "s3-secret"}}, "logs": "s3"}


@pytest.fixture
def plant(stack, s3):
    for name in ("access", "secret"):
        (stack.secrets / f"s3-{name}").write_text("S3RVER\n")
    return Plant(stack, config={"storage": storage(s3)})


def age(stack, interval="5 minutes"):
    """Makes all builds older, as if that time had passed since they ended."""
    stack.sql(f"UPDATE builds SET complete_at = complete_at - interval '{interval}'", fetch=False)


def wait_sealed(stack):
    age(stack)
    wait_for(lambda: not stack.sql("SELECT FROM logs WHERE sealed IS NULL") and not stack.sql("SELECT FROM log_chunks"),
             "all logs to be sealed")


def contents(log, **window):
    return log.rest.request("GET", f"api/v2/{log.path}/contents", params=window)


def searches_and_times(log):
    """What they answer in the middle of the log, over several chunks, and to nobody's avail."""
    asked = [("search", {"q": f"line {LAST // 2}"}), ("search", {"q": f"^line {LAST // 2}.?$", "regex": "true"}),
             ("search", {"q": "line", "limit": 5, "from": LAST, "direction": "backward"}), ("search", {"q": "nowhere"}),
             ("search", {"find": "errors"}), ("times", {}), ("times", {"offset": LAST // 2, "limit": 1})]
    answers = [log.rest.request("GET", f"api/v2/{log.path}/{what}", params=options) for what, options in asked]
    assert [answer.status_code for answer in answers] == [200] * len(asked)
    assert [len(answer.json().get("logmatches", [0])) for answer in answers[:4]] == [1, 1, 5, 0]
    return [answer.json() for answer in answers]


def raw(log):
    return log.rest.request("GET", f"api/v2/{log.path}/raw")


def test_a_sealed_log_reads_as_before(plant, s3):
    stack = plant.stack
    forced = plant.build({"run": f"seq -f 'line %.0f' 1 {LAST}; echo end >&2"}, {"run": "echo kept >a.txt"}, {"upload": "a.txt"})
    assert forced.finished()["results"] == SUCCESS, forced.verdict()
    log = forced.log()
    before, raw_before, row = log.content(), log.raw(), log.row()
    more_before = searches_and_times(log)
    assert s3.objects("chunks")  # of the artifact
    wait_sealed(stack)
    assert s3.objects("logs")
    assert stack.metric("builder", "slipway_logs_sealed_total") >= 3
    assert stack.metric("builder", "slipway_logs_sealed_bytes_total") > 10000

    assert (log.content(), log.raw(), log.row()) == (before, raw_before, row)
    assert searches_and_times(log) == more_before
    lines = before.split("\n")
    for offset in (0, 1, 777, LAST // 2, row["num_lines"] - 5):
        assert log.content(offset=offset, limit=5) == "".join(f"{line}\n" for line in lines[offset:offset + 5])
    assert log.content(offset=row["num_lines"], limit=1) == ""
    assert contents(log, offset=row["num_lines"]).status_code == 404
    inline = log.rest.request("GET", f"api/v2/logs/{row['logid']}/raw_inline")
    assert inline.status_code == 200 and inline.content == raw_before


def test_a_store_that_is_away_is_told_and_comes_back(plant, s3):
    stack = plant.stack
    forced = plant.build({"run": "echo one; echo two"})
    assert forced.finished()["results"] == SUCCESS
    log = forced.log()
    before = log.content()
    s3.fail(1000000)
    age(stack)
    wait_for(lambda: stack.metric("builder", "slipway_logs_seal_failures_total") > 0, "a log that can't be sealed")
    assert log.content() == before  # from the database: nothing has left it
    s3.fail(0)
    wait_sealed(stack)

    s3.fail(1000000)
    for answer in (contents(log), contents(log, offset=0, limit=1), raw(log)):
        assert answer.status_code == 503 and "could not be read from the log store" in answer.text
    s3.fail(0)
    assert log.content() == before

    [damaged] = [path for path in s3.objects("logs") if path.name.startswith(f"{log.row()['logid']}._")]
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    for answer in (contents(log), raw(log)):
        assert answer.status_code == 500 and "checksum" in answer.text


def test_mail_has_the_end_of_a_sealed_log(plant, s3, tmp_path):
    maildir = tmp_path / "mail"
    plant._config["notifiers"] = [mail_notifier({"maildir": str(maildir)}, log_lines=5)]
    forced = plant.build({"run": f"seq -f 'line %.0f' 1 {LAST}; false"})
    forced.finished()
    wait_sealed(plant.stack)
    plant.stack.start_service("notifier")
    [mail] = wait_for(lambda: list(maildir.glob("new/*")), "the mail")
    assert f"line {LAST}" in mail.read_text() and "could not be read" not in mail.read_text()


def test_retention_removes_objects(plant, s3):
    stack = plant.stack
    assert plant.build({"run": "echo gone"}).finished()["results"] == SUCCESS
    wait_sealed(stack)
    assert len(s3.objects("logs")) == 1
    age(stack, "20 days")
    plant._config["retention"] = {"logs": "10d"}
    kept = plant.build({"run": "echo kept"})
    assert kept.finished()["results"] == SUCCESS
    stack.kill_and_restart("builder")  # the janitor comes by at the start
    wait_for(lambda: stack.sql("SELECT FROM logs WHERE type = 'd'"), "the lines to go")
    wait_for(lambda: not s3.objects("logs") and not stack.sql("SELECT FROM blob_removals"), "the object to go")
    assert kept.log().lines() == ["kept"]
