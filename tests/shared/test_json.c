/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of reading JSON from outside. */
#include "ci_test.h"
#include "shared/json.h"

#include <string.h>

enum { DEEPER = CI_JSON_DEPTH + 1 };

static json_t *read_text(const char *text, json_error_t *why)
{
    return ci_json_read(text, strlen(text), JSON_DECODE_ANY, why);
}

/* `levels` times `open`, then as many of `close` where it is not '\0'. */
static void nest(char *out, size_t levels, char open, char close)
{
    memset(out, open, levels);
    memset(out + levels, close, levels);
    out[2 * levels] = '\0';
}

static void read__takes_what_jansson_takes(void **state)
{
    static const char brackets[] = "\"[[[[ \\\" {{{{ \\\\\"";
    char text[2 * DEEPER + 1];
    json_auto_t *number = read_text("1", NULL);
    json_auto_t *string = read_text(brackets, NULL);
    json_auto_t *deep = NULL;
    json_error_t why;

    (void)state;
    nest(text, CI_JSON_DEPTH, '[', ']');
    deep = read_text(text, &why);
    assert_true(json_is_integer(number));
    assert_string_equal("[[[[ \" {{{{ \\", json_string_value(string));
    assert_true(json_is_array(deep));
    assert_null(read_text("{", &why));
    assert_null(ci_json_read("", 0, 0, &why));
}

static void read__counts_levels_not_brackets(void **state)
{
    char text[4 * DEEPER + 2] = "[";
    json_auto_t *wide = NULL;

    (void)state;
    for (int i = 0; i < DEEPER; i++)
        strcat(text, i ? ",[]" : "[]");
    strcat(text, "]");
    wide = read_text(text, NULL);
    assert_int_equal(DEEPER, json_array_size(wide));
}

static void read__refuses_what_nests_too_deep(void **state)
{
    char text[2 * DEEPER + 1];
    json_error_t why;

    (void)state;
    nest(text, DEEPER, '[', ']');
    assert_null(read_text(text, &why));
    assert_string_equal("nested more than 100 levels deep at byte 100", why.text);
    assert_int_equal(101, why.column);
    nest(text, DEEPER, '{', '\0');
    assert_null(read_text(text, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__takes_what_jansson_takes),
        cmocka_unit_test(read__counts_levels_not_brackets),
        cmocka_unit_test(read__refuses_what_nests_too_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
