/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v2/application.spec: the paths and types as Buildbot's clients read them. */
#pragma once

#include "openapi/shapes.h"

/* A pattern in Buildbot's notation ("builders/n:builderid/builds/n:number"), in mem. */
const char *spec_path(const char *pattern, void *mem);

/* {"type": "build", "fields": [{name, type, type_spec}]}. New reference. */
json_t *spec_type(const struct rest_resource *resource);
