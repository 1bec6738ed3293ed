/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in texts and streams: every form, every split, overlaps, and a slow model. */
#include "ci_test.h"
#include "shared/mask.h"

#include <stdlib.h>
#include <string.h>

static const struct ci_mask *mask_of(void *mem, const char *secrets)
{
    json_t *json = ci_mem_json(mem, json_loads(secrets, 0, NULL));
    const struct ci_mask *mask;
    struct ci_err err;

    assert_ok(ci_mask_new(json, mem, &mask, &err), err);
    return mask;
}

static const struct ci_mask *mask_one(void *mem, const char *value)
{
    json_t *json = ci_mem_json(mem, json_pack("{s:s}", "K", value));
    const struct ci_mask *mask;
    struct ci_err err;

    assert_ok(ci_mask_new(json, mem, &mask, &err), err);
    return mask;
}

struct row {
    const char *text, *expected;
};

static void expect_rows(void *mem, const struct ci_mask *mask, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *shown = ci_mask_text(mask, mem, rows[i].text);

        if (strcmp(shown, rows[i].expected) != 0)
            fail_msg("%s: \"%s\", should be \"%s\"", rows[i].text, shown, rows[i].expected);
    }
}

/* What a stream makes of `text` in pieces that end at the given places. */
static const char *stream(const struct ci_mask *mask, void *mem, const char *text,
                          const size_t *ends, size_t count)
{
    struct ci_mask_stream *s = ci_mask_stream_new(mask, mem);
    struct ci_bytes out;
    struct ci_buf all;
    size_t at = 0;

    ci_buf_init(&all, mem);
    for (size_t i = 0; i <= count; i++) {
        size_t end = i < count ? ends[i] : strlen(text);

        /* A copy that ends with the piece, so that a sanitizer sees a read behind it. */
        out =
            ci_mask_feed(s, (struct ci_bytes){ci_mem_dup(mem, text + at, end - at), end - at}, mem);
        ci_buf_add(&all, out.data, out.len);
        at = end;
    }
    out = ci_mask_flush(s, mem);
    ci_buf_add(&all, out.data, out.len);
    return all.text;
}

/* Every split in two, in three where that is not too many, and byte by byte. */
static void expect_all_splits(const struct ci_mask *mask, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *whole = ci_mask_text(mask, mem, text);
    size_t len = strlen(text), *each = ci_mem_array(mem, size_t, len + 1);

    for (size_t i = 0; i <= len; i++) {
        size_t last = len > 60 ? i : len;

        each[i] = i;
        for (size_t j = i; j <= last; j++) {
            CI_AUTO_MEM now = ci_mem_new();
            size_t ends[] = {i, j};

            assert_string_equal(whole, stream(mask, now, text, ends, 2));
        }
    }
    assert_string_equal(whole, stream(mask, mem, text, each, len + 1));
}

