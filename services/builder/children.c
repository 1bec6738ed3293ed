/* SPDX-License-Identifier: Apache-2.0 */
/* A build that ends takes what it waited for along. */
#include "children.h"

#include "builder_sql.h"

void children_cancel(struct batch *batch, int64_t buildid)
{
    static const char reason[] = "the build that waited for it has ended";

    /* First the triggers that are no buildsets yet: this waits for a scheduler that is at one. */
    batch_add(batch, &sql_children_withdraw, CI_ARGS(ci_arg(buildid), ci_arg(reason)), NULL, NULL);
    batch_add(batch, &sql_children_cancel, CI_ARGS(ci_arg(buildid), ci_arg(reason)), NULL, NULL);
}
