#include "pulse/witness.h"

STATEMENT(WITNESS_INSERT,
          "INSERT INTO witness (org_id, name, public_key, person_id, added_at) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (org_id, name) DO NOTHING");
STATEMENT(WITNESS_COUNT, "SELECT count(*) FROM witness WHERE org_id = $1");
STATEMENT(WITNESS_ALL,
          "SELECT w.name, w.public_key, p.name, w.added_at, (SELECT MAX(l.signed_at) FROM witness_line l "
          "WHERE l.org_id = w.org_id AND l.name = w.name) FROM witness w "
          "LEFT JOIN person p ON p.org_id = w.org_id AND p.person_id = w.person_id "
          "WHERE w.org_id = $1 ORDER BY w.name LIMIT 8");
STATEMENT(WITNESSED_LOGS, "SELECT h.org_id, h.team_id, h.checkpoint, o.log_public FROM team_log_head h "
                          "JOIN org o ON o.org_id = h.org_id WHERE h.team_id > $1 AND EXISTS "
                          "(SELECT 1 FROM witness w WHERE w.org_id = h.org_id) ORDER BY h.team_id LIMIT 100");
STATEMENT(WITNESSED_LEAVES,
          "SELECT leaf FROM team_log WHERE org_id = $1 AND team_id = $2 ORDER BY entry_index");
STATEMENT(HEAD_OF_TEAM, "SELECT org_id, entries, checkpoint FROM team_log_head WHERE team_id = $1");
STATEMENT(LINE_KEEP, "INSERT INTO witness_line (org_id, team_id, name, entries, line, signed_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, team_id, name) DO UPDATE SET "
                     "entries = excluded.entries, line = excluded.line, signed_at = excluded.signed_at");
STATEMENT(LINES_OF_LOG, "SELECT line FROM witness_line WHERE org_id = $1 AND team_id = $2 AND entries = $3 "
                        "ORDER BY name LIMIT 8");

enum { KEY_BYTES = 1 + LOG_PUBLIC_BYTES };

/* ---- Keys --------------------------------------------------------------------------------------- */

struct slice witness_key_write(struct slice name, const uint8_t public_key[static 32], struct region *region)
{
    uint8_t id[4], bytes[KEY_BYTES] = {NOTE_COSIGNATURE};
    CLEANUP(buffer_free) struct buffer out = BUFFER(WITNESS_KEY_TEXT_MAXIMUM);
    note_key_id(name, NOTE_COSIGNATURE, public_key, id);
    memcpy(bytes + 1, public_key, LOG_PUBLIC_BYTES);
    buffer_append(&out, name);
    buffer_append_byte(&out, '+');
    hex_append(&out, id, sizeof id);
    buffer_append_byte(&out, '+');
    base64_append(&out, bytes, sizeof bytes);
    return region_copy(region, buffer_slice(&out));
}

static bool is_name(struct slice name)
{
    bool good = name.length > 0 && name.length <= WITNESS_NAME_MAXIMUM && slice_is_clean_text(name, "");
    for (size_t i = 0; i < name.length; i++)
        good = good && name.data[i] != ' ' && name.data[i] != '+';
    return good;
}

enum error_code witness_key_read(struct slice text, struct error *error, struct slice *ret_name,
                                 uint8_t ret_public_key[static 32])
{
    struct slice name, id_text;
    uint8_t id[4], said[4], bytes[KEY_BYTES];
    text = slice_trim(text);
    bool good = slice_take(&text, '+', &name) && slice_take(&text, '+', &id_text) && is_name(name) &&
                hex_decode(id_text, said, sizeof said) && base64_decode_exactly(text, bytes, sizeof bytes) &&
                bytes[0] == NOTE_COSIGNATURE;
    if (good)
        note_key_id(name, NOTE_COSIGNATURE, bytes + 1, id);
    if (!good || memcmp(id, said, sizeof id) != 0)
        return FAIL(error, ERROR_INPUT, "witness-key",
                    "not the key of a witness (NAME+ID+KEY, as hecht witness --init prints it)");
    *ret_name = name;
    memcpy(ret_public_key, bytes + 1, LOG_PUBLIC_BYTES);
    return OK;
}

