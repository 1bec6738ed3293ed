/* SPDX-License-Identifier: Apache-2.0 */
/* Logs that move to the store: what moves, that nothing is lost, and what goes with its build. */
#include "fixture.h"
#include "janitor.h"
#include "seal.h"
#include "shared/compress.h"
#include "shared/log_store.h"
#include "shared/model.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

static char directory[] = "/tmp/slipway-seal-XXXXXX";

static int open_all(void **state)
{
    if (fixture_open(state) != 0 || !mkdtemp(directory))
        return -1;
    fixture.settings.artifacts_dir = directory;
    return 0;
}

static int close_all(void **state)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command) == 0 ? db_test_close(state) : -1;
}

static int begin(void **state)
{
    if (fixture_begin(state) != 0)
        return -1;
    db_test_sql(db_test.db, "TRUNCATE blob_removals");
    return system(ci_mem_printf(fixture.mem, "rm -rf %s/logs", directory));
}

static int64_t id_of(const char *sql)
{
    CI_AUTO_TX tx = {0};
    static const struct ci_field fields[] = {CI_FIELD(struct ci_log_row, logid, 0)};
    static const struct ci_record record = CI_RECORD("log", struct ci_log_row, fields);
    struct ci_list rows = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, sql, CI_NO_ARGS, &record, fixture.mem, &rows, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_int_equal(1, rows.count);
    return ((const struct ci_log_row *)rows.items)->logid;
}

/* A log of a build that ended `minutes` ago; negative: it runs. */
static int64_t add_log(int minutes)
{
    return id_of(ci_mem_printf(
        fixture.mem,
        "WITH t AS (SELECT now() - interval '1 minute' * %d AS at),"
        " b AS (UPDATE builders SET last_number = last_number + 1 WHERE name = 'linux'"
        "       RETURNING builderid, last_number),"
        " w AS (INSERT INTO workers (name) VALUES ('old') ON CONFLICT (name) DO UPDATE"
        "       SET active = true RETURNING workerid),"
        " s AS (INSERT INTO buildsets (reason, submitted_at, complete, complete_at,"
        "       open_requests) SELECT 'test', at, true, at, 0 FROM t RETURNING bsid),"
        " r AS (INSERT INTO buildrequests (buildsetid, builderid, claimed, complete,"
        "       complete_at, results, submitted_at)"
        "       SELECT bsid, builderid, true, true, at, 0, at FROM s, b, t"
        "       RETURNING buildrequestid),"
        " u AS (INSERT INTO builds (number, builderid, buildrequestid, workerid,"
        "       config_version, attempt, token, started_at, complete, complete_at, results)"
        "       SELECT last_number, builderid, buildrequestid, workerid, version, 1, 't', at,"
        "       %d >= 0, at, 0 FROM b, r, w, t, config_current RETURNING buildid),"
        " p AS (INSERT INTO steps (buildid, number, name, complete) SELECT buildid, 0, 's',"
        "       true FROM u RETURNING stepid)"
        "INSERT INTO logs (stepid, name, slug, complete)"
        " SELECT stepid, 'stdio', 'stdio', true FROM p RETURNING logid",
        minutes, minutes));
}

/* A chunk of so many bytes that do not shrink, as one line. */
static void add_chunk(int64_t logid, int line, size_t size)
{
    static const struct ci_stmt add = {
        "add", "WITH l AS (UPDATE logs SET num_lines = num_lines + 1 WHERE logid = $1"
               " RETURNING logid, day)"
               "INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, day, at)"
               " SELECT logid, $2::bigint, 1, $3::bigint, $4::bytea, day,"
               " to_timestamp(1000.25 + $2::bigint) FROM l"};
    char *text = ci_mem_alloc(fixture.mem, size);
    uint64_t seed = (uint64_t)line * 2654435761U + 1;
    struct ci_bytes frame;
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    for (size_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text[i] = (char)(seed >> 56);
    }
    frame = ci_compress(fixture.mem, (struct ci_bytes){text, size});
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_db_exec(&tx, &add,
                         CI_ARGS(ci_arg(logid), ci_arg(line), ci_arg(size), ci_arg(frame)), NULL,
                         &err),
              err);
    assert_ok(ci_tx_commit(&tx, &err), err);
}

static struct seal_done run(void)
{
    struct seal_done done = {0};
    struct ci_err err = {0};

    assert_ok(seal_run(fixture.builder, ci_time_now(), &done, &err), err);
    return done;
}

static int64_t remove_due(struct ci_time now)
{
    int64_t count = 0;
    struct ci_err err = {0};

    assert_ok(seal_remove(fixture.builder, now, fixture.mem, &count, &err), err);
    return count;
}

