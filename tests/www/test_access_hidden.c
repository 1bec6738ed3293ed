/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing of a hidden builder or project shows anywhere. All that is hidden is
 * called "secret-..." or 7070; the table of paths is walked, so that a new path
 * that lets something out fails here.
 */
#include "why/why_api.h"
#include "world.h"

enum { HIDDEN = 7070 };

static const char hidden_yaml[] =
    "title: Test CI\n"
    "url: https://ci.example/\n"
    "access:\n"
    "  roles: [{name: staff, groups: [staff]}]\n"
    "  rules:\n"
    "    - {actions: [read], builders: [\"secret-*\"], roles: [staff]}\n"
    "    - {actions: [read], projects: [\"secret-*\"], roles: [staff]}\n"
    "    - {actions: [control], roles: [signed_in]}\n"
    "change_sources:\n"
    "  - {type: git_poller, repository: https://git.example/secret.git, project: secret-project}\n"
    "schedulers:\n"
    "  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [linux]}\n"
    "  - {type: any_branch, name: secret-any, builders: [secret-builder]}\n"
    "  - type: force\n"
    "    name: force\n"
    "    builders: [linux, secret-builder]\n"
    "    parameters: [{type: inherit_build, name: from}, {type: worker_choice, name: where}]\n"
    "  - {type: force, name: secret-force, builders: [secret-builder]}\n"
    "  - {type: try, name: try, builders: [linux, secret-builder]}\n"
    "  - {type: try, name: secret-try, builders: [secret-builder]}\n"
    "projects:\n"
    "  - {name: secret-project, codebases: [secret-codebase]}\n"
    "builders:\n"
    "  - {name: linux, worker_labels: {os: linux}, steps: [{run: make}]}\n"
    "  - {name: secret-builder, project: secret-project, workers: [w1], steps: [{run: make}]}\n"
    "workers:\n"
    "  - {name: w1, password: p1, max_builds: 4, labels: {os: linux}}\n";

