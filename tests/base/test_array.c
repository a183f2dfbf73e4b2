#include "check.h"

/* Through malloc, the change to large pages, and growing there; what was written stays. */
TEST(growing_keeps_what_was_written)
{
    uint32_t *numbers = NULL;
    size_t capacity = 0, count = 3 * (size_t)MEMORY_LARGE / sizeof *numbers;
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(array_grow((void **)&numbers, &capacity, i + 1, sizeof *numbers, &error), OK);
        assert_true(capacity > i);
        numbers[i] = (uint32_t)(i * 2654435761U);
        if ((i & (i - 1)) == 0)
            for (size_t k = 0; k <= i; k++)
                assert_int_equal(numbers[k], (uint32_t)(k * 2654435761U));
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(numbers[i], (uint32_t)(i * 2654435761U));
    array_free(numbers, capacity, sizeof *numbers);
    array_free(NULL, 0, sizeof *numbers);
}

/* Without memory the array stays, and its owner can go on or free it. */
TEST(too_much_is_refused_and_nothing_lost)
{
    for (size_t begin = 100; begin <= 4 * (size_t)MEMORY_LARGE; begin *= 40) {
        char *bytes = NULL;
        size_t capacity = 0;
        struct error error = {0};
        assert_int_equal(array_grow((void **)&bytes, &capacity, begin, 1, &error), OK);
        size_t before = capacity;
        memset(bytes, 'x', before);
        assert_int_equal(array_grow((void **)&bytes, &capacity, SIZE_MAX / 2, 1, &error), ERROR_MEMORY);
        assert_int_equal(array_grow((void **)&bytes, &capacity, SIZE_MAX, 8, &error), ERROR_MEMORY);
        assert_int_equal(capacity, before);
        for (size_t i = 0; i < before; i++)
            assert_int_equal(bytes[i], 'x');
        array_free(bytes, capacity, 1);
    }
}

TEST(large_pieces_are_zeroed_and_aligned)
{
    size_t size = 5 * (size_t)MEMORY_LARGE / 2;
    char *piece = memory_large_new(size);
    assert_non_null(piece);
    assert_int_equal((uintptr_t)piece % MEMORY_LARGE, 0);
    for (size_t i = 0; i < size; i += 512)
        assert_int_equal(piece[i], 0);
    memset(piece, 7, size);
    char *larger = memory_large_grow(piece, size, 4 * size);
    assert_non_null(larger);
    for (size_t i = 0; i < size; i += 512)
        assert_int_equal(larger[i], 7);
    for (size_t i = 3 * (size_t)MEMORY_LARGE; i < 4 * size; i += 512)
        assert_int_equal(larger[i], 0);
    assert_null(memory_large_new(SIZE_MAX));
    memory_large_free(larger, 4 * size);
    memory_large_free(NULL, 0);
}

TEST(missing_library_names_its_package)
{
    struct error error = {0};
    double (*sine)(double) = NULL;
    int (*none)(void) = NULL;
    const struct library_function there[] = {{"sin", &sine}}, missing[] = {{"no_such_function", &none}};
    assert_int_equal(library_load("libm.so.6", "libc6", there, 1, &error), OK);
    assert_true(sine(0.0) < 1e-12);
    assert_int_equal(library_load("libm.so.6", "libc6", missing, 1, &error), ERROR_IO);
    assert_string_equal(error.detail, "libm.so.6 has no no_such_function (apt install libc6)");
    assert_int_equal(library_load("libhecht-none.so.1", "none1", there, 1, &error), ERROR_IO);
    assert_string_equal(error.detail, "libhecht-none.so.1 is missing (apt install none1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growing_keeps_what_was_written),
        cmocka_unit_test(too_much_is_refused_and_nothing_lost),
        cmocka_unit_test(large_pieces_are_zeroed_and_aligned),
        cmocka_unit_test(missing_library_names_its_package),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
