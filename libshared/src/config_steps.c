/* SPDX-License-Identifier: Apache-2.0 */
/* `steps` of a builder, and the record by which an agent gets them. */
#include "config_internal.h"

const char *const ci_step_type_names[] = {[CI_STEP_RUN] = "run", [CI_STEP_GIT] = "git", NULL};

#define AT(member) offsetof(struct ci_step, member)
static const struct key common_keys[] = {
    KEY("name", KEY_STR, AT(name), 0,
        "Name, at most 50 bytes; default: the kind. A repeated one gets _1, _2 ...",
        .check = check_step_name),
    KEY("env", KEY_KVS, AT(env), KEY_JOIN,
        "Environment variables; null removes one, a list is joined with \":\"."),
    KEY("workdir", KEY_STR, AT(workdir), KEY_NOT_EMPTY,
        "Folder below the build's own; default build.", .check = check_relative_path),
    KEY("timeout", KEY_DUR, AT(timeout), 0,
        "Time without output after which the step is killed; default 1200s, 0 = never."),
    KEY("max_time", KEY_DUR, AT(max_time), 0,
        "Time after which the step is killed; default 0 = never."),
    KEY("sigterm_time", KEY_DUR, AT(sigterm_time), 0,
        "Time between SIGTERM and SIGKILL; default 5s."),
    KEY("halt_on_failure", KEY_BOOL, AT(flags.halt_on_failure), 0,
        "Whether a failure skips the following steps; default false, git: true."),
    KEY("flunk_on_failure", KEY_BOOL, AT(flags.flunk_on_failure), 0,
        "Whether a failure makes the build fail; default true."),
    KEY("warn_on_failure", KEY_BOOL, AT(flags.warn_on_failure), 0,
        "Whether a failure gives the build warnings; default false."),
    KEY("flunk_on_warnings", KEY_BOOL, AT(flags.flunk_on_warnings), 0,
        "Whether warnings make the build fail; default false."),
    KEY("warn_on_warnings", KEY_BOOL, AT(flags.warn_on_warnings), 0,
        "Whether warnings give the build warnings; default false."),
    KEY("always_run", KEY_BOOL, AT(flags.always_run), 0,
        "Whether it runs after a failure too; default false."),
};
static const struct section common = {SECTION_KEYS(common_keys)};

static const struct key run_keys[] = {
    KEY("run", KEY_COMMAND, 0, 0,
        "The command: a text for /bin/sh -c, or a list of program and arguments."),
};
static const struct ci_step run_defaults = {
    .workdir = "build",
    .timeout = {1200 * INT64_C(1000000)},
    .sigterm_time = {5 * INT64_C(1000000)},
    .flags = {.flunk_on_failure = true},
};
static const struct section run = {
    .name = "run",
    .help = "Runs a command.",
    SECTION_KEYS(run_keys),
    .base = &common,
    .size = sizeof(struct ci_step),
    .tag = CI_STEP_RUN,
    .defaults = &run_defaults,
};

static const struct key checkout_keys[] = {
    KEY("repository", KEY_STR, AT(repository), KEY_NOT_EMPTY,
        "What to clone; default: the repository of the build.", .alias = "repourl",
        .check = check_one_line),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY,
        "Branch when the build names none; default: the remote's HEAD.", .check = check_one_line),
    KEY("submodules", KEY_BOOL, AT(submodules), 0,
        "Whether submodules are checked out too; default false."),
    KEY("depth", KEY_INT, AT(depth), 0, "Commits of history to fetch; default 0 = all of them."),
};
static const struct section checkout = {
    .name = "checkout",
    .help = "Where from and how much; the attributes of the step may stand here too.",
    SECTION_KEYS(checkout_keys),
    .base = &common,
    .size = sizeof(struct ci_step),
};
static const struct key git_keys[] = {
    KEY("git", KEY_GIT, 0, 0, "Nothing or {} for the build's own repository, a URL, or a mapping.",
        .section = &checkout),
};
static const struct ci_step git_defaults = {
    .type = CI_STEP_GIT,
    .workdir = "build",
    .timeout = {1200 * INT64_C(1000000)},
    .sigterm_time = {                        5 * INT64_C(1000000)                      },
    .flags = { .flunk_on_failure = true,                       .halt_on_failure = true},
};
static const struct section git = {
    .name = "git",
    .help = "Checks out the sources of the build.",
    SECTION_KEYS(git_keys),
    .base = &common,
    .size = sizeof(struct ci_step),
    .tag = CI_STEP_GIT,
    .defaults = &git_defaults,
};
#undef AT

static const struct section *const steps[] = {&run, &git, NULL};
const struct choice config_steps = {NULL, "step", steps};

/* struct ci_kvs reads and writes as a list of records: {key, value}, in order, null kept. */
_Static_assert(sizeof(struct ci_kvs) == sizeof(struct ci_list) &&
                   offsetof(struct ci_kvs, count) == offsetof(struct ci_list, count),
               "struct ci_kvs has the layout of struct ci_list");

static const struct ci_field pair_fields[] = {
    CI_FIELD(struct ci_pair_kv, key, CI_REQUIRED),
    CI_FIELD(struct ci_pair_kv, value, 0),
};
static const struct ci_record pair_record = CI_RECORD("env", struct ci_pair_kv, pair_fields);

#define FLAG(member)                                                                               \
    {                                                                                              \
        .name = #member, .type = CI_TYPE_OF(struct ci_step_flags, member), .flags = CI_OMIT_NULL,  \
        .offset = offsetof(struct ci_step, flags.member)                                           \
    }

static const struct ci_field step_fields[] = {
    CI_FIELD_ENUM(struct ci_step, type, ci_step_type_names, CI_REQUIRED),
    CI_FIELD(struct ci_step, name, CI_REQUIRED),
    CI_FIELD(struct ci_step, command, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, argv, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, repository, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, branch, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, submodules, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, depth, CI_OMIT_NULL),
    CI_FIELD_LIST(struct ci_step, env, &pair_record, CI_OMIT_NULL),
    CI_FIELD(struct ci_step, workdir, 0),
    CI_FIELD(struct ci_step, timeout, 0),
    CI_FIELD(struct ci_step, max_time, 0),
    CI_FIELD(struct ci_step, sigterm_time, 0),
    FLAG(halt_on_failure),
    FLAG(flunk_on_failure),
    FLAG(warn_on_failure),
    FLAG(flunk_on_warnings),
    FLAG(warn_on_warnings),
    FLAG(always_run),
};
const struct ci_record ci_step_record = CI_RECORD_OPEN("step", struct ci_step, step_fields);
