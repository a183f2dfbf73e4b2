/* From the claim to the first round, step by step, and the first day after a result. Nothing here depends on an answer.
 *
 * Each step is a page with one act. What was done stands in the database (org_welcome_load), so that /start leads to the first
 * one that is still to be done, on any device; step 1 is the claim, step 2 src/people/start_team_pages.c. */
#include "people/page.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "pulse/round.h"
#include "templates.h"

enum {
    DAYS_A_WEEK = 7,
    DAYS_A_YEAR = 365,
    SECONDS_A_QUESTION = 9,
    SECONDS_A_MINUTE = 60,
    RHYTHM_CHOICES = 4,
    WEEKS_MAXIMUM = 52
};

/* For the whole organisation; the team is the first one without members, else the first. */
static enum error_code fill_people(const struct http_request *request, const struct view *view, int64_t k,
                                   struct template_start *page, struct error *error)
{
    struct team *teams;
    size_t count;
    int64_t members = 0, with_members = 0, empty = 0;
    TRY(team_list(request->session, request->identity.org, request->region, error, &teams, &count));
    for (size_t i = 0; i < count; i++) {
        if (!team_is_measured(&teams[i]))
            continue;
        members += teams[i].members;
        with_members += teams[i].members > 0;
        page->small = page->small || (teams[i].members > 0 && teams[i].members < k);
        if (teams[i].members == 0 && empty == 0)
            empty = teams[i].id;
    }
    page->team = empty != 0 ? empty : count > 0 ? teams[0].id : 0;
    page->anybody = members > 0;
    page->members = message_text(request->region, view->language, MESSAGE_PULSE_OPENING_MEMBERS,
                                 ARGUMENTS(A_INTEGER("n", members)));
    page->teams = message_text(request->region, view->language, MESSAGE_PULSE_OPENING_TEAMS,
                               ARGUMENTS(A_INTEGER("n", with_members)));
    return OK;
}

/* What a round costs, stated as whole minutes, rounded up. */
struct cost {
    int64_t questions, minutes;
};

static int64_t minutes_of(int64_t questions)
{
    return (questions * SECONDS_A_QUESTION + SECONDS_A_MINUTE - 1) / SECONDS_A_MINUTE;
}

static enum error_code find_cost(const struct http_request *request, int64_t org, struct error *error,
                                 struct cost *ret_cost)
{
    const struct instrument *instrument = NULL;
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    TRY(questionnaire_of_next(request->session, org, request->region, error, &instrument));
    int64_t questions = (int64_t)instrument_select(instrument, false, 1, true, items);
    *ret_cost = (struct cost){questions, minutes_of(questions)};
    return OK;
}

static int64_t weeks_of(int64_t days)
{
    return ((days > 0 ? days : ORG_RHYTHM_DAYS) + DAYS_A_WEEK / 2) / DAYS_A_WEEK;
}

static struct slice weeks_text(const struct http_request *request, const struct org *org)
{
    return region_format(request->region, "%" PRId64, weeks_of(org->rhythm_days));
}

static enum error_code text_for_team(const struct http_request *request, const struct view *view,
                                     const struct org *org, const struct cost *cost, struct error *error,
                                     struct html *ret_text)
{
    struct slice url;
    TRY(installation_url(request->application, request->region, error, &url));
    const struct template_start_text filled = {
        .k = org->k,
        .questions = cost->questions,
        .minutes = cost->minutes,
        .weeks = weeks_text(request, org),
        .address = region_format(request->region, "%.*s/how", SLICE_ARG(url)),
    };
    *ret_text = template_start_text_html(request->region, view, &filled);
    return OK;
}

/* ---- /start --------------------------------------------------------------------------------------------- */

/* Once there was a round: all on one page, to look at again. */
static enum error_code show_all(struct http_request *request, struct http_response *response,
                                const struct round *latest, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct org org;
    struct cost cost;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(find_cost(request, org.id, error, &cost));
    int64_t rounds = DAYS_A_YEAR / (weeks_of(org.rhythm_days) * DAYS_A_WEEK);
    struct template_start filled = {
        .k = org.k,
        .open = !latest->closed,
        .closes = latest->closes_at,
        .over = latest->closed,
        .questions = cost.questions,
        .minutes = cost.minutes,
        .weeks = weeks_text(request, &org),
        .rounds_a_year = rounds,
        .minutes_a_year = minutes_of(rounds * cost.questions),
        .phone = phone_code(request, view.language),
    };
    TRY(fill_people(request, &view, org.k, &filled, error));
    TRY(text_for_team(request, &view, &org, &cost, error, &filled.text));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_START_WINDOW, NO_ARGUMENTS),
        .body = template_start_html(request->region, &view, &filled),
        .place = PAGE_ROUNDS,
    };
    return page_render(request, response, &page, error);
}

static enum error_code count_members(const struct http_request *request, struct error *error,
                                     int64_t *ret_members)
{
    struct team *teams;
    size_t count;
    int64_t members = 0;
    TRY(team_list(request->session, request->identity.org, request->region, error, &teams, &count));
    for (size_t i = 0; i < count; i++)
        members += teams[i].members;
    *ret_members = members;
    return OK;
}

/* The first step that is still to be done. */
static struct slice next_step(enum welcome_step reached, int64_t members)
{
    if (reached >= WELCOME_PROMISE)
        return S("/start/first");
    if (reached >= WELCOME_RHYTHM)
        return S("/start/promise");
    return members > 0 ? S("/start/rhythm") : S("/start/team");
}

