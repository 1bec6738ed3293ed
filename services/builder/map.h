/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from keys of one fixed length to pointers it does not own. Not locked by itself. */
#pragma once

#include "shared/base.h"

struct map;

struct map *map_new(size_t key_len);
void map_free(struct map *map); /* NULL-safe; not the values */

void *map_get(const struct map *map, const void *key); /* NULL: absent */
/* Sets the value of a key, which is copied; returns the one before, or NULL. */
void *map_put(struct map *map, const void *key, void *value);
/* Takes a key out; returns its value, or NULL. */
void *map_take(struct map *map, const void *key);
/* Takes any one entry out; NULL when the map is empty. */
void *map_take_any(struct map *map);
size_t map_count(const struct map *map);
