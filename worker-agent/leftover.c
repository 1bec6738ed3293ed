/* SPDX-License-Identifier: Apache-2.0 */
/* After a restart: nothing hangs, nothing is lost. */
#include "leftover.h"

#include "shared/clock.h"
#include "shared/log.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".journal"

static bool append(struct spool *spool, const struct ci_buf *frame, struct ci_err *err)
{
    return spool_append(spool, (struct ci_bytes){frame->text, frame->len}, err);
}

/* The frames that the dead agent did not come to write. */
static bool end_build(struct spool *spool, const struct spool_found *found, void *mem,
                      struct ci_err *err)
{
    struct frame_finished ended = {
        .results = CI_RETRY, .state = "agent restarted", .at = ci_time_now()};
    struct ci_buf frame;

    for (size_t i = 0; i < found->running_count; i++) {
        ended.step = found->running[i];
        ci_buf_init(&frame, mem);
        frame_step_finished(&frame, &ended);
        if (!append(spool, &frame, err))
            return false;
    }
    ci_buf_init(&frame, mem);
    frame_build_finished(&frame, CI_RETRY, "retry agent restarted", ci_time_now());
    return append(spool, &frame, err);
}

static void set_aside(const char *path, const char *why, void *mem)
{
    ci_log(CI_ERROR, "journal.broken", ci_kv("path", path), ci_kv("error", why));
    (void)!rename(path, ci_mem_printf(mem, "%s.broken", path));
}

/* A spare file, or a journal that had not begun. */
static bool is_empty(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0;
}

static void take_up(struct agent *agent, const char *path, void *mem)
{
    struct spool_found found;
    struct spool *spool;
    struct ci_err err;

    if (is_empty(path)) {
        unlink(path);
        return;
    }
    if (!spool_open(path, mem, &spool, &found, &err)) {
        set_aside(path, err.msg, mem);
        return;
    }
    if (!found.finished && !end_build(spool, &found, mem, &err)) {
        spool_free(spool);
        ci_log(CI_ERROR, "journal.kept", ci_kv("path", path),
               ci_kv("error", (const char *)err.msg));
        return;
    }
    ci_log(CI_INFO, "journal.found", ci_kv("build", found.build),
           ci_kv("finished", found.finished));
    build_adopt(agent, spool, &found);
}

void leftover_take_up(struct agent *agent)
{
    CI_AUTO_MEM mem = ci_mem_new();
    DIR *dir = opendir(agent->spool_dir);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);

        if (len > sizeof(SUFFIX) && strcmp(entry->d_name + len - (sizeof(SUFFIX) - 1), SUFFIX) == 0)
            take_up(agent, ci_mem_printf(mem, "%s/%s", agent->spool_dir, entry->d_name), mem);
    }
    if (dir)
        closedir(dir);
}
