#include "pulse/questionnaire.h"

#include "privacy/seal.h"
#include "pulse/questionnaire_rules.h"

STATEMENT(QUESTIONNAIRE_BODY, "SELECT body FROM questionnaire WHERE org_id = $1 AND hash = $2");
STATEMENT(QUESTIONNAIRE_TEXT, "SELECT body FROM questionnaire WHERE hash = $1 LIMIT 1");
STATEMENT(QUESTIONNAIRE_OF_ROUND, "SELECT questionnaire FROM round WHERE org_id = $1 AND round_number = $2");
STATEMENT(QUESTIONNAIRE_OF_NEXT, "SELECT questionnaire FROM org WHERE org_id = $1");
STATEMENT(QUESTIONNAIRES_READ,
          "SELECT q.hash, q.name, q.version, p.name, q.uploaded_at, q.retired_at, "
          "CASE WHEN o.questionnaire = q.hash THEN 1 ELSE 0 END, "
          "(SELECT count(*) FROM round r WHERE r.org_id = q.org_id AND r.questionnaire = q.hash), "
          "(SELECT count(*) FROM round r WHERE r.org_id = q.org_id AND r.questionnaire = q.hash "
          "AND r.state = 'open') FROM questionnaire q "
          "JOIN org o ON o.org_id = q.org_id "
          "LEFT JOIN person p ON p.org_id = q.org_id AND p.person_id = q.person_id "
          "WHERE q.org_id = $1 ORDER BY q.uploaded_at DESC, q.name, q.version DESC LIMIT 50");
STATEMENT(BUILTIN_READ, "SELECT CASE WHEN o.questionnaire IS NULL THEN 1 ELSE 0 END, "
                        "(SELECT count(*) FROM round r WHERE r.org_id = o.org_id AND r.questionnaire IS NULL "
                        "AND r.form <> 'imported'), "
                        "(SELECT count(*) FROM round r WHERE r.org_id = o.org_id AND r.questionnaire IS NULL "
                        "AND r.state = 'open') FROM org o WHERE o.org_id = $1");
STATEMENT(QUESTIONNAIRE_COUNT, "SELECT count(*) FROM questionnaire WHERE org_id = $1");
STATEMENT(QUESTIONNAIRE_INSERT,
          "INSERT INTO questionnaire (org_id, hash, name, version, body, person_id, uploaded_at, retired_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)");
STATEMENT(
    QUESTIONNAIRE_BACK,
    "UPDATE questionnaire SET retired_at = NULL WHERE org_id = $1 AND hash = $2 AND retired_at IS NOT NULL");
STATEMENT(QUESTIONNAIRE_CHOOSE, "UPDATE org SET questionnaire = $2 WHERE org_id = $1");
STATEMENT(QUESTIONNAIRE_RETIRE,
          "UPDATE questionnaire SET retired_at = $3 WHERE org_id = $1 AND hash = $2 AND retired_at IS NULL");
STATEMENT(QUESTIONNAIRE_CHANGE_INSERT,
          "INSERT INTO setting_change (org_id, change_number, name, value, value_before, person_id, "
          "changed_at, chosen) SELECT $1, COALESCE(MAX(c.change_number), 0) + 1, CAST($2 AS TEXT), "
          "CAST($3 AS BIGINT), 0, CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS TEXT) "
          "FROM setting_change c WHERE c.org_id = $1");

static bool is_builtin(struct slice hash)
{
    return hash.length == 0 ||
           slice_equal(hash, slice_from_bytes(instrument_builtin()->hash, sizeof instrument_builtin()->hash));
}

static enum error_code no_memory(struct error *error)
{
    return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
}

/* ---- Reading ------------------------------------------------------------------------------------ */

static enum error_code read_body(struct store_session *session, const struct statement *statement,
                                 const struct store_value *parameters, size_t count, struct region *region,
                                 struct error *error, bool *ret_found, struct slice *ret_text)
{
    STORE_ROWS(rows);
    TRY(store_select(session, statement, parameters, count, error, &rows));
    *ret_found = store_next(&rows);
    if (*ret_found)
        *ret_text = store_column_copy(&rows, 0, region);
    return store_rows_end(&rows);
}

