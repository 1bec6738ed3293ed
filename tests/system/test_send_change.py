# SPDX-License-Identifier: Apache-2.0
"""slipway send-change against the running services."""

import pytest
import requests

BASE = {"base": {}}
PROTECTED = {"base": {}, "auth": {"user": "hooks", "password": "very-secret-word"}}


@pytest.fixture
def start(stack):
    def begin(hooks):
        return stack.start("changes", "www", agents=(), config={"web_hooks": hooks} if hooks else {"title": "None"})
    return begin


def changes(stack):
    return stack.rest.get("changes", order="changeid")


def test_a_change_arrives_with_all_its_fields(start, tmp_path):
    stack = start(BASE)
    message = tmp_path / "message"
    message.write_text("Mend it\n\nwith a body <b>")
    done = stack.cli("send-change", "--author", "Ada <ada@example.org>", "--branch", "main", "--revision", "abc123",
                     "--repository", "https://git.example/app", "--project", "app", "--codebase", "lib", "--category", "push",
                     "--logfile", message, "--property", "a=1", "--property", "b=x=y", "--revlink", "https://git.example/abc123",
                     "--when", "1767225600", "src/a.c", "docs/b c.md")
    assert done.stdout == "1 change found\n"
    change = changes(stack)[0]
    expected = {"author": "Ada <ada@example.org>", "branch": "main", "revision": "abc123", "category": "push", "codebase": "lib",
                "repository": "https://git.example/app", "project": "app", "comments": "Mend it\n\nwith a body <b>",
                "files": ["src/a.c", "docs/b c.md"], "revlink": "https://git.example/abc123", "when_timestamp": 1767225600}
    assert {name: change[name] for name in expected} == expected
    assert {name: change["properties"][name][0] for name in "ab"} == {"a": "1", "b": "x=y"}
    assert stack.sql("SELECT source, verdict, found FROM deliveries") == [("base", "changes", 1)]


def test_the_same_revision_is_one_change(start):
    stack = start(BASE)
    for _ in range(2):
        stack.cli("send-change", "--who", "Ada", "--branch", "main", "--revision", "abc", "--comments", "once")
    assert len(changes(stack)) == 1
    assert [row[0] for row in stack.sql("SELECT verdict FROM deliveries ORDER BY deliveryid")] == ["changes", "known"]


def test_what_is_refused_is_told(start):
    stack = start(None)
    done = stack.cli("send-change", "--author", "Ada", check=False)
    assert done.returncode == 2 and "wasn't whitelisted" in done.stderr
    assert changes(stack) == []


def test_the_hooks_password(start, tmp_path):
    stack = start(PROTECTED)
    words = ("send-change", "--author", "Ada", "--revision", "1", "--hook-user", "hooks")
    assert stack.cli(*words, check=False).returncode != 0
    assert stack.cli(*words, "--hook-password", "wrong", check=False).returncode != 0
    assert changes(stack) == []
    secret = tmp_path / "password"
    secret.write_text("very-secret-word\n")
    stack.cli(*words, "--hook-password-file", secret)
    assert len(changes(stack)) == 1


def audited(stack):
    return stack.sql("SELECT username, provider, tokenid, client, target, outcome, detail->>'verdict' FROM audit "
                     "WHERE action = 'send-change' ORDER BY auditid")


def test_who_sent_it_by_a_token_is_known(start):
    stack = start(BASE)
    token = stack.cli("token", "create", "robot", "--scopes", "read").stdout.strip()
    words = ("send-change", "--author", "Ada", "--repository", "https://git.example/app", "--revision")
    stack.cli(*words, "1", "--token", token)
    stack.cli(*words, "1")    # by the admin token
    first, second = stack.rest.get("deliveries", order="deliveryid")
    assert (first["sender"], second["sender"]) == ("admin", "admin")
    number = stack.sql("SELECT tokenid FROM tokens")[0][0]
    assert audited(stack) == [
        ("admin", "admin-token", number, "127.0.0.1", f"deliveries/{first['deliveryid']}", "done", "changes"),
        ("admin", "admin-token", None, "127.0.0.1", f"deliveries/{second['deliveryid']}", "done", "known")]
    assert stack.sql("SELECT count(*) FROM senders")[0][0] == 0    # each serves once
    kept = str(stack.sql("SELECT request FROM deliveries")) + "".join(
        path.read_text(errors="replace") for path in stack.logs.iterdir())
    assert token not in kept and stack.admin_token not in kept


def test_nobody_can_claim_to_be_somebody(start):
    stack = start(BASE)
    fields = {"author": "Eve", "repository": "https://git.example/app"}
    stack.sql("INSERT INTO senders (handle, username, at) VALUES ('known', 'ann', now())", fetch=False)
    for revision, header in enumerate(("known", "admin", "")):
        answer = stack.rest.request("POST", "change_hook/base", data={**fields, "revision": revision},
                                    headers={"Authorization": "", "X-Slipway-Sender": header})
        assert answer.status_code == 202, answer.text
    # Past www nobody knows a handle.
    direct = requests.post(f"{stack.service_url('changes')}/change_hook/base", data={**fields, "revision": "direct"},
                           headers={"X-Slipway-Sender": "ann"}, timeout=30)
    assert direct.status_code == 202
    assert {row["sender"] for row in stack.rest.get("deliveries")} == {None} and audited(stack) == []

    wrong = stack.rest.request("POST", "change_hook/base", data=fields, headers={"Authorization": "Bearer slp_" + "x" * 43})
    assert wrong.status_code == 401 and len(stack.rest.get("deliveries")) == 4


def test_what_is_refused_names_the_sender_too(start):
    stack = start(BASE)
    answer = stack.rest.request("POST", "change_hook/base", data={"author": "Ada", "files": "no list"},
                                headers={"Authorization": f"Bearer {stack.admin_token}"})
    assert answer.status_code == 400
    [row] = audited(stack)
    assert row[0] == "admin" and row[5:] == ("refused", "refused")
