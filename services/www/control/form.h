/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A form that was filled in: each field's value, checked against the field's
 * description as the REST resource gives it. Complaints collect, one for each
 * field, so that a person hears of all of them at once.
 */
#pragma once

#include "shared/mem.h"

struct form {
    const json_t *params;
    json_t *errors; /* {full name: complaint} */
    json_t *values; /* {full name: value} of every field that is no frame */
    void *mem;
};

/* Reads every field of the list, frames and what is inside them. */
void form_read(struct form *form, const json_t *fields);

void form_complain(struct form *form, const char *name, const char *fmt, ...) CI_PRINTF(3, 4);

/* What was given for a field as a list without its blanks. New reference. */
json_t *form_given(const struct form *form, const char *name);

/* A value that was read; "" when it is none, or no text. */
const char *form_text(const struct form *form, const char *full_name);

bool form_matches(const char *pattern, const char *text); /* at the start */
bool form_is_blank(const json_t *value);
