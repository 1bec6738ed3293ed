# SPDX-License-Identifier: Apache-2.0
"""slipway login, logout and whoami: a token of one's own, kept for all commands, and ended again."""

import json
import os
import pty
import subprocess

import pytest

from slipway_test import configuration, wait_for
from slipway_test.stack import BINARIES

PASSWORD = "correct horse"


class Home:
    """Somebody at a machine, without anybody else's settings."""

    def __init__(self, folder):
        self.file = folder / "config/slipway/logins.json"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "XDG_"))}
        self.env.update(XDG_CONFIG_HOME=str(folder / "config"), XDG_STATE_HOME=str(folder / "state"), HOME=str(folder))

    def slipway(self, *words, text="", **environment):
        return subprocess.run([BINARIES / "slipway", *map(str, words)], input=text, capture_output=True, text=True, check=False,
                              timeout=60, env={**self.env, **environment})

    def kept(self):
        return json.loads(self.file.read_text())


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def site(stack, repository):
    roles = [{"name": "admins", "users": ["ann"]}]
    stack.start("www", "scheduler", agents=(), config=configuration(
        repository, change_sources=None, access={"roles": roles},
        schedulers=[{"type": "force", "name": "force", "builders": ["app"]}]))
    env = {**os.environ, "SLIPWAY_URL": stack.url, "SLIPWAY_ADMIN_TOKEN": stack.admin_token}
    subprocess.run([BINARIES / "slipway", "user", "add", "ann"], input=PASSWORD, text=True, check=True, timeout=60, env=env)
    return stack


def tokens(stack):
    return stack.cli_json("token", "list", "--all")[::-1]


def test_a_password_becomes_a_token_for_every_command(site, home):
    assert home.slipway("force", "force", "--url", site.url).returncode != 0
    done = home.slipway("login", site.url, "--user", "ann", text=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    assert f"signed in to {site.url}/ as ann" in done.stdout and "warning" not in done.stderr
    assert home.file.stat().st_mode & 0o777 == 0o600 and home.file.parent.stat().st_mode & 0o777 == 0o700
    assert PASSWORD not in home.file.read_text()
    [token] = tokens(site)
    assert token["name"] == f"slipway@{os.uname().nodename}" and token["username"] == "ann"
    assert 89 * 86400 < token["expires_at"] - token["created_at"] <= 90 * 86400
    assert site.sql("SELECT count(*) FROM sessions")[0][0] == 0    # the password's session has ended

    done = home.slipway("whoami")
    assert done.returncode == 0 and done.stdout.startswith(f"ann at {site.url}/\n") and "admins" in done.stdout
    # No address and no token is said: the server that was signed in to.
    assert home.slipway("force", "force").returncode == 0
    assert home.slipway("token", "list").returncode == 0

    # Once more: the token of before ends.
    assert home.slipway("login", "--user", "ann", "--days", "0", text=PASSWORD).returncode == 0
    first, second = tokens(site)
    assert first["revoked_at"] and not second["revoked_at"] and second["expires_at"] is None

    kept = home.kept()["servers"][f"{site.url}/"]["token"]
    done = home.slipway("logout")
    assert done.returncode == 0 and "revoked" in done.stdout, done.stderr
    assert all(token["revoked_at"] for token in tokens(site))
    assert home.kept() == {"servers": {}}
    assert site.rest.request("GET", "api/v2/me/tokens", headers={"Authorization": f"Bearer {kept}"}).status_code == 401
    assert home.slipway("logout", site.url).returncode == 1
    whoami = home.slipway("whoami", site.url)
    assert whoami.returncode == 1 and whoami.stdout.startswith("anonymous at ")


def test_a_wrong_password_keeps_nothing(site, home):
    done = home.slipway("login", site.url, "--user", "ann", text="wrong\n")
    assert done.returncode == 1 and "wrong user name or password" in done.stderr and "wrong\n" not in done.stdout
    assert not home.file.exists() and not tokens(site)
    assert home.slipway("login", site.url, "--user", "ann").returncode == 2
    assert home.slipway("login", site.url, "b", "--user", "ann").returncode == 2


def test_a_token_that_was_made_elsewhere_is_kept_and_not_revoked(site, home, tmp_path):
    made = site.cli("token", "create", "by hand", "--scopes", "read").stdout.strip()
    (tmp_path / "token").write_text(made + "\n")
    done = home.slipway("login", site.url, "--token-file", tmp_path / "token")
    assert done.returncode == 0 and "as admin" in done.stdout, done.stderr
    assert home.slipway("whoami").stdout.splitlines()[-1] == "scopes: read"
    assert home.slipway("force", "force").returncode != 0    # it is for less
    # What the environment says goes first; so does the older variable.
    for name in ("SLIPWAY_TOKEN", "SLIPWAY_ADMIN_TOKEN"):
        assert home.slipway("force", "force", **{name: site.admin_token}).returncode == 0
    assert home.slipway("force", "force", SLIPWAY_TOKEN=made, SLIPWAY_ADMIN_TOKEN=site.admin_token).returncode != 0
    assert "goes on" in home.slipway("logout").stdout
    assert not tokens(site)[0]["revoked_at"]
    done = home.slipway("login", site.url, SLIPWAY_TOKEN="slp_" + "x" * 43)
    assert done.returncode == 1 and not home.kept()["servers"]


def test_a_token_is_told_to_its_own_server_only(site, home):
    home.slipway("login", site.url, "--user", "ann", text=PASSWORD)
    other = site.url.replace("127.0.0.1", "localhost")
    assert home.slipway("whoami", other).stdout.startswith("anonymous at ")
    assert home.slipway("force", "force", "--url", other).returncode != 0
    # A state folder that is named goes before the login.
    state = home.file.parent / "state"
    state.mkdir()
    (state / "url").write_text(site.url)
    (state / "admin.token").write_text(site.admin_token)
    assert home.slipway("whoami", "--state", state).stdout.startswith("admin at ")


def test_a_logout_that_nobody_hears_is_told(site, home):
    home.slipway("login", site.url, "--user", "ann", text=PASSWORD)
    site.kill("www")
    done = home.slipway("logout")
    assert done.returncode == 1 and "could not be revoked" in done.stderr
    assert not home.kept()["servers"]


def test_a_damaged_file_is_named_and_left_alone(site, home):
    home.file.parent.mkdir(parents=True)
    home.file.write_text("{")
    done = home.slipway("login", site.url, "--user", "ann", text=PASSWORD)
    assert done.returncode != 0 and str(home.file) in done.stderr and home.file.read_text() == "{"
    assert all(token["revoked_at"] for token in tokens(site))    # one that nobody has is no use


def test_a_terminal_does_not_show_the_password(site, home):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BINARIES / "slipway", "login", site.url], stdin=theirs, stdout=theirs, stderr=theirs, env=home.env,
                               start_new_session=True)
    os.close(theirs)
    shown = b""

    def read_until(words):
        nonlocal shown
        while words not in shown:
            shown += os.read(ours, 1000)

    try:
        read_until(b"User name: ")
        os.write(ours, b"ann\n")
        read_until(b"Password of ann at ")
        os.write(ours, PASSWORD.encode() + b"\n")
        read_until(b"signed in to ")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert b"ann" in shown and PASSWORD.encode() not in shown
    wait_for(lambda: home.slipway("whoami").returncode == 0, "the login to hold")
