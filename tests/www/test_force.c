/* SPDX-License-Identifier: Apache-2.0 */
/* Force forms: every kind of parameter as a field, filled in rightly, and refused. */
#include "ci_test.h"
#include "control/force.h"

#include <string.h>

#define STRS(...)                                                                                  \
    ((struct ci_strs){(const char *const[]){__VA_ARGS__},                                          \
                      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)})
#define PARAMS(array) ((struct ci_list){(void *)(uintptr_t)(array), CI_COUNT(array)})

/* What a form made of the params; mem frees all of it. */
struct outcome {
    void *mem;
    bool fine;
    struct force_order order;
    json_t *errors;
};

static void *test_mem;

static int open_mem(void **state)
{
    (void)state;
    test_mem = ci_mem_new();
    return 0;
}

static int close_mem(void **state)
{
    (void)state;
    ci_mem_free(test_mem);
    return 0;
}

static json_t *json_of(const char *text)
{
    return ci_mem_json(test_mem, json_loads(text, JSON_DECODE_ANY, NULL));
}

static struct ci_scheduler scheduler_of(const struct ci_force_param *params, size_t count)
{
    static const char *const builders[] = {"linux", "mac"};

    return (struct ci_scheduler){
        .type = CI_SCHED_FORCE,
        .name = "force",
        .builders = {builders,                  CI_COUNT(builders)},
        .parameters = {(void *)(uintptr_t)params, count             },
    };
}

static struct force_world *the_world(void)
{
    struct ci_config *config = ci_mem_zero(test_mem, struct ci_config);
    struct force_world *world = ci_mem_zero(test_mem, struct force_world);

    *world = (struct force_world){
        .config = config,
        .says_who = true,
        .workers = json_of("[{\"name\": \"w1\", \"builders\": [\"linux\"]},"
                           " {\"name\": \"w2\", \"builders\": [\"deb\"]},"
                           " {\"name\": \"w3\", \"builders\": [\"deb\", \"mac\"]}]"),
        .builds = json_of("{\"linux\": [\"linux/7\", \"linux/6\"], \"deb\": [\"deb/1\"]}"),
        .inherited =
            json_of("{\"linux/7\": {\"properties\": {\"owner\": [\"Bob\", \"Force Build Form\"],"
                    " \"depth\": [3, \"Force Build Form\"], \"got\": [1, \"Build\"]},"
                    " \"changes\": [11, 12]},"
                    " \"linux/99\": {\"error\": \"unknown build: 99 in linux/99\"}}"),
    };
    return world;
}

static struct outcome fill_in(const struct ci_scheduler *scheduler, const char *params)
{
    struct outcome out = {.mem = test_mem};

    out.fine = force_read(the_world(), scheduler, json_of(params), "admin", NULL, test_mem,
                          &out.order, &out.errors);
    return out;
}

static struct outcome fill_one(struct ci_force_param param, const char *params)
{
    struct ci_force_param *own = ci_mem_dup(test_mem, &param, sizeof(param));
    struct ci_scheduler *scheduler = ci_mem_zero(test_mem, struct ci_scheduler);

    *scheduler = scheduler_of(own, 1);
    return fill_in(scheduler, params);
}

static const char *text(const json_t *value)
{
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    const char *copy = ci_mem_strdup(test_mem, dumped ? dumped : "none");

    free(dumped);
    return copy;
}

/* A property as `[value,source]`, "none" without. */
static const char *property(struct outcome outcome, const char *name)
{
    if (!outcome.fine)
        fail_msg("refused: %s", text(outcome.errors));
    return text(json_object_get(outcome.order.properties, name));
}

static const char *complaint(struct outcome outcome, const char *field)
{
    assert_false(outcome.fine);
    const char *found = json_string_value(json_object_get(outcome.errors, field));
    return found ? found : text(outcome.errors);
}

