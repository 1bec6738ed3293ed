/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a notifier tells. */
#include "ci_test.h"
#include "mode.h"

#include <string.h>

static void address__is_found_in_what_people_write(void **state)
{
    static const struct {
        const char *text, *lookup, *address;
    } cases[] = {
        {"ada@example.org",                     NULL,          "ada@example.org"       },
        {"Ada Lovelace <ada@example.org>",      NULL,          "ada@example.org"       },
        {"<ada@example.org>",                   NULL,          "ada@example.org"       },
        {"\"a <b>\" <ada@example.org>",         NULL,          "ada@example.org"       },
        {"ada",                                 "example.org", "ada@example.org"       },
        {"Ada <ada>",                           "example.org", "ada@example.org"       },
        {"ada@here.org",                        "example.org", "ada@here.org"          },
        {"ada+ci@sub.example.org",              NULL,          "ada+ci@sub.example.org"},
 /* git-svn adds its repository's id. */
        {"ada@example.org@2f1e-99",             NULL,          "ada@example.org"       },
        {"'Ada' <ada@example.org>@example.com", NULL,          "ada@example.org"       },
        {"ada",                                 NULL,          NULL                    },
        {"Ada Lovelace",                        "example.org", NULL                    },
        {"",                                    "example.org", NULL                    },
        {"<>",                                  "example.org", NULL                    },
        {"@example.org",                        NULL,          NULL                    },
        {"ada@",                                NULL,          NULL                    },
        {"ada @example.org",                    NULL,          NULL                    },
        {"Ada <ada@example.org",                NULL,          NULL                    },
        {"ada@example.org>",                    NULL,          NULL                    },
        {"ada@[127.0.0.1]",                     NULL,          NULL                    },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        const char *got = mail_address(cases[i].text, cases[i].lookup, mem);

        if ((got == NULL) != (cases[i].address == NULL) || (got && strcmp(got, cases[i].address)))
            fail_msg("\"%s\" gave \"%s\"", cases[i].text, got ? got : "nothing");
    }
}

static void address__cannot_leave_its_header_or_command(void **state)
{
    static const char *const hostile[] = {
        "ada@example.org\nBcc: eve@example.org",
        "Ada <ada@example.org\r\nBcc: eve@example.org>",
        "Ada <ada@example.org> <eve@example.org\n>",
        "ada@example.org,eve@example.org",
        "ada@example.org;eve",
        "ada@exa\tmple.org",
        "ada@example.org\x7f",
        "\"ada\"@example.org",
        "ada(comment)@example.org",
    };
    char too_long[400];
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(hostile); i++)
        assert_null(mail_address(hostile[i], "example.org", mem));
    /* The last one in angle brackets counts, as in any author; it is nothing but an address. */
    assert_string_equal("eve@example.org",
                        mail_address("ada@example.org\r\nRCPT TO:<eve@example.org>", NULL, mem));
    memset(too_long, 'a', sizeof(too_long));
    memcpy(too_long + sizeof(too_long) - 13, "@example.org", 13);
    assert_null(mail_address(too_long, NULL, mem));
}

/* "to1,to2|cc1,cc2" of a build by those authors. */
static const char *who(void *mem, struct ci_notifier notifier, const char *const *authors,
                       const char *owner)
{
    struct change_facts changes[8] = {{0}};
    struct build_facts build = {
        .changes = {changes, 0}
    };
    struct recipients found;
    struct ci_buf out;

    while (authors && authors[build.changes.count]) {
        changes[build.changes.count].author = authors[build.changes.count];
        build.changes.count++;
    }
    build.properties =
        ci_mem_json(mem, owner ? json_pack("{s:[s,s]}", "owner", owner, "Force") : json_object());
    found = notifier_recipients(&notifier, &build, mem);
    ci_buf_init(&out, mem);
    for (size_t i = 0; i < found.to.count; i++)
        ci_buf_printf(&out, "%s%s", i ? "," : "", found.to.items[i]);
    ci_buf_puts(&out, "|");
    for (size_t i = 0; i < found.cc.count; i++)
        ci_buf_printf(&out, "%s%s", i ? "," : "", found.cc.items[i]);
    return out.text;
}

static const char *const team[] = {"team@example.org", "Boss <boss@example.org>"};
static const struct ci_notifier to_all = {
    .send_to_interested_users = true, .extra_recipients = {team, 2}
};

static void recipients__are_authors_and_copies_to_the_others(void **state)
{
    static const char *const authors[] = {"Zoe <zoe@example.org>", "Ada <ada@example.org>", NULL};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("ada@example.org,zoe@example.org|boss@example.org,team@example.org",
                        who(mem, to_all, authors, NULL));
}

static void recipients__are_the_others_where_nobody_is_interested(void **state)
{
    static const char *const nobody[] = {"Ada Lovelace", "root", NULL};
    struct ci_notifier notifier = to_all;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("boss@example.org,team@example.org|", who(mem, to_all, NULL, NULL));
    assert_string_equal("boss@example.org,team@example.org|", who(mem, to_all, nobody, NULL));
    notifier.send_to_interested_users = false;
    assert_string_equal(
        "boss@example.org,team@example.org|",
        who(mem, notifier, (const char *const[]){"ada@example.org", NULL}, "zoe@example.org"));
    notifier.extra_recipients.count = 0;
    assert_string_equal("|", who(mem, notifier, nobody, NULL));
}

static void recipients__are_named_once(void **state)
{
    static const char *const authors[] = {"Ada <ada@example.org>", "ada@example.org",
                                          "Team <team@example.org>", NULL};
    static const char *const twice[] = {"x@example.org", "X <x@example.org>", "ada@example.org"};
    struct ci_notifier notifier = to_all;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("ada@example.org,team@example.org|boss@example.org",
                        who(mem, to_all, authors, "ada@example.org"));
    notifier.extra_recipients = (struct ci_strs){twice, 3};
    assert_string_equal("ada@example.org,team@example.org|x@example.org",
                        who(mem, notifier, authors, NULL));
}

static void recipients__are_looked_up_by_domain(void **state)
{
    static const char *const authors[] = {"ada", "Grace Hopper", "zoe@example.com", NULL};
    struct ci_notifier notifier = {.send_to_interested_users = true, .lookup = "example.org"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("ada@example.org,boss@example.org,zoe@example.com|",
                        who(mem, notifier, authors, "boss"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address__is_found_in_what_people_write),
        cmocka_unit_test(address__cannot_leave_its_header_or_command),
        cmocka_unit_test(recipients__are_authors_and_copies_to_the_others),
        cmocka_unit_test(recipients__are_the_others_where_nobody_is_interested),
        cmocka_unit_test(recipients__are_named_once),
        cmocka_unit_test(recipients__are_looked_up_by_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
