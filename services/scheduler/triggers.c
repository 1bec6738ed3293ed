/* SPDX-License-Identifier: Apache-2.0 */
/* The triggers loop: makes the buildsets that trigger steps ask for, one step a transaction. */
#include "loops.h"
#include "make.h"
#include "store.h"
#include "trigger.h"

#include <string.h>

/* One trigger that was taken. */
struct pulling {
    struct making making;
    struct trigger trigger;
    struct ci_list entries; /* struct scheduler_entry */
    json_t *order;
    json_t *buildsets; /* [{bsid, scheduler, important}] */
};

static const struct scheduler_entry *find_entry(const struct ci_list *entries, const char *name)
{
    CI_FOREACH(const struct scheduler_entry, entry, *entries)
        if (strcmp(entry->name, name) == 0)
            return entry;
    return NULL;
}

static bool is_triggerable(const struct ci_scheduler *scheduler)
{
    return scheduler->type == CI_SCHED_TRIGGERABLE ||
           scheduler->type == CI_SCHED_NIGHTLY_TRIGGERABLE;
}

/* All are looked at before anything is made: a trigger does all of what it asks or nothing. */
static bool check_schedulers(const struct pulling *pulling, struct ci_strs names,
                             struct ci_err *err)
{
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        const struct ci_scheduler *scheduler = ci_config_scheduler(pulling->making.config, name);
        const struct scheduler_entry *entry = find_entry(&pulling->entries, name);

        if (!scheduler || !entry)
            return ci_fail(err, CI_EINVALID, "unknown triggered scheduler: '%s'", name);
        if (!is_triggerable(scheduler))
            return ci_fail(err, CI_EINVALID, "triggered scheduler is not triggerable: '%s'", name);
        if (!entry->enabled)
            return ci_fail(err, CI_EINVALID, "triggered scheduler is disabled: '%s'", name);
    }
    return true;
}

static bool check_builders(const struct pulling *pulling, struct ci_strs names, struct ci_err *err)
{
    for (size_t i = 0; i < names.count; i++)
        if (!ci_config_builder(pulling->making.config, names.items[i]))
            return ci_fail(err, CI_EINVALID, "unknown triggered builder: '%s'", names.items[i]);
    return true;
}

static void add_made(struct pulling *pulling, const struct ci_buildset_made *made,
                     const char *scheduler, bool important)
{
    json_array_append_new(pulling->buildsets,
                          json_pack("{s:I, s:s?, s:b}", "bsid", (json_int_t)made->bsid, "scheduler",
                                    scheduler, "important", important));
}

/* A nightly_triggerable keeps the order for its time and lets nobody wait for it. */
static bool pull_scheduler(struct pulling *pulling, const char *name, struct ci_err *err)
{
    struct making *making = &pulling->making;
    void *mem = making->tick->mem;
    const struct ci_scheduler *scheduler = ci_config_scheduler(making->config, name);
    struct ci_buildset_request request;
    struct ci_buildset_made made;

    if (scheduler->type == CI_SCHED_NIGHTLY_TRIGGERABLE) {
        const struct scheduler_entry *entry = find_entry(&pulling->entries, name);
        json_t *order;

        if (!entry)
            return ci_fail(err, CI_EINTERNAL, "scheduler \"%s\" has no row", name);
        order = json_copy(pulling->order);
        (void)json_object_set_new(order, "waited_for", json_false());
        return store_state_set(making->tx, entry->schedulerid, "last_trigger", order, mem, err);
    }
    request = trigger_plan(scheduler, pulling->order, mem);
    if (!make_buildset(making, scheduler->builders, &request, &made, err))
        return false;
    add_made(pulling, &made, name, trigger_is_important(&pulling->trigger, name));
    return true;
}

static bool pull_builders(struct pulling *pulling, struct ci_strs builders, struct ci_err *err)
{
    struct making *making = &pulling->making;
    struct ci_buildset_request request =
        trigger_plan_builders(&pulling->trigger, pulling->order, making->tick->mem);
    struct ci_buildset_made made;

    if (!make_buildset(making, builders, &request, &made, err))
        return false;
    add_made(pulling, &made, NULL, true);
    return true;
}

/* CI_EINVALID: what it asks for can't be. */
static bool pull(struct pulling *pulling, struct ci_err *err)
{
    void *mem = pulling->making.tick->mem;
    struct ci_strs schedulers = trigger_names(&pulling->trigger, "schedulers", mem);
    struct ci_strs builders = trigger_names(&pulling->trigger, "builders", mem);

    if (pulling->trigger.over)
        return ci_fail(err, CI_EINVALID, "the build is over");
    if (!schedulers.count && !builders.count)
        return ci_fail(err, CI_EINVALID, "nothing to trigger");
    if (!check_schedulers(pulling, schedulers, err) || !check_builders(pulling, builders, err))
        return false;
    for (size_t i = 0; i < schedulers.count; i++)
        if (!pull_scheduler(pulling, schedulers.items[i], err))
            return ci_fail_in(err, "triggered scheduler '%s'", schedulers.items[i]);
    return !builders.count || pull_builders(pulling, builders, err);
}

/* Asking again may help: another replica, or the database, was in the way. */
static bool may_pass(enum ci_errc code)
{
    return code == CI_ECONFLICT || code == CI_EUNAVAILABLE;
}

/*
 * The step learns why, and the trigger is out of the way of the others. In a
 * transaction of its own, as the one that failed may have made something.
 */
static bool refuse(struct pulling *pulling, const char *why, struct ci_err *err)
{
    struct making *making = &pulling->making;
    CI_AUTO_TX tx = {0};

    ci_tx_rollback(making->tx);
    making->count = 0;
    ci_log(CI_WARN, "trigger.refused", ci_kv("build", pulling->trigger.buildid),
           ci_kv("step", pulling->trigger.step), ci_kv("error", why));
    return ci_tx_begin(making->app->db, &tx, err) &&
           store_trigger_done(&tx, &pulling->trigger, why,
                              ci_mem_json(making->tick->mem, json_array()), making->tick->mem,
                              err) &&
           ci_tx_commit(&tx, err);
}

static bool carry_out(struct pulling *pulling, struct ci_err *err)
{
    struct making *making = &pulling->making;
    void *mem = making->tick->mem;
    struct ci_err why;

    pulling->order = trigger_order(&pulling->trigger, mem);
    pulling->buildsets = ci_mem_json(mem, json_array());
    if (pull(pulling, &why))
        return store_trigger_done(making->tx, &pulling->trigger, NULL, pulling->buildsets, mem,
                                  err) &&
               ci_tx_commit(making->tx, err);
    if (!may_pass(why.code))
        return refuse(pulling, why.msg, err);
    *err = why;
    return false;
}

bool tick_triggers(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct pulling pulling = {
        .making = {.app = app, .tx = &tx, .config = config, .tick = tick}
    };

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (!store_trigger_take(&tx, tick->mem, &pulling.trigger, err))
        return err->code == CI_ENOTFOUND;
    tick->again = true;
    if (pulling.trigger.version > config->version) {
        ci_tx_rollback(&tx);
        return ci_config_cache_refresh(app->config, NULL, err);
    }
    if (!store_schedulers(&tx, tick->mem, &pulling.entries, err) || !carry_out(&pulling, err))
        return ci_fail_in(err, "trigger of build %lld", (long long)pulling.trigger.buildid);
    make_announce(&pulling.making);
    return true;
}