/* The field of that full name, anywhere in the form. */
static json_t *find_field(json_t *fields, const char *full_name, const char *type)
{
    json_t *field, *found;
    size_t i;

    json_array_foreach(fields, i, field) {
        if (strcmp(json_string_value(json_object_get(field, "fullName")), full_name) == 0 &&
            strcmp(json_string_value(json_object_get(field, "type")), type) == 0)
            return field;
        found = find_field(json_object_get(field, "fields"), full_name, type);
        if (found)
            return found;
    }
    return NULL;
}

static json_t *field_of_one(struct ci_force_param param, const char *full_name, const char *type)
{
    struct ci_scheduler scheduler = scheduler_of(&param, 1);
    json_t *fields = ci_mem_json(test_mem, force_fields(the_world(), &scheduler));
    json_t *field = find_field(fields, full_name, type);

    if (!field)
        fail_msg("no field %s of type %s", full_name, type);
    return field;
}

static const char *key(json_t *field, const char *name)
{
    return text(json_object_get(field, name));
}

/* ---- what all have ---- */

static void form__has_who_and_why_then_sources_then_the_rest(void **state)
{
    static const char *const sources[] = {"branch", "revision", "repository", "project"};
    static const struct ci_force_param params[] = {
        {.name = "x", .type = CI_PARAM_STRING}
    };
    struct ci_scheduler scheduler = scheduler_of(params, 1);
    json_t *fields = ci_mem_json(test_mem, force_fields(the_world(), &scheduler)), *first;

    (void)state;
    assert_int_equal(3, json_array_size(fields));
    first = json_array_get(fields, 0);
    assert_string_equal("\"nested\"", key(first, "type"));
    assert_string_equal("\"\"", key(first, "name"));
    assert_non_null(find_field(fields, "username", "username"));
    assert_non_null(find_field(fields, "reason", "text"));
    assert_non_null(find_field(fields, "priority", "int"));
    for (size_t i = 0; i < CI_COUNT(sources); i++)
        assert_non_null(find_field(fields, sources[i], "text"));
    assert_non_null(find_field(fields, "x", "text"));
}

static void base__keys_are_buildbots(void **state)
{
    static const char *const keys[] = {"name",    "fullName",     "label",    "tablabel", "type",
                                       "default", "required",     "multiple", "regex",    "hide",
                                       "maxsize", "autopopulate", "tooltip"};
    const struct ci_force_param param = {
        .name = "x",
        .type = CI_PARAM_STRING,
        .label = "An x",
        .tablabel = "X",
        .tooltip = "why",
        .hide = true,
        .maxsize = 5,
        .autopopulate = json_of("{\"a\": {\"y\": \"b\"}}"),
    };
    json_t *field = field_of_one(param, "x", "text");

    (void)state;
    for (size_t i = 0; i < CI_COUNT(keys); i++)
        assert_non_null(json_object_get(field, keys[i]));
    assert_string_equal("\"An x\"", key(field, "label"));
    assert_string_equal("\"X\"", key(field, "tablabel"));
    assert_string_equal("\"why\"", key(field, "tooltip"));
    assert_string_equal("true", key(field, "hide"));
    assert_string_equal("5", key(field, "maxsize"));
    assert_string_equal("{\"a\":{\"y\":\"b\"}}", key(field, "autopopulate"));
}

static void base__required_default_regex_and_maxsize(void **state)
{
    const struct ci_force_param required = {
        .name = "x", .label = "The X", .type = CI_PARAM_STRING, .required = true};
    const struct ci_force_param usual = {
        .name = "x", .type = CI_PARAM_STRING, .value_default = json_of("\"d\"")};
    const struct ci_force_param checked = {
        .name = "x", .label = "X", .type = CI_PARAM_STRING, .regex = "[a-z]+", .maxsize = 3};

    (void)state;
    assert_string_equal("'The X' needs to be specified", complaint(fill_one(required, "{}"), "x"));
    assert_string_equal("'The X' needs to be specified",
                        complaint(fill_one(required, "{\"x\": \" \"}"), "x"));
    assert_string_equal("[\"d\",\"Force Build Form\"]", property(fill_one(usual, "{}"), "x"));
    assert_string_equal("[\"e\",\"Force Build Form\"]",
                        property(fill_one(usual, "{\"x\": [\"e\"]}"), "x"));
    assert_string_equal("X:'1' does not match pattern '[a-z]+'",
                        complaint(fill_one(checked, "{\"x\": \"1\"}"), "x"));
    assert_string_equal("'X' is too large: 4 bytes, at most 3",
                        complaint(fill_one(checked, "{\"x\": \"abcd\"}"), "x"));
}

