/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for locks until they are granted. */
#include "locks.h"

#include "job_step.h"
#include "shared/clock.h"

#include <string.h>

enum { WAIT_SECONDS = 20, ANSWER_SECONDS = 20 };

static json_t *body_of(struct step *step)
{
    json_t *locks = json_array();

    CI_FOREACH(const struct ci_lock_use, use, step->def->locks)
        json_array_append_new(locks, json_pack("{s:s, s:b, s:i}", "lock", use->lock, "exclusive",
                                               use->exclusive, "count", use->count));
    return json_pack("{s:o}", "locks", locks);
}

/* Who has what the step waits for, told once for each change. */
static void say_holders(struct step *step, json_t *reply, struct ci_buf *told)
{
    struct ci_buf now;
    size_t i;
    json_t *holder;

    ci_buf_init(&now, step->mem);
    json_array_foreach(json_object_get(reply, "held_by"), i, holder)
        ci_buf_printf(&now, "%s%s", i > 0 ? ", " : "", json_string_value(holder));
    if (now.len == 0 || strcmp(now.text, told->text) == 0)
        return;
    steplog_say(&step->log, "waiting for locks held by %s", now.text);
    steplog_flush(&step->log);
    *told = now;
}

static void tell_held(struct step *step)
{
    struct ci_buf frame;
    const char *state = job_step_state(step);

    ci_buf_init(&frame, step->mem);
    frame_step_locks(&frame, step->number, state ? state : "running", ci_time_now());
    job_tell(step->job, &frame);
}

bool locks_take(struct step *step, struct step_end *end)
{
    struct step_request request = {
        .method = "POST",
        /* At first only to learn who holds them. */
        .path = ci_mem_printf(step->mem, "lock?step=%d&wait=0", step->number),
        .json = ci_mem_json(step->mem, body_of(step)),
        .timeout = ci_seconds(WAIT_SECONDS + ANSWER_SECONDS),
    };
    struct step_reply reply;
    struct ci_buf told;
    struct ci_err err;

    ci_buf_init(&told, step->mem);
    for (;;) {
        if (!step_call(step, &request, step->mem, &reply, &err)) {
            step_ends(end, CI_CANCELLED, "cancelled while waiting for locks");
            return false;
        }
        if (reply.status != 200)
            break;
        if (json_is_true(json_object_get(reply.json, "granted"))) {
            tell_held(step);
            return true;
        }
        say_holders(step, reply.json, &told);
        request.path = ci_mem_printf(step->mem, "lock?step=%d&wait=%d", step->number, WAIT_SECONDS);
    }
    steplog_say(&step->log, "%s", reply.error ? reply.error : "the builder refuses the locks");
    step_ends(end, CI_EXCEPTION, "%.190s", reply.error ? reply.error : "locks refused");
    return false;
}
