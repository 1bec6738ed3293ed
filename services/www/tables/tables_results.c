/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of what builds leave behind: test results, data, artifacts. */
#include "shared/model.h"
#include "tables/tables.h"

static const struct rest_field set_fields[] = {
    {"test_result_setid", "ts.test_result_setid", REST_INT,  false, NULL},
    {"builderid",         "ts.builderid",         REST_INT,  false, NULL},
    {"buildid",           "ts.buildid",           REST_INT,  false, NULL},
    {"stepid",            "ts.stepid",            REST_INT,  false, NULL},
    {"description",       "ts.description",       REST_STR,  true,  NULL},
    {"category",          "ts.category",          REST_STR,  false, NULL},
    {"value_unit",        "ts.value_unit",        REST_STR,  false, NULL},
    {"tests_passed",      "ts.tests_passed",      REST_INT,  true,  NULL},
    {"tests_failed",      "ts.tests_failed",      REST_INT,  true,  NULL},
    {"complete",          "ts.complete",          REST_BOOL, false, NULL},
};
static const struct rest_index set_indexes[] = {
    {"test_result_setid",           REST_FEW },
    {"test_result_setid",           REST_WALK},
    {"buildid",                     REST_FEW },
    {"stepid",                      REST_FEW },
    {"builderid test_result_setid", REST_PART},
    {NULL,                          REST_WALK},
};
const struct rest_resource rest_test_result_sets =
    REST_RESOURCE("test_result_sets", "test_result_sets ts", "ts.test_result_setid", set_fields,
                  &ci_test_result_set_record, .indexes = set_indexes,
                  .help = "A build's test results of one kind, from one step.",
                  .hidden = HIDDEN_BUILD("ts.buildid"));

static const struct rest_field result_fields[] = {
    {"test_resultid",     "tr.test_resultid",     REST_INT, false, NULL},
    {"builderid",         "tr.builderid",         REST_INT, false, NULL},
    {"test_result_setid", "tr.test_result_setid", REST_INT, false, NULL},
    {"test_name",         "tr.test_name",         REST_STR, true,  NULL},
    {"test_code_path",    "tr.test_code_path",    REST_STR, true,  NULL},
    {"line",              "tr.line",              REST_INT, true,  NULL},
    {"duration_ns",       "tr.duration_ns",       REST_INT, true,  NULL},
    {"value",             "tr.value",             REST_STR, false, NULL},
};
/* A set is what one step reported. */
static const struct rest_index result_indexes[] = {
    {"test_result_setid", REST_FEW },
    {NULL,                REST_WALK},
};
const struct rest_resource rest_test_results = REST_RESOURCE(
    "test_results", "test_results tr", "tr.test_resultid", result_fields, &ci_test_result_record,
    .indexes = result_indexes, .help = "The result of one test.",
    .hidden = "EXISTS (SELECT FROM test_result_sets hts JOIN builds hb USING (buildid) WHERE "
              "hts.test_result_setid = tr.test_result_setid AND " HIDDEN_BUILD_ROW("hb") ")");

static const struct rest_field data_fields[] = {
    {"buildid", "bda.buildid",                     REST_INT,    false, NULL},
    {"name",    "bda.name",                        REST_STR,    false, NULL},
    {"length",  "octet_length(bda.value)::bigint", REST_INT,    false, NULL},
    {"source",  "bda.source",                      REST_STR,    false, NULL},
    {"value",   "NULL::jsonb",                     REST_OPAQUE, true,  NULL},
};
const struct rest_resource rest_build_data = REST_RESOURCE(
    "build_data", "build_data bda", "bda.name", data_fields, &ci_build_data_record,
    .help = "Bytes that a build keeps under a name.", .hidden = HIDDEN_BUILD("bda.buildid"));

static const struct rest_field artifact_fields[] = {
    {"artifactid", "ar.artifactid",            REST_INT,  false, NULL},
    {"buildid",    "ar.buildid",               REST_INT,  false, NULL},
    {"step",       "ar.step",                  REST_INT,  false, NULL},
    {"name",       "ar.name",                  REST_STR,  false, NULL},
    {"size",       "ar.size",                  REST_INT,  false, NULL},
    {"sha256",     "encode(ar.sha256, 'hex')", REST_STR,  false, NULL},
    {"mode",       "ar.mode",                  REST_INT,  false, NULL},
    {"mtime",      "ar.mtime",                 REST_TIME, true,  NULL},
    {"created_at", "ar.created_at",            REST_TIME, false, NULL},
    {"expires_at", "ar.expires_at",            REST_TIME, true,  NULL},
};
static const struct rest_index artifact_indexes[] = {
    {"artifactid", REST_FEW },
    {"artifactid", REST_WALK},
    {"buildid",    REST_FEW },
    {"created_at", REST_WALK},
    {"expires_at", REST_WALK},
    {NULL,         REST_WALK},
};
const struct rest_resource rest_artifacts =
    REST_RESOURCE("artifacts", "artifacts ar", "ar.artifactid", artifact_fields,
                  &ci_artifact_record, .indexes = artifact_indexes,
                  .help = "A file that a build keeps.", .hidden = HIDDEN_BUILD("ar.buildid"));
