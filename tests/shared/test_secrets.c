/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets from a folder, the environment and a Vault, and that none of them shows in an error. */
#include "child_server.h"
#include "shared/clock.h"
#include "shared/secrets.h"

#include <pthread.h>
#include <sys/stat.h>

static struct child_server server;
static char folder[64];

static long tell(const char *what, const char *json, const char *count)
{
    return child_server_tell(&server, what, json, count);
}

static long count_of(const char *what)
{
    return tell("counts", NULL, what);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int start_server(void **state)
{
    (void)state;
    child_server_start(&server, "/usr/bin/python3", TEST_SHARED_DIR "/vault_server.py");
    tell("put",
         "{\"path\": \"secret/data/db\", \"data\": {\"value\": \"vault-value\\n\","
         " \"password\": \"vault-password\", \"port\": 5432, \"on\": true, \"all\": {\"a\": 1}}}",
         NULL);
    tell("put", "{\"path\": \"secret/data/team/app%20one\", \"data\": {\"value\": \"deep-value\"}}",
         NULL);
    tell("put", "{\"path\": \"secret/data/deleted\", \"data\": null}", NULL);
    tell("put",
         "{\"path\": \"kv1/db\", \"data\": {\"value\": \"old-value\", \"user\": \"ci-user\"}}",
         NULL);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    child_server_stop(&server);
    return 0;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/slipway-secrets.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    write_file("plain", "folder-value\n", 0600);
    write_file("two-newlines", "folder-value\n\n", 0600);
    write_file("short", " abc\n", 0600);
    write_file("role", "the-role\n", 0600);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    tell("config", "{\"lease\": 3600, \"renewable\": true, \"sealed\": false, \"namespace\": \"\"}",
         NULL);
    remove_folder(folder);
    return 0;
}

static struct ci_vault vault_at(char address[64])
{
    snprintf(address, 64, "http://127.0.0.1:%u/", server.port);
    return (struct ci_vault){
        .address = address, .token = {CI_SECRET_LITERAL, "hvs.static"}
    };
}

static struct ci_vault app_role_at(char address[64])
{
    snprintf(address, 64, "http://127.0.0.1:%u/", server.port);
    return (struct ci_vault){
        .address = address,
        .role_id = {CI_SECRET_FILE,    "role"         },
        .secret_id = {CI_SECRET_LITERAL, "the-secret-id"},
    };
}

static struct ci_secrets *open_secrets(const struct ci_vault *vault, struct ci_dur ttl)
{
    struct ci_secrets_spec spec = {
        .directory = folder,
        .env_prefix = "SLIPWAY_TEST_SECRET_",
        .vault = vault,
        .cache_ttl = ttl,
    };
    struct ci_secrets *secrets = NULL;
    struct ci_err err;

    assert_ok(ci_secrets_new(&spec, &secrets, &err), err);
    return secrets;
}

static void assert_value(struct ci_secrets *secrets, const char *name, const char *want)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *value = NULL;
    struct ci_err err;

    assert_ok(ci_secrets_get(secrets, name, mem, &value, &err), err);
    assert_string_equal(value, want);
}

static void assert_fails(struct ci_secrets *secrets, const char *name, enum ci_errc code,
                         const char *because)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *value = NULL;
    struct ci_err err;

    assert_false(ci_secrets_get(secrets, name, mem, &value, &err));
    if (err.code != code || !strstr(err.msg, because))
        fail_msg("\"%s\" failed with %d, %s", name, (int)err.code, err.msg);
    assert_null(strstr(err.msg, "-value"));
    assert_null(strstr(err.msg, "hvs."));
    assert_null(strstr(err.msg, "the-secret-id"));
}

/* ---- the folder and the environment ---- */

static void secrets__come_from_folder(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_secrets *secrets = open_secrets(NULL, (struct ci_dur){0});

    (void)state;
    assert_value(secrets, "plain", "folder-value");
    assert_value(secrets, "two-newlines", "folder-value\n");
    assert_fails(secrets, "none", CI_ENOTFOUND,
                 ci_mem_printf(mem,
                               "secret \"none\" is unknown (asked: folder %s, variable "
                               "SLIPWAY_TEST_SECRET_NONE)",
                               folder));
    assert_fails(secrets, "", CI_EINVALID, "no name");
    assert_fails(secrets, "../plain", CI_EINVALID, "no name");
    assert_fails(secrets, ".plain", CI_EINVALID, "no name");
    assert_fails(secrets, "a\nb", CI_EINVALID, "control character");
    assert_fails(secrets, "a/../plain", CI_ENOTFOUND, "unknown");
    assert_int_equal(mkdir(ci_mem_printf(mem, "%s/sub", folder), 0700), 0);
    assert_fails(secrets, "sub", CI_EUNAVAILABLE, "sub");
    ci_secrets_free(secrets);
}

