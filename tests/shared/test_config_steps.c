/* SPDX-License-Identifier: Apache-2.0 */
/* What steps, groups, templates and matrices become. */
#include "config_steps_test.h"

#include <stdlib.h>

static const void *args(void *mem, const char *text)
{
    return step(steps(mem, text), 0)->args;
}

static void steps__take_arguments_below_and_beside(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = steps(mem, "{git: {depth: 2, name: a, timeout: 5}}, {git: u, depth: 3}, "
                                     "{git: , depth: 4}, {set_property: p, command: [a, b]}, "
                                     "{trigger: t, set_properties: {a: 1}}");
    const struct ci_git_args *git = step(list, 1)->args;
    const struct ci_set_property_args *property = step(list, 3)->args;
    const struct ci_trigger_args *trigger = step(list, 4)->args;

    (void)state;
    assert_int_equal(2, ((const struct ci_git_args *)step(list, 0)->args)->depth);
    assert_string_equal("a", step(list, 0)->name);
    assert_int_equal(ci_seconds(5).us, step(list, 0)->timeout.us);
    assert_string_equal("u", git->checkout.repository);
    assert_int_equal(3, git->depth);
    assert_int_equal(4, ((const struct ci_git_args *)step(list, 2)->args)->depth);
    assert_string_equal("p", property->property);
    assert_string_equal("b", property->command.argv.items[1]);
    assert_true(property->strip);
    assert_int_equal(CI_STEP_TRIGGER, step(list, 4)->type);
    assert_int_equal(1, json_integer_value(json_object_get(trigger->set_properties, "a")));
}

static void steps__have_the_defaults_of_their_types(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = steps(mem, "{git: {}}, {compile: }, {test: }, {mkdir: a}, {http: "
                                     "\"http://a\"}, {run: a}, {download: {artifact: a, builder: "
                                     "b}}, {write_file: {path: a, content: b}}");
    const struct ci_git_args *git = step(list, 0)->args;
    const struct ci_compile_args *compile = step(list, 1)->args;
    static const bool halts[] = {true, true, false, true, false, false, true, true};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(halts); i++) {
        assert_int_equal(halts[i], step(list, i)->flags.halt_on_failure);
        assert_true(step(list, i)->flags.flunk_on_failure);
        assert_string_equal("KILL", step(list, i)->interrupt_signal);
    }
    assert_int_equal(CI_CHECKOUT_INCREMENTAL, git->checkout.mode);
    assert_int_equal(CI_CHECKOUT_FRESH, git->checkout.method);
    assert_int_equal(3, git->checkout.retries);
    assert_true(git->checkout.clobber_on_failure);
    assert_string_equal("origin", git->origin);
    assert_string_equal("all", compile->command.argv.items[1]);
    assert_int_equal(-1, compile->max_warn_count);
    assert_int_equal(CI_FROM_BUILDER, ((const struct ci_download_args *)step(list, 6)->args)->from);
    assert_string_equal("644", ((const struct ci_write_file_args *)step(list, 7)->args)->mode);
}

static void steps__read_short_items(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_sequence_args *sequence =
        args(mem, "{sequence: [a, [b, c], {command: d, log: e, halt_on_failure: false}]}");
    const struct ci_sequence_item *items = sequence->commands.items;
    const struct ci_test_args *test = args(mem, "{test: a, reports: tap}");
    const struct ci_step *locked = step(steps(mem, "{run: a, locks: [{lock: x, count: 3}]}"), 0);
    const struct ci_step *background = step(steps(mem, "{run: a, background: \"tcp:80\"}"), 0);

    (void)state;
    assert_int_equal(3, sequence->commands.count);
    assert_string_equal("a", items[0].command.text);
    assert_true(items[0].flags.halt_on_failure);
    assert_string_equal("c", items[1].command.argv.items[1]);
    assert_string_equal("stdio", items[1].log);
    assert_string_equal("e", items[2].log);
    assert_false(items[2].flags.halt_on_failure);
    assert_int_equal(CI_REPORT_TAP, ((const struct ci_report *)test->reports.items)->format);
    assert_int_equal(3, ((const struct ci_lock_use *)locked->locks.items)->count);
    assert_string_equal("tcp:80", background->background->ready);
    assert_int_equal(ci_seconds(60).us, background->background->timeout.us);
}

