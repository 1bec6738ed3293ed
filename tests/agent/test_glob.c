/* SPDX-License-Identifier: Apache-2.0 */
/* Finding files by patterns, and never outside of the folder. */
#include "below.h"
#include "ci_test.h"
#include "folder.h"
#include "glob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void glob__matches_parts(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool matches, enters;
    } cases[] = {
        {"*.xml",       "a.xml",       true,  false},
        {"*.xml",       "a/b.xml",     false, false},
        {"a/*.xml",     "a/b.xml",     true,  false},
        {"a/*.xml",     "a",           false, true },
        {"**",          "a",           true,  true },
        {"**",          "a/b/c",       true,  true },
        {"**/*.xml",    "a.xml",       true,  true },
        {"**/*.xml",    "a/b/c.xml",   true,  true },
        {"**/*.xml",    "a/b/c.txt",   false, true },
        {"a/**",        "a",           false, true },
        {"a/**",        "a/b",         true,  true },
        {"a/**",        "b/b",         false, false},
        {"a/**/b/*.c",  "a/x/y/b/z.c", true,  true },
        {"a/**/b/*.c",  "a/b/z.c",     true,  true },
        {"a/**/b/*.c",  "a/b",         false, true },
        {"**/**/**/x",  "a/b/c/d/x",   true,  true },
        {"*",           ".hidden",     false, false},
        {".*",          ".hidden",     true,  false},
        {"**/x",        ".git/x",      false, false},
        {"**",          "a/.b",        false, false},
        {"a[0-9]?",     "a1b",         true,  false},
        {"a\\*",        "a*",          true,  false},
        {"a\\*",        "ab",          false, false},
        {"build/a.txt", "build/a.txt", true,  false},
    };

    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        if (glob_matches(cases[i].pattern, cases[i].path) != cases[i].matches)
            fail_msg("%s should %smatch %s", cases[i].pattern, cases[i].matches ? "" : "not ",
                     cases[i].path);
        if (glob_enters(cases[i].pattern, cases[i].path) != cases[i].enters)
            fail_msg("%s should %senter %s", cases[i].pattern, cases[i].enters ? "" : "not ",
                     cases[i].path);
    }
}

static void below__makes_paths_normal(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    static const char *const good[][2] = {
        {"a//./b/", "a/b"},
        {".",       "."  },
        {"",        "."  },
        {"./..a",   "..a"}
    };
    static const char *const bad[] = {"/a", "..", "a/../b", "a/.."};
    const char *out;
    struct ci_err err;

    for (size_t i = 0; i < CI_COUNT(good); i++) {
        assert_ok(below_normal(mem, good[i][0], &out, &err), err);
        assert_string_equal(out, good[i][1]);
    }
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        assert_false(below_normal(mem, bad[i], &out, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
}

static void write_file(const char *folder, const char *name, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    int fd = open(ci_mem_printf(mem, "%s/%s", folder, name), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* A folder with files, hidden ones, and links that lead out. */
static char *make_tree(void *mem)
{
    char *folder = ci_mem_strdup(mem, "/tmp/slipway-glob-XXXXXX");
    struct ci_err err;

    assert_non_null(mkdtemp(folder));
    assert_ok(folder_make(ci_mem_printf(mem, "%s/a/b", folder), &err), err);
    assert_ok(folder_make(ci_mem_printf(mem, "%s/.c", folder), &err), err);
    write_file(folder, "a/b/two.xml", "2");
    write_file(folder, "a/one.xml", "1");
    write_file(folder, "a/one.txt", "text");
    write_file(folder, ".c/three.xml", "3");
    assert_int_equal(symlink("/etc/passwd", ci_mem_printf(mem, "%s/a/out.xml", folder)), 0);
    assert_int_equal(symlink("/etc", ci_mem_printf(mem, "%s/a/etc", folder)), 0);
    assert_int_equal(symlink("one.xml", ci_mem_printf(mem, "%s/a/within.xml", folder)), 0);
    return folder;
}

static char *join(void *mem, struct ci_strs list)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < list.count; i++)
        ci_buf_printf(&out, "%s%s", i > 0 ? " " : "", list.items[i]);
    return out.text;
}

static void glob__finds_files_below_only(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    char *folder = make_tree(mem);
    static const char *const all[] = {"**/*.xml", "a/one.*"}, *const absolute[] = {"/etc/*"};
    struct ci_strs found;
    struct ci_err err;
    int root = below_root(folder, &err);

    assert_true(root >= 0);
    assert_ok(glob_find(root, (struct ci_strs){all, 2}, mem, &found, &err), err);
    assert_string_equal(join(mem, found), "a/b/two.xml a/one.txt a/one.xml a/within.xml");
    assert_ok(glob_all(root, ".", mem, &found, &err), err);
    assert_string_equal(join(mem, found),
                        ".c/three.xml a/b/two.xml a/one.txt a/one.xml a/within.xml");
    assert_ok(glob_all(root, "a/b", mem, &found, &err), err);
    assert_string_equal(join(mem, found), "a/b/two.xml");
    assert_false(glob_find(root, (struct ci_strs){absolute, 1}, mem, &found, &err));
    close(root);
    assert_ok(folder_remove(folder, &err), err);
}

static void below__follows_no_link_out(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    char *folder = make_tree(mem);
    struct ci_bytes text;
    struct ci_err err;
    int root = below_root(folder, &err);

    assert_true(root >= 0);
    assert_ok(below_read(folder, "a/one.txt", 100, mem, &text, &err), err);
    assert_string_equal(text.data, "text");
    assert_false(below_read(folder, "a/one.txt", 3, mem, &text, &err));
    assert_int_equal(err.code, CI_ETOOLARGE);
    assert_false(below_read(folder, "a/etc/passwd", 1 << 20, mem, &text, &err));
    assert_false(below_read(folder, "a/out.xml", 1 << 20, mem, &text, &err));
    assert_false(below_read(folder, "a/nothing", 1 << 20, mem, &text, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    assert_ok(below_make(root, "new/and/deep", &err), err);
    assert_ok(below_make(root, "new/and/deep", &err), err);
    assert_false(below_make(root, "a/etc/slipway-test", &err));
    assert_false(below_make(root, "a/one.txt/x", &err));
    close(root);
    assert_ok(folder_remove(folder, &err), err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(glob__matches_parts),
        cmocka_unit_test(below__makes_paths_normal),
        cmocka_unit_test(glob__finds_files_below_only),
        cmocka_unit_test(below__follows_no_link_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
