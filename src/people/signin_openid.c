#include "people/signin_openid.h"

#include "people/seat.h"

#include "privacy/seal.h"

STATEMENT(TIE_SELECT, "SELECT org_id, person_id, made_viewer FROM openid_account "
                      "WHERE issuer = $1 AND subject = $2");
STATEMENT(TIE_INSERT, "INSERT INTO openid_account (issuer, subject, org_id, person_id, tied_at, made_viewer) "
                      "VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (org_id, person_id, issuer) DO NOTHING");
STATEMENT(TIE_VIEWER, "UPDATE openid_account SET made_viewer = $3 WHERE issuer = $1 AND subject = $2");
STATEMENT(TIE_LIST, "SELECT issuer, tied_at FROM openid_account WHERE org_id = $1 AND person_id = $2 "
                    "ORDER BY tied_at DESC, issuer LIMIT 8");
STATEMENT(TIE_END, "DELETE FROM openid_account WHERE org_id = $1 AND person_id = $2 RETURNING made_viewer");
STATEMENT(PERSON_ANYWHERE,
          "SELECT p.org_id, p.person_id FROM org o JOIN person p ON p.org_id = o.org_id AND p.address = $1 "
          "WHERE o.kind = 'real' ORDER BY p.org_id LIMIT 2");

struct account {
    int64_t org, person;
    bool made_viewer;
};

/* ---- One attempt -------------------------------------------------------------------------------------------- */

void openid_cookie_make(const struct application *application, struct openid_cookie *ret_cookie)
{
    uint64_t now = (uint64_t)clock_seconds(application->clock);
    random_bytes(application->random, ret_cookie->bytes, 32);
    for (int i = 0; i < 8; i++)
        ret_cookie->bytes[32 + i] = (uint8_t)(now >> (56 - 8 * i));
}

static int64_t made_at(const struct openid_cookie *cookie)
{
    uint64_t seconds = 0;
    for (int i = 0; i < 8; i++)
        seconds = seconds << 8 | cookie->bytes[32 + i];
    return seconds <= INT64_MAX ? (int64_t)seconds : 0;
}

static struct slice derive(const struct application *application, const struct openid_cookie *cookie,
                           const char *purpose, struct region *region)
{
    uint8_t key[32], mac[32];
    char text[BASE64URL_LENGTH(sizeof mac) + 1];
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, slice_from_text(purpose), key);
    hmac_sha256(key, sizeof key, slice_from_bytes(cookie->bytes, sizeof cookie->bytes), mac);
    base64url_encode(mac, sizeof mac, text);
    wipe(key, sizeof key);
    return region_copy(region, slice_from_text(text));
}

void openid_attempt_derive(const struct application *application, const struct openid_cookie *cookie,
                           struct region *region, struct openid_attempt *attempt)
{
    attempt->state = derive(application, cookie, "hecht-openid-state-v1", region);
    attempt->nonce = derive(application, cookie, "hecht-openid-nonce-v1", region);
    attempt->verifier = derive(application, cookie, "hecht-openid-verifier-v1", region);
}

enum error_code openid_attempt_resume(const struct application *application, struct slice cookie_text,
                                      struct slice state, struct region *region, struct error *error,
                                      struct openid_attempt *ret_attempt)
{
    struct openid_cookie cookie;
    struct openid_attempt attempt = {0};
    int64_t now = clock_seconds(application->clock);
    if (!base64url_decode_exactly(cookie_text, cookie.bytes, sizeof cookie.bytes))
        return FAIL(error, ERROR_GONE, "openid-state", "this browser has begun no sign-in");
    openid_attempt_derive(application, &cookie, region, &attempt);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    if (state.length != attempt.state.length ||
        !equal_in_constant_time(state.data, attempt.state.data, state.length))
        return FAIL(error, ERROR_GONE, "openid-state", "this browser has begun another sign-in");
    if (now < made_at(&cookie) || now - made_at(&cookie) >= OPENID_ATTEMPT_SECONDS)
        return FAIL(error, ERROR_GONE, "openid-state", "the sign-in was begun too long ago");
    *ret_attempt = attempt;
    return OK;
}

/* ---- Who it is ---------------------------------------------------------------------------------------------- */

static enum error_code find_tie(struct store_session *session, const struct openid_signin *signin,
                                struct error *error, struct account *ret_account)
{
    STORE_ROWS(rows);
    struct account found = {0};
    TRY(store_select(session, &TIE_SELECT,
                     PARAMETERS(V_TEXT(signin->issuer), V_TEXT(signin->claims->subject)), error, &rows));
    if (store_next(&rows))
        found = (struct account){store_column_integer(&rows, 0), store_column_integer(&rows, 1),
                                 store_column_integer(&rows, 2) != 0};
    TRY(store_rows_end(&rows));
    *ret_account = found;
    return OK;
}

