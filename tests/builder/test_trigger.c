/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of a trigger: completeness, results, and what an agent may ask for. */
#include "ci_test.h"
#include "trigger.h"

#include <string.h>

static struct trigger_status status(void *mem, bool done, const char *error, const char *requests)
{
    return (struct trigger_status){done, error, ci_mem_json(mem, json_loads(requests, 0, NULL))};
}

static void trigger__is_complete_when_all_requests_are(void **state)
{
    static const struct {
        bool done;
        const char *error, *requests;
        bool complete;
        int results;
    } cases[] = {
        {false, NULL,      "[]",                                                         false, 0},
        {true,  NULL,      "[]",                                                         true,  0},
        {true,  "no such", "[]",                                                         true,  4},
        {true,  NULL,      "[{\"complete\":false,\"results\":null,\"important\":true}]", false, 0},
        {true,  NULL,      "[{\"complete\":true,\"results\":2,\"important\":true}]",     true,  2},
        {true,  NULL,      "[{\"complete\":true,\"results\":2,\"important\":false}]",    true,  0},
        {true,  NULL,      "[{\"complete\":true,\"results\":3,\"important\":true}]",     true,  0},
        {true,  NULL,
         "[{\"complete\":true,\"results\":1,\"important\":true},"
         "{\"complete\":true,\"results\":6,\"important\":true}]",                        true,  6},
        {true,  NULL,
         "[{\"complete\":true,\"results\":0,\"important\":true},"
         "{\"complete\":false,\"results\":null,\"important\":false}]",                   false, 0},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const struct trigger_status one =
            status(mem, cases[i].done, cases[i].error, cases[i].requests);
        json_auto_t *json = trigger_json(&one);

        assert_int_equal(cases[i].complete, trigger_complete(&one));
        assert_int_equal(cases[i].complete, json_is_true(json_object_get(json, "complete")));
        assert_int_equal(cases[i].complete, json_is_integer(json_object_get(json, "results")));
        if (cases[i].complete)
            assert_int_equal(cases[i].results, trigger_results(&one));
    }
}

static void trigger__notices_what_changes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct trigger_status open = status(mem, false, NULL, "[]");
    const struct trigger_status made = status(mem, true, NULL, "[{\"brid\":7,\"builds\":[]}]");
    const struct trigger_status runs =
        status(mem, true, NULL, "[{\"brid\":7,\"builds\":[{\"buildid\":1}]}]");

    (void)state;
    assert_false(trigger_equal(&open, &made));
    assert_false(trigger_equal(&made, &runs));
    assert_true(trigger_equal(&runs, &runs));
    assert_int_equal(7, trigger_requests(&runs, mem).items[0]);
}

static void trigger__refuses_what_no_scheduler_could_read(void **state)
{
    static const struct {
        const char *body;
        bool good;
    } cases[] = {
        {"{\"schedulers\":[\"a\"]}",                                                true },
        {"{\"builders\":[\"a\"],\"sources\":null,\"waited_for\":true,\"later\":1}", true },
        {"{\"schedulers\":[\"a\"],\"sources\":[],\"set_properties\":{\"p\":1}}",    true },
        {"{}",                                                                      false},
        {"{\"schedulers\":[]}",                                                     false},
        {"{\"schedulers\":\"a\"}",                                                  false},
        {"{\"schedulers\":[1]}",                                                    false},
        {"{\"schedulers\":[\"a\"],\"sources\":{}}",                                 false},
        {"{\"schedulers\":[\"a\"],\"set_properties\":[]}",                          false},
        {"{\"schedulers\":[\"a\"],\"waited_for\":\"yes\"}",                         false},
        {"[]",                                                                      false},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        json_t *body = ci_mem_json(mem, json_loads(cases[i].body, 0, NULL));
        struct ci_err err = {0};

        assert_int_equal(cases[i].good, trigger_check(body, mem, &err));
        if (!cases[i].good)
            assert_int_equal(CI_EINVALID, err.code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trigger__is_complete_when_all_requests_are),
        cmocka_unit_test(trigger__notices_what_changes),
        cmocka_unit_test(trigger__refuses_what_no_scheduler_could_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
