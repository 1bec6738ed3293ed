/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier's statements: the only file that includes notifier_sql.h. */
#pragma once

#include "facts.h"
#include "shared/log_store.h"
#include "shared/model.h"

/* Takes the oldest event of a build after `after`; CI_ENOTFOUND without any. It is gone with the
 * transaction. */
CI_MUST_USE bool store_event_take(struct ci_tx *tx, int64_t after, void *mem, int64_t *buildid,
                                  struct ci_err *err);

/* All that messages tell of a build but its log. */
CI_MUST_USE bool store_facts(struct ci_tx *tx, int64_t buildid, void *mem, struct build_facts *out,
                             struct ci_err *err);

/* The last `lines` lines of the failing step's log into log_step and log_tail, if there is one. A
 * log that can't be had or expanded is no failure: the message says so in its place and goes out
 * in time. `depot` is asked for sealed logs; it may be NULL. */
CI_MUST_USE bool store_tail(struct ci_tx *tx, struct ci_depot *depot, int lines, void *mem,
                            struct build_facts *build, struct ci_err *err);

/* A worker that is missing. */
struct missing_worker {
    int64_t workerid;
    const char *name;
    struct ci_time last_connection; /* 0: it never was there */
    json_t *info;                   /* {admin, host, ...} as its agent told it */
};
/* Takes word of one; CI_ENOTFOUND without any. It is gone with the transaction. */
CI_MUST_USE bool store_missing_take(struct ci_tx *tx, void *mem, struct missing_worker *out,
                                    struct ci_err *err);

/* A message on its way into the outbox. */
struct new_message {
    int64_t buildid, workerid, config_version; /* buildid or workerid: what it is about; else 0 */
    const char *notifier, *transport, *recipient, *subject, *message_id;
    const char *to, *cc, *from;
    const char *text, *html;
};
/* *id is 0 when that message exists already. */
CI_MUST_USE bool store_message_add(struct ci_tx *tx, const struct new_message *message,
                                   struct ci_time now, void *mem, int64_t *id, struct ci_err *err);

/* A message to send. */
struct message {
    int64_t notificationid, buildid, config_version;
    const char *notifier, *transport, *recipient, *subject, *message_id;
    json_t *headers; /* From, To, Cc */
    const char *body_text, *body_html;
    int attempts; /* this one included: fences the claim */
    struct ci_time created_at;
};

/* Claims the message due longest until `until`; CI_ENOTFOUND when none is due. */
CI_MUST_USE bool store_message_claim(struct ci_tx *tx, struct ci_time now, struct ci_time until,
                                     void *mem, struct message *out, struct ci_err *err);
/* Messages whose sender died after the last byte may have gone out: unconfirmed. *count how many.
 */
CI_MUST_USE bool store_message_unconfirm(struct ci_tx *tx, struct ci_time now, int64_t *count,
                                         struct ci_err *err);
/* When the next message is due; 0 without any. */
CI_MUST_USE bool store_message_next(struct ci_tx *tx, void *mem, struct ci_time *out,
                                    struct ci_err *err);
/* The last byte is about to go out, and the claim lasts until `until`; CI_ECONFLICT when it is no
 * longer ours. */
CI_MUST_USE bool store_message_committing(struct ci_tx *tx, const struct message *message,
                                          struct ci_time until, struct ci_err *err);
/* Renews claims, of attempts as long as ids, whose last byte is not out. */
CI_MUST_USE bool store_message_renew(struct ci_tx *tx, struct ci_i64s ids, struct ci_i64s attempts,
                                     struct ci_time until, struct ci_err *err);
/*
 * What came of the try: state sent, failed, unconfirmed, or pending with the
 * next try's time (0 otherwise). Nothing happens when the claim is no longer ours.
 */
CI_MUST_USE bool store_message_done(struct ci_tx *tx, const struct message *message,
                                    const char *state, struct ci_time now, struct ci_time next,
                                    const char *error, struct ci_err *err);
/* The message as REST shows it, for events. */
CI_MUST_USE bool store_message_get(struct ci_tx *tx, int64_t id, void *mem,
                                   struct ci_notification *out, struct ci_err *err);
