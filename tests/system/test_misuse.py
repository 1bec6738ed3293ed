# SPDX-License-Identifier: Apache-2.0
"""What people get wrong or try on purpose: each has an answer that says what and where, and everything goes on."""

import base64
import json
import os
import uuid

import pytest
import requests

from slipway_test import EXCEPTION, FAILURE, SUCCESS, GitServer, NatsServer, Plant, RestError, Stack

PARAMETERS = [
    {"type": "string", "name": "version", "regex": "^v[0-9]+$", "default": "v1", "maxsize": 8},
    {"type": "text", "name": "notes"},
    {"type": "int", "name": "jobs", "default": 2},
    {"type": "bool", "name": "fast"},
    {"type": "choice", "name": "channel", "choices": ["beta", "stable"], "default": "beta"},
    {"type": "choice", "name": "targets", "choices": ["a", "b"], "multiple": True},
    {"type": "worker_choice", "name": "workername"},
    {"type": "inherit_build", "name": "inherited"},
    {"type": "file", "name": "recipe", "maxsize": 16},
    {"type": "any_property", "name": "extra"},
    {"type": "nested", "name": "package", "fields": [{"name": "major", "type": "int", "required": True, "default": 1}]},
    {"type": "patch", "name": "patch"},
]


def problems_of(call, *words, **params):
    with pytest.raises(RestError) as caught:
        call(*words, **params)
    return caught.value.status, caught.value.response.json()["error"]["message"]


@pytest.fixture(scope="module")
def forms(tmp_path_factory, shared_postgres):
    folder = tmp_path_factory.mktemp("forms")
    nats = NatsServer(folder).start()
    stack = Stack(folder / "stack", shared_postgres.create_database(), nats.url)
    try:
        stack.start("builder", "www", agents=(), config={
            "builders": [{"name": "app", "steps": [{"run": "true"}]}],
            "schedulers": [{"type": "force", "name": "force", "builders": ["app"], "parameters": PARAMETERS},
                           {"type": "try", "name": "try", "builders": ["app"]}]})
        yield stack
        stack.stop()
    finally:
        stack.destroy()
        nats.stop()


@pytest.mark.parametrize("field, value", [
    ("version", "1"), ("version", "v123456789"), ("version", {"a": 1}),
    ("jobs", "many"), ("jobs", "99999999999999999999999"), ("jobs", [[]]), ("jobs", 1.5),
    ("channel", "gamma"), ("channel", {"beta": 1}), ("targets", ["a", "c"]), ("targets", [["a"]]),
    ("workername", "nobody"), ("inherited", "app/9"), ("inherited", "nonsense"), ("inherited", {"a": []}),
    ("recipe", "x" * 17), ("extra_name", "a b\n"), ("package_major", "one"), ("package_major", ""),
    ("patch_level", "deep"), ("builderNames", ["nobody"]), ("builderNames", 7),
    ("priority", "high"), ("branch", {"x": []}), ("reason", [[1]]),
])
def test_a_field_that_is_filled_in_wrong_is_named(forms, field, value):
    before = len(forms.rest.get("buildsets"))
    status, message = problems_of(forms.rest.control, "forceschedulers/force", "force",
                                  **{"package_major": "1", field: value})
    assert status == 400, message
    assert field in json.dumps(message) or field.split("_")[0] in json.dumps(message), message
    assert len(forms.rest.get("buildsets")) == before


@pytest.mark.parametrize("params, word", [
    ({"builders": "app"}, "builders"), ({"builders": ["nobody"]}, "nobody"), ({"builders": [7]}, "builder"),
    ({"properties": []}, "properties"), ({"patch": "x"}, "patch"), ({"patch": {}}, "body"),
    ({"patch": {"body": "%%%", "encoding": "base64"}}, "base64"), ({"patch": {"body": "x", "encoding": "rot13"}}, "encoding"),
    ({"patch": {"body": "x", "level": -1}}, "level"), ({"patch": {"body": "x", "level": 1e99}}, "level"),
    ({"patch": {"body": base64.b64encode(b"x" * (11 << 20)).decode(), "encoding": "base64"}}, "bytes"),
    ({"patch": {"body": "x", "subdir": "../.."}}, "leaves the checkout"),
    ({"patch": {"body": "x", "subdir": "/etc"}}, "leaves the checkout"),
    ({"branch": 7}, "branch"), ({"baserev": {}}, "baserev"), ({"jobid": []}, "jobid"), ({"who": 1}, "who"),
])
def test_a_wrong_try_is_refused(forms, params, word):
    before = len(forms.rest.get("buildsets"))
    status, message = problems_of(forms.rest.control, "tryschedulers/try", "try", **params)
    assert 400 <= status < 500 and word in str(message), (status, message)
    assert len(forms.rest.get("buildsets")) == before


