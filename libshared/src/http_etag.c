/* SPDX-License-Identifier: Apache-2.0 */
/* Entity tags (RFC 9110, 8.8.3): made of a body's hash, compared with If-None-Match. */
#include "shared/http.h"

#include <sodium.h>
#include <string.h>

enum { TAG_BYTES = 16 };

const char *ci_etag_of(struct ci_bytes body, void *mem)
{
    unsigned char hash[TAG_BYTES];
    char text[2 * TAG_BYTES + 1];

    crypto_generichash(hash, sizeof(hash), body.data, body.len, NULL, 0);
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    return ci_mem_printf(mem, "W/\"%s\"", text);
}

/* Without the mark of a weak tag, which a comparison for GET passes over. */
static const char *opaque(const char *tag)
{
    return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

bool ci_etag_matches(const char *if_none_match, const char *tag)
{
    size_t len = strlen(opaque(tag));

    while (if_none_match && *if_none_match) {
        if_none_match += strspn(if_none_match, ", \t");
        if (*if_none_match == '*')
            return true;
        const char *given = opaque(if_none_match);
        const char *end = *given == '"' ? strchr(given + 1, '"') : NULL;
        if (!end)
            return false; /* no tag, nor does what follows it mean anything */
        if ((size_t)(end + 1 - given) == len && memcmp(given, opaque(tag), len) == 0)
            return true;
        if_none_match = end + 1;
    }
    return false;
}
