/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of steps, logs and properties. */
#include "shared/model.h"
#include "tables/tables.h"

static const struct rest_field step_fields[] = {
    {"stepid",            "s.stepid",            REST_INT,    false, NULL},
    {"number",            "s.number",            REST_INT,    false, NULL},
    {"name",              "s.name",              REST_STR,    false, NULL},
    {"buildid",           "s.buildid",           REST_INT,    false, NULL},
    {"started_at",        "s.started_at",        REST_TIME,   true,  NULL},
    {"locks_acquired_at", "s.locks_acquired_at", REST_TIME,   true,  NULL},
    {"complete",          "s.complete",          REST_BOOL,   false, NULL},
    {"complete_at",       "s.complete_at",       REST_TIME,   true,  NULL},
    {"results",           "s.results",           REST_INT,    true,  NULL},
    {"state_string",      "s.state_string",      REST_STR,    false, NULL},
    {"urls",              "s.urls",              REST_OPAQUE, false, NULL},
    {"hidden",            "s.hidden",            REST_BOOL,   false, NULL},
    {"group",             "s.step_group",        REST_STR,    true,  NULL},
    {"warnings",          "s.warnings",          REST_INT,    false, NULL},
};
static const struct rest_index step_indexes[] = {
    {"stepid",  REST_FEW },
    {"buildid", REST_FEW },
    {"stepid",  REST_WALK},
    {NULL,      REST_WALK},
};
const struct rest_resource rest_steps = REST_RESOURCE(
    "steps", "steps s", "s.stepid", step_fields, &ci_step_row_record, .indexes = step_indexes,
    .help = "A step of a build.", .hidden = HIDDEN_BUILD("s.buildid"));

static const struct rest_field log_fields[] = {
    {"logid",     "l.logid",     REST_INT,  false, NULL},
    {"name",      "l.name",      REST_STR,  false, NULL},
    {"slug",      "l.slug",      REST_STR,  false, NULL},
    {"stepid",    "l.stepid",    REST_INT,  false, NULL},
    {"complete",  "l.complete",  REST_BOOL, false, NULL},
    {"num_lines", "l.num_lines", REST_INT,  false, NULL},
    {"type",      "l.type",      REST_STR,  false, NULL},
};
static const struct rest_index log_indexes[] = {
    {"logid",  REST_FEW },
    {"stepid", REST_FEW },
    {"logid",  REST_WALK},
    {NULL,     REST_WALK},
};
const struct rest_resource rest_logs = REST_RESOURCE(
    "logs", "logs l", "l.logid", log_fields, &ci_log_row_record, .indexes = log_indexes,
    .help = "A log of a step; its text is at contents, raw and raw_inline.",
    .hidden = HIDDEN_STEP("l.stepid"));

/* All properties as one object {name: [value, source]}. */
struct properties_row {
    json_t *properties;
};
static const struct ci_field properties_row_fields[] = {
    CI_FIELD(struct properties_row, properties, 0),
};
static const struct ci_record properties_row_record =
    CI_RECORD("properties", struct properties_row, properties_row_fields);

static const struct rest_field build_properties_fields[] = {
    {"properties", "b.properties", REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_build_properties = REST_RESOURCE(
    "properties", "builds b", "b.buildid", build_properties_fields, &properties_row_record,
    .bare = true, .help = "The properties of a build: {name: [value, source]}.",
    .hidden = HIDDEN_BUILD_ROW("b"));

static const struct rest_field buildset_properties_fields[] = {
    {"properties", "bs.properties", REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_buildset_properties = REST_RESOURCE(
    "properties", "buildsets bs", "bs.bsid", buildset_properties_fields, &properties_row_record,
    .bare = true, .help = "The properties that a buildset was made with: {name: [value, source]}.",
    .hidden = HIDDEN_BUILDSET("bs.bsid"));

/* A property as a row of its own; its value is JSON in a string, as Buildbot has it. */
struct property_row {
    const char *name, *source, *value;
};
static const struct ci_field property_row_fields[] = {
    CI_FIELD(struct property_row, name, 0),
    CI_FIELD(struct property_row, source, 0),
    CI_FIELD(struct property_row, value, 0),
};
static const struct ci_record property_row_record =
    CI_RECORD("property", struct property_row, property_row_fields);

static const struct rest_field property_fields[] = {
    {"name",   "p.key",                REST_STR, false, NULL},
    {"source", "p.value ->> 1",        REST_STR, true,  NULL},
    {"value",  "(p.value -> 0)::text", REST_STR, false, NULL},
};
const struct rest_resource rest_build_property_list = REST_RESOURCE(
    "_properties", "builds b CROSS JOIN LATERAL jsonb_each(b.properties) p", "p.key",
    property_fields, &property_row_record, .help = "A property of a build, its value as JSON text.",
    .hidden = HIDDEN_BUILD_ROW("b"));
const struct rest_resource rest_buildset_property_list =
    REST_RESOURCE("_properties", "buildsets bs CROSS JOIN LATERAL jsonb_each(bs.properties) p",
                  "p.key", property_fields, &property_row_record,
                  .help = "A property that a buildset was made with, its value as JSON text.",
                  .hidden = HIDDEN_BUILDSET("bs.bsid"));
const struct rest_resource rest_change_property_list = REST_RESOURCE(
    "_properties", "changes c CROSS JOIN LATERAL jsonb_each(c.properties) p", "p.key",
    property_fields, &property_row_record,
    .help = "A property of a change, its value as JSON text.", .hidden = "c.project = ANY($P)");
