# SPDX-License-Identifier: Apache-2.0
"""A small forge that speaks the APIs of GitHub, GitLab, Gitea, Bitbucket Cloud and Server as far as pollers ask them."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


def sha(*words):
    return hashlib.sha1(" ".join(map(str, words)).encode()).hexdigest()


class Forge:
    """The repository acme/app with pull requests; `page_size` items go on one page whatever is asked for."""

    def __init__(self, kind):
        self.kind, self.pulls, self.requests, self.headers = kind, {}, [], []
        self.page_size, self.token, self.status, self.answer_headers = 2, None, 200, {}
        self.limit_after = None      # so many calls, then 403 with a reset
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"forge": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self):
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    def push(self, number, target="main", branch=None, fork="ada", **more):
        """Opens the request, or gives it a new head."""
        with self._lock:
            pull = self.pulls.setdefault(number, {"pushes": 0})
            pull.update(more, number=number, target=target, branch=branch or f"topic-{number}", fork=fork,
                        pushes=pull["pushes"] + 1)
            pull["sha"] = sha(number, pull["pushes"])
            return pull["sha"]

    def lists(self):
        """How often the list of requests was asked for."""
        return sum(1 for path in self.requests if LISTS[self.kind].search(path))

    def newest_first(self):
        with self._lock:
            return sorted(self.pulls.values(), key=lambda pull: (-pull["pushes"], -pull["number"]))

    def clone(self, owner):
        return f"{self.url}/{owner}/app.git"


LISTS = {
    "github": re.compile(r"/pulls\?"), "gitea": re.compile(r"/pulls\?"), "gitlab": re.compile(r"/merge_requests\?"),
    "bitbucket": re.compile(r"/pullrequests\?"), "bitbucket_server": re.compile(r"/pull-requests\?"),
}


class _Handler(BaseHTTPRequestHandler):
    forge = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        forge = self.forge
        forge.requests.append(self.path)
        forge.headers.append(dict(self.headers))
        if forge.status != 200:
            return self._answer(forge.status, {"message": "no"}, forge.answer_headers)
        if forge.token and forge.token not in self.headers.get("Authorization", ""):
            return self._answer(401, {"message": "Bad credentials"})
        if forge.limit_after is not None:
            forge.limit_after -= 1
            if forge.limit_after < 0:
                return self._answer(403, {"message": "rate limit"}, forge.answer_headers)
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return getattr(self, f"_{forge.kind}")(parts.path, query)

    def _number(self, path, pattern):
        found = re.search(pattern, path)
        return self.forge.pulls.get(int(found.group(1))) if found else None

    def _pages(self, items, page):
        size = self.forge.page_size
        return items[(page - 1) * size:page * size], page * size < len(items)

    def _list(self, items, query, wrap=None):
        """By page, with Link as GitHub, GitLab and Gitea send it and an ETag on the first."""
        page = int(query.get("page", 1))
        some, more = self._pages(items, page)
        etag = '"' + sha(json.dumps(items)) + '"'
        if self.headers.get("If-None-Match") == etag and page == 1:
            return self._answer(304, None, {"ETag": etag})
        headers = {"ETag": etag, "Link": f'<{self.forge.url}/x?page={page + 1}>; rel="next"' if more else '<x>; rel="first"'}
        return self._answer(200, wrap(some, more) if wrap else some, headers)

    def _answer(self, status, body, headers=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # GitHub; Gitea's is nearly the same.

    def _github_repo(self, owner):
        forge = self.forge
        return {"full_name": f"{owner}/app", "clone_url": forge.clone(owner), "ssh_url": f"git@forge:{owner}/app.git",
                "git_url": f"git://forge/{owner}/app.git", "svn_url": f"{forge.url}/{owner}/app"}

    def _github_pull(self, pull, alone=False):
        return {
            "number": pull["number"], "title": f"Title {pull['number']}", "body": "Body", "draft": pull.get("draft", False),
            "html_url": f"{self.forge.url}/acme/app/pull/{pull['number']}", "updated_at": f"2026-01-01T00:00:{pull['pushes']:02}Z",
            "user": {"login": "ada"}, "labels": [{"name": name} for name in pull.get("labels", [])],
            "head": {"ref": pull["branch"], "sha": pull["sha"],
                     "repo": self._github_repo(pull["fork"]) if pull["fork"] else None},
            "base": {"ref": pull["target"], "repo": self._github_repo("acme")}, **({"commits": 3} if alone else {}),
        }

    def _commit(self, revision):
        return {"sha": revision, "commit": {"author": {"name": "Ada", "email": "ada@example.org"}}}

    def _github(self, path, query, commits="/commits/"):
        if path.endswith("/pulls"):
            return self._list([self._github_pull(pull) for pull in self.forge.newest_first()], query)
        if path.endswith("/files"):
            return self._list([{"filename": f"file-{i}"} for i in range(5)], query)
        if commits in path:
            return self._answer(200, self._commit(path.rsplit("/", 1)[1]))
        pull = self._number(path, r"/pulls/(\d+)$")
        return self._answer(200, self._github_pull(pull, True)) if pull else self._answer(404, {})

    def _gitea(self, path, query):
        assert path.startswith("/api/v1/repos/acme/app/")
        return self._github(path, query, "/git/commits/")

    # GitLab.

    def _gitlab(self, path, query):
        forge = self.forge
        if path.endswith("/merge_requests"):
            return self._list([{
                "iid": pull["number"], "title": f"Title {pull['number']}", "description": "Body", "sha": pull["sha"],
                "source_branch": pull["branch"], "target_branch": pull["target"], "author": {"name": "Ada"},
                "web_url": f"{forge.url}/acme/app/-/merge_requests/{pull['number']}", "updated_at": "2026-01-01T00:00:00.000Z",
                "source_project_id": 7, "target_project_id": 8, "labels": pull.get("labels", [])}
                for pull in forge.newest_first()], query)
        if path.endswith("/diffs"):
            return self._list([{"new_path": f"file-{i}", "old_path": "x"} for i in range(5)], query)
        if "/repository/commits/" in path:
            assert unquote(path).startswith("/api/v4/projects/acme/app/")
            return self._answer(200, {"id": path.rsplit("/", 1)[1], "author_name": "Ada", "author_email": "ada@example.org"})
        if path == "/api/v4/projects/7":
            return self._answer(200, {"http_url_to_repo": forge.clone("ada"), "ssh_url_to_repo": "git@forge:ada/app.git"})
        if path == "/api/v4/projects/8":
            return self._answer(200, {"http_url_to_repo": forge.clone("acme"), "ssh_url_to_repo": "git@forge:acme/app.git"})
        return self._answer(404, {})

    # Bitbucket Cloud.

    def _bitbucket(self, path, query):
        forge = self.forge

        def wrap(some, more):
            return {"values": some, **({"next": "http://elsewhere.invalid/steal"} if more else {})}

        def end(owner, branch, revision=None):
            return {"branch": {"name": branch}, "commit": {"hash": revision[:12]} if revision else {},
                    "repository": {"full_name": f"{owner}/app", "links": {"html": {"href": f"{forge.url}/{owner}/app"}}}}
        if path.endswith("/pullrequests"):
            return self._list([{
                "id": pull["number"], "title": f"Title {pull['number']}", "summary": {"raw": "Body"},
                "author": {"display_name": "Ada"}, "updated_on": "2026-01-01T00:00:00.000000+00:00",
                "links": {"html": {"href": f"{forge.url}/acme/app/pull-requests/{pull['number']}"}},
                "source": end(pull["fork"], pull["branch"], pull["sha"]), "destination": end("acme", pull["target"])}
                for pull in forge.newest_first()], query, wrap)
        if path.endswith("/diffstat"):
            return self._list([{"new": {"path": f"file-{i}"}} for i in range(5)], query, wrap)
        short = path.rsplit("/", 1)[1]
        full = next(pull["sha"] for pull in forge.pulls.values() if pull["sha"].startswith(short))
        return self._answer(200, {"hash": full, "author": {"raw": "Ada <ada@example.org>"}})

    # Bitbucket Server.

    def _bitbucket_server(self, path, query):
        forge, start = self.forge, int(query.get("start", 0))

        def page(items):
            last = start + forge.page_size >= len(items)
            return self._answer(200, {"values": items[start:start + forge.page_size], "isLastPage": last,
                                      "nextPageStart": None if last else start + forge.page_size})

        def end(owner, branch, revision=None):
            return {"displayId": branch, "latestCommit": revision, "repository": {"links": {"clone": [
                {"name": "ssh", "href": f"ssh://git@forge/{owner}/app.git"}, {"name": "http", "href": forge.clone(owner)}]}}}
        assert path.startswith("/rest/api/1.0/projects/acme/repos/app/")
        if path.endswith("/pull-requests"):
            return page([{
                "id": pull["number"], "title": f"Title {pull['number']}", "description": "Body", "updatedDate": 1767225600000,
                "author": {"user": {"displayName": "Ada"}},
                "links": {"self": [{"href": f"{forge.url}/projects/acme/repos/app/pull-requests/{pull['number']}"}]},
                "fromRef": end(pull["fork"], pull["branch"], pull["sha"]), "toRef": end("acme", pull["target"])}
                for pull in forge.newest_first()])
        if path.endswith("/changes"):
            return page([{"path": {"toString": f"file-{i}"}} for i in range(5)])
        return self._answer(200, {"id": path.rsplit("/", 1)[1], "author": {"name": "Ada", "emailAddress": "ada@example.org"}})
