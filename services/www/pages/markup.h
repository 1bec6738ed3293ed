/* SPDX-License-Identifier: Apache-2.0 */
/* Text within XML and HTML. */
#pragma once

#include "shared/mem.h"

/*
 * The text with what means something in markup, quotes included, replaced by
 * entities, and what XML 1.0 can't hold (control characters) by blanks. In mem.
 */
const char *markup_escape(const char *text, void *mem);
