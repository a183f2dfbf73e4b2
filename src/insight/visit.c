/* Who looks at which team, and what that person may see. */
#include "insight/pages.h"
#include "people/page.h"

#include <math.h>

static enum error_code load_leader(struct http_request *request, struct error *error, struct visit *visit)
{
    int64_t then = visit->insight.leader;
    if (then == 0)
        return OK;
    visit->ended = then != visit->team.leader.id;
    if (!visit->ended) {
        visit->leader = visit->team.leader.name;
        return OK;
    }
    struct person person = {0};
    enum error_code code =
        person_load(request->session, request->identity.org, then, request->region, error, &person);
    if (code != OK && code != ERROR_NOT_FOUND) /* who led then may have been deleted */
        return code;
    visit->leader = page_name(request->region, page_view(request, NULL).language, person.name);
    return OK;
}

/* Trust in a leader is for that leader and that team. */
static enum error_code load_deputies(struct http_request *request, struct error *error, struct visit *visit)
{
    bool deputy = false;
    TRY(deputy_list(request->session, request->identity.org, visit->team.id, clock_seconds(request->clock),
                    request->region, error, visit->deputies, &visit->deputy_count));
    for (size_t i = 0; i < visit->deputy_count; i++)
        deputy = deputy || visit->deputies[i].person.id == request->identity.person;
    visit->leads = visit->role == TEAM_ROLE_LEADER || deputy;
    visit->outside = visit->role == TEAM_ROLE_NONE;
    visit->ended = visit->ended || (visit->outside && visit->insight.leader != 0);
    return OK;
}

enum error_code visit_load(struct http_request *request, struct error *error, struct visit **ret_visit)
{
    struct visit *visit = REGION_NEW(request->region, struct visit);
    if (visit == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct store_session *session = request->session;
    int64_t org = request->identity.org, team;
    TRY(http_path_id(request, "team", error, &team));
    TRY(org_load(session, org, request->region, error, &visit->org));
    TRY(team_load(session, org, team, request->region, error, &visit->team));
    TRY(people_team_role(session, org, team, request->identity.person, error, &visit->role));
    TRY(insight_team_round(session, org, team, request->region, error, &visit->insight));
    TRY(load_leader(request, error, visit));
    TRY(load_deputies(request, error, visit));
    TRY(promise_list(session, org, team, request->region, error, &visit->promises, &visit->promise_count));
    TRY(team_round_latest(session, org, team, true, request->region, error, &visit->has_open, &visit->open));
    *ret_visit = visit;
    return OK;
}

const struct promise *visit_promise(const struct visit *visit)
{
    for (size_t i = 0; i < visit->promise_count; i++)
        if (visit->insight.state != INSIGHT_NOTHING &&
            visit->promises[i].round_number == visit->insight.round.number)
            return &visit->promises[i];
    return NULL;
}

bool visit_sees_guesses(const struct visit *visit)
{
    return !visit->ended && visit->insight.guess_count > 0 &&
           (visit->role == TEAM_ROLE_LEADER || visit->insight.guess_shown);
}

/* The leader's line ended with its leader: so did its questions. */
static bool item_counts(const struct visit *visit, const struct insight_item *item)
{
    return item->shown && item->item->anchor > 0 && !(visit->ended && item->item->about_leader);
}

const struct insight_item *visit_widest_gap(const struct visit *visit)
{
    const struct insight_item *widest = NULL;
    double gap = -1;
    for (size_t i = 0; i < visit->insight.item_count; i++) {
        const struct insight_item *item = &visit->insight.items[i];
        if (!item_counts(visit, item) || item->guess == 0 || fabs(item->mean - item->guess) <= gap)
            continue;
        gap = fabs(item->mean - item->guess);
        widest = item;
    }
    return widest;
}

static const struct insight_item *lowest_anchor(const struct visit *visit)
{
    const struct insight_item *lowest = NULL;
    for (size_t i = 0; i < visit->insight.item_count; i++) {
        const struct insight_item *item = &visit->insight.items[i];
        if (item_counts(visit, item) && (lowest == NULL || item->mean < lowest->mean))
            lowest = item;
    }
    return lowest;
}

struct slice visit_question(const struct visit *visit, enum language language, struct region *region)
{
    const struct insight_item *item = visit_sees_guesses(visit) ? visit_widest_gap(visit) : NULL;
    if (item == NULL)
        item = lowest_anchor(visit);
    enum message message = MESSAGE_NONE;
    if (item != NULL)
        message = message_find(region_format(region, "insight.question.%.*s", SLICE_ARG(item->item->id)));
    return message_text(region, language, message != MESSAGE_NONE ? message : MESSAGE_INSIGHT_QUESTION_OPEN,
                        NO_ARGUMENTS);
}
