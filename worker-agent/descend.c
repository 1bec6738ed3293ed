/* SPDX-License-Identifier: Apache-2.0 */
/* Reading /proc for our descendants. */
#include "descend.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_CHILDREN = 4096, MAX_PROCESSES = 32768, COMM_CHARS = 64 };

struct process {
    pid_t pid, parent;
    bool ours;
    char name[COMM_CHARS];
};

/* One line of /proc/PID/stat: "12 (name, maybe with blanks and parentheses) S 1 ...". Zombies are
 * none. */
static bool read_process(const char *pid, struct process *out)
{
    char path[64], text[512], *end;
    char state;
    int parent, fd;
    ssize_t n;
    const char *begin;

    if (snprintf(path, sizeof(path), "/proc/%.20s/stat", pid) >= (int)sizeof(path))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    begin = strchr(text, '(');
    end = strrchr(text, ')');
    if (!begin || !end || sscanf(end + 1, " %c %d", &state, &parent) != 2 || state == 'Z')
        return false;
    *end = '\0';
    *out = (struct process){.pid = (pid_t)strtol(text, NULL, 10), .parent = parent};
    snprintf(out->name, sizeof(out->name), "%s", begin + 1);
    return true;
}

static size_t read_processes(struct process *list, size_t max)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    size_t count = 0;

    while (dir && count < max && (entry = readdir(dir)))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            read_process(entry->d_name, &list[count]))
            count++;
    if (dir)
        closedir(dir);
    return count;
}

/* Marks those below `root`: as often as a pass finds more. */
static int mark_ours(struct process *list, size_t count, pid_t root)
{
    int found = 0, before;

    do {
        before = found;
        for (size_t i = 0; i < count; i++) {
            bool below = list[i].parent == root;

            for (size_t j = 0; !list[i].ours && !below && j < count; j++)
                below = list[j].ours && list[j].pid == list[i].parent;
            if (!list[i].ours && below) {
                list[i].ours = true;
                found++;
            }
        }
    } while (found > before);
    return found;
}

int descend_names(char *out, size_t size)
{
    struct process *list = calloc(MAX_PROCESSES, sizeof(*list));
    size_t count, len = 0;
    int found;

    out[0] = '\0';
    if (!list)
        return 0;
    count = read_processes(list, MAX_PROCESSES);
    found = mark_ours(list, count, getpid());
    for (size_t i = 0; i < count; i++) {
        char one[COMM_CHARS + 32];
        int n;

        if (!list[i].ours)
            continue;
        n = snprintf(one, sizeof(one), "%s%s (pid %d)", len > 0 ? ", " : "", list[i].name,
                     (int)list[i].pid);
        if (n < 0 || len + (size_t)n + sizeof(", ...") > size) {
            snprintf(out + len, size - len, ", ...");
            break;
        }
        memcpy(out + len, one, (size_t)n + 1);
        len += (size_t)n;
    }
    free(list);
    return found;
}

/* The kernel's own list where it keeps one, else by looking at every process. */
static size_t read_children(pid_t *out, size_t max)
{
    char path[64];
    size_t count = 0;
    FILE *file;
    int pid;

    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    file = fopen(path, "re");
    if (file) {
        while (count < max && fscanf(file, "%d", &pid) == 1)
            out[count++] = pid;
        (void)!fclose(file);
    } else {
        struct process *list = calloc(MAX_PROCESSES, sizeof(*list));
        size_t all = list ? read_processes(list, MAX_PROCESSES) : 0;

        for (size_t i = 0; i < all && count < max; i++)
            if (list[i].parent == getpid())
                out[count++] = list[i].pid;
        free(list);
    }
    return count;
}

/*
 * A child's number can't be used again before we have waited for it. A whole
 * group is signalled in one piece, which ends groups that fork in a loop.
 */
static void signal_one(pid_t child, int signal)
{
    pid_t group = getpgid(child);

    if (group > 1 && group != getpgrp())
        kill(-group, signal);
    kill(child, signal);
}

static bool is_among(pid_t pid, const pid_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == pid)
            return true;
    return false;
}

void descend_signal(int signal, const pid_t *spared, size_t spared_count)
{
    static pid_t children[MAX_CHILDREN]; /* its processes have one thread */
    size_t count = read_children(children, MAX_CHILDREN);

    for (size_t i = 0; i < count; i++)
        if (!is_among(children[i], spared, spared_count))
            signal_one(children[i], signal);
}
