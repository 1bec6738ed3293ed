/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of the ledger: deliveries of web hooks, and results of polls. */
#include "shared/compress.h"
#include "shared/delivery.h"
#include "shared/utf8.h"
#include "tables/tables.h"
#include "www_sql.h"

#include <sodium.h>

enum { BODY_MAX = 4 << 20 }; /* what the ledger keeps of one (services/changes/ledger.h) */

/*
 * Hidden with the poller whose polls it tells of or whose repository it names, and with the changes
 * that it told of; where it made none, with those that its repository ever had. The latter is what
 * the index changes_repository_project is for. What is of no project is general. The same for live
 * events, without the changes that came later: about_hidden().
 */
#define HIDDEN_DELIVERY                                                                            \
    "(d.repository = ANY($R) OR (d.kind = 'poll' AND d.source = ANY($C)) OR d.projects && $P OR "  \
    "(d.projects = '{}' AND NOT $G) OR "                                                           \
    "(cardinality($P) > 0 AND (EXISTS (SELECT FROM changes hc WHERE hc.project = ANY($P) AND "     \
    "hc.changeid = ANY(d.changeids || d.known_changeids)) OR EXISTS (SELECT FROM changes hc "      \
    "WHERE hc.repository = d.repository AND hc.project = ANY($P)))))"

static const struct rest_field delivery_fields[] = {
    {"deliveryid",      "d.deliveryid",                                                       REST_INT,  false, NULL},
    {"received_at",     "d.received_at",                                                      REST_TIME, false, NULL},
    {"kind",            "d.kind",                                                             REST_STR,  false, NULL},
    {"source",          "d.source",                                                           REST_STR,  false, NULL},
    {"event",           "d.event",                                                            REST_STR,  true,  NULL},
    {"external_id",     "d.external_id",                                                      REST_STR,  true,  NULL},
    {"repository",      "d.repository",                                                       REST_STR,  true,  NULL},
    {"verdict",         "d.verdict",                                                          REST_STR,  false, NULL},
    {"reason",          "d.reason",                                                           REST_STR,  true,  NULL},
    {"status",          "d.status",                                                           REST_INT,  true,  NULL},
    {"found",           "d.found",                                                            REST_INT,  false, NULL},
    {"changeids",       "d.changeids",                                                        REST_INTS, false, NULL},
    {"known_changeids", "d.known_changeids",                                                  REST_INTS, false, NULL},
    {"recovered",       "d.recovered",                                                        REST_BOOL, false, NULL},
    {"repeated",        "d.repeated",                                                         REST_INT,  false, NULL},
    {"last_at",         "d.last_at",                                                          REST_TIME, false, NULL},
    {"replay_of",       "d.replay_of",                                                        REST_INT,  true,  NULL},
    {"body_bytes",      "d.body_bytes",                                                       REST_INT,  false, NULL},
    {"replayable",      "d.request IS NOT NULL AND (d.body_bytes = 0 OR d.body IS NOT NULL)", REST_BOOL,
     false,                                                                                                     NULL},
    {"projects",        "d.projects",                                                         REST_STRS, false, NULL},
    {"sender",          "d.sender",                                                           REST_STR,  true,  NULL},
};
static const struct rest_index delivery_indexes[] = {
    {"deliveryid",            REST_FEW },
    {"deliveryid",            REST_WALK},
    {"replay_of",             REST_FEW },
    {"source deliveryid",     REST_PART},
    {"verdict deliveryid",    REST_PART},
    {"kind deliveryid",       REST_PART},
    {"repository deliveryid", REST_PART},
    {"external_id",           REST_FEW },
    {"received_at",           REST_WALK},
    {NULL,                    REST_WALK},
};
const struct rest_resource rest_deliveries = REST_RESOURCE(
    "deliveries", "deliveries d", "d.deliveryid", delivery_fields, &ci_delivery_record,
    .indexes = delivery_indexes, .hidden = HIDDEN_DELIVERY,
    .help = "What came of a web hook's delivery, or of a poll: its verdict, and its changes.");

/* What was delivered, for who may read the audit log. */
struct body_row {
    int64_t deliveryid;
    const char *client;
    json_t *request;
    const char *body, *body_encoding;
};
static const struct ci_field body_row_fields[] = {
    CI_FIELD(struct body_row, deliveryid, 0),    CI_FIELD(struct body_row, client, 0),
    CI_FIELD(struct body_row, request, 0),       CI_FIELD(struct body_row, body, 0),
    CI_FIELD(struct body_row, body_encoding, 0),
};
static const struct ci_record body_row_record =
    CI_RECORD("delivery_body", struct body_row, body_row_fields);

struct packed_row {
    struct ci_bytes body;
};
static const struct ci_field packed_row_fields[] = {CI_FIELD(struct packed_row, body, 0)};
static const struct ci_record packed_row_record =
    CI_RECORD("body", struct packed_row, packed_row_fields);

static const char *base64(struct ci_bytes bytes, void *mem)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = ci_mem_alloc(mem, size);

    return sodium_bin2base64(text, size, bytes.data, bytes.len, sodium_base64_VARIANT_ORIGINAL);
}

/* Bytes that are no text come as base64. */
static bool finish_bodies(struct www *www, struct ci_tx *tx, const struct access_view *view,
                          struct ci_list rows, void *mem, struct ci_err *err)
{
    (void)www;
    (void)view;
    CI_FOREACH(struct body_row, row, rows) {
        struct packed_row packed = {0};
        struct ci_bytes body;

        if (!ci_db_one(tx, &sql_delivery_body, CI_ARGS(ci_arg(row->deliveryid)), &packed_row_record,
                       mem, &packed, err))
            return false;
        if (packed.body.len == 0)
            continue;
        if (!ci_expand(mem, packed.body, BODY_MAX, &body, err))
            return ci_fail_in(err, "delivery %lld", (long long)row->deliveryid);
        bool is_text = ci_utf8_is_valid(body.data, body.len);
        row->body = is_text ? body.data : base64(body, mem);
        row->body_encoding = is_text ? "text" : "base64";
    }
    return true;
}

static const struct rest_field body_fields[] = {
    {"deliveryid",    "d.deliveryid", REST_INT,    false, NULL},
    {"client",        "d.client",     REST_STR,    true,  NULL},
    {"request",       "d.request",    REST_OPAQUE, true,  NULL},
    {"body",          "NULL::text",   REST_STR,    true,  NULL},
    {"body_encoding", "NULL::text",   REST_STR,    true,  NULL},
};
const struct rest_resource rest_delivery_bodies =
    REST_RESOURCE("delivery_bodies", "deliveries d", "d.deliveryid", body_fields, &body_row_record,
                  .hidden = HIDDEN_DELIVERY, .right = CI_ACTION_AUDIT, .finish = finish_bodies,
                  .help = "Who delivered what, without its secrets.");
