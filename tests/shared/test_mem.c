/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"
#include "shared/mem.h"

#include <string.h>

static void alloc__is_zeroed(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const int *numbers = ci_mem_array(mem, int, 100);

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(0, numbers[i]);
    ci_mem_free(NULL);
}

static void copies__end_in_a_nul(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_null(ci_mem_strdup(mem, NULL));
    assert_string_equal("abc", ci_mem_strdup(mem, "abc"));
    assert_string_equal("ab", ci_mem_strndup(mem, "abc", 2));
    assert_string_equal("ab", (char *)ci_mem_dup(mem, "abc", 2));
    assert_string_equal("", (char *)ci_mem_dup(mem, NULL, 0));
    assert_string_equal("x=7", ci_mem_printf(mem, "x=%d", 7));
}

static void json__is_freed_with_its_context(void **state)
{
    void *mem = ci_mem_new();
    json_t *json = json_object();

    (void)state;
    assert_ptr_equal(json, ci_mem_json(mem, json_incref(json)));
    assert_int_equal(2, json->refcount);
    ci_mem_free(mem);
    assert_int_equal(1, json->refcount);
    json_decref(json);
}

static void buf__grows(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char long_text[1000];
    struct ci_buf buf;

    (void)state;
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    ci_buf_init(&buf, mem);
    assert_string_equal("", buf.text);
    ci_buf_puts(&buf, "a");
    ci_buf_printf(&buf, "%s%d", long_text, 5);
    ci_buf_add(&buf, "b", 1);
    ci_buf_add(&buf, NULL, 0);
    assert_int_equal(1 + 999 + 1 + 1, buf.len);
    assert_int_equal(buf.len, strlen(buf.text));
    assert_string_equal("5b", buf.text + 1000);
    for (int i = 0; i < 5000; i++)
        ci_buf_printf(&buf, "%d", i % 10);
    assert_int_equal(1002 + 5000, strlen(buf.text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc__is_zeroed),
        cmocka_unit_test(copies__end_in_a_nul),
        cmocka_unit_test(json__is_freed_with_its_context),
        cmocka_unit_test(buf__grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
