/* SPDX-License-Identifier: Apache-2.0 */
/* Which lines are warnings, and which of them were asked not to count. */
#include "warnings.h"

#include <ctype.h>
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 4, DIRECTORIES = 64 };

static const char default_pattern[] = "(.*warning[: ])";
static const char default_enter[] = "make.*: Entering directory [^/]*(/[^`'\"]*)";
static const char default_leave[] = "make.*: Leaving directory";
/* file:12:5: text, file(12): text */
static const char place_pattern[] = "([^:( ][^:(]*)[:(]([0-9]+)[^ ]* *(.*)";

struct rule {
    regex_t *file, *text;
    int first, last;
    struct rule *next;
};

struct warnings {
    regex_t *pattern; /* NULL: counts none, or by `is_default` */
    bool is_default;
    bool is_make; /* directories come as make tells them */
    regex_t *enter, *leave, *place;
    struct rule *rules;
    char *directories[DIRECTORIES]; /* entered and not left */
    size_t depth;                   /* may be more than DIRECTORIES */
    int count;
};

struct pattern {
    regex_t regex;
};

static int release(struct pattern *pattern)
{
    regfree(&pattern->regex);
    return 0;
}

static bool compile(void *mem, const char *text, int flags, regex_t **out, struct ci_err *err)
{
    struct pattern *pattern = ci_mem_zero(mem, struct pattern);
    int code = regcomp(&pattern->regex, text, REG_EXTENDED | flags);
    char why[100];

    if (code != 0) {
        regerror(code, &pattern->regex, why, sizeof(why));
        return ci_fail(err, CI_EINVALID, "pattern \"%s\": %s", text, why);
    }
    talloc_set_destructor(pattern, release);
    *out = &pattern->regex;
    return true;
}

static bool add_rule(struct warnings *warnings, const char *file, const char *text, int first,
                     int last, struct ci_err *err)
{
    struct rule *rule = ci_mem_zero(warnings, struct rule);

    if (file && !compile(rule, file, REG_NOSUB, &rule->file, err))
        return false;
    if (text && !compile(rule, text, REG_NOSUB, &rule->text, err))
        return false;
    rule->first = first;
    rule->last = last > 0 ? last : first > 0 ? INT_MAX : 0;
    rule->next = warnings->rules;
    warnings->rules = rule;
    return true;
}

bool warnings_new(const struct ci_compile_args *args, void *mem, struct warnings **out,
                  struct ci_err *err)
{
    struct warnings *warnings = ci_mem_zero(mem, struct warnings);
    const char *pattern = args->warning_pattern ? args->warning_pattern : default_pattern;
    const char *enter = args->directory_enter_pattern, *leave = args->directory_leave_pattern;

    warnings->is_make = !enter && !leave;
    warnings->is_default = strcmp(pattern, default_pattern) == 0;
    if (*pattern && !warnings->is_default &&
        !compile(warnings, pattern, REG_ICASE, &warnings->pattern, err))
        return false;
    if (!compile(warnings, enter ? enter : default_enter, 0, &warnings->enter, err) ||
        !compile(warnings, leave ? leave : default_leave, REG_NOSUB, &warnings->leave, err) ||
        !compile(warnings, place_pattern, 0, &warnings->place, err))
        return false;
    CI_FOREACH(const struct ci_warning_rule, rule, args->suppress)
        if (!add_rule(warnings, rule->file, rule->text, rule->first_line, rule->last_line, err))
            return false;
    *out = warnings;
    return true;
}

/* ---- the suppression file ---- */