ODD_NAMES = ["a b.txt", "ä€.txt", "x?y#z.txt", "50%.txt", "%2e%2e.txt", "quote\"s'.txt", "<script>.html", "back\\slash", "-rf",
             "...", "CON", ";rm -rf ~", "x" * 240]


def test_artifacts_may_have_odd_names(shared_plant):
    made = {"name": "make", "run": ["python3", "-c", "import os, sys\nos.mkdir('d')\nfor n in sys.argv[1:]: "
                                    "open(os.path.join('d', n), 'w').write(n)", *ODD_NAMES]}
    forced = shared_plant.build(made, {"upload_directory": "d"})
    build = forced.finished()
    assert build["results"] == SUCCESS, (forced.verdict(), forced.log(2).content())
    rows = shared_plant.rest.get(f"builds/{build['buildid']}/artifacts")
    by_name = {row["name"].rsplit("/", 1)[-1]: row for row in rows}
    assert set(by_name) == set(ODD_NAMES), forced.log(2).content()
    for name, row in by_name.items():
        path = requests.utils.quote(row["name"], safe="/")
        for address in (f"artifacts/{row['artifactid']}/raw", f"builds/{build['buildid']}/artifacts/{path}"):
            answer = shared_plant.rest.request("GET", f"api/v2/{address}")
            assert (answer.status_code, answer.text) == (200, name), address
            assert "\n" not in answer.headers.get("Content-Disposition", "")


@pytest.mark.parametrize("path", ["..%2f..%2fetc%2fpasswd", "%00", "a%ff", "a" * 5000, "%2e%2e", "."])
def test_an_artifact_that_is_none_is_not_found(shared_plant, path):
    build = shared_plant.build({"run": "true"}).finished()
    answer = shared_plant.rest.request("GET", f"api/v2/builds/{build['buildid']}/artifacts/{path}")
    assert answer.status_code in (400, 404, 414), answer.text


# What a repository may not do.

def nested(levels):
    return "steps:\n- " + "".join("{group: {name: g, steps: [" for _ in range(levels)) + "{run: 'true'}" + "]}}" * levels + "\n"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)) + "steps: *m\n"

OWN_FILES = {
    "a secret in a text": "steps:\n- run: echo %(secret:word)s\n",
    "a secret in the environment": "steps:\n- {run: 'true', env: {A: '%(secret:word)s'}}\n",
    "a secret in a modifier": "steps:\n- run: echo %(prop:none:-%(secret:word)s)s\n",
    "a secret in a default": "steps:\n- {write_file: {path: x, json: {a: ['%(secret:word)s']}}}\n",
    "a secret by a lock": "steps:\n- {run: 'true', locks: [{lock: '%(secret:word)s'}]}\n",
    "a trigger": "steps:\n- {trigger: {schedulers: [force]}}\n",
    "a trigger in a group": "steps:\n- {group: {name: g, parallel: true, steps: [{trigger: [force]}]}}\n",
    "a lock": "steps:\n- {run: 'true', locks: [board]}\n",
    "a template": "steps:\n- {template: t}\n",
    "a way out of its folder": "steps:\n- {run: 'true', workdir: ../../..}\n",
    "a way out by a file": "steps:\n- {upload: ../../../etc/passwd}\n",
    "a worker": "workers: [{name: w, password: x}]\nsteps: [{run: 'true'}]\n",
    "another section": "secrets: {}\nnotifiers: []\nsteps: [{run: 'true'}]\n",
    "its own file": "steps:\n- {repository_steps: {}}\n",
    "ten megabytes": "# " + "x" * (10 << 20) + "\nsteps: [{run: 'true'}]\n",
    "deep nesting": "steps: " + "[" * 100_000,
    "deep groups": nested(500),
    "a bomb": BOMB,
    "a tag": "steps:\n- run: !!python/object/apply:os.system ['id']\n",
    "nothing": "",
    "a list": "- a\n",
    "a text": "steps\n",
    "no steps": "steps: []\n",
    "too many steps": "steps:\n" + "- run: 'true'\n" * 1001,
    "bytes that are none": "steps:\n- run: \"\\0\"\n",
    "an absurd time": "steps:\n- {run: 'true', timeout: 99999999999999999999d}\n",
    "an absurd number": "steps:\n- {run: 'true', max_lines: 99999999999999999999}\n",
    "an absurd condition": "steps:\n- {run: 'true', do_step_if: '" + "(" * 5000 + "'}\n",
    "an absurd expression": "steps:\n- {run: 'true', do_step_if: \"prop.a =~ '(a*)*b'\"}\n",
    "a secret in a condition": "steps:\n- {run: 'true', do_step_if: \"secret.word == 'x'\"}\n",
    "an absurd form": "steps:\n- run: '" + "%(prop:a:-" * 2000 + "'\n",
    "an absurd name": "steps:\n- {run: 'true', name: '" + "n" * 1000 + "'}\n",
}


