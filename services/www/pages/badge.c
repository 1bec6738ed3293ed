/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/badge.h"

#include "pages/markup.h"
#include "shared/result.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 100, PIXELS_MAX = 100 };

/* ---- what it says ---- */

static const struct {
    const char *status, *option, *color;
} colors[] = {
    {"success",   "success_color",   "#4c1"   },
    {"warnings",  "warnings_color",  "#dfb317"},
    {"failure",   "failure_color",   "#e05d44"},
    {"skipped",   "skipped_color",   "#a4a61d"},
    {"exception", "exception_color", "#007ec6"},
    {"retry",     "retry_color",     "#007ec6"},
    {"running",   "running_color",   "#007ec6"},
    {"cancelled", "cancelled_color", "#9f9f9f"},
    {"unknown",   "unknown_color",   "#9f9f9f"},
};

const char *badge_text(bool found, bool complete, struct ci_maybe results)
{
    if (!found)
        return "unknown";
    if (!complete)
        return "running";
    for (size_t i = 0; i < CI_COUNT(colors); i++) {
        if (results.set && results.value >= 0 && results.value <= CI_CANCELLED &&
            strcmp(colors[i].status, ci_result_name((int)results.value)) == 0)
            return colors[i].status;
    }
    return "unknown";
}

/* ---- options ---- */

static const char *text_option(struct ci_pairs query, const char *name, const char *fallback,
                               void *mem)
{
    const char *given = ci_pairs_get(query, name);

    if (!given)
        return fallback;
    return ci_utf8_clean(mem, given, strnlen(given, TEXT_MAX));
}

static int pixels_option(struct ci_pairs query, const char *name, int min, int fallback)
{
    const char *given = ci_pairs_get(query, name);
    char *end = NULL;
    long value = given ? strtol(given, &end, 10) : 0;

    return given && end != given && !*end && value >= min && value <= PIXELS_MAX ? (int)value
                                                                                 : fallback;
}

/* A name or #rgb: nothing that a browser would fetch. */
static const char *color_option(struct ci_pairs query, const char *name, const char *fallback)
{
    const char *given = ci_pairs_get(query, name);
    size_t len = given ? strlen(given) : 0;

    if (len == 0 || len > 20 ||
        strspn(given + (*given == '#'),
               "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") !=
            len - (*given == '#'))
        return fallback;
    return given;
}

void badge_read(struct ci_pairs query, const char *status, void *mem, struct badge *out)
{
    const char *option = "unknown_color", *color = "#9f9f9f";

    for (size_t i = 0; i < CI_COUNT(colors); i++) {
        if (strcmp(colors[i].status, status) == 0) {
            option = colors[i].option;
            color = colors[i].color;
        }
    }
    *out = (struct badge){
        .left_text = text_option(query, "left_text", "Build Status", mem),
        .right_text = status,
        .left_color = color_option(query, "left_color", "#555"),
        .right_color = color_option(query, option, color),
        .font_face = text_option(query, "font_face", "DejaVu Sans", mem),
        .left_pad = pixels_option(query, "left_pad", 0, 5),
        .right_pad = pixels_option(query, "right_pad", 0, 5),
        .border_radius = pixels_option(query, "border_radius", 0, 5),
        .font_size = pixels_option(query, "font_size", 4, 11),
        .style = text_option(query, "style", "plastic", mem),
    };
}

/* ---- how it looks ---- */

static const struct style {
    const char *name;
    bool round, shadow, upper;
    const char *stops; /* of the gradient over it, or NULL */
} styles[] = {
    {"plastic",     true,  true,  false,
     "<stop offset=\"0\" stop-color=\"#fff\" stop-opacity=\".7\"/>"
     "<stop offset=\".1\" stop-color=\"#aaa\" stop-opacity=\".1\"/>"
     "<stop offset=\".9\" stop-opacity=\".3\"/><stop offset=\"1\" stop-opacity=\".5\"/>"},
    {"flat",        true,  true,  false,
     "<stop offset=\"0\" stop-color=\"#bbb\" stop-opacity=\".1\"/>"
     "<stop offset=\"1\" stop-opacity=\".1\"/>"                                         },
    {"flat-square", false, false, false, NULL                                           },
    {"badgeio",     true,  false, true,  NULL                                           },
};

