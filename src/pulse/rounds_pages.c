/* Rounds, for the owner: open, close, rhythm. Nothing here tells how many have answered. */
#include "people/page.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "pulse/round_mail.h"
#include "templates.h"

static const char ROUNDS_FORM[] = "rounds";
enum { DAYS_A_WEEK = 7, WEEKS_MAXIMUM = 52, OPENING_HOUR = 8, SHOWN_MAXIMUM = 30, NEWEST_MAXIMUM = 3 };

/* What was typed and refused; all empty when the page is only looked at. */
struct refused {
    enum message weeks, next, close, other;
    struct slice weeks_text, next_text;
};

static enum message form_name(const struct round *round)
{
    if (round->imported)
        return MESSAGE_PULSE_ROUNDS_FORM_IMPORTED;
    return round->full ? MESSAGE_PULSE_ROUNDS_FORM_FULL : MESSAGE_PULSE_ROUNDS_FORM_PULSE;
}

/* Newest first. */
static enum error_code fill_rounds(struct http_request *request, struct template_rounds *page,
                                   struct error *error)
{
    struct round *rounds;
    size_t count;
    TRY(round_list(request->session, request->identity.org, request->region, error, &rounds, &count));
    size_t shown = count < SHOWN_MAXIMUM ? count : SHOWN_MAXIMUM;
    struct template_rounds_rounds *rows = REGION_ARRAY(request->region, shown, struct template_rounds_rounds);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < shown; i++) {
        const struct round *round = &rounds[count - 1 - i];
        rows[i] = (struct template_rounds_rounds){round->number, form_name(round), round->opens_at,
                                                  round->closed, round->closed_at, i >= NEWEST_MAXIMUM};
    }
    page->rounds = rows;
    page->rounds_count = shown;
    page->has_older = shown > NEWEST_MAXIMUM;
    if (count == 0 || rounds[count - 1].closed)
        return OK;
    const struct round *open = &rounds[count - 1];
    page->open = true;
    page->number = open->number;
    page->full = open->full;
    page->opened = open->opens_at;
    page->closes = open->closes_at;
    page->later = open->extended_at;
    return OK;
}

/* Whom a round would ask now. */
struct reach {
    int64_t teams, members, small_teams; /* small: fewer than k members */
};

static enum error_code find_reach(struct http_request *request, int64_t k, struct error *error,
                                  struct reach *ret_reach)
{
    struct team *teams;
    size_t count;
    struct reach reach = {0};
    TRY(team_list(request->session, request->identity.org, request->region, error, &teams, &count));
    for (size_t i = 0; i < count; i++) {
        if (!team_is_measured(&teams[i]))
            continue;
        reach.teams += teams[i].members > 0;
        reach.members += teams[i].members;
        reach.small_teams += teams[i].members > 0 && teams[i].members < k;
    }
    *ret_reach = reach;
    return OK;
}

static struct slice day_text(struct http_request *request, int64_t seconds)
{
    char day[DATE_DAY_LENGTH];
    date_format_day(seconds, day);
    return region_copy(request->region, slice_from_text(day));
}

static void fill_rhythm(struct http_request *request, const struct org *org, const struct refused *refused,
                        struct template_rounds *page)
{
    int64_t now = clock_seconds(request->clock);
    page->has_next = org->next_opens_at > now;
    page->next = org->next_opens_at;
    page->weeks =
        region_format(request->region, "%" PRId64, (org->rhythm_days + DAYS_A_WEEK / 2) / DAYS_A_WEEK);
    page->next_day = page->has_next ? day_text(request, page->next) : S("");
    page->earliest = day_text(request, now + DAY_SECONDS);
    page->latest = day_text(request, now + 365 * (int64_t)DAY_SECONDS);
    if (refused->weeks != MESSAGE_NONE || refused->next != MESSAGE_NONE) {
        page->weeks = refused->weeks_text;
        page->next_day = refused->next_text;
    }
}

static void fill_refused(const struct refused *refused, struct template_rounds *page)
{
    page->weeks_error = refused->weeks;
    page->next_error = refused->next;
    page->close_error = refused->close;
    if (refused->weeks != MESSAGE_NONE) {
        page->error = refused->weeks;
        page->error_at = S("/rounds#weeks");
    } else if (refused->next != MESSAGE_NONE) {
        page->error = refused->next;
        page->error_at = S("/rounds#next");
    } else if (refused->close != MESSAGE_NONE) {
        page->error = refused->close;
        page->error_at = S("/rounds#close");
    } else if (refused->other != MESSAGE_NONE) {
        page->error = refused->other;
        page->error_at = S("/rounds#open");
    }
}

