/* SPDX-License-Identifier: Apache-2.0 */
/* Every key has a help and an example that its own reader takes. */
#include "ci_test.h"
#include "config_internal.h"

#include <string.h>

enum { STRUCT_MAX = 4096 };

/* Keys that are only read with what stands around them. */
static const struct {
    const struct section *section;
    const char *key, *file;
} wholes[] = {
    {&config_root,     "templates",   "templates: %s"                                                 },
    {&config_template, "steps",       "templates: {t: {parameters: {jobs: 1, options: 2}, steps: %s}}"},
    {&config_builder,  "matrix",      "builders: [{name: b, steps: [{run: a}], matrix: %s}]"          },
    {&config_builder,  "environment", "builders: [{name: b, steps: [{git: {}}], environment: %s}]"    },
    {NULL,             "steps",       "builders: [{name: b, steps: [{group: g, steps: %s}]}]"         },
};

static const char *first_problem(struct ci_list problems)
{
    return problems.count > 0 ? ((const struct ci_problem *)problems.items)->message : "";
}

static void read_whole(const struct section *section, const struct key *key, void *mem)
{
    for (size_t i = 0; i < CI_COUNT(wholes); i++) {
        const char *hole = strstr(wholes[i].file, "%s");
        struct ci_config *config;
        struct ci_list problems;
        const char *text;

        if ((wholes[i].section && wholes[i].section != section) ||
            strcmp(wholes[i].key, key->name) != 0)
            continue;
        text = ci_mem_printf(mem, "%.*s%s%s", (int)(hole - wholes[i].file), wholes[i].file,
                             key->example, hole + 2);
        if (!ci_config_parse("", text, strlen(text), mem, &config, &problems))
            fail_msg("%s: %s", text, first_problem(problems));
        return;
    }
    fail_msg("nobody reads the example of \"%s\"", key->name);
}

static void read_alone(const struct section *section, const struct key *key, void *mem)
{
    const char *text = ci_mem_printf(mem, "%s: %s\n", key->name, key->example);
    struct problems problems = {.mem = mem};
    struct decode d = {.mem = mem, .problems = &problems, .path = "", .any_name = true};
    const struct fill fill = {section, ci_mem_alloc(mem, STRUCT_MAX)};
    const struct node *map = node_parse(text, strlen(text), mem, &problems);

    for (int i = 0; i < SPACE_COUNT; i++)
        d.lines[i] = ci_mem_json(mem, json_object());
    d.root = map;
    if (map)
        key_read(&d, &fill, 1, map, 0, true);
    if (problems.count > 0)
        fail_msg("%s: %s", text, problems.items[0].message);
}

static void check_section(const struct section *section, void *user)
{
    int *count = user;

    assert_true(section->size <= STRUCT_MAX);
    for (size_t i = 0; i < section->count; i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const struct key *key = &section->keys[i];

        if (key->flags & KEY_WIRE)
            continue;
        if (!key->help || key->help[strlen(key->help) - 1] != '.')
            fail_msg("\"%s\" has no sentence of help", key->name);
        if (!key->example)
            fail_msg("\"%s\" (%s) has no example", key->name, key->help);
        if (key->kind == KEY_LATER)
            read_whole(section, key, mem);
        else if (key->kind != KEY_TYPE)
            read_alone(section, key, mem);
        ++*count;
    }
}

static void examples__are_read_by_their_keys(void **state)
{
    int count = 0;

    (void)state;
    config_each_section(check_section, &count);
    assert_true(count > 300);
}

static void note_name(const struct section *section, void *user)
{
    json_t *names = user;

    if (section->name)
        (void)json_object_set_new(names, section->name, json_true());
}

/* Headings are the sections' names; each link of the manual leads to one. */
static void manual__has_no_dead_links(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *manual = ci_config_manual(mem), *at = manual;
    json_auto_t *names = json_object();

    (void)state;
    config_each_section(note_name, names);
    while ((at = strstr(at, "](#")) != NULL) {
        const char *name = ci_mem_strndup(mem, at + 3, strcspn(at + 3, ")"));

        if (strcmp(name, "steps") != 0 && !strstr(manual, ci_mem_printf(mem, "\n### %s\n", name)))
            fail_msg("a link to \"%s\" leads nowhere", name);
        at++;
    }
    assert_non_null(json_object_get(names, "parameter"));
    assert_non_null(strstr(manual, "\n### step git\n"));
    assert_non_null(strstr(manual, "`tree_stable_timer: 10s`"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples__are_read_by_their_keys),
        cmocka_unit_test(manual__has_no_dead_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
