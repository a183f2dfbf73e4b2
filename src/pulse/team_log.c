#include "pulse/team_log.h"

#include "pulse/witness.h"

STATEMENT(HEAD_READ, "SELECT entries, peaks FROM team_log_head WHERE org_id = $1 AND team_id = $2");
STATEMENT(
    HEAD_WRITE,
    "INSERT INTO team_log_head (org_id, team_id, entries, peaks, checkpoint) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (org_id, team_id) DO UPDATE SET entries = excluded.entries, peaks = excluded.peaks, "
    "checkpoint = excluded.checkpoint");
STATEMENT(ENTRY_INSERT,
          "INSERT INTO team_log (org_id, team_id, entry_index, leaf, entry) VALUES ($1, $2, $3, $4, $5)");
STATEMENT(LOG_OF_ROUND,
          "SELECT p.org_id, p.team_id, p.opening_index, p.close_index, h.entries, h.checkpoint, o.log_public "
          "FROM team_round p JOIN org o ON o.org_id = p.org_id "
          "LEFT JOIN team_log_head h ON h.org_id = p.org_id AND h.team_id = p.team_id WHERE p.rid = $1");
/* Entries of a transaction that came after the head was read are left out. */
STATEMENT(LEAVES_READ, "SELECT leaf FROM team_log WHERE org_id = $1 AND team_id = $2 AND entry_index < $3 "
                       "ORDER BY entry_index");
STATEMENT(ENTRIES_READ, "SELECT entry FROM team_log WHERE org_id = $1 AND team_id = $2 "
                        "AND entry_index BETWEEN $3 AND $4 ORDER BY entry_index");

/* ---- Writing ------------------------------------------------------------------------------------ */

enum error_code log_signer_open(const struct application *application, const struct org *org,
                                struct region *region, struct error *error, struct log_signer *ret_signer)
{
    struct log_signer signer = {.org = org->id};
    memcpy(signer.public_key, org->log_public, sizeof signer.public_key);
    TRY(org_log_seed(application, org->id, org->log_seed_sealed, region, error, signer.seed));
    *ret_signer = signer;
    return OK;
}

void log_signer_close(struct log_signer *signer)
{
    wipe(signer->seed, sizeof signer->seed);
}

static enum error_code read_head(struct store_session *session, int64_t org, int64_t team,
                                 struct error *error, struct merkle_log *ret_log)
{
    struct merkle_log log = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &HEAD_READ, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    if (store_next(&rows)) {
        log.size = (uint64_t)store_column_integer(&rows, 0);
        struct slice peaks = store_column_bytes(&rows, 1);
        if (peaks.length != merkle_log_peaks(log.size) * sizeof log.peaks[0])
            return FAIL(error, ERROR_STORE, "team-log", "the head of a team's log does not fit its size");
        memcpy(log.peaks, peaks.data, peaks.length);
    }
    TRY(store_rows_end(&rows));
    *ret_log = log;
    return OK;
}

static enum error_code sign_head(const struct log_signer *signer, int64_t team, const struct merkle_log *log,
                                 struct region *region, struct error *error, struct slice *ret_note)
{
    struct checkpoint checkpoint = {.origin = log_origin(signer->public_key, team, region),
                                    .size = log->size};
    struct slice text;
    merkle_log_root(log, &checkpoint.root);
    TRY(checkpoint_write(&checkpoint, region, error, &text));
    return note_sign(text, checkpoint.origin, signer->seed, signer->public_key, region, error, ret_note);
}

enum error_code team_log_append(struct store_session *session, const struct log_signer *signer, int64_t team,
                                const struct log_entry *entry, struct region *region, struct error *error,
                                int64_t *ret_index)
{
    struct merkle_log log;
    struct merkle_hash leaf;
    struct slice bytes, note;
    struct store_value org = V_INTEGER(signer->org), of = V_INTEGER(team);
    TRY(log_entry_write(entry, region, error, &bytes));
    TRY(read_head(session, signer->org, team, error, &log));
    if (log.size >= LOG_ENTRIES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "team-log", "the log of the team is full");
    int64_t index = (int64_t)log.size;
    merkle_leaf(bytes, &leaf);
    merkle_log_append(&log, &leaf);
    TRY(sign_head(signer, team, &log, region, error, &note));
    TRY(store_execute_later(
        session, &ENTRY_INSERT,
        PARAMETERS(org, of, V_INTEGER(index), V_BYTES(slice_from_bytes(&leaf, sizeof leaf)), V_BYTES(bytes)),
        error));
    size_t peaks = merkle_log_peaks(log.size) * sizeof log.peaks[0];
    TRY(store_execute_later(session, &HEAD_WRITE,
                            PARAMETERS(org, of, V_INTEGER((int64_t)log.size),
                                       V_BYTES(slice_from_bytes(log.peaks, peaks)), V_TEXT(note)),
                            error));
    *ret_index = index;
    return OK;
}

/* ---- Reading ------------------------------------------------------------------------------------ */

struct place {
    int64_t org, team;
};

