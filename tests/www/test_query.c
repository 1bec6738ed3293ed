/* SPDX-License-Identifier: Apache-2.0 */
/* The composer by itself: which text and arguments each option becomes. */
#include "ci_test.h"
#include "rest/query.h"

#include <stdlib.h>
#include <string.h>

static const struct rest_field fields[] = {
    {"id",   "t.id",   REST_INT,    false, NULL                 },
    {"name", "t.name", REST_STR,    true,  NULL                 },
    {"done", "t.done", REST_BOOL,   false, "NOT t.done AND t.on"},
    {"at",   "t.at",   REST_TIME,   true,  NULL                 },
    {"tags", "t.tags", REST_STRS,   false, NULL                 },
    {"more", "t.more", REST_OPAQUE, false, NULL                 },
};
static const struct rest_resource things =
    REST_RESOURCE("things", "things t", "t.id", fields, NULL);

/* Parses "a=b&c=d". */
static struct ci_pairs parse_pairs(const char *text, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, 16);
    char *copy = ci_mem_strdup(mem, text), *save = NULL;
    size_t count = 0;

    for (char *at = strtok_r(copy, "&", &save); at; at = strtok_r(NULL, "&", &save)) {
        char *value = strchr(at, '=');

        *value++ = '\0';
        items[count++] = (struct ci_pair){at, value};
    }
    return (struct ci_pairs){items, count};
}

/* What follows FROM for these options, with a scope of one argument. */
static const char *compose(const char *query, void *mem, struct query_sql *sql)
{
    struct ci_arg parent = ci_arg_i64(7);
    struct rest_scope scope = {.where = "t.parent = $1", .args = &parent, .nargs = 1};
    struct query_options options;
    struct ci_err err = {0};

    assert_ok(query_parse(&things, true, parse_pairs(query, mem), mem, &options, &err), err);
    query_rows(&things, &scope, &options, mem, sql);
    return strstr(sql->text, " FROM things t WHERE (t.parent = $1)") +
           strlen(" FROM things t WHERE (t.parent = $1)");
}

static void query__writes_each_operator(void **state)
{
    static const struct {
        const char *query, *wanted;
    } cases[] = {
        {"id=5",                        " AND t.id = $2::bigint"                                                         },
        {"id__eq=5&id__eq=6",           " AND t.id = ANY($2::bigint[])"                                                  },
        {"id__ne=5",                    " AND (t.id = ANY($2::bigint[])) IS NOT TRUE"                                    },
        {"id__notin=5&id__notin=6",     " AND (t.id = ANY($2::bigint[])) IS NOT TRUE"                                    },
        {"id__in=5",                    " AND t.id = $2::bigint"                                                         },
        {"id__lt=5",                    " AND t.id < $2::bigint"                                                         },
        {"id__le=5",                    " AND t.id <= $2::bigint"                                                        },
        {"id__gt=5",                    " AND t.id > $2::bigint"                                                         },
        {"id__ge=5",                    " AND t.id >= $2::bigint"                                                        },
        {"name=x",                      " AND t.name = $2::text"                                                         },
        {"name__contains=x",
         " AND EXISTS (SELECT FROM unnest($2::text[]) v(v) WHERE strpos(t.name, v.v) > 0)"                               },
        {"done=yes",                    " AND t.done"                                                                    },
        {"done=OFF",                    " AND (NOT t.done AND t.on)"                                                     },
        {"done__ne=true",               " AND (NOT t.done AND t.on)"                                                     },
        {"done__ne=0",                  " AND t.done"                                                                    },
        {"done=true&done=false",        " AND true"                                                                      },
        {"done__notin=1&done__notin=0", " AND false"                                                                     },
        {"at=9",                        " AND (t.at >= to_timestamp($2::bigint) AND t.at < to_timestamp($2::bigint + 1))"},
        {"at__gt=9",                    " AND t.at >= to_timestamp($2::bigint)"                                          },
        {"at__le=9",                    " AND t.at < to_timestamp($2::bigint)"                                           },
        {"tags__contains=a",            " AND t.tags && $2::text[]"                                                      },
        {"tags=a&tags=b",               " AND t.tags = $2::text[]"                                                       },
        {"tags__ne=a",                  " AND t.tags IS DISTINCT FROM $2::text[]"                                        },
        {"id=5&name=x",                 " AND t.id = $2::bigint AND t.name = $3::text"                                   },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct query_sql sql;
        const char *wanted = ci_mem_printf(mem, "%s ORDER BY t.id", cases[i].wanted);

        assert_string_equal(wanted, compose(cases[i].query, mem, &sql));
    }
}

