/* What rounds there are: reading. Opening is in round_open.c, closing in round_close.c. */
#include "pulse/round.h"

#define ROUND_COLUMNS                                                                                        \
    "SELECT round_number, form, state, opens_at, closes_at, extended_at, closed_at FROM round WHERE org_id " \
    "= $1 "
STATEMENT(ROUND_LATEST, ROUND_COLUMNS "ORDER BY round_number DESC LIMIT 1");
STATEMENT(ROUND_ALL, ROUND_COLUMNS "ORDER BY round_number LIMIT 2000");

#define TEAM_ROUND_FIELDS                                                                                    \
    "SELECT p.org_id, p.round_number, p.team_id, p.rid, p.descriptor, p.leader_id, p.roster_count, "         \
    "p.promise_id, p.state, p.guess_shown, r.opens_at, r.closes_at, r.extended_at, p.sealed_private_key, "   \
    "p.sealed_data_key, o.log_seed_sealed, p.opening_index FROM "
#define TEAM_ROUND_COLUMNS                                                                                   \
    TEAM_ROUND_FIELDS                                                                                        \
    "team_round p JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "                  \
    "JOIN org o ON o.org_id = p.org_id "
STATEMENT(TEAM_ROUND_BY_RID, TEAM_ROUND_COLUMNS "WHERE p.rid = $1");
STATEMENT(TEAM_ROUND_ONE,
          TEAM_ROUND_COLUMNS "WHERE p.org_id = $1 AND p.team_id = $2 AND p.round_number = $3");
STATEMENT(TEAM_ROUND_LATEST,
          TEAM_ROUND_COLUMNS "WHERE p.org_id = $1 AND p.team_id = $2 ORDER BY p.round_number DESC LIMIT 1");
STATEMENT(
    TEAM_ROUND_OPEN, TEAM_ROUND_COLUMNS
    "WHERE p.org_id = $1 AND p.team_id = $2 AND p.state <> 'closed' ORDER BY p.round_number DESC LIMIT 1");
/* From the person on: CROSS JOIN keeps SQLite from walking through all parts of the organisation's rounds. */
STATEMENT(TEAM_ROUND_OPEN_FOR, TEAM_ROUND_FIELDS
          "roster m CROSS JOIN team_round p CROSS JOIN round r CROSS JOIN org o WHERE m.org_id = $1 "
          "AND m.person_id = $2 AND o.org_id = m.org_id "
          "AND p.org_id = m.org_id AND p.round_number = m.round_number AND p.team_id = m.team_id "
          "AND r.org_id = p.org_id AND r.round_number = p.round_number AND p.state <> 'closed' "
          "ORDER BY p.round_number, p.team_id LIMIT 100");
STATEMENT(ROSTER_HAS,
          "SELECT 1 FROM roster WHERE org_id = $1 AND round_number = $2 AND team_id = $3 AND person_id = $4");
STATEMENT(PART_IS_OPEN,
          "SELECT CASE p.state WHEN 'open' THEN r.closes_at WHEN 'extended' THEN r.extended_at ELSE 0 END "
          "FROM team_round p JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
          "WHERE p.rid = $1");
STATEMENT(RHYTHM_SET, "UPDATE org SET rhythm_days = $2 WHERE org_id = $1");

static struct round read_round(const struct store_rows *rows)
{
    return (struct round){
        .number = store_column_integer(rows, 0),
        .full = slice_equal(store_column_text(rows, 1), S("full")),
        .imported = slice_equal(store_column_text(rows, 1), S("imported")),
        .closed = slice_equal(store_column_text(rows, 2), S("closed")),
        .opens_at = store_column_integer(rows, 3),
        .closes_at = store_column_integer(rows, 4),
        .extended_at = store_column_integer(rows, 5),
        .closed_at = store_column_integer(rows, 6),
    };
}

enum error_code round_latest(struct store_session *session, int64_t org, struct error *error, bool *ret_found,
                             struct round *ret_round)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &ROUND_LATEST, PARAMETERS(V_INTEGER(org)), error, &rows));
    bool found = store_next(&rows);
    struct round round = {0};
    if (found)
        round = read_round(&rows);
    TRY(store_rows_end(&rows));
    *ret_found = found;
    *ret_round = round;
    return OK;
}

