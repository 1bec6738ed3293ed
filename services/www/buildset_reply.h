/* SPDX-License-Identifier: Apache-2.0 */
/* What force and rebuild answer. */
#pragma once

#include "shared/buildset.h"

/* [bsid, {"<builderid>": brid}]. New reference. */
json_t *buildset_reply(const struct ci_buildset_made *made, struct ci_i64s builderids);