static const char *const hidden_rows[] = {
    "INSERT INTO projects (projectid, name, slug) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 'secret-project', 'secret-project')",
    "INSERT INTO builders (builderid, name, project, projectid) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 'secret-builder', 'secret-project', 7070)",
    "INSERT INTO codebases (codebaseid, projectid, name, slug) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 'secret-codebase', 'secret-codebase')",
    "INSERT INTO commits (commitid, codebaseid, author, comments, when_timestamp, revision) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 7070, 'secret-author', 'secret-comment', now(), "
    "'secret-revision')",
    "INSERT INTO branches (branchid, codebaseid, name, commitid, last_timestamp) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 7070, 'secret-branch', 7070, now())",
    "INSERT INTO sourcestamps (ssid, branch, revision, repository, project, codebase) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 'secret-branch', 'secret-revision', 'secret-repository', "
    "'secret-project', 'secret-codebase')",
    "INSERT INTO changes (changeid, ssid, author, comments, files, revision, branch, repository, "
    "project, codebase, when_timestamp, source, properties) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 'secret-author', 'secret-comment', '{secret-file}', 'secret-revision', "
    "'secret-branch', 'secret-repository', 'secret-project', 'secret-codebase', now(), "
    "'secret-source', '{\"secret-property\": [1, \"Change\"]}')",
    "INSERT INTO buildsets (bsid, reason, scheduler, submitted_at, open_requests, properties) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 'secret-reason', 'secret-any', now(), 1, "
    "'{\"secret-property\": [1, \"x\"]}')",
    "INSERT INTO buildset_sourcestamps VALUES (7070, 7070)",
    "INSERT INTO buildset_changes VALUES (7070, 7070)",
    "INSERT INTO buildrequests (buildrequestid, buildsetid, builderid, claimed, claimed_at, "
    "submitted_at) OVERRIDING SYSTEM VALUE VALUES (7070, 7070, 7070, true, now(), now())",
    "INSERT INTO builds (buildid, number, builderid, buildrequestid, workerid, config_version, "
    "attempt, token, started_at, state_string, properties) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 7070, 7070, 1, 1, 1, 't', now(), 'secret-state', "
    "'{\"secret-property\": [1, \"x\"]}')",
    "INSERT INTO steps (stepid, buildid, number, name) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 7070, 'secret-step')",
    "INSERT INTO logs (logid, stepid, name, slug) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 'secret-log', 'secret-log')",
    "INSERT INTO test_result_sets (test_result_setid, builderid, buildid, stepid, description, "
    "category, value_unit) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 7070, 7070, 'secret-set', 'c', 'u')",
    "INSERT INTO test_results (test_resultid, builderid, test_result_setid, test_name, value) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 7070, 7070, 'secret-test', 'secret-value')",
    "INSERT INTO build_data (buildid, name, value, source) "
    "VALUES (7070, 'secret-data', 'secret-bytes', 'secret-source')",
    "INSERT INTO artifacts (artifactid, buildid, step, name, size, sha256, chunks) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 7070, 0, 'secret-artifact', 0, "
    "sha256(''::bytea), '{}')",
    "INSERT INTO notifications (notificationid, buildid, notifier, transport, recipient, subject, "
    "message_id, body_text, config_version) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 7070, 'secret-mail', 'smtp', 'secret-to', 'secret-subject', 'i', 'secret-text', "
    "1)",
    "INSERT INTO deliveries (deliveryid, kind, source, repository, verdict, changeids) "
    "OVERRIDING SYSTEM VALUE VALUES (7070, 'hook', 'secret-hook', 'secret-repository', 'changes', "
    "'{7070}')",
    /* Which of the repository's pushes were refused is as hidden as those that were not. */
    "INSERT INTO deliveries (deliveryid, kind, source, repository, verdict, reason) "
    "OVERRIDING SYSTEM VALUE VALUES (707070, 'hook', 'secret-hook', 'secret-repository', "
    "'refused', 'secret-reason')",
    /* Nor do its first polls show, or pushes to it that brought no change yet. */
    "INSERT INTO deliveries (deliveryid, kind, source, verdict, reason) OVERRIDING SYSTEM VALUE "
    "VALUES (70707071, 'poll', 'https://git.example/secret.git', 'idle', 'secret-reason')",
    "INSERT INTO deliveries (deliveryid, kind, source, repository, verdict, reason) "
    "OVERRIDING SYSTEM VALUE VALUES (70707072, 'hook', 'github', 'https://git.example/secret.git', "
    "'refused', 'secret-reason')",
    "INSERT INTO changesources (changesourceid, name, type) OVERRIDING SYSTEM VALUE "
    "VALUES (7070, 'https://git.example/secret.git', 'git_poller')",
    /* A build of a builder that everybody sees, but of sources that they don't. */
    "INSERT INTO buildsets (bsid, reason, scheduler, submitted_at, open_requests) "
    "OVERRIDING SYSTEM VALUE VALUES (707070, 'secret-reason', 'main', now(), 1)",
    "INSERT INTO buildset_sourcestamps VALUES (707070, 7070)",
    "INSERT INTO buildrequests (buildrequestid, buildsetid, builderid, submitted_at) "
    "OVERRIDING SYSTEM VALUE VALUES (707070, 707070, 1, now())",
    "INSERT INTO builds (buildid, number, builderid, buildrequestid, workerid, config_version, "
    "attempt, token, started_at, state_string) OVERRIDING SYSTEM VALUE "
    "VALUES (707070, 707070, 1, 707070, 1, 1, 1, 't', now(), 'secret-state')",
};

static const char *const staff_groups[] = {"staff"};
static const struct identity anonymous = {
    .kind = IDENTITY_ANONYMOUS, .username = "anonymous", .scopes = IDENTITY_ALL_SCOPES};
static const struct identity writer = {
    .kind = IDENTITY_SESSION, .username = "eve", .scopes = IDENTITY_ALL_SCOPES};
static const struct identity staff = {
    .kind = IDENTITY_SESSION,
    .username = "ada",
    .groups = {staff_groups, 1},
    .scopes = IDENTITY_ALL_SCOPES
};

