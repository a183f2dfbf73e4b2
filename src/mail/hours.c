#include "mail/mail.h"

STATEMENT(HOURS_SELECT,
          "SELECT time_zone, from_hour, until_hour, weekends FROM mail_hours WHERE org_id = $1");
STATEMENT(
    HOURS_SAVE,
    "INSERT INTO mail_hours (org_id, time_zone, from_hour, until_hour, weekends) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (org_id) DO UPDATE SET time_zone = excluded.time_zone, from_hour = excluded.from_hour, "
    "until_hour = excluded.until_hour, weekends = excluded.weekends");

enum { HOUR_FROM = 8, HOUR_UNTIL = 18, STEP_SECONDS = 15 * MINUTE_SECONDS, LOOK_AHEAD = 9 * DAY_SECONDS };

enum error_code mail_hours_load(struct store_session *session, int64_t org, struct region *region,
                                struct error *error, struct mail_hours *ret_hours)
{
    struct mail_hours hours = {.time_zone = S(""), .from = HOUR_FROM, .until = HOUR_UNTIL};
    STORE_ROWS(rows);
    TRY(store_select(session, &HOURS_SELECT, PARAMETERS(V_INTEGER(org)), error, &rows));
    if (store_next(&rows))
        hours = (struct mail_hours){
            .time_zone = store_column_copy(&rows, 0, region),
            .from = store_column_integer(&rows, 1),
            .until = store_column_integer(&rows, 2),
            .weekends = store_column_integer(&rows, 3) != 0,
        };
    TRY(store_rows_end(&rows));
    *ret_hours = hours;
    return OK;
}

enum error_code mail_hours_save(struct store_session *session, int64_t org, const struct mail_hours *hours,
                                struct region *region, struct error *error)
{
    const struct zone *zone;
    if (hours->from < 0 || hours->until > 24 || hours->from >= hours->until)
        return FAIL(error, ERROR_INPUT, "mail-hours", "the hours of mail begin before they end");
    if (zone_load(hours->time_zone, region, NULL, &zone) != OK)
        return FAIL(error, ERROR_INPUT, "zone-unknown", "the system does not know this time zone");
    return store_execute(session, &HOURS_SAVE,
                         PARAMETERS(V_INTEGER(org), V_TEXT(hours->time_zone), V_INTEGER(hours->from),
                                    V_INTEGER(hours->until), V_INTEGER(hours->weekends)),
                         error, NULL);
}

const struct zone *mail_hours_zone(const struct mail_hours *hours, struct region *region)
{
    const struct zone *zone = NULL;
    return zone_load(hours->time_zone, region, NULL, &zone) == OK ? zone : NULL;
}

static bool is_open(const struct mail_hours *hours, const struct zone *zone, int64_t seconds)
{
    struct date date = zone_date(zone, seconds);
    bool weekend = date.weekday == 0 || date.weekday == 6;
    return date.hour >= hours->from && date.hour < hours->until && (hours->weekends || !weekend);
}

/* In steps, and not by reckoning: clocks that change and days that are left out need no case of their own. */
int64_t mail_hours_next(const struct mail_hours *hours, const struct zone *zone, int64_t seconds)
{
    if (is_open(hours, zone, seconds))
        return seconds;
    for (int64_t at = seconds - seconds % STEP_SECONDS + STEP_SECONDS; at < seconds + LOOK_AHEAD;
         at += STEP_SECONDS)
        if (is_open(hours, zone, at))
            return at;
    return seconds; /* a day always has an hour at which mail may leave */
}
