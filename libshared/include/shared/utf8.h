/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside that has to be UTF-8 before PostgreSQL and JSON take it.
 * Any thread.
 */
#pragma once

#include "shared/mem.h"

/* Strict UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool ci_utf8_is_valid(const char *text, size_t len);

/* A NUL-terminated copy in mem with each maximal invalid part, and each NUL, as U+FFFD. */
char *ci_utf8_clean(void *mem, const char *text, size_t len);
