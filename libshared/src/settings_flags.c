/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a process: flags by the tables of settings, and --help. */
#include "settings_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct ci_slots ci_slots_new(const struct ci_settings_table *tables, size_t ntables, void *mem)
{
    struct ci_slots slots = {0};
    size_t total = 0;

    for (size_t t = 0; t < ntables; t++)
        total += tables[t].count;
    slots.items = ci_mem_array(mem, struct ci_slot, total);
    for (size_t t = 0; t < ntables; t++)
        for (size_t i = 0; i < tables[t].count; i++)
            slots.items[slots.count++] =
                (struct ci_slot){.row = &tables[t].rows[i], .flag_only = tables[t].flags_only};
    return slots;
}

const char *ci_setting_flag(const struct ci_setting *row, const char *suffix, void *mem)
{
    char *flag = ci_mem_printf(mem, "--%s%s", row->name, suffix);

    for (char *c = flag; *c; c++)
        *c = (char)(*c == '_' ? '-' : tolower((unsigned char)*c));
    return flag;
}

static bool is_flag(const char *name, size_t len, const char *flag)
{
    return strlen(flag) == len && strncmp(name, flag, len) == 0;
}

/* Where the flag's value belongs, or NULL. */
static struct ci_given *find_flag(struct ci_slots *slots, const char *name, size_t len, void *mem,
                                  bool *takes_value)
{
    for (size_t i = 0; i < slots->count; i++) {
        struct ci_slot *slot = &slots->items[i];

        *takes_value = slot->row->type != CI_SET_BOOL;
        slot->value.from = ci_setting_flag(slot->row, "", mem);
        if (is_flag(name, len, slot->value.from))
            return &slot->value;
        slot->file.from = ci_setting_flag(slot->row, "-file", mem);
        if (slot->row->type == CI_SET_SECRET && is_flag(name, len, slot->file.from))
            return &slot->file;
    }
    return NULL;
}

static bool unrecognized(const struct ci_slots *slots, const char *flag, void *mem,
                         struct ci_err *err)
{
    const char **names = ci_mem_array(mem, const char *, slots->count + 2);
    const char *name = ci_mem_strndup(mem, flag, strcspn(flag, "="));
    const char *hint;

    for (size_t i = 0; i < slots->count; i++)
        names[i] = ci_setting_flag(slots->items[i].row, "", mem);
    names[slots->count] = "--help";
    names[slots->count + 1] = "--version";
    hint = ci_nearest(name, names, slots->count + 2);
    if (hint)
        return ci_fail(err, CI_EINVALID, "unrecognized flag %s; did you mean %s?", name, hint);
    return ci_fail(err, CI_EINVALID, "unrecognized flag %s; --help lists them", name);
}

/* Reads the flag at argv[*at] and leaves *at behind it and its value. */
static bool read_flag(struct ci_slots *slots, int argc, char **argv, int *at, void *mem,
                      struct ci_err *err)
{
    const char *flag = argv[*at], *equals = strchr(flag, '=');
    size_t len = equals ? (size_t)(equals - flag) : strlen(flag);
    bool takes_value = false;
    struct ci_given *given = find_flag(slots, flag, len, mem, &takes_value);

    (*at)++;
    if (!given)
        return unrecognized(slots, flag, mem, err);
    if (equals)
        given->text = equals + 1;
    else if (!takes_value)
        given->text = "true";
    else if (*at < argc)
        given->text = argv[(*at)++];
    else
        return ci_fail(err, CI_EINVALID, "%s needs a value", given->from);
    return true;
}

bool ci_flags_read(struct ci_slots *slots, int argc, char **argv, void *mem, int *rest,
                   enum ci_flags_seen *seen, struct ci_err *err)
{
    bool takes_value;
    int at = 1;

    *seen = CI_FLAGS_RUN;
    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            *seen = CI_FLAGS_HELP;
            return true;
        }
        /* A row of that name comes first: slipway apply --version 3. */
        if (strcmp(argv[at], "--version") == 0 &&
            !find_flag(slots, argv[at], strlen(argv[at]), mem, &takes_value)) {
            *seen = CI_FLAGS_VERSION;
            return true;
        }
        if (!read_flag(slots, argc, argv, &at, mem, err))
            return false;
    }
    if (!rest && at < argc)
        return ci_fail(err, CI_EINVALID, "unexpected argument \"%s\"", argv[at]);
    if (rest)
        *rest = at;
    return true;
}

static const char *value_name(enum ci_setting_type type)
{
    switch (type) {
    case CI_SET_STR:
    case CI_SET_SECRET:
        return " TEXT";
    case CI_SET_ADDRESS:
        return " ADDR:PORT";
    case CI_SET_INT:
        return " N";
    case CI_SET_DURATION:
        return " DURATION";
    case CI_SET_BOOL:
        return "";
    case CI_SET_LEVEL:
        return " LEVEL";
    case CI_SET_PATH:
        return " PATH";
    }
    return "";
}

static const char *default_text(const struct ci_setting *row, void *mem)
{
    if (!row->fallback)
        return "required";
    if (row->fallback == CI_SET_OPTIONAL)
        return "-";
    if (row->type == CI_SET_SECRET)
        return "(secret)";
    return row->fallback[0] ? row->fallback : ci_mem_strdup(mem, "\"\"");
}

enum { FLAG_COLUMN, VARIABLE_COLUMN, DEFAULT_COLUMN, COLUMNS };

static void fill_line(const struct ci_slot *slot, void *mem, const char *cells[COLUMNS])
{
    const struct ci_setting *row = slot->row;

    cells[FLAG_COLUMN] =
        ci_mem_printf(mem, "%s%s", ci_setting_flag(row, "", mem), value_name(row->type));
    cells[VARIABLE_COLUMN] = slot->flag_only ? "-" : ci_mem_printf(mem, "SLIPWAY_%s", row->name);
    cells[DEFAULT_COLUMN] = default_text(row, mem);
}

void ci_settings_help(const char *program, const char *summary, const struct ci_slots *slots,
                      void *mem)
{
    /* At least as wide as the headings. */
    int width[COLUMNS] = {4, 8, 7};
    const char *cells[COLUMNS];

    for (size_t i = 0; i < slots->count; i++) {
        fill_line(&slots->items[i], mem, cells);
        for (int c = 0; c < COLUMNS; c++)
            if ((int)strlen(cells[c]) > width[c])
                width[c] = (int)strlen(cells[c]);
    }
    printf("%s: %s\n\nUsage: %s [FLAG...]\n\n", program, summary, program);
    printf("  %-*s  %-*s  %-*s  %s\n", width[0], "Flag", width[1], "Variable", width[2], "Default",
           "Meaning");
    for (size_t i = 0; i < slots->count; i++) {
        fill_line(&slots->items[i], mem, cells);
        printf("  %-*s  %-*s  %-*s  %s\n", width[0], cells[0], width[1], cells[1], width[2],
               cells[2], slots->items[i].row->help);
    }
    printf(
        "\nA flag wins over its variable. A secret may also be named as a file: --NAME-file PATH\n"
        "or SLIPWAY_NAME_FILE. --version prints the version, --help this page.\n");
}
