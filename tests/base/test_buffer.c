#include "check.h"

#include <float.h>

TEST(an_empty_buffer_is_safe)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(0);
    assert_int_equal(buffer_slice(&buffer).length, 0);
    buffer_append(&buffer, (struct slice){0});
    buffer_append_text(&buffer, NULL);
    buffer_append_bytes(&buffer, NULL, 0);
    buffer_format(&buffer, "%s", "");
    assert_false(buffer.failed);
    assert_non_null(buffer_reserve(&buffer, 0));
    buffer_append_byte(&buffer, 'a');
    assert_true(buffer.failed);
    assert_null(buffer_reserve(&buffer, 0));
    assert_null(buffer_slice(&buffer).data);
    buffer_free(&buffer);
    buffer_free(&buffer);
    assert_false(buffer.failed);
}

TEST(the_maximum_is_exact_and_failure_sticks)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(10);
    buffer_append_text(&buffer, "123456789");
    buffer_append_byte(&buffer, '0');
    assert_slice(buffer_slice(&buffer), "1234567890");
    buffer_append_text(&buffer, "1");
    assert_true(buffer.failed);
    buffer_append_text(&buffer, "");
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 10);
    assert_true(buffer.capacity <= buffer.maximum);
    buffer_clear(&buffer);
    assert_false(buffer.failed);
    assert_non_null(buffer.data);
    buffer_format(&buffer, "%010d", 7);
    assert_slice(buffer_slice(&buffer), "0000000007");
    buffer_free(&buffer);
    assert_int_equal(buffer.maximum, 10);
    assert_null(buffer.data);
}

TEST(growth_stays_below_the_maximum)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1000);
    for (int i = 0; i < 1000; i++) {
        buffer_append_byte(&buffer, (char)('a' + i % 26));
        assert_true(buffer.length <= buffer.capacity && buffer.capacity <= buffer.maximum);
    }
    assert_false(buffer.failed);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buffer.data[i], 'a' + i % 26);
}

TEST(impossible_sizes_fail)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(SIZE_MAX);
    buffer_append_byte(&buffer, 'a');
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.failed);
    buffer_clear(&buffer);
    assert_null(buffer_reserve(&buffer, SIZE_MAX - 1));
    assert_true(buffer.failed);
}

TEST(reserve_and_commit)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(100);
    char *to = buffer_reserve(&buffer, 90);
    assert_non_null(to);
    memcpy(to, "abc", 3);
    buffer_commit(&buffer, 3);
    assert_slice(buffer_slice(&buffer), "abc");
    buffer_commit(&buffer, 98); /* more than there can be */
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 3);
}

TEST(integers_at_their_bounds)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(100);
    buffer_append_integer(&buffer, INT64_MIN);
    buffer_append_byte(&buffer, ' ');
    buffer_append_integer(&buffer, 0);
    buffer_append_byte(&buffer, ' ');
    buffer_append_integer(&buffer, INT64_MAX);
    assert_slice(buffer_slice(&buffer), "-9223372036854775808 0 9223372036854775807");
}

static void assert_decimal(double value, int decimals, const char *text)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1000);
    buffer_append_decimal(&buffer, value, decimals);
    assert_int_equal(buffer.failed, text == NULL);
    assert_slice(buffer_slice(&buffer), text == NULL ? "" : text);
}

TEST(decimals)
{
    assert_decimal(0, 0, "0");
    assert_decimal(-0.0, 2, "0.00");
    assert_decimal(-0.004, 2, "0.00");
    assert_decimal(-0.006, 2, "-0.01");
    assert_decimal(-10, 1, "-10.0");
    assert_decimal(3.14159, 2, "3.14");
    assert_decimal(0.5, 17, "0.50000000000000000");
    assert_decimal(1, 18, NULL);
    assert_decimal(1, -1, NULL);
    assert_decimal(__builtin_nan(""), 1, NULL);
    assert_decimal(-__builtin_inf(), 1, NULL);
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1000);
    buffer_append_decimal(&buffer, -DBL_MAX, 17);
    assert_false(buffer.failed);
    assert_int_equal(buffer.length, 328);
}

TEST(formats_of_every_length)
{
    for (int length = 250; length <= 260; length++) {
        CLEANUP(buffer_free) struct buffer buffer = BUFFER(260);
        buffer_format(&buffer, "%*d", length, 5);
        assert_int_equal(buffer.length, length);
        assert_int_equal(buffer.data[length - 1], '5');
    }
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(260);
    buffer_format(&buffer, "%261d", 5);
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_safe),
        cmocka_unit_test(the_maximum_is_exact_and_failure_sticks),
        cmocka_unit_test(growth_stays_below_the_maximum),
        cmocka_unit_test(impossible_sizes_fail),
        cmocka_unit_test(reserve_and_commit),
        cmocka_unit_test(integers_at_their_bounds),
        cmocka_unit_test(decimals),
        cmocka_unit_test(formats_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
