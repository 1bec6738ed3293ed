/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every delivery of npm's @octokit/webhooks-examples (npm ci --prefix tests/webhooks),
 * recorded from github.com and from Enterprise Server: each is understood, and
 * makes changes or says why not.
 */
#include "hook_test.h"
#include "shared/json.h"

#include <unistd.h>

static const char *const versions[] = {"api.github.com", "ghes-31", "ghes-32",
                                       "ghes-33",        "ghes-34", "ghes-35"};

struct tally {
    int deliveries, changes;
};

static struct post recorded(const char *event, const char *body)
{
    struct post post = post_of(body);

    header(&post, "content-type", "application/json");
    header(&post, "x-github-event", event);
    return post;
}

static void check_push(const struct new_change *change, json_t *payload)
{
    const char *ref = json_string_value(json_object_get(payload, "ref"));

    assert_non_null(change->revision);
    assert_int_equal(40, strlen(change->revision));
    assert_non_null(change->author);
    assert_non_null(strstr(ref, change->branch));
    assert_memory_equal("https://", change->repository, 8);
    assert_string_equal("push", property(change, "event"));
}

static void check_pull(const struct new_change *change)
{
    assert_string_equal("pull", change->category);
    assert_memory_equal("refs/pull/", change->branch, 10);
    assert_memory_equal("GitHub Pull Request #", change->comments, 21);
    assert_non_null(property(change, "pullrequesturl"));
    assert_non_null(property(change, "basename"));
}

static void deliver(const char *event, json_t *payload, struct tally *tally)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = json_dumps(payload, JSON_COMPACT);
    const struct post post = recorded(event, text);
    struct delivery out;
    struct ci_err err = {0};

    if (!read_post("github", &post, mem, &out, &err))
        fail_msg("%s: %s", event, err.msg);
    tally->deliveries++;
    tally->changes += (int)out.count;
    if (out.count == 0)
        assert_non_null(out.reason);
    for (size_t i = 0; i < out.count; i++) {
        assert_true(change_check(&out.changes[i], &err));
        if (strcmp(event, "push") == 0)
            check_push(&out.changes[i], payload);
        else
            check_pull(&out.changes[i]);
    }
    if (strcmp(event, "push") != 0 && strcmp(event, "pull_request") != 0)
        assert_int_equal(0, out.count);
    free(text);
}

static void deliver_all(const char *version, struct tally *tally)
{
    char path[512];
    json_t *index, *event, *example;
    size_t i, k;

    (void)snprintf(path, sizeof(path), RECORDED "/%s/index.json", version);
    index = json_load_file(path, 0, NULL);
    if (!index)
        fail_msg("%s is not there: run npm ci --prefix tests/webhooks", path);
    json_array_foreach(index, i, event)
        json_array_foreach(json_object_get(event, "examples"), k, example)
            deliver(json_string_value(json_object_get(event, "name")), example, tally);
    json_decref(index);
}

static void recorded__deliveries_are_understood(void **state)
{
    struct tally tally = {0};

    (void)state;
    if (access(RECORDED, R_OK) != 0)
        fail_msg(RECORDED " is not there: run npm ci --prefix tests/webhooks");
    for (size_t i = 0; i < CI_COUNT(versions); i++)
        deliver_all(versions[i], &tally);
    assert_in_range(tally.deliveries, 500, 10000);
    assert_in_range(tally.changes, 10, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded__deliveries_are_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
