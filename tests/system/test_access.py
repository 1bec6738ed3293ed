# SPDX-License-Identifier: Apache-2.0
"""What rules hide is nowhere to be found from outside, in a running system; and a change of the rules holds at once, at every replica."""

import json
import threading

import pytest
import requests

from slipway_test import SUCCESS, Plant, configuration, wait_for

READ_RULES = [
    {"actions": ["read"], "builders": ["secret-*"], "roles": ["staff"]},
    {"actions": ["force", "stop", "rebuild"], "roles": ["team", "staff"]},
]
ROLES = [{"name": "staff", "groups": ["staff"]}, {"name": "team", "groups": ["team"]}]
STEPS = [{"run": "echo secret-words; echo secret-file > secret.txt", "name": "secret-step"},
         {"upload": "secret.txt", "name": "secret-upload"}]


def config(repository, access):
    return configuration(repository, change_sources=None, access=access, workers=None, schedulers=[
        {"type": "force", "name": "force", "builders": ["app", "secret-app"]},
        {"type": "force", "name": "secret-force", "builders": ["secret-app"]},
    ], builders=[{"name": "app", "steps": [{"run": "echo plain", "name": "say"}]},
                 {"name": "secret-app", "steps": STEPS}])


class Asker:
    """Somebody with a token, or nobody."""

    def __init__(self, stack, token=None):
        self.stack, self.headers = stack, {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path):
        return requests.get(f"{self.stack.url}/{path}", headers={"Accept": "application/json", **self.headers}, timeout=30)

    def call(self, path, method, **params):
        return requests.post(f"{self.stack.url}/api/v2/{path}", headers=self.headers, timeout=30,
                             json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params})


def account(stack, name, groups, scopes=("all",)):
    """A service account in these groups, with a token."""
    admin = {"Authorization": f"Bearer {stack.admin_token}"}
    stack.rest.request("POST", "api/v2/users", headers=admin, json={"username": name, "groups": groups, "service": True})
    made = stack.rest.request("POST", "api/v2/tokens", headers=admin,
                              json={"name": "test", "username": name, "scopes": list(scopes)})
    assert made.status_code < 300, made.text
    return Asker(stack, made.json()["tokens"][0]["token"])


@pytest.fixture
def guarded(stack, repository):
    """A build of each builder, the second hidden from all but the staff."""
    stack.start(config=config(repository, {"roles": ROLES, "rules": READ_RULES}))
    stack.people = {"nobody": Asker(stack), "team": account(stack, "tom", ["team"]),
                    "staff": account(stack, "sue", ["staff"]), "reader": account(stack, "ray", ["staff"], ["read"])}
    for number, builder in enumerate(("app", "secret-app"), 1):
        answer = stack.people["staff"].call("forceschedulers/force", "force", builderNames=[builder], reason=f"{builder}-why")
        assert answer.status_code == 200, answer.text
        wait_for(lambda path=f"api/v2/builders/{builder}/builds/1": stack.people["staff"].get(path).status_code == 200
                 and stack.people["staff"].get(path).json()["builds"][0]["complete"], f"the build of {builder}", 60)
    stack.hidden = stack.people["staff"].get("api/v2/builders/secret-app/builds/1").json()["builds"][0]
    assert stack.hidden["results"] == SUCCESS
    return stack


LISTS = ["builders", "builds", "buildrequests", "buildsets", "steps", "logs", "schedulers", "forceschedulers", "workers",
         "notifications", "changes", "sourcestamps", "masters", "projects", "changesources", "deliveries",
         "workers/1/builds", "workers/1/builders", "builders?order=-builderid", "builds?property=*", "search?q=secret",
         "search?q=secret-app"]


def test_lists_searches_and_what_is_below_tell_nothing(guarded):
    staff_sees = 0
    for path in LISTS:
        staff_sees += "secret-" in guarded.people["staff"].get(f"api/v2/{path}").text
        for who in ("nobody", "team"):
            answer = guarded.people[who].get(f"api/v2/{path}")
            said = answer.text.replace(path, "")
            assert answer.status_code in (200, 404) and "secret" not in said, (who, path, answer.text)
    assert staff_sees >= 6
    buildid = guarded.hidden["buildid"]
    step = guarded.people["staff"].get(f"api/v2/builds/{buildid}/steps").json()["steps"][0]
    log = guarded.people["staff"].get(f"api/v2/steps/{step['stepid']}/logs").json()["logs"][0]
    below = [f"builds/{buildid}", f"buildrequests/{guarded.hidden['buildrequestid']}", f"steps/{step['stepid']}",
             f"logs/{log['logid']}", f"logs/{log['logid']}/contents", f"logs/{log['logid']}/raw", "builders/secret-app",
             f"buildrequests/{guarded.hidden['buildrequestid']}/why", f"builds/{buildid}/properties",
             f"builds/{buildid}/artifacts/secret.txt"]
    for path in below:
        assert guarded.people["staff"].get(f"api/v2/{path}").status_code == 200, path
        for who in ("nobody", "team"):
            assert guarded.people[who].get(f"api/v2/{path}").status_code == 404, (who, path)
    assert "secret" not in guarded.people["nobody"].get("cc.xml").text
    assert "secret" in guarded.people["staff"].get("cc.xml").text


