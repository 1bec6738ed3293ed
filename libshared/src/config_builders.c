/* SPDX-License-Identifier: Apache-2.0 */
/* `builders`. */
#include "config_steps.h"

#include <string.h>

static const char *const next_workers[] = {
    [CI_WORKER_LEAST_BUSY] = "least_busy",
    [CI_WORKER_RANDOM] = "random",
    [CI_WORKER_LAST_USED] = "last_used",
    [CI_WORKER_WARMEST] = "warmest",
    NULL,
};
static const char *const repository_files[] = {".slipway.yml"};
const char *const config_collapse_names[] = {
    [CI_COLLAPSE_OFF] = "off", [CI_COLLAPSE_ON] = "on", [CI_COLLAPSE_COMPARE] = "compare", NULL};

#define AT(member) offsetof(struct ci_builder, member)
static const struct key builder_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED,
        "Unique name, at most 70 bytes, not beginning with _.", .example = "linux",
        .check = check_builder_name),
    KEY("steps", KEY_STEPS, AT(steps), KEY_REQUIRED | KEY_NOT_EMPTY,
        "What a build does, in this order.",
        .example = "[{git: {}}, {run: make, name: compile, halt_on_failure: true}, {run: make "
                   "test}]"),
    KEY("description", KEY_STR, AT(description), 0, "Text that the web pages show; default: none.",
        .example = "Everything on Linux"),
    KEY("description_format", KEY_STR, AT(description_format), 0, "markdown; default: plain text.",
        .example = "markdown", .check = check_description_format),
    KEY("project", KEY_STR, AT(project), 0, "Project that it belongs to; default \"\".",
        .example = "acme"),
    KEY("tags", KEY_STRS, AT(tags), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Words to find it by; default: none.", .example = "[nightly, arm]"),
    KEY("workers", KEY_STRS, AT(workers), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names of the workers it may run on; default: any.", .example = "[w1, w2]",
        .alias = "worker_names", .refers_to = SPACE_WORKER),
    KEY("worker_labels", KEY_KVS, AT(worker_labels), 0,
        "Labels that a worker must have, all of them; default: any worker will do.",
        .example = "{os: linux}"),
    KEY("env", KEY_KVS, AT(env), KEY_JOIN | KEY_RENDER,
        "Environment variables of every step; null removes one, a list is joined with \":\"; "
        "default: none.",
        .example = "{CC: clang, DEBUG: null}"),
    KEY("properties", KEY_OBJECT, AT(properties), KEY_RENDER | KEY_PUBLIC,
        "Properties of its builds; default: none.", .example = "{channel: beta}",
        .check_name = check_property_name),
    KEY("default_properties", KEY_OBJECT, AT(default_properties), KEY_RENDER | KEY_PUBLIC,
        "Properties that its builds get where nobody else sets them; default: none.",
        .example = "{channel: stable}", .check_name = check_property_name),
    KEY("locks", KEY_LIST, AT(locks), 0, "Locks that its builds hold from start to end.",
        .example = "[{lock: board, mode: exclusive}]", .section = &config_lock_use),
    KEY("do_build_if", KEY_STR, AT(do_build_if), KEY_NOT_EMPTY | KEY_CONDITION,
        "Condition; a build for which it does not hold ends as SKIPPED; default: always.",
        .example = "changed('src/*')"),
    KEY("can_start_build", KEY_STR, AT(can_start_build), KEY_NOT_EMPTY | KEY_CONDITION,
        "Condition over worker and properties: on which workers a request may start; default: all.",
        .example = "worker.name == prop.workername"),
    KEY("next_worker", KEY_ENUM, AT(next_worker), 0,
        "Which of several free workers builds: least_busy, random, last_used or warmest (the one "
        "with the environment); default least_busy, with an environment warmest.",
        .example = "last_used", .names = next_workers),
    KEY("collapse_requests", KEY_COLLAPSE, AT(collapse_requests), 0,
        "Which older requests a new one makes superfluous: off, on (the same sources) or compare "
        "(Buildbot's rules, also true); default: as the file says.",
        .example = "compare", .names = config_collapse_names),
    KEY("queue_timeout", KEY_DUR, AT(queue_timeout), 0,
        "Time after which a request that found no worker ends as EXCEPTION; default 0 = never.",
        .example = "6h"),
    KEY("environment", KEY_LATER, 0, 0,
        "What is prepared once for each worker and key and used by the builds; default: nothing.",
        .example = "{key: [requirements.txt], steps: [{run: python3 -m venv .venv}], path: "
                   "[.venv/bin]}",
        .section = &config_environment),
    KEY("repository_file", KEY_SWITCH, AT(repository_file), KEY_NOT_EMPTY,
        "Whether steps of the repository's own file follow: true for .slipway.yml, or its path; "
        "default false.",
        .example = "ci/steps.yml", .names = repository_files, .check = check_relative_path),
    KEY("matrix", KEY_LATER, 0, 0,
        "Properties and the values that each takes, with include and exclude: a build for each "
        "combination, below one of this builder; default: none.",
        .example = "{os: [linux, mac], py: [\"3.11\", \"3.12\"], exclude: [{os: mac, py: "
                   "\"3.11\"}], include: [{os: bsd, py: \"3.12\"}]}",
        .like = KEY_OBJECT),
    KEY("retention", KEY_SECTION, AT(retention), 0,
        "How long its builds are kept: logs, builds, artifacts, max_builds and min_builds; default: "
        "as the file says.",
        .example = "{builds: 90d}", .section = &config_retention),
};
#undef AT

