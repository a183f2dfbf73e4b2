/* Civil dates and moments. Days are shown in the time zone of the machine (TZ), moments in protocols in UTC.
 */
#ifndef HECHT_BASE_DATE_H
#define HECHT_BASE_DATE_H

#include "base/slice.h"

struct date {
    int year;    /* 1..9999 */
    int month;   /* 1..12 */
    int day;     /* 1..31 */
    int hour;    /* 0..23 */
    int minute;  /* 0..59 */
    int second;  /* 0..60 */
    int weekday; /* 0 = Sunday */
};

struct date date_local(int64_t seconds);
struct date date_utc(int64_t seconds);
/* "2026-11-23" to the local day's last second (23:59:59); false when it is no day. */
bool date_parse_day_end(struct slice s, int64_t *ret_seconds);

enum { DATE_UTC_LENGTH = 21, DATE_DAY_LENGTH = 11 };
/* "2026-11-23T08:00:00Z" and a NUL. */
void date_format_utc(int64_t seconds, char ret_text[static DATE_UTC_LENGTH]);
/* The strict inverse of date_format_utc. */
bool date_parse_utc(struct slice s, int64_t *ret_seconds);
/* Local "2026-11-23" and a NUL, as <input type=date> wants it. */
void date_format_day(int64_t seconds, char ret_text[static DATE_DAY_LENGTH]);

#endif
