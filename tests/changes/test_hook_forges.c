/* SPDX-License-Identifier: Apache-2.0 */
/* The dialects of the other forges, by the samples they publish (tests/changes/samples/). */
#include "hook_test.h"
#include "shared/http_client.h"

#include <sodium.h>
#include <stdio.h>

/* What becomes of a sample's change; NULL: not looked at. */
struct expected {
    const char *dialect, *event_header, *event, *sample;
    size_t count;
    size_t at; /* which of the changes */
    const char *branch, *revision, *category, *repository, *project, *author;
    const char *property, *value;
};

static const char *read_sample(const char *name, void *mem)
{
    char path[512], *text = ci_mem_alloc(mem, 64 << 10);
    FILE *file;

    (void)snprintf(path, sizeof(path), SAMPLES "/%s.json", name);
    file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, (64 << 10) - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static struct post sample(const char *event_header, const char *event, const char *name, void *mem)
{
    struct post post = post_of(read_sample(name, mem));

    header(&post, "content-type", "application/json; charset=utf-8");
    if (event)
        header(&post, event_header, event);
    options(&post, "gerrit")->git_base_url = "ssh://ci@gerrit.example.com:29418/";
    return post;
}

#define GITLAB(event, sample) "gitlab", "x-gitlab-event", event, sample
#define GITEA(event, sample) "gitea", "x-gitea-event", event, "gitea-" sample
#define FORGEJO(event, sample) "forgejo", "x-forgejo-event", event, "forgejo-" sample
#define GOGS(event, sample) "gogs", "x-gogs-event", event, "gogs-" sample
#define CLOUD(event, sample) "bitbucketcloud", "x-event-key", event, "bitbucketcloud-" sample
#define SERVER(event, sample) "bitbucketserver", "x-event-key", event, "bitbucketserver-" sample
#define GERRIT(sample) "gerrit", NULL, NULL, "gerrit-" sample
#define DIASPORA "git@example.com:mike/diaspora.git", "Diaspora"
#define MAX_AT(host) "https://" host "/max/webhook_test.git", "max/webhook_test"
#define MAX "Max Mustermann <max@example.com>"
#define TEAM "https://api.bitbucket.org/2.0/repositories/team_name/repo_name", "Untitled project"
#define PROJ "https://bitbucket.example/projects/PROJ/repos/repository/", "project"
#define ADMIN "Administrator <admin@example.com>"
#define ADA "Ada Lovelace <ada@example.com>"
#define TOOLS "ssh://ci@gerrit.example.com:29418/tools/app", "tools/app"

static const struct expected expectations[] = {
    {GITLAB("Push Hook",                    "gitlab-push"),    2,                        0,                            "master", "b6568db1bc1dcd7f8b4d5a946b0b91f9dacd7327",
     "push",                                                                                                                                                                                                          DIASPORA,                                                                                                     "Jordi Mallach <jordi@softcatala.org>",                                                                                                                                                                                                                                                                                         "event","push"},
    {GITLAB(NULL,                           "gitlab-push"),    2,                        1,                            "master", "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
     "push",                                                                                                                                                                                                          DIASPORA,                                                                                                     NULL,                                                                                                                                                                                                                                                                                                                           "event","push"},
    {GITLAB("Tag Push Hook",                "gitlab-tag"),     1,                        0,                            "v1.0.0",
     "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7",                                                                                                                             "tag_push",                              DIASPORA,
     "John Smith <john@example.com>",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               "event","tag_push"},
    {GITLAB("Push Hook",                    "gitlab-deleted"), 0,                        0,                            NULL,     NULL,                                       NULL,                                    NULL,                                                                                                         NULL,                                                                                                                                                                                                                                                                                                                           NULL,NULL,NULL},
    {GITLAB("Merge Request Hook",                                     "gitlab-merge"),                            1, 0, "master",
     "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",                                          "merge_request",                                                                                                                                                                      "http://example.com/diaspora.git",
     "Diaspora",                                                                                                                                                                                                                                                                                                                                                  "GitLab dev user <gitlabdev@dv6700.(none)>","source_git_ssh_url",
     "git@example.com:awesome_project.git"},
    {GITLAB("Merge Request Hook", "gitlab-merged"),                  0,                0,                            NULL,                  NULL,                                            NULL,                                                    NULL,                                                                                                                                           NULL,                                                                                                                                                                                                                                                                                                                                                                                                                          NULL,NULL,
     NULL},
    {GITLAB("Note Hook",                                 "gitlab-note"),                                                     1,                                                                             0,                                                                                        "master",                                                  "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
     "note", "http://example.com/diaspora.git",              "Diaspora",                                                                                                                                                                                                                                                 NULL,"comments",
     "This MR needs work."},
    {GITEA("push",                                 "push"),                                        2,                                                              0,                                                                                          "feature-branch",                                                                                       "ad7157cc4a137b3e1dfe92750ccfb1bbad239f9a",
     "push",                                                                                         MAX_AT("git.example.com"),                                                                                                                                       MAX,                                                                                                                                                                                                                                                                                                                                                            "owner","max"},
    {GITEA("push",                                  "tag"),                                            1,                                                               0,                                                                                           "v1.0",                                                                                        "9d7157cc4a137b3e1dfe92750ccfb1bbad239f99",                                                                                           "tag",
     MAX_AT("git.example.com"),MAX,"event","push"},
    {GITEA("create",                                  "create"),                                            1,                                                              0,                                                                                          "v1.0",                                                                                     "9d7157cc4a137b3e1dfe92750ccfb1bbad239f99",                                                                                     "tag",
     MAX_AT("git.example.com"),                                                                                                                                  "max <max@example.com>",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "event",                                                                                                                                                                                           "create"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 },
    {GITEA("pull_request",              "pull"),                        1,                                        0,                                                                    "refs/pull/1/head",
     "9d7157cc4a137b3e1dfe92750ccfb1bbad239f99",                                                                               "pull_request",                                                                                              MAX_AT("git.example.com"),                                 MAX,
     "base_branch","master"},
    {GITEA("pull_request",                                  "pull-closed"),                                            0,                                                            0,                                                                                        NULL,                                                                             NULL,                                                                        NULL,                                                                   NULL,                                                                                                                   NULL,                                                                                                                                                                                                                                                                                                                                                      NULL,NULL,NULL},
    {FORGEJO("push",                                 "push"),                                              2,                                                                  1,                                                                                          "feature-branch",                                                                                                  "9d7157cc4a137b3e1dfe92750ccfb1bbad239f99",
     "push",                                                                                                                               MAX_AT("code.example.com"),                                                                           MAX,"repository_name","webhook_test"},
    {FORGEJO("create",           "create"),                         1,                                0,                                              "v1.0",                                                      NULL,                                                                                 "tag",MAX_AT("code.example.com"),NULL,
     "event",                  "create"                                                                                                                                                                                                                                                                   },
    {FORGEJO("pull_request",           "pull"),                        1,                                                                            0,                                                                                                "refs/pull/1/head",                                                                                                        NULL,                                                                                                                             "pull_request",
     MAX_AT("code.example.com"),                                                                                                                                                                                                                                       MAX,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "head_branch","feature-branch"},
    {GOGS("push",            "push"),                          1,                                     0,                                                 "master",                                                         "29a2d3e1f0b6a0a9f3aef33f0b0c5e9f7c36b5d7",                                                                                         "push",
     MAX_AT("try.gogs.io"),MAX,"event","push"},
    {GOGS("pull_request",                 "pull"),                               1,                                                0,                                                                      "refs/pull/2/head",                                                                              NULL,                                                                                                      "pull_request",
     MAX_AT("try.gogs.io"),                                                                                                                                                                                                                                          MAX,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "head_branch",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     "dev"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          },
    {CLOUD("repo:push",                 "push"),                               3,                                          0,                                                                 "refs/heads/name-of-branch",
     "709d658dc5b6d6afcd46049c2f332ee3f515a67d",                                                                                                   "push",                                                                                                                   TEAM,"Emma <emmap1>",NULL,NULL},
    {CLOUD("repo:push",                                 "push"),                                   3,                                                       1,                                                                               "refs/tags/v1",                                                                                       NULL,                                                                                                                 "push",TEAM,                                                                                                                  NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      },
    {CLOUD("repo:push",                                 "push"),                                              3,                                                                  2,                                                                                          "refs/heads/gone",
     "1e65c05c1d5171631d92438a13901ca7dae9618c",                                                                                                                            "ref-deleted",                                                                                                                              TEAM,                                                                           NULL,NULL,NULL},
    {CLOUD("pullrequest:created",                                 "pull"),                                              1,                                                                  0,                                                                                          "refs/pull-requests/1/merge",
     "d3022fc0ca3d65c7f6654eea129d6bf0cf0ee08e",                                                                                                                  "pull-created",TEAM,"Emma <emmap1>",
     "pullrequesturl",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     "https://bitbucket.org/team_name/repo_name/pull-requests/1"},
    {CLOUD("pullrequest:fulfilled",                                 "pull"),                                   1,                                                                   0,                                    "refs/heads/master",                                            NULL,                                                          "pull-fulfilled",
     TEAM,                                                                                                                                   NULL,                                                                                                                                                                                                                                                                                                                                                                                              NULL,NULL},
    {CLOUD("pullrequest:rejected",                                  "pull"),                                               1,                                                                   0,                                                                                           "refs/heads/branch2",                                                                                                   NULL,                                                                                                                  "pull-rejected",                                                                                                                 TEAM,
     NULL,NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    },
    {SERVER("repo:refs_changed",                                 "refs"),                                                     3,                                                                         0,                                                                                                 "refs/heads/master",
     "178864a7d521b6f5e720b386b2c2b0ef8563e0dc",                                                                                                                          "push",                                                                                                                          PROJ,                                                                                                                                                                                 ADMIN,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             NULL,NULL},
    {SERVER("repo:refs_changed",                                 "refs"),                                             3,                                                                 1,                                                                                         "refs/tags/3.0.4",                                                                                                 NULL,                                                                                                                  "push",PROJ,NULL,NULL,
     NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
    {SERVER("repo:refs_changed",                                 "refs"),                                              3,                                                                  2,                                                                                                             "refs/heads/old",
     "ecddabb624f6f5ba43816f5926e580a5f680a932",                                                                                                                                      "ref-deleted",                                                                                                                                      PROJ,                                                                                                                                                                                                    NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                NULL,NULL},
    {SERVER("pr:opened",                                 "pull"),                                              1,                                                                  0,                                                                                          "refs/pull-requests/11/merge",
     "ef8755f06ee4b28c96a847a95cb8ec8ed6ddd1ca",                                                                                                                           "pull-created",PROJ,ADMIN,"pullrequesturl",
     "https://bitbucket.example/projects/PROJ/repos/repository/pull-requests/11"},
    {SERVER("pr:merged",                                 "merged"),                                             1,                                                     0,                                      "refs/heads/master",                                              NULL,                                                                       "pull-fulfilled",                                                                     PROJ,                                                                                                                                    NULL,
     NULL,NULL},
    {GERRIT("patchset"),                                 1,                                              0,                                                                               "refs/changes/21/4321/3",                                                                                                       "9f8be05d3a6b5e0e3e3d2a6e9d1b6a3c9c3bd8a1",
     "patchset-created",                                                                                                                                        TOOLS,                                                                                                                                              ADA,                                                                                                                                                                                                            "event.change.branch",                                                                                                                                                                                                                                                                                                                                                                                                                                    "master"},
    {GERRIT("ref"),                                  1,                              0,                                              "master",                                                                          "dbcec6cf4f117ce370471eae907b0e4ea882989e",                                                                      "ref-updated",
     TOOLS,ADA,"event.refUpdate.refName","refs/heads/master"},
    {GERRIT("merged"),            0,          0,                                  NULL,                                               NULL,                                           NULL,                                                                           NULL,                                                                             NULL,                                                                                                                                                                                                                                                                                                                                                  NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           NULL},
};

static void assert_text(const char *wanted, const char *given)
{
    if (wanted) {
        assert_non_null(given);
        assert_string_equal(wanted, given);
    }
}

static void assert_expected(const struct expected *expected)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct post post = sample(expected->event_header, expected->event, expected->sample, mem);
    const struct new_change *change;
    struct delivery out;
    struct ci_err err = {0};

    if (!read_post(expected->dialect, &post, mem, &out, &err))
        fail_msg("%s: %s", expected->sample, err.msg);
    assert_int_equal(expected->count, out.count);
    assert_false(out.unknown);
    if (out.count == 0) {
        assert_non_null(out.reason);
        return;
    }
    change = &out.changes[expected->at];
    assert_ok(change_check(change, &err), err);
    assert_text(expected->branch, change->branch);
    assert_text(expected->revision, change->revision);
    assert_text(expected->category, change->category);
    assert_text(expected->repository, change->repository);
    assert_text(expected->project, change->project);
    assert_text(expected->author, change->author);
    if (expected->property)
        assert_text(expected->value, property(change, expected->property));
}

static void forges__make_their_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CI_COUNT(expectations); i++)
        assert_expected(&expectations[i]);
}