static void groups__hand_on_their_attributes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = steps(
        mem, "{group: g, parallel: true, env: {A: 1, B: 2}, do_step_if: prop.x, timeout: 7, "
             "locks: [x], steps: [{run: a}, {run: b, env: {B: 3}, do_step_if: prop.y, timeout: "
             "1200}]}, {run: c}, {group: h, parallel: true, steps: [{run: d}]}, {group: i, env: "
             "{A: 1}, steps: [{group: j, env: {B: 2}, steps: [{run: e, name: own}]}]}");

    (void)state;
    assert_int_equal(5, list.count);
    assert_string_equal("g", step(list, 0)->group);
    assert_int_equal(1, step(list, 0)->parallel);
    assert_int_equal(1, step(list, 1)->parallel);
    assert_string_equal("prop.x", step(list, 0)->do_step_if);
    assert_string_equal("(prop.x) and (prop.y)", step(list, 1)->do_step_if);
    assert_string_equal("2", ci_kvs_get(step(list, 0)->env, "B"));
    assert_string_equal("1", ci_kvs_get(step(list, 1)->env, "A"));
    assert_string_equal("3", ci_kvs_get(step(list, 1)->env, "B"));
    assert_int_equal(ci_seconds(7).us, step(list, 0)->timeout.us);
    assert_int_equal(ci_seconds(1200).us, step(list, 1)->timeout.us);
    assert_int_equal(1, step(list, 1)->locks.count);
    assert_null(step(list, 2)->group);
    assert_int_equal(0, step(list, 2)->parallel);
    assert_int_equal(2, step(list, 3)->parallel);
    assert_string_equal("j", step(list, 4)->group);
    assert_int_equal(2, step(list, 4)->env.count);
    assert_string_equal("own", step(list, 4)->name);
    assert_string_equal("run_1", step(list, 1)->name);
}

static void templates__stand_for_their_steps(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "templates:\n"
             "  outer: {parameters: {jobs: 2, what: null}, steps: [{run: \"make %(kw:what)s\"}, "
             "{template: inner, with: {x: \"%(kw:what)s-%(kw:jobs)s\"}}]}\n"
             "  inner: {parameters: {x: 1}, steps: [{log: \"%(kw:x)s\"}]}\n"
             "builders: [{name: b, steps: [{template: outer, with: {what: all}, env: {A: 1}}, "
             "{template: inner}]}]");
    struct ci_list list = ((const struct ci_builder *)config->builders.items)->steps;
    const struct ci_scope scope = {0};
    struct ci_step rendered;
    struct ci_err err;

    (void)state;
    assert_int_equal(3, list.count);
    assert_int_equal(2, json_integer_value(json_object_get(step(list, 0)->kw, "jobs")));
    assert_string_equal("1", ci_kvs_get(step(list, 1)->env, "A"));
    assert_ok(ci_step_render(step(list, 0), &scope, mem, &rendered, &err), err);
    assert_string_equal("make all", ((const struct ci_run_args *)rendered.args)->command.text);
    assert_ok(ci_step_render(step(list, 1), &scope, mem, &rendered, &err), err);
    assert_string_equal("all-2",
                        json_string_value(((const struct ci_log_args *)rendered.args)->content));
    assert_ok(ci_step_render(step(list, 2), &scope, mem, &rendered, &err), err);
    assert_int_equal(1, json_integer_value(((const struct ci_log_args *)rendered.args)->content));
}

