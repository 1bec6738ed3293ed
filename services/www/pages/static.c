/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/static.h"

#include "pages/pages.h"
#include "reply.h"
#include "www.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 32 << 20 };

const char *static_find_dir(const char *given, const char *program, void *mem)
{
    /* Relative to the program's folder: <prefix>/bin, or <tree>/build/<preset>/bin. */
    static const char *const places[] = {"../share/slipway/ui", "../../../services/www/ui/dist"};
    const char *slash = program ? strrchr(program, '/') : NULL;

    if (given && *given)
        return ci_mem_strdup(mem, given);
    for (size_t i = 0; slash && i < CI_COUNT(places); i++) {
        char *dir = ci_mem_printf(mem, "%.*s/%s", (int)(slash - program), program, places[i]);

        if (access(ci_mem_printf(mem, "%s/index.html", dir), R_OK) == 0)
            return dir;
    }
    return NULL;
}

bool static_is_safe(const char *path)
{
    for (;;) {
        size_t len = strcspn(path, "/");

        /* A leading dot is "..", "." or hidden; an empty segment makes a path absolute. */
        if (len == 0 || path[0] == '.' || memchr(path, '\\', len))
            return false;
        if (!path[len])
            return true;
        path += len + 1;
    }
}

const char *static_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html",        "text/html; charset=utf-8"       },
        {".js",          "text/javascript; charset=utf-8" },
        {".css",         "text/css; charset=utf-8"        },
        {".json",        "application/json; charset=utf-8"},
        {".map",         "application/json; charset=utf-8"},
        {".txt",         "text/plain; charset=utf-8"      },
        {".webmanifest", "application/manifest+json"      },
        {".svg",         "image/svg+xml"                  },
        {".png",         "image/png"                      },
        {".ico",         "image/x-icon"                   },
        {".woff2",       "font/woff2"                     },
        {".wasm",        "application/wasm"               },
    };
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < CI_COUNT(types); i++)
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Opens a file of the folder; -1 when there is none. */
static int open_file(const char *dir, const char *path, void *mem, struct stat *status)
{
    int fd = open(ci_mem_printf(mem, "%s/%s", dir, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd >= 0 &&
        (fstat(fd, status) != 0 || !S_ISREG(status->st_mode) || status->st_size > FILE_MAX)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool read_file(int fd, size_t len, void *mem, struct ci_bytes *out, struct ci_err *err)
{
    char *data = ci_mem_alloc(mem, len + 1);
    size_t have = 0;

    while (have < len) {
        ssize_t got = read(fd, data + have, len - have);

        if (got <= 0)
            return ci_fail(err, CI_EINTERNAL, "a file of the UI changed while it was read");
        have += (size_t)got;
    }
    *out = (struct ci_bytes){data, len};
    return true;
}

/*
 * The page may load and call nothing but this server, and runs no script but
 * its own. The preview of a mail stands in a frame without scripts that inherits
 * this; the mail's colours are styles in its attributes.
 */
static const char *const policy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

static void set_headers(const struct ci_request *request, struct ci_response *response,
                        const char *path, const char *tag)
{
    /* Names below assets/ carry a hash of the content: what was fetched once holds for ever. */
    bool hashed = strncmp(path, "assets/", 7) == 0;

    ci_response_header(request, response, "Cache-Control",
                       hashed ? "public, max-age=31536000, immutable" : "no-cache");
    ci_response_header(request, response, "ETag", tag);
    if (ci_response_get(response, "Content-Encoding"))
        ci_response_header(request, response, "Vary", "Accept-Encoding");
    ci_response_header(request, response, "Content-Security-Policy", policy);
    response->content_type = static_type(path);
}

/* ---- files that were packed when the UI was built ---- */

static const char *packed_name(const char *path, enum ci_coding coding, void *mem)
{
    static const char *const endings[] = {[CI_CODING_NONE] = "",
                                          [CI_CODING_GZIP] = ".gz",
                                          [CI_CODING_ZSTD] = ".zst",
                                          [CI_CODING_BR] = ".br"};

    return coding == CI_CODING_NONE ? path : ci_mem_printf(mem, "%s%s", path, endings[coding]);
}

/* The best of those that lie beside the file. What is not there is packed by the server. */
static enum ci_coding choose_packed(const char *dir, const char *path,
                                    const struct ci_request *request)
{
    const char *accept = ci_request_header(request, "accept-encoding");
    unsigned there = 0;

    if (!accept || !static_is_safe(path))
        return CI_CODING_NONE;
    for (int i = CI_CODING_GZIP; i < CI_CODING_COUNT; i++) {
        const char *name = packed_name(path, (enum ci_coding)i, request->mem);

        if (access(ci_mem_printf(request->mem, "%s/%s", dir, name), R_OK) == 0)
            there |= 1U << i;
    }
    return ci_coding_choose(accept, there);
}

bool static_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    const char *dir = www_of(service)->ui_dir;
    const char *path = ci_request_param(request, "path");
    struct stat status;

    path = path && *path ? path : "index.html";
    if (!dir)
        return reply_error(request, response, 503,
                           "the web UI is not installed here; --ui-dir names its folder");
    enum ci_coding coding = choose_packed(dir, path, request);
    const char *file = packed_name(path, coding, request->mem);
    CI_CLEANUP(close_fd)
    int fd = static_is_safe(path) ? open_file(dir, file, request->mem, &status) : -1;
    if (fd < 0)
        return ci_fail(err, CI_ENOTFOUND, "no such page");
    if (strcmp(file, "index.html") == 0) {
        struct ci_bytes page;

        if (!read_file(fd, (size_t)status.st_size, request->mem, &page, err))
            return false;
        if (page_wants_config(page)) {
            page_inject(www_of(service), request, page, response);
            return true;
        }
        lseek(fd, 0, SEEK_SET);
    }
    if (coding != CI_CODING_NONE)
        ci_response_header(request, response, "Content-Encoding", ci_coding_name(coding));
    const char *tag = ci_mem_printf(request->mem, "\"%llx-%llx\"",
                                    (unsigned long long)status.st_mtim.tv_sec * 1000000000ULL +
                                        (unsigned long long)status.st_mtim.tv_nsec,
                                    (unsigned long long)status.st_size);
    const char *known = ci_request_header(request, "if-none-match");
    set_headers(request, response, path, tag);
    if (known && ci_etag_matches(known, tag)) {
        response->status = 304;
        return true;
    }
    return read_file(fd, (size_t)status.st_size, request->mem, &response->raw, err);
}
