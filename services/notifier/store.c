/* SPDX-License-Identifier: Apache-2.0 */
/* One function per statement, and the reading of a build's facts. */
#include "store.h"

#include "notifier_sql.h"
#include "shared/compress.h"

enum { MAX_CHUNK = 1 << 20 }; /* expanded; the builder takes none larger than 256 KiB */

struct id_row {
    int64_t buildid, notificationid;
    struct ci_time due_at;
};
static const struct ci_field build_id_fields[] = {CI_FIELD(struct id_row, buildid, CI_REQUIRED)};
static const struct ci_record build_id_record = CI_RECORD("event", struct id_row, build_id_fields);
static const struct ci_field message_id_fields[] = {
    CI_FIELD(struct id_row, notificationid, CI_REQUIRED)};
static const struct ci_record message_id_record =
    CI_RECORD("message", struct id_row, message_id_fields);
static const struct ci_field due_fields[] = {CI_FIELD(struct id_row, due_at, 0)};
static const struct ci_record due_record = CI_RECORD("due", struct id_row, due_fields);

static const struct ci_field message_fields[] = {
    CI_FIELD(struct message, notificationid, CI_REQUIRED),
    CI_FIELD(struct message, buildid, 0),
    CI_FIELD(struct message, config_version, 0),
    CI_FIELD(struct message, notifier, 0),
    CI_FIELD(struct message, transport, 0),
    CI_FIELD(struct message, recipient, 0),
    CI_FIELD(struct message, subject, 0),
    CI_FIELD(struct message, message_id, 0),
    CI_FIELD(struct message, headers, 0),
    CI_FIELD(struct message, body_text, 0),
    CI_FIELD(struct message, body_html, 0),
    CI_FIELD(struct message, attempts, 0),
    CI_FIELD(struct message, created_at, 0),
};
static const struct ci_record message_record = CI_RECORD("message", struct message, message_fields);

static const struct ci_field missing_fields[] = {
    CI_FIELD(struct missing_worker, workerid, CI_REQUIRED),
    CI_FIELD(struct missing_worker, name, 0),
    CI_FIELD(struct missing_worker, last_connection, 0),
    CI_FIELD(struct missing_worker, info, 0),
};
static const struct ci_record missing_record =
    CI_RECORD("missing_worker", struct missing_worker, missing_fields);

bool store_missing_take(struct ci_tx *tx, void *mem, struct missing_worker *out, struct ci_err *err)
{
    *out = (struct missing_worker){0};
    return ci_db_one(tx, &sql_missing_take, CI_NO_ARGS, &missing_record, mem, out, err);
}

bool store_event_take(struct ci_tx *tx, int64_t after, void *mem, int64_t *buildid,
                      struct ci_err *err)
{
    struct id_row row = {0};

    if (!ci_db_one(tx, &sql_event_take, CI_ARGS(ci_arg(after)), &build_id_record, mem, &row, err))
        return false;
    *buildid = row.buildid;
    return true;
}

bool store_facts(struct ci_tx *tx, int64_t buildid, void *mem, struct build_facts *out,
                 struct ci_err *err)
{
    const struct ci_arg args[] = {ci_arg(buildid)};
    struct ci_list build = {0}, steps = {0}, changes = {0};
    const struct ci_query queries[] = {
        {.stmt = &sql_facts_build,
         .args = args,
         .nargs = 1,
         .record = &build_facts_record,
         .rows = &build  },
        {.stmt = &sql_facts_steps,
         .args = args,
         .nargs = 1,
         .record = &step_facts_record,
         .rows = &steps  },
        {.stmt = &sql_facts_changes,
         .args = args,
         .nargs = 1,
         .record = &change_facts_record,
         .rows = &changes},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    if (build.count == 0)
        return ci_fail(err, CI_ENOTFOUND, "no build %lld", (long long)buildid);
    *out = *(struct build_facts *)build.items;
    out->steps = steps;
    out->changes = changes;
    return true;
}

/* The chunks come newest first; the text is wanted oldest first. */
static bool expand_chunks(struct ci_list chunks, void *mem, struct ci_buf *text, struct ci_err *err)
{
    for (size_t i = chunks.count; i-- > 0;) {
        const struct ci_log_piece *chunk = (const struct ci_log_piece *)chunks.items + i;
        struct ci_bytes plain;

        if (!ci_expand(mem, chunk->content, MAX_CHUNK, &plain, err))
            return false;
        ci_buf_add(text, plain.data, plain.len);
    }
    return true;
}

bool store_tail(struct ci_tx *tx, struct ci_depot *depot, int lines, void *mem,
                struct build_facts *build, struct ci_err *err)
{
    const struct step_facts *step = facts_failing_step(build);
    struct ci_list chunks = {0};
    struct ci_err damage;
    struct ci_buf text;
    int64_t first;

