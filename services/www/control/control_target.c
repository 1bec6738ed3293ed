/* SPDX-License-Identifier: Apache-2.0 */
/* What the control calls are done to, as the rules of access see it. */
#include "control/rpc.h"
#include "shared/buildset.h"
#include "shared/model.h"
#include "www_sql.h"

/* A build or a request, with all that rules may speak of. */
struct subject_row {
    const char *builder, *project, *scheduler, *worker;
    struct ci_strs branches, owners;
};
static const struct ci_field subject_row_fields[] = {
    CI_FIELD(struct subject_row, builder, 0),   CI_FIELD(struct subject_row, project, 0),
    CI_FIELD(struct subject_row, scheduler, 0), CI_FIELD(struct subject_row, worker, 0),
    CI_FIELD(struct subject_row, branches, 0),  CI_FIELD(struct subject_row, owners, 0),
};
static const struct ci_record subject_row_record =
    CI_RECORD("subject", struct subject_row, subject_row_fields);

static bool read_subject(struct control *control, const struct ci_stmt *stmt, int64_t id,
                         struct control_subject *out, struct ci_err *err)
{
    struct subject_row row = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(control->www->app->db, &tx, err) ||
        !ci_db_one(&tx, stmt, CI_ARGS(ci_arg(id)), &subject_row_record, control->request->mem, &row,
                   err))
        return false;
    *out = (struct control_subject){
        .target = {.builder = row.builder,
                   .project = row.project,
                   .scheduler = row.scheduler,
                   .worker = row.worker,
                   .owners = row.owners},
        .branches = row.branches,
    };
    return true;
}

bool control_target_build(struct control *control, struct control_subject *out, struct ci_err *err)
{
    return read_subject(control, &sql_access_build,
                        ((const struct ci_build *)control->row)->buildid, out, err);
}

bool control_target_request(struct control *control, struct control_subject *out,
                            struct ci_err *err)
{
    /* The row begins as struct ci_buildrequest does. */
    return read_subject(control, &sql_access_request,
                        ((const struct ci_buildrequest *)control->row)->buildrequestid, out, err);
}

bool control_target_scheduler(struct control *control, struct control_subject *out,
                              struct ci_err *err)
{
    (void)err;
    *out = (struct control_subject){
        .target = {.scheduler = ((const struct ci_scheduler_row *)control->row)->name}};
    return true;
}

bool control_target_worker(struct control *control, struct control_subject *out, struct ci_err *err)
{
    (void)err;
    *out = (struct control_subject){
        .target = {.worker = ((const struct ci_worker_row *)control->row)->name}};
    return true;
}

bool control_may(struct control *control, enum ci_action action,
                 const struct control_subject *subject, struct ci_err *err)
{
    struct access_target target = subject->target;
    size_t i = 0;

    do {
        if (subject->branches.count)
            target.branch = subject->branches.items[i];
        if (!access_check_as(control->www, control->request, control->who, action, &target, err))
            return false;
    } while (++i < subject->branches.count);
    return true;
}

bool control_may_order(struct control *control, enum ci_action action,
                       const struct ci_scheduler *scheduler, struct ci_strs builders,
                       struct ci_list sources, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(control->www->app->config);
    const char **branches = ci_mem_array(control->request->mem, const char *, sources.count + 1);
    struct control_subject subject = {
        .target = {.scheduler = scheduler->name},
          .branches = { branches,                           0}
    };

    CI_FOREACH(const struct ci_source, source, sources)
        branches[subject.branches.count++] = source->branch ? source->branch : "";
    for (size_t i = 0; i < builders.count; i++) {
        const struct ci_builder *builder = ci_config_builder(config, builders.items[i]);

        subject.target.builder = builders.items[i];
        subject.target.project = builder && builder->project ? builder->project : "";
        if (!control_may(control, action, &subject, err))
            return false;
    }
    return true;
}

const char *control_person(const struct control *control)
{
    bool shared = control->who->kind == IDENTITY_ANONYMOUS || control->who->kind == IDENTITY_ADMIN;

    return shared ? NULL : control->who->username;
}
