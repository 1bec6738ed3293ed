/* SPDX-License-Identifier: Apache-2.0 */
/* Structs from JSON and back: every type, every flag, every refusal's message. */
#include "ci_test.h"
#include "shared/record.h"

#include <string.h>

enum colour { RED, GREEN };

static const char *const colour_names[] = {"red", "green", NULL};

struct point {
    int64_t x;
    const char *label;
};

struct all {
    bool flag;
    int small;
    int64_t large;
    double real;
    struct ci_maybe maybe;
    const char *text;
    struct ci_time time, micros;
    struct ci_dur dur;
    struct ci_bytes bytes;
    struct ci_strs strs;
    struct ci_i64s i64s;
    json_t *json;
    enum colour colour;
    struct ci_list points;
    struct point *point;
    const char *secret;
};

static const struct ci_field point_fields[] = {
    CI_FIELD(struct point, x, CI_REQUIRED),
    CI_FIELD(struct point, label, 0),
};
static const struct ci_record point_record = CI_RECORD("point", struct point, point_fields);
static const struct ci_record open_record = CI_RECORD_OPEN("point", struct point, point_fields);

static const struct ci_field all_fields[] = {
    CI_FIELD(struct all, flag, 0),
    CI_FIELD(struct all, small, 0),
    CI_FIELD(struct all, large, 0),
    CI_FIELD(struct all, real, 0),
    CI_FIELD(struct all, maybe, 0),
    CI_FIELD(struct all, text, 0),
    CI_FIELD(struct all, time, 0),
    CI_FIELD(struct all, micros, CI_MICROS),
    CI_FIELD(struct all, dur, 0),
    CI_FIELD(struct all, bytes, 0),
    CI_FIELD(struct all, strs, 0),
    CI_FIELD(struct all, i64s, 0),
    CI_FIELD(struct all, json, 0),
    CI_FIELD_ENUM(struct all, colour, colour_names, 0),
    CI_FIELD_LIST(struct all, points, &point_record, 0),
    CI_FIELD_OBJECT(struct all, point, &point_record, 0),
    CI_FIELD(struct all, secret, CI_SECRET),
};
static const struct ci_record all_record = CI_RECORD("all", struct all, all_fields);

struct strict {
    const char *name;
    struct ci_strs list;
    struct ci_maybe maybe;
};
static const struct ci_field strict_fields[] = {
    CI_FIELD(struct strict, name, CI_REQUIRED | CI_NOT_EMPTY),
    CI_FIELD(struct strict, list, CI_NOT_EMPTY | CI_OMIT_NULL),
    CI_FIELD(struct strict, maybe, CI_OMIT_NULL),
};
static const struct ci_record strict_record = CI_RECORD("strict", struct strict, strict_fields);

/* One text holds every member's JSON, as to_json() writes it. */
static const char full[] =
    "{\"flag\":true,\"small\":-5,\"large\":9223372036854775807,\"real\":0.5,\"maybe\":0,"
    "\"text\":\"t\",\"time\":1500,\"micros\":1500000001,\"dur\":90,\"strs\":[\"a\",\"\"],"
    "\"i64s\":[1,-2],\"json\":{\"k\":[null]},\"colour\":\"green\","
    "\"points\":[{\"x\":1,\"label\":null},{\"x\":2,\"label\":\"l\"}],"
    "\"point\":{\"x\":3,\"label\":null}";

static json_t *parse(void *mem, const char *text)
{
    return ci_mem_json(mem, json_loads(text, 0, NULL));
}

static void json__round_trips(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text = ci_mem_printf(mem, "%s,\"secret\":\"s\"}", full);
    struct all all = {0};
    struct ci_err err = {0};
    json_t *json;

    (void)state;
    assert_ok(ci_record_from_json(&all_record, parse(mem, text), mem, &all, &err), err);
    assert_int_equal(1500000000, all.time.us);
    assert_int_equal(1500000001, all.micros.us);
    assert_int_equal(GREEN, all.colour);
    assert_int_equal(3, all.point->x);
    assert_int_equal(2, all.points.count);
    assert_string_equal("s", all.secret);
    json = ci_mem_json(mem, ci_record_to_json(&all_record, &all));
    assert_true(json_equal(json, parse(mem, ci_mem_printf(mem, "%s}", full))));
}

static void json__of_nothing_is_nulls_and_zeroes(void **state)
{
    static const char want[] =
        "{\"flag\":false,\"small\":0,\"large\":0,\"real\":0.0,\"maybe\":null,\"text\":null,"
        "\"time\":null,\"micros\":null,\"dur\":0,\"strs\":[],\"i64s\":[],\"json\":null,"
        "\"colour\":\"red\",\"points\":[],\"point\":null}";
    CI_AUTO_MEM mem = ci_mem_new();
    struct all all = {0};
    struct ci_err err = {0};
    json_t *json;

    (void)state;
    json = ci_mem_json(mem, ci_record_to_json(&all_record, &all));
    assert_true(json_equal(json, parse(mem, want)));
    assert_ok(ci_record_from_json(&all_record, json, mem, &all, &err), err);
    assert_false(all.maybe.set);
}

static void absent_keys__leave_defaults(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct all all = {.small = 7, .text = "kept"};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_record_from_json(&all_record, parse(mem, "{\"flag\":true}"), mem, &all, &err),
              err);
    assert_true(all.flag);
    assert_int_equal(7, all.small);
    assert_string_equal("kept", all.text);
}

