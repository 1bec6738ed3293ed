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
    json_auto_t *global = json("{\"g\":0,\"p\":0,\"q\":0}");
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
    const struct props_input input = {.global = global,
                                      .changes = changes,
                                      .buildset = buildset,
                                      .builder = builder,
                                      .worker = worker,
                                      .sources = sources,
                                      .builderid = 3,
                                      .builder_name = "bld",
                                      .worker_name = "wrk",
                                      .project = "prj"};
    json_auto_t *props = props_merge(&input);

    (void)state;
    props_set_number(props, 7);
    assert_property(props, "g", "[0,\"Global\"]");
    assert_property(props, "p", "[3,\"Scheduler\"]");
    assert_property(props, "only", "[true,\"Change\"]");
    assert_property(props, "q", "[2,\"Builder\"]");
    assert_property(props, "r", "[\"w\",\"Worker\"]");
    assert_property(props, "branch", "[null,\"Build\"]");
    assert_property(props, "revision", "[\"abc\",\"Build\"]");
    assert_property(props, "buildnumber", "[7,\"Build\"]");
    assert_property(props, "buildername", "[\"bld\",\"Builder\"]");
    assert_property(props, "builderid", "[3,\"Builder\"]");
    assert_property(props, "projectname", "[\"prj\",\"Builder\"]");
    assert_property(props, "workername", "[\"wrk\",\"Worker\"]");
    assert_property(props, "owners", "[[\"a\",\"b\",\"c\"],\"Build\"]");
}

static void props__defaults_only_where_unset(void **state)
{
    json_auto_t *buildset = json("{\"q\":[1,\"Scheduler\"]}");
    json_auto_t *builder = json("{\"b\":\"set\"}");
    json_auto_t *defaults = json("{\"q\":2,\"b\":\"no\",\"d\":\"builder\"}");
    json_auto_t *worker = json("{\"w\":\"set\"}");
    json_auto_t *worker_defaults = json("{\"d\":\"worker\",\"w\":\"no\",\"e\":1}");
    const struct props_input input = {.buildset = buildset,
                                      .builder = builder,
                                      .builder_default = defaults,
                                      .worker = worker,
                                      .worker_default = worker_defaults,
                                      .builder_name = "b",
                                      .worker_name = "w"};
    json_auto_t *props = props_merge(&input);

    (void)state;
    assert_property(props, "q", "[1,\"Scheduler\"]");
    assert_property(props, "b", "[\"set\",\"Builder\"]");
    assert_property(props, "d", "[\"builder\",\"Builder\"]");
    assert_property(props, "w", "[\"set\",\"Worker\"]");
    assert_property(props, "e", "[1,\"Worker\"]");
}

static void props__builders_and_workers_are_rendered(void **state)
{
    json_auto_t *buildset = json("{\"branch\":[\"main\",\"Force\"],\"n\":[4,\"Force\"]}");
    json_auto_t *builder = json("{\"where\":\"/srv/%(prop:branch)s\",\"n2\":\"%(prop:n)s\","
                                "\"list\":[\"%(src::revision)s\"]}");
    json_auto_t *worker = json("{\"on\":\"%(worker:name)s/%(worker:os)s %(prop:where)s\"}");
    json_auto_t *sources = json("[{\"codebase\":\"\",\"branch\":\"main\",\"revision\":\"abc\"}]");
    json_auto_t *facts = json("{\"name\":\"w1\",\"labels\":{\"os\":\"linux\"}}");
    const struct props_input input = {.buildset = buildset,
                                      .builder = builder,
                                      .worker = worker,
                                      .sources = sources,
                                      .worker_facts = facts,
                                      .builder_name = "b",
                                      .worker_name = "w1"};
    json_auto_t *props = props_merge(&input);

    (void)state;
    assert_property(props, "where", "[\"/srv/main\",\"Builder\"]");
    assert_property(props, "n2", "[4,\"Builder\"]");
    assert_property(props, "list", "[[\"abc\"],\"Builder\"]");
    assert_property(props, "on", "[\"w1/linux /srv/main\",\"Worker\"]");
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

static void props__virtual_builder(void **state)
{
    json_auto_t *props = json("{\"virtual_builder_name\":[\"v\",\"s\"],"
                              "\"virtual_builder_tags\":[[\"t\"],\"s\"]}");
    json_auto_t *none = json("{\"virtual_builder_name\":[null,\"s\"]}");
    struct props_virtual found;

    (void)state;
    assert_true(props_virtual(props, &found));
    assert_string_equal("v", found.name);
    assert_string_equal("", found.project);
    assert_null(found.description);
    assert_int_equal(1, json_array_size(found.tags));
    assert_false(props_virtual(none, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(props__later_ones_overwrite),
        cmocka_unit_test(props__defaults_only_where_unset),
        cmocka_unit_test(props__builders_and_workers_are_rendered),
        cmocka_unit_test(props__several_sources_set_none),
        cmocka_unit_test(props__virtual_builder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
