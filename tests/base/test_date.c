#include "check.h"

static void use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void assert_day_end(const char *zone, const char *day, const char *utc)
{
    use_zone(zone);
    int64_t seconds = 0;
    assert_true(date_parse_day_end(slice_from_text(day), &seconds));
    char text[DATE_UTC_LENGTH];
    date_format_utc(seconds, text);
    assert_string_equal(text, utc);
    char back[DATE_DAY_LENGTH];
    date_format_day(seconds, back);
    assert_string_equal(back, day);
    date_format_day(seconds + 1, back);
    assert_string_not_equal(back, day);
}

TEST(what_is_no_day_is_refused)
{
    static const char *const refused[] = {
        "",           "2026",       "2026-11",    "2026-11-23 ", " 2026-11-23", "2026-11-2",  "2026-1-023",
        "2026/11/23", "23-11-2026", "2026-00-10", "2026-13-01",  "2026-01-00",  "2026-01-32", "2026-04-31",
        "2026-06-31", "2026-09-31", "2026-11-31", "2026-02-29",  "2028-02-30",  "1900-02-29", "2100-02-29",
        "0000-01-01", "-001-01-01", "2026--1-01", "2026-01--1",  "2026-1a-01",  "+026-01-01", "2026-+1-01",
    };
    use_zone("Europe/Amsterdam");
    int64_t seconds = 77;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(date_parse_day_end(slice_from_text(refused[i]), &seconds));
    assert_false(date_parse_day_end((struct slice){0}, &seconds));
    assert_false(date_parse_day_end(S("2026-11-2\0"), &seconds));
    assert_int_equal(seconds, 77);
}

TEST(every_month_has_its_last_day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int years[] = {1999, 2000, 2026, 2028, 2100};
    use_zone("Europe/Amsterdam");
    for (size_t y = 0; y < COUNT_OF(years); y++) {
        for (int month = 1; month <= 12; month++) {
            bool leap_february = month == 2 && (years[y] == 2000 || years[y] == 2028);
            int last = days[month - 1] + leap_february;
            char day[32];
            int64_t seconds;
            int length = snprintf(day, sizeof(day), "%04d-%02d-%02d", years[y], month, last);
            assert_true(date_parse_day_end(slice_from_bytes(day, (size_t)length), &seconds));
            struct date date = date_local(seconds);
            assert_true(date.year == years[y] && date.month == month && date.day == last);
            assert_true(date.hour == 23 && date.minute == 59 && date.second == 59);
            assert_int_equal(date_local(seconds + 1).day, 1);
            snprintf(day, sizeof(day), "%04d-%02d-%02d", years[y], month, last + 1);
            assert_false(date_parse_day_end(slice_from_bytes(day, (size_t)length), &seconds));
        }
    }
}

TEST(day_ends_in_amsterdam)
{
    assert_day_end("Europe/Amsterdam", "2026-11-23", "2026-11-23T22:59:59Z");
    assert_day_end("Europe/Amsterdam", "2026-07-01", "2026-07-01T21:59:59Z");
    assert_day_end("Europe/Amsterdam", "2026-03-28", "2026-03-28T22:59:59Z"); /* before summer time */
    assert_day_end("Europe/Amsterdam", "2026-03-29", "2026-03-29T21:59:59Z"); /* the day of 23 hours */
    assert_day_end("Europe/Amsterdam", "2026-10-24", "2026-10-24T21:59:59Z");
    assert_day_end("Europe/Amsterdam", "2026-10-25", "2026-10-25T22:59:59Z"); /* the day of 25 hours */
    assert_day_end("Europe/Amsterdam", "2028-02-29", "2028-02-29T22:59:59Z");
    assert_day_end("UTC", "1969-12-31", "1969-12-31T23:59:59Z"); /* -1, which mktime also uses for errors */
}

TEST(day_ends_where_clocks_change_at_midnight)
{
    /* Chile goes back from 24:00 to 23:00: the second 23:59:59 is the end. */
    assert_day_end("America/Santiago", "2024-04-06", "2024-04-07T03:59:59Z");
    assert_day_end("America/Santiago", "2024-09-07", "2024-09-08T03:59:59Z");
    /* Samoa left a day out. */
    use_zone("Pacific/Apia");
    int64_t seconds = 77;
    assert_false(date_parse_day_end(S("2011-12-30"), &seconds));
    assert_int_equal(seconds, 77);
    assert_day_end("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59Z");
}

