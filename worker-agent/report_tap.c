/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP 12, 13 and 14. Subtests are indented by four spaces; their tests are
 * told as "parent: child", and the parent itself only when it failed for a
 * reason that none of them shows. Several documents may follow each other, as
 * `prove -v` prints them.
 */
#include "report_internal.h"

#include <string.h>
#include <strings.h>

enum { LEVELS = 16, INDENT = 4, HELD = 100000 };

/* One level of subtests; the tests of all but the first are held until the parent's own line. */
struct level {
    void *mem;
    char *name;             /* "# Subtest: NAME", or NULL */
    struct test_case *held; /* in mem */
    size_t count, cap, failed;
    int planned, seen;     /* planned: -1 until there is a plan */
    struct test_case last; /* the latest point, still without its diagnostics */
    bool open;             /* there is one */
    struct ci_buf message; /* of it */
};

struct tap {
    struct level levels[LEVELS];
    size_t depth;  /* of the level in use */
    char *subtest; /* the comment that announces a subtest which has not begun */
    bool in_yaml, bailed;
};

static void *begin_tap(struct report *report)
{
    struct tap *tap = ci_mem_zero(report->mem, struct tap);

    for (size_t i = 0; i < LEVELS; i++) {
        tap->levels[i].mem = talloc_new(tap);
        tap->levels[i].planned = -1;
        ci_buf_init(&tap->levels[i].message, tap);
    }
    return tap;
}

static void hold(struct level *level, const struct test_case *test)
{
    struct test_case *copy;

    if (level->count == HELD)
        return;
    if (level->count == level->cap) {
        size_t cap = level->cap ? level->cap * 2 : 16;
        struct test_case *longer = ci_mem_array(level->mem, struct test_case, cap);

        if (level->count > 0)
            memcpy(longer, level->held, level->count * sizeof(*longer));
        talloc_free(level->held);
        level->held = longer;
        level->cap = cap;
    }
    copy = &level->held[level->count++];
    *copy = *test;
    copy->name = ci_mem_strdup(level->mem, test->name);
    copy->message = ci_mem_strdup(level->mem, test->message);
    level->failed += test->verdict == TEST_FAILED;
}

static void give(struct report *report, size_t depth, const struct test_case *test)
{
    struct tap *tap = report->state;

    if (depth == 0)
        report_tell(report, test);
    else
        hold(&tap->levels[depth], test);
}

/* The point is complete when something else begins. */
static void end_point(struct report *report, size_t depth)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[depth];

    if (!level->open)
        return;
    level->open = false;
    level->last.message = level->message.text;
    give(report, depth, &level->last);
    report_clear(&level->message);
}

static void clear_level(struct level *level)
{
    talloc_free_children(level->mem);
    level->name = NULL;
    level->held = NULL;
    level->count = level->cap = level->failed = 0;
    level->planned = -1;
    level->seen = 0;
    level->open = false;
    report_clear(&level->message);
}

static void check_plan(struct report *report, size_t depth)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[depth];
    char message[80];

    end_point(report, depth);
    if (level->planned < 0 || level->planned == level->seen || tap->bailed)
        return;
    snprintf(message, sizeof(message), "planned %d, ran %d", level->planned, level->seen);
    give(report, depth,
         &(struct test_case){.name = "plan of tests",
                             .duration_ns = -1,
                             .verdict = TEST_FAILED,
                             .message = message});
}

/* Hands the tests held at `depth` to the level above, as those of `parent` (NULL: it has none). */
static void give_held(struct report *report, size_t depth, const char *parent, bool excused)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[depth];

    if (!parent || !*parent)
        parent = level->name ? level->name : "subtest";
    for (size_t i = 0; i < level->count; i++) {
        struct test_case test = level->held[i];

        test.name = ci_mem_printf(level->mem, "%s: %s", parent, test.name);
        if (excused && test.verdict == TEST_FAILED)
            test.verdict = TEST_PASSED;
        give(report, depth - 1, &test);
    }
}

/* Levels deeper than `depth` whose parent's line never came. */
static void drop_to(struct report *report, size_t depth)
{
    struct tap *tap = report->state;

    while (tap->depth > depth) {
        check_plan(report, tap->depth);
        give_held(report, tap->depth, NULL, false);
        clear_level(&tap->levels[tap->depth]);
        tap->depth--;
    }
}

