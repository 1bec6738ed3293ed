/* SPDX-License-Identifier: Apache-2.0 */
/* The decision: who may do what, by rules, roles and scopes; and what is hidden from whom. */
#include "access/access.h"
#include "ci_test.h"
#include "control/actions.h"

#include <string.h>

static const char rules_yaml[] =
    "access:\n"
    "  roles:\n"
    "    - {name: admins, users: [root, \"ops-*\"]}\n"
    "    - {name: dev, groups: [Acme/Core]}\n"
    "    - {name: qa, domains: [\"*.example.org\", qa.example], emails: [lead@x.example]}\n"
    "    - {name: release, users: [Ada]}\n"
    "  rules:\n"
    "    - {actions: [read], builders: [\"secret-*\"], roles: [release]}\n"
    "    - {actions: [read], projects: [\"vault/*\"], roles: [release, dev]}\n"
    "    - {actions: [force], branches: [main, \"\"], roles: [release]}\n"
    "    - {actions: [force], builders: [\"deb-*\"], roles: [qa], default_deny: false}\n"
    "    - {actions: [force], schedulers: [nightly], roles: [anyone]}\n"
    "    - {actions: [stop, rebuild], roles: [owner], default_deny: false}\n"
    "    - {actions: [force, stop], projects: [open], roles: [signed_in]}\n"
    "    - {actions: [worker], workers: [\"mac-*\"], roles: [qa]}\n"
    "    - {actions: [control], roles: [dev]}\n"
    "builders:\n"
    "  - {name: linux, steps: [{run: x}]}\n"
    "  - {name: secret-1, steps: [{run: x}]}\n"
    "  - {name: secret-2, steps: [{run: x}]}\n"
    "schedulers:\n"
    "  - {type: force, name: hidden, builders: [secret-1, secret-2]}\n"
    "  - {type: force, name: half, builders: [secret-1, linux]}\n";

#define KNOWN(kind_, name_, email_, ...)                                                           \
    {                                                                                              \
        .kind = (kind_), .username = (name_), .email = (email_),                                   \
        .groups = {(const char *const[]){__VA_ARGS__},                                             \
                   CI_COUNT(((const char *const[]){__VA_ARGS__}))},                                \
        .scopes = IDENTITY_ALL_SCOPES,                                                             \
    }
#define NOBODY "-"

static const struct identity anonymous = {
    .kind = IDENTITY_ANONYMOUS, .username = "anonymous", .scopes = IDENTITY_ALL_SCOPES};
static const struct identity admin = {
    .kind = IDENTITY_ADMIN, .username = "admin", .scopes = IDENTITY_ALL_SCOPES};
static const struct identity ops = KNOWN(IDENTITY_PROXY, "Ops-7", NULL, NOBODY);
static const struct identity dev = KNOWN(IDENTITY_SESSION, "bob", NULL, "acme/CORE", "x");
static const struct identity qa = KNOWN(IDENTITY_SESSION, "quinn", "q@Lab.Example.org", NOBODY);
static const struct identity lead = KNOWN(IDENTITY_SESSION, "lea", "Lead@X.example", NOBODY);
static const struct identity ada = KNOWN(IDENTITY_SESSION, "ada", "ada@a.example", NOBODY);
static const struct identity mere = KNOWN(IDENTITY_SESSION, "eve", "eve@e.example", "acme");
static const struct identity reader = {
    .kind = IDENTITY_TOKEN, .username = "ada", .scopes = 1U << CI_ACTION_READ};
static const struct identity writer = {
    .kind = IDENTITY_TOKEN, .username = "ada", .scopes = 1U << CI_ACTION_FORCE};
static const struct identity bounded_admin = {
    .kind = IDENTITY_ADMIN, .username = "admin", .tokenid = 3, .scopes = 1U << CI_ACTION_READ};
/* What a provider lets people choose must not make them somebody. */
static const struct identity poser = {.kind = IDENTITY_SESSION,
                                      .username = "eve",
                                      .full_name = "Ada",
                                      .email = "ada",
                                      .scopes = IDENTITY_ALL_SCOPES};

#define OWNED(...)                                                                                 \
    {                                                                                              \
        .owners = {                                                                                \
            (const char *const[]){__VA_ARGS__},                                                    \
            CI_COUNT(((const char *const[]){__VA_ARGS__}))                                         \
        }                                                                                          \
    }

