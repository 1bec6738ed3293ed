# SPDX-License-Identifier: Apache-2.0
"""slipway send-change against the running services."""

import pytest

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
