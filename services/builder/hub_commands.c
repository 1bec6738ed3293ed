/* SPDX-License-Identifier: Apache-2.0 */
/* Which commands are due to an agent: pure bookkeeping on its entry. */
#include "hub_internal.h"

/*
 * An answer may be lost, so a command is told again in the next poll; the
 * pause keeps an agent that ignores it from polling in circles.
 */
static const struct ci_dur resend_start = {200000};
static const struct ci_dur resend_other = {1000000};
static const struct ci_dur resend_stop = {5000000};

static json_t *named(const char *command, const struct held *held)
{
    return json_pack("{s:s,s:I,s:s}", "command", command, "build", (json_int_t)held->build, "token",
                     held->token);
}

static json_t *cancel(const struct held *held)
{
    json_t *out = named("cancel", held);

    json_object_set_new(out, "reason", json_string(held->cancel));
    return out;
}

/* What there is to say about a build, a new reference, or NULL. */
static json_t *about(const struct agent *agent, const struct held *held)
{
    switch (held->state) {
    case HELD_OFFERED:
        return agent->draining ? NULL : json_incref(held->start);
    case HELD_RUNNING:
        return held->cancel ? cancel(held) : NULL;
    case HELD_STALE:
        return named("forget", held);
    case HELD_OVER:
        break;
    }
    return NULL;
}

static bool due(struct ci_mono at, struct ci_mono now, struct ci_mono *next)
{
    if (at.us <= now.us)
        return true;
    if (at.us < next->us)
        *next = at;
    return false;
}

/* Asked for by people: the agent is to end when its builds are over. */
static void add_stop(struct agent *agent, struct ci_mono now, struct ci_mono *next, json_t *out)
{
    if (!agent->graceful || agent->draining || !due(agent->stop_not_before, now, next))
        return;
    agent->stop_not_before = ci_mono_add(now, resend_stop);
    json_array_append_new(out, json_pack("{s:s}", "command", "stop"));
}

json_t *commands_take(struct agent *agent, struct ci_mono now, struct ci_mono *next)
{
    json_t *out = json_array();

    for (size_t i = 0; i < agent->held_count; i++) {
        struct held *held = &agent->held[i];
        json_t *command = about(agent, held);

        if (command && due(held->not_before, now, next)) {
            held->not_before =
                ci_mono_add(now, held->state == HELD_OFFERED ? resend_start : resend_other);
            json_array_append(out, command);
        }
        json_decref(command);
    }
    add_stop(agent, now, next, out);
    if (json_array_size(out) > 0)
        return out;
    json_decref(out);
    return NULL;
}
