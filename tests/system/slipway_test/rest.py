# SPDX-License-Identifier: Apache-2.0
"""REST API v2 as a test asks it."""

import requests

from .waiting import wait_for

# Result codes, as Buildbot numbers them.
SUCCESS, WARNINGS, FAILURE, SKIPPED, EXCEPTION, RETRY, CANCELLED = range(7)


class RestError(AssertionError):
    def __init__(self, response):
        super().__init__(f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}")
        self.response, self.status = response, response.status_code


class Rest:
    def __init__(self, url, token=None):
        self.url, self.token = url, token

    def request(self, method, path, **options):
        """The raw response; `path` is below the server's root."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        return requests.request(method, f"{self.url}/{path.lstrip('/')}", headers=headers, timeout=60, **options)

    def get(self, path, **filters):
        """The list of a collection, such as get("builds", complete="true")."""
        response = self.request("GET", f"api/v2/{path}", params=filters)
        if response.status_code != 200:
            raise RestError(response)
        document = response.json()
        return next(value for key, value in document.items() if key != "meta")

    def one(self, path, **filters):
        found = self.get(path, **filters)
        assert len(found) == 1, f"{path} gave {len(found)} resources"
        return found[0]

    def control(self, path, method, token=True, **params):
        """A JSON-RPC call as the admin, such as control("builds/1", "stop", reason="enough"); returns its result."""
        headers = {"Authorization": f"Bearer {self.token}"} if token and self.token else {}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        response = self.request("POST", f"api/v2/{path}", json=body, headers=headers)
        if response.status_code != 200:
            raise RestError(response)
        return response.json()["result"]

    def hook(self, **fields):
        """Reports one change to /change_hook/base, as a post-receive hook does."""
        return self.request("POST", "change_hook/base", data=fields)

    # What the stories wait for.

    def builds_of(self, revision, builder=None):
        """The builds of a revision, oldest first."""
        path = f"builders/{builder}/builds" if builder else "builds"
        return [build for build in self.get(path, property="*", order="buildid")
                if any(build["properties"].get(name, [None])[0] == revision for name in ("revision", "got_revision"))]

    def finished_build_of(self, revision, builder=None, timeout=120):
        """Waits for the build of a revision that counts: one that ended in RETRY is followed by another."""
        def finished():
            return [build for build in self.builds_of(revision, builder)
                    if build["complete"] and build["results"] != RETRY]
        return wait_for(finished, f"a finished build of {revision}", timeout, ignoring=_AWAY)[-1]

    def finished_build(self, number, timeout=120):
        """Waits for the build of that number, of whichever builder, to be over."""
        return wait_for(lambda: self.get("builds", number=number, complete="true"), f"build {number}'s end", timeout,
                        ignoring=_AWAY)[0]

    def running_build_of(self, revision, builder=None, timeout=60):
        def running():
            return [build for build in self.builds_of(revision, builder) if not build["complete"]]
        return wait_for(running, f"a running build of {revision}", timeout, ignoring=_AWAY)[-1]

    def steps(self, build):
        return self.get(f"builds/{build['buildid']}/steps")

    def log_text(self, build, step, slug="stdio"):
        response = self.request("GET", f"api/v2/builds/{build['buildid']}/steps/{step}/logs/{slug}/raw")
        if response.status_code != 200:
            raise RestError(response)
        return response.text


# A service that was killed is away for a moment: its balancer hangs up, or www answers 502 or 503.
_AWAY = (requests.ConnectionError, requests.Timeout, RestError)
