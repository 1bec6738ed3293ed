# SPDX-License-Identifier: Apache-2.0
"""Web hooks from the forge's request to the build: every dialect, the ledger, replays, and a changes service that dies between."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import threading
import urllib.parse

from slipway_test import RestError, configuration, wait_for
from slipway_test.events import EventStream

SAMPLES = pathlib.Path(__file__).parent.parent / "changes" / "samples"
SECRET = "s3cret"
HOOKS = {
    "base": {}, "bitbucket": {}, "poller": {}, "gerrit": {"git_base_url": "https://gerrit.example"},
    **{name: {"secret": SECRET} for name in
       ("bitbucketcloud", "bitbucketserver", "forgejo", "gitea", "github", "gitlab", "gogs")},
}
GITHUB = {"ref": "refs/heads/main", "created": False, "deleted": False,
          "repository": {"full_name": "octo/app", "html_url": "https://github.com/octo/app"},
          "commits": [{"id": "f" * 40, "message": "Go", "timestamp": "2026-01-02T03:04:05Z", "url": "https://x",
                       "author": {"name": "Ada", "email": "ada@example.org"}}]}


def sample(name):
    return (SAMPLES / f"{name}.json").read_bytes()


def hexmac(body):
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


# dialect -> its body, its headers, and a revision that it tells of
DELIVERIES = {
    "bitbucketcloud": (sample("bitbucketcloud-push"), lambda body: {
        "X-Event-Key": "repo:push", "X-Hub-Signature": "sha256=" + hexmac(body), "X-Request-UUID": "u-1"},
        "709d658dc5b6d6afcd46049c2f332ee3f515a67d"),
    "bitbucketserver": (sample("bitbucketserver-refs"), lambda body: {
        "X-Event-Key": "repo:refs_changed", "X-Hub-Signature": "sha256=" + hexmac(body)},
        "178864a7d521b6f5e720b386b2c2b0ef8563e0dc"),
    "forgejo": (sample("forgejo-push"), lambda body: {"X-Forgejo-Event": "push", "X-Forgejo-Signature": hexmac(body)},
                "ad7157cc4a137b3e1dfe92750ccfb1bbad239f9a"),
    "gerrit": (sample("gerrit-patchset"), lambda body: {}, "9f8be05d3a6b5e0e3e3d2a6e9d1b6a3c9c3bd8a1"),
    "gitea": (sample("gitea-push"), lambda body: {"X-Gitea-Event": "push", "X-Gitea-Signature": hexmac(body)},
              "9d7157cc4a137b3e1dfe92750ccfb1bbad239f99"),
    "github": (json.dumps(GITHUB).encode(), lambda body: {
        "X-GitHub-Event": "push", "X-GitHub-Delivery": "72d3162e", "X-Hub-Signature-256": "sha256=" + hexmac(body)},
        "f" * 40),
    "gitlab": (sample("gitlab-push"), lambda body: {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": SECRET},
               "da1560886d4f094c3e6c9ef40349f7d38b5d27d7"),
    "gogs": (sample("gogs-push"), lambda body: {"X-Gogs-Event": "push", "X-Gogs-Signature": hexmac(body)},
             "29a2d3e1f0b6a0a9f3aef33f0b0c5e9f7c36b5d7"),
}


def start(stack, repository, hooks=HOOKS, **more):
    stack.start(config=configuration(
        repository, change_sources=None, web_hooks=hooks, steps=[{"run": "true"}],
        schedulers=[{"type": "any_branch", "name": "all", "builders": ["app"]}], **more))


def deliver(stack, dialect, body, headers, content_type="application/json"):
    return stack.rest.request("POST", f"change_hook/{dialect}", data=body,
                              headers={"Content-Type": content_type, **headers})


def newest(stack, **filters):
    return stack.rest.get("deliveries", order="-deliveryid", limit=1, **filters)[0]


def test_every_dialect_makes_a_build(stack, repository):
    start(stack, repository)
    for dialect, (body, headers, revision) in DELIVERIES.items():
        answer = deliver(stack, dialect, body, headers(body))
        assert answer.status_code == 202 and "change found" in answer.text, (dialect, answer.text)
        row = newest(stack, source=dialect)
        assert row["verdict"] == "changes" and row["changeids"] and row["status"] == 202, row
        assert revision in [stack.rest.one(f"changes/{number}")["revision"] for number in row["changeids"]]
        assert stack.rest.get(f"changes/{row['changeids'][0]}/deliveries")[0]["deliveryid"] == row["deliveryid"]

        again = deliver(stack, dialect, body, headers(body))
        assert (again.status_code, again.text) == (202, answer.text)
        row = newest(stack, source=dialect)
        assert row["verdict"] == "known" and not row["changeids"] and row["known_changeids"], row
    form = "payload=" + urllib.parse.quote(sample("bitbucket"))
    answer = deliver(stack, "bitbucket", form, {}, "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.text) == (202, "1 change found")
    for _, _, revision in DELIVERIES.values():
        assert stack.rest.finished_build_of(revision, "app")["results"] == 0


def test_the_ledger_tells_what_came_of_it_and_no_secrets(stack, repository):
    start(stack, repository)
    body, headers, _ = DELIVERIES["gitlab"]
    with EventStream(stack.rest.url, "deliveries/*/new") as stream:
        refused = deliver(stack, "gitlab", body, {**headers(body), "X-Gitlab-Token": "wrong"})
        wait_for(lambda: f"deliveries/{newest(stack)['deliveryid']}/new" in stream.keys(), "the event")
    assert (refused.status_code, refused.text) == (400, "Invalid secret")
    row = newest(stack)
    assert (row["verdict"], row["reason"], row["status"]) == ("refused", "Invalid secret", 400)

    ping = b'{"zen": "Keep it logically awesome."}'
    deliver(stack, "github", ping, {"X-GitHub-Event": "fork", "X-Hub-Signature-256": "sha256=" + hexmac(ping)})
    row = newest(stack)
    assert (row["verdict"], row["event"], row["status"]) == ("ignored", "fork", 200)

    # The body is for who may read the audit log.
    anonymous = stack.rest.request("GET", f"api/v2/deliveries/{row['deliveryid']}/body", headers={"Authorization": ""})
    assert anonymous.status_code in (401, 403)
    shown = stack.rest.request("GET", f"api/v2/deliveries/{row['deliveryid']}/body",
                               headers={"Authorization": f"Bearer {stack.rest.token}"})
    assert shown.json()["delivery_bodies"][0]["body"] == ping.decode()
    stored = stack.sql("SELECT coalesce(string_agg(request::text, ''), '') FROM deliveries")[0][0]
    assert SECRET not in stored and "wrong" not in stored and "sha256=" not in stored


def test_a_password_for_all_dialects(stack, repository):
    start(stack, repository, hooks={"base": {}, "auth": {"user": "forge", "password": SECRET}})
    fields = {"revision": "a" * 40, "branch": "main", "repository": "https://x/app"}
    refused = stack.rest.request("POST", "change_hook/base", data=fields)
    assert refused.status_code == 401 and "Protected area" in refused.headers["WWW-Authenticate"]
    basic = base64.b64encode(f"forge:{SECRET}".encode()).decode()
    answer = stack.rest.request("POST", "change_hook/base", data=fields, headers={"Authorization": f"Basic {basic}"})
    assert (answer.status_code, answer.text) == (202, "1 change found")
    assert basic not in stack.sql("SELECT string_agg(request::text, '') FROM deliveries")[0][0]


def test_a_delivery_that_a_wrong_secret_refused_is_replayed(stack, repository):
    start(stack, repository)
    body, headers, revision = DELIVERIES["gitea"]
    deliver(stack, "gitea", body, {**headers(body), "X-Gitea-Signature": "0" * 64})
    refused = newest(stack)
    assert refused["verdict"] == "refused" and refused["replayable"]

    stack.kill("changes")
    for _ in range(2):  # once is enough, however often
        stack.rest.control(f"deliveries/{refused['deliveryid']}", "replay")
    stack.restart("changes")
    replayed = wait_for(lambda: stack.rest.get("deliveries", replay_of=refused["deliveryid"]), "the replay")[0]
    assert replayed["verdict"] == "changes" and replayed["event"] == "push", replayed
    assert stack.rest.get(f"deliveries/{refused['deliveryid']}/replays") == [replayed]
    assert stack.rest.finished_build_of(revision, "app")["results"] == 0
    assert stack.sql("SELECT count(*) FROM replays")[0][0] == 0


def test_a_poller_is_poked_through_the_hook(stack, repository):
    stack.start(config=configuration(repository, web_hooks={"poller": {}}, steps=[{"run": "true"}], change_sources=[
        {"type": "git_poller", "name": "app", "repository": repository.url, "poll_interval": "1h"}]))
    stack.wait_first_poll()
    revision = repository.commit("Make it work", {"Makefile": "test:\n\ttrue\n"})
    unknown = stack.rest.request("GET", "change_hook/poller?poller=nobody")
    assert (unknown.status_code, unknown.text) == (400, "Could not find pollers: nobody")
    answer = stack.rest.request("GET", "change_hook/poller?poller=app")
    assert (answer.status_code, answer.text) == (202, "no change found")
    assert stack.rest.finished_build_of(revision, "app")["results"] == 0


def test_changes_is_killed_between_deliveries(stack, repository):
    """Whoever was told 202 finds change and ledger's entry; who was not sends again, and nothing is there twice."""
    start(stack, repository)
    stop, sent = threading.Event(), []

    def send():
        number = 0
        while not stop.is_set():
            number += 1
            fields = {"revision": f"{number:040x}", "branch": "main", "repository": "https://x/app"}
            while not stop.is_set():
                try:
                    if stack.rest.request("POST", "change_hook/base", data=fields).status_code == 202:
                        sent.append(fields["revision"])
                        break
                except (RestError, OSError):
                    pass
    thread = threading.Thread(target=send)
    thread.start()
    try:
        for kills in range(3):
            wait_for(lambda: len(sent) > 20 * kills + 10, "some deliveries")
            stack.kill_and_restart("changes")
        wait_for(lambda: len(sent) > 80, "deliveries after the last kill")
    finally:
        stop.set()
        thread.join()
    there = [row[0] for row in stack.sql("SELECT revision FROM changes")]
    assert set(sent) <= set(there) and len(there) == len(set(there))
    assert stack.sql("SELECT count(*) FROM deliveries WHERE verdict = 'changes'")[0][0] == len(there)
    named = stack.sql("SELECT count(DISTINCT id) FROM deliveries, unnest(changeids) id JOIN changes ON changeid = id")
    assert named[0][0] == len(there)


