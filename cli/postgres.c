/* SPDX-License-Identifier: Apache-2.0 */
/* A private PostgreSQL cluster; see postgres.h. */
#include "postgres.h"

#include "shared/proc.h"
#include "state.h"

#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOCKET_PATH_MAX = 107 }; /* sun_path, less its NUL */

static bool has_server(void *mem, const char *dir)
{
    return access(ci_mem_printf(mem, "%s/initdb", dir), X_OK) == 0 &&
           access(ci_mem_printf(mem, "%s/postgres", dir), X_OK) == 0;
}

/* Debian keeps each major version apart; the highest wins. */
static const char *newest_debian(void *mem)
{
    const char *best = NULL;
    glob_t found;
    long best_version = 0;

    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        long version = strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);

        if (version > best_version && has_server(mem, found.gl_pathv[i])) {
            best = ci_mem_strdup(mem, found.gl_pathv[i]);
            best_version = version;
        }
    }
    globfree(&found);
    return best;
}

static const char *find_in_path(void *mem)
{
    char *path = ci_mem_strdup(mem, getenv("PATH")), *rest = NULL;

    for (char *dir = path ? strtok_r(path, ":", &rest) : NULL; dir;
         dir = strtok_r(NULL, ":", &rest))
        if (has_server(mem, dir))
            return dir;
    return NULL;
}

static bool find_programs(void *mem, const char **out, struct ci_err *err)
{
    const char *named = getenv("SLIPWAY_PG_BINDIR");

    if (named && !has_server(mem, named))
        return ci_fail(err, CI_EINVALID, "SLIPWAY_PG_BINDIR: no initdb and postgres in \"%s\"",
                       named);
    *out = named ? named : newest_debian(mem);
    if (!*out)
        *out = find_in_path(mem);
    if (!*out)
        return ci_fail(err, CI_ENOTFOUND,
                       "no PostgreSQL server found (apt install postgresql), nor --database-url");
    return true;
}

/* As root, the cluster belongs to an unprivileged user, who must be able to get there. */
static bool choose_user(struct child *child, struct ci_err *err)
{
    const struct passwd *user;

    if (geteuid() != 0)
        return true;
    user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    if (!user)
        return ci_fail(err, CI_ENOTFOUND, "no user postgres or nobody to run PostgreSQL as");
    child->uid = user->pw_uid;
    child->gid = user->pw_gid;
    return true;
}

static bool reachable(const char *dir, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *path = realpath(dir, NULL), *copy = ci_mem_strdup(mem, path);
    struct stat st;

    free(path);
    for (char *slash = copy ? strrchr(copy, '/') : NULL; slash; slash = strrchr(copy, '/')) {
        if (copy[0] && stat(copy, &st) == 0 && !(st.st_mode & S_IXOTH))
            return ci_fail(err, CI_EINVALID,
                           "PostgreSQL can't run as root, and no other user can enter \"%s\": name "
                           "another folder with --state, or chmod o+x that one",
                           copy);
        *slash = '\0';
    }
    return true;
}

static bool make_owned_dir(const struct child *child, const char *path, struct ci_err *err)
{
    struct stat st;

    if (!state_make_dir(path, 0700, err))
        return false;
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
        (st.st_uid != geteuid() && st.st_uid != child->uid))
        return ci_fail(err, CI_EDENIED, "\"%s\" is no folder of ours", path);
    if (child->uid && chown(path, child->uid, child->gid) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not give \"%s\" away: %s", path,
                       strerror(errno));
    return true;
}

/* initdb has to run as the cluster's user: setpriv (util-linux, on every Debian) changes to it. */
static bool run_initdb(void *mem, const struct postgres *postgres, const char *dir,
                       struct ci_err *err)
{
    const char *program = ci_mem_printf(mem, "%s/initdb", postgres->bin_dir);
    const char *as_user[] = {"setpriv", ci_mem_printf(mem, "--reuid=%u", postgres->child.uid),
                             ci_mem_printf(mem, "--regid=%u", postgres->child.gid),
                             "--clear-groups"};
    const char *init[] = {program,
                          "-D",
                          dir,
                          "-U",
                          "slipway",
                          "-A",
                          "trust",
                          "-E",
                          "UTF8",
                          "--locale=C.UTF-8",
                          "--no-instructions"};
    const char *argv[CI_COUNT(as_user) + CI_COUNT(init) + 1] = {0};
    size_t n = 0;
    struct ci_proc_result result;

