# SPDX-License-Identifier: Apache-2.0
"""What surrounds the API: packing, tags, limits, CORS, TLS, repeated calls, badges and the small pages, as clients meet them."""

import concurrent.futures
import gzip
import json
import subprocess
import uuid
import xml.etree.ElementTree as ElementTree

import pytest
import requests

from slipway_test import SUCCESS, configuration, wait_for
from slipway_test.process import Process
from slipway_test.stack import BINARIES
from slipway_test.websocket import WebSocket

FORCE = [{"type": "force", "name": "force", "builders": ["app"]}]
# Many lines, so that answers about the log are worth packing.
SAY = [{"run": "seq -f 'line number %g of a log' 2000", "name": "say"}]


def start(stack, repository, **more):
    stack.start(config=configuration(repository, change_sources=None, steps=SAY, schedulers=FORCE, **more))
    return stack


@pytest.fixture
def built(stack, repository):
    start(stack, repository)
    stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
    assert stack.rest.finished_build(1)["results"] == SUCCESS
    return stack


def curl(url, *words):
    """Headers in lower case, and the body as it came."""
    text = subprocess.run(["curl", "-sS", "-i", "--max-time", "60", *words, url], check=True, capture_output=True).stdout
    head, body = text.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


# ---- packing and tags ----

def test_answers_come_packed_as_the_client_likes(built):
    log = built.rest.one("builds/1/steps/say/logs/stdio")["logid"]
    for path in ("api/v2/builders?name=app", f"api/v2/logs/{log}/contents", f"api/v2/logs/{log}/raw"):
        url = f"{built.url}/{path}"
        _, headers, plain = curl(url)
        assert "content-encoding" not in headers
        if len(plain) < 1024:
            continue
        assert "accept-encoding" in headers["vary"].lower()
        status, headers, packed = curl(url, "-H", "Accept-Encoding: gzip", "--http1.0")
        assert status == 200 and headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed) == plain and len(packed) < len(plain) / 3
        status, headers, packed = curl(url, "-H", "Accept-Encoding: gzip;q=0.5, zstd", "--http1.0")
        assert headers["content-encoding"] == "zstd" and packed[:4] == b"\x28\xb5\x2f\xfd"
        assert len(packed) < len(plain) / 3
        assert curl(url, "--compressed")[2] == plain
        assert "content-encoding" not in curl(url, "-H", "Accept-Encoding: gzip;q=0, identity")[1]


def test_an_event_stream_is_never_packed(built):
    with requests.get(f"{built.url}/sse/listen/builds/*/*", headers={"Accept-Encoding": "gzip, zstd"}, stream=True,
                      timeout=30) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in stream.headers


def test_who_has_the_answer_is_told_so(built):
    for path in ("api/v2/builders", "api/v2/builds/1", "api/v2/builds?limit=1"):
        url = f"{built.url}/{path}"
        _, headers, body = curl(url, "-H", "Accept: application/json")
        tag = headers["etag"]
        status, headers, rest = curl(url, "-H", "Accept: application/json", "-H", f"If-None-Match: {tag}")
        assert (status, rest, headers["etag"]) == (304, b"", tag)
        assert curl(url, "-H", "Accept: application/json", "-H", "If-None-Match: W/\"else\"")[0] == 200
        # Indented for people it is another text.
        assert curl(url, "-H", f"If-None-Match: {tag}")[0] == 200
        _, headers, none = curl(url, "-I", "-H", "Accept: application/json")
        assert int(headers["content-length"]) == len(body) and none == b""
    built.rest.control("forceschedulers/force", "force", builderNames=["app"])
    assert built.rest.finished_build(2)["results"] == SUCCESS
    tag = curl(f"{built.url}/api/v2/builds/1")[1]["etag"]
    assert curl(f"{built.url}/api/v2/builds", "-H", f"If-None-Match: {tag}")[0] == 200


def test_caching_is_as_configured(stack, repository):
    start(stack, repository)
    assert curl(f"{stack.url}/api/v2/builders")[1]["cache-control"] == "private, no-cache"
    stack.apply(configuration(repository, change_sources=None, steps=SAY, schedulers=FORCE, www={"json_cache_seconds": 5}))
    _, headers, _ = curl(f"{stack.url}/api/v2/builders")
    assert headers["expires"].endswith("GMT") and headers["pragma"] == "no-cache" and "cache-control" not in headers


# ---- headers ----