static int open_hidden(void **state)
{
    if (world_open(state) != 0)
        return -1;
    for (size_t i = 0; i < CI_COUNT(hidden_rows); i++)
        db_test_sql(db_test.db, hidden_rows[i]);
    world_apply_yaml(hidden_yaml);
    return 0;
}

/* Streams are opened, not read. */
static struct answer call(ci_handler *handler, const struct ci_request *request)
{
    struct answer answer = world_call(handler, request);

    if (answer.response.stream)
        answer.response.stream->free(answer.response.stream->user);
    return answer;
}

static struct answer get_as(const struct identity *who, const char *path)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s", path));

    world_header(&request, "accept", "application/json");
    request.who = world_who(who);
    return call(rest_get, &request);
}

static struct answer post_as(const struct identity *who, const char *path, const char *method,
                             const char *params)
{
    struct ci_request request = world_request("POST", ci_mem_printf(world.mem, "/api/v2/%s", path));

    world_header(&request, "content-type", "application/json");
    request.who = world_who(who);
    world_body(&request, ci_mem_printf(world.mem,
                                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
                                       "\"params\":%s}",
                                       method, params));
    return world_call(control_post, &request);
}

static bool tells(struct answer answer)
{
    return answer.text && (strstr(answer.text, "secret") || strstr(answer.text, "7070"));
}

/* ---- every path ---- */

/* What stands for ":s" behind a segment. */
static const char *hidden_name(const char *before)
{
    static const struct {
        const char *segment, *name;
    } names[] = {
        {"builders/",            "secret-builder" },
        {"steps/",               "secret-step"    },
        {"logs/",                "secret-log"     },
        {"data/",                "secret-data"    },
        {"workers/",             "w1"             },
        {"forceschedulers/",     "secret-force"   },
        {"tryschedulers/",       "secret-try"     },
        {"projects/",            "secret-project" },
        {"codebases/",           "secret-codebase"},
        {"commits_by_revision/", "secret-revision"},
    };
    size_t len = strlen(before);

    for (size_t i = 0; i < CI_COUNT(names); i++) {
        size_t part = strlen(names[i].segment);

        if (len >= part && strcmp(before + len - part, names[i].segment) == 0)
            return names[i].name;
    }
    return "secret-other";
}

static bool follows(const char *text, const char *segment)
{
    size_t len = strlen(text), part = strlen(segment);

    return len >= part && strcmp(text + len - part, segment) == 0;
}

/* The pattern with everything in it hidden, but masters and workers, which are not. */
static const char *hidden_path(const char *pattern)
{
    struct ci_buf out;

    ci_buf_init(&out, world.mem);
    for (const char *at = pattern; *at; at++) {
        if (*at == ':' && at[1] == 'n')
            ci_buf_puts(&out, follows(out.text, "masters/") || follows(out.text, "workers/")
                                  ? "1"
                                  : "7070");
        else if (*at == ':')
            ci_buf_puts(&out, hidden_name(out.text));
        else if (*at == '*')
            ci_buf_puts(&out, "secret-artifact");
        else
            ci_buf_add(&out, at, 1);
        at += *at == ':';
    }
    return out.text;
}

/* Whether all that the path names is open to everybody: masters and workers. */
static bool is_open(const char *path)
{
    return !strstr(path, "7070") && !strstr(path, "secret");
}

static void assert_hidden(const struct rest_path *path, int *told)
{
    const char *url = hidden_path(path->pattern);
    bool single = path->kind != REST_COLLECTION && !is_open(url);
    struct answer whole = get_as(&staff, url), cut = get_as(&anonymous, url);

    *told += whole.status == 200 && tells(whole);
    if (path->resource->right != CI_ACTION_READ)
        return;
    if (single && cut.status != 404)
        fail_msg("%s: %d %s", url, cut.status, cut.text);
    if (!single && (cut.status != 200 || tells(cut)))
        fail_msg("%s: %d %s", url, cut.status, cut.text);
    if (path->kind == REST_COLLECTION && !is_open(url) && world_total(cut) != 0)
        fail_msg("%s has a total of %d", url, (int)world_total(cut));
}