enum error_code start_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct round latest = {0};
    enum welcome_step reached;
    int64_t members;
    bool found;
    TRY(round_latest(request->session, request->identity.org, error, &found, &latest));
    if (found)
        return show_all(request, response, &latest, error);
    TRY(org_welcome_load(request->session, request->identity.org, error, &reached));
    TRY(count_members(request, error, &members));
    http_redirect(request, response, next_step(reached, members));
    return OK;
}

/* ---- Steps ---------------------------------------------------------------------------------------------- */

static enum error_code show_step(struct http_request *request, struct http_response *response,
                                 const struct view *view, struct html body, struct error *error)
{
    struct page page = {
        .title = message_text(request->region, view->language, MESSAGE_START_WINDOW, NO_ARGUMENTS),
        .body = body,
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

/* A rhythm that was set elsewhere stands among the choices, so that going on changes nothing by itself. */
static size_t fill_choices(int64_t questions, int64_t chosen,
                           struct template_start_rhythm_choices rows[static RHYTHM_CHOICES + 1])
{
    static const int64_t offered[RHYTHM_CHOICES] = {2, 4, 8, 13};
    size_t count = 0;
    bool there = false;
    for (size_t i = 0; i <= RHYTHM_CHOICES; i++) {
        int64_t weeks = i < RHYTHM_CHOICES ? offered[i] : chosen;
        if (i == RHYTHM_CHOICES && there)
            break;
        there = there || weeks == chosen;
        int64_t rounds = DAYS_A_YEAR / (weeks * DAYS_A_WEEK);
        rows[count++] = (struct template_start_rhythm_choices){weeks, rounds, minutes_of(rounds * questions),
                                                               weeks == chosen};
    }
    return count;
}

static enum error_code show_rhythm(struct http_request *request, struct http_response *response,
                                   enum message wrong, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_start_rhythm_choices choices[RHYTHM_CHOICES + 1];
    struct org org;
    struct cost cost;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(find_cost(request, org.id, error, &cost));
    const struct template_start_rhythm filled = {
        .step = WELCOME_RHYTHM,
        .steps = WELCOME_SEND,
        .questions = cost.questions,
        .minutes = cost.minutes,
        .wrong = wrong,
        .choices = choices,
        .choices_count = fill_choices(cost.questions, weeks_of(org.rhythm_days), choices),
    };
    return show_step(request, response, &view, template_start_rhythm_html(request->region, &view, &filled),
                     error);
}

enum error_code start_rhythm_get(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    return show_rhythm(request, response, MESSAGE_NONE, error);
}

struct step_write {
    int64_t org, weeks; /* weeks 0: the rhythm stays */
    enum welcome_step step;
    struct region *region;
};

static enum error_code write_step(struct store_session *session, void *context, struct error *error)
{
    const struct step_write *write = context;
    struct org org;
    if (write->weeks > 0) {
        TRY(org_load(session, write->org, write->region, error, &org));
        TRY(round_set_rhythm(session, write->org, write->weeks * DAYS_A_WEEK, org.next_opens_at, error));
    }
    return org_welcome_reach(session, write->org, write->step, error);
}

/* No one-time form id: saying the same twice changes nothing. */
enum error_code start_rhythm_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct step_write write = {
        .org = request->identity.org, .step = WELCOME_RHYTHM, .region = request->region};
    if (!slice_to_integer(http_form(request, "weeks"), 1, WEEKS_MAXIMUM, &write.weeks)) {
        response->status = 422;
        return show_rhythm(request, response, MESSAGE_CLAIM_WEEKS_WRONG, error);
    }
    TRY(store_write(request->store, write_step, &write, error));
    http_redirect(request, response, S("/start/promise"));
    return OK;
}

enum error_code start_promise_get(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_start_promise filled = {.step = WELCOME_PROMISE, .steps = WELCOME_SEND};
    struct org org;
    struct cost cost;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(find_cost(request, org.id, error, &cost));
    TRY(text_for_team(request, &view, &org, &cost, error, &filled.text));
    filled.k = org.k;
    return show_step(request, response, &view, template_start_promise_html(request->region, &view, &filled),
                     error);
}

/* No one-time form id: the same. */
enum error_code start_promise_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct step_write write = {
        .org = request->identity.org, .step = WELCOME_PROMISE, .region = request->region};
    TRY(store_write(request->store, write_step, &write, error));
    http_redirect(request, response, S("/start/first"));
    return OK;
}

enum error_code start_first_get(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct view view = page_view(request, NULL);
    struct round latest;
    bool found;
    int64_t members;
    const struct template_start_first filled = {WELCOME_SEND, WELCOME_SEND};
    TRY(round_latest(request->session, request->identity.org, error, &found, &latest));
    TRY(count_members(request, error, &members));
    if (found) { /* it was sent */
        http_redirect(request, response, S("/start"));
        return OK;
    }
    if (members > 0)
        return rounds_first_show(request, response, error);
    return show_step(request, response, &view, template_start_first_html(request->region, &view, &filled),
                     error);
}

/* ---- The first day -------------------------------------------------------------------------------------- */

enum error_code first_day_get(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    struct view view = page_view(request, NULL);
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_START_DAY_WINDOW, NO_ARGUMENTS),
        .body = template_first_day_html(request->region, &view, &(struct template_first_day){0}),
    };
    return page_render(request, response, &page, error);
}
