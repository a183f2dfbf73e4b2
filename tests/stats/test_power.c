#include "stats/power.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void test_no_answer(void **state)
{
    (void)state;
    assert_true(isnan(paired_t_power(1, 1, 1, 0.05)));
    assert_true(isnan(paired_t_power(0, 1, 1, 0.05)));
    assert_true(isnan(paired_t_power(8, 0, 1, 0.05)));
    assert_true(isnan(paired_t_power(8, -1, 1, 0.05)));
    assert_true(isnan(paired_t_power(8, NAN, 1, 0.05)));
    assert_true(isnan(paired_t_power(8, 1, INFINITY, 0.05)));
    assert_true(isnan(paired_t_power(8, 1, 1, 0)));
    assert_true(isnan(paired_t_detectable(1, 1, 0.05, 0.8)));
    assert_true(isnan(paired_t_detectable(8, 0, 0.05, 0.8)));
    assert_true(isnan(paired_t_detectable(8, 1, 0.05, 1)));
    assert_true(isnan(paired_t_detectable(8, 1, 0.05, 0.025)));
    assert_true(isnan(design_effect(0.5, 0.1)));
    assert_true(isnan(design_effect(5, -0.1)));
    assert_true(isnan(design_effect(5, NAN)));
}

static void test_edges(void **state)
{
    (void)state;
    assert_near(paired_t_power(8, 1, 0, 0.05), 0.05, 1e-9); /* no change: the rate of false alarms */
    assert_near(paired_t_power(8, 1, -0.5, 0.05), paired_t_power(8, 1, 0.5, 0.05), 0);
    assert_near(paired_t_power(8, 1, 50, 0.05), 1, 1e-9);
    assert_near(paired_t_power(8, 1, 1e3, 0.05), 1, 1e-9);
    assert_near(paired_t_power(2, 1, 9e4, 0.05), 1, 1e-9); /* on this side of where it is 1 without computing */
    assert_near(paired_t_power(2, 1e-300, 1e300, 0.05), 1, 0);
    assert_near(design_effect(1, 0.3), 1, 0);
    assert_near(design_effect(7, 0), 1, 0);
}

/* One degree of freedom: the noncentral t is a ratio of normals. */
static void test_two_people_need_much(void **state)
{
    (void)state;
    double delta = paired_t_detectable(2, 0.5, 0.05, 0.8);
    assert_true(delta > 5 && delta < 20);
    assert_near(paired_t_power(2, 0.5, delta, 0.05), 0.8, 1e-6);
}

static void test_one_is_the_other_backwards(void **state)
{
    (void)state;
    for (int64_t n = 3; n < 3000; n = n * 3 / 2 + 1)
        for (double power = 0.5; power < 0.99; power += 0.12) {
            double delta = paired_t_detectable(n, 0.7, 0.05, power);
            assert_near(paired_t_power(n, 0.7, delta, 0.05), power, 2e-4); /* the wrong tail is left out */
            assert_true(paired_t_power(n, 0.7, delta, 0.05) >= power * (1 - 1e-9));
            assert_near(paired_t_detectable(n, 1.4, 0.05, power), 2 * delta, 1e-12);
        }
    for (int64_t n = 5; n < 100; n++)
        assert_true(paired_t_detectable(n + 1, 0.5, 0.05, 0.8) < paired_t_detectable(n, 0.5, 0.05, 0.8));
}

static void test_reference(void **state)
{
    (void)state;
    struct reference *reference = reference_open("power_and_quantiles");
    /* R's power.t.test stops its search early, at 1e-4 of the change; exact values by R's pt and uniroot
     * with a tolerance of 1e-14. */
    for (size_t i = 0; i < reference_length(reference, "grid/n"); i++)
        assert_near(paired_t_detectable((int64_t)reference_element(reference, "grid/n", i),
                                        reference_element(reference, "grid/sd_diff", i), 0.05, 0.8),
                    reference_element(reference, "grid/mdc95_power80_paired", i), 1e-4);
    const struct {
        int64_t n;
        double delta;
    } exact[] = {{5, 0.8409986411071737},
                 {8, 0.5780177471773321},
                 {12, 0.4443275727077288},
                 {20, 0.3302212049092665},
                 {50, 0.2020917461068769}};
    for (size_t i = 0; i < COUNT_OF(exact); i++)
        assert_near(paired_t_detectable(exact[i].n, 0.5, 0.05, 0.8), exact[i].delta, 1e-9);
    assert_near(paired_t_power(8, 0.8, 0.5, 0.05), 0.333382478223889, 1e-9);
    assert_near(paired_t_power(12, 0.7, 0.3, 0.05), 0.273588757078673, 1e-9);
    assert_near(paired_t_power(20, 1, 0.5, 0.05), 0.564504418439084, 1e-9);
    for (size_t i = 0; i < 3; i++)
        assert_near(design_effect(reference_element(reference, "cluster_design/m", i), 0.1),
                    reference_element(reference, "cluster_design/deff", i), 1e-14);
    reference_close(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_two_people_need_much),
        cmocka_unit_test(test_one_is_the_other_backwards),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
