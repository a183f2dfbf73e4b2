#include "pulse/round_mail.h"

#include "people/deputy.h"

/* One statement for all: an organisation has thousands of them. $6: of one team, 0: of all. */
STATEMENT(
    MAIL_TO_ROSTER,
    "INSERT INTO outbox (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts) "
    "SELECT DISTINCT r.org_id, r.person_id, CAST($3 AS TEXT), r.round_number, CAST($4 AS BIGINT), "
    "CAST($5 AS BIGINT), 0, 0 FROM roster r JOIN person p ON p.org_id = r.org_id AND p.person_id = r.person_id "
    "AND p.address LIKE '%@%' WHERE r.org_id = $1 AND r.round_number = $2 "
    "AND (CAST($6 AS BIGINT) = 0 OR r.team_id = $6) "
    "ON CONFLICT (org_id, person_id, kind, round_number) DO NOTHING");

enum {
    MIDDLE_ROUND_LEAST = 5 * DAY_SECONDS,
    LAST_ROUND_LEAST = 3 * DAY_SECONDS,
    LAST_BEFORE =
        DAY_SECONDS, /* the last reminder: a day before the close, earlier when that is no working day */
    LAST_LEAST = 4 * HOUR_SECONDS,
    BETWEEN_LEAST = DAY_SECONDS,
};

/* The last moment at which mail may leave that is early enough before the close. */
static int64_t plan_last(const struct mail_hours *hours, const struct zone *zone, int64_t opens,
                         int64_t closes)
{
    for (int64_t wanted = closes - LAST_BEFORE; wanted > opens + BETWEEN_LEAST; wanted -= DAY_SECONDS) {
        int64_t at = mail_hours_next(hours, zone, wanted);
        if (at <= closes - LAST_LEAST)
            return at;
    }
    return 0;
}

struct round_reminders round_reminders_plan(const struct mail_hours *hours, const struct zone *zone,
                                            int64_t opens, int64_t closes)
{
    struct round_reminders reminders = {0};
    if (closes - opens >= LAST_ROUND_LEAST)
        reminders.last = plan_last(hours, zone, opens, closes);
    int64_t middle = mail_hours_next(hours, zone, opens + (reminders.last - opens) / 2);
    if (closes - opens >= MIDDLE_ROUND_LEAST && reminders.last > 0 &&
        middle + BETWEEN_LEAST <= reminders.last)
        reminders.middle = middle;
    return reminders;
}

struct roster_mail {
    int64_t org, round, team; /* team 0: all */
    enum mail_kind kind;
    int64_t due, over;
};

static enum error_code write_to_roster(struct store_session *session, const struct roster_mail *mail,
                                       struct error *error)
{
    return store_execute(session, &MAIL_TO_ROSTER,
                         PARAMETERS(V_INTEGER(mail->org), V_INTEGER(mail->round),
                                    V_TEXT(mail_kind_text(mail->kind)), V_INTEGER(mail->due),
                                    V_INTEGER(mail->over), V_INTEGER(mail->team)),
                         error, NULL);
}

enum error_code round_mail_opened(struct store_session *session, const struct application *application,
                                  int64_t org, const struct round *round, struct region *region,
                                  struct error *error)
{
    struct mail_hours hours;
    if (!application->mail_on)
        return OK;
    TRY(mail_hours_load(session, org, region, error, &hours));
    struct round_reminders plan =
        round_reminders_plan(&hours, mail_hours_zone(&hours, region), round->opens_at, round->closes_at);
    int64_t last = plan.last > 0 ? plan.last : round->closes_at;
    int64_t middle = plan.middle > 0 ? plan.middle : last;
    const struct roster_mail mails[] = {
        {org, round->number, 0, MAIL_ROUND_OPEN, round->opens_at, middle},
        {org, round->number, 0, MAIL_ROUND_MIDDLE, plan.middle, last},
        {org, round->number, 0, MAIL_ROUND_LAST, plan.last, round->closes_at},
    };
    for (size_t i = 0; i < COUNT_OF(mails); i++)
        if (mails[i].due > 0)
            TRY(write_to_roster(session, &mails[i], error));
    return OK;
}

/* Of a round that asked about no leader: of two leaders, or the different ones of a joint group. */
static enum error_code write_to_leaders(struct store_session *session, int64_t team, struct mail *mail,
                                        struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct person *leaders;
    size_t count;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(team_leaders(session, mail->org, team, region, error, &leaders, &count));
    for (size_t i = 0; i < count; i++) {
        mail->person = leaders[i].id;
        TRY(outbox_add(session, mail, error));
    }
    return OK;
}

/* A member who stands in has this mail already, and gets it once. */
static enum error_code write_to_deputies(struct store_session *session, int64_t team, struct mail *mail,
                                         struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    struct deputy deputies[DEPUTIES_MAXIMUM];
    size_t count;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(deputy_list(session, mail->org, team, mail->due_at, region, error, deputies, &count));
    for (size_t i = 0; i < count; i++) {
        mail->person = deputies[i].person.id;
        TRY(outbox_add(session, mail, error));
    }
    return OK;
}

enum error_code round_mail_closed(struct store_session *session, const struct application *application,
                                  int64_t org, int64_t round, int64_t team, int64_t leader,
                                  struct error *error)
{
    int64_t now = clock_seconds(application->clock);
    if (!application->mail_on)
        return OK;
    const struct roster_mail members = {org, round, team, MAIL_ROUND_RESULT, now, now + MAIL_KEPT_SECONDS};
    TRY(write_to_roster(session, &members, error));
    struct mail to_leader = {.org = org,
                             .person = leader,
                             .round = round,
                             .kind = MAIL_ROUND_RESULT,
                             .due_at = now,
                             .over_at = members.over};
    TRY(leader != 0 ? outbox_add(session, &to_leader, error)
                    : write_to_leaders(session, team, &to_leader, error));
    return write_to_deputies(session, team, &to_leader, error);
}

enum error_code round_mail_facts(struct store_session *session, int64_t org, int64_t person, int64_t round,
                                 int64_t now, struct region *region, struct error *error,
                                 struct round_facts *ret_facts)
{
    struct team_round *parts;
    size_t count;
    struct round_facts facts = {0};
    TRY(team_rounds_open_for(session, org, person, region, error, &parts, &count));
    for (size_t i = 0; i < count; i++) {
        if (parts[i].round_number != round || parts[i].closes_at <= now)
            continue;
        struct descriptor *descriptor = REGION_NEW(region, struct descriptor);
        if (descriptor == NULL)
            return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
        TRY(descriptor_read(parts[i].descriptor, region, error, descriptor));
        facts.open = true;
        facts.questions += (int64_t)descriptor->item_count;
        if (parts[i].closes_at > facts.closes_at)
            facts.closes_at = parts[i].closes_at;
    }
    *ret_facts = facts;
    return OK;
}
