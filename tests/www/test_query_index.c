/* SPDX-License-Identifier: Apache-2.0 */
/* Which queries an index serves, and that the database has the indexes that the tables name. */
#include "rest/query_index.h"
#include "world.h"

static struct query_options parse(const struct rest_resource *resource, const char *query)
{
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/?%s", query ? query : ""));
    struct query_options options = {0};
    struct ci_err err = {0};

    assert_ok(query_parse(resource, true, request.query, world.mem, &options, &err), err);
    return options;
}

/* The field that lacks an index ("-" before it: to order by), or NULL. */
static const char *gap_of(const struct rest_resource *resource, const char *where,
                          const char *query)
{
    struct rest_scope scope = {.where = where};
    struct query_options options = parse(resource, query);
    struct query_gap gap;

    query_follow_range(resource, &scope, &options, world.mem);
    if (query_served(resource, &scope, &options, &gap))
        return NULL;
    return ci_mem_printf(world.mem, "%s%s", gap.order ? "-" : "", gap.field->name);
}

static void queries__of_the_stock_ui_are_served(void **state)
{
    static const struct {
        const struct rest_resource *resource;
        const char *query;
    } cases[] = {
        {&rest_builds,        "complete=false&order=-started_at"                  },
        {&rest_builds,        "complete=true&limit=20&order=-buildid"             },
        {&rest_builds,        "builderid__eq=1&builderid__eq=2&order=-started_at" },
        {&rest_builds,        "builderid=1&limit=200&order=-number"               },
        {&rest_builds,        "builderid=1&number__eq=1&number__eq=2&number__eq=3"},
        {&rest_builds,        "limit=20&order=-buildid"                           },
        {&rest_builds,        "limit=100&order=-started_at"                       },
        {&rest_buildrequests, "builderid=1&claimed=false"                         },
        {&rest_buildrequests, "claimed=false&order=-priority&order=-submitted_at" },
        {&rest_buildrequests, "limit=50&order=-submitted_at"                      },
        {&rest_buildsets,     "limit=50&order=-submitted_at"                      },
        {&rest_changes,       "limit=50&order=-changeid"                          },
        {&rest_builds,        "started_at__ge=1690000000&limit=10"                },
        {&rest_builds,        "started_at=1690000000"                             },
        {&rest_builds,        "buildid__lt=100&order=-buildid"                    },
        {&rest_builds,        "results=2&order=-buildid&limit=10"                 },
        {&rest_builds,        "builderid=1&results=2&order=-number"               },
        {&rest_changes,       "branch=main&order=-changeid"                       },
        {&rest_changes,       "revision=abc"                                      },
        {&rest_workers,       "name__contains=x&order=-name"                      },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        const char *gap = gap_of(cases[i].resource, NULL, cases[i].query);

        if (gap)
            fail_msg("%s?%s: %s", cases[i].resource->plural, cases[i].query, gap);
    }
}

static void queries__without_an_index_are_told_apart(void **state)
{
    (void)state;
    assert_string_equal("state_string", gap_of(&rest_builds, NULL, "state_string__contains=x"));
    assert_string_equal("-state_string", gap_of(&rest_builds, NULL, "order=state_string"));
    assert_string_equal("results", gap_of(&rest_builds, NULL, "results__ne=0&order=-started_at"));
    assert_string_equal("-results", gap_of(&rest_builds, NULL, "builderid=1&order=results"));
    assert_string_equal("comments", gap_of(&rest_changes, NULL, "comments__contains=fix"));
    /* The same below one build, or beside something that few rows have. */
    assert_null(
        gap_of(&rest_steps, "s.buildid = $1::bigint", "state_string__contains=x&order=name"));
    assert_null(
        gap_of(&rest_test_results, "tr.test_result_setid = $1::bigint", "order=-duration_ns"));
    assert_null(gap_of(&rest_changes, NULL, "codebase=client&order=-changeid&limit=5"));
    assert_null(gap_of(&rest_builds, NULL, "buildrequestid=7&order=state_string"));
    assert_null(gap_of(&rest_builds, NULL, "complete=false&state_string__contains=x"));
    assert_non_null(gap_of(&rest_builds, NULL, "complete=true&state_string__contains=x"));
    assert_null(gap_of(&rest_builds, "b.builderid = $1::bigint", "results=2&order=-number"));
    assert_non_null(
        gap_of(&rest_builds, "bd.active AND b.builderid > 1", "results=2&order=-number"));
}

static void range__decides_the_order_when_nothing_else_does(void **state)
{
    struct query_options since = parse(&rest_builds, "started_at__gt=5&limit=3");
    struct query_options elsewhere = parse(&rest_builds, "buildid__gt=5");
    struct rest_scope scope = {0};

    (void)state;
    query_follow_range(&rest_builds, &scope, &since, world.mem);
    assert_int_equal(1, since.orders.count);
    query_follow_range(&rest_builds, &scope, &elsewhere, world.mem);
    assert_int_equal(0, elsewhere.orders.count);
}

