/* SPDX-License-Identifier: Apache-2.0 */
/* What only GitHub's API tells about a pull request: its files, and the head commit's message. */
#pragma once

#include "hooks/hook.h"

struct github_facts {
    const char *message;
    struct ci_strs files; /* former names of moved ones too */
};

/*
 * Asks within GITHUB_API_SECONDS in all, since GitHub gives a delivery up after
 * ten. `api`: "https://api.github.com". *out in mem. CI_EUNAVAILABLE without an
 * answer, CI_EINVALID when the names can't be put into a URL.
 */
enum { GITHUB_API_SECONDS = 3 };
CI_MUST_USE bool github_pull_facts(const char *api, const char *token, const struct hook_pull *pull,
                                   void *mem, struct github_facts *out, struct ci_err *err);
