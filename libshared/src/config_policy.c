/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for the whole installation: retention, storage, secrets; and cancellers. */
#include "config_internal.h"
#include "shared/blob.h"

#include <string.h>

#define AT(member) offsetof(struct ci_retention, member)
static const struct key retention_keys[] = {
    KEY("logs", KEY_DUR, AT(logs), 0, "Age from which logs go; default 0 = never.",
        .example = "30d"),
    KEY("builds", KEY_DUR, AT(builds), 0, "Age from which builds go; default 0 = never.",
        .example = "365d"),
    KEY("artifacts", KEY_DUR, AT(artifacts), 0, "Age from which artifacts go; default 0 = never.",
        .example = "90d"),
    KEY("changes", KEY_DUR, AT(changes), 0, "Age from which changes go; default 0 = never.",
        .example = "365d"),
    KEY("deliveries", KEY_DUR, AT(deliveries), 0,
        "Age from which deliveries of web hooks and results of polls go; default 90d, 0 = never.",
        .example = "30d"),
    KEY("audit", KEY_DUR, AT(audit), 0,
        "Age from which lines of the audit log go; default 0 = never.", .example = "730d"),
    KEY("max_builds", KEY_INT, AT(max_builds), 0,
        "Newest builds of each builder that stay; default 0 = any number.", .example = "1000"),
    KEY("min_builds", KEY_INT, AT(min_builds), 0,
        "Newest builds of each builder that never go by age; default 10.", .example = "50"),
};
#undef AT

static void finish_retention(struct decode *d, const struct node *map, void *out)
{
    const struct ci_retention *retention = out;

    if (retention->max_builds > 0 && retention->min_builds > retention->max_builds &&
        node_get(map, "max_builds") && node_get(map, "min_builds"))
        complain(d, node_get(map, "min_builds"), "\"min_builds\" is more than \"max_builds\"");
}

const struct section config_retention = {
    .name = "retention",
    .help = "How long what builds leave is kept; pinned builds stay.",
    SECTION_KEYS(retention_keys),
    .size = sizeof(struct ci_retention),
    .finish = finish_retention,
    .is_shared = true,
};

static struct ci_dur dur_or(struct ci_dur own, struct ci_dur other)
{
    return own.us == CONFIG_NOT_GIVEN ? other : own;
}

static int int_or(int own, int other)
{
    return own == CONFIG_NOT_GIVEN ? other : own;
}

void config_resolve_policy(struct ci_config *config)
{
    const struct ci_retention *all = &config->retention;

    CI_FOREACH(struct ci_builder, builder, config->builders) {
        struct ci_retention *own = &builder->retention;

        *own = (struct ci_retention){
            .logs = dur_or(own->logs, all->logs),
            .builds = dur_or(own->builds, all->builds),
            .artifacts = dur_or(own->artifacts, all->artifacts),
            /* Of no builder; the file's own says it. */
            .changes = all->changes,
            .deliveries = all->deliveries,
            .audit = all->audit,
            .max_builds = int_or(own->max_builds, all->max_builds),
            .min_builds = int_or(own->min_builds, all->min_builds),
        };
        if ((int)builder->collapse_requests == CONFIG_NOT_GIVEN)
            builder->collapse_requests = config->collapse_requests;
    }
}

static const char *check_bucket(const char *text, void *mem)
{
    size_t len = strlen(text);

    return len >= 3 && len <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len
               ? NULL
               : ci_mem_printf(mem, "\"%.80s\" is no name of a bucket", text);
}

