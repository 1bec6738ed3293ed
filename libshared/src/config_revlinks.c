/* SPDX-License-Identifier: Apache-2.0 */
/* `revlinks`: where the pages of revisions are. */
#include "config_internal.h"

#include <regex.h>
#include <string.h>

static const char *check_link(const char *text, void *mem)
{
    if (!strstr(text, "%s"))
        return ci_mem_printf(mem, "\"%.100s\" has no %%s for the revision", text);
    return check_url(text, mem);
}

#define AT(member) offsetof(struct ci_revlink, member)
static const struct key revlink_keys[] = {
    KEY("repository", KEY_STR, AT(repository), KEY_REQUIRED | KEY_NOT_EMPTY,
        "Pattern, matched at the start of the repository's address without scheme, user, default "
        "port and .git: git.acme.example/shop/app, however it is written.",
        .example = "\"git[.]acme[.]example/(.*)$\"", .check = check_regex),
    KEY("revlink", KEY_STR, AT(revlink), KEY_REQUIRED,
        "Address of the page, in which %s stands for the revision and \\1 to \\9 for what the "
        "pattern's groups took.",
        .example = "\"https://git.acme.example/\\\\1/commit/%s\"", .check = check_link),
};
#undef AT

/* A group that is not there would leave a hole in every link. */
static void finish_revlink(struct decode *d, const struct node *map, void *out)
{
    const struct ci_revlink *rule = out;
    regex_t regex;

    if (!rule->repository || !rule->revlink || regcomp(&regex, rule->repository, REG_EXTENDED) != 0)
        return; /* which was said already */
    for (const char *at = strchr(rule->revlink, '\\'); at; at = strchr(at + 1, '\\'))
        if (at[1] >= '1' && at[1] <= '9' && (size_t)(at[1] - '0') > regex.re_nsub)
            complain(d, node_get(map, "revlink"), "\\%c: the pattern has %zu groups", at[1],
                     regex.re_nsub);
    regfree(&regex);
}

const struct section config_revlink = {
    .has_chapter = true,
    .name = "revlink",
    .help = "Where the page of a revision is, by its repository.",
    SECTION_KEYS(revlink_keys),
    .size = sizeof(struct ci_revlink),
    .finish = finish_revlink,
};
