# SPDX-License-Identifier: Apache-2.0
"""The contract of the REST API, part three: calls, logs, results and what the stock web UI asks (5, 7, 9, 10, 17 to 19)."""

import re

import pytest

from slipway_test import CANCELLED, EXCEPTION, FAILURE, RETRY, SKIPPED, SUCCESS, WARNINGS, wait_for
from slipway_test.contract import Contract, answer, ids, rows

contract = Contract("""
5.success 5.content_type 5.parse 5.batch 5.object 5.missing_key 5.key_types 5.version 5.path 5.no_action 5.validation
5.no_query 5.parameters_of_type 7.parents 7.triggered 7.common_parent 10.window 10.window_out_of_range 10.raw
10.raw_name 10.inline 10.prefixes 10.number_of_lines 17.results 18.home 18.builders 18.builder 18.build 18.log
18.pending 18.changes 18.workers 18.masters 18.schedulers 18.console 18.waterfall 19.inactive_builder
19.offline_worker 19.pairs 19.property_text 9.force 9.force_validation 9.stop_unknown 9.rebuild 9.enable 9.pause
9.set_priority 9.cancel 9.unsupported
""")
row, case, gives, refuses = contract.row, contract.case, contract.gives, contract.refuses


@pytest.mark.parametrize("name", contract.rows)
def test_contract(contract_world, name):
    contract.checks[name](contract_world)


# ---- 5: JSON-RPC ----

CALL = {"jsonrpc": "2.0", "id": 7, "method": "enable", "params": {"enabled": True}}


def call(world, path="schedulers/{scheduler}", body=None, content_type="application/json", query="", **changes):
    data = body if body is not None else {**CALL, **changes}
    headers = {"Authorization": f"Bearer {world.stack.admin_token}", "Content-Type": content_type}
    options = {"data": data} if isinstance(data, str) else {"json": data}
    return answer(world, path + query, "POST", headers=headers, **options)


def fails(name, status, code, text, **changes):
    """A row that a call's error tells: `text` is a pattern."""
    def check(world):
        found = call(world, **changes)
        error = found.json()["error"]
        assert (found.status_code, error["code"]) == (status, code), found.text
        assert re.fullmatch(text, error["message"]), error
        assert found.json()["jsonrpc"] == "2.0" and found.headers["Content-Type"].startswith("application/json")
    row(name)(check)


fails("5.content_type", 400, -32600, r"Invalid content-type \(use application/json\)", body="x", content_type="text/plain")
fails("5.parse", 400, -32700, r"JSON parse error: .*", body="{")
fails("5.batch", 400, -32600, "JSONRPC batch requests are not supported", body="[]")
fails("5.object", 400, -32600, "JSONRPC root object must be an object", body="7")
fails("5.version", 400, -32600, "only JSONRPC 2.0 is supported", jsonrpc="1.0")
fails("5.path", 404, -32600, "Invalid path: nowhere", path="nowhere")
fails("5.no_action", 501, -32601, "action.* is not supported", path="builds/{build}", method="dance")


@row("5.success")
def _(world):
    found = call(world)
    assert found.status_code == 200 and found.headers["Content-Type"] == "application/json"
    assert found.text == '{"id":7,"jsonrpc":"2.0","result":null}'


@row("5.missing_key")
def _(world):
    for key in CALL:
        found = call(world, body={name: value for name, value in CALL.items() if name != key})
        assert found.status_code == 400 and found.json()["error"] == {"code": -32600, "message": f"missing key '{key}'"}


@row("5.key_types")
def _(world):
    for key, value, kind in (("jsonrpc", 2, "a string"), ("method", 7, "a string"), ("params", [], "an object"),
                             ("id", [], "a string, number, or null")):
        assert call(world, **{key: value}).json()["error"] == {"code": -32600, "message": f"'{key}' must be {kind}"}


@row("5.validation")
def _(world):
    found = call(world, "forceschedulers/force", method="force", params={"builderNames": ["app"], "priority": "high"})
    assert found.status_code == 400 and found.json()["error"]["code"] == -32602
    assert list(found.json()["error"]["message"]) == ["priority"]


