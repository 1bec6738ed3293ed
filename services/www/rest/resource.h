/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What REST API v2 knows about its resources: a table row for each field and
 * for each path. Everything else (the statements, filters, orders, checks of
 * the options) follows from these tables; SQL text stands nowhere else but
 * here and in sql/.
 */
#pragma once

#include "shared/config.h"
#include "shared/db.h"

enum rest_type {
    REST_INT,
    REST_BOOL,
    REST_STR,
    REST_TIME,   /* filtered by whole epoch seconds, as it is shown */
    REST_STRS,   /* text[] */
    REST_INTS,   /* bigint[] */
    REST_OPAQUE, /* objects: shown, never filtered */
};

struct rest_field {
    const char *name; /* as in JSON and in the record */
    const char *sql;  /* an expression over the resource's FROM */
    enum rest_type type;
    bool nullable;          /* decides NULLS FIRST, which costs an index scan where it is idle */
    const char *when_false; /* REST_BOOL: the condition of "=false" where it is more than NOT */
};

/* How far an index goes that has all its fields fixed by equality. */
enum rest_reach {
    REST_WALK, /* it gives an order; every other filter would be tried on row after row */
    REST_PART, /* the first field leaves a part of the table (a builder's), within which other
                  filters are borne */
    REST_FEW,  /* few rows are left: any filter and any order is borne */
};

/*
 * An index of the database, as far as queries may count on it: names of fields in its order; a
 * "!" before the name of a truth value means that the index has only the rows where it is false.
 * tests/www/test_query_index.c looks whether the database has it.
 */
struct rest_index {
    const char *fields; /* "builderid number"; NULL at the end of a list */
    enum rest_reach reach;
};

struct www;
struct ci_request;
struct access_view;

struct rest_resource {
    const char *plural; /* the key of the answer */
    const char *from;
    const char *key; /* unique and never null: the default order, and the last */
    const struct rest_field *fields;
    size_t count;
    const struct ci_record *record; /* its fields are the table's, name for name */
    const char *properties;         /* jsonb that property= selects from; NULL: property= is idle */
    const struct rest_index *indexes; /* NULL: the table is small, every query is served */
    const char *mostly;               /* a truth value that holds for most rows, or NULL */
    const char *help;                 /* what a row is, one sentence, for the OpenAPI document */
    /*
     * A condition that is true of rows that somebody may not see, by what access.h tells:
     * "$B" stands for the hidden builders' ids (bigint[]), "$P" for the hidden projects, "$Q" for
     * those that hide the builds of their sources as well, "$S" for the hidden schedulers,
     * "$C" for the hidden change sources (text[]); "$G" is whether what concerns none of all these
     * may be seen. "false": the rows concern no builder and no project. Never NULL: whoever adds a
     * resource decides; tables.h has the usual conditions.
     */
    const char *hidden;
    enum ci_action right; /* what reading it takes; CI_ACTION_READ for most */
    bool bare;            /* the element is the value of the only field */
    bool newest_first;    /* by descending key where no order is asked for */
    size_t from_args;     /* arguments that FROM takes, before the path's */
    /* Fills what the database does not hold, and takes out what `view` (NULL: nothing) hides, in
     * rows of the record's struct; or NULL. */
    bool (*finish)(struct www *www, struct ci_tx *tx, const struct access_view *view,
                   struct ci_list rows, void *mem, struct ci_err *err);
};

enum rest_kind {
    REST_COLLECTION,
    REST_SINGLE,
    REST_CONTENTS,   /* of a log, as JSON */
    REST_SEARCH,     /* lines of a log that match */
    REST_TIMES,      /* when lines of a log came */
    REST_RAW,        /* a log to be saved */
    REST_RAW_INLINE, /* a log to be looked at */
    REST_VALUE,      /* the bytes of build data */
    REST_FILE,       /* the content of an artifact */
    REST_DEEP,       /* a build with all that belongs to it */
};

/* What a path narrows a resource to. */
struct rest_scope {
    const char *where;            /* condition over $1 ..., or NULL */
    const struct ci_stmt *within; /* further: its one column has the key; or NULL */
    struct ci_arg *args;
    size_t nargs;
    const struct access_view *view; /* of who asks; NULL: the service itself does, and sees all */
};

struct rest_path {
    const char *pattern; /* ":n" an integer, ":s" any text, "*" at the end: all that follows */
    const struct rest_resource *resource;
    enum rest_kind kind;
    const char *where;            /* $1 ... are the path's values in order */
    const struct ci_stmt *within; /* its one column has the key */
    /* Rewrites the arguments where the configuration has the answer; or NULL. */
    bool (*resolve)(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                    struct ci_err *err);
};

#define REST_RESOURCE(plural_, from_, key_, fields_, record_, ...)                                 \
    {                                                                                              \
        .plural = (plural_), .from = (from_), .key = (key_), .fields = (fields_),                  \
        .count = CI_COUNT(fields_), .record = (record_), __VA_ARGS__                               \
    }

extern const struct rest_resource rest_builds, rest_buildrequests, rest_buildsets, rest_changes,
    rest_sourcestamps, rest_build_properties, rest_build_property_list, rest_buildset_properties,
    rest_buildset_property_list, rest_change_property_list, rest_steps, rest_logs, rest_builders,
    rest_builder_summaries, rest_workers, rest_masters, rest_schedulers, rest_forceschedulers,
    rest_tryschedulers, rest_notifications, rest_notification, rest_test_result_sets,
    rest_test_results, rest_build_data, rest_artifacts, rest_projects, rest_codebases,
    rest_branches, rest_commits, rest_commit_graphs, rest_changesources, rest_deliveries,
    rest_delivery_bodies, rest_users, rest_tokens, rest_audit;

/* Tests over builds: of a builder, and one by one. */
extern const struct rest_resource rest_tests, rest_test_history;

/* All of them, NULL-terminated. */
extern const struct rest_resource *const rest_resources[];

/*
 * The families of paths, one table each: the numeric form before the name's, a NULL pattern last.
 * Tables may not compete for a path; tests/www/test_paths.c sees to that.
 */
extern const struct rest_path rest_paths_build[], rest_paths_request[], rest_paths_source[],
    rest_paths_plant[], rest_paths_results[], rest_paths_notify[], rest_paths_project[],
    rest_paths_ledger[], rest_paths_access[];

/* All of them, NULL-terminated. */
extern const struct rest_path *const rest_paths[];

const struct rest_field *rest_field(const struct rest_resource *resource, const char *name,
                                    size_t len);
