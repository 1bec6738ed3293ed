/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map: chains of entries, doubled when there are as many entries as chains. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct entry *next;
    void *value;
    unsigned char key[];
};

struct map {
    size_t key_len, count, room; /* room: a power of two */
    struct entry **chains;
};

enum { FIRST_ROOM = 64 };

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        abort();
    return memory;
}

struct map *map_new(size_t key_len)
{
    struct map *map = zeroed(1, sizeof(*map));

    map->key_len = key_len;
    map->room = FIRST_ROOM;
    map->chains = zeroed(map->room, sizeof(struct entry *));
    return map;
}

void map_free(struct map *map)
{
    if (!map)
        return;
    while (map->count > 0)
        (void)map_take_any(map);
    free(map->chains);
    free(map);
}

/* FNV-1a; keys are ids of ours and hashes, nobody can choose them. */
static uint64_t hash_of(const struct map *map, const void *key)
{
    const unsigned char *bytes = key;
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < map->key_len; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

/* The link that points to the entry of `key`, or to the NULL at its chain's end. */
static struct entry **find(const struct map *map, const void *key)
{
    struct entry **link = &map->chains[hash_of(map, key) & (map->room - 1)];

    while (*link && memcmp((*link)->key, key, map->key_len) != 0)
        link = &(*link)->next;
    return link;
}

static void grow(struct map *map)
{
    struct map bigger = {map->key_len, map->count, map->room * 2, NULL};

    bigger.chains = zeroed(bigger.room, sizeof(struct entry *));
    for (size_t i = 0; i < map->room; i++) {
        while (map->chains[i]) {
            struct entry *entry = map->chains[i];
            struct entry **link = find(&bigger, entry->key);

            map->chains[i] = entry->next;
            entry->next = NULL;
            *link = entry;
        }
    }
    free(map->chains);
    *map = bigger;
}

void *map_get(const struct map *map, const void *key)
{
    const struct entry *entry = *find(map, key);

    return entry ? entry->value : NULL;
}

void *map_put(struct map *map, const void *key, void *value)
{
    struct entry **link = find(map, key), *entry = *link;
    void *before = entry ? entry->value : NULL;

    if (!entry) {
        entry = zeroed(1, sizeof(*entry) + map->key_len);
        memcpy(entry->key, key, map->key_len);
        *link = entry;
        map->count++;
    }
    entry->value = value;
    if (map->count > map->room)
        grow(map);
    return before;
}

static void *unlink_entry(struct map *map, struct entry **link)
{
    struct entry *entry = *link;
    void *value = entry->value;

    *link = entry->next;
    map->count--;
    free(entry);
    return value;
}

void *map_take(struct map *map, const void *key)
{
    struct entry **link = find(map, key);

    return *link ? unlink_entry(map, link) : NULL;
}

void *map_take_any(struct map *map)
{
    for (size_t i = 0; i < map->room; i++) {
        if (map->chains[i])
            return unlink_entry(map, &map->chains[i]);
    }
    return NULL;
}

size_t map_count(const struct map *map)
{
    return map->count;
}
