/* SPDX-License-Identifier: Apache-2.0 */
/* The router: patterns, precedence, 405 and decoding. */
#include "../../libshared/src/http_internal.h"
#include "ci_test.h"

static bool serve(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    (void)service, (void)request, (void)response, (void)err;
    return true;
}

static const struct ci_route routes[] = {
    {"GET",  "/",                     CI_ROLE_PUBLIC, serve, 0, false},
    {"GET",  "/builds/next",          CI_ROLE_PUBLIC, serve, 0, false},
    {"GET",  "/builds/:n:id",         CI_ROLE_PUBLIC, serve, 0, false},
    {"POST", "/builds/:n:id",         CI_ROLE_PUBLIC, serve, 0, false},
    {"GET",  "/builds/:name",         CI_ROLE_PUBLIC, serve, 0, false},
    {"GET",  "/builds/:n:id/logs/:l", CI_ROLE_PUBLIC, serve, 0, false},
    {"*",    "/hook/:dialect",        CI_ROLE_PUBLIC, serve, 0, false},
    {"GET",  "/ui/*file",             CI_ROLE_PUBLIC, serve, 0, false},
};

static struct ci_route_match find(void *mem, const char *method, const char *path)
{
    return ci_route_find(routes, CI_COUNT(routes), method, path, mem);
}

static void assert_route(const char *method, const char *path, int expected)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_route *route = find(mem, method, path).route;

    assert_int_equal(route ? route - routes : -1, expected);
}

static void route__takes_first_match_of_table(void **state)
{
    (void)state;
    assert_route("GET", "/", 0);
    assert_route("GET", "/builds/next", 1);
    assert_route("GET", "/builds/17", 2);
    assert_route("POST", "/builds/17", 3);
    assert_route("GET", "/builds/linux", 4);
    assert_route("GET", "/builds/17/logs/stdio", 5);
}

static void route__needs_every_segment(void **state)
{
    (void)state;
    assert_route("GET", "/builds", -1);
    assert_route("GET", "/builds/", -1);
    assert_route("GET", "/builds/17/", -1);
    assert_route("GET", "/builds/17/logs", -1);
    assert_route("GET", "/builds/x/logs/stdio", -1);
    assert_route("GET", "/nothing", -1);
    assert_route("GET", "", -1);
    assert_route("GET", "*", -1);
}

static void route__integer_takes_no_overflow_and_no_sign(void **state)
{
    (void)state;
    assert_route("POST", "/builds/999999999999999999", 3);
    assert_route("POST", "/builds/9999999999999999999", -1);
    assert_route("POST", "/builds/-1", -1);
    assert_route("POST", "/builds/1e3", -1);
}

static void route__head_is_served_by_get_and_star_by_all(void **state)
{
    (void)state;
    assert_route("HEAD", "/builds/17", 2);
    assert_route("PATCH", "/hook/github", 6);
}

static void route__tells_allowed_methods(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_route_match match = find(mem, "DELETE", "/builds/17");

    (void)state;
    assert_null(match.route);
    assert_string_equal(match.allow, "GET, HEAD, POST");
    assert_null(find(mem, "DELETE", "/nothing").allow);
}

static void route__decodes_parameters_after_splitting(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_route_match match = find(mem, "GET", "/builds/a%2Fb%20c+d%");

    (void)state;
    assert_string_equal(ci_pairs_get(match.params, "name"), "a/b c+d%");
}

static void route__rest_takes_slashes_and_may_be_empty(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(ci_pairs_get(find(mem, "GET", "/ui/js/app.js").params, "file"),
                        "js/app.js");
    assert_string_equal(ci_pairs_get(find(mem, "GET", "/ui/").params, "file"), "");
    assert_route("GET", "/ui", -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route__takes_first_match_of_table),
        cmocka_unit_test(route__needs_every_segment),
        cmocka_unit_test(route__integer_takes_no_overflow_and_no_sign),
        cmocka_unit_test(route__head_is_served_by_get_and_star_by_all),
        cmocka_unit_test(route__tells_allowed_methods),
        cmocka_unit_test(route__decodes_parameters_after_splitting),
        cmocka_unit_test(route__rest_takes_slashes_and_may_be_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
