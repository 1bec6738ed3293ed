/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of the configuration in the database. */
#include "config_rows.h"
#include "shared_sql.h"

#include <string.h>

struct version_row {
    int64_t version;
    const char *yaml;
};

static const struct ci_field version_only[] = {CI_FIELD(struct version_row, version, CI_REQUIRED)};
static const struct ci_record version_only_record =
    CI_RECORD("config_version", struct version_row, version_only);

static const struct ci_field current_fields[] = {
    CI_FIELD(struct version_row, version, CI_REQUIRED),
    CI_FIELD(struct version_row, yaml, CI_REQUIRED),
};
static const struct ci_record current_record =
    CI_RECORD("config_current", struct version_row, current_fields);

static const struct ci_field version_fields[] = {
    CI_FIELD(struct ci_config_version, version, 0),
    CI_FIELD(struct ci_config_version, applied_at, 0),
    CI_FIELD(struct ci_config_version, applied_by, 0),
    CI_FIELD(struct ci_config_version, comment, 0),
    CI_FIELD(struct ci_config_version, yaml, 0),
};
const struct ci_record ci_config_version_record =
    CI_RECORD("config_version", struct ci_config_version, version_fields);

/* "line 3, column 5: ..." of the first of several problems. */
static bool fail_with(const struct ci_list *problems, struct ci_err *err)
{
    const struct ci_problem *first = problems->items;

    if (problems->count == 1)
        return ci_fail(err, CI_EINVALID, "line %d, column %d: %s", first->line, first->column,
                       first->message);
    return ci_fail(err, CI_EINVALID, "line %d, column %d: %s (and %zu more)", first->line,
                   first->column, first->message, problems->count - 1);
}

static bool parse(const char *yaml, void *mem, struct ci_config **out, struct ci_err *err)
{
    struct ci_list problems;

    return ci_config_parse("slipway.yaml", yaml, strlen(yaml), mem, out, &problems) ||
           fail_with(&problems, err);
}

bool ci_config_load(struct ci_tx *tx, int64_t version, void *mem, struct ci_config **out,
                    struct ci_err *err)
{
    struct ci_config_version row = {0};
    struct ci_config *config;

    if (version == 0)
        return parse("{}", mem, out, err);
    if (!ci_db_one(tx, &sql_config_version_get, CI_ARGS(ci_arg(version)), &ci_config_version_record,
                   mem, &row, err) ||
        !parse(row.yaml, mem, &config, err))
        return ci_fail_in(err, "configuration version %lld", (long long)version);
    config->version = version;
    *out = config;
    return true;
}

bool ci_config_current_version(struct ci_tx *tx, int64_t *version, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct version_row row = {0};

    if (!ci_db_one(tx, &sql_config_current_version, CI_NO_ARGS, &version_only_record, mem, &row,
                   err))
        return false;
    *version = row.version;
    return true;
}

#define ONE(arg_) (const struct ci_arg[]){arg_}, 1

/* The version, and everything that it names, in one round trip. */
static bool store(struct ci_tx *tx, const struct ci_config *config,
                  const struct ci_config_version *as, void *mem, int64_t *version,
                  struct ci_err *err)
{
    struct ci_list made;
    const struct ci_arg version_args[] = {ci_arg(as->yaml), ci_arg(as->applied_by),
                                          ci_arg(as->comment)};
    const struct ci_query queries[] = {
        {&sql_config_version_add,         version_args,                        CI_COUNT(version_args), &version_only_record, &made,
         NULL                                                                                                                           },
        {&sql_config_apply_projects,      ONE(config_projects_arg(config,      mem)),                  NULL,                 NULL,  NULL},
        {&sql_config_apply_codebases,     ONE(config_codebases_arg(config,     mem)),                  NULL,                 NULL,  NULL},
        {&sql_config_apply_changesources, ONE(config_changesources_arg(config, mem)),                  NULL,                 NULL,
         NULL                                                                                                                           },
        {&sql_config_apply_builders,      ONE(config_builders_arg(config,      mem)),                  NULL,                 NULL,  NULL},
        {&sql_config_apply_schedulers,    ONE(config_schedulers_arg(config,    mem)),                  NULL,                 NULL,  NULL},
        {&sql_config_apply_workers,       ONE(config_workers_arg(config,       mem)),                  NULL,                 NULL,  NULL},
        {&sql_config_apply_pollers,       ONE(config_pollers_arg(config,       mem)),                  NULL,                 NULL,  NULL},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    *version = ((const struct version_row *)made.items)->version;
    return true;
}

bool ci_config_apply(struct ci_tx *tx, const char *yaml, const char *by, const char *comment,
                     void *mem, int64_t *version, struct ci_err *err)
{
    const struct ci_config_version as = {
        .yaml = yaml, .applied_by = by ? by : "", .comment = comment ? comment : ""};
    struct version_row current = {0};
    struct ci_config *config;

    if (!parse(yaml, mem, &config, err) ||
        !ci_db_exec(tx, &sql_config_lock, CI_NO_ARGS, NULL, err) ||
        !ci_db_one(tx, &sql_config_current, CI_NO_ARGS, &current_record, mem, &current, err))
        return false;
    if (current.version > 0 && strcmp(current.yaml, yaml) == 0) {
        *version = current.version;
        return true;
    }
    return store(tx, config, &as, mem, version, err);
}