def test_every_answer_says_what_a_browser_must_not_do(built):
    for path in ("api/v2/builds", "api/v2/nothing", "config", "api/v2/builds/1/steps/say/logs/stdio/raw_inline", "robots.txt"):
        _, headers, _ = curl(f"{built.url}/{path}")
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "permissions-policy" in headers
        assert "server" not in headers and "strict-transport-security" not in headers


# ---- CORS ----

def test_cors_follows_the_table(stack, repository):
    start(stack, repository, www={"allowed_origins": ["https://*.friend.example", "http://exact.example:8080"]})
    url = f"{stack.url}/api/v2/builds"
    for origin in ("https://ci.friend.example", "HTTPS://CI.Friend.Example", "http://exact.example:8080"):
        status, headers, _ = curl(url, "-H", f"Origin: {origin}")
        assert status == 200 and headers["access-control-allow-origin"] == origin.lower()
        assert headers["access-control-allow-headers"] == "Content-Type" and headers["access-control-max-age"] == "3600"
        assert "access-control-allow-credentials" not in headers and "access-control-allow-methods" not in headers
        for method in ("GET", "POST", "HEAD"):
            status, headers, body = curl(url, "-X", "OPTIONS", "-H", f"Origin: {origin}", "-H",
                                         f"Access-Control-Request-Method: {method}")
            assert (status, body) == (200, b"") and headers["access-control-allow-origin"] == origin.lower()
    assert "access-control-allow-origin" not in curl(url)[1]
    for origin in ("https://friend.example", "https://ci.friend.example.evil", "http://exact.example", "null"):
        status, headers, body = curl(url, "-H", f"Origin: {origin}")
        assert (status, json.loads(body)) == (400, {"error": "invalid origin"})
        assert headers["content-type"].startswith("text/plain") and "access-control-allow-origin" not in headers
        status, headers, body = curl(url, "-X", "POST", "-d", "{}", "-H", f"Origin: {origin}")
        assert (status, json.loads(body)) == (400, {"error": {"message": "invalid origin"}})
        assert headers["content-type"].startswith("text/plain")
    ours = "Origin: https://ci.friend.example"
    for words in ((), ("-H", "Access-Control-Request-Method: DELETE")):
        status, _, body = curl(url, "-X", "OPTIONS", "-H", ours, *words)
        assert (status, json.loads(body)) == (400, {"error": "invalid method"})
    for method in ("PUT", "DELETE", "PATCH"):
        status, _, body = curl(url, "-X", method)
        assert (status, json.loads(body)) == (400, {"error": "invalid HTTP method"})


# ---- limits ----

def test_a_client_that_asks_too_much_has_to_wait(stack, repository):
    start(stack, repository, limits={"exempt": [], "requests_per_minute": 60, "requests_burst": 30, "writes_per_minute": 6,
                                     "writes_burst": 2})
    url = stack.service_url("www")
    answers = [requests.get(f"{url}/api/v2/builds", timeout=30) for _ in range(60)]
    refused = [a for a in answers if a.status_code == 429]
    assert 10 <= len(refused) < 60 and all(int(a.headers["Retry-After"]) >= 1 for a in refused)
    assert "too many requests" in refused[0].json()["error"]
    # Probes are never refused, nor does a claim about an address make another client.
    assert all(requests.get(f"{url}/healthz", timeout=30).status_code == 200 for _ in range(60))
    assert 429 in [requests.get(f"{url}/api/v2/builds", headers={"X-Forwarded-For": f"192.0.2.{n}"}, timeout=30).status_code
                   for n in range(30)]
    wait_for(lambda: requests.get(f"{url}/api/v2/builds", timeout=30).status_code == 200, "the bucket to fill")
    assert "status=429" in (stack.logs / "www.log").read_text()


