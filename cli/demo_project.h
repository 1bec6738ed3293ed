/* SPDX-License-Identifier: Apache-2.0 */
/* The small C project of `slipway up --demo`, commit by commit, and its configuration. */
#pragma once

struct demo_file {
    const char *name, *text; /* name NULL ends a list */
};

/* Files that each commit writes. */
extern const struct demo_file demo_start[], demo_good[], demo_bad[];

/* A format: title's URL, repository, maildir. */
#define demo_yaml                                                                                  \
    "# The demo's configuration. Change it and run: slipway apply FILE\n"                          \
    "title: Slipway demo\n"                                                                        \
    "url: %s\n"                                                                                    \
    "\n"                                                                                           \
    "change_sources:\n"                                                                            \
    "  - type: git_poller\n"                                                                       \
    "    repository: %s\n"                                                                         \
    "    branches: [main]\n"                                                                       \
    "    poll_interval: 1s\n"                                                                      \
    "\n"                                                                                           \
    "schedulers:\n"                                                                                \
    "  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [hello]}\n"    \
    "  - {type: force, name: force, builders: [hello]}\n"                                          \
    "\n"                                                                                           \
    "builders:\n"                                                                                  \
    "  - name: hello\n"                                                                            \
    "    description: A program that adds, and its tests\n"                                        \
    "    steps:\n"                                                                                 \
    "      - git: {}\n"                                                                            \
    "      - run: make\n"                                                                          \
    "        name: compile\n"                                                                      \
    "        halt_on_failure: true\n"                                                              \
    "      - run: make test\n"                                                                     \
    "        name: test\n"                                                                         \
    "\n"                                                                                           \
    "notifiers:\n"                                                                                 \
    "  - type: mail\n"                                                                             \
    "    from: slipway@localhost\n"                                                                \
    "    mode: [failing, change]\n"                                                                \
    "    relay: {maildir: %s}\n"                                                                   \
    "    extra_recipients: [team@localhost]\n"