static enum error_code find_person(struct store_session *session, const struct openid_signin *signin,
                                   struct error *error, struct account *ret_account)
{
    const struct openid_claims *claims = signin->claims;
    struct slice address;
    struct account found = {0};
    if (!claims->address_verified || address_check(claims->address, signin->region, NULL, &address) != OK)
        return FAIL(error, ERROR_DENIED, "openid-no-address", "the provider gives no verified address");
    STORE_ROWS(rows);
    int count = 0;
    TRY(store_select(session, &PERSON_ANYWHERE, PARAMETERS(V_TEXT(address)), error, &rows));
    for (; store_next(&rows); count++)
        found = (struct account){store_column_integer(&rows, 0), store_column_integer(&rows, 1), false};
    TRY(store_rows_end(&rows));
    if (count == 0)
        return FAIL(error, ERROR_DENIED, "openid-nobody", "nobody here has the address");
    if (count > 1)
        return FAIL(error, ERROR_CONFLICT, "openid-several", "the address stands in several organisations");
    *ret_account = found;
    return OK;
}

static enum error_code tie(struct store_session *session, const struct openid_signin *signin,
                           const struct account *account, struct error *error)
{
    int64_t changed = 0;
    TRY(store_execute(session, &TIE_INSERT,
                      PARAMETERS(V_TEXT(signin->issuer), V_TEXT(signin->claims->subject),
                                 V_INTEGER(account->org), V_INTEGER(account->person), V_INTEGER(signin->now)),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "openid-other-account",
                    "the address is tied to another account of the provider");
    return OK;
}

/* Only gives to who has no role, and only takes what it gave: owners and viewers made by hand stay what they are. */
static enum error_code apply_viewer(struct store_session *session, const struct openid_signin *signin,
                                    const struct account *account, struct error *error)
{
    enum org_role role;
    bool wanted = signin->claims->viewer;
    TRY(people_org_role(session, account->org, account->person, error, &role));
    bool give = wanted && role == ORG_ROLE_NONE, take = !wanted && account->made_viewer;
    if (give)
        TRY(role_give(session, account->org, account->person, ORG_ROLE_VIEWER, 0, signin->now, error));
    if (take)
        TRY(role_end_viewer(session, account->org, account->person, 0, signin->now, error));
    if (!give && !take)
        return OK;
    return store_execute(session, &TIE_VIEWER,
                         PARAMETERS(V_TEXT(signin->issuer), V_TEXT(signin->claims->subject), V_INTEGER(give)),
                         error, NULL);
}

static enum error_code spend(struct store_session *session, const struct openid_signin *signin, int64_t org,
                             struct error *error)
{
    uint8_t hash[32];
    sha256(signin->state, hash);
    enum error_code code = form_spend(session, org, hash, signin->now, error);
    if (code == ERROR_CONFLICT)
        return FAIL(error, ERROR_GONE, "openid-state", "this sign-in was finished before");
    return code;
}

enum error_code openid_signin_write(struct store_session *session, const struct openid_signin *signin,
                                    struct error *error)
{
    struct account account;
    TRY(find_tie(session, signin, error, &account));
    if (account.person == 0) {
        TRY(find_person(session, signin, error, &account));
        TRY(tie(session, signin, &account, error));
    }
    TRY(spend(session, signin, account.org, error));
    TRY(apply_viewer(session, signin, &account, error));
    return web_session_create(session, account.org, account.person, signin->session_hash, signin->device,
                              signin->now, error);
}

/* ---- What is tied ------------------------------------------------------------------------------------------- */

enum error_code openid_tie_list(struct store_session *session, int64_t org, int64_t person,
                                struct region *region, struct error *error,
                                struct openid_tie ret_ties[static OPENID_TIES_MAXIMUM], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &TIE_LIST, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (count < OPENID_TIES_MAXIMUM && store_next(&rows))
        ret_ties[count++] =
            (struct openid_tie){store_column_copy(&rows, 0, region), store_column_integer(&rows, 1)};
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

enum error_code openid_tie_end(struct store_session *session, int64_t org, int64_t person, int64_t now,
                               struct error *error)
{
    bool made_viewer = false;
    STORE_ROWS(rows);
    TRY(store_select(session, &TIE_END, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (store_next(&rows))
        made_viewer = made_viewer || store_column_integer(&rows, 0) != 0;
    TRY(store_rows_end(&rows));
    return made_viewer ? role_end_viewer(session, org, person, person, now, error) : OK;
}
