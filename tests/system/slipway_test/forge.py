# SPDX-License-Identifier: Apache-2.0
"""A double of the sign-in and the REST of GitHub, GitLab and Gitea: their shapes of answers, with PKCE and tokens checked."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import urllib.parse

CLIENT, SECRET = "slipway", "forge secret"
ACME = {"id": 1, "login": "acme", "username": "acme", "name": "acme"}
TEAMS = [{"id": 5, "name": "Dev", "slug": "dev", "organization": ACME}]

# Path below the API -> answer; a list is cut into pages.
GITHUB = {
    "/user": {"login": "octo", "id": 1, "name": "Octo Cat", "email": None},
    "/user/emails": [{"email": "old@example.org", "primary": False, "verified": True},
                     {"email": "octo@example.org", "primary": True, "verified": True}],
    "/user/orgs": [ACME] + [{"id": n, "login": f"org{n}"} for n in range(2, 151)],
    "/user/teams": TEAMS,
}
GITLAB = {
    "/api/v4/user": {"id": 1, "username": "lab", "name": "Lab Rat", "email": "lab@example.org", "confirmed_at": "2026-01-01T00:00:00Z"},
    "/api/v4/groups": [{"id": 1, "full_path": "acme"}, {"id": 2, "full_path": "acme/dev"}],
}
GITEA = {
    "/api/v1/user": {"id": 1, "login": "tea", "full_name": "Tea Pot", "email": "tea@example.org"},
    "/api/v1/user/emails": [{"email": "tea@example.org", "primary": True, "verified": False}],
    "/api/v1/user/orgs": [ACME],
    "/api/v1/user/teams": TEAMS,
}


class Forge:
    """Everybody who comes is signed in at once; `answers` may be changed, `errors` has paths that answer 500."""

    def __init__(self, answers):
        self.answers, self.errors, self.refuse = dict(answers), set(), None
        self._codes, self._tokens = {}, set()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _handler(forge):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def send(self, status, body, headers=()):
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                if url.path.endswith("/authorize"):
                    return self.send(302, {}, [("Location", forge.authorize(query))])
                self.send(*forge.read(url.path, query, self.headers.get("Authorization", "")))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send(200, forge.exchange(dict(urllib.parse.parse_qsl(body))))
        return Handler

    def authorize(self, query):
        assert query["client_id"] == CLIENT and query["code_challenge_method"] == "S256", query
        if self.refuse:
            answer = {"error": self.refuse, "error_description": "<b>no</b>", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(12)
            self._codes[code] = query
            answer = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urllib.parse.urlencode(answer)}"

    def exchange(self, form):
        asked = self._codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"] \
                or (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return {"error": "bad_verification_code"}       # with status 200, as GitHub does
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "scope": asked["scope"]}

    def read(self, path, query, authorization):
        if authorization.removeprefix("Bearer ") not in self._tokens:
            return 401, {"message": "Bad credentials"}
        if path in self.errors or path not in self.answers:
            return 500 if path in self.errors else 404, {"message": "no"}
        answer = self.answers[path]
        if isinstance(answer, list):
            size, page = int(query.get("per_page", query.get("limit", 30))), int(query.get("page", 1))
            answer = answer[(page - 1) * size:page * size]
        return 200, answer