static void paths__tell_nothing_of_what_is_hidden(void **state)
{
    int told = 0, count = 0;

    (void)state;
    for (size_t t = 0; rest_paths[t]; t++) {
        for (const struct rest_path *path = rest_paths[t]; path->pattern; path++, count++)
            assert_hidden(path, &told);
    }
    /* Else nothing would have been tried: whoever may see it does. */
    print_message("%d of %d paths tell it to the staff\n", told, count);
    assert_true(told > count * 2 / 3);
}

static void lists__count_what_is_shown(void **state)
{
    (void)state;
    for (size_t t = 0; rest_paths[t]; t++) {
        for (const struct rest_path *path = rest_paths[t]; path->pattern; path++) {
            if (path->kind != REST_COLLECTION || strchr(path->pattern, ':') ||
                path->resource->right != CI_ACTION_READ)
                continue;
            const char *none = ci_mem_printf(world.mem, "%s?limit=0", path->pattern);
            struct answer all = get_as(&anonymous, path->pattern);
            json_t *rows = json_object_get(all.json, path->resource->plural);

            assert_int_equal(json_array_size(rows), world_total(all));
            assert_int_equal(json_array_size(rows), world_total(get_as(&anonymous, none)));
        }
    }
}

/* What is shown stays whole. */
static void lists__show_everything_else(void **state)
{
    (void)state;
    assert_string_equal("1,2,3", world_column(get_as(&anonymous, "builds"), "builds", "buildid"));
    assert_string_equal("1,2,3,7070,707070",
                        world_column(get_as(&staff, "builds"), "builds", "buildid"));
    assert_string_equal("1,2,3",
                        world_column(get_as(&anonymous, "workers/1/builds"), "builds", "buildid"));
    assert_string_equal("1,2,3,4,5",
                        world_column(get_as(&anonymous, "changes"), "changes", "changeid"));
    assert_int_equal(404, get_as(&anonymous, "builds/707070").status);
    assert_int_equal(404, get_as(&anonymous, "buildsets/707070").status);
    assert_int_equal(200, get_as(&staff, "builds/707070").status);
}

/* Filters and orders see no more than lists show. */
static void filters__find_nothing_hidden(void **state)
{
    static const char *const queries[] = {
        "builds?builderid=7070",
        "builds?order=-buildid&limit=1",
        "builds?state_string=secret-state",
        "builds?property=*&order=-buildid",
        "changes?project=secret-project",
        "changes?author__contains=secret",
        "builders?name=secret-builder",
        "builders?order=-builderid&limit=1&offset=0",
        "buildrequests?buildsetid=7070",
        "sourcestamps?project__contains=secret",
        "forceschedulers?builder_names__contains=secret-builder",
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(queries); i++) {
        struct answer answer = get_as(&anonymous, queries[i]);

        if (answer.status >= 500 || tells(answer))
            fail_msg("%s: %d %s", queries[i], answer.status, answer.text);
    }
}

/* ---- what the configuration answers ---- */

static void forms__offer_no_hidden_builder(void **state)
{
    struct answer answer = get_as(&anonymous, "forceschedulers");

    (void)state;
    assert_string_equal("\"force\"", world_column(answer, "forceschedulers", "name"));
    assert_string_equal("[\"linux\"]", world_column(answer, "forceschedulers", "builder_names"));
    assert_false(tells(answer));
    assert_string_equal("\"force\",\"secret-force\"",
                        world_column(get_as(&staff, "forceschedulers"), "forceschedulers", "name"));
    assert_true(tells(get_as(&staff, "forceschedulers")));
    answer = get_as(&anonymous, "tryschedulers");
    assert_string_equal("[\"linux\"]", world_column(answer, "tryschedulers", "builder_names"));
}

static void schedulers__tell_of_no_hidden_builder(void **state)
{
    struct answer answer = get_as(&anonymous, "schedulers?name=try");

    (void)state;
    assert_string_equal("[\"linux\"]", world_column(answer, "schedulers", "builder_names"));
    assert_false(tells(get_as(&anonymous, "schedulers")));
    answer = get_as(&staff, "schedulers?name=try");
    assert_string_equal("[\"linux\",\"secret-builder\"]",
                        world_column(answer, "schedulers", "builder_names"));
}

