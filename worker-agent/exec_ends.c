/* SPDX-License-Identifier: Apache-2.0 */
/* Making them. */
#include "exec_ends.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

static bool no_end(struct ci_err *err, const char *what)
{
    return ci_fail(err, CI_EUNAVAILABLE, "could not make a %s: %s", what, strerror(errno));
}

/* What the command reads lies in memory: nobody has to feed it while it runs. */
static bool make_input(const char *text, int *fd, struct ci_err *err)
{
    size_t len = strlen(text);

    *fd = memfd_create("stdin", MFD_CLOEXEC);
    if (*fd < 0)
        return no_end(err, "file in memory");
    for (size_t done = 0; done < len;) {
        ssize_t n = write(*fd, text + done, len - done);

        if (n < 0 && errno != EINTR)
            return no_end(err, "file in memory");
        done += n > 0 ? (size_t)n : 0;
    }
    return lseek(*fd, 0, SEEK_SET) == 0 || no_end(err, "file in memory");
}

/* Lines end as the command ends them, and what it is given to read is not repeated. */
static void set_modes(int fd, bool has_input)
{
    struct termios modes;

    if (tcgetattr(fd, &modes) != 0)
        return;
    modes.c_oflag &= ~(tcflag_t)ONLCR;
    if (has_input)
        modes.c_lflag &= ~(tcflag_t)ECHO;
    (void)!tcsetattr(fd, TCSANOW, &modes);
}

static bool make_terminal(const struct command *command, struct ends *ends, struct ci_err *err)
{
    char name[64];
    int slave = -1;

    ends->out = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (ends->out >= 0 && grantpt(ends->out) == 0 && unlockpt(ends->out) == 0 &&
        ptsname_r(ends->out, name, sizeof(name)) == 0)
        slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return no_end(err, "terminal");
    set_modes(slave, command->input != NULL);
    ends->given[0] = slave;
    ends->given[1] = fcntl(slave, F_DUPFD_CLOEXEC, 0);
    ends->given[2] = fcntl(slave, F_DUPFD_CLOEXEC, 0);
    return (ends->given[1] >= 0 && ends->given[2] >= 0) || no_end(err, "terminal");
}

/* The reading ends never block, so that a writer outside the step can't hold us. */
static bool make_pipe(int *reading, int *writing, struct ci_err *err)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return no_end(err, "pipe");
    (void)!fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *reading = ends[0];
    *writing = ends[1];
    return true;
}

static bool make(const struct command *command, struct ends *ends, struct ci_err *err)
{
    if (command->use_pty)
        return make_terminal(command, ends, err);
    return make_pipe(&ends->out, &ends->given[0], err) &&
           make_pipe(&ends->err, &ends->given[1], err) &&
           (!command->input || make_input(command->input, &ends->given[2], err));
}

bool ends_make(const struct command *command, struct ends *out, struct ci_err *err)
{
    struct ends ends = {
        -1, -1, {-1, -1, -1}
    };

    if (!make(command, &ends, err)) {
        ends_close_given(&ends);
        ends_close(&ends);
        return false;
    }
    *out = ends;
    return true;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void ends_close_given(struct ends *ends)
{
    for (size_t i = 0; i < WIRE_FDS; i++)
        close_one(&ends->given[i]);
}

void ends_close(struct ends *ends)
{
    close_one(&ends->out);
    close_one(&ends->err);
}
