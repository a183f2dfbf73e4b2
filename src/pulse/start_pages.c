/* From the claim to the first round, and the first day after a result. Nothing here depends on an answer. */
#include "people/page.h"
#include "pulse/questionnaire.h"
#include "pulse/pulse_handlers.h"
#include "pulse/round.h"
#include "templates.h"

enum { DAYS_A_WEEK = 7, DAYS_A_YEAR = 365, SECONDS_A_QUESTION = 9, SECONDS_A_MINUTE = 60 };

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
static enum error_code fill_cost(const struct http_request *request, const struct org *org,
                                 struct template_start *page, struct error *error)
{
    const struct instrument *instrument = NULL;
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    int64_t days = org->rhythm_days > 0 ? org->rhythm_days : ORG_RHYTHM_DAYS;
    TRY(questionnaire_of_next(request->session, org->id, request->region, error, &instrument));
    page->questions = (int64_t)instrument_select(instrument, false, 1, true, items);
    page->minutes = (page->questions * SECONDS_A_QUESTION + SECONDS_A_MINUTE - 1) / SECONDS_A_MINUTE;
    page->weeks = region_format(request->region, "%" PRId64, (days + DAYS_A_WEEK / 2) / DAYS_A_WEEK);
    page->rounds_a_year = DAYS_A_YEAR / days;
    page->minutes_a_year =
        (page->rounds_a_year * page->questions * SECONDS_A_QUESTION + SECONDS_A_MINUTE - 1) /
        SECONDS_A_MINUTE;
    return OK;
}

enum error_code start_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct org org;
    struct slice url;
    struct round latest = {0};
    bool found;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(round_latest(request->session, org.id, error, &found, &latest));
    TRY(installation_url(request->application, request->region, error, &url));
    struct template_start filled = {
        .k = org.k,
        .open = found && !latest.closed,
        .closes = latest.closes_at,
        .over = found && latest.closed,
        .address = region_format(request->region, "%.*s/how", SLICE_ARG(url)),
    };
    TRY(fill_people(request, &view, org.k, &filled, error));
    TRY(fill_cost(request, &org, &filled, error));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_START_WINDOW, NO_ARGUMENTS),
        .body = template_start_html(request->region, &view, &filled),
        .place = PAGE_ROUNDS,
    };
    return page_render(request, response, &page, error);
}

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