static void workers__are_configured_on_what_is_shown(void **state)
{
    json_t *worker = world_first(get_as(&anonymous, "workers/w1"), "workers");

    (void)state;
    assert_int_equal(1, json_array_size(json_object_get(worker, "configured_on")));
    worker = world_first(get_as(&staff, "workers/w1"), "workers");
    assert_int_equal(2, json_array_size(json_object_get(worker, "configured_on")));
}

/* ---- what has handlers of its own ---- */

static struct answer handle(const struct identity *who, ci_handler *handler, const char *url)
{
    struct ci_request request = world_request("GET", url);

    request.who = world_who(who);
    world_header(&request, "accept", "application/json");
    return call(handler, &request);
}

static void searches__find_nothing_hidden(void **state)
{
    static const char *const words[] = {"secret",         "secret-comment", "secret-revision",
                                        "secret-builder", "7070",           "secret-branch",
                                        "secret-author"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(words); i++) {
        const char *url = ci_mem_printf(world.mem, "/api/v2/search?q=%s", words[i]);
        struct answer answer = handle(&anonymous, search_get, url);

        if (answer.status != 200 || (answer.text && strstr(answer.text, "secret-p")) ||
            (answer.text && strstr(answer.text, "\"buildid\":7070")))
            fail_msg("%s: %d %s", url, answer.status, answer.text);
        json_object_del(answer.json, "query"); /* what was asked for may be said again */
        json_object_del(answer.json, "q");
        json_object_del(answer.json, "meta");
        char *text = json_dumps(answer.json, 0);
        if (strstr(text, "secret") || strstr(text, "7070"))
            fail_msg("%s: %s", url, text);
        free(text);
    }
    assert_true(tells(handle(&staff, search_get, "/api/v2/search?q=secret-builder")));
}

static void cctray__lists_what_is_shown(void **state)
{
    (void)state;
    assert_true(tells(handle(&staff, cctray_get, "/cc.xml")));
    assert_int_equal(200, handle(&anonymous, cctray_get, "/cc.xml").status);
    assert_false(tells(handle(&anonymous, cctray_get, "/cc.xml")));
}

/* ---- explanations ---- */

static struct answer why(const struct identity *who, ci_handler *handler, const char *plural,
                         const char *id)
{
    struct ci_pair param = {"id", id};
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s/%s/why", plural, id));

    request.params = (struct ci_pairs){&param, 1};
    request.who = world_who(who);
    world_header(&request, "accept", "application/json");
    return call(handler, &request);
}

static void why__names_nothing_hidden(void **state)
{
    struct answer answer;

    (void)state;
    assert_int_equal(404, why(&anonymous, why_request_get, "buildrequests", "7070").status);
    assert_int_equal(404, why(&anonymous, why_request_get, "buildrequests", "707070").status);
    assert_int_equal(200, why(&staff, why_request_get, "buildrequests", "7070").status);
    assert_int_equal(404, why(&anonymous, why_change_get, "changes", "7070").status);
    /* The one that waits, waits for the hidden build, as the worker is full. */
    db_test_sql(db_test.db, "UPDATE workers SET slots = 2 WHERE workerid = 1");
    answer = why(&staff, why_request_get, "buildrequests", "4");
    assert_int_equal(200, answer.status);
    assert_non_null(strstr(answer.text, "secret-builder/7070"));
    answer = why(&anonymous, why_request_get, "buildrequests", "4");
    assert_int_equal(200, answer.status);
    assert_non_null(strstr(answer.text, "a build that is not shown"));
    assert_false(tells(answer));
    answer = why(&anonymous, why_change_get, "changes", "1");
    assert_int_equal(200, answer.status);
    assert_false(tells(answer));
    assert_true(tells(why(&staff, why_change_get, "changes", "1")));
}

/* ---- calls ---- */