static void assert_refused(const struct ci_record *record, const char *text, const char *message)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct all all = {0};
    struct ci_err err = {0};

    assert_false(ci_record_from_json(record, parse(mem, text), mem, &all, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_string_equal(message, err.msg);
}

static void refusals__name_the_field(void **state)
{
    (void)state;
    assert_refused(&point_record, "{}", "point.x: missing");
    assert_refused(&point_record, "[]", "point: expected an object");
    assert_refused(&point_record, "{\"x\":1,\"z\":2}", "point.z: unrecognized field");
    assert_refused(&all_record, "{\"flag\":1}", "all.flag: expected true or false");
    assert_refused(&all_record, "{\"small\":2147483648}", "all.small: expected an integer");
    assert_refused(&all_record, "{\"large\":1.5}", "all.large: expected an integer");
    assert_refused(&all_record, "{\"large\":null}", "all.large: expected an integer");
    assert_refused(&all_record, "{\"text\":1}", "all.text: expected a string");
    assert_refused(&all_record, "{\"strs\":[1]}", "all.strs: expected a list of strings");
    assert_refused(&all_record, "{\"i64s\":{}}", "all.i64s: expected a list of integers");
    assert_refused(&all_record, "{\"bytes\":\"x\"}",
                   "all.bytes: expected nothing, as bytes have no form in JSON");
    assert_refused(&all_record, "{\"colour\":\"blue\"}",
                   "all.colour: \"blue\" is none of red, green");
    assert_refused(&all_record, "{\"dur\":\"1x\"}",
                   "all.dur: expected a duration such as 90s, 10m or 1h30m");
    assert_refused(&all_record, "{\"dur\":-1}",
                   "all.dur: expected a duration such as 90s, 10m or 1h30m");
    assert_refused(&all_record, "{\"time\":9223372036854775807}",
                   "all.time: expected a time in seconds since 1970");
    assert_refused(&all_record, "{\"points\":[{\"x\":1},{\"x\":\"\"}]}",
                   "all.points: item 2: point.x: expected an integer");
    assert_refused(&all_record, "{\"point\":{}}", "all.point: point.x: missing");
}

static void flags__are_kept(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct strict strict = {.name = "n"};
    struct ci_err err = {0};
    struct point point = {0};

    (void)state;
    assert_refused(&strict_record, "{\"name\":null}", "strict.name: missing");
    assert_refused(&strict_record, "{\"name\":\"\"}", "strict.name: must not be empty");
    assert_refused(&strict_record, "{\"name\":\"n\",\"list\":[]}",
                   "strict.list: must not be empty");
    assert_true(json_equal(ci_mem_json(mem, ci_record_to_json(&strict_record, &strict)),
                           parse(mem, "{\"name\":\"n\"}")));
    strict.maybe = ci_some(0);
    assert_true(json_equal(ci_mem_json(mem, ci_record_to_json(&strict_record, &strict)),
                           parse(mem, "{\"name\":\"n\",\"maybe\":0}")));
    assert_ok(
        ci_record_from_json(&open_record, parse(mem, "{\"x\":1,\"new\":2}"), mem, &point, &err),
        err);
}

static void durations__are_parsed(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } good[] = {
        {"0",       0           },
        {"90",      90000000    },
        {"90s",     90000000    },
        {"10m",     600000000   },
        {"250ms",   250000      },
        {"2d",      172800000000},
        {"1h30m",   5400000000  },
        {"1m500ms", 60500000    },
        {"0s",      0           },
    };
    static const char *const bad[] = {"",
                                      "s",
                                      "-1",
                                      "1x",
                                      "1h30",
                                      "1.5s",
                                      "1 s",
                                      "1s ",
                                      " 1",
                                      "99999999999999999999",
                                      "9223372036854775807d"};
    struct ci_dur dur = {-1};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(good); i++) {
        assert_true(ci_dur_parse(good[i].text, &dur));
        assert_int_equal(good[i].us, dur.us);
    }
    for (size_t i = 0; i < CI_COUNT(bad); i++)
        assert_false(ci_dur_parse(bad[i], &dur));
}

static void fractions__keep_their_microseconds(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct all all = {0};
    struct ci_err err = {0};
    json_t *json;

    (void)state;
    assert_ok(ci_record_from_json(&all_record, parse(mem, "{\"time\":1.25,\"dur\":0.5,\"real\":2}"),
                                  mem, &all, &err),
              err);
    assert_int_equal(1250000, all.time.us);
    assert_int_equal(500000, all.dur.us);
    assert_true(all.real == 2.0);
    all.time.us = -1;
    json = ci_mem_json(mem, ci_record_to_json(&all_record, &all));
    assert_int_equal(-1, json_integer_value(json_object_get(json, "time")));
    assert_true(json_real_value(json_object_get(json, "dur")) == 0.5);
}

static void text_that_is_not_utf8__is_mended(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct point point = {1, "a\xff\xc3\xa9\xc3"};
    json_t *json = ci_mem_json(mem, ci_record_to_json(&point_record, &point));

    (void)state;
    assert_string_equal("a\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD",
                        json_string_value(json_object_get(json, "label")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__round_trips),
        cmocka_unit_test(json__of_nothing_is_nulls_and_zeroes),
        cmocka_unit_test(absent_keys__leave_defaults),
        cmocka_unit_test(refusals__name_the_field),
        cmocka_unit_test(flags__are_kept),
        cmocka_unit_test(durations__are_parsed),
        cmocka_unit_test(fractions__keep_their_microseconds),
        cmocka_unit_test(text_that_is_not_utf8__is_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
