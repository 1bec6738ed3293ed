/* SPDX-License-Identifier: Apache-2.0 */
/* uthash with a hash function that clang accepts: the default one falls through its switch. */
#pragma once

#define HASH_FUNCTION HASH_OAT
#include <uthash.h>
