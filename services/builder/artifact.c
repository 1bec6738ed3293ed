/* SPDX-License-Identifier: Apache-2.0 */
/* Names, hashes and quota of artifacts. */
#include "artifact.h"

#include "builder_sql.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

bool artifact_hash_valid(const char *hex)
{
    return strlen(hex) == ARTIFACT_HEX && strspn(hex, "0123456789abcdef") == ARTIFACT_HEX;
}

const char *artifact_key(void *mem, const char *hex)
{
    return ci_mem_printf(mem, "chunks/%s", hex);
}

const char *artifact_hash(void *mem, struct ci_bytes bytes)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hex = ci_mem_alloc(mem, ARTIFACT_HEX + 1);

    (void)crypto_hash_sha256(hash, bytes.data, bytes.len);
    return sodium_bin2hex(hex, ARTIFACT_HEX + 1, hash, sizeof(hash));
}

static bool is_part(const char *part, size_t len)
{
    return len > 0 && !(len == 1 && part[0] == '.') &&
           !(len == 2 && part[0] == '.' && part[1] == '.');
}

bool artifact_check_name(const char *name, struct ci_err *err)
{
    if (strlen(name) > ARTIFACT_NAME_MAX)
        return ci_fail(err, CI_EINVALID, "artifact.name: longer than %d bytes", ARTIFACT_NAME_MAX);
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return ci_fail(err, CI_EINVALID, "artifact.name: has a control character");
    }
    for (const char *part = name;; part++) {
        const size_t len = strcspn(part, "/");

        if (!is_part(part, len))
            return ci_fail(err, CI_EINVALID,
                           "artifact.name: \"%.100s\" must be relative, without \"..\"", name);
        part += len;
        if (!*part)
            return true;
    }
}

bool artifact_check_size(const struct ci_config *config, int64_t size, struct ci_err *err)
{
    if (config->artifact_max_size == 0 || size <= config->artifact_max_size)
        return true;
    return ci_fail(err, CI_ETOOLARGE,
                   "an artifact of %" PRId64 " bytes is over artifact_max_size, %" PRId64, size,
                   config->artifact_max_size);
}

struct usage {
    int64_t bytes;
};
static const struct ci_field usage_fields[] = {CI_FIELD(struct usage, bytes, 0)};
static const struct ci_record usage_record = CI_RECORD("usage", struct usage, usage_fields);

bool artifact_usage(struct ci_tx *tx, void *mem, int64_t *bytes, struct ci_err *err)
{
    struct usage usage = {0};

    if (!ci_db_one(tx, &sql_artifact_usage, CI_NO_ARGS, &usage_record, mem, &usage, err))
        return false;
    *bytes = usage.bytes;
    return true;
}

bool artifact_check_quota(int64_t quota, int64_t used, int64_t more, struct ci_err *err)
{
    if (quota == 0 || used + more <= quota)
        return true;
    return ci_fail(err, CI_ETOOLARGE,
                   "artifacts take %" PRId64 " bytes and %" PRId64
                   " more would be over artifact_quota, %" PRId64,
                   used, more, quota);
}
