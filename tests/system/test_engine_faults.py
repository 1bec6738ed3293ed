# SPDX-License-Identifier: Apache-2.0
"""What the build engine does when its parts are killed, cut off or away: nothing lost, nothing doubled, nothing left."""

import base64
import ctypes
import ctypes.util
import json
import pathlib
import subprocess
import sys
import urllib.request

import pytest

from slipway_test import (CANCELLED, EXCEPTION, FAILURE, RETRY, SUCCESS, Counter, Gate, NatsServer, Plant, Stack, free_port,
                          wait_for)

VAULT_SERVER = pathlib.Path(__file__).resolve().parents[1] / "shared/vault_server.py"
LOG_MAX = 64 * 1024
PIECE = 4 * 1024 * 1024


class Vault:
    """The tests' own HashiCorp Vault; sealed until it is opened."""

    def __init__(self, folder):
        self._process = subprocess.Popen([sys.executable, VAULT_SERVER, folder], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        self.address = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}"
        self.tell("put", {"path": "secret/data/door", "data": {"value": "open sesame"}})
        self.tell("config", {"sealed": True})

    def tell(self, what, body):
        urllib.request.urlopen(urllib.request.Request(
            f"{self.address}/-/{what}", json.dumps(body).encode(), {"Content-Type": "application/json"}), timeout=10).read()

    def stop(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class Engine(Plant):
    """A plant whose builders may be triggered, and change."""

    def __init__(self, stack, config, **more):
        self._triggers = []
        super().__init__(stack, config=config, **more)

    def add_builder(self, *steps, trigger=None, **builder):
        """`trigger` names a triggerable scheduler of its own."""
        name = builder.setdefault("name", f"builder-{len(self._builders) + 1}")
        if trigger:
            self._triggers.append({"type": "triggerable", "name": trigger, "builders": [name]})
        self._config["schedulers"] = [
            {"type": "force", "name": "force", "builders": [*(b["name"] for b in self._builders), name]}, *self._triggers]
        return super().add_builder(*steps, **builder)

    def change(self, name, **keys):
        """Applies a new version, in which that builder has these keys."""
        for builder in self._builders:
            if builder["name"] == name:
                builder.update(keys)
        self.add_builder({"run": "true"})


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    server = Vault(tmp_path_factory.mktemp("vault"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shared_plant(tmp_path_factory, shared_postgres, vault):
    """One for the whole file: whoever breaks something in it mends it."""
    folder = tmp_path_factory.mktemp("plant")
    nats = NatsServer(folder).start()
    stack = Stack(folder / "stack", shared_postgres.create_database(), nats.url)
    try:
        stack.start_service("scheduler")
        yield Engine(stack, slots=4, config={
            "locks": [{"name": "db"}, {"name": "port"}], "storage": {"log_max_size": LOG_MAX},
            "secrets": {"vault": {"address": vault.address, "token": "hvs.static"}}})
        stack.stop()
    finally:
        stack.destroy()
        nats.stop()


@pytest.fixture
def plant(shared_plant):
    yield shared_plant
    shared_plant.wait_no_process()
    assert shared_plant.stack.sql("SELECT name, buildid, step FROM lock_claims") == []
    assert shared_plant.stack.sql("SELECT buildid FROM builds WHERE NOT complete") == []
    assert shared_plant.stack.sql("SELECT buildrequestid FROM buildrequests WHERE NOT complete") == []
    assert shared_plant.stack.sql("SELECT buildid FROM triggers WHERE NOT done") == []


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path)


@pytest.fixture
def other_gate(tmp_path):
    return Gate(tmp_path, "other")


def gated(gate, name="gate", **more):
    return {"run": gate.command, "name": name, **more}


def verdicts(build):
    """The steps of the last attempt."""
    return build.verdict()[2]


def text_of(build, step):
    return build.log(step).content()


def count(path):
    return len(path.read_text().split()) if path.exists() else 0


def builds_of(plant, builder):
    ids = [row["builderid"] for row in plant.rest.get("builders") if row["name"] == builder]
    return [build for build in plant.rest.get("builds", order="buildid") if build["builderid"] in ids]


def restart(plant, *names):
    for name in names:
        plant.stack.restart(name)
    plant.stack.wait_ready()


# The agent is killed.

def test_a_background_dies_with_its_agent(plant, gate, tmp_path):
    server = f"echo run >> {tmp_path}/ran; echo listening; setsid sleep 1000 & exec sleep 1001"
    build = plant.build({"run": server, "name": "server", "background": {"ready": "log:^listening", "stop_timeout": "1s"}}, gated(gate))
    gate.wait_reached()
    plant.stack.kill("agent w1")
    plant.wait_no_process()
    plant.stack.restart("agent w1")
    first = build.attempt(1)
    assert first["results"] == RETRY
    assert [(s["name"], s["results"]) for s in build.steps(first)] == [("server", SUCCESS), ("gate", RETRY)]

    gate.wait_reached()
    assert len(plant.processes("sleep 1001")) == 1
    gate.go()
    assert build.finished()["results"] == SUCCESS
    assert count(tmp_path / "ran") == len(build.builds()) == 2
    assert text_of(build, "server").startswith("h") and "olistening\n" in text_of(build, "server")


def environments(plant, name):
    return [path for path in (plant.stack.folder / "agent-w1/builders").glob(f"{name}.environments/*") if path.is_dir()]


def test_a_half_prepared_environment_is_prepared_anew(plant, gate):
    name = plant.add_builder(
        {"run": "ls $SLIPWAY_ENVIRONMENT | wc -l; test -e $SLIPWAY_ENVIRONMENT/whole", "name": "use"},
        environment={"steps": [{"run": f"touch half-$$; {gate.command}; touch whole"}]})
    build = plant.force(name)
    gate.wait_reached()
    plant.stack.kill_and_restart("agent w1")
    assert build.attempt(1)["results"] == RETRY
    gate.wait_reached()
    gate.go()
    assert verdicts(build)["environment"][1].startswith("prepared ")
    assert build.log("use").lines() == ["2"]
    assert verdicts(plant.force(name))["environment"][1].startswith("reused ")
    assert len(environments(plant, name)) == 1


def test_an_environment_that_two_killed_builds_shared_is_judged_again(plant, gate, other_gate, tmp_path):
    """One of them had left it dirty: the first to come back prepares it, the other finds that."""
    choose = (f"if mkdir {tmp_path}/first 2> /dev/null; then {gate.command}; else {other_gate.command}; fi; "
              "ls $SLIPWAY_ENVIRONMENT")
    name = plant.add_builder(
        {"run": choose, "name": "use"},
        environment={"steps": [{"run": f"echo made >> {tmp_path}/made; touch tool"}]})
    builds = [plant.force(name) for _ in range(2)]
    gate.wait_reached()
    other_gate.wait_reached()
    environment, = environments(plant, name)
    (environment / "x").touch()
    plant.stack.kill_and_restart("agent w1")
    assert [build.attempt(1)["results"] for build in builds] == [RETRY, RETRY]
    other_gate.go()
    gate.go()
    assert sorted(verdicts(build)["environment"][1].split()[0] for build in builds) == ["prepared", "reused"]
    assert [build.log("use").lines() for build in builds] == [["tool"], ["tool"]]
    assert count(tmp_path / "made") == 2


@pytest.mark.parametrize("is_back", [True, False], ids=["agent restarts", "lease runs out"])
def test_a_lost_build_gives_its_locks_back(plant, gate, is_back):
    holder = plant.build(gated(gate, locks=["port"]), locks=["db"])
    gate.wait_reached()
    wants_db = plant.build({"run": "true", "name": "quick"}, locks=["db"])
    plant.stack.kill("agent w1")
    successor = "agent w1" if is_back else "agent w2"
    if is_back:
        plant.stack.restart(successor)
    else:
        plant.stack.start_agent("w2", slots=4)
    assert holder.attempt(1)["results"] == RETRY
    gate.go()
    wants_port = plant.build({"run": "true", "name": "quick", "locks": ["port"]})
    assert [build.finished()["results"] for build in (holder, wants_db, wants_port)] == [SUCCESS] * 3
    assert [b["results"] for b in holder.builds()] == [RETRY, SUCCESS]
    if not is_back:
        plant.stack.stop_agent("w2")
        plant.stack.restart("agent w1")
        plant.stack.wait_connected("w1")


def test_a_parallel_group_is_cancelled_and_retried_as_a_whole(plant, gate, other_gate, tmp_path):
    members = [gated(gate, "one"), gated(other_gate, "two"), {"run": f"echo over >> {tmp_path}/over", "name": "three"}]
    build = plant.build({"group": "all", "parallel": True, "steps": members}, {"run": "true", "name": "after"})
    gate.wait_reached()
    other_gate.wait_reached()
    wait_for((tmp_path / "over").exists, "the third member")
    wait_for(lambda: "finished" in [s["state_string"] for s in build.steps()], "its end to be known")
    plant.stack.kill("agent w1")
    plant.wait_no_process()
    plant.stack.restart("agent w1")
    first = build.attempt(1)
    assert first["results"] == RETRY
    assert [s["results"] for s in build.steps(first)] == [RETRY, RETRY, SUCCESS]

    gate.wait_reached()
    other_gate.wait_reached()
    plant.stack.cut_network("builder")
    build.stop()
    plant.stack.mend_network("builder")
    result, _, steps = build.verdict()
    assert result == CANCELLED and steps["one"][0] == steps["two"][0] == CANCELLED and "after" not in steps
    assert len(build.builds()) == 2


# Builder and scheduler are killed.

def test_a_trigger_is_made_once_whoever_is_killed_meanwhile(plant, gate):
    stack = plant.stack
    plant.add_builder(gated(gate), name="slow", trigger="all-slow")
    name = plant.add_builder({"name": "go", "trigger": {"schedulers": ["all-slow"], "wait_for_finish": True}})
    stack.kill("scheduler")
    parent = plant.force(name)
    wait_for(lambda: stack.sql("SELECT 1 FROM triggers WHERE NOT done"), "the trigger to be stored")
    stack.kill("builder")
    restart(plant, "scheduler", "builder")
    gate.wait_reached()
    stack.kill("scheduler")
    stack.kill("builder")
    gate.go()
    restart(plant, "scheduler", "builder")
    assert verdicts(parent)["go"] == (SUCCESS, "triggered all-slow: 1 success")
    assert [b["results"] for b in builds_of(plant, "slow")] == [SUCCESS]
    assert len(parent.builds()) == 1


def test_a_stop_goes_down_to_the_grandchildren_whoever_is_killed_meanwhile(plant, gate):
    down = {"wait_for_finish": True}
    plant.add_builder(gated(gate), name="leaf", trigger="all-leaf")
    plant.add_builder({"name": "go", "trigger": {"schedulers": ["all-leaf"], **down}}, name="branch", trigger="all-branch")
    parent = plant.build({"name": "go", "trigger": {"schedulers": ["all-branch"], **down}})
    gate.wait_reached()
    plant.stack.kill("scheduler")
    plant.stack.kill("builder")
    parent.stop()
    restart(plant, "builder", "scheduler")
    assert parent.finished()["results"] == CANCELLED
    wait_for(lambda: all(b["complete"] for b in builds_of(plant, "leaf")), "the end of the leaf")
    wait_for(lambda: all(b["complete"] for b in builds_of(plant, "branch")), "the end of the branch")
    for builder in ("branch", "leaf"):
        assert [b["results"] for b in builds_of(plant, builder)] == [CANCELLED]


def test_an_upload_and_a_download_survive_their_builder(plant):
    stack, count_pieces = plant.stack, 12
    store, name = stack.folder / "artifacts", "big"
    before = _pieces(store)
    build = plant.build({"run": f"head -c {count_pieces * PIECE} /dev/urandom > {name}", "name": "make"},
                        {"upload": name, "name": "up"}, {"download": name, "from": "build", "to": "back", "name": "down"},
                        {"run": f"cmp {name} back && ls", "name": "compare"})
    wait_for(lambda: _pieces(store) > before, "a first piece to be stored")
    stack.kill("builder")
    assert _pieces(store) < before + count_pieces
    restart(plant, "builder")
    parts = stack.folder / "agent-w1/builders"
    wait_for(lambda: [p for p in parts.glob("*/build/*") if "back" in p.name], "the download to begin")
    stack.kill_and_restart("builder")
    assert build.finished()["results"] == SUCCESS, build.verdict()
    assert build.log("compare").lines() == ["back", "big"]
    assert len(build.builds()) == 1
    assert _pieces(store) == before + count_pieces
    assert stack.sql(f"SELECT count(*) FROM artifacts WHERE buildid = {build.builds()[0]['buildid']}") == [(1,)]


def _pieces(store):
    return len([path for path in store.rglob("*") if len(path.name) == 64 and path.is_file()])


def test_who_waits_for_a_lock_keeps_its_place_when_the_builder_restarts(plant, gate, tmp_path):
    holder = plant.build(gated(gate, locks=["port"]))
    gate.wait_reached()
    waiting = []
    for name in ("first", "second"):
        waiting.append(plant.build({"run": f"echo {name} >> {tmp_path}/order", "name": "use", "locks": ["port"]}))
        waiting[-1].started()
        wait_for(lambda build=waiting[-1]: plant.stack.sql(
            f"SELECT 1 FROM lock_claims WHERE buildid = {build.builds()[0]['buildid']}"), "its claim")
    plant.stack.kill("builder")
    gate.go()
    restart(plant, "builder")
    assert [build.finished()["results"] for build in (holder, *waiting)] == [SUCCESS] * 3
    assert (tmp_path / "order").read_text().split() == ["first", "second"]
    assert [len(build.builds()) for build in waiting] == [1, 1]


def test_a_log_that_is_cut_is_cut_once(plant, tmp_path):
    numbers = Counter(tmp_path)
    build = plant.build({"run": numbers.command, "name": "count"}, {"run": "echo on", "name": "next"})
    wait_for(numbers.printed, "output")
    plant.stack.kill("builder")
    wait_for(lambda: numbers.printed() > 2 * LOG_MAX, "more output than the log may have")
    restart(plant, "builder")
    plant.stack.cut_network("builder")
    numbers.wait_more()
    plant.stack.mend_network("builder")
    numbers.stop()
    assert build.finished()["results"] == SUCCESS
    lines = build.log("count").content().splitlines()
    assert len([line for line in lines if line.startswith("hthe log is longer than")]) == 1
    shown = build.log("count").lines()
    assert shown[:-1] == [str(number) for number in range(len(shown) - 1)]
    assert str(len(shown) - 1).startswith(shown[-1])        # the last line is cut where the room ends
    assert LOG_MAX * 0.9 < sum(len(line) + 1 for line in lines) < LOG_MAX * 1.2
    assert build.log("next").lines() == ["on"]


def requests_below(stack, build):
    """(complete, results) of each request that the build has triggered."""
    return stack.sql("SELECT r.complete, r.results FROM buildrequests r JOIN buildsets s ON s.bsid = r.buildsetid "
                     f"WHERE s.parent_buildid = {build.builds()[0]['buildid']}")


def test_a_matrix_that_waits_keeps_the_cells_it_began_with(plant, gate):
    """Slots for four of its five cells: the fifth waits while the new version comes, which has more of them."""
    stack = plant.stack
    name = plant.add_builder(gated(gate), matrix={"n": ["1", "2", "3", "4", "5"]})
    build = plant.force(name)
    wait_for(lambda: stack.sql("SELECT count(*) FROM builds WHERE NOT complete")[0][0] == 5, "four cells and the parent")
    plant.change(name, matrix={"n": ["1", "2", "3", "4", "5", "6"]})
    gate.go()
    result, _, steps = build.verdict()
    assert (result, requests_below(stack, build)) == (SUCCESS, [(True, SUCCESS)] * 5), steps
    again = plant.force(name)
    assert again.finished()["results"] == SUCCESS
    assert len(requests_below(stack, again)) == 6


# Secrets.

_zstd = ctypes.CDLL(ctypes.util.find_library("zstd"))
_zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
_zstd.ZSTD_decompress.restype = ctypes.c_size_t
_zstd.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t


def expand(data):
    """The bytes with every zstd frame in them opened."""
    out, magic = [data], b"\x28\xb5\x2f\xfd"
    at = data.find(magic)
    while at >= 0:
        frame = data[at:]
        raw = _zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
        size = _zstd.ZSTD_findFrameCompressedSize(frame, ctypes.c_size_t(len(frame)))
        if raw < 1 << 24 and size <= len(frame):
            room = ctypes.create_string_buffer(raw + 1)
            got = _zstd.ZSTD_decompress(room, ctypes.c_size_t(raw), frame, ctypes.c_size_t(size))
            out.append(room.raw[:got] if got <= raw else b"")
        at = data.find(magic, at + 1)
    return b"\n".join(out)


def test_no_secret_is_on_a_disk_when_everybody_is_killed_in_the_middle_of_a_line(plant, gate, tmp_path):
    value = "xyzzy-" + "Plugh" * 3
    forms = [value.encode(), base64.b64encode(value.encode())]
    stack = plant.stack
    (stack.secrets / "magic").write_text(value)
    leak = (f"echo begin; for i in 1 2 3; do printf 'head %s tail\\n' \"$M\"; printf %s \"$M\" | base64; done; sleep 0.3;"
            f"printf 'xyzzy-Plu'; {gate.command}; echo end")
    build = plant.build({"run": leak, "name": "leak", "env": {"M": "%(secret:magic)s"}, "log_environ": True,
                         "description": "with %(secret:magic)s"},
                        {"set_property": {"property": "p", "command": "echo $M"}, "env": {"M": "%(secret:magic)s"}})
    gate.wait_reached()
    wait_for(lambda: "otail" not in text_of(build, "leak") and "head <magic> tail" in text_of(build, "leak"),
             "the first lines")
    stack.kill("builder")
    stack.kill("agent w1")
    spool = list((stack.folder / "agent-w1/spool").iterdir())
    kept = b"".join(expand(path.read_bytes()) for path in spool)
    assert b"<magic>" in kept, spool
    stack.restart("agent w1")
    restart(plant, "builder")
    assert build.attempt(1)["results"] == RETRY
    gate.wait_reached()
    gate.go()
    assert build.finished()["results"] == SUCCESS

    (stack.secrets / "magic").unlink()
    seen = {path: expand(path.read_bytes()) for path in (stack.folder / "agent-w1").rglob("*") if path.is_file()}
    seen |= {path: path.read_bytes() for path in stack.logs.iterdir()}
    seen["rows"] = stack.sql("SELECT schema_to_xml('public', true, true, '')::text")[0][0].encode()
    seen["logs"] = b"".join(expand(bytes(row[0])) for row in stack.sql("SELECT content FROM log_chunks"))
    assert b"<magic>" in seen["logs"]
    assert [place for place, text in seen.items() if any(form in text for form in forms)] == []


def test_a_build_waits_for_a_vault_that_is_away(plant, vault):
    build = plant.build({"run": "test \"$D\" = 'open sesame' && echo \"$D\"", "name": "use",
                         "env": {"D": "%(secret:door)s"}})
    plant.stack.process("builder").wait_event("secrets.unread")
    assert plant.build({"run": "true"}).finished()["results"] == SUCCESS
    plant.stack.kill_and_restart("builder")
    plant.stack.process("builder").wait_event("secrets.unread")
    assert build.builds() == []
    vault.tell("config", {"sealed": False})
    assert build.finished()["results"] == SUCCESS
    assert build.log("use").lines() == ["<door>"]
    vault.tell("config", {"sealed": True})


# What else can go wrong.

@pytest.mark.parametrize("text, says", [
    ("steps: [\n", ".slipway.yml:"),
    ("workers: [{name: mine}]\nsteps: []\n", "workers"),
    ("steps:\n  - {run: 'echo %(secret:magic)s'}\n", "secret"),
    ("\0\1\2", ".slipway.yml"),
], ids=["no YAML", "workers", "secrets", "no text"])
def test_a_repository_s_file_with_mistakes_fails_with_its_reasons(plant, git_server, text, says):
    repository = git_server.repository("faulty", first_commit=False)
    repository.commit("wrong", {".slipway.yml": text})
    name = plant.add_builder({"git": {}}, repository_file=True)
    wrong = plant.force(name, repository=repository.url, branch="main")
    assert wrong.verdict()[0] == FAILURE
    assert says in text_of(wrong, "repository_steps")
    repository.commit("right", {".slipway.yml": "steps: [{run: echo own, name: mine}]\n"})
    right = plant.force(name, repository=repository.url, branch="main")
    assert (right.verdict()[0], right.log("mine").lines()) == (SUCCESS, ["own"])


def test_steps_that_would_wait_for_each_other_end_with_a_deadlock(plant, gate, other_gate):
    first = plant.build(gated(gate), {"run": "true", "name": "wants", "locks": ["port"]}, locks=["db"])
    second = plant.build(gated(other_gate), {"run": "true", "name": "wants", "locks": ["db"]}, locks=["port"])
    gate.wait_reached()
    other_gate.wait_reached()
    gate.go()
    wait_for(lambda: plant.stack.sql("SELECT 1 FROM lock_claims WHERE granted_at IS NULL"), "the first to wait")
    other_gate.go()
    result, _, steps = second.verdict()
    assert (result, steps["wants"][0]) == (EXCEPTION, EXCEPTION) and "deadlock" in steps["wants"][1]
    assert first.verdict()[2]["wants"] == (SUCCESS, "finished")


@pytest.mark.parametrize("kind", ["tcp:", "tcp:127.0.0.1:", "http://127.0.0.1:"])
def test_a_background_is_ready_when_it_answers(plant, kind):
    port = free_port()
    build = plant.build({"run": f"exec python3 -m http.server --bind 127.0.0.1 {port}", "name": "server",
                         "background": {"ready": f"{kind}{port}", "timeout": "30s"}},
                        {"run": f"python3 -c 'import urllib.request as r; r.urlopen(\"http://127.0.0.1:{port}\")'",
                         "name": "use"})
    steps = verdicts(build)
    assert steps["server"][1].startswith("ready after ") and steps["use"] == (SUCCESS, "finished")


def test_downloads_from_the_parent_and_from_the_buildset(plant, gate):
    plant.add_builder({"download": "number", "name": "get"}, {"run": "cat number", "name": "look"}, name="taker",
                      trigger="all-taker")
    parent = plant.build({"run": "echo 42 > number"}, {"upload": "number"},
                         {"name": "go", "trigger": {"schedulers": ["all-taker"], "wait_for_finish": True}})
    assert parent.verdict()[0] == SUCCESS, parent.verdict()
    maker = plant.add_builder({"run": "echo 43 > number"}, {"upload": "number"}, gated(gate))
    other = plant.add_builder(gated(gate), {"download": "number", "from": "buildset", "name": "get"},
                              {"run": "cat number; test `cat number` = 43", "name": "look"})
    _, requests = plant.rest.control("forceschedulers/force", "force", builderNames=[maker, other])
    wait_for(lambda: plant.stack.sql("SELECT count(*) FROM artifacts a JOIN builds b USING (buildid) "
                                     f"WHERE b.buildrequestid IN ({','.join(map(str, requests.values()))})")[0][0],
             "the artifact")
    gate.go()
    for request in requests.values():
        wait_for(lambda request=request: plant.rest.one(f"buildrequests/{request}")["complete"], "the end")
        assert plant.rest.one(f"buildrequests/{request}")["results"] == SUCCESS
