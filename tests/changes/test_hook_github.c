/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/github. */
#include "hook_test.h"

#include <sodium.h>

#define COMMIT(id, message)                                                                        \
    "{\"id\": \"" id "\", \"message\": \"" message                                                 \
    "\", \"timestamp\": \"2026-01-05T14:00:00+02:00\", "                                           \
    "\"url\": \"https://github.com/octo/app/commit/" id "\", "                                     \
    "\"author\": {\"name\": \"Ada\", \"email\": \"ada@x\"}, "                                      \
    "\"committer\": {\"name\": \"GitHub\", \"email\": \"noreply@github.com\"}, "                   \
    "\"added\": [\"new.c\"], \"modified\": [\"a.c\"], \"removed\": [\"old.c\"]}"
#define REPOSITORY                                                                                  \
    "\"repository\": {\"full_name\": \"octo/app\", \"html_url\": \"https://github.com/octo/app\", " \
    "\"clone_url\": \"https://github.com/octo/app.git\"}"
#define PUSH(ref, more)                                                                            \
    "{\"ref\": \"" ref "\", " more ", \"commits\": [" COMMIT("c1", "one") "," COMMIT(              \
        "c2", "two") "], \"head_commit\": " COMMIT("c2", "two") ", " REPOSITORY "}"

static struct post github(const char *event, const char *body)
{
    struct post post = post_of(body);

    header(&post, "content-type", "application/json");
    if (event)
        header(&post, "x-github-event", event);
    return post;
}

static size_t found(const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_ok(read_post("github", post, mem, &out, &err), err);
    return out.count;
}

static void github__push_makes_a_change_of_each_commit(void **state)
{
    const struct post post = github("push", PUSH("refs/heads/rel/1", "\"created\": false"));
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;
    struct delivery out;
    struct ci_err err = {0};

    (void)state;
    assert_ok(read_post("github", &post, mem, &out, &err), err);
    assert_int_equal(2, out.count);
    change = out.changes;
    assert_string_equal("c1", change->revision);
    assert_string_equal("rel/1", change->branch);
    assert_string_equal("Ada <ada@x>", change->author);
    assert_string_equal("GitHub <noreply@github.com>", change->committer);
    assert_string_equal("one", change->comments);
    assert_int_equal(3, change->files.count);
    assert_string_equal("new.c", change->files.items[0]);
    assert_string_equal("old.c", change->files.items[2]);
    assert_int_equal(noon.us, change->when.us);
    assert_string_equal("https://github.com/octo/app", change->repository);
    assert_string_equal("octo/app", change->project);
    assert_string_equal("https://github.com/octo/app/commit/c1", change->revlink);
    assert_null(change->category);
    assert_true(
        json_is_true(json_array_get(json_object_get(change->properties, "github_distinct"), 0)));
    assert_string_equal(
        "push", json_string_value(json_array_get(json_object_get(change->properties, "event"), 0)));
    assert_string_equal("c2", out.changes[1].revision);
}

static void github__push_of_branches_and_tags_that_begin_and_end(void **state)
{
    const struct post created = github("push", PUSH("refs/heads/new", "\"created\": true")),
                      deleted = github("push", PUSH("refs/heads/old", "\"deleted\": true")),
                      tag = github("push", PUSH("refs/tags/v1", "\"created\": true")),
                      note = github("push", PUSH("refs/notes/x", "\"created\": true"));
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    assert_string_equal("c2", only("github", &created, mem)->revision);
    assert_int_equal(0, found(&deleted, mem));
    assert_int_equal(0, found(&note, mem));
    change = only("github", &tag, mem);
    assert_string_equal("v1", change->branch);
    assert_string_equal("tag", change->category);
}

