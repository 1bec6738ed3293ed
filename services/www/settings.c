/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

const struct ci_setting settings_rows[] = {
    {"ADMIN_TOKEN",         CI_SET_SECRET, offsetof(struct settings, admin_token),         NULL,
     "what proves the right to change anything",                                                                                                                                                      0,    0         },
    {"ARTIFACTS_DIR",       CI_SET_PATH,   offsetof(struct settings, artifacts_dir),       CI_SET_OPTIONAL,
     "folder of artifacts, where the configuration names no storage",                                                                                                                                 0,    0         },
    {"CHANGES_URL",         CI_SET_STR,    offsetof(struct settings, changes_url),         "http://127.0.0.1:8011",
     "URL of the changes service, which takes the web hooks",                                                                                                                                         0,    0         },
    {"CLIENT_STREAMS",      CI_SET_INT,    offsetof(struct settings, client_streams),      "500",
     "streams of live events at once for one client address; 0: any number",                                                                                                                          0,    100000    },
    {"PROXY_EMAIL_HEADER",  CI_SET_STR,    offsetof(struct settings, proxy_email_header),
     CI_SET_OPTIONAL,                                                                                               "header in which the trusted proxy gives the user's mail address",                0,    0         },
    {"PROXY_GROUPS_HEADER", CI_SET_STR,    offsetof(struct settings, proxy_groups_header),
     CI_SET_OPTIONAL,                                                                                               "header in which the trusted proxy gives the user's groups, with commas between", 0,    0         },
    {"PROXY_NAME_HEADER",   CI_SET_STR,    offsetof(struct settings, proxy_name_header),   CI_SET_OPTIONAL,
     "header in which the trusted proxy gives the user's full name",                                                                                                                                  0,    0         },
    {"PROXY_TRUST",         CI_SET_STR,    offsetof(struct settings, proxy_trust),         CI_SET_OPTIONAL,
     "addresses and blocks (10.0.0.0/8) of the proxies whose headers count, with commas between",                                                                                                     0,
     0                                                                                                                                                                                                                },
    {"PROXY_USER_HEADER",   CI_SET_STR,    offsetof(struct settings, proxy_user_header),   CI_SET_OPTIONAL,
     "header in which the trusted proxy names the user who signed in there",                                                                                                                          0,    0         },
    {"QUERY_ROWS",          CI_SET_INT,    offsetof(struct settings, query_rows),          "100000",
     "rows of a table from which on REST queries that no index serves are refused; totals and "
     "offsets go as far",                                                                                                                                                                             1000, 1000000000},
    {"SESSION_DAYS",        CI_SET_INT,    offsetof(struct settings, session_days),        "7",
     "days until a browser has to sign in again",                                                                                                                                                     1,    365       },
    {"UI_DIR",              CI_SET_PATH,   offsetof(struct settings, ui_dir),              CI_SET_OPTIONAL,
     "folder of the web UI; looked for near the program unless given",                                                                                                                                0,    0         },
    {"USER_STREAMS",        CI_SET_INT,    offsetof(struct settings, user_streams),        "200",
     "streams of live events at once for one user who signed in; 0: any number",                                                                                                                      0,    100000    },
    {"WS_PING_INTERVAL",    CI_SET_INT,    offsetof(struct settings, ws_ping_interval),    "30",
     "seconds between pings on a WebSocket, which show that both ends are there; 0: none",                                                                                                            0,    3600      },
};
const size_t settings_count = CI_COUNT(settings_rows);
