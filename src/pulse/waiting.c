#include "pulse/waiting.h"

#include "pulse/answer.h"

enum error_code pulse_teams_waiting(struct store_session *session, int64_t org, int64_t person,
                                    struct region *region, struct error *error, int64_t **ret_teams,
                                    size_t *ret_count)
{
    struct team_round *parts;
    size_t count, waiting = 0;
    TRY(team_rounds_open_for(session, org, person, region, error, &parts, &count));
    int64_t *teams = REGION_ARRAY(region, count, int64_t);
    if (teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        bool issued = false;
        TRY(answer_issued(session, org, person, parts[i].rid, error, &issued));
        if (!issued)
            teams[waiting++] = parts[i].team;
    }
    *ret_teams = teams;
    *ret_count = waiting;
    return OK;
}
