/* SPDX-License-Identifier: Apache-2.0 */
/* Networks in CIDR notation, and whose word about a client's address counts. */
#include "ci_test.h"
#include "shared/network.h"

#include <string.h>

static struct ci_networks parse(void *mem, const char *text)
{
    struct ci_networks out;
    struct ci_err err = {0};

    assert_ok(ci_networks_parse(text, mem, &out, &err), err);
    return out;
}

static void networks__hold_addresses_by_their_prefix(void **state)
{
    static const struct {
        const char *network, *address;
        bool holds;
    } cases[] = {
        {"10.0.0.0/8",          "10.255.0.1",       true },
        {"10.0.0.0/8",          "11.0.0.1",         false},
        {"10.0.0.0/8",          "::ffff:10.1.2.3",  true },
        {"192.168.4.0/22",      "192.168.7.255",    true },
        {"192.168.4.0/22",      "192.168.8.0",      false},
        {"192.0.2.7",           "192.0.2.7",        true },
        {"192.0.2.7",           "192.0.2.8",        false},
        {"0.0.0.0/0",           "203.0.113.9",      true },
        {"0.0.0.0/0",           "2001:db8::1",      false},
        {"::/0",                "203.0.113.9",      true },
        {"2001:db8::/33",       "2001:db8:7fff::1", true },
        {"2001:db8::/33",       "2001:db8:8000::1", false},
        {"::1",                 "::1",              true },
        {"10.0.0.0/8 fd00::/8", "fd12::1",          true },
        {"10.0.0.0/8,fd00::/8", "10.0.0.1",         true },
        {"",                    "10.0.0.1",         false},
        {"::/0",                "",                 false},
        {"::/0",                "no address",       false},
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_int_equal(cases[i].holds,
                         ci_networks_hold(parse(mem, cases[i].network), cases[i].address));
}

static void networks__refuse_what_is_none(void **state)
{
    static const char *const wrong[] = {"10.0.0.0/33", "::/129",       "10.0.0",
                                        "example.org", "10.0.0.0/",    "10/8",
                                        "1.2.3.4/-1",  "1.2.3.4/1000", "fe80::1%eth0"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_networks out;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        assert_false(ci_networks_parse(wrong[i], mem, &out, &err));
        assert_int_equal(CI_EINVALID, err.code);
        assert_non_null(strstr(err.msg, wrong[i]));
    }
}

static void network__believes_trusted_proxies_only(void **state)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"198.51.100.1", "1.2.3.4",                    "198.51.100.1"},
        {"10.0.0.1",     NULL,                         "10.0.0.1"    },
        {"10.0.0.1",     "",                           "10.0.0.1"    },
        {"10.0.0.1",     "1.2.3.4",                    "1.2.3.4"     },
        {"10.0.0.1",     "6.6.6.6, 1.2.3.4",           "1.2.3.4"     },
        {"10.0.0.1",     "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"     },
        {"10.0.0.1",     "10.0.0.7,10.0.0.9",          "10.0.0.7"    },
        {"10.0.0.1",     "1.2.3.4 , nonsense",         "10.0.0.1"    },
        {"10.0.0.1",     "nonsense, 1.2.3.4",          "1.2.3.4"     },
        {"10.0.0.1",     ",,,",                        "10.0.0.1"    },
        {"10.0.0.1",     "1.2.3.4:5678",               "1.2.3.4"     },
        {"10.0.0.1",     "[2001:db8::7]:443",          "2001:db8::7" },
        {"10.0.0.1",     "2001:DB8:0::7",              "2001:db8::7" },
        {"10.0.0.1",     "::ffff:1.2.3.4",             "1.2.3.4"     },
        {"",             "1.2.3.4",                    ""            },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_networks trusted = parse(mem, "10.0.0.0/8");

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(cases[i].client,
                            ci_network_client(trusted, cases[i].peer, cases[i].forwarded, mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks__hold_addresses_by_their_prefix),
        cmocka_unit_test(networks__refuse_what_is_none),
        cmocka_unit_test(network__believes_trusted_proxies_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
