/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outgoing HTTP over libcurl. A client keeps its connection open between
 * calls and belongs to one thread at a time.
 */
#pragma once

#include "shared/http.h"

struct ci_client;

struct ci_client_options {
    const char *user_agent;        /* "slipway-agent/0.1" */
    struct ci_dur connect_timeout; /* 0 = 10 s */
    const char *ca_file;           /* PEM; NULL: the system's certificates */
};

/* Everything but A-Z a-z 0-9 - . _ ~ as %XX, which SigV4 signs too; "/" stays when told. In mem. */
const char *ci_url_encode(void *mem, const char *text, bool keep_slash);

CI_MUST_USE bool ci_client_open(const struct ci_client_options *options, struct ci_client **out,
                                struct ci_err *err);
void ci_client_close(struct ci_client *client); /* NULL-safe */

struct ci_call {
    const char *method; /* NULL = GET */
    const char *url;
    const char *bearer;                      /* token, or NULL */
    const char *basic_user, *basic_password; /* or NULL */
    /* "aws:amz:REGION:SERVICE": basic_user and basic_password sign the call (SigV4), headers too,
     * instead of being sent. The path comes encoded and the query sorted, as SigV4 wants them. */
    const char *sigv4;
    struct ci_pairs headers;
    struct ci_bytes body; /* data NULL: none */
    const char *content_type;
    json_t *json;          /* borrowed; sent as the body instead */
    struct ci_dur timeout; /* of the whole call; 0 = 60 s */
    int redirects;         /* so many are followed; a 301 to 303 then makes a GET of a POST */
    bool any_certificate;  /* the server's is not verified */
    size_t max_reply;      /* bytes; 0 = 64 MiB; more fails with CI_ETOOLARGE */
    const volatile bool
        *abort; /* when it becomes true the call ends with CI_EUNAVAILABLE; or NULL */
    /* Streaming: called with each piece of the body as it comes; false ends the call. Or NULL. */
    bool (*on_data)(void *user, const void *data, size_t len);
    void *user;
};

struct ci_reply {
    int status;
    struct ci_bytes body;    /* in mem, NUL follows; empty when on_data took it */
    json_t *json;            /* tied to mem; NULL when the body is no JSON */
    struct ci_pairs headers; /* names lower-cased */
};

/*
 * Makes the call; every HTTP status is a success here. CI_EUNAVAILABLE when no
 * reply came: not reachable, timed out, cut short.
 */
CI_MUST_USE bool ci_client_call(struct ci_client *client, const struct ci_call *call, void *mem,
                                struct ci_reply *out, struct ci_err *err);

/* As above, and any status >= 400 fails with the code of its row in http.h and the reply's "error".
 */
CI_MUST_USE bool ci_client_expect(struct ci_client *client, const struct ci_call *call, void *mem,
                                  struct ci_reply *out, struct ci_err *err);
