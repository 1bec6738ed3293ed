/* SPDX-License-Identifier: Apache-2.0 */
#include "shared/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 64, V4_BITS = 96 };

static const unsigned char v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* An address alone, without port or brackets. *bits: how many its own kind has. */
static bool parse_address(const char *text, unsigned char out[16], unsigned *bits)
{
    memcpy(out, v4_prefix, sizeof(v4_prefix));
    *bits = 32;
    if (inet_pton(AF_INET, text, out + 12) == 1)
        return true;
    *bits = 128;
    return inet_pton(AF_INET6, text, out) == 1;
}

/* Digits only, 0..max. */
static bool parse_prefix(const char *text, unsigned max, unsigned *out)
{
    unsigned value = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
        return false;
    for (; *text; text++)
        value = value * 10 + (unsigned)(*text - '0');
    *out = value;
    return value <= max;
}

bool ci_network_parse(const char *text, struct ci_network *out)
{
    char address[TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct ci_network network;
    unsigned bits, prefix;

    if (len >= sizeof(address))
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    if (!parse_address(address, network.address, &bits))
        return false;
    prefix = bits;
    if (slash && !parse_prefix(slash + 1, bits, &prefix))
        return false;
    network.prefix = prefix + (bits == 32 ? V4_BITS : 0);
    *out = network;
    return true;
}

bool ci_networks_parse(const char *text, void *mem, struct ci_networks *out, struct ci_err *err)
{
    char *copy = ci_mem_strdup(mem, text), *save = NULL;
    struct ci_network *items = ci_mem_array(mem, struct ci_network, strlen(text) / 2 + 1);
    size_t count = 0;

    for (char *one = strtok_r(copy, ", \t\n", &save); one; one = strtok_r(NULL, ", \t\n", &save)) {
        if (!ci_network_parse(one, &items[count++]))
            return ci_fail(err, CI_EINVALID, "\"%s\" is no address or network such as 10.0.0.0/8",
                           one);
    }
    *out = (struct ci_networks){items, count};
    return true;
}

static bool holds(const struct ci_network *network, const unsigned char address[16])
{
    unsigned bytes = network->prefix / 8, rest = network->prefix % 8;
    unsigned mask = 0xffU << (8 - rest) & 0xffU;

    return memcmp(network->address, address, bytes) == 0 &&
           (rest == 0 || ((network->address[bytes] ^ address[bytes]) & mask) == 0);
}

bool ci_networks_hold(struct ci_networks networks, const char *address)
{
    unsigned char bytes[16];
    unsigned bits;

    if (!address || !parse_address(address, bytes, &bits))
        return false;
    for (size_t i = 0; i < networks.count; i++) {
        if (holds(&networks.items[i], bytes))
            return true;
    }
    return false;
}

/* An entry of X-Forwarded-For as plain text: some proxies add brackets and a port. NULL: no
 * address. */
static const char *read_entry(const char *text, size_t len, void *mem)
{
    unsigned char bytes[16];
    unsigned bits;
    char entry[TEXT_MAX], shown[INET6_ADDRSTRLEN];
    char *at = entry;

    if (len >= sizeof(entry))
        return NULL;
    memcpy(entry, text, len);
    entry[len] = '\0';
    if (*at == '[') {
        at[strcspn(at, "]")] = '\0';
        at++;
    } else if (strchr(at, '.') && strchr(at, ':') == strrchr(at, ':')) {
        at[strcspn(at, ":")] = '\0';
    }
    if (!parse_address(at, bytes, &bits))
        return NULL;
    if (memcmp(bytes, v4_prefix, sizeof(v4_prefix)) == 0)
        inet_ntop(AF_INET, bytes + 12, shown, sizeof(shown));
    else
        inet_ntop(AF_INET6, bytes, shown, sizeof(shown));
    return ci_mem_strdup(mem, shown);
}

const char *ci_network_client(struct ci_networks trusted, const char *peer, const char *forwarded,
                              void *mem)
{
    const char *end = forwarded ? forwarded + strlen(forwarded) : NULL;
    const char *client = peer;

    while (end && end > forwarded && ci_networks_hold(trusted, client)) {
        const char *stop = end, *start;

        while (stop > forwarded && strchr(" \t", stop[-1]))
            stop--;
        for (start = stop; start > forwarded && start[-1] != ',';)
            start--;
        end = start > forwarded ? start - 1 : forwarded;
        start += strspn(start, " \t");
        const char *entry = start < stop ? read_entry(start, (size_t)(stop - start), mem) : NULL;
        if (!entry)
            break;
        client = entry;
    }
    return client;
}