static void forges__ignore_what_they_do_not_know(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(expectations); i++) {
        const struct expected *expected = &expectations[i];
        struct post post = sample(expected->event_header, "no such event", expected->sample, mem);
        struct delivery out;
        struct ci_err err = {0};

        if (!expected->event_header || strcmp(expected->dialect, "gitlab") == 0)
            continue; /* the payload says it */
        assert_ok(read_post(expected->dialect, &post, mem, &out, &err), err);
        assert_int_equal(0, out.count);
        assert_true(out.unknown);
        assert_string_equal("unknown event: no such event", out.reason);
    }
}

static void gerrit__handles_the_events_it_is_told(void **state)
{
    static const char *const merged[] = {"change-merged"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct post post = sample(NULL, NULL, "gerrit-merged", mem),
                patch = sample(NULL, NULL, "gerrit-patchset", mem);
    const struct new_change *change;

    (void)state;
    options(&post, "gerrit")->events = options(&patch, "gerrit")->events =
        (struct ci_strs){merged, 1};
    change = only("gerrit", &post, mem);
    assert_string_equal("master", change->branch);
    assert_string_equal("dbcec6cf4f117ce370471eae907b0e4ea882989e", change->revision);
    assert_string_equal("https://gerrit.example.com/c/tools/app/+/4321", change->revlink);
    assert_string_equal("handled_events does not name it", nothing("gerrit", &patch, mem));
}

static void bitbucket__reads_the_former_form(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *encoded =
        ci_mem_printf(mem, "payload=%s", ci_url_encode(mem, read_sample("bitbucket", mem), false));
    struct post post = post_of(encoded);
    const struct new_change *change;

    (void)state;
    header(&post, "content-type", "application/x-www-form-urlencoded");
    header(&post, "x-event-key", "repo:push");
    query(&post, "project", "bibi");
    change = only("bitbucket", &post, mem);
    assert_string_equal("https://bitbucket.org/marcus/project-x/", change->repository);
    assert_string_equal("620ade18607ac42d872b568bb92acaa9a28620e9", change->revision);
    assert_string_equal("Marcus Bertrand <marcus@somedomain.com>", change->author);
    assert_string_equal("bibi", change->project);
    assert_string_equal("somefile.py", change->files.items[0]);
    assert_string_equal("repo:push", property(change, "event"));
    assert_int_equal(INT64_C(1338350336) * 1000000, change->when.us);
}

static const char *hex_hmac(const char *secret, const char *body, void *mem)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof(mac) + 1];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    return ci_mem_strdup(mem, sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac)));
}

