/* SPDX-License-Identifier: Apache-2.0 */
/* The hash map. */
#include "ci_test.h"
#include "map.h"

static void map__keeps_many(void **state)
{
    static int64_t keys[1000];
    struct map *map = map_new(sizeof(int64_t));

    (void)state;
    for (int64_t i = 0; i < 1000; i++) {
        keys[i] = i * 7;
        assert_null(map_put(map, &keys[i], &keys[i]));
    }
    assert_int_equal(1000, map_count(map));
    for (int64_t i = 0; i < 1000; i++)
        assert_ptr_equal(&keys[i], map_get(map, &keys[i]));
    for (int64_t i = 0; i < 1000; i += 2)
        assert_ptr_equal(&keys[i], map_take(map, &keys[i]));
    assert_int_equal(500, map_count(map));
    assert_null(map_get(map, &keys[0]));
    assert_null(map_take(map, &keys[0]));
    assert_ptr_equal(&keys[1], map_get(map, &keys[1]));
    map_free(map);
}

static void map__a_put_returns_what_was_there(void **state)
{
    struct map *map = map_new(sizeof(int64_t));
    const int64_t key = 5;
    int first = 1, second = 2;

    (void)state;
    assert_null(map_put(map, &key, &first));
    assert_ptr_equal(&first, map_put(map, &key, &second));
    assert_int_equal(1, map_count(map));
    assert_ptr_equal(&second, map_take_any(map));
    assert_null(map_take_any(map));
    map_free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map__keeps_many),
        cmocka_unit_test(map__a_put_returns_what_was_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
