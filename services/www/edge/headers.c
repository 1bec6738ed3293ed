/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of every answer that has not set its own: what a browser must not do with it. */
#include "www.h"

const struct ci_default_header www_headers[] = {
  /* Data is no page: it loads nothing, runs nothing and stands in nobody's frame. */
    {"Content-Security-Policy",   "default-src 'none'; frame-ancestors 'none'",                   false},
    {"Permissions-Policy",        "camera=(), geolocation=(), microphone=(), payment=(), usb=()", false},
    {"Referrer-Policy",           "same-origin",                                                  false},
    {"Strict-Transport-Security", "max-age=31536000",                                             true },
    {"X-Content-Type-Options",    "nosniff",                                                      false},
    {"X-Frame-Options",           "DENY",                                                         false},
    {NULL,                        NULL,                                                           false},
};
