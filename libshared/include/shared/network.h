/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks in CIDR notation, and who a request comes from when proxies stand
 * in between. IPv4 is kept as IPv6-mapped, so that both compare alike.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

struct ci_network {
    unsigned char address[16];
    unsigned prefix; /* bits of it that count, 0..128 */
};

struct ci_networks {
    const struct ci_network *items;
    size_t count;
};

/* One "10.0.0.0/8", "2001:db8::/32", or an address alone. False: it is none. */
bool ci_network_parse(const char *text, struct ci_network *out);

/* Several, parted by commas or blanks; the list lives in mem. CI_EINVALID names the wrong one. */
CI_MUST_USE bool ci_networks_parse(const char *text, void *mem, struct ci_networks *out,
                                   struct ci_err *err);

/* Whether an address (text) is in one of them; no for what is no address. */
bool ci_networks_hold(struct ci_networks networks, const char *address);

/*
 * The client's address: the peer, or while that is a trusted proxy what its
 * entry of X-Forwarded-For (`forwarded`, NULL: none) says, from the last one on.
 * What an untrusted peer claims counts for nothing. In mem, or `peer` itself.
 */
const char *ci_network_client(struct ci_networks trusted, const char *peer, const char *forwarded,
                              void *mem);