#define AT(member) offsetof(struct ci_store_spec, member)
static const struct key s3_keys[] = {
    KEY("endpoint", KEY_STR, AT(endpoint), KEY_REQUIRED, "URL of the store, without a path.",
        .example = "https://s3.eu-central-1.amazonaws.com", .check = check_url),
    KEY("bucket", KEY_STR, AT(bucket), KEY_REQUIRED, "Its bucket.", .example = "acme-ci",
        .check = check_bucket),
    KEY("region", KEY_STR, AT(region), KEY_NOT_EMPTY, "Its region; default us-east-1.",
        .example = "eu-central-1", .check = check_one_line),
    KEY("prefix", KEY_STR, AT(prefix), KEY_NOT_EMPTY,
        "What the names of all objects begin with; default: nothing.", .example = "slipway/",
        .check = check_one_line),
    KEY("access_key", KEY_SECRET, AT(access_key), KEY_REQUIRED, "Key to sign in with.",
        .example = "{secret: s3-access-key}"),
    KEY("secret_key", KEY_SECRET, AT(secret_key), KEY_REQUIRED, "Its secret.",
        .example = "{secret: s3-secret-key}"),
    KEY("ca_file", KEY_STR, AT(ca_file), KEY_NOT_EMPTY,
        "PEM file of authorities to trust; default: the system's.", .example = "/etc/ssl/s3.pem"),
    KEY("virtual_host", KEY_BOOL, AT(virtual_host), 0,
        "Whether the bucket is a part of the host name; default false.", .example = "true"),
};
#undef AT
static const struct section s3 = {
    .name = "s3",
    .help = "An S3-compatible store.",
    SECTION_KEYS(s3_keys),
    .size = sizeof(struct ci_store_spec),
};

static const char *const log_stores[] = {"database", "s3", NULL};
#define AT(member) offsetof(struct ci_config, member)
static const struct key storage_keys[] = {
    KEY("s3", KEY_POINTER, AT(s3), 0,
        "S3-compatible store of the artifacts; default: the builder service's folder.",
        .example = "{endpoint: \"https://s3.acme.example\", bucket: acme-ci, access_key: {secret: "
                   "s3-key}, secret_key: {secret: s3-secret}}",
        .section = &s3),
    KEY("logs", KEY_EITHER, AT(logs_in_s3), 0,
        "Where logs of ended builds lie: database or s3; default database.", .example = "s3",
        .names = log_stores),
    KEY("artifact_max_size", KEY_SIZE, AT(artifact_max_size), 0,
        "Largest artifact; default 1GiB, 0 = any.", .example = "4GiB"),
    KEY("artifact_quota", KEY_SIZE, AT(artifact_quota), 0,
        "Size of all artifacts together; default 0 = any.", .example = "500GiB"),
    KEY("log_max_size", KEY_SIZE, AT(log_max_size), 0,
        "Size from which the rest of a log is dropped, with a mark; default 0 = never.",
        .example = "200MiB"),
};
#undef AT

static void finish_storage(struct decode *d, const struct node *map, void *out)
{
    const struct ci_config *config = out;

    if (config->logs_in_s3 && !config->s3)
        complain(d, node_get(map, "logs"), "logs in s3 need an \"s3\"");
}

/* A view of the whole configuration. */
const struct section config_storage = {
    .has_chapter = true,
    .name = "storage",
    .help = "Where artifacts and logs lie, and how large they may be.",
    SECTION_KEYS(storage_keys),
    .size = sizeof(struct ci_config),
    .finish = finish_storage,
};

#define AT(member) offsetof(struct ci_vault, member)
static const struct key vault_keys[] = {
    KEY("address", KEY_STR, AT(address), KEY_REQUIRED, "URL of the Vault server.",
        .example = "https://vault.acme.example:8200", .check = check_url),
    KEY("mount", KEY_STR, AT(mount), KEY_NOT_EMPTY,
        "Where its KV engine is mounted; default "
        "secret.",
        .example = "kv", .check = check_one_line),
    KEY("kv_version", KEY_INT, AT(kv_version), 0, "Version of the KV engine; default 2.",
        .example = "1", .min = 1, .max = 2),
    KEY("token", KEY_SECRET, AT(token), 0, "Token to sign in with; this, or role_id and secret_id.",
        .example = "{secret: vault-token}"),
    KEY("role_id", KEY_SECRET, AT(role_id), 0, "AppRole's role.", .example = "{env: VAULT_ROLE}"),
    KEY("secret_id", KEY_SECRET, AT(secret_id), 0, "AppRole's secret.",
        .example = "{secret: vault-secret-id}"),
    KEY("namespace", KEY_STR, AT(namespace), KEY_NOT_EMPTY,
        "Namespace of Vault Enterprise; default: none.", .example = "ci", .check = check_one_line),
    KEY("ca_file", KEY_STR, AT(ca_file), KEY_NOT_EMPTY,
        "PEM file of authorities to trust; default: the system's.",
        .example = "/etc/ssl/vault.pem"),
    KEY("path_delimiter", KEY_STR, AT(path_delimiter), KEY_NOT_EMPTY,
        "What stands between path and key in a secret's name; default |.", .example = "\"/\"",
        .check = check_one_line),
    KEY("timeout", KEY_DUR, AT(timeout), 0, "Time for one answer; default 10s.", .example = "3s"),
};
#undef AT

