# SPDX-License-Identifier: Apache-2.0
"""Signing in: by password, by API token, at an OpenID Connect provider and at forges; and all that must not get in."""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import urllib.parse

import pytest
import requests

from slipway_test.forge import GITEA, GITHUB, GITLAB, SECRET, Forge
from slipway_test.stack import BINARIES

SERVER = pathlib.Path(__file__).parents[1] / "oidc"


class Provider:
    """tests/oidc/server.js: npm's oidc-provider."""

    def __init__(self, redirect_uri):
        assert (SERVER / "node_modules" / "oidc-provider").is_dir(), "run: npm ci --prefix tests/oidc"
        self._process = subprocess.Popen(["node", SERVER / "server.js", redirect_uri], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}"

    def fault(self, **fault):
        requests.post(f"{self.url}/-/fault", json=fault, timeout=10).raise_for_status()

    def stop(self):
        if not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait(timeout=20)


def provider_config(provider, **more):
    return {"type": "oidc", "url": provider.url, "client_id": "slipway", "client_secret": {"secret": "oidc"}, **more}


def configured(stack, sign_in=None, access=None):
    config = {"url": f"{stack.url}/", "builders": [{"name": "app", "steps": [{"run": "true"}]}],
              "schedulers": [{"type": "force", "name": "force", "builders": ["app"]}]}
    if sign_in:
        config["sign_in"] = sign_in
    if access:
        config["access"] = access
    return config


@pytest.fixture
def www(stack):
    stack.start("www", agents=(), config=configured(stack))
    return stack


@pytest.fixture
def oidc(stack):
    provider = Provider(f"{stack.url}/auth/callback/oidc")
    (stack.secrets / "oidc").write_text("s+cret/=1\n")
    stack.start("www", agents=(), config=configured(stack, [provider_config(provider)]))
    yield provider
    provider.stop()


@pytest.fixture
def forge(stack):
    forges = []

    def make(kind, answers, **more):
        forges.append(Forge(answers))
        (stack.secrets / "forge").write_text(SECRET)
        url = forges[-1].url
        provider = {"type": kind, "url": url, "client_id": "slipway", "client_secret": {"secret": "forge"}, **more}
        if kind == "github":
            provider["api_url"] = url
        stack.start("www", agents=(), config=configured(stack, [provider]))
        return forges[-1]

    yield make
    for one in forges:
        one.stop()


def as_admin(stack, path, body=None, method="POST"):
    answer = stack.rest.request(method, f"api/v2/{path}", json=body, headers={"Authorization": f"Bearer {stack.admin_token}"})
    answer.raise_for_status()
    return answer.json()


def me(stack, session=requests, **options):
    answer = session.get(f"{stack.url}/api/v2/me", timeout=30, **options)
    return answer.json() if answer.status_code == 200 else answer.status_code


def follow(session, url, until):
    """Goes where it is sent to until an address begins with `until`, or a page is shown."""
    while not url.startswith(until):
        answer = session.get(url, allow_redirects=False, timeout=30)
        if "Location" not in answer.headers:
            return answer
        url = urllib.parse.urljoin(url, answer.headers["Location"])
    return url


