# SPDX-License-Identifier: Apache-2.0
"""The contract of the REST API, part one: every path, and every field of every resource, of a system that is at work.

A row of a table is a row of Buildbot's reference; {name} is filled in from the world's ids.
"""

import pytest

BY_NUMBER, BY_NAME = "builders/{builder}/builds/{number}", "builders/app/builds/{number}"
BUILDS = ("builds/{build}", BY_NUMBER, BY_NAME)
STEPS = tuple(f"{build}/steps/{step}" for build in BUILDS for step in ("{step_number}", "say"))
STEP_LOGS = ("steps/{step}", *STEPS)
RANGE = "codebases/{codebase}/commit_range/{parent}/{commit}"

SINGLES = {
    "builders": ("builders/{builder}", "builders/app", "masters/{master}/builders/{builder}"),
    "builds": BUILDS,
    "build_data": tuple(f"{build}/data/sizes" for build in BUILDS),
    "buildrequests": ("buildrequests/{request}",),
    "buildsets": ("buildsets/{buildset}",),
    "properties": ("builds/{build}/properties", f"{BY_NUMBER}/properties", "buildsets/{buildset}/properties"),
    "changes": ("changes/{change}",),
    "changesources": ("changesources/{source}", "masters/{master}/changesources/{source}"),
    "schedulers": ("schedulers/{scheduler}", "masters/{master}/schedulers/{scheduler}"),
    "forceschedulers": ("forceschedulers/force",),
    "masters": ("masters/{master}", "builders/{builder}/masters/{master}"),
    "workers": tuple(f"{above}workers/{worker}" for worker in ("{worker}", "w1") for above in (
        "", "masters/{master}/", "builders/{builder}/", "masters/{master}/builders/{builder}/")),
    "steps": ("steps/{step}", *STEPS),
    "logs": ("logs/{log}", *(f"{step}/logs/stdio" for step in STEP_LOGS)),
    "logchunks": ("logs/{log}/contents", *(f"{step}/logs/stdio/contents" for step in STEP_LOGS)),
    "sourcestamps": ("sourcestamps/{stamp}",),
    "projects": ("projects/{project}", "projects/acme"),
    "codebases": ("codebases/{codebase}", "projects/{project}/codebases/client"),
    "branches": ("branches/{branch}",),
    "commits": ("commits/{commit}", "codebases/{codebase}/commits_by_revision/{revision}"),
    "commit_graphs": (f"{RANGE}/commits_common_parent",),
    "test_result_sets": ("test_result_sets/{results}",),
}
LISTS = {
    "rootlinks": ("",),
    "specs": ("application.spec",),
    "builders": ("builders", "masters/{master}/builders", "projects/{project}/builders", "workers/{worker}/builders"),
    "builds": ("builds", "builders/{builder}/builds", "builders/app/builds", "buildrequests/{request}/builds",
               "changes/{change}/builds", "workers/{worker}/builds", "builds/{build}/triggered_builds"),
    "build_data": tuple(f"{build}/data" for build in BUILDS),
    "buildrequests": ("buildrequests", "builders/{builder}/buildrequests"),
    "buildsets": ("buildsets",),
    "_properties": ("builds/{build}/property_list", "buildsets/{buildset}/properties_list"),
    "changes": ("changes", "builds/{build}/changes", f"{BY_NUMBER}/changes", "sourcestamps/{stamp}/changes"),
    "changesources": ("changesources", "masters/{master}/changesources"),
    "schedulers": ("schedulers", "masters/{master}/schedulers"),
    "forceschedulers": ("forceschedulers", "builders/{builder}/forceschedulers"),
    "masters": ("masters", "builders/{builder}/masters"),
    "workers": ("workers", "masters/{master}/workers", "builders/{builder}/workers",
                "masters/{master}/builders/{builder}/workers"),
    "steps": tuple(f"{build}/steps" for build in BUILDS),
    "logs": tuple(f"{step}/logs" for step in STEP_LOGS),
    "sourcestamps": ("sourcestamps", "buildsets/{buildset}/sourcestamps"),
    "projects": ("projects",),
    "codebases": ("codebases",),
    "branches": ("codebases/{codebase}/branches",),
    "commits": ("codebases/{codebase}/commits",),
    "test_result_sets": ("test_result_sets", "builders/{builder}/test_result_sets", "builders/app/test_result_sets",
                         "builds/{build}/test_result_sets", "steps/{check}/test_result_sets", f"{RANGE}/test_result_sets"),
    "test_results": ("test_result_sets/{results}/results",),
}
# {n}/changes/…/properties_list fails in Buildbot; here it is empty for a change without properties.
EMPTY = ("changes/{change}/properties_list",)
BYTES = tuple(f"{log}/{form}" for form in ("raw", "raw_inline")
              for log in ("logs/{log}", *(f"{step}/logs/stdio" for step in STEP_LOGS))) + tuple(
                  f"{build}/data/sizes/value" for build in BUILDS)

