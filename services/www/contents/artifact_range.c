/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges, tags and types of artifacts: reading headers and names. No I/O. */
#include "contents/artifacts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A number of at most 18 digits; -1 when there is none. */
static int64_t read_number(const char **at)
{
    const size_t len = strspn(*at, "0123456789");
    const int64_t value = len > 0 && len <= 18 ? strtoll(*at, NULL, 10) : -1;

    *at += len;
    return value;
}

/* "FIRST-LAST", of which one may be missing (-1). */
static bool read_bounds(const char *header, int64_t *first, int64_t *last)
{
    static const char unit[] = "bytes=";

    if (!header || strncmp(header, unit, strlen(unit)) != 0)
        return false;
    header += strlen(unit);
    *first = read_number(&header);
    if (*header++ != '-')
        return false;
    *last = read_number(&header);
    return !*header && (*first >= 0 || *last >= 0);
}

enum artifact_range artifact_range(const char *header, int64_t size, struct artifact_part *out)
{
    int64_t first, last;

    if (!read_bounds(header, &first, &last) || (first >= 0 && last >= 0 && last < first))
        return ARTIFACT_WHOLE;
    if (first < 0) { /* the last so many */
        first = last < size ? size - last : 0;
        last = size - 1;
    } else if (last < 0 || last >= size) {
        last = size - 1;
    }
    if (first >= size)
        return ARTIFACT_NO_PART;
    *out = (struct artifact_part){first, last - first + 1};
    return ARTIFACT_PART;
}

bool artifact_tag_matches(const char *header, const char *tag)
{
    const size_t len = strlen(tag);

    while (header && *header) {
        const size_t part = strcspn(header, ",");
        const char *at = header + strspn(header, " ");

        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (*at == '*' || (strncmp(at, tag, len) == 0 && strchr(", ", at[len])))
            return true;
        header += part + (header[part] == ',');
    }
    return false;
}

static const struct {
    const char *suffix, *type;
    bool shown;
} types[] = {
    {".css",  "text/css; charset=utf-8",        true },
    {".csv",  "text/csv; charset=utf-8",        true },
    {".gif",  "image/gif",                      true },
    {".gz",   "application/gzip",               false},
    {".htm",  "text/html; charset=utf-8",       true },
    {".html", "text/html; charset=utf-8",       true },
    {".jpeg", "image/jpeg",                     true },
    {".jpg",  "image/jpeg",                     true },
    {".js",   "text/javascript; charset=utf-8", true },
    {".json", "application/json",               true },
    {".log",  "text/plain; charset=utf-8",      true },
    {".md",   "text/plain; charset=utf-8",      true },
    {".pdf",  "application/pdf",                true },
    {".png",  "image/png",                      true },
    {".svg",  "image/svg+xml",                  true },
    {".tar",  "application/x-tar",              false},
    {".txt",  "text/plain; charset=utf-8",      true },
    {".webp", "image/webp",                     true },
    {".xml",  "application/xml",                true },
    {".zip",  "application/zip",                false},
    {".zst",  "application/zstd",               false},
};

const char *artifact_type(const char *name, bool *inline_)
{
    const char *suffix = strrchr(name, '.');

    for (size_t i = 0; suffix && i < CI_COUNT(types); i++) {
        if (strcasecmp(types[i].suffix, suffix) == 0) {
            *inline_ = types[i].shown;
            return types[i].type;
        }
    }
    *inline_ = false;
    return "application/octet-stream";
}