enum error_code round_list(struct store_session *session, int64_t org, struct region *region,
                           struct error *error, struct round **ret_rounds, size_t *ret_count)
{
    struct round *rounds = REGION_ARRAY(region, ROUNDS_MAXIMUM, struct round);
    if (rounds == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &ROUND_ALL, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < ROUNDS_MAXIMUM && store_next(&rows))
        rounds[count++] = read_round(&rows);
    TRY(store_rows_end(&rows));
    *ret_rounds = rounds;
    *ret_count = count;
    return OK;
}

enum error_code round_set_rhythm(struct store_session *session, int64_t org, int64_t rhythm_days,
                                 int64_t next_opens_at, struct error *error)
{
    TRY(store_execute(session, &RHYTHM_SET, PARAMETERS(V_INTEGER(org), V_INTEGER(rhythm_days)), error, NULL));
    return org_plan_next(session, org, next_opens_at, error);
}

static struct team_round read_team_round(const struct store_rows *rows, struct region *region)
{
    struct slice state = store_column_text(rows, 8), rid = store_column_bytes(rows, 3);
    bool extended = slice_equal(state, S("extended"));
    struct team_round part = {
        .org = store_column_integer(rows, 0),
        .round_number = store_column_integer(rows, 1),
        .team = store_column_integer(rows, 2),
        .descriptor = store_column_copy(rows, 4, region),
        .leader = store_column_integer(rows, 5),
        .roster_count = store_column_integer(rows, 6),
        .promise = store_column_integer(rows, 7),
        .open = extended || slice_equal(state, S("open")),
        .extended = extended,
        .guess_shown = store_column_integer(rows, 9) != 0,
        .opens_at = store_column_integer(rows, 10),
        .closes_at = store_column_integer(rows, extended ? 12 : 11),
        .sealed_private_key = store_column_copy(rows, 13, region),
        .sealed_data_key = store_column_copy(rows, 14, region),
        .log_seed_sealed = store_column_copy(rows, 15, region),
        .logged = !store_column_is_null(rows, 16),
    };
    if (rid.length == sizeof part.rid)
        memcpy(part.rid, rid.data, rid.length);
    return part;
}

static enum error_code one_team_round(struct store_session *session, const struct statement *statement,
                                      const struct store_value *values, size_t count, struct region *region,
                                      struct error *error, bool *ret_found, struct team_round *ret_team_round)
{
    STORE_ROWS(rows);
    TRY(store_select(session, statement, values, count, error, &rows));
    bool found = store_next(&rows);
    struct team_round part = {0};
    if (found)
        part = read_team_round(&rows, region);
    TRY(store_rows_end(&rows));
    if (!found && ret_found == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    if (ret_found != NULL)
        *ret_found = found;
    *ret_team_round = part;
    return OK;
}

enum error_code team_round_by_rid(struct store_session *session, const uint8_t rid[32], struct region *region,
                                  struct error *error, struct team_round *ret_team_round)
{
    return one_team_round(session, &TEAM_ROUND_BY_RID, PARAMETERS(V_BYTES(slice_from_bytes(rid, 32))), region,
                          error, NULL, ret_team_round);
}

enum error_code team_round_latest(struct store_session *session, int64_t org, int64_t team, bool open_only,
                                  struct region *region, struct error *error, bool *ret_found,
                                  struct team_round *ret_team_round)
{
    return one_team_round(session, open_only ? &TEAM_ROUND_OPEN : &TEAM_ROUND_LATEST,
                          PARAMETERS(V_INTEGER(org), V_INTEGER(team)), region, error, ret_found,
                          ret_team_round);
}

enum error_code team_round_load(struct store_session *session, int64_t org, int64_t team,
                                int64_t round_number, struct region *region, struct error *error,
                                struct team_round *ret_team_round)
{
    return one_team_round(session, &TEAM_ROUND_ONE,
                          PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(round_number)), region, error,
                          NULL, ret_team_round);
}

enum error_code roster_has(struct store_session *session, const struct team_round *team_round, int64_t person,
                           struct error *error, bool *ret_has)
{
    int64_t one = 0;
    return store_one_integer(session, &ROSTER_HAS,
                             PARAMETERS(V_INTEGER(team_round->org), V_INTEGER(team_round->round_number),
                                        V_INTEGER(team_round->team), V_INTEGER(person)),
                             error, ret_has, &one);
}

