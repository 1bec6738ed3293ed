/* SPDX-License-Identifier: Apache-2.0 */
/* What the sections of slipway.yaml become as structs. */
#include "config_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct ci_scheduler *first_scheduler(void *mem, const char *text)
{
    return parse(mem, ci_mem_printf(mem, JOB "schedulers: [%s]", text))->schedulers.items;
}

static const struct ci_step *steps(void *mem, const char *text)
{
    const struct ci_builder *builder =
        parse(mem, ci_mem_printf(mem, "builders: [{name: b, %s}]", text))->builders.items;

    return builder->steps.items;
}

static unsigned mode(void *mem, const char *text)
{
    const struct ci_config *config =
        parse(mem, ci_mem_printf(mem,
                                 "notifiers: [{type: mail, from: a@b.example, relay: {host: h}, "
                                 "mode: %s}]",
                                 text));

    return ((const struct ci_notifier *)config->notifiers.items)->mode;
}

static void config__has_defaults(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(mem, "{}");

    (void)state;
    assert_string_equal("Slipway", config->title);
    assert_string_equal("http://localhost:8010/", config->url);
    assert_string_equal(config->url, config->title_url);
    for (size_t i = 0; i < CI_HOOK_COUNT; i++) {
        assert_false(config->web_hooks.hooks[i].on);
        assert_true(config->web_hooks.hooks[i].strict);
    }
    assert_null(config->web_hooks.user);
    assert_int_equal(0, config->builders.count);
    assert_null(ci_config_builder(config, "b"));
}

static void config__ends_the_url_with_a_slash(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("http://a.example/ci/", parse(mem, "url: http://a.example/ci")->url);
    assert_string_equal("http://a.example/", parse(mem, "buildbot_url: http://a.example/")->url);
}

static void config__keeps_texts_as_they_are_written(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_step *step =
        steps(mem, "steps: [{run: make, env: {A: 1.10, B: yes, C: \"~\", D: ~, E: 010}}]");

    (void)state;
    assert_string_equal("1.10", ci_kvs_get(step->env, "A"));
    assert_string_equal("yes", ci_kvs_get(step->env, "B"));
    assert_string_equal("~", ci_kvs_get(step->env, "C"));
    assert_null(ci_kvs_get(step->env, "D"));
    assert_string_equal("010", ci_kvs_get(step->env, "E"));
}

static void config__reads_properties_as_json(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *scheduler = first_scheduler(
        mem, "{type: any_branch, name: s, builders: b, properties: {a: 1, b: [true, null, 1.5, "
             "\"1\", 10s, \"null\", 12e3, .5, 99999999999999999999, +7, 1e999, 0x10, \"\"]}}");
    char *text = json_dumps(scheduler->properties, JSON_COMPACT | JSON_SORT_KEYS);

    (void)state;
    assert_string_equal("{\"a\":1,\"b\":[true,null,1.5,\"1\",\"10s\",\"null\",12000.0,0.5,"
                        "\"99999999999999999999\",7,\"1e999\",\"0x10\",\"\"]}",
                        text);
    free(text);
}