TEST(local_dates_follow_summer_time)
{
    use_zone("Europe/Amsterdam");
    int64_t seconds;
    assert_true(date_parse_utc(S("2026-03-29T00:59:59Z"), &seconds));
    struct date date = date_local(seconds);
    assert_true(date.hour == 1 && date.minute == 59 && date.second == 59);
    date = date_local(seconds + 1);
    assert_true(date.hour == 3 && date.minute == 0 && date.second == 0);
    assert_int_equal(date.weekday, 0);
    assert_int_equal(date_utc(seconds + 1).hour, 1);
    assert_true(date_parse_utc(S("2026-12-31T23:00:00Z"), &seconds));
    date = date_local(seconds);
    assert_true(date.year == 2027 && date.month == 1 && date.day == 1 && date.hour == 0 && date.weekday == 5);
}

static void assert_utc(int64_t seconds, const char *text)
{
    char formatted[DATE_UTC_LENGTH];
    date_format_utc(seconds, formatted);
    assert_string_equal(formatted, text);
    int64_t back = 0;
    assert_true(date_parse_utc(slice_from_text(text), &back));
    assert_true(back == seconds);
}

TEST(utc_text_goes_there_and_back)
{
    use_zone("Europe/Amsterdam"); /* must not matter */
    assert_utc(0, "1970-01-01T00:00:00Z");
    assert_utc(-1, "1969-12-31T23:59:59Z");
    assert_utc(1795420800, "2026-11-23T08:00:00Z");
    assert_utc(951782400, "2000-02-29T00:00:00Z");
    assert_utc(INT64_C(4102444800), "2100-01-01T00:00:00Z");
    assert_utc(INT64_C(253402300799), "9999-12-31T23:59:59Z");
    assert_utc(INT64_C(-62135596800), "0001-01-01T00:00:00Z");
}

TEST(utc_text_is_strict)
{
    static const char *const refused[] = {
        "",
        "2026-11-23",
        "2026-11-23T08:00:00",
        "2026-11-23 08:00:00Z",
        "2026-11-23t08:00:00z",
        "2026-11-23T08:00:00+00:00",
        "2026-11-23T08:00:00.0Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T08:60:00Z",
        "2026-11-23T23:59:60Z",
        "2026-11-23T-1:00:00Z",
        "2026-02-29T08:00:00Z",
        "2026-11-23T08-00-00Z",
        "2026-11-23T08:00:0 Z",
        "0000-11-23T08:00:00Z",
        "2026-11-23T08:00:00Z ",
    };
    int64_t seconds = 77;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(date_parse_utc(slice_from_text(refused[i]), &seconds));
    assert_false(date_parse_utc((struct slice){0}, &seconds));
    assert_int_equal(seconds, 77);
}

TEST(extreme_moments_stay_within_the_years)
{
    char text[DATE_UTC_LENGTH];
    char day[DATE_DAY_LENGTH];
    static const char *const zones[] = {"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"};
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        use_zone(zones[i]);
        date_format_utc(INT64_MAX, text);
        assert_string_equal(text, "9999-12-31T23:59:59Z");
        date_format_utc(INT64_MIN, text);
        assert_string_equal(text, "0001-01-01T00:00:00Z");
        date_format_day(INT64_MAX, day);
        assert_memory_equal(day, "9999-12-", 8);
        date_format_day(INT64_MIN, day);
        assert_memory_equal(day, "0001-01-", 8);
        int64_t seconds;
        assert_true(date_parse_day_end(S("9999-12-31"), &seconds));
        assert_true(date_parse_day_end(S("0001-01-01"), &seconds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_day_is_refused),
        cmocka_unit_test(every_month_has_its_last_day),
        cmocka_unit_test(day_ends_in_amsterdam),
        cmocka_unit_test(day_ends_where_clocks_change_at_midnight),
        cmocka_unit_test(local_dates_follow_summer_time),
        cmocka_unit_test(utc_text_goes_there_and_back),
        cmocka_unit_test(utc_text_is_strict),
        cmocka_unit_test(extreme_moments_stay_within_the_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
