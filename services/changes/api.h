/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web hooks: /change_hook/<dialect>. Codes and texts are Buildbot's
 * (buildbot/www/change_hook.py): 202 with "N change found" or "no change
 * found", 400 with the reason. A delivery counts whole or not at all, and one
 * that comes twice makes no second change.
 */
#pragma once

#include "shared/http.h"

enum { API_ROUTES = 3 };
extern const struct ci_route api_routes[API_ROUTES];
