/* SPDX-License-Identifier: Apache-2.0 */
/* `web_hooks`: which dialects are open, and their options. */
#include "config_internal.h"

#define AT(member) offsetof(struct ci_web_hooks, member)
static const struct key github_keys[] = {
    KEY("secret", KEY_SECRET, AT(github_secret), 0,
        "The secret that signs deliveries; without it no signature is checked.",
        .example = "{secret: github-hook}"),
    KEY("strict", KEY_BOOL, AT(github_strict), 0,
        "Whether an unsigned delivery is refused when there is a secret; default true.",
        .example = "false"),
    KEY("codebase", KEY_STR, AT(github_codebase), 0, "Codebase of the changes; default \"\".",
        .example = "client"),
};
static const struct section github_section = {
    .name = "github",
    .help = "GitHub's deliveries at /change_hook/github.",
    SECTION_KEYS(github_keys),
    .size = sizeof(struct ci_web_hooks),
};

static const struct section base_section = {
    .name = "base",
    .help = "Form and JSON changes at /change_hook/base.",
    .size = 1,
};

/* The dialects are views of one struct, so every offset is 0. */
static const struct key hook_keys[] = {
    KEY("base", KEY_SECTION, 0, 0, "Takes changes at /change_hook/base.", .section = &base_section,
        .present = 1 + AT(base), .example = "{}"),
    KEY("github", KEY_SECTION, 0, 0, "Takes GitHub's deliveries at /change_hook/github.",
        .section = &github_section, .present = 1 + AT(github),
        .example = "{secret: {secret: github-hook}}"),
};
#undef AT

const struct section config_web_hooks = {
    .has_chapter = true,
    .name = "web_hooks",
    .help = "Web hooks by dialect; one that is not named is off.",
    SECTION_KEYS(hook_keys),
    .size = sizeof(struct ci_web_hooks),
};