    if (!step || !step->logid || lines <= 0)
        return true;
    first = step->num_lines > lines ? step->num_lines - lines : 0;
    if (!ci_db_rows(tx, &sql_facts_chunks,
                    CI_ARGS(ci_arg(step->logid), ci_arg(first), ci_arg((int)FACTS_TAIL_BYTES)),
                    &ci_log_piece_record, mem, &chunks, err))
        return false;
    ci_buf_init(&text, mem);
    build->log_step = step->name;
    build->log_tail = ci_log_pieces_load(depot, chunks, mem, &damage) &&
                              expand_chunks(chunks, mem, &text, &damage)
                          ? facts_tail((struct ci_bytes){text.text, text.len}, lines, mem)
                          : ci_mem_printf(mem, "(it could not be read: %s)\n", damage.msg);
    return true;
}

bool store_message_add(struct ci_tx *tx, const struct new_message *message, struct ci_time now,
                       void *mem, int64_t *id, struct ci_err *err)
{
    json_t *headers = ci_mem_json(mem, json_pack("{s:s,s:s,s:s*}", "From", message->from, "To",
                                                 message->to, "Cc", message->cc));
    struct ci_list rows = {0};

    if (!ci_db_rows(tx, &sql_message_add,
                    CI_ARGS(ci_arg(message->buildid), ci_arg(message->notifier),
                            ci_arg(message->transport), ci_arg(message->recipient),
                            ci_arg(message->subject), ci_arg(message->message_id),
                            ci_arg_json(mem, headers), ci_arg(message->text), ci_arg(message->html),
                            ci_arg(message->config_version), ci_arg(now),
                            ci_arg(message->workerid)),
                    &message_id_record, mem, &rows, err))
        return false;
    *id = rows.count ? ((struct id_row *)rows.items)->notificationid : 0;
    return true;
}

bool store_message_claim(struct ci_tx *tx, struct ci_time now, struct ci_time until, void *mem,
                         struct message *out, struct ci_err *err)
{
    *out = (struct message){0};
    return ci_db_one(tx, &sql_message_claim, CI_ARGS(ci_arg(now), ci_arg(until)), &message_record,
                     mem, out, err);
}

bool store_message_unconfirm(struct ci_tx *tx, struct ci_time now, int64_t *count,
                             struct ci_err *err)
{
    return ci_db_exec(tx, &sql_message_unconfirm, CI_ARGS(ci_arg(now)), count, err);
}

bool store_message_next(struct ci_tx *tx, void *mem, struct ci_time *out, struct ci_err *err)
{
    struct id_row row = {0};

    if (!ci_db_one(tx, &sql_message_next, CI_NO_ARGS, &due_record, mem, &row, err))
        return false;
    *out = row.due_at;
    return true;
}

bool store_message_committing(struct ci_tx *tx, const struct message *message, struct ci_time until,
                              struct ci_err *err)
{
    int64_t affected;

    if (!ci_db_exec(
            tx, &sql_message_committing,
            CI_ARGS(ci_arg(message->notificationid), ci_arg(message->attempts), ci_arg(until)),
            &affected, err))
        return false;
    return affected == 1 ||
           ci_fail(err, CI_ECONFLICT, "another replica has taken the message over");
}

bool store_message_renew(struct ci_tx *tx, struct ci_i64s ids, struct ci_i64s attempts,
                         struct ci_time until, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_message_renew, CI_ARGS(ci_arg(ids), ci_arg(attempts), ci_arg(until)),
                      NULL, err);
}

bool store_message_done(struct ci_tx *tx, const struct message *message, const char *state,
                        struct ci_time now, struct ci_time next, const char *error,
                        struct ci_err *err)
{
    return ci_db_exec(tx, &sql_message_done,
                      CI_ARGS(ci_arg(message->notificationid), ci_arg(message->attempts),
                              ci_arg(state), ci_arg(now), ci_arg(next), ci_arg(error)),
                      NULL, err);
}

bool store_message_get(struct ci_tx *tx, int64_t id, void *mem, struct ci_notification *out,
                       struct ci_err *err)
{
    *out = (struct ci_notification){0};
    return ci_db_one(tx, &sql_message_get, CI_ARGS(ci_arg(id)), &ci_notification_record, mem, out,
                     err);
}
