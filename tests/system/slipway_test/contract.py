# SPDX-License-Identifier: Apache-2.0
"""For the contract tests: a running system that has one of everything that the REST API shows, and tables of rows."""

from types import SimpleNamespace

from .git import GitServer
from .nats import NatsServer
from .stack import Stack
from .waiting import wait_for

STEPS = [
    {"run": "printf 'out\\nmore\\n'; printf 'err\\n' >&2; printf '<p>' > page.html", "name": "say"},
    {"test": "printf '1..2\\nok 1 - a\\nnot ok 2 - b\\n'", "name": "check", "reports": ["tap"], "flunk_on_failure": False},
    {"trigger": {"schedulers": ["sub"], "wait_for_finish": True}, "name": "below"},
    {"upload": "page.html", "name": "keep"},
]


def _config(repository):
    def source():  # a copy each: what two share would become an alias in the file
        return {"client": {"repository": repository.url, "branch": "main", "project": "acme"}}

    return {
        "title": "Contract", "url": "http://ci.test/",
        "web_hooks": {"base": {}},
        "projects": [{"name": "acme", "description": "The *shop*", "description_format": "markdown"}],
        "change_sources": [{"type": "git_poller", "name": "app", "repository": repository.url, "branches": ["main"],
                            "poll_interval": "1s", "project": "acme", "codebase": "client"}],
        "schedulers": [
            {"type": "single_branch", "name": "main", "change_filter": {"branch": "main"}, "builders": ["app"],
             "codebases": source()},
            {"type": "force", "name": "force", "builders": ["app", "idle"], "codebases": source()},
            {"type": "triggerable", "name": "sub", "builders": ["part"]},
        ],
        "builders": [
            {"name": "app", "project": "acme", "description": "Builds **all**", "description_format": "markdown",
             "tags": ["fast", "main"], "steps": STEPS},
            {"name": "part", "steps": [{"run": "true", "name": "nothing"}]},
            {"name": "idle", "workers": ["nobody"], "steps": [{"run": "true"}]},
        ],
        "workers": [{"name": "nobody", "password": "x"}],
    }


class World:
    """`ids` names one of everything; the system stays as it is while the contract is read."""

    def __init__(self, folder, postgres):
        self.git, self.nats = GitServer(folder).start(), NatsServer(folder).start()
        self.stack = Stack(folder / "stack", postgres.create_database(), self.nats.url)
        self.rest, self.ids = self.stack.rest, None

    def fill(self):
        repository = self.git.repository()
        self.stack.start(config=_config(repository))
        self.stack.wait_first_poll()
        for number in (1, 2):
            revision = repository.commit(f"change {number}", author="Ada <ada@example.org>")
            self.rest.finished_build_of(revision, "app")
        _, waiting = self.rest.control("forceschedulers/force", "force", builderNames=["idle"], reason="waits")
        self.ids = self._find(revision, *waiting.values())
        return self

    def _find(self, revision, waiting):
        rest, build = self.rest, self.rest.finished_build_of(revision, "app")
        step = rest.steps(build)[0]
        request = rest.one(f"buildrequests/{build['buildrequestid']}")
        codebase, master = rest.one("codebases"), rest.one("masters")
        commit = rest.one(f"codebases/{codebase['codebaseid']}/commits_by_revision/{revision}")
        wait_for(lambda: rest.get(f"builds/{build['buildid']}/test_result_sets", complete="true"), "test results")
        self.stack.sql("INSERT INTO build_data (buildid, name, value, source) "
                       f"VALUES ({build['buildid']}, 'sizes', 'a b', 'test')", fetch=False)
        return SimpleNamespace(
            revision=revision, build=build["buildid"], number=build["number"], builder=build["builderid"],
            worker=build["workerid"], request=request["buildrequestid"], buildset=request["buildsetid"],
            step=step["stepid"], check=rest.steps(build)[1]["stepid"], step_number=step["number"], log=rest.one(f"steps/{step['stepid']}/logs")["logid"],
            change=rest.get("changes", revision=revision)[0]["changeid"],
            stamp=rest.get("sourcestamps", revision=revision)[0]["ssid"], waiting=waiting,
            scheduler=rest.get("schedulers", name="main")[0]["schedulerid"],
            source=rest.get("changesources", name="app")[0]["changesourceid"],
            project=rest.one("projects")["projectid"], codebase=codebase["codebaseid"], commit=commit["commitid"],
            parent=commit["parent_commitid"], branch=rest.one(f"codebases/{codebase['codebaseid']}/branches")["branchid"],
            master=master["masterid"],
            results=rest.get(f"builds/{build['buildid']}/test_result_sets")[0]["test_result_setid"])

    def end(self):
        try:
            self.stack.stop()
        finally:
            self.stack.destroy()
            self.nats.stop()
            self.git.stop()


class Contract:
    """A table of rows, by name, and the check of each. A row without a check fails, and so does a check without a row."""

    def __init__(self, rows):
        self.rows, self.checks = rows.split(), {}

    def row(self, name):
        def keep(check):
            assert name in self.rows and name not in self.checks, name
            self.checks[name] = check
            return check
        return keep

    def case(self, name, holds):
        """A row that one expression tells."""
        def check(world):
            assert holds(world)
        self.row(name)(check)

    def gives(self, name, path, wanted, key="buildid"):
        """A row that a list's keys tell."""
        def check(world):
            assert ids(world, path, key) == wanted
        self.row(name)(check)

    def refuses(self, name, path, text, status=400):
        """A row that a query's refusal tells."""
        def check(world):
            found = answer(world, path)
            assert (found.status_code, found.json()) == (status, {"error": text}), found.text
            assert found.headers["Content-Type"] == "text/plain; charset=utf-8"
        self.row(name)(check)


def answer(world, path, method="GET", **options):
    """The raw response; {name} in a path is one of the world's ids."""
    return world.rest.request(method, "api/v2/" + path.format(**vars(world.ids)), **options)


def rows(world, path):
    found = answer(world, path)
    assert found.status_code == 200, f"{path}: {found.text}"
    return next(value for key, value in found.json().items() if key != "meta")


def ids(world, path, key="buildid"):
    return [resource[key] for resource in rows(world, path)]