static void form__collects_all_complaints(void **state)
{
    const struct ci_force_param a = {
        .name = "a", .label = "a", .type = CI_PARAM_STRING, .required = true};
    const struct ci_force_param b = {.name = "b", .label = "b", .type = CI_PARAM_INT};
    const struct ci_force_param c = {.name = "c", .label = "c", .type = CI_PARAM_ANY_PROPERTY};
    const struct ci_force_param params[] = {a, b, c};
    struct ci_scheduler scheduler = scheduler_of(params, CI_COUNT(params));
    struct outcome outcome = fill_in(
        &scheduler,
        "{\"b\": \"x\", \"c_name\": \"a b\", \"builderNames\": [\"deb\"], \"priority\": \"9999999999\"}");

    (void)state;
    assert_int_equal(5, json_object_size(outcome.errors));
    assert_string_equal("'x' is not a whole number", complaint(outcome, "b"));
    assert_string_equal("bad property name='a b', value=''", complaint(outcome, "c"));
    assert_string_equal("Priority: out of range", complaint(outcome, "priority"));
    assert_string_equal("this scheduler has no such builder", complaint(outcome, "builderNames"));
}

static void form__makes_priority_reason_and_owner(void **state)
{
    struct ci_scheduler scheduler = scheduler_of(NULL, 0);
    struct outcome outcome;

    (void)state;
    scheduler.priority = 4;
    scheduler.properties = json_of("{\"p\": 1}");
    outcome = fill_in(&scheduler, "{\"reason\": \"why\"}");
    assert_string_equal("[\"admin\",\"Force Build Form\"]", property(outcome, "owner"));
    assert_string_equal("[1,\"Scheduler\"]", property(outcome, "p"));
    assert_int_equal(4, outcome.order.priority);
    assert_string_equal("A build was forced by 'admin': why", outcome.order.reason);
    scheduler.reason = "%(reason)s (%(owner)s)";
    outcome = fill_in(&scheduler, "{\"username\": \"Bob\", \"priority\": 7}");
    assert_int_equal(7, outcome.order.priority);
    assert_string_equal("force build (Bob)", outcome.order.reason);
    assert_int_equal(2, outcome.order.builders.count);
}

static void username__is_not_for_who_signed_in(void **state)
{
    struct ci_scheduler scheduler = scheduler_of(NULL, 0);
    struct force_world *world = the_world();
    struct force_order order;
    json_t *errors;

    (void)state;
    world->says_who = false;
    assert_true(force_read(world, &scheduler, json_of("{\"username\": \"Bob\"}"), "ann", NULL,
                           test_mem, &order, &errors));
    assert_string_equal("ann", order.owner);
    assert_string_equal("A build was forced by 'ann': force build", order.reason);
}

/* ---- each type ---- */

static void fixed__cannot_be_changed(void **state)
{
    const struct ci_force_param param = {
        .name = "x", .type = CI_PARAM_FIXED, .value_default = json_of("42")};

    (void)state;
    assert_string_equal("[42,\"Force Build Form\"]", property(fill_one(param, "{\"x\": 43}"), "x"));
    assert_string_equal("true", key(field_of_one(param, "x", "fixed"), "hide"));
}

static void string_text_and_int__have_their_sizes(void **state)
{
    const struct ci_force_param string = {.name = "x", .type = CI_PARAM_STRING};
    const struct ci_force_param big = {.name = "x", .type = CI_PARAM_TEXT, .rows = 3, .cols = 9};
    const struct ci_force_param integer = {.name = "x", .type = CI_PARAM_INT, .size = 4};

    (void)state;
    assert_string_equal("10", key(field_of_one(string, "x", "text"), "size"));
    assert_string_equal("3", key(field_of_one(big, "x", "textarea"), "rows"));
    assert_string_equal("9", key(field_of_one(big, "x", "textarea"), "cols"));
    assert_string_equal("4", key(field_of_one(integer, "x", "int"), "size"));
    assert_string_equal("[12,\"Force Build Form\"]",
                        property(fill_one(integer, "{\"x\": \"12\"}"), "x"));
    assert_string_equal("[0,\"Force Build Form\"]", property(fill_one(integer, "{}"), "x"));
}

