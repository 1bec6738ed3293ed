/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slipway.yaml as structs. ci_config_parse() reads, validates and decodes a
 * file by the record tables in src/config_*.c; the same tables print the JSON
 * Schema. A struct ci_config is never changed after parsing and may be read
 * by any thread.
 */
#pragma once

#include "shared/config_builders.h"
#include "shared/config_notifiers.h"
#include "shared/config_schedulers.h"
#include "shared/config_sources.h"
#include "shared/config_www.h"
#include "shared/db.h"

struct ci_store_spec; /* shared/blob.h */
struct ci_vault;      /* shared/secrets.h */

struct ci_config {
    int64_t version;                     /* of config_versions; 0 when parsed from a file */
    const char *title, *title_url, *url; /* url ends with "/" */
    struct ci_access access;
    struct ci_list sign_in; /* struct ci_sign_in */
    struct ci_www www;
    struct ci_limits limits;
    struct ci_web_hooks web_hooks;
    struct ci_list change_sources;      /* struct ci_change_source */
    struct ci_list revlinks;            /* struct ci_revlink */
    struct ci_list schedulers;          /* struct ci_scheduler */
    struct ci_list projects;            /* struct ci_project */
    struct ci_list builders;            /* struct ci_builder */
    struct ci_list workers;             /* struct ci_worker */
    struct ci_list notifiers;           /* struct ci_notifier */
    struct ci_list locks;               /* struct ci_lock */
    struct ci_list cancellers;          /* struct ci_canceller */
    json_t *properties;                 /* of every build, object or NULL */
    enum ci_collapse collapse_requests; /* of builders that do not say it */
    struct ci_retention retention;
    const struct ci_vault *vault;   /* secrets: {vault: ...}, or NULL */
    const struct ci_store_spec *s3; /* storage: {s3: ...}, or NULL */
    bool logs_in_s3;                /* storage: {logs: s3} */
    int64_t artifact_max_size;      /* bytes of one; default 1 GiB */
    int64_t artifact_quota;         /* bytes of all; 0: any */
    int64_t log_max_size;           /* bytes of one log; 0: any; the rest is dropped with a mark */
};

/* The one of that name, or NULL; borrowed from the configuration. */
const struct ci_builder *ci_config_builder(const struct ci_config *config, const char *name);
const struct ci_scheduler *ci_config_scheduler(const struct ci_config *config, const char *name);
const struct ci_lock *ci_config_lock(const struct ci_config *config, const char *name);

/* One finding of the check. */
struct ci_problem {
    int line, column; /* from 1; 0: the whole file */
    /* A line of UTF-8: `schedulers[0].builders[1]: no builder "linx" (did you mean "linux"?)` */
    const char *message;
};

/*
 * Parses `text`, the content of `file` (for messages only). True: *out is a
 * whole configuration in mem. False: *problems (in mem) lists everything that
 * is wrong, in file order, struct ci_problem. Reads no other file and no
 * network. Limits: 4 MiB, 64 levels, 100,000 nodes; aliases are refused.
 */
CI_MUST_USE bool ci_config_parse(const char *file, const char *text, size_t len, void *mem,
                                 struct ci_config **out, struct ci_list *problems);

/* The JSON Schema (2020-12) of the file, from the same tables. New reference. */
json_t *ci_config_schema(void);

/*
 * The file that a repository carries (`.slipway.yml`): {steps: [...]} and
 * nothing else. Steps that read secrets, trigger or lock are refused. `taken`:
 * names of the steps before them.
 */
CI_MUST_USE bool ci_config_parse_repository(const char *file, const char *text, size_t len,
                                            struct ci_strs taken, void *mem, struct ci_list *steps,
                                            struct ci_list *problems);

/* The manual's reference, Markdown, from the same tables: docs/configuration.md. In mem. */
const char *ci_config_manual(void *mem);

/* ---- versions in the database ---- */

struct ci_config_version {
    int64_t version;
    struct ci_time applied_at;
    const char *applied_by;
    const char *comment;
    const char *yaml;
};
extern const struct ci_record ci_config_version_record;

CI_MUST_USE bool ci_config_load(struct ci_tx *tx, int64_t version, void *mem,
                                struct ci_config **out, struct ci_err *err);
/* version 0 and an empty configuration before the first apply. */
CI_MUST_USE bool ci_config_current_version(struct ci_tx *tx, int64_t *version, struct ci_err *err);
/*
 * Stores `yaml` as the new current version, and brings the tables of
 * builders, schedulers, workers, change sources, projects and codebases to
 * what it names (rows that left the file become inactive, or stay as they
 * were, and keep their ids; changed projects and codebases get its number). A text equal to the
 * current one makes no new version. CI_EINVALID with the first problem when it does not parse.
 */
CI_MUST_USE bool ci_config_apply(struct ci_tx *tx, const char *yaml, const char *by,
                                 const char *comment, void *mem, int64_t *version,
                                 struct ci_err *err);

/*
 * The versions a process works with: the current one, reread when told, and
 * older ones of running builds, kept as long as somebody holds them. Any thread.
 */
struct ci_config_cache;
struct ci_config_cache *ci_config_cache_new(struct ci_db *db);
void ci_config_cache_free(struct ci_config_cache *cache); /* NULL-safe */
/* Looks for a newer version; *changed (may be NULL) when one was taken up. */
CI_MUST_USE bool ci_config_cache_refresh(struct ci_config_cache *cache, bool *changed,
                                         struct ci_err *err);
/* The current version, or that very version; release it with ci_config_put(). */
const struct ci_config *ci_config_get(struct ci_config_cache *cache);
CI_MUST_USE bool ci_config_get_version(struct ci_config_cache *cache, int64_t version,
                                       const struct ci_config **out, struct ci_err *err);
void ci_config_put(const struct ci_config *config); /* NULL-safe */
void ci_config_put_cleanup(const struct ci_config **config);
#define CI_AUTO_CONFIG CI_CLEANUP(ci_config_put_cleanup) const struct ci_config *
