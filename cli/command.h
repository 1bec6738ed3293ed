/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of `slipway`. Each gets argv from its own name on and returns
 * the exit status of the process, or EXIT_REPORT with *err filled, which
 * main() prints. Main thread only.
 */
#pragma once

#include "shared/err.h"

enum {
    EXIT_USAGE = 2,    /* the command line, or the file it names, is wrong */
    EXIT_REPORT = 256, /* not an exit status: *err says what failed */
};

typedef int command_run(int argc, char **argv, struct ci_err *err);

struct command {
    const char *name, *summary;
    command_run *run;
};

command_run cmd_up, cmd_check, cmd_diff, cmd_apply, cmd_schema, cmd_force, cmd_logs, cmd_builds,
    cmd_workers, cmd_send_change, cmd_try, cmd_why, cmd_user, cmd_token, cmd_login, cmd_logout,
    cmd_whoami;