static void query__passes_values_as_arguments(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_sql sql;

    (void)state;
    compose("name=x' OR true --&id__in=5&id__in=6&at__gt=9&limit=3&offset=4", mem, &sql);
    assert_null(strstr(sql.text, "OR true"));
    assert_int_equal(6, sql.nargs);
    assert_int_equal(7, sql.args[0].i64);
    assert_string_equal("x' OR true --", sql.args[1].str);
    assert_int_equal(6, sql.args[2].i64s.items[1]);
    assert_int_equal(10, sql.args[3].i64); /* from the next second on */
    assert_int_equal(3, sql.args[4].i64);
    assert_int_equal(4, sql.args[5].i64);
}

static void query__orders_nulls_as_buildbot_does(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_sql sql;

    (void)state;
    assert_string_equal(" ORDER BY t.at NULLS FIRST, t.id", compose("order=at", mem, &sql));
    assert_string_equal(" ORDER BY t.at DESC NULLS LAST, t.id DESC",
                        compose("order=-at", mem, &sql));
    assert_string_equal(" ORDER BY t.done, t.name DESC NULLS LAST, t.id DESC",
                        compose("order=done&order=-name", mem, &sql));
    assert_string_equal(" ORDER BY t.id DESC", compose("order=-id", mem, &sql));
    assert_string_equal(" ORDER BY t.id LIMIT $2::bigint", compose("limit=1", mem, &sql));
}

static void query__clamps_what_no_number_holds(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_sql sql;

    (void)state;
    compose("id=99999999999999999999&at__lt=99999999999999999999", mem, &sql);
    assert_int_equal(INT64_MAX, sql.args[1].i64);
    assert_int_equal(253402300799, sql.args[2].i64);
}

static void assert_refused(const char *query, bool collection, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_options options;
    struct ci_err err = {0};

    assert_false(query_parse(&things, collection, parse_pairs(query, mem), mem, &options, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_string_equal(text, err.msg);
}

static void query__refuses(void **state)
{
    (void)state;
    assert_refused("field=x", true, "no such field 'x'");
    assert_refused("order=-x", true, "no such field 'x'");
    assert_refused("order=more", true, "no such field 'more'");
    assert_refused("limit=", true, "invalid limit");
    assert_refused("offset=-1", true, "invalid offset");
    assert_refused("x=1", true, "unrecognized query parameter 'x'");
    assert_refused("id=1a", true, "invalid filter value for id");
    assert_refused("id__contains=1", true, "invalid filter value for id__contains");
    assert_refused("more=1", true, "invalid filter value for more");
    assert_refused("tags__lt=1", true, "invalid filter value for tags__lt");
    assert_refused("field=id&name=x", true, "cannot filter on un-selected fields");
    assert_refused("field=id&order=name", true, "cannot order on un-selected fields");
    assert_refused("id=1", false, "this is not a collection");
}

static void query__passes_over_what_buildbot_does(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_sql sql;

    (void)state;
    assert_string_equal(
        " ORDER BY t.id",
        compose("id__like=1&x__eq=1&a__b__c=1&id__lt=1&id__lt=2&property=p", mem, &sql));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__writes_each_operator),
        cmocka_unit_test(query__passes_values_as_arguments),
        cmocka_unit_test(query__orders_nulls_as_buildbot_does),
        cmocka_unit_test(query__clamps_what_no_number_holds),
        cmocka_unit_test(query__refuses),
        cmocka_unit_test(query__passes_over_what_buildbot_does),
    };

    return cmocka_run_group_tests_name("www.query", tests, NULL, NULL);
}
