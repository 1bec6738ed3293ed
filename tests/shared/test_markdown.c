/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown of descriptions: what it becomes, and that no script gets through. */
#include "ci_test.h"
#include "shared/markdown.h"
#include "shared/mem.h"

#include <string.h>

static void markdown__becomes_html(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("<p>Builds <strong>all</strong></p>\n",
                        ci_markdown_html("Builds **all**", mem));
    assert_string_equal("<p><a href=\"https://x.example/?a=1&amp;b=2\">docs</a></p>\n",
                        ci_markdown_html("[docs](https://x.example/?a=1&b=2)", mem));
    assert_string_equal("", ci_markdown_html("", mem));
    /* What is no UTF-8 is replaced. */
    assert_string_equal("<p>\xef\xbf\xbd</p>\n", ci_markdown_html("\xff", mem));
}

/* Anything here is somebody's attempt; none may leave a tag, an attribute or a scheme that runs. */
static void markdown__lets_no_script_through(void **state)
{
    static const char *const attempts[] = {
        "<script>alert(1)</script>",
        "text <img src=x onerror=alert(1)> text",
        "<svg/onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<style>*{background:url(https://evil.example)}</style>",
        "<!-- --><script>alert(1)</script>",
        "<?php ?><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](java&#x09;script:alert(1))",
        "[x](\\javascript:alert(1))",
        "[x](vbscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![\" onerror=\"alert(1)](x)",
        "![x](x\" onerror=\"alert\\(1\\))",
        "[x](x \"\\\" onmouseover=\\\"alert(1)\")",
        "[x]: javascript:alert(1)\n\n[x]",
        "``` \"><script>alert(1)</script>\ncode\n```",
        "    <script>alert(1)</script>",
        "`<script>alert(1)</script>`",
    };
    static const char *const traces[] = {
        "<script",
        "<img src=x",
        "<svg",
        "<iframe",
        "<style",
        "<?php",
        "<![CDATA",
        "<a href=\"javascript",
        "src=\"javascript",
        "href=\"vbscript",
        "href=\"data:",
        "href=\"file:",
        "\" onerror=\"",
        "\" onmouseover=\"",
        "href=\"java\tscript",
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(attempts); i++) {
        const char *html = ci_markdown_html(attempts[i], mem);

        for (size_t t = 0; t < CI_COUNT(traces); t++)
            if (strcasestr(html, traces[t]))
                fail_msg("%s became %s", attempts[i], html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown__becomes_html),
        cmocka_unit_test(markdown__lets_no_script_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
