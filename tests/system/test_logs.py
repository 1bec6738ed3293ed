# SPDX-License-Identifier: Apache-2.0
"""Every byte that a step prints is kept, in order, and is there while the step still runs."""

import time

import pytest

from slipway_test import FAILURE, SUCCESS, Gate, WebSocket, wait_for

# How long the agent lets a line become (worker-agent/output.h).
LINE = 64 << 10


def printed(plant, *scripts, **attributes):
    """The log of a step that runs the script, once its build is over."""
    build = plant.build(*({"run": script, **attributes} for script in scripts))
    assert build.finished()["results"] == SUCCESS
    return build.log()


def raw_lines(log):
    """The lines of raw text, without the three that the API puts before them."""
    lines = log.raw().split(b"\n")
    assert lines[0].startswith(b"Builder: builder-") and lines[2] == b"Worker name: w1"
    return lines[3:]


def test_streams_are_told_apart_and_the_command_stands_first(shared_plant):
    log = printed(shared_plant, "echo out; echo err >&2", env={"A": "b"})
    lines = log.content().split("\n")
    assert lines[0] == "hecho out; echo err >&2"
    assert lines[1].startswith("h  in /") and lines[2] == "h  A=b"
    assert (log.lines("o"), log.lines("e")) == (["out"], ["err"])
    assert lines[-2].startswith("hexit code 0, ") and lines[-1] == ""
    assert [line for line in raw_lines(log) if line in (b"out", b"err")] in ([b"out", b"err"], [b"err", b"out"])


def test_a_step_that_prints_nothing_has_a_log_of_its_command_only(shared_plant):
    log = printed(shared_plant, "true")
    assert (log.lines("o"), log.lines("e")) == ([], [])
    row = log.row()
    assert (row["type"], row["complete"], row["num_lines"]) == ("s", True, 3)
    assert log.lines("h")[0] == "true"


def test_a_last_line_without_its_end_is_a_line(shared_plant):
    log = printed(shared_plant, "printf 'one\\ntwo'; printf 'three' >&2")
    assert (log.lines("o"), log.lines("e")) == (["one", "two"], ["three"])


def test_carriage_returns_and_colours_are_kept(shared_plant):
    log = printed(shared_plant, r"printf 'dos\r\n\033[31mred\033[0m\n 10%%\r100%%\n\ttab\n\n  \n'")
    assert log.lines() == ["dos\r", "\033[31mred\033[0m", " 10%\r100%", "\ttab", "", "  "]
    assert b"dos\r" in raw_lines(log) and b" 10%\r100%" in raw_lines(log)


def test_bytes_that_are_no_utf8_come_back_raw_and_marked_as_text(shared_plant):
    # Latin-1, a lone continuation byte, an overlong slash, a surrogate, a cut-off character, NUL.
    script = r"printf 'caf\351\nx\200y\n\300\257\n\355\240\200\nend\342\202\n\000nul\n\303\251\n'"
    log = printed(shared_plant, script)
    raw = raw_lines(log)
    for line in (b"caf\xe9", b"x\x80y", b"\xc0\xaf", b"\xed\xa0\x80", b"end\xe2\x82", b"\0nul", "é".encode()):
        assert line in raw
    lines = log.lines()
    assert lines[0] == "caf\ufffd" and lines[1] == "x\ufffdy" and lines[-1] == "é"
    assert all("\ufffd" in line for line in lines[2:5])


def test_a_line_of_10_mb_without_an_end_is_whole(shared_plant):
    # Characters of three bytes, of which no cut is to tear one.
    log = printed(shared_plant, "yes '\u20ac\u20ac\u20ac' | tr -d '\\n' | head -c 10500000")
    lines = log.lines()
    assert all(set(line) == {"\u20ac"} and len(line.encode()) <= LINE for line in lines)
    assert sum(len(line) for line in lines) == 3500000
    assert raw_lines(log)[2].decode() == lines[0]
    assert log.row()["num_lines"] == len(lines) + 3


def test_20_mb_are_complete_and_windows_of_them_are_exact(shared_plant):
    last = 2200000
    log = printed(shared_plant, f"seq -f 'line %.0f' 1 {last}")
    row = log.row()
    assert row["num_lines"] == last + 3 and row["complete"]
    assert raw_lines(log)[2:-2] == [b"line %d" % number for number in range(1, last + 1)]

    # Line n of the log is the n-1st number: the command and its folder stand before them.
    stored = shared_plant.stack.sql_with(
        "SELECT first_line FROM log_chunks WHERE logid = %(logid)s ORDER BY 1", {"logid": row["logid"]})
    assert len(stored) > 50
    # On a slow machine the first chunks may hold little more than those two.
    borders = [border for (border,) in stored if border >= 4]
    for border in borders[:3] + borders[-4:-1]:
        for first, limit in ((border - 1, 1), (border, 1), (border - 2, 4), (border, 40000)):
            limit = min(limit, row["num_lines"] - 1 - first)
            assert log.content(offset=first, limit=limit).splitlines() == \
                [f"oline {number - 1}" for number in range(first, first + limit)]

    # Searches go through all chunks, in either direction, and tell where to go on.
    assert search(log, q=f"line {last}") == ([last + 1], None)
    assert search(log, q="LINE 1999998", direction="backward") == ([1999999], None)
    assert search(log, q=r"^line (1|22)00000\d$", regex="true", limit=7) == \
        ([1000001 + n for n in range(7)], 1000008)
    assert search(log, q="line", limit=3, **{"from": 1500000}) == ([1500000, 1500001, 1500002], 1500003)
    assert search(log, q="line", limit=2, direction="backward", **{"from": 1500000}) == ([1500000, 1499999], 1499998)
    assert search(log, find="errors") == ([], None)
    times = answer(log, "times", limit=row["num_lines"]).json()["logtimes"]
    assert [time["firstline"] for time in times] == [first for (first,) in stored]
    moments = [time["ms"] for time in times]
    assert moments == sorted(moments) and time.time() - 600 < moments[0] / 1000 <= time.time()


