/* SPDX-License-Identifier: Apache-2.0 */
/* Badges: a builder's last result as a small picture, drawn as text of SVG. Pure. */
#pragma once

#include "shared/http.h"

struct badge {
    const char *left_text, *right_text;
    const char *left_color, *right_color;
    const char *font_face;
    int left_pad, right_pad, border_radius, font_size; /* pixels */
    const char *style;                                 /* plastic, flat, flat-square or badgeio */
};

/* What a build's result is called on a badge; `results` not set: there is none. */
const char *badge_text(bool found, bool complete, struct ci_maybe results);

/*
 * Buildbot's defaults, and what a query string puts in their place: left_text,
 * left_color, left_pad, right_pad, border_radius, font_face, font_size, style
 * and <result>_color. What can't be used is passed over. Texts live in mem or in `query`.
 */
void badge_read(struct ci_pairs query, const char *status, void *mem, struct badge *out);

/* The picture, in mem. */
const char *badge_svg(const struct badge *badge, void *mem);
