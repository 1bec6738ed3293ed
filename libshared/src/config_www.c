/* SPDX-License-Identifier: Apache-2.0 */
/* `www` and `limits`: what the web server tells and allows, beyond who may do what. */
#include "config_internal.h"

#include <string.h>

/* ---- www ---- */

static const char *check_origin(const char *text, void *mem)
{
    (void)mem;
    if (!strstr(text, "://") && strcmp(text, "*") != 0)
        return "expected an origin such as https://ci.example or a pattern of one";
    for (const char *at = text; *at; at++) {
        if (*at >= 'A' && *at <= 'Z')
            return "origins are compared in lower case";
        if (*at <= ' ' || *at == ',')
            return "expected one origin, without blanks";
    }
    return text[strlen(text) - 1] == '/' ? "an origin has no path, nor a slash at the end" : NULL;
}

static const char *check_avatar_method(const char *text, void *mem)
{
    (void)mem;
    return strcmp(text, "gravatar") == 0 ? NULL
                                         : "not a method of finding pictures (known: gravatar)";
}

static const char *const robots_names[] = {"disallow", "allow", NULL};

#define AT(member) offsetof(struct ci_www, member)
static const struct key www_keys[] = {
    KEY("allowed_origins", KEY_STRS, AT(allowed_origins), 0,
        "Origins whose pages may call the REST API from a browser (CORS), as globs in lower case; "
        "default: that of url.",
        .example = "[\"https://*.acme.example\"]", .check = check_origin),
    KEY("avatar_methods", KEY_STRS, AT(avatar_methods), KEY_UNIQUE,
        "Where pictures of people come from: gravatar, which sends browsers to a third party; "
        "default: none, and everybody gets the same picture.",
        .example = "[gravatar]", .check = check_avatar_method),
    KEY("json_cache_seconds", KEY_INT, AT(json_cache_seconds), 0,
        "Seconds that a client may keep an answer of the REST API without asking; default 0.",
        .example = "5", .max = 86400),
    KEY("robots", KEY_EITHER, AT(robots_allowed), 0,
        "Whether /robots.txt lets search engines in: allow or disallow; default disallow.",
        .example = "allow", .names = robots_names),
    KEY("theme", KEY_OBJECT, AT(theme), 0,
        "Colours and the like for the web UI, as /config shows them; default: none.",
        .example = "{bb-sidebar-background-color: \"#30426a\"}"),
    KEY("ui_default_config", KEY_OBJECT, AT(ui_default_config), 0,
        "Settings of the web UI for who has chosen none, as /config shows them; default: none.",
        .example = "{Builders.show_old_builders: true}"),
};
#undef AT

const struct section config_www = {
    .has_chapter = true,
    .name = "www",
    .help = "What the web server tells its clients.",
    SECTION_KEYS(www_keys),
    .size = sizeof(struct ci_www),
};

/* ---- limits ---- */

static const char *check_network(const char *text, void *mem)
{
    struct ci_network network;

    (void)mem;
    return ci_network_parse(text, &network) ? NULL : "expected an address or a network: 10.0.0.0/8";
}

static void finish_limits(struct decode *d, const struct node *map, void *out)
{
    struct ci_limits *limits = out;
    struct ci_network *items = ci_mem_array(d->mem, struct ci_network, limits->exempt.count + 1);
    size_t count = 0;

    if (!node_get(map, "exempt"))
        return; /* as the defaults have it */
    for (size_t i = 0; i < limits->exempt.count; i++)
        count += ci_network_parse(limits->exempt.items[i], &items[count]);
    limits->exempt_networks = (struct ci_networks){items, count};
}

enum { MOST = 10000000 };

#define AT(member) offsetof(struct ci_limits, member)
static const struct key limits_keys[] = {
    KEY("requests_per_minute", KEY_INT, AT(requests_per_minute), 0,
        "Requests that one client may make a minute in the long run; 0: any; default 6000.",
        .example = "600", .max = MOST),
    KEY("requests_burst", KEY_INT, AT(requests_burst), 0,
        "Requests that it may make at once after a pause; default 2000.", .example = "200",
        .min = 1, .max = MOST),
    KEY("writes_per_minute", KEY_INT, AT(writes_per_minute), 0,
        "The same for what changes something, POST and the like; 0: any; default 600.",
        .example = "60", .max = MOST),
    KEY("writes_burst", KEY_INT, AT(writes_burst), 0,
        "Changes that it may make at once after a pause; default 200.", .example = "20", .min = 1,
        .max = MOST),
    KEY("exempt", KEY_STRS, AT(exempt), 0,
        "Addresses and networks without limits; default: this machine (127.0.0.0/8 and ::1), from "
        "which everybody comes where a proxy on it is not named by --trusted-proxies.",
        .example = "[10.0.0.0/8]", .check = check_network),
};
#undef AT

const struct section config_limits = {
    .has_chapter = true,
    .name = "limits",
    .help = "How much one client, told by its address and by its credentials, may ask of the web "
            "server. More is answered 429 with Retry-After.",
    SECTION_KEYS(limits_keys),
    .size = sizeof(struct ci_limits),
    .finish = finish_limits,
};