def to_provider(stack, session, query="provider=oidc"):
    answer = session.get(f"{stack.url}/auth/login?{query}", allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def through_provider(stack, session, url, name):
    """Signs in and consents on the provider's own pages; returns where it sends the browser back to."""
    for form in ({"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}):
        page = follow(session, url, stack.url)
        if isinstance(page, str):
            return page
        action = re.search(r'action="([^"]+)"', page.text).group(1)
        answer = session.post(urllib.parse.urljoin(page.url, action), data=form, allow_redirects=False, timeout=30)
        url = urllib.parse.urljoin(page.url, answer.headers["Location"])
    return follow(session, url, stack.url)


def come_back(session, url):
    return session.get(url, allow_redirects=False, timeout=30)


def sign_in(stack, name, query="provider=oidc"):
    session = requests.Session()
    back = through_provider(stack, session, to_provider(stack, session, query), name)
    return session, come_back(session, back)


# OpenID Connect.

def test_openid_connect_tells_who_it_is(oidc, stack):
    session, answer = sign_in(stack, "ann", "provider=oidc&redirect=/builders/1")
    assert answer.status_code == 302 and answer.headers["Location"] == f"{stack.url}/#/builders/1"
    who = me(stack, session)
    assert (who["username"], who["email"], who["full_name"], who["provider"]) == ("ann", "ann@example.org", "ann of Test", "oidc")
    assert who["groups"] == ["staff", "ann-team"] and "signed_in" in who["roles"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    # The only provider there is needs no name; an address that is not verified is none.
    session, answer = sign_in(stack, "una", "redirect=/")
    assert answer.status_code == 302 and me(stack, session)["email"] is None
    assert stack.sql("SELECT count(*) FROM signins")[0][0] == 0
    rows = stack.sql("SELECT username, provider, outcome FROM audit WHERE action = 'sign-in' ORDER BY auditid")
    assert rows == [("ann", "oidc", "done"), ("una", "oidc", "done")]
    logs = "".join(path.read_text() for path in stack.logs.iterdir())
    for secret in ("code=", "s+cret", "access_token", "id_token="):
        assert secret not in logs


def test_a_sign_in_is_used_once_and_by_who_began_it(oidc, stack):
    session = requests.Session()
    back = through_provider(stack, session, to_provider(stack, session), "ann")
    assert come_back(requests.Session(), back).status_code == 403       # another browser: the state is gone now
    assert come_back(session, back).status_code == 403
    assert me(stack, session)["anonymous"]
    session, answer = sign_in(stack, "ann")
    assert answer.status_code == 302
    assert come_back(requests.Session(), f"{stack.url}/auth/callback/oidc?code=x&state=made-up").status_code == 403
    assert come_back(requests.Session(), f"{stack.url}/auth/callback/other?code=x&state=y").status_code == 404
    # One that took more than ten minutes is over.
    session = requests.Session()
    back = through_provider(stack, session, to_provider(stack, session), "ann")
    stack.sql("UPDATE signins SET created_at = created_at - interval '11 minutes'", fetch=False)
    assert come_back(session, back).status_code == 403


WRONG = {
    "another issuer": {"claims": {"iss": "http://evil.example"}},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "one audience of many": {"claims": {"aud": ["slipway", "evil"]}},
    "another party": {"claims": {"azp": "evil"}},
    "another nonce": {"claims": {"nonce": "x"}},
    "long over": {"claims": {"exp": 1700000000}},
    "of the future": {"claims": {"iat": 4100000000}},
    "nobody": {"claims": {"sub": ""}},
    "another user than userinfo's": {"claims": {"sub": "root"}},
    "another key": {"signed": "other"},
    "our own secret as key": {"signed": "secret"},
    "no signature": {"signed": "none"},
}


def test_a_wrong_id_token_signs_nobody_in(oidc, stack):
    for what, fault in WRONG.items():
        session = requests.Session()
        back = through_provider(stack, session, to_provider(stack, session), "ann")
        oidc.fault(**fault)
        assert come_back(session, back).status_code == 403, what
        assert me(stack, session)["anonymous"], what
    assert sign_in(stack, "ann")[1].status_code == 302


def test_a_provider_that_fails_is_told_as_such(oidc, stack):
    for end in ("token", "jwks", "me"):
        session = requests.Session()
        back = through_provider(stack, session, to_provider(stack, session), "ann")
        oidc.fault(drop=end)
        answer = come_back(session, back)
        assert answer.status_code == 503 and "Sign-in failed" in answer.text, end
        assert answer.headers["Content-Type"].startswith("text/html")


def test_a_provider_that_can_not_be_asked_is_told_as_such(oidc, stack):
    oidc.fault(drop="openid-configuration")
    assert requests.get(f"{stack.url}/auth/login?provider=oidc", timeout=30).status_code == 503
    assert sign_in(stack, "ann")[1].status_code == 302
    session = requests.Session()
    back = through_provider(stack, session, to_provider(stack, session), "ann")
    oidc.stop()
    assert come_back(session, back).status_code == 503
    stack.kill_and_restart("www")
    stack.wait_ready()
    assert requests.get(f"{stack.url}/auth/login?provider=oidc", timeout=30).status_code == 503


def test_who_is_let_in_and_by_which_name(oidc, stack):
    stack.apply(configured(stack, [provider_config(oidc, groups=["ann-*"], domains=["example.org"], prefix="acme:")]))
    session, answer = sign_in(stack, "ann")
    assert answer.status_code == 302 and me(stack, session)["username"] == "acme:ann"
    assert sign_in(stack, "bob")[1].status_code == 403
    stack.apply(configured(stack, [provider_config(oidc, domains=["example.com"])]))
    assert sign_in(stack, "ann")[1].status_code == 403
    # Nobody is taken for a local user or for the admin.
    stack.apply(configured(stack, [provider_config(oidc)]))
    as_admin(stack, "users", {"username": "Ann"})
    assert sign_in(stack, "ann")[1].status_code == 403
    assert sign_in(stack, "admin")[1].status_code == 403
    assert sign_in(stack, "bob")[1].status_code == 302


def test_buildbots_callback_still_serves(stack):
    provider = Provider(f"{stack.url}/auth/login")
    try:
        (stack.secrets / "oidc").write_text("s+cret/=1\n")
        stack.start("www", agents=(), config=configured(stack, [provider_config(provider, buildbot_callback=True)]))
        session, answer = sign_in(stack, "ann", "redirect=/x")
        assert answer.headers["Location"] == f"{stack.url}/#/x" and me(stack, session)["username"] == "ann"
    finally:
        provider.stop()


# Forges.

def at_forge(stack, session=None, query="redirect=/"):
    session = session or requests.Session()
    back = follow(session, to_provider(stack, session, query), stack.url)
    return session, come_back(session, back)


def test_github_tells_organizations_and_teams(forge, stack):
    github = forge("github", GITHUB)
    session, answer = at_forge(stack)
    assert answer.status_code == 302, answer.text
    who = me(stack, session)
    assert (who["username"], who["email"], who["full_name"]) == ("octo", "octo@example.org", "Octo Cat")
    assert who["groups"][0] == "acme" and "org150" in who["groups"] and who["groups"][-1] == "acme/dev"
    github.refuse = "access_denied"
    answer = at_forge(stack)[1]
    assert answer.status_code == 403 and "access_denied" in answer.text and "<b>" not in answer.text
    github.refuse = "<script>"
    assert "<script>" not in at_forge(stack)[1].text
    github.refuse = None
    github.errors.add("/user/emails")
    assert at_forge(stack)[1].status_code == 503
    (stack.secrets / "forge").write_text("wrong")
    assert at_forge(stack)[1].status_code == 403


def test_gitlab_tells_groups(forge, stack):
    gitlab = forge("gitlab", GITLAB, groups=["acme/*"])
    who = me(stack, at_forge(stack)[0])
    assert (who["username"], who["email"], who["groups"]) == ("lab", "lab@example.org", ["acme", "acme/dev"])
    gitlab.answers["/api/v4/user"] = {**GITLAB["/api/v4/user"], "confirmed_at": None}
    assert me(stack, at_forge(stack)[0])["email"] is None
    gitlab.answers["/api/v4/groups"] = []
    assert at_forge(stack)[1].status_code == 403


def test_gitea_tells_organizations_and_teams(forge, stack):
    gitea = forge("gitea", GITEA)
    who = me(stack, at_forge(stack)[0])
    assert (who["username"], who["email"], who["groups"]) == ("tea", None, ["acme", "acme/Dev"])
    gitea.answers["/api/v1/user/emails"] = [{"email": "tea@example.org", "primary": True, "verified": True}]
    assert me(stack, at_forge(stack)[0])["email"] == "tea@example.org"


# Passwords, tokens, sessions.

def add_user(stack, name, **more):
    as_admin(stack, "users", {"username": name, **more})


def force(stack, session, **headers):
    return session.post(f"{stack.url}/api/v2/forceschedulers/force", headers=headers, timeout=30, json={
        "jsonrpc": "2.0", "id": 1, "method": "force", "params": {"reason": "by hand"}}).status_code


def test_a_script_of_buildbots_signs_in_by_basic(www):
    add_user(www, "ann", password="correct horse", groups=["dev"])
    www.apply(configured(www, access={"roles": [{"name": "devs", "groups": ["dev"]}],
                                      "rules": [{"actions": ["force"], "roles": ["devs"]}]}))
    session = requests.Session()
    answer = session.get(f"{www.url}/auth/login", auth=("ann", "correct horse"), allow_redirects=False, timeout=30)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{www.url}/"
    assert force(www, session) == 200
    assert force(www, session, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert force(www, session, Origin="http://evil.example") == 400
    assert requests.get(f"{www.url}/auth/login", timeout=30).headers["WWW-Authenticate"] == 'Basic realm="buildbot"'
    answer = session.get(f"{www.url}/auth/logout?redirect=//evil.example", allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == f"{www.url}/#//evil.example"
    assert force(www, session) == 401


def test_a_forged_cookie_asks_no_database(www):
    before = www.sql("SELECT count(*) FROM sessions")[0][0]
    for cookie in ("x", "u" + "A" * 43 + "." + "0" * 64, "." * 200):
        assert me(www, headers={"Cookie": f"slipway_session={cookie}"})["anonymous"]
    assert www.sql("SELECT count(*) FROM sessions")[0][0] == before


def test_tokens_are_for_what_they_say(www):
    add_user(www, "robot", service=True, groups=["bots"])
    www.apply(configured(www, access={"roles": [{"name": "bots", "groups": ["bots"]}],
                                      "rules": [{"actions": ["control"], "roles": ["bots"]}]}))

    def token(**more):
        made = as_admin(www, "tokens", {"name": "t", "username": "robot", **more})["tokens"][0]
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {made['token']}"
        return made["tokenid"], session

    tokenid, whole = token()
    assert force(www, whole) == 200 and me(www, whole)["username"] == "robot"
    assert force(www, token(scopes=["read", "stop"])[1]) == 403
    as_admin(www, f"tokens/{tokenid}/revoke")
    assert force(www, whole) == 401
    tokenid, expired = token(expires_in_days=1)
    www.sql(f"UPDATE tokens SET expires_at = now() - interval '1 second' WHERE tokenid = {tokenid}", fetch=False)
    assert force(www, expired) == 401
    foreign = requests.Session()
    foreign.headers["Authorization"] = "Bearer slp_" + "A" * 43
    assert force(www, foreign) == 401 and me(www, foreign) == 401
    last = token()[1]
    as_admin(www, "users/robot", {"active": False})
    assert force(www, last) == 401
    rows = as_admin(www, "audit?action=force&outcome=done", method="GET")["audit"]
    assert [(row["username"], row["target"]) for row in rows] == [("robot", "forceschedulers/force")]


def test_guessing_is_throttled(www):
    add_user(www, "ann", password="correct horse")
    login = {"username": "ann", "password": "wrong horse"}
    codes = [requests.post(f"{www.url}/auth/login", json=login, timeout=30).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    answer = requests.post(f"{www.url}/auth/login", json={**login, "password": "correct horse"}, timeout=30)
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 60
    log = (www.logs / "www.log").read_text()
    assert "wrong horse" not in log and "correct horse" not in log


def test_guesses_at_once_are_counted_one_by_one(www):
    add_user(www, "ann", password="correct horse")
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        def guess(number):
            login = {"username": "Ann" if number % 2 else "ann", "password": f"wrong horse {number}"}
            return requests.post(f"{www.url}/auth/login", json=login, timeout=30).status_code
        codes = list(pool.map(guess, range(40)))
    assert sorted(codes) == [401] * 10 + [429] * 30


# A proxy in front.

def test_the_trusted_proxy_names_the_user(stack):
    stack.www_options = ["--proxy-user-header", "X-User", "--proxy-groups-header", "X-Groups", "--proxy-trust", "127.0.0.1"]
    stack.start("www", agents=(), config=configured(stack))
    headers = {"X-User": "zoe", "X-Groups": "dev, ops"}
    who = me(stack, headers=headers)
    assert (who["username"], who["provider"], who["groups"]) == ("zoe", "proxy", ["dev", "ops"])
    assert me(stack)["anonymous"]
    as_admin(stack, "users", {"username": "zoe"})
    as_admin(stack, "users/zoe", {"active": False})
    assert me(stack, headers=headers) == 401
    # Nobody else's headers count.
    stack.kill("www")
    stack.www_options[-1] = "10.0.0.0/8"
    stack.start_service("www-2")
    stack.wait_ready("www-2")
    assert me(stack, headers={"X-User": "ann"})["anonymous"]


# The command line.

def cli(stack, *words, stdin="", token=None):
    argv = [BINARIES / "slipway", *words, "--url", stack.url, "--admin-token", token or stack.admin_token]
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=60)


def test_the_command_line_makes_users_and_tokens(www):
    made = cli(www, "user", "add", "ann", "--full-name", "Ann", "--groups", "dev,ops", stdin="correct horse\n")
    assert made.returncode == 0, made.stderr
    assert cli(www, "user", "add", "ann", stdin="correct horse\n").returncode == 1
    assert cli(www, "user", "add", "bob").returncode == 2
    assert cli(www, "user", "add", "robot", "--service").returncode == 0
    lines = cli(www, "user", "list").stdout.splitlines()
    assert lines[1].split()[:3] == ["ann", "user", "active"] and lines[1].endswith("dev,ops")
    assert lines[2].split()[:3] == ["robot", "service", "active"]

    def login(password):
        return requests.post(f"{www.url}/auth/login", json={"username": "ann", "password": password}, timeout=30).status_code

    assert login("correct horse") == 200
    assert cli(www, "user", "passwd", "ann", stdin="battery staple\n").returncode == 0
    assert (login("correct horse"), login("battery staple")) == (401, 200)
    assert cli(www, "user", "disable", "ann").returncode == 0 and login("battery staple") == 401
    assert cli(www, "user", "enable", "ann").returncode == 0 and login("battery staple") == 200

    token = cli(www, "token", "create", "nightly", "--user", "robot", "--scopes", "read,force", "--days", "30").stdout.strip()
    assert re.fullmatch(r"slp_[\w-]{43}", token)
    own = json.loads(cli(www, "token", "list", "--json", token=token).stdout)
    assert [(one["name"], one["username"], one["scopes"]) for one in own] == [("nightly", "robot", ["read", "force"])]
    assert "nightly" in cli(www, "token", "list", "--all").stdout
    assert cli(www, "token", "list", "--all", token=token).returncode == 1
    assert cli(www, "token", "revoke", str(own[0]["tokenid"])).returncode == 0
    assert cli(www, "token", "list", token=token).returncode == 1
    assert cli(www, "token", "revoke", "all").returncode == 2
    assert cli(www, "user", "rename", "ann").returncode == 2
