/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"
#include "shared/compress.h"

#include <pthread.h>
#include <string.h>

static void compress__round_trips(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 65536, 1000000};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(sizes); i++) {
        char *plain = ci_mem_array(mem, char, sizes[i] + 1);
        struct ci_bytes packed, out = {0};
        struct ci_err err = {0};

        for (size_t j = 0; j < sizes[i]; j++)
            plain[j] = (char)('a' + j % 26);
        packed = ci_compress(mem, (struct ci_bytes){plain, sizes[i]});
        assert_ok(ci_expand(mem, packed, sizes[i], &out, &err), err);
        assert_int_equal(sizes[i], out.len);
        assert_memory_equal(plain, out.data, sizes[i] + 1);
        if (sizes[i] > 1000)
            assert_true(packed.len < sizes[i] / 5);
    }
}

static void expand__refuses_what_is_too_large(void **state)
{
    static const char plain[1000] = "x";
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes packed = ci_compress(mem, (struct ci_bytes){plain, sizeof(plain)}), out = {0};
    struct ci_err err = {0};

    (void)state;
    assert_false(ci_expand(mem, packed, sizeof(plain) - 1, &out, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_null(out.data);
}

static void expand__refuses_what_is_no_frame(void **state)
{
    static const char text[] = "an ordinary text, long enough for a header";
    static const char plain[1000] = "x";
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes packed = ci_compress(mem, (struct ci_bytes){plain, sizeof(plain)}), out = {0};
    struct ci_err err = {0};
    char *two = ci_mem_array(mem, char, packed.len * 2);

    (void)state;
    assert_false(ci_expand(mem, (struct ci_bytes){text, sizeof(text)}, 10000, &out, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_false(ci_expand(mem, (struct ci_bytes){NULL, 0}, 10000, &out, &err));
    assert_false(ci_expand(mem, (struct ci_bytes){packed.data, packed.len - 1}, 10000, &out, &err));
    memcpy(two, packed.data, packed.len);
    memcpy(two + packed.len, packed.data, packed.len);
    assert_false(ci_expand(mem, (struct ci_bytes){two, packed.len * 2}, 10000, &out, &err));
}

static void *compress_much(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        compress__round_trips(NULL);
    return NULL;
}

static void compress__works_in_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, compress_much, NULL));
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compress__round_trips),
        cmocka_unit_test(expand__refuses_what_is_too_large),
        cmocka_unit_test(expand__refuses_what_is_no_frame),
        cmocka_unit_test(compress__works_in_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
