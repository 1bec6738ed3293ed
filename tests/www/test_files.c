/* SPDX-License-Identifier: Apache-2.0 */
/* The UI's files, and the web hooks handed on. */
#include "ci_test.h"
#include "edge/forward.h"
#include "pages/static.h"
#include "shared/mem.h"
#include "www.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void static__opens_no_path_outside(void **state)
{
    static const char *const bad[] = {"..",          "../x", "a/../x", "a/..",  ".git/config",
                                      "/etc/passwd", "a//b", "",       "a/",    "a\\b",
                                      "..\\x",       "./a",  "a/./b",  "//etc", ".hidden"};
    static const char *const good[] = {"index.html", "assets/index-abc.js", "a/b/c.d", "a..b"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++)
        if (static_is_safe(bad[i]))
            fail_msg("%s is taken for safe", bad[i]);
    for (size_t i = 0; i < CI_COUNT(good); i++)
        assert_true(static_is_safe(good[i]));
}

static void static__knows_types(void **state)
{
    (void)state;
    assert_string_equal("text/html; charset=utf-8", static_type("index.html"));
    assert_string_equal("text/javascript; charset=utf-8", static_type("assets/a.b.js"));
    assert_string_equal("application/octet-stream", static_type("assets/x"));
    assert_string_equal("application/octet-stream", static_type("a.exe"));
}

/* A folder as an installed UI has it, with a file outside of it that a link leads to. */
struct files {
    char dir[64];
    void *mem;
    struct www www;
    struct ci_app app;
};

