/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of revisions, by rules that are the same for the configuration's forges and the known ones.
 */
#include "revlink.h"

#include "shared/http_client.h"
#include "shared/repository.h"

#include <regex.h>
#include <string.h>

/* Groups that a link may name: \1 to \9. */
enum { GROUPS = 10 };

/* Buildbot's (buildbot/revlinks.py), GitLab, and Gitea's and Forgejo's own. */
static const struct ci_revlink known[] = {
    {"github[.]com/([^/]+/[^/]+)$",                      "https://github.com/\\1/commit/%s"    },
    {"gitlab[.]com/(.+)$",                               "https://gitlab.com/\\1/-/commit/%s"  },
    {"bitbucket[.]org/([^/]+/[^/]+)$",                   "https://bitbucket.org/\\1/commits/%s"},
    {"(gitea[.]com|codeberg[.]org)/([^/]+/[^/]+)$",      "https://\\1/\\2/commit/%s"           },
    {"git[.]code[.]sf[.]net/p/(.+)$",                    "https://sourceforge.net/p/\\1/ci/%s/"},
    {"([^./]+)[.]git[.]sourceforge[.]net/gitroot/(.+)$",
     "http://\\1.git.sourceforge.net/git/gitweb.cgi?p=\\2;a=commit;h=%s"                       },
};

static void put(struct ci_buf *out, const char *link, const char *address, const regmatch_t *groups,
                const char *revision, void *mem)
{
    for (const char *at = link; *at; at++) {
        if (at[0] == '%' && at[1] == 's') {
            ci_buf_puts(out, ci_url_encode(mem, revision, true));
            at++;
        } else if (at[0] == '\\' && at[1] >= '1' && at[1] <= '9') {
            const regmatch_t *group = &groups[*++at - '0'];

            if (group->rm_so >= 0)
                ci_buf_add(out, address + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
        } else {
            ci_buf_add(out, at, 1);
        }
    }
}

/* Patterns match at the start, as all of the configuration's. NULL: it is none of this forge. */
static const char *link_by(const struct ci_revlink *rule, const char *address, const char *revision,
                           void *mem)
{
    regmatch_t groups[GROUPS];
    struct ci_buf out;
    regex_t regex;

    if (regcomp(&regex, rule->repository, REG_EXTENDED) != 0)
        return NULL; /* the configuration's check has refused it already */
    bool matches = regexec(&regex, address, GROUPS, groups, 0) == 0 && groups[0].rm_so == 0;
    regfree(&regex);
    if (!matches)
        return NULL;
    ci_buf_init(&out, mem);
    put(&out, rule->revlink, address, groups, revision, mem);
    return out.text;
}

const char *revlink_of(struct ci_list revlinks, const char *repository, const char *revision,
                       void *mem)
{
    const char *address, *link = NULL;

    if (!repository || !*repository || !revision || !*revision)
        return NULL;
    address = ci_repository_short(repository, mem);
    CI_FOREACH(const struct ci_revlink, rule, revlinks)
        if (!link)
            link = link_by(rule, address, revision, mem);
    for (size_t i = 0; !link && i < CI_COUNT(known); i++)
        link = link_by(&known[i], address, revision, mem);
    return link;
}

void revlink_add(struct ci_list revlinks, struct new_change *change, void *mem)
{
    if (!change->revlink)
        change->revlink = revlink_of(revlinks, change->repository, change->revision, mem);
}