static const struct style *find_style(const char *name)
{
    for (size_t i = 0; i < CI_COUNT(styles); i++) {
        if (strcmp(styles[i].name, name) == 0)
            return &styles[i];
    }
    return &styles[0];
}

/* Advance widths of Verdana, which DejaVu Sans shares, in 1/2048 em: ' ' to '~'. */
static const short widths[] = {
    720,  806,  940,  1676, 1302, 2204, 1488, 550,  930,  930,  1302, 1676, 745,  930,  745,  930,
    1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 930,  930,  1676, 1676, 1676, 1117,
    2048, 1400, 1404, 1430, 1578, 1295, 1177, 1588, 1539, 862,  931,  1419, 1140, 1726, 1532, 1612,
    1235, 1612, 1424, 1400, 1262, 1499, 1400, 2025, 1403, 1260, 1403, 930,  930,  930,  1676, 1302,
    1302, 1230, 1276, 1067, 1276, 1220, 720,  1276, 1296, 562,  705,  1212, 562,  1992, 1296, 1243,
    1276, 1276, 874,  1067, 807,  1296, 1212, 1676, 1212, 1212, 1076, 1300, 930,  1300, 1676,
};
enum { EM = 2048, WIDE = 2048 };

/* Pixels that a text takes. */
static int measure(const char *text, int font_size)
{
    long sum = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= ' ' && c <= '~')
            sum += widths[c - ' '];
        else if ((c & 0xc0) != 0x80) /* the first byte of another character */
            sum += WIDE;
    }
    return (int)((sum * font_size + EM - 1) / EM);
}

static void add_label(struct ci_buf *out, const struct style *style, const char *text,
                      double middle, int base)
{
    if (style->shadow)
        ci_buf_printf(out,
                      "<text x=\"%.1f\" y=\"%d\" fill=\"#010101\" fill-opacity=\".3\">%s</text>",
                      middle, base + 1, text);
    ci_buf_printf(out, "<text x=\"%.1f\" y=\"%d\"%s>%s</text>", middle, base,
                  style->upper ? " font-weight=\"bold\"" : "", text);
}

const char *badge_svg(const struct badge *badge, void *mem)
{
    const struct style *style = find_style(badge->style);
    const char *left = markup_escape(badge->left_text, mem);
    const char *right = markup_escape(badge->right_text, mem);
    int height = badge->font_size + 9, base = badge->font_size + 3;
    int left_width = measure(badge->left_text, badge->font_size) + 2 * badge->left_pad;
    int right_width = measure(badge->right_text, badge->font_size) + 2 * badge->right_pad;
    int width = left_width + right_width;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_printf(&out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                  "role=\"img\" aria-label=\"%s: %s\"><title>%s: %s</title>",
                  width, height, left, right, left, right);
    if (style->stops)
        ci_buf_printf(&out, "<linearGradient id=\"g\" x2=\"0\" y2=\"100%%\">%s</linearGradient>",
                      style->stops);
    ci_buf_printf(&out,
                  "<clipPath id=\"c\"><rect width=\"%d\" height=\"%d\" rx=\"%d\"/></clipPath>"
                  "<g clip-path=\"url(#c)\"><rect width=\"%d\" height=\"%d\" fill=\"%s\"/>"
                  "<rect x=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                  width, height, style->round ? badge->border_radius : 0, left_width, height,
                  markup_escape(badge->left_color, mem), left_width, right_width, height,
                  markup_escape(badge->right_color, mem));
    if (style->stops)
        ci_buf_printf(&out, "<rect width=\"%d\" height=\"%d\" fill=\"url(#g)\"/>", width, height);
    ci_buf_printf(&out,
                  "</g><g fill=\"#fff\" text-anchor=\"middle\" font-family=\"%s,Verdana,Geneva,"
                  "sans-serif\" font-size=\"%d\">",
                  markup_escape(badge->font_face, mem), badge->font_size);
    add_label(&out, style, left, left_width / 2.0, base);
    add_label(&out, style, right, left_width + right_width / 2.0, base);
    ci_buf_puts(&out, "</g></svg>\n");
    return out.text;
}
