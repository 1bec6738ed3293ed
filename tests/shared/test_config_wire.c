/* SPDX-License-Identifier: Apache-2.0 */
/* How steps travel to the agent, and that every text of theirs is rendered. */
#include "config_steps.h"
#include "config_steps_test.h"

#include <stdlib.h>

/* What is written reads back to what is written again. */
static void assert_travels(const struct ci_step *given)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *sent = ci_mem_json(mem, ci_step_to_json(given)), *again;
    char *text = json_dumps(sent, JSON_COMPACT);
    json_t *received = ci_mem_json(mem, json_loads(text, 0, NULL));
    struct ci_step back;
    struct ci_err err;

    assert_ok(ci_step_from_json(received, mem, &back, &err), err);
    again = ci_mem_json(mem, ci_step_to_json(&back));
    if (!json_equal(sent, again))
        fail_msg("%s became %s", text, json_dumps(again, JSON_COMPACT));
    assert_int_equal(given->type, back.type);
    free(text);
}

static void wire__carries_every_type(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = steps(
        mem,
        "{run: [a, b], env: {X: null, Y: z}, timeout: 250ms, always_run: true, background: "
        "{ready: \"tcp:1\", stop: s}, decode_rc: {1: warnings}, locks: [{lock: x, mode: "
        "exclusive}]}, {sequence: [a, {command: [b], log: c, warn_on_failure: true}]}, {git: "
        "{depth: 1, config: {a: b}, mode: full, method: clean, retries: 0}}, {hg: {branch_type: "
        "dirname}}, {svn: {extra_args: a}}, {compile: {suppress: [{file: a, last_line: 3}]}}, "
        "{test: {command: a, reports: [tap, {format: junit, files: [a, b]}]}}, {set_property: "
        "{property: a, value: [1, null, {b: 1.5}]}}, {set_properties: {a: 1, b: [c]}}, "
        "{set_properties_from_env: [A]}, {trigger: {schedulers: t, source_stamps: [{codebase: "
        "a}], set_properties: {b: c}, parent_relationship: x}}, {mkdir: [a, b]}, {rmdir: a}, "
        "{copy: {source: a, destination: b}}, {file_exists: a}, {upload: {files: a, max_size: "
        "1GiB, keep: 1d}}, {upload_directory: a}, {download: {artifact: a, from: build}}, "
        "{write_file: {path: a, json: {b: c}}}, {http: {url: \"http://a\", verify: false, "
        "form: {a: b}}}, {assert: prop.a}, {log: {content: {a: 1}, log: b}}, {git_commit: "
        "{paths: a, message: b}}, {git_tag: {tag: a, message: b}}, {git_push: {force: true}}, "
        "{tree_size: }, {group: g, parallel: true, steps: [{run: a}]}");
    const struct ci_config *config = parse(
        mem, "templates: {t: {parameters: {a: 1}, steps: [{run: \"%(kw:a)s\"}]}}\n"
             "builders: [{name: b, environment: {key: a, steps: [{run: x}]}, repository_file: x/y, "
             "steps: [{git: {}}, {template: t}]}]");

    (void)state;
    CI_FOREACH(const struct ci_step, s, list) {
        assert_travels(s);
    }
    CI_FOREACH(const struct ci_step, s,
               ((const struct ci_builder *)config->builders.items)->steps) {
        assert_travels(s);
    }
}

static void wire__is_short_and_lenient(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *json = ci_mem_json(mem, ci_step_to_json(step(steps(mem, "{run: make}"), 0)));
    char *text = json_dumps(json, JSON_COMPACT);
    struct ci_step back;
    struct ci_err err;

    (void)state;
    assert_string_equal("{\"run\":{\"command\":\"make\"},\"name\":\"run\"}", text);
    free(text);
    json = ci_mem_json(
        mem, json_loads("{\"run\": {\"command\": \"a\", \"later\": 1}, \"new\": {}}", 0, NULL));
    assert_ok(ci_step_from_json(json, mem, &back, &err), err);
    assert_int_equal(ci_seconds(1200).us, back.timeout.us);
    json = ci_mem_json(mem, json_loads("{\"git\": {\"depth\": \"x\"}}", 0, NULL));
    assert_false(ci_step_from_json(json, mem, &back, &err));
    assert_string_equal("git.depth: expected a whole number, not \"x\"", err.msg);
    json = ci_mem_json(mem, json_loads("{\"group\": \"a\", \"steps\": []}", 0, NULL));
    assert_false(ci_step_from_json(json, mem, &back, &err));
    json = ci_mem_json(mem, json_loads("[]", 0, NULL));
    assert_false(ci_step_from_json(json, mem, &back, &err));
}

