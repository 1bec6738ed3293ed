/* SPDX-License-Identifier: Apache-2.0 */
/* The reference of slipway.yaml as Markdown, from the tables that read it. */
#include "config_steps.h"

#include <inttypes.h>
#include <string.h>

static const char about_file[] = "All keys may be missing.";
static const char about_steps[] =
    "Items of `steps`. The key that names the type chooses; its arguments stand below it as a "
    "mapping, or beside it. A value that is no mapping is that of the argument marked *short*: "
    "`- run: make` is `- run: {command: make}`.";
static const char about_templates[] =
    "Below `templates`, by name. `- template: NAME` with `with: {...}` stands for the steps.";
static const char about_repository[] =
    "`.slipway.yml` in a repository, where the builder's `repository_file` allows it. Its steps "
    "may not read secrets, lock, trigger or use templates.";

#define ONE(title_, text_, section_)                                                               \
    {                                                                                              \
        (title_), (text_), &(section_), NULL                                                       \
    }
#define MANY(title_, text_, choice_)                                                               \
    {                                                                                              \
        (title_), (text_), NULL, &(choice_)                                                        \
    }
static const struct chapter {
    const char *title, *text;
    const struct section *section; /* one section, or ... */
    const struct choice *choice;   /* ... the sections of a choice */
} chapters[] = {
    ONE("The file", about_file, config_root),
    ONE("Access", "Below `access`.", config_access),
    ONE("Web server", "Below `www`.", config_www),
    ONE("Limits", "Below `limits`.", config_limits),
    ONE("Web hooks", "Below `web_hooks`.", config_web_hooks),
    MANY("Change sources", "Items of `change_sources`; `type` says which.", config_sources),
    ONE("Revision links", "Items of `revlinks`; the first whose pattern matches is taken.",
        config_revlink),
    MANY("Schedulers", "Items of `schedulers`; `type` says which.", config_schedulers),
    ONE("Filters, sources and parameters", "What schedulers hold.", config_filter),
    ONE("", "", config_source_spec),
    ONE("", "", config_parameter),
    ONE("Projects", "Items of `projects`.", config_project),
    ONE("Builders", "Items of `builders`.", config_builder),
    ONE("", "", config_environment),
    ONE("Steps", about_steps, config_step_common),
    ONE("", "", config_lock_use),
    MANY("Types of steps", "", config_steps),
    ONE("Templates", about_templates, config_template),
    ONE("Workers", "Items of `workers`.", config_worker),
    ONE("Locks", "Items of `locks`.", config_lock),
    MANY("Cancellers", "Items of `cancellers`; `type` says which.", config_cancellers),
    MANY("Notifiers", "Items of `notifiers`; `type` says which.", config_notifiers),
    ONE("Retention", "Below `retention`.", config_retention),
    ONE("Secrets", "Below `secrets`.", config_secrets),
    ONE("Storage", "Below `storage`.", config_storage),
    ONE("The repository's own file", about_repository, config_repository),
};
#undef ONE
#undef MANY

struct manual {
    void *mem;
    struct ci_buf out;
    config_visitor *visit; /* instead of writing */
    void *user;
    const struct section *seen[128];
    size_t count;
};

static bool is_new(struct manual *m, const struct section *section)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->seen[i] == section)
            return false;
    }
    if (m->count < CI_COUNT(m->seen))
        m->seen[m->count++] = section;
    return true;
}

/* In a cell, where | ends it and * would begin emphasis. */
static void put_cell(struct ci_buf *out, const char *text, size_t len, bool code)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '|' || (!code && (text[i] == '*' || text[i] == '<')))
            ci_buf_puts(out, "\\");
        ci_buf_add(out, &text[i], 1);
    }
}

/* Names as the chapters' headings have them. */
static const char *link(void *mem, const struct section *section)
{
    return ci_mem_printf(mem, "[%s](#%s)", section->name, section->name);
}

static const char *names_text(void *mem, const char *const *names)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (size_t i = 0; names[i]; i++)
        ci_buf_printf(&buf, "%s`%s`", i > 0 ? ", " : "", names[i]);
    return buf.text;
}

static const char *number_text(void *mem, const struct key *key)
{
    if (key->max > 0 && key->min != INT32_MIN)
        return ci_mem_printf(mem, "number, %" PRId64 " to %" PRId64, key->min, key->max);
    return key->min == INT32_MIN ? "number" : ci_mem_printf(mem, "number from %" PRId64, key->min);
}

