/* The outbox, its recipients and its hours, on both engines. */
#include "../pulse/world.h"

#include "mail/mail.h"
#include "pulse/round_mail.h"

STATEMENT(TEST_OUTBOX_COUNT, "SELECT count(*) FROM outbox WHERE org_id = $1");

struct step {
    struct world *w;
    struct mail mail, mails[MAIL_BATCH];
    size_t count;
    int64_t org, person, now;
    bool rounds, may;
    struct mail_hours hours;
};

static enum error_code add(struct store_session *session, void *context, struct error *error)
{
    return outbox_add(session, &((struct step *)context)->mail, error);
}

static enum error_code claim(struct store_session *session, void *context, struct error *error)
{
    struct step *step = context;
    return outbox_claim(session, step->org, step->rounds, step->now, error, step->mails, &step->count);
}

static enum error_code put_back(struct store_session *session, void *context, struct error *error)
{
    return outbox_put_back(session, &((struct step *)context)->mail, error);
}

static enum error_code end(struct store_session *session, void *context, struct error *error)
{
    return outbox_end(session, &((struct step *)context)->mail, error);
}

static enum error_code ask(struct store_session *session, void *context, struct error *error)
{
    struct step *step = context;
    return mail_recipient_ask(session, step->org, step->person, step->now, error, &step->may);
}

static enum error_code save_hours(struct store_session *session, void *context, struct error *error)
{
    struct step *step = context;
    return mail_hours_save(session, step->org, &step->hours, step->w->region, error);
}

static enum error_code clean(struct store_session *session, void *context, struct error *error)
{
    return outbox_clean_up(session, ((struct step *)context)->now, error);
}

static struct step begin(struct world *w)
{
    int64_t team = world_team(w, "Blue", 0, 30, true);
    (void)team;
    return (struct step){.w = w,
                         .org = w->org,
                         .now = WORLD_START,
                         .rounds = true,
                         .person = world_person(w, "m1@blue.example")};
}

static void add_mail(struct step *step, const char *address, enum mail_kind kind, int64_t round, int64_t due,
                     int64_t over)
{
    step->mail = (struct mail){step->org, world_person(step->w, address), round, kind, due, over, 0, 0};
    assert_ok(step->w, store_write(step->w->store, add, step, &step->w->error));
}

static void run_claim(struct step *step)
{
    assert_ok(step->w, store_write(step->w->store, claim, step, &step->w->error));
}

static int64_t rows(struct step *step)
{
    return world_integer(step->w, &TEST_OUTBOX_COUNT, PARAMETERS(V_INTEGER(step->org)));
}

static void the_same_mail_waits_once(void **state)
{
    struct step step = begin(*state);
    for (int i = 0; i < 3; i++)
        add_mail(&step, "m1@blue.example", MAIL_INVITATION, 0, WORLD_START + i, WORLD_START + 1000);
    add_mail(&step, "m1@blue.example", MAIL_ROUND_OPEN, 1, WORLD_START, WORLD_START + 1000);
    add_mail(&step, "m1@blue.example", MAIL_ROUND_OPEN, 2, WORLD_START, WORLD_START + 1000);
    assert_int_equal(rows(&step), 3);
}

static void a_claim_is_for_one(void **state)
{
    struct step step = begin(*state), other;
    for (int i = 1; i <= 30; i++) {
        char address[40];
        snprintf(address, sizeof address, "m%d@blue.example", i);
        add_mail(&step, address, MAIL_ROUND_OPEN, 1, WORLD_START, WORLD_START + DAY_SECONDS);
    }
    add_mail(&step, "m30@blue.example", MAIL_SIGNIN, 0, WORLD_START, WORLD_START + 1000);
    run_claim(&step);
    assert_int_equal(step.count, MAIL_BATCH);
    bool signin = false; /* RETURNING has no order; that it is among the first is what counts */
    for (size_t i = 0; i < step.count; i++)
        signin = signin || step.mails[i].kind == MAIL_SIGNIN;
    assert_true(signin);
    other = step;
    run_claim(&other);
    assert_int_equal(other.count, 31 - MAIL_BATCH);
    for (size_t i = 0; i < step.count; i++)
        for (size_t j = 0; j < other.count; j++)
            assert_true(step.mails[i].person != other.mails[j].person ||
                        step.mails[i].kind != other.mails[j].kind);
    run_claim(&other);
    assert_int_equal(other.count, 0);
    /* Who claimed them is gone: after the claim they are free again, and it counted as an attempt. */
    other.now = WORLD_START + MAIL_CLAIM_SECONDS;
    run_claim(&other);
    assert_int_equal(other.count, MAIL_BATCH);
    assert_int_equal(other.mails[0].attempts, 2);
}

