/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics in the Prometheus text format 0.0.4. */
#include "metrics_internal.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NUMBER_TEXT = 32 };

/* The shortest text that reads back as the same number. */
static const char *number_text(double value, char out[NUMBER_TEXT])
{
    if (isnan(value))
        return "NaN";
    if (isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, NUMBER_TEXT, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

static void put_escaped(struct ci_buf *page, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            ci_buf_printf(page, "\\%c", *text);
        else if (*text == '\n')
            ci_buf_puts(page, "\\n");
        else
            ci_buf_add(page, text, 1);
    }
}

/* name{labels,le="..."} and a blank; le may be NULL. */
static void put_name(struct ci_buf *page, const struct ci_family *family,
                     const struct ci_series *series, const char *suffix, const char *le)
{
    const char *between = "{";

    ci_buf_printf(page, "%s%s", family->metric->name, suffix);
    for (size_t i = 0; i < family->label_count; i++) {
        ci_buf_printf(page, "%s%s=\"", between, family->metric->labels[i]);
        put_escaped(page, series->values[i]);
        ci_buf_puts(page, "\"");
        between = ",";
    }
    if (le) {
        ci_buf_printf(page, "%sle=\"%s\"", between, le);
        between = ",";
    }
    ci_buf_puts(page, *between == ',' ? "} " : " ");
}

static void put_histogram(struct ci_buf *page, const struct ci_family *family,
                          const struct ci_series *series)
{
    char number[NUMBER_TEXT];
    uint64_t below = 0;

    for (size_t i = 0; i <= CI_METRIC_BOUNDS; i++) {
        double bound = i < CI_METRIC_BOUNDS ? ci_metric_bounds[i] : (double)INFINITY;

        below += series->buckets[i];
        put_name(page, family, series, "_bucket", number_text(bound, number));
        ci_buf_printf(page, "%" PRIu64 "\n", below);
    }
    put_name(page, family, series, "_sum", NULL);
    ci_buf_printf(page, "%s\n", number_text(series->value, number));
    put_name(page, family, series, "_count", NULL);
    ci_buf_printf(page, "%" PRIu64 "\n", below);
}

static void put_head(struct ci_buf *page, const char *name, const char *help, const char *type)
{
    ci_buf_printf(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void ci_family_print(const struct ci_family *family, struct ci_buf *page)
{
    static const char *const types[] = {
        [CI_METRIC_COUNTER] = "counter",
        [CI_METRIC_GAUGE] = "gauge",
        [CI_METRIC_HISTOGRAM] = "histogram",
    };
    char number[NUMBER_TEXT];

    put_head(page, family->metric->name, family->metric->help, types[family->metric->kind]);
    for (const struct ci_series *series = family->first; series; series = series->next) {
        if (family->metric->kind == CI_METRIC_HISTOGRAM) {
            put_histogram(page, family, series);
        } else {
            put_name(page, family, series, "", NULL);
            ci_buf_printf(page, "%s\n", number_text(series->value, number));
        }
    }
}

static double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char line[128] = "", *resident = NULL;

    if (!file)
        return 0;
    if (fgets(line, sizeof(line), file)) {
        (void)strtoull(line, &resident, 10);
        fclose(file);
        return (double)strtoull(resident, NULL, 10) * (double)sysconf(_SC_PAGESIZE);
    }
    fclose(file);
    return 0;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    if (!dir)
        return 0;
    while (readdir(dir))
        count++;
    closedir(dir);
    /* Not ".", ".." and the one that reads this folder. */
    return count - 3;
}

static void put_process(struct ci_buf *page, const char *name, const char *help, const char *type,
                        double value)
{
    char number[NUMBER_TEXT];

    put_head(page, name, help, type);
    ci_buf_printf(page, "%s %s\n", name, number_text(value, number));
}

void ci_process_print(struct ci_buf *page)
{
    put_process(page, "process_resident_memory_bytes", "Memory in use.", "gauge", resident_bytes());
    put_process(page, "process_cpu_seconds_total", "User and system time spent.", "counter",
                cpu_seconds());
    put_process(page, "process_open_fds", "Open file descriptors.", "gauge", open_files());
}
