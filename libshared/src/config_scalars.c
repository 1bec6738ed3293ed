/* SPDX-License-Identifier: Apache-2.0 */
/* Single values of the file: numbers, durations, sizes, names, switches. */
#include "config_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_SHOWN = 60 };

void value_int(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    int *out = at;
    int64_t min = key->min, max = key->max ? key->max : INT32_MAX;

    if (node->kind != NODE_INT)
        value_expected(d, node, "a whole number");
    else if (node->number < min || node->number > max)
        complain(d, node, "%s is not in %" PRId64 "..%" PRId64, node->text, min, max);
    else
        *out = (int)node->number;
}

/* Nothing means never, where never is allowed. */
void value_dur(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_dur *out = at, value;

    if (node->kind == NODE_NULL)
        *out = key->min == 0 ? (struct ci_dur){0} : *out;
    else if (!node->text || node->kind == NODE_BOOL || !ci_dur_parse(node->text, &value))
        value_expected(d, node, "a duration such as 90s, 10m or 1h30m");
    else if (value.us < ci_seconds(key->min).us)
        complain(d, node, "%s is less than %" PRId64 "s", node->text, key->min);
    else
        *out = value;
}

void value_enum(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    int *out = at;
    size_t count = 0;

    while (key->names[count])
        count++;
    if (!node->text || node->kind == NODE_NULL) {
        value_expected(d, node, "a string");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(key->names[i], node->text) == 0) {
            *out = (int)i;
            return;
        }
    }
    complain_hint(d, node, node->text, key->names, count,
                  ci_mem_printf(d->mem, "unrecognized value \"%.*s\"", VALUE_SHOWN, node->text));
}

void value_either(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    bool *out = at;
    int value = *out;

    value_enum(d, key, node, &value);
    *out = value != 0;
}

static bool is_cron_part(const struct node *node)
{
    return node->kind == NODE_INT || node->kind == NODE_STRING;
}

bool value_is_cron_field(const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
        if (!is_cron_part(node->items[i]))
            return false;
    }
    return node->kind == NODE_LIST ? node->count > 0 : is_cron_part(node);
}

/* Only checked here: nightly's own finish makes the cron text of all five. */
void value_cron_field(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    (void)key;
    (void)at;
    if (!value_is_cron_field(node))
        complain(d, node, "expected a number, a text or a list of them");
}

void value_bool(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    bool *out = at;

    (void)key;
    if (node->kind == NODE_BOOL)
        *out = node->truth;
    else
        value_expected(d, node, "true or false");
}

/* Binary and decimal units; the largest is 8 EiB less one byte. */
static bool size_parse(const char *text, int64_t *out)
{
    static const struct {
        const char *unit;
        int64_t bytes;
    } units[] = {
        {"",    1                         },
        {"B",   1                         },
        {"KiB", INT64_C(1) << 10          },
        {"MiB", INT64_C(1) << 20          },
        {"GiB", INT64_C(1) << 30          },
        {"TiB", INT64_C(1) << 40          },
        {"kB",  1000                      },
        {"MB",  1000000                   },
        {"GB",  1000000000                },
        {"TB",  INT64_C(1000000000) * 1000},
    };
    size_t digits = strspn(text, "0123456789");
    int64_t number;

    if (digits == 0 || digits > 18)
        return false;
    number = strtoll(text, NULL, 10);
    for (size_t i = 0; i < CI_COUNT(units); i++) {
        if (strcmp(units[i].unit, text + digits) == 0)
            return !__builtin_mul_overflow(number, units[i].bytes, out);
    }
    return false;
}

void value_size(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    int64_t *out = at;

    (void)key;
    if (!node->text || !size_parse(node->text, out))
        value_expected(d, node, "a size such as 512MiB, 2GB or a number of bytes");
}

void value_collapse(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    enum ci_collapse *out = at;

    if (node->kind == NODE_BOOL)
        *out = node->truth ? CI_COLLAPSE_COMPARE : CI_COLLAPSE_OFF;
    else
        value_enum(d, key, node, at);
}

void value_switch(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    const char **out = at;

    if (node->kind == NODE_BOOL)
        *out = node->truth ? key->names[0] : NULL;
    else
        *out = value_text(d, key, node);
}

void value_pointer(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    const void **out = at;
    void *made = ci_mem_alloc(d->mem, key->section->size);

    if (key->section->defaults)
        memcpy(made, key->section->defaults, key->section->size);
    section_read(d, key->section, node, made);
    *out = made;
}
