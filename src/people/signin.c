/* Signing in: one-use links and web sessions. Only hashes of secrets are stored. */
#include "mail/mail.h"
#include "people/deputy.h"

STATEMENT(LINK_INSERT,
          "INSERT INTO signin_link (link_hash, org_id, person_id, by_operator, made_at, expires_at) "
          "VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(LINK_SELECT, "SELECT org_id, person_id FROM signin_link WHERE link_hash = $1 AND expires_at > $2");
STATEMENT(LINK_SPEND,
          "DELETE FROM signin_link WHERE link_hash = $1 AND expires_at > $2 RETURNING org_id, person_id");
STATEMENT(LINK_FORGET, "DELETE FROM signin_link WHERE link_hash = $1");
STATEMENT(LINK_CLEAN, "DELETE FROM signin_link WHERE expires_at <= $1");
STATEMENT(SESSION_INSERT, "INSERT INTO web_session (session_hash, org_id, person_id, started_at, expires_at, "
                          "device, used_on) VALUES ($1, $2, $3, $4, $5, $6, $7)");
STATEMENT(PERSON_HAS_ADDRESS,
          "SELECT 1 FROM person WHERE org_id = $1 AND person_id = $2 AND address LIKE '%@%'");
STATEMENT(SESSION_END, "DELETE FROM web_session WHERE org_id = $1 AND person_id = $2");
STATEMENT(SESSION_END_ONE,
          "DELETE FROM web_session WHERE org_id = $1 AND person_id = $2 AND session_hash = $3");
STATEMENT(SESSION_CLEAN, "DELETE FROM web_session WHERE expires_at <= $1");
STATEMENT(WISH_CLEAN, "DELETE FROM signin_wish WHERE asked_at <= $1");
STATEMENT(FORM_CLEAN, "DELETE FROM form_spent WHERE spent_at <= $1");
STATEMENT(OPERATOR_LINK_INSERT,
          "INSERT INTO operator_link (org_id, link_id, person_id, made_at, seen) VALUES ($1, $2, $3, $4, 0)");
STATEMENT(
    OPERATOR_LINK_UNSEEN,
    "SELECT count(*), max(made_at) FROM operator_link WHERE org_id = $1 AND person_id = $2 AND seen = 0");
STATEMENT(OPERATOR_LINK_SEEN, "UPDATE operator_link SET seen = 1 WHERE org_id = $1 AND person_id = $2");

enum { FORM_ID_KEPT_SECONDS = 40 * DAY_SECONDS };

enum error_code signin_link_create(struct store_session *session, struct application *application,
                                   int64_t org, int64_t person, bool by_operator, int64_t valid_seconds,
                                   struct region *region, struct error *error, struct slice *ret_token)
{
    uint8_t secret[32], hash[32];
    char text[BASE64URL_LENGTH(sizeof secret) + 1];
    int64_t now = clock_seconds(application->clock);
    random_bytes(application->random, secret, sizeof secret);
    base64url_encode(secret, sizeof secret, text);
    sha256(slice_from_text(text), hash);
    TRY(store_execute(session, &LINK_INSERT,
                      PARAMETERS(V_BYTES(slice_from_bytes(hash, sizeof hash)), V_INTEGER(org),
                                 V_INTEGER(person), V_INTEGER(by_operator), V_INTEGER(now),
                                 V_INTEGER(now + valid_seconds)),
                      error, NULL));
    if (by_operator)
        TRY(store_execute(session, &OPERATOR_LINK_INSERT,
                          PARAMETERS(V_INTEGER(org),
                                     V_INTEGER(id_ordered(application->random, application->clock)),
                                     V_INTEGER(person), V_INTEGER(now)),
                          error, NULL));
    *ret_token = region_copy(region, slice_from_text(text));
    return OK;
}

/* Both ways to use a link: SELECT looks, DELETE ... RETURNING spends. */
static enum error_code use_link(struct store_session *session, const struct statement *statement,
                                struct slice token, int64_t now, struct error *error, int64_t *ret_org,
                                int64_t *ret_person)
{
    uint8_t hash[32];
    sha256(token, hash);
    STORE_ROWS(rows);
    TRY(store_select(session, statement,
                     PARAMETERS(V_BYTES(slice_from_bytes(hash, sizeof hash)), V_INTEGER(now)), error, &rows));
    bool found = store_next(&rows);
    int64_t org = found ? store_column_integer(&rows, 0) : 0;
    int64_t person = found ? store_column_integer(&rows, 1) : 0;
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_GONE, "signin-link-over", "the sign-in link was used or is too old");
    *ret_org = org;
    *ret_person = person;
    return OK;
}