enum error_code questionnaire_file(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error, struct slice *ret_text)
{
    bool found = is_builtin(hash);
    if (found)
        *ret_text = instrument_builtin_text();
    else
        TRY(read_body(session, &QUESTIONNAIRE_BODY, PARAMETERS(V_INTEGER(org), V_BYTES(hash)), region, error,
                      &found, ret_text));
    return found
               ? OK
               : FAIL(error, ERROR_VERSION, "instrument-other", "the organisation has no such questionnaire");
}

enum error_code questionnaire_text(struct store_session *session, const uint8_t hash[static 32],
                                   struct region *region, struct error *error, struct slice *ret_text)
{
    struct slice bytes = slice_from_bytes(hash, 32);
    bool found = is_builtin(bytes);
    if (found)
        *ret_text = instrument_builtin_text();
    else
        TRY(read_body(session, &QUESTIONNAIRE_TEXT, PARAMETERS(V_BYTES(bytes)), region, error, &found,
                      ret_text));
    return found ? OK
                 : FAIL(error, ERROR_NOT_FOUND, "questionnaire-unknown", "there is no such questionnaire");
}

/* It was checked when it came, so it can be read; a later program with stricter rules says that it cannot. */
static enum error_code read_file(struct slice text, struct region *region, struct error *error,
                                 const struct instrument **ret_instrument)
{
    struct instrument *instrument = REGION_NEW(region, struct instrument);
    struct instrument_finding *findings =
        REGION_ARRAY(region, INSTRUMENT_FINDINGS_MAXIMUM, struct instrument_finding);
    size_t count;
    if (instrument == NULL || findings == NULL)
        return no_memory(error);
    enum error_code code = instrument_read(text, region, error, findings, &count, instrument);
    if (code == ERROR_INPUT)
        return FAIL(error, ERROR_VERSION, "instrument-other", "a questionnaire that was kept cannot be read");
    if (code == OK)
        *ret_instrument = instrument;
    return code;
}

enum error_code questionnaire_load(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error,
                                   const struct instrument **ret_instrument)
{
    struct slice text;
    if (is_builtin(hash)) {
        *ret_instrument = instrument_builtin();
        return OK;
    }
    TRY(questionnaire_file(session, org, hash, region, error, &text));
    return read_file(text, region, error, ret_instrument);
}

static enum error_code load_chosen(struct store_session *session, int64_t org,
                                   const struct statement *statement, const struct store_value *parameters,
                                   size_t parameter_count, struct region *region, struct error *error,
                                   const struct instrument **ret_instrument)
{
    struct slice hash = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, statement, parameters, parameter_count, error, &rows));
    if (store_next(&rows) && !store_column_is_null(&rows, 0))
        hash = store_column_copy(&rows, 0, region);
    TRY(store_rows_end(&rows));
    return questionnaire_load(session, org, hash, region, error, ret_instrument);
}

enum error_code questionnaire_of_round(struct store_session *session, int64_t org, int64_t round_number,
                                       struct region *region, struct error *error,
                                       const struct instrument **ret_instrument)
{
    return load_chosen(session, org, &QUESTIONNAIRE_OF_ROUND,
                       PARAMETERS(V_INTEGER(org), V_INTEGER(round_number)), region, error, ret_instrument);
}

enum error_code questionnaire_of_next(struct store_session *session, int64_t org, struct region *region,
                                      struct error *error, const struct instrument **ret_instrument)
{
    return load_chosen(session, org, &QUESTIONNAIRE_OF_NEXT, PARAMETERS(V_INTEGER(org)), region, error,
                       ret_instrument);
}

static enum error_code read_builtin(struct store_session *session, int64_t org, struct error *error,
                                    struct questionnaire *ret_questionnaire)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &BUILTIN_READ, PARAMETERS(V_INTEGER(org)), error, &rows));
    if (store_next(&rows))
        *ret_questionnaire = (struct questionnaire){
            .name = instrument_builtin()->id,
            .version = instrument_builtin()->version,
            .next = store_column_integer(&rows, 0) != 0,
            .rounds = store_column_integer(&rows, 1),
            .open = store_column_integer(&rows, 2) != 0,
        };
    return store_rows_end(&rows);
}

