/* The weekly mail of who wants one: for whom it is put into the outbox, and when. What it says is found when it leaves
 * (src/job/digest.c); who has nothing to be told gets none. */
#include "mail/mail.h"

enum { SATURDAY = 5, EARLIEST_ZONE_SECONDS = 14 * HOUR_SECONDS };

STATEMENT(DIGEST_SET,
          "INSERT INTO mail_recipient (org_id, person_id, invited, stopped, refused_code, refused_on, "
          "asked_since, asked_count, digest, digest_week) VALUES ($1, $2, 0, 0, 0, 0, 0, 0, $3, $4) "
          "ON CONFLICT (org_id, person_id) DO UPDATE SET digest = excluded.digest, "
          "digest_week = excluded.digest_week");
STATEMENT(DIGEST_ORGS, "SELECT DISTINCT org_id FROM mail_recipient WHERE digest = 1 AND digest_week < $1 "
                       "ORDER BY org_id LIMIT 10000");
STATEMENT(DIGEST_DUE,
          "SELECT count(*) FROM mail_recipient WHERE org_id = $1 AND digest = 1 AND digest_week < $2");
STATEMENT(
    DIGEST_ADD,
    "INSERT INTO outbox (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts) "
    "SELECT m.org_id, m.person_id, 'digest', 0, CAST($3 AS BIGINT), CAST($4 AS BIGINT), 0, 0 "
    "FROM mail_recipient m WHERE m.org_id = $1 AND m.digest = 1 AND m.stopped = 0 "
    "AND m.refused_code = 0 AND m.digest_week < $2 "
    "ON CONFLICT (org_id, person_id, kind, round_number) DO NOTHING");
STATEMENT(DIGEST_DONE, "UPDATE mail_recipient SET digest_week = $2 WHERE org_id = $1 AND digest = 1 "
                       "AND digest_week < $2");

/* Days since 1970-01-01. */
static int64_t day_number(const struct date *date)
{
    struct tm tm = {.tm_year = date->year - 1900, .tm_mon = date->month - 1, .tm_mday = date->day};
    return timegm(&tm) / DAY_SECONDS;
}

struct mail_week mail_week_of(const struct zone *zone, int64_t now)
{
    struct date date = zone_date(zone, now);
    int64_t since_monday = (date.weekday + 6) % 7;
    int64_t of_day = date.hour * HOUR_SECONDS + date.minute * MINUTE_SECONDS + date.second;
    return (struct mail_week){.monday = day_number(&date) - since_monday,
                              .saturday_at = now - of_day + (SATURDAY - since_monday) * DAY_SECONDS};
}

enum error_code mail_digest_set(struct store_session *session, int64_t org, int64_t person, bool on,
                                int64_t monday, struct error *error)
{
    return store_execute(
        session, &DIGEST_SET,
        PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(on), V_INTEGER(on ? monday : 0)), error,
        NULL);
}

enum error_code mail_digest_orgs(struct store_session *session, int64_t now, struct region *region,
                                 struct error *error, int64_t **ret_orgs, size_t *ret_count)
{
    struct date date = date_utc(now + EARLIEST_ZONE_SECONDS);
    int64_t monday = day_number(&date) - (date.weekday + 6) % 7;
    int64_t *orgs = REGION_ARRAY(region, ORGS_MAXIMUM, int64_t);
    size_t count = 0;
    if (orgs == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &DIGEST_ORGS, PARAMETERS(V_INTEGER(monday)), error, &rows));
    while (count < ORGS_MAXIMUM && store_next(&rows))
        orgs[count++] = store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    *ret_orgs = orgs;
    *ret_count = count;
    return OK;
}

enum error_code mail_digest_due(struct store_session *session, int64_t org, const struct mail_week *week,
                                struct error *error, bool *ret_due)
{
    int64_t count = 0;
    TRY(store_one_integer(session, &DIGEST_DUE, PARAMETERS(V_INTEGER(org), V_INTEGER(week->monday)), error,
                          NULL, &count));
    *ret_due = count > 0;
    return OK;
}

enum error_code mail_digest_plan(struct store_session *session, int64_t org, const struct mail_week *week,
                                 int64_t now, struct error *error)
{
    if (now < week->saturday_at) /* what is late by then waits for the next */
        TRY(store_execute(
            session, &DIGEST_ADD,
            PARAMETERS(V_INTEGER(org), V_INTEGER(week->monday), V_INTEGER(now), V_INTEGER(week->saturday_at)),
            error, NULL));
    return store_execute(session, &DIGEST_DONE, PARAMETERS(V_INTEGER(org), V_INTEGER(week->monday)), error,
                         NULL);
}