def answer(log, what, **options):
    return log.rest.request("GET", f"api/v2/{log.path}/{what}", params=options)


def search(log, **options):
    """All lines that are found, however many answers it takes, or as many as `limit`; and where to go on."""
    lines = []
    while True:
        response = answer(log, "search", **options)
        assert response.status_code == 200, response.text
        found = response.json()
        lines += [match["line"] for match in found["logmatches"]]
        on = found["meta"]["next"]
        if on is None or len(lines) >= options.get("limit", 100):
            return lines, on
        options["from"] = on


def test_a_growing_log_can_be_searched(shared_plant, tmp_path):
    gate = Gate(tmp_path)
    build = shared_plant.build({"run": f"echo needle one; {gate.command}; echo needle two >&2; echo '\033[31mnee\033[0mdle'"})
    gate.wait_reached()
    wait_for(lambda: build.log().lines() == ["needle one"], "the first line", ignoring=(AssertionError, IndexError))
    log = build.log()
    assert [log.content().split("\n")[line] for line in search(log, q="needle one", stream="o")[0]] == ["oneedle one"]
    gate.go()
    assert build.finished()["results"] == SUCCESS
    lines = log.content().split("\n")
    assert [lines[line] for line in search(log, q="needle", stream="o")[0]] == ["oneedle one", "o\033[31mnee\033[0mdle"]
    assert [lines[line] for line in search(log, q="needle", stream="e")[0]] == ["eneedle two"]


def test_a_search_that_can_not_be_is_refused(shared_plant):
    log = printed(shared_plant, "echo one")
    for options, text in (({"q": "a(", "regex": 1}, "at character 3 of"), ({"q": "x", "find": "all"}, "invalid find")):
        response = answer(log, "search", **options)
        assert response.status_code == 400 and text in response.json()["error"]


def test_a_pattern_that_never_ends_is_given_up(shared_plant):
    """Each line within a moment, and each answer within a few of them."""
    log = printed(shared_plant, "for n in $(seq 300); do yes x | head -n 2000 | tr -d '\\n'; echo; done")
    begin = time.monotonic()
    response = answer(log, "search", q="(x+x+)+[yz]", regex="true")
    assert time.monotonic() - begin < 5
    assert response.status_code == 200
    assert response.json()["logmatches"] == [] and response.json()["meta"]["costly"] > 0


@pytest.mark.parametrize("window", [{"offset": 1000}, {"offset": 2, "limit": 0}, {"offset": 0, "limit": -1}])
def test_a_window_beyond_the_log_is_not_found(shared_plant, window):
    log = printed(shared_plant, "echo one")
    response = log.rest.request("GET", f"api/v2/{log.path}/contents", params=window)
    assert response.status_code == (400 if window.get("limit") == -1 else 404)


def test_a_limit_may_reach_beyond_the_log(shared_plant):
    """As a reader of a log that grows asks for lines that are about to come."""
    log = printed(shared_plant, "echo one")
    assert log.content(offset=0, limit=1000) == log.content()
    assert log.content(offset=1000, limit=1) == ""


def test_a_growing_log_is_announced_before_its_step_ends(shared_plant, tmp_path):
    gate = Gate(tmp_path)
    with WebSocket(shared_plant.stack.url, "logs/*/*", "builds/*/finished") as socket:
        build = shared_plant.build({"run": f"echo first; {gate.command}; echo second"})
        gate.wait_reached()
        while True:
            key, message = socket.event()
            if key.endswith("/append") and message["num_lines"] >= 3:
                break
        assert not message["complete"]
        assert build.log().lines() == ["first"]
        assert not build.log().row()["complete"]

        gate.go()
        keys = []
        while not keys or not keys[-1].startswith("builds/"):
            keys.append(socket.event()[0])
    logid = message["logid"]
    assert keys == [f"logs/{logid}/append", f"logs/{logid}/finished", f"builds/{build.builds()[-1]['buildid']}/finished"]
    assert build.log().lines() == ["first", "second"]


def test_lines_that_come_slowly_are_seen_one_by_one(shared_plant, tmp_path):
    build = shared_plant.build(
        {"run": "; ".join(f"echo line {number}; {Gate(tmp_path, number).command}" for number in "abc")})
    for number in "abc":
        gate = Gate(tmp_path, number)
        gate.wait_reached()
        wait_for(lambda: build.log().lines()[-1] == f"line {number}", f"line {number}", ignoring=(AssertionError, IndexError))
        gate.go()
    assert build.finished()["results"] == SUCCESS


def test_the_log_of_a_failed_step_is_complete(shared_plant):
    build = shared_plant.build({"run": "seq 1 5000; exit 7"}, {"run": "seq 1 10", "always_run": True})
    assert build.finished()["results"] == FAILURE
    assert build.log(1).lines() == [str(number) for number in range(1, 5001)]
    assert build.log(1).own_words().splitlines()[-1].startswith("exit code 7, ")
    assert build.log(2).lines() == [str(number) for number in range(1, 11)]
