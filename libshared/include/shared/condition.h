/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expressions of do_step_if, hide_step_if, do_build_if, can_start_build
 * and assert, parsed once and evaluated often (docs/expressions.md tells
 * users). Pure; a parsed condition is read-only, for any thread.
 *
 *   or, and, not, ( )          `a or b` and `a and b` give one of the two, as in Python
 *   == != < <= > >=            different kinds are never equal; to order them is an error
 *   in, not in                 a list's member, a string's part, an object's key
 *   =~ 'pattern'               POSIX extended, matched anywhere; null never matches
 *   12 -1.5 'x' "x" true false null [1, 2]
 *   SUCCESS WARNINGS FAILURE SKIPPED EXCEPTION RETRY CANCELLED
 *   prop.NAME prop['NAME'] kw.NAME worker.NAME src.ATTR src['CODEBASE'].ATTR
 *   build.result result steps['NAME'].result
 *   changed('glob', ...)       a file of the build's changes matches; * also matches slashes
 *   value[0] value['key']      of lists and objects; null where there is none
 *
 * A result is its number, so FAILURE == 2; but < and its kin order results by
 * ci_result_worst(): SKIPPED < SUCCESS < WARNINGS < FAILURE < EXCEPTION <
 * RETRY < CANCELLED, as soon as one side is a result.
 */
#pragma once

#include "shared/interpolate.h"

enum {
    CI_CONDITION_BYTES = 4096, /* of a condition's text */
    CI_CONDITION_DEPTH = 64,   /* parentheses, lists and `not` within one another */
    CI_CONDITION_PATTERN = 512 /* bytes of one pattern */
};

struct ci_condition;

struct ci_condition_input {
    const struct ci_scope
        *scope; /* NULL: no properties, sources, worker ...; secrets are not read */
    struct ci_maybe build_result; /* so far; not set: null */
    struct ci_maybe result;       /* of the step itself; not set: null */
    json_t *steps;                /* {name: result} of the steps that ended; may be NULL */
    struct ci_strs files;         /* of the build's changes */
};

/*
 * Parses `text` into mem. False: *offset is the byte in it where the mistake
 * is, CI_EINVALID says what it is. Refuses names that it does not know, and
 * patterns that do not compile or would take too much to match.
 */
CI_MUST_USE bool ci_condition_parse(const char *text, void *mem, struct ci_condition **out,
                                    int *offset, struct ci_err *err);

/* Whether it holds: ci_json_is_true() of its value. CI_EINVALID: kinds that cannot be compared. */
CI_MUST_USE bool ci_condition_eval(const struct ci_condition *condition,
                                   const struct ci_condition_input *input, void *mem, bool *out,
                                   struct ci_err *err);

/* Its value; *out is borrowed and lives as long as mem, the condition and the input. */
CI_MUST_USE bool ci_condition_value(const struct ci_condition *condition,
                                    const struct ci_condition_input *input, void *mem, json_t **out,
                                    struct ci_err *err);
