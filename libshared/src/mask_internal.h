/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which a secret may show itself. */
#pragma once

#include "shared/mask.h"

struct pattern {
    const char *text;
    size_t len;
    const char *name; /* of its secret: one pointer for all forms of one secret */
    size_t order;     /* of two secrets with one form the first counts */
};

struct patterns {
    void *mem;
    struct pattern *items;
    size_t count, cap;
};

/* Adds every form of the value, which is as long as CI_MASK_MIN asks and UTF-8. */
void patterns_add(struct patterns *patterns, const char *name, const char *value, size_t len);

/* Cuts white space from both ends. */
struct ci_bytes mask_trim(const char *text, size_t len);