static void github__push_that_asks_to_be_skipped(void **state)
{
    static const struct {
        const char *message;
        size_t found;
    } cases[] = {
        {"fix [skip ci]",    1},
        {"[ ci  skip ] fix", 1},
        {"[[skip ci]]",      1},
        {"[skip ci",         0},
        {"skip ci",          0},
        {"[skip cinema]",    0},
        {"[ci]",             0},
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        const struct post post =
            github("push", ci_mem_printf(mem,
                                         "{\"ref\": \"refs/heads/m\", \"commits\": [" COMMIT(
                                             "c1", "x") "], \"head_commit\": "
                                                        "{\"message\": \"%s\"}, " REPOSITORY "}",
                                         cases[i].message));

        assert_int_equal(1 - cases[i].found, found(&post, mem));
    }
}

static void github__takes_the_pollers_names(void **state)
{
    struct post post = github("push", PUSH("refs/heads/new", "\"created\": true"));
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    post.config.change_sources = (struct ci_list){&polled, 1};
    change = only("github", &post, mem);
    assert_string_equal("https://github.com/octo/app.git", change->repository);
    assert_string_equal("polled", change->project);
    assert_string_equal("core", change->codebase);
    options(&post, "github")->codebase = "hooked";
    assert_string_equal("hooked", only("github", &post, mem)->codebase);
}

#define PULL(action, title)                                                                        \
    "{\"action\": \"" action                                                                       \
    "\", \"number\": 7, \"sender\": {\"login\": \"ada\"}, \"pull_request\": "                      \
    "{\"title\": \"" title                                                                         \
    "\", \"body\": null, \"commits\": 1, \"updated_at\": \"2026-01-05T12:00:00Z\", "               \
    "\"html_url\": \"https://github.com/octo/app/pull/7\", \"head\": {\"sha\": \"h1\"}, "          \
    "\"base\": {\"ref\": \"main\"}}, " REPOSITORY "}"

static void github__pull_request_is_a_change_of_its_merge(void **state)
{
    static const char *const actions[] = {PULL("opened", "t"), PULL("reopened", "t"),
                                          PULL("synchronize", "t")};
    const struct post closed = github("pull_request", PULL("closed", "t")),
                      skipped = github("pull_request", PULL("opened", "t [skip ci]"));
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(actions); i++) {
        const struct post post = github("pull_request", actions[i]);
        const struct new_change *change = only("github", &post, mem);

        assert_string_equal("refs/pull/7/merge", change->branch);
        assert_string_equal("h1", change->revision);
        assert_string_equal("pull", change->category);
        assert_string_equal("ada", change->author);
        assert_string_equal("GitHub Pull Request #7 (1 commit)\nt\n", change->comments);
        assert_string_equal("https://github.com/octo/app/pull/7", change->revlink);
        assert_int_equal(noon.us, change->when.us);
        assert_string_equal("main", json_string_value(json_array_get(
                                        json_object_get(change->properties, "basename"), 0)));
    }
    assert_int_equal(0, found(&closed, mem));
    assert_int_equal(0, found(&skipped, mem));
}

static void github__other_events(void **state)
{
    const struct post ping = github("ping", "{\"zen\": \"x\"}"), run = github("workflow_run", "{}"),
                      unknown = github("fork", "{}"), none = github(NULL, "{}");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_int_equal(0, found(&ping, mem));
    assert_int_equal(0, found(&run, mem));
    assert_string_equal("unknown event: fork", nothing("github", &unknown, mem));
    assert_string_equal("Request has no X-GitHub-Event", refused("github", &none, mem));
}

static void github__reads_the_form_too(void **state)
{
    struct post post =
        post_of("payload=%7B%22ref%22%3A%22refs%2Fheads%2Fm%22%2C%22deleted%22%3Atrue%7D");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    header(&post, "content-type", "application/x-www-form-urlencoded");
    header(&post, "x-github-event", "push");
    assert_int_equal(0, found(&post, mem));
    post.body = "other=1";
    assert_memory_equal("Error loading JSON: ", refused("github", &post, mem), 20);
}