static void bool__is_ticked_or_not(void **state)
{
    const struct ci_force_param param = {
        .name = "x", .type = CI_PARAM_BOOL, .value_default = json_true()};

    (void)state;
    assert_string_equal("[true,\"Force Build Form\"]",
                        property(fill_one(param, "{\"x\": [true]}"), "x"));
    assert_string_equal("[false,\"Force Build Form\"]",
                        property(fill_one(param, "{\"x\": false}"), "x"));
    assert_string_equal("[true,\"Force Build Form\"]", property(fill_one(param, "{}"), "x"));
}

static void username__may_need_an_address(void **state)
{
    const struct ci_force_param param = {
        .name = "username", .label = "Who", .type = CI_PARAM_USERNAME, .need_email = true};
    struct outcome outcome;

    (void)state;
    assert_string_equal("true", key(field_of_one(param, "username", "username"), "need_email"));
    assert_string_equal("Who: please fill in email address in the form 'User <email@email.com>'",
                        complaint(fill_one(param, "{\"username\": \"Bob\"}"), "username"));
    outcome = fill_one(param, "{\"username\": \"Bob <bob@x.org>\"}");
    assert_string_equal("none", property(outcome, "username"));
    assert_string_equal("Bob <bob@x.org>", outcome.order.owner);
}

static void choice__strict_and_multiple(void **state)
{
    struct ci_force_param param = {
        .name = "x", .type = CI_PARAM_CHOICE, .choices = STRS("a", "b"), .strict = true};

    (void)state;
    assert_string_equal("[\"a\",\"b\"]", key(field_of_one(param, "x", "list"), "choices"));
    assert_string_equal("'c' does not belong to list of available choices",
                        complaint(fill_one(param, "{\"x\": \"c\"}"), "x"));
    param.strict = false;
    assert_string_equal("[\"c\",\"Force Build Form\"]",
                        property(fill_one(param, "{\"x\": \"c\"}"), "x"));
    param.multiple = true;
    assert_string_equal("[[\"a\",\"c\"],\"Force Build Form\"]",
                        property(fill_one(param, "{\"x\": [\"a\", \"c\"]}"), "x"));
}

static void worker_choice__sets_workername(void **state)
{
    const struct ci_force_param param = {.name = "where", .type = CI_PARAM_WORKER_CHOICE};
    struct outcome outcome = fill_one(param, "{\"where\": \"w3\"}");

    (void)state;
    assert_string_equal("[\"-any-\",\"w1\",\"w3\"]",
                        key(field_of_one(param, "where", "list"), "choices"));
    assert_string_equal("[\"w3\",\"Force Build Form\"]", property(outcome, "workername"));
    assert_string_equal("none", property(fill_one(param, "{}"), "workername"));
    assert_string_equal("none", property(fill_one(param, "{\"where\": \"-any-\"}"), "workername"));
    assert_string_equal("'w2' does not belong to list of available choices",
                        complaint(fill_one(param, "{\"where\": \"w2\"}"), "where"));
}

static void inherit_build__takes_what_that_build_was_forced_with(void **state)
{
    const struct ci_force_param param = {.name = "from", .type = CI_PARAM_INHERIT_BUILD};
    struct outcome outcome = fill_one(param, "{\"from\": \"linux/7\"}");

    (void)state;
    assert_string_equal("[\"linux/7\",\"linux/6\"]",
                        key(field_of_one(param, "from", "list"), "choices"));
    assert_string_equal("[\"linux/7\",\"Force Build Form\"]", property(outcome, "from"));
    assert_string_equal("[3,\"Force Build Form\"]", property(outcome, "depth"));
    assert_string_equal("[\"Bob\",\"Force Build Form\"]", property(outcome, "orig_owner"));
    assert_string_equal("[\"admin\",\"Force Build Form\"]", property(outcome, "owner"));
    assert_string_equal("none", property(outcome, "got"));
    assert_int_equal(2, outcome.order.changeids.count);
    assert_int_equal(12, outcome.order.changeids.items[1]);
    assert_string_equal("unknown build: 99 in linux/99",
                        complaint(fill_one(param, "{\"from\": \"linux/99\"}"), "from"));
}

