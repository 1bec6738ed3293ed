/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms %(prop:NAME)s and their kin in texts of slipway.yaml, with the
 * meaning of Buildbot's Interpolate (docs/expressions.md tells users). Pure;
 * any thread.
 *
 *   %(prop:NAME)s  %(src:CODEBASE:ATTR)s  %(kw:NAME)s  %(secret:NAME)s  %(worker:NAME)s
 *
 * and behind the name at most one modifier:
 *
 *   :-text       text when there is no such value
 *   :~text       text when there is none, or it is null, false, 0, "", [] or {}
 *   :+text       text when there is such a value, else nothing
 *   :?|yes|no    yes when there is such a value, else no; any delimiter but a parenthesis
 *   :#?|yes|no   yes when there is one that :~ would keep, else no
 *
 * Parentheses in the texts are balanced, and the texts are texts with forms
 * again. Whatever does not begin with %(, one of the five words and a colon is
 * literal: `date +%s`, %(refname), 50%. Just before a form, %% stands for one %.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* Of one call; they keep texts that use one another from exploding. */
enum {
    CI_INTERPOLATE_DEPTH = 16,      /* texts within texts, those of kw counted */
    CI_INTERPOLATE_STEPS = 200000,  /* forms and members of lists and objects that are rendered */
    CI_INTERPOLATE_BYTES = 4 << 20, /* of the texts that come out */
};

/* What the forms mean. All borrowed; NULL: there are none. */
struct ci_scope {
    json_t *properties; /* {NAME: [value, source]} */
    json_t *sources;    /* [{codebase, repository, project, branch, revision}] */
    json_t *kw;         /* {NAME: value}; texts in it are interpolated themselves */
    json_t *worker;     /* {name, ...}; what it has not is looked for in its member `labels` */
    json_t *secrets;    /* {NAME: text}; NULL: none may be read here */
};

/* True when the text has nothing to render; *out would be equal to it. */
bool ci_interpolate_plain(const char *text);

/*
 * The text with every form replaced, in mem or `text` itself. No value, or null,
 * renders as nothing; true and false as in JSON, numbers in the shortest form,
 * lists and objects as compact JSON. CI_EINVALID: malformed (where
 * ci_interpolate_check() would have said so) or beyond the limits above.
 * CI_ENOTFOUND: a secret that is not there and has no modifier. CI_EDENIED: a
 * secret where none may be read.
 */
CI_MUST_USE bool ci_interpolate(const char *text, const struct ci_scope *scope, void *mem,
                                const char **out, struct ci_err *err);

/*
 * The same, but a text that is exactly one form without modifier gives the
 * JSON value itself (no value: null), so that a number stays one. *out is
 * borrowed: it lives as long as mem and the scope.
 */
CI_MUST_USE bool ci_interpolate_value(const char *text, const struct ci_scope *scope, void *mem,
                                      json_t **out, struct ci_err *err);

/*
 * Every string inside `json` (not the keys of objects) by
 * ci_interpolate_value(); *out is borrowed as there and may be `json` itself.
 * Errors name the place, as in `env.PATH[1]: ...`.
 */
CI_MUST_USE bool ci_interpolate_json(json_t *json, const struct ci_scope *scope, void *mem,
                                     json_t **out, struct ci_err *err);

/*
 * Syntax only: what `slipway check` asks. kw: the known names as keys of an
 * object, NULL: any name will do. The names of the secrets in the text are
 * added to *secrets (each once, in mem), which may be NULL. False: *offset is
 * the byte in the text where the mistake is, CI_EINVALID says what it is.
 */
CI_MUST_USE bool ci_interpolate_check(const char *text, json_t *kw, void *mem,
                                      struct ci_strs *secrets, int *offset, struct ci_err *err);

/* A value as a text renders it: a string as it is, null as "", else JSON. In mem, or borrowed. */
const char *ci_json_text(json_t *value, void *mem);

/* False for NULL, null, false, 0, "", [] and {}. */
bool ci_json_is_true(const json_t *value);