static void what_is_put_back_waits(void **state)
{
    struct step step = begin(*state);
    add_mail(&step, "m1@blue.example", MAIL_INVITATION, 0, WORLD_START, WORLD_START + DAY_SECONDS);
    run_claim(&step);
    assert_int_equal(step.count, 1);
    step.mail = step.mails[0];
    step.mail.due_at = WORLD_START + outbox_wait(step.mail.attempts);
    assert_ok(step.w, store_write(step.w->store, put_back, &step, &step.w->error));
    run_claim(&step);
    assert_int_equal(step.count, 0);
    step.now = step.mail.due_at;
    run_claim(&step);
    assert_int_equal(step.count, 1);
    assert_int_equal(step.mails[0].attempts, 2);
    step.mail = step.mails[0];
    assert_ok(step.w, store_write(step.w->store, end, &step, &step.w->error));
    assert_int_equal(rows(&step), 0);
}

static void waiting_grows_and_has_an_end(void **state)
{
    (void)state;
    int64_t before = 0, sum = 0;
    for (int64_t i = 1; i <= MAIL_ATTEMPTS_MAXIMUM; i++) {
        int64_t seconds = outbox_wait(i);
        assert_true(seconds >= before && seconds <= 4 * HOUR_SECONDS);
        before = seconds;
        sum += seconds;
    }
    assert_in_range(sum, DAY_SECONDS / 2, 2 * DAY_SECONDS);
}

static void what_is_not_due_or_over_stays(void **state)
{
    struct step step = begin(*state);
    add_mail(&step, "m1@blue.example", MAIL_ROUND_MIDDLE, 1, WORLD_START + 10, WORLD_START + 20);
    add_mail(&step, "m2@blue.example", MAIL_ROUND_OPEN, 1, WORLD_START - 20, WORLD_START);
    run_claim(&step);
    assert_int_equal(step.count, 0);
    assert_ok(step.w, store_write(step.w->store, clean, &step, &step.w->error));
    assert_int_equal(rows(&step), 1);
    step.now += 10;
    step.rounds = false; /* the hours of the organisation are over */
    run_claim(&step);
    assert_int_equal(step.count, 0);
    step.rounds = true;
    run_claim(&step);
    assert_int_equal(step.count, 1);
}

static void five_links_an_hour(void **state)
{
    struct step step = begin(*state);
    for (int i = 0; i < 8; i++) {
        assert_ok(step.w, store_write(step.w->store, ask, &step, &step.w->error));
        assert_int_equal(step.may, i < MAIL_ASKED_AN_HOUR);
        step.now += 60;
    }
    step.now = WORLD_START + HOUR_SECONDS;
    assert_ok(step.w, store_write(step.w->store, ask, &step, &step.w->error));
    assert_true(step.may);
    step.now = WORLD_START - DAY_SECONDS; /* a clock that was set back locks nobody out */
    assert_ok(step.w, store_write(step.w->store, ask, &step, &step.w->error));
    assert_true(step.may);
}

static void the_address_that_stops_mail(void **state)
{
    struct world *w = *state;
    struct slice token = mail_stop_token(&w->application, 12, 34, w->region);
    int64_t org = 0, person = 0;
    assert_ok(w, mail_stop_read(&w->application, token, &w->error, &org, &person));
    assert_int_equal(org, 12);
    assert_int_equal(person, 34);
    for (size_t i = 0; i < token.length; i++) {
        struct slice copy = region_copy(w->region, token);
        char *bytes = (char *)(uintptr_t)copy.data;
        bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
        assert_failure(w, mail_stop_read(&w->application, copy, &w->error, &org, &person), ERROR_NOT_FOUND,
                       "mail-stop-unknown");
    }
    assert_failure(w, mail_stop_read(&w->application, S(""), &w->error, &org, &person), ERROR_NOT_FOUND,
                   "mail-stop-unknown");
    w->application.key.bytes[0] ^= 1; /* another installation */
    assert_failure(w, mail_stop_read(&w->application, token, &w->error, &org, &person), ERROR_NOT_FOUND,
                   "mail-stop-unknown");
}

/* ---- Hours ---------------------------------------------------------------------------------------------------- */

static void assert_next(const struct mail_hours *hours, const char *zone_name, const char *from,
                        const char *expected)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    int64_t seconds;
    char text[DATE_UTC_LENGTH];
    struct mail_hours own = *hours;
    own.time_zone = slice_from_text(zone_name);
    assert_true(date_parse_utc(slice_from_text(from), &seconds));
    date_format_utc(mail_hours_next(&own, mail_hours_zone(&own, region), seconds), text);
    assert_string_equal(text, expected);
}