enum error_code signin_link_forget(struct store_session *session, struct slice token, struct error *error)
{
    uint8_t hash[32];
    sha256(token, hash);
    return store_execute(session, &LINK_FORGET, PARAMETERS(V_BYTES(slice_from_bytes(hash, sizeof hash))),
                         error, NULL);
}

enum error_code signin_link_look(struct store_session *session, struct slice token, int64_t now,
                                 struct error *error, int64_t *ret_org, int64_t *ret_person)
{
    return use_link(session, &LINK_SELECT, token, now, error, ret_org, ret_person);
}

enum error_code signin_link_spend(struct store_session *session, struct slice token, int64_t now,
                                  struct error *error, int64_t *ret_org, int64_t *ret_person)
{
    return use_link(session, &LINK_SPEND, token, now, error, ret_org, ret_person);
}

enum error_code web_session_create(struct store_session *session, int64_t org, int64_t person,
                                   const uint8_t hash[32], struct slice device, int64_t now,
                                   struct error *error)
{
    bool has_address = false;
    int64_t one;
    TRY(store_one_integer(session, &PERSON_HAS_ADDRESS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                          &has_address, &one));
    int64_t valid = has_address ? WEB_SESSION_SECONDS : WEB_SESSION_WITHOUT_ADDRESS_SECONDS;
    return store_execute(session, &SESSION_INSERT,
                         PARAMETERS(V_BYTES(slice_from_bytes(hash, 32)), V_INTEGER(org), V_INTEGER(person),
                                    V_INTEGER(now), V_INTEGER(now + valid), V_TEXT(device),
                                    V_INTEGER(now - now % DAY_SECONDS)),
                         error, NULL);
}

enum error_code web_session_end(struct store_session *session, int64_t org, int64_t person,
                                struct error *error)
{
    return store_execute(session, &SESSION_END, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, NULL);
}

enum error_code web_session_end_one(struct store_session *session, int64_t org, int64_t person,
                                    const uint8_t hash[static 32], struct error *error)
{
    return store_execute(session, &SESSION_END_ONE,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_BYTES(slice_from_bytes(hash, 32))),
                         error, NULL);
}

enum error_code operator_links_unseen(struct store_session *session, int64_t org, int64_t person,
                                      struct error *error, int64_t *ret_count, int64_t *ret_last)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &OPERATOR_LINK_UNSEEN, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                     &rows));
    int64_t count = 0, last = 0;
    if (store_next(&rows)) {
        count = store_column_integer(&rows, 0);
        last = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    *ret_count = count;
    *ret_last = last;
    return OK;
}

enum error_code operator_links_mark_seen(struct store_session *session, int64_t org, int64_t person,
                                         struct error *error)
{
    return store_execute(session, &OPERATOR_LINK_SEEN, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                         NULL);
}

enum error_code people_clean_up(struct store_session *session, int64_t now, struct error *error)
{
    TRY(deputy_end_over(session, now, error));
    TRY(store_execute(session, &LINK_CLEAN, PARAMETERS(V_INTEGER(now)), error, NULL));
    TRY(store_execute(session, &SESSION_CLEAN, PARAMETERS(V_INTEGER(now)), error, NULL));
    TRY(store_execute(session, &WISH_CLEAN, PARAMETERS(V_INTEGER(now - MAIL_SIGNIN_SECONDS)), error, NULL));
    return store_execute(session, &FORM_CLEAN, PARAMETERS(V_INTEGER(now - FORM_ID_KEPT_SECONDS)), error,
                         NULL);
}