static void config__reads_secrets(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse(mem, "workers: [{name: a, password: x}, {name: b, password: {secret: f}}, {name: c, "
                   "password: {env: SLIPWAY_TEST_SECRET}}, {name: d, password: 007}]");
    const struct ci_worker *workers = config->workers.items;
    char dir[] = "/tmp/slipway-secret.XXXXXX", path[64];
    const char *value;
    struct ci_err err;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/f", dir);
    file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("s3cret\n\n", file);
    (void)fclose(file);
    (void)setenv("SLIPWAY_TEST_SECRET", "from env", 1);

    assert_ok(ci_secret_read(&workers[0].password, NULL, mem, &value, &err), err);
    assert_string_equal("x", value);
    assert_ok(ci_secret_read(&workers[1].password, dir, mem, &value, &err), err);
    assert_string_equal("s3cret\n", value);
    assert_ok(ci_secret_read(&workers[2].password, NULL, mem, &value, &err), err);
    assert_string_equal("from env", value);
    assert_string_equal("007", workers[3].password.value);

    (void)unlink(path);
    assert_false(ci_secret_read(&workers[1].password, dir, mem, &value, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    assert_string_equal("could not open secret \"f\": No such file or directory", err.msg);
    assert_false(ci_secret_read(&workers[1].password, NULL, mem, &value, &err));
    (void)rmdir(dir);
}

static void config__reads_branches(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse(mem, "change_sources: [{type: git_poller, repository: a, branches: all}, {type: "
                   "git_poller, repourl: b, branches: main}, {type: git_poller, repository: c}]");
    const struct ci_change_source *sources = config->change_sources.items;

    (void)state;
    assert_true(sources[0].all_branches);
    assert_int_equal(0, sources[0].branches.count);
    assert_string_equal("b", sources[1].name);
    assert_false(sources[1].all_branches);
    assert_string_equal("main", sources[1].branches.items[0]);
    assert_int_equal(0, sources[2].branches.count);
    assert_int_equal(ci_seconds(600).us, sources[2].poll_interval.us);
    assert_string_equal("", sources[2].codebase);
}

static void config__reads_pollers(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_change_source *sources;
    const struct ci_config *config = parse(
        mem,
        "change_sources: [{type: hg_poller, repository: h, bookmarks: f/*, poll_at_launch: false}, "
        "{type: svn_poller, repository: s, revlinktmpl: r%s}, {type: github_pullrequest_poller, "
        "owner: acme, repo: app, token: {secret: t}}, {type: github_pullrequest_poller, owner: a, "
        "slug: b, baseURL: \"https://g.example/api/v3/\", pullrequest_filter: {draft: false}}, "
        "{type: bitbucket_server_pullrequest_poller, base_url: \"https://x/\", owner: P, repo: r}]");

    (void)state;
    sources = config->change_sources.items;
    assert_int_equal(CI_SOURCE_HG_POLLER, sources[0].type);
    assert_string_equal("f/*", sources[0].bookmarks.items[0]);
    assert_false(sources[0].poll_at_launch);
    assert_int_equal(100, sources[1].svn.histmax);
    assert_string_equal("r%s", sources[1].svn.revlink);
    assert_string_equal("github_pullrequest_poller:acme/app", sources[2].name);
    assert_string_equal("https://github.com/acme/app.git", sources[2].repository);
    assert_string_equal("https://api.github.com", sources[2].forge.base_url);
    assert_string_equal("pull", sources[2].category);
    assert_true(sources[2].all_branches);
    assert_string_equal("https://g.example/a/b.git", sources[3].repository);
    assert_string_equal("false", sources[3].forge.pullrequest_filter.items[0].value);
    assert_string_equal("https://x/scm/P/r.git", sources[4].repository);
}

static void config__reads_change_filters(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *s = first_scheduler(
        mem, "{type: single_branch, name: s, builders: b, tree_stable_timer: 90, change_filter: "
             "{branch: [main, null], category_not_eq: x, project_re: \"a.*\", codebase_not_re: "
             "[\"b\", \"c\"]}}");

    (void)state;
    assert_true(s->change_filter.given);
    assert_true(s->change_filter.branch.given);
    assert_true(s->change_filter.branch.eq_null);
    assert_int_equal(1, s->change_filter.branch.eq.count);
    assert_string_equal("x", s->change_filter.category.not_eq.items[0]);
    assert_string_equal("a.*", s->change_filter.project.re.items[0]);
    assert_int_equal(2, s->change_filter.codebase.not_re.count);
    assert_false(s->change_filter.repository.given);
    assert_int_equal(ci_seconds(90).us, s->tree_stable_timer.us);

    s = first_scheduler(mem, "{type: single_branch, name: s, builders: b, branch: null}");
    assert_true(s->change_filter.given && s->change_filter.branch.given);
    assert_true(s->change_filter.branch.eq_null);
    assert_int_equal(0, s->change_filter.branch.eq.count);
    s = first_scheduler(mem, "{type: any_branch, name: s, builders: b}");
    assert_false(s->change_filter.given);
}

/* Numbers of days count from Monday, as in Buildbot; texts are cron's own. */
static void config__makes_cron_of_nightlys_fields(void **state)
{
    static const struct {
        const char *given, *cron;
    } cases[] = {
        {"cron: \"30 3 * * *\"",                    "30 3 * * *"       },
        {"hour: 3",                                 "0 3 * * *"        },
        {"minute: [0, 30], day_of_week: [0, 6]",    "0,30 * * * 1,0"   },
        {"hour: \"*/2\", day_of_week: \"mon-fri\"", "0 */2 * * mon-fri"},
        {"day_of_month: 1, month: jan, hour: 0",    "0 0 1 jan *"      },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const struct ci_scheduler *s = first_scheduler(
            mem, ci_mem_printf(mem, "{type: nightly, name: s, builders: b, %s}", cases[i].given));

        assert_string_equal(cases[i].cron, s->cron);
        assert_string_equal("UTC", s->time_zone);
    }
}

static void config__reads_force_parameters(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *s = first_scheduler(
        mem, "{type: force, name: f, builders: b, parameters: [{name: a, default: 1.0}, {type: "
             "choice, name: c, choices: [x, y], multiple: true, default: [x]}, {type: int, name: "
             "i, default: 3}]}");
    const struct ci_force_param *params = s->parameters.items;

    (void)state;
    assert_string_equal("f", s->button_name);
    assert_int_equal(3, s->parameters.count);
    assert_int_equal(CI_PARAM_STRING, params[0].type);
    assert_string_equal("1.0", json_string_value(params[0].value_default));
    assert_string_equal("a", params[0].label);
    assert_true(params[1].multiple);
    assert_true(json_is_array(params[1].value_default));
    assert_int_equal(3, json_integer_value(params[2].value_default));
}

static void config__reads_steps(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_step *s = steps(mem, "env: {A: 1, B: 2}, steps: [git: , {git: {depth: 3, "
                                         "halt_on_failure: false}, name: co}, {git: url}, {run: "
                                         "[a, \"\"], env: {B: [x, y], C: 3}, timeout: null}]");
    const struct ci_run_args *run;

    (void)state;
    assert_int_equal(CI_STEP_GIT, s[0].type);
    assert_true(s[0].flags.halt_on_failure && s[0].flags.flunk_on_failure);
    assert_string_equal("build", s[0].workdir);
    assert_int_equal(3, ((const struct ci_git_args *)s[1].args)->depth);
    assert_string_equal("co", s[1].name);
    assert_false(s[1].flags.halt_on_failure);
    assert_string_equal("url", ((const struct ci_git_args *)s[2].args)->checkout.repository);
    assert_int_equal(CI_STEP_RUN, s[3].type);
    run = s[3].args;
    assert_null(run->command.text);
    assert_int_equal(2, run->command.argv.count);
    assert_false(s[3].flags.halt_on_failure);
    assert_int_equal(0, s[3].timeout.us);
    assert_int_equal(ci_seconds(1200).us, s[0].timeout.us);
    assert_int_equal(3, s[3].env.count);
    assert_string_equal("1", ci_kvs_get(s[3].env, "A"));
    assert_string_equal("x:y", ci_kvs_get(s[3].env, "B"));
}

static void config__gives_steps_names_of_their_own(void **state)
{
    static const char *const expected[] = {"run", "a", "run_1", "a_1", "a_2", "a_1_1", "git"};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_step *s =
        steps(mem, "steps: [{run: x}, {run: x, name: a}, {run: x}, {run: x, name: a}, {run: x, "
                   "name: a}, {run: x, name: a_1}, {git: {}}]");

    (void)state;
    for (size_t i = 0; i < CI_COUNT(expected); i++)
        assert_string_equal(expected[i], s[i].name);
}

static void config__expands_modes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_int_equal(CI_MODE_FAILING | CI_MODE_PASSING | CI_MODE_WARNINGS | CI_MODE_EXCEPTION |
                         CI_MODE_CANCELLED,
                     mode(mem, "all"));
    assert_int_equal(CI_MODE_FAILING | CI_MODE_WARNINGS, mode(mem, "warnings"));
    assert_int_equal(CI_MODE_WARNINGS, mode(mem, "[warnings]"));
    assert_int_equal(CI_MODE_PROBLEM | CI_MODE_CHANGE, mode(mem, "[problem, change]"));
    assert_int_equal(CI_MODE_FAILING | CI_MODE_PASSING | CI_MODE_WARNINGS, mode(mem, "null"));
}

static void config__fills_in_the_relay(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "notifiers:\n"
             "- {type: mail, from: a@b.example, relay: {host: h}}\n"
             "- {type: mail, from: a@b.example, relay: {host: h, tls: starttls}, name: mail}\n"
             "- {type: mail, from: a@b.example, relay: {host: h, tls: implicit, verify: false}}\n"
             "- {type: mail, from: a@b.example, relay: {maildir: /m}}\n");
    const struct ci_notifier *n = config->notifiers.items;

    (void)state;
    assert_string_equal("mail_1", n[0].name);
    assert_int_equal(25, n[0].relay.port);
    assert_string_equal("mail", n[1].name);
    assert_int_equal(587, n[1].relay.port);
    assert_string_equal("mail_2", n[2].name);
    assert_int_equal(465, n[2].relay.port);
    assert_true(n[0].relay.verify);
    assert_false(n[2].relay.verify);
    assert_null(n[3].relay.host);
    assert_string_equal("/m", n[3].relay.maildir);
    assert_true(n[3].send_to_interested_users);
    assert_int_equal(50, n[3].log_lines);
}

