/* SPDX-License-Identifier: Apache-2.0 */
/* What of git is pure: hiding passwords, recognizing hashes. */
#include "ci_test.h"
#include "git.h"

static void git__hides_passwords(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    static const struct {
        const char *url, *shown;
    } rows[] = {
        {"https://u:geheim@host/x.git", "https://u:***@host/x.git"},
        {"https://u@host/x.git",        "https://u@host/x.git"    },
        {"https://host:80/x@y:z",       "https://host:80/x@y:z"   },
        {"git@host:x.git",              "git@host:x.git"          },
        {"/srv/x.git",                  "/srv/x.git"              },
        {"refs/heads/main",             "refs/heads/main"         },
    };

    for (size_t i = 0; i < CI_COUNT(rows); i++)
        assert_string_equal(vcs_show_url(mem, rows[i].url), rows[i].shown);
}

static void git__knows_a_full_hash(void **state)
{
    (void)state;
    assert_true(git_is_full_hash("0123456789012345678901234567890123456789"));
    assert_false(git_is_full_hash("012345678901234567890123456789012345678"));
    assert_false(git_is_full_hash("012345678901234567890123456789012345678g"));
    assert_false(git_is_full_hash("main"));
}

static void git__gives_tokens_to_one_server(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    static const struct {
        const char *url, *server;
    } rows[] = {
        {"https://u:p@host:1/x.git",     "https://host:1"},
        {"HTTP://host/x@y",              "HTTP://host"   },
        {"https://host?x=@evil.example", "https://host"  },
        {"https://host#@evil.example",   "https://host"  },
        {"https://a@b@host",             "https://host"  },
        {"ssh://git@host/x.git",         NULL            },
        {"/srv/x.git",                   NULL            },
    };

    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        const char *server = git_http_server(mem, rows[i].url);

        if (rows[i].server)
            assert_string_equal(server, rows[i].server);
        else
            assert_null(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(git__hides_passwords),
        cmocka_unit_test(git__knows_a_full_hash),
        cmocka_unit_test(git__gives_tokens_to_one_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