def test_a_body_that_is_too_large_is_refused(stack, repository):
    start(stack, repository)
    answer = requests.post(f"{stack.url}/api/v2/builds/1", data=b"x" * (2 << 20), timeout=60,
                           headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


# ---- repeated calls ----

def force(stack, key, reason="once", url=None):
    return requests.post(f"{url or stack.url}/api/v2/forceschedulers/force", timeout=60, json={
        "jsonrpc": "2.0", "id": 1, "method": "force", "params": {"builderNames": ["app"], "reason": reason}},
        headers={"Authorization": f"Bearer {stack.admin_token}", "Idempotency-Key": key})


def test_a_call_sent_twice_does_it_once(built):
    first, second = force(built, "k1"), force(built, "k1")
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert force(built, "k2").json()["result"][0] != first.json()["result"][0]
    other = force(built, "k1", "something else")
    assert other.status_code == 422 and "Idempotency-Key" in other.json()["error"]["message"]
    assert force(built, "k" * 256).status_code == 400
    before = len(built.rest.get("buildsets"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: force(built, "double click"), range(8)))
    assert {a.status_code for a in answers} <= {200, 409}
    assert all(int(a.headers["Retry-After"]) for a in answers if a.status_code == 409)
    assert len({json.dumps(a.json()["result"]) for a in answers if a.status_code == 200}) == 1
    assert len(built.rest.get("buildsets")) == before + 1


def test_what_failed_may_be_tried_again_with_its_key(built):
    def rebuild(build):
        return built.rest.request("POST", f"api/v2/builds/{build}", json={
            "jsonrpc": "2.0", "id": 7, "method": "rebuild", "params": {}},
            headers={"Authorization": f"Bearer {built.admin_token}", "Idempotency-Key": "again"})
    assert rebuild(999).status_code == 404
    assert rebuild(1).status_code == 200 and rebuild(1).json() == rebuild(1).json()
    assert built.sql("SELECT count(*) FROM idempotency_keys")[0][0] == 1


def test_a_configuration_is_applied_once(built):
    def apply(text):
        return requests.post(f"{built.url}/api/v2/config", data=text, timeout=60, headers={
            "Authorization": f"Bearer {built.admin_token}", "Content-Type": "application/yaml", "Idempotency-Key": "conf"})
    assert apply("nonsense: 1").status_code == 400
    first = apply("title: A\n")
    assert first.json()["changed"] and apply("title: A\n").json() == first.json()
    assert apply("title: B\n").status_code == 422


def test_repeated_calls_hold_while_www_is_killed(built):
    """Whatever answers got lost: with every key repeated until it is answered there is one buildset for each."""
    built.start_service("www-2")
    built.wait_ready()
    keys = [uuid.uuid4().hex for _ in range(24)]

    def until_answered(key):
        def ask():
            try:
                answer = force(built, key, key)
            except requests.RequestException:
                return None
            # What a killed replica has under way is given up after a minute: not waited for here.
            if answer.status_code == 409:
                built.sql_with("UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes'"
                               " WHERE key = %s AND status IS NULL", (key,), fetch=False)
            return answer.json()["result"] if answer.status_code == 200 else None
        return wait_for(ask, f"an answer to {key}", 120)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        pending = [pool.submit(until_answered, key) for key in keys]
        for name in ("www", "www-2", "www", "www-2"):
            built.kill_and_restart(name)
            built.wait_ready(name)
        results = [future.result() for future in pending]
    made = built.sql("SELECT bsid, reason FROM buildsets")
    for key, result in zip(keys, results):
        assert [bsid for bsid, reason in made if key in reason] == [result[0]], key


# ---- TLS ----

def test_www_speaks_tls_itself(built, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    words = [BINARIES / "slipway-www", "--database-url", built.database_url, "--nats-url", built.nats_url, "--listen",
             "127.0.0.1:0", "--admin-token", built.admin_token, "--tls-certificate", certificate]
    wrong = subprocess.run([*map(str, words), "--tls-key", str(certificate)], capture_output=True, timeout=60, text=True)
    assert wrong.returncode != 0 and "TLS" in wrong.stderr and "BEGIN" not in wrong.stderr
    alone = subprocess.run([*map(str, words)], capture_output=True, timeout=60, text=True)
    assert alone.returncode != 0 and "both" in alone.stderr
    server = Process("www-tls", [*words, "--tls-key", key], tmp_path / "tls.log", env=built._environment(), cwd=tmp_path)
    server.start()
    try:
        url = f"https://127.0.0.1:{server.wait_event('listening')['port']}"
        wait_for(lambda: requests.get(f"{url}/readyz", verify=certificate, timeout=10).status_code == 200, "TLS to be ready")
        answer = requests.get(f"{url}/api/v2/builds", verify=certificate, timeout=30)
        assert answer.json()["builds"] and "max-age" in answer.headers["Strict-Transport-Security"]
        raw = requests.get(f"{url}/api/v2/builds/1/steps/say/logs/stdio/raw", verify=certificate, timeout=30)
        assert "line number 2000" in raw.text
        signed = requests.post(f"{url}/auth/login", json={"token": built.admin_token}, verify=certificate, timeout=30)
        assert "secure" in signed.headers["Set-Cookie"].lower()
        with pytest.raises(requests.RequestException):
            requests.get(url.replace("https", "http"), timeout=10)
        with WebSocket(url, "builds/*/*", certificate=certificate) as events:
            built.rest.control("forceschedulers/force", "force", builderNames=["app"])
            assert events.event()[0].startswith("builds/2/")
        old = subprocess.run(["curl", "-sS", "-k", "--tls-max", "1.1", f"{url}/healthz"], capture_output=True)
        assert old.returncode != 0
    finally:
        server.stop()


def test_the_client_is_whom_a_trusted_proxy_names(stack, repository, tmp_path):
    start(stack, repository, web_hooks={"base": {}})
    server = Process("www-proxied", [BINARIES / "slipway-www", "--database-url", stack.database_url, "--nats-url", stack.nats_url,
                                     "--listen", "127.0.0.1:0", "--admin-token", stack.admin_token, "--changes-url",
                                     stack.balancers["changes"].url, "--trusted-proxies", "127.0.0.1"],
                     tmp_path / "proxied.log", env=stack._environment(), cwd=tmp_path)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.wait_event('listening')['port']}"
        wait_for(lambda: requests.get(f"{url}/readyz", timeout=10).status_code == 200, "the proxied www to be ready")

        def hook(address, revision):
            answer = requests.post(f"{address}/change_hook/base", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}, timeout=60,
                                   data={"repository": "r", "branch": "main", "revision": revision, "author": "a", "comments": "c"})
            assert answer.status_code == 202, answer.text
            return stack.sql("SELECT client FROM deliveries ORDER BY deliveryid DESC LIMIT 1")[0][0]
        assert hook(url, "1") == "192.0.2.7"
        # Whom nobody trusts is believed nothing.
        assert hook(stack.service_url("www"), "2") == "127.0.0.1"
        secure = requests.get(f"{url}/api/v2/builders", headers={"X-Forwarded-Proto": "https"}, timeout=30)
        assert "Strict-Transport-Security" in secure.headers
        plain = requests.get(f"{stack.service_url('www')}/api/v2/builders", headers={"X-Forwarded-Proto": "https"}, timeout=30)
        assert "Strict-Transport-Security" not in plain.headers
    finally:
        server.stop()


