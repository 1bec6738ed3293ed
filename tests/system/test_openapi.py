# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document: it is valid, the UI's types are those of it, and a TypeScript client generated from it lists, forces, waits and reads."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from slipway_test import SUCCESS, configuration

FOLDER = pathlib.Path(__file__).parents[1] / "openapi"
UI = pathlib.Path(__file__).parents[2] / "services" / "www" / "ui"
TOOLS = FOLDER / "node_modules" / ".bin"


@pytest.fixture
def workshop(tmp_path):
    """The client's sources in a folder of their own: what is generated from them is no part of the checkout."""
    assert TOOLS.is_dir(), "run: npm ci --prefix tests/openapi"
    for name in ("answers.js", "demo.ts", "lint.js", "package.json", "tsconfig.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    os.symlink(FOLDER / "node_modules", tmp_path / "node_modules")
    return tmp_path


def run(folder, *argv):
    done = subprocess.run([str(word) for word in argv], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{argv[0]} {argv[1]}: {done.stdout}\n{done.stderr}"
    return done.stdout


def fetch(stack, folder):
    """Writes the document as one replica serves it; both aliases are the same, whoever asks."""
    answer = stack.rest.request("GET", "api/v2/openapi.json")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert stack.rest.request("GET", "api/latest/openapi.json").content == answer.content
    path = folder / "openapi.json"
    path.write_bytes(answer.content)
    return path


def test_the_document_is_valid_and_a_generated_client_runs_the_demo(stack, repository, workshop):
    stack.start(config=configuration(repository, change_sources=None, steps=[{"run": "echo from the demo", "name": "say"}],
                                     schedulers=[{"type": "force", "name": "force", "builders": ["app"]}]))
    document = fetch(stack, workshop)
    run(UI, "node", "types.mjs", "--check", document)
    assert " 0 problems" in " " + run(workshop, "node", "lint.js", document)

    run(workshop, TOOLS / "openapi-typescript", document, "-o", "schema.d.ts")
    run(workshop, TOOLS / "tsc")
    seen = json.loads(run(workshop, "node", "demo.js", stack.url, stack.admin_token, "app", "force"))
    assert seen["builders"] == ["app"] and seen["results"] == SUCCESS and seen["number"] == 1
    assert "say" in seen["steps"] and "from the demo" in seen["lines"]
    assert "builders/1/builds/1" in seen["found"] and seen["missing"] == 404

    values = {"builder": "app", "schedulername": "force", "worker": "w1", "step": "say", "log_slug": "stdio"}
    answers = json.loads(run(workshop, "node", "answers.js", document, stack.url, stack.admin_token, json.dumps(values)))
    assert not answers["wrong"], "\n".join(answers["wrong"])
    assert answers["checked"] > 60, answers


def test_the_paths_and_types_are_told_as_buildbot_does(stack):
    stack.start("www", agents=())
    specs = {spec["path"]: spec for spec in stack.rest.get("application.spec")}
    build = specs["builders/n:builderid/builds/n:number"]
    assert (build["type"], build["plural"]) == ("build", "builds")
    fields = {field["name"]: field["type_spec"] for field in build["type_spec"]["fields"]}
    assert fields["results"] == {"name": "integer", "can_be_null": True}
    assert fields["properties"] == {"name": "sourcedproperties"}
    assert specs["logs/n:logid/contents"]["plural"] == "logchunks"
    assert specs["steps/n:stepid/logs/i:log_slug"]["type"] == "log"
