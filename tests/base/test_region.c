#include "check.h"

#include <stdalign.h>

TEST(null_may_be_freed)
{
    assert_null(region_free(NULL));
}

TEST(a_region_of_nothing_gives_nothing)
{
    CLEANUP(region_cleanup) struct region *region = region_new(0);
    assert_non_null(region);
    assert_non_null(region_allocate(region, 0));
    assert_false(region_failed(region));
    assert_null(region_allocate(region, 1));
    assert_true(region_failed(region));
    assert_string_equal(region_text(region, S("")), "");
    assert_int_equal(region_used(region), 0);
}

TEST(the_maximum_is_exact_and_failure_is_remembered)
{
    CLEANUP(region_cleanup) struct region *region = region_new(100);
    assert_non_null(region_allocate(region, 99));
    assert_non_null(region_allocate(region, 1));
    assert_false(region_failed(region));
    assert_int_equal(region_used(region), 100);
    assert_null(region_allocate(region, 1));
    assert_true(region_failed(region));
    assert_null(region_allocate(region, SIZE_MAX));
    region_clear(region);
    assert_false(region_failed(region));
    assert_int_equal(region_used(region), 0);
    assert_non_null(region_allocate(region, 100));
}

TEST(arrays_do_not_overflow)
{
    CLEANUP(region_cleanup) struct region *region = region_new(SIZE_MAX);
    assert_null(region_array(region, SIZE_MAX / 2 + 1, 2));
    assert_true(region_failed(region));
    region_clear(region);
    assert_null(region_allocate(region, SIZE_MAX)); /* more than exists */
    assert_null(region_allocate(region, SIZE_MAX - 8));
    assert_true(region_failed(region));
    assert_non_null(REGION_ARRAY(region, 0, int64_t));
    assert_non_null(REGION_ARRAY(region, 1000, int64_t));
    assert_int_equal(region_used(region), 8000);
    struct slice longest = {"", SIZE_MAX};
    assert_null(region_copy(region, longest).data);
}

TEST(memory_is_zeroed_aligned_and_separate)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 24);
    unsigned char *pieces[2000];
    size_t size = 0;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        size = i % 97 == 0 ? 5000 + i : i % 50;
        pieces[i] = region_allocate(region, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        size = i % 97 == 0 ? 5000 + i : i % 50;
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], i % 255 + 1);
    }
}

TEST(copies_end_in_nul)
{
    CLEANUP(region_cleanup) struct region *region = region_new(100);
    struct slice copy = region_copy(region, (struct slice){0});
    assert_non_null(copy.data); /* an empty copy is no failure */
    assert_int_equal(copy.length, 0);
    copy = region_copy(region, slice_part(S("hecht"), 1, 3));
    assert_string_equal(copy.data, "ech");
    assert_int_equal(copy.length, 3);
    assert_int_equal(*(int64_t *)region_allocate(region, 8), 0); /* aligned behind the odd text */
    assert_string_equal(region_text(region, S("pike")), "pike");
    assert_false(region_failed(region));
}

TEST(text_helpers_return_empty_text_on_failure)
{
    CLEANUP(region_cleanup) struct region *region = region_new(5);
    assert_null(region_copy(region, S("hecht")).data); /* five and the NUL */
    assert_string_equal(region_text(region, S("hecht")), "");
    assert_int_equal(region_format(region, "%d", 12345).length, 0);
    assert_true(region_failed(region));
    assert_string_equal(region_text(region, S("pike")), "pike");
}

/* Memory that is used again is as new. */
TEST(a_cleared_region_is_zeroed)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    for (int round = 0; round < 4; round++) {
        for (size_t size = 100; size < 50000; size *= 2) {
            char *bytes = region_allocate(region, size);
            assert_non_null(bytes);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(bytes[i], 0);
            memset(bytes, 0xA5, size);
        }
        region_clear(region);
        assert_int_equal(region_used(region), 0);
    }
}

TEST(formats_may_be_long)
{
    CLEANUP(region_cleanup) struct region *region = region_new(100000);
    assert_slice(region_format(region, "%s", ""), "");
    struct slice text = region_format(region, "%d-%s", -5, "x");
    assert_slice(text, "-5-x");
    assert_int_equal(text.data[text.length], '\0');
    text = region_format(region, "%50000d", 1);
    assert_int_equal(text.length, 50000);
    assert_int_equal(text.data[49999], '1');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_may_be_freed),
        cmocka_unit_test(a_region_of_nothing_gives_nothing),
        cmocka_unit_test(the_maximum_is_exact_and_failure_is_remembered),
        cmocka_unit_test(arrays_do_not_overflow),
        cmocka_unit_test(memory_is_zeroed_aligned_and_separate),
        cmocka_unit_test(copies_end_in_nul),
        cmocka_unit_test(text_helpers_return_empty_text_on_failure),
        cmocka_unit_test(a_cleared_region_is_zeroed),
        cmocka_unit_test(formats_may_be_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