static const struct decision {
    const struct identity *who;
    enum ci_action action;
    struct access_target target;
    const char *refusal; /* NULL: allowed */
} decisions[] = {
  /* What no rule is about. */
    {&anonymous,                         CI_ACTION_READ,   {0},                                    NULL                                         },
    {&anonymous,                         CI_ACTION_READ,   {.builder = "linux"},                   NULL                                         },
    {&mere,                              CI_ACTION_READ,   {.project = ""},                        NULL                                         },
 /* Reading. */
    {&anonymous,                         CI_ACTION_READ,   {.builder = "secret-1"},                "you need to have role 'release'"            },
    {&mere,                              CI_ACTION_READ,   {.builder = "secret-1"},                "you need to have role 'release'"            },
    {&ada,                               CI_ACTION_READ,   {.builder = "secret-1"},                NULL                                         },
    {&dev,                               CI_ACTION_READ,   {.project = "vault/a"},                 NULL                                         },
    {&mere,                              CI_ACTION_READ,   {.project = "vault/a"},                 "you need to have role 'release' or 'dev'"   },
    {&mere,                              CI_ACTION_READ,   {.project = "vault"},                   NULL                                         },
    {&mere,
     CI_ACTION_READ,                                       {.builder = "x", .project = "vault/a"},
     "you need to have role 'release' or 'dev'"                                                                                                 },
 /* Admins, by the token of the settings or by role, whatever the rules. */
    {&admin,                             CI_ACTION_READ,   {.builder = "secret-1"},                NULL                                         },
    {&admin,                             CI_ACTION_USERS,  {0},                                    NULL                                         },
    {&ops,                               CI_ACTION_CONFIG, {0},                                    NULL                                         },
    {&ops,                               CI_ACTION_READ,   {.builder = "secret-1"},                NULL                                         },
 /* Scopes bound everybody. */
    {&bounded_admin,                     CI_ACTION_READ,   {.builder = "secret-1"},                NULL                                         },
    {&bounded_admin,                     CI_ACTION_CONFIG, {0},                                    "the token's scopes do not include 'config'" },
    {&reader,                            CI_ACTION_FORCE,  {.branch = "main"},                     "the token's scopes do not include 'force'"  },
    {&reader,                            CI_ACTION_READ,   {.builder = "secret-1"},                NULL                                         },
    {&writer,                            CI_ACTION_READ,   {0},                                    "the token's scopes do not include 'read'"   },
    {&writer,                            CI_ACTION_FORCE,  {.branch = "main"},                     NULL                                         },
 /* The first rule that matches and denies ends it ... */
    {&dev,                               CI_ACTION_FORCE,  {.branch = "main"},                     "you need to have role 'release'"            },
    {&dev,                               CI_ACTION_FORCE,  {.branch = ""},                         "you need to have role 'release'"            },
    {&dev,                               CI_ACTION_FORCE,  {.branch = "topic"},                    NULL                                         },
    {&dev,                               CI_ACTION_FORCE,  {0},                                    NULL                                         },
    {&mere,                              CI_ACTION_FORCE,  {.branch = "topic"},                    "you need to have role 'dev'"                },
    {&ada,                               CI_ACTION_FORCE,  {.branch = "main"},                     NULL                                         },
 /* ... but where it says that the next is asked. */
    {&qa,                                CI_ACTION_FORCE,  {.builder = "deb-1"},                   NULL                                         },
    {&lead,                              CI_ACTION_FORCE,  {.builder = "deb-1"},                   NULL                                         },
    {&dev,                               CI_ACTION_FORCE,  {.builder = "deb-1"},                   NULL                                         },
    {&mere,                              CI_ACTION_FORCE,  {.builder = "deb-1"},                   "you need to have role 'dev'"                },
    {&qa,                                CI_ACTION_FORCE,  {.builder = "rpm-1"},                   "you need to have role 'dev'"                },
    {&qa,                                CI_ACTION_FORCE,  {.builder = "DEB-1"},                   "you need to have role 'dev'"                },
 /* The built-in roles. */
    {&anonymous,                         CI_ACTION_FORCE,  {.scheduler = "nightly"},               NULL                                         },
    {&anonymous,                         CI_ACTION_FORCE,  {.project = "open"},                    "you need to have role 'signed_in'"          },
    {&mere,                              CI_ACTION_FORCE,  {.project = "open"},                    NULL                                         },
    {&mere,                              CI_ACTION_STOP,   OWNED("x",                              "Eve"),                                        NULL},
    {&mere,                                  CI_ACTION_STOP,                                              OWNED("EVE@e.example"),                                     NULL              },
    {&mere,                                  CI_ACTION_STOP,                                              OWNED("Eve E. <eve@e.example>"),                                     NULL},
    {&mere,                                  CI_ACTION_STOP,                                              OWNED("Eve <eve@e.example.org>"),                                     "you need to have role 'dev'"             },
    {&mere,                                  CI_ACTION_STOP,                                              OWNED("eve@e.example <x@y.example>"),                                     "you need to have role 'dev'"},
    {&mere,                                  CI_ACTION_STOP,                                              OWNED(""),                                     "you need to have role 'dev'"                                        },
    {&mere,                                  CI_ACTION_PIN,                                              OWNED("eve"),                                      "you need to have role 'dev'"},
    {&anonymous,                                  CI_ACTION_STOP,                                         OWNED("anonymous",                                ""),                                   "you need to have role 'dev'"},
    {&poser,     CI_ACTION_STOP,                     OWNED("Ada"),                                                      NULL                                              },
    {&poser,                              CI_ACTION_FORCE,                                              {.branch = "main"},                          "you need to have role 'release'"},
 /* Workers. */
    {&qa, CI_ACTION_WORKER,                 {.worker = "mac-1"},                            NULL                                                                            },
    {&dev,                              CI_ACTION_WORKER,                                              {.worker = "mac-1"},                                                      "you need to have role 'qa'"},
    {&dev,      CI_ACTION_WORKER,                      {.worker = "linux-1"},    NULL                                                  },
    {&dev,                              CI_ACTION_AUDIT,                                              {0},                                                                              NULL                            },
    {&mere,                              CI_ACTION_CONFIG,                                              {0},   "you need to have role 'dev'"},
};