static void write_file(const struct files *files, const char *name, const char *text)
{
    FILE *file = fopen(ci_mem_printf(files->mem, "%s/%s", files->dir, name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char *path_in(const struct files *files, const char *name)
{
    return ci_mem_printf(files->mem, "%s/%s", files->dir, name);
}

static int files_begin(void **state)
{
    void *mem = ci_mem_new();
    struct files *files = ci_mem_zero(mem, struct files);

    files->mem = mem;
    snprintf(files->dir, sizeof(files->dir), "/tmp/www-files.XXXXXX");
    assert_non_null(mkdtemp(files->dir));
    assert_int_equal(0, mkdir(path_in(files, "ui"), 0755));
    assert_int_equal(0, mkdir(path_in(files, "ui/assets"), 0755));
    write_file(files, "ui/index.html", "<p>hello");
    write_file(files, "ui/assets/a-1.js", "1;");
    write_file(files, "secret", "secret");
    assert_int_equal(0, symlink("../secret", path_in(files, "ui/link")));
    files->www.ui_dir = path_in(files, "ui");
    files->app.state = &files->www;
    *state = files;
    return 0;
}

static int files_end(void **state)
{
    static const char *const all[] = {"ui/link", "secret", "ui/assets/a-1.js", "ui/index.html"};
    static const char *const dirs[] = {"ui/assets", "ui", "."};
    struct files *files = *state;

    for (size_t i = 0; i < CI_COUNT(all); i++)
        unlink(path_in(files, all[i]));
    for (size_t i = 0; i + 1 < CI_COUNT(dirs); i++)
        rmdir(path_in(files, dirs[i]));
    rmdir(files->dir);
    ci_mem_free(files->mem);
    return 0;
}

static struct ci_response fetch(struct files *files, const char *path, const char *etag,
                                bool *found)
{
    struct ci_pair *param = ci_mem_zero(files->mem, struct ci_pair);
    struct ci_pair *header = ci_mem_zero(files->mem, struct ci_pair);
    struct ci_response response = {0};
    struct ci_err err = {0};

    *param = (struct ci_pair){"path", path};
    *header = (struct ci_pair){"if-none-match", etag};
    struct ci_request request = {
        .mem = files->mem, .params = {param,  1           },
             .headers = {header, etag ? 1 : 0}
    };
    *found = static_get(&files->app, &request, &response, &err);
    return response;
}

static void static__serves_files_with_their_headers(void **state)
{
    struct files *files = *state;
    bool found;
    struct ci_response response = fetch(files, "", NULL, &found);

    assert_true(found);
    assert_memory_equal("<p>hello", response.raw.data, 8);
    assert_string_equal("no-cache", ci_pairs_get(response.headers, "Cache-Control"));
    assert_non_null(strstr(ci_pairs_get(response.headers, "Content-Security-Policy"),
                           "frame-ancestors 'none'"));
    const char *etag = ci_pairs_get(response.headers, "ETag");
    assert_int_equal(304, fetch(files, "index.html", etag, &found).status);
    assert_int_equal(0, fetch(files, "index.html", "\"other\"", &found).status);
    response = fetch(files, "assets/a-1.js", NULL, &found);
    assert_string_equal("public, max-age=31536000, immutable",
                        ci_pairs_get(response.headers, "Cache-Control"));
    fetch(files, "link", NULL, &found);
    assert_false(found);
    fetch(files, "../secret", NULL, &found);
    assert_false(found);
    fetch(files, "assets", NULL, &found);
    assert_false(found);
    files->www.ui_dir = NULL;
    assert_int_equal(503, fetch(files, "", NULL, &found).status);
}

static void static__finds_its_folder(void **state)
{
    struct files *files = *state;

    mkdir(path_in(files, "bin"), 0755);
    mkdir(path_in(files, "share"), 0755);
    mkdir(path_in(files, "share/slipway"), 0755);
    assert_int_equal(0, symlink("../../ui", path_in(files, "share/slipway/ui")));
    const char *program = path_in(files, "bin/slipway-www");
    assert_string_equal(path_in(files, "bin/../share/slipway/ui"),
                        static_find_dir(NULL, program, files->mem));
    assert_string_equal("/given", static_find_dir("/given", program, files->mem));
    unlink(path_in(files, "share/slipway/ui"));
    assert_null(static_find_dir(NULL, program, files->mem));
    rmdir(path_in(files, "share/slipway"));
    rmdir(path_in(files, "share"));
    rmdir(path_in(files, "bin"));
}

/* ---- web hooks ---- */

static void forward__encodes_the_address_again(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_pair query[] = {
        {"a b", "1&2"},
        {"c",   ""   }
    };
    struct ci_request request = {
        .mem = mem, .path = "/change_hook/git hub?", .query = {query, CI_COUNT(query)}
    };

    (void)state;
    assert_string_equal("http://h:1/change_hook/git%20hub%3F?a%20b=1%262&c=",
                        forward_url("http://h:1//", &request));
}

/* The changes service as the test has it: says what it got. */
static bool echo(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    (void)service, (void)err;
    const char *event = ci_request_header(request, "x-github-event");
    const char *cookie = ci_request_header(request, "cookie");
    const char *text =
        ci_mem_printf(request->mem, "%s %s %s %s %s %s %.*s", request->method, request->path,
                      ci_request_query(request, "q"), event ? event : "-", cookie ? cookie : "-",
                      ci_request_header(request, "content-type"), (int)request->raw.len,
                      request->raw.data ? (const char *)request->raw.data : "");

    response->status = 202;
    response->content_type = "text/html";
    response->raw = (struct ci_bytes){text, strlen(text)};
    return true;
}

static struct ci_request hook(void *mem)
{
    static const struct ci_pair headers[] = {
        {"content-type",   "application/json" },
        {"content-length", "7"                },
        {"x-github-event", "push"             },
        {"cookie",         "slipway_session=x"},
        {"host",           "ci.example"       }
    };
    static const struct ci_pair query[] = {
        {"q", "a b"}
    };

    return (struct ci_request){
        .mem = mem,
        .method = "POST",
        .path = "/change_hook/github",
        .id = "r1",
        .client = "192.0.2.7",
        .raw = {"{\"a\":1}", 7                },
        .headers = {headers,     CI_COUNT(headers)},
        .query = {query,       CI_COUNT(query)  }
    };
}

static void forward__hands_a_hook_on_and_its_answer_back(void **state)
{
    static const struct ci_route routes[] = {
        {"*", "/change_hook/*path", CI_ROLE_PUBLIC, echo, 0, true}
    };
    const struct ci_server_options options = {
        .listen = "127.0.0.1:0", .routes = routes, .route_count = 1};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_server *server;
    struct ci_response response = {0};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_server_start(&options, &server, &err), err);
    struct settings settings = {
        .changes_url = ci_mem_printf(mem, "http://127.0.0.1:%d", ci_server_port(server))};
    struct www www = {.settings = &settings, .forwarders = forwarders_new()};
    struct ci_app app = {.state = &www};
    struct ci_request request = hook(mem);
    for (int i = 0; i < 2; i++) {
        assert_ok(forward_hook(&app, &request, &response, &err), err);
        assert_int_equal(202, response.status);
        assert_string_equal("POST /change_hook/github a b push - application/json {\"a\":1}",
                            ci_mem_strndup(mem, response.raw.data, response.raw.len));
    }
    static const char *const ways_out[] = {"/change_hook/../metrics", "/change_hook/a/../../x",
                                           "/change_hook/..", "/change_hook/./github"};
    for (size_t i = 0; i < CI_COUNT(ways_out); i++) {
        struct ci_request climbing = request;

        climbing.path = ways_out[i];
        assert_false(forward_hook(&app, &climbing, &response, &err));
        assert_int_equal(CI_ENOTFOUND, err.code);
    }
    ci_server_stop(server, ci_seconds(5));
    assert_false(forward_hook(&app, &request, &response, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
    assert_non_null(strstr(err.msg, "send it again"));
    forwarders_free(www.forwarders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(static__opens_no_path_outside),
        cmocka_unit_test(static__knows_types),
        cmocka_unit_test_setup_teardown(static__serves_files_with_their_headers, files_begin,
                                        files_end),
        cmocka_unit_test_setup_teardown(static__finds_its_folder, files_begin, files_end),
        cmocka_unit_test(forward__encodes_the_address_again),
        cmocka_unit_test(forward__hands_a_hook_on_and_its_answer_back),
    };

    return cmocka_run_group_tests_name("www.files", tests, NULL, NULL);
}