static enum error_code read_place(struct store_session *session, const uint8_t rid[static 32],
                                  struct region *region, struct error *error, struct place *ret_place,
                                  struct team_log *log)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &LOG_OF_ROUND, PARAMETERS(V_BYTES(slice_from_bytes(rid, 32))), error, &rows));
    bool found = store_next(&rows), logged = found && !store_column_is_null(&rows, 2);
    if (logged) {
        struct slice key = store_column_bytes(&rows, 6);
        *ret_place = (struct place){store_column_integer(&rows, 0), store_column_integer(&rows, 1)};
        log->opening = store_column_integer(&rows, 2);
        log->close = store_column_is_null(&rows, 3) ? -1 : store_column_integer(&rows, 3);
        log->leaf_count = (size_t)store_column_integer(&rows, 4);
        log->checkpoint = store_column_copy(&rows, 5, region);
        memcpy(log->public_key, key.data,
               key.length < sizeof log->public_key ? key.length : sizeof log->public_key);
    }
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    if (!logged)
        return FAIL(error, ERROR_NOT_FOUND, "round-not-logged",
                    "the round was opened before there was a log");
    return OK;
}

static enum error_code read_leaves(struct store_session *session, const struct place *place,
                                   struct region *region, struct error *error, struct team_log *log)
{
    size_t count = 0;
    log->leaves = REGION_ARRAY(region, log->leaf_count, struct merkle_hash);
    if (log->leaves == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(
        session, &LEAVES_READ,
        PARAMETERS(V_INTEGER(place->org), V_INTEGER(place->team), V_INTEGER((int64_t)log->leaf_count)), error,
        &rows));
    while (count < log->leaf_count && store_next(&rows)) {
        struct slice leaf = store_column_bytes(&rows, 0);
        if (leaf.length == sizeof log->leaves[0])
            memcpy(&log->leaves[count++], leaf.data, leaf.length);
    }
    TRY(store_rows_end(&rows));
    if (count != log->leaf_count)
        return FAIL(error, ERROR_STORE, "team-log", "the log of a team is not whole");
    return OK;
}

static enum error_code read_entries(struct store_session *session, const struct place *place,
                                    struct region *region, struct error *error, struct team_log *log)
{
    int64_t last = log->close >= 0 ? log->close : log->opening;
    size_t wanted = (size_t)(last - log->first + 1);
    log->entry_count = 0;
    log->entries = REGION_ARRAY(region, wanted, struct slice);
    if (log->entries == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(
        session, &ENTRIES_READ,
        PARAMETERS(V_INTEGER(place->org), V_INTEGER(place->team), V_INTEGER(log->first), V_INTEGER(last)),
        error, &rows));
    while (log->entry_count < wanted && store_next(&rows))
        log->entries[log->entry_count++] = store_column_copy(&rows, 0, region);
    TRY(store_rows_end(&rows));
    if (log->entry_count != wanted)
        return FAIL(error, ERROR_STORE, "team-log", "the log of a team is not whole");
    return OK;
}

/* The opening entry says where the entries begin that matter to the round. */
static enum error_code find_first(struct store_session *session, const struct place *place,
                                  struct region *region, struct error *error, struct team_log *log)
{
    struct team_log opening = {.first = log->opening, .opening = log->opening, .close = -1};
    struct log_entry entry;
    TRY(read_entries(session, place, region, error, &opening));
    TRY(log_entry_read(opening.entries[0], region, error, &entry));
    log->first = entry.kind == LOG_ENTRY_ROUND && entry.key_from > 0 ? entry.key_from : 0;
    return OK;
}

enum error_code team_log_of_round(struct store_session *session, const uint8_t rid[static 32],
                                  struct region *region, struct error *error, struct team_log *ret_log)
{
    struct team_log log = {0};
    struct place place = {0};
    TRY(read_place(session, rid, region, error, &place, &log));
    TRY(witness_lines_add(session, place.org, place.team, (int64_t)log.leaf_count, region, error,
                          &log.checkpoint));
    TRY(read_leaves(session, &place, region, error, &log));
    TRY(find_first(session, &place, region, error, &log));
    TRY(read_entries(session, &place, region, error, &log));
    *ret_log = log;
    return OK;
}

void team_log_to_json(const struct team_log *log, struct json_writer *json)
{
    json_write_object_begin(json);
    json_write_bytes_member(json, "log_key", slice_from_bytes(log->public_key, sizeof log->public_key));
    json_write_key(json, "checkpoint");
    json_write_text(json, log->checkpoint);
    json_write_key(json, "leaves");
    json_write_array_begin(json);
    for (size_t i = 0; i < log->leaf_count; i++)
        json_write_bytes(json, slice_from_bytes(&log->leaves[i], sizeof log->leaves[i]));
    json_write_array_end(json);
    json_write_key(json, "first");
    json_write_integer(json, log->first);
    json_write_key(json, "entries");
    json_write_array_begin(json);
    for (size_t i = 0; i < log->entry_count; i++)
        json_write_text(json, log->entries[i]);
    json_write_array_end(json);
    json_write_key(json, "opening");
    json_write_integer(json, log->opening);
    if (log->close >= 0) {
        json_write_key(json, "close");
        json_write_integer(json, log->close);
    }
    json_write_object_end(json);
}
