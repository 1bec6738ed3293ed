/* SPDX-License-Identifier: Apache-2.0 */
/* All types of steps by name, and the few that stand for others or for a key of the builder. */
#include "config_steps.h"

static const struct key repository_keys[] = {
    KEY("path", KEY_STR, offsetof(struct ci_repository_steps_args, path), 0,
        "File below the checkout."),
};
static const struct ci_repository_steps_args repository_defaults = {.path = ".slipway.yml"};
static const struct section repository_steps_args = {
    SECTION_KEYS(repository_keys),
    .size = sizeof(struct ci_repository_steps_args),
    .defaults = &repository_defaults,
};
STEP(repository_steps, CI_STEP_REPOSITORY_STEPS, "Runs the steps of the repository's own file.",
     config_step_halts, .wire_only = true);

#define AT(member) offsetof(struct ci_environment_args, member)
static const struct key environment_keys[] = {
    KEY("key", KEY_STRS, AT(key), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Globs of files below the checkout that tell one environment from another; default: none, "
        "so that there is one only.",
        .example = "[requirements.txt, \"lock/*.txt\"]", .check = check_relative_path),
    KEY("steps", KEY_STEPS, AT(steps), KEY_REQUIRED | KEY_NOT_EMPTY,
        "What prepares it, in its own folder.",
        .example = "[{run: python3 -m venv .venv}, {run: .venv/bin/pip install -r "
                   "requirements.txt}]"),
    KEY("path", KEY_STRS, AT(path), KEY_NOT_EMPTY,
        "Folders of it that stand before PATH; default: none.", .example = "[.venv/bin]",
        .check = check_relative_path),
    KEY("wait", KEY_DUR, AT(wait), 0,
        "How long a request waits for a worker that has it; default 10s.", .example = "30s"),
    KEY("keep_dirty", KEY_BOOL, AT(keep_dirty), 0,
        "Whether it stays when a build has changed it; default false.", .example = "true"),
};
#undef AT

/* What prepares an environment is part of it: nothing else may change meanwhile. */
static void finish_environment(struct decode *d, const struct node *map, void *out)
{
    const struct ci_environment_args *args = out;

    CI_FOREACH(const struct ci_step, step, args->steps) {
        if (step->background || step->locks.count > 0 || step->type == CI_STEP_TRIGGER)
            complain(d, node_get(map, "steps"),
                     "the steps of an environment may not trigger, lock or stay in the background");
    }
    steps_name(d->mem, args->steps, (struct ci_strs){0});
}

static const struct ci_environment_args environment_defaults = {.wait = {10 * INT64_C(1000000)}};
const struct section config_environment = {
    .has_chapter = true,
    .name = "environment",
    .help = "What is prepared once for each worker and key, and used by the builds.",
    SECTION_KEYS(environment_keys),
    .size = sizeof(struct ci_environment_args),
    .defaults = &environment_defaults,
    .finish = finish_environment,
};
#define environment_args config_environment
STEP(environment, CI_STEP_ENVIRONMENT, "Prepares or finds the environment.", config_step_halts,
     .wire_only = true);

static const struct key group_keys[] = {
    KEY("name", KEY_STR, offsetof(struct group_args, name), KEY_REQUIRED, "Name of the group.",
        .example = "checks", .check = check_step_name),
    KEY("parallel", KEY_BOOL, offsetof(struct group_args, parallel), 0,
        "Whether its steps run side by side; default false.", .example = "true"),
    KEY("steps", KEY_LATER, 0, KEY_REQUIRED, "Its steps; they inherit the group's attributes.",
        .example = "[{run: make lint}, {run: make doc}]", .like = KEY_STEPS),
};
static const struct section group_args = {
    SECTION_KEYS(group_keys),
    .size = sizeof(struct group_args),
    .primary = "name",
};
STEP(group, CI_STEP_GROUP, "Steps that belong together, one after the other or side by side.",
     config_step_defaults);

static const struct key template_keys[] = {
    KEY("name", KEY_STR, offsetof(struct template_args, name), KEY_REQUIRED,
        "Name of the template, as in the file's templates.", .example = "cmake"),
    KEY("with", KEY_OBJECT, offsetof(struct template_args, with), KEY_RENDER,
        "Its parameters; default: the template's own.", .example = "{options: -DTESTS=ON}"),
};
static const struct section template_args = {
    SECTION_KEYS(template_keys),
    .size = sizeof(struct template_args),
    .primary = "name",
};
STEP(template, CI_STEP_TEMPLATE, "The steps of a template; they inherit its attributes.",
     config_step_defaults);

#define TYPES(X)                                                                                   \
    X(RUN, run)                                                                                    \
    X(SEQUENCE, sequence)                                                                          \
    X(GIT, git)                                                                                    \
    X(HG, hg)                                                                                      \
    X(SVN, svn)                                                                                    \
    X(COMPILE, compile)                                                                            \
    X(TEST, test)                                                                                  \
    X(SET_PROPERTY, set_property)                                                                  \
    X(SET_PROPERTIES, set_properties)                                                              \
    X(SET_PROPERTIES_FROM_ENV, set_properties_from_env)                                            \
    X(TRIGGER, trigger)                                                                            \
    X(MKDIR, mkdir)                                                                                \
    X(RMDIR, rmdir)                                                                                \
    X(COPY, copy)                                                                                  \
    X(FILE_EXISTS, file_exists)                                                                    \
    X(UPLOAD, upload)                                                                              \
    X(UPLOAD_DIRECTORY, upload_directory)                                                          \
    X(DOWNLOAD, download)                                                                          \
    X(WRITE_FILE, write_file)                                                                      \
    X(HTTP, http)                                                                                  \
    X(ASSERT, assert)                                                                              \
    X(LOG, log)                                                                                    \
    X(GIT_COMMIT, git_commit)                                                                      \
    X(GIT_TAG, git_tag)                                                                            \
    X(GIT_PUSH, git_push)                                                                          \
    X(TREE_SIZE, tree_size)                                                                        \
    X(REPOSITORY_STEPS, repository_steps)                                                          \
    X(ENVIRONMENT, environment)                                                                    \
    X(GROUP, group)                                                                                \
    X(TEMPLATE, template)

#define NAME(type_, name_) [CI_STEP_##type_] = #name_,
const char *const ci_step_type_names[CI_STEP_TYPE_COUNT + 1] = {TYPES(NAME)};
#undef NAME

#define SECTION(type_, name_) [CI_STEP_##type_] = &config_step_##name_,
const struct section *const config_step_sections[CI_STEP_TYPE_COUNT] = {TYPES(SECTION)};
#undef SECTION

#define SECTION(type_, name_) &config_step_##name_,
static const struct section *const sections[] = {TYPES(SECTION) NULL};
#undef SECTION
const struct choice config_steps = {NULL, "step", sections};
