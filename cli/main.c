/* SPDX-License-Identifier: Apache-2.0 */
/* slipway: the command line. A table of commands; each is one cmd_*.c file. */
#include "command.h"
#include "shared/log.h"
#include "shared/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command commands[] = {
    {"up",          "start Slipway on this machine and supervise it",        cmd_up         },
    {"check",       "check a configuration file, offline",                   cmd_check      },
    {"diff",        "show what apply would change",                          cmd_diff       },
    {"apply",       "make a file, or an earlier version, the configuration", cmd_apply      },
    {"schema",      "print the JSON Schema of slipway.yaml, for editors",    cmd_schema     },
    {"force",       "start builds through a force scheduler",                cmd_force      },
    {"send-change", "report a change, as a hook does",                       cmd_send_change},
    {"try",         "build the changes of a working copy",                   cmd_try        },
    {"logs",        "print the logs of a build, also while they grow",       cmd_logs       },
    {"builds",      "list builds, newest first",                             cmd_builds     },
    {"workers",     "list workers and what they are doing",                  cmd_workers    },
    {"why",         "tell why a request waits, or a change built nothing",   cmd_why        },
    {"login",       "sign in to a server, for all commands that follow",     cmd_login      },
    {"logout",      "forget a server's token, and end it",                   cmd_logout     },
    {"whoami",      "tell who one is to the server",                         cmd_whoami     },
    {"user",        "add, list and disable local users",                     cmd_user       },
    {"token",       "make, list and revoke API tokens",                      cmd_token      },
};

static void print_usage(FILE *to)
{
    fputs("usage: slipway COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < CI_COUNT(commands); i++)
        fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].summary);
    fputs("\nslipway COMMAND --help tells its options. Commands that talk to a server find it by\n"
          "--url or SLIPWAY_URL, and their token by --token or SLIPWAY_TOKEN; both else from\n"
          "\"slipway login\", or from the state folder of \"slipway up\".\n",
          to);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < CI_COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int refuse(const char *name)
{
    const char *names[CI_COUNT(commands)];
    const char *near;

    for (size_t i = 0; i < CI_COUNT(commands); i++)
        names[i] = commands[i].name;
    near = ci_nearest(name, names, CI_COUNT(commands));
    fprintf(stderr, "slipway: unrecognized command \"%s\"%s%s%s\n", name,
            near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
    print_usage(stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const struct command *command;
    struct ci_err err;
    int status;

    ci_log_setup("slipway", CI_INFO);
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("slipway " SLIPWAY_VERSION);
        return EXIT_SUCCESS;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    command = find_command(argv[1]);
    if (!command)
        return refuse(argv[1]);

    status = command->run(argc - 1, argv + 1, &err);
    if (status == EXIT_REPORT) {
        fprintf(stderr, "slipway %s: %s\n", command->name, err.msg);
        return err.code == CI_EINVALID ? EXIT_USAGE : EXIT_FAILURE;
    }
    return status;
}