    for (size_t i = 0; postgres->child.uid && i < CI_COUNT(as_user); i++)
        argv[n++] = as_user[i];
    for (size_t i = 0; i < CI_COUNT(init); i++)
        argv[n++] = init[i];
    if (!ci_proc_run(&(struct ci_proc){.argv = argv, .dir = "/", .timeout = ci_seconds(120)}, mem,
                     &result, err))
        return ci_fail_in(err, "could not make a PostgreSQL cluster");
    if (result.exit_code != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not make a PostgreSQL cluster: initdb: %s",
                       result.err_text);
    return true;
}

/* Under another name until it is whole: initdb may be killed half-way, and we with it. */
static bool init_cluster(void *mem, const struct postgres *postgres, struct ci_err *err)
{
    const char *fresh = ci_mem_printf(mem, "%s.new", postgres->data_dir);
    const char *const remove_it[] = {"rm", "-rf", "--", fresh, NULL};
    struct ci_proc_result result;

    if (!ci_proc_run(&(struct ci_proc){.argv = remove_it, .timeout = ci_seconds(60)}, mem, &result,
                     err) ||
        !make_owned_dir(&postgres->child, fresh, err) || !run_initdb(mem, postgres, fresh, err))
        return false;
    return rename(fresh, postgres->data_dir) == 0 ||
           ci_fail(err, CI_EUNAVAILABLE, "could not rename \"%s\": %s", fresh, strerror(errno));
}

/*
 * A Unix socket's path is short, and connection strings and PostgreSQL's lists
 * of folders give some characters a meaning: a state folder that is deep or
 * oddly named gets its socket below /tmp instead.
 */
static const char *choose_run_dir(void *mem, const char *state_dir)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "/._+-@=";
    const char *dir = state_path(mem, state_dir, "run");
    unsigned char hash[8];
    char hex[2 * sizeof(hash) + 1];

    if (strlen(dir) + strlen("/.s.PGSQL.5432.lock") <= SOCKET_PATH_MAX &&
        dir[strspn(dir, harmless)] == '\0')
        return dir;
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)dir, strlen(dir), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return ci_mem_printf(mem, "/tmp/slipway-%s", hex);
}

static void fill_child(void *mem, const char *state_dir, struct postgres *out)
{
    const char *const argv[] = {
        ci_mem_printf(mem, "%s/postgres", out->bin_dir),
        "-D",
        out->data_dir,
        "-c",
        "listen_addresses=",
        "-c",
        ci_mem_printf(mem, "unix_socket_directories=%s", out->run_dir),
        "-c",
        "port=5432",
        "-c",
        "max_connections=100",
        "-c",
        "shared_buffers=64MB",
        "-c",
        "wal_compression=on",
        NULL,
    };

    out->child.name = "postgres";
    out->child.argv = ci_mem_dup(mem, argv, sizeof(argv));
    out->child.stage = STAGE_STORE;
    out->child.log_path = state_path(mem, state_dir, "log/postgres.log");
    out->child.stop_signal = SIGINT; /* "fast": ends sessions, no waiting for clients */
    out->child.stop_time = ci_seconds(30);
    out->url = ci_mem_printf(mem, "host=%s user=slipway dbname=slipway", out->run_dir);
}

bool postgres_prepare(void *mem, const char *state_dir, struct postgres *out, struct ci_err *err)
{
    *out = (struct postgres){
        .data_dir = state_path(mem, state_dir, "postgres"),
        .run_dir = choose_run_dir(mem, state_dir),
    };
    if (!find_programs(mem, &out->bin_dir, err) || !choose_user(&out->child, err) ||
        (out->child.uid && !reachable(state_dir, err)) ||
        !make_owned_dir(&out->child, out->run_dir, err))
        return false;
    fill_child(mem, state_dir, out);
    return access(out->data_dir, F_OK) == 0 || init_cluster(mem, out, err);
}

bool postgres_make_database(const struct postgres *postgres, void *mem, struct ci_err *err)
{
    const char *const argv[] = {
        ci_mem_printf(mem, "%s/createdb", postgres->bin_dir),
        "-h",
        postgres->run_dir,
        "-p",
        "5432",
        "-U",
        "slipway",
        "slipway",
        NULL,
    };
    struct ci_proc_result result;

    if (!ci_proc_run(&(struct ci_proc){.argv = argv, .dir = "/", .timeout = ci_seconds(30)}, mem,
                     &result, err))
        return false;
    if (result.exit_code != 0 && !strstr(result.err_text, "already exists"))
        return ci_fail(err, CI_EUNAVAILABLE, "%s", result.err_text);
    return true;
}
