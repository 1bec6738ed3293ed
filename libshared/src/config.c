/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole: its top level, the order of findings, and looking things up in it. */
#include "config_steps.h"

#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct ci_config, member)
static const struct key root_keys[] = {
    KEY("title", KEY_STR, AT(title), KEY_NOT_EMPTY, "Name of the installation; default Slipway.",
        .example = "Acme CI", .check = check_one_line),
    KEY("title_url", KEY_STR, AT(title_url), KEY_NOT_EMPTY,
        "Where the title links to; default: url.", .example = "https://acme.example/",
        .check = check_url),
    KEY("url", KEY_STR, AT(url), KEY_NOT_EMPTY,
        "Where browsers reach the web pages; default http://localhost:8010/.",
        .example = "https://ci.acme.example/", .alias = "buildbot_url", .check = check_url),
    KEY("access", KEY_SECTION, AT(access), 0,
        "Who may read and do what; default: everybody reads, and all else takes the admin token.",
        .example = "{rules: [{actions: [force, rebuild, stop], roles: [signed_in]}]}",
        .section = &config_access),
    KEY("sign_in", KEY_LIST, AT(sign_in), 0,
        "Who says who somebody is, besides local users: OpenID Connect and OAuth2 providers; "
        "default: nobody.",
        .example = "[{type: github, client_id: Iv1.8a61f9, client_secret: {secret: github-app}}]",
        .section = &config_sign_in),
    KEY("www", KEY_SECTION, AT(www), 0, "What the web server tells its clients.",
        .example = "{allowed_origins: [\"https://*.acme.example\"]}", .section = &config_www),
    KEY("limits", KEY_SECTION, AT(limits), 0,
        "How much one client may ask of the web server; default: what no busy page reaches.",
        .example = "{requests_per_minute: 600, writes_per_minute: 60}", .section = &config_limits),
    KEY("web_hooks", KEY_SECTION, AT(web_hooks), 0, "Which web hooks are open; default: none.",
        .example = "{github: {secret: {secret: github-hook}}}", .section = &config_web_hooks),
    KEY("change_sources", KEY_LIST, AT(change_sources), 0,
        "Where changes come from; default: web hooks only.",
        .example = "[{type: git_poller, repository: https://git.example/app.git}]",
        .alias = "change_source", .choice = &config_sources),
    KEY("revlinks", KEY_LIST, AT(revlinks), 0,
        "Where the page of a revision is, for changes that come without one; default: those of "
        "GitHub, GitLab, Bitbucket, Gitea, Codeberg and SourceForge, which come after these.",
        .example = "[{repository: \"git[.]acme[.]example/(.*)$\", revlink: "
                   "\"https://git.acme.example/\\\\1/commit/%s\"}]",
        .section = &config_revlink),
    KEY("schedulers", KEY_LIST, AT(schedulers), 0, "What starts builds; default: nothing.",
        .example = "[{type: any_branch, name: all, builders: [linux]}]",
        .choice = &config_schedulers),
    KEY("projects", KEY_LIST, AT(projects), 0,
        "What is said of projects; default: those that builders and change sources name.",
        .example = "[{name: acme, description: The shop, codebases: [client, server]}]",
        .section = &config_project),
    KEY("builders", KEY_LIST, AT(builders), 0, "What a build does; default: there is none.",
        .example = "[{name: linux, steps: [{git: {}}, {run: make}]}]", .section = &config_builder),
    KEY("templates", KEY_LATER, 0, 0,
        "Steps that several builders use, by name; default: there are none.",
        .example = "{test: {parameters: {jobs: 2}, steps: [{run: \"make -j%(kw:jobs)s check\"}]}}",
        .section = &config_templates),
    KEY("workers", KEY_LIST, AT(workers), 0,
        "Machines that may sign in with a password; default: none.",
        .example = "[{name: w1, password: {secret: w1-password}, labels: {os: linux}}]",
        .section = &config_worker),
    KEY("locks", KEY_LIST, AT(locks), 0,
        "What not everybody may use at once; default: there are none.",
        .example = "[{name: database, max_count: 3}]", .section = &config_lock),
    KEY("cancellers", KEY_LIST, AT(cancellers), 0, "Which builds are cancelled; default: none.",
        .example = "[{type: old_build, name: old}]", .choice = &config_cancellers),
    KEY("notifiers", KEY_LIST, AT(notifiers), 0, "Who is told of builds, and how; default: nobody.",
        .example = "[{type: mail, from: ci@acme.example, relay: {host: smtp.acme.example}}]",
        .choice = &config_notifiers),
    KEY("properties", KEY_OBJECT, AT(properties), 0, "Properties of every build; default: none.",
        .example = "{site: berlin}", .check_name = check_property_name),
    KEY("collapse_requests", KEY_COLLAPSE, AT(collapse_requests), 0,
        "Which older requests a new one makes superfluous, where the builder does not say it: off, "
        "on (the same sources) or compare (Buildbot's rules, also true); default off.",
        .example = "compare", .names = config_collapse_names),
    KEY("retention", KEY_SECTION, AT(retention), 0,
        "How long what builds leave is kept; default: "
        "for ever.",
        .example = "{logs: 30d, builds: 365d, min_builds: 20}", .section = &config_retention),
    KEY("secrets", KEY_SECTION, 0, 0,
        "Where secrets come from, besides the secrets folder and the environment.",
        .example = "{vault: {address: \"https://vault.example\", token: {env: VAULT_TOKEN}}}",
        .section = &config_secrets),
    KEY("storage", KEY_SECTION, 0, 0, "Where artifacts and logs lie, and how large they may be.",
        .example = "{artifact_max_size: 4GiB, artifact_quota: 500GiB}", .section = &config_storage),
};
#undef AT