# A type ends in "?" where null may stand; [] is a list, {} an object, an "=" gives the only value there is.
FIELDS = {
    "builds/{build}": "buildid int, number int, builderid int, buildrequestid int, masterid int, workerid int?,"
                      " started_at int, complete bool, complete_at int?, locks_duration_s int, results int?,"
                      " state_string str, properties {}",
    "builders/{builder}": "builderid int, name str, masterids [int], description str?, description_format str?,"
                          " description_html str?, projectid int?, tags [str]",
    "buildrequests/{request}": "buildrequestid int, buildsetid int, builderid int, priority int, claimed bool,"
                               " claimed_at int?, claimed_by_masterid int?, complete bool, results int,"
                               " submitted_at int, complete_at int?, waited_for bool, properties {}?",
    "buildsets/{buildset}": "bsid int, external_idstring str?, reason str, rebuilt_buildid int?, submitted_at int,"
                            " complete bool, complete_at int?, results int, sourcestamps [dict], parent_buildid int?,"
                            " parent_relationship str?",
    "builds/{build}/property_list": "name str, source str, value str",
    "changes/{change}": "changeid int, parent_changeids [int], author str, committer str?, files [str], comments str,"
                        " revision str?, when_timestamp int, branch str?, category str?, revlink str?, properties {},"
                        " repository str, project str, codebase str, sourcestamp {}",
    "changesources/{source}": "changesourceid int, name str, master {}?",
    "schedulers/{scheduler}": "schedulerid int, name str, enabled bool, master {}?",
    "masters/{master}": "masterid int, name str, active bool, last_active int",
    "forceschedulers/force": "name str, button_name str, label str, builder_names [str], enabled bool, all_fields [dict]",
    "workers/{worker}": "workerid int, name str, connected_to [dict], configured_on [dict], workerinfo {}, paused bool,"
                        " pause_reason str?, graceful bool",
    "steps/{step}": "stepid int, number int, name str, buildid int, started_at int?, locks_acquired_at int?,"
                    " complete bool, complete_at int?, results int?, state_string str, urls [dict], hidden bool",
    "logs/{log}": "logid int, name str, slug str, stepid int, complete bool, num_lines int, type str",
    "logs/{log}/contents": "logid int, firstline int, content str",
    "sourcestamps/{stamp}": "ssid int, revision str?, branch str?, repository str, project str, codebase str,"
                            " patch {}?, created_at int",
    "projects/{project}": "projectid int, name str, slug str, active bool?, description str?, description_format str?,"
                          " description_html str?",
    "codebases/{codebase}": "codebaseid int, projectid int, name str, slug str",
    "branches/{branch}": "branchid int, codebaseid int, name str, commitid int?, last_timestamp int",
    "commits/{commit}": "commitid int, codebaseid int, author str, committer str?, comments str, when_timestamp int,"
                        " revision str, parent_commitid int?",
    f"{RANGE}/commits_common_parent": "common int, to1 [int], to2 [int]",
    "builds/{build}/data/sizes": "buildid int, name str, length int, source str, value None?",
    "test_result_sets/{results}": "test_result_setid int, builderid int, buildid int, stepid int, description str?,"
                                  " category str, value_unit str, tests_passed int?, tests_failed int?, complete bool",
    "test_result_sets/{results}/results": "test_resultid int, builderid int, test_result_setid int, test_name str?,"
                                          " test_code_path str?, line int?, duration_ns int?, value str",
    "": "name str",
    "application.spec": "path str, plural str, type str, type_spec {}",
}
TYPES = {"int": int, "str": str, "bool": bool, "{}": dict, "[int]": list, "[str]": list, "[dict]": list,
         "None": type(None)}
