/* Time zones against the C library, which reads the same files in its own way. */
#include "check.h"

static struct region *memory;

static const struct zone *load(const char *name)
{
    const struct zone *zone = NULL;
    assert_int_equal(zone_load(slice_from_text(name), memory, NULL, &zone), OK);
    return zone;
}

static void assert_same(const char *name, const struct zone *zone, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm = {0};
    localtime_r(&time, &tm);
    struct date date = zone_date(zone, seconds);
    if (date.year == tm.tm_year + 1900 && date.month == tm.tm_mon + 1 && date.day == tm.tm_mday &&
        date.hour == tm.tm_hour && date.minute == tm.tm_min && date.second == tm.tm_sec &&
        date.weekday == tm.tm_wday)
        return;
    print_error("%s at %" PRId64 ": %02d:%02d instead of %02d:%02d\n", name, seconds, date.hour, date.minute,
                tm.tm_hour, tm.tm_min);
    fail();
}

/* Every zone of the system, every 29 hours and some of the years 2024 to 2030 and of some later ones: beyond 2037 only the
 * rule at the end of the file counts. */
TEST(every_zone_of_the_system_is_as_the_c_library_says)
{
    static const int64_t BEGINS[] = {0, 1704067200, 2114380800, 4102444800};
    static const int64_t ENDS[] = {40000000, 1924992000, 2208988800, 4165516800};
    struct slice *names;
    size_t count = 0;
    assert_int_equal(zone_list(memory, NULL, &names, &count), OK);
    assert_true(count > 300);
    for (size_t i = 0; i < count; i++) {
        const char *name = region_text(memory, names[i]);
        const struct zone *zone = load(name);
        assert_int_equal(setenv("TZ", name, 1), 0);
        tzset();
        for (size_t span = 0; span < COUNT_OF(BEGINS); span++)
            for (int64_t at = BEGINS[span]; at < ENDS[span]; at += 29 * HOUR_SECONDS + 1003)
                assert_same(name, zone, at);
    }
}

TEST(the_hour_that_is_left_out_and_the_one_that_comes_twice)
{
    const struct zone *zone = load("Europe/Amsterdam");
    assert_int_equal(zone_date(zone, 1774745999).hour, 1); /* 2026-03-29 */
    assert_int_equal(zone_date(zone, 1774746000).hour, 3);
    assert_int_equal(zone_date(zone, 1792889999).hour, 2); /* 2026-10-25 */
    assert_int_equal(zone_date(zone, 1792890000).hour, 2);
    assert_int_equal(zone_date(zone, 1792893600).hour, 3);
}

TEST(what_is_no_zone_is_refused)
{
    static const char *const NAMES[] = {
        "Europe/Atlantis", "../../../etc/passwd", "/etc/passwd",        "zone.tab",
        "Europe",          "Europe/Amsterdam/",   "Europe//Amsterdam\n"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        const struct zone *zone = (const struct zone *)&zone;
        assert_int_not_equal(zone_load(slice_from_text(NAMES[i]), memory, NULL, &zone), OK);
        assert_ptr_equal(zone, &zone);
    }
    const struct zone *zone;
    assert_int_equal(zone_load(S(""), memory, NULL, &zone), OK);
    assert_null(zone);
    assert_int_equal(zone_date(NULL, 1795420800).day, date_local(1795420800).day);
}

/* A true file, cut off anywhere and with one byte changed: refused, or a zone whose dates can be asked. */
TEST(a_broken_file_does_no_harm)
{
    struct slice whole;
    assert_int_equal(file_read("/usr/share/zoneinfo/Europe/Amsterdam", 1 << 16, memory, NULL, &whole), OK);
    for (size_t i = 0; i < whole.length; i++) {
        CLEANUP(region_cleanup) struct region *own = region_new(1 << 20);
        const struct zone *zone;
        assert_int_not_equal(zone_parse(slice_part(whole, 0, i), own, NULL, &zone), OK);
        struct slice copy = region_copy(own, whole);
        ((char *)(uintptr_t)copy.data)[i] ^= 0x55;
        if (zone_parse(copy, own, NULL, &zone) == OK)
            assert_in_range(zone_date(zone, 1795420800).month, 1, 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zone_of_the_system_is_as_the_c_library_says),
        cmocka_unit_test(the_hour_that_is_left_out_and_the_one_that_comes_twice),
        cmocka_unit_test(what_is_no_zone_is_refused),
        cmocka_unit_test(a_broken_file_does_no_harm),
    };
    memory = region_new(64 << 20);
    int failed = cmocka_run_group_tests_name("zone", tests, NULL, NULL);
    memory = region_free(memory);
    return failed;
}