bool witness_has_signed(struct slice checkpoint, struct slice name, const uint8_t public_key[static 32],
                        struct region *region, int64_t *ret_time)
{
    struct note note;
    return note_read(checkpoint, region, NULL, &note) == OK &&
           cosignature_verify(&note, name, public_key, region, NULL, ret_time) == OK;
}

/* ---- Who they are ------------------------------------------------------------------------------- */

enum error_code witness_add(struct store_session *session, int64_t org, int64_t person, struct slice key_text,
                            int64_t now, struct error *error)
{
    struct slice name;
    uint8_t key[LOG_PUBLIC_BYTES];
    int64_t count = 0, changed = 0;
    TRY(witness_key_read(key_text, error, &name, key));
    TRY(store_one_integer(session, &WITNESS_COUNT, PARAMETERS(V_INTEGER(org)), error, NULL, &count));
    if (count >= WITNESSES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "witness-many", "an organisation has at most %d witnesses",
                    WITNESSES_MAXIMUM);
    TRY(store_execute(session, &WITNESS_INSERT,
                      PARAMETERS(V_INTEGER(org), V_TEXT(name), V_BYTES(slice_from_bytes(key, sizeof key)),
                                 V_INTEGER(person), V_INTEGER(now)),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "witness-there", "there is a witness of this name already");
    return OK;
}

enum error_code witness_list(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct witness *witnesses, size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &WITNESS_ALL, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < WITNESSES_MAXIMUM && store_next(&rows)) {
        struct slice key = store_column_bytes(&rows, 1);
        struct witness *witness = &witnesses[count++];
        *witness = (struct witness){
            .name = store_column_copy(&rows, 0, region),
            .added_by = store_column_copy(&rows, 2, region),
            .added_at = store_column_integer(&rows, 3),
            .signed_at = store_column_integer(&rows, 4),
        };
        if (key.length == sizeof witness->public_key)
            memcpy(witness->public_key, key.data, key.length);
    }
    *ret_count = count;
    return store_rows_end(&rows);
}

/* ---- What they sign ------------------------------------------------------------------------------ */

struct witnessed {
    int64_t org, team;
    struct slice checkpoint, log_key;
};

static enum error_code write_log(struct store_session *session, const struct witnessed *log,
                                 struct error *error, struct json_writer *json)
{
    char team[24];
    snprintf(team, sizeof team, "%" PRId64, log->team); /* as text: too large for a number of JavaScript */
    json_write_object_begin(json);
    json_write_key(json, "team");
    json_write_text(json, slice_from_text(team));
    json_write_bytes_member(json, "log_key", log->log_key);
    json_write_key(json, "checkpoint");
    json_write_text(json, log->checkpoint);
    json_write_key(json, "leaves");
    json_write_array_begin(json);
    STORE_ROWS(rows);
    TRY(store_select(session, &WITNESSED_LEAVES, PARAMETERS(V_INTEGER(log->org), V_INTEGER(log->team)), error,
                     &rows));
    while (store_next(&rows))
        json_write_bytes(json, store_column_bytes(&rows, 0));
    TRY(store_rows_end(&rows));
    json_write_array_end(json);
    json_write_object_end(json);
    return OK;
}

enum error_code witness_logs_json(struct store_session *session, int64_t after, struct region *region,
                                  struct error *error, struct json_writer *json)
{
    struct witnessed *logs = REGION_ARRAY(region, WITNESS_LOGS_AT_ONCE, struct witnessed);
    size_t count = 0;
    if (logs == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &WITNESSED_LOGS, PARAMETERS(V_INTEGER(after)), error, &rows));
    while (count < WITNESS_LOGS_AT_ONCE && store_next(&rows))
        logs[count++] = (struct witnessed){
            store_column_integer(&rows, 0),
            store_column_integer(&rows, 1),
            store_column_copy(&rows, 2, region),
            store_column_copy(&rows, 3, region),
        };
    TRY(store_rows_end(&rows));
    json_write_object_begin(json);
    json_write_key(json, "logs");
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++)
        TRY(write_log(session, &logs[i], error, json));
    json_write_array_end(json);
    json_write_object_end(json);
    return OK;
}

