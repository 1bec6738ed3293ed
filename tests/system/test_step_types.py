# SPDX-License-Identifier: Apache-2.0
"""What each type of step does: in one build as many of them as belong together."""

import http.server
import json
import pathlib
import threading

import pytest

from slipway_test import CANCELLED, EXCEPTION, FAILURE, SUCCESS, WARNINGS, wait_for

REPORTS = pathlib.Path(__file__).parents[1] / "agent" / "reports"
DONE = (SUCCESS, "finished")


class Built:
    """A finished build of these steps, with what it left behind."""

    def __init__(self, plant, *steps, expect=SUCCESS, **builder):
        self.forced = plant.build(*steps, **builder)
        self.result, self.state, self.steps = self.forced.verdict()
        self.build = self.forced.builds()[-1]
        self.rest = plant.rest
        assert self.result == expect, (self.state, self.steps, self.forced.log().content())

    def properties(self):
        return self.rest.one(f"builds/{self.build['buildid']}/properties")

    def log(self, step, slug="stdio", kind=None):
        """Its text: all lines, or those of one kind."""
        path = f"builds/{self.build['buildid']}/steps/{step}/logs/{slug}/contents"
        lines = self.rest.one(path)["content"].split("\n")[:-1]
        return "".join(f"{line[1:]}\n" for line in lines if kind in (None, line[0]))

    def logs(self, step):
        return {log["name"] for log in self.rest.get(f"builds/{self.build['buildid']}/steps/{step}/logs")}

    def urls(self, step):
        row = next(row for row in self.forced.steps() if row["name"] == step)
        return {url["name"]: url["url"] for url in row["urls"]}

    def words(self, step):
        return self.forced.log(step).own_words()


def shell(script, name, **attributes):
    return {"run": script, "name": name, **attributes}


def report(name):
    return f"cat {REPORTS / name}"


# ---- sequence ----

def test_sequence_runs_commands_until_one_halts(shared_plant):
    built = Built(shared_plant, {"name": "all", "sequence": [
        "echo one",
        {"command": ["sh", "-c", "echo two; exit 1"], "log": "second", "halt_on_failure": False,
         "flunk_on_failure": False, "warn_on_failure": True},
        {"command": "echo three; exit 4"}, "echo never"]}, expect=FAILURE)
    assert built.steps["all"] == (FAILURE, "command 3: failed (exit code 4)")
    assert built.logs("all") == {"stdio", "second"}
    assert "one" in built.log("all") and "three" in built.log("all") and "never" not in built.log("all")
    assert "two" in built.log("all", "second")


def test_sequence_that_only_warns(shared_plant):
    built = Built(shared_plant, {"name": "all", "sequence": [
        {"command": "exit 1", "flunk_on_failure": False, "warn_on_failure": True, "halt_on_failure": False},
        "true"]}, expect=SUCCESS)
    assert built.steps["all"] == (WARNINGS, "command 1: failed (exit code 1)")


# ---- compile ----

def test_compile_counts_warnings_over_the_build(shared_plant):
    built = Built(
        shared_plant,
        shell("printf 'old\\\\.c : unused\\n' > supp", "suppressions"),
        {"name": "first", "compile": "echo 'a.c:1: warning: x'; echo 'old.c:2: warning: unused y'; echo fine",
         "suppression_file": "supp"},
        {"name": "second", "compile": "echo 'WARNING: one'; echo 'b.c:3: warning: two'",
         "suppress": [{"file": "^b", "text": "nothing"}]},
        {"name": "none", "compile": "echo warnings"},
        {"name": "many", "compile": "echo warning: 1; echo warning: 2", "max_warn_count": 1, "halt_on_failure": False},
        {"name": "broken", "compile": "echo warning: 1; exit 2"}, expect=FAILURE)
    assert built.steps["first"] == (WARNINGS, "first 1 warning")
    assert built.steps["second"] == (WARNINGS, "second 2 warnings")
    assert built.steps["none"] == DONE
    assert built.steps["many"] == (FAILURE, "2 warnings, at most 1 allowed")
    assert built.steps["broken"] == (FAILURE, "failed (exit code 2), 1 warning")
    assert built.log("first", "warnings__1_") == "a.c:1: warning: x\n"
    assert built.properties()["warnings-count"] == [6, "broken"]


# ---- test ----

