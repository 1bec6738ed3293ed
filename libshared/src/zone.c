/* SPDX-License-Identifier: Apache-2.0 */
/* Reads TZif files (RFC 8536) into a line of stretches. */
#include "zone.h"

#include "shared/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 44, FILE_MAX = 64 * 1024, OFFSET_MAX = 26 * 3600, NAME_MAX_LEN = 100 };

/* The counts of one of the file's two data blocks. */
struct block {
    uint32_t isut, isstd, leap, times, types, chars;
    const unsigned char *data;
    size_t len;
};

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool read_block(const unsigned char *at, size_t left, size_t time_size, struct block *out)
{
    struct block b;
    uint64_t len;

    if (left < HEADER || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return false;
    b = (struct block){be32(at + 20), be32(at + 24), be32(at + 28), be32(at + 32),
                       be32(at + 36), be32(at + 40), at + HEADER,   0};
    len = (uint64_t)b.times * (time_size + 1) + (uint64_t)b.types * 6 + b.chars +
          (uint64_t)b.leap * (time_size + 4) + b.isstd + b.isut;
    if (len > left - HEADER || b.types == 0 || b.types > 256)
        return false;
    b.len = (size_t)len;
    *out = b;
    return true;
}

/* Copies the table; false when it goes back in time or names a type that is not there. */
static bool read_table(const struct block *b, void *mem, struct ci_zone *zone)
{
    struct zone_stretch *table = ci_mem_array(mem, struct zone_stretch, (size_t)b->times + 1);
    const unsigned char *indexes = b->data + (size_t)b->times * 8;
    const unsigned char *types = indexes + b->times;

    for (size_t i = 0; i <= b->times; i++) {
        size_t type = i == 0 ? 0 : indexes[i - 1];

        if (type >= b->types)
            return false;
        table[i].start = i == 0 ? INT64_MIN : be64(b->data + (i - 1) * 8);
        table[i].end = INT64_MAX;
        table[i].offset = (int)be32(types + type * 6);
        if (table[i].offset < -OFFSET_MAX || table[i].offset > OFFSET_MAX)
            return false;
        if (i > 0 && table[i].start <= table[i - 1].start)
            return false;
        if (i > 0)
            table[i - 1].end = table[i].start;
    }
    zone->table = table;
    zone->count = (size_t)b->times + 1;
    return true;
}

/* "\n" rule "\n" at the end; an empty rule leaves the last offset for ever. */
static bool read_footer(const unsigned char *at, size_t left, void *mem, struct ci_zone *zone)
{
    const struct zone_stretch *last = &zone->table[zone->count - 1];
    const unsigned char *end;

    if (left < 2 || at[0] != '\n' || !(end = memchr(at + 1, '\n', left - 1)))
        return false;
    zone->rule_from = last->start;
    if (end == at + 1)
        zone->rule = (struct zone_rule){.winter_offset = last->offset};
    else if (!zone_rule_parse(ci_mem_strndup(mem, (const char *)at + 1, (size_t)(end - at) - 1),
                              &zone->rule))
        return false;
    return true;
}

bool ci_zone_parse(struct ci_bytes tzif, void *mem, const struct ci_zone **out, struct ci_err *err)
{
    struct ci_zone *zone = ci_mem_zero(mem, struct ci_zone);
    const unsigned char *start = tzif.data;
    struct block old, now;
    size_t at;

    if (!read_block(start, tzif.len, 4, &old))
        return ci_fail(err, CI_EINVALID, "not a TZif file of version 2 or later");
    at = HEADER + old.len;
    if (!read_block(start + at, tzif.len - at, 8, &now) || !read_table(&now, mem, zone))
        return ci_fail(err, CI_EINVALID, "damaged TZif file");
    at += HEADER + now.len;
    if (!read_footer(start + at, tzif.len - at, mem, zone))
        return ci_fail(err, CI_EINVALID, "damaged rule in TZif file");
    *out = zone;
    return true;
}

struct zone_stretch zone_stretch_at(const struct ci_zone *zone, int64_t seconds)
{
    size_t low = 0, high = zone->count;
    struct zone_stretch found;

    if (seconds >= zone->rule_from) {
        found = zone_rule_at(&zone->rule, seconds);
        if (found.start < zone->rule_from)
            found.start = zone->rule_from;
        return found;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (zone->table[middle].start <= seconds)
            low = middle;
        else
            high = middle;
    }
    return zone->table[low];
}

int ci_zone_offset(const struct ci_zone *zone, struct ci_time at)
{
    const int64_t second = 1000000;

    return zone_stretch_at(zone, at.us / second - (at.us % second < 0)).offset;
}

/* A path below the zone folder: Area/Place, Etc/GMT+5. */
static bool is_zone_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_LEN && strspn(name, allowed) == len && name[0] != '/' &&
           name[len - 1] != '/' && !strstr(name, "//");
}

static void close_file(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

bool ci_zone_load(const char *iana_name, void *mem, const struct ci_zone **out, struct ci_err *err)
{
    CI_CLEANUP(close_file) FILE *file = NULL;
    struct stat stat_of;
    char path[NAME_MAX_LEN + 32], data[FILE_MAX];
    size_t len;

    if (strcmp(iana_name, "UTC") == 0) {
        static const struct zone_stretch always = {INT64_MIN, INT64_MAX, 0};
        static const struct ci_zone utc = {.table = &always, .count = 1, .rule_from = INT64_MAX};

        *out = &utc;
        return true;
    }
    if (!is_zone_name(iana_name))
        return ci_fail(err, CI_EINVALID, "\"%.100s\" is no name of a time zone", iana_name);
    (void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", iana_name);
    file = fopen(path, "rbe");
    if (!file || fstat(fileno(file), &stat_of) < 0 || !S_ISREG(stat_of.st_mode))
        return ci_fail(err, CI_ENOTFOUND, "no time zone \"%s\"", iana_name);
    len = fread(data, 1, FILE_MAX, file);
    if (!ci_zone_parse((struct ci_bytes){data, len}, mem, out, err))
        return ci_fail_in(err, "time zone \"%s\"", iana_name);
    return true;
}
