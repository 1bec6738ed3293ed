/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Polling the pull requests of forges through their APIs. What differs between
 * them is a row of a table: paths of the API and dotted names of its fields.
 */
#pragma once

#include "polls/poll.h"
#include "shared/http_client.h"

/* How a list says that there is more. */
enum forge_paging {
    FORGE_PAGES, /* Link: rel="next", or a full page; the next is {page} + 1 */
    FORGE_NEXT,  /* "next" in the answer; the next is {page} + 1 */
    FORGE_START, /* "isLastPage": false; the next begins at {start} = "nextPageStart" */
};

/*
 * In paths of calls {owner}, {repo}, {path} (both, as one), {number},
 * {revision}, {project}, {page} and {start} are filled in. Names of fields are
 * dotted; a number is an index, "name=http" the item of a list whose name is
 * http, and "|" parts names of which the first that is there counts.
 */
struct forge {
    const char *family; /* what properties begin with */
    const char *title;  /* "GitHub Pull Request #" */
    const char *api;    /* between base_url and the paths */
    enum forge_paging paging;
    int page_size;
    const char *list, *items; /* items NULL: the answer itself */
    const char *number, *revision, *branch, *target, *headline, *body, *page, *author, *updated;
    const char *detail;  /* the call for one request, or NULL: the list has all */
    const char *commits; /* how many, or NULL */
    const char *files, *file_items, *file;
    const char *commit, *commit_revision, *commit_author, *commit_mail; /* mail NULL: in author */
    /* Repositories: within the request, or a call with {project}. */
    const char *source_project, *target_project, *project;
    const char *source_repository, *target_repository;
    const char *addresses[CI_REPOSITORY_SVN + 1]; /* by enum ci_repository_type */
    const char *magic, *magic_end;                /* the ref of the request, around its number */
    const char *accept;                           /* media type */
};
const struct forge *forge_of(enum ci_change_source_type type);

/* ---- fields ---- */

/* The value under a dotted name, borrowed, or NULL. */
const json_t *forge_field(const json_t *json, const char *name);
/* A string, a number or a boolean as text, in mem; NULL for others. */
const char *forge_text(const json_t *json, const char *name, void *mem);
/* ISO 8601, or milliseconds since 1970; 0 when it is neither. */
struct ci_time forge_time(const json_t *json, const char *name);
/* Whether a request has what the source's pullrequest_filter asks for. */
bool forge_filter(const struct ci_change_source *source, const json_t *pull, void *mem);
/* pullrequesturl, and the fields that the source's whitelist names; new. */
json_t *forge_properties(const struct ci_change_source *source, const json_t *pull,
                         const char *page, void *mem);

/* ---- calls ---- */

struct forge_look {
    struct poll *poll;
    const struct forge *forge;
    struct ci_client *client;
    void *mem;
    const char *number, *revision, *project; /* for the paths; or NULL */
    int page;
    int64_t start;
    const char *etag; /* of a list's first page; forge_list() replaces it by the present one */
    bool unchanged;   /* it is still that: nothing was listed */
};

/*
 * GET below the API. *reply has status 200, or 304 where an etag was given.
 * CI_EUNAVAILABLE: no reply, a rate limit (poll->not_before says until when),
 * or 500 and above; CI_EDENIED, CI_ENOTFOUND or CI_EINVALID: refused.
 */
CI_MUST_USE bool forge_get(struct forge_look *look, const char *path, const char *etag,
                           struct ci_reply *reply, struct ci_err *err);
/*
 * The same for a list, page by page: `take` gets each item and ends it by false. CI_ETOOLARGE when
 * there are more pages.
 */
typedef bool forge_taker(struct forge_look *look, const json_t *item, void *user);
CI_MUST_USE bool forge_list(struct forge_look *look, const char *path, const char *items,
                            int max_pages, forge_taker *take, void *user, struct ci_err *err);
