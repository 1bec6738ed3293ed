/* SPDX-License-Identifier: Apache-2.0 */
/* What git prints, as structs; and what holds for every change. */
#include "ci_test.h"
#include "polls/git.h"

#include <string.h>

#define SHA1 "1111111111111111111111111111111111111111"
#define SHA2 "2222222222222222222222222222222222222222"

static const char listing[] =
    "ref: refs/heads/trunk\tHEAD\n" SHA1 "\tHEAD\n" SHA2 "\trefs/heads/feature/a\n" SHA2
    "\trefs/heads/feature/deep/b\n" SHA1 "\trefs/heads/main\n" SHA1 "\trefs/heads/trunk\n";

/* The branches of the tips, with blanks between. */
static const char *branches(const char *text, const struct ci_change_source *source, void *mem)
{
    struct ci_list tips = {0};
    struct ci_buf out;

    ci_buf_init(&out, mem);
    git_parse_tips(text, source, mem, &tips);
    CI_FOREACH(const struct git_tip, tip, tips) {
        assert_int_equal(40, strlen(tip->revision));
        ci_buf_printf(&out, "%s%s", out.len ? " " : "", tip->branch);
    }
    return out.text;
}

static void tips__are_of_the_branches_named(void **state)
{
    static const char *const names[] = {"main", "feature/*"}, *const nothing[] = {"release/*"};
    struct ci_change_source source = {.all_branches = true};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("feature/a feature/deep/b main trunk", branches(listing, &source, mem));
    source.all_branches = false;
    assert_string_equal("trunk", branches(listing, &source, mem));
    source.branches = (struct ci_strs){names, 2};
    assert_string_equal("feature/a feature/deep/b main", branches(listing, &source, mem));
    source.branches = (struct ci_strs){nothing, 1};
    assert_string_equal("", branches(listing, &source, mem));
    assert_string_equal("", branches("", &source, mem));
}

/* A plain HTTP server does not tell what HEAD names. */
static void tips__guess_the_head_that_is_not_told(void **state)
{
    const struct ci_change_source head = {0};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal(
        "main",
        branches(SHA1 "\tHEAD\n" SHA1 "\trefs/heads/a\n" SHA1 "\trefs/heads/main\n", &head, mem));
    assert_string_equal(
        "a",
        branches(SHA1 "\tHEAD\n" SHA1 "\trefs/heads/a\n" SHA2 "\trefs/heads/main\n", &head, mem));
    assert_string_equal("", branches(SHA1 "\tHEAD\n" SHA2 "\trefs/heads/main\n", &head, mem));
    /* Other symbolic references are no HEAD. */
    assert_string_equal(
        "b", branches("ref: refs/heads/a\trefs/heads/alias\nref: refs/heads/b\tHEAD\n" SHA1
                      "\tHEAD\n" SHA1 "\trefs/heads/a\n" SHA1 "\trefs/heads/b\n",
                      &head, mem));
}

static void tips__pass_over_what_cannot_be_stored(void **state)
{
    const struct ci_change_source all = {.all_branches = true};
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = ci_mem_printf(mem,
                               SHA1 "\trefs/heads/%0600d\n" SHA1 "\trefs/heads/caf\xe9\n" SHA1
                                    "\trefs/heads/ok\nwarning: something\n" SHA1 "\trefs/tags/v1\n",
                               7);

    (void)state;
    assert_string_equal("ok", branches(text, &all, mem));
}

static const struct git_commit *parse(const char *text, size_t len, size_t count, void *mem)
{
    struct ci_list out = {0};
    struct ci_err err = {0};

    assert_ok(git_parse_log((struct ci_bytes){text, len}, mem, &out, &err), err);
    assert_int_equal(count, out.count);
    return out.items;
}

#define HEADER(sha, when, text) "\0" sha "\0A <a@x>\0C <c@x>\0" when "\0" text "\0\0"