/* 127.0.0.0/8 and ::1. */
static const struct ci_network this_machine[] = {
    {.address = {[10] = 0xff, [11] = 0xff, [12] = 127}, .prefix = 96 + 8},
    {.address = {[15] = 1},                             .prefix = 128   },
};

static const struct ci_config root_defaults = {
    .title = "Slipway",
    .url = "http://localhost:8010/",
    .access = {.anonymous_reads = true                                  },
    .limits = { .requests_per_minute = 6000,
               .requests_burst = 2000,
               .writes_per_minute = 600,
               .writes_burst = 200,
               .exempt_networks = {this_machine, CI_COUNT(this_machine)}},
    .web_hooks = CONFIG_HOOK_DEFAULTS,
    .retention = CONFIG_RETENTION_DEFAULTS,
    .artifact_max_size = INT64_C(1) << 30,
};

/* The first notifier without a name is "mail", then "mail_1" ... as far as nobody took it. */
static void name_notifiers(struct decode *d, struct ci_list notifiers)
{
    CI_FOREACH(struct ci_notifier, notifier, notifiers) {
        int n = 0;

        if (notifier->name)
            continue;
        notifier->name = "mail";
        while (json_object_get(d->lines[SPACE_NOTIFIER], notifier->name))
            notifier->name = ci_mem_printf(d->mem, "mail_%d", ++n);
        (void)json_object_set_new(d->lines[SPACE_NOTIFIER], notifier->name, json_integer(0));
    }
}

static void finish_root(struct decode *d, const struct node *map, void *out)
{
    struct ci_config *config = out;

    name_notifiers(d, config->notifiers);
    if (config->url && *config->url && config->url[strlen(config->url) - 1] != '/')
        config->url = ci_mem_printf(d->mem, "%s/", config->url);
    if (!config->title_url)
        config->title_url = config->url;
    templates_check(d);
    config_check_sign_in(d, node_get(map, "sign_in"), config);
    config_resolve_policy(config);
    config_expand_matrices(d, config);
}

const struct section config_root = {
    .name = "slipway.yaml",
    .help = "The configuration of a Slipway installation.",
    SECTION_KEYS(root_keys),
    .size = sizeof(struct ci_config),
    .defaults = &root_defaults,
    .finish = finish_root,
};

/* The names in a list of mappings, each once, so that references may point forward. */
static struct ci_strs names_in(const struct node *list, void *mem)
{
    size_t all = list && list->kind == NODE_LIST ? list->count : 0, count = 0;
    const char **names = ci_mem_array(mem, const char *, all);
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < all; i++) {
        const struct node *name = node_get(list->items[i], "name");

        if (!name || !name->text || json_object_get(seen, name->text))
            continue;
        (void)json_object_set_new(seen, name->text, json_true());
        names[count++] = name->text;
    }
    return (struct ci_strs){names, count};
}

