/* SPDX-License-Identifier: Apache-2.0 */
/* The loop table, and the loop that turns finished builds into messages. */
#include "loops.h"

#include "mode.h"
#include "render.h"
#include "shared/event.h"
#include "shared/service.h"
#include "shared/subjects.h"
#include "store.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

const struct ci_loop notifier_loops[NOTIFIER_LOOPS] = {
    {"expand",  {5 * 1000000}, tick_expand,  CI_SUBJECT_WAKE_NOTIFIER},
    {"send-1",  {5 * 1000000}, tick_send,    NULL                    },
    {"send-2",  {5 * 1000000}, tick_send,    NULL                    },
    {"send-3",  {5 * 1000000}, tick_send,    NULL                    },
    {"send-4",  {5 * 1000000}, tick_send,    NULL                    },
    {"renew",   {5 * 1000000}, tick_renew,   NULL                    },
    {"missing", {5 * 1000000}, tick_missing, CI_SUBJECT_WAKE_NOTIFIER},
};

enum { MAX_LOG_LINES = 1000 };

/*
 * A build whose messages can't be written (its configuration no longer parses)
 * must not stop those behind it: the next ticks take what comes after it, and
 * at the end of the queue it is tried again.
 */
static _Atomic int64_t passed_over;

/* What one event is expanded with. */
struct expansion {
    struct ci_tx *tx;
    struct ci_tick *tick;
    struct ci_depot *depot; /* of sealed logs */
    const struct ci_config *config;
    const struct ci_notifier *notifier;
    struct build_facts *build;
    const char *tail; /* as many lines of the log as any notifier asks for, once it is read */
    bool tail_read;
    int64_t *ids; /* of the new messages, grown in tick->mem */
    size_t count;
};

static const char *join(struct ci_strs list, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < list.count; i++)
        ci_buf_printf(&out, "%s%s", i ? ", " : "", list.items[i]);
    return out.text;
}

/*
 * The same for every try, and for every replica that comes to expand the same
 * event; another one where a fresh database counts its builds from 1 again, as
 * readers take a Message-ID they have seen for a copy.
 */
static const char *message_id(const struct expansion *expansion, const char *recipient)
{
    void *mem = expansion->tick->mem;
    const char *from = mail_address(expansion->notifier->from, NULL, mem);
    const char *host = from ? strchr(from, '@') : NULL;
    const char *whole = ci_mem_printf(mem, "%s %s %lld", expansion->notifier->name, recipient,
                                      (long long)expansion->build->complete_at.us);
    unsigned char hash[16];
    char hex[2 * sizeof(hash) + 1];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)whole, strlen(whole), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return ci_mem_printf(mem, "slipway.%lld.%s%s", (long long)expansion->build->buildid, hex,
                         host ? host : "@localhost");
}

static bool add_messages(struct expansion *expansion, struct new_message *message,
                         struct ci_strs recipients, struct ci_err *err)
{
    struct ci_tick *tick = expansion->tick;

    for (size_t i = 0; i < recipients.count; i++) {
        int64_t id;

        message->recipient = recipients.items[i];
        message->message_id = message_id(expansion, recipients.items[i]);
        if (!store_message_add(expansion->tx, message, tick->now, tick->mem, &id, err))
            return false;
        expansion->ids =
            talloc_realloc(tick->mem, expansion->ids, int64_t, (unsigned)expansion->count + 1);
        if (id)
            expansion->ids[expansion->count++] = id;
    }
    return true;
}

static int log_lines(const struct ci_config *config)
{
    int lines = 0;

    CI_FOREACH(const struct ci_notifier, notifier, config->notifiers)
        if (notifier->log_lines > lines)
            lines = notifier->log_lines;
    return lines > MAX_LOG_LINES ? MAX_LOG_LINES : lines;
}

/* Each notifier shows as many lines as it asks for. The log is read when the first one wants it. */
static bool cut_tail(struct expansion *expansion, struct ci_err *err)
{
    struct build_facts *build = expansion->build;
    const char *start;

    if (!expansion->tail_read &&
        !store_tail(expansion->tx, expansion->depot, log_lines(expansion->config),
                    expansion->tick->mem, build, err))
        return false;
    if (!expansion->tail_read)
        expansion->tail = build->log_tail;
    expansion->tail_read = true;
    start = expansion->tail ? expansion->tail + strlen(expansion->tail) : NULL;
    for (int line = 0; start > expansion->tail && line < expansion->notifier->log_lines; line++)
        do
            start--;
        while (start > expansion->tail && start[-1] != '\n');
    build->log_tail = start && *start ? start : NULL;
    return true;
}