/* What a delivery with this proof is told: NULL when it is taken. */
static const char *told(const char *dialect, const char *sample_name, const char *proof_header,
                        const char *proof, void *mem)
{
    static const char *const event_headers[] = {"x-gitea-event", "x-forgejo-event", "x-gogs-event"};
    struct post post = sample("x-event-key", "repo:push", sample_name, mem);
    struct delivery out;
    struct ci_err err = {0};

    for (size_t i = 0; i < CI_COUNT(event_headers); i++)
        header(&post, event_headers[i], "push");
    if (proof)
        header(&post, proof_header, proof);
    options(&post, dialect)->secret = (struct ci_secret){CI_SECRET_LITERAL, "s3cret"};
    return read_post(dialect, &post, mem, &out, &err) ? NULL : ci_mem_strdup(mem, err.msg);
}

static void forges__check_signatures(void **state)
{
    static const struct {
        const char *dialect, *sample, *header, *prefix;
    } cases[] = {
        {"gitea",           "gitea-push",           "x-gitea-signature",   ""       },
        {"gitea",           "gitea-push",           "x-hub-signature-256", "sha256="},
        {"forgejo",         "forgejo-push",         "x-forgejo-signature", ""       },
        {"forgejo",         "forgejo-push",         "x-gitea-signature",   ""       },
        {"gogs",            "gogs-push",            "x-gogs-signature",    ""       },
        {"bitbucketcloud",  "bitbucketcloud-push",  "x-hub-signature",     "sha256="},
        {"bitbucketserver", "bitbucketserver-refs", "x-hub-signature",     "sha256="},
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        const char *body = read_sample(cases[i].sample, mem),
                   *good =
                       ci_mem_printf(mem, "%s%s", cases[i].prefix, hex_hmac("s3cret", body, mem)),
                   *bad = ci_mem_printf(mem, "%s%s", cases[i].prefix, hex_hmac("other", body, mem));

        assert_null(told(cases[i].dialect, cases[i].sample, cases[i].header, good, mem));
        assert_string_equal("Hash mismatch",
                            told(cases[i].dialect, cases[i].sample, cases[i].header, bad, mem));
        assert_string_equal("Request has no required signature",
                            told(cases[i].dialect, cases[i].sample, cases[i].header, NULL, mem));
    }
    assert_null(told("gitlab", "gitlab-push", "x-gitlab-token", "s3cret", mem));
    assert_string_equal("Invalid secret",
                        told("gitlab", "gitlab-push", "x-gitlab-token", "s3cre", mem));
    assert_string_equal("Invalid secret", told("gitlab", "gitlab-push", "", NULL, mem));
}