static void github__refuses_what_it_cannot_read(void **state)
{
    static const struct {
        const char *event, *body, *message;
    } wrong[] = {
        {"push",         "{",                                                                  "Error loading JSON: "             },
        {"push",         "",                                                                   "Error loading JSON: "             },
        {"push",         "[]",                                                                 "Error loading JSON: no object"    },
        {"push",         "{}",                                                                 "the payload has no ref"           },
        {"push",         "{\"ref\": 1}",                                                       "the payload has no ref"           },
        {"push",         "{\"ref\": \"refs/heads/m\"}",                                        "the payload has no repository"    },
        {"push",         "{\"ref\": \"refs/heads/m\", \"commits\": [{}], \"repository\": {}}",
         "a commit of the payload has no id"                                                                                      },
        {"push",         "{\"ref\": \"refs/heads/m\", \"commits\": [7], \"repository\": {}}",
         "a commit of the payload has no id"                                                                                      },
        {"pull_request", "{\"action\": \"opened\"}",                                           "the payload has no action, number"},
        {"ping",         "{\"a\": \"\\u0000\"}",                                               "Error loading JSON: "             },
    };
    struct post type = github("push", "{}");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        const struct post post = github(wrong[i].event, wrong[i].body);

        assert_memory_equal(wrong[i].message, refused("github", &post, mem),
                            strlen(wrong[i].message));
    }
    type.headers[0].value = "text/plain";
    assert_string_equal("Unknown content type: text/plain", refused("github", &type, mem));
    type.headers[0].value = "application/jsonp";
    assert_string_equal("Unknown content type: application/jsonp", refused("github", &type, mem));
}

static const char *sign(const char *secret, const char *body, void *mem)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof(mac) + 1];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    return ci_mem_printf(mem, "sha256=%s", sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac)));
}

static void github__checks_signatures(void **state)
{
    struct post good = github("ping", "{}"), bad = good, missing = good, sha1 = good;
    const struct ci_secret secret = {CI_SECRET_LITERAL, "s3cret"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    header(&good, "x-hub-signature-256", sign("s3cret", "{}", mem));
    header(&bad, "x-hub-signature-256", sign("other", "{}", mem));
    header(&sha1, "x-hub-signature", "sha1=0000");
    options(&good, "github")->secret = options(&bad, "github")->secret =
        options(&missing, "github")->secret = options(&sha1, "github")->secret = secret;
    assert_int_equal(0, found(&good, mem));
    assert_string_equal("Hash mismatch", refused("github", &bad, mem));
    assert_string_equal("Request has no required signature", refused("github", &missing, mem));
    assert_memory_equal("Unknown hash type: sha1", refused("github", &sha1, mem), 23);
    options(&missing, "github")->strict = options(&bad, "github")->strict = false;
    assert_int_equal(0, found(&missing, mem));
    assert_string_equal("Hash mismatch", refused("github", &bad, mem));
}

/* Without our secret nothing can be checked: the sender may try again. */
static void github__without_its_secret_is_unavailable(void **state)
{
    struct post post = github("ping", "{}");
    CI_AUTO_MEM mem = ci_mem_new();
    struct delivery out;
    struct ci_err err = {0};

    (void)state;
    header(&post, "x-hub-signature-256", sign("", "{}", mem));
    options(&post, "github")->secret = (struct ci_secret){CI_SECRET_ENV, "SLIPWAY_NO_SUCH_SECRET"};
    assert_false(read_post("github", &post, mem, &out, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
    options(&post, "github")->secret = (struct ci_secret){CI_SECRET_LITERAL, ""};
    assert_false(read_post("github", &post, mem, &out, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(github__push_makes_a_change_of_each_commit),
        cmocka_unit_test(github__push_of_branches_and_tags_that_begin_and_end),
        cmocka_unit_test(github__push_that_asks_to_be_skipped),
        cmocka_unit_test(github__takes_the_pollers_names),
        cmocka_unit_test(github__pull_request_is_a_change_of_its_merge),
        cmocka_unit_test(github__other_events),
        cmocka_unit_test(github__reads_the_form_too),
        cmocka_unit_test(github__refuses_what_it_cannot_read),
        cmocka_unit_test(github__checks_signatures),
        cmocka_unit_test(github__without_its_secret_is_unavailable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
