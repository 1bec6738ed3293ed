/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to who sits at the terminal; main thread only. */
#pragma once

#include "shared/base.h"

enum { PROMPT_LONGEST = 1024 };

/*
 * One line of standard input, into out (PROMPT_LONGEST + 2 bytes); the question goes to standard
 * error where a terminal asks. False at the end of input, or for an empty line.
 */
bool prompt_line(const char *question, char *out);
/* The same for a secret: what is typed is not shown. */
bool prompt_hidden(const char *question, char *out);
