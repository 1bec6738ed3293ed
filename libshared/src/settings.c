/* SPDX-License-Identifier: Apache-2.0 */
/* Process settings: where each value comes from, and how its text becomes a struct's member. */
#include "settings_internal.h"
#include "shared/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char CI_SET_OPTIONAL[] = "";

static bool parse_int(const struct ci_setting *row, const char *text, int *out, struct ci_err *err)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < INT_MIN || n > INT_MAX)
        return ci_fail(err, CI_EINVALID, "\"%s\" is not a whole number", text);
    if ((row->min != 0 || row->max != 0) && (n < row->min || n > row->max))
        return ci_fail(err, CI_EINVALID, "%ld is not between %ld and %ld", n, row->min, row->max);
    *out = (int)n;
    return true;
}

static bool parse_dur(const struct ci_setting *row, const char *text, struct ci_dur *out,
                      struct ci_err *err)
{
    if (!ci_dur_parse(text, out))
        return ci_fail(err, CI_EINVALID, "\"%s\" is not a duration such as 90s, 10m or 1h30m",
                       text);
    if ((row->min != 0 || row->max != 0) &&
        (out->us < ci_seconds(row->min).us || out->us > ci_seconds(row->max).us))
        return ci_fail(err, CI_EINVALID, "\"%s\" is not between %ld and %ld seconds", text,
                       row->min, row->max);
    return true;
}

static bool parse_bool(const char *text, bool *out, struct ci_err *err)
{
    *out = strcmp(text, "true") == 0;
    if (!*out && strcmp(text, "false") != 0)
        return ci_fail(err, CI_EINVALID, "\"%s\" is neither true nor false", text);
    return true;
}

/* HOST:PORT; the host may be empty, or an IPv6 address in brackets. */
static bool check_address(const char *text, struct ci_err *err)
{
    const char *colon = strrchr(text, ':');
    const char *inner = strchr(text, ':');
    bool bracketed = text[0] == '[' && colon && colon > text && colon[-1] == ']';
    char *end = NULL;
    unsigned long port = 0;

    if (colon && colon[1] >= '0' && colon[1] <= '9')
        port = strtoul(colon + 1, &end, 10);
    if (!end || *end != '\0' || port > 65535 || (inner != colon && !bracketed))
        return ci_fail(err, CI_EINVALID, "\"%s\" is not an address such as 0.0.0.0:8010", text);
    return true;
}

static bool parse_value(const struct ci_setting *row, const char *text, void *mem, void *at,
                        struct ci_err *err)
{
    switch (row->type) {
    case CI_SET_ADDRESS:
        if (!check_address(text, err))
            return false;
        *(const char **)at = ci_mem_strdup(mem, text);
        return true;
    case CI_SET_STR:
    case CI_SET_SECRET:
    case CI_SET_PATH:
        *(const char **)at = ci_mem_strdup(mem, text);
        return true;
    case CI_SET_INT:
        return parse_int(row, text, at, err);
    case CI_SET_DURATION:
        return parse_dur(row, text, at, err);
    case CI_SET_BOOL:
        return parse_bool(text, at, err);
    case CI_SET_LEVEL:
        if (!ci_level_parse(text, at))
            return ci_fail(err, CI_EINVALID, "\"%s\" is none of debug, info, warn, error", text);
        return true;
    }
    return false;
}

/* The first line and all that follows but the last newline, as editors and `echo` add one. */
static bool read_secret(const char *path, void *mem, const char **out, struct ci_err *err)
{
    enum { SECRET_MAX = 65536 };
    FILE *file = fopen(path, "re");
    char *text;
    size_t len;

    if (!file)
        return ci_fail(err, CI_EINVALID, "could not open \"%s\": %s", path, strerror(errno));
    text = ci_mem_array(mem, char, SECRET_MAX + 1);
    len = fread(text, 1, SECRET_MAX + 1, file);
    if (ferror(file) || len > SECRET_MAX) {
        fclose(file);
        return ci_fail(err, CI_EINVALID, "could not read \"%s\", or it is larger than %d bytes",
                       path, SECRET_MAX);
    }
    fclose(file);
    if (len > 0 && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
    *out = text;
    return true;
}

/* What one source, the flags or the environment, says about a row. */
static bool take_source(const struct ci_given *value, const struct ci_given *file, void *mem,
                        struct ci_given *out, struct ci_err *err)
{
    if (value->text && file->text)
        return ci_fail(err, CI_EINVALID, "both %s and %s are given", value->from, file->from);
    if (value->text) {
        *out = *value;
        return true;
    }
    out->from = file->from;
    if (!read_secret(file->text, mem, &out->text, err))
        return ci_fail_in(err, "%s", file->from);
    return true;
}

/* SLIPWAY_<name><suffix> from the environment. */
static struct ci_given from_environment(const char *name, const char *suffix, void *mem)
{
    struct ci_given given;

    given.from = ci_mem_printf(mem, "SLIPWAY_%s%s", name, suffix);
    given.text = getenv(given.from);
    return given;
}

static bool load_row(const struct ci_slot *slot, void *mem, void *out, struct ci_err *err)
{
    const struct ci_setting *row = slot->row;
    struct ci_given env = {0}, env_file = {0};
    struct ci_given chosen = {row->fallback, "default"};

    if (!slot->flag_only)
        env = from_environment(row->name, "", mem);
    if (!slot->flag_only && row->type == CI_SET_SECRET)
        env_file = from_environment(row->name, "_FILE", mem);
    if (slot->value.text || slot->file.text) {
        if (!take_source(&slot->value, &slot->file, mem, &chosen, err))
            return false;
    } else if (env.text || env_file.text) {
        if (!take_source(&env, &env_file, mem, &chosen, err))
            return false;
    } else if (!row->fallback) {
        return ci_fail(err, CI_EINVALID, "%s%s%s is required: %s", ci_setting_flag(row, "", mem),
                       env.from ? " or " : "", env.from ? env.from : "", row->help);
    } else if (row->fallback == CI_SET_OPTIONAL) {
        return true;
    }
    if (!parse_value(row, chosen.text, mem, (char *)out + row->offset, err))
        return ci_fail_in(err, "%s", chosen.from);
    return true;
}

/* Nine facts and two results; a struct for them would only be filled by its one caller. */
/* NOLINTNEXTLINE(readability-function-size) */
bool ci_settings_load(const char *program, const char *summary,
                      const struct ci_settings_table *tables, size_t ntables, int argc, char **argv,
                      void *mem, void *out, int *rest, enum ci_settings_outcome *outcome,
                      struct ci_err *err)
{
    struct ci_slots slots = ci_slots_new(tables, ntables, mem);
    enum ci_flags_seen seen;

    if (!ci_flags_read(&slots, argc, argv, mem, rest, &seen, err))
        return false;
    *outcome = seen == CI_FLAGS_RUN ? CI_SETTINGS_RUN : CI_SETTINGS_DONE;
    if (seen == CI_FLAGS_HELP)
        ci_settings_help(program, summary, &slots, mem);
    if (seen == CI_FLAGS_VERSION)
        printf("%s %s\n", program, SLIPWAY_VERSION);
    if (seen != CI_FLAGS_RUN)
        return true;
    for (size_t i = 0; i < slots.count; i++)
        if (!load_row(&slots.items[i], mem, out, err))
            return false;
    return true;
}
