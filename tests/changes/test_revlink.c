/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of revisions, at forges that everybody knows and at one's own. */
#include "ci_test.h"
#include "revlink.h"

static const struct ci_list none;

static void revlink__is_known_of_public_forges(void **state)
{
    static const struct {
        const char *repository, *link;
    } rows[] = {
        {"git@github.com:o/r.git",                            "https://github.com/o/r/commit/abc"         },
        {"https://github.com/o/r",                            "https://github.com/o/r/commit/abc"         },
        {"git://github.com/o/r.git",                          "https://github.com/o/r/commit/abc"         },
        {"ssh://git@github.com/o/r.git/",                     "https://github.com/o/r/commit/abc"         },
        {"https://github.com/o",                              NULL                                        },
        {"https://github.com/o/r/wiki",                       NULL                                        },
        {"https://github.community/o/r",                      NULL                                        },
        {"https://githubXcom/o/r",                            NULL                                        },
        {"https://mirror.example/github.com/o/r",             NULL                                        },
        {"https://gitlab.com/g/s/r",                          "https://gitlab.com/g/s/r/-/commit/abc"     },
        {"ssh://git@bitbucket.org:22/o/r/",                   "https://bitbucket.org/o/r/commits/abc"     },
        {"https://ada@bitbucket.org/o/r.git",                 "https://bitbucket.org/o/r/commits/abc"     },
        {"https://gitea.com/o/r",                             "https://gitea.com/o/r/commit/abc"          },
        {"git@codeberg.org:o/r.git",                          "https://codeberg.org/o/r/commit/abc"       },
        {"git://git.code.sf.net/p/app/code",                  "https://sourceforge.net/p/app/code/ci/abc/"},
        {"ssh://ada@git.code.sf.net/p/app/code",              "https://sourceforge.net/p/app/code/ci/abc/"},
        {"git://app.git.sourceforge.net/gitroot/app/app",
         "http://app.git.sourceforge.net/git/gitweb.cgi?p=app/app;a=commit;h=abc"                         },
        {"ssh://ada@app.git.sourceforge.net/gitroot/app/app",
         "http://app.git.sourceforge.net/git/gitweb.cgi?p=app/app;a=commit;h=abc"                         },
        {"https://example.org/o/r",                           NULL                                        },
        {"/srv/git/r.git",                                    NULL                                        },
        {"",                                                  NULL                                        },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        const char *link = revlink_of(none, rows[i].repository, "abc", mem);

        if (rows[i].link && link)
            assert_string_equal(rows[i].link, link);
        else
            assert_true(!rows[i].link && !link);
    }
    assert_null(revlink_of(none, "https://github.com/o/r", NULL, mem));
    assert_null(revlink_of(none, "https://github.com/o/r", "", mem));
    assert_null(revlink_of(none, NULL, "abc", mem));
}

static void revlink__of_ones_own_comes_first(void **state)
{
    struct ci_revlink rules[] = {
        {"git[.]acme[.]example/(team-([a-z]+)/)?(.*)$",
         "https://x.example/\\2/\\3/\\9?r=%s&again=%s"                               },
        {"git[.]acme[.]example/never",                  "https://x.example/%s"       },
        {"github[.]com/acme/",                          "https://mirror.example/c/%s"},
    };
    const struct ci_list own = {rules, CI_COUNT(rules)};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(
        "https://x.example/shop/app/?r=abc&again=abc",
        revlink_of(own, "ssh://git@git.acme.example/team-shop/app.git", "abc", mem));
    assert_string_equal("https://x.example//never/?r=1&again=1",
                        revlink_of(own, "https://GIT.acme.example/never", "1", mem));
    assert_string_equal("https://mirror.example/c/abc",
                        revlink_of(own, "git@github.com:acme/r.git", "abc", mem));
    assert_string_equal("https://github.com/other/r/commit/abc",
                        revlink_of(own, "git@github.com:other/r.git", "abc", mem));
    assert_null(revlink_of(own, "https://elsewhere.example/git.acme.example/x", "abc", mem));
    /* Whatever a sender calls a revision stays within the link. */
    assert_string_equal("https://mirror.example/c/%22%3E%3Fx%23/y",
                        revlink_of(own, "git@github.com:acme/r.git", "\">?x#/y", mem));
}

static void revlink__of_a_change_is_kept(void **state)
{
    struct new_change change = {.repository = "https://github.com/o/r", .revision = "abc"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    revlink_add(none, &change, mem);
    assert_string_equal("https://github.com/o/r/commit/abc", change.revlink);
    change.revlink = "https://review.example/7";
    revlink_add(none, &change, mem);
    assert_string_equal("https://review.example/7", change.revlink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revlink__is_known_of_public_forges),
        cmocka_unit_test(revlink__of_ones_own_comes_first),
        cmocka_unit_test(revlink__of_a_change_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
