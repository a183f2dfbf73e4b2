#include "pulse/published.h"

#include "pulse/team_log.h"

STATEMENT(RECORD_READ,
          "SELECT record FROM round_record WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
STATEMENT(ISSUANCE_LEAF_READ, "SELECT salt, blinded_hash, device_signature FROM issuance_leaf "
                              "WHERE org_id = $1 AND rid = $2 AND person_id = $3");
STATEMENT(OWN_ROUNDS,
          "SELECT p.rid, p.team_id, COALESCE(r.closed_at, r.closes_at), t.name FROM issuance_leaf l "
          "JOIN team_round p ON p.rid = l.rid "
          "JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
          "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "
          "WHERE l.org_id = $1 AND l.person_id = $2 AND p.org_id = $1 "
          "ORDER BY p.round_number DESC, p.team_id LIMIT 50");
STATEMENT(ISSUANCE_LEAVES_DELETE, "DELETE FROM issuance_leaf WHERE until < $1");
STATEMENT(EXAMPLE_RECORDS, "SELECT p.rid FROM org o JOIN team_round p ON p.org_id = o.org_id "
                           "WHERE o.kind = 'example' AND p.close_index IS NOT NULL "
                           "ORDER BY p.org_id, p.round_number DESC, p.team_id LIMIT 1000");

/* The stored part is a JSON object of its own; its members follow those that are made now. */
enum error_code published_record(struct store_session *session, const uint8_t rid[static 32],
                                 struct region *region, struct error *error, struct buffer *out)
{
    struct team_round round;
    struct team_log log;
    TRY(team_round_by_rid(session, rid, region, error, &round));
    if (round.open)
        return FAIL(error, ERROR_NOT_FOUND, "record-not-yet", "the round is still open");
    TRY(team_log_of_round(session, rid, region, error, &log));
    STORE_ROWS(rows);
    TRY(store_select(session, &RECORD_READ,
                     PARAMETERS(V_INTEGER(round.org), V_INTEGER(round.round_number), V_INTEGER(round.team)),
                     error, &rows));
    bool found = store_next(&rows);
    struct slice stored = found ? store_column_bytes(&rows, 0) : S("");
    if (stored.length > 1) {
        struct json_writer json = JSON_WRITER(out);
        buffer_append_text(out, "{\"format\":\"hecht-record-v1\",\"log\":");
        team_log_to_json(&log, &json);
        buffer_append_byte(out, ',');
        buffer_append(out, slice_from(stored, 1));
    }
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "round-not-logged", "the round has no record");
    return OK;
}

static bool copy_exactly(struct slice bytes, void *to, size_t length)
{
    if (bytes.length != length)
        return false;
    memcpy(to, bytes.data, length);
    return true;
}

enum error_code published_issuance(struct store_session *session, int64_t org, int64_t person,
                                   const uint8_t rid[static 32], struct region *region, struct error *error,
                                   struct issuance_opening *ret_opening)
{
    struct team_round round;
    struct issuance_opening opening = {0};
    TRY(team_round_by_rid(session, rid, region, error, &round));
    if (round.org != org)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    if (round.open)
        return FAIL(error, ERROR_NOT_FOUND, "record-not-yet", "the round is still open");
    STORE_ROWS(rows);
    TRY(store_select(session, &ISSUANCE_LEAF_READ,
                     PARAMETERS(V_INTEGER(org), V_BYTES(slice_from_bytes(rid, 32)), V_INTEGER(person)), error,
                     &rows));
    bool found =
        store_next(&rows) && copy_exactly(store_column_bytes(&rows, 0), opening.salt, sizeof opening.salt);
    if (found) {
        opening.issued =
            copy_exactly(store_column_bytes(&rows, 1), opening.blinded_hash, sizeof opening.blinded_hash);
        opening.device_signature = store_column_copy(&rows, 2, region);
    }
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "issuance-gone", "there is nothing more to open");
    *ret_opening = opening;
    return OK;
}

enum error_code published_own_rounds(struct store_session *session, int64_t org, int64_t person,
                                     struct region *region, struct error *error,
                                     struct own_round **ret_rounds, size_t *ret_count)
{
    struct own_round *rounds = REGION_ARRAY(region, OWN_ROUNDS_MAXIMUM, struct own_round);
    size_t count = 0;
    if (rounds == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &OWN_ROUNDS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (count < OWN_ROUNDS_MAXIMUM && store_next(&rows)) {
        struct own_round *round = &rounds[count];
        if (!copy_exactly(store_column_bytes(&rows, 0), round->rid, sizeof round->rid))
            continue;
        round->team = store_column_integer(&rows, 1);
        round->closed_at = store_column_integer(&rows, 2);
        round->team_name = store_column_copy(&rows, 3, region);
        count++;
    }
    TRY(store_rows_end(&rows));
    *ret_rounds = rounds;
    *ret_count = count;
    return OK;
}

enum error_code published_clean_up(struct store_session *session, int64_t now, struct error *error)
{
    return store_execute(session, &ISSUANCE_LEAVES_DELETE, PARAMETERS(V_INTEGER(now)), error, NULL);
}

enum error_code published_examples(struct store_session *session, struct region *region, struct error *error,
                                   uint8_t (**ret_rids)[32], size_t *ret_count)
{
    uint8_t(*rids)[32] = region_array(region, PUBLISHED_LIST_MAXIMUM, 32);
    size_t count = 0;
    if (rids == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &EXAMPLE_RECORDS, NO_PARAMETERS, error, &rows));
    while (count < PUBLISHED_LIST_MAXIMUM && store_next(&rows))
        count += copy_exactly(store_column_bytes(&rows, 0), rids[count], 32);
    TRY(store_rows_end(&rows));
    *ret_rids = rids;
    *ret_count = count;
    return OK;
}