static void file__is_its_text(void **state)
{
    const struct ci_force_param param = {.name = "x", .type = CI_PARAM_FILE};

    (void)state;
    assert_string_equal("10485760", key(field_of_one(param, "x", "file"), "maxsize"));
    assert_string_equal("[\"a\\nb\\n\",\"Force Build Form\"]",
                        property(fill_one(param, "{\"x\": \"a\\nb\\n\"}"), "x"));
}

static void any_property__is_named_by_the_user(void **state)
{
    const struct ci_force_param param = {.name = "p1", .type = CI_PARAM_ANY_PROPERTY};
    struct outcome outcome = fill_one(param, "{\"p1_name\": \"colour\", \"p1_value\": \"red\"}");

    (void)state;
    assert_non_null(field_of_one(param, "p1_name", "text"));
    assert_string_equal("[\"red\",\"Force Build Form\"]", property(outcome, "colour"));
    assert_string_equal("none", property(fill_one(param, "{}"), "colour"));
    assert_string_equal(
        "bad property name='a', value='b;c'",
        complaint(fill_one(param, "{\"p1_name\": \"a\", \"p1_value\": \"b;c\"}"), "p1"));
}

static void nested__is_a_dict_or_flat(void **state)
{
    static const struct ci_force_param inner[] = {
        {.name = "a", .type = CI_PARAM_STRING},
        {.name = "b", .type = CI_PARAM_INT   },
    };
    struct ci_force_param param = {.name = "opts",
                                   .type = CI_PARAM_NESTED,
                                   .layout = "tabs",
                                   .columns = 3,
                                   .fields = PARAMS(inner)};
    json_t *field = field_of_one(param, "opts", "nested");

    (void)state;
    assert_string_equal("\"tabs\"", key(field, "layout"));
    assert_string_equal("3", key(field, "columns"));
    assert_non_null(find_field(json_object_get(field, "fields"), "opts_b", "int"));
    assert_string_equal("[{\"a\":\"x\",\"b\":2},\"Force Build Form\"]",
                        property(fill_one(param, "{\"opts_a\": \"x\", \"opts_b\": 2}"), "opts"));
    param.name = "";
    assert_string_equal("[\"x\",\"Force Build Form\"]",
                        property(fill_one(param, "{\"a\": \"x\"}"), "a"));
}

static void nested__lays_four_visible_fields_in_two_columns(void **state)
{
    const struct ci_force_param shown = {.name = "a", .type = CI_PARAM_STRING};
    const struct ci_force_param hidden = {.name = "d", .type = CI_PARAM_STRING, .hide = true};
    struct ci_force_param inner[] = {shown, shown, shown, hidden};
    const struct ci_force_param param = {
        .name = "n", .type = CI_PARAM_NESTED, .fields = PARAMS(inner)};

    (void)state;
    assert_string_equal("1", key(field_of_one(param, "n", "nested"), "columns"));
    inner[3].hide = false;
    assert_string_equal("2", key(field_of_one(param, "n", "nested"), "columns"));
    assert_string_equal("\"vertical\"", key(field_of_one(param, "n", "nested"), "layout"));
}

