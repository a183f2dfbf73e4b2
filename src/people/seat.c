#include "people/seat.h"

STATEMENT(SEATS_OF_PERSON, "SELECT seat FROM seat WHERE org_id = $1 AND person_id = $2");
STATEMENT(SEAT_LIST, "SELECT p.person_id, p.address, p.name, p.language, s.seat, s.since FROM seat s "
                     "JOIN person p ON p.org_id = s.org_id AND p.person_id = s.person_id "
                     "WHERE s.org_id = $1 ORDER BY s.seat, p.name, p.person_id LIMIT 100");
STATEMENT(SEAT_CONFIDANTS,
          "SELECT p.person_id, p.address, p.name, p.language FROM seat s "
          "JOIN person p ON p.org_id = s.org_id AND p.person_id = s.person_id "
          "WHERE s.org_id = $1 AND s.seat = 'confidant' AND NOT EXISTS (SELECT 1 FROM team_role r WHERE "
          "r.org_id = s.org_id AND r.team_id = $2 AND r.person_id = s.person_id AND r.role = 'leader') "
          "AND NOT EXISTS (SELECT 1 FROM team_deputy d WHERE d.org_id = s.org_id AND d.team_id = $2 "
          "AND d.person_id = s.person_id) "
          "AND NOT EXISTS (SELECT 1 FROM joint_place j WHERE j.org_id = s.org_id AND j.team_id = $2 "
          "AND j.person_id = s.person_id AND j.role = 'leader') "
          "ORDER BY p.name, p.person_id LIMIT 10");
STATEMENT(SEAT_DEPUTY, "SELECT 1 FROM team_deputy WHERE org_id = $1 AND person_id = $2 "
                       "AND (until IS NULL OR until > $3) LIMIT 1");
STATEMENT(SEAT_COUNT, "SELECT count(*) FROM seat WHERE org_id = $1");
STATEMENT(SEAT_GIVE, "INSERT INTO seat (org_id, person_id, seat, since) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT (org_id, person_id, seat) DO NOTHING");
STATEMENT(SEAT_TAKE, "DELETE FROM seat WHERE org_id = $1 AND person_id = $2 AND seat = $3");
STATEMENT(
    ROLE_CHANGE_INSERT,
    "INSERT INTO role_change (org_id, change_number, role, given, team_id, person_id, by_id, changed_at) "
    "SELECT $1, COALESCE(MAX(c.change_number), 0) + 1, CAST($2 AS TEXT), CAST($3 AS BIGINT), "
    "CAST($7 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT) FROM role_change c "
    "WHERE c.org_id = $1");
STATEMENT(ROLE_CHANGES, "SELECT c.role, p.name, b.name, c.given, c.changed_at, t.name FROM role_change c "
                        "LEFT JOIN team t ON t.org_id = c.org_id AND t.team_id = c.team_id "
                        "LEFT JOIN person p ON p.org_id = c.org_id AND p.person_id = c.person_id "
                        "LEFT JOIN person b ON b.org_id = c.org_id AND b.person_id = c.by_id "
                        "WHERE c.org_id = $1 ORDER BY c.change_number DESC LIMIT 200");

static const char *const NAMES[SEATS] = {"", "confidant", "auditor", "council"};

struct slice seat_name(enum seat seat)
{
    return slice_from_text(NAMES[seat]);
}

enum seat seat_from_name(struct slice name)
{
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (slice_equal(name, slice_from_text(NAMES[seat])))
            return (enum seat)seat;
    return SEAT_NONE;
}

/* ---- Reading ----------------------------------------------------------------------------------------- */

