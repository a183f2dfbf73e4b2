#include "org/org.h"

STATEMENT(INSTALLATION_READ, "SELECT value FROM installation WHERE name = $1");
STATEMENT(INSTALLATION_WRITE, "INSERT INTO installation (name, value) VALUES ($1, $2) "
                              "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
STATEMENT(INSTALLATION_DELETE, "DELETE FROM installation WHERE name = $1");
STATEMENT(
    ORG_INSERT,
    "INSERT INTO org (org_id, name, kind, language, k, rhythm_days, round_days, extension_days, "
    "next_opens_at, "
    "log_public, log_seed_sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (name) DO NOTHING");
STATEMENT(
    ORG_SELECT,
    "SELECT name, kind, language, k, rhythm_days, round_days, extension_days, next_opens_at, log_public, "
    "log_seed_sealed, comments FROM org WHERE org_id = $1");
STATEMENT(ORG_BY_NAME, "SELECT org_id FROM org WHERE name = $1");
STATEMENT(ORG_ALL, "SELECT org_id FROM org ORDER BY created_at, org_id LIMIT 10000");
STATEMENT(ORG_PLAN, "UPDATE org SET next_opens_at = $2 WHERE org_id = $1");
STATEMENT(FORM_SPEND, "INSERT INTO form_spent (org_id, once_id, spent_at) VALUES ($1, $2, $3) "
                      "ON CONFLICT (org_id, once_id) DO NOTHING");

STATEMENT(WELCOME_SELECT, "SELECT reached FROM welcome WHERE org_id = $1");
STATEMENT(WELCOME_REACH,
          "INSERT INTO welcome (org_id, reached) VALUES ($1, $2) ON CONFLICT (org_id) DO UPDATE "
          "SET reached = excluded.reached WHERE welcome.reached < excluded.reached");

static const char *const ORG_KINDS[] = {"", "real", "example", "imported"};

enum error_code name_check(struct slice name, size_t maximum, const char *reason, struct error *error,
                           struct slice *ret_name)
{
    struct slice trimmed = slice_trim(name);
    if (trimmed.length == 0)
        return FAIL(error, ERROR_INPUT, reason, "a name is missing");
    if (trimmed.length > maximum || !slice_is_clean_text(trimmed, ""))
        return FAIL(error, ERROR_INPUT, reason, "a name is longer than %zu bytes or holds control characters",
                    maximum);
    *ret_name = trimmed;
    return OK;
}

/* ---- Installation values ----------------------------------------------------------------------------------
 */

static enum error_code installation_value(struct store_session *session, struct slice name,
                                          struct region *region, struct error *error, struct slice *ret_value)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &INSTALLATION_READ, PARAMETERS(V_TEXT(name)), error, &rows));
    struct slice value = store_next(&rows) ? store_column_copy(&rows, 0, region) : S("");
    TRY(store_rows_end(&rows));
    *ret_value = value;
    return OK;
}

/* A fingerprint of the key file, which tells nothing about the key. */
static void key_fingerprint(const struct seal_key *key, char ret_text[65])
{
    uint8_t mac[32];
    hmac_sha256(key->bytes, sizeof key->bytes, S("hecht-key-fingerprint-v1"), mac);
    hex_encode(mac, sizeof mac, ret_text);
}

struct value_write {
    struct slice name, value;
};

static enum error_code write_value(struct store_session *session, void *context, struct error *error)
{
    const struct value_write *write = context;
    return store_execute(session, &INSTALLATION_WRITE, PARAMETERS(V_TEXT(write->name), V_TEXT(write->value)),
                         error, NULL);
}

static enum error_code open_key(struct application *application, const char *key_path, struct region *region,
                                struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    struct slice known, claimed;
    TRY(installation_value(session, S("key"), region, error, &known));
    TRY(installation_value(session, S("claimed"), region, error, &claimed));
    TRY(seal_key_file(key_path, known.length == 0, application->random, region, error, &application->key));
    char fingerprint[65];
    key_fingerprint(&application->key, fingerprint);
    if (known.length == 0) {
        struct value_write write = {S("key"), slice_from_text(fingerprint)};
        TRY(store_write(application->store, write_value, &write, error));
    } else if (!slice_equal(known, slice_from_text(fingerprint))) {
        return FAIL(error, ERROR_CRYPTO, "key-file-other",
                    "%s is not the key file that this database was made with", key_path);
    }
    application->claimed = claimed.length > 0;
    return OK;
}

enum error_code installation_open(struct application *application, const char *key_path, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    return open_key(application, key_path, region, error);
}

enum error_code installation_look_again(struct application *application, struct store_session *session,
                                        struct error *error, bool *ret_superseded)
{
    *ret_superseded = false;
    if (application->claimed)
        return OK;
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice claimed, newest, own = slice_from_text(application->claim_hash);
    TRY(installation_value(session, S("claimed"), region, error, &claimed));
    TRY(installation_value(session, S("claim"), region, error, &newest));
    application->claimed = application->claimed || claimed.length > 0;
    *ret_superseded = !application->claimed && own.length > 0 && !slice_equal(own, newest);
    if (*ret_superseded)
        application->claim_hash[0] = '\0';
    return OK;
}

