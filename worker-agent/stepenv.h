/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of a step: the agent's without its secrets, then what the build and the step add.
 * Pure. */
#pragma once

#include "shared/config.h"

/* "K=V" strings, no key twice. */
struct stepenv {
    void *mem;
    const char **items;
    size_t count, cap;
};

/* Starts with `base` ("K=V", NULL-terminated, borrowed), without SLIPWAY_*: those hold secrets. */
void stepenv_init(struct stepenv *env, void *mem, const char *const *base);

/* Sets, or deletes with NULL. Everything is copied. */
void stepenv_set(struct stepenv *env, const char *key, const char *value);
/* Appends "K=V", whose key is not there yet; borrowed. */
void stepenv_copy(struct stepenv *env, const char *item);
const char *stepenv_get(const struct stepenv *env, const char *key); /* or NULL */

/* As stepenv_set() for each, with ${VAR} replaced by what `from` has for it ("" when nothing). */
void stepenv_add(struct stepenv *env, struct ci_kvs kvs, const struct stepenv *from);

/* ${VAR} in `text` replaced; "$${" gives "${". In mem. */
char *stepenv_expand(void *mem, const char *text, const struct stepenv *from);

/* A key whose value no log should show. */
bool stepenv_is_secret(const char *key);

/* The list as execve() takes it, NULL-terminated. Changes nothing: several threads may read. */
const char *const *stepenv_list(const struct stepenv *env);