static void mask__hides_values(void **state)
{
    static const struct row rows[] = {
        {"hunter2",                   "<TOKEN>"                  },
        {"a hunter2, hunter2hunter2", "a <TOKEN>, <TOKEN><TOKEN>"},
        {"hunter",                    "hunter"                   },
        {"hunhunter2",                "hun<TOKEN>"               },
        {"Hunter2",                   "Hunter2"                  },
        {"",                          ""                         },
        {"abc pass word x",           "abc <SPACED> x"           },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask =
        mask_of(mem, "{\"TOKEN\": \"hunter2\", \"SPACED\": \"\\n pass word \\n\"}");

    (void)state;
    expect_rows(mem, mask, rows, CI_COUNT(rows));
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        expect_all_splits(mask, rows[i].text);
    assert_false(ci_mask_is_empty(mask));
    assert_null(ci_mask_text(mask, mem, NULL));
}

static void mask__passes_all_without_secrets(void **state)
{
    static const char text[] = "nothing to hide";
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *masks[] = {NULL, mask_of(mem, "{}")};
    json_t *json = ci_mem_json(mem, json_string(text));

    (void)state;
    for (size_t i = 0; i < CI_COUNT(masks); i++) {
        struct ci_mask_stream *s = ci_mask_stream_new(masks[i], mem);
        struct ci_bytes out = ci_mask_feed(s, (struct ci_bytes){text, 5}, mem);

        assert_true(ci_mask_is_empty(masks[i]));
        assert_ptr_equal(text, out.data);
        assert_int_equal(5, out.len);
        assert_int_equal(0, ci_mask_flush(s, mem).len);
        assert_ptr_equal(text, ci_mask_text(masks[i], mem, text));
        assert_ptr_equal(json, ci_mask_json(masks[i], mem, json));
    }
}

static void mask__refuses_values_without_telling_them(void **state)
{
    static const struct {
        const char *value;
        size_t repeat;
    } rows[] = {
        {"",        1                  },
        {"xyz",     1                  },
        {" xyz \n", 1                  },
        {"xyzw",    CI_MASK_MAX / 4 + 1},
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_err err = {0};
        const struct ci_mask *mask;
        struct ci_buf value;

        ci_buf_init(&value, mem);
        for (size_t n = 0; n < rows[i].repeat; n++)
            ci_buf_puts(&value, rows[i].value);
        assert_false(
            ci_mask_new(ci_mem_json(mem, json_pack("{s:s}", "KEY", value.text)), mem, &mask, &err));
        assert_int_equal(CI_EINVALID, err.code);
        assert_non_null(strstr(err.msg, "\"KEY\""));
        assert_null(strstr(err.msg, "xyz"));
    }
    assert_false(ci_mask_is_empty(mask_one(mem, "wxyz")));
}

/* From Python: base64, json, urllib, shlex; from encodeURIComponent(); from Go and PHP. */
static void mask__hides_every_form(void **state)
{
    static const char secret[] = "p@ss w/\xc3\xb6'\"<&>\n\\~!?";
    static const struct row rows[] = {
        {"[p@ss w/\xc3\xb6'\"<&>\n\\~!?]",                          "[<K>]"       },
        {"\"p@ss w/\\u00f6'\\\"<&>\\n\\\\~!?\"",                    "\"<K>\""     },
        {"\"p@ss w/\\u00F6'\\\"<&>\\n\\\\~!?\"",                    "\"<K>\""     },
        {"\"p@ss w/\xc3\xb6'\\\"<&>\\n\\\\~!?\"",                   "\"<K>\""     },
        {"\"p@ss w\\/\xc3\xb6'\\\"<&>\\n\\\\~!?\"",                 "\"<K>\""     },
        {"\"p@ss w\\/\\u00f6'\\\"<&>\\n\\\\~!?\"",                  "\"<K>\""     },
        {"\"p@ss w/\xc3\xb6'\\\"\\u003c\\u0026\\u003e\\n\\\\~!?\"", "\"<K>\""     },
        {"p%40ss%20w/%C3%B6%27%22%3C%26%3E%0A%5C~%21%3F",           "<K>"         },
        {"p%40ss%20w%2F%C3%B6%27%22%3C%26%3E%0A%5C~%21%3F",         "<K>"         },
        {"p%40ss%20w%2f%c3%b6%27%22%3c%26%3e%0a%5c~%21%3f",         "<K>"         },
        {"p%40ss+w%2F%C3%B6%27%22%3C%26%3E%0A%5C~%21%3F",           "<K>"         },
        {"p%40ss+w%2F%C3%B6%27%22%3C%26%3E%0A%5C%7E%21%3F",         "<K>"         },
        {"p%40ss%20w%2F%C3%B6'%22%3C%26%3E%0A%5C~!%3F",             "<K>"         },
        {"'p@ss w/\xc3\xb6'\\''\"<&>\n\\~!?'",                      "'<K>'"       },
        {"'p@ss w/\xc3\xb6'\"'\"'\"<&>\n\\~!?'",                    "'<K>'"       },
        {"cEBzcyB3L8O2JyI8Jj4KXH4hPw==",                            "<K>"         },
        {"p@ss w/\xc3\xb6'\"<&>\r\n[\\~!?]",                        "<K>\r\n[<K>]"},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask = mask_one(mem, secret);

    (void)state;
    expect_rows(mem, mask, rows, CI_COUNT(rows));
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        expect_all_splits(mask, rows[i].text);
}

static void mask__hides_lines_of_keys(void **state)
{
    static const char key[] = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n  hkiG9w0BAQEF  \r\nab=\n"
                              "AASCBKcwggSj\n-----END KEY-----\n";
    static const struct row rows[] = {
        {"MIIEvQIBADANBgkq",                   "<K>"                      },
        {"12:01 hkiG9w0BAQEF\r\n",             "12:01 <K>\r\n"            },
        {"-----BEGIN KEY-----\nAASCBKcwggSj.", "-----BEGIN KEY-----\n<K>."},
        {"MIIEvQ ab=",                         "MIIEvQ ab="               },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask = mask_one(mem, key);

    (void)state;
    expect_rows(mem, mask, rows, CI_COUNT(rows));
    assert_string_equal("<<K>\n>", ci_mask_text(mask, mem, ci_mem_printf(mem, "<%s>", key)));
}

static void mask__lets_the_longest_win(void **state)
{
    static const struct row rows[] = {
        {"abcd",        "<SHORT>"          },
        {"abcdefgh",    "<LONG>"           },
        {"abcdefg",     "<SHORT><INNER>g"  },
        {"xxcdef",      "xx<INNER>"        },
 /* Of two that overlap nothing remains. */
        {"cdefghij",    "<INNER><NEXT>"    },
        {"abcdefghij",  "<LONG><NEXT>"     },
        {"abcdabcd",    "<SHORT><SHORT>"   },
        {"zzzzzz-zzzz", "<Z>-<Z>"          },
        {"abcdef",      "<SHORT><INNER>"   },
        {"same1 same2", "<FIRST>1 <FIRST>2"},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask =
        mask_of(mem, "{\"SHORT\": \"abcd\", \"LONG\": \"abcdefgh\", \"INNER\": \"cdef\","
                     " \"NEXT\": \"efghij\", \"Z\": \"zzzz\", \"FIRST\": \"same\","
                     " \"SECOND\": \"same\"}");

    (void)state;
    expect_rows(mem, mask, rows, CI_COUNT(rows));
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        expect_all_splits(mask, rows[i].text);
}

static void stream__holds_back_the_shortest_tail(void **state)
{
    static const struct row rows[] = {
        {"all of this", "all of this"},
        {" h",          " "          },
        {"elp hun",     "help "      },
        {"t!",          "hunt!"      },
        {"hunter",      ""           },
        {"2hhhunt",     "<K>hh"      },
        {"hu",          "hunt"       },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_mask_stream *s = ci_mask_stream_new(mask_one(mem, "hunter2"), mem);
    struct ci_bytes out;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        out = ci_mask_feed(s, (struct ci_bytes){rows[i].text, strlen(rows[i].text)}, mem);
        assert_string_equal(rows[i].expected, ci_mem_strndup(mem, out.data, out.len));
        if (i == 0)
            assert_ptr_equal(rows[i].text, out.data);
    }
    out = ci_mask_flush(s, mem);
    assert_string_equal("hu", ci_mem_strndup(mem, out.data, out.len));
    out = ci_mask_feed(s, (struct ci_bytes){"nter2", 5}, mem);
    assert_string_equal("nter2", ci_mem_strndup(mem, out.data, out.len));
    assert_int_equal(0, ci_mask_flush(s, mem).len);
}

static void mask__hides_in_json(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask = mask_of(mem, "{\"K\": \"hunter2\", \"PIN\": \"123456\"}");
    json_t *in =
        ci_mem_json(mem, json_loads("{\"a\": [\"x hunter2\", 1, null, {\"hunter2\": true}],"
                                    " \"n\": 123456, \"r\": 0.5}",
                                    0, NULL));
    json_t *expected = ci_mem_json(mem, json_loads("{\"a\": [\"x <K>\", 1, null, {\"<K>\": true}],"
                                                   " \"n\": \"<PIN>\", \"r\": 0.5}",
                                                   0, NULL));

    (void)state;
    assert_true(json_equal(expected, ci_mask_json(mask, mem, in)));
    assert_ptr_equal(expected, ci_mask_json(mask, mem, expected));
}

/* ---- random secrets ---- */

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

static char *letters(void *mem, const char *alphabet, size_t len)
{
    char *text = ci_mem_alloc(mem, len + 1);

    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[pick((unsigned)strlen(alphabet))];
    return text;
}

/* Base64 bit by bit. */
static char *encode(void *mem, const char *text, bool url_safe)
{
    const char *alphabet = url_safe
                               ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bits = strlen(text) * 8, count = (bits + 5) / 6;
    char *out = ci_mem_alloc(mem, count + 4);

    for (size_t i = 0; i < count; i++) {
        unsigned value = 0;

        for (size_t bit = i * 6; bit < i * 6 + 6; bit++)
            value = value * 2 + (bit < bits && ((unsigned char)text[bit / 8] >> (7 - bit % 8) & 1));
        out[i] = alphabet[value];
    }
    for (size_t i = count; i % 4 != 0; i++)
        out[i] = '=';
    return out;
}

/* Every character that the secret's bits decide alone is gone, and no other. */
static void mask__hides_base64_wherever_it_begins(void **state)
{
    (void)state;
    seed = 1;
    for (int round = 0; round < 2000; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const char *before = letters(mem, "abc ", pick(5));
        const char *secret = letters(mem, "abcXYZ019~!?>/=", CI_MASK_MIN + pick(30));
        const char *text, *after = pick(2) ? letters(mem, "~", 1 + pick(4)) : "";
        size_t first = (strlen(before) * 8 + 5) / 6;
        size_t last = (strlen(before) + strlen(secret)) * 8 / 6;
        const struct ci_mask *mask = mask_one(mem, secret);
        const char *shown, *expected;

        text = encode(mem, ci_mem_printf(mem, "%s%s%s", before, secret, after), pick(2));
        expected = ci_mem_printf(mem, "%.*s<K>%s", (int)first, text, *after ? text + last : "");
        shown = ci_mask_text(mask, mem, text);
        if (strcmp(expected, shown) != 0)
            fail_msg("\"%s\" in %s: %s, should be %s", secret, text, shown, expected);
        if (round % 50 == 0)
            expect_all_splits(mask, text);
    }
}

static void mask__hides_wrapped_base64(void **state)
{
    static const size_t widths[] = {64, 76};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    seed = 2;
    for (size_t len = 40; len < 300; len += 7) {
        const char *secret = letters(mem, "abcXYZ019~!?>/=", len);
        const char *text = encode(mem, secret, false);

        for (size_t w = 0; w < CI_COUNT(widths); w++) {
            struct ci_buf wrapped, expected;

            ci_buf_init(&wrapped, mem);
            ci_buf_init(&expected, mem);
            for (size_t at = 0; at < strlen(text); at += widths[w]) {
                ci_buf_printf(&wrapped, "%.*s\n", (int)widths[w], text + at);
                ci_buf_puts(&expected, "<K>\n");
            }
            assert_string_equal(expected.text,
                                ci_mask_text(mask_one(mem, secret), mem, wrapped.text));
        }
    }
}

/* What jansson writes with each of its flags, in any split, shows nothing of the secret. */
static void mask__hides_json_escapes(void **state)
{
    static const size_t flags[] = {0, JSON_ENSURE_ASCII, JSON_ESCAPE_SLASH,
                                   JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH};
    static const char *const parts[] = {
        "a",  "/", "\"", "\\",       "\n",           "\t",   "\x01",
        "<&", "'", " ",  "\xc3\xb6", "\xe2\x82\xac", "\x7f", "\xf0\x9f\x98\x80"};

    (void)state;
    seed = 3;
    for (int round = 0; round < 300; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf secret;

        ci_buf_init(&secret, mem);
        ci_buf_puts(&secret, "xy");
        for (unsigned n = 2 + pick(8); n > 0; n--)
            ci_buf_puts(&secret, parts[pick(CI_COUNT(parts))]);
        ci_buf_puts(&secret, "z");
        for (size_t i = 0; i < CI_COUNT(flags); i++) {
            json_t *json = ci_mem_json(mem, json_string(secret.text));
            char *text = json_dumps(json, flags[i] | JSON_ENCODE_ANY);
            const struct ci_mask *mask = mask_one(mem, secret.text);

            assert_string_equal("\"<K>\"", ci_mask_text(mask, mem, text));
            if (round % 10 == 0)
                expect_all_splits(mask, text);
            free(text);
        }
    }
}

/* The longest secret at each place; what lies within what is hidden does not count. */
static const char *model(void *mem, const char *const *secrets, size_t count, const char *text)
{
    size_t covered = 0, last = count;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t at = 0; text[at]; at++) {
        size_t longest = count;

        for (size_t i = 0; i < count; i++) {
            if (strncmp(text + at, secrets[i], strlen(secrets[i])) == 0 &&
                (longest == count || strlen(secrets[i]) > strlen(secrets[longest])))
                longest = i;
        }
        if (longest < count && at + strlen(secrets[longest]) > covered) {
            if (at >= covered || last != longest)
                ci_buf_printf(&out, "<%zu>", longest);
            covered = at + strlen(secrets[longest]);
            last = longest;
        } else if (at >= covered) {
            ci_buf_add(&out, text + at, 1);
        }
    }
    return out.text;
}

/* Of two letters, so that secrets overlap, nest and repeat; base64 of them has other letters. */
static void mask__agrees_with_a_model(void **state)
{
    (void)state;
    seed = 4;
    for (int round = 0; round < 1500; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const char *secrets[4], *text = letters(mem, "ab", pick(40));
        size_t count = 1 + pick(4);
        json_t *json = ci_mem_json(mem, json_object());
        const struct ci_mask *mask;
        struct ci_err err;

        for (size_t i = 0; i < count; i++) {
            secrets[i] = letters(mem, "ab", CI_MASK_MIN + pick(5));
            json_object_set_new(json, ci_mem_printf(mem, "%zu", i), json_string(secrets[i]));
        }
        assert_ok(ci_mask_new(json, mem, &mask, &err), err);
        assert_string_equal(model(mem, secrets, count, text), ci_mask_text(mask, mem, text));
        if (round % 5 == 0)
            expect_all_splits(mask, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask__hides_values),
        cmocka_unit_test(mask__passes_all_without_secrets),
        cmocka_unit_test(mask__refuses_values_without_telling_them),
        cmocka_unit_test(mask__hides_every_form),
        cmocka_unit_test(mask__hides_lines_of_keys),
        cmocka_unit_test(mask__lets_the_longest_win),
        cmocka_unit_test(stream__holds_back_the_shortest_tail),
        cmocka_unit_test(mask__hides_in_json),
        cmocka_unit_test(mask__hides_base64_wherever_it_begins),
        cmocka_unit_test(mask__hides_wrapped_base64),
        cmocka_unit_test(mask__hides_json_escapes),
        cmocka_unit_test(mask__agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
