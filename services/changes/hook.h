/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading web hook deliveries, a dialect each. Field names, and what becomes
 * of them, are Buildbot's (buildbot/www/hooks/). No database here; the only
 * file read is the secret's.
 */
#pragma once

#include "change.h"
#include "shared/http.h"

struct hook {
    const struct ci_config *config;
    const struct ci_request *request;
    const char *secrets_dir;
};

/* Changes of a delivery, in the request's mem, oldest first; none is fine. */
struct delivery {
    struct new_change *changes;
    size_t count;
};

/* CI_EINVALID with the text for the sender; CI_EUNAVAILABLE when our secret can't be read. */
typedef bool hook_reader(const struct hook *hook, struct delivery *out, struct ci_err *err);

hook_reader hook_read_base, hook_read_github;

/*
 * Checks "sha256=<hex>" against the HMAC-SHA256 of the body, in constant time.
 * CI_EINVALID tells what is wrong: the form, the hash type, or "Hash mismatch".
 */
CI_MUST_USE bool hook_check_signature(const char *signature, struct ci_bytes body,
                                      const char *secret, struct ci_err *err);

/* "2026-01-02T03:04:05Z", "...+02:00": ISO 8601 as forges write it. */
bool hook_parse_time(const char *text, struct ci_time *out);
