/* SPDX-License-Identifier: Apache-2.0 */
/* Folding what steps bring along: logs, properties, addresses, test results, data. */
#include "fold_internal.h"
#include "step_flags.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *fold_slug(void *mem, const char *name)
{
    char *slug = ci_mem_strndup(mem, name, 50);

    for (char *c = slug; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            *c = '_';
    }
    if (isdigit((unsigned char)slug[0]))
        slug[0] = '_';
    return slug;
}

static struct fold_log *find_log(const struct folder *f, size_t step, const char *slug)
{
    for (size_t i = 0; i < f->out->log_count; i++) {
        if (f->out->logs[i].step == step && strcmp(f->out->logs[i].slug, slug) == 0)
            return &f->out->logs[i];
    }
    return NULL;
}

static struct fold_log *touch_log(const struct folder *f, const struct fold_step *step,
                                  const char *name)
{
    const size_t number = (size_t)(step - f->out->steps);
    const char *slug = fold_slug(f->mem, name);
    struct fold_log *log = find_log(f, number, slug);

    if (!log) {
        log = &f->out->logs[f->out->log_count++];
        *log = (struct fold_log){.step = number, .name = name, .slug = slug};
    }
    return log;
}

bool fold_log_chunk(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = fold_begun_step(f, frame, err);
    struct fold_log *log;

    if (!step || !journal_check_chunk(frame, err))
        return false;
    /* A service that a step has started goes on writing: its logs end with the build. */
    if (step->over && !(step->flags & STEP_BACKGROUND)) {
        step->flags |= STEP_BACKGROUND;
        step->marked = true;
    }
    log = touch_log(f, step, frame->log);
    f->out->chunks[f->out->chunk_count++] = (struct fold_chunk){
        .log = (size_t)(log - f->out->logs),
        .lines_to_end = log->lines, /* those before it, for now; see count_to_end() */
        .lines = frame->lines,
        .raw = frame->raw,
        .content = frame->content,
        .at = fold_clamp(f->in, frame->at),
    };
    log->lines += frame->lines;
    log->bytes += frame->raw;
    log->truncated = log->truncated || frame->truncated;
    return true;
}

bool fold_property(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    (void)err;
    if (!f->out->properties)
        f->out->properties = ci_mem_json(f->mem, json_object());
    json_object_set_new(f->out->properties, frame->name,
                        json_pack("[O?,s]", frame->value, frame->source ? frame->source : "Step"));
    return true;
}

bool fold_url(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = fold_begun_step(f, frame, err);

    if (!step)
        return false;
    if (!step->urls)
        step->urls = ci_mem_json(f->mem, json_array());
    json_array_append_new(step->urls,
                          json_pack("{s:s,s:s}", "name", frame->name, "url", frame->url));
    return true;
}

bool fold_waiting(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    if (!fold_begun_step(f, frame, err))
        return false;
    f->out->waiting = ci_some(frame->waiting);
    return true;
}

bool fold_environment_state(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    (void)err;
    f->out->environments[f->out->environment_count++] =
        (struct fold_environment){frame->key, frame->state, frame->seconds};
    return true;
}

static bool is_one_of(const char *category, const char *first, const char *second)
{
    return strcmp(category, first) == 0 || strcmp(category, second) == 0;
}

static void count_values(const struct fold_tests *tests, int64_t *passed, int64_t *failed)
{
    CI_FOREACH(struct frame_test, test, tests->results) {
        char *end;
        const long value = strtol(test->value, &end, 10);

        if (end == test->value || *end) /* a skipped one, say: neither */
            continue;
        *passed += value != 0;
        *failed += value == 0;
    }
}

/* Buildbot's counters (buildbot/process/test_result_submitter.py). */
static void count_tests(struct fold_tests *tests)
{
    const int64_t all = (int64_t)tests->results.count;
    int64_t passed = 0, failed = 0;

    if (strcmp(tests->category, "pass_fail") == 0) {
        count_values(tests, &passed, &failed);
        tests->passed = ci_some(passed);
        tests->failed = ci_some(failed);
    } else if (strcmp(tests->category, "pass_only") == 0) {
        tests->passed = ci_some(all);
    } else if (is_one_of(tests->category, "fail_only", "code_issue")) {
        tests->failed = ci_some(all);
    }
}

bool fold_test_results(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = fold_begun_step(f, frame, err);
    struct fold_tests tests = {
        .description = frame->description,
        .category = frame->category,
        .unit = frame->unit,
    };

    if (!step)
        return false;
    if (step->over)
        return ci_fail(err, CI_EINVALID, "step %d has ended before", step->number);
    if (!journal_read_tests(frame, f->mem, &tests.results, err))
        return false;
    tests.step = (size_t)(step - f->out->steps);
    count_tests(&tests);
    step->tested = true;
    f->out->tests[f->out->test_count++] = tests;
    return true;
}

bool fold_build_data(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    (void)err;
    f->out->data[f->out->data_count++] =
        (struct fold_data){frame->name, frame->source, frame->content};
    return true;
}
