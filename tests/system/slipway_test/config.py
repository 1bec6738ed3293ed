# SPDX-License-Identifier: Apache-2.0
"""A small slipway.yaml as a test starts from it."""


def configuration(repository, steps=None, **more):
    """One builder "app" that builds branch main of a repository that is polled; `more` replaces or adds keys."""
    config = {
        "title": "System test",
        "url": "http://ci.test/",
        "web_hooks": {"base": {}},
        "change_sources": [
            {"type": "git_poller", "repository": repository.url, "branches": ["main"], "poll_interval": "1s"},
        ],
        "schedulers": [
            {"type": "single_branch", "name": "main", "change_filter": {"branch": "main"}, "builders": ["app"]},
            {"type": "force", "name": "force", "builders": ["app"]},
        ],
        "builders": [{"name": "app", "steps": steps or [{"git": {}}, {"run": "make test", "name": "test"}]}],
    }
    config.update(more)
    return {key: value for key, value in config.items() if value is not None}


def mail_notifier(relay, **more):
    """One mail for every finished build, to team@example.org."""
    return {"type": "mail", "from": "ci@example.org", "mode": "all", "relay": relay,
            "extra_recipients": ["team@example.org"], **more}
