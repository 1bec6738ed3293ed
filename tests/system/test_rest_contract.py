# SPDX-License-Identifier: Apache-2.0
"""The contract of the REST API, part two: what Buildbot's reference says of answers, queries and errors (1 to 4)."""

import json

import pytest

from slipway_test.contract import Contract, answer, ids, rows

contract = Contract("""
1.api 1.latest 1.head 1.change_hook 2.envelope 2.total 2.sorted 2.compact 2.pretty 2.head 2.no_cache 2.times
2.null_bytes 2.ascii 2.no_trailing_slash 2.decoded 2.number_first 2.leading_zero 3.field 3.field_unknown 3.order
3.order_nulls 3.order_unknown 3.order_unselected 3.limit 3.limit_first 3.limit_zero 3.limit_wrong 3.offset_wrong
3.property 3.property_all 3.property_request 3.property_idle 3.equal 3.any_of 3.unknown_op 3.unknown_field_op
3.unknown_parameter 3.bad_value 3.filter_unselected 3.single_filter 3.single_order 3.eq 3.ne 3.ne_many 3.compare
3.compare_many 3.contains_text 3.contains_text_many 3.contains_list 3.contains_list_many 3.in 3.notin
3.last_underscores 3.booleans 3.boolean_wrong 3.opaque 3.claimed 3.claimed_by_master 3.complete 3.buildset_complete
3.workers_paused 3.projects_active 3.sets_complete 3.codebases_project 3.changes_columns 3.newest_changes
3.total_after_filter 4.invalid_path 4.not_found 4.bad_query 4.origin 4.unknown_parent
""")
row, case, gives, refuses = contract.row, contract.case, contract.gives, contract.refuses


@pytest.mark.parametrize("name", contract.rows)
def test_contract(contract_world, name):
    contract.checks[name](contract_world)


# ---- 1 and 2: paths, envelope, encoding ----

@row("1.api")
def _(world):
    found = world.rest.request("GET", "api")
    assert list(found.json()["api_versions"]) == ["v2"] and found.headers["Content-Type"].startswith("application/json")


@row("1.latest")
def _(world):
    assert world.rest.request("GET", "api/latest/builds").json() == answer(world, "builds").json()


@row("1.head")
def _(world):
    assert answer(world, "builds", "HEAD").status_code == 200


@row("1.change_hook")
def _(world):
    assert world.rest.request("GET", "change_hook/nothing").status_code == 400


@row("2.envelope")
def _(world):
    one = answer(world, "builds/{build}").json()
    assert list(one) == ["builds", "meta"] and len(one["builds"]) == 1 and one["meta"] == {}


@row("2.total")
def _(world):
    assert answer(world, "builds?limit=1").json()["meta"] == {"total": 4}


@row("2.sorted")
def _(world):
    for path in ("builds/{build}", "buildsets/{buildset}", "forceschedulers", "changes/{change}"):
        text = answer(world, path).text
        assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


@row("2.compact")
def _(world):
    found = answer(world, "masters", headers={"Accept": "text/html, application/json;q=0.5"})
    assert found.headers["Content-Type"] == "application/json; charset=utf-8" and "\n" not in found.text


@row("2.pretty")
def _(world):
    found = answer(world, "masters", headers={"Accept": "*/*"})
    assert found.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert found.text.startswith('{\n  "masters": [\n    {\n      "active": true,')


@row("2.head")
def _(world):
    whole = answer(world, "builds", headers={"Accept-Encoding": "identity"})
    head = answer(world, "builds", "HEAD", headers={"Accept-Encoding": "identity"})
    assert head.content == b"" and head.headers["Content-Length"] == str(len(whole.content))


@row("2.no_cache")
def _(world):
    found = answer(world, "builds").headers
    assert "Expires" not in found and "Pragma" not in found


@row("2.times")
def _(world):
    assert all(isinstance(build["started_at"], int) for build in rows(world, "builds"))


@row("2.null_bytes")
def _(world):
    assert rows(world, "builds/{build}/data/sizes")[0]["value"] is None


@row("2.ascii")
def _(world):
    world.stack.sql(f"UPDATE builds SET state_string = 'bu\u00efld' WHERE buildid = {world.ids.build}", fetch=False)
    found = answer(world, "builds/{build}?field=state_string")
    assert "bu\\u00efld" in found.text.lower() and found.json()["builds"] == [{"state_string": "bu\u00efld"}]


refuses("2.no_trailing_slash", "builds/", "Invalid path: builds/", 404)
gives("2.decoded", "builders/%61pp/builds", [1, 3])
gives("2.number_first", "builders/1/builds", [1, 3])
gives("2.leading_zero", "builds/003", [3])

# ---- 3: queries. Builds 1 and 3 are app's 1 and 2, builds 2 and 4 are part's; all succeeded. ----

