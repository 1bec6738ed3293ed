/* SPDX-License-Identifier: Apache-2.0 */
/* Mail about workers that are missing, to whom their `notify_on_missing` names. */
#include "loops.h"
#include "mode.h"
#include "render.h"
#include "shared/clock.h"
#include "shared/service.h"
#include "store.h"

#include <string.h>
#include <time.h>

static const struct ci_worker *find_worker(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_worker, worker, config->workers) {
        if (strcmp(worker->name, name) == 0)
            return worker;
    }
    return NULL;
}

/* Whose relay and sender the mail takes: the first that sends mail. */
static const struct ci_notifier *find_notifier(const struct ci_config *config)
{
    CI_FOREACH(const struct ci_notifier, notifier, config->notifiers) {
        if (notifier->type == CI_NOTIFIER_MAIL)
            return notifier;
    }
    return NULL;
}

static const char *time_text(struct ci_time when, void *mem)
{
    const time_t seconds = (time_t)(when.us / 1000000);
    char text[40];
    struct tm tm;

    if (when.us == 0)
        return "never";
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
    return ci_mem_strdup(mem, text);
}

static const char *text_of(const struct ci_config *config, const struct missing_worker *worker,
                           void *mem)
{
    const char *admin = json_string_value(json_object_get(worker->info, "admin")),
               *host = json_string_value(json_object_get(worker->info, "host"));
    struct ci_buf text;

    ci_buf_init(&text, mem);
    ci_buf_printf(&text,
                  "The worker %s of %s is missing.\n\n"
                  "It was last connected: %s\n",
                  worker->name, config->title, time_text(worker->last_connection, mem));
    if (host && *host)
        ci_buf_printf(&text, "Its host: %s\n", mail_one_line(host, mem));
    if (admin && *admin)
        ci_buf_printf(&text, "Who looks after it: %s\n", mail_one_line(admin, mem));
    ci_buf_printf(&text,
                  "\n%s#/workers/%lld\n\n"
                  "Builds that need it wait. You will not be told again until it has been back.\n",
                  config->url, (long long)worker->workerid);
    return text.text;
}

/* One message to each address, in the transaction that has taken the event. */
static bool add_messages(struct ci_tx *tx, struct ci_tick *tick, const struct ci_config *config,
                         const struct missing_worker *missing, size_t *count, struct ci_err *err)
{
    const struct ci_worker *worker = find_worker(config, missing->name);
    const struct ci_notifier *notifier = find_notifier(config);
    struct new_message message;

    if (!worker || !notifier || worker->notify_on_missing.count == 0)
        return true;
    message = (struct new_message){
        .workerid = missing->workerid,
        .config_version = config->version,
        .notifier = notifier->name,
        .transport = notifier->relay.maildir ? "maildir" : "smtp",
        .from = notifier->from,
        .subject = mail_one_line(ci_mem_printf(tick->mem, "Slipway (%s): worker %s is missing",
                                               config->title, missing->name),
                                 tick->mem),
        .text = text_of(config, missing, tick->mem),
    };
    for (size_t i = 0; i < worker->notify_on_missing.count; i++) {
        const char *address = mail_address(worker->notify_on_missing.items[i], NULL, tick->mem);
        int64_t id;

        if (!address)
            continue; /* the check of the file refuses those */
        message.recipient = message.to = address;
        message.message_id =
            ci_mem_printf(tick->mem, "slipway.worker.%lld.%lld.%zu@localhost",
                          (long long)missing->workerid, (long long)tick->now.us, i);
        if (!store_message_add(tx, &message, tick->now, tick->mem, &id, err))
            return false;
        (*count)++;
    }
    return true;
}

bool tick_missing(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct missing_worker missing;
    size_t count = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (!store_missing_take(&tx, tick->mem, &missing, err))
        return err->code == CI_ENOTFOUND;
    if (!add_messages(&tx, tick, config, &missing, &count, err) || !ci_tx_commit(&tx, err))
        return ci_fail_in(err, "worker \"%s\"", missing.name);
    ci_log(count > 0 ? CI_INFO : CI_WARN, count > 0 ? "worker.missing" : "worker.missing.nobody",
           ci_kv("worker", missing.name), ci_kv("messages", count));
    if (count > 0)
        ci_loops_wake(app->loops, NULL);
    tick->again = true;
    return true;
}
