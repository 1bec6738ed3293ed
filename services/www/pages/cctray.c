/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/cctray.h"

#include "pages/markup.h"
#include "shared/result.h"

#include <time.h>

static const struct ci_field cctray_row_fields[] = {
    CI_FIELD(struct cctray_row, builderid, 0), CI_FIELD(struct cctray_row, name, 0),
    CI_FIELD(struct cctray_row, building, 0),  CI_FIELD(struct cctray_row, results, 0),
    CI_FIELD(struct cctray_row, number, 0),    CI_FIELD(struct cctray_row, complete_at, 0),
};
const struct ci_record cctray_row_record =
    CI_RECORD("builder", struct cctray_row, cctray_row_fields);

/* The words that the format has; what was never built or not to its end is none of the others. */
static const char *status(struct ci_maybe results)
{
    static const char *const words[] = {
        [CI_SUCCESS] = "Success",     [CI_WARNINGS] = "Success",    [CI_FAILURE] = "Failure",
        [CI_SKIPPED] = "Unknown",     [CI_EXCEPTION] = "Exception", [CI_RETRY] = "Exception",
        [CI_CANCELLED] = "Exception",
    };

    return results.set && results.value >= 0 && results.value < (int64_t)CI_COUNT(words)
               ? words[results.value]
               : "Unknown";
}

static void add_project(struct ci_buf *out, const struct cctray_row *row, const char *url,
                        void *mem)
{
    ci_buf_printf(out, "  <Project name=\"%s\" activity=\"%s\" lastBuildStatus=\"%s\"",
                  markup_escape(row->name, mem), row->building ? "Building" : "Sleeping",
                  status(row->results));
    if (row->number.set) {
        time_t seconds = row->complete_at.us / 1000000;
        char text[40];
        struct tm parts;

        gmtime_r(&seconds, &parts);
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
        ci_buf_printf(out, " lastBuildLabel=\"%lld\" lastBuildTime=\"%s\"",
                      (long long)row->number.value, text);
    }
    ci_buf_printf(out, " webUrl=\"%s#/builders/%lld\"/>\n", markup_escape(url, mem),
                  (long long)row->builderid);
}

const char *cctray_xml(struct ci_list rows, const char *url, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Projects>\n");
    CI_FOREACH(const struct cctray_row, row, rows)
        add_project(&out, row, url, mem);
    ci_buf_puts(&out, "</Projects>\n");
    return out.text;
}