class GitHubApi:
    """What the hook asks GitHub's API: the head's commit, and pages of files; `hang` keeps it from answering."""

    def __init__(self, message="Go"):
        self.message, self.asked, self.hang = message, [], threading.Event()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                api.asked.append((self.path, self.headers["Authorization"]))
                if api.hang.is_set():
                    api.release.wait(30)
                path = self.path.partition("?")[0]
                files = [{"filename": "src/a.c"}, {"filename": "new.c", "previous_filename": "old.c"}]
                body = json.dumps(files if path.endswith("/files") else {"commit": {"message": api.message}}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        self.release = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def pull_request(number):
    return json.dumps({
        "action": "opened", "number": number, "sender": {"login": "ada"},
        "pull_request": {"title": "A page", "body": None, "commits": 1, "html_url": f"https://github.com/octo/app/pull/{number}",
                         "head": {"sha": f"{number:040x}"}, "base": {"ref": "main"}},
        "repository": {"full_name": "octo/app", "html_url": "https://github.com/octo/app"}}).encode()


def test_github_is_asked_for_files_but_not_waited_for(stack, repository):
    api = GitHubApi()
    try:
        start(stack, repository, hooks={"github": {"secret": SECRET, "token": "ghp_token", "github_api_endpoint": api.url + "/"}})

        def send(number):
            body = pull_request(number)
            return deliver(stack, "github", body, {"X-GitHub-Event": "pull_request",
                                                   "X-Hub-Signature-256": "sha256=" + hexmac(body)})
        assert send(1).text == "1 change found"
        change = stack.rest.one("changes", revision=f"{1:040x}")
        assert sorted(change["files"]) == ["new.c", "old.c", "src/a.c"]
        assert {token for _, token in api.asked} == {"Bearer ghp_token"}
        assert api.asked[0][0] == f"/repos/octo/app/commits/{1:040x}"

        api.message = "Go [skip ci]"
        assert send(2).text == "no change found"
        assert newest(stack)["verdict"] == "filtered"

        api.message = "Go"
        api.hang.set()
        assert send(3).text == "1 change found"
        assert stack.rest.one("changes", revision=f"{3:040x}")["files"] == []
    finally:
        api.stop()


def test_old_deliveries_go_with_retention(stack):
    config = {"web_hooks": {"base": {}}, "retention": {"deliveries": "30d"}}
    stack.start("www", "changes", "builder", agents=(), config=config)
    for revision in ("old", "new"):
        stack.cli("send-change", "--author", "Ada", "--repository", "https://git.example/app", "--revision", revision)
    old, new = sorted(row["deliveryid"] for row in stack.rest.get("deliveries"))
    stack.sql(f"UPDATE deliveries SET received_at = received_at - interval '31 days', last_at = last_at - interval '31 days' "
              f"WHERE deliveryid = {old}", fetch=False)
    stack.kill_and_restart("builder")    # retention begins at its start
    wait_for(lambda: [row["deliveryid"] for row in stack.rest.get("deliveries")] == [new], "the old delivery to go")
    assert stack.rest.request("GET", f"api/v2/deliveries/{old}").status_code == 404
    assert len(stack.rest.get("changes")) == 2    # these have an age of their own
