#include "mail/mail.h"

STATEMENT(RECIPIENT_SELECT, "SELECT invited, stopped, refused_code, refused_on, digest FROM mail_recipient "
                            "WHERE org_id = $1 AND person_id = $2");
#define RECIPIENT_INSERT                                                                                     \
    "INSERT INTO mail_recipient (org_id, person_id, invited, stopped, refused_code, refused_on, asked_since, asked_count) "
STATEMENT(RECIPIENT_STOP,
          RECIPIENT_INSERT "VALUES ($1, $2, 0, $3, 0, 0, 0, 0) "
                           "ON CONFLICT (org_id, person_id) DO UPDATE SET stopped = excluded.stopped");
STATEMENT(RECIPIENT_TOOK,
          RECIPIENT_INSERT "VALUES ($1, $2, 1, 0, 0, 0, 0, 0) ON CONFLICT (org_id, person_id) DO UPDATE "
                           "SET invited = 1, refused_code = 0, refused_on = 0");
STATEMENT(RECIPIENT_REFUSED, RECIPIENT_INSERT
          "VALUES ($1, $2, 0, 0, $3, $4, 0, 0) ON CONFLICT (org_id, person_id) DO UPDATE SET "
          "refused_code = excluded.refused_code, refused_on = excluded.refused_on");
STATEMENT(RECIPIENT_BOUNCED,
          RECIPIENT_INSERT "VALUES ($1, $2, 1, 0, 0, 0, 0, 0) ON CONFLICT (org_id, person_id) DO UPDATE SET "
                           "bounces = mail_recipient.bounces + 1");
STATEMENT(REFUSALS,
          "SELECT person_id, refused_on FROM mail_recipient WHERE org_id = $1 AND refused_code <> 0 "
          "ORDER BY person_id LIMIT 2000");
STATEMENT(RECIPIENT_ASKED,
          "SELECT asked_since, asked_count FROM mail_recipient WHERE org_id = $1 AND person_id = $2");
STATEMENT(RECIPIENT_ASK, RECIPIENT_INSERT
          "VALUES ($1, $2, 0, 0, 0, 0, $3, $4) ON CONFLICT (org_id, person_id) DO UPDATE SET "
          "asked_since = excluded.asked_since, asked_count = excluded.asked_count");

enum error_code mail_recipient_load(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error, struct mail_recipient *ret_recipient)
{
    struct mail_recipient recipient = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &RECIPIENT_SELECT, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                     &rows));
    if (store_next(&rows))
        recipient = (struct mail_recipient){
            .invited = store_column_integer(&rows, 0) != 0,
            .stopped = store_column_integer(&rows, 1) != 0,
            .refused_code = store_column_integer(&rows, 2),
            .refused_on = store_column_integer(&rows, 3),
            .digest = store_column_integer(&rows, 4) != 0,
        };
    TRY(store_rows_end(&rows));
    *ret_recipient = recipient;
    return OK;
}

enum error_code mail_recipient_set_stopped(struct store_session *session, int64_t org, int64_t person,
                                           bool stopped, struct error *error)
{
    return store_execute(session, &RECIPIENT_STOP,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(stopped)), error, NULL);
}

enum error_code mail_recipient_took(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error)
{
    return store_execute(session, &RECIPIENT_TOOK, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                         NULL);
}

enum error_code mail_recipient_refused(struct store_session *session, int64_t org, int64_t person, int code,
                                       int64_t now, struct error *error)
{
    return store_execute(
        session, &RECIPIENT_REFUSED,
        PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(code), V_INTEGER(now - now % DAY_SECONDS)),
        error, NULL);
}

enum error_code mail_recipient_bounced(struct store_session *session, int64_t org, int64_t person,
                                       struct error *error)
{
    return store_execute(session, &RECIPIENT_BOUNCED, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                         NULL);
}

enum error_code mail_refusals(struct store_session *session, int64_t org, struct region *region,
                              struct error *error, struct mail_refusal **ret_refusals, size_t *ret_count)
{
    struct mail_refusal *refusals = REGION_ARRAY(region, MAIL_REFUSALS_MAXIMUM, struct mail_refusal);
    size_t count = 0;
    if (refusals == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &REFUSALS, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < MAIL_REFUSALS_MAXIMUM && store_next(&rows))
        refusals[count++] =
            (struct mail_refusal){store_column_integer(&rows, 0), store_column_integer(&rows, 1)};
    TRY(store_rows_end(&rows));
    *ret_refusals = refusals;
    *ret_count = count;
    return OK;
}

enum error_code mail_recipient_ask(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                   struct error *error, bool *ret_may)
{
    int64_t since = 0, count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &RECIPIENT_ASKED, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    if (store_next(&rows)) {
        since = store_column_integer(&rows, 0);
        count = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    if (since + HOUR_SECONDS <= now || since > now) {
        since = now;
        count = 0;
    }
    *ret_may = count < MAIL_ASKED_AN_HOUR;
    if (!*ret_may)
        return OK;
    return store_execute(
        session, &RECIPIENT_ASK,
        PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(since), V_INTEGER(count + 1)), error, NULL);
}

/* ---- Stopping without signing in ------------------------------------------------------------------------------ */

enum { STOP_IDS_BYTES = 16, STOP_MAC_BYTES = 16, STOP_BYTES = STOP_IDS_BYTES + STOP_MAC_BYTES };

static void put_id(uint8_t *to, int64_t id)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
}

static int64_t get_id(const uint8_t *from)
{
    uint64_t id = 0;
    for (int i = 0; i < 8; i++)
        id = id << 8 | from[i];
    return (int64_t)id;
}

static void make_stop(const struct application *application, int64_t org, int64_t person,
                      uint8_t ret_bytes[static STOP_BYTES])
{
    uint8_t key[32], mac[32];
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, S("hecht-mail-stop-v1"), key);
    put_id(ret_bytes, org);
    put_id(ret_bytes + 8, person);
    hmac_sha256(key, sizeof key, slice_from_bytes(ret_bytes, STOP_IDS_BYTES), mac);
    memcpy(ret_bytes + STOP_IDS_BYTES, mac, STOP_MAC_BYTES);
    wipe(key, sizeof key);
}

struct slice mail_stop_token(const struct application *application, int64_t org, int64_t person,
                             struct region *region)
{
    uint8_t bytes[STOP_BYTES];
    char text[BASE64URL_LENGTH(STOP_BYTES) + 1];
    make_stop(application, org, person, bytes);
    base64url_encode(bytes, sizeof bytes, text);
    return region_copy(region, slice_from_text(text));
}

enum error_code mail_stop_read(const struct application *application, struct slice token, struct error *error,
                               int64_t *ret_org, int64_t *ret_person)
{
    uint8_t bytes[STOP_BYTES], right[STOP_BYTES];
    if (!base64url_decode_exactly(token, bytes, sizeof bytes))
        return FAIL(error, ERROR_NOT_FOUND, "mail-stop-unknown", "no such link to stop mail");
    int64_t org = get_id(bytes), person = get_id(bytes + 8);
    make_stop(application, org, person, right);
    if (!equal_in_constant_time(bytes, right, sizeof right))
        return FAIL(error, ERROR_NOT_FOUND, "mail-stop-unknown", "no such link to stop mail");
    *ret_org = org;
    *ret_person = person;
    return OK;
}