static const struct ci_config *parse(const char *yaml, void *mem)
{
    struct ci_config *config;
    struct ci_list problems;

    if (!ci_config_parse("slipway.yaml", yaml, strlen(yaml), mem, &config, &problems))
        fail_msg("%s", ((const struct ci_problem *)problems.items)->message);
    return config;
}

static void check(const struct ci_config *config, const struct decision *row, size_t at)
{
    struct ci_err err = {0};
    bool allowed = access_allowed(config, row->who, row->action, &row->target, &err);

    if (allowed != !row->refusal || (!allowed && strcmp(row->refusal, err.msg) != 0))
        fail_msg("row %zu: %s, %s: %s", at, row->who->username, ci_action_names[row->action],
                 allowed ? "allowed" : err.msg);
    if (!allowed)
        assert_int_equal(row->who->kind == IDENTITY_ANONYMOUS ? CI_EUNAUTHENTICATED : CI_EDENIED,
                         err.code);
}

static void access__decides_by_the_first_rule_about_it(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(rules_yaml, mem);

    (void)state;
    for (size_t i = 0; i < CI_COUNT(decisions); i++)
        check(config, &decisions[i], i);
}

static void access__without_rules_is_reading_for_all_and_the_rest_for_admins(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse("{}", mem);
    struct ci_err err = {0};

    (void)state;
    for (unsigned action = 0; action < CI_ACTION_COUNT; action++) {
        bool reads = action == CI_ACTION_READ;

        assert_true(access_allowed(config, &admin, action, NULL, &err));
        assert_int_equal(reads, access_allowed(config, &anonymous, action, NULL, &err));
        if (!reads)
            assert_int_equal(CI_EUNAUTHENTICATED, err.code);
        assert_int_equal(reads, access_allowed(config, &ops, action, NULL, &err));
        if (!reads)
            assert_string_equal("you need to have role 'admins'", err.msg);
    }
}

static void access__closes_the_door_to_strangers(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse("access:\n  anonymous: none\n  rules: [{actions: any, "
                                           "builders: [\"*\"], roles: anyone}]\n",
                                           mem);
    const struct access_target target = {.builder = "b"};
    struct ci_err err = {0};

    (void)state;
    assert_false(access_reads(config, &anonymous, &err));
    assert_int_equal(CI_EUNAUTHENTICATED, err.code);
    assert_string_equal("you need to sign in", err.msg);
    assert_false(access_allowed(config, &anonymous, CI_ACTION_FORCE, &target, &err));
    assert_true(access_allowed(config, &mere, CI_ACTION_FORCE, &target, &err));
    assert_true(access_reads(config, &mere, &err));
}

