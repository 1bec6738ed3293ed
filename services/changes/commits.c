/* SPDX-License-Identifier: Apache-2.0 */
#include "commits.h"

#include "changes_sql.h"
#include "shared/event.h"

/* Both statements of a change in one round trip. */
static bool add_one(struct ci_tx *tx, int64_t changeid, void *mem, struct ci_list *commits,
                    struct ci_list *branches, struct ci_err *err)
{
    const struct ci_arg id[] = {ci_arg(changeid)};
    const struct ci_query queries[] = {
        {&sql_commit_add,  id, 1, &ci_commit_row_record, commits,  NULL},
        {&sql_branch_move, id, 1, &ci_branch_row_record, branches, NULL},
    };

    return ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err);
}

/* A change of no codebase, as most are, costs no question. */
static bool may_be_kept(const struct ci_change *change)
{
    return *change->project && *change->codebase && change->revision;
}

bool commits_add(struct ci_tx *tx, struct ci_change *const *changes, size_t count, void *mem,
                 struct commit_news *out, struct ci_err *err)
{
    struct ci_commit_row **commits = ci_mem_array(mem, struct ci_commit_row *, count);
    struct ci_branch_row **branches = ci_mem_array(mem, struct ci_branch_row *, count);
    struct commit_news news = {.commits.items = commits, .branches.items = branches};

    for (size_t i = 0; i < count; i++) {
        struct ci_list commit = {0}, branch = {0};

        if (!may_be_kept(changes[i]))
            continue;
        if (!add_one(tx, changes[i]->changeid, mem, &commit, &branch, err))
            return false;
        if (commit.count)
            commits[news.commits.count++] = commit.items;
        if (branch.count)
            branches[news.branches.count++] = branch.items;
    }
    *out = news;
    return true;
}

void commits_announce(struct ci_bus *bus, const struct commit_news *news)
{
    struct ci_commit_row *const *commits = news->commits.items;
    struct ci_branch_row *const *branches = news->branches.items;

    for (size_t i = 0; i < news->commits.count; i++)
        ci_event_publish(bus, "commits", commits[i]->commitid, "new", &ci_commit_row_record,
                         commits[i]);
    for (size_t i = 0; i < news->branches.count; i++)
        ci_event_publish(bus, "branches", branches[i]->branchid, "update", &ci_branch_row_record,
                         branches[i]);
}
