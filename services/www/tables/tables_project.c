/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of projects, their codebases, and what changes told of those. */
#include "shared/model.h"
#include "tables/tables.h"

static const struct rest_field project_fields[] = {
    {"projectid",          "p.projectid",                                                                     REST_INT, false, NULL},
    {"name",               "p.name",                                                                          REST_STR, false, NULL},
    {"slug",               "p.slug",                                                                          REST_STR, false, NULL},
    {"active",             "EXISTS (SELECT FROM builders pb WHERE pb.projectid = p.projectid AND pb.active)",
     REST_BOOL,                                                                                                         false, NULL},
    {"description",        "p.description",                                                                   REST_STR, true,  NULL},
    {"description_format", "p.description_format",                                                            REST_STR, true,  NULL},
    {"description_html",   "p.description_html",                                                              REST_STR, true,  NULL},
};
const struct rest_resource rest_projects = REST_RESOURCE(
    "projects", "projects p", "p.projectid", project_fields, &ci_project_row_record,
    .help = "Something that builders and codebases belong to.", .hidden = "p.name = ANY($P)");

/* Whether the project of what belongs to a codebase is hidden. */
#define HIDDEN_CODEBASE(id)                                                                        \
    id " IN (SELECT hc.codebaseid FROM codebases hc JOIN projects hp USING (projectid) "           \
       "WHERE hp.name = ANY($P))"

static const struct rest_field codebase_fields[] = {
    {"codebaseid", "cb.codebaseid", REST_INT, false, NULL},
    {"projectid",  "cb.projectid",  REST_INT, false, NULL},
    {"name",       "cb.name",       REST_STR, false, NULL},
    {"slug",       "cb.slug",       REST_STR, false, NULL},
};
const struct rest_resource rest_codebases = REST_RESOURCE(
    "codebases", "codebases cb", "cb.codebaseid", codebase_fields, &ci_codebase_row_record,
    .help = "A source tree of a project, by the name that changes call it.",
    .hidden = "cb.projectid IN (SELECT hp.projectid FROM projects hp WHERE hp.name = ANY($P))");

static const struct rest_field branch_fields[] = {
    {"branchid",       "br.branchid",       REST_INT,  false, NULL},
    {"codebaseid",     "br.codebaseid",     REST_INT,  false, NULL},
    {"name",           "br.name",           REST_STR,  false, NULL},
    {"commitid",       "br.commitid",       REST_INT,  true,  NULL},
    {"last_timestamp", "br.last_timestamp", REST_TIME, false, NULL},
};
const struct rest_resource rest_branches =
    REST_RESOURCE("branches", "branches br", "br.branchid", branch_fields, &ci_branch_row_record,
                  .help = "A branch of a codebase, at the newest commit that a change told of.",
                  .hidden = HIDDEN_CODEBASE("br.codebaseid"));

static const struct rest_field commit_fields[] = {
    {"commitid",        "cm.commitid",        REST_INT,  false, NULL},
    {"codebaseid",      "cm.codebaseid",      REST_INT,  false, NULL},
    {"author",          "cm.author",          REST_STR,  false, NULL},
    {"committer",       "cm.committer",       REST_STR,  true,  NULL},
    {"comments",        "cm.comments",        REST_STR,  false, NULL},
    {"when_timestamp",  "cm.when_timestamp",  REST_TIME, false, NULL},
    {"revision",        "cm.revision",        REST_STR,  false, NULL},
    {"parent_commitid", "cm.parent_commitid", REST_INT,  true,  NULL},
};
static const struct rest_index commit_indexes[] = {
    {"commitid",            REST_FEW },
    {"codebaseid commitid", REST_PART},
    {NULL,                  REST_WALK},
};
const struct rest_resource rest_commits = REST_RESOURCE(
    "commits", "commits cm", "cm.commitid", commit_fields, &ci_commit_row_record,
    .indexes = commit_indexes, .help = "A commit of a codebase that a change told of.",
    .hidden = HIDDEN_CODEBASE("cm.codebaseid"));

/* Where the histories of two commits meet, and the ways from there: oldest first, both ends in. */
struct commit_graph_row {
    int64_t common;
    struct ci_i64s to1, to2;
};
static const struct ci_field commit_graph_row_fields[] = {
    CI_FIELD(struct commit_graph_row, common, 0),
    CI_FIELD(struct commit_graph_row, to1, 0),
    CI_FIELD(struct commit_graph_row, to2, 0),
};
static const struct ci_record commit_graph_row_record =
    CI_RECORD("commit_graph", struct commit_graph_row, commit_graph_row_fields);

static const struct rest_field commit_graph_fields[] = {
    {"common", "g.common", REST_INT,  false, NULL},
    {"to1",    "g.to1",    REST_INTS, false, NULL},
    {"to2",    "g.to2",    REST_INTS, false, NULL},
};
const struct rest_resource rest_commit_graphs = REST_RESOURCE(
    "commit_graphs", "(" COMMIT_RANGE "SELECT codebaseid, common, to1, to2 FROM met) g", "g.common",
    commit_graph_fields, &commit_graph_row_record,
    .help = "Where the histories of two commits meet.", .hidden = HIDDEN_CODEBASE("g.codebaseid"),
    .from_args = 3);