static void matrix__becomes_a_builder_for_each_cell(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "builders: [{name: first, steps: [{run: a}]}, {name: m, tags: [t, \"%(prop:os)s\"], "
             "worker_labels: {os: \"%(prop:os)s\", a: b}, matrix: {os: [linux, mac], py: "
             "[\"3.11\", 3.12], exclude: [{os: mac, py: 3.12}], include: [{os: bsd}]}, steps: "
             "[{run: \"%(prop:py)s\"}], properties: {p: 1}}, {name: last, steps: [{run: a}]}]");
    const struct ci_builder *parent = ci_config_builder(config, "m");
    const struct ci_builder *cell = ci_config_builder(config, "m (os=linux, py=3.11)");
    const struct ci_trigger_args *trigger = step(parent->steps, 0)->args;

    (void)state;
    assert_int_equal(7, config->builders.count);
    assert_true(parent->is_matrix);
    assert_null(parent->matrix_parent);
    assert_int_equal(1, parent->steps.count);
    assert_int_equal(4, trigger->builders.count);
    assert_true(trigger->wait_for_finish);
    assert_int_equal(1, parent->worker_labels.count);
    assert_int_equal(1, parent->tags.count);
    assert_non_null(cell);
    assert_string_equal("m", cell->matrix_parent);
    assert_string_equal("linux", ci_kvs_get(cell->worker_labels, "os"));
    assert_string_equal("linux", cell->tags.items[1]);
    assert_string_equal("3.11", json_string_value(json_object_get(cell->properties, "py")));
    assert_int_equal(1, json_integer_value(json_object_get(cell->properties, "p")));
    assert_non_null(ci_config_builder(config, "m (os=linux, py=3.12)"));
    assert_null(ci_config_builder(config, "m (os=mac, py=3.12)"));
    assert_non_null(ci_config_builder(config, "m (os=bsd)"));
}

static void matrix__cuts_long_names(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "builders: [{name: a builder, matrix: {value: [a long text that does not fit into "
             "seventy bytes at all, another long text that does not fit into seventy bytes]}, "
             "steps: [{run: a}]}]");
    const struct ci_builder *all = config->builders.items;

    (void)state;
    assert_int_equal(strlen("a builder (01234567)"), strlen(all[1].name));
    assert_memory_equal("a builder (", all[1].name, strlen("a builder ("));
    assert_string_not_equal(all[1].name, all[2].name);
}

static void environment__stands_behind_the_sources(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "builders: [{name: b, environment: {key: a.txt, steps: [{run: x, name: e}], path: "
             "bin, wait: 3}, repository_file: true, steps: [{git: {}}, {git: {}}, {run: y}]}]");
    const struct ci_builder *builder = config->builders.items;
    const struct ci_environment_args *environment = step(builder->steps, 2)->args;

    (void)state;
    assert_int_equal(5, builder->steps.count);
    assert_true(builder->has_environment);
    assert_int_equal(CI_WORKER_WARMEST, builder->next_worker);
    assert_int_equal(ci_seconds(3).us, builder->environment_wait.us);
    assert_int_equal(CI_STEP_ENVIRONMENT, step(builder->steps, 2)->type);
    assert_string_equal("environment", step(builder->steps, 2)->name);
    assert_string_equal("e", step(environment->steps, 0)->name);
    assert_int_equal(CI_STEP_REPOSITORY_STEPS, step(builder->steps, 4)->type);
    assert_string_equal(".slipway.yml", builder->repository_file);
}

static void render__replaces_the_forms(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_step *s = step(
        steps(mem, "{http: {url: \"http://%(prop:host)s\", headers: {A: \"%(secret:s)s\"}, json: "
                   "{n: \"%(prop:n)s\", l: [\"x%(prop:n)s\"]}}, env: {B: \"%(prop:host)s\"}, "
                   "do_step_if: prop.host}"),
        0);
    struct ci_scope scope = {
        .properties =
            ci_mem_json(mem, json_pack("{s: [s, s], s: [i, s]}", "host", "h", "", "n", 3, "")),
        .secrets = ci_mem_json(mem, json_pack("{s: s}", "s", "secret")),
    };
    const struct ci_http_args *http;
    struct ci_step rendered;
    struct ci_err err;

    (void)state;
    assert_ok(ci_step_render(s, &scope, mem, &rendered, &err), err);
    http = rendered.args;
    assert_string_equal("http://h", http->url);
    assert_string_equal("secret", http->headers.items[0].value);
    assert_int_equal(3, json_integer_value(json_object_get(http->json, "n")));
    assert_string_equal("h", rendered.env.items[0].value);
    assert_string_equal("prop.host", rendered.do_step_if);
    assert_string_equal("http://%(prop:host)s", ((const struct ci_http_args *)s->args)->url);
    scope.secrets = NULL;
    assert_false(ci_step_render(s, &scope, mem, &rendered, &err));
    assert_memory_equal("headers: A: ", err.msg, strlen("headers: A: "));
}

