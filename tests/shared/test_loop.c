/* SPDX-License-Identifier: Apache-2.0 */
/* The loop driver: ticks at start, by time, by wake-up and after failures. */
#include "ci_test.h"
#include "shared/clock.h"
#include "shared/loop.h"

#include <pthread.h>

/* What a loop under test did, and a condition to wait for it. */
struct probe {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int ticks; /* guarded by lock */
    int again; /* answer `again` this often */
    int fail;  /* fail this often */
    struct ci_dur due;
};

#define PROBE                                                                                      \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER                     \
    }

static bool tick(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct probe *probe = service;
    bool fine;

    pthread_mutex_lock(&probe->lock);
    probe->ticks++;
    tick->again = probe->again > 0 && probe->again--;
    fine = !(probe->fail > 0 && probe->fail--);
    if (probe->due.us)
        tick->due = ci_time_add(tick->now, probe->due);
    pthread_cond_broadcast(&probe->changed);
    pthread_mutex_unlock(&probe->lock);
    return fine || ci_fail(err, CI_EUNAVAILABLE, "no luck");
}

static void wait_ticks(struct probe *probe, int wanted)
{
    pthread_mutex_lock(&probe->lock);
    while (probe->ticks < wanted)
        pthread_cond_wait(&probe->changed, &probe->lock);
    pthread_mutex_unlock(&probe->lock);
}

static struct ci_loops *start(const struct ci_loop *loop, struct probe *probe)
{
    struct ci_loops *loops = NULL;
    struct ci_err err;

    assert_true(ci_loops_start(loop, 1, probe, &loops, &err));
    return loops;
}

/* Nothing but a wake-up makes it tick a second time within the test's life. */
static const struct ci_loop lazy = {"lazy", {3600000000}, tick, NULL};

static void loop__ticks_at_start_and_when_woken(void **state)
{
    struct probe probe = PROBE;
    struct ci_loops *loops = start(&lazy, &probe);

    (void)state;
    wait_ticks(&probe, 1);
    ci_loops_wake(loops, "lazy");
    wait_ticks(&probe, 2);
    ci_loops_wake(loops, NULL);
    wait_ticks(&probe, 3);
    ci_loops_wake(loops, "another");
    ci_loops_stop(loops);
    assert_int_equal(probe.ticks, 3);
}

static void loop__ticks_every(void **state)
{
    const struct ci_loop eager = {"eager", {1000}, tick, NULL};
    struct probe probe = PROBE;
    struct ci_loops *loops = start(&eager, &probe);

    (void)state;
    wait_ticks(&probe, 5);
    ci_loops_stop(loops);
}

static void loop__ticks_again_and_when_due(void **state)
{
    struct probe probe = PROBE;
    struct ci_loops *loops;

    (void)state;
    probe.again = 3;
    loops = start(&lazy, &probe);
    wait_ticks(&probe, 4);
    ci_loops_stop(loops);

    struct probe due = PROBE;
    due.due = ci_millis(2);
    loops = start(&lazy, &due);
    wait_ticks(&due, 4);
    ci_loops_stop(loops);
}

static void loop__retries_a_failed_tick_with_a_pause(void **state)
{
    struct probe probe = PROBE;
    struct ci_loops *loops;
    struct ci_mono began = ci_mono_now();

    (void)state;
    probe.fail = 2;
    loops = start(&lazy, &probe);
    wait_ticks(&probe, 1);
    ci_loops_wake(loops, "lazy"); /* does not cut the pause short */
    wait_ticks(&probe, 3);
    assert_true(ci_mono_since(ci_mono_now(), began).us >= 300000);
    ci_loops_stop(loops);
}

static void loop__wake_after_stop_is_harmless(void **state)
{
    struct probe probe = PROBE;
    struct ci_loops *loops = start(&lazy, &probe);
    int ticks;

    (void)state;
    ci_loops_stop(loops);
    ticks = probe.ticks;
    ci_loops_wake(loops, NULL);
    ci_loops_wake(NULL, "lazy");
    ci_loops_stop(NULL);
    assert_int_equal(probe.ticks, ticks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loop__ticks_at_start_and_when_woken),
        cmocka_unit_test(loop__ticks_every),
        cmocka_unit_test(loop__ticks_again_and_when_due),
        cmocka_unit_test(loop__retries_a_failed_tick_with_a_pause),
        cmocka_unit_test(loop__wake_after_stop_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
