/* SPDX-License-Identifier: Apache-2.0 */
/* What a message says; how it is put into mail is in mail.c. */
#include "render.h"

#include "shared/clock.h"

#include <stdio.h>
#include <string.h>

static const char *const marks[CI_RESULT_COUNT] = {
    [CI_SUCCESS] = "\xe2\x98\xba",   [CI_WARNINGS] = "\xe2\x98\x80",  [CI_FAILURE] = "\xe2\x98\xa0",
    [CI_SKIPPED] = "\xe2\x98\xba",   [CI_EXCEPTION] = "\xe2\x98\x95", [CI_RETRY] = "\xe2\x99\xbb",
    [CI_CANCELLED] = "\xe2\x98\x95",
};

/* Colours of Buildbot's badges. */
static const char *const colours[CI_RESULT_COUNT] = {
    [CI_SUCCESS] = "#2e7d32",   [CI_WARNINGS] = "#b26a00",  [CI_FAILURE] = "#c62828",
    [CI_SKIPPED] = "#5f6368",   [CI_EXCEPTION] = "#6a1b9a", [CI_RETRY] = "#1565c0",
    [CI_CANCELLED] = "#5f6368",
};

static const char *revision_of(const struct build_facts *build)
{
    const char *revision = facts_property(build, "got_revision");

    return revision ? revision : facts_property(build, "revision");
}

static int known_result(int results)
{
    return results >= 0 && results < CI_RESULT_COUNT ? results : CI_EXCEPTION;
}

const char *render_build_url(const struct ci_config *config, const struct build_facts *build,
                             void *mem)
{
    return ci_mem_printf(mem, "%s#/builders/%lld/builds/%lld", config->url ? config->url : "",
                         (long long)build->builderid, (long long)build->number);
}

const char *render_subject(const struct ci_config *config, const struct ci_notifier *notifier,
                           const struct build_facts *build, void *mem)
{
    const char *branch = facts_property(build, "branch"),
               *where = branch ? branch : revision_of(build);

    if (notifier->subject)
        return notifier->subject;
    return mail_one_line(
        ci_mem_printf(mem, "%s Slipway (%s): %s - %s%s%s%s", marks[known_result(build->results)],
                      config->title ? config->title : "", build->builder, build->state_string,
                      where ? " (" : "", where ? where : "", where ? ")" : ""),
        mem);
}

static size_t first_line(const char *text)
{
    return text ? strcspn(text, "\r\n") : 0;
}

static int seconds_between(struct ci_time from, struct ci_time to)
{
    return to.us > from.us ? (int)((to.us - from.us) / 1000000) : 0;
}

static void text_facts(struct ci_buf *out, const struct ci_config *config,
                       const struct build_facts *build, void *mem)
{
    const char *branch = facts_property(build, "branch"), *revision = revision_of(build);

    ci_buf_printf(out, "Build %lld of %s: %s (%s)\n", (long long)build->number, build->builder,
                  build->state_string, ci_result_name(build->results));
    if (build->has_previous && build->previous_results >= 0)
        ci_buf_printf(out, "The build before: %s\n", ci_result_name(build->previous_results));
    ci_buf_printf(out, "%s\n\n", render_build_url(config, build, mem));
    ci_buf_printf(out, "Reason:    %s\n", build->reason);
    if (branch)
        ci_buf_printf(out, "Branch:    %s\n", branch);
    if (revision)
        ci_buf_printf(out, "Revision:  %s\n", revision);
    ci_buf_printf(out, "Worker:    %s\nDuration:  %d s\n", build->worker,
                  seconds_between(build->started_at, build->complete_at));
}

static void text_changes(struct ci_buf *out, const struct build_facts *build, void *mem)
{
    if (build->changes.count == 0)
        return;
    ci_buf_puts(out, "\nChanges:\n");
    CI_FOREACH(const struct change_facts, change, build->changes)
        ci_buf_printf(out, "  %.10s  %s: %.*s\n", change->revision ? change->revision : "",
                      mail_one_line(change->author, mem), (int)first_line(change->comments),
                      change->comments ? change->comments : "");
}

static void text_steps(struct ci_buf *out, const struct build_facts *build)
{
    ci_buf_puts(out, "\nSteps:\n");
    CI_FOREACH(const struct step_facts, step, build->steps)
        ci_buf_printf(out, "  %-10s %s: %s (%d s)\n", ci_result_name(step->results), step->name,
                      step->state_string, seconds_between(step->started_at, step->complete_at));
}

const char *render_text(const struct ci_config *config, const struct build_facts *build, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    text_facts(&out, config, build, mem);
    text_changes(&out, build, mem);
    text_steps(&out, build);
    if (build->log_tail)
        ci_buf_printf(&out, "\nThe end of the log of step %s:\n\n%s", build->log_step,
                      build->log_tail);
    return out.text;
}

