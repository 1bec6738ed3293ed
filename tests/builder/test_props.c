/* SPDX-License-Identifier: Apache-2.0 */
/* The precedence of properties. */
#include "ci_test.h"
#include "props.h"

#include <stdlib.h>
#include <string.h>

static json_t *json(const char *text)
{
    json_t *out = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(out);
    return out;
}

static void assert_property(json_t *props, const char *name, const char *expected)
{
    char *text = json_dumps(json_object_get(props, name), JSON_COMPACT | JSON_ENCODE_ANY);

    assert_non_null(text);
    assert_string_equal(expected, text);
    free(text);
}

static void props__later_ones_overwrite(void **state)
{
    json_auto_t *changes =
        json("[{\"author\":\"b\",\"properties\":{\"p\":[1,\"Change\"]}},"
             "{\"author\":\"a\",\"properties\":{\"p\":[2,\"Change\"],"
             "\"only\":[true,\"Change\"]}},{\"author\":\"b\",\"properties\":{}}]");
    json_auto_t *buildset = json("{\"q\":[1,\"Scheduler\"],\"p\":[3,\"Scheduler\"],"
                                 "\"owner\":[\"c\",\"Force\"],\"branch\":[\"x\",\"Force\"]}");
    json_auto_t *builder = json("{\"q\":2,\"r\":1}");
    json_auto_t *worker = json("{\"r\":\"w\"}");
    json_auto_t *sources = json("[{\"codebase\":\"\",\"repository\":\"R\",\"project\":\"\","
                                "\"branch\":null,\"revision\":\"abc\"}]");
    const struct props_input input = {changes, buildset, builder, worker, sources,
                                      7,       3,        "bld",   "wrk"};
    json_auto_t *props = props_merge(&input);

    (void)state;
    assert_property(props, "p", "[3,\"Scheduler\"]");
    assert_property(props, "only", "[true,\"Change\"]");
    assert_property(props, "q", "[2,\"Builder\"]");
    assert_property(props, "r", "[\"w\",\"Worker\"]");
    assert_property(props, "branch", "[null,\"Build\"]");
    assert_property(props, "revision", "[\"abc\",\"Build\"]");
    assert_property(props, "buildnumber", "[7,\"Build\"]");
    assert_property(props, "buildername", "[\"bld\",\"Builder\"]");
    assert_property(props, "workername", "[\"wrk\",\"Worker\"]");
    assert_property(props, "owners", "[[\"a\",\"b\",\"c\"],\"Build\"]");
}

static void props__several_sources_set_none(void **state)
{
    json_auto_t *sources = json("[{\"branch\":\"a\"},{\"branch\":\"b\"}]");
    const struct props_input input = {.sources = sources, .builder_name = "b", .worker_name = "w"};
    json_auto_t *props = props_merge(&input);

    (void)state;
    assert_null(json_object_get(props, "branch"));
    assert_null(json_object_get(props, "owners"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(props__later_ones_overwrite),
        cmocka_unit_test(props__several_sources_set_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
