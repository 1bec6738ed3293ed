/* SPDX-License-Identifier: Apache-2.0 */
/* What a list may cost: see rest_bounded(). */
#include "rest/query_index.h"
#include "rest/rest.h"
#include "www_sql.h"

#include <string.h>

struct rows_row {
    int64_t rows;
};
static const struct ci_field rows_row_fields[] = {CI_FIELD(struct rows_row, rows, 0)};
static const struct ci_record rows_row_record = CI_RECORD("rows", struct rows_row, rows_row_fields);

/* As PostgreSQL last counted them; the table's name is the first word of FROM. */
static bool estimate(struct ci_tx *tx, const struct rest_resource *resource, void *mem,
                     int64_t *out, struct ci_err *err)
{
    const char *table = ci_mem_strndup(mem, resource->from, strcspn(resource->from, " "));
    struct rows_row row = {0};

    if (!ci_db_one(tx, &sql_table_rows, CI_ARGS(ci_arg(table)), &rows_row_record, mem, &row, err))
        return false;
    *out = row.rows;
    return true;
}

bool rest_bounded(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
                  const struct rest_scope *scope, const struct query_options *options, void *mem,
                  const char **refusal, struct ci_err *err)
{
    int64_t bound = www->settings->query_rows, rows;
    bool far = options->offset.set && options->offset.value > bound;
    struct query_gap gap;

    *refusal = NULL;
    if (!resource->indexes || (query_served(resource, scope, options, &gap) && !far))
        return true;
    if (!estimate(tx, resource, mem, &rows, err))
        return false;
    if (rows <= bound)
        return true;
    if (far)
        *refusal = ci_mem_printf(mem,
                                 "invalid offset: at most %lld, as what is skipped is read; "
                                 "filter by what the last page ended with",
                                 (long long)bound);
    else
        *refusal = query_gap_text(resource, &gap, rows, mem);
    return true;
}
