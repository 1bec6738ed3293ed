/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures and pages for those outside: badges, /cc.xml, /avatar and /robots.txt. */
#include "access/access.h"
#include "pages/badge.h"
#include "pages/cctray.h"
#include "pages/pages.h"
#include "reply.h"
#include "www_sql.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A picture runs nothing and loads nothing; its own style is in it. */
static const char *const picture_policy =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

static void send_picture(const struct ci_request *request, struct ci_response *response,
                         const char *svg, const char *caching)
{
    response->raw = (struct ci_bytes){svg, strlen(svg)};
    response->content_type = "image/svg+xml";
    ci_response_header(request, response, "Cache-Control", caching);
    ci_response_header(request, response, "Content-Security-Policy", picture_policy);
}

/* ---- badges ---- */

struct badge_row {
    int64_t builderid;
    bool found, complete;
    struct ci_maybe results;
};
static const struct ci_field badge_row_fields[] = {
    CI_FIELD(struct badge_row, builderid, 0),
    CI_FIELD(struct badge_row, found, 0),
    CI_FIELD(struct badge_row, complete, 0),
    CI_FIELD(struct badge_row, results, 0),
};
static const struct ci_record badge_row_record =
    CI_RECORD("badge", struct badge_row, badge_row_fields);

/* The builder's name or id without ".svg" or ".png"; NULL: neither. */
static const char *builder_of(const char *file, void *mem)
{
    size_t len = file ? strlen(file) : 0;

    if (len <= 4 || (strcmp(file + len - 4, ".svg") != 0 && strcmp(file + len - 4, ".png") != 0))
        return NULL;
    return ci_mem_strndup(mem, file, len - 4);
}

static int64_t id_of(const char *builder)
{
    size_t len = strlen(builder);

    return len < 18 && strspn(builder, "0123456789") == len ? strtoll(builder, NULL, 10) : 0;
}

/* What is hidden from who asks looks like what is not there. */
static bool find_status(struct www *www, const struct ci_request *request, const char *builder,
                        const char **status, struct ci_err *err)
{
    const struct identity *who;
    struct access_view view;
    struct ci_list rows;
    struct ci_err refusal;
    CI_AUTO_TX tx = {0};

    *status = badge_text(false, false, (struct ci_maybe){0});
    if (!access_check(www, request, CI_ACTION_READ, NULL, &who, &refusal))
        return true;
    if (!ci_tx_read(www->app->db, &tx, err) ||
        !access_view(www, &tx, who, request->mem, &view, err) ||
        !ci_db_rows(&tx, &sql_badge_build,
                    CI_ARGS(ci_arg(id_of(builder)), ci_arg(builder),
                            ci_arg(ci_request_query(request, "branch")), ci_arg(view.sources)),
                    &badge_row_record, request->mem, &rows, err))
        return false;
    const struct badge_row *row = rows.items;
    if (rows.count && (view.everything || !access_hides_builder(&view, row->builderid)))
        *status = badge_text(row->found, row->complete, row->results);
    return true;
}

bool badge_get(void *service, const struct ci_request *request, struct ci_response *response,
               struct ci_err *err)
{
    const char *builder = builder_of(ci_request_param(request, "file"), request->mem);
    const char *status;
    struct badge badge;

    if (!builder)
        return reply_error(request, response, 404, "a badge is called <builder>.svg");
    if (!find_status(www_of(service), request, builder, &status, err))
        return false;
    badge_read(request->query, status, request->mem, &badge);
    send_picture(request, response, badge_svg(&badge, request->mem), "no-cache");
    return true;
}

/* ---- cctray ---- */

bool cctray_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const struct identity *who;
    struct access_view view;
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    if (!access_check(www, request, CI_ACTION_READ, NULL, &who, err) ||
        !ci_tx_read(www->app->db, &tx, err) ||
        !access_view(www, &tx, who, request->mem, &view, err) ||
        !ci_db_rows(&tx, &sql_cctray_builders, CI_ARGS(ci_arg(view.builders), ci_arg(view.sources)),
                    &cctray_row_record, request->mem, &rows, err))
        return false;
    ci_tx_rollback(&tx);
    const char *xml = cctray_xml(rows, page_base_url(config, request), request->mem);
    response->raw = (struct ci_bytes){xml, strlen(xml)};
    response->content_type = "application/xml; charset=utf-8";
    ci_response_header(request, response, "Cache-Control", "private, no-cache");
    return true;
}

/* ---- avatars ---- */

static int size_of(const struct ci_request *request)
{
    const char *given = ci_request_query(request, "size");
    char *end = NULL;
    long size = given ? strtol(given, &end, 10) : 0;

    return given && end != given && !*end && size > 0 && size <= 2048 ? (int)size : 32;
}

/* Where gravatar keeps the picture of an address; by sha256, which says less than md5 would. */
static const char *gravatar_url(const char *email, int size, void *mem)
{
    char *lower = ci_mem_strdup(mem, email);
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[2 * sizeof(hash) + 1];

    for (char *at = lower; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at);
    crypto_hash_sha256(hash, (const unsigned char *)lower, strlen(lower));
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    return ci_mem_printf(mem, "//www.gravatar.com/avatar/%s?d=retro&s=%d", text, size);
}

static bool has_gravatar(const struct ci_config *config)
{
    return config->www.avatar_methods.count > 0; /* there is no other method */
}

bool avatar_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www_of(service)->app->config);
    const char *email = ci_request_query(request, "email");
    int size = size_of(request);

    (void)err;
    if (email && *email && has_gravatar(config)) {
        response->status = 302;
        ci_response_header(request, response, "Location", gravatar_url(email, size, request->mem));
        return true;
    }
    send_picture(request, response,
                 ci_mem_printf(request->mem,
                               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                               "height=\"%d\" viewBox=\"0 0 32 32\"><rect width=\"32\" "
                               "height=\"32\" fill=\"#d0d4da\"/><circle cx=\"16\" cy=\"12\" "
                               "r=\"6\" fill=\"#fff\"/><path d=\"M4 32a12 12 0 0 1 24 0z\" "
                               "fill=\"#fff\"/></svg>\n",
                               size, size),
                 "public, max-age=86400");
    return true;
}

/* ---- robots ---- */

bool robots_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www_of(service)->app->config);
    const char *text =
        config->www.robots_allowed ? "User-agent: *\nDisallow:\n" : "User-agent: *\nDisallow: /\n";

    (void)err, (void)request;
    response->raw = (struct ci_bytes){text, strlen(text)};
    response->content_type = "text/plain; charset=utf-8";
    return true;
}
