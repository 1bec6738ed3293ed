/* SPDX-License-Identifier: Apache-2.0 */
/* Stored hashes of workers' passwords. */
#include "db_test.h"
#include "passwords.h"

static struct ci_worker workers[] = {
    {.name = "p1", .password = {CI_SECRET_LITERAL, "secret"}   },
    {.name = "p2", .password = {CI_SECRET_FILE, "no-such-file"}},
};
static const struct ci_config config = {
    .version = 1, .workers = {workers, CI_COUNT(workers)}
};

static const char *stored(void *mem)
{
    struct row {
        const char *hash;
    };
    static const struct ci_field fields[] = {CI_FIELD(struct row, hash, 0)};
    static const struct ci_record record = CI_RECORD("row", struct row, fields);
    struct ci_list rows = {0};
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, "SELECT password_hash AS hash FROM workers WHERE name = 'p1'",
                              CI_NO_ARGS, &record, mem, &rows, &err),
              err);
    return ((const struct row *)rows.items)->hash;
}

static void passwords__verify_only_the_right_one(void **state)
{
    struct passwords *passwords = passwords_new();
    CI_AUTO_MEM mem = ci_mem_new();
    const char *hash = passwords_hash(passwords, mem, "secret");

    (void)state;
    assert_int_equal(0, strncmp(hash, "$argon2id$", 10));
    assert_true(passwords_verify(passwords, "secret", hash));
    assert_true(passwords_verify(passwords, "secret", hash));
    assert_false(passwords_verify(passwords, "Secret", hash));
    assert_false(passwords_verify(passwords, "secret", NULL));
    passwords_free(passwords);
}

static void passwords__are_hashed_once_and_again_when_they_change(void **state)
{
    struct passwords *passwords = passwords_new();
    CI_AUTO_MEM mem = ci_mem_new();
    const char *first, *second;
    struct ci_err err = {0};
    size_t unread = 0;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO workers (name) VALUES ('p1'), ('p2')");
    assert_ok(passwords_sync(passwords, db_test.db, &config, "/nonexistent", mem, &unread, &err),
              err);
    assert_int_equal(1, unread);
    first = stored(mem);
    assert_true(passwords_verify(passwords, "secret", first));
    assert_ok(passwords_sync(passwords, db_test.db, &config, "/nonexistent", mem, &unread, &err),
              err);
    assert_string_equal(first, stored(mem));
    workers[0].password.value = "other";
    assert_ok(passwords_sync(passwords, db_test.db, &config, "/nonexistent", mem, &unread, &err),
              err);
    second = stored(mem);
    assert_true(passwords_verify(passwords, "other", second));
    assert_false(passwords_verify(passwords, "secret", second));
    passwords_free(passwords);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords__verify_only_the_right_one),
        cmocka_unit_test(passwords__are_hashed_once_and_again_when_they_change),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}
