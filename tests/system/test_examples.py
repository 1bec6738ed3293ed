# SPDX-License-Identifier: Apache-2.0
"""The configurations of examples/, each with a real project that it builds with real tools.

Only what names a place is replaced: repositories, and the workers' passwords, which come as files of the secrets folder.
"""

import io
import pathlib
import zipfile

import pytest

from slipway_test import FAILURE, SUCCESS, free_port, wait_for

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
EVERY = sorted(path.name for path in EXAMPLES.glob("*.yaml"))


class Example:
    """An example in force, with an agent for each of its workers."""

    def __init__(self, stack, name, replace, secrets=None, workers=None):
        self.stack, self.rest = stack, stack.rest
        text = (EXAMPLES / name).read_text()
        for old, new in replace.items():
            assert old in text, f"{name} has no {old}"
            text = text.replace(old, new)
        for secret, value in {**(secrets or {}), **{worker: f"pw-{worker}" for worker in workers}}.items():
            path = stack.secrets / secret
            path.write_text(value)
            path.chmod(0o600)
        stack.start(agents=())
        stack.apply(text)
        for worker, slots in workers.items():
            stack.start_agent(worker, slots=slots, password=f"pw-{worker}")
        stack.wait_connected(*workers)

    def finished(self, builder, count=1, timeout=120):
        """The builder's first `count` builds, once they are over."""
        def over():
            builds = self.rest.get(f"builders/{builder}/builds", order="number")
            return builds[:count] if len(builds) >= count and all(b["complete"] for b in builds[:count]) else None
        return wait_for(over, f"{count} finished builds of {builder}", timeout)

    def succeeds(self, builder, number=1):
        """The builder's build of that number, which has to be a success."""
        build = self.finished(builder, number)[-1]
        assert build["results"] == SUCCESS, f"{builder}: {self.story(build)}"
        return build

    def fails(self, builder, number=1):
        build = self.finished(builder, number)[-1]
        assert build["results"] == FAILURE, f"{builder}: {self.story(build)}"
        return build

    def story(self, build):
        """Every step with its end and what it said."""
        lines = [build["state_string"]]
        for step in self.rest.get(f"builds/{build['buildid']}/steps"):
            lines.append(f"-- {step['name']}: {step['state_string']}")
            lines += [self.rest.log_text(build, step["number"], log["slug"])
                      for log in self.rest.get(f"steps/{step['stepid']}/logs")]
        return "\n".join(lines)

    def step(self, build, name):
        return next(s for s in self.rest.get(f"builds/{build['buildid']}/steps") if s["name"] == name)

    def log(self, build, step):
        return self.rest.log_text(build, step)

    def artifacts(self, build):
        return {a["name"]: a for a in self.rest.get(f"builds/{build['buildid']}/artifacts")}

    def force(self, *builders, **fields):
        self.rest.control("forceschedulers/force", "force", builderNames=list(builders), **fields)


@pytest.mark.parametrize("name", EVERY)
def test_every_example_passes_the_check(stack, name):
    stack.cli("check", EXAMPLES / name)


