/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes that every type of step has. */
#include "config_steps.h"

#include <string.h>

#define AT(member) offsetof(struct ci_lock_use, member)
static const char *const lock_modes[] = {"counting", "exclusive", NULL};
static const struct key lock_use_keys[] = {
    KEY("lock", KEY_STR, AT(lock), KEY_REQUIRED, "Name of the lock, as in the file's locks.",
        .example = "database", .refers_to = SPACE_LOCK),
    KEY("mode", KEY_EITHER, AT(exclusive), 0,
        "counting: beside others, as far as the lock's max_count goes; exclusive: alone; default "
        "counting.",
        .example = "exclusive", .names = lock_modes),
    KEY("count", KEY_INT, AT(count), 0,
        "How many of the lock's max_count a counting use takes; default 1.", .example = "2",
        .max = 1000000),
};
#undef AT
static const struct ci_lock_use lock_use_defaults = {.count = 1};

const struct section config_lock_use = {
    .name = "lock_use",
    .help = "A lock that is needed: its name, or a mapping.",
    SECTION_KEYS(lock_use_keys),
    .size = sizeof(struct ci_lock_use),
    .defaults = &lock_use_defaults,
    .primary = "lock",
    .is_shared = true,
};

static const char *check_ready(const char *text, void *mem)
{
    static const char *const kinds[] = {"tcp:",    "http://", "https://",
                                        "socket:", "log:",    "command:"};

    for (size_t i = 0; i < CI_COUNT(kinds); i++) {
        size_t len = strlen(kinds[i]);

        if (strncmp(text, kinds[i], len) == 0 && text[len])
            return strcmp(kinds[i], "log:") == 0 && !strstr(text, "%(")
                       ? check_regex(text + len, mem)
                       : NULL;
    }
    return ci_mem_printf(mem,
                         "\"%.60s\" is none of tcp:PORT, http://..., socket:PATH, log:REGEX and "
                         "command:TEXT",
                         text);
}

static const struct ci_background background_defaults = {
    .timeout = {60 * INT64_C(1000000)},
    .stop_timeout = {10 * INT64_C(1000000)},
};

#define AT(member) offsetof(struct ci_background, member)
static const struct key background_keys[] = {
    KEY("ready", KEY_STR, AT(ready), KEY_RENDER,
        "What shows that it is ready: tcp:[HOST:]PORT, http://..., socket:PATH, log:REGEX or "
        "command:TEXT; default: as soon as it runs.",
        .example = "\"tcp:8000\"", .check = check_ready),
    KEY("timeout", KEY_DUR, AT(timeout), 0, "Time to get ready; default 60s, at least 1s.",
        .example = "30s", .min = 1),
    KEY("stop", KEY_STR, AT(stop), KEY_NOT_EMPTY | KEY_RENDER,
        "Command that ends it; default: SIGTERM.", .example = "./server --stop"),
    KEY("stop_timeout", KEY_DUR, AT(stop_timeout), 0,
        "Time to end before it is killed; default 10s.", .example = "5s"),
};
#undef AT
static const struct section background = {
    .name = "background",
    .help = "The command lives beside the later steps; what shows that it is ready may stand "
            "alone.",
    SECTION_KEYS(background_keys),
    .size = sizeof(struct ci_background),
    .defaults = &background_defaults,
    .primary = "ready",
};