MEMBERS = {"[int]": int, "[str]": str, "[dict]": dict}


def pairs(table):
    return [(plural, path) for plural, paths in table.items() for path in paths]


def ask(world, path):
    answer = world.rest.request("GET", "api/v2/" + path.format(**vars(world.ids)))
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer


@pytest.mark.parametrize("plural,path", pairs(SINGLES), ids=lambda value: value)
def test_a_single_resource_is_a_list_of_one(contract_world, plural, path):
    document = ask(contract_world, path).json()
    assert set(document) == {plural, "meta"} and document["meta"] == {}
    assert len(document[plural]) == 1


@pytest.mark.parametrize("plural,path", pairs(LISTS), ids=lambda value: value)
def test_a_collection_tells_its_total(contract_world, plural, path):
    document = ask(contract_world, path).json()
    assert set(document) == {plural, "meta"} and document["meta"] == {"total": len(document[plural])}
    assert document[plural], "the world has one of everything"


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_collection(contract_world, path):
    assert ask(contract_world, path).json()["meta"] == {"total": 0}


@pytest.mark.parametrize("path", BYTES)
def test_what_is_no_json(contract_world, path):
    answer = ask(contract_world, path)
    saved = answer.headers.get("Content-Disposition", "")
    assert saved == "" if path.endswith("raw_inline") else saved.startswith("attachment; filename=")
    if path.endswith("value"):
        assert answer.headers["Content-Type"] == "application/octet-stream" and answer.content == b"a b"
    else:
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8" and b"out\nmore\n" in answer.content


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_has_its_type(contract_world, path):
    document = ask(contract_world, path).json()
    document.pop("meta")
    [found] = document.values()
    wanted = dict(row.split() for row in FIELDS[path].split(","))
    for resource in found:
        assert set(wanted) <= set(resource), f"missing: {set(wanted) - set(resource)}"
        for name, kind in wanted.items():
            check(name, kind, resource[name])


def check(name, kind, value):
    if value is None:
        assert kind.endswith("?"), f"{name} is null"
        return
    kind = kind.rstrip("?")
    # A truth value counts as a number with Python, and is none in JSON.
    assert isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "bool"), f"{name}: {value!r}"
    if kind in MEMBERS:
        assert all(isinstance(member, MEMBERS[kind]) for member in value), f"{name}: {value!r}"


def test_properties_are_pairs_of_value_and_source(contract_world):
    [properties] = ask(contract_world, "builds/{build}/properties").json()["properties"]
    assert all(len(pair) == 2 and isinstance(pair[1], str) for pair in properties.values())
    assert properties["branch"][0] == "main"


def test_workerinfo_has_the_four_of_buildbot(contract_world):
    [worker] = ask(contract_world, "workers/w1").json()["workers"]
    assert {"admin", "host", "access_uri", "version"} <= set(worker["workerinfo"])
    assert worker["connected_to"] == [{"masterid": 1}]
    assert {"builderid": contract_world.ids.builder, "masterid": 1} in worker["configured_on"]
    [stranger] = ask(contract_world, "workers/nobody").json()["workers"]
    assert stranger["connected_to"] == [] and stranger["workerinfo"] == {}
