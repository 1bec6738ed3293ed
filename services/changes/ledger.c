/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the ledger, and what of a request they keep. */
#include "ledger.h"

#include "changes_sql.h"
#include "ledger_kept.h"
#include "shared/event.h"
#include "shared/utf8.h"

#include <string.h>

const char *const ledger_verdict_names[] = {
    [LEDGER_CHANGES] = "changes", [LEDGER_KNOWN] = "known",     [LEDGER_FILTERED] = "filtered",
    [LEDGER_IGNORED] = "ignored", [LEDGER_REFUSED] = "refused", [LEDGER_FAILED] = "failed",
    [LEDGER_IDLE] = "idle",       [LEDGER_IDLE + 1] = NULL,
};

/* Longest texts, in bytes: they come from outside, and a row of an index takes 2704. */
enum {
    EVENT_MAX = 100,
    EXTERNAL_MAX = 200,
    REPOSITORY_MAX = 1024,
    CLIENT_MAX = 100,
    REASON = 1000
};

/* Changes that one entry names: a push may have more commits than anybody reads. */
enum { NAMED_MAX = 2000 };

/* Cut between characters, and storable. */
static const char *bounded(void *mem, const char *text, size_t max)
{
    size_t len = text ? strnlen(text, max + 1) : 0;

    if (len > max)
        for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
            len--;
    return text ? ci_utf8_clean(mem, text, len) : NULL;
}

static struct ci_i64s first_of(struct ci_i64s all)
{
    return (struct ci_i64s){all.items, all.count < NAMED_MAX ? all.count : NAMED_MAX};
}

bool ledger_add(struct ci_tx *tx, const struct ledger_entry *entry, void *mem,
                struct ci_delivery **out, struct ci_err *err)
{
    const struct ledger_kept kept = ledger_keep(entry, mem);
    struct ci_delivery *row = ci_mem_zero(mem, struct ci_delivery);

    if (!ci_db_one(tx, &sql_delivery_add,
                   CI_ARGS(ci_arg(entry->kind), ci_arg(entry->source),
                           ci_arg(bounded(mem, entry->event, EVENT_MAX)),
                           ci_arg(bounded(mem, entry->external_id, EXTERNAL_MAX)),
                           ci_arg(bounded(mem, entry->repository, REPOSITORY_MAX)),
                           ci_arg(bounded(mem, entry->client, CLIENT_MAX)),
                           ci_arg(ledger_verdict_names[entry->verdict]),
                           ci_arg(bounded(mem, entry->reason, REASON)), ci_arg(entry->status),
                           ci_arg(entry->found), ci_arg(first_of(entry->changeids)),
                           ci_arg(first_of(entry->known_changeids)), ci_arg(entry->recovered),
                           ci_arg(entry->replay_of), ci_arg_json(mem, kept.request),
                           ci_arg(kept.packed), ci_arg(kept.bytes), ci_arg(entry->sender)),
                   &ci_delivery_record, mem, row, err))
        return ci_fail_in(err, "ledger");
    *out = row;
    return true;
}

bool ledger_add_poll(struct ci_tx *tx, const struct ledger_entry *entry, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_delivery *added;
    int64_t repeated = 0;

    if (!ci_db_exec(tx, &sql_delivery_repeat,
                    CI_ARGS(ci_arg(entry->source), ci_arg(ledger_verdict_names[entry->verdict]),
                            ci_arg(bounded(mem, entry->reason, REASON))),
                    &repeated, err))
        return ci_fail_in(err, "ledger");
    return repeated > 0 || ledger_add(tx, entry, mem, &added, err);
}

void ledger_announce(struct ci_bus *bus, const struct ci_delivery *delivery)
{
    ci_event_publish(bus, "deliveries", delivery->deliveryid, "new", &ci_delivery_record, delivery);
}
