/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a git command, as they come together. */
#pragma once

#include "shared/steps.h"

struct git_words {
    void *mem;
    const char **items; /* NULL-terminated */
    size_t count, cap;
};

/* Begins with -c KEY=VALUE for each of the settings. */
void git_words_init(struct git_words *words, void *mem, struct ci_kvs config);
void git_words_add(struct git_words *words, const char *word); /* borrowed */