enum error_code installation_url(struct application *application, struct region *region, struct error *error,
                                 struct slice *ret_url)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    return installation_value(session, S("url"), region, error, ret_url);
}

enum error_code installation_note_url(struct application *application, struct slice url, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice known;
    if (url.length > URL_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "url-long", "the address is longer than %d bytes", URL_MAXIMUM);
    TRY(installation_url(application, region, error, &known));
    if (slice_equal(known, url))
        return OK;
    struct value_write write = {S("url"), url};
    return store_write(application->store, write_value, &write, error);
}

static void token_hash_text(struct slice token, char ret_text[65])
{
    uint8_t hash[32];
    sha256(token, hash);
    hex_encode(hash, sizeof hash, ret_text);
}

enum error_code installation_claim_token(struct application *application, struct region *region,
                                         struct error *error, struct slice *ret_token)
{
    uint8_t secret[24];
    char text[BASE64URL_LENGTH(sizeof secret) + 1], hash[65];
    random_bytes(application->random, secret, sizeof secret);
    base64url_encode(secret, sizeof secret, text);
    token_hash_text(slice_from_text(text), hash);
    struct value_write write = {S("claim"), slice_from_text(hash)};
    TRY(store_write(application->store, write_value, &write, error));
    memcpy(application->claim_hash, hash, sizeof application->claim_hash);
    *ret_token = region_copy(region, slice_from_text(text));
    return OK;
}

enum error_code installation_check_token(struct store_session *session, struct slice token,
                                         struct error *error)
{
    char hash[65];
    token_hash_text(token, hash);
    STORE_ROWS(rows);
    TRY(store_select(session, &INSTALLATION_READ, PARAMETERS(V_TEXT(S("claim"))), error, &rows));
    bool same = store_next(&rows) && store_column_text(&rows, 0).length == 64 &&
                equal_in_constant_time(store_column_text(&rows, 0).data, hash, 64);
    TRY(store_rows_end(&rows));
    if (!same)
        return FAIL(error, ERROR_NOT_FOUND, "claim-unknown",
                    "this is not the claim link of this installation");
    return OK;
}

enum error_code installation_mark_claimed(struct store_session *session, struct error *error)
{
    TRY(store_execute(session, &INSTALLATION_DELETE, PARAMETERS(V_TEXT(S("claim"))), error, NULL));
    return store_execute(session, &INSTALLATION_WRITE, PARAMETERS(V_TEXT(S("claimed")), V_TEXT(S("yes"))),
                         error, NULL);
}

/* ---- Organisations ----------------------------------------------------------------------------------------
 */

static struct slice org_bound(int64_t org, char room[48])
{
    int length = snprintf(room, 48, "hecht-org-log %" PRId64, org);
    return slice_from_bytes(room, (size_t)length);
}