CMAKE_PROJECT = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(acme VERSION 1.2 LANGUAGES C)
enable_testing()
add_library(acme acme.c)
add_executable(acme_test acme_test.c)
target_link_libraries(acme_test PRIVATE acme)
add_test(NAME adds COMMAND acme_test)
install(TARGETS acme ARCHIVE DESTINATION lib)
include(CPack)
""",
    "acme.c": "int acme_add(int a, int b);\nint acme_add(int a, int b)\n{\n    int unused = 0;\n    return a + b;\n}\n",
    "acme_test.c": "int acme_add(int a, int b);\nint main(void)\n{\n    return acme_add(1, 2) != 3;\n}\n",
}


def test_a_library_on_three_systems(stack, git_server):
    repository = git_server.repository("libacme")
    example = Example(stack, "library.yaml", {"https://git.acme.example/libacme.git": repository.url, "30s": "1s"},
                      workers={"deb-1": 2, "alp-1": 2, "bsd-1": 1})
    stack.wait_first_poll()
    repository.commit("Add the library", CMAKE_PROJECT)
    debian, _, _ = [example.succeeds(system) for system in ("debian", "alpine", "freebsd")]
    assert example.step(debian, "test")["state_string"] == "1 test passed"
    package = example.succeeds("package")
    assert any(name.endswith(".tar.gz") for name in example.artifacts(package))

    repository.commit("Break it", {"acme_test.c": CMAKE_PROJECT["acme_test.c"].replace("!= 3", "!= 4")})
    example.fails("debian", 2)
    assert len(example.rest.get("builders/package/builds")) == 1, "a dependent builds after success only"


MONO = {
    "common/words.py": "def shout(text):\n    return text.upper()\n",
    "server/app.py": "from words import shout\n\n\ndef greet(name):\n    return shout(name) + '!'\n",
    "server/test_app.py": "from app import greet\n\n\ndef test_greets():\n    assert greet('ada') == 'ADA!'\n",
    "client/greet.js": "exports.greet = (name) => `Hello ${name}`;\n",
    "client/greet.test.js": "const test = require('node:test');\nconst assert = require('node:assert');\n"
                            "test('greets', () => assert.equal(require('./greet').greet('Ada'), 'Hello Ada'));\n",
    "manual/start.txt": "Start here\n",
}


def test_a_monorepo_builds_what_a_change_touches(stack, git_server):
    repository = git_server.repository("mono")
    example = Example(stack, "monorepo.yaml", {"https://git.acme.example/mono.git": repository.url, "30s": "1s"},
                      workers={"w1": 4})
    stack.wait_first_poll()
    repository.commit("Everything", MONO)
    _, _, manual = [example.succeeds(builder) for builder in ("server", "client", "manual")]
    assert list(example.artifacts(manual)) == ["manual/start.txt"]

    repository.commit("The client alone", {"client/greet.js": MONO["client/greet.js"] + "\n// polite\n"})
    example.succeeds("client", 2)
    assert len(example.rest.get("builders/server/builds")) == 1
    assert len(example.rest.get("builders/manual/builds")) == 1

    repository.commit("What both use", {"common/words.py": MONO["common/words.py"] + "\n\nSHOUT = shout\n"})
    second = example.succeeds("server", 2)
    example.succeeds("client", 3)
    assert example.step(second, "common")["results"] == SUCCESS


ENGINE = {
    "engine.h": "int engine_power(void);\n",
    "engine.c": '#include "engine.h"\nint engine_power(void)\n{\n    return 42;\n}\n',
    "Makefile": "libengine.a: engine.o\n\tar rc $@ engine.o\n",
}
APP = {
    "main.c": '#include <stdio.h>\n#include "engine.h"\nint main(void)\n{\n    printf("%s %d\\n", FLAVOUR, engine_power());\n'
              "    return 0;\n}\n",
    "Makefile": "app: main.c\n\tcc -Ivendor/engine -DFLAVOUR='\"$(FLAVOUR)\"' -o $@ main.c vendor/engine/libengine.a\n",
}


def test_a_product_of_two_repositories(stack, git_server):
    engine, app = git_server.repository("engine"), git_server.repository("app")
    example = Example(stack, "product.yaml", {"https://git.acme.example/engine.git": engine.url,
                                              "https://git.acme.example/app.git": app.url, "30s": "1s"},
                      workers={"w1": 2})
    wait_for(lambda: stack.sql("SELECT count(*) FROM pollers WHERE initialized AND active")[0][0] == 2, "the first polls")
    engine.commit("Power", ENGINE)
    app.commit("Use it", APP)

    def good():
        return [b for b in example.rest.get("builders/product/builds") if b["results"] == SUCCESS]
    product = wait_for(good, "the product", 60)[-1]
    application = example.rest.get("builders/application/builds")[-1]
    assert example.log(application, "smoke").count("standard 42")
    parents = {b["parent_buildid"] for b in example.rest.get("buildsets") if b["parent_buildid"]}
    assert product["buildid"] in parents


TOOL = {
    "tool.c": "#include <stdio.h>\nint main(void)\n{\n#ifdef TOOL_EXTRA\n    puts(\"extra\");\n#else\n    puts(\"plain\");\n#endif\n"
              "    return 0;\n}\n",
    "tests.sh": "echo 1..1\ntest -n \"$(./tool)\" && echo 'ok 1 - speaks' || echo 'not ok 1 - speaks'\n",
}


def test_a_nightly_matrix(stack, git_server):
    repository = git_server.repository("tool")
    repository.commit("The tool", TOOL)
    example = Example(stack, "matrix.yaml", {"https://git.acme.example/tool.git": repository.url}, workers={"w1": 4})
    example.force("all", repository=repository.url, branch="main")
    example.succeeds("all")
    cells = [b["name"] for b in example.rest.get("builders") if b["name"].startswith("all (")]
    assert sorted(cells) == ["all (cc=clang-14, std=c11)", "all (cc=gcc, std=c11)", "all (cc=gcc, std=c99)",
                             "all (cc=gcc, std=gnu11, extra=-DTOOL_EXTRA=1)"]
    for cell in cells:
        example.succeeds(cell)

    repository.commit("Speak no more", {"tool.c": "int main(void)\n{\n    return 0;\n}\n"})
    example.force("all", repository=repository.url, branch="main")
    example.fails("all", 2)


def wheel(name, version):
    """A wheel with one module, as pip takes it."""
    info = f"{name}-{version}.dist-info"
    files = {f"{name}.py": f"VERSION = '{version}'\n", f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\n"
             "Root-Is-Purelib: true\nTag: py3-none-any\n",
             f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return content.getvalue()


WEB = {
    "VERSION": "version 2.7\n",
    "requirements.txt": "acmetools==1.0\n",
    "server.py": """import http.server, os, sys