enum error_code team_round_for_member(struct store_session *session, int64_t org, int64_t person,
                                      const uint8_t rid[32], struct region *region, struct error *error,
                                      struct team_round *ret_team_round)
{
    struct team_round round;
    bool member;
    TRY(team_round_by_rid(session, rid, region, error, &round));
    if (round.org != org)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    TRY(roster_has(session, &round, person, error, &member));
    if (!member)
        return FAIL(error, ERROR_DENIED, "not-in-roster",
                    "only members of the team at the opening may answer");
    if (!round.open)
        return FAIL(error, ERROR_GONE, "round-closed", "the round is closed");
    *ret_team_round = round;
    return OK;
}

enum error_code team_rounds_open_for(struct store_session *session, int64_t org, int64_t person,
                                     struct region *region, struct error *error,
                                     struct team_round **ret_parts, size_t *ret_count)
{
    enum { PARTS_MAXIMUM = 100 };
    struct team_round *parts = REGION_ARRAY(region, PARTS_MAXIMUM, struct team_round);
    if (parts == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_ROUND_OPEN_FOR, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                     &rows));
    while (count < PARTS_MAXIMUM && store_next(&rows))
        parts[count++] = read_team_round(&rows, region);
    TRY(store_rows_end(&rows));
    *ret_parts = parts;
    *ret_count = count;
    return OK;
}

enum error_code round_check_open(struct store_session *session, const struct application *application,
                                 const uint8_t rid[32], struct error *error)
{
    int64_t closes_at = 0;
    bool found;
    TRY(store_one_integer(session, &PART_IS_OPEN, PARAMETERS(V_BYTES(slice_from_bytes(rid, 32))), error,
                          &found, &closes_at));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    if (closes_at <= clock_seconds(application->clock))
        return FAIL(error, ERROR_GONE, "round-closed", "the round is closed");
    return OK;
}

/* ---- Keys --------------------------------------------------------------------------------------- */

/* What a wrapped key is bound to: a key of one round does not open as that of another. */
static struct slice key_bound(const char *use, const uint8_t rid[32], char room[96])
{
    char hex[65];
    hex_encode(rid, 32, hex);
    int length = snprintf(room, 96, "%s %s", use, hex);
    return slice_from_bytes(room, (size_t)length);
}

enum error_code team_round_seal_keys(struct application *application, const uint8_t rid[32],
                                     struct slice private_key, const struct seal_key *data_key,
                                     struct region *region, struct error *error,
                                     struct slice *ret_private_key, struct slice *ret_data_key)
{
    char room[96];
    TRY(seal(&application->key, key_bound("hecht-private-key", rid, room), private_key, application->random,
             region, error, ret_private_key));
    return seal(&application->key, key_bound("hecht-data-key", rid, room),
                slice_from_bytes(data_key->bytes, sizeof data_key->bytes), application->random, region, error,
                ret_data_key);
}

enum error_code team_round_private_key(const struct application *application,
                                       const struct team_round *team_round, struct region *region,
                                       struct error *error, struct blind_key **ret_key)
{
    char room[96];
    struct slice der;
    TRY(seal_open(&application->key, key_bound("hecht-private-key", team_round->rid, room),
                  team_round->sealed_private_key, region, error, &der));
    enum error_code code = blind_key_import(der, error, ret_key);
    wipe((void *)(uintptr_t)der.data, der.length);
    return code;
}

enum error_code team_round_data_key(const struct application *application,
                                    const struct team_round *team_round, struct region *region,
                                    struct error *error, struct seal_key *ret_key)
{
    char room[96];
    struct slice bytes;
    TRY(seal_open(&application->key, key_bound("hecht-data-key", team_round->rid, room),
                  team_round->sealed_data_key, region, error, &bytes));
    bool fits = bytes.length == sizeof ret_key->bytes;
    if (fits)
        memcpy(ret_key->bytes, bytes.data, bytes.length);
    wipe((void *)(uintptr_t)bytes.data, bytes.length);
    return fits ? OK : FAIL(error, ERROR_CRYPTO, "data-key", "the data key of the round has a wrong length");
}
