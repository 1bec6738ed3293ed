/* SPDX-License-Identifier: Apache-2.0 */
/* Reading requests: queries, forms, cookies, credentials. */
#include "../../libshared/src/http_internal.h"
#include "ci_test.h"

#include <string.h>

static const struct ci_request *with_header(void *mem, const char *name, const char *value)
{
    struct ci_request *request = ci_mem_zero(mem, struct ci_request);
    struct ci_pair *header = ci_mem_zero(mem, struct ci_pair);

    *header = (struct ci_pair){name, value};
    request->mem = mem;
    request->headers = (struct ci_pairs){header, 1};
    return request;
}

static void query__keeps_order_and_repeats(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text = "field=a&limit=5&&field=b+c%2B%26&flag&=x&field=";
    struct ci_pairs pairs = ci_query_parse(mem, text, strlen(text));
    const struct ci_pair expected[] = {
        {"field", "a"    },
        {"limit", "5"    },
        {"field", "b c+&"},
        {"flag",  ""     },
        {"",      "x"    },
        {"field", ""     },
    };

    (void)state;
    assert_int_equal(pairs.count, CI_COUNT(expected));
    for (size_t i = 0; i < pairs.count; i++) {
        assert_string_equal(pairs.items[i].name, expected[i].name);
        assert_string_equal(pairs.items[i].value, expected[i].value);
    }
    assert_int_equal(ci_query_parse(mem, "", 0).count, 0);
}

static void query__keeps_bad_escapes_as_they_are(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(ci_url_decode(mem, "%zz%4%00%41%", 12, true), "%zz%4%00A%");
}

static void cookie__is_found_whole(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_request *request =
        with_header(mem, "cookie", "xsession=1; session=abc=; quoted=\"a b\" ;last=9");

    (void)state;
    assert_string_equal(ci_request_cookie(request, "session"), "abc=");
    assert_string_equal(ci_request_cookie(request, "xsession"), "1");
    assert_string_equal(ci_request_cookie(request, "quoted"), "a b");
    assert_string_equal(ci_request_cookie(request, "last"), "9");
    assert_null(ci_request_cookie(request, "sess"));
    assert_null(ci_request_cookie(request, "none"));
}

static void bearer__needs_its_scheme(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(ci_request_bearer(with_header(mem, "authorization", "bearer  t0")), "t0");
    assert_null(ci_request_bearer(with_header(mem, "authorization", "Basic t0")));
    assert_null(ci_request_bearer(with_header(mem, "authorization", "Bearer")));
    assert_null(ci_request_bearer(with_header(mem, "authorization", "Bearer ")));
    assert_null(ci_request_bearer(with_header(mem, "host", "x")));
}

static void basic__is_decoded(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *user = NULL, *password = NULL;

    (void)state;
    /* w1:pass:word */
    assert_true(ci_request_basic(with_header(mem, "authorization", "Basic dzE6cGFzczp3b3Jk"), &user,
                                 &password));
    assert_string_equal(user, "w1");
    assert_string_equal(password, "pass:word");
    assert_false(ci_request_basic(with_header(mem, "authorization", "Basic !"), &user, &password));
    assert_false(ci_request_basic(with_header(mem, "authorization", "Basic dzE="), &user,
                                  &password)); /* no colon */
    assert_false(ci_request_basic(with_header(mem, "authorization", "Basic dwA6eA=="), &user,
                                  &password)); /* "w\0:x" */
}

static void form__needs_its_type(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_request request =
        *with_header(mem, "content-type", "application/x-www-form-urlencoded; charset=utf-8");
    struct ci_request other = *with_header(mem, "content-type", "text/plain");

    (void)state;
    request.raw = other.raw = (struct ci_bytes){"a=1&payload=%7B%7D", 18};
    assert_string_equal(ci_pairs_get(ci_request_form(&request), "payload"), "{}");
    assert_int_equal(ci_request_form(&other).count, 0);
}

static void id__accepts_safe_text_only(void **state)
{
    char text[66];

    (void)state;
    memset(text, 'a', sizeof(text));
    text[65] = '\0';
    assert_false(ci_request_id_valid(text));
    text[64] = '\0';
    assert_true(ci_request_id_valid(text));
    assert_true(ci_request_id_valid("A-1_b.2"));
    assert_false(ci_request_id_valid(""));
    assert_false(ci_request_id_valid(NULL));
    assert_false(ci_request_id_valid("a b"));
}

static void status__and_code_belong_together(void **state)
{
    (void)state;
    for (int code = CI_EINVALID; code <= CI_EINTERNAL; code++)
        assert_int_equal(ci_errc_of(ci_status_of((enum ci_errc)code)), code);
    assert_int_equal(ci_errc_of(502), CI_EUNAVAILABLE);
    assert_int_equal(ci_errc_of(429), CI_EUNAVAILABLE);
    assert_int_equal(ci_errc_of(422), CI_EINVALID);
}

static void response__collects_headers(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_request *request = with_header(mem, "host", "x");
    struct ci_response response = {0};

    (void)state;
    ci_response_header(request, &response, "Location", "/a");
    ci_response_header(request, &response, "Allow", "GET");
    assert_int_equal(response.headers.count, 2);
    assert_string_equal(ci_pairs_get(response.headers, "Location"), "/a");
    assert_string_equal(ci_pairs_get(response.headers, "Allow"), "GET");
}

static void query__is_logged_without_secrets(void **state)
{
    static const struct {
        const char *query, *logged;
    } cases[] = {
        {"limit=5&order=-id",                "limit=5&order=-id"                 },
        {"token=abc&a=1",                    "token=***&a=1"                     },
        {"ACCESS_TOKEN=abc&Client-Secret=x", "ACCESS_TOKEN=***&Client-Secret=***"},
        {"code=abc&state=xyz",               "code=***&state=***"                },
        {"password=a%26b&x_api_key=y",       "password=***&x_api_key=***"        },
        {"a=%ff",                            "a=\xef\xbf\xbd"                    },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(
            cases[i].logged,
            ci_query_masked(ci_query_parse(mem, cases[i].query, strlen(cases[i].query)), mem));
    assert_null(ci_query_masked((struct ci_pairs){0}, mem));
    char *large = ci_mem_alloc(mem, 100001);
    memset(large, 'a', 100000);
    assert_true(strlen(ci_query_masked(ci_query_parse(mem, large, 100000), mem)) <= 303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__is_logged_without_secrets),
        cmocka_unit_test(query__keeps_order_and_repeats),
        cmocka_unit_test(query__keeps_bad_escapes_as_they_are),
        cmocka_unit_test(cookie__is_found_whole),
        cmocka_unit_test(bearer__needs_its_scheme),
        cmocka_unit_test(basic__is_decoded),
        cmocka_unit_test(form__needs_its_type),
        cmocka_unit_test(id__accepts_safe_text_only),
        cmocka_unit_test(status__and_code_belong_together),
        cmocka_unit_test(response__collects_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