def test_test_reads_what_tools_print(shared_plant):
    def test(name, log, *reports):
        return {"name": name, "test": report(log), "reports": list(reports), "flunk_on_failure": False}

    built = Built(shared_plant,
                  test("pytest", "pytest.txt", "pytest"), test("tap", "a.tap", "tap"),
                  test("googletest", "googletest.txt", "googletest"), test("ctest", "ctest.txt", "ctest"),
                  test("subunit", "two.subunit", {"format": "subunit", "description": "packets"}),
                  {"name": "fine", "test": "printf '1..2\\nok\\nok\\n'", "reports": ["tap"]},
                  {"name": "empty", "test": "true", "reports": ["tap"], "fail_on_no_tests": True,
                   "flunk_on_failure": False},
                  {"name": "plain", "test": "true"})
    assert built.steps["pytest"] == (FAILURE, "9 tests 3 failed 1 skipped")
    assert built.steps["tap"] == (FAILURE, "7 tests 2 failed 1 skipped")
    assert built.steps["googletest"] == (FAILURE, "5 tests 2 failed 2 skipped")
    assert built.steps["ctest"] == (FAILURE, "9 tests 6 failed 2 skipped")
    assert built.steps["subunit"] == (FAILURE, "3 tests 1 failed 1 skipped")
    assert built.steps["fine"] == (SUCCESS, "2 tests passed")
    assert built.steps["empty"] == (FAILURE, "no tests were run")
    assert built.steps["plain"] == DONE
    assert "test_sample.py::test_fail\nassert [1, 2] == [1, 3]" in built.log("pytest", "problems")
    properties = built.properties()
    assert properties["tests-total"][0] == 35 and properties["tests-failed"][0] == 14


def test_test_reads_files_of_this_build_only(shared_plant):
    copy = f"mkdir -p out/deep && cp {REPORTS}/pytest.xml out/deep/ && cp {REPORTS}/googletest.xml out/"
    fresh = "touch out/deep/pytest.xml out/googletest.xml"
    def reports():
        return [{"format": "junit", "files": ["out/**/*.xml"], "description": "unit tests"}]

    built = Built(shared_plant,
                  shell(f"{copy}; {fresh}", "fresh"),
                  {"name": "files", "test": fresh, "reports": reports(), "flunk_on_failure": False},
                  {"name": "old", "test": "touch -d '1 hour ago' out/*.xml out/deep/*.xml", "reports": reports()},
                  {"name": "broken", "test": "echo '<testsuite>' > out/x.xml", "reports": reports(),
                   "flunk_on_failure": False},
                  {"name": "failed", "test": "exit 5", "reports": reports(), "flunk_on_failure": False})
    assert built.steps["files"] == (FAILURE, "15 tests 5 failed 4 skipped")
    assert built.steps["old"] == (SUCCESS, "0 tests")
    assert "out/googletest.xml is older than this step" in built.words("old")
    assert built.steps["broken"] == (FAILURE, "broken report, 0 tests")
    assert "could not read out/x.xml: line 2" in built.words("broken")
    assert built.steps["failed"] == (FAILURE, "failed (exit code 5)")
    sets = {row["description"]: row for row in
            built.rest.get(f"builds/{built.build['buildid']}/test_result_sets")}
    assert (sets["unit tests"]["tests_passed"], sets["unit tests"]["tests_failed"]) == (6, 5)
    assert sets["unit tests"]["category"] == "pass_fail"


# ---- properties, assert, log ----

def test_properties_come_from_values_commands_and_the_environment(shared_plant):
    built = Built(
        shared_plant,
        {"name": "value", "set_property": "stage", "value": 2},
        {"name": "text", "set_property": "doubled", "value": "%(prop:stage)s%(prop:stage)s"},
        {"name": "command", "set_property": "version", "command": "echo ' 1.2 '"},
        {"name": "unstripped", "set_property": "raw", "command": "printf ' x '", "strip": False},
        {"name": "pattern", "set_property": "minor", "command": "echo v1.23", "pattern": "v[0-9]+[.]([0-9]+)"},
        {"name": "no match", "set_property": "none", "command": "echo x", "pattern": "y", "flunk_on_failure": False},
        {"name": "patterns", "set_property": {"patterns": {"one": "a=([0-9])", "two": "b=([0-9])", "no": "c="},
                                              "command": "echo a=1; echo b=2"}},
        {"name": "json", "set_property": {"json": True, "command": "echo '{\"list\": [1, 2], \"yes\": true}'"}},
        {"name": "no json", "set_property": {"json": True, "command": "echo {"}, "flunk_on_failure": False},
        {"name": "several", "set_properties": {"channel": "beta", "from": "%(prop:version)s"}},
        {"name": "environment", "set_properties_from_env": ["COLOUR", "MISSING_ONE"]},
        {"name": "late", "run": "echo %(prop:one)s-%(prop:list)s-%(prop:from)s-%(prop:COLOUR)s"},
        env={"COLOUR": "red"})
    found = {name: pair[0] for name, pair in built.properties().items()}
    expected = {"stage": 2, "doubled": "22", "version": "1.2", "raw": " x ", "minor": "23", "one": "1", "two": "2",
                "list": [1, 2], "yes": True, "channel": "beta", "from": "1.2", "COLOUR": "red"}
    assert {name: found.get(name) for name in expected} == expected
    assert "no" not in found and "none" not in found and "MISSING_ONE" not in found
    assert built.steps["value"] == (SUCCESS, 'property "stage" set')
    assert built.steps["patterns"] == (SUCCESS, "2 properties set")
    assert built.steps["no match"] == (FAILURE, 'the output does not match "y"')
    assert built.steps["no json"][0] == FAILURE
    assert built.log("json", "property_changes").splitlines() == ["list: [1,2]", "yes: true"]
    assert built.forced.log("late").lines() == ["1-[1,2]-1.2-red"]
    assert built.properties()["COLOUR"] == ["red", "WorkerEnvironment"]


