/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the types of steps, and what they share. */
#pragma once

#include "config_internal.h"

extern const struct section config_step_common;
extern const struct ci_step config_step_defaults, config_step_halts; /* halt_on_failure */

/* By enum ci_step_type. */
extern const struct section *const config_step_sections[CI_STEP_TYPE_COUNT];
extern const struct section config_step_run, config_step_sequence, config_step_git, config_step_hg,
    config_step_svn, config_step_compile, config_step_test, config_step_set_property,
    config_step_set_properties, config_step_set_properties_from_env, config_step_trigger,
    config_step_mkdir, config_step_rmdir, config_step_copy, config_step_file_exists,
    config_step_upload, config_step_upload_directory, config_step_download, config_step_write_file,
    config_step_http, config_step_assert, config_step_log, config_step_git_commit,
    config_step_git_tag, config_step_git_push, config_step_tree_size, config_step_repository_steps,
    config_step_environment, config_step_group, config_step_template;

/* The section of a type whose arguments `symbol_`_args describes. */
#define STEP(symbol_, tag_, help_, defaults_, ...)                                                 \
    const struct section config_step_##symbol_ = {.name = #symbol_,                                \
                                                  .help = (help_),                                 \
                                                  .base = &config_step_common,                     \
                                                  .size = sizeof(struct ci_step),                  \
                                                  .tag = (tag_),                                   \
                                                  .args = &symbol_##_args,                         \
                                                  .defaults = &(defaults_),                        \
                                                  __VA_ARGS__}

/* What git signs in with where it reaches a server; AT finds its members in the arguments. */
#define GIT_CREDENTIAL_KEYS                                                                        \
    KEY("ssh_private_key", KEY_STR, AT(ssh_private_key), KEY_NOT_EMPTY | KEY_RENDER,               \
        "Private key for ssh; default: what the worker has.",                                      \
        .example = "\"%(secret:deploy-key)s\""),                                                   \
        KEY("ssh_known_hosts", KEY_STR, AT(ssh_known_hosts), KEY_NOT_EMPTY | KEY_RENDER,           \
            "Lines of known_hosts for ssh; default: what the worker has.",                         \
            .example = "\"%(secret:known-hosts)s\""),                                              \
        KEY("ssh_host_key", KEY_STR, AT(ssh_host_key), KEY_NOT_EMPTY | KEY_RENDER,                 \
            "Public key of the ssh server; default: what the worker knows.",                       \
            .example = "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMq\""),                             \
        KEY("user", KEY_STR, AT(user), KEY_NOT_EMPTY | KEY_RENDER,                                 \
            "Name for HTTP; default git when there is a token.", .example = "ci"),                 \
        KEY("token", KEY_STR, AT(token), KEY_NOT_EMPTY | KEY_RENDER,                               \
            "Password or token for HTTP; default: none.", .example = "\"%(secret:git-token)s\"")

/* What is only there while the file is read. */
struct group_args {
    const char *name;
    bool parallel;
};
struct template_args {
    const char *name;
    json_t *with;
};

/* What the steps of a group or template inherit. */
struct around {
    const struct around *outer;
    const struct section *section; /* of the group or template */
    const struct node *map;        /* its keys */
    const char *group;
    int parallel;
};

/* Steps while the list grows. */
struct steps {
    struct ci_step *items;
    size_t count, cap;
};

/* Reads a list of steps at the end of `steps`. */
void steps_read(struct decode *d, const struct node *list, struct steps *steps);
/* What a group or template stands for; `map` holds all its keys. */
void group_read(struct decode *d, const struct around *given, const struct group_args *args,
                struct steps *steps);
void template_read(struct decode *d, const struct around *given, const struct template_args *args,
                   struct steps *steps);
/* Takes over the attributes of what is around, from the outside in. */
void inherit(struct decode *d, const struct around *around, struct ci_step *step);
/* `over` wins; what only `under` has comes first. */
struct ci_kvs kvs_merge(void *mem, struct ci_kvs under, struct ci_kvs over);
/* Says everything that is wrong with the templates, used or not. */
void templates_check(struct decode *d);
/* "compile" again becomes compile_1, compile_2 ...: names are addresses in the REST API. */
void steps_name(void *mem, struct ci_list steps, struct ci_strs others);
