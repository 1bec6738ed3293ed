/* SPDX-License-Identifier: Apache-2.0 */
/* Badges and cctray as text: what they say, and that nothing given to them becomes markup. */
#include "ci_test.h"
#include "pages/badge.h"
#include "pages/cctray.h"
#include "pages/markup.h"

#include <string.h>

static const char *draw(void *mem, const char *status, const struct ci_pair *items, size_t count)
{
    struct badge badge;

    badge_read((struct ci_pairs){items, count}, status, mem, &badge);
    return badge_svg(&badge, mem);
}

static void badge__says_the_result(void **state)
{
    static const struct {
        bool found, complete;
        struct ci_maybe results;
        const char *text;
    } cases[] = {
        {false, false, {0},       "unknown"  },
        {true,  false, {0},       "running"  },
        {true,  true,  {true, 0}, "success"  },
        {true,  true,  {true, 1}, "warnings" },
        {true,  true,  {true, 2}, "failure"  },
        {true,  true,  {true, 3}, "skipped"  },
        {true,  true,  {true, 4}, "exception"},
        {true,  true,  {true, 5}, "retry"    },
        {true,  true,  {true, 6}, "cancelled"},
        {true,  true,  {true, 7}, "unknown"  },
        {true,  true,  {0},       "unknown"  },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(cases[i].text,
                            badge_text(cases[i].found, cases[i].complete, cases[i].results));
}

static void badge__is_drawn_flat_and_square(void **state)
{
    static const struct ci_pair query[] = {
        {"style", "flat-square"}
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"130\" height=\"20\" role=\"img\" "
        "aria-label=\"Build Status: success\"><title>Build Status: success</title>"
        "<clipPath id=\"c\"><rect width=\"130\" height=\"20\" rx=\"0\"/></clipPath>"
        "<g clip-path=\"url(#c)\"><rect width=\"77\" height=\"20\" fill=\"#555\"/>"
        "<rect x=\"77\" width=\"53\" height=\"20\" fill=\"#4c1\"/></g>"
        "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"DejaVu Sans,Verdana,Geneva,"
        "sans-serif\" font-size=\"11\"><text x=\"38.5\" y=\"14\">Build Status</text>"
        "<text x=\"103.5\" y=\"14\">success</text></g></svg>\n",
        draw(mem, "success", query, 1));
}

static void badge__has_the_styles_and_colours(void **state)
{
    static const struct {
        const char *style, *holds;
    } cases[] = {
        {"plastic", "stop-opacity=\".7\"" },
        {"flat",    "stop-color=\"#bbb\"" },
        {"badgeio", "font-weight=\"bold\""},
        {"none",    "stop-opacity=\".7\"" },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct ci_pair query = {"style", cases[i].style};

        assert_non_null(strstr(draw(mem, "failure", &query, 1), cases[i].holds));
        assert_non_null(strstr(draw(mem, "failure", &query, 1), "\"#e05d44\""));
    }
    assert_non_null(strstr(draw(mem, "running", NULL, 0), "\"#007ec6\""));
    assert_non_null(strstr(draw(mem, "unknown", NULL, 0), "\"#9f9f9f\""));
}

static void badge__takes_what_can_be_used(void **state)
{
    static const struct ci_pair query[] = {
        {"left_text",     "a & <b>\"'\x01"          },
        {"left_color",    "url(http://evil.example)"},
        {"success_color", "navy"                    },
        {"font_face",     "x\"onload=\"alert(1)"    },
        {"font_size",     "9999999999999999999"     },
        {"left_pad",      "-1"                      },
        {"right_pad",     "12"                      },
        {"border_radius", "3px"                     },
        {"style",         "<svg>"                   },
        {"template_name", "../../etc/passwd"        },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const char *svg = draw(mem, "success", query, CI_COUNT(query));

    (void)state;
    assert_non_null(strstr(svg, ">a &amp; &lt;b&gt;&quot;&#39; </text>"));
    assert_non_null(strstr(svg, "x&quot;onload=&quot;alert(1)"));
    assert_non_null(strstr(svg, "fill=\"#555\""));
    assert_non_null(strstr(svg, "fill=\"navy\""));
    assert_non_null(strstr(svg, "font-size=\"11\""));
    assert_non_null(strstr(svg, "rx=\"5\""));
    assert_null(strstr(svg, "evil"));
    assert_null(strstr(svg, "passwd"));
}

static void badge__cuts_long_texts_at_characters(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf text;

    (void)state;
    ci_buf_init(&text, mem);
    for (int i = 0; i < 5000; i++)
        ci_buf_puts(&text, "ü");
    struct ci_pair query = {"left_text", text.text + 0};
    const char *svg = draw(mem, "success", &query, 1);
    assert_true(strlen(svg) < 2000);
}

static void cctray__names_every_builder(void **state)
{
    static const struct cctray_row rows[] = {
        {7, "linux",     true,  {true, 2}, {true, 12}, {1700000000000000}},
        {8, "a<b>\"&'c", false, {0},       {0},        {0}               },
        {9, "ok",        false, {true, 1}, {true, 3},  {1700000000000000}},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct cctray_row copy[CI_COUNT(rows)];

    (void)state;
    memcpy(copy, rows, sizeof(rows));
    assert_string_equal(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Projects>\n"
        "  <Project name=\"linux\" activity=\"Building\" lastBuildStatus=\"Failure\" "
        "lastBuildLabel=\"12\" lastBuildTime=\"2023-11-14T22:13:20Z\" "
        "webUrl=\"https://ci.example/#/builders/7\"/>\n"
        "  <Project name=\"a&lt;b&gt;&quot;&amp;&#39;c\" activity=\"Sleeping\" "
        "lastBuildStatus=\"Unknown\" webUrl=\"https://ci.example/#/builders/8\"/>\n"
        "  <Project name=\"ok\" activity=\"Sleeping\" lastBuildStatus=\"Success\" "
        "lastBuildLabel=\"3\" lastBuildTime=\"2023-11-14T22:13:20Z\" "
        "webUrl=\"https://ci.example/#/builders/9\"/>\n</Projects>\n",
        cctray_xml((struct ci_list){copy, CI_COUNT(copy)}, "https://ci.example/", mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(badge__says_the_result),
        cmocka_unit_test(badge__is_drawn_flat_and_square),
        cmocka_unit_test(badge__has_the_styles_and_colours),
        cmocka_unit_test(badge__takes_what_can_be_used),
        cmocka_unit_test(badge__cuts_long_texts_at_characters),
        cmocka_unit_test(cctray__names_every_builder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