static void decode_begin(struct decode *d, const struct node *root)
{
    for (int i = 0; i < SPACE_COUNT; i++)
        d->lines[i] = ci_mem_json(d->mem, json_object());
    d->names[SPACE_BUILDER] = names_in(node_get(root, "builders"), d->mem);
    d->names[SPACE_WORKER] = names_in(node_get(root, "workers"), d->mem);
    d->names[SPACE_SCHEDULER] = names_in(node_get(root, "schedulers"), d->mem);
    d->names[SPACE_LOCK] = names_in(node_get(root, "locks"), d->mem);
    d->names[SPACE_ROLE] =
        config_role_names(names_in(node_get(node_get(root, "access"), "roles"), d->mem), d->mem);
    d->root = root;
}

static int by_place(const void *a, const void *b)
{
    const struct ci_problem *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->message, y->message);
}

/* Whether nothing was found; else *problems in the order of the file. */
static bool is_clean(struct problems *found, struct ci_list *problems)
{
    if (found->count == 0)
        return true;
    qsort(found->items, found->count, sizeof(*found->items), by_place);
    *problems = (struct ci_list){found->items, found->count};
    return false;
}

bool ci_config_parse(const char *file, const char *text, size_t len, void *mem,
                     struct ci_config **out, struct ci_list *problems)
{
    struct problems found = {.mem = mem};
    struct decode d = {
        .mem = mem, .problems = &found, .path = "", .file = {text, len}
    };
    struct ci_config *config = ci_mem_zero(mem, struct ci_config);
    const struct node *root = node_parse(text, len, mem, &found);

    (void)file;
    *config = root_defaults;
    if (root && root->kind != NODE_MAP) {
        complain(&d, root, "expected a mapping of sections, not %s", node_kind_name(root->kind));
    } else if (root) {
        decode_begin(&d, root);
        section_read(&d, &config_root, root, config);
        if (found.count == 0)
            config_cross_check(&d, config);
    }
    if (!is_clean(&found, problems))
        return false;
    *out = config;
    return true;
}

static const struct key repository_keys[] = {
    KEY("steps", KEY_STEPS, 0, KEY_REQUIRED | KEY_NOT_EMPTY, "The steps of the build, in order.",
        .example = "[{run: make}, {run: make test}]"),
};
const struct section config_repository = {
    .name = ".slipway.yml",
    .help = "The steps of a build, in the repository itself.",
    SECTION_KEYS(repository_keys),
    .size = sizeof(struct ci_list),
};

bool ci_config_parse_repository(const char *file, const char *text, size_t len,
                                struct ci_strs taken, void *mem, struct ci_list *steps,
                                struct ci_list *problems)
{
    struct problems found = {.mem = mem};
    struct decode d = {
        .mem = mem, .problems = &found, .path = "", .file = {text, len},
                   .repository = true
    };
    const struct node *root = node_parse(text, len, mem, &found);
    struct ci_list read = {0};

    (void)file;
    if (root && root->kind != NODE_MAP) {
        complain(&d, root, "expected a mapping with \"steps\", not %s", node_kind_name(root->kind));
    } else if (root) {
        decode_begin(&d, root);
        section_read(&d, &config_repository, root, &read);
    }
    if (!is_clean(&found, problems))
        return false;
    steps_name(mem, read, taken);
    *steps = read;
    return true;
}

const struct ci_builder *ci_config_builder(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_builder, builder, config->builders) {
        if (strcmp(builder->name, name) == 0)
            return builder;
    }
    return NULL;
}

const struct ci_scheduler *ci_config_scheduler(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        if (strcmp(scheduler->name, name) == 0)
            return scheduler;
    }
    return NULL;
}

const struct ci_lock *ci_config_lock(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_lock, lock, config->locks) {
        if (strcmp(lock->name, name) == 0)
            return lock;
    }
    return NULL;
}

const char *ci_kvs_get(struct ci_kvs kvs, const char *key)
{
    for (size_t i = 0; i < kvs.count; i++) {
        if (strcmp(kvs.items[i].key, key) == 0)
            return kvs.items[i].value;
    }
    return NULL;
}
