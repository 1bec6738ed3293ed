/* SPDX-License-Identifier: Apache-2.0 */
/* Every type's way to the server and back. */
#include "db_test.h"

enum colour { RED, GREEN };

static const char *const colour_names[] = {"red", "green", NULL};

struct all {
    bool flag;
    int small;
    int64_t large;
    double real;
    struct ci_maybe maybe;
    const char *text;
    struct ci_time time;
    struct ci_dur dur;
    struct ci_bytes bytes;
    struct ci_strs strs;
    struct ci_i64s i64s;
    json_t *json;
    enum colour colour;
    struct ci_list passed_over;
};

static const struct ci_record empty_record = {.name = "empty"};
static const struct ci_field all_fields[] = {
    CI_FIELD(struct all, flag, 0),
    CI_FIELD(struct all, small, 0),
    CI_FIELD(struct all, large, 0),
    CI_FIELD(struct all, real, 0),
    CI_FIELD(struct all, maybe, 0),
    CI_FIELD(struct all, text, 0),
    CI_FIELD(struct all, time, 0),
    CI_FIELD(struct all, dur, 0),
    CI_FIELD(struct all, bytes, 0),
    CI_FIELD(struct all, strs, 0),
    CI_FIELD(struct all, i64s, 0),
    CI_FIELD(struct all, json, 0),
    CI_FIELD_ENUM(struct all, colour, colour_names, 0),
    CI_FIELD_LIST(struct all, passed_over, &empty_record, 0),
};
static const struct ci_record all_record = CI_RECORD("all", struct all, all_fields);

/* By way of a table, so that the server has to store what it was sent. */
static const struct ci_stmt store = {
    "store",
    "INSERT INTO everything VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    " RETURNING *"};

static int make_table(void **state)
{
    if (db_test_open_empty(state) != 0)
        return -1;
    db_test_sql(db_test.db, "CREATE TYPE colour AS ENUM ('red', 'green')");
    db_test_sql(db_test.db,
                "CREATE TABLE everything (flag bool, small smallint, large bigint, real float8,"
                " maybe int, text text, time timestamptz, dur bigint, bytes bytea, strs text[],"
                " i64s bigint[], json jsonb, colour colour)");
    return 0;
}

static void put_and_get(const struct all *in, void *mem, struct all *out)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(
        ci_db_one(&tx, &store,
                  CI_ARGS(ci_arg(in->flag), ci_arg(in->small), ci_arg(in->large), ci_arg(in->real),
                          ci_arg(in->maybe), ci_arg(in->text), ci_arg(in->time), ci_arg(in->dur),
                          ci_arg(in->bytes), ci_arg(in->strs), ci_arg(in->i64s),
                          ci_arg_json(mem, in->json), ci_arg(colour_names[in->colour])),
                  &all_record, mem, out, &err),
        err);
}

static void every_type__comes_back(void **state)
{
    static const char *const strs[] = {"plain", "", "a \"quoted\", {braced} \\ one", "NULL", "ünï"};
    static const int64_t i64s[] = {0, -1, INT64_MAX, INT64_MIN};
    static const char bytes[] = {0, 1, '\'', '\\', (char)0xff};
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *json = ci_mem_json(mem, json_pack("{s:[i,n,b,s]}", "a", 1, 1, "\"\\'"));
    const struct all in = {
        .flag = true,
        .small = -32768,
        .large = INT64_MIN,
        .real = -0.1,
        .maybe = ci_some(-5),
        .text = "it's \\ \"text\"\n",
        .time = {-1234567},
        .dur = {     90000001       },
        .bytes = { bytes,        sizeof(bytes)},
        .strs = {         strs,        CI_COUNT(strs)},
        .i64s = {         i64s,        CI_COUNT(i64s)},
        .json = json,
        .colour = GREEN,
    };
    struct all out = {0};

    (void)state;
    put_and_get(&in, mem, &out);
    assert_true(out.flag);
    assert_int_equal(in.small, out.small);
    assert_true(in.large == out.large);
    assert_true(in.real == out.real);
    assert_true(out.maybe.set && out.maybe.value == -5);
    assert_string_equal(in.text, out.text);
    assert_int_equal(in.time.us, out.time.us);
    assert_int_equal(in.dur.us, out.dur.us);
    assert_int_equal(in.bytes.len, out.bytes.len);
    assert_memory_equal(in.bytes.data, out.bytes.data, in.bytes.len);
    assert_int_equal(in.strs.count, out.strs.count);
    for (size_t i = 0; i < in.strs.count; i++)
        assert_string_equal(in.strs.items[i], out.strs.items[i]);
    assert_int_equal(in.i64s.count, out.i64s.count);
    for (size_t i = 0; i < in.i64s.count; i++)
        assert_true(in.i64s.items[i] == out.i64s.items[i]);
    assert_true(json_equal(in.json, out.json));
    assert_int_equal(GREEN, out.colour);
}

