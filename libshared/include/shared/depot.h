/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content store of a service: the S3 store that the configuration in
 * force names (storage: {s3: ...}), or else the folder the service was
 * started with. A new configuration takes effect with the next
 * ci_depot_take(); whoever has taken the one before goes on with it. Any thread.
 */
#pragma once

#include "shared/blob.h"
#include "shared/config.h"

struct ci_depot;

/*
 * `directory` and `secrets_dir` may be NULL; both are copied, `config` is
 * borrowed until the end. Nothing is opened yet.
 */
struct ci_depot *ci_depot_new(const char *directory, const char *secrets_dir,
                              struct ci_config_cache *config);
void ci_depot_free(struct ci_depot *depot); /* NULL-safe; nobody has taken the store */

/* A store that was taken. */
struct ci_depot_store {
    struct ci_blobs *blobs;
};

/*
 * The store to use now, given back by ci_depot_give(), or by CI_AUTO_STORE at
 * the end of its scope. CI_ENOTFOUND: there is none.
 */
CI_MUST_USE bool ci_depot_take(struct ci_depot *depot, struct ci_depot_store **out,
                               struct ci_err *err);
void ci_depot_give(struct ci_depot_store *store); /* NULL-safe */
void ci_depot_give_cleanup(struct ci_depot_store **store);
#define CI_AUTO_STORE CI_CLEANUP(ci_depot_give_cleanup) struct ci_depot_store *

/* For the end of the service: calls under way end soon. NULL-safe. */
void ci_depot_stop(struct ci_depot *depot);
