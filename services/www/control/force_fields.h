/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of forms as JSON objects, the parts that force_form.c puts together. */
#pragma once

#include "control/force.h"

/* What fields are made for. */
struct fields {
    const struct force_world *world;
    const struct ci_scheduler *scheduler;
    void *mem; /* of the names while they are put together */
};

/* New references all. */
json_t *field_of(const struct fields *of, const struct ci_force_param *param, const char *parent);
json_t *field_patch(const struct ci_force_param *param, const char *full_name, void *mem);

/* With the keys that every field has; takes `value`. */
json_t *field_new(const char *type, const char *name, const char *full_name, const char *label,
                  json_t *value);
json_t *field_text(const char *name, const char *full_name, const char *label, const char *value,
                   int size);
/* Takes `fields`. */
json_t *field_nested(const char *name, const char *full_name, const char *label, json_t *fields);