static char *trim(char *text)
{
    char *end = text + strlen(text);

    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* "12" or "12-34" behind the last colon; what remains before it is cut off there. */
static void take_lines(char *text, int *first, int *last)
{
    char *colon = strrchr(text, ':'), *end;
    long from, to;

    if (!colon || !isdigit((unsigned char)colon[1 + strspn(colon + 1, " \t")]))
        return;
    from = to = strtol(colon + 1, &end, 10);
    if (*end == '-' && isdigit((unsigned char)end[1]))
        to = strtol(end + 1, &end, 10);
    if (*end || from > INT_MAX || to > INT_MAX)
        return;
    *first = (int)from;
    *last = (int)to;
    *colon = '\0';
}

static bool add_line(struct warnings *warnings, char *line, struct ci_err *err)
{
    char *file = trim(line), *text;
    int first = 0, last = 0;

    if (*file == '\0' || *file == '#')
        return true;
    text = strchr(file, ':');
    if (!text)
        return ci_fail(err, CI_EINVALID, "no \":\" between file and text");
    *text++ = '\0';
    take_lines(text, &first, &last);
    file = trim(file);
    text = trim(text);
    if (!*file || !*text)
        return ci_fail(err, CI_EINVALID, "file or text is missing");
    return add_rule(warnings, file, text, first, last, err);
}

bool warnings_suppress(struct warnings *warnings, const char *rules, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *copy = ci_mem_strdup(mem, rules), *rest = copy;
    int number = 0;

    for (char *line; (line = strsep(&rest, "\n"));) {
        number++;
        if (!add_line(warnings, line, err))
            return ci_fail_in(err, "line %d", number);
    }
    return true;
}

/* ---- lines ---- */

/* What (.*warning[: ]) finds, without its backtracking: most lines of most builds come here. */
static bool is_warning(const char *line)
{
    const char *at = line;

    while ((at = strcasestr(at, "warning"))) {
        at += strlen("warning");
        if (*at == ':' || *at == ' ')
            return true;
    }
    return false;
}

static char *group(void *mem, const char *line, const regmatch_t *match)
{
    if (match->rm_so < 0)
        return NULL;
    return ci_mem_strndup(mem, line + match->rm_so, (size_t)(match->rm_eo - match->rm_so));
}

/* Where make works now; "" at the top. */
static const char *directory(const struct warnings *warnings)
{
    size_t depth = warnings->depth < DIRECTORIES ? warnings->depth : DIRECTORIES;

    return depth > 0 ? warnings->directories[depth - 1] : "";
}

static void enter(struct warnings *warnings, const char *name)
{
    const char *above = directory(warnings);

    if (warnings->depth < DIRECTORIES)
        warnings->directories[warnings->depth] =
            *name == '/' || !*above ? ci_mem_strdup(warnings, name)
                                    : ci_mem_printf(warnings, "%s/%s", above, name);
    warnings->depth++;
}

static void leave(struct warnings *warnings)
{
    if (warnings->depth == 0)
        return;
    warnings->depth--;
    if (warnings->depth < DIRECTORIES)
        talloc_free(CI_STEAL(warnings->directories[warnings->depth]));
}

/* Whether the line says that make goes somewhere else. */
static void follow(struct warnings *warnings, const char *line)
{
    CI_AUTO_MEM mem = NULL;
    regmatch_t match[GROUPS];

    /* Saves two patterns for nearly every line. */
    if (warnings->is_make && !strstr(line, "ing directory"))
        return;
    if (regexec(warnings->enter, line, GROUPS, match, 0) == 0) {
        mem = ci_mem_new();
        if (match[1].rm_so >= 0)
            enter(warnings, group(mem, line, &match[1]));
    } else if (regexec(warnings->leave, line, 0, NULL, 0) == 0) {
        leave(warnings);
    }
}

/* What a suppression looks at. Three groups of the pattern say it: file, line, text. */
static void extract(const struct warnings *warnings, void *mem, const char *line, regmatch_t *match,
                    const char **file, int *number, const char **text)
{
    const char *digits;

    *file = NULL;
    *number = 0;
    *text = line;
    if ((!warnings->pattern || warnings->pattern->re_nsub < 3) &&
        (regexec(warnings->place, line, GROUPS, match, 0) != 0 || match[0].rm_so != 0))
        return;
    *file = group(mem, line, &match[1]);
    digits = group(mem, line, &match[2]);
    *number = digits ? (int)strtol(digits, NULL, 10) : 0;
    *text = group(mem, line, &match[3]);
    if (!*text)
        *text = line;
    if (*file && **file != '/' && *directory(warnings))
        *file = ci_mem_printf(mem, "%s/%s", directory(warnings), *file);
}

static bool matches(const regex_t *pattern, const char *text)
{
    return !pattern || (text && regexec(pattern, text, 0, NULL, 0) == 0);
}

static bool is_suppressed(const struct warnings *warnings, const char *line, regmatch_t *match)
{
    CI_AUTO_MEM mem = NULL;
    const char *file, *text;
    int number;

    if (!warnings->rules)
        return false;
    mem = ci_mem_new();
    extract(warnings, mem, line, match, &file, &number, &text);
    for (const struct rule *rule = warnings->rules; rule; rule = rule->next)
        if (matches(rule->file, file) && matches(rule->text, text) &&
            (rule->first == 0 || (number >= rule->first && number <= rule->last)))
            return true;
    return false;
}

bool warnings_line(struct warnings *warnings, const char *line)
{
    regmatch_t match[GROUPS] = {
        {-1, -1}
    };

    follow(warnings, line);
    if (warnings->is_default
            ? !is_warning(line)
            : !warnings->pattern || regexec(warnings->pattern, line, GROUPS, match, 0) != 0 ||
                  match[0].rm_so != 0)
        return false;
    if (is_suppressed(warnings, line, match))
        return false;
    warnings->count++;
    return true;
}

int warnings_count(const struct warnings *warnings)
{
    return warnings->count;
}