case("5.no_query", lambda world: call(world, query="?limit=x&nothing=1").status_code == 200)
case("5.parameters_of_type",
     lambda world: call(world, content_type="application/json; charset=utf-8").status_code == 200)

# ---- 7: what paths mean ----


@row("7.parents")
def _(world):
    assert ids(world, "changes/{change}/builds") == [world.ids.build, world.ids.build + 1]  # it triggered another
    assert ids(world, "builds/{build}/changes", "changeid") == [world.ids.change]
    assert ids(world, "masters/2/workers", "workerid") == ids(world, "masters/2/builders", "builderid") == []


gives("7.triggered", "builds/{build}/triggered_builds", [4])


@row("7.common_parent")
def _(world):
    [graph] = rows(world, "codebases/{codebase}/commit_range/{parent}/{commit}/commits_common_parent")
    assert graph == {"common": world.ids.parent, "to1": [world.ids.parent], "to2": [world.ids.parent, world.ids.commit]}


# ---- 9: control. These come last, as they leave something behind. ----

def result(world, path, method, **params):
    found = call(world, path, method=method, params=params)
    assert found.status_code == 200, found.text
    return found.json()["result"]


@row("9.force")
def _(world):
    bsid, made = result(world, "forceschedulers/force", "force", builderNames=["idle"], reason="why not",
                        username="Ada <ada@example.org>")
    [(builder, request)] = made.items()
    [found] = world.rest.get(f"buildrequests/{request}", property=["reason", "owner"])
    assert "why not" in world.rest.one(f"buildsets/{bsid}")["reason"] and str(found["builderid"]) == builder
    assert found["properties"] == {"reason": ["why not", "Force Build Form"],
                                   "owner": ["Ada <ada@example.org>", "Force Build Form"]}


@row("9.force_validation")
def _(world):
    found = call(world, "forceschedulers/force", method="force", params={"builderid": 2})
    assert found.status_code == 400 and "builderid" in found.json()["error"]["message"]


@row("9.rebuild")
def _(world):
    bsid, made = result(world, "builds/{build}", "rebuild")
    assert list(made) == [str(world.ids.builder)]
    assert world.rest.one(f"buildsets/{bsid}")["rebuilt_buildid"] == world.ids.build


@row("9.stop_unknown")
def _(world):
    assert call(world, "builds/999", method="stop", params={}).status_code == 404  # success, with Buildbot


@row("9.enable")
def _(world):
    for enabled in (False, True):
        assert result(world, "schedulers/{scheduler}", "enable", enabled=enabled) is None
        assert rows(world, "schedulers/{scheduler}")[0]["enabled"] is enabled


@row("9.pause")
def _(world):
    assert result(world, "workers/w1", "pause", reason="dust") is None
    assert world.rest.get("workers", paused="true")[0]["pause_reason"] == "dust"
    result(world, "workers/{worker}", "unpause")
    assert rows(world, "workers?paused=true") == []
    assert call(world, "workers/w1", method="dance", params={}).status_code == 501


@row("9.set_priority")
def _(world):
    result(world, "buildrequests/{waiting}", "set_priority", priority=7)
    assert rows(world, "buildrequests/{waiting}")[0]["priority"] == 7


@row("9.cancel")
def _(world):
    result(world, "buildrequests/{waiting}", "cancel", reason="enough")
    wait_for(lambda: rows(world, "buildrequests/{waiting}")[0]["results"] == CANCELLED, "the request to be cancelled")


@row("9.unsupported")
def _(world):
    for path in ("builders/{builder}", "masters/{master}", "changes/{change}", "steps/{step}", "projects/{project}"):
        found = call(world, path, method="enable", params={})
        assert (found.status_code, found.json()["error"]["code"]) == (501, -32601), found.text


# ---- 10: logs ----

def content(world, query=""):
    return rows(world, "logs/{log}/contents" + query)[0]


@row("10.window")
def _(world):
    whole = content(world)["content"]
    assert whole.endswith("\n") and content(world, "?offset=1&limit=1") == {
        "content": whole.split("\n")[1] + "\n", "firstline": 1, "logid": world.ids.log}


@row("10.window_out_of_range")
def _(world):
    assert answer(world, "logs/{log}/contents?offset=100000").status_code == 404


