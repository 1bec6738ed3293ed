/* SPDX-License-Identifier: Apache-2.0 */
/* /cc.xml: every builder's state in the format of cctray and its kin. Pure. */
#pragma once

#include "shared/db.h"

struct cctray_row {
    int64_t builderid;
    const char *name;
    bool building;
    struct ci_maybe results, number; /* of the last build that is complete; not set: none is */
    struct ci_time complete_at;
};
extern const struct ci_record cctray_row_record;

/* The document about a list of struct cctray_row; `url` ends with a slash. In mem. */
const char *cctray_xml(struct ci_list rows, const char *url, void *mem);