struct signing {
    int64_t org, team, entries, time;
    struct slice name, line, checkpoint;
};

static enum error_code write_line(struct store_session *session, void *context, struct error *error)
{
    const struct signing *signing = context;
    return store_execute(session, &LINE_KEEP,
                         PARAMETERS(V_INTEGER(signing->org), V_INTEGER(signing->team), V_TEXT(signing->name),
                                    V_INTEGER(signing->entries), V_TEXT(signing->line),
                                    V_INTEGER(signing->time)),
                         error, NULL);
}

static enum error_code find_head(struct store_session *session, struct region *region, struct error *error,
                                 struct signing *signing)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &HEAD_OF_TEAM, PARAMETERS(V_INTEGER(signing->team)), error, &rows));
    bool found = store_next(&rows);
    if (found) {
        signing->org = store_column_integer(&rows, 0);
        signing->entries = store_column_integer(&rows, 1);
        signing->checkpoint = store_column_copy(&rows, 2, region);
    }
    TRY(store_rows_end(&rows));
    return found ? OK : FAIL(error, ERROR_NOT_FOUND, "witness-unknown", "there is no such log");
}

static enum error_code false_line(struct error *error)
{
    return FAIL(error, ERROR_CRYPTO, "witness-line",
                "this is no signature of a witness on the newest checkpoint of this log");
}

/* By a witness of this organisation, on this checkpoint, today. */
static enum error_code check_line(const struct application *application, struct store_session *session,
                                  struct region *region, struct error *error, struct signing *signing)
{
    struct witness witnesses[WITNESSES_MAXIMUM];
    struct note note;
    size_t count = 0, w = 0;
    TRY(witness_list(session, signing->org, region, error, witnesses, &count));
    struct slice whole =
        region_format(region, "%.*s%.*s", SLICE_ARG(signing->checkpoint), SLICE_ARG(signing->line));
    if (note_read(whole, region, NULL, &note) != OK || note.signature_count != 2)
        return false_line(error);
    while (w < count && !slice_equal(witnesses[w].name, note.signatures[1].name))
        w++;
    if (w == count)
        return FAIL(error, ERROR_NOT_FOUND, "witness-unknown", "there is no witness of this name");
    int64_t now = clock_seconds(application->clock);
    if (cosignature_verify(&note, witnesses[w].name, witnesses[w].public_key, region, NULL, &signing->time) !=
            OK ||
        signing->time > now + HOUR_SECONDS || signing->time < now - DAY_SECONDS)
        return false_line(error);
    signing->name = witnesses[w].name;
    return OK;
}

enum error_code witness_sign(struct application *application, struct store_session *session, int64_t team,
                             struct slice line, struct region *region, struct error *error)
{
    struct signing signing = {.team = team, .line = line};
    TRY(find_head(session, region, error, &signing));
    TRY(check_line(application, session, region, error, &signing));
    return store_write(application->store, write_line, &signing, error);
}

enum error_code witness_lines_add(struct store_session *session, int64_t org, int64_t team, int64_t entries,
                                  struct region *region, struct error *error, struct slice *checkpoint)
{
    struct slice whole = *checkpoint;
    STORE_ROWS(rows);
    TRY(store_select(session, &LINES_OF_LOG, PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(entries)),
                     error, &rows));
    while (store_next(&rows))
        whole = region_format(region, "%.*s%.*s", SLICE_ARG(whole), SLICE_ARG(store_column_text(&rows, 0)));
    TRY(store_rows_end(&rows));
    *checkpoint = whole;
    return OK;
}