/* Who may read some builders is let in, though everything else is closed. */
static void access__lets_in_whoever_may_read_something(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse("access:\n  roles: [{name: staff, groups: [acme]}]\n  rules:\n"
              "    - {actions: [read], builders: [\"public-*\"], roles: [anyone]}\n"
              "    - {actions: [read], roles: [staff]}\n",
              mem);
    const struct access_builder builders[] = {
        {1, "public-1", ""},
        {2, "inner",    ""},
    };
    const char *const projects[] = {""};
    struct access_view view;
    struct ci_err err = {0};

    (void)state;
    assert_true(access_reads(config, &anonymous, &err));
    assert_true(access_view_needs_names(config, &anonymous));
    access_view_of(config, &anonymous, (struct ci_list){(void *)(uintptr_t)builders, 2},
                   (struct ci_strs){projects, 1}, mem, &view);
    assert_false(view.everything);
    assert_false(view.general);
    assert_false(access_hides_builder(&view, 1));
    assert_true(access_hides_builder(&view, 2));
    assert_true(access_hides_project(&view, ""));
    assert_false(access_reads(config, &writer, &err));
    assert_true(access_reads(config, &mere, &err));
}

static void view__hides_what_rules_keep_from_somebody(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(rules_yaml, mem);
    const struct access_builder builders[] = {
        {2, "linux",    ""       },
        {5, "secret-2", ""       },
        {3, "secret-1", ""       },
        {9, "vaulted",  "vault/a"},
        {7, "own",      "open"   },
    };
    const char *const projects[] = {"vault/b", "", "vault/a", "open"};
    const struct ci_list all = {(void *)(uintptr_t)builders, CI_COUNT(builders)};
    struct access_view view;

    (void)state;
    access_view_of(config, &mere, all, (struct ci_strs){projects, 4}, mem, &view);
    assert_true(view.general);
    assert_int_equal(3, view.builders.count);
    assert_true(access_hides_builder(&view, 3));
    assert_true(access_hides_builder(&view, 5));
    assert_true(access_hides_builder(&view, 9));
    assert_false(access_hides_builder(&view, 2));
    assert_true(access_hides_builder_name(&view, "secret-1"));
    assert_true(access_hides_project(&view, "vault/b"));
    assert_false(access_hides_project(&view, "open"));
    assert_true(access_hides_scheduler(&view, "hidden"));
    assert_false(access_hides_scheduler(&view, "half"));
    /* linux may build sources of vault/b; the one with a project of its own does not. */
    assert_int_equal(1, view.mixed.count);
    assert_int_equal(2, view.mixed.items[0]);
    assert_true(access_mixes_builder_name(&view, "linux"));
    access_view_of(config, &dev, all, (struct ci_strs){projects, 4}, mem, &view);
    assert_int_equal(2, view.builders.count);
    assert_int_equal(0, view.mixed.count);
}

static void view__shows_builders_by_name(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *const hidden[] = {"b"}, *const asked[] = {"a", "b", "c"};
    const struct access_view all =
                                 {
                                     .everything = true
    },
                             some = {.names = {hidden, 1}};
    const struct ci_strs names = {asked, 3};

    (void)state;
    assert_int_equal(3, access_shown(NULL, names, mem).count);
    assert_int_equal(3, access_shown(&all, names, mem).count);
    assert_int_equal(2, access_shown(&some, names, mem).count);
    assert_string_equal("c", access_shown(&some, names, mem).items[1]);
}

/* The common case asks the database nothing. */
static void view__costs_nothing_without_rules_about_reading(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config =
        parse("access: {rules: [{actions: [control], builders: [b], roles: [signed_in]}, "
              "{actions: [any], roles: [signed_in, anyone]}]}",
              mem);

    (void)state;
    assert_false(access_view_needs_names(config, &anonymous));
    assert_false(access_view_needs_names(config, &mere));
    config = parse(rules_yaml, mem);
    assert_false(access_view_needs_names(config, &admin));
    assert_false(access_view_needs_names(config, &ops));
    assert_true(access_view_needs_names(config, &ada));
}

