/* SPDX-License-Identifier: Apache-2.0 */
/* A row of one number, `id`: what many small statements return. */
#pragma once

#include "shared/db.h"

struct id_row {
    int64_t id;
};
extern const struct ci_record id_row_record;