const char *html_escape(const char *text, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (const char *p = text ? text : ""; *p; p++) {
        switch (*p) {
        case '&':
            ci_buf_puts(&out, "&amp;");
            break;
        case '<':
            ci_buf_puts(&out, "&lt;");
            break;
        case '>':
            ci_buf_puts(&out, "&gt;");
            break;
        case '"':
            ci_buf_puts(&out, "&quot;");
            break;
        case '\'':
            ci_buf_puts(&out, "&#39;");
            break;
        default:
            ci_buf_add(&out, p, 1);
        }
    }
    return out.text;
}

static void html_row(struct ci_buf *out, const char *name, const char *value, void *mem)
{
    if (value)
        ci_buf_printf(
            out, "<tr><td style=\"padding:2px 12px 2px 0;color:#5f6368\">%s</td><td>%s</td></tr>\n",
            name, html_escape(value, mem));
}

static void html_head(struct ci_buf *out, const struct ci_config *config,
                      const struct build_facts *build, void *mem)
{
    ci_buf_printf(out,
                  "<h2 style=\"margin:0 0 8px;color:%s\">%s: %s</h2>\n"
                  "<p><a href=\"%s\">Build %lld of %s</a>",
                  colours[known_result(build->results)], html_escape(build->builder, mem),
                  html_escape(build->state_string, mem),
                  html_escape(render_build_url(config, build, mem), mem), (long long)build->number,
                  html_escape(build->builder, mem));
    if (build->has_previous && build->previous_results >= 0)
        ci_buf_printf(out, "; the build before: %s", ci_result_name(build->previous_results));
    ci_buf_puts(out, "</p>\n<table style=\"border-collapse:collapse\">\n");
    html_row(out, "Result", ci_result_name(build->results), mem);
    html_row(out, "Reason", build->reason, mem);
    html_row(out, "Branch", facts_property(build, "branch"), mem);
    html_row(out, "Revision", revision_of(build), mem);
    html_row(out, "Worker", build->worker, mem);
    html_row(out, "Duration",
             ci_mem_printf(mem, "%d s", seconds_between(build->started_at, build->complete_at)),
             mem);
    ci_buf_puts(out, "</table>\n");
}

/* A link where the change has one to the web; nothing else may stand in an href. */
static const char *html_revision(const struct change_facts *change, void *mem)
{
    const char *link = change->revlink, *code;

    code = ci_mem_printf(
        mem, "<code>%s</code>",
        html_escape(ci_mem_printf(mem, "%.10s", change->revision ? change->revision : ""), mem));
    if (!link || (strncmp(link, "https://", 8) != 0 && strncmp(link, "http://", 7) != 0))
        return code;
    return ci_mem_printf(mem, "<a href=\"%s\">%s</a>", html_escape(link, mem), code);
}

static void html_changes(struct ci_buf *out, const struct build_facts *build, void *mem)
{
    if (build->changes.count == 0)
        return;
    ci_buf_puts(out, "<h3>Changes</h3>\n<ul>\n");
    CI_FOREACH(const struct change_facts, change, build->changes)
        ci_buf_printf(out, "<li>%s %s: %s</li>\n", html_revision(change, mem),
                      html_escape(change->author, mem),
                      html_escape(ci_mem_strndup(mem, change->comments ? change->comments : "",
                                                 first_line(change->comments)),
                                  mem));
    ci_buf_puts(out, "</ul>\n");
}

static void html_steps(struct ci_buf *out, const struct build_facts *build, void *mem)
{
    ci_buf_puts(out, "<h3>Steps</h3>\n<table style=\"border-collapse:collapse\">\n");
    CI_FOREACH(const struct step_facts, step, build->steps)
        ci_buf_printf(
            out,
            "<tr><td style=\"padding:2px 12px 2px 0;color:%s\">%s</td><td>%s: %s (%d s)</td></tr>\n",
            colours[known_result(step->results)], ci_result_name(step->results),
            html_escape(step->name, mem), html_escape(step->state_string, mem),
            seconds_between(step->started_at, step->complete_at));
    ci_buf_puts(out, "</table>\n");
}

const char *render_html(const struct ci_config *config, const struct build_facts *build, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n"
                      "<body style=\"font-family:system-ui,sans-serif;font-size:14px\">\n");
    html_head(&out, config, build, mem);
    html_changes(&out, build, mem);
    html_steps(&out, build, mem);
    if (build->log_tail)
        ci_buf_printf(
            &out,
            "<h3>The end of the log of step %s</h3>\n"
            "<pre style=\"background:#f6f8fa;padding:8px;white-space:pre-wrap\">%s</pre>\n",
            html_escape(build->log_step, mem), html_escape(build->log_tail, mem));
    ci_buf_puts(&out, "</body></html>\n");
    return out.text;
}
