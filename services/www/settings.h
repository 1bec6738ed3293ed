/* SPDX-License-Identifier: Apache-2.0 */
/* The process settings of www. */
#pragma once

#include "shared/service.h"

struct settings {
    struct ci_common_settings common;
    const char *admin_token;
    const char *changes_url;
    const char *ui_dir;        /* NULL: looked for */
    const char *artifacts_dir; /* NULL: artifacts lie where the configuration says, or nowhere */
    const char *proxy_trust;   /* addresses and blocks; NULL: no proxy is trusted */
    const char *proxy_user_header; /* names the user; NULL: none does */
    const char *proxy_name_header, *proxy_email_header, *proxy_groups_header; /* or NULL */
    int session_days;
    int query_rows;                   /* of a table from which on a query needs an index */
    int client_streams, user_streams; /* at most at once; 0: any number */
    int ws_ping_interval;             /* seconds; 0: no pings */
};

extern const struct ci_setting settings_rows[];
extern const size_t settings_count;
