/* SPDX-License-Identifier: Apache-2.0 */
/* uthash, with the one of its hash functions that both compilers take without a warning. */
#pragma once

#define HASH_FUNCTION HASH_FNV
#include <uthash.h>
