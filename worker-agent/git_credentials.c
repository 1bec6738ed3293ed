/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and tokens for git. They lie in files of the build's tmp folder and go
 * by ssh's options and by a credential helper of the one server that they are
 * for: submodules and redirections elsewhere don't get them, and no helper of
 * the worker stores them.
 */
#include "folder.h"
#include "git.h"
#include "step_kit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

char *git_http_server(void *mem, const char *url)
{
    size_t scheme, host;
    const char *at;

    if (strncasecmp(url, "http://", 7) == 0)
        scheme = 7;
    else if (strncasecmp(url, "https://", 8) == 0)
        scheme = 8;
    else
        return NULL;
    host = strcspn(url + scheme, "/?#");
    at = memrchr(url + scheme, '@', host);
    if (at) {
        at++;
        host -= (size_t)(at - (url + scheme));
    } else {
        at = url + scheme;
    }
    return ci_mem_printf(mem, "%.*s%.*s", (int)scheme, url, (int)host, at);
}

/* For the shell: 'it'\''s'. */
static const char *quote(void *mem, const char *text)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, "'");
    for (; *text; text++)
        ci_buf_add(&out, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
    ci_buf_puts(&out, "'");
    return out.text;
}

static bool make_folder(struct git *git, struct ci_err *err)
{
    struct step *step = git->step;
    const char *tmp = ci_mem_printf(step->mem, "%s/tmp", step->folder);
    char *path = ci_mem_printf(step->mem, "%s/git-XXXXXX", tmp);

    if (git->secrets)
        return true;
    if (!folder_make(tmp, err))
        return false;
    if (!mkdtemp(path)) /* mode 700 */
        return ci_fail(err, CI_EUNAVAILABLE, "could not create folder %s: %s", path,
                       strerror(errno));
    git->secrets = path;
    return true;
}

/* A file of that name in the folder, ended by a newline: ssh takes no key without. */
static bool write_file(struct git *git, const char *name, const char *text, mode_t mode,
                       const char **path, struct ci_err *err)
{
    void *mem = git->step->mem;
    size_t len = strlen(text);
    const char *whole = len > 0 && text[len - 1] == '\n' ? text : ci_mem_printf(mem, "%s\n", text);

    *path = ci_mem_printf(mem, "%s/%s", git->secrets, name);
    return vcs_write_secret(*path, whole, strlen(whole), mode, err);
}

static bool prepare_ssh(struct git *git, const struct git_credentials *give, struct ci_err *err)
{
    void *mem = git->step->mem;
    const char *ssh = stepenv_get(&git->step->env, "GIT_SSH_COMMAND");
    const char *known = give->ssh_known_hosts, *path;
    struct ci_buf line;

    if (give->ssh_host_key)
        known = ci_mem_printf(mem, "* %s", give->ssh_host_key);
    ci_buf_init(&line, mem);
    ci_buf_printf(&line, "%s -o BatchMode=yes", ssh && *ssh ? ssh : "ssh");
    if (give->ssh_private_key) {
        if (!write_file(git, "key", give->ssh_private_key, 0600, &path, err))
            return false;
        ci_buf_printf(&line, " -i %s -o IdentitiesOnly=yes", quote(mem, path));
    }
    if (known) {
        if (!write_file(git, "known_hosts", known, 0600, &path, err))
            return false;
        /* ssh splits the value at blanks unless it stands in quotes of its own. */
        ci_buf_printf(&line, " -o %s -o StrictHostKeyChecking=yes",
                      quote(mem, ci_mem_printf(mem, "UserKnownHostsFile=\"%s\"", path)));
    }
    stepenv_set(&git->step->env, "GIT_SSH_COMMAND", line.text);
    return true;
}

/* One more setting for git and all that it starts, which no command line shows. */
static void add_setting(struct git *git, const char *key, const char *value)
{
    struct stepenv *env = &git->step->env;
    void *mem = git->step->mem;
    const char *text = stepenv_get(env, "GIT_CONFIG_COUNT");
    long count = text ? strtol(text, NULL, 10) : 0;

    if (count < 0 || count > 10000)
        count = 0;
    stepenv_set(env, ci_mem_printf(mem, "GIT_CONFIG_KEY_%ld", count), key);
    stepenv_set(env, ci_mem_printf(mem, "GIT_CONFIG_VALUE_%ld", count), value);
    stepenv_set(env, "GIT_CONFIG_COUNT", ci_mem_printf(mem, "%ld", count + 1));
}

static bool prepare_http(struct git *git, const struct git_credentials *give, struct ci_err *err)
{
    void *mem = git->step->mem;
    const char *server = give->repository ? git_http_server(mem, give->repository) : NULL;
    const char *key = ci_mem_printf(mem, "credential.%s.helper", server ? server : "");
    const char *answer, *helper;

    if (!server) {
        steplog_say(&git->step->log, "the token is not used: the repository is not read by HTTP");
        return true;
    }
    if (strchr(give->token, '\n') || (give->user && strchr(give->user, '\n')))
        return ci_fail(err, CI_EINVALID, "user and token must be one line");
    if (!write_file(git, "answer",
                    ci_mem_printf(mem, "username=%s\npassword=%s", give->user ? give->user : "git",
                                  give->token),
                    0600, &answer, err) ||
        !write_file(git, "helper",
                    ci_mem_printf(mem, "#!/bin/sh\n[ \"$1\" = get ] || exit 0\nexec cat %s",
                                  quote(mem, answer)),
                    0700, &helper, err))
        return false;
    add_setting(git, key, ""); /* forgets the worker's own helpers for this server */
    add_setting(git, key, ci_mem_printf(mem, "!%s", quote(mem, helper)));
    return true;
}

bool git_credentials(struct git *git, const struct git_credentials *give)
{
    bool ssh = give->ssh_private_key || give->ssh_known_hosts || give->ssh_host_key;
    struct ci_err err;

    if (!ssh && !give->token)
        return true;
    if (make_folder(git, &err) && (!ssh || prepare_ssh(git, give, &err)) &&
        (!give->token || prepare_http(git, give, &err)))
        return true;
    kit_ends(git->step, git->end, CI_EXCEPTION, "%s", err.msg);
    return false;
}

void git_forget(struct git *git)
{
    struct ci_err err;

    if (git->secrets && !folder_remove(git->secrets, &err))
        steplog_say(&git->step->log, "%s", err.msg);
    git->secrets = NULL;
}
