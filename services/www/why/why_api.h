/* SPDX-License-Identifier: Apache-2.0 */
/* GET buildrequests/N/why and changes/N/why. */
#pragma once

#include "shared/http.h"

ci_handler why_request_get, why_change_get;
