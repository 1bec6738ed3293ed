/* SPDX-License-Identifier: Apache-2.0 */
#include "id_row.h"

static const struct ci_field id_row_fields[] = {CI_FIELD(struct id_row, id, 0)};
const struct ci_record id_row_record = CI_RECORD("id", struct id_row, id_row_fields);
