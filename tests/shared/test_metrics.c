/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"
#include "shared/metrics.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void assert_has(const char *page, const char *text)
{
    if (!strstr(page, text))
        fail_msg("no \"%s\" in:\n%s", text, page);
}

static void counter__adds_up_by_label(void **state)
{
    static struct ci_metric builds =
        CI_COUNTER("slipway_test_builds_total", "Builds, by result.", "result", "builder");
    CI_AUTO_MEM mem = ci_mem_new();
    const char *page;

    (void)state;
    ci_metric_add(&builds, 1, "success", "b");
    ci_metric_add(&builds, 2, "success", "b");
    ci_metric_add(&builds, 0.5, "failure");
    page = ci_metrics_text(mem);
    assert_has(page, "# HELP slipway_test_builds_total Builds, by result.\n"
                     "# TYPE slipway_test_builds_total counter\n"
                     "slipway_test_builds_total{result=\"success\",builder=\"b\"} 3\n"
                     "slipway_test_builds_total{result=\"failure\",builder=\"\"} 0.5\n");
}

static void gauge__keeps_the_last_value(void **state)
{
    static struct ci_metric depth = CI_GAUGE("slipway_test_depth", "Depth.");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    ci_metric_set(&depth, 5);
    ci_metric_set(&depth, 1234567890123.0);
    assert_has(ci_metrics_text(mem), "\nslipway_test_depth 1234567890123\n");
    ci_metric_add(&depth, -1234567890124.0);
    assert_has(ci_metrics_text(mem), "\nslipway_test_depth -1\n");
}

static void histogram__counts_upwards(void **state)
{
    static struct ci_metric latency =
        CI_HISTOGRAM("slipway_test_latency_seconds", "Latency.", "path");
    CI_AUTO_MEM mem = ci_mem_new();
    const char *page;

    (void)state;
    ci_metric_observe(&latency, 0.001, "/");
    ci_metric_observe(&latency, 0.002, "/");
    ci_metric_observe(&latency, 1000, "/");
    page = ci_metrics_text(mem);
    assert_has(page, "slipway_test_latency_seconds_bucket{path=\"/\",le=\"0.001\"} 1\n"
                     "slipway_test_latency_seconds_bucket{path=\"/\",le=\"0.0025\"} 2\n");
    assert_has(page, "slipway_test_latency_seconds_bucket{path=\"/\",le=\"60\"} 2\n"
                     "slipway_test_latency_seconds_bucket{path=\"/\",le=\"+Inf\"} 3\n"
                     "slipway_test_latency_seconds_sum{path=\"/\"} 1000.003\n"
                     "slipway_test_latency_seconds_count{path=\"/\"} 3\n");
}

static void values__are_escaped(void **state)
{
    static struct ci_metric odd = CI_GAUGE("slipway_test_odd", "Odd.", "x");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    ci_metric_set(&odd, 0, "a\"b\\c\nd");
    assert_has(ci_metrics_text(mem), "slipway_test_odd{x=\"a\\\"b\\\\c\\nd\"} 0\n");
}

static void many_series__stay_apart(void **state)
{
    static struct ci_metric many = CI_COUNTER("slipway_test_many_total", "Many.", "a", "b");
    CI_AUTO_MEM mem = ci_mem_new();
    char a[8], b[8], line[96];
    const char *page;

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 500; i++) {
            snprintf(a, sizeof(a), "%d", i);
            snprintf(b, sizeof(b), "%d", 500 - i);
            ci_metric_add(&many, i, a, b);
        }
    }
    page = ci_metrics_text(mem);
    for (int i = 0; i < 500; i++) {
        snprintf(line, sizeof(line), "slipway_test_many_total{a=\"%d\",b=\"%d\"} %d\n", i, 500 - i,
                 2 * i);
        assert_has(page, line);
    }
}

static void page__tells_of_the_process(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *page = ci_metrics_text(mem);

    (void)state;
    assert_has(page, "\nprocess_resident_memory_bytes ");
    assert_has(page, "\nprocess_cpu_seconds_total ");
    assert_has(page, "\nprocess_open_fds ");
    assert_null(strstr(page, "process_resident_memory_bytes 0\n"));
}

static struct ci_metric shared_total = CI_COUNTER("slipway_test_shared_total", "Shared.", "thread");

static void *count_much(void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++) {
        CI_AUTO_MEM mem = ci_mem_new();

        ci_metric_add(&shared_total, 1, "all");
        if (i % 100 == 0)
            (void)ci_metrics_text(mem);
    }
    return NULL;
}

static void counter__is_shared_by_threads(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, count_much, NULL));
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_has(ci_metrics_text(mem), "slipway_test_shared_total{thread=\"all\"} 4000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counter__adds_up_by_label),
        cmocka_unit_test(gauge__keeps_the_last_value),
        cmocka_unit_test(histogram__counts_upwards),
        cmocka_unit_test(values__are_escaped),
        cmocka_unit_test(many_series__stay_apart),
        cmocka_unit_test(page__tells_of_the_process),
        cmocka_unit_test(counter__is_shared_by_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