static enum error_code show(struct http_request *request, struct http_response *response,
                            const struct refused *refused, struct error *error)
{
    struct org org;
    struct view view = page_view(request, ROUNDS_FORM);
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    const struct instrument *instrument;
    TRY(questionnaire_of_next(request->session, org.id, request->region, error, &instrument));
    struct template_rounds filled = {
        .example = org.kind == ORG_EXAMPLE,
        .imported = org.kind == ORG_IMPORTED,
        .round_days = org.round_days,
        .extension_days = org.extension_days,
        .k = org.k,
        .full_count = (int64_t)instrument->item_count,
        .saved = http_query(request, "saved").length > 0,
    };
    struct reach reach;
    TRY(find_reach(request, org.k, error, &reach));
    filled.can_open = reach.teams > 0;
    TRY(fill_rounds(request, &filled, error));
    fill_rhythm(request, &org, refused, &filled);
    fill_refused(refused, &filled);
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PULSE_ROUNDS_TITLE, NO_ARGUMENTS),
        .body = template_rounds_html(request->region, &view, &filled),
        .place = PAGE_ROUNDS,
    };
    return page_render(request, response, &page, error);
}

enum error_code rounds_get(struct http_request *request, struct http_response *response, struct error *error)
{
    return show(request, response, &(struct refused){0}, error);
}

static enum error_code show_refused(struct http_request *request, struct http_response *response,
                                    const struct refused *refused, struct error *error)
{
    response->status = 422;
    return show(request, response, refused, error);
}

/* ---- Opening and closing ------------------------------------------------------------------------ */

struct spending {
    int64_t org, now;
    uint8_t once[16];
};

static enum error_code write_spending(struct store_session *session, void *context, struct error *error)
{
    const struct spending *spending = context;
    /* Whoever opens rounds needs no way to the first one any more. */
    TRY(org_welcome_reach(session, spending->org, WELCOME_SEND, error));
    return form_spend(session, spending->org, spending->once, spending->now, error);
}

/* Opening and closing are transactions of their own, so the form is spent before: sent twice, it does nothing
 * the second time. ret_again: it was sent before. */
static enum error_code spend(struct http_request *request, struct error *error, bool *ret_again)
{
    struct spending spending = {.org = request->identity.org, .now = clock_seconds(request->clock)};
    TRY(http_once_check(request, ROUNDS_FORM, error, spending.once));
    enum error_code code = store_write(request->store, write_spending, &spending, error);
    *ret_again = code != OK && strcmp(error->reason, "form-sent-twice") == 0;
    return *ret_again ? OK : code;
}

static struct slice opening_address(bool full)
{
    return full ? S("/rounds/opening?form=full") : S("/rounds/opening?form=pulse");
}

static bool wants_full(struct slice form)
{
    return slice_equal(form, S("full"));
}

/* What the round will ask; a team that made a promise gets one question more. */
static int64_t question_count(const struct instrument *instrument, int64_t round_number, bool full)
{
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    return (int64_t)instrument_select(instrument, full, round_number, true, items);
}

static void fill_opening(struct http_request *request, const struct org *org,
                         const struct instrument *instrument, const struct reach *reach, int64_t number,
                         enum language language, struct template_rounds_open *page)
{
    int64_t closes = clock_seconds(request->clock) + org->round_days * DAY_SECONDS;
    page->full = wants_full(http_query(request, "form"));
    page->form = page->full ? S("full") : S("pulse");
    page->questions = question_count(instrument, number, page->full);
    page->teams = reach->teams;
    page->members = reach->members;
    page->closes = closes;
    page->later = closes + org->extension_days * DAY_SECONDS;
    if (reach->small_teams > 0)
        page->small = message_text(request->region, language, MESSAGE_PULSE_OPENING_SMALL,
                                   ARGUMENTS(A_INTEGER("n", reach->small_teams), A_INTEGER("k", org->k)));
}

/* Whether mail leaves when the round opens, and when, if not at once. */
static enum error_code fill_mail(struct http_request *request, const struct org *org, enum language language,
                                 struct template_rounds_open *page, struct error *error)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(200);
    struct mail_hours hours;
    int64_t now = clock_seconds(request->clock);
    TRY(mail_hours_load(request->session, org->id, request->region, error, &hours));
    const struct zone *zone = mail_hours_zone(&hours, request->region);
    int64_t leaves = mail_hours_next(&hours, zone, now);
    struct date date = zone_date(zone, leaves);
    page->mail = request->application->mail_on;
    if (leaves > now)
        format_civil_date_time(&text, language, &date);
    page->mail_when = region_copy(request->region, buffer_slice(&text));
    return OK;
}

