#include "pulse/waiting.h"

/* From the person on, along roster_person: CROSS JOIN keeps the order of the tables. */
STATEMENT(TEAMS_WAITING,
          "SELECT p.team_id FROM roster m CROSS JOIN team_round p WHERE m.org_id = $1 AND m.person_id = $2 "
          "AND p.org_id = m.org_id AND p.round_number = m.round_number AND p.team_id = m.team_id "
          "AND p.state <> 'closed' AND NOT EXISTS (SELECT 1 FROM issuance i WHERE i.org_id = p.org_id "
          "AND i.rid = p.rid AND i.person_id = m.person_id) ORDER BY m.round_number, m.team_id LIMIT 100");

enum error_code pulse_teams_waiting(struct store_session *session, int64_t org, int64_t person,
                                    struct region *region, struct error *error, int64_t **ret_teams,
                                    size_t *ret_count)
{
    enum { WAITING_MAXIMUM = 100 };
    int64_t *teams = REGION_ARRAY(region, WAITING_MAXIMUM, int64_t);
    if (teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAMS_WAITING, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (count < WAITING_MAXIMUM && store_next(&rows))
        teams[count++] = store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    *ret_teams = teams;
    *ret_count = count;
    return OK;
}
