/* SPDX-License-Identifier: Apache-2.0 */
/* GET about: the installation as it runs. */
#pragma once

#include "shared/http.h"
#include "shared/record.h"

extern const struct ci_record about_record;

ci_handler about_get;

/* Whether the statements answer with the columns of their records. */
struct ci_db;
CI_MUST_USE bool about_check(struct ci_db *db, struct ci_err *err);
