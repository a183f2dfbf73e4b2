#include "pulse/next_key.h"

STATEMENT(NEXT_KEY_INSERT, "INSERT INTO next_key (org_id, team_id, spki, sealed_private_key, committed_by) "
                           "VALUES ($1, $2, $3, $4, NULL) ON CONFLICT (org_id, team_id) DO NOTHING");
STATEMENT(NEXT_KEY_TAKE, "DELETE FROM next_key WHERE org_id = $1 AND team_id = $2 "
                         "RETURNING spki, sealed_private_key, committed_by");
STATEMENT(NEXT_KEY_READ, "SELECT spki FROM next_key WHERE org_id = $1 AND team_id = $2");
STATEMENT(NEXT_KEY_COMMIT, "UPDATE next_key SET committed_by = $3 WHERE org_id = $1 AND team_id = $2");
STATEMENT(
    TEAMS_WITHOUT_NEXT_KEY,
    "SELECT p.team_id FROM team_round p WHERE p.org_id = $1 AND p.round_number = "
    "(SELECT MAX(r.round_number) FROM round r WHERE r.org_id = $1) AND p.state <> 'closed' AND NOT EXISTS "
    "(SELECT 1 FROM next_key n WHERE n.org_id = p.org_id AND n.team_id = p.team_id) ORDER BY p.team_id");

enum { TEAMS_AT_ONCE = 4096 };

static struct slice next_key_bound(int64_t org, int64_t team, char room[64])
{
    int length = snprintf(room, 64, "hecht-next-key %" PRId64 " %" PRId64, org, team);
    return slice_from_bytes(room, (size_t)length);
}

enum error_code next_key_keep(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, const struct blind_key *key, struct region *region,
                              struct error *error)
{
    char room[64];
    struct slice spki, private_key, sealed;
    TRY(blind_key_public(key, region, error, &spki));
    TRY(blind_key_export(key, region, error, &private_key));
    enum error_code code = seal(&application->key, next_key_bound(org, team, room), private_key,
                                application->random, region, error, &sealed);
    wipe((void *)(uintptr_t)private_key.data, private_key.length); /* the region's own copy */
    TRY(code);
    return store_execute(session, &NEXT_KEY_INSERT,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_BYTES(spki), V_BYTES(sealed)), error,
                         NULL);
}

enum error_code next_key_take(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, struct region *region, struct error *error, bool *ret_found,
                              struct next_key *ret_key)
{
    struct next_key key = {.committed_by = -1};
    struct slice sealed = S("");
    char room[64];
    STORE_ROWS(rows);
    TRY(store_select(session, &NEXT_KEY_TAKE, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    bool found = store_next(&rows);
    if (found) {
        key.spki = store_column_copy(&rows, 0, region);
        sealed = store_column_copy(&rows, 1, region);
        if (!store_column_is_null(&rows, 2))
            key.committed_by = store_column_integer(&rows, 2);
        found = !store_next(&rows); /* the statement ends with its last row */
    }
    TRY(store_rows_end(&rows));
    if (found)
        TRY(seal_open(&application->key, next_key_bound(org, team, room), sealed, region, error,
                      &key.private_key));
    *ret_found = found;
    *ret_key = key;
    return OK;
}

enum error_code next_key_hash(struct store_session *session, int64_t org, int64_t team, struct error *error,
                              bool *ret_found, uint8_t ret_hash[static 32])
{
    STORE_ROWS(rows);
    TRY(store_select(session, &NEXT_KEY_READ, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    *ret_found = store_next(&rows);
    if (*ret_found)
        sha256(store_column_bytes(&rows, 0), ret_hash);
    return store_rows_end(&rows);
}

enum error_code next_key_commit(struct store_session *session, int64_t org, int64_t team, int64_t close_index,
                                struct error *error)
{
    return store_execute(session, &NEXT_KEY_COMMIT,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(close_index)), error, NULL);
}

/* ---- By the job --------------------------------------------------------------------------------- */

struct keeping {
    struct application *application;
    int64_t org;
    const int64_t *teams;
    struct blind_key **keys;
    size_t count;
};

static enum error_code write_keys(struct store_session *session, void *context, struct error *error)
{
    const struct keeping *keeping = context;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < keeping->count; i++)
        TRY(next_key_keep(session, keeping->application, keeping->org, keeping->teams[i], keeping->keys[i],
                          region, error));
    return OK;
}

static enum error_code read_teams(struct application *application, int64_t org, struct error *error,
                                  int64_t *teams, size_t *ret_count)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    size_t count = 0;
    TRY(store_session_open(application->store, error, &session));
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAMS_WITHOUT_NEXT_KEY, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < TEAMS_AT_ONCE && store_next(&rows))
        teams[count++] = store_column_integer(&rows, 0);
    *ret_count = count;
    return store_rows_end(&rows);
}

enum error_code next_keys_prepare(struct application *application, int64_t org, struct region *region,
                                  struct error *error)
{
    if (application->key_pool == NULL)
        return OK;
    int64_t *teams = REGION_ARRAY(region, TEAMS_AT_ONCE, int64_t);
    struct blind_key **keys = REGION_ARRAY(region, TEAMS_AT_ONCE, struct blind_key *);
    size_t count = 0;
    if (teams == NULL || keys == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_teams(application, org, error, teams, &count));
    if (count == 0)
        return OK;
    struct keeping keeping = {.application = application, .org = org, .teams = teams, .keys = keys};
    enum error_code code = OK;
    while (code == OK && keeping.count < count && blind_key_pool_ready(application->key_pool) > 0) {
        code = blind_key_pool_take(application->key_pool, error, &keys[keeping.count]);
        keeping.count += code == OK;
    }
    if (code == OK && keeping.count > 0)
        code = store_write(application->store, write_keys, &keeping, error);
    for (size_t i = 0; i < keeping.count; i++)
        blind_key_free(keys[i]);
    blind_key_pool_prepare(application->key_pool, count - keeping.count);
    return code;
}
