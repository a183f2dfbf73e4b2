#include "people/places.h"

#include "people/join.h"

/* Rounds belong to pulse, which stands above this folder; here it is only said that one is open. */
STATEMENT(PLACES_ROUND_OPEN, "SELECT closes_at, extended_at FROM round WHERE org_id = $1 AND state = 'open' "
                             "ORDER BY round_number DESC LIMIT 1");

static void add_teams(struct places *places, const struct team *teams, size_t count, bool leads)
{
    for (size_t i = 0; i < count; i++)
        places->teams[places->count++] = (struct place){.team = teams[i], .leads = leads};
}

static bool is_among(const struct team *teams, size_t count, int64_t team)
{
    for (size_t i = 0; i < count; i++)
        if (teams[i].id == team)
            return true;
    return false;
}

/* But for those of which one is a member, or leads another part. */
static void add_deputy_teams(struct places *places, const struct team *teams, size_t count,
                             const struct team *joined, size_t joined_count)
{
    for (size_t i = 0; i < count; i++) {
        bool led = false;
        for (size_t j = 0; j < places->count; j++)
            led = led || places->teams[j].team.id == teams[i].id;
        if (!led && !is_among(joined, joined_count, teams[i].id))
            places->teams[places->count++] = (struct place){.team = teams[i], .deputy = true};
    }
}

/* Only ever told to the person: who has answered is nobody else's business. People may not know rounds, so
 * pulse supplies what waits (struct application). */
static enum error_code mark_open(const struct application *application, struct store_session *session,
                                 int64_t org, int64_t person, struct region *region, struct error *error,
                                 struct places *places)
{
    int64_t *waiting;
    size_t count;
    if (application->teams_waiting == NULL)
        return OK;
    TRY(application->teams_waiting(session, org, person, region, error, &waiting, &count));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < places->count; j++)
            if (places->teams[j].team.id == waiting[i] && !places->teams[j].leads)
                places->teams[j].may_answer = true;
    return OK;
}

enum error_code places_load(const struct application *application, struct store_session *session, int64_t org,
                            int64_t person, struct region *region, struct error *error,
                            struct places *ret_places)
{
    struct places places = {0};
    struct team *led, *joined, *stands_in;
    size_t led_count, joined_count, stands_in_count;
    TRY(people_org_role(session, org, person, error, &places.role));
    TRY(seats_of_person(session, org, person, error, places.seats));
    TRY(team_list_of_person(session, org, person, TEAM_ROLE_LEADER, region, error, &led, &led_count));
    TRY(team_list_of_person(session, org, person, TEAM_ROLE_MEMBER, region, error, &joined, &joined_count));
    TRY(team_list_of_deputy(session, org, person, clock_seconds(application->clock), region, error,
                            &stands_in, &stands_in_count));
    places.teams = REGION_ARRAY(region, led_count + stands_in_count + joined_count, struct place);
    if (places.teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    add_teams(&places, led, led_count, true);
    add_deputy_teams(&places, stands_in, stands_in_count, joined, joined_count);
    add_teams(&places, joined, joined_count, false);
    if (places.count == 0) {
        struct slice *asked;
        size_t asked_count;
        TRY(join_asked(session, org, person, region, error, &asked, &asked_count));
        places.asks = asked_count > 0;
    }
    if (joined_count > 0)
        TRY(mark_open(application, session, org, person, region, error, &places));
    *ret_places = places;
    return OK;
}

struct slice seat_path(enum seat seat)
{
    static const char *const PATHS[SEATS] = {"/me", "/roles/confidant", "/roles/auditor",
                                             "/roles/works-council"};
    return slice_from_text(PATHS[seat]);
}

struct slice places_home(const struct places *places, struct region *region)
{
    if (places->count > 0 && (places->teams[0].leads || places->teams[0].deputy))
        return region_format(region, "/teams/%" PRId64, places->teams[0].team.id);
    for (size_t i = 0; i < places->count; i++)
        if (places->teams[i].may_answer)
            return region_format(region, "/teams/%" PRId64 "/answer", places->teams[i].team.id);
    if (places->count > 0)
        return region_format(region, "/teams/%" PRId64, places->teams[0].team.id);
    if (places->role != ORG_ROLE_NONE)
        return S("/organisation");
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (places->seats[seat])
            return seat_path((enum seat)seat);
    return places->asks ? S("/joining") : S("/me");
}

enum error_code places_round_open(struct store_session *session, int64_t org, int64_t now,
                                  struct error *error, bool *ret_open, int64_t *ret_closes_at)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &PLACES_ROUND_OPEN, PARAMETERS(V_INTEGER(org)), error, &rows));
    bool open = store_next(&rows);
    int64_t closes_at = open ? store_column_integer(&rows, 0) : 0;
    if (open && now > closes_at)
        closes_at = store_column_integer(&rows, 1);
    TRY(store_rows_end(&rows));
    *ret_open = open;
    *ret_closes_at = closes_at;
    return OK;
}