static enum error_code show_opening(struct http_request *request, struct http_response *response,
                                    const struct org *org, const struct reach *reach, int64_t number,
                                    bool first, struct error *error)
{
    struct view view = page_view(request, ROUNDS_FORM);
    struct template_rounds_open filled = {.first = first, .step = WELCOME_SEND};
    const struct instrument *instrument;
    TRY(questionnaire_of_next(request->session, org->id, request->region, error, &instrument));
    fill_opening(request, org, instrument, reach, number, view.language, &filled);
    TRY(fill_mail(request, org, view.language, &filled, error));
    struct page page = {
        .title = message_text(request->region, view.language,
                              first ? MESSAGE_START_WINDOW : MESSAGE_PULSE_OPENING_TITLE, NO_ARGUMENTS),
        .body = template_rounds_open_html(request->region, &view, &filled),
        .place = PAGE_ROUNDS,
        .bare = first,
    };
    return page_render(request, response, &page, error);
}

/* Opening cannot be undone, so it is said first. Where none can be opened, the page of rounds says why. */
enum error_code rounds_opening_get(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct org org;
    struct reach reach;
    struct round latest = {0};
    bool found;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(find_reach(request, org.k, error, &reach));
    TRY(round_latest(request->session, org.id, error, &found, &latest));
    if (reach.teams == 0 || (found && !latest.closed)) {
        http_redirect(request, response, S("/rounds"));
        return OK;
    }
    return show_opening(request, response, &org, &reach, latest.number + 1, false, error);
}

enum error_code rounds_first_show(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct org org;
    struct reach reach;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(find_reach(request, org.k, error, &reach));
    return show_opening(request, response, &org, &reach, 1, true, error);
}

enum error_code rounds_open_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    bool again;
    int64_t number;
    bool full = wants_full(http_form(request, "form"));
    if (!slice_equal(http_form(request, "sure"), S("yes"))) {
        http_redirect(request, response, opening_address(full));
        return OK;
    }
    TRY(spend(request, error, &again));
    enum error_code code = again ? OK
                                 : round_open(request->application, request->identity.org, full,
                                              request->region, error, &number);
    if (code == ERROR_INPUT && strcmp(error->reason, "no-teams") == 0)
        return show_refused(request, response, &(struct refused){.other = MESSAGE_PULSE_ROUNDS_NO_TEAMS},
                            error);
    if (code != OK && strcmp(error->reason, "round-open") != 0)
        return code;
    application_wake_mail(request->application);
    http_redirect(request, response, S("/rounds"));
    return OK;
}

enum error_code rounds_close_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    bool again;
    if (!slice_equal(http_form(request, "sure"), S("yes")))
        return show_refused(request, response, &(struct refused){.close = MESSAGE_PULSE_ROUNDS_CLOSE_MISSING},
                            error);
    TRY(spend(request, error, &again));
    enum error_code code =
        again ? OK : round_close_now(request->application, request->identity.org, request->region, error);
    if (code != OK && strcmp(error->reason, "no-round-open") != 0)
        return code;
    application_wake_mail(request->application);
    http_redirect(request, response, S("/rounds"));
    return OK;
}

/* ---- Rhythm ------------------------------------------------------------------------------------- */

struct rhythm_write {
    struct application *application;
    int64_t org, weeks, next_opens_at;
    uint8_t once[16];
};

static enum error_code write_rhythm(struct store_session *session, void *context, struct error *error)
{
    const struct rhythm_write *write = context;
    TRY(form_spend(session, write->org, write->once, clock_seconds(write->application->clock), error));
    return round_set_rhythm(session, write->org, write->weeks * DAYS_A_WEEK, write->next_opens_at, error);
}

/* In the morning of that day. */
static bool parse_next(const struct http_request *request, struct slice text, int64_t *ret_seconds)
{
    int64_t now = clock_seconds(request->clock), end = 0;
    *ret_seconds = 0;
    if (text.length == 0)
        return true;
    if (!date_parse_day_end(text, &end))
        return false;
    *ret_seconds = end - (DAY_SECONDS - 1) + (int64_t)OPENING_HOUR * HOUR_SECONDS;
    return *ret_seconds > now && *ret_seconds <= now + 366 * (int64_t)DAY_SECONDS;
}

enum error_code rounds_rhythm_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct rhythm_write write = {.application = request->application, .org = request->identity.org};
    struct refused refused = {.weeks_text = slice_trim(http_form(request, "weeks")),
                              .next_text = slice_trim(http_form(request, "next"))};
    TRY(http_once_check(request, ROUNDS_FORM, error, write.once));
    if (!slice_to_integer(refused.weeks_text, 1, WEEKS_MAXIMUM, &write.weeks))
        refused.weeks = MESSAGE_PULSE_ROUNDS_WEEKS_WRONG;
    if (!parse_next(request, refused.next_text, &write.next_opens_at))
        refused.next = MESSAGE_PULSE_ROUNDS_NEXT_WRONG;
    if (refused.weeks != MESSAGE_NONE || refused.next != MESSAGE_NONE)
        return show_refused(request, response, &refused, error);
    enum error_code code = store_write(request->store, write_rhythm, &write, error);
    if (code != OK && strcmp(error->reason, "form-sent-twice") != 0)
        return code;
    http_redirect(request, response, S("/rounds?saved=1"));
    return OK;
}