def test_assert_and_log_tell_what_is_known(shared_plant):
    built = Built(shared_plant,
                  {"name": "set", "set_property": "n", "value": 3},
                  {"name": "holds", "assert": "prop.n > 2 and steps['set'].result == SUCCESS"},
                  {"name": "fails", "assert": "prop.n == 4", "flunk_on_failure": False},
                  {"name": "log", "log": {"content": {"b": ["%(prop:n)s", "x"], "a": 1}}},
                  {"name": "wrong", "assert": "prop.n < 'x'"}, expect=EXCEPTION)
    assert built.steps["holds"][0] == SUCCESS
    assert built.steps["fails"] == (FAILURE, "it does not hold: prop.n == 4")
    assert built.steps["wrong"][0] == EXCEPTION
    assert json.loads(built.log("log", "Output")) == {"a": 1, "b": [3, "x"]}


# ---- files ----

def test_files_are_made_copied_measured_and_removed(shared_plant):
    built = Built(
        shared_plant,
        {"name": "make", "mkdir": ["a/b/c", "d"]},
        shell("echo text > a/b/f; ln -s f a/b/l; chmod 755 a/b/f; ln a/b/f a/b/hard; touch -d 2020-01-01 a/b/f; "
              "dd if=/dev/zero of=a/big bs=1024 count=100 2>/dev/null", "fill"),
        {"name": "copy", "copy": {"source": "a", "destination": "e/copy"}},
        {"name": "one", "copy": {"source": "a/b/f", "destination": "g"}},
        {"name": "into itself", "copy": {"source": "a", "destination": "a/x"}, "halt_on_failure": False,
         "flunk_on_failure": False},
        shell("stat -c '%a %Y' e/copy/b/f; readlink e/copy/b/l; cat g; ls -A e/copy", "look"),
        {"name": "size", "tree_size": {}}, shell("du -s -k .", "du"),
        {"name": "there", "file_exists": ["a/b/f", "g"]},
        {"name": "missing", "file_exists": ["g", "nothing"], "halt_on_failure": False, "flunk_on_failure": False},
        {"name": "folder", "file_exists": "a", "halt_on_failure": False, "flunk_on_failure": False},
        shell("mkdir locked && touch locked/f && chmod 500 locked; ln -s /etc out", "lock"),
        {"name": "remove", "rmdir": ["locked", "nothing", "e/copy", "a/b/f", "out"]},
        {"name": "outside", "mkdir": "h/x", "halt_on_failure": False, "flunk_on_failure": False},
        {"name": "write", "write_file": {"path": "new/info.txt", "content": "stage %(prop:buildername)s", "mode": "640"}},
        {"name": "json", "write_file": {"path": "new/info.json", "json": {"n": "%(prop:buildnumber)s"}}},
        {"name": "properties", "write_file": {"path": "new/all.json", "properties": True}},
        shell("ls -A; stat -c %a new/info.txt; cat new/info.txt; echo; cat new/info.json", "last"),
        shell("cat new/all.json", "all"),
        {"name": "empty", "rmdir": "."}, shell("ls -A", "nothing left"))
    look = built.forced.log("look").lines()
    assert look == ["755 1577836800", "f", "text", "b", "big"]
    assert built.steps["copy"] == (SUCCESS, "copied a to e/copy, 3 files")
    assert built.steps["into itself"][0] == FAILURE and built.steps["folder"][0] == FAILURE
    size = built.properties()["tree-size-KiB"][0]
    assert built.forced.log("du").lines()[0].split() == [str(size), "."]
    assert built.steps["size"] == (SUCCESS, f"treesize {size} KiB")
    assert built.steps["missing"] == (FAILURE, "there is no nothing")
    number, builder = built.build["number"], built.properties()["buildername"][0]
    assert built.forced.log("last").lines() == ["a", "d", "e", "g", "h", "new", "640", f"stage {builder}", "{",
                                                f'    "n": {number}', "}"]
    written = json.loads("\n".join(built.forced.log("all").lines()))
    assert written["properties"]["buildername"] == builder and len(written["sourcestamps"]) == 1
    assert built.forced.log("nothing left").lines() == []