case("3.field", lambda world: rows(world, "builds?field=number&field=buildid&limit=1") == [{"number": 1, "buildid": 1}])
refuses("3.field_unknown", "builds?field=f", "no such field 'f'")
gives("3.order", "builds?order=-number&order=-buildid", [4, 3, 2, 1])
gives("3.order_nulls", "builds?order=environment&order=-buildid&limit=2", [4, 3])
refuses("3.order_unknown", "builds?order=-f", "no such field 'f'")
refuses("3.order_unselected", "builds?field=number&order=buildid", "cannot order on un-selected fields")
gives("3.limit", "builds?order=-buildid&limit=2&offset=1", [3, 2])
gives("3.limit_first", "builds?limit=1&limit=3", [1])
gives("3.limit_zero", "builds?limit=0", [])
refuses("3.limit_wrong", "builds?limit=many", "invalid limit")
refuses("3.offset_wrong", "builds?offset=1.5", "invalid offset")
refuses("3.unknown_parameter", "builds?x=1", "unrecognized query parameter 'x'")
refuses("3.bad_value", "builds?number__gt=x", "invalid filter value for number__gt")
refuses("3.filter_unselected", "builds?field=number&buildid=1", "cannot filter on un-selected fields")
refuses("3.single_filter", "builds/{build}?number=1", "this is not a collection")
gives("3.single_order", "builds/{build}?order=-buildid&limit=5&offset=9&field=buildid", [3])
gives("3.unknown_op", "builds?number__like=7", [1, 2, 3, 4])
gives("3.unknown_field_op", "builds?nothing__eq=7", [1, 2, 3, 4])
gives("3.equal", "builds?builderid=1", [1, 3])
gives("3.any_of", "builds?buildid__eq=1&buildid__eq=4&buildid__eq=99", [1, 4])
gives("3.eq", "builds?buildid__eq=2", [2])
gives("3.ne", "builds?buildid__ne=2", [1, 3, 4])
gives("3.ne_many", "builds?buildid__ne=2&buildid__ne=3", [1, 4])
gives("3.compare", "builds?buildid__gt=1&buildid__le=3&buildid__lt=99&buildid__ge=2", [2, 3])
gives("3.compare_many", "builds?buildid__gt=1&buildid__gt=3", [1, 2, 3, 4])
gives("3.contains_text", "builders?name__contains=pp", [1], "builderid")
gives("3.contains_text_many", "builders?name__contains=pp&name__contains=ar", [1, 2], "builderid")
gives("3.contains_list", "builders?tags__contains=fast", [1], "builderid")
gives("3.contains_list_many", "builders?tags__contains=slow&tags__contains=main", [1], "builderid")
gives("3.in", "builds?buildid__in=1&buildid__in=2", [1, 2])
gives("3.notin", "builds?buildid__notin=1&buildid__notin=2", [3, 4])
gives("3.last_underscores", "builds?a__b__eq=1", [1, 2, 3, 4])
refuses("3.boolean_wrong", "builds?complete=maybe", "invalid filter value for complete")
refuses("3.opaque", "builds?properties=x", "invalid filter value for properties")
gives("3.claimed_by_master", "buildrequests?claimed_by_masterid=1&claimed=false", [1, 2, 3, 4], "buildrequestid")
gives("3.complete", "buildrequests?complete=false", [5], "buildrequestid")
gives("3.buildset_complete", "buildsets?complete=false", [5], "bsid")
gives("3.workers_paused", "workers?paused=true", [], "workerid")
gives("3.projects_active", "projects?active=true", [1], "projectid")
gives("3.sets_complete", "test_result_sets?complete=false", [], "test_result_setid")
gives("3.codebases_project", "codebases?projectid=1", [1], "codebaseid")
gives("3.newest_changes", "changes?order=-changeid&limit=1", [2], "changeid")


@row("3.booleans")
def _(world):
    for yes, no in (("on", "off"), ("true", "FALSE"), ("Yes", "no"), ("1", "0")):
        assert ids(world, f"builds?complete={yes}") == [1, 2, 3, 4] and ids(world, f"builds?complete={no}") == []


@row("3.claimed")
def _(world):
    assert ids(world, "buildrequests?claimed=false", "buildrequestid") == [world.ids.waiting]
    assert ids(world, "buildrequests?claimed=true", "buildrequestid") == [1, 2, 3, 4]
    assert ids(world, "buildrequests?claimed_by_masterid=0&claimed=false", "buildrequestid") == [world.ids.waiting]


@row("3.changes_columns")
def _(world):
    change = rows(world, "changes/{change}")[0]
    for column in ("changeid", "author", "committer", "comments", "branch", "revision", "when_timestamp", "repository",
                   "codebase", "project"):
        found = world.rest.get("changes", **{column: change[column]})
        assert change["changeid"] in [c["changeid"] for c in found], column
    assert world.rest.get("changes", category="x") == world.rest.get("changes", revlink="x") == []


@row("3.property")
def _(world):
    assert rows(world, "builds/{build}")[0]["properties"] == {}
    assert rows(world, "builds/{build}?property=workername&property=nothing")[0]["properties"] == {
        "workername": ["w1", "Worker"]}


@row("3.property_all")
def _(world):
    [build] = rows(world, "builds/{build}?property=*")
    assert build["properties"] == rows(world, "builds/{build}/properties")[0]


@row("3.property_request")
def _(world):
    assert rows(world, "buildrequests/{request}")[0]["properties"] is None
    assert "scheduler" in rows(world, "buildrequests/{request}?property=*")[0]["properties"]


case("3.property_idle", lambda world: rows(world, "workers?property=x"))


@row("3.total_after_filter")
def _(world):
    assert answer(world, "builds?builderid=1&limit=1").json()["meta"]["total"] == 2
    assert answer(world, "builders?name=app").json()["meta"]["total"] == 1

# ---- 4: errors ----

refuses("4.invalid_path", "a/b/c", "Invalid path: a/b/c", 404)
refuses("4.bad_query", "workers?x=1", "unrecognized query parameter 'x'")
gives("4.unknown_parent", "builders/999/builds", [])


@row("4.not_found")
def _(world):
    found = answer(world, "builds/999")
    assert found.status_code == 404 and found.json()["error"].startswith("not found while getting from")


@row("4.origin")
def _(world):
    found = answer(world, "builds", headers={"Origin": "http://evil.example"})
    assert (found.status_code, found.json()) == (400, {"error": "invalid origin"})