#define FLAG(name_, help_)                                                                         \
    KEY(#name_, KEY_BOOL, offsetof(struct ci_step, flags.name_), 0, help_, .example = "true")
#define AT(member) offsetof(struct ci_step, member)
static const struct key common_keys[] = {
    KEY("name", KEY_STR, AT(name), 0,
        "Name, at most 50 bytes; default: the kind. A repeated one gets _1, _2 ...",
        .example = "unit tests", .check = check_step_name),
    KEY("env", KEY_KVS, AT(env), KEY_JOIN | KEY_RENDER,
        "Environment variables; null removes one, a list is joined with \":\".",
        .example = "{CC: clang, DEBUG: null, PATH: [/opt/bin, \"${PATH}\"]}"),
    KEY("workdir", KEY_STR, AT(workdir), KEY_NOT_EMPTY | KEY_RENDER,
        "Folder below the build's own; default build.", .example = "build/client",
        .check = check_relative_path),
    KEY("timeout", KEY_DUR, AT(timeout), 0,
        "Time without output after which the step is killed; default 1200s, 0 = never.",
        .example = "10m"),
    KEY("max_time", KEY_DUR, AT(max_time), 0,
        "Time after which the step is killed; default 0 = never.", .example = "2h"),
    KEY("sigterm_time", KEY_DUR, AT(sigterm_time), 0,
        "Time between SIGTERM and interrupt_signal; default 5s.", .example = "30s"),
    KEY("interrupt_signal", KEY_STR, AT(interrupt_signal), 0,
        "Signal that ends the command when SIGTERM did not: KILL, INT, TERM, QUIT or HUP; default "
        "KILL.",
        .example = "INT", .check = check_signal),
    KEY("max_lines", KEY_INT, AT(max_lines), 0,
        "Lines of output; a command that writes more is killed; default 0 = any number.",
        .example = "100000"),
    KEY("use_pty", KEY_BOOL, AT(use_pty), 0,
        "Whether the command runs in a terminal of its own; default false.", .example = "true",
        .alias = "usepty"),
    KEY("log_environ", KEY_BOOL, AT(log_environ), 0,
        "Whether the log begins with the whole environment; default false.", .example = "true"),
    KEY("initial_stdin", KEY_STR, AT(initial_stdin), KEY_RENDER,
        "Text that the command reads from its standard input; default: nothing.",
        .example = "\"yes\\n\""),
    KEY("log_files", KEY_KVS, AT(log_files), KEY_RENDER,
        "Further logs: name and file below workdir that is followed while the command runs.",
        .example = "{server: logs/server.log}", .alias = "logfiles", .check = check_relative_path,
        .check_name = check_step_name),
    KEY("decode_rc", KEY_KVS, AT(decode_rc), 0,
        "Results by exit code; default: 0 is SUCCESS, all others are FAILURE.",
        .example = "{0: success, 3: warnings}", .check = check_result,
        .check_name = check_exit_code),
    KEY("description", KEY_STR, AT(description), KEY_RENDER, "What it says while it runs.",
        .example = "compiling"),
    KEY("description_done", KEY_STR, AT(description_done), KEY_RENDER,
        "What it says when it has ended.", .example = "compiled"),
    KEY("description_suffix", KEY_STR, AT(description_suffix), KEY_RENDER,
        "What follows the description.", .example = "\"on %(worker:name)s\""),
    KEY("do_step_if", KEY_STR, AT(do_step_if), KEY_NOT_EMPTY | KEY_CONDITION,
        "Condition; when it does not hold, the step is SKIPPED.",
        .example = "prop.branch == 'main'"),
    KEY("hide_step_if", KEY_STR, AT(hide_step_if), KEY_NOT_EMPTY | KEY_CONDITION,
        "Condition; when it holds at the end of the step, the pages hide it.",
        .example = "result == SUCCESS"),
    KEY("locks", KEY_LIST, AT(locks), 0, "Locks that are held while it runs.",
        .example = "[database, {lock: cpu, count: 4}]", .section = &config_lock_use),
    FLAG(halt_on_failure, "Whether a failure skips the following steps; default false, but true "
                          "where the type says so."),
    FLAG(flunk_on_failure, "Whether a failure makes the build fail; default true."),
    FLAG(warn_on_failure, "Whether a failure gives the build warnings; default false."),
    FLAG(flunk_on_warnings, "Whether warnings make the build fail; default false."),
    FLAG(warn_on_warnings, "Whether warnings give the build warnings; default false."),
    FLAG(always_run, "Whether it runs after a failure too; default false."),
    KEY("background", KEY_POINTER, AT(background), 0,
        "Only of run: lets the command live beside the later steps; default: it is waited for.",
        .example = "{ready: \"tcp:8000\", timeout: 30s}", .section = &background),
    KEY("in_group", KEY_STR, AT(group), KEY_WIRE, "Name of its group."),
    KEY("parallel", KEY_INT, AT(parallel), KEY_WIRE, "Number of its parallel group."),
    KEY("kw", KEY_OBJECT, AT(kw), KEY_WIRE, "Arguments of its template."),
};
#undef AT
#undef FLAG

static void finish_common(struct decode *d, const struct node *map, void *out)
{
    const struct ci_step *step = out;

    if (step->background && step->type != CI_STEP_RUN)
        complain(d, node_get(map, "background"), "only \"run\" may stay in the background");
    if (d->repository && node_get(map, "locks"))
        complain(d, node_get(map, "locks"), "the repository's own steps may not lock");
}

const struct section config_step_common = {
    .name = "step_attributes",
    .help = "Attributes that every type of step has; they stand beside the type or below it.",
    SECTION_KEYS(common_keys),
    .size = sizeof(struct ci_step),
    .finish = finish_common,
    .is_shared = true,
};

#define DEFAULTS                                                                                   \
    .workdir = "build", .timeout = {1200 * INT64_C(1000000)},                                      \
    .sigterm_time = {5 * INT64_C(1000000)}, .interrupt_signal = "KILL"
const struct ci_step config_step_defaults = {DEFAULTS, .flags = {.flunk_on_failure = true}};
const struct ci_step config_step_halts = {
    DEFAULTS, .flags = {.flunk_on_failure = true, .halt_on_failure = true}
};
#undef DEFAULTS