@pytest.mark.parametrize("step", [
    {"mkdir": "link/x"}, {"rmdir": "link/x"}, {"file_exists": "link/passwd"},
    {"write_file": {"path": "link/slipway-test", "content": "x"}},
    {"copy": {"source": "link/passwd", "destination": "x"}}, {"copy": {"source": "f", "destination": "link/x"}},
    {"upload": "link/passwd"},
], ids=lambda step: next(iter(step)))
def test_no_link_leads_a_step_out_of_its_folder(shared_plant, step):
    built = Built(shared_plant, shell("ln -s /etc link; touch f", "link"), {**step, "name": "out"}, expect=FAILURE)
    assert built.steps["out"][0] == FAILURE


# ---- http ----

class Answering(http.server.BaseHTTPRequestHandler):
    """Remembers what it was asked; /status/N answers N, /away leads to /here, /slow never answers."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        if self.path.startswith("/slow"):
            self.server.released.wait()
            return
        status = int(self.path.split("/")[2].split("?")[0]) if self.path.startswith("/status/") else 200
        self.send_response(302 if self.path == "/away" else status)
        if self.path == "/away":
            self.send_header("Location", "/here")
        self.send_header("X-Answer", "forty-two")
        self.send_header("Content-Length", "6")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"hello\n")

    do_GET = do_POST = do_PUT = do_HEAD = answer

    def log_message(self, *words):
        pass


@pytest.fixture
def web():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    server.seen, server.released = [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()


def test_http_sends_what_it_is_told(shared_plant, web):
    built = Built(
        shared_plant,
        {"name": "post", "http": f"{web.url}/a?b=1#c", "params": {"x": "1 2", "y": "ä&"}, "headers": {"X-One": "two"},
         "json": {"n": "%(prop:buildnumber)s"}, "hide_response_headers": True},
        {"name": "form", "http": {"url": f"{web.url}/f", "method": "PUT", "form": {"a": "b c"}}, "user": "u",
         "password": "p4ssword", "hide_request_headers": True},
        {"name": "get", "http": {"url": f"{web.url}/away", "method": "GET"}},
        {"name": "head", "http": {"url": f"{web.url}/h", "method": "HEAD"}},
        {"name": "missing", "http": {"url": f"{web.url}/status/404"}, "flunk_on_failure": False},
        {"name": "body", "http": {"url": f"{web.url}/t", "body": "text", "headers": {"content-type": "text/x"}}},
        {"name": "nobody", "http": {"url": "http://127.0.0.1:1/"}, "flunk_on_failure": False},
        {"name": "late", "http": {"url": f"{web.url}/slow"}, "max_time": "1s", "flunk_on_failure": False})
    post, form, away, here, head, _, body, _ = web.seen
    assert post[:2] == ("POST", "/a?b=1&x=1%202&y=%C3%A4%26") and json.loads(post[3]) == {"n": built.build["number"]}
    assert post[2]["X-One"] == "two" and post[2]["Content-Type"] == "application/json"
    assert form[:2] == ("PUT", "/f") and form[3] == "a=b%20c" and form[2]["Authorization"].startswith("Basic ")
    assert (away[0], here[:2], head[0]) == ("GET", ("GET", "/here"), "HEAD")
    assert body[3] == "text" and body[2]["Content-Type"] == "text/x"
    assert built.steps["post"] == (SUCCESS, "status 200") and built.steps["missing"] == (FAILURE, "status 404")
    assert built.steps["nobody"][0] == FAILURE and built.steps["late"][0] == FAILURE
    assert "X-One: two" in built.words("post") and "x-answer" not in built.words("post")
    assert "x-answer: forty-two" in built.words("get") and built.forced.log("get").lines() == ["hello"]
    assert "p4ssword" not in built.log("form")


def test_http_ends_when_the_build_is_stopped(shared_plant, web):
    build = shared_plant.build({"name": "late", "http": f"{web.url}/slow"})
    wait_for(lambda: web.seen, "the request")
    build.stop()
    assert build.verdict()[2]["late"] == (CANCELLED, "cancelled")
