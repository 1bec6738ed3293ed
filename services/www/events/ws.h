/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of /ws, apart from the socket. */
#pragma once

#include "events/hub.h"

/* Carries out one frame of a listener and returns the answer's text, in mem. */
const char *ws_answer(struct hub *hub, struct hub_client *client, const char *text, size_t len,
                      void *mem);
