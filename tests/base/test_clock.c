#include "check.h"

TEST(a_manual_clock_stands_still)
{
    struct clock clock;
    clock_manual_init(&clock, 0);
    assert_int_equal(clock_seconds(&clock), 0);
    assert_int_equal(clock_milliseconds(&clock), 0);
    clock_manual_set(&clock, 1795420800);
    assert_int_equal(clock_seconds(&clock), 1795420800);
    assert_int_equal(clock_seconds(&clock), 1795420800);
    assert_true(clock_milliseconds(&clock) == INT64_C(1795420800000));
}

TEST(seconds_are_rounded_down_before_1970)
{
    struct clock clock;
    clock_manual_init(&clock, -5);
    assert_true(clock_seconds(&clock) == -5);
    clock.manual = -1;
    assert_true(clock_seconds(&clock) == -1);
    clock.manual = -1000;
    assert_true(clock_seconds(&clock) == -1);
    clock.manual = 999;
    assert_true(clock_seconds(&clock) == 0);
}

TEST(extreme_times_stop_at_the_bounds)
{
    struct clock clock;
    clock_manual_init(&clock, INT64_MAX);
    assert_true(clock_milliseconds(&clock) == INT64_MAX);
    clock_manual_set(&clock, INT64_MIN);
    assert_true(clock_milliseconds(&clock) == INT64_MIN);
    assert_true(clock_seconds(&clock) == INT64_MIN / 1000 - 1);
}

TEST(the_system_clock_runs)
{
    int64_t before = clock_milliseconds(clock_system());
    assert_true(before > INT64_C(1700000000000));
    assert_true(clock_milliseconds(clock_system()) >= before);
    int64_t difference = clock_seconds(clock_system()) - (int64_t)time(NULL);
    assert_true(difference >= -1 && difference <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manual_clock_stands_still),
        cmocka_unit_test(seconds_are_rounded_down_before_1970),
        cmocka_unit_test(extreme_times_stop_at_the_bounds),
        cmocka_unit_test(the_system_clock_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