static void refusal__says_what_would_be_served(void **state)
{
    const char *text;

    (void)state;
    /* As if there were as many rows as that. */
    db_test_sql(db_test.db, "UPDATE pg_class SET reltuples = 5000000 WHERE relname = 'builds'");
    world.settings.query_rows = 100000;
    text = world_get("builds?state_string__contains=a").text;
    assert_non_null(
        strstr(text, "no index serves the filter 'state_string' among about 5000000 builds"));
    assert_non_null(strstr(text, "builderid, then number"));
    assert_int_equal(400, world_get("builds?order=state_string&limit=1").status);
    assert_int_equal(400, world_get("builds?limit=1&offset=100001").status);
    assert_int_equal(200, world_get("builds?limit=1&offset=99999").status);
    assert_int_equal(200, world_get("builds?limit=1&order=-started_at").status);
    db_test_sql(db_test.db, "ANALYZE builds");
    assert_int_equal(200, world_get("builds?state_string__contains=a").status);
}

/* A column's expression as part of a regular expression; of "left(name, 500)" what follows the dot.
 */
static void add_column(struct ci_buf *out, const char *sql)
{
    ci_buf_puts(out, out->len ? ", " : "");
    for (; *sql; sql++)
        ci_buf_printf(out, "%s%c", *sql == ')' ? "\\" : "", *sql);
    ci_buf_puts(out, "( NULLS FIRST)?");
}

static void resources__say_what_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++)
        if (!rest_resources[i]->help)
            fail_msg("%s has no help", rest_resources[i]->plural);
}

/* The column names of an index, or of its beginning: "builderid, number". */
static const char *columns_of(const struct rest_resource *resource, const char *fields,
                              const char **condition)
{
    struct ci_buf out;
    char *copy = ci_mem_strdup(world.mem, fields), *save = NULL;

    ci_buf_init(&out, world.mem);
    *condition = "";
    for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        bool only_false = *name == '!';
        const struct rest_field *field =
            rest_field(resource, name + only_false, strlen(name + only_false));

        assert_non_null(field);
        if (only_false)
            *condition =
                ci_mem_printf(world.mem, "AND def LIKE '%%WHERE%%(NOT %s)%%'", field->name);
        else
            add_column(&out, strchr(field->sql, '.') + 1);
    }
    return out.text ? out.text : "";
}

static void indexes__are_there(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++) {
        const struct rest_resource *resource = rest_resources[i];
        int len = (int)strcspn(resource->from, " ");

        for (const struct rest_index *index = resource->indexes; index && index->fields; index++) {
            const char *condition, *columns = columns_of(resource, index->fields, &condition);
            const char *sql = ci_mem_printf(
                world.mem,
                "SELECT count(*) AS n FROM (SELECT replace(replace(pg_get_indexdef(indexrelid), "
                "'\"left\"(', ''), ' text_pattern_ops', '') AS def FROM pg_index "
                "WHERE indrelid = '%.*s'::regclass) x WHERE def ~ 'USING btree \\(%s[,)]' %s",
                len, resource->from, *columns ? columns : ".*", condition);

            if (*condition && !*columns)
                sql = ci_mem_printf(
                    world.mem,
                    "SELECT count(*) AS n FROM (SELECT pg_get_indexdef(indexrelid) AS "
                    "def FROM pg_index WHERE indrelid = '%.*s'::regclass) x WHERE true %s",
                    len, resource->from, condition);
            if (db_test_number(db_test.db, sql) == 0)
                fail_msg("%s has no index (%s)", resource->plural, index->fields);
        }
    }
}

/* A field with a null is ordered as the index is, or the index serves nothing. */
static void indexes__sort_nulls_as_queries_do(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++) {
        const struct rest_resource *resource = rest_resources[i];

        for (const struct rest_index *index = resource->indexes; index && index->fields; index++) {
            const struct rest_field *field =
                rest_field(resource, index->fields, strlen(index->fields));

            if (!field || !field->nullable || index->reach != REST_WALK)
                continue;
            if (db_test_number(
                    db_test.db,
                    ci_mem_printf(world.mem,
                                  "SELECT count(*) AS n FROM pg_index WHERE indrelid = "
                                  "'%.*s'::regclass AND pg_get_indexdef(indexrelid) LIKE "
                                  "'%%(%s NULLS FIRST%%'",
                                  (int)strcspn(resource->from, " "), resource->from,
                                  strchr(field->sql, '.') + 1)) == 0)
                fail_msg("%s: %s is null in places", resource->plural, index->fields);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(queries__of_the_stock_ui_are_served),
        world_test(queries__without_an_index_are_told_apart),
        world_test(range__decides_the_order_when_nothing_else_does),
        world_test(refusal__says_what_would_be_served),
        world_test(resources__say_what_they_are),
        world_test(indexes__are_there),
        world_test(indexes__sort_nulls_as_queries_do),
    };

    return cmocka_run_group_tests_name("www.query_index", tests, world_open, world_close);
}
