/* SPDX-License-Identifier: Apache-2.0 */
/* One command of a version control program at a time. */
#include "vcs.h"

#include "shared/clock.h"
#include "shared/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *vcs_show_url(void *mem, const char *url)
{
    const char *host = strstr(url, "://"), *at, *colon;

    if (!host)
        return ci_mem_strdup(mem, url);
    host += 3;
    at = memchr(host, '@', strcspn(host, "/"));
    colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
    if (!colon)
        return ci_mem_strdup(mem, url);
    return ci_mem_printf(mem, "%.*s:***%s", (int)(colon - url), url, at);
}

static void say(const struct vcs_run *run)
{
    void *mem = run->step->mem;
    struct ci_buf line;

    ci_buf_init(&line, mem);
    ci_buf_puts(&line, run->argv[0]);
    for (const char *const *arg = run->argv + 1 + run->unsaid; *arg; arg++)
        ci_buf_printf(&line, **arg ? " %s" : " ''%s", vcs_show_url(mem, *arg));
    steplog_say(&run->step->log, "%s", line.text);
}

struct ci_dur vcs_time_left(const struct step *step, struct ci_mono begin)
{
    int64_t all = step->def->max_time.us;
    int64_t left = all - ci_mono_since(ci_mono_now(), begin).us;

    if (all == 0)
        return (struct ci_dur){0};
    return (struct ci_dur){left > 0 ? left : 1};
}

enum vcs_word vcs_run(const struct vcs_run *run)
{
    struct step *step = run->step;
    struct command command = step_command(step, run->argv);
    struct outcome outcome = {0};

    if (run->dir)
        command.dir = run->dir;
    command.max_time = vcs_time_left(step, run->begin);
    command.input = run->input;
    command.capture = run->capture;
    command.capture_max = run->capture_max;
    say(run);
    exec_command(step->worker, &step->log, &command, &outcome);
    if (outcome.ending == ENDED_EXIT)
        return outcome.code == 0 ? VCS_DONE : VCS_REFUSED;
    command.max_time = step->def->max_time;
    step_judge(step, &command, &outcome, run->end);
    return VCS_OVER;
}

bool vcs_write_secret(const char *path, const void *data, size_t len, mode_t mode,
                      struct ci_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    bool written =
        fd >= 0 && fchmod(fd, mode) == 0 && ci_write_all(fd, (struct ci_bytes){data, len});
    int cause = errno;

    if (fd >= 0)
        close(fd);
    return written ||
           ci_fail(err, CI_EUNAVAILABLE, "could not write %s: %s", path, strerror(cause));
}
