/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step's supervisor: a small process that starts the command, adopts every
 * orphan below it (PR_SET_CHILD_SUBREAPER) and is done only when waitpid()
 * says that nobody is left. It serves one order after the other.
 */
#pragma once

/* Runs until `ctl` ends; never returns. `group` is the cgroup for its commands, or -1. */
void supervisor_main(int ctl, int group) __attribute__((noreturn));
