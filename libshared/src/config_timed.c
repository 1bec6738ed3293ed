/* SPDX-License-Identifier: Apache-2.0 */
/* Schedulers with a clock: periodic, nightly, nightly_triggerable. */
#include "config_internal.h"

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key timed_keys[] = {
    CONFIG_SOURCE_KEYS,
    KEY("only_if_changed", KEY_BOOL, AT(only_if_changed), 0,
        "Whether nothing is built when no important change has come; default false.",
        .example = "true"),
    KEY("create_absolute_source_stamps", KEY_BOOL, AT(create_absolute_source_stamps), 0,
        "Whether a build without new changes takes the revisions of the last change, not the "
        "latest; default false.",
        .example = "true"),
};
static const struct section timed = {SECTION_KEYS(timed_keys), .base = &config_scheduler_changes};

static const struct key periodic_keys[] = {
    KEY("period", KEY_DUR, AT(period), KEY_REQUIRED, "Time between two builds, at least 1s.",
        .example = "1h", .alias = "periodic_build_timer", .min = 1),
};
const struct section config_periodic = {
    .name = "periodic",
    .help = "Builds every so often.",
    SECTION_KEYS(periodic_keys),
    .base = &timed,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_PERIODIC,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
};

static void add_cron_part(struct ci_buf *text, const struct node *node, bool weekday)
{
    /* Buildbot counts numbers from Monday, cron(5) from Sunday; text is cron's own. */
    if (weekday && node->kind == NODE_INT)
        ci_buf_printf(text, "%d", (int)((node->number + 1) % 7));
    else
        ci_buf_puts(text, node->text ? node->text : "");
}

static void add_cron_field(struct ci_buf *text, const struct node *node, const char *fallback,
                           bool weekday)
{
    if (text->len > 0)
        ci_buf_puts(text, " ");
    if (!node || node->kind == NODE_NULL)
        ci_buf_puts(text, fallback);
    else if (node->kind != NODE_LIST)
        add_cron_part(text, node, weekday);
    for (size_t i = 0; node && node->kind == NODE_LIST && i < node->count; i++) {
        if (i > 0)
            ci_buf_puts(text, ",");
        add_cron_part(text, node->items[i], weekday);
    }
}

/* The five fields of `prefix` as one text; NULL: none is there, or they are wrong. */
static const char *cron_of_fields(struct decode *d, const struct node *map, const char *prefix,
                                  const struct node **first)
{
    static const struct {
        const char *key, *fallback;
    } fields[] = {
        {"minute",       "0"},
        {"hour",         "*"},
        {"day_of_month", "*"},
        {"month",        "*"},
        {"day_of_week",  "*"}
    };
    struct ci_buf text;
    const char *wrong;
    bool whole = true;

    *first = NULL;
    ci_buf_init(&text, d->mem);
    for (size_t i = 0; i < CI_COUNT(fields); i++) {
        const struct node *node =
            node_get(map, ci_mem_printf(d->mem, "%s%s", prefix, fields[i].key));

        *first = *first ? *first : node;
        whole &= !node || node->kind == NODE_NULL || value_is_cron_field(node);
        add_cron_field(&text, node, fields[i].fallback, i == CI_COUNT(fields) - 1);
    }
    if (!*first || !whole)
        return NULL;
    wrong = check_cron(text.text, d->mem);
    if (wrong)
        complain(d, *first, "%s", wrong);
    return text.text;
}

static void finish_when(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;
    const struct node *first;
    const char *cron = cron_of_fields(d, map, "", &first);

    if (first && node_get(map, "cron"))
        complain(d, first, "\"cron\" and \"minute\", \"hour\" ... exclude each other");
    else if (first)
        scheduler->cron = cron;
    else if (!node_get(map, "cron"))
        complain(d, map, "needs \"cron\" or \"minute\", \"hour\" ...");
}

static void finish_nightly(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;
    const struct node *first;
    const char *cron = cron_of_fields(d, map, "force_at_", &first);

    if (first && node_get(map, "force_at"))
        complain(d, first,
                 "\"force_at\" and \"force_at_minute\", \"force_at_hour\" ... exclude "
                 "each other");
    else if (first)
        scheduler->force_at = cron;
    if (scheduler->force_at && !scheduler->only_if_changed)
        complain(d, map, "\"force_at\" needs \"only_if_changed: true\"");
}

#define CRON_KEYS(prefix_, help_)                                                                  \
    KEY(prefix_ "minute", KEY_CRON_FIELD, 0, 0, help_ "minutes; default 0.",                       \
        .example = "[0, 30]"),                                                                     \
        KEY(prefix_ "hour", KEY_CRON_FIELD, 0, 0, help_ "hours; default *.", .example = "3"),      \
        KEY(prefix_ "day_of_month", KEY_CRON_FIELD, 0, 0, help_ "days; default *.",                \
            .example = "1"),                                                                       \
        KEY(prefix_ "month", KEY_CRON_FIELD, 0, 0, help_ "months; default *.",                     \
            .example = "\"jan,jul\""),                                                             \
        KEY(prefix_ "day_of_week", KEY_CRON_FIELD, 0, 0,                                           \
            help_ "days of the week, numbers from 0 = Monday; default *.", .example = "[0, 4]")

static const struct key when_keys[] = {
    KEY("cron", KEY_STR, AT(cron), 0,
        "When: minute, hour, day of month, month and day of week as cron(5) takes them; this or "
        "minute, hour ...",
        .example = "\"30 3 * * mon-fri\"", .check = check_cron),
    KEY("time_zone", KEY_STR, AT(time_zone), 0, "IANA name of the time zone; default UTC.",
        .example = "Europe/Berlin", .check = check_zone),
    CRON_KEYS("", "Instead of cron: "),
};
static const struct section when = {SECTION_KEYS(when_keys), .base = &timed, .finish = finish_when};

static const struct key nightly_keys[] = {
    KEY("force_at", KEY_STR, AT(force_at), 0,
        "With only_if_changed: times at which it builds all the same, as cron takes them; default: "
        "none.",
        .example = "\"30 3 * * sun\"", .check = check_cron),
    CRON_KEYS("force_at_", "Instead of force_at: "),
};
const struct section config_nightly = {
    .name = "nightly",
    .help = "Builds at certain times of day.",
    SECTION_KEYS(nightly_keys),
    .base = &when,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_NIGHTLY,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_nightly,
};

/* The trigger says what is built; the clock, when. */
static const struct key held_keys[] = {
    KEY("cron", KEY_STR, AT(cron), 0,
        "When: minute, hour, day of month, month and day of week as cron(5) takes them; this or "
        "minute, hour ...",
        .example = "\"0 1 * * *\"", .check = check_cron),
    KEY("time_zone", KEY_STR, AT(time_zone), 0, "IANA name of the time zone; default UTC.",
        .example = "Asia/Shanghai", .check = check_zone),
    CRON_KEYS("", "Instead of cron: "),
};
const struct section config_nightly_triggerable = {
    .name = "nightly_triggerable",
    .help = "Builds at certain times of day what a trigger step asked for last.",
    SECTION_KEYS(held_keys),
    .base = &config_scheduler_named,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_NIGHTLY_TRIGGERABLE,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_when,
};