static bool is_source(const struct ci_step *step)
{
    return step->type == CI_STEP_GIT || step->type == CI_STEP_HG || step->type == CI_STEP_SVN;
}

static void insert(void *mem, struct ci_list *steps, size_t at, const struct ci_step *step)
{
    const struct ci_step *old = steps->items;
    struct ci_step *items = ci_mem_array(mem, struct ci_step, steps->count + 1);

    if (at > 0)
        memcpy(items, old, at * sizeof(*items));
    items[at] = *step;
    if (at < steps->count)
        memcpy(items + at + 1, old + at, (steps->count - at) * sizeof(*items));
    *steps = (struct ci_list){items, steps->count + 1};
}

/* The environment's key files are there once the sources are. */
static void read_environment(struct decode *d, const struct node *node, struct ci_builder *builder)
{
    struct ci_environment_args *args = ci_mem_zero(d->mem, struct ci_environment_args);
    struct ci_step step = config_step_halts;
    const struct ci_step *steps = builder->steps.items;
    const char *before = path_enter(d, "environment");
    size_t at = 0;

    *args = *(const struct ci_environment_args *)config_environment.defaults;
    section_read(d, &config_environment, node, args);
    step.type = CI_STEP_ENVIRONMENT;
    step.args = args;
    step.name = "environment";
    while (at < builder->steps.count && is_source(&steps[at]))
        at++;
    if (args->key.count > 0 && at == 0)
        complain(d, node,
                 "\"key\" names files of a checkout: the first step must be one (git, hg "
                 "or svn)");
    insert(d->mem, &builder->steps, at, &step);
    builder->has_environment = true;
    builder->environment_wait = args->wait;
    d->path = before;
}

static void add_repository_steps(void *mem, struct ci_builder *builder)
{
    struct ci_repository_steps_args *args = ci_mem_zero(mem, struct ci_repository_steps_args);
    struct ci_step step = config_step_halts;

    args->path = builder->repository_file;
    step.type = CI_STEP_REPOSITORY_STEPS;
    step.args = args;
    insert(mem, &builder->steps, builder->steps.count, &step);
}

/* Changes, deliveries and the audit log are of no builder: a builder's age for them means nothing.
 */
static void check_retention(struct decode *d, const struct node *retention)
{
    static const char *const common[] = {"changes", "deliveries", "audit"};

    for (size_t i = 0; retention && i < CI_COUNT(common); i++)
        if (node_get(retention, common[i]))
            complain(d, node_get(retention, common[i]),
                     "\"%s\" belongs to no builder: say it in the file's own \"retention\"",
                     common[i]);
}

static void finish_builder(struct decode *d, const struct node *map, void *out)
{
    struct ci_builder *builder = out;
    const struct node *environment = node_get(map, "environment");

    check_retention(d, node_get(map, "retention"));
    if (environment && environment->kind != NODE_NULL)
        read_environment(d, environment, builder);
    if (builder->repository_file)
        add_repository_steps(d->mem, builder);
    CI_FOREACH(struct ci_step, step, builder->steps) {
        step->env = kvs_merge(d->mem, builder->env, step->env);
    }
    steps_name(d->mem, builder->steps, (struct ci_strs){0});
    if ((int)builder->next_worker == CONFIG_NOT_GIVEN)
        builder->next_worker = builder->has_environment ? CI_WORKER_WARMEST : CI_WORKER_LEAST_BUSY;
}

/* What the file says for all builders is known only at its end: config_resolve_policy(). */
static const struct ci_builder builder_defaults = {
    .project = "",
    .next_worker = (enum ci_next_worker)CONFIG_NOT_GIVEN,
    .collapse_requests = (enum ci_collapse)CONFIG_NOT_GIVEN,
    .retention = CONFIG_RETENTION_NOT_GIVEN,
};

const struct section config_builder = {
    .has_chapter = true,
    .name = "builder",
    .help = "A recipe for builds.",
    SECTION_KEYS(builder_keys),
    .size = sizeof(struct ci_builder),
    .defaults = &builder_defaults,
    .space = SPACE_BUILDER,
    .finish = finish_builder,
};