static void forges__survive_what_is_huge_deep_or_binary(void **state)
{
    static const char *const dialects[] = {"bitbucket", "bitbucketcloud", "bitbucketserver",
                                           "forgejo",   "gerrit",         "gitea",
                                           "github",    "gitlab",         "gogs"};
    enum { HUGE_BODY = 1 << 20 };
    CI_AUTO_MEM mem = ci_mem_new();
    char *deep = ci_mem_alloc(mem, HUGE_BODY + 1), *many = ci_mem_alloc(mem, HUGE_BODY + 1);

    (void)state;
    memset(deep, '[', HUGE_BODY);
    for (int i = 0; i + 3 < HUGE_BODY; i += 3)
        memcpy(many + i, "{},", 3);
    const char *commits = ci_mem_printf(
        mem,
        "{\"object_kind\": \"push\", \"ref\": \"refs/heads/m\", \"type\": \"ref-updated\", "
        "\"repository\": {\"url\": \"u\", \"clone_url\": \"u\"}, \"commits\": [%s{}]}",
        many);
    for (size_t i = 0; i < CI_COUNT(dialects); i++) {
        const char *const bodies[] = {"",   "\xff\xfe", "[]", "7", "{\"a\": \"\\u0000\"}",
                                      deep, commits};

        for (size_t k = 0; k < CI_COUNT(bodies); k++) {
            struct post post = post_of(bodies[k]);

            header(&post, "content-type", "application/json");
            header(&post, "x-github-event", "push");
            header(&post, "x-gitea-event", "push");
            header(&post, "x-event-key", "repo:push");
            assert_non_null(refused(dialects[i], &post, mem));
        }
    }
}

