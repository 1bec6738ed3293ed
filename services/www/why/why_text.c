/* SPDX-License-Identifier: Apache-2.0 */
/* Names, times and numbers as the sentences of "why" have them. */
#include "shared/clock.h"
#include "why/why_internal.h"

enum { TOLD = 5 }; /* names in a sentence; a list has more */

struct why_names why_names_new(void *mem, size_t size)
{
    return (struct why_names){ci_mem_array(mem, const char *, size + 1), 0, size};
}

void why_name(struct why_names *names, const char *name)
{
    if (names->count < names->size)
        names->items[names->count++] = name;
}

const char *why_enumerate(void *mem, const struct why_names *names)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < names->count && i < TOLD; i++)
        ci_buf_printf(&out, "%s%s", i ? ", " : "", names->items[i]);
    if (names->count > TOLD)
        ci_buf_printf(&out, " and %zu more", names->count - TOLD);
    return out.text;
}

struct ci_strs why_list(const struct why_names *names)
{
    return (struct ci_strs){names->items, names->count < WHY_NAMES ? names->count : WHY_NAMES};
}

const char *why_when(void *mem, struct ci_time time)
{
    char text[CI_TIME_TEXT];

    ci_time_format(time, false, text);
    return ci_mem_strdup(mem, text);
}

const char *why_lasting(void *mem, int64_t us)
{
    const long long seconds = us > 0 ? us / 1000000 : 0;

    if (seconds < 60)
        return ci_mem_printf(mem, "%lld s", seconds);
    if (seconds < 3600)
        return ci_mem_printf(mem, "%lld m %lld s", seconds / 60, seconds % 60);
    return ci_mem_printf(mem, "%lld h %lld m", seconds / 3600, seconds / 60 % 60);
}

const char *why_number(void *mem, int64_t count, const char *noun)
{
    return ci_mem_printf(mem, "%lld %s%s", (long long)count, noun, count == 1 ? "" : "s");
}
