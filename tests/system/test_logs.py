# SPDX-License-Identifier: Apache-2.0
"""Logs that are large, coloured or not text: whole as raw, in windows of lines, without filling a service's memory."""

import hashlib
import json

from slipway_test import SUCCESS, configuration
from slipway_test.stack import MEMORY_SLACK

LINES = 1_300_000
BYTES = LINES * 79


def memory_peak(process):
    """The most that the process ever held, in MiB."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def test_a_log_of_100_mb_is_kept_whole_and_read_in_windows(stack, repository):
    script = f"""seq -f 'line %09.0f {'x' * 64}' 1 {LINES}"""
    stack.start(config=configuration(repository, change_sources=None, steps=[{"run": script, "name": "talk"}]))
    stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
    build = stack.rest.finished_build(1, timeout=300)
    assert build["results"] == SUCCESS
    log = stack.rest.one(f"builds/{build['buildid']}/steps/talk/logs")
    assert log["num_lines"] >= LINES

    path = f"api/v2/logs/{log['logid']}"
    window = stack.rest.get(f"logs/{log['logid']}/contents", offset=1_000_000, limit=100)[0]["content"].splitlines()
    assert len(window) == 100
    numbers = [int(line.split()[1]) for line in window]
    assert numbers == list(range(numbers[0], numbers[0] + 100)) and abs(numbers[0] - 1_000_000) < 20

    whole = hashlib.sha256()
    size = 0
    with stack.rest.request("GET", f"{path}/raw", stream=True) as answer:
        for line in answer.iter_content(1 << 20):
            whole.update(line)
            size += len(line)
    assert size >= BYTES
    # Not the log, and not a fraction that grows with it: sanitizers alone take most of this.
    for name in ("www", "builder", "agent w1"):
        assert memory_peak(stack.process(name)) < 64 * MEMORY_SLACK, f"{name}: {memory_peak(stack.process(name))}"


def test_colours_and_carriage_returns_stay_as_they_came(stack, repository):
    steps = [{"run": r"printf '\033[31mred\033[0m\n10%%\r20%%\r100%%\nnul:\000:\n'", "name": "paint"}]
    stack.start(config=configuration(repository, change_sources=None, steps=steps))
    stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
    build = stack.rest.finished_build(1)
    raw = stack.rest.request("GET", f"api/v2/builds/{build['buildid']}/steps/paint/logs/stdio/raw").content
    assert b"\033[31mred\033[0m\n" in raw
    assert b"nul:\000:\n" in raw
    answer = stack.rest.request("GET", f"api/v2/builds/{build['buildid']}/steps/paint/logs/stdio/contents")
    assert "\033[31mred" in json.loads(answer.text)["logchunks"][0]["content"]


def test_standard_error_is_told_from_standard_output(stack, repository):
    stack.start(config=configuration(repository, change_sources=None, steps=[
        {"run": "echo out; echo err >&2", "name": "both"}]))
    stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
    build = stack.rest.finished_build(1)
    content = stack.rest.get(f"builds/{build['buildid']}/steps/both/logs/stdio/contents")[0]["content"].splitlines()
    assert {"oout", "eerr"} <= set(content)
    assert all(line[0] in "oeh" for line in content)
