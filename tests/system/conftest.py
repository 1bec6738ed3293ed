# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the system tests. A test takes what it needs: `stack`, `repository`, `smtp`, ...; each cleans up after itself."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from slipway_test import GitServer, NatsServer, Plant, PostgresCluster, SmtpServer, Stack  # noqa: E402
from slipway_test.contract import World  # noqa: E402


@pytest.fixture(scope="session")
def shared_postgres():
    """One cluster for all tests that only need a database of their own in it."""
    cluster = PostgresCluster().start()
    yield cluster
    cluster.remove()


@pytest.fixture
def postgres():
    """A cluster that the test may stop and start."""
    cluster = PostgresCluster().start()
    yield cluster
    cluster.remove()


@pytest.fixture
def nats(tmp_path):
    server = NatsServer(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(tmp_path):
    """A factory of SMTP servers: smtp_server(tls="starttls", users={"ci": "pw"})."""
    servers = []

    def make(**options):
        servers.append(SmtpServer(tmp_path, **options).start())
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def smtp(smtp_server):
    return smtp_server()


@pytest.fixture
def git_server(tmp_path):
    server = GitServer(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture
def repository(git_server):
    """A repository "app" with one commit, served over HTTP."""
    return git_server.repository()


@pytest.fixture
def make_stack(request, tmp_path):
    """A factory of stacks: make_stack(database_url, nats_url, lease=5). At the end each has to stop well."""
    stacks = []

    def make(database_url, nats_url, **options):
        stack = Stack(tmp_path / f"stack{len(stacks) + 1}", database_url, nats_url, **options)
        stacks.append(stack)
        request.node.stacks = stacks
        return stack

    yield make
    try:
        for stack in stacks:
            stack.stop()
    finally:
        for stack in stacks:
            stack.destroy()


@pytest.fixture
def stack(make_stack, shared_postgres, nats):
    """A stack with a fresh database, nothing of it started yet."""
    return make_stack(shared_postgres.create_database(), nats.url)


@pytest.fixture
def plant(stack):
    """Builder, www and the agent w1, running."""
    return Plant(stack)


@pytest.fixture(scope="module")
def shared_plant(tmp_path_factory, shared_postgres):
    """One plant for all tests of a file that break nothing in it."""
    folder = tmp_path_factory.mktemp("plant")
    nats = NatsServer(folder).start()
    stack = Stack(folder / "stack", shared_postgres.create_database(), nats.url)
    try:
        yield Plant(stack)
        stack.stop()
    finally:
        stack.destroy()
        nats.stop()


@pytest.fixture(scope="module")
def contract_world(tmp_path_factory, shared_postgres):
    """One of everything that the REST API shows; see slipway_test/contract.py."""
    world = World(tmp_path_factory.mktemp("contract"), shared_postgres)
    try:
        yield world.fill()
    finally:
        world.end()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test's report shows the end of every log of its stacks, and says where the whole of them is."""
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    shared = [item.funcargs["shared_plant"].stack] if "shared_plant" in item.funcargs else []
    for stack in getattr(item, "stacks", []) + shared:
        report.sections.append(("logs are in", str(stack.logs)))
        report.sections += [(name, tail) for name, tail in stack.log_tails()]