class Listener:
    """What /sse tells one of them, gathered by a thread."""

    def __init__(self, asker):
        self.text = ""
        self._answer = requests.get(f"{asker.stack.url}/sse/listen/*/*/*", headers=asker.headers, stream=True, timeout=60)
        assert self._answer.status_code == 200, self._answer.text
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in self._answer.iter_lines(chunk_size=1):
                self.text += line.decode() + "\n"
        except (requests.RequestException, AttributeError, ValueError):
            pass

    def close(self):
        self._answer.close()


def test_events_of_hidden_builders_reach_only_who_may_read(guarded):
    listeners = {who: Listener(guarded.people[who]) for who in ("nobody", "team", "staff")}
    staff = guarded.people["staff"]
    hidden = staff.call("forceschedulers/force", "force", builderNames=["secret-app"]).json()["result"][1]
    shown = staff.call("forceschedulers/force", "force", builderNames=["app"]).json()["result"][1]

    def told(who, request):
        return f'"buildrequestid":{request}' in listeners[who].text.replace(" ", "") and '"finished"' in listeners[who].text
    (hidden_request,), (shown_request,) = hidden.values(), shown.values()
    wait_for(lambda: told("staff", hidden_request), "the staff hearing of the hidden build", 60)
    for who in ("nobody", "team", "staff"):
        wait_for(lambda who=who: told(who, shown_request), f"{who} hearing of the other build", 60)
    for who in ("nobody", "team"):
        assert not told(who, hidden_request) and "secret" not in listeners[who].text
    for listener in listeners.values():
        listener.close()


def test_calls_take_roles_and_scopes(guarded):
    people, buildid = guarded.people, guarded.hidden["buildid"]

    def refusal(answer):
        return answer.status_code, answer.json()["error"]["message"]
    assert refusal(people["nobody"].call("forceschedulers/force", "force", builderNames=["app"])) == (
        401, "you need to have role 'team' or 'staff'")
    assert refusal(people["reader"].call("builds/1", "stop")) == (403, "the token's scopes do not include 'stop'")
    assert refusal(people["team"].call("builds/1", "pin")) == (403, "you need to have role 'admins'")
    assert people["team"].call(f"builds/{buildid}", "rebuild").status_code == 404
    assert people["team"].call("forceschedulers/secret-force", "force").status_code == 404
    assert people["team"].call("forceschedulers/force", "force", builderNames=["secret-app"]).status_code == 400
    answer = people["team"].call("forceschedulers/force", "force")
    assert answer.status_code == 200 and len(answer.json()["result"][1]) == 1
    refused = guarded.rest.request("GET", "api/v2/audit?outcome=refused", headers={"Authorization": f"Bearer {guarded.admin_token}"})
    assert {"ray", "tom", "anonymous"} <= {row["username"] for row in next(iter(refused.json().values())) if isinstance(row, dict)}


def test_new_rules_hold_at_every_replica(guarded, repository):
    guarded.scale("www", 2)
    guarded.wait_ready()
    assert guarded.people["nobody"].get("api/v2/builds").status_code == 200
    guarded.apply(config(repository, {"anonymous": "none", "roles": ROLES, "rules": READ_RULES}))

    def closed():
        return all(guarded.people["nobody"].get(path).status_code == 401
                   for path in ("api/v2/builds", "api/v2", "api/v2/builds/1", "sse/listen/*/*/*", "ws", "cc.xml") for _ in range(2))
    wait_for(closed, "both replicas closing to strangers", 30)
    assert guarded.people["team"].get("api/v2/builds").status_code == 200
    assert guarded.people["nobody"].get("config").status_code == 200
    guarded.apply(config(repository, None))
    wait_for(lambda: all(guarded.people["nobody"].get("api/v2/builders/secret-app").status_code == 200 for _ in range(4)),
             "both replicas showing everything", 30)
