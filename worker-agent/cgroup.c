/* SPDX-License-Identifier: Apache-2.0 */
/* Finding our place in the cgroup v2 tree, and making groups there. */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "slipway-agent-"

/* The first line of `path` that `pick` makes something of, in mem. */
static char *find_line(const char *path, char *(*pick)(void *mem, char *line), void *mem)
{
    FILE *file = fopen(path, "re");
    char *line = NULL, *found = NULL;
    size_t cap = 0;

    if (!file)
        return NULL;
    while (!found && getline(&line, &cap, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        found = pick(mem, line);
    }
    free(line);
    (void)!fclose(file);
    return found;
}

/* /proc/self/cgroup: "0::/system.slice/x.service" is the v2 one. */
static char *pick_own(void *mem, char *line)
{
    return strncmp(line, "0::/", 4) == 0 ? ci_mem_strdup(mem, line + 3) : NULL;
}

/* /proc/self/mountinfo: the fifth word is where, the first word behind " - " is what. */
static char *pick_mount(void *mem, char *line)
{
    char *type = strstr(line, " - "), *word = line, *saved = NULL;

    if (!type || strncmp(type, " - cgroup2 ", 11) != 0)
        return NULL;
    word = strtok_r(line, " ", &saved);
    for (int i = 0; word && i < 4; i++)
        word = strtok_r(NULL, " ", &saved);
    return word ? ci_mem_strdup(mem, word) : NULL;
}

static void remove_groups_below(const char *base)
{
    DIR *dir = opendir(base);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    if (dir)
        closedir(dir);
}

void cgroup_close(const char *base)
{
    if (!base)
        return;
    remove_groups_below(base);
    rmdir(base);
}

/* Groups of agents that were killed: removing works only where no process is left. */
static void remove_stale(const char *own)
{
    DIR *dir = opendir(own);
    struct dirent *entry;
    char path[PATH_MAX];

    while (dir && (entry = readdir(dir))) {
        const char *number = entry->d_name + sizeof(PREFIX) - 1;

        if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0 ||
            (kill((pid_t)strtol(number, NULL, 10), 0) == 0 || errno != ESRCH) ||
            snprintf(path, sizeof(path), "%s/%s", own, entry->d_name) >= (int)sizeof(path))
            continue;
        cgroup_close(path);
    }
    if (dir)
        closedir(dir);
}

char *cgroup_open(void *mem)
{
    char *mount = find_line("/proc/self/mountinfo", pick_mount, mem);
    char *own = find_line("/proc/self/cgroup", pick_own, mem);
    char *home, *base;

    if (!mount || !own)
        return NULL;
    home = ci_mem_printf(mem, "%s%s", mount, strcmp(own, "/") == 0 ? "" : own);
    remove_stale(home);
    base = ci_mem_printf(mem, "%s/" PREFIX "%d", home, (int)getpid());
    if (mkdir(base, 0755) != 0 && errno != EEXIST)
        return NULL;
    if (access(ci_mem_printf(mem, "%s/cgroup.kill", base), W_OK) != 0) {
        rmdir(base);
        return NULL;
    }
    return base;
}

int cgroup_make(const char *base, const char *name)
{
    int parent = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int group = -1;

    if (parent < 0)
        return -1;
    if (mkdirat(parent, name, 0755) == 0 || errno == EEXIST)
        group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(parent);
    return group;
}

void cgroup_remove(const char *base, const char *name)
{
    int parent = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (parent < 0)
        return;
    unlinkat(parent, name, AT_REMOVEDIR);
    close(parent);
}

bool cgroup_kill(int group)
{
    int fd = openat(group, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    bool done;

    if (fd < 0)
        return false;
    done = write(fd, "1", 1) == 1;
    close(fd);
    return done;
}