static void github__takes_sha1_where_it_is_told_to(void **state)
{
    /* printf '{}' | openssl dgst -sha1 -hmac s3cret */
    static const char good[] = "sha1=e7e0225292f975eab7d48999ea520020ef91b18d";
    struct post post = post_of("{}");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    header(&post, "content-type", "application/json");
    header(&post, "x-github-event", "ping");
    header(&post, "x-hub-signature", good);
    options(&post, "github")->secret = (struct ci_secret){CI_SECRET_LITERAL, "s3cret"};
    options(&post, "github")->sha1 = true;
    assert_string_equal("the event makes no change", nothing("github", &post, mem));
    options(&post, "github")->secret.value = "other";
    assert_string_equal("Hash mismatch", refused("github", &post, mem));
    options(&post, "github")->sha1 = false;
    assert_memory_equal("Unknown hash type: sha1", refused("github", &post, mem), 23);
}

static void payload__becomes_properties_where_it_is_told_to(void **state)
{
    static const char *const globs[] = {"gitea.repository.n*", "gitea.total_commits"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct post post = sample("x-gitea-event", "push", "gitea-push", mem);
    struct delivery out;
    struct ci_err err = {0};

    (void)state;
    options(&post, "gitea")->properties = (struct ci_strs){globs, 2};
    assert_ok(read_post("gitea", &post, mem, &out, &err), err);
    assert_string_equal("webhook_test", property(&out.changes[0], "gitea.repository.name"));
    assert_int_equal(2, json_integer_value(json_array_get(
                            json_object_get(out.changes[1].properties, "gitea.total_commits"), 0)));
    assert_null(property(&out.changes[0], "gitea.ref"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forges__make_their_changes),
        cmocka_unit_test(forges__ignore_what_they_do_not_know),
        cmocka_unit_test(gerrit__handles_the_events_it_is_told),
        cmocka_unit_test(bitbucket__reads_the_former_form),
        cmocka_unit_test(forges__check_signatures),
        cmocka_unit_test(forges__survive_what_is_huge_deep_or_binary),
        cmocka_unit_test(github__takes_sha1_where_it_is_told_to),
        cmocka_unit_test(payload__becomes_properties_where_it_is_told_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