static const char *list_text(void *mem, const struct key *key)
{
    struct ci_buf buf;

    if (key->section)
        return ci_mem_printf(mem, "list of %s", link(mem, key->section));
    ci_buf_init(&buf, mem);
    for (size_t i = 0; key->choice->sections[i]; i++)
        ci_buf_printf(&buf, "%s%s", i > 0 ? ", " : "list of ", link(mem, key->choice->sections[i]));
    return buf.text;
}

static const char *text_text(const struct key *key)
{
    if (key->flags & KEY_CONDITION)
        return "condition";
    return key->flags & KEY_RENDER ? "text with forms" : "text";
}

static const char *kind_text(void *mem, const struct key *key)
{
    static const char *const plain[] = {
        [KEY_BOOL] = "true or false",
        [KEY_DUR] = "duration",
        [KEY_SIZE] = "size",
        [KEY_JSON] = "any value",
        [KEY_OBJECT] = "mapping",
        [KEY_KVS] = "mapping of texts",
        [KEY_SECRET] = "secret",
        [KEY_MATCH] = "text or list of texts",
        [KEY_PROPERTIES] = "mapping of texts or lists",
        [KEY_BRANCHES] = "`all`, text or list of texts",
        [KEY_MODES] = "`all`, mode or list of modes",
        [KEY_COMMAND] = "text or list of texts, with forms",
        [KEY_STEPS] = "list of [steps](#steps)",
        [KEY_CRON_FIELD] = "number, text or list of them",
        [KEY_TYPE] = "text",
        [KEY_SWITCH] = "true, false or text",
    };

    switch ((unsigned)key->kind) {
    case KEY_STR:
        return text_text(key);
    case KEY_STRS:
        return key->flags & KEY_RENDER ? "text or list of texts, with forms"
                                       : "text or list of texts";
    case KEY_INT:
        return number_text(mem, key);
    case KEY_ENUM:
    case KEY_EITHER:
        return names_text(mem, key->names);
    case KEY_COLLAPSE:
        return ci_mem_printf(mem, "%s, true or false", names_text(mem, key->names));
    case KEY_LIST:
        return list_text(mem, key);
    case KEY_CODEBASES:
        return ci_mem_printf(mem, "list or mapping of %s", link(mem, key->section));
    case KEY_SECTION:
    case KEY_POINTER:
        return link(mem, key->section);
    }
    if (key->kind == KEY_LATER)
        return key->section ? link(mem, key->section) : plain[key->like];
    return plain[key->kind];
}

/* Help ends with "; default X." where there is one: the part before it, and X without the period.
 */
static size_t split_default(const char *help, const char **value, size_t *len)
{
    static const char mark[] = "; default";
    const char *at = NULL, *next = help;
    size_t all = strlen(help);

    while ((next = strstr(next, mark)) != NULL)
        at = next++;
    *value = NULL;
    if (!at)
        return all;
    *value = at + strlen(mark);
    *value += strspn(*value, ": ");
    *len = all - (size_t)(*value - help) - (help[all - 1] == '.');
    return (size_t)(at - help);
}

static void put_row(struct manual *m, const struct section *section, const struct key *key)
{
    struct ci_buf *out = &m->out;
    const char *value;
    size_t len = 0, shown = split_default(key->help, &value, &len);

    ci_buf_printf(out, "| `%s`", key->name);
    if (key->alias)
        ci_buf_printf(out, " or `%s`", key->alias);
    if (section->primary && strcmp(section->primary, key->name) == 0)
        ci_buf_puts(out, " *(short)*");
    ci_buf_printf(out, " | %s | ", kind_text(m->mem, key));
    if (key->flags & KEY_REQUIRED)
        ci_buf_puts(out, "*required*");
    else
        put_cell(out, value ? value : "none", value ? len : strlen("none"), false);
    ci_buf_puts(out, " | ");
    put_cell(out, key->help, shown, false);
    ci_buf_printf(out, "%s | `%s: ", key->help[shown] ? "." : "", key->name);
    put_cell(out, key->example, strlen(key->example), true);
    ci_buf_puts(out, "` |\n");
}

/* The section's own keys, and those of its nameless bases. */
static void put_table(struct manual *m, const struct section *section)
{
    bool has_head = false;

    for (const struct section *s = section; s && (s == section || !s->name); s = s->base) {
        for (size_t i = 0; i < s->count; i++) {
            if (s->keys[i].flags & KEY_WIRE)
                continue;
            if (!has_head)
                ci_buf_puts(&m->out, "\n| Key | Value | Default | Meaning | Example |\n"
                                     "|---|---|---|---|---|\n");
            has_head = true;
            put_row(m, section, &s->keys[i]);
        }
    }
}

