#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A HashiCorp Vault as far as tests need it: KV v1 and v2, tokens with a life, AppRole; Debian has no Vault.

    vault_server.py FOLDER

Prints {"port": N} once it listens, and ends when its standard input does. https://localhost:P works too, P being in
FOLDER/https_port and its certificate in FOLDER/ca.pem. Answers have the form of Vault's API documents.

    POST /-/config {"lease": 2, "sealed": true, ...}   changes what CONFIG names
    POST /-/put {"path": "kv1/x", "data": {...}}        KV v2: path "secret/data/x"; data null: deleted
    POST /-/revoke                                      every token that AppRole gave out
    GET /-/counts                                       {"login": N, "renew": N, "lookup": N, "read": N}
"""
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading
import time

CONFIG = {"lease": 3600, "renewable": True, "sealed": False, "namespace": "", "denied": "secret/data/denied"}
STATIC_TOKEN = "hvs.static"
ROLE = {"role_id": "the-role", "secret_id": "the-secret-id"}

lock = threading.Lock()
counts = {"login": 0, "renew": 0, "lookup": 0, "read": 0}
secrets = {}
tokens = {STATIC_TOKEN: None}  # token -> end of its life; None: none


class Refusal(Exception):
    def __init__(self, status):
        super().__init__(status)
        self.status = status


def grant(token):
    tokens[token] = time.monotonic() + CONFIG["lease"]
    return {"auth": {"client_token": token, "lease_duration": CONFIG["lease"], "renewable": CONFIG["renewable"]}}


def login(body):
    counts["login"] += 1
    if body != ROLE:
        raise Refusal(400)
    return grant(f"hvs.{counts['login']}")


def check(token):
    end = tokens.get(token, 0)
    if end is not None and end < time.monotonic():
        raise Refusal(403)


def read(path):
    counts["read"] += 1
    if path == CONFIG["denied"]:
        raise Refusal(403)
    mount, _, rest = path.partition("/")
    if path not in secrets:
        raise Refusal(404)
    data = secrets[path]
    if mount == "kv1" or not rest.startswith("data/"):
        return 200, {"data": data, "lease_duration": 2764800}
    # The latest version may be a deleted one.
    return (200 if data else 404), {"data": {"data": data, "metadata": {"version": 1}}}


def serve(method, path, headers, body):
    """Status and JSON of a call below /v1/."""
    if CONFIG["sealed"]:
        raise Refusal(503)
    if headers.get("X-Vault-Namespace", "") != CONFIG["namespace"] or headers.get("X-Vault-Request") != "true":
        raise Refusal(404)
    if (method, path) == ("POST", "auth/approle/login"):
        return 200, login(body)
    token = headers.get("X-Vault-Token")
    check(token)
    if (method, path) == ("POST", "auth/token/renew-self"):
        counts["renew"] += 1
        return 200, grant(token)
    if (method, path) == ("GET", "auth/token/lookup-self"):
        counts["lookup"] += 1
        return 200, {"data": {"ttl": 0, "renewable": False}}
    return read(path)


def control(path, body):
    if path == "config":
        CONFIG.update(body)
    elif path == "put":
        secrets[body["path"]] = body["data"]
    elif path == "revoke":
        for token in [token for token in tokens if token != STATIC_TOKEN]:
            del tokens[token]
    return 200, counts


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        value = json.loads(body) if body else None
        try:
            with lock:
                if self.path.startswith("/-/"):
                    status, reply = control(self.path[3:], value)
                else:
                    status, reply = serve(self.command, self.path.removeprefix("/v1/"), self.headers, value)
        except Refusal as refusal:
            status, reply = refusal.status, {"errors": ["refused"]}
        self.answer(status, reply)

    do_GET = do_POST = handle_call


def listen(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem",
         "-out", folder / "ca.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "https_port").write_text(str(listen(certificate(folder))))
    print(json.dumps({"port": listen()}), flush=True)
    sys.stdin.read()


main()
