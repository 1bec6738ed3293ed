/* SPDX-License-Identifier: Apache-2.0 */
/* Running git; the parsers are in git_parse.c. */
#include "polls/git.h"

#include "shared/proc.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    TIPS_AT_ONCE = 200,   /* per fetch, so that its arguments stay short */
    KNOWN_AT_ONCE = 1000, /* per question for commits */
    MAX_OUTPUT = 256 << 20,
};

/* Nobody is there to be asked for a password; what git and ssh are configured to do stays. */
static const char *const git_env[] = {
    "GIT_TERMINAL_PROMPT=0",     "GIT_ASKPASS=true", "SSH_ASKPASS=true",
    "SSH_ASKPASS_REQUIRE=force", "LC_ALL=C.UTF-8",   NULL,
};

enum { ENV_MAX = CI_COUNT(git_env) + 4 };

/* "https://host:1/" of "https://ada@host:1/app.git"; NULL when it is not read by HTTP. */
static const char *http_server(const char *address, void *mem)
{
    size_t scheme = strncasecmp(address, "http://", 7) == 0    ? 7
                    : strncasecmp(address, "https://", 8) == 0 ? 8
                                                               : 0;
    size_t len = strcspn(address + scheme, "/?#");
    const char *at = memrchr(address + scheme, '@', len), *host = at ? at + 1 : address + scheme;

    if (!scheme)
        return NULL;
    return ci_mem_printf(mem, "%.*s%.*s/", (int)scheme, address,
                         (int)(address + scheme + len - host), host);
}

/* The password goes by the environment, as a header for the one server that it is for. */
static const char *const *env_of(const struct git *git, void *mem)
{
    const char **env, *server, *given = getenv("GIT_CONFIG_COUNT");
    long count = given ? strtol(given, NULL, 10) : 0;
    size_t n = CI_COUNT(git_env) - 1, size;
    const char *pair;
    char *encoded;

    if (!git->password || !(server = http_server(git->repository, mem)))
        return git_env;
    pair = ci_mem_printf(mem, "%s:%s", git->user, git->password);
    size = sodium_base64_encoded_len(strlen(pair), sodium_base64_VARIANT_ORIGINAL);
    encoded = ci_mem_array(mem, char, size);
    sodium_bin2base64(encoded, size, (const unsigned char *)pair, strlen(pair),
                      sodium_base64_VARIANT_ORIGINAL);
    if (count < 0 || count > 10000)
        count = 0;
    env = ci_mem_array(mem, const char *, ENV_MAX);
    memcpy(env, git_env, n * sizeof(*env));
    env[n++] = ci_mem_printf(mem, "GIT_CONFIG_KEY_%ld=http.%s.extraHeader", count, server);
    env[n++] = ci_mem_printf(mem, "GIT_CONFIG_VALUE_%ld=Authorization: Basic %s", count, encoded);
    env[n++] = ci_mem_printf(mem, "GIT_CONFIG_COUNT=%ld", count + 1);
    return env;
}

/* The arguments of one process. */
struct args {
    void *mem;
    const char **items;
    size_t count;
};

/* Room for `more` beside `first`, NULL-terminated. */
static struct args begin_args(const char *const *first, size_t count, size_t more, void *mem)
{
    struct args args = {mem, ci_mem_array(mem, const char *, count + more + 1), count};

    memcpy(args.items, first, count * sizeof(*first));
    return args;
}

static void add_arg(struct args *args, const char *arg)
{
    args->items[args->count++] = arg;
}

/* Whether git complains of our own repository rather than of the remote. */
static bool is_broken(const char *text)
{
    static const char *const signs[] = {
        ".lock': File exists", "fatal: not a git repository",
        "is corrupt",          "is empty",
        "unable to read tree", "bad tree object",
    };

    for (size_t i = 0; i < CI_COUNT(signs); i++)
        if (strstr(text, signs[i]))
            return true;
    return false;
}

/* The first line that says what is wrong. */
static const char *reason(const char *text, void *mem)
{
    const char *found = strstr(text, "fatal: ");

    if (!found)
        found = strstr(text, "error: ");
    if (!found)
        found = text;
    return ci_mem_strndup(mem, found, strcspn(found, "\n"));
}

/* Runs "git <what> ..."; an exit code other than 0 is a failure. */
static bool run(const struct git *git, const char *what, const struct args *args,
                struct ci_bytes *out, struct ci_err *err)
{
    const struct ci_proc proc = {
        .argv = args->items,
        .env = env_of(git, args->mem),
        .timeout = git->timeout,
        .max_output = MAX_OUTPUT,
        .abort = git->abort,
    };
    struct ci_proc_result result;

    if (!ci_proc_run(&proc, args->mem, &result, err))
        return ci_fail_in(err, "git %s", what);
    if (result.signal)
        return ci_fail(err, CI_EUNAVAILABLE, "git %s was ended by signal %d", what, result.signal);
    if (result.exit_code != 0)
        return ci_fail(err, is_broken(result.err_text) ? CI_ECONFLICT : CI_EUNAVAILABLE,
                       "git %s: %s", what, reason(result.err_text, args->mem));
    *out = result.out;
    return true;
}

/* Not -C: a broken folder must not make git look for a repository above it. */
static const char *git_dir(const struct git *git, void *mem)
{
    return ci_mem_printf(mem, "--git-dir=%s", git->dir);
}

