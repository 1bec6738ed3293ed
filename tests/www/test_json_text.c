/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JSON text is jansson's, byte for byte. */
#include "ci_test.h"
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

static void assert_as_jansson(json_t *json)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *wanted =
        json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    struct ci_buf text;

    assert_non_null(wanted);
    ci_buf_init(&text, mem);
    json_text_add(&text, json);
    assert_string_equal(wanted, text.text);
    assert_int_equal(strlen(wanted), text.len);
    free(wanted);
    json_decref(json);
}

static void json_text__writes_every_type(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "0.5",
        "-1e300",
        "\"\"",
        "[]",
        "{}",
        "[[],[{}],{\"a\":[1,2,[3]]}]",
        "{\"b\":1,\"a\":2,\"ab\":3,\"\":4,\"B\":5,\"a\\u00e9\":6,\"a\\n\":7}",
        "[1,2.25,\"x\",null,true,{\"z\":null,\"y\":false}]",
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(texts); i++)
        assert_as_jansson(json_loads(texts[i], JSON_DECODE_ANY, NULL));
}

static void json_text__escapes_what_is_not_plain(void **state)
{
    char control[0x81];
    size_t len = 0;

    (void)state;
    for (int c = 1; c < 0x80; c++)
        control[len++] = (char)c;
    assert_as_jansson(json_stringn(control, len));
    /* The first and the last character of each length in UTF-8, and both sides of the surrogates.
     */
    assert_as_jansson(
        json_loads("\"a\\u0080b\\u07ffc\\u0800d\\ud7ffe\\ue000f\\uffffg\\ud800\\udc00h"
                   "\\udbff\\udfffi\"",
                   JSON_DECODE_ANY, NULL));
    assert_as_jansson(json_string("\"\\/\b\f\n\r\t\x1f\x7f"));
    assert_as_jansson(json_stringn("a\0b", 3));
}

static void json_text__sorts_the_keys_of_long_objects(void **state)
{
    json_t *object = json_object();

    (void)state;
    for (int i = 0; i < 300; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "k%d", i * 7919 % 300);
        json_object_set_new(object, key, json_integer(i));
    }
    assert_as_jansson(object);
}

static void json_text__of_nothing_is_null(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf text;

    (void)state;
    ci_buf_init(&text, mem);
    json_text_add(&text, NULL);
    assert_string_equal("null", text.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_text__writes_every_type),
        cmocka_unit_test(json_text__escapes_what_is_not_plain),
        cmocka_unit_test(json_text__sorts_the_keys_of_long_objects),
        cmocka_unit_test(json_text__of_nothing_is_null),
    };

    return cmocka_run_group_tests_name("www.json_text", tests, NULL, NULL);
}
