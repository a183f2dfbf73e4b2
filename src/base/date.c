#include "base/base.h"

/* The first and last second of the years 1 to 9999 in UTC. */
static const int64_t utc_first = -62135596800;
static const int64_t utc_last = 253402300799;

static int64_t clip(int64_t value, int64_t lowest, int64_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

static struct date date_from_tm(const struct tm *tm)
{
    return (struct date){
        .year = tm->tm_year + 1900,
        .month = tm->tm_mon + 1,
        .day = tm->tm_mday,
        .hour = tm->tm_hour,
        .minute = tm->tm_min,
        .second = tm->tm_sec,
        .weekday = tm->tm_wday,
    };
}

struct date date_local(int64_t seconds)
{
    /* A day of margin, so that no time zone leads out of the years 1 to 9999. */
    time_t time = (time_t)clip(seconds, utc_first + DAY_SECONDS, utc_last - DAY_SECONDS);
    struct tm tm = {0};
    localtime_r(&time, &tm);
    return date_from_tm(&tm);
}

struct date date_utc(int64_t seconds)
{
    time_t time = (time_t)clip(seconds, utc_first, utc_last);
    struct tm tm = {0};
    gmtime_r(&time, &tm);
    return date_from_tm(&tm);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly `count` digits at `at` with a value from lowest to highest. */
static bool parse_field(struct slice s, size_t at, size_t count, int lowest, int highest, int *ret_value)
{
    struct slice digits = slice_part(s, at, count);
    int64_t value;
    /* A minus would otherwise pass as a digit: "-0" is two characters long. */
    if (digits.length != count || digits.data[0] == '-' || !slice_to_integer(digits, lowest, highest, &value))
        return false;
    *ret_value = (int)value;
    return true;
}

/* "2026-11-23" at the start of s. */
static bool parse_day(struct slice s, struct date *ret_date)
{
    return s.length >= DATE_DAY_LENGTH - 1 && s.data[4] == '-' && s.data[7] == '-' &&
           parse_field(s, 0, 4, 1, 9999, &ret_date->year) && parse_field(s, 5, 2, 1, 12, &ret_date->month) &&
           parse_field(s, 8, 2, 1, month_days(ret_date->year, ret_date->month), &ret_date->day);
}

static struct tm tm_from_date(const struct date *date, int daylight_saving)
{
    return (struct tm){
        .tm_year = date->year - 1900,
        .tm_mon = date->month - 1,
        .tm_mday = date->day,
        .tm_hour = date->hour,
        .tm_min = date->minute,
        .tm_sec = date->second,
        .tm_isdst = daylight_saving,
    };
}

/* Where clocks go back at midnight, a day has its last second twice, and mktime would take either. So both
 * are tried and the later one wins; a try that mktime had to move to another moment of the day does not
 * count. A day that a time zone left out (Samoa, 2011-12-30) has none and is no day. */
bool date_parse_day_end(struct slice s, int64_t *ret_seconds)
{
    struct date date = {.hour = 23, .minute = 59, .second = 59};
    if (s.length != DATE_DAY_LENGTH - 1 || !parse_day(s, &date))
        return false;
    bool found = false;
    for (int daylight_saving = -1; daylight_saving <= 1; daylight_saving++) {
        struct tm tm = tm_from_date(&date, daylight_saving);
        time_t time = mktime(&tm);
        struct tm back = {0};
        if (localtime_r(&time, &back) == NULL || back.tm_year != date.year - 1900 ||
            back.tm_mon != date.month - 1 || back.tm_mday != date.day || back.tm_hour != date.hour ||
            back.tm_min != date.minute || back.tm_sec != date.second)
            continue;
        if (!found || time > *ret_seconds)
            *ret_seconds = time;
        found = true;
    }
    return found;
}

static void put_digits(char *to, int count, int value)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
}

static void put_day(const struct date *date, char *to)
{
    put_digits(to, 4, date->year);
    to[4] = '-';
    put_digits(to + 5, 2, date->month);
    to[7] = '-';
    put_digits(to + 8, 2, date->day);
}

void date_format_utc(int64_t seconds, char ret_text[static DATE_UTC_LENGTH])
{
    struct date date = date_utc(seconds);
    put_day(&date, ret_text);
    ret_text[10] = 'T';
    put_digits(ret_text + 11, 2, date.hour);
    ret_text[13] = ':';
    put_digits(ret_text + 14, 2, date.minute);
    ret_text[16] = ':';
    put_digits(ret_text + 17, 2, date.second);
    ret_text[19] = 'Z';
    ret_text[20] = '\0';
}

bool date_parse_utc(struct slice s, int64_t *ret_seconds)
{
    struct date date = {0};
    if (s.length != DATE_UTC_LENGTH - 1 || !parse_day(s, &date) || s.data[10] != 'T' || s.data[13] != ':' ||
        s.data[16] != ':' || s.data[19] != 'Z')
        return false;
    /* No second 60: Unix time has no leap seconds, so date_format_utc never writes one. */
    if (!parse_field(s, 11, 2, 0, 23, &date.hour) || !parse_field(s, 14, 2, 0, 59, &date.minute) ||
        !parse_field(s, 17, 2, 0, 59, &date.second))
        return false;
    struct tm tm = tm_from_date(&date, 0);
    *ret_seconds = timegm(&tm);
    return true;
}

void date_format_day(int64_t seconds, char ret_text[static DATE_DAY_LENGTH])
{
    struct date date = date_local(seconds);
    put_day(&date, ret_text);
    ret_text[10] = '\0';
}
