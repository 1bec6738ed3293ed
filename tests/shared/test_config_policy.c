/* SPDX-License-Identifier: Apache-2.0 */
/* What locks, policies, storage, secrets, codebases and parameters become as structs. */
#include "config_test.h"
#include "shared/blob.h"

static const struct ci_scheduler *scheduler(void *mem, const char *text)
{
    return parse(mem, ci_mem_printf(mem, JOB "schedulers: [{name: s, builders: b, %s}]", text))
        ->schedulers.items;
}

static void policy__is_inherited_by_builders(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse(mem, "retention: {logs: 10d, builds: 1d}\n"
                   "collapse_requests: true\n"
                   "builders: [{name: a, steps: [{run: x}], retention: {logs: 30d, min_builds: 0}, "
                   "collapse_requests: off}, {name: b, steps: [{run: x}]}]");
    const struct ci_builder *builders = config->builders.items;

    (void)state;
    assert_int_equal(ci_seconds(30 * 86400).us, builders[0].retention.logs.us);
    assert_int_equal(ci_seconds(86400).us, builders[0].retention.builds.us);
    assert_int_equal(0, builders[0].retention.min_builds);
    assert_int_equal(10, builders[1].retention.min_builds);
    assert_int_equal(ci_seconds(10 * 86400).us, builders[1].retention.logs.us);
    assert_int_equal(0, builders[1].retention.artifacts.us);
    assert_int_equal(CI_COLLAPSE_OFF, builders[0].collapse_requests);
    assert_int_equal(CI_COLLAPSE_COMPARE, builders[1].collapse_requests);
    assert_int_equal(CI_WORKER_LEAST_BUSY, builders[1].next_worker);
    assert_int_equal(
        CI_COLLAPSE_OFF,
        ((const struct ci_builder *)parse(mem, JOB)->builders.items)->collapse_requests);
}

static void policy__reads_locks_and_workers(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse(mem, "locks: [{name: a, per_worker: true, max_count_for_worker: {w: 4}}, {name: b, "
                   "max_count: 3}]\n"
                   "workers: [{name: w, password: x, locks: b, default_properties: {p: 1}, "
                   "notify_on_missing: o@p.example}]\n"
                   "builders: [{name: b, steps: [{run: x}], locks: [{lock: b, mode: exclusive}]}]");
    const struct ci_worker *worker = config->workers.items;
    const struct ci_builder *builder = config->builders.items;
    const struct ci_lock_use *use = builder->locks.items;

    (void)state;
    assert_true(ci_config_lock(config, "a")->per_worker);
    assert_int_equal(1, ci_config_lock(config, "a")->max_count);
    assert_string_equal("4", ci_kvs_get(ci_config_lock(config, "a")->max_count_for_worker, "w"));
    assert_int_equal(3, ci_config_lock(config, "b")->max_count);
    assert_null(ci_config_lock(config, "c"));
    assert_true(use->exclusive);
    assert_string_equal("b", use->lock);
    assert_int_equal(1, ((const struct ci_lock_use *)worker->locks.items)->count);
    assert_int_equal(1, worker->notify_on_missing.count);
    assert_int_equal(ci_seconds(3600).us, worker->missing_timeout.us);
    assert_int_equal(1, json_integer_value(json_object_get(worker->default_properties, "p")));
}

static void policy__reads_storage_and_secrets(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(
        mem, "storage: {s3: {endpoint: \"https://s3.example\", bucket: abc, access_key: k, "
             "secret_key: {secret: s}}, logs: s3, artifact_max_size: 5GiB, log_max_size: 2kB}\n"
             "secrets: {vault: {address: \"https://v.example\", role_id: r, secret_id: {env: S}}}");

    (void)state;
    assert_string_equal("abc", config->s3->bucket);
    assert_int_equal(CI_SECRET_FILE, config->s3->secret_key.kind);
    assert_true(config->logs_in_s3);
    assert_int_equal(INT64_C(5) << 30, config->artifact_max_size);
    assert_int_equal(2000, config->log_max_size);
    assert_int_equal(0, config->artifact_quota);
    assert_int_equal(CI_SECRET_ENV, config->vault->secret_id.kind);
    config = parse(mem, "{}");
    assert_null(config->s3);
    assert_null(config->vault);
    assert_int_equal(INT64_C(1) << 30, config->artifact_max_size);
}