bool git_tips(const struct git *git, const struct ci_change_source *source, void *mem,
              struct ci_list *out, struct ci_err *err)
{
    const char *const argv[] = {"git",           "ls-remote", "--symref",    "--",
                                git->repository, "HEAD",      "refs/heads/*"};
    const struct args args = begin_args(argv, CI_COUNT(argv), 0, mem);
    struct ci_bytes text = {"", 0};

    if (!run(git, "ls-remote", &args, &text, err))
        return false;
    git_parse_tips(text.data, source, mem, out);
    return true;
}

static bool make_repository(const struct git *git, void *mem, struct ci_err *err)
{
    const char *const argv[] = {"git", git_dir(git, mem), "init", "-q", "--bare"};
    const struct args args = begin_args(argv, CI_COUNT(argv), 0, mem);
    struct ci_bytes text = {"", 0};

    if (access(ci_mem_printf(mem, "%s/HEAD", git->dir), F_OK) == 0)
        return true;
    return run(git, "init", &args, &text, err);
}

/*
 * "+refs/heads/<branch>:refs/tips/<hash of it>". Under its own name a branch
 * a/b could not be fetched where a former branch a is still kept.
 */
static const char *refspec(const char *branch, void *mem)
{
    unsigned char hash[16];
    char hex[2 * sizeof(hash) + 1];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)branch, strlen(branch), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return ci_mem_printf(mem, "+refs/heads/%s:refs/tips/%s", branch, hex);
}

static bool fetch_some(const struct git *git, const struct git_tip *tips, size_t count, void *mem,
                       struct ci_err *err)
{
    /* No housekeeping of git's may outlive the process that the deadline is for. */
    const char *const argv[] = {
        "git",
        git_dir(git, mem),
        "-c",
        "gc.autoDetach=false",
        "-c",
        "maintenance.autoDetach=false",
        "fetch",
        "-q",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        "--",
        git->repository,
    };
    struct args args = begin_args(argv, CI_COUNT(argv), count, mem);
    struct ci_bytes text = {"", 0};

    for (size_t i = 0; i < count; i++)
        add_arg(&args, refspec(tips[i].branch, mem));
    return run(git, "fetch", &args, &text, err);
}

bool git_fetch(const struct git *git, const struct ci_list *tips, void *mem, struct ci_err *err)
{
    const struct git_tip *items = tips->items;

    if (!make_repository(git, mem, err))
        return false;
    for (size_t i = 0; i < tips->count; i += TIPS_AT_ONCE) {
        size_t left = tips->count - i;

        if (!fetch_some(git, items + i, left < TIPS_AT_ONCE ? left : TIPS_AT_ONCE, mem, err))
            return false;
    }
    return true;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

void git_drop(const struct git *git)
{
    (void)nftw(git->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool known_some(const struct git *git, struct ci_strs revisions, void *mem,
                       const char **known, size_t *count, struct ci_err *err)
{
    const char *const argv[] = {"git", git_dir(git, mem), "rev-list", "--no-walk=unsorted",
                                "--ignore-missing"};
    struct args args = begin_args(argv, CI_COUNT(argv), revisions.count + 1, mem);
    struct ci_bytes text = {"", 0};

    for (size_t i = 0; i < revisions.count; i++)
        add_arg(&args, revisions.items[i]);
    add_arg(&args, "--");
    if (!run(git, "rev-list", &args, &text, err))
        return false;
    for (const char *line = text.data; *line; line += line[0] == '\n') {
        size_t len = strcspn(line, "\n");

        if (len > 0)
            known[(*count)++] = ci_mem_strndup(mem, line, len);
        line += len;
    }
    return true;
}

bool git_known(const struct git *git, struct ci_strs revisions, void *mem, struct ci_strs *out,
               struct ci_err *err)
{
    const char **known = ci_mem_array(mem, const char *, revisions.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < revisions.count; i += KNOWN_AT_ONCE) {
        size_t left = revisions.count - i;
        struct ci_strs some = {revisions.items + i, left < KNOWN_AT_ONCE ? left : KNOWN_AT_ONCE};

        if (!known_some(git, some, mem, known, &count, err))
            return false;
    }
    *out = (struct ci_strs){known, count};
    return true;
}

bool git_commits(const struct git *git, const char *tip, struct ci_strs seen, bool only_tip,
                 void *mem, struct ci_list *out, struct ci_err *err)
{
    /*
     * No field can hold a NUL, so NULs part fields, files and commits. The -c
     * are against a user's configuration that would print more or less.
     */
    const char *const argv[] = {
        "git",
        git_dir(git, mem),
        "-c",
        "i18n.logOutputEncoding=UTF-8",
        "-c",
        "log.showRoot=true",
        "-c",
        "log.showSignature=false",
        "log",
        "-z",
        "--first-parent",
        "-m",
        "--reverse",
        "--name-only",
        "--no-renames",
        "--no-ext-diff",
        "--no-color",
        "--format=%x00%H%x00%an <%ae>%x00%cn <%ce>%x00%ct%x00%B%x00",
    };
    struct args args = begin_args(argv, CI_COUNT(argv), seen.count + 3, mem);
    struct ci_bytes text = {"", 0};

    if (only_tip)
        add_arg(&args, "--max-count=1");
    add_arg(&args, tip);
    for (size_t i = 0; i < seen.count; i++)
        add_arg(&args, ci_mem_printf(mem, "^%s", seen.items[i]));
    add_arg(&args, "--");
    return run(git, "log", &args, &text, err) && git_parse_log(text, mem, out, err);
}