enum error_code seats_of_person(struct store_session *session, int64_t org, int64_t person,
                                struct error *error, bool ret_held[static SEATS])
{
    bool held[SEATS] = {false};
    STORE_ROWS(rows);
    TRY(store_select(session, &SEATS_OF_PERSON, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (store_next(&rows))
        held[seat_from_name(store_column_text(&rows, 0))] = true;
    TRY(store_rows_end(&rows));
    memcpy(ret_held, held, sizeof held);
    return OK;
}

enum error_code seat_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct seat_holder **ret_holders, size_t *ret_count)
{
    struct seat_holder *holders = REGION_ARRAY(region, SEAT_HOLDERS_MAXIMUM, struct seat_holder);
    size_t count = 0;
    if (holders == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &SEAT_LIST, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < SEAT_HOLDERS_MAXIMUM && store_next(&rows))
        holders[count++] = (struct seat_holder){.person = person_read(&rows, 0, region),
                                                .seat = seat_from_name(store_column_text(&rows, 4)),
                                                .since = store_column_integer(&rows, 5)};
    TRY(store_rows_end(&rows));
    *ret_holders = holders;
    *ret_count = count;
    return OK;
}

enum error_code seat_confidants(struct store_session *session, int64_t org, int64_t team,
                                struct region *region, struct error *error, struct person **ret_confidants,
                                size_t *ret_count)
{
    struct person *confidants = REGION_ARRAY(region, CONFIDANTS_SHOWN_MAXIMUM, struct person);
    size_t count = 0;
    if (confidants == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &SEAT_CONFIDANTS, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    while (count < CONFIDANTS_SHOWN_MAXIMUM && store_next(&rows))
        confidants[count++] = person_read(&rows, 0, region);
    TRY(store_rows_end(&rows));
    *ret_confidants = confidants;
    *ret_count = count;
    return OK;
}

enum error_code role_changes(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct role_change **ret_changes, size_t *ret_count)
{
    struct role_change *changes = REGION_ARRAY(region, ROLE_CHANGES_MAXIMUM, struct role_change);
    size_t count = 0;
    if (changes == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &ROLE_CHANGES, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < ROLE_CHANGES_MAXIMUM && store_next(&rows))
        changes[count++] = (struct role_change){.role = store_column_copy(&rows, 0, region),
                                                .person_name = store_column_copy(&rows, 1, region),
                                                .by_name = store_column_copy(&rows, 2, region),
                                                .given = store_column_integer(&rows, 3) != 0,
                                                .changed_at = store_column_integer(&rows, 4),
                                                .team_name = store_column_copy(&rows, 5, region)};
    TRY(store_rows_end(&rows));
    *ret_changes = changes;
    *ret_count = count;
    return OK;
}

/* ---- Changing: inside a write ------------------------------------------------------------------------ */

static enum error_code note_of_team(struct store_session *session, int64_t org, int64_t team,
                                    struct slice role, bool given, int64_t person, int64_t by, int64_t now,
                                    struct error *error)
{
    return store_execute(session, &ROLE_CHANGE_INSERT,
                         PARAMETERS(V_INTEGER(org), V_TEXT(role), V_INTEGER(given), V_INTEGER(person),
                                    by == 0 ? V_NULL : V_INTEGER(by), V_INTEGER(now),
                                    team == 0 ? V_NULL : V_INTEGER(team)),
                         error, NULL);
}

static enum error_code note(struct store_session *session, int64_t org, struct slice role, bool given,
                            int64_t person, int64_t by, int64_t now, struct error *error)
{
    return note_of_team(session, org, 0, role, given, person, by, now, error);
}

enum error_code role_change_note_deputy(struct store_session *session, int64_t org, int64_t team, bool given,
                                        int64_t person, int64_t by, int64_t now, struct error *error)
{
    return note_of_team(session, org, team, S("deputy"), given, person, by, now, error);
}

enum error_code seat_give(struct store_session *session, int64_t org, int64_t person, enum seat seat,
                          int64_t by, int64_t now, struct error *error)
{
    enum org_role role;
    int64_t count = 0, changed = 0;
    bool deputy = false;
    if (seat <= SEAT_NONE || seat >= SEATS)
        return FAIL(error, ERROR_INPUT, "seat-unknown", "there is no such role");
    TRY(people_org_role(session, org, person, error, &role));
    if (role == ORG_ROLE_OWNER)
        return FAIL(error, ERROR_CONFLICT, "seat-owner", "an owner does not stand apart");
    TRY(store_one_integer(session, &SEAT_DEPUTY,
                          PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(now)), error, &deputy,
                          &count));
    if (deputy)
        return FAIL(error, ERROR_CONFLICT, "seat-deputy", "who stands in for a leader does not stand apart");
    TRY(store_one_integer(session, &SEAT_COUNT, PARAMETERS(V_INTEGER(org)), error, NULL, &count));
    if (count >= SEAT_HOLDERS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "seats-many", "at most %d", SEAT_HOLDERS_MAXIMUM);
    TRY(store_execute(session, &SEAT_GIVE,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(seat_name(seat)), V_INTEGER(now)),
                      error, &changed));
    return changed == 0 ? OK : note(session, org, seat_name(seat), true, person, by, now, error);
}

enum error_code seat_take(struct store_session *session, int64_t org, int64_t person, enum seat seat,
                          int64_t by, int64_t now, struct error *error)
{
    int64_t changed = 0;
    if (seat <= SEAT_NONE || seat >= SEATS)
        return FAIL(error, ERROR_INPUT, "seat-unknown", "there is no such role");
    TRY(store_execute(session, &SEAT_TAKE,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(seat_name(seat))), error,
                      &changed));
    return changed == 0 ? OK : note(session, org, seat_name(seat), false, person, by, now, error);
}

enum error_code role_give(struct store_session *session, int64_t org, int64_t person, enum org_role role,
                          int64_t by, int64_t now, struct error *error)
{
    enum org_role before;
    bool held[SEATS];
    TRY(people_org_role(session, org, person, error, &before));
    TRY(seats_of_person(session, org, person, error, held));
    for (int seat = SEAT_CONFIDANT; seat < SEATS && role == ORG_ROLE_OWNER; seat++)
        if (held[seat])
            return FAIL(error, ERROR_CONFLICT, "owner-has-seat", "somebody who stands apart is no owner");
    TRY(people_give_org_role(session, org, person, role, error));
    if (before >= role)
        return OK;
    return note(session, org, role == ORG_ROLE_OWNER ? S("owner") : S("viewer"), true, person, by, now,
                error);
}

enum error_code role_end_viewer(struct store_session *session, int64_t org, int64_t person, int64_t by,
                                int64_t now, struct error *error)
{
    enum org_role before;
    TRY(people_org_role(session, org, person, error, &before));
    TRY(people_end_viewer(session, org, person, error));
    return before == ORG_ROLE_VIEWER ? note(session, org, S("viewer"), false, person, by, now, error) : OK;
}