static struct ci_list pieces(int64_t logid)
{
    static const struct ci_stmt all = {
        "all", "SELECT first_line, line_count, NULL::bytea AS content, key, place, length, hash"
               " FROM sealed_chunks WHERE logid = $1 ORDER BY first_line"};
    struct ci_list rows = {0};
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows(&tx, &all, CI_ARGS(ci_arg(logid)), &ci_log_piece_record, fixture.mem,
                         &rows, &err),
              err);
    return rows;
}

static const char *key_of(int64_t logid)
{
    return ((const struct ci_log_piece *)pieces(logid).items)->key;
}

/* Puts an object in the place of what is there; without data it goes. */
static void replace(const char *key, struct ci_bytes bytes)
{
    CI_AUTO_STORE store = NULL;
    struct ci_err err = {0};

    assert_ok(ci_depot_take(fixture.builder->depot, &store, &err), err);
    if (bytes.data)
        assert_ok(ci_blob_put(store->blobs, key, bytes, &err), err);
    else
        assert_ok(ci_blob_remove(store->blobs, key, &err), err);
}

static struct ci_bytes content_of(const char *key)
{
    CI_AUTO_STORE store = NULL;
    struct ci_bytes bytes = {0};
    struct ci_err err = {0};

    assert_ok(ci_depot_take(fixture.builder->depot, &store, &err), err);
    assert_ok(ci_blob_get(store->blobs, key, fixture.mem, &bytes, &err), err);
    return bytes;
}

static int64_t objects(void)
{
    FILE *out = popen(
        ci_mem_printf(fixture.mem, "find %s/logs -type f 2>/dev/null | wc -l", directory), "r");
    long count = -1;

    assert_non_null(out);
    assert_int_equal(1, fscanf(out, "%ld", &count));
    pclose(out);
    return count;
}

static void seal__moves_logs_of_ended_builds_only(void **state)
{
    int64_t old = add_log(5), young = add_log(0), running = add_log(-1), empty = add_log(5);
    struct seal_done done;

    (void)state;
    for (int line = 0; line < 3; line++) {
        add_chunk(old, line, 100);
        add_chunk(young, line, 100);
        add_chunk(running, line, 100);
    }
    done = run();
    assert_int_equal(2, done.logs);
    assert_false(done.more);
    assert_int_equal(1, objects());
    assert_int_equal(6, NUMBER("SELECT count(*) AS n FROM log_chunks"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM logs WHERE sealed IS NOT NULL"));
    assert_int_equal(3, pieces(old).count);
    assert_int_equal(0, pieces(empty).count);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM blob_removals"));
    assert_int_equal(0, run().logs);
}

/* Each of its lines by itself, the last two before each, and none behind the last. */
static void assert_found_by_halving(void)
{
#define LOOK(lines, count)                                                                         \
    "SELECT count(*) AS n FROM logs l, generate_series(0, 9) n,"                                   \
    " sealed_pieces(l.logid, " lines ") s WHERE l.num_lines = 6 AND " count
    assert_int_equal(6, NUMBER(LOOK("n, n, 9", "s.first_line = n")));
    assert_int_equal(6, NUMBER(LOOK("n, n, 9", "true")));
    assert_int_equal(6, NUMBER(LOOK("n, n, 9", "s.at = to_timestamp(1000.25 + n)")));
    assert_int_equal(21, NUMBER(LOOK("n, 100, 9", "s.first_line >= n")));
    assert_int_equal(11, NUMBER(LOOK("n, 100, 2", "s.first_line - n IN (0, 1)")));
    assert_int_equal(9, NUMBER(LOOK("0, n, 2, true", "n < 5 AND n - s.first_line IN (0, 1)")));
    assert_int_equal(8, NUMBER(LOOK("0, n, 2, true", "n > 5 AND s.first_line IN (4, 5)")));
#undef LOOK
}

static void seal__keeps_every_byte(void **state)
{
    int64_t log = add_log(5);
    struct ci_list list;
    struct ci_err err = {0};

    (void)state;
    for (int line = 0; line < 6; line++)
        add_chunk(log, line, 4000000);
    assert_int_equal(1, run().logs);
    assert_int_equal(2, objects()); /* of 16 MiB at most */
    assert_found_by_halving();
    list = pieces(log);
    assert_int_equal(6, list.count);
    assert_ok(ci_log_pieces_load(fixture.builder->depot, list, fixture.mem, &err), err);
    for (size_t i = 0; i < list.count; i++) {
        const struct ci_log_piece *piece = (const struct ci_log_piece *)list.items + i;
        struct ci_bytes text = {0};

        assert_int_equal(i, piece->first_line);
        assert_ok(ci_expand(fixture.mem, piece->content, 4 << 20, &text, &err), err);
        assert_int_equal(4000000, text.len);
    }
}

static void seal__fails_without_a_store_and_loses_nothing(void **state)
{
    int64_t log = add_log(5);
    struct seal_done done;
    struct ci_err err = {0};

    (void)state;
    add_chunk(log, 0, 100);
    assert_int_equal(0, system(ci_mem_printf(fixture.mem, "touch %s/logs", directory)));
    assert_false(seal_run(fixture.builder, ci_time_now(), &done, &err));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM log_chunks"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM logs WHERE sealed IS NOT NULL"));
    assert_int_equal(0, system(ci_mem_printf(fixture.mem, "rm %s/logs", directory)));
    assert_int_equal(0, run().logs); /* it begins after the one that failed, and turns */
    assert_int_equal(1, run().logs);
}

