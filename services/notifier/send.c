/* SPDX-License-Identifier: Apache-2.0 */
/* The sending loops: claim, send, write what came of it. */
#include "backoff.h"
#include "loops.h"
#include "mode.h"
#include "render.h"
#include "shared/clock.h"
#include "shared/event.h"
#include "shared/metrics.h"
#include "shared/service.h"
#include "store.h"
#include "transport.h"
#include "underway.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <string.h>

static struct ci_metric messages_total = CI_COUNTER(
    "slipway_notifications_total", "Tries to send a message, by outcome.", "transport", "outcome");

/* Renewed every few seconds while the session lasts. */
static const struct ci_dur claim_time = {20 * INT64_C(1000000)};
/* From the last byte on nothing is renewed: longer than the slowest answer of a relay. */
static const struct ci_dur answer_time = {180 * INT64_C(1000000)};

/* Set once, at the stop. */
static _Atomic bool stopping;

/*
 * What came of a loop's last try while the database could not be told. Without
 * it the row would stay as if the sender had died, and a mail that was sent, or
 * that is to be sent again, would end as unconfirmed.
 */
static _Thread_local struct untold {
    bool waiting;
    struct message message; /* only what store_message_done() needs: id and attempt */
    const char *state;
    struct ci_time next;
    struct ci_err why;
} untold;

/* One message under way. */
struct sending {
    struct ci_app *app;
    const struct message *message;
};

bool send_start(struct ci_app *app, struct ci_err *err)
{
    atomic_store(&stopping, false);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ci_fail(err, CI_EINTERNAL, "could not set up libcurl");
    app->state = ci_depot_new(NULL, app->common->secrets_dir, app->config);
    return true;
}

void send_drain(struct ci_app *app)
{
    atomic_store(&stopping, true);
    ci_depot_stop(app->state);
}

void send_stop(struct ci_app *app)
{
    ci_depot_free(CI_STEAL(app->state));
}

static bool mark_committing(void *user, struct ci_err *err)
{
    const struct sending *sending = user;
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(sending->app->db, &tx, err) &&
           store_message_committing(&tx, sending->message, ci_time_add(ci_time_now(), answer_time),
                                    err) &&
           ci_tx_commit(&tx, err);
}

static const struct ci_notifier *find_notifier(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_notifier, notifier, config->notifiers)
        if (strcmp(notifier->name, name) == 0)
            return notifier;
    return NULL;
}

static struct ci_bytes render(const struct message *message, void *mem)
{
    const struct mail mail = {
        .from = json_string_value(json_object_get(message->headers, "From")),
        .to = json_string_value(json_object_get(message->headers, "To")),
        .cc = json_string_value(json_object_get(message->headers, "Cc")),
        .subject = message->subject,
        .message_id = message->message_id,
        .date = message->created_at,
        .text = message->body_text,
        .html = message->body_html,
    };

    return mail_render(&mail, mem);
}

static enum outcome send_message(struct ci_app *app, const struct ci_relay *relay,
                                 const struct message *message, void *mem, struct ci_err *why)
{
    struct sending sending = {app, message};
    const char *from = json_string_value(json_object_get(message->headers, "From"));
    const char *password = NULL;
    const struct envelope envelope = {
        .from = mail_address(from, NULL, mem),
        .recipient = message->recipient,
        .message = render(message, mem),
        /* The time, as a fresh database begins again with the same numbers. */
        .file_name = ci_mem_printf(mem, "%lld.slipway-%lld-%lld", (long long)message->created_at.us,
                                   (long long)message->buildid, (long long)message->notificationid),
        .committing = mark_committing,
        .user = &sending,
        .abort = &stopping,
    };

    if (relay->maildir)
        return maildir_deliver(relay->maildir, &envelope, why);
    if (relay->user &&
        !ci_secret_read(&relay->password, app->common->secrets_dir, mem, &password, why))
        return OUTCOME_RETRY;
    return smtp_send(relay, password, &envelope, why);
}

/* The notifier as it is now, so that a mended relay is used; one that is gone, as the build knew
 * it. */
static enum outcome try_message(struct ci_app *app, const struct message *message, void *mem,
                                struct ci_err *why)
{
    CI_AUTO_CONFIG current = ci_config_get(app->config);
    CI_AUTO_CONFIG then = NULL;
    const struct ci_notifier *notifier = find_notifier(current, message->notifier);

    if (!notifier && !ci_config_get_version(app->config, message->config_version, &then, why))
        return OUTCOME_RETRY;
    if (!notifier)
        notifier = find_notifier(then, message->notifier);
    if (!notifier) {
        ci_fail(why, CI_ENOTFOUND, "no notifier \"%s\" any more", message->notifier);
        return OUTCOME_REFUSED;
    }
    return send_message(app, &notifier->relay, message, mem, why);
}

