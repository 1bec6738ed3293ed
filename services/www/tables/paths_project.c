/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of projects, codebases, branches and commits. */
#include "tables/paths_tables.h"

#define COMMITS_RANGE "codebases/:n/commit_range/:n/:n"

const struct rest_path rest_paths_project[] = {
    LIST("projects", projects, NULL),
    ONE("projects/:n", projects, "p.projectid = $1::bigint"),
    ONE("projects/:s", projects, "p.name = $1::text"),
    LIST("projects/:n/builders", builders, "bd.projectid = $1::bigint"),
    LIST("codebases", codebases, NULL),
    ONE("codebases/:n", codebases, "cb.codebaseid = $1::bigint"),
    ONE("projects/:n/codebases/:s", codebases, "cb.projectid = $1::bigint AND cb.name = $2::text"),
    ONE("branches/:n", branches, "br.branchid = $1::bigint"),
    LIST("codebases/:n/branches", branches, "br.codebaseid = $1::bigint"),
    ONE("commits/:n", commits, "cm.commitid = $1::bigint"),
    LIST("codebases/:n/commits", commits, "cm.codebaseid = $1::bigint"),
    ONE("codebases/:n/commits_by_revision/:s", commits,
        "cm.codebaseid = $1::bigint AND cm.revision = $2::text"),
    ONE(COMMITS_RANGE "/commits_common_parent", commit_graphs, NULL),
    LIST(COMMITS_RANGE "/test_result_sets", test_result_sets,
         "ts.buildid IN (" COMMIT_RANGE "SELECT rb.buildid FROM met "
         "JOIN commits rc ON rc.commitid = ANY(met.to1 || met.to2) "
         "JOIN codebases rcb ON rcb.codebaseid = rc.codebaseid "
         "JOIN projects rp ON rp.projectid = rcb.projectid "
         "JOIN sourcestamps rs ON rs.revision = rc.revision AND rs.codebase = rcb.name "
         "AND rs.project = rp.name "
         "JOIN buildset_sourcestamps rl ON rl.ssid = rs.ssid "
         "JOIN buildrequests rq ON rq.buildsetid = rl.bsid "
         "JOIN builds rb ON rb.buildrequestid = rq.buildrequestid)"),
    PATHS_END,
};
