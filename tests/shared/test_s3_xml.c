/* SPDX-License-Identifier: Apache-2.0 */
/* What is read out of S3's XML, and what is refused: half of it, traps, and things out of place. */
#include "ci_test.h"
#include "s3_internal.h"

#include <string.h>

static struct ci_bytes text(const char *value)
{
    return (struct ci_bytes){value, strlen(value)};
}

static const char page[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    "<Name>b</Name><Prefix>logs/</Prefix><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>"
    "<Contents><Key>logs/1</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>"
    "<ETag>&quot;e&quot;</ETag><Size>17</Size><Owner><ID>1</ID><Key>not this</Key></Owner></Contents>"
    "<Contents>\n <Size>18446744073709551615</Size>\n <Key>a&amp;b &lt;c&gt; &#228;</Key></Contents>"
    "<NextContinuationToken>1/b+c=</NextContinuationToken></ListBucketResult>";

static void xml__has_page(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_page got;
    struct ci_err err;

    (void)state;
    assert_ok(s3_page_parse(text(page), mem, &got, &err), err);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.objects[0].key, "logs/1");
    assert_int_equal(got.objects[0].size, 17);
    assert_int_equal(got.objects[0].modified.us, 1767323045000000);
    assert_string_equal(got.objects[1].key, "a&b <c> \xc3\xa4");
    assert_true(got.objects[1].size == UINT64_MAX);
    assert_int_equal(got.objects[1].modified.us, 0);
    assert_string_equal(got.next, "1/b+c=");

    assert_ok(s3_page_parse(text("<ListBucketResult><IsTruncated>false</IsTruncated>"
                                 "</ListBucketResult>"),
                            mem, &got, &err),
              err);
    assert_int_equal(got.count, 0);
    assert_null(got.next);
}

/* Many objects, so that the list grows. */
static void xml__has_long_page(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf;
    struct s3_page got;
    struct ci_err err;

    (void)state;
    ci_buf_init(&buf, mem);
    ci_buf_puts(&buf, "<ListBucketResult>");
    for (int i = 0; i < 1000; i++)
        ci_buf_printf(&buf, "<Contents><Key>k%d</Key><Size>%d</Size></Contents>", i, i);
    ci_buf_puts(&buf, "</ListBucketResult>");
    assert_ok(s3_page_parse(text(buf.text), mem, &got, &err), err);
    assert_int_equal(got.count, 1000);
    assert_string_equal(got.objects[999].key, "k999");
    assert_int_equal(got.objects[999].size, 999);
}

static void xml__cut_anywhere_is_no_page(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_page got;
    struct ci_err err;

    (void)state;
    for (size_t len = 0; len < sizeof(page) - 1; len++) {
        assert_false(s3_page_parse((struct ci_bytes){page, len}, mem, &got, &err));
        assert_int_equal(err.code, CI_EUNAVAILABLE);
    }
}

static void xml__refuses_others(void **state)
{
    static const char *const rows[] = {
        "hello",
        "{\"a\": 1}",
        "<html><body>502</body></html>",
        "<Error><Code>SlowDown</Code></Error>",
        "<x><ListBucketResult></ListBucketResult></x>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key><Size>many</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key><Size></Size></Contents></ListBucketResult>",
        "<!DOCTYPE a [<!ENTITY e \"k\">]><ListBucketResult><Contents><Key>&e;</Key></Contents>"
        "</ListBucketResult>",
        "<ListBucketResult><a><b><c><d><e><f><g><h></h></g></f></e></d></c></b></a>"
        "</ListBucketResult>",
        "<ListBucketResult>\xff</ListBucketResult>",
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_page got;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        if (s3_page_parse(text(rows[i]), mem, &got, &err))
            fail_msg("it took %s", rows[i]);
}

static void xml__has_error_code(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(
        s3_error_code(text("<Error><Code>NoSuchKey</Code><Key>k</Key></Error>"), mem), "NoSuchKey");
    assert_null(s3_error_code(text("<Error><Code>a\nb=c</Code></Error>"), mem));
    assert_null(s3_error_code(text("<Error><Code></Code></Error>"), mem));
    assert_null(s3_error_code(text("<Error><Message>m</Message></Error>"), mem));
    assert_null(s3_error_code(text("<html>"), mem));
    assert_null(s3_error_code((struct ci_bytes){NULL, 0}, mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml__has_page),
        cmocka_unit_test(xml__has_long_page),
        cmocka_unit_test(xml__cut_anywhere_is_no_page),
        cmocka_unit_test(xml__refuses_others),
        cmocka_unit_test(xml__has_error_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