import acmetools
assert os.environ["APP_KEY"]
print("key is", os.environ["APP_KEY"], flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path != "/crash" else 500)
        self.end_headers()
        self.wfile.write(acmetools.VERSION.encode())
        if self.path == "/crash":
            os.abort()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
""",
    "test_web.py": """import os, urllib.request
def test_version():
    assert urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/version").read() == b"1.0"
""",
    ".slipway.yml": "steps:\n  - run: echo from the repository, %(prop:version)s\n    name: own\n",
}


def test_a_web_application_with_environment_and_server(stack, git_server):
    repository = git_server.repository("web")
    example = Example(stack, "webapp.yaml", {"https://git.acme.example/web.git": repository.url, "30s": "1s",
                                             "8017": str(free_port())},
                      secrets={"app-key": "not-for-the-log"}, workers={"w1": 1})
    stack.wait_first_poll()
    repository.commit("The application", {**WEB, "wheels/acmetools-1.0-py3-none-any.whl": wheel("acmetools", "1.0")})
    first = example.succeeds("web")
    assert "prepared" in example.step(first, "environment")["state_string"]
    assert example.step(first, "test")["state_string"] == "1 test passed"
    assert "from the repository, 2.7" in example.log(first, "own")
    assert list(example.artifacts(first)) == ["report.xml"]
    server = example.log(first, "server")
    assert "key is <app-key>" in server and "not-for-the-log" not in server
    assert stack.sql("SELECT count(*) FROM log_chunks WHERE position('not-for-the-log'::bytea IN content) > 0") == [(0,)]

    crash = WEB["test_web.py"].replace("/version\"", "/crash\"")
    repository.commit("Crash the server", {"test_web.py": crash})
    second = example.fails("web", 2)
    assert "reused" in example.step(second, "environment")["state_string"]
    assert "server died" in example.step(second, "test")["state_string"]
