/* SPDX-License-Identifier: Apache-2.0 */
/* Cancellers of failing buildsets. */
#include "siblings.h"

#include "builder_sql.h"
#include "shared/filter.h"

#include <string.h>

static const struct ci_field source_fields[] = {
    CI_FIELD(struct ci_candidate, repository, 0), CI_FIELD(struct ci_candidate, project, 0),
    CI_FIELD(struct ci_candidate, codebase, 0),   CI_FIELD(struct ci_candidate, branch, 0),
    CI_FIELD(struct ci_candidate, revision, 0),
};
static const struct ci_record source_record =
    CI_RECORD("source", struct ci_candidate, source_fields);

static bool names(struct ci_strs list, const char *builder)
{
    for (size_t i = 0; i < list.count; i++) {
        if (strcmp(list.items[i], builder) == 0)
            return true;
    }
    return list.count == 0;
}

static bool looks_at(const struct ci_canceller *canceller, const char *builder)
{
    return canceller->type == CI_CANCEL_FAILING_BUILDSET && names(canceller->builders, builder);
}

bool siblings_matter(const struct ci_config *config, const char *builder)
{
    CI_FOREACH(const struct ci_canceller, canceller, config->cancellers) {
        if (looks_at(canceller, builder))
            return true;
    }
    return false;
}

/* Any source that the filter passes is enough. */
static bool passes(const struct ci_canceller *canceller, struct ci_list sources)
{
    CI_FOREACH(const struct ci_candidate, source, sources) {
        if (ci_filter_matches(&canceller->source_filter, source))
            return true;
    }
    return !canceller->source_filter.given;
}

static bool cancel(struct ci_tx *tx, const struct ci_canceller *canceller,
                   const struct siblings_of *failed, void *mem, int64_t *count, struct ci_err *err)
{
    static const char *const none[1];
    const struct ci_strs builders = canceller->builders_to_cancel.count > 0
                                        ? canceller->builders_to_cancel
                                        : (struct ci_strs){none, 0};
    const char *reason = ci_mem_printf(mem, "%s of the same buildset failed", failed->builder);
    int64_t affected = 0;

    if (!ci_db_exec(tx, &sql_siblings_cancel,
                    CI_ARGS(ci_arg(failed->buildsetid), ci_arg(failed->buildrequestid),
                            ci_arg(builders), ci_arg(reason)),
                    &affected, err))
        return false;
    *count += affected;
    return true;
}

bool siblings_cancel(struct ci_tx *tx, const struct ci_config *config,
                     const struct siblings_of *failed, void *mem, int64_t *count,
                     struct ci_err *err)
{
    struct ci_list sources = {0};

    *count = 0;
    if (!siblings_matter(config, failed->builder))
        return true;
    if (!ci_db_rows(tx, &sql_siblings_sources, CI_ARGS(ci_arg(failed->buildsetid)), &source_record,
                    mem, &sources, err))
        return false;
    CI_FOREACH(const struct ci_canceller, canceller, config->cancellers) {
        if (looks_at(canceller, failed->builder) && passes(canceller, sources) &&
            !cancel(tx, canceller, failed, mem, count, err))
            return false;
    }
    return true;
}