static void finish_vault(struct decode *d, const struct node *map, void *out)
{
    const struct ci_vault *vault = out;
    bool token = vault->token.kind != CI_SECRET_NONE, role = vault->role_id.kind != CI_SECRET_NONE,
         secret = vault->secret_id.kind != CI_SECRET_NONE;

    if (token ? role || secret : !role || !secret)
        complain(d, map, "needs either \"token\" or both \"role_id\" and \"secret_id\"");
}

static const struct section vault = {
    .name = "vault",
    .help = "HashiCorp Vault's KV engine.",
    SECTION_KEYS(vault_keys),
    .size = sizeof(struct ci_vault),
    .finish = finish_vault,
};
static const struct key secrets_keys[] = {
    KEY("vault", KEY_POINTER, offsetof(struct ci_config, vault), 0,
        "Vault that is asked for what neither folder nor environment have; default: none.",
        .example = "{address: \"https://vault.acme.example:8200\", token: {env: VAULT_TOKEN}}",
        .section = &vault),
};
const struct section config_secrets = {
    .has_chapter = true,
    .name = "secrets",
    .help = "Where secrets come from, besides the secrets folder and the environment.",
    SECTION_KEYS(secrets_keys),
    .size = sizeof(struct ci_config),
};

#define AT(member) offsetof(struct ci_canceller, member)
static const struct key canceller_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of canceller.", .example = "old_build"),
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED | KEY_NOT_EMPTY, "Unique name.", .example = "old",
        .check = check_one_line),
    KEY("builders", KEY_STRS, AT(builders), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Builders whose builds it looks at; default: all.", .example = "[linux]",
        .refers_to = SPACE_BUILDER),
    KEY("source_filter", KEY_SECTION, AT(source_filter), 0,
        "Which sources it looks at; default: all.", .example = "{branch_not_eq: main}",
        .alias = "filters", .section = &config_filter),
};
static const struct section canceller = {
    .name = "canceller",
    .help = "What all cancellers have.",
    SECTION_KEYS(canceller_keys),
};

static const struct key old_keys[] = {
    KEY("merge_gerrit_iterations", KEY_BOOL, AT(merge_gerrit_iterations), 0,
        "Whether the patch sets of a Gerrit change count as one branch; default true.",
        .example = "false"),
};
static const struct ci_canceller canceller_defaults = {.merge_gerrit_iterations = true};
static const struct section old_build = {
    .name = "old_build",
    .help = "Cancels builds of a branch that a newer one has made superfluous.",
    SECTION_KEYS(old_keys),
    .base = &canceller,
    .size = sizeof(struct ci_canceller),
    .tag = CI_CANCEL_OLD_BUILD,
    .defaults = &canceller_defaults,
    .space = SPACE_CANCELLER,
};
static const struct key failing_keys[] = {
    KEY("builders_to_cancel", KEY_STRS, AT(builders_to_cancel), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Builders whose builds end with the failing one; default: all of the buildset.",
        .example = "[deb, rpm]", .refers_to = SPACE_BUILDER),
};
#undef AT
static const struct section failing_buildset = {
    .name = "failing_buildset",
    .help = "Cancels the other builds of a buildset when one fails.",
    SECTION_KEYS(failing_keys),
    .base = &canceller,
    .size = sizeof(struct ci_canceller),
    .tag = CI_CANCEL_FAILING_BUILDSET,
    .defaults = &canceller_defaults,
    .space = SPACE_CANCELLER,
};
static const struct section *const cancellers[] = {&old_build, &failing_buildset, NULL};
const struct choice config_cancellers = {"type", "canceller type", cancellers};