@row("10.raw")
def _(world):
    text = answer(world, "logs/{log}/raw").text
    assert text.startswith("Builder: app\nBuild number: 2\nWorker name: w1\n") and "\nout\nmore\n" in text


@row("10.raw_name")
def _(world):
    found = answer(world, "logs/{log}/raw").headers
    assert found["Content-Disposition"] == "attachment; filename=app_build_2_step_say_log_stdio"
    assert found["Content-Type"] == "text/plain; charset=utf-8"


@row("10.inline")
def _(world):
    inline, raw = answer(world, "logs/{log}/raw_inline"), answer(world, "logs/{log}/raw")
    assert "Content-Disposition" not in inline.headers and inline.content == raw.content


@row("10.prefixes")
def _(world):
    lines = content(world)["content"].split("\n")[:-1]
    assert {line[0] for line in lines} <= set("hoei") and {"oout", "omore", "eerr"} <= set(lines)


@row("10.number_of_lines")
def _(world):
    assert rows(world, "logs/{log}")[0]["num_lines"] == content(world)["content"].count("\n")


# ---- 17 to 19 ----

@row("17.results")
def _(world):
    assert (SUCCESS, WARNINGS, FAILURE, SKIPPED, EXCEPTION, RETRY, CANCELLED) == tuple(range(7))
    assert {build["results"] for build in rows(world, "builds?complete=true")} == {SUCCESS}
    assert rows(world, "buildrequests/{waiting}")[0]["results"] == -1


# What the pages of the stock web UI ask, page by page.
PAGES = {
    "18.home": "builds?complete=false&order=-started_at builds?complete=true&limit=20&order=-buildid builders",
    "18.builders": "builders masters workers"
                   " builds?builderid__eq=1&builderid__eq=2&limit=200&order=-started_at&property=branch",
    "18.builder": "builders/{builder} builds?builderid=1&limit=200&order=-number&property=owners&property=workername"
                  " buildrequests?builderid=1&claimed=false builders/{builder}/forceschedulers?order=name"
                  " builders/{builder}/workers?order=name",
    "18.build": "builders/{builder} builds?builderid=1&number__eq=1&number__eq=2&number__eq=3 builds/{build}/steps"
                " steps/{step}/logs builds/{build}/properties builds/{build}/changes?limit=100 buildrequests/{request}"
                " buildsets/{buildset} workers/{worker} builds/{build}/test_result_sets",
    "18.log": "builders/{builder} builds/{build}/steps?number=0 steps/{step}/logs?slug=stdio"
              " logs/{log}/contents?offset=0&limit=3",
    "18.pending": "buildrequests?claimed=false&limit=50&order=-priority&order=-submitted_at",
    "18.changes": "changes?limit=50&order=-changeid",
    "18.workers": "workers?order=name builders masters builds?limit=50&order=-buildid&property=owners",
    "18.masters": "masters workers builders builds?limit=100&order=-started_at",
    "18.schedulers": "schedulers?order=name",
    "18.console": "buildsets?limit=50&order=-submitted_at changes?limit=50&order=-changeid"
                  " buildrequests?limit=50&order=-submitted_at builds?limit=50&order=-started_at&property=got_revision"
                  " builders",
    "18.waterfall": "builders?order=name masters builds?limit=50&order=-started_at",
}
for _name, _paths in PAGES.items():
    row(_name)(lambda world, paths=_paths: [rows(world, path) for path in paths.split()])


@row("19.inactive_builder")
def _(world):
    world.stack.sql("INSERT INTO builders (name, active) VALUES ('old', false)", fetch=False)
    assert rows(world, "builders/old")[0]["masterids"] == [] and rows(world, "builders/app")[0]["masterids"] == [1]


case("19.offline_worker", lambda world: rows(world, "workers/nobody")[0]["connected_to"] == [])
case("19.pairs", lambda world: rows(world, "builds/{build}/properties")[0]["workername"] == ["w1", "Worker"])
case("19.property_text", lambda world: {"name": "workername", "source": "Worker", "value": '"w1"'}
     in rows(world, "builds/{build}/property_list"))
