/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who listens to live events: that they may read, how many streams they have,
 * and what they may not hear of. It is asked again while they listen, so that
 * a session that ends or a rule that changes ends or narrows the stream within
 * a minute. Any thread.
 */
#pragma once

#include "events/hub.h"
#include "www.h"

struct watches; /* all of them */
struct watch;   /* one listener's */

struct watches *watches_new(void);
void watches_free(struct watches *all); /* NULL-safe; none may be left */

enum watch_verdict {
    WATCH_WELCOME,
    WATCH_FULL,   /* too many streams: the response says 429 */
    WATCH_FAILED, /* *err says why; CI_EUNAUTHENTICATED and CI_EDENIED among others */
};

/* Whether the one who asks may listen now; for a handshake that comes first. */
enum watch_verdict watch_ask(struct www *www, const struct ci_request *request,
                             struct ci_response *response, struct ci_err *err);

/*
 * The same, and counts and limits the client, which is not attached yet and
 * gets end() when it may listen no more. *out lives until watch_end(), which
 * comes after hub_detach().
 */
enum watch_verdict watch_begin(struct www *www, const struct ci_request *request,
                               struct hub_client *client, struct ci_response *response,
                               struct watch **out, struct ci_err *err);
/* No end() runs after it returns. NULL-safe. */
void watch_end(struct watch *watch);

/* The loop "listeners": asks again for those whose turn it is. */
CI_MUST_USE bool watches_tick(struct www *www, struct ci_tick *tick, struct ci_err *err);