static void end_document(struct report *report)
{
    struct tap *tap = report->state;

    drop_to(report, 0);
    check_plan(report, 0);
    clear_level(&tap->levels[0]);
    tap->in_yaml = false;
}

/* The "# SKIP why" or "# TODO why" of a point; "\#" is none. */
static const char *directive(const char *text)
{
    for (const char *hash = strchr(text, '#'); hash; hash = strchr(hash + 1, '#')) {
        const char *word = hash + 1 + strspn(hash + 1, " \t");

        if (hash != text && hash[-1] == '\\')
            continue;
        if (strncasecmp(word, "skip", 4) == 0 || strncasecmp(word, "todo", 4) == 0)
            return hash;
    }
    return NULL;
}

/* The description, without what surrounds it. */
static char *describe(void *mem, const char *text, const char *end)
{
    if (end - text >= 2 && text[0] == '-' && (text[1] == ' ' || text[1] == '\t'))
        text += 2;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return ci_mem_strndup(mem, text, (size_t)(end - text));
}

/* Takes the subtest that this point sums up. True: nothing is left to tell of the point itself. */
static bool absorb_subtest(struct report *report, const struct test_case *point, bool excused)
{
    struct tap *tap = report->state;
    struct level *inner = tap->depth + 1 < LEVELS ? &tap->levels[tap->depth + 1] : NULL;
    bool shown;

    if (!inner || inner->count == 0)
        return false;
    shown = point->verdict != TEST_FAILED || inner->failed > 0;
    give_held(report, tap->depth + 1, point->name, excused);
    clear_level(inner);
    return shown;
}

/* "ok 3 - name # SKIP why": `rest` is what follows "ok" or "not ok". */
static void take_point(struct report *report, const char *rest, bool ok)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[tap->depth];
    struct test_case point = {.duration_ns = -1, .verdict = ok ? TEST_PASSED : TEST_FAILED};
    const char *hash, *word, *why;
    bool excused = false;

    rest += strspn(rest, " \t");
    level->seen++;
    if (report_number(&rest) >= 0)
        rest += strspn(rest, " \t");
    hash = directive(rest);
    word = hash ? hash + 1 + strspn(hash + 1, " \t") : "";
    why = word + strcspn(word, " \t");
    why += strspn(why, " \t");
    point.name = describe(level->mem, rest, hash ? hash : rest + strlen(rest));
    if (hash && strncasecmp(word, "skip", 4) == 0) {
        point.verdict = TEST_SKIPPED;
    } else if (hash) {
        excused = true;
        point.verdict = TEST_PASSED;
    }
    if (absorb_subtest(report, &point, excused))
        return;
    if (!*point.name)
        point.name = ci_mem_printf(level->mem, "test %d", level->seen);
    level->last = point;
    level->open = true;
    report_clear(&level->message);
    if (hash)
        report_add_line(&level->message, why);
}

/* "1..N", "1..0 # SKIP why" */
static void take_plan(struct report *report, const char *rest)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[tap->depth];
    int planned = report_number(&rest);
    const char *hash = directive(rest);

    if (planned < 0)
        return;
    if (tap->depth == 0 && level->planned >= 0) /* another document */
        end_document(report);
    end_point(report, tap->depth);
    level->planned = planned;
    if (planned == 0 && hash) {
        const char *why = hash + 1 + strspn(hash + 1, " \t");

        why += strcspn(why, " \t");
        give(report, tap->depth,
             &(struct test_case){.name = "all tests",
                                 .duration_ns = -1,
                                 .verdict = TEST_SKIPPED,
                                 .message = why + strspn(why, " \t")});
    }
}

static void bail_out(struct report *report, const char *why)
{
    struct tap *tap = report->state;

    tap->bailed = true;
    drop_to(report, 0);
    end_point(report, 0);
    report_tell(report, &(struct test_case){.name = "Bail out!",
                                            .duration_ns = -1,
                                            .verdict = TEST_FAILED,
                                            .message = why + strspn(why, " \t")});
}

