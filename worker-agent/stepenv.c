/* SPDX-License-Identifier: Apache-2.0 */
/* Merging environments. A list of some fifty strings: searching it beats keeping a map. */
#include "stepenv.h"

#include <ctype.h>
#include <string.h>

enum { FIRST_CAP = 64 };

static bool is_key(const char *item, const char *key, size_t len)
{
    return strncmp(item, key, len) == 0 && item[len] == '=';
}

/* Room for one more and the final NULL. */
static void reserve(struct stepenv *env)
{
    const char **more;

    if (env->count + 2 <= env->cap)
        return;
    env->cap = env->cap ? env->cap * 2 : FIRST_CAP;
    more = ci_mem_array(env->mem, const char *, env->cap);
    if (env->count > 0)
        memcpy(more, env->items, env->count * sizeof(*more));
    env->items = more;
}

void stepenv_init(struct stepenv *env, void *mem, const char *const *base)
{
    static const char own[] = "SLIPWAY_";

    *env = (struct stepenv){.mem = mem};
    reserve(env);
    env->items[0] = NULL;
    for (; base && *base; base++) {
        if (strncmp(*base, own, sizeof(own) - 1) == 0 || !strchr(*base, '='))
            continue;
        stepenv_copy(env, *base);
    }
}

void stepenv_copy(struct stepenv *env, const char *item)
{
    reserve(env);
    env->items[env->count++] = item;
    env->items[env->count] = NULL;
}

void stepenv_set(struct stepenv *env, const char *key, const char *value)
{
    size_t len = strlen(key), at = 0;

    while (at < env->count && !is_key(env->items[at], key, len))
        at++;
    if (!value) {
        if (at < env->count) {
            env->items[at] = env->items[--env->count];
            env->items[env->count] = NULL;
        }
        return;
    }
    if (at == env->count)
        stepenv_copy(env, ci_mem_printf(env->mem, "%s=%s", key, value));
    else
        env->items[at] = ci_mem_printf(env->mem, "%s=%s", key, value);
}

const char *stepenv_get(const struct stepenv *env, const char *key)
{
    size_t len = strlen(key);

    for (size_t i = 0; i < env->count; i++)
        if (is_key(env->items[i], key, len))
            return env->items[i] + len + 1;
    return NULL;
}

char *stepenv_expand(void *mem, const char *text, const struct stepenv *from)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    while (*text) {
        size_t plain = strcspn(text, "$");
        const char *end;

        ci_buf_add(&out, text, plain);
        text += plain;
        if (strncmp(text, "$${", 3) == 0) {
            ci_buf_puts(&out, "${");
            text += 3;
        } else if (strncmp(text, "${", 2) == 0 && (end = strchr(text, '}'))) {
            const char *key = ci_mem_strndup(mem, text + 2, (size_t)(end - text) - 2);
            const char *value = stepenv_get(from, key);

            ci_buf_puts(&out, value ? value : "");
            text = end + 1;
        } else if (*text) {
            ci_buf_add(&out, text++, 1);
        }
    }
    return out.text;
}

void stepenv_add(struct stepenv *env, struct ci_kvs kvs, const struct stepenv *from)
{
    for (size_t i = 0; i < kvs.count; i++) {
        const char *value = kvs.items[i].value;

        stepenv_set(env, kvs.items[i].key, value ? stepenv_expand(env->mem, value, from) : NULL);
    }
}

bool stepenv_is_secret(const char *key)
{
    static const char *const marks[] = {"PASSW",   "SECRET", "TOKEN",  "CREDENTIAL",
                                        "PRIVATE", "_KEY",   "APIKEY", "AUTH"};

    for (size_t i = 0; i < CI_COUNT(marks); i++)
        if (strcasestr(key, marks[i]))
            return true;
    return false;
}

const char *const *stepenv_list(const struct stepenv *env)
{
    return env->items;
}
