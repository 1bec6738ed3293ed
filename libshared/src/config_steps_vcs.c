/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that bring sources to a revision. */
#include "config_internal.h"

static const struct ci_git_args git_defaults = {
    .checkout = {.codebase = "",
                 .method = CI_CHECKOUT_FRESH,
                 .retries = 3,
                 .retry_delay = {5 * INT64_C(1000000)},
                 .clobber_on_failure = true},
    .origin = "origin",
};

#define AT(member) offsetof(struct ci_checkout, member)
static const struct key checkout_keys[] = {
    KEY("repository", KEY_STR, AT(repository), KEY_NOT_EMPTY,
        "What to clone; default: the repository of the build.", .alias = "repourl",
        .check = check_one_line),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY,
        "Branch when the build names none; default: the remote's HEAD.", .check = check_one_line),
};
#undef AT
static const struct section checkout = {SECTION_KEYS(checkout_keys)};

#define AT(member) offsetof(struct ci_git_args, member)
static const struct key git_keys[] = {
    KEY("submodules", KEY_BOOL, AT(submodules), 0,
        "Whether submodules are checked out too; default false."),
    KEY("depth", KEY_INT, AT(depth), 0, "Commits of history to fetch; default 0 = all of them."),
};
#undef AT
static const struct section git_args = {
    .name = "git",
    SECTION_KEYS(git_keys),
    .base = &checkout,
    .size = sizeof(struct ci_git_args),
    .primary = "repository",
    .defaults = &git_defaults,
};
const struct section config_step_git = {
    .name = "git",
    .help = "Checks out the sources of the build from git.",
    .base = &config_step_common,
    .size = sizeof(struct ci_step),
    .tag = CI_STEP_GIT,
    .args = &git_args,
    .defaults = &config_step_halts,
};
