# SPDX-License-Identifier: Apache-2.0
"""Builder, www and agents only: every build() is a builder of its own, forced once and followed to its end."""

import base64
import copy
import os

from .waiting import wait_for

_SERVICES = ("builder", "www")


class Plant:
    def __init__(self, stack, agents=("w1",), slots=2, config=None):
        self.stack, self.rest = stack, stack.rest
        self._config, self._builders = config or {}, []
        stack.start(*_SERVICES, agents=())
        for name in agents:
            stack.start_agent(name, slots=slots)
        stack.wait_connected(*agents)

    def build(self, *steps, source=None, **builder):
        """Forces a build of these steps; `source` has the fields branch, revision and repository."""
        return self.force(self.add_builder(*steps, **builder), **(source or {}))

    def add_builder(self, *steps, **builder):
        """The name of a new builder of these steps."""
        name = builder.pop("name", f"builder-{len(self._builders) + 1}")
        # A copy: what two builders share would become an alias in the file.
        self._builders.append(copy.deepcopy({"name": name, "steps": [dict(step) for step in steps], **builder}))
        self.stack.apply({
            "title": "System test", "url": "http://ci.test/", "builders": self._builders,
            "schedulers": [{"type": kind, "name": kind, "builders": [b["name"] for b in self._builders]}
                           for kind in ("force", "try")],
            **self._config})
        return name

    def force(self, builder, **fields):
        _, requests = self.rest.control("forceschedulers/force", "force", builderNames=[builder], **fields)
        return Forced(self.rest, *requests.values())

    def try_patch(self, builder, patch, level=1, subdir=None, **source):
        """The build of a patch (bytes); `source` has the fields repository, branch, baserev and codebase."""
        body = {"body": base64.b64encode(patch).decode(), "encoding": "base64", "level": level, "subdir": subdir}
        tried = self.rest.control("tryschedulers/try", "try", builders=[builder], who="Ada", comment="a try", patch=body,
                                  **source)
        return Forced(self.rest, *tried["brids"].values())

    def processes(self, *words):
        """Command lines of what steps have started and has not ended, wherever it hides; with `words`, those with one."""
        return [command for command in _commands_of(f"TMPDIR={self.stack.folder}".encode())
                if not words or any(word in command for word in words)]

    def wait_no_process(self, timeout=20):
        wait_for(lambda: not self.processes(), "every process of every step to be gone", timeout)


def _commands_of(marker):
    """Who has the marker in its environment: neither setsid nor a double fork takes that away."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                if marker not in environ.read():
                    continue
            with open(f"/proc/{pid}/cmdline", "rb") as command:
                yield command.read().replace(b"\0", b" ").decode(errors="replace").strip() or "ending"
        except OSError:
            continue


class Forced:
    """A build request and the builds that come of it."""

    def __init__(self, rest, request):
        self.rest, self.request = rest, request

    def builds(self):
        """All attempts, oldest first."""
        return self.rest.get("builds", buildrequestid=self.request, order="buildid")

    def request_row(self):
        return self.rest.one(f"buildrequests/{self.request}")

    def attempt(self, number=1, timeout=60):
        """That attempt, once it is over."""
        def over():
            builds = self.builds()
            return len(builds) >= number and builds[number - 1]["complete"] and builds[number - 1]
        return wait_for(over, f"the end of attempt {number}", timeout)

    def finished(self, timeout=60):
        """The build that counts, once the request is complete."""
        wait_for(lambda: self.request_row()["complete"], f"request {self.request} to be complete", timeout)
        return self.builds()[-1]

    def started(self):
        return wait_for(self.builds, f"a build of request {self.request}")[-1]

    def stop(self, reason="enough"):
        return self.rest.control(f"builds/{self.started()['buildid']}", "stop", reason=reason)

    def steps(self, build=None):
        return self.rest.get(f"builds/{(build or self.builds()[-1])['buildid']}/steps", order="number")

    def verdict(self):
        """(result of the build, its state string, {step: (result, state string)}), once it is over."""
        build = self.finished()
        return (build["results"], build["state_string"],
                {s["name"]: (s["results"], s["state_string"]) for s in self.steps(build)})

    def log(self, step=1):
        return Log(self.rest, self.builds()[-1]["buildid"], step)


class Log:
    """The log of a step, named by its number (from 1) or its name."""

    def __init__(self, rest, buildid, step):
        if isinstance(step, int):
            step = rest.get(f"builds/{buildid}/steps", order="number")[step - 1]["name"]
        self.rest, self.path = rest, f"builds/{buildid}/steps/{step}/logs/stdio"

    def row(self):
        return self.rest.one(self.path)

    def content(self, **window):
        """Lines offset to offset + limit as the API gives them, each begun by its kind."""
        return self.rest.one(f"{self.path}/contents", **window)["content"]

    def lines(self, kind="o"):
        """The lines of one kind: o is stdout, e stderr, h the agent's own words."""
        # Not splitlines(): a carriage return is part of its line.
        return [line[1:] for line in self.content().split("\n") if line[:1] == kind]

    def own_words(self):
        return "\n".join(self.lines("h"))

    def raw(self):
        response = self.rest.request("GET", f"api/v2/{self.path}/raw")
        assert response.status_code == 200, response.text
        return response.content


class Gate:
    """A command that shows that it runs, and ends when go() says so."""

    def __init__(self, folder, name="gate"):
        self._on, self._go = folder / f"{name}.on", folder / f"{name}.go"
        self.command = f"touch {self._on}; while [ ! -e {self._go} ]; do sleep 0.02; done"

    def wait_reached(self):
        """Each run of the command can be waited for once."""
        wait_for(self._on.exists, f"{self._on.stem} to be reached")
        self._on.unlink()

    def go(self):
        self._go.touch()


class Counter:
    """A command that prints growing numbers until stop(), and keeps for itself what it printed."""

    def __init__(self, folder, name="numbers"):
        self.kept, self._end = folder / f"{name}.kept", folder / f"{name}.end"
        self.command = (f"n=0; while [ ! -e {self._end} ]; do seq $n $((n+199)); n=$((n+200)); sleep 0.005; done"
                        f" | tee {self.kept}")

    def stop(self):
        self._end.touch()

    def printed(self):
        return self.kept.stat().st_size if self.kept.exists() else 0

    def wait_more(self):
        """It goes on, whatever became of everybody else."""
        before = self.printed()
        wait_for(lambda: self.printed() > before, "the step to write on")

    def assert_complete(self, log):
        """Nothing is missing, nothing is there twice."""
        text = "".join(f"{line}\n" for line in log.lines()).encode()
        assert text == self.kept.read_bytes()
        assert text.splitlines() == [b"%d" % number for number in range(text.count(b"\n"))]