# ---- badges and the small pages ----

def test_badges_show_the_last_result(built):
    def badge(path, **query):
        answer = requests.get(f"{built.url}/{path}", params=query, timeout=30)
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.headers["Cache-Control"] == "no-cache" and "sandbox" in answer.headers["Content-Security-Policy"]
        tree = ElementTree.fromstring(answer.text)
        return tree.find("{http://www.w3.org/2000/svg}title").text
    builder = built.rest.get("builders", name="app")[0]["builderid"]
    for path in ("plugins/badges/app.svg", "plugins/badges/app.png", "badges/app.svg", f"badges/{builder}.svg"):
        assert badge(path) == "Build Status: success"
    assert badge("badges/app.svg", left_text="<b>&\"'", style="flat") == "<b>&\"': success"
    assert badge("badges/nobody.svg") == badge("badges/app.svg", branch="never") == "Build Status: unknown"
    assert requests.get(f"{built.url}/badges/app", timeout=30).status_code == 404


def test_cctray_lists_the_builders(built):
    answer = requests.get(f"{built.url}/cc.xml", timeout=30)
    assert answer.headers["Content-Type"].startswith("application/xml")
    project, = ElementTree.fromstring(answer.content).findall("Project")
    assert {name: project.get(name) for name in ("name", "activity", "lastBuildStatus", "lastBuildLabel")} == {
        "name": "app", "activity": "Sleeping", "lastBuildStatus": "Success", "lastBuildLabel": "1"}
    assert project.get("lastBuildTime").endswith("Z") and "#/builders/" in project.get("webUrl")