enum error_code org_create(struct store_session *session, struct application *application, struct slice name,
                           enum org_kind kind, struct slice language, int64_t rhythm_days,
                           int64_t next_opens_at, struct error *error, int64_t *ret_org)
{
    struct slice clean;
    TRY(name_check(name, ORG_NAME_MAXIMUM, "org-name", error, &clean));
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    uint8_t seed[LOG_SEED_BYTES], public_key[LOG_PUBLIC_BYTES];
    char room[48];
    struct slice sealed;
    int64_t org = id_ordered(application->random, application->clock), changed = 0;
    TRY(log_key_make(error, seed, public_key));
    enum error_code code = seal(&application->key, org_bound(org, room), slice_from_bytes(seed, sizeof seed),
                                application->random, region, error, &sealed);
    wipe(seed, sizeof seed);
    TRY(code);
    TRY(store_execute(session, &ORG_INSERT,
                      PARAMETERS(V_INTEGER(org), V_TEXT(clean), V_TEXT(slice_from_text(ORG_KINDS[kind])),
                                 V_TEXT(language), V_INTEGER(5), V_INTEGER(rhythm_days),
                                 V_INTEGER(ORG_ROUND_DAYS), V_INTEGER(ORG_EXTENSION_DAYS),
                                 next_opens_at > 0 ? V_INTEGER(next_opens_at) : V_NULL,
                                 V_BYTES(slice_from_bytes(public_key, sizeof public_key)), V_BYTES(sealed),
                                 V_INTEGER(clock_seconds(application->clock))),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "org-name-taken", "an organisation of this name exists already");
    *ret_org = org;
    return OK;
}

enum error_code org_welcome_load(struct store_session *session, int64_t org, struct error *error,
                                 enum welcome_step *ret_reached)
{
    enum welcome_step reached = WELCOME_SEND;
    STORE_ROWS(rows);
    TRY(store_select(session, &WELCOME_SELECT, PARAMETERS(V_INTEGER(org)), error, &rows));
    if (store_next(&rows))
        reached = (enum welcome_step)store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    *ret_reached = reached;
    return OK;
}

enum error_code org_welcome_reach(struct store_session *session, int64_t org, enum welcome_step step,
                                  struct error *error)
{
    return store_execute(session, &WELCOME_REACH, PARAMETERS(V_INTEGER(org), V_INTEGER(step)), error, NULL);
}

enum error_code org_load(struct store_session *session, int64_t org, struct region *region,
                         struct error *error, struct org *ret_org)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &ORG_SELECT, PARAMETERS(V_INTEGER(org)), error, &rows));
    if (!store_next(&rows)) {
        TRY(store_rows_end(&rows));
        return FAIL(error, ERROR_NOT_FOUND, "org-unknown", "there is no such organisation");
    }
    struct org loaded = {
        .id = org,
        .name = store_column_copy(&rows, 0, region),
        .kind = ORG_REAL,
        .language = store_column_copy(&rows, 2, region),
        .k = store_column_integer(&rows, 3),
        .rhythm_days = store_column_integer(&rows, 4),
        .round_days = store_column_integer(&rows, 5),
        .extension_days = store_column_integer(&rows, 6),
        .next_opens_at = store_column_integer(&rows, 7),
        .log_seed_sealed = store_column_copy(&rows, 9, region),
        .comments = store_column_integer(&rows, 10) != 0,
    };
    for (int kind = ORG_REAL; kind <= ORG_IMPORTED; kind++)
        if (slice_equal(store_column_text(&rows, 1), slice_from_text(ORG_KINDS[kind])))
            loaded.kind = (enum org_kind)kind;
    struct slice public_key = store_column_bytes(&rows, 8);
    if (public_key.length == sizeof loaded.log_public)
        memcpy(loaded.log_public, public_key.data, public_key.length);
    TRY(store_rows_end(&rows));
    *ret_org = loaded;
    return OK;
}

enum error_code org_find(struct store_session *session, struct slice name, struct error *error,
                         int64_t *ret_org)
{
    bool found = false;
    int64_t org = 0;
    TRY(store_one_integer(session, &ORG_BY_NAME, PARAMETERS(V_TEXT(slice_trim(name))), error, &found, &org));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "org-unknown", "there is no organisation named %.*s",
                    SLICE_ARG(slice_part(name, 0, 100)));
    *ret_org = org;
    return OK;
}

enum error_code org_list(struct store_session *session, struct region *region, struct error *error,
                         int64_t **ret_orgs, size_t *ret_count)
{
    int64_t *orgs = REGION_ARRAY(region, ORGS_MAXIMUM, int64_t);
    if (orgs == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &ORG_ALL, NO_PARAMETERS, error, &rows));
    while (count < ORGS_MAXIMUM && store_next(&rows))
        orgs[count++] = store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    *ret_orgs = orgs;
    *ret_count = count;
    return OK;
}

enum error_code org_plan_next(struct store_session *session, int64_t org, int64_t next_opens_at,
                              struct error *error)
{
    return store_execute(session, &ORG_PLAN,
                         PARAMETERS(V_INTEGER(org), next_opens_at > 0 ? V_INTEGER(next_opens_at) : V_NULL),
                         error, NULL);
}

enum error_code org_log_seed(const struct application *application, int64_t org, struct slice seed_sealed,
                             struct region *region, struct error *error,
                             uint8_t ret_seed[static LOG_SEED_BYTES])
{
    char room[48];
    struct slice seed;
    TRY(seal_open(&application->key, org_bound(org, room), seed_sealed, region, error, &seed));
    if (seed.length != LOG_SEED_BYTES)
        return FAIL(error, ERROR_CRYPTO, "log-key", "the log key of the organisation has a wrong length");
    memcpy(ret_seed, seed.data, LOG_SEED_BYTES);
    wipe((void *)(uintptr_t)seed.data, seed.length); /* the region's own copy */
    return OK;
}

enum error_code org_log_key(const struct application *application, int64_t org, struct slice seed_sealed,
                            struct region *region, struct error *error, struct log_key **ret_key)
{
    uint8_t seed[LOG_SEED_BYTES];
    TRY(org_log_seed(application, org, seed_sealed, region, error, seed));
    enum error_code code = log_key_import(seed, error, ret_key);
    wipe(seed, sizeof seed);
    return code;
}

enum error_code form_spend(struct store_session *session, int64_t org, const uint8_t once_id[16], int64_t now,
                           struct error *error)
{
    int64_t changed = 0;
    TRY(store_execute(session, &FORM_SPEND,
                      PARAMETERS(V_INTEGER(org), V_BYTES(slice_from_bytes(once_id, 16)), V_INTEGER(now)),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "form-sent-twice", "this form was sent before");
    return OK;
}
