/* SPDX-License-Identifier: Apache-2.0 */
/* The changes service as tests of deliveries have it: without a server, on a real database. */
#pragma once

#include "api.h"
#include "db_test.h"
#include "shared/service.h"

static struct ci_common_settings common;
static struct ci_app app = {.common = &common};

/* Setup and teardown of a group: the database and the bus; nothing is logged. */
static inline int open_all(void **state)
{
    struct ci_err err = {0};

    if (db_test_open(state) != 0)
        return -1;
    ci_log_setup("test", CI_ERROR + 1);
    app.db = db_test.db;
    assert_ok(ci_bus_open(NULL, "test", &app.bus, &err), err);
    return 0;
}

static inline int close_all(void **state)
{
    ci_config_cache_free(app.config);
    ci_bus_close(app.bus);
    return db_test_close(state);
}

/* The configuration that deliveries meet from now on. */
static inline void configure(const char *yaml)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    int64_t version;

    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db);
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "test", "", mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_ok(ci_config_cache_refresh(app.config, NULL, &err), err);
}
