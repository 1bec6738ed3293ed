/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a git command, as they come together. */
#pragma once

#include "shared/base.h"

struct git_words {
    void *mem;
    const char **items; /* NULL-terminated */
    size_t count, cap;
};

void git_words_init(struct git_words *words, void *mem, const char *command);
void git_words_add(struct git_words *words, const char *word); /* borrowed */
