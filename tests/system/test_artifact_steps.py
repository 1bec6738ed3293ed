# SPDX-License-Identifier: Apache-2.0
"""upload, upload_directory and download: what one build leaves, another finds, byte for byte."""

from slipway_test import FAILURE, SUCCESS

BIG = 9 * 1024 * 1024 + 17        # three pieces, the last a short one


def steps_of(build):
    return build.verdict()[2]


def urls_of(build, step):
    return {url["name"]: url["url"] for row in build.steps() if row["name"] == step for url in row["urls"]}


def hashes(lines):
    return {line.split()[1]: line.split()[0] for line in lines}


MAKE = {"name": "make", "run": f"mkdir -p dist/deep/er && head -c {BIG} /dev/urandom > dist/big && echo small > dist/deep/a.txt "
                               "&& echo 'ä b' > 'dist/deep/er/ä b.txt' && : > dist/empty && chmod 755 dist/deep/a.txt "
                               "&& echo hidden > dist/.hidden && touch -d 2020-01-01T00:00:00Z dist/deep/a.txt; "
                               "cd dist; sha256sum big deep/a.txt empty .hidden"}


def test_files_go_up_and_come_down_the_same(shared_plant):
    build = shared_plant.build(
        MAKE,
        {"name": "globs", "upload": ["dist/**/*.txt", "dist/big"], "as": "release/", "keep_stamp": True},
        {"name": "folder", "upload_directory": "dist", "as": "all", "url_text": "Everything"},
        {"name": "again", "upload": "dist/big", "as": "copy"},
        {"name": "clean", "rmdir": "."},
        {"name": "one", "download": "all/big", "from": "build", "to": "in/renamed"},
        {"name": "many", "download": "all/*", "from": "build", "to": "in", "mode": "640"},
        {"name": "stamped", "download": "release/dist/deep/a.txt", "from": "build", "to": "in/"},
        {"name": "look", "run": "cd in/all; sha256sum big deep/a.txt empty .hidden; cmp big ../renamed && echo same; "
                                "stat -c '%a' deep/a.txt; stat -c '%a %Y' ../release/dist/deep/a.txt; "
                                "cat 'deep/er/ä b.txt'; find .. -name '.*part*'"})
    assert build.verdict()[0] == SUCCESS, (build.verdict(), [build.log(n).content() for n in range(1, 10)])
    steps = steps_of(build)
    small = 6 + len("ä b\n".encode())
    assert steps["globs"] == (SUCCESS, f"uploaded 3 files, {BIG + small} bytes")
    assert steps["folder"] == (SUCCESS, f"uploaded 5 files, {BIG + small + 7} bytes")
    assert steps["many"] == (SUCCESS, "downloaded 5 artifacts")
    looked = build.log("look").lines()
    assert hashes(looked[:4]) == hashes(build.log("make").lines())
    assert looked[4:] == ["same", "640", "755 1577836800", "ä b"]
    assert set(urls_of(build, "globs")) == {"release/dist/big", "release/dist/deep/a.txt", "release/dist/deep/er/ä b.txt"}
    assert "Everything" in urls_of(build, "folder")
    for name, text in (("release/dist/deep/a.txt", "small\n"), ("release/dist/deep/er/ä b.txt", "ä b\n")):
        response = shared_plant.rest.request("GET", urls_of(build, "globs")[name])
        assert (response.status_code, response.content) == (200, text.encode())


def test_what_can_not_be_uploaded_fails(shared_plant):
    build = shared_plant.build(
        {"name": "make", "run": "echo 12345 > a; echo 1 > b"},
        {"name": "large", "upload": ["a", "b"], "max_size": 5, "halt_on_failure": False, "flunk_on_failure": False},
        {"name": "none", "upload": "*.deb", "halt_on_failure": False, "flunk_on_failure": False},
        {"name": "allowed", "upload": "*.deb", "allow_missing": True},
        {"name": "nothing", "download": "b", "from": "build", "halt_on_failure": False, "flunk_on_failure": False},
        {"name": "twice", "upload": "b"}, {"name": "new", "run": "echo 2 > b"}, {"name": "replaced", "upload": "b"},
        {"name": "back", "download": "b", "from": "build", "to": "c"}, {"name": "look", "run": "cat c"})
    steps = steps_of(build)
    assert steps["large"] == (FAILURE, "a has 6 bytes, at most 5 allowed")
    assert steps["none"] == (FAILURE, "nothing to upload")
    assert steps["allowed"] == (SUCCESS, "uploaded 0 files, 0 bytes")
    assert steps["nothing"] == (FAILURE, 'no artifact "b" there')
    assert build.log("look").lines() == ["2"]


def test_another_builder_s_newest_success_is_found(shared_plant):
    maker = shared_plant.add_builder({"run": "echo %(prop:buildnumber)s > number"}, {"upload": "number"},
                              {"run": "test %(prop:buildnumber)s != 3"})
    for _ in range(3):
        shared_plant.force(maker).finished()
    build = shared_plant.build({"name": "get", "download": "number", "builder": maker},
                        {"name": "look", "run": "cat number"})
    assert build.verdict()[0] == SUCCESS
    assert build.log("look").lines() == ["2"]


def test_pieces_that_are_there_are_not_stored_twice(shared_plant):
    for _ in range(2):
        build = shared_plant.build({"run": "yes the same everywhere | head -c 5000000 > same"}, {"upload": "same"})
        assert build.verdict()[0] == SUCCESS
    store = shared_plant.stack.folder / "artifacts"
    whole = [path for path in store.rglob("*") if path.is_file() and path.stat().st_size == 4 * 1024 * 1024]
    names = [path.name for path in whole]
    assert names and len(names) == len(set(names))
