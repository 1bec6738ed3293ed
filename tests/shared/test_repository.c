/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to write a repository's address. */
#include "ci_test.h"
#include "shared/repository.h"

static void repository__is_the_same_however_it_is_written(void **state)
{
    static const char *const same[][2] = {
        {"https://github.com/o/r",         "https://github.com/o/r.git"},
        {"https://github.com/o/r/",        "http://GitHub.com/o/r"     },
        {"git@github.com:o/r.git",         "https://github.com/o/r"    },
        {"git@host:/srv/r.git",            "ssh://git@host/srv/r"      },
        {"ssh://git@host:22/o/r",          "git@host:o/r"              },
        {"https://user:word@host:443/o/r", "https://host/o/r.git/"     },
        {"git://host:9418/r",              "git://host/r"              },
        {"file:///srv/r.git",              "/srv/r"                    },
        {"/srv/r/.git",                    "/srv/r"                    },
        {"/srv/r//",                       "/srv/r"                    },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(same); i++)
        if (!ci_repository_same(same[i][0], same[i][1]))
            fail_msg("%s is not %s", same[i][0], same[i][1]);
}

static void repository__differs_in_what_matters(void **state)
{
    static const char *const other[][2] = {
        {"https://github.com/o/r", "https://github.com/o/R"},
        {"https://github.com/o/r", "https://gitlab.com/o/r"},
        {"https://host:8443/r",    "https://host/r"        },
        {"/srv/r",                 "/srv/R"                },
        {"/srv/r",                 "srv/r"                 },
        {"/srv/a@b/r",             "/srv/b/r"              },
        {"",                       "/"                     },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(other); i++)
        if (ci_repository_same(other[i][0], other[i][1]))
            fail_msg("%s is not to be %s", other[i][0], other[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repository__is_the_same_however_it_is_written),
        cmocka_unit_test(repository__differs_in_what_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