static void codebases__each_have_a_frame(void **state)
{
    const struct ci_source_spec app = {.codebase = "app", .repository = "ra", .branch = "main"};
    const struct ci_source_spec other = {.codebase = "", .repository = "r0"};
    const struct ci_source_spec specs[] = {app, other};
    const struct ci_force_param branch = {.name = "branch",
                                          .label = "Which?",
                                          .type = CI_PARAM_CHOICE,
                                          .choices = STRS("main", "rel"),
                                          .strict = true};
    const struct ci_force_param frame = {
        .name = "app",
        .codebase = "app",
        .label = "The app",
        .type = CI_PARAM_CODEBASE,
        .fields = {(void *)(uintptr_t)&branch, 1}
    };
    struct ci_scheduler scheduler = scheduler_of(&frame, 1);
    struct outcome outcome;
    json_t *fields;

    (void)state;
    scheduler.codebases = PARAMS(specs);
    fields = ci_mem_json(test_mem, force_fields(the_world(), &scheduler));
    assert_int_equal(3, json_array_size(fields));
    assert_string_equal("\"The app\"", key(json_array_get(fields, 1), "label"));
    assert_non_null(find_field(fields, "app_branch", "list"));
    assert_string_equal("\"ra\"", key(find_field(fields, "app_repository", "text"), "default"));
    assert_string_equal("\"r0\"", key(find_field(fields, "repository", "text"), "default"));
    outcome = fill_in(&scheduler, "{\"app_branch\": \"rel\", \"app_revision\": \"r9\", "
                                  "\"branch\": \"dev\"}");
    assert_int_equal(2, outcome.order.source_count);
    assert_string_equal("app", outcome.order.sources[0].codebase);
    assert_string_equal("rel", outcome.order.sources[0].branch);
    assert_string_equal("r9", outcome.order.sources[0].revision);
    assert_string_equal("ra", outcome.order.sources[0].repository);
    assert_string_equal("dev", outcome.order.sources[1].branch);
    assert_null(outcome.order.sources[1].revision);
    assert_string_equal("'x' does not belong to list of available choices",
                        complaint(fill_in(&scheduler, "{\"app_branch\": \"x\"}"), "app_branch"));
}

static void patch__belongs_to_its_source(void **state)
{
    const struct ci_force_param param = {.name = "patch", .type = CI_PARAM_PATCH};
    struct outcome outcome =
        fill_one(param, "{\"patch_body\": \"--- a\\n\", \"patch_level\": \"0\", "
                        "\"patch_author\": \"Bob\", \"patch_subdir\": \"src\"}");
    const struct force_patch *patch = outcome.order.patches.items;

    (void)state;
    assert_string_equal("1", key(field_of_one(param, "patch_level", "int"), "default"));
    assert_string_equal("\".\"", key(field_of_one(param, "patch_subdir", "text"), "default"));
    assert_non_null(field_of_one(param, "patch_body", "file"));
    assert_non_null(field_of_one(param, "patch_comment", "text"));
    assert_int_equal(1, outcome.order.patches.count);
    assert_int_equal(0, patch->source);
    assert_int_equal(0, patch->level);
    assert_string_equal("--- a\n", patch->body);
    assert_string_equal("Bob", patch->author);
    assert_string_equal("src", patch->subdir);
    assert_int_equal(0, fill_one(param, "{}").order.patches.count);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_mem, close_mem)
    const struct CMUnitTest tests[] = {
        TEST(form__has_who_and_why_then_sources_then_the_rest),
        TEST(base__keys_are_buildbots),
        TEST(base__required_default_regex_and_maxsize),
        TEST(form__collects_all_complaints),
        TEST(form__makes_priority_reason_and_owner),
        TEST(fixed__cannot_be_changed),
        TEST(string_text_and_int__have_their_sizes),
        TEST(bool__is_ticked_or_not),
        TEST(username__may_need_an_address),
        TEST(username__is_not_for_who_signed_in),
        TEST(choice__strict_and_multiple),
        TEST(worker_choice__sets_workername),
        TEST(inherit_build__takes_what_that_build_was_forced_with),
        TEST(file__is_its_text),
        TEST(any_property__is_named_by_the_user),
        TEST(nested__is_a_dict_or_flat),
        TEST(nested__lays_four_visible_fields_in_two_columns),
        TEST(codebases__each_have_a_frame),
        TEST(patch__belongs_to_its_source),
    };

    return cmocka_run_group_tests_name("www.force", tests, NULL, NULL);
}