static void secrets__come_from_environment(void **state)
{
    struct ci_secrets *secrets = open_secrets(NULL, (struct ci_dur){0});

    (void)state;
    setenv("SLIPWAY_TEST_SECRET_GITHUB_HOOK", "env-value\n", 1);
    setenv("SLIPWAY_TEST_SECRET_PLAIN", "not-this-value", 1);
    assert_value(secrets, "github-hook", "env-value");
    assert_value(secrets, "github.hook", "env-value");
    assert_value(secrets, "plain", "folder-value");
    unsetenv("SLIPWAY_TEST_SECRET_GITHUB_HOOK");
    unsetenv("SLIPWAY_TEST_SECRET_PLAIN");
    assert_fails(secrets, "github-hook", CI_ENOTFOUND, "SLIPWAY_TEST_SECRET_GITHUB_HOOK");
    ci_secrets_free(secrets);
}

static void secrets__may_come_from_nowhere(void **state)
{
    struct ci_secrets_spec spec = {0};
    struct ci_secrets *secrets = NULL;
    struct ci_err err;

    (void)state;
    assert_ok(ci_secrets_new(&spec, &secrets, &err), err);
    assert_fails(secrets, "plain", CI_ENOTFOUND, "nobody provides secrets");
    ci_secrets_free(secrets);
    ci_secrets_free(NULL);
}

