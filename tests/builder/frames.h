/* SPDX-License-Identifier: Apache-2.0 */
/* Writing journal frames as an agent does, for tests. */
#pragma once

#include "ci_test.h"
#include "shared/compress.h"
#include "shared/mem.h"

#include <inttypes.h>
#include <string.h>

/* A journal that grows in `mem`. */
static inline struct ci_buf frames_new(void *mem)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    return buf;
}

/* A log frame of step `step` whose content is `text`, told as `lines` lines of `raw` bytes. */
static inline void frames_log_as(struct ci_buf *out, int step, const char *text, int lines, int raw)
{
    const struct ci_bytes packed = ci_compress(out->mem, (struct ci_bytes){text, strlen(text)});

    ci_buf_printf(out,
                  "{\"frame\":\"log\",\"step\":%d,\"log\":\"stdio\",\"kind\":\"s\",\"lines\":%d,"
                  "\"raw\":%d,\"size\":%zu}\n",
                  step, lines, raw, packed.len);
    ci_buf_add(out, packed.data, packed.len);
}

static inline void frames_log(struct ci_buf *out, int step, const char *text)
{
    int lines = 0;

    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    frames_log_as(out, step, text, lines, (int)strlen(text));
}

/* A tests frame of step `step` whose content is `text`, told as `results` tests. */
static inline void frames_tests_as(struct ci_buf *out, int step, const char *category,
                                   const char *text, int results)
{
    const struct ci_bytes packed = ci_compress(out->mem, (struct ci_bytes){text, strlen(text)});

    ci_buf_printf(out,
                  "{\"frame\":\"tests\",\"step\":%d,\"description\":\"unit\",\"category\":\"%s\","
                  "\"unit\":\"boolean\",\"results\":%d,\"raw\":%zu,\"size\":%zu}\n",
                  step, category, results, strlen(text), packed.len);
    ci_buf_add(out, packed.data, packed.len);
}

static inline void frames_tests(struct ci_buf *out, int step, const char *category,
                                const char *text)
{
    int lines = 0;

    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    frames_tests_as(out, step, category, text, lines);
}

static inline void frames_begin(struct ci_buf *out, int step)
{
    ci_buf_printf(out, "{\"frame\":\"step_started\",\"step\":%d,\"name\":\"s\",\"at\":0}\n", step);
}

static inline void frames_end(struct ci_buf *out, int step, int results)
{
    ci_buf_printf(out,
                  "{\"frame\":\"step_finished\",\"step\":%d,\"results\":%d,\"state\":\"done\","
                  "\"at\":0,\"hidden\":false}\n",
                  step, results);
}

static inline void frames_finish(struct ci_buf *out, int results)
{
    ci_buf_printf(out, "{\"frame\":\"build_finished\",\"results\":%d,\"state\":\"\",\"at\":0}\n",
                  results);
}

static inline struct ci_bytes frames_bytes(const struct ci_buf *buf)
{
    return (struct ci_bytes){buf->text, buf->len};
}
