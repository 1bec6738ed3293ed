/* SPDX-License-Identifier: Apache-2.0 */
/* The dialects: who reads what, and by which headers it is told. */
#include "hooks/hook.h"

#include <string.h>

static const struct hook_proof github_proofs[] = {
    {"x-hub-signature-256", HOOK_SHA256},
    {"x-hub-signature",     HOOK_SHA1  },
};
static const struct hook_proof gitlab_proofs[] = {
    {"x-gitlab-token", HOOK_TOKEN},
};
static const struct hook_proof gitea_proofs[] = {
    {"x-gitea-signature",   HOOK_HEX   },
    {"x-hub-signature-256", HOOK_SHA256},
};
static const struct hook_proof forgejo_proofs[] = {
    {"x-forgejo-signature", HOOK_HEX   },
    {"x-gitea-signature",   HOOK_HEX   },
    {"x-hub-signature-256", HOOK_SHA256},
};
static const struct hook_proof gogs_proofs[] = {
    {"x-gogs-signature", HOOK_HEX},
};
static const struct hook_proof bitbucket_proofs[] = {
    {"x-hub-signature", HOOK_SHA256},
};

#define PROOFS(list) .proofs = (list), .proof_count = CI_COUNT(list)
static const struct hook_dialect dialects[] = {
    {.name = "base",                .id = CI_HOOK_BASE, .read = hook_read_base},
    {.name = "bitbucket",
     .id = CI_HOOK_BITBUCKET,
     .read = hook_read_bitbucket,
     .event_header = "x-event-key"},
    {.name = "bitbucketcloud",
     .id = CI_HOOK_BITBUCKETCLOUD,
     .read = hook_read_bitbucketcloud,
     .event_header = "x-event-key",
     .id_header = "x-request-uuid",
     PROOFS(bitbucket_proofs)},
    {.name = "bitbucketserver",
     .id = CI_HOOK_BITBUCKETSERVER,
     .read = hook_read_bitbucketserver,
     .event_header = "x-event-key",
     .id_header = "x-request-id",
     PROOFS(bitbucket_proofs)},
    {.name = "forgejo",
     .id = CI_HOOK_FORGEJO,
     .read = hook_read_forgejo,
     .event_header = "x-forgejo-event",
     .id_header = "x-forgejo-delivery",
     PROOFS(forgejo_proofs)},
    {.name = "gerrit",   .id = CI_HOOK_GERRIT,                          .read = hook_read_gerrit                                               },
    {.name = "gitea",
     .id = CI_HOOK_GITEA,
     .read = hook_read_gitea,
     .event_header = "x-gitea-event",
     .id_header = "x-gitea-delivery",
     PROOFS(gitea_proofs)},
    {.name = "github",
     .id = CI_HOOK_GITHUB,
     .read = hook_read_github,
     .event_header = "x-github-event",
     .id_header = "x-github-delivery",
     PROOFS(github_proofs)},
    {.name = "gitlab",
     .id = CI_HOOK_GITLAB,
     .read = hook_read_gitlab,
     .event_header = "x-gitlab-event",
     .id_header = "x-gitlab-event-uuid",
     PROOFS(gitlab_proofs)},
    {.name = "gogs",
     .id = CI_HOOK_GOGS,
     .read = hook_read_gogs,
     .event_header = "x-gogs-event",
     .id_header = "x-gogs-delivery",
     PROOFS(gogs_proofs)},
    {.name = "poller",                             .id = CI_HOOK_POLLER,                                .read = hook_read_poller                                                     },
};
#undef PROOFS

const struct hook_dialect *hook_dialect(const char *name)
{
    for (size_t i = 0; i < CI_COUNT(dialects); i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    return NULL;
}

bool hook_read(const struct hook_dialect *dialect, const struct hook *hook, struct delivery *out,
               struct ci_err *err)
{
    struct hook whole = *hook;

    whole.options = &hook->config->web_hooks.hooks[dialect->id];
    if (dialect->event_header)
        out->event = ci_request_header(hook->request, dialect->event_header);
    return dialect->read(&whole, out, err);
}