static void secrets__refuse_short_ones_in_builds(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_secrets *secrets = open_secrets(NULL, (struct ci_dur){0});
    const char *value = NULL;
    struct ci_err err;

    (void)state;
    assert_value(secrets, "short", " abc");
    assert_false(ci_secrets_for_build(secrets, "short", mem, &value, &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_null(strstr(err.msg, "abc"));
    assert_ok(ci_secrets_for_build(secrets, "plain", mem, &value, &err), err);
    assert_string_equal(value, "folder-value");
    assert_false(ci_secrets_for_build(secrets, "none", mem, &value, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    ci_secrets_free(secrets);
}

static void secrets__read_values_of_all_kinds(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_secrets *secrets = open_secrets(NULL, (struct ci_dur){0});
    const struct ci_secret literal = {CI_SECRET_LITERAL, "text"};
    const struct ci_secret variable = {CI_SECRET_ENV, "SLIPWAY_TEST_VARIABLE"};
    const struct ci_secret named = {CI_SECRET_FILE, "plain"};
    const char *value = NULL;
    struct ci_err err;

    (void)state;
    assert_ok(ci_secrets_read(secrets, &literal, mem, &value, &err), err);
    assert_string_equal(value, "text");
    setenv("SLIPWAY_TEST_VARIABLE", "of the environment", 1);
    assert_ok(ci_secrets_read(secrets, &variable, mem, &value, &err), err);
    assert_string_equal(value, "of the environment");
    unsetenv("SLIPWAY_TEST_VARIABLE");
    assert_false(ci_secrets_read(secrets, &variable, mem, &value, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    assert_ok(ci_secrets_read(secrets, &named, mem, &value, &err), err);
    assert_string_equal(value, "folder-value");
    ci_secrets_free(secrets);
}

/* How many warnings two files that everybody may read give. */
static size_t warnings(void)
{
    struct ci_secrets *secrets = open_secrets(NULL, (struct ci_dur){0});
    FILE *into = tmpfile();
    int old = dup(STDERR_FILENO);
    char line[512];
    size_t count = 0;

    assert_non_null(into);
    dup2(fileno(into), STDERR_FILENO);
    assert_value(secrets, "open", "open-value");
    assert_value(secrets, "open2", "open-value");
    assert_value(secrets, "plain", "folder-value");
    dup2(old, STDERR_FILENO);
    close(old);
    rewind(into);
    while (fgets(line, sizeof(line), into)) {
        assert_non_null(strstr(line, "secret.readable_by_all"));
        assert_non_null(strstr(line, "name=open"));
        assert_null(strstr(line, "open-value"));
        count++;
    }
    fclose(into);
    ci_secrets_free(secrets);
    return count;
}

static void secrets__warn_of_open_files(void **state)
{
    (void)state;
    write_file("open", "open-value", 0644);
    write_file("open2", "open-value", 0644);
    assert_int_equal(warnings(), 1);
    write_file("..data", "", 0600); /* as in a mount of Kubernetes */
    assert_int_equal(warnings(), 0);
}

/* ---- Vault ---- */

static void vault__has_values(void **state)
{
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets = open_secrets(&vault, (struct ci_dur){0});

    (void)state;
    assert_value(secrets, "db", "vault-value");
    assert_value(secrets, "db|value", "vault-value");
    assert_value(secrets, "db|password", "vault-password");
    assert_value(secrets, "db|port", "5432");
    assert_value(secrets, "db|on", "true");
    assert_value(secrets, "team/app one", "deep-value");
    assert_value(secrets, "plain", "folder-value");
    assert_fails(secrets, "db|all", CI_EINVALID, "no text");
    assert_fails(secrets, "db|none", CI_ENOTFOUND, "Vault http://127.0.0.1:");
    assert_fails(secrets, "none", CI_ENOTFOUND, "SLIPWAY_TEST_SECRET_NONE, Vault http://127");
    assert_fails(secrets, "deleted", CI_ENOTFOUND, "\"deleted\"");
    assert_fails(secrets, "denied", CI_EDENIED, "denies secret \"denied\"");
    assert_fails(secrets, "a/../../sys/x", CI_EINVALID, "no path and key");
    assert_fails(secrets, "db|", CI_EINVALID, "no path and key");
    ci_secrets_free(secrets);
}

static void vault__has_version_one(void **state)
{
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets;

    (void)state;
    vault.mount = "/kv1/";
    vault.kv_version = 1;
    vault.path_delimiter = "::";
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_value(secrets, "db", "old-value");
    assert_value(secrets, "db::user", "ci-user");
    assert_fails(secrets, "db::none", CI_ENOTFOUND, "db::none");
    ci_secrets_free(secrets);
}

static void vault__answers_are_kept(void **state)
{
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets = open_secrets(&vault, (struct ci_dur){0});
    long before = count_of("read");

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_value(secrets, "db", "vault-value");
    assert_int_equal(count_of("read"), before + 1);
    tell("config", "{\"sealed\": true}", NULL);
    assert_value(secrets, "db", "vault-value");
    ci_secrets_free(secrets);

    tell("config", "{\"sealed\": false}", NULL);
    secrets = open_secrets(&vault, (struct ci_dur){1});
    assert_value(secrets, "db", "vault-value");
    assert_value(secrets, "db", "vault-value");
    assert_int_equal(count_of("read"), before + 3);
    ci_secrets_free(secrets);
}

static void vault__logs_in_again(void **state)
{
    char address[64];
    struct ci_vault vault = app_role_at(address);
    struct ci_secrets *secrets = open_secrets(&vault, (struct ci_dur){1});
    long before = count_of("login");

    (void)state;
    assert_value(secrets, "db", "vault-value");
    assert_value(secrets, "db|password", "vault-password");
    assert_int_equal(count_of("login"), before + 1);
    tell("revoke", "{}", NULL);
    assert_value(secrets, "db", "vault-value");
    assert_int_equal(count_of("login"), before + 2);
    ci_secrets_free(secrets);
}

/* At half of its life a token is renewed, and when that can't be, made anew. */
static void vault__keeps_token_alive(void **state)
{
    char address[64];
    struct ci_vault vault = app_role_at(address);
    struct ci_secrets *secrets;
    long logins = count_of("login"), renewals = count_of("renew");
    struct ci_mono end = ci_mono_add(ci_mono_now(), ci_seconds(30));

    (void)state;
    tell("config", "{\"lease\": 1}", NULL);
    secrets = open_secrets(&vault, (struct ci_dur){1});
    while (count_of("renew") < renewals + 3) {
        assert_value(secrets, "db", "vault-value");
        assert_true(ci_mono_now().us < end.us);
    }
    assert_int_equal(count_of("login"), logins + 1);
    tell("config", "{\"renewable\": false}", NULL);
    while (count_of("login") < logins + 3) {
        assert_value(secrets, "db", "vault-value");
        assert_true(ci_mono_now().us < end.us);
    }
    ci_secrets_free(secrets);
}

enum { READERS = 8 };

static void *read_one(void *arg)
{
    for (int i = 0; i < 5; i++)
        assert_value(arg, "db", "vault-value");
    return NULL;
}

static void vault__one_login_serves_all_threads(void **state)
{
    char address[64];
    struct ci_vault vault = app_role_at(address);
    struct ci_secrets *secrets = open_secrets(&vault, (struct ci_dur){1});
    long before = count_of("login");
    pthread_t readers[READERS];

    (void)state;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_one, secrets), 0);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(count_of("login"), before + 1);
    ci_secrets_free(secrets);
}

static void vault__that_is_away_is_unavailable(void **state)
{
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets = open_secrets(&vault, (struct ci_dur){0});

    (void)state;
    tell("config", "{\"sealed\": true}", NULL);
    assert_fails(secrets, "db", CI_EUNAVAILABLE, "secret \"db\": Vault http://127.0.0.1:");
    assert_value(secrets, "plain", "folder-value");
    ci_secrets_free(secrets);

    vault.address = "http://127.0.0.1:1";
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_fails(secrets, "db", CI_EUNAVAILABLE, "http://127.0.0.1:1");
    assert_value(secrets, "plain", "folder-value");
    ci_secrets_free(secrets);
}

static void vault__refuses_wrong_credentials(void **state)
{
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets;

    (void)state;
    vault.token.value = "hvs.wrong";
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_fails(secrets, "db", CI_EDENIED, "denies");
    ci_secrets_free(secrets);

    vault = app_role_at(address);
    vault.secret_id.value = "not-the-secret-id";
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_fails(secrets, "db", CI_EDENIED, "refuses the role_id or secret_id");
    ci_secrets_free(secrets);

    vault.secret_id = (struct ci_secret){CI_SECRET_FILE, "not-there"};
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_fails(secrets, "db", CI_EUNAVAILABLE, "the secret_id for Vault");
    ci_secrets_free(secrets);
}

static void vault__has_namespaces(void **state)
{
    char address[64];
    struct ci_vault vault = app_role_at(address);
    struct ci_secrets *secrets;

    (void)state;
    tell("config", "{\"namespace\": \"team/ci\"}", NULL);
    vault.namespace = "team/ci";
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_value(secrets, "db", "vault-value");
    ci_secrets_free(secrets);
}

static void vault__is_known_by_its_certificate(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char address[64];
    struct ci_vault vault = vault_at(address);
    struct ci_secrets *secrets;
    FILE *file = fopen(ci_mem_printf(mem, "%s/https_port", server.folder), "re");
    unsigned port = 0;

    (void)state;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%u", &port), 1);
    fclose(file);
    vault.address = ci_mem_printf(mem, "https://localhost:%u", port);
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_fails(secrets, "db", CI_EUNAVAILABLE, "certificate");
    ci_secrets_free(secrets);

    vault.ca_file = ci_mem_printf(mem, "%s/ca.pem", server.folder);
    secrets = open_secrets(&vault, (struct ci_dur){0});
    assert_value(secrets, "db", "vault-value");
    ci_secrets_free(secrets);
}

static void vault__refuses_wrong_settings(void **state)
{
    const struct ci_secret token = {CI_SECRET_LITERAL, "t"};
    /* clang-format off */
    const struct ci_vault rows[] = {
        {.token = token},
        {.address = "vault.example", .token = token},
        {.address = "http://host"},
        {.address = "http://host", .role_id = token},
        {.address = "http://host", .token = token, .kv_version = 3},
        {.address = "http://host", .token = token, .mount = "a/../sys"},
        {.address = "http://host", .token = token, .path_delimiter = ""},
    };
    /* clang-format on */
    struct ci_secrets *secrets = NULL;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_secrets_spec spec = {.vault = &rows[i]};

        assert_false(ci_secrets_new(&spec, &secrets, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(secrets__come_from_folder),
        IN_FOLDER(secrets__come_from_environment),
        cmocka_unit_test(secrets__may_come_from_nowhere),
        IN_FOLDER(secrets__refuse_short_ones_in_builds),
        IN_FOLDER(secrets__read_values_of_all_kinds),
        IN_FOLDER(secrets__warn_of_open_files),
        IN_FOLDER(vault__has_values),
        IN_FOLDER(vault__has_version_one),
        IN_FOLDER(vault__answers_are_kept),
        IN_FOLDER(vault__logs_in_again),
        IN_FOLDER(vault__keeps_token_alive),
        IN_FOLDER(vault__one_login_serves_all_threads),
        IN_FOLDER(vault__that_is_away_is_unavailable),
        IN_FOLDER(vault__refuses_wrong_credentials),
        IN_FOLDER(vault__has_namespaces),
        IN_FOLDER(vault__is_known_by_its_certificate),
        cmocka_unit_test(vault__refuses_wrong_settings),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