/* What the agent reads is what was written. */
static void config__sends_steps_whole(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_step *s =
        steps(mem, "steps: [{run: [a, b], env: {X: null, Y: z}, timeout: 3, always_run: true}]");
    json_t *json = ci_mem_json(mem, ci_step_to_json(s));
    struct ci_step back = {0};
    struct ci_err err;

    (void)state;
    assert_ok(ci_step_from_json(json, mem, &back, &err), err);
    assert_int_equal(CI_STEP_RUN, back.type);
    assert_int_equal(2, ((const struct ci_run_args *)back.args)->command.argv.count);
    assert_int_equal(2, back.env.count);
    assert_string_equal("X", back.env.items[0].key);
    assert_null(back.env.items[0].value);
    assert_string_equal("z", back.env.items[1].value);
    assert_int_equal(ci_seconds(3).us, back.timeout.us);
    assert_true(back.flags.always_run && back.flags.flunk_on_failure);
    assert_false(back.flags.halt_on_failure);
}

static void schema__describes_every_key(void **state)
{
    json_auto_t *schema = ci_config_schema();
    const char *key;
    json_t *value;

    (void)state;
    assert_string_equal("https://json-schema.org/draft/2020-12/schema",
                        json_string_value(json_object_get(schema, "$schema")));
    json_object_foreach(json_object_get(schema, "properties"), key, value) {
        if (!json_object_get(value, "description"))
            fail_msg("\"%s\" has no description", key);
    }
    assert_non_null(json_object_get(json_object_get(schema, "properties"), "schedulers"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config__has_defaults),
        cmocka_unit_test(config__ends_the_url_with_a_slash),
        cmocka_unit_test(config__keeps_texts_as_they_are_written),
        cmocka_unit_test(config__reads_properties_as_json),
        cmocka_unit_test(config__reads_secrets),
        cmocka_unit_test(config__reads_branches),
        cmocka_unit_test(config__reads_pollers),
        cmocka_unit_test(config__reads_change_filters),
        cmocka_unit_test(config__makes_cron_of_nightlys_fields),
        cmocka_unit_test(config__reads_force_parameters),
        cmocka_unit_test(config__reads_steps),
        cmocka_unit_test(config__gives_steps_names_of_their_own),
        cmocka_unit_test(config__expands_modes),
        cmocka_unit_test(config__fills_in_the_relay),
        cmocka_unit_test(config__sends_steps_whole),
        cmocka_unit_test(schema__describes_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