static void secrets__are_found_everywhere(void **state)
{
    static const char *const expected[] = {"a", "b", "c", "d", "e", "f"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = steps(
        mem, "{run: \"%(secret:a)s %(secret:b)s\"}, {sequence: [[x, \"%(secret:c)s\"]], env: {A: "
             "\"%(secret:a)s\"}}, {write_file: {path: p, json: [{k: \"%(secret:d)s\"}]}}, {run: "
             "a, background: {stop: \"%(prop:x:-%(secret:e)s)s\"}}, {http: \"http://a\", params: "
             "{q: \"%(secret:f)s\"}}");
    struct ci_strs names = {0};

    (void)state;
    ci_steps_secrets(list, mem, &names);
    assert_int_equal(CI_COUNT(expected), names.count);
    for (size_t i = 0; i < names.count; i++)
        assert_string_equal(expected[i], names.items[i]);
}

static bool parse_repository(void *mem, const char *text, struct ci_list *out,
                             struct ci_list *problems)
{
    static const char *const taken[] = {"git", "run"};

    return ci_config_parse_repository(".slipway.yml", text, strlen(text),
                                      (struct ci_strs){taken, CI_COUNT(taken)}, mem, out, problems);
}

static void repository__may_only_have_steps(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"builders: []\nsteps: [{run: a}]",                   "builders: unrecognized key (known: steps)"        },
        {"steps: [{run: \"%(secret:a)s\"}]",
         "steps[0].run: the repository's own steps may not read secrets (\"a\")"                                 },
        {"steps: [{trigger: t}]",
         "steps[0]: the repository's own steps may not be of type \"trigger\""                                   },
        {"steps: [{run: a, locks: []}]",                      "steps[0]: the repository's own steps may not lock"},
        {"steps: [{group: a, locks: [], steps: [{run: a}]}]",
         "steps[0]: the repository's own steps may not lock"                                                     },
        {"{}",                                                "\"steps\" is missing"                             },
        {"- run: a",                                          "expected a mapping with \"steps\", not a list"    },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list, problems;

    (void)state;
    assert_true(
        parse_repository(mem, "steps: [{run: a}, {git: {}}, {run: b, name: c}]", &list, &problems));
    assert_int_equal(3, list.count);
    assert_string_equal("run_1", step(list, 0)->name);
    assert_string_equal("git_1", step(list, 1)->name);
    assert_string_equal("c", step(list, 2)->name);
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        assert_false(parse_repository(mem, cases[i].text, &list, &problems));
        assert_string_equal(cases[i].problem, ((struct ci_problem *)problems.items)->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps__take_arguments_below_and_beside),
        cmocka_unit_test(steps__have_the_defaults_of_their_types),
        cmocka_unit_test(steps__read_short_items),
        cmocka_unit_test(groups__hand_on_their_attributes),
        cmocka_unit_test(templates__stand_for_their_steps),
        cmocka_unit_test(matrix__becomes_a_builder_for_each_cell),
        cmocka_unit_test(matrix__cuts_long_names),
        cmocka_unit_test(environment__stands_behind_the_sources),
        cmocka_unit_test(render__replaces_the_forms),
        cmocka_unit_test(secrets__are_found_everywhere),
        cmocka_unit_test(repository__may_only_have_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