static void mail_leaves_in_its_hours(void **state)
{
    (void)state;
    const struct mail_hours usual = {.from = 8, .until = 18},
                            always = {.from = 8, .until = 18, .weekends = true};
    assert_next(&usual, "", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z");
    assert_next(&usual, "", "2026-11-23T17:59:59Z", "2026-11-23T17:59:59Z");
    assert_next(&usual, "", "2026-11-23T18:00:00Z", "2026-11-24T08:00:00Z");
    assert_next(&usual, "", "2026-11-27T18:00:01Z", "2026-11-30T08:00:00Z"); /* a Friday evening */
    assert_next(&always, "", "2026-11-27T18:00:01Z", "2026-11-28T08:00:00Z");
    assert_next(&usual, "Europe/Amsterdam", "2026-11-23T06:59:59Z", "2026-11-23T07:00:00Z");
    assert_next(&usual, "Europe/Amsterdam", "2026-07-06T17:00:00Z", "2026-07-07T06:00:00Z");
    assert_next(&usual, "Pacific/Auckland", "2026-11-23T08:00:00Z",
                "2026-11-23T19:00:00Z"); /* Tuesday there */
    assert_next(&usual, "Asia/Kathmandu", "2026-11-22T20:00:00Z", "2026-11-23T02:15:00Z");
    /* The night in which clocks change: hours of that day are those of the clock on the wall. */
    assert_next(&(struct mail_hours){.from = 2, .until = 3, .weekends = true}, "Europe/Amsterdam",
                "2026-03-29T00:30:00Z", "2026-03-30T00:00:00Z");
    assert_next(&usual, "Europe/Atlantis", "2026-11-23T08:00:00Z",
                "2026-11-23T08:00:00Z"); /* that of the machine */
}

static void hours_are_kept(void **state)
{
    struct step step = {.w = *state};
    struct world *w = step.w;
    struct mail_hours hours;
    step.org = w->org;
    assert_ok(w, mail_hours_load(w->session, w->org, w->region, &w->error, &hours));
    assert_true(hours.from == 8 && hours.until == 18 && !hours.weekends && hours.time_zone.length == 0);
    for (int i = 0; i < 2; i++) {
        step.hours = (struct mail_hours){S("America/New_York"), i, 24, i == 1};
        assert_ok(w, store_write(w->store, save_hours, &step, &w->error));
        assert_ok(w, mail_hours_load(w->session, w->org, w->region, &w->error, &hours));
        assert_true(slice_equal(hours.time_zone, S("America/New_York")) && hours.from == i &&
                    hours.until == 24);
        assert_int_equal(hours.weekends, i == 1);
    }
    static const struct mail_hours WRONG[] = {
        {S(""), 9, 9, false}, {S(""), 10, 9, false}, {S(""), -1, 9, false}, {S(""), 9, 25, false}};
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        step.hours = WRONG[i];
        assert_failure(w, store_write(w->store, save_hours, &step, &w->error), ERROR_INPUT, "mail-hours");
    }
    step.hours = (struct mail_hours){S("../../etc/passwd"), 8, 18, false};
    assert_failure(w, store_write(w->store, save_hours, &step, &w->error), ERROR_INPUT, "zone-unknown");
}

/* opens, closes, then the reminders; "-" for none. */
static void assert_plan(const char *opens, const char *closes, const char *middle, const char *last)
{
    const struct mail_hours usual = {.from = 8, .until = 18};
    int64_t from = 0, until = 0;
    char text[DATE_UTC_LENGTH];
    assert_true(date_parse_utc(slice_from_text(opens), &from));
    assert_true(date_parse_utc(slice_from_text(closes), &until));
    struct round_reminders plan = round_reminders_plan(&usual, NULL, from, until);
    date_format_utc(plan.middle, text);
    assert_string_equal(plan.middle == 0 ? "-" : text, middle);
    date_format_utc(plan.last, text);
    assert_string_equal(plan.last == 0 ? "-" : text, last);
}

static void reminders_of_a_round(void **state)
{
    (void)state;
    /* From Monday morning to Monday morning: the last is on Friday, since nobody is reminded at the weekend. */
    assert_plan("2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z", "2026-11-25T08:00:00Z",
                "2026-11-27T08:00:00Z");
    assert_plan("2026-11-25T14:30:00Z", "2026-12-02T14:30:00Z", "2026-11-30T08:00:00Z",
                "2026-12-01T14:30:00Z");
    assert_plan("2026-11-23T08:00:00Z", "2026-11-27T08:00:00Z", "-", "2026-11-26T08:00:00Z");
    assert_plan("2026-11-23T08:00:00Z", "2026-11-25T07:00:00Z", "-", "-");
    assert_plan("2026-11-28T08:00:00Z", "2026-12-01T08:00:00Z", "-", "2026-11-30T08:00:00Z");
    assert_plan("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z", "-", "-");
    assert_plan("2026-11-24T08:00:00Z", "2026-11-23T08:00:00Z", "-", "-");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(the_same_mail_waits_once),
        BOTH(a_claim_is_for_one),
        BOTH(what_is_put_back_waits),
        SQLITE_ONLY(waiting_grows_and_has_an_end),
        BOTH(what_is_not_due_or_over_stays),
        BOTH(five_links_an_hour),
        SQLITE_ONLY(the_address_that_stops_mail),
        SQLITE_ONLY(mail_leaves_in_its_hours),
        BOTH(hours_are_kept),
        SQLITE_ONLY(reminders_of_a_round),
    };
    return WORLD_RUN(tests);
}