/* ---- random steps: any of a type's keys, each with its example ---- */

enum { ROUNDS = 100 };

/* A generator of our own: the same steps on every machine. */
static uint64_t seed = 88172645463325252U;

static bool toss(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 32) & 1;
}

static void put_some(struct ci_buf *text, const struct section *section)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];

            if (key->example && toss())
                ci_buf_printf(text, "  %s: %s\n", key->name, key->example);
        }
    }
}

static struct ci_step random_step(void *mem, const struct section *type)
{
    struct problems problems = {.mem = mem};
    struct decode d = {.mem = mem, .problems = &problems, .path = "", .wire = true};
    struct ci_step made = {0};
    struct ci_buf text;
    const struct node *node;

    ci_buf_init(&text, mem);
    ci_buf_printf(&text, "%s:\n  later: true\n", type->name);
    put_some(&text, type->args);
    if (!type->args->whole)
        put_some(&text, type->base);
    node = node_parse(text.text, text.len, mem, &problems);
    if (!node || !step_read(&d, node, &made) || problems.count > 0)
        fail_msg("%s: %s", text.text, problems.items[0].message);
    return made;
}

static bool is_single(const struct section *type)
{
    return type->tag != CI_STEP_GROUP && type->tag != CI_STEP_TEMPLATE;
}

static void wire__carries_random_steps(void **state)
{
    (void)state;
    for (size_t t = 0; t < CI_STEP_TYPE_COUNT; t++) {
        for (int i = 0; is_single(config_step_sections[t]) && i < ROUNDS; i++) {
            CI_AUTO_MEM mem = ci_mem_new();
            const struct ci_step made = random_step(mem, config_step_sections[t]);

            assert_travels(&made);
        }
    }
}

/* The secrets that it asks for are enough, and what is rendered has nothing left to render. */
static void assert_renders(void *mem, struct ci_step *made)
{
    struct ci_scope scope = {.secrets = ci_mem_json(mem, json_object())};
    struct ci_strs names = {0};
    struct ci_step once, twice;
    struct ci_err err;

    ci_steps_secrets((struct ci_list){made, 1}, mem, &names);
    for (size_t i = 0; i < names.count; i++)
        (void)json_object_set_new(scope.secrets, names.items[i], json_string("hidden"));
    assert_ok(ci_step_render(made, &scope, mem, &once, &err), err);
    scope.secrets = NULL;
    assert_ok(ci_step_render(&once, &scope, mem, &twice, &err), err);
    assert_true(json_equal(ci_mem_json(mem, ci_step_to_json(&once)),
                           ci_mem_json(mem, ci_step_to_json(&twice))));
    names = (struct ci_strs){0};
    if (made->type != CI_STEP_ENVIRONMENT)
        ci_steps_secrets((struct ci_list){&once, 1}, mem, &names);
    assert_int_equal(0, names.count);
}

static void render__leaves_nothing_to_render(void **state)
{
    (void)state;
    for (size_t t = 0; t < CI_STEP_TYPE_COUNT; t++) {
        for (int i = 0; is_single(config_step_sections[t]) && i < ROUNDS; i++) {
            CI_AUTO_MEM mem = ci_mem_new();
            struct ci_step made = random_step(mem, config_step_sections[t]);

            assert_renders(mem, &made);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire__carries_every_type),
        cmocka_unit_test(wire__is_short_and_lenient),
        cmocka_unit_test(wire__carries_random_steps),
        cmocka_unit_test(render__leaves_nothing_to_render),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
