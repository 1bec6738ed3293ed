/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent and a step's supervisor say to each other over a
 * SOCK_SEQPACKET pair. Both ends are the same binary, so plain structs do.
 *
 * agent: WIRE_ORDER with two or three descriptors (the step's stdout, stderr
 *        and, if it is to have one, stdin), then `size` bytes in packets of at
 *        most WIRE_PIECE: the folder, the arguments, the environment, each
 *        string with its NUL. With `pty` the three are one terminal.
 *        WIRE_STOP: SIGTERM, after sigterm_us `interrupt`, then SIGKILL.
 *        WIRE_KILL: SIGKILL.
 * supervisor: one struct wire_report when nothing of the step is left.
 *
 * An end of file kills the step: an agent that died leaves nothing running.
 */
#pragma once

#include "shared/base.h"

enum { WIRE_PIECE = 32 << 10, WIRE_NAMES = 400, WIRE_FDS = 3 };

enum wire_kind { WIRE_ORDER = 1, WIRE_STOP, WIRE_KILL };

struct wire_message {
    enum wire_kind kind;
    uint32_t number; /* of the order; a stop for an earlier one is passed over */
    uint32_t argc, envc;
    uint64_t size;
    int64_t sigterm_us; /* 0: `interrupt` at once */
    int interrupt;      /* signal number; 0: SIGKILL */
    bool pty;
};

enum wire_stage { WIRE_STARTED, WIRE_NO_FOLDER, WIRE_NO_PROGRAM };

struct wire_report {
    uint32_t number;
    enum wire_stage stage;
    int error;     /* errno of the stage that failed */
    int status;    /* of the command, as waitpid() gives it */
    bool stopped;  /* it was told to stop while it ran */
    bool immortal; /* something could not be killed */
    bool last;     /* this supervisor ends now */
    int killed;    /* processes that the command left behind */
    char names[WIRE_NAMES];
};
