#include "view/view.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#define MINUS "\xE2\x88\x92"
#define DASH "\xE2\x80\x93"

static void assert_written(struct buffer *out, const char *expected)
{
    assert_false(out->failed);
    if (!slice_equal(buffer_slice(out), slice_from_text(expected)))
        fail_msg("got %.*s, expected %s", SLICE_ARG(buffer_slice(out)), expected);
    buffer_clear(out);
}

static void test_integers(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    static const struct {
        int64_t value;
        const char *english, *dutch;
    } cases[] = {
        {0, "0", "0"},
        {7, "7", "7"},
        {999, "999", "999"},
        {1000, "1,000", "1.000"},
        {1234567, "1,234,567", "1.234.567"},
        {-1, MINUS "1", MINUS "1"},
        {-1234, MINUS "1,234", MINUS "1.234"},
        {INT64_MAX, "9,223,372,036,854,775,807", "9.223.372.036.854.775.807"},
        {INT64_MIN, MINUS "9,223,372,036,854,775,808", MINUS "9.223.372.036.854.775.808"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        format_integer(&out, LANGUAGE_EN, cases[i].value);
        assert_written(&out, cases[i].english);
        format_integer(&out, LANGUAGE_NL, cases[i].value);
        assert_written(&out, cases[i].dutch);
    }
}

static void test_decimals(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    static const struct {
        double value;
        int decimals;
        const char *dutch;
    } cases[] = {
        {0, 1, "0,0"},
        {3.7, 1, "3,7"},
        {3.7, 2, "3,70"},
        {3, 0, "3"},
        /* Exact ties go away from zero, whatever the digit before. */
        {0.5, 0, "1"},
        {1.5, 0, "2"},
        {2.5, 0, "3"},
        {-2.5, 0, MINUS "3"},
        {3.25, 1, "3,3"},
        {3.75, 1, "3,8"},
        {3.125, 2, "3,13"},
        {-3.125, 2, MINUS "3,13"},
        /* Just below a tie stays below. */
        {2.4999999999999996, 0, "2"},
        {3.65, 1, "3,6"}, /* the double is 3.649999... */
        {0.05, 1, "0,1"}, /* the double is 0.05000000000000000277 */
        {9.95, 1, "9,9"}, /* the double is 9.949999... */
        {9.996, 2, "10,00"},
        /* What is shown as zero has no sign. */
        {-0.0, 1, "0,0"},
        {-0.04, 1, "0,0"},
        {-0.06, 1, MINUS "0,1"},
        {1234.5, 1, "1.234,5"},
        {999999.96, 1, "1.000.000,0"},
        {-1234567.25, 2, MINUS "1.234.567,25"},
        {5e-324, 9, "0,000000000"},
        {NAN, 1, DASH},
        {INFINITY, 1, DASH},
        {-INFINITY, 1, DASH},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        format_decimal(&out, LANGUAGE_NL, cases[i].value, cases[i].decimals);
        assert_written(&out, cases[i].dutch);
    }
    format_decimal(&out, LANGUAGE_EN, -1234567.25, 2);
    assert_written(&out, MINUS "1,234,567.25");
    format_decimal(&out, LANGUAGE_EN, DBL_MAX, 2);
    assert_written(&out, "1.80e+308");
    format_decimal(&out, LANGUAGE_NL, -1e15, 0);
    assert_written(&out, MINUS "1,00e+15");
    format_decimal(&out, LANGUAGE_EN, 1, -1);
    assert_true(out.failed);
}

static void test_dates(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    static const struct {
        int64_t seconds;
        const char *english, *dutch;
    } cases[] = {
        {1795440600, "23 November 2026|Mon 23 November, 14:30", "23 november 2026|ma 23 november, 14:30"},
        {0, "1 January 1970|Thu 1 January, 01:00", "1 januari 1970|do 1 januari, 01:00"},
        {-1, "1 January 1970|Thu 1 January, 00:59", "1 januari 1970|do 1 januari, 00:59"},
        /* 2026-03-29: at 01:00 UTC the clock goes from 02:00 to 03:00. */
        {1774745999, "29 March 2026|Sun 29 March, 01:59", "29 maart 2026|zo 29 maart, 01:59"},
        {1774746000, "29 March 2026|Sun 29 March, 03:00", "29 maart 2026|zo 29 maart, 03:00"},
        /* 2026-10-25: at 01:00 UTC it goes from 03:00 back to 02:00. */
        {1792889999, "25 October 2026|Sun 25 October, 02:59", "25 oktober 2026|zo 25 oktober, 02:59"},
        {1792890000, "25 October 2026|Sun 25 October, 02:00", "25 oktober 2026|zo 25 oktober, 02:00"},
        /* In summer the day begins at 22:00 UTC. */
        {1783116000, "4 July 2026|Sat 4 July, 00:00", "4 juli 2026|za 4 juli, 00:00"},
        {1783115999, "3 July 2026|Fri 3 July, 23:59", "3 juli 2026|vr 3 juli, 23:59"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t j = 0; j < LANGUAGE_COUNT; j++) {
            format_date(&out, (enum language)j, cases[i].seconds);
            buffer_append_byte(&out, '|');
            format_date_time(&out, (enum language)j, cases[i].seconds);
            assert_written(&out, j == LANGUAGE_EN ? cases[i].english : cases[i].dutch);
        }
    }
    format_date(&out, LANGUAGE_EN, INT64_MAX);
    assert_written(&out, "31 December 9999");
    format_date(&out, LANGUAGE_EN, INT64_MIN);
    assert_int_equal(out.data[out.length - 1], '1'); /* the year 1 */
}

static int set_time_zone(void **state)
{
    (void)state;
    setenv("TZ", "Europe/Amsterdam", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests_name("format", tests, set_time_zone, NULL);
}