def test_hidden_builders_have_no_badge_and_no_project(stack, repository):
    access = {"rules": [{"actions": ["read"], "builders": ["app"], "roles": ["signed_in"]}]}
    start(stack, repository, access=access)
    stack.rest.control("forceschedulers/force", "force", builderNames=["app"])
    wait_for(lambda: stack.sql("SELECT count(*) FROM builds WHERE complete")[0][0] == 1, "the build to end")
    admin = {"Authorization": f"Bearer {stack.admin_token}"}
    assert ">success<" in requests.get(f"{stack.url}/badges/app.svg", headers=admin, timeout=30).text
    assert "app" in requests.get(f"{stack.url}/cc.xml", headers=admin, timeout=30).text
    hidden = requests.get(f"{stack.url}/badges/app.svg", timeout=30).text
    assert ">unknown<" in hidden and hidden == requests.get(f"{stack.url}/badges/none.svg", timeout=30).text
    assert "app" not in requests.get(f"{stack.url}/cc.xml", timeout=30).text


def test_config_avatar_and_robots(stack, repository):
    start(stack, repository, title="Acme")
    said = stack.rest.request("GET", "config").json()
    assert said["title"] == "Acme" and said["user"] == {"anonymous": True} and said["user_any_access_allowed"] is True
    assert {"versions", "buildbotURL", "titleURL", "multiMaster", "auth", "avatar_methods", "plugins", "ui_default_config",
            "theme", "port"} <= set(said)
    # Without a method nobody is sent to a third party.
    picture = requests.get(f"{stack.url}/avatar?email=a@example.org&size=x", allow_redirects=False, timeout=30)
    assert picture.status_code == 200 and 'width="32"' in picture.text
    assert "Disallow: /" in requests.get(f"{stack.url}/robots.txt", timeout=30).text
    stack.apply(configuration(repository, change_sources=None, steps=SAY, schedulers=FORCE, www={
        "avatar_methods": ["gravatar"], "robots": "allow", "theme": {"bb-sidebar-background-color": "#123456"},
        "ui_default_config": {"Home.max_recent_builds": 5}}))
    picture = requests.get(f"{stack.url}/avatar?email=A@Example.org&size=64", allow_redirects=False, timeout=30)
    assert picture.status_code == 302 and picture.headers["Location"].endswith("?d=retro&s=64")
    assert "Disallow: /" not in requests.get(f"{stack.url}/robots.txt", timeout=30).text
    said = stack.rest.request("GET", "config").json()
    assert said["ui_default_config"] == {"Home.max_recent_builds": 5} and said["avatar_methods"] == [{"name": "gravatar"}]


def test_another_ui_finds_its_configuration_in_its_page(built, tmp_path):
    ui = tmp_path / "ui"
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text("<html><head><!-- BUILDBOT_THEME_CSS_PLACEHOLDER_BEGIN --><style></style>"
                                   "<!-- BUILDBOT_THEME_CSS_PLACEHOLDER_END --></head><!-- BUILDBOT_CONFIG_PLACEHOLDER --></html>")
    script = "console.log('a script that is worth packing');\n" * 100
    (ui / "assets/main.js").write_text(script)
    (ui / "assets/main.js.gz").write_bytes(gzip.compress(script.encode()))
    built.apply({"title": "</script><b>", "www": {"theme": {"a": "red", "b": "x}</style>"}}})
    server = Process("www-ui", [BINARIES / "slipway-www", "--database-url", built.database_url, "--nats-url", built.nats_url,
                                "--listen", "127.0.0.1:0", "--admin-token", built.admin_token, "--ui-dir", ui],
                     tmp_path / "ui.log", env=built._environment(), cwd=tmp_path)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.wait_event('listening')['port']}"
        wait_for(lambda: requests.get(f"{url}/readyz", timeout=10).status_code == 200, "the UI's server to be ready")
        page = requests.get(f"{url}/", timeout=30)
        begin, rest = page.text.split("<script>window.buildbotFrontendConfig = ")
        assert json.loads(rest.split(";</script>")[0])["title"] == "</script><b>" and page.text.count("</script>") == 1
        assert "--a: red;" in begin and "--b" not in begin
        assert "'sha256-" in page.headers["Content-Security-Policy"]
        status, headers, body = curl(f"{url}/assets/main.js", "-H", "Accept-Encoding: gzip")
        assert status == 200 and headers["content-encoding"] == "gzip" and gzip.decompress(body).decode() == script
        assert headers["content-type"].startswith("text/javascript") and "immutable" in headers["cache-control"]
        assert curl(f"{url}/assets/main.js")[2].decode() == script
        # What was not packed beforehand is packed on the way.
        assert curl(f"{url}/assets/main.js", "-H", "Accept-Encoding: zstd")[1]["content-encoding"] == "zstd"
    finally:
        server.stop()
