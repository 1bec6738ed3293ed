/* SPDX-License-Identifier: Apache-2.0 */
/* Running git inside a step, with the credentials that it may use. */
#pragma once

#include "shared/steps.h"
#include "vcs.h"

struct git {
    struct step *step;
    struct step_end *end;
    const char *dir;      /* NULL: the step's */
    struct ci_kvs config; /* of every command, as -c KEY=VALUE */
    const char *secrets;  /* folder of git_credentials(), or NULL */
    struct ci_mono begin;
};

/* Sets what git needs to know of its surroundings. */
void git_prepare(struct git *git);

/* git with these arguments, NULL-terminated; `capture` as in vcs.h, or NULL. */
enum vcs_word git_do(struct git *git, const char *const *args, struct ci_buf *capture);
#define git_do_args(git, capture, ...)                                                             \
    git_do((git), (const char *const[]){__VA_ARGS__, NULL}, (capture))

/* How git shows who it is; members may be NULL. */
struct git_credentials {
    const char *repository; /* the only server that gets user and token */
    const char *ssh_private_key, *ssh_known_hosts, *ssh_host_key;
    const char *user, *token; /* user NULL: "git" */
};
/*
 * Writes them into files that only this user may read, below the build's tmp,
 * and tells git of them by the step's environment: git_do() and what it starts
 * use them, and neither a command line nor .git/config shows them. After
 * git_prepare(). False: the step's end is filled.
 */
CI_MUST_USE bool git_credentials(struct git *git, const struct git_credentials *credentials);
/* Removes the files; harmless without any. */
void git_forget(struct git *git);

/* "http://host:1" of "http://u:p@host:1/x", in mem; NULL: it is not HTTP. Pure. */
char *git_http_server(void *mem, const char *url);

/* 40 or 64 hexadecimal digits. */
bool git_is_full_hash(const char *revision);