static void policy__reads_cancellers(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_canceller *c =
        parse(mem, JOB "cancellers: [{type: old_build, name: o, filters: {branch_not_eq: main}}, "
                       "{type: failing_buildset, name: f, builders: b, builders_to_cancel: [b]}]")
            ->cancellers.items;

    (void)state;
    assert_int_equal(CI_CANCEL_OLD_BUILD, c[0].type);
    assert_true(c[0].merge_gerrit_iterations);
    assert_string_equal("main", c[0].source_filter.branch.not_eq.items[0]);
    assert_int_equal(CI_CANCEL_FAILING_BUILDSET, c[1].type);
    assert_int_equal(1, c[1].builders_to_cancel.count);
}

static void schedulers__read_codebases_of_both_shapes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_source_spec *list =
        scheduler(mem, "type: any_branch, codebases: [a, {codebase: b, branch: main}]")
            ->codebases.items;
    const struct ci_source_spec *map =
        scheduler(mem, "type: any_branch, codebases: {a: {repository: r}, b: }")->codebases.items;

    (void)state;
    assert_string_equal("a", list[0].codebase);
    assert_string_equal("", list[0].repository);
    assert_null(list[0].branch);
    assert_string_equal("main", list[1].branch);
    assert_string_equal("r", map[0].repository);
    assert_string_equal("b", map[1].codebase);
}

static void schedulers__read_properties_of_changes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *s =
        scheduler(mem, "type: any_branch, branch_priorities: {main: 10, \"x/*\": -5}, "
                       "change_filter: {property_eq: {p: [a, null], q: b}, property_not_re: {p: "
                       "\"c.*\"}}");
    const struct ci_property_match *matches = s->change_filter.properties.items;

    (void)state;
    assert_true(s->change_filter.given);
    assert_int_equal(2, s->change_filter.properties.count);
    assert_string_equal("p", matches[0].name);
    assert_true(matches[0].match.eq_null);
    assert_int_equal(1, matches[0].match.eq.count);
    assert_string_equal("c.*", matches[0].match.not_re.items[0]);
    assert_string_equal("b", matches[1].match.eq.items[0]);
    assert_string_equal("-5", ci_kvs_get(s->branch_priorities, "x/*"));
}

static void schedulers__read_their_clocks(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *s = scheduler(mem, "type: nightly, hour: 3, only_if_changed: true, "
                                                  "force_at_day_of_week: 6, force_at_hour: 4");

    (void)state;
    assert_string_equal("0 3 * * *", s->cron);
    assert_string_equal("0 4 * * 0", s->force_at);
    s = scheduler(mem, "type: nightly_triggerable, cron: \"1 2 * * *\", time_zone: Asia/Shanghai");
    assert_int_equal(CI_SCHED_NIGHTLY_TRIGGERABLE, s->type);
    assert_string_equal("1 2 * * *", s->cron);
    assert_string_equal("Asia/Shanghai", s->time_zone);
    assert_null(s->force_at);
}

static void parameters__nest(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scheduler *s = scheduler(
        mem,
        "type: force, parameters: [{type: nested, name: n, layout: tabs, columns: 2, fields: "
        "[{type: nested, fields: [{name: a, type: int, default: 3}]}, {name: b, default: 1}]}, "
        "{type: codebase, codebase: c, fields: [{name: branch, default: main}]}, {type: "
        "choice, name: d, choices: [x], strict: false, default: y}]");
    const struct ci_force_param *params = s->parameters.items;
    const struct ci_force_param *fields = params[0].fields.items;

    (void)state;
    assert_string_equal("Your name:", s->username_label);
    assert_int_equal(CI_PARAM_NESTED, params[0].type);
    assert_string_equal("tabs", params[0].layout);
    assert_int_equal(2, params[0].columns);
    assert_string_equal("", fields[0].name);
    assert_int_equal(
        3,
        json_integer_value(((const struct ci_force_param *)fields[0].fields.items)->value_default));
    assert_string_equal("1", json_string_value(fields[1].value_default));
    assert_string_equal("c", params[1].codebase);
    assert_string_equal("y", json_string_value(params[2].value_default));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__is_inherited_by_builders),
        cmocka_unit_test(policy__reads_locks_and_workers),
        cmocka_unit_test(policy__reads_storage_and_secrets),
        cmocka_unit_test(policy__reads_cancellers),
        cmocka_unit_test(schedulers__read_codebases_of_both_shapes),
        cmocka_unit_test(schedulers__read_properties_of_changes),
        cmocka_unit_test(schedulers__read_their_clocks),
        cmocka_unit_test(parameters__nest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