/* Who may do everything to what they see can do nothing to what they don't. */
static void calls__reach_nothing_hidden(void **state)
{
    static const struct {
        const char *path, *method, *params;
        int status;
    } calls[] = {
        {"builds/7070",                         "stop",         "{}",                                       404},
        {"builds/7070",                         "rebuild",      "{}",                                       404},
        {"builds/7070",                         "pin",          "{}",                                       404},
        {"builders/secret-builder/builds/7070", "stop",         "{}",                                       404},
        {"builds/707070",                       "rebuild",      "{}",                                       404},
        {"buildrequests/7070",                  "cancel",       "{}",                                       404},
        {"buildrequests/707070",                "set_priority", "{\"priority\": 1}",                        404},
        {"forceschedulers/secret-force",        "force",        "{}",                                       404},
        {"tryschedulers/secret-try",            "try",          "{}",                                       404},
        {"forceschedulers/force",               "force",        "{\"builderNames\": [\"secret-builder\"]}", 400},
        {"forceschedulers/force",               "force",        "{\"builderid\": 7070}",                    400},
        {"forceschedulers/force",               "force",        "{\"from\": \"secret-builder/7070\"}",      400},
        {"tryschedulers/try",                   "try",          "{\"builders\": [\"secret-builder\"]}",     400},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(calls); i++) {
        struct answer answer = post_as(&writer, calls[i].path, calls[i].method, calls[i].params);

        if (answer.status != calls[i].status)
            fail_msg("%s %s: %d %s", calls[i].path, calls[i].method, answer.status, answer.text);
    }
    /* Without names it is all that are shown. */
    struct answer answer = post_as(&writer, "forceschedulers/force", "force", "{}");
    assert_int_equal(200, answer.status);
    assert_int_equal(1,
                     json_object_size(json_array_get(json_object_get(answer.json, "result"), 1)));
    assert_int_equal(200, post_as(&staff, "builds/7070", "pin", "{}").status);
}

/* Nobody builds in another's name, to whom mails and rights of owners would go. */
static void calls__know_who_asks(void **state)
{
    static const char owners[] =
        "SELECT count(*) AS n FROM buildsets WHERE properties->'owner'->>0 = 'ada'";

    (void)state;
    post_as(&writer, "forceschedulers/force", "force", "{\"username\": \"ada\"}");
    post_as(&writer, "tryschedulers/try", "try", "{\"properties\": {\"owner\": \"ada\"}}");
    assert_int_equal(0, db_test_number(db_test.db, owners));
    post_as(&world_admin, "tryschedulers/try", "try", "{\"properties\": {\"owner\": \"ada\"}}");
    assert_int_equal(1, db_test_number(db_test.db, owners));
}

/* An answer is kept for who may make the call. */
static void calls__are_not_answered_again_to_narrower_tokens(void **state)
{
    struct identity token = writer;
    struct ci_request request = world_request("POST", "/api/v2/forceschedulers/force");

    (void)state;
    world_header(&request, "content-type", "application/json");
    world_header(&request, "idempotency-key", "narrow");
    world_body(&request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"force\",\"params\":{}}");
    request.who = world_who(&writer);
    assert_int_equal(200, world_call(control_post, &request).status);
    assert_int_equal(200, world_call(control_post, &request).status);
    token.kind = IDENTITY_TOKEN;
    token.scopes = 1 << CI_ACTION_READ;
    request.who = world_who(&token);
    assert_int_equal(422, world_call(control_post, &request).status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(paths__tell_nothing_of_what_is_hidden),
        world_test(lists__count_what_is_shown),
        world_test(lists__show_everything_else),
        world_test(filters__find_nothing_hidden),
        world_test(forms__offer_no_hidden_builder),
        world_test(schedulers__tell_of_no_hidden_builder),
        world_test(workers__are_configured_on_what_is_shown),
        world_test(searches__find_nothing_hidden),
        world_test(cctray__lists_what_is_shown),
        world_test(why__names_nothing_hidden),
        world_test(calls__reach_nothing_hidden),
        world_test(calls__know_who_asks),
        world_test(calls__are_not_answered_again_to_narrower_tokens),
    };

    return cmocka_run_group_tests_name("www.access_hidden", tests, open_hidden, world_close);
}