enum error_code questionnaire_list(struct store_session *session, int64_t org, struct region *region,
                                   struct error *error, struct questionnaire **ret_questionnaires,
                                   size_t *ret_count)
{
    struct questionnaire *all = REGION_ARRAY(region, QUESTIONNAIRES_MAXIMUM + 1, struct questionnaire);
    size_t count = 1;
    if (all == NULL)
        return no_memory(error);
    TRY(read_builtin(session, org, error, &all[0]));
    STORE_ROWS(rows);
    TRY(store_select(session, &QUESTIONNAIRES_READ, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count <= QUESTIONNAIRES_MAXIMUM && store_next(&rows))
        all[count++] = (struct questionnaire){
            .hash = store_column_copy(&rows, 0, region),
            .name = store_column_copy(&rows, 1, region),
            .version = store_column_integer(&rows, 2),
            .by = store_column_copy(&rows, 3, region),
            .uploaded_at = store_column_integer(&rows, 4),
            .retired_at = store_column_is_null(&rows, 5) ? 0 : store_column_integer(&rows, 5),
            .next = store_column_integer(&rows, 6) != 0,
            .rounds = store_column_integer(&rows, 7),
            .open = store_column_integer(&rows, 8) != 0,
        };
    TRY(store_rows_end(&rows));
    *ret_questionnaires = all;
    *ret_count = count;
    return OK;
}

enum error_code questionnaire_find(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error,
                                   struct questionnaire *ret_questionnaire)
{
    struct questionnaire *all;
    size_t count;
    TRY(questionnaire_list(session, org, region, error, &all, &count));
    for (size_t i = 0; i < count; i++)
        if (slice_equal(all[i].hash, hash)) {
            *ret_questionnaire = all[i];
            return OK;
        }
    return FAIL(error, ERROR_NOT_FOUND, "questionnaire-unknown",
                "the organisation has no such questionnaire");
}

/* ---- Changing ----------------------------------------------------------------------------------- */

static enum error_code note(struct store_session *session, int64_t org, int64_t person, struct slice what,
                            const struct questionnaire *chosen, int64_t now, struct error *error)
{
    return store_execute(session, &QUESTIONNAIRE_CHANGE_INSERT,
                         PARAMETERS(V_INTEGER(org), V_TEXT(what), V_INTEGER(chosen->version),
                                    V_INTEGER(person), V_INTEGER(now), V_TEXT(chosen->name)),
                         error, NULL);
}

static enum error_code compare_with_kept(struct store_session *session, struct questionnaire_upload *upload,
                                         const struct instrument *instrument, struct error *error)
{
    struct questionnaire *all;
    size_t count;
    TRY(questionnaire_list(session, upload->org, upload->region, error, &all, &count));
    for (size_t i = 0; i < count; i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(QUESTIONNAIRE_REGION_MAXIMUM);
        const struct instrument *known;
        if (region == NULL)
            return no_memory(error);
        if (all[i].hash.length == 0)
            continue;
        TRY(questionnaire_load(session, upload->org, all[i].hash, region, error, &known));
        questionnaire_rules_known(upload, instrument, known);
    }
    return OK;
}

/* Against the built-in one and everything the organisation has, also what is retired: their rounds are still there. */
static enum error_code compare_with_known(struct store_session *session, struct questionnaire_upload *upload,
                                          const struct instrument *instrument, struct error *error)
{
    questionnaire_rules_own(upload, instrument);
    questionnaire_rules_known(upload, instrument, instrument_builtin());
    if (session != NULL)
        TRY(compare_with_kept(session, upload, instrument, error));
    return upload->finding_count == 0
               ? OK
               : FAIL(error, ERROR_INPUT, "instrument-wrong", "%zu findings", upload->finding_count);
}

static enum error_code read_upload(struct questionnaire_upload *upload, struct error *error,
                                   const struct instrument **ret_instrument)
{
    struct instrument *instrument = REGION_NEW(upload->region, struct instrument);
    if (instrument == NULL)
        return no_memory(error);
    TRY(instrument_read(upload->text, upload->region, error, upload->findings, &upload->finding_count,
                        instrument));
    memcpy(upload->hash, instrument->hash, sizeof upload->hash);
    *ret_instrument = instrument;
    return OK;
}

static enum error_code take_back(struct store_session *session, const struct questionnaire_upload *upload,
                                 struct error *error, bool *ret_there)
{
    struct slice text, hash = slice_from_bytes(upload->hash, sizeof upload->hash);
    struct error unknown = {0};
    int64_t changed = 0;
    enum error_code code = questionnaire_file(session, upload->org, hash, upload->region, &unknown, &text);
    *ret_there = code == OK;
    if (code == ERROR_VERSION)
        return OK;
    if (code != OK) {
        *error = unknown;
        return code;
    }
    if (!is_builtin(hash))
        TRY(store_execute(session, &QUESTIONNAIRE_BACK, PARAMETERS(V_INTEGER(upload->org), V_BYTES(hash)),
                          error, &changed));
    return changed > 0 ? OK
                       : FAIL(error, ERROR_CONFLICT, "questionnaire-there", "this very file is here already");
}

enum error_code questionnaire_check(struct store_session *session, struct questionnaire_upload *upload,
                                    struct error *error, const struct instrument **ret_instrument)
{
    struct slice text, hash = slice_from_bytes(upload->hash, sizeof upload->hash);
    struct error unknown = {0};
    TRY(read_upload(upload, error, ret_instrument));
    bool there = is_builtin(hash);
    if (!there && session != NULL)
        there = questionnaire_file(session, upload->org, hash, upload->region, &unknown, &text) == OK;
    return there ? OK : compare_with_known(session, upload, *ret_instrument, error);
}

enum error_code questionnaire_add(struct store_session *session, struct questionnaire_upload *upload,
                                  struct error *error)
{
    const struct instrument *instrument = NULL;
    bool there;
    int64_t count = 0;
    TRY(read_upload(upload, error, &instrument));
    TRY(take_back(session, upload, error, &there));
    if (there)
        return OK;
    TRY(store_one_integer(session, &QUESTIONNAIRE_COUNT, PARAMETERS(V_INTEGER(upload->org)), error, NULL,
                          &count));
    if (count >= QUESTIONNAIRES_MAXIMUM)
        return FAIL(error, ERROR_CONFLICT, "questionnaires-many", "an organisation has at most %d files",
                    QUESTIONNAIRES_MAXIMUM);
    TRY(compare_with_known(session, upload, instrument, error));
    return store_execute(session, &QUESTIONNAIRE_INSERT,
                         PARAMETERS(V_INTEGER(upload->org),
                                    V_BYTES(slice_from_bytes(upload->hash, sizeof upload->hash)),
                                    V_TEXT(instrument->id), V_INTEGER(instrument->version),
                                    V_BYTES(upload->text), V_INTEGER(upload->person), V_INTEGER(upload->now)),
                         error, NULL);
}

enum error_code questionnaire_use(struct store_session *session, int64_t org, int64_t person,
                                  struct slice hash, int64_t now, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct questionnaire chosen;
    if (region == NULL)
        return no_memory(error);
    TRY(questionnaire_find(session, org, hash, region, error, &chosen));
    if (chosen.retired_at != 0)
        return FAIL(error, ERROR_CONFLICT, "questionnaire-retired", "the questionnaire was retired");
    if (chosen.next)
        return OK;
    TRY(store_execute(session, &QUESTIONNAIRE_CHOOSE,
                      PARAMETERS(V_INTEGER(org), hash.length > 0 ? V_BYTES(hash) : V_NULL), error, NULL));
    return note(session, org, person, S("questionnaire"), &chosen, now, error);
}

enum error_code questionnaire_retire(struct store_session *session, int64_t org, int64_t person,
                                     struct slice hash, int64_t now, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct questionnaire retired;
    if (region == NULL)
        return no_memory(error);
    TRY(questionnaire_find(session, org, hash, region, error, &retired));
    if (retired.next || hash.length == 0)
        return FAIL(error, ERROR_CONFLICT, "questionnaire-in-use", "the next round would ask it");
    if (retired.retired_at != 0)
        return OK;
    TRY(store_execute(session, &QUESTIONNAIRE_RETIRE,
                      PARAMETERS(V_INTEGER(org), V_BYTES(hash), V_INTEGER(now)), error, NULL));
    return note(session, org, person, S("questionnaire-retired"), &retired, now, error);
}
