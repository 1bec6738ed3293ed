/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a mail: what a reader gets back out of them is in tests/system/test_mail.py. */
#include "ci_test.h"
#include "render.h"

#include <string.h>

static const struct mail plain = {
    .from = "ci@example.org",
    .to = "ada@example.org",
    .subject = "hello",
    .message_id = "1@example.org",
    .date = {INT64_C(1700000000) * 1000000},
    .text = "text\n",
};

/* A NUL-terminated copy, so that cmocka can show it. */
static const char *rendered(void *mem, struct mail mail)
{
    struct ci_bytes bytes = mail_render(&mail, mem);

    return ci_mem_strndup(mem, bytes.data, bytes.len);
}

/* Every line ends with \r\n, and none is longer than `limit`. */
static void expect_lines(const char *text, size_t limit)
{
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\r\n");

        if (len > limit)
            fail_msg("a line of %zu bytes: %.*s", len, (int)len, line);
        assert_memory_equal("\r\n", line + len, 2);
        line += len + 2;
    }
}

static void mail__is_a_message_with_one_part(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                        "From: ci@example.org\r\n"
                        "To: ada@example.org\r\n"
                        "Subject: hello\r\n"
                        "Message-ID: <1@example.org>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "X-Mailer: Slipway\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "text\r\n",
                        rendered(mem, plain));
}

static void mail__is_the_same_at_every_try(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct mail mail = plain;

    (void)state;
    mail.html = "<p>text</p>";
    assert_string_equal(rendered(mem, mail), rendered(mem, mail));
}

static void boundary__cannot_be_written_by_a_log(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct mail mail = plain;
    const char *first, *boundary;
    size_t count = 0;

    (void)state;
    mail.html = "<p>text</p>";
    first = strstr(rendered(mem, mail), "boundary=\"");
    assert_non_null(first);
    first += strlen("boundary=\"");
    boundary = ci_mem_printf(mem, "--%.*s", (int)strcspn(first, "\""), first);
    /* A build may guess it, as all that it is made of is known. */
    mail.text = mail.html = ci_mem_printf(mem, "%s\r\nContent-Type: text/html\n\nlies\n", boundary);
    for (const char *at = rendered(mem, mail); (at = strstr(at, boundary)); at++)
        count++;
    assert_int_equal(3, count);
}

static void headers__cannot_be_added_to(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct mail mail = plain;
    const char *text;

    (void)state;
    mail.subject = "hello\r\nBcc: eve@example.org\r\n\r\nbody";
    mail.from = "Eve\r\nBcc: eve@example.org <ci@example.org>";
    text = rendered(mem, mail);
    assert_null(strstr(text, "\nBcc"));
    assert_non_null(strstr(text, "Subject: hello  Bcc: eve@example.org    body\r\n"));
    expect_lines(text, 78);
}

static void headers__are_encoded_when_they_are_not_short_ascii(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char subject[2000];

    (void)state;
    assert_string_equal("hello", mail_header_text("hello", mem));
    assert_string_equal("=?UTF-8?B?4pi6IG9r?=", mail_header_text("\xe2\x98\xba ok", mem));
    /* A reader would take it for an encoded word. */
    assert_string_equal("=?UTF-8?B?PT9VVEYtOD9RP2E/PQ==?=", mail_header_text("=?UTF-8?Q?a?=", mem));
    /* Characters are not cut: four bytes each, and 42 is no multiple of four. */
    for (size_t i = 0; i + 4 < sizeof(subject); i += 4)
        memcpy(subject + i, "\xf0\x9f\x9a\xa2", 5);
    for (const char *p = mail_header_text(subject, mem); *p;) {
        size_t len = strcspn(p, "\r\n");

        assert_true(len <= 76);
        assert_int_equal(0, strncmp(p, "=?UTF-8?B?", 10));
        /* 40 of 42 bytes: ten whole ships. */
        assert_true(len < 66 || len == 10 + 56 + 2);
        p += len + (p[len] ? 3 : 0);
    }
}

static void mailbox__keeps_its_name(void **state)
{
    static const struct {
        const char *from, *header;
    } cases[] = {
        {"ci@example.org",                       "ci@example.org"                        },
        {"<ci@example.org>",                     "ci@example.org"                        },
        {"Acme CI <ci@example.org>",             "\"Acme CI\" <ci@example.org>"          },
        {"\"Acme, Inc.\" <ci@example.org>",      "\"Acme, Inc.\" <ci@example.org>"       },
        {"Acme, Inc. <ci@example.org>",          "\"Acme, Inc.\" <ci@example.org>"       },
        {"a \"b\" \\c <ci@example.org>",         "\"a \\\"b\\\" \\\\c\" <ci@example.org>"},
        {"\xc3\x96"
         "d\xc3\xb6n <ci@example.org>", "=?UTF-8?B?w5Zkw7Zu?= <ci@example.org>" },
        {"nobody",                               ""                                      },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(cases[i].header, mail_mailbox(cases[i].from, mem));
}

static void addresses__by_the_hundred_are_folded(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct mail mail = plain;
    struct ci_buf list;

    (void)state;
    ci_buf_init(&list, mem);
    for (int i = 0; i < 500; i++)
        ci_buf_printf(&list, "%sperson%d@example.org", i ? ", " : "", i);
    mail.to = mail.cc = list.text;
    expect_lines(rendered(mem, mail), 78);
    assert_non_null(strstr(rendered(mem, mail), "person7@example.org,\r\n person8@example.org"));
}

static const char *quoted(void *mem, const char *text)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    mail_quoted_printable(&out, text);
    expect_lines(out.text, 76);
    return out.text;
}

static void bodies__are_quoted_printable(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char line[300];

    (void)state;
    assert_string_equal("", quoted(mem, ""));
    assert_string_equal("a=3Db\r\n", quoted(mem, "a=b"));
    assert_string_equal("a\r\nb\r\n", quoted(mem, "a\r\nb\n"));
    assert_string_equal("a=0Db\r\n", quoted(mem, "a\rb\n"));
    assert_string_equal("end=20\r\nend=09\r\n a b\r\n", quoted(mem, "end \nend\t\n a b\n"));
    assert_string_equal("=E2=98=BA\r\n", quoted(mem, "\xe2\x98\xba\n"));
    assert_string_equal(".\r\n..\r\n", quoted(mem, ".\n..\n"));
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    assert_int_equal(sizeof(line) - 1 + 3 * 3 + 2, strlen(quoted(mem, line)));
    memset(line, '\xff', sizeof(line) - 1);
    (void)quoted(mem, line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail__is_a_message_with_one_part),
        cmocka_unit_test(mail__is_the_same_at_every_try),
        cmocka_unit_test(boundary__cannot_be_written_by_a_log),
        cmocka_unit_test(headers__cannot_be_added_to),
        cmocka_unit_test(headers__are_encoded_when_they_are_not_short_ascii),
        cmocka_unit_test(mailbox__keeps_its_name),
        cmocka_unit_test(addresses__by_the_hundred_are_folded),
        cmocka_unit_test(bodies__are_quoted_printable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
