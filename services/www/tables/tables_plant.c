/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of what builds run on and are asked for by, and of the notifications. */
#include "shared/model.h"
#include "tables/tables.h"

static const struct rest_field builder_fields[] = {
    {"builderid",          "bd.builderid",                                                     REST_INT,  false, NULL},
    {"name",               "bd.name",                                                          REST_STR,  false, NULL},
    {"masterids",          "CASE WHEN bd.active THEN '{1}'::bigint[] ELSE '{}'::bigint[] END", REST_INTS,
     false,                                                                                                      NULL},
    {"description",        "bd.description",                                                   REST_STR,  true,  NULL},
    {"description_format", "bd.description_format",                                            REST_STR,  true,  NULL},
    {"description_html",   "bd.description_html",                                              REST_STR,  true,  NULL},
    {"projectid",          "bd.projectid",                                                     REST_INT,  true,  NULL},
    {"tags",               "bd.tags",                                                          REST_STRS, false, NULL},
};
const struct rest_resource rest_builders = REST_RESOURCE(
    "builders", "builders bd", "bd.builderid", builder_fields, &ci_builder_row_record,
    .help = "What builds: a recipe of the configuration, or one of an earlier version.",
    .hidden = "bd.builderid = ANY($B)");

/* configured_on is the configuration's to say: finish_workers() fills it. */
static const struct rest_field worker_fields[] = {
    {"workerid",      "w.workerid",                                                                   REST_INT,    false, NULL},
    {"name",          "w.name",                                                                       REST_STR,    false, NULL},
    {"connected_to",  "CASE WHEN w.connected THEN '[{\"masterid\": 1}]'::jsonb ELSE '[]'::jsonb END",
     REST_OPAQUE,                                                                                                  false, NULL},
    {"configured_on", "'[]'::jsonb",                                                                  REST_OPAQUE, false, NULL},
    {"workerinfo",    "worker_info(w.info)",                                                          REST_OPAQUE, false, NULL},
    {"paused",        "w.paused OR coalesce(w.quarantine_until > now(), false)",                      REST_BOOL,   false, NULL},
    {"pause_reason",
     "coalesce(w.pause_reason, CASE WHEN w.quarantine_until > now() THEN "
     "'quarantine after ' || w.failures || ' failures of its agent' END)",                            REST_STR,    true,  NULL},
    {"graceful",      "w.graceful",                                                                   REST_BOOL,   false, NULL},
    {"last_seen_at",  "w.last_seen_at",                                                               REST_TIME,   true,  NULL},
    {"max_builds",
     "CASE WHEN w.max_builds = 0 THEN w.slots WHEN w.slots = 0 THEN w.max_builds "
     "ELSE least(w.max_builds, w.slots) END",                                                         REST_INT,    false, NULL},
    {"labels",        "coalesce(w.info->'labels', '{}'::jsonb) || w.labels",                          REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_workers = REST_RESOURCE(
    "workers", "workers w", "w.workerid", worker_fields, &ci_worker_row_record,
    .finish = finish_workers, .help = "A machine that runs builds.", .hidden = HIDDEN_NEVER);

static const struct rest_field master_fields[] = {
    {"masterid",    "m.masterid",    REST_INT,  false, NULL},
    {"name",        "m.name",        REST_STR,  false, NULL},
    {"active",      "m.active",      REST_BOOL, false, NULL},
    {"last_active", "m.last_active", REST_TIME, false, NULL},
};
const struct rest_resource rest_masters =
    REST_RESOURCE("masters", "masters m", "m.masterid", master_fields, &ci_master_row_record,
                  .help = "The installation; there is one, however many replicas it has.",
                  .hidden = HIDDEN_NEVER);

/* The master that runs it, whole; null when it runs no more. */
#define MASTER_JSON(runs)                                                                          \
    "(SELECT jsonb_build_object('masterid', m.masterid, 'name', m.name, 'active', m.active, "      \
    "'last_active', floor(extract(epoch FROM m.last_active))::bigint) "                            \
    "FROM masters m WHERE m.masterid = 1 AND " runs ")"

/* A timer that runs: of time, or of changes that wait for the tree to be stable. */
#define NEXT_FIRE                                                                                  \
    "CASE WHEN sc.enabled AND sc.active THEN (SELECT min(st.due_at) FROM scheduler_timers st "     \
    "WHERE st.schedulerid = sc.schedulerid) END"
/* Its newest buildset; retention may have removed what a timed one remembers. */
#define LAST_FIRED                                                                                 \
    "greatest((SELECT max(sb.submitted_at) FROM buildsets sb WHERE sb.scheduler = sc.name), "      \
    "(SELECT to_timestamp((ss.value->>'us')::bigint / 1e6) FROM scheduler_state ss "               \
    "WHERE ss.schedulerid = sc.schedulerid AND ss.key = 'last_build'))"

/* builder_names are the configuration's to say: finish_schedulers() fills them. */
static const struct rest_field scheduler_fields[] = {
    {"schedulerid",   "sc.schedulerid",         REST_INT,    false, NULL},
    {"name",          "sc.name",                REST_STR,    false, NULL},
    {"enabled",       "sc.enabled",             REST_BOOL,   false, NULL},
    {"master",        MASTER_JSON("sc.active"), REST_OPAQUE, true,  NULL},
    {"type",          "sc.type",                REST_STR,    false, NULL},
    {"builder_names", "'[]'::jsonb",            REST_OPAQUE, false, NULL},
    {"next_fire_at",  NEXT_FIRE,                REST_TIME,   true,  NULL},
    {"last_fired_at", LAST_FIRED,               REST_TIME,   true,  NULL},
};
const struct rest_resource rest_schedulers =
    REST_RESOURCE("schedulers", "schedulers sc", "sc.schedulerid", scheduler_fields,
                  &ci_scheduler_row_record, .finish = finish_schedulers,
                  .help = "What decides which builds are made.", .hidden = "sc.name = ANY($S)");

struct changesource_row {
    int64_t changesourceid;
    const char *name;
    json_t *master;
    const char *type; /* ours */
};
static const struct ci_field changesource_row_fields[] = {
    CI_FIELD(struct changesource_row, changesourceid, 0),
    CI_FIELD(struct changesource_row, name, 0),
    CI_FIELD(struct changesource_row, master, 0),
    CI_FIELD(struct changesource_row, type, 0),
};
static const struct ci_record changesource_row_record =
    CI_RECORD("changesource", struct changesource_row, changesource_row_fields);

static const struct rest_field changesource_fields[] = {
    {"changesourceid", "cs.changesourceid",      REST_INT,    false, NULL},
    {"name",           "cs.name",                REST_STR,    false, NULL},
    {"master",         MASTER_JSON("cs.active"), REST_OPAQUE, true,  NULL},
    {"type",           "cs.type",                REST_STR,    false, NULL},
};
const struct rest_resource rest_changesources = REST_RESOURCE(
    "changesources", "changesources cs", "cs.changesourceid", changesource_fields,
    &changesource_row_record, .help = "A poller, or a web hook's dialect, that changes come from.",
    .hidden = "cs.name = ANY($C)");

/* The configuration's force schedulers come in as one JSON argument, so that one engine filters
 * all. */
static const struct ci_field forcescheduler_row_fields[] = {
    CI_FIELD(struct forcescheduler_row, name, 0),
    CI_FIELD(struct forcescheduler_row, button_name, 0),
    CI_FIELD(struct forcescheduler_row, label, 0),
    CI_FIELD(struct forcescheduler_row, builder_names, 0),
    CI_FIELD(struct forcescheduler_row, enabled, 0),
    CI_FIELD(struct forcescheduler_row, all_fields, 0),
};
static const struct ci_record forcescheduler_row_record =
    CI_RECORD("forcescheduler", struct forcescheduler_row, forcescheduler_row_fields);

static const struct rest_field forcescheduler_fields[] = {
    {"name",          "f.name",                     REST_STR,    false, NULL},
    {"button_name",   "f.button_name",              REST_STR,    false, NULL},
    {"label",         "f.label",                    REST_STR,    false, NULL},
    {"builder_names", "f.builder_names",            REST_STRS,   false, NULL},
    {"enabled",       "coalesce(sc.enabled, true)", REST_BOOL,   false, NULL},
    {"all_fields",    "f.all_fields",               REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_forceschedulers = REST_RESOURCE(
    "forceschedulers",
    "jsonb_to_recordset($1::jsonb) AS f(name text, button_name text, label text, "
    "builder_names text[], all_fields jsonb) LEFT JOIN schedulers sc ON sc.name = f.name",
    "f.name", forcescheduler_fields, &forcescheduler_row_record, .from_args = 1,
    .help = "A form by which people ask for builds.", .hidden = "f.name = ANY($S)");

/* The try schedulers likewise. */
static const struct ci_field tryscheduler_row_fields[] = {
    CI_FIELD(struct tryscheduler_row, name, 0),
    CI_FIELD(struct tryscheduler_row, builder_names, 0),
    CI_FIELD(struct tryscheduler_row, codebases, 0),
    CI_FIELD(struct tryscheduler_row, enabled, 0),
};
static const struct ci_record tryscheduler_row_record =
    CI_RECORD("tryscheduler", struct tryscheduler_row, tryscheduler_row_fields);

static const struct rest_field tryscheduler_fields[] = {
    {"name",          "f.name",                     REST_STR,  false, NULL},
    {"builder_names", "f.builder_names",            REST_STRS, false, NULL},
    {"codebases",     "f.codebases",                REST_STRS, false, NULL},
    {"enabled",       "coalesce(sc.enabled, true)", REST_BOOL, false, NULL},
};
const struct rest_resource rest_tryschedulers = REST_RESOURCE(
    "tryschedulers",
    "jsonb_to_recordset($1::jsonb) AS f(name text, builder_names text[], codebases text[]) "
    "LEFT JOIN schedulers sc ON sc.name = f.name",
    "f.name", tryscheduler_fields, &tryscheduler_row_record, .from_args = 1,
    .help = "What takes patches that nobody has committed.", .hidden = "f.name = ANY($S)");

/* One about a worker belongs to no build. */
#define HIDDEN_NOTIFICATION "(n.buildid IS NULL AND NOT $G) OR " HIDDEN_BUILD_ROW("b")
#define NOTIFICATION_FROM "notifications n LEFT JOIN builds b USING (buildid)"
#define NOTIFICATION_FIELDS                                                                        \
    {"notificationid", "n.notificationid", REST_INT, false, NULL},                                 \
        {"buildid", "n.buildid", REST_INT, false, NULL},                                           \
        {"builderid", "b.builderid", REST_INT, false, NULL},                                       \
        {"number", "b.number", REST_INT, false, NULL},                                             \
        {"notifier", "n.notifier", REST_STR, false, NULL},                                         \
        {"transport", "n.transport", REST_STR, false, NULL},                                       \
        {"recipient", "n.recipient", REST_STR, false, NULL},                                       \
        {"subject", "n.subject", REST_STR, false, NULL},                                           \
        {"state", "n.state", REST_STR, false, NULL},                                               \
        {"attempts", "n.attempts", REST_INT, false, NULL},                                         \
        {"created_at", "n.created_at", REST_TIME, false, NULL},                                    \
        {"sent_at", "n.sent_at", REST_TIME, true, NULL},                                           \
        {"next_try_at", "n.next_try_at", REST_TIME, true, NULL},                                   \
    {                                                                                              \
        "error", "n.error", REST_STR, true, NULL                                                   \
    }

static const struct rest_field notification_fields[] = {NOTIFICATION_FIELDS};
const struct rest_resource rest_notifications = REST_RESOURCE(
    "notifications", NOTIFICATION_FROM, "n.notificationid", notification_fields,
    &ci_notification_record, .help = "A message about a build or a worker, and what became of it.",
    .hidden = HIDDEN_NOTIFICATION);

/* One message by itself is shown with what it says. */
struct notification_row {
    int64_t notificationid, buildid, builderid, number;
    const char *notifier, *transport, *recipient, *subject, *state;
    int attempts;
    struct ci_time created_at, sent_at, next_try_at;
    const char *error, *body_text, *body_html;
};
static const struct ci_field notification_row_fields[] = {
    CI_FIELD(struct notification_row, notificationid, 0),
    CI_FIELD(struct notification_row, buildid, 0),
    CI_FIELD(struct notification_row, builderid, 0),
    CI_FIELD(struct notification_row, number, 0),
    CI_FIELD(struct notification_row, notifier, 0),
    CI_FIELD(struct notification_row, transport, 0),
    CI_FIELD(struct notification_row, recipient, 0),
    CI_FIELD(struct notification_row, subject, 0),
    CI_FIELD(struct notification_row, state, 0),
    CI_FIELD(struct notification_row, attempts, 0),
    CI_FIELD(struct notification_row, created_at, 0),
    CI_FIELD(struct notification_row, sent_at, 0),
    CI_FIELD(struct notification_row, next_try_at, 0),
    CI_FIELD(struct notification_row, error, 0),
    CI_FIELD(struct notification_row, body_text, 0),
    CI_FIELD(struct notification_row, body_html, 0),
};
static const struct ci_record notification_row_record =
    CI_RECORD("notification", struct notification_row, notification_row_fields);

static const struct rest_field whole_notification_fields[] = {
    NOTIFICATION_FIELDS,
    {"body_text", "n.body_text", REST_STR, false, NULL},
    {"body_html", "n.body_html", REST_STR, true,  NULL},
};
const struct rest_resource rest_notification = REST_RESOURCE(
    "notifications", NOTIFICATION_FROM, "n.notificationid", whole_notification_fields,
    &notification_row_record, .help = "A message with its text.", .hidden = HIDDEN_NOTIFICATION);
