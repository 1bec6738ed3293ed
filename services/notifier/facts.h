/* SPDX-License-Identifier: Apache-2.0 */
/* What a message tells of a finished build, read in one go. Strings live in the mem of the reader.
 */
#pragma once

#include "shared/config.h"

struct step_facts {
    int number;
    const char *name, *state_string;
    int results;
    struct ci_time started_at, complete_at;
    int64_t logid; /* of its stdio log; 0: none */
    int64_t num_lines;
};

struct change_facts {
    const char *author, *comments, *revision, *branch, *revlink;
};

struct build_facts {
    int64_t buildid, number, builderid, config_version;
    const char *builder, *worker, *state_string, *reason;
    int results;
    struct ci_time started_at, complete_at;
    json_t *properties; /* {name: [value, source]} */
    struct ci_strs tags;
    bool has_previous;
    int previous_results;   /* CI_RESULT_NONE while it runs */
    struct ci_list steps;   /* struct step_facts */
    struct ci_list changes; /* struct change_facts */
    /* The end of the failing step's log, whole lines without stream letters; NULL: none. */
    const char *log_step, *log_tail;
};

extern const struct ci_record build_facts_record, step_facts_record, change_facts_record;

/* A property's value when it is text, or NULL. */
const char *facts_property(const struct build_facts *build, const char *name);

/* The step whose log a failure's message shows: the first of the worst kind, or NULL. */
const struct step_facts *facts_failing_step(const struct build_facts *build);

/* A message shows no more of a log than this: relays refuse large ones. */
enum { FACTS_TAIL_BYTES = 64 << 10 };

/*
 * The last `lines` lines of a type s log's end, FACTS_TAIL_BYTES at most, in
 * mem: UTF-8, no stream letters, no controls.
 */
const char *facts_tail(struct ci_bytes text, int lines, void *mem);
