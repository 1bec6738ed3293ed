/* SPDX-License-Identifier: Apache-2.0 */
/* What a message says. */
#include "ci_test.h"
#include "render.h"

#include <string.h>

static const struct ci_config config = {.title = "Acme CI", .url = "https://ci.example.org/"};
static const struct ci_notifier by_default = {.name = "mail"};

static struct step_facts steps[] = {
    {.number = 0,
     .name = "git",
     .state_string = "done",
     .results = CI_SUCCESS,
     .started_at = {1000000},
     .complete_at = {3000000}},
    {.number = 1, .name = "<test>", .state_string = "failed & \"bad\"", .results = CI_FAILURE},
};
static struct change_facts changes[] = {
    {.author = "Ada <ada@example.org>",
     .comments = "Add\n\nBecause.",
     .branch = "main",
     .revision = "0123456789abcdef",
     .revlink = "https://git.example.org/?a=1&b=2"},
    {.author = "Eve\nSteps:\n  none", .comments = "", .revlink = "javascript:alert(1)"},
};

static struct build_facts sample(void *mem)
{
    return (struct build_facts){
        .buildid = 17,
        .number = 3,
        .builderid = 5,
        .builder = "linux",
        .worker = "w1",
        .state_string = "failed <test>",
        .reason = "a push",
        .results = CI_FAILURE,
        .started_at = {1000000},
        .complete_at = {     62000000      },
        .properties = ci_mem_json(mem, json_pack("{s:[s,s],s:[s,s]}", "branch", "main", "Change",
                                                 "revision", "0123456789abcdef", "Change")),
        .has_previous = true,
        .previous_results = CI_SUCCESS,
        .steps = { steps,       2},
        .changes = {     changes,       2},
        .log_step = "<test>",
        .log_tail = "if (a < b && c > d)\n",
    };
}

static void subject__says_what_became_of_what(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct build_facts build = sample(mem);

    (void)state;
    assert_string_equal("\xe2\x98\xa0 Slipway (Acme CI): linux - failed <test> (main)",
                        render_subject(&config, &by_default, &build, mem));
    build.results = CI_SUCCESS;
    build.state_string = "build successful";
    json_object_del(build.properties, "branch");
    assert_string_equal("\xe2\x98\xba Slipway (Acme CI): linux - build successful "
                        "(0123456789abcdef)",
                        render_subject(&config, &by_default, &build, mem));
    json_object_clear(build.properties);
    assert_string_equal("\xe2\x98\xba Slipway (): linux - build successful",
                        render_subject(&(struct ci_config){0}, &by_default, &build, mem));
    assert_string_equal(
        "mine", render_subject(&config, &(struct ci_notifier){.subject = "mine"}, &build, mem));
}

static void subject__is_one_line(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct build_facts build = sample(mem);

    (void)state;
    build.state_string = "a\r\nBcc: eve@example.org\t\x01";
    assert_null(strpbrk(render_subject(&config, &by_default, &build, mem), "\r\n\t\x01"));
}

static void every_result__has_a_mark_and_a_colour(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct build_facts build = sample(mem);

    (void)state;
    for (int result = CI_RESULT_NONE; result <= CI_RESULT_COUNT; result++) {
        build.results = result;
        assert_null(strstr(render_subject(&config, &by_default, &build, mem), "(null)"));
        assert_null(strstr(render_html(&config, &build, mem), "(null)"));
    }
}

static void expect_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void text__tells_all(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct build_facts build = sample(mem);
    const char *text = render_text(&config, &build, mem);

    (void)state;
    expect_in(text, "Build 3 of linux: failed <test> (failure)\nThe build before: success\n"
                    "https://ci.example.org/#/builders/5/builds/3\n");
    expect_in(text, "Reason:    a push\nBranch:    main\nRevision:  0123456789abcdef\n"
                    "Worker:    w1\nDuration:  61 s\n");
    expect_in(text, "  0123456789  Ada <ada@example.org>: Add\n");
    expect_in(text, "  success    git: done (2 s)\n");
    expect_in(text, "  failure    <test>: failed & \"bad\" (0 s)\n");
    expect_in(text, "\nThe end of the log of step <test>:\n\nif (a < b && c > d)\n");
    /* An author can't write lines of ours. */
    expect_in(text, "Eve Steps:   none: \n");
}

static void text__leaves_out_what_there_is_not(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct build_facts build = sample(mem);
    const char *text;

    (void)state;
    build.properties = NULL;
    build.has_previous = false;
    build.changes.count = 0;
    build.log_tail = NULL;
    text = render_text(&config, &build, mem);
    assert_null(strstr(text, "before"));
    assert_null(strstr(text, "Branch"));
    assert_null(strstr(text, "Changes"));
    assert_null(strstr(text, "The end of"));
    assert_null(strstr(text, "(null)"));
}

static void html__escapes_whatever_comes_from_outside(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct build_facts build = sample(mem);
    const char *html = render_html(&config, &build, mem);

    (void)state;
    assert_string_equal("&lt;a href=&quot;&#39;&amp;&quot;&gt;",
                        html_escape("<a href=\"'&\">", mem));
    assert_string_equal("", html_escape(NULL, mem));
    assert_null(strstr(html, "<test>"));
    expect_in(html, "&lt;test&gt;: failed &amp; &quot;bad&quot; (0 s)");
    expect_in(html, "if (a &lt; b &amp;&amp; c &gt; d)");
    expect_in(html, "Ada &lt;ada@example.org&gt;: Add</li>");
    expect_in(html, "<a href=\"https://git.example.org/?a=1&amp;b=2\"><code>0123456789</code></a>");
    assert_null(strstr(html, "javascript:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subject__says_what_became_of_what),
        cmocka_unit_test(subject__is_one_line),
        cmocka_unit_test(every_result__has_a_mark_and_a_colour),
        cmocka_unit_test(text__tells_all),
        cmocka_unit_test(text__leaves_out_what_there_is_not),
        cmocka_unit_test(html__escapes_whatever_comes_from_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