@pytest.fixture(scope="module")
def visited(tmp_path_factory, shared_postgres):
    """A plant whose builder takes the repository's own file, and that repository."""
    folder = tmp_path_factory.mktemp("visited")
    nats, git = NatsServer(folder).start(), GitServer(folder).start()
    stack = Stack(folder / "stack", shared_postgres.create_database(), nats.url)
    (stack.secrets / "word").write_text("correct horse")
    try:
        plant = Plant(stack, config={"locks": [{"name": "board"}], "templates": {"t": {"steps": [{"run": "true"}]}}})
        plant.repository = git.repository("own")
        plant.name = plant.add_builder({"git": {}}, repository_file=True)
        yield plant
        stack.stop()
    finally:
        stack.destroy()
        git.stop()
        nats.stop()


@pytest.mark.parametrize("what", OWN_FILES)
def test_a_repository_may_not_have(visited, what):
    visited.repository.commit(what, {".slipway.yml": OWN_FILES[what]})
    forced = visited.force(visited.name, repository=visited.repository.url, branch="main")
    result, state, verdicts = forced.verdict()
    assert result == FAILURE, (state, verdicts)
    assert list(verdicts) == ["git", "repository_steps"], verdicts
    words = forced.log(2).content()
    assert "correct horse" not in words and ".slipway.yml" in words and len(words) < 1_000_000, words


def test_a_link_is_no_file_of_the_repository(visited):
    forced = visited.build({"git": {}}, {"run": "rm -f .slipway.yml; mkdir .slipway.yml"}, repository_file=True,
                           source={"repository": visited.repository.url, "branch": "main"})
    assert forced.verdict()[0] == FAILURE


# Steps with absurd values.

@pytest.fixture
def absurd(shared_plant):
    """Builders with such steps are no part of later files."""
    kept = list(shared_plant._builders)
    yield shared_plant
    shared_plant._builders[:] = kept


