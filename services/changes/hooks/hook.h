/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading web hook deliveries, a dialect each. Field names, and what becomes
 * of them, are Buildbot's (buildbot/www/hooks/); for forges that it has no
 * dialect for they follow its nearest. No database here; the only file read is
 * the secret's.
 */
#pragma once

#include "change.h"
#include "shared/http.h"

struct hook {
    const struct ci_config *config;
    const struct ci_hook *options; /* of the dialect; set by hook_read() */
    const struct ci_request *request;
    const char *secrets_dir;
};

/* A pull request at GitHub whose files and last message only the API tells. */
struct hook_pull {
    const char *repository; /* "owner/name"; NULL: there is none to ask for */
    long long number;
    const char *revision;
};

/* What a delivery tells, in the request's mem. Changes are oldest first; none is fine. */
struct delivery {
    struct new_change *changes;
    size_t count;
    const char *event;      /* as the sender calls it, or NULL */
    const char *repository; /* for the ledger, where no change says it; or NULL */
    const char *reason;     /* why there is no change, or NULL */
    bool filtered;          /* ... because the configuration says so */
    bool unknown;           /* an event that we know nothing about */
    struct ci_strs poke;    /* names of pollers that shall look at once */
    struct hook_pull pull;
};

/* CI_EINVALID with the text for the sender. */
typedef bool hook_reader(const struct hook *hook, struct delivery *out, struct ci_err *err);

/* How a dialect proves where a delivery comes from. */
enum hook_proof_kind {
    HOOK_TOKEN,  /* the secret itself */
    HOOK_HEX,    /* HMAC-SHA256 of the body in hex */
    HOOK_SHA256, /* "sha256=" before it */
    HOOK_SHA1,   /* "sha1=" and HMAC-SHA1, where the option `sha1` allows it */
};
struct hook_proof {
    const char *header;
    enum hook_proof_kind kind;
};

struct hook_dialect {
    const char *name;
    enum ci_hook_dialect id;
    hook_reader *read;
    const char *event_header, *id_header; /* or NULL */
    const struct hook_proof *proofs;      /* the first that comes is checked; NULL: none */
    size_t proof_count;
};

/* NULL for a name that is none. The pointer lives forever. */
const struct hook_dialect *hook_dialect(const char *name);

/*
 * The secret of the dialect, in the request's mem, or NULL without one.
 * CI_EUNAVAILABLE when it can't be read, or is empty.
 */
CI_MUST_USE bool hook_secret(const struct hook *hook, const char **out, struct ci_err *err);
/*
 * Whether the delivery brings what the dialect proves itself by, compared in
 * constant time. CI_EINVALID tells what is wrong, in Buildbot's words. *proven
 * false: nothing had to be proven.
 */
CI_MUST_USE bool hook_prove(const struct hook *hook, const struct hook_dialect *dialect,
                            const char *secret, bool *proven, struct ci_err *err);

/* Whether two secrets are the same; the time it takes tells nothing of either. */
bool hook_same_secret(const char *a, const char *b);

/* Reads what was proven. */
CI_MUST_USE bool hook_read(const struct hook_dialect *dialect, const struct hook *hook,
                           struct delivery *out, struct ci_err *err);

hook_reader hook_read_base, hook_read_bitbucket, hook_read_bitbucketcloud,
    hook_read_bitbucketserver, hook_read_forgejo, hook_read_gerrit, hook_read_gitea,
    hook_read_github, hook_read_gitlab, hook_read_gogs, hook_read_poller;

/* "2026-01-02T03:04:05Z", "...+02:00", "2026-01-02 03:04:05 UTC": as forges write it. */
bool hook_parse_time(const char *text, struct ci_time *out);
