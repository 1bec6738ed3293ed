/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of changes and sources. */
#include "config_internal.h"

#include <string.h>

#define AT(member) offsetof(struct ci_change_filter, member)
#define MATCH_KEY(name, member, list, example_, help_)                                             \
    KEY(name, KEY_MATCH, AT(member), 0, help_, .example = (example_), .match = (list))
#define MATCH_KEYS(member, what, one, many, regex)                                                 \
    MATCH_KEY(#member, member, MATCH_EQ, one, what " that count: one or a list; default: all."),   \
        MATCH_KEY(#member "_not_eq", member, MATCH_NOT_EQ, many,                                   \
                  what " that do not count: one or a list; default: none."),                       \
        MATCH_KEY(#member "_re", member, MATCH_RE, regex,                                          \
                  what " that count, as POSIX extended regular expressions that match at the "     \
                       "start: one or a list; default: all."),                                     \
        MATCH_KEY(#member "_not_re", member, MATCH_NOT_RE, regex,                                  \
                  what " that do not count, as regular expressions; default: none.")
#define PROPERTY_KEY(name, list, example_, help_)                                                  \
    KEY(name, KEY_PROPERTIES, 0, 0, help_, .example = (example_), .match = (list),                 \
        .check_name = check_property_name)

static const struct key filter_keys[] = {
    MATCH_KEYS(branch, "Branches", "[main, null]", "[dev, test]", "\"release/.*\""),
    MATCH_KEYS(repository, "Repositories", "https://git.example/app.git",
               "[https://git.example/wiki.git]", "\"https://git[.]example/.*\""),
    MATCH_KEYS(project, "Projects", "acme", "[docs, wiki]", "\"acme.*\""),
    MATCH_KEYS(category, "Categories", "push", "[tag]", "\"pull.*\""),
    MATCH_KEYS(codebase, "Codebases", "[client, server]", "docs", "\"c.*\""),
    PROPERTY_KEY("property_eq", MATCH_EQ, "{target: [main, stable]}",
                 "Properties of the change and the values that count: one or a list."),
    PROPERTY_KEY("property_not_eq", MATCH_NOT_EQ, "{draft: \"true\"}",
                 "Properties of the change and the values that do not count."),
    PROPERTY_KEY("property_re", MATCH_RE, "{target: \"release/.*\"}",
                 "Properties of the change and regular expressions of values that count."),
    PROPERTY_KEY("property_not_re", MATCH_NOT_RE, "{title: \"WIP\"}",
                 "Properties of the change and regular expressions of values that do not count."),
};
#undef AT

static void finish_filter(struct decode *d, const struct node *map, void *out)
{
    struct ci_change_filter *filter = out;

    (void)d;
    filter->given = map->count > 0;
}

const struct section config_filter = {
    .name = "change_filter",
    .help = "Which changes count; every given condition must hold.",
    SECTION_KEYS(filter_keys),
    .size = sizeof(struct ci_change_filter),
    .finish = finish_filter,
    .is_shared = true,
};

static struct ci_property_match *find(struct decode *d, struct ci_list *list, const char *name)
{
    struct ci_property_match *grown;

    CI_FOREACH(struct ci_property_match, match, *list) {
        if (strcmp(match->name, name) == 0)
            return match;
    }
    grown = ci_mem_array(d->mem, struct ci_property_match, list->count + 1);
    if (list->count > 0)
        memcpy(grown, list->items, list->count * sizeof(*grown));
    grown[list->count].name = name;
    *list = (struct ci_list){grown, list->count + 1};
    return &grown[list->count - 1];
}

void value_properties(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_change_filter *filter = at;

    if (node->kind != NODE_MAP) {
        complain(d, node, "expected a mapping of properties, not %s", node_kind_name(node->kind));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *name = node->keys[i]->text, *before = path_enter(d, name);
        const char *wrong = key->check_name(name, d->mem);
        struct ci_property_match *match = find(d, &filter->properties, name);

        if (wrong)
            complain(d, node->keys[i], "%s", wrong);
        value_match(d, key, node->items[i], &match->match);
        d->path = before;
    }
}