@pytest.mark.parametrize("step, result, word", [
    ({"run": "echo x", "initial_stdin": "y\n" * 20_000}, SUCCESS, ""),
    ({"run": ["no-such-program"]}, FAILURE, "no-such-program"),
    ({"run": ["/"]}, FAILURE, "/"),
    ({"run": "true", "workdir": "%(prop:up)s"}, EXCEPTION, ""),
    ({"run": "true", "env": {"A": "%(prop:long)s"}}, FAILURE, ""),
    ({"run": "%(prop:nothing)s"}, SUCCESS, ""),
    ({"mkdir": "%(prop:nothing)s"}, FAILURE, "a path is empty"),
    ({"rmdir": "%(prop:nothing)s"}, FAILURE, "a path is empty"),
    ({"http": {"url": "http://127.0.0.1:1/"}}, None, ""),
    ({"http": {"url": "%(prop:nothing:-file:///etc/passwd)s"}}, None, ""),
    ({"set_property": {"property": "p", "command": "head -c 3000000 /dev/zero | tr '\\0' x"}}, FAILURE, "larger than 1 MiB"),
    ({"set_property": {"property": "p", "command": "printf '[%.0s' $(seq 100000)", "json": True}}, None, ""),
    ({"download": {"artifact": "../../*", "to": "x"}}, None, ""),
    ({"download": {"artifact": "x", "to": "%(prop:up)s/x"}}, None, ""),
    ({"write_file": {"path": "%(prop:up)s/x", "content": "x"}}, FAILURE, ""),
    ({"write_file": {"path": "%(prop:root)sslipway-misuse", "content": "x"}}, FAILURE, ""),
    ({"test": {"command": "mkfifo f.xml", "reports": [{"format": "junit", "files": "*.xml"}]}}, SUCCESS, ""),
    ({"test": {"command": "yes '<a>' | head -n 100000 >f.xml", "reports": [{"format": "junit", "files": "*.xml"}]}},
     FAILURE, "nest too deep"),
    ({"run": "true", "log_files": {"l": "f"}, "workdir": "no/such"}, SUCCESS, ""),
    ({"git": {"repository": "--upload-pack=touch /tmp/slipway-misuse"}}, None, ""),
    ({"git": {"repository": "ext::sh -c 'touch /tmp/slipway-misuse'"}}, None, ""),
    ({"git_tag": "%(prop:nothing:---help)s"}, None, ""),
])
def test_a_step_with_absurd_values_ends(absurd, step, result, word):
    # A name, and so a folder, of its own: what one leaves behind is in nobody's way.
    name = absurd.add_builder(step, name=f"absurd-{uuid.uuid4().hex[:8]}",
                              properties={"long": "x" * 140_000, "up": "../..", "root": "/tmp/"})
    forced = absurd.force(name)
    over = forced.verdict()
    said = forced.log(1).content() if forced.steps() else ""
    print(over, said[:1000])
    if result is not None:
        assert over[0] == result, over
    else:
        assert over[0] in (FAILURE, EXCEPTION), over
    assert word in said
    assert not os.path.exists("/tmp/slipway-misuse")
    # The agent is alive.
    assert absurd.build({"run": "true"}).verdict()[0] == SUCCESS


def test_a_secret_of_three_characters_is_refused(shared_plant):
    (shared_plant.stack.secrets / "tiny").write_text("abc")
    result, state, _ = shared_plant.build({"run": "echo %(secret:tiny)s"}).verdict()
    assert result == EXCEPTION and "tiny" in state and "abc" not in state, state


def agent_call(stack, method, path, token, attempt="x", **options):
    headers = {"Authorization": f"Bearer {token}", "Slipway-Attempt": attempt}
    return requests.request(method, f"{stack.service_url('builder')}/agent/v1/builds/{path}", headers=headers, timeout=30,
                            **options)


@pytest.mark.parametrize("method, call", [
    ("POST", "trigger?step=0&wait=0"), ("POST", "trigger/cancel?step=0"), ("POST", "lock?step=0&wait=0"),
    ("POST", "unlock?step=0"), ("PUT", f"blobs/{'0' * 64}?of=1"), ("HEAD", f"blobs/{'0' * 64}"), ("GET", f"blobs/{'0' * 64}"),
    ("POST", "artifacts"), ("GET", "artifacts?from=build"), ("POST", "journal?seq=0")])
def test_calls_of_a_build_need_its_own_agent(shared_plant, method, call):
    build = shared_plant.build({"run": "true"}).finished()["buildid"]
    stack = shared_plant.stack
    stranger = requests.post(f"{stack.service_url('builder')}/agent/v1/session", timeout=30,
                             headers={"Authorization": f"Bearer {stack.enrolment_token}"},
                             json={"name": f"stranger-{build}", "slots": 1}).json()["token"]
    body = {"json": {}} if method == "POST" and "journal" not in call else {"data": b"x"} if method in ("PUT", "POST") else {}
    assert agent_call(stack, method, f"{build}/{call}", "wrong", **body).status_code == 401
    assert agent_call(stack, method, f"{build}/{call}", stack.admin_token, **body).status_code == 401
    assert agent_call(stack, method, f"{build}/{call}", stranger, **body).status_code in (403, 404, 410, 400)
    assert agent_call(stack, method, f"999999/{call}", stranger, **body).status_code in (403, 404, 410, 400)
    assert agent_call(stack, method, f"-1/{call}", stranger, **body).status_code in (400, 404)