static void empty_and_null__come_back(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct all in = {.text = NULL};
    struct all out = {.maybe = {0}};

    (void)state;
    put_and_get(&in, mem, &out);
    assert_false(out.flag);
    assert_false(out.maybe.set);
    assert_null(out.text);
    assert_int_equal(0, out.time.us);
    assert_null(out.bytes.data);
    assert_int_equal(0, out.strs.count);
    assert_int_equal(0, out.i64s.count);
    assert_null(out.json);
}

static void *read_text(const char *text, const struct ci_record *record, void *mem)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    struct ci_list rows = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, text, CI_NO_ARGS, record, mem, &rows, &err), err);
    assert_int_equal(1, rows.count);
    return rows.items;
}

struct texts {
    const char *a, *b, *c, *d;
};
static const struct ci_field text_fields[] = {
    CI_FIELD(struct texts, a, 0),
    CI_FIELD(struct texts, b, 0),
    CI_FIELD(struct texts, c, 0),
    CI_FIELD(struct texts, d, 0),
};
static const struct ci_record text_record = CI_RECORD("texts", struct texts, text_fields);

static void every_kind_of_text__reads_as_a_string(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct texts *row;

    (void)state;
    row = read_text("SELECT 'v'::varchar(5) AS a, '[1]'::json AS b, '{\"k\": 2}'::jsonb AS c,"
                    " 'red'::colour AS d",
                    &text_record, mem);
    assert_string_equal("v", row->a);
    assert_string_equal("[1]", row->b);
    assert_string_equal("{\"k\": 2}", row->c);
    assert_string_equal("red", row->d);
}

struct numbers {
    int64_t a, b;
    double c;
    struct ci_i64s d;
};
static const struct ci_field number_fields[] = {
    CI_FIELD(struct numbers, a, 0),
    CI_FIELD(struct numbers, b, 0),
    CI_FIELD(struct numbers, c, 0),
    CI_FIELD(struct numbers, d, 0),
};
static const struct ci_record number_record = CI_RECORD("numbers", struct numbers, number_fields);

static void smaller_numbers__are_widened(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct numbers *row;

    (void)state;
    row = read_text("SELECT '-2'::int2 AS a, '-3'::int4 AS b, '0.5'::float4 AS c,"
                    " '{-4,5}'::int4[] AS d",
                    &number_record, mem);
    assert_int_equal(-2, row->a);
    assert_int_equal(-3, row->b);
    assert_true(row->c == 0.5);
    assert_int_equal(2, row->d.count);
    assert_int_equal(-4, row->d.items[0]);
    assert_int_equal(5, row->d.items[1]);
}

static void assert_refused(const char *text, const struct ci_record *record, const char *message)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    struct ci_list rows = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_false(ci_db_rows_text(&tx, text, CI_NO_ARGS, record, mem, &rows, &err));
    assert_int_equal(CI_EINTERNAL, err.code);
    assert_string_equal(message, err.msg);
}

static void what_does_not_fit__is_refused(void **state)
{
    struct one {
        int n;
    };
    struct many {
        struct ci_strs s;
    };
    static const struct ci_field one_fields[] = {CI_FIELD(struct one, n, 0)};
    static const struct ci_record one = CI_RECORD("one", struct one, one_fields);
    static const struct ci_field many_fields[] = {CI_FIELD(struct many, s, 0)};
    static const struct ci_record many = CI_RECORD("many", struct many, many_fields);

    (void)state;
    assert_refused("SELECT 3000000000 AS n", &one, "query: column n has an invalid value");
    assert_refused("SELECT 'x'::text AS n", &one,
                   "query: column n has type 25, which does not suit one.n");
    assert_refused("SELECT ARRAY['a', NULL] AS s", &many, "query: column s has an invalid value");
    assert_refused("SELECT ARRAY[['a'], ['b']] AS s", &many,
                   "query: column s has an invalid value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type__comes_back),
        cmocka_unit_test(empty_and_null__come_back),
        cmocka_unit_test(every_kind_of_text__reads_as_a_string),
        cmocka_unit_test(smaller_numbers__are_widened),
        cmocka_unit_test(what_does_not_fit__is_refused),
    };

    return cmocka_run_group_tests(tests, make_table, db_test_close);
}
