/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of tables and the configuration's answers share. */
#pragma once

#include "resource.h"

struct www;

/* A row of rest_forceschedulers. */
struct forcescheduler_row {
    const char *name, *button_name, *label;
    struct ci_strs builder_names;
    bool enabled;
    json_t *all_fields;
};

/* A row of rest_tryschedulers. */
struct tryscheduler_row {
    const char *name;
    struct ci_strs builder_names, codebases;
    bool enabled;
};

/* A worker in force, as far as it decides which builders it serves. */
struct worker_brief {
    int64_t workerid;
    const char *name;
    json_t *labels;
    bool active;
};
extern const struct ci_record worker_brief_record;

/* rest_path.resolve and rest_resource.finish of what only slipway.yaml knows; see configured.c. */
bool resolve_builders_of_worker(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err);
bool resolve_workers_of_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err);
bool resolve_workers_of_masters_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                        void *mem, struct ci_err *err);
/* Puts the build's id in place of (builder, number). */
bool resolve_build_by_number(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err);
bool resolve_build_by_name(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err);
bool resolve_forceschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err);
bool resolve_tryschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err);
bool finish_workers(struct www *www, struct ci_tx *tx, struct ci_list rows, void *mem,
                    struct ci_err *err);
