# SPDX-License-Identifier: Apache-2.0
"""Pollers of real repositories behind passwords, and what a hook does for a poller."""

import os
import subprocess

import requests

from slipway_test import wait_for
from slipway_test.vcs import HgRepository, SvnRepository


def begin(stack, *sources, hooks=None):
    return stack.start("changes", "www", agents=(), config={
        "change_sources": [{"poll_interval": "1s", **source} for source in sources], **({"web_hooks": hooks} if hooks else {})})


def changes(stack):
    return stack.rest.get("changes", order="changeid")


def wait_polls(stack, count):
    wait_for(lambda: stack.sql("SELECT count(*) FROM pollers WHERE initialized AND active")[0][0] == count, "the first polls")


def kept(stack):
    """All that the services wrote."""
    return "".join(path.read_text(errors="replace") for path in stack.logs.iterdir()) + \
        str(stack.sql("SELECT * FROM deliveries")) + str(stack.sql("SELECT * FROM pollers"))


def test_git_behind_a_password(stack, git_server, repository):
    git_server.users = {"ci": "very-secret-word"}
    source = {"type": "git_poller", "name": "app", "repository": repository.url, "user": "ci", "password": {"secret": "git"}}
    (stack.secrets / "git").write_text("wrong-secret-word\n")
    begin(stack, source)
    wait_for(lambda: stack.sql("SELECT count(*) FROM deliveries WHERE verdict = 'failed'")[0][0], "a refusal")
    (stack.secrets / "git").write_text("very-secret-word\n")
    wait_polls(stack, 1)
    revision = repository.commit("More")
    wait_for(lambda: [change["revision"] for change in changes(stack)] == [revision], "the change")
    assert "very-secret-word" not in kept(stack) and "wrong-secret-word" not in kept(stack)


def test_svn_behind_a_password(stack, tmp_path):
    repository = SvnRepository(tmp_path)
    conf = repository.folder / "conf"
    (conf / "svnserve.conf").write_text("[general]\nanon-access = none\nauth-access = write\npassword-db = passwd\n")
    (conf / "passwd").write_text("[users]\nci = very-secret-word\n")
    server = subprocess.Popen(["svnserve", "-d", "--foreground", "--listen-host", "127.0.0.1", "--listen-port", "0", "-r", tmp_path],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = wait_for(lambda: listening_port(server.pid), "svnserve")
        begin(stack, {"type": "svn_poller", "name": "lib", "repository": f"svn://127.0.0.1:{port}/svn", "user": "ci",
                      "password": "very-secret-word", "split_file": "branches"})
        wait_polls(stack, 1)
        revision = repository.commit("one", {"trunk/f": "1"})
        wait_for(lambda: [change["revision"] for change in changes(stack)] == [revision], "the change")
        assert "very-secret-word" not in kept(stack)
    finally:
        server.kill()
        server.wait()


def test_hg_over_http(stack, tmp_path):
    repository = HgRepository(tmp_path)
    first = repository.commit("first", {"a": "1"})
    server = serve_hg(tmp_path)
    try:
        port = wait_for(lambda: listening_port(server.pid), "hg serve")
        url = f"http://127.0.0.1:{port}"
        stack.start("changes", "www", agents=(), config={
            "change_sources": [{"type": "hg_poller", "name": "tool", "repository": url, "branches": ["default", "stable"],
                                "poll_interval": "1s"}],
            "revlinks": [{"repository": "127[.]0[.]0[.]1:([0-9]+)$", "revlink": r"http://127.0.0.1:\1/rev/%s"}]})
        wait_polls(stack, 1)
        made = [repository.commit("second", {"a": "2", "b": "1"})]
        repository.hg("branch", "-q", "stable")
        made.append(repository.commit("third", {"c": "1"}))
        wait_for(lambda: len(changes(stack)) == 2, "the changes")
        assert [(change["revision"], change["branch"], change["files"]) for change in changes(stack)] == [
            (made[0], "default", ["a", "b"]), (made[1], "stable", ["c"])]
        assert first not in {change["revision"] for change in changes(stack)}
        for change in changes(stack):    # the page is really that changeset's
            assert change["revlink"] == f"{url}/rev/{change['revision']}"
            assert change["comments"] in requests.get(change["revlink"], timeout=30).text
        server.kill()
        server.wait()
        wait_for(lambda: stack.sql("SELECT count(*) FROM deliveries WHERE verdict = 'failed'")[0][0], "a failed poll")
        server = serve_hg(tmp_path, port)
        made.append(repository.commit("fourth", {"c": "2"}))
        wait_for(lambda: [change["revision"] for change in changes(stack)] == made, "what came while the server was away")
    finally:
        server.kill()
        server.wait()


def serve_hg(folder, port=0):
    return subprocess.Popen(["hg", "serve", "-R", folder / "hg", "-a", "127.0.0.1", "-p", str(port)], env={**os.environ, "HGRCPATH": ""},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def listening_port(pid):
    """Of a process that chose it itself; None while it does not listen."""
    inodes = {link for link in subprocess.run(["find", f"/proc/{pid}/fd", "-lname", "socket:*", "-printf", "%l\n"], check=False,
                                              capture_output=True, text=True).stdout.split()}
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in list(table)[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:
                return int(words[1].split(":")[1], 16)
    return None


def test_hg_with_two_replicas_and_kills(stack, tmp_path):
    repository = HgRepository(tmp_path)
    repository.commit("first", {"a": "1"})
    begin(stack, {"type": "hg_poller", "name": "tool", "repository": repository.url})
    stack.scale("changes", 2)
    wait_polls(stack, 1)
    made = []
    for number in range(6):
        made.append(repository.commit(f"c{number}", {"a": f"{number}x"}))
        if number == 2:
            stack.kill_and_restart("changes")
        if number == 4:
            stack.kill_and_restart("changes-2")
    wait_for(lambda: {change["revision"] for change in changes(stack)} == set(made), "all changes", 90)
    assert len(changes(stack)) == len(made)
    assert {change["branch"] for change in changes(stack)} == {"default"}


def test_a_hook_makes_the_poller_look(stack, repository):
    begin(stack, {"type": "git_poller", "name": "app", "repository": repository.url, "poll_interval": "600s"}, hooks={"base": {}})
    wait_polls(stack, 1)
    stack.sql("UPDATE pollers SET last_poll_at = now() - interval '1 minute'", fetch=False)
    lost = repository.commit("Lost on the way")
    told = repository.commit("Told")
    stack.cli("send-change", "--author", "Ada", "--repository", repository.url, "--branch", "main", "--revision", told)
    wait_for(lambda: {change["revision"] for change in changes(stack)} == {lost, told}, "what was lost")
    assert len(changes(stack)) == 2
    recovered = stack.sql("SELECT changeids, known_changeids FROM deliveries WHERE recovered")
    assert len(recovered) == 1 and len(recovered[0][0]) == 1 and len(recovered[0][1]) == 1
