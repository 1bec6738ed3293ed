/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a test report of every format: tests are in good order, wherever the bytes are cut.
 */
#include "report.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(void *user, const struct test_case *test)
{
    struct ci_buf *out = user;

    require(*test->name && strlen(test->name) <= 3 * TEST_NAME);
    require(ci_utf8_is_valid(test->name, strlen(test->name)));
    require(ci_utf8_is_valid(test->path, strlen(test->path)));
    require(ci_utf8_is_valid(test->message, strlen(test->message)));
    require(test->line >= 0 && test->duration_ns >= -1);
    ci_buf_printf(out, "%d %s %s %d %s\n", (int)test->verdict, test->name, test->path, test->line,
                  test->message);
}

/* NULL: it is none; how much was found before depends on the cuts. */
static const char *run(void *mem, enum ci_report_format format, struct ci_bytes bytes, size_t cut)
{
    struct ci_buf out;
    struct report *report;
    struct ci_err err;

    ci_buf_init(&out, mem);
    report = report_new(format, mem, (struct report_sink){check, &out});
    if (!report_feed(report, (struct ci_bytes){bytes.data, cut}, &err) ||
        !report_feed(report, (struct ci_bytes){(const char *)bytes.data + cut, bytes.len - cut},
                     &err) ||
        !report_end(report, &err))
        out.text = NULL;
    talloc_free(report);
    return out.text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int format = CI_REPORT_JUNIT; format <= CI_REPORT_CTEST; format++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_bytes bytes = {data, size};
        const char *whole = run(mem, format, bytes, size);
        const char *halves = run(mem, format, bytes, size / 2);

        require(!whole == !halves && (!whole || strcmp(whole, halves) == 0));
    }
    return 0;
}
