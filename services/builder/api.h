/* SPDX-License-Identifier: Apache-2.0 */
/* The agent protocol, /agent/v1 (docs/architecture.md). Handlers get the struct ci_app. */
#pragma once

#include "shared/http.h"

extern const struct ci_route api_routes[];
extern const size_t api_route_count;

ci_authenticate api_authenticate;