/* "ok" or "not ok" as a word of its own; NULL when the line is no point. */
static const char *after_word(const char *line, const char *word)
{
    const char *rest = report_after(line, word);

    return rest && (*rest == '\0' || *rest == ' ' || *rest == '\t') ? rest : NULL;
}

/* A line that says something at the level in use. */
static void take_statement(struct report *report, const char *line)
{
    struct tap *tap = report->state;
    struct level *level = &tap->levels[tap->depth];
    const char *rest;

    if ((rest = after_word(line, "ok"))) {
        /* What `prove -v` writes below a whole document. */
        if (*rest == '\0' && level->planned >= 0 && level->seen >= level->planned)
            return;
        end_point(report, tap->depth);
        take_point(report, rest, true);
    } else if ((rest = after_word(line, "not ok"))) {
        end_point(report, tap->depth);
        take_point(report, rest, false);
    } else if ((rest = report_after(line, "1.."))) {
        take_plan(report, rest);
    } else if ((rest = report_after(line, "Bail out!"))) {
        bail_out(report, rest);
    } else if (report_after(line, "TAP version ")) {
        if (tap->depth == 0 && (level->seen > 0 || level->planned >= 0))
            end_document(report);
    }
}

static bool is_statement(const char *line)
{
    return after_word(line, "ok") || after_word(line, "not ok") ||
           report_after(line, "Bail out!") ||
           (report_after(line, "1..") && line[3] >= '0' && line[3] <= '9');
}

/* The level that an indented statement belongs to; it begins there when it is one deeper. */
static void choose_level(struct report *report, size_t depth)
{
    struct tap *tap = report->state;

    if (depth > tap->depth && tap->depth + 1 < LEVELS) {
        end_point(report, tap->depth);
        tap->depth++;
        clear_level(&tap->levels[tap->depth]);
        if (tap->subtest)
            tap->levels[tap->depth].name = ci_mem_strdup(tap->levels[tap->depth].mem, tap->subtest);
    } else if (depth + 1 == tap->depth) {
        /* Its parent may be this line: the tests stay held for it. */
        check_plan(report, tap->depth);
        tap->depth--;
    } else if (depth < tap->depth) {
        drop_to(report, depth);
    }
    tap->subtest = NULL;
}

/* Tests of a subtest that ended without a parent's point: another statement came. */
static void settle_inner(struct report *report, const char *line)
{
    struct tap *tap = report->state;
    size_t inner = tap->depth + 1;

    if (inner >= LEVELS || tap->levels[inner].count == 0 || after_word(line, "ok") ||
        after_word(line, "not ok"))
        return;
    give_held(report, inner, NULL, false);
    clear_level(&tap->levels[inner]);
}

static void take_comment(struct report *report, const char *text)
{
    struct tap *tap = report->state;
    const char *name = report_after(text, "# Subtest: ");

    if (name) {
        tap->subtest = ci_mem_strdup(tap, name);
    } else if (tap->levels[tap->depth].open) {
        text += 1;
        report_add_line(&tap->levels[tap->depth].message, text + (*text == ' '));
    }
}

static void take_line(struct report *report, const char *line)
{
    struct tap *tap = report->state;
    size_t indent = strspn(line, " ");
    const char *text = line + indent;

    if (tap->in_yaml && !is_statement(line)) {
        tap->in_yaml = strcmp(text, "...") != 0;
        if (tap->in_yaml)
            report_add_line(&tap->levels[tap->depth].message, text);
        return;
    }
    tap->in_yaml = false; /* its end may be missing */
    if (strcmp(text, "---") == 0 && tap->levels[tap->depth].open) {
        tap->in_yaml = true;
    } else if (*text == '#') {
        take_comment(report, text);
    } else if (indent % INDENT == 0 && is_statement(text)) {
        choose_level(report, indent / INDENT);
        settle_inner(report, text);
        take_statement(report, text);
    } else if (indent == 0) {
        take_statement(report, text);
    }
}

static bool end_tap(struct report *report, struct ci_err *err)
{
    (void)err;
    end_document(report);
    return true;
}

const struct report_kind report_tap = {.begin = begin_tap, .line = take_line, .end = end_tap};