static void admin__has_all_rights_and_no_token_for_less(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_config *config = parse(rules_yaml, mem);
    struct ci_err err = {0};

    (void)state;
    assert_true(access_is_admin(config, &admin, &err));
    assert_true(access_is_admin(config, &ops, &err));
    assert_false(access_is_admin(config, &bounded_admin, &err));
    assert_false(access_is_admin(config, &dev, &err));
    assert_int_equal(CI_EDENIED, err.code);
    assert_false(access_is_admin(config, &anonymous, &err));
    assert_int_equal(CI_EUNAUTHENTICATED, err.code);
}

/* ---- the tables ---- */

static void resources__say_what_of_them_is_hidden(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++) {
        const char *hidden = rest_resources[i]->hidden;

        if (!hidden)
            fail_msg("nobody decided what of \"%s\" is hidden", rest_resources[i]->plural);
        if (strcmp(hidden, "false") != 0 && !strchr(hidden, '$'))
            fail_msg("what hides \"%s\" depends on nothing: %s", rest_resources[i]->plural, hidden);
        for (const char *at = hidden; (at = strchr(at, '$')) != NULL; at++)
            if (!at[1] || !strchr("BCGPQRS", at[1]))
                fail_msg("\"%s\": no mark $%c", rest_resources[i]->plural, at[1]);
    }
}

/* Every path's resource is in the list that the test above walks. */
static void paths__are_of_listed_resources(void **state)
{
    (void)state;
    for (size_t t = 0; rest_paths[t]; t++) {
        for (const struct rest_path *path = rest_paths[t]; path->pattern; path++) {
            size_t i = 0;

            while (rest_resources[i] && rest_resources[i] != path->resource)
                i++;
            if (!rest_resources[i])
                fail_msg("the resource of \"%s\" is not among rest_resources", path->pattern);
        }
    }
}

static void actions__say_which_right_they_take(void **state)
{
    (void)state;
    for (const struct action *action = actions; action->resource; action++) {
        if (action->right == CI_ACTION_READ)
            fail_msg("\"%s\" takes no right", action->method);
        if (!action->target && action->resource != &rest_forceschedulers &&
            action->resource != &rest_tryschedulers)
            fail_msg("\"%s\" does not say what it is done to", action->method);
    }
}

/* Open to everybody are signing in, what the UI is made of, and what asks for the right itself. */
static void routes__are_closed_but_for_these(void **state)
{
    static const char *const open[] = {
        "GET /api",
        "* /change_hook",
        "* /change_hook/*path",
        "GET /config",
        "GET /",
        "GET /*path",
        "GET /api/v2/application.spec",
        "GET /api/v2/me",
        "GET /api/v2/openapi.json",
        "GET /api/latest/application.spec",
        "GET /api/latest/openapi.json",
        "GET /avatar",
        "GET /badges/*file", /* without the right they say "unknown" */
        "GET /plugins/badges/*file",
        "GET /robots.txt",
        "GET /auth/callback/:provider",
        "GET /auth/login",
        "GET /auth/logout",
        "GET /avatar",
        "GET /badges/*file",
        "GET /plugins/badges/*file",
        "GET /robots.txt",
        "POST /auth/login",
        "POST /auth/logout",
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < www_route_count; i++) {
        const struct ci_route *route = &www_routes[i];
        const char *name = ci_mem_printf(mem, "%s %s", route->method, route->path);
        bool known = route->role != CI_ROLE_PUBLIC || route->handle == control_post ||
                     route->handle == rest_options || route->handle == rest_method;

        for (size_t j = 0; !known && j < CI_COUNT(open); j++)
            known = strcmp(open[j], name) == 0;
        if (!known)
            fail_msg("%s is open to everybody: say so here if it has to be", name);
        if (route->role == CI_ROLE_AGENT)
            fail_msg("%s is for agents, whom the builder serves", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access__decides_by_the_first_rule_about_it),
        cmocka_unit_test(access__without_rules_is_reading_for_all_and_the_rest_for_admins),
        cmocka_unit_test(access__closes_the_door_to_strangers),
        cmocka_unit_test(access__lets_in_whoever_may_read_something),
        cmocka_unit_test(view__hides_what_rules_keep_from_somebody),
        cmocka_unit_test(view__shows_builders_by_name),
        cmocka_unit_test(view__costs_nothing_without_rules_about_reading),
        cmocka_unit_test(admin__has_all_rights_and_no_token_for_less),
        cmocka_unit_test(resources__say_what_of_them_is_hidden),
        cmocka_unit_test(paths__are_of_listed_resources),
        cmocka_unit_test(actions__say_which_right_they_take),
        cmocka_unit_test(routes__are_closed_but_for_these),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