static void seal__leaves_no_object_of_a_log_that_went_meanwhile(void **state)
{
    struct ci_time later = {ci_time_now().us + 2 * 3600 * INT64_C(1000000)};

    (void)state;
    /* As one who died between putting the object and the commit leaves it, and the build goes. */
    db_test_sql(db_test.db, "INSERT INTO blob_removals VALUES ('logs/2026-01-01/9', now() +"
                            " interval '1 hour')");
    replace("logs/2026-01-01/9", (struct ci_bytes){"x", 1});
    assert_int_equal(0, remove_due(ci_time_now()));
    assert_int_equal(1, objects());
    assert_int_equal(1, remove_due(later));
    assert_int_equal(0, objects());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM blob_removals"));
}

static void seal__damage_and_loss_are_told(void **state)
{
    int64_t log = add_log(5);
    const char *key;
    struct ci_bytes whole;
    char *damaged;
    struct ci_err err = {0};

    (void)state;
    add_chunk(log, 0, 1000);
    add_chunk(log, 1, 1000);
    assert_int_equal(1, run().logs);
    key = key_of(log);
    whole = content_of(key);
    damaged = ci_mem_dup(fixture.mem, whole.data, whole.len);
    damaged[1500] ^= 1;
    replace(key, (struct ci_bytes){damaged, whole.len});
    assert_false(ci_log_pieces_load(fixture.builder->depot, pieces(log), fixture.mem, &err));
    assert_int_equal(CI_EINTERNAL, err.code);
    assert_non_null(strstr(err.msg, "the lines from 1 on are damaged: the checksum"));
    replace(key, (struct ci_bytes){whole.data, 1500});
    assert_false(ci_log_pieces_load(fixture.builder->depot, pieces(log), fixture.mem, &err));
    assert_non_null(strstr(err.msg, "shorter"));
    replace(key, (struct ci_bytes){NULL, 0});
    assert_false(ci_log_pieces_load(fixture.builder->depot, pieces(log), fixture.mem, &err));
    assert_int_equal(CI_EINTERNAL, err.code);
    assert_false(ci_log_pieces_load(NULL, pieces(log), fixture.mem, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
}

static void seal__objects_go_with_lines_and_builds(void **state)
{
    int64_t by_age = add_log(20 * 1440), by_build = add_log(5);
    struct janitor_done done = {0};
    struct ci_err err = {0};

    (void)state;
    fixture_apply("builders: [{name: linux, steps: [{run: 'true'}], retention: {logs: 10d}}]");
    add_chunk(by_age, 0, 100);
    add_chunk(by_build, 0, 100);
    assert_int_equal(2, run().logs);
    assert_ok(janitor_run(fixture.builder, ci_time_now(), fixture.mem, &done, &err), err);
    assert_int_equal(1, done.logs);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM logs WHERE type = 'd'"));
    assert_int_equal(1, remove_due(ci_time_now()));
    assert_int_equal(1, objects());
    db_test_sql(db_test.db, "DELETE FROM builds");
    assert_int_equal(1, remove_due(ci_time_now()));
    assert_int_equal(0, objects());
    assert_int_equal(0, remove_due(ci_time_now()));
}

static void seal__waits_for_no_other_replica(void **state)
{
    int64_t first = add_log(5), second = add_log(5);
    CI_AUTO_TX tx = {0};
    static const struct ci_stmt lock = {"lock",
                                        "UPDATE logs SET truncated = truncated WHERE logid = $1"};
    struct ci_err err = {0};

    (void)state;
    add_chunk(first, 0, 100);
    add_chunk(second, 0, 100);
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_db_exec(&tx, &lock, CI_ARGS(ci_arg(first)), NULL, &err), err);
    assert_int_equal(1, run().logs);
    assert_int_equal(0, pieces(first).count);
    assert_int_equal(1, pieces(second).count);
    ci_tx_rollback(&tx);
    assert_int_equal(1, run().logs);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, fixture_end)
    const struct CMUnitTest tests[] = {
        TEST(seal__moves_logs_of_ended_builds_only),
        TEST(seal__keeps_every_byte),
        TEST(seal__fails_without_a_store_and_loses_nothing),
        TEST(seal__leaves_no_object_of_a_log_that_went_meanwhile),
        TEST(seal__damage_and_loss_are_told),
        TEST(seal__objects_go_with_lines_and_builds),
        TEST(seal__waits_for_no_other_replica),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
