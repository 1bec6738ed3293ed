/* SPDX-License-Identifier: Apache-2.0 */
/* Step locks: a step asks until it has all of them, in the order in which steps came. */
#include "call.h"
#include "locks_store.h"

#include <stdlib.h>

/* One lock as the agent tells it. */
struct wanted {
    const char *lock;
    bool exclusive;
    struct ci_maybe count; /* 1 unless told */
};
static const struct ci_field use_fields[] = {
    CI_FIELD(struct wanted, lock, CI_REQUIRED),
    CI_FIELD(struct wanted, exclusive, 0),
    CI_FIELD(struct wanted, count, 0),
};
static const struct ci_record use_record = CI_RECORD_OPEN("lock", struct wanted, use_fields);

struct lock_body {
    struct ci_list locks;
};
static const struct ci_field body_fields[] = {
    CI_FIELD_LIST(struct lock_body, locks, &use_record, CI_REQUIRED | CI_NOT_EMPTY),
};
static const struct ci_record body_record = CI_RECORD_OPEN("locks", struct lock_body, body_fields);

/* What the step wants, by the configuration that the build started with. */
static bool resolve(struct builder *builder, const struct call_build *build,
                    const struct lock_body *body, void *mem, struct ci_list *out,
                    struct ci_err *err)
{
    struct ci_list uses = {ci_mem_array(mem, struct ci_lock_use, body->locks.count + 1), 0};
    CI_AUTO_CONFIG config = NULL;

    if (!ci_config_get_version(builder->app->config, build->config_version, &config, err))
        return false;
    CI_FOREACH(struct wanted, wanted, body->locks) {
        const int64_t count = wanted->count.set ? wanted->count.value : 1;

        if (!ci_config_lock(config, wanted->lock))
            return ci_fail(err, CI_EINVALID, "there is no lock \"%s\"", wanted->lock);
        if (count < 0 || count > INT32_MAX)
            return ci_fail(err, CI_EINVALID, "lock.count: out of range");
        ((struct ci_lock_use *)uses.items)[uses.count++] =
            (struct ci_lock_use){wanted->lock, wanted->exclusive, (int)count};
    }
    *out = locks_resolve(config, uses, (struct ci_list){0}, build->worker, build->workerid, mem);
    /* Their names are the configuration's, which goes with this scope. */
    CI_FOREACH(struct locks_use, use, *out)
        use->name = ci_mem_strdup(mem, use->name);
    return true;
}

static bool try_once(struct builder *builder, const struct call_build *build, int step,
                     struct ci_list uses, void *mem, struct locks_answer *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    *out = (struct locks_answer){0};
    return ci_tx_begin(builder->app->db, &tx, err) &&
           locks_try(&tx, build->buildid, step, uses, ci_time_now(), mem, out, err) &&
           ci_tx_commit(&tx, err);
}

static bool try_until(struct builder *builder, const struct call_build *build, int step,
                      struct ci_list uses, struct ci_mono until, void *mem,
                      struct locks_answer *out, struct ci_err *err)
{
    for (;;) {
        const int64_t before = bell_read(builder->locks);

        if (!try_once(builder, build, step, uses, mem, out, err))
            return builder_retry_later(err);
        if (out->granted || out->circle.count > 0 || !bell_wait(builder->locks, before, until))
            return true;
    }
}

static json_t *texts(struct ci_strs list)
{
    json_t *out = json_array();

    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(out, json_string(list.items[i]));
    return out;
}

bool call_lock(void *service, const struct ci_request *request, struct ci_response *response,
               struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const struct ci_mono until = call_until(request);
    struct call_build build = {0};
    struct lock_body body = {0};
    struct locks_answer answer;
    struct ci_list uses = {0};
    int step = 0;

    if (!call_step(request, &step, err) || !call_body(request, &body_record, &body, err) ||
        !call_begin(builder, request, &build, err) ||
        !resolve(builder, &build, &body, request->mem, &uses, err) ||
        !try_until(builder, &build, step, uses, until, request->mem, &answer, err))
        return false;
    if (answer.circle.count > 0) {
        response->status = 409;
        response->body = json_pack("{s:s,s:o}", "error", "a deadlock: each waits for the next",
                                   "builds", texts(answer.circle));
        return true;
    }
    response->body =
        json_pack("{s:b,s:o}", "granted", answer.granted, "held_by", texts(answer.held_by));
    return true;
}

bool call_unlock(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    struct call_build build = {0};
    bool released = false;
    int step = 0;
    CI_AUTO_TX tx = {0};

    if (!call_step(request, &step, err) || !call_begin(builder, request, &build, err))
        return false;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !locks_release(&tx, build.buildid, step, &released, err) || !ci_tx_commit(&tx, err))
        return builder_retry_later(err);
    if (released)
        locks_announce(builder->app->bus);
    response->body = json_pack("{s:b}", "released", released);
    return true;
}
