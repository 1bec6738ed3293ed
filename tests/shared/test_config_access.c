/* SPDX-License-Identifier: Apache-2.0 */
/* What the section `access` becomes as structs. */
#include "config_test.h"

static void access__is_open_for_readers_without_a_word(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    static const char *const files[] = {"{}", "access: {}", "access: {anonymous: read}"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(files); i++) {
        const struct ci_access *access = &parse(mem, files[i])->access;

        assert_true(access->anonymous_reads);
        assert_int_equal(0, access->roles.count);
        assert_int_equal(0, access->rules.count);
    }
    assert_false(parse(mem, "access: {anonymous: none}")->access.anonymous_reads);
}

static void access__reads_roles_and_rules(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_access *access =
        &parse(mem,
               "access:\n"
               "  roles:\n"
               "    - {name: admins, users: ada}\n"
               "    - {name: core, groups: [acme/core, \"acme/x-*\"], signed_in: false}\n"
               "  rules:\n"
               "    - {actions: [force, stop], builders: [\"release-*\"], role: [core, owner], "
               "default_deny: false}\n"
               "    - {actions: any, branches: [main, \"\"], roles: anyone}\n")
             ->access;
    const struct ci_role_holders *roles = access->roles.items;
    const struct ci_access_rule *rules = access->rules.items;

    (void)state;
    assert_int_equal(2, access->roles.count);
    assert_string_equal("ada", roles[0].users.items[0]);
    assert_int_equal(2, roles[1].groups.count);
    assert_false(roles[1].signed_in);
    assert_int_equal(2, access->rules.count);
    assert_string_equal("stop", rules[0].actions.items[1]);
    assert_string_equal("owner", rules[0].roles.items[1]);
    assert_false(rules[0].default_deny);
    assert_true(rules[1].default_deny);
    assert_string_equal("", rules[1].branches.items[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access__is_open_for_readers_without_a_word),
        cmocka_unit_test(access__reads_roles_and_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