static bool notify(struct expansion *expansion, struct ci_err *err)
{
    const struct ci_notifier *notifier = expansion->notifier;
    const struct build_facts *build = expansion->build;
    void *mem = expansion->tick->mem;
    struct recipients recipients;
    struct new_message message;

    if (!notifier_covers(notifier, build) ||
        !mode_wants(notifier->mode, build->results,
                    (struct previous){build->has_previous, build->previous_results}))
        return true;
    recipients = notifier_recipients(notifier, build, mem);
    if (recipients.to.count == 0) {
        ci_log(CI_WARN, "messages.nobody", ci_kv("build", build->buildid),
               ci_kv("notifier", notifier->name));
        return true;
    }
    if (!cut_tail(expansion, err))
        return false;
    message = (struct new_message){
        .buildid = build->buildid,
        .config_version = build->config_version,
        .notifier = notifier->name,
        .transport = notifier->relay.maildir ? "maildir" : "smtp",
        .subject = render_subject(expansion->config, notifier, build, mem),
        .from = notifier->from,
        .to = join(recipients.to, mem),
        .cc = recipients.cc.count ? join(recipients.cc, mem) : NULL,
        .text = render_text(expansion->config, build, mem),
        .html = render_html(expansion->config, build, mem),
    };
    return add_messages(expansion, &message, recipients.to, err) &&
           add_messages(expansion, &message, recipients.cc, err);
}

static bool notify_all(struct expansion *expansion, struct ci_err *err)
{
    CI_FOREACH(const struct ci_notifier, notifier, expansion->config->notifiers) {
        expansion->notifier = notifier;
        if (!notify(expansion, err))
            return ci_fail_in(err, "notifier \"%s\"", notifier->name);
    }
    return true;
}

static void announce(struct ci_app *app, const struct expansion *expansion)
{
    struct ci_err ignored; /* events are best effort */
    CI_AUTO_TX tx = {0};

    ci_log(CI_INFO, "messages.made", ci_kv("build", expansion->build->buildid),
           ci_kv("messages", expansion->count));
    if (expansion->count > 0)
        ci_loops_wake(app->loops, NULL);
    if (!ci_bus_connected(app->bus) || !ci_tx_read(app->db, &tx, &ignored))
        return;
    for (size_t i = 0; i < expansion->count; i++) {
        struct ci_notification row;

        if (store_message_get(&tx, expansion->ids[i], expansion->tick->mem, &row, &ignored))
            ci_event_publish(app->bus, "notifications", row.notificationid, "new",
                             &ci_notification_record, &row);
    }
}

/* Writes the messages of the build whose event the transaction has taken. */
static bool expand(struct ci_app *app, struct expansion *expansion, int64_t buildid,
                   struct ci_err *err)
{
    struct build_facts *build = expansion->build;
    CI_AUTO_CONFIG config = NULL;

    if (!store_facts(expansion->tx, buildid, expansion->tick->mem, build, err) ||
        !ci_config_get_version(app->config, build->config_version, &config, err))
        return false;
    expansion->config = config;
    return notify_all(expansion, err) && ci_tx_commit(expansion->tx, err);
}

bool tick_expand(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    struct build_facts build = {0};
    CI_AUTO_TX tx = {0};
    struct expansion expansion = {.tx = &tx, .tick = tick, .depot = app->state, .build = &build};
    int64_t after = atomic_load(&passed_over), buildid;

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (!store_event_take(&tx, after, tick->mem, &buildid, err)) {
        if (err->code != CI_ENOTFOUND)
            return false;
        atomic_store(&passed_over, 0);
        return true;
    }
    if (!expand(app, &expansion, buildid, err)) {
        if (err->code != CI_EUNAVAILABLE && err->code != CI_ECONFLICT)
            atomic_store(&passed_over, buildid);
        return ci_fail_in(err, "build %lld", (long long)buildid);
    }
    announce(app, &expansion);
    tick->again = true;
    return true;
}