struct verdict {
    const char *state;
    const char *error; /* NULL once sent */
    struct ci_time next;
};

static struct verdict judge(const struct message *message, enum outcome outcome,
                            const struct ci_err *why, struct ci_time now)
{
    struct verdict verdict = {.state = "failed", .error = why->msg};

    switch (outcome) {
    case OUTCOME_SENT:
        return (struct verdict){.state = "sent"};
    case OUTCOME_UNCONFIRMED:
        verdict.state = "unconfirmed";
        return verdict;
    case OUTCOME_REFUSED:
        return verdict;
    case OUTCOME_RETRY:
        if (backoff_next(message->attempts, message->created_at, now, &verdict.next))
            verdict.state = "pending";
        return verdict;
    }
    return verdict;
}

static void report(const struct message *message, const struct verdict *verdict)
{
    ci_metric_add(&messages_total, 1, message->transport, verdict->state);
    if (verdict->error)
        ci_log(CI_WARN, "message.undelivered", ci_kv("message", message->notificationid),
               ci_kv("recipient", message->recipient), ci_kv("state", verdict->state),
               ci_kv("attempt", message->attempts), ci_kv("error", verdict->error));
    else
        ci_log(CI_INFO, "message.sent", ci_kv("message", message->notificationid),
               ci_kv("recipient", message->recipient), ci_kv("attempt", message->attempts));
}

static void keep(const struct message *message, const struct verdict *verdict)
{
    untold = (struct untold){
        .waiting = true,
        .message = {.notificationid = message->notificationid, .attempts = message->attempts},
        .state = verdict->state,
        .next = verdict->next,
    };
    if (verdict->error)
        ci_fail(&untold.why, CI_EUNAVAILABLE, "%s", verdict->error);
}

/* Writes what was kept; it stays kept until that has worked. */
static bool tell(struct ci_app *app, void *mem, struct ci_err *err)
{
    const char *error = untold.why.msg[0] ? untold.why.msg : NULL;
    struct ci_notification row;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err) ||
        !store_message_done(&tx, &untold.message, untold.state, ci_time_now(), untold.next, error,
                            err))
        return false;
    if (!store_message_get(&tx, untold.message.notificationid, mem, &row, err)) {
        untold.waiting = err->code != CI_ENOTFOUND; /* removed together with its build */
        return !untold.waiting;
    }
    if (!ci_tx_commit(&tx, err))
        return false;
    untold.waiting = false;
    ci_event_publish(app->bus, "notifications", row.notificationid, "updated",
                     &ci_notification_record, &row);
    return true;
}

static bool claim(struct ci_app *app, struct ci_tick *tick, struct message *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    int64_t unconfirmed;

    if (!ci_tx_begin(app->db, &tx, err) ||
        !store_message_unconfirm(&tx, tick->now, &unconfirmed, err))
        return false;
    if (unconfirmed > 0)
        ci_log(CI_WARN, "messages.unconfirmed", ci_kv("messages", unconfirmed));
    if (store_message_claim(&tx, tick->now, ci_time_add(tick->now, claim_time), tick->mem, out,
                            err))
        return ci_tx_commit(&tx, err);
    if (err->code != CI_ENOTFOUND)
        return false;
    if (!store_message_next(&tx, tick->mem, &tick->due, err) || !ci_tx_commit(&tx, err)) {
        err->code = CI_EUNAVAILABLE;
        return false;
    }
    return ci_fail(err, CI_ENOTFOUND, "no message is due");
}

bool tick_renew(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    struct ci_i64s ids, attempts;
    CI_AUTO_TX tx = {0};

    underway_list(tick->mem, &ids, &attempts);
    return ids.count == 0 ||
           (ci_tx_begin(app->db, &tx, err) &&
            store_message_renew(&tx, ids, attempts, ci_time_add(tick->now, claim_time), err) &&
            ci_tx_commit(&tx, err));
}

bool tick_send(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    struct message message;
    struct verdict verdict;
    enum outcome outcome;
    struct ci_err why = {.code = CI_EUNAVAILABLE, .msg = ""};

    if (untold.waiting && !tell(app, tick->mem, err))
        return false;
    if (atomic_load(&stopping))
        return true;
    if (!claim(app, tick, &message, err))
        return err->code == CI_ENOTFOUND;
    tick->again = true;
    underway_begin(message.notificationid, message.attempts);
    outcome = try_message(app, &message, tick->mem, &why);
    underway_end(message.notificationid);
    verdict = judge(&message, outcome, &why, ci_time_now());
    report(&message, &verdict);
    keep(&message, &verdict);
    return tell(app, tick->mem, err);
}