static void log__reads_fields_and_files(void **state)
{
    static const char text[] =
        HEADER(SHA1, "1767268800", "Title\n\nBody\n") "\nsrc/a.c\0b c\0" HEADER(
            SHA2, "1767268801", "No files\n") HEADER(SHA1, "1767268802", "") "\n\nodd\nname\0";
    CI_AUTO_MEM mem = ci_mem_new();
    const struct git_commit *commits;

    (void)state;
    commits = parse(text, sizeof(text) - 1, 3, mem);
    assert_string_equal(SHA1, commits[0].revision);
    assert_string_equal("A <a@x>", commits[0].author);
    assert_string_equal("C <c@x>", commits[0].committer);
    assert_string_equal("Title\n\nBody", commits[0].comments);
    assert_int_equal(1767268800 * INT64_C(1000000), commits[0].when.us);
    assert_int_equal(2, commits[0].files.count);
    assert_string_equal("b c", commits[0].files.items[1]);
    assert_int_equal(0, commits[1].files.count);
    assert_string_equal("No files", commits[1].comments);
    assert_string_equal("", commits[2].comments);
    assert_int_equal(1, commits[2].files.count);
    assert_string_equal("\nodd\nname", commits[2].files.items[0]);
}

static void log__makes_utf8_of_what_is_none(void **state)
{
    static const char text[] = "\0" SHA1 "\0Andr\xe9 <a@x>\0C <c@x>\0"
                               "1\0"
                               "caf\xe9\n\0\0"
                               "\nd\xe9j\xe0\0";
    CI_AUTO_MEM mem = ci_mem_new();
    const struct git_commit *commit;

    (void)state;
    commit = parse(text, sizeof(text) - 1, 1, mem);
    assert_string_equal("Andr\xef\xbf\xbd <a@x>", commit->author);
    assert_string_equal("caf\xef\xbf\xbd", commit->comments);
    assert_string_equal("d\xef\xbf\xbdj\xef\xbf\xbd", commit->files.items[0]);
}

static void log__keeps_odd_times_in_range(void **state)
{
    static const char epoch[] = HEADER(SHA1, "0", "x"),
                      far[] = HEADER(SHA1, "99999999999999999999", "x"),
                      before[] = HEADER(SHA1, "-7", "x");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_int_equal(1, parse(epoch, sizeof(epoch) - 1, 1, mem)->when.us); /* 0 would be none */
    assert_int_equal(1, parse(before, sizeof(before) - 1, 1, mem)->when.us);
    assert_int_equal(INT64_C(253402300799000000), parse(far, sizeof(far) - 1, 1, mem)->when.us);
}

static void log__refuses_what_it_is_not(void **state)
{
    static const char *const texts[] = {"fatal: oops", SHA1, "short"};
    static const char cut[] = "\0" SHA1 "\0A <a@x>\0C <c@x>\0"
                              "1\0"
                              "text";
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list out = {0};
    struct ci_err err = {0};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(texts); i++)
        assert_false(git_parse_log((struct ci_bytes){texts[i], strlen(texts[i])}, mem, &out, &err));
    assert_false(git_parse_log((struct ci_bytes){cut, sizeof(cut) - 1}, mem, &out, &err));
    assert_int_equal(CI_EINTERNAL, err.code);
    (void)parse("", 0, 0, mem);
}

static void change__source_is_found_by_any_address(void **state)
{
    struct ci_change_source sources[] = {{.repository = "/srv/a"},
                                         {.repository = "git@github.com:o/r.git"}};
    const struct ci_config config = {
        .change_sources = {sources, 2}
    };
    const char *const addresses[] = {NULL, "", "https://github.com/o/r"};

    (void)state;
    assert_ptr_equal(&sources[1], change_source_of(&config, addresses, 3));
    assert_null(change_source_of(&config, addresses, 2));
}

static void change__is_checked_for_what_an_index_takes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct new_change change = {.repository = "https://x/y", .branch = "main"};
    struct ci_err err = {0};

    (void)state;
    assert_ok(change_check(&change, &err), err);
    change.branch = ci_mem_printf(mem, "%01100d", 1);
    assert_false(change_check(&change, &err));
    assert_int_equal(CI_EINVALID, err.code);
    change.branch = "a\nb";
    assert_false(change_check(&change, &err));
    assert_string_equal("the branch has a control character", err.msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tips__are_of_the_branches_named),
        cmocka_unit_test(tips__guess_the_head_that_is_not_told),
        cmocka_unit_test(tips__pass_over_what_cannot_be_stored),
        cmocka_unit_test(log__reads_fields_and_files),
        cmocka_unit_test(log__makes_utf8_of_what_is_none),
        cmocka_unit_test(log__keeps_odd_times_in_range),
        cmocka_unit_test(log__refuses_what_it_is_not),
        cmocka_unit_test(change__source_is_found_by_any_address),
        cmocka_unit_test(change__is_checked_for_what_an_index_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