static const struct section *named_base(const struct section *section)
{
    for (section = section->base; section; section = section->base) {
        if (section->name)
            return section;
    }
    return NULL;
}

/* NOLINTBEGIN(misc-no-recursion): each section once */
static void put_section(struct manual *m, const struct section *section, const char *title);

/* What its keys hold, where that has no chapter of its own. */
static void put_inner(struct manual *m, const struct section *section)
{
    for (const struct section *s = section; s && (s == section || !s->name); s = s->base) {
        for (size_t i = 0; i < s->count; i++) {
            const struct section *inner = s->keys[i].section;

            if (inner && !inner->is_shared && !inner->has_chapter)
                put_section(m, inner, inner->name);
        }
    }
}

static void visit_all(struct manual *m, const struct section *section)
{
    for (; section; section = section->base) {
        if (is_new(m, section))
            m->visit(section, m->user);
        for (size_t i = 0; i < section->count; i++) {
            if (section->keys[i].section && is_new(m, section->keys[i].section)) {
                m->count--;
                visit_all(m, section->keys[i].section);
            }
        }
    }
}

static void put_section(struct manual *m, const struct section *section, const char *title)
{
    const struct section *base = named_base(section);

    if (m->visit) {
        visit_all(m, section);
        return;
    }
    if (!is_new(m, section))
        return;
    ci_buf_printf(&m->out, "\n### %s\n\n%s", title, section->help);
    if (base && base != &config_step_common)
        ci_buf_printf(&m->out, " It also has the keys of %s.", link(m->mem, base));
    ci_buf_puts(&m->out, "\n");
    put_table(m, section);
    put_inner(m, section);
}
/* NOLINTEND(misc-no-recursion) */

/* The table of a type of step is that of its arguments. */
static void put_step(struct manual *m, const struct section *step)
{
    if (m->visit) {
        visit_all(m, step->args);
        return;
    }
    ci_buf_printf(&m->out, "\n### step %s\n\n%s\n", step->name, step->help);
    put_table(m, step->args);
    put_inner(m, step->args);
}

/* What is common comes before what builds on it. NOLINTNEXTLINE(misc-no-recursion) */
static void put_with_bases(struct manual *m, const struct section *section)
{
    const struct section *base = named_base(section);

    if (base)
        put_with_bases(m, base);
    put_section(m, section, section->name);
}

static void put_choice(struct manual *m, const struct choice *choice)
{
    for (size_t i = 0; choice->sections[i]; i++) {
        if (choice->discriminator)
            put_with_bases(m, choice->sections[i]);
        else if (!choice->sections[i]->wire_only)
            put_step(m, choice->sections[i]);
    }
}

static void put_chapters(struct manual *m)
{
    for (size_t i = 0; i < CI_COUNT(chapters); i++) {
        const struct chapter *chapter = &chapters[i];

        if (*chapter->title && !m->visit)
            ci_buf_printf(&m->out, "\n## %s\n%s%s%s", chapter->title, *chapter->text ? "\n" : "",
                          chapter->text, *chapter->text ? "\n" : "");
        if (chapter->choice)
            put_choice(m, chapter->choice);
        else
            put_section(m, chapter->section, chapter->section->name);
    }
}

static const char introduction[] =
    "# Configuration reference\n\n"
    "Every key of `slipway.yaml`. `slipway check` says what is wrong with a file, `slipway schema` "
    "prints its JSON Schema\nfor editors, `slipway apply` puts it in force. "
    "[Expressions](expressions.md) explains forms such as `%(prop:branch)s` and\nconditions; "
    "`examples/` has whole files.\n\n"
    "* A **duration** is `90s`, `10m`, `1h30m`, `2d`, `250ms`, or a number of seconds; a **size** "
    "`512MiB`, `2GB`, or a number of bytes.\n"
    "* A **secret** is a text, `{secret: NAME}` or `{env: NAME}`.\n"
    "* **with forms**: `%(prop:NAME)s` and its kin are replaced when the step begins.\n"
    "* A list of texts may be a single text; so may a list whose items have a *short* form.\n"
    "* A key with two names takes either; the second is Buildbot's.\n\n"
    "This page is written by `scripts/configuration-doc` from the tables that read the file.\n";

const char *ci_config_manual(void *mem)
{
    struct manual manual = {.mem = mem};

    ci_buf_init(&manual.out, mem);
    ci_buf_puts(&manual.out, introduction);
    put_chapters(&manual);
    return manual.out.text;
}

void config_each_section(config_visitor *visit, void *user)
{
    struct manual manual = {.visit = visit, .user = user};

    put_chapters(&manual);
}
