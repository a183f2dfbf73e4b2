#include "people/deputy.h"

#include "people/seat.h"

#define STANDS_IN                                                                                            \
    "FROM team_deputy d JOIN person p ON p.org_id = d.org_id AND p.person_id = d.person_id "                 \
    "WHERE d.org_id = $1 AND (d.until IS NULL OR d.until > $3) AND (d.team_id = $2 OR d.team_id IN "         \
    "(SELECT u.team_id FROM joint_part u JOIN joint_group g ON g.org_id = u.org_id "                         \
    "AND g.group_id = u.group_id WHERE g.org_id = $1 AND g.team_id = $2)) "
STATEMENT(DEPUTY_LIST, "SELECT p.person_id, p.address, p.name, p.language, d.since, d.until " STANDS_IN
                       "ORDER BY p.name, p.person_id, d.team_id LIMIT 4");
STATEMENT(DEPUTY_IS, "SELECT 1 " STANDS_IN "AND d.person_id = $4 LIMIT 1");
STATEMENT(DEPUTY_HOLDER, "SELECT person_id FROM team_deputy WHERE org_id = $1 AND team_id = $2");
STATEMENT(DEPUTY_INSERT, "INSERT INTO team_deputy (org_id, team_id, person_id, since, until) "
                         "VALUES ($1, $2, $3, $4, $5)");
STATEMENT(DEPUTY_DELETE, "DELETE FROM team_deputy WHERE org_id = $1 AND team_id = $2");
STATEMENT(DEPUTY_OVER, "SELECT org_id, team_id FROM team_deputy WHERE until <= $1 LIMIT 100");
STATEMENT(DEPUTY_TEAM_IS_JOINT, "SELECT 1 FROM joint_group WHERE org_id = $1 AND team_id = $2");

/* ---- Reading ----------------------------------------------------------------------------------------- */

enum error_code deputy_list(struct store_session *session, int64_t org, int64_t team, int64_t now,
                            struct region *region, struct error *error,
                            struct deputy ret_deputies[static DEPUTIES_MAXIMUM], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &DEPUTY_LIST, PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(now)),
                     error, &rows));
    while (count < DEPUTIES_MAXIMUM && store_next(&rows))
        ret_deputies[count++] = (struct deputy){.person = person_read(&rows, 0, region),
                                                .since = store_column_integer(&rows, 4),
                                                .until = store_column_integer(&rows, 5)};
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

enum error_code deputy_is(struct store_session *session, int64_t org, int64_t team, int64_t person,
                          int64_t now, struct error *error, bool *ret_is)
{
    int64_t one = 0;
    return store_one_integer(session, &DEPUTY_IS,
                             PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(now), V_INTEGER(person)),
                             error, ret_is, &one);
}

/* ---- Changing: inside a write ------------------------------------------------------------------------ */

enum error_code deputy_end(struct store_session *session, int64_t org, int64_t team, int64_t by, int64_t now,
                           struct error *error)
{
    bool found = false;
    int64_t person = 0;
    TRY(store_one_integer(session, &DEPUTY_HOLDER, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &found,
                          &person));
    if (!found)
        return OK;
    TRY(store_execute(session, &DEPUTY_DELETE, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, NULL));
    return role_change_note_deputy(session, org, team, false, person, by, now, error);
}

enum error_code deputy_end_with(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                int64_t now, struct error *error)
{
    bool found = false;
    int64_t holder = 0;
    TRY(store_one_integer(session, &DEPUTY_HOLDER, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &found,
                          &holder));
    return found && holder == person ? deputy_end(session, org, team, 0, now, error) : OK;
}

static enum error_code check_person(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                    struct error *error)
{
    enum team_role role;
    bool joint = false, held[SEATS];
    int64_t one = 0;
    TRY(store_one_integer(session, &DEPUTY_TEAM_IS_JOINT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                          &joint, &one));
    if (joint)
        return FAIL(error, ERROR_CONFLICT, "joint-no-list", "a joint group has no list of its own");
    TRY(people_team_role(session, org, team, person, error, &role));
    if (role == TEAM_ROLE_LEADER)
        return FAIL(error, ERROR_CONFLICT, "deputy-leads", "who leads the team does not stand in");
    TRY(seats_of_person(session, org, person, error, held));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (held[seat])
            return FAIL(error, ERROR_CONFLICT, "deputy-stands-apart",
                        "somebody who stands apart does not stand in for a leader");
    return OK;
}

enum error_code deputy_name(struct store_session *session, int64_t org, int64_t team, int64_t person,
                            int64_t until, int64_t by, int64_t now, struct error *error)
{
    if (until != 0 && (until <= now || until > now + (int64_t)DEPUTY_DAYS_MAXIMUM * DAY_SECONDS))
        return FAIL(error, ERROR_INPUT, "deputy-until", "the last day lies between today and a year ahead");
    TRY(check_person(session, org, team, person, error));
    TRY(deputy_end(session, org, team, by, now, error));
    TRY(store_execute(session, &DEPUTY_INSERT,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person), V_INTEGER(now),
                                 until != 0 ? V_INTEGER(until) : V_NULL),
                      error, NULL));
    return role_change_note_deputy(session, org, team, true, person, by, now, error);
}

enum error_code deputy_end_over(struct store_session *session, int64_t now, struct error *error)
{
    enum { AT_ONCE = 100 }; /* the others the next time: they may do nothing any more anyway */
    int64_t orgs[AT_ONCE], teams[AT_ONCE];
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &DEPUTY_OVER, PARAMETERS(V_INTEGER(now)), error, &rows));
    for (; count < AT_ONCE && store_next(&rows); count++) {
        orgs[count] = store_column_integer(&rows, 0);
        teams[count] = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    for (size_t i = 0; i < count; i++)
        TRY(deputy_end(session, orgs[i], teams[i], 0, now, error));
    return OK;
}
