/* SPDX-License-Identifier: Apache-2.0 */
/* What the codecs of records share. */
#pragma once

#include "shared/record.h"

/* The field called `name`, or NULL. */
const struct ci_field *ci_field_named(const struct ci_record *record, const char *name);

/* The value of an enum's name; false when it is none of them. */
bool ci_field_enum(const struct ci_field *field, const char *name, int *out);
