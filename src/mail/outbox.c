#include "mail/mail.h"

STATEMENT(
    OUTBOX_ADD,
    "INSERT INTO outbox (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts) "
    "VALUES ($1, $2, $3, $4, $5, $6, 0, 0) ON CONFLICT (org_id, person_id, kind, round_number) DO NOTHING");
STATEMENT(OUTBOX_ORGS,
          "SELECT DISTINCT org_id FROM outbox WHERE due_at <= $1 AND over_at > $1 AND claimed_until <= $1 "
          "ORDER BY org_id LIMIT 10000");
/* On PostgreSQL the second of two processes fails here, is tried again and takes other rows. */
STATEMENT(OUTBOX_CLAIM,
          "UPDATE outbox SET claimed_until = $3, attempts = attempts + 1 WHERE org_id = $1 "
          "AND (person_id, kind, round_number) IN (SELECT o.person_id, o.kind, o.round_number FROM outbox o "
          "WHERE o.org_id = $1 AND o.due_at <= $2 AND o.over_at > $2 AND o.claimed_until <= $2 "
          "AND (CAST($4 AS BIGINT) = 1 OR o.kind IN ('signin', 'invitation')) "
          "ORDER BY CASE o.kind WHEN 'signin' THEN 0 ELSE 1 END, o.due_at, o.person_id LIMIT 20) "
          "RETURNING person_id, kind, round_number, due_at, over_at, attempts");
STATEMENT(OUTBOX_END,
          "DELETE FROM outbox WHERE org_id = $1 AND person_id = $2 AND kind = $3 AND round_number = $4");
STATEMENT(OUTBOX_PUT_BACK,
          "UPDATE outbox SET claimed_until = 0, due_at = $5, attempts = $6 WHERE org_id = $1 "
          "AND person_id = $2 AND kind = $3 AND round_number = $4");
STATEMENT(OUTBOX_FORGET_ROUND, "DELETE FROM outbox WHERE org_id = $1 AND round_number = $2 "
                               "AND kind IN ('round-open', 'round-middle', 'round-last')");
STATEMENT(OUTBOX_CLEAN, "DELETE FROM outbox WHERE over_at <= $1 AND claimed_until <= $1");

static const char *const KINDS[] = {"",           "signin",       "invitation", "round-open", "round-middle",
                                    "round-last", "round-result", "digest"};

struct slice mail_kind_text(enum mail_kind kind)
{
    return slice_from_text(KINDS[kind]);
}

bool mail_is_about_round(enum mail_kind kind)
{
    return kind >= MAIL_ROUND_OPEN && kind <= MAIL_ROUND_RESULT;
}

static enum mail_kind kind_of(struct slice text)
{
    for (int kind = MAIL_SIGNIN; kind <= MAIL_DIGEST; kind++)
        if (slice_equal(text, slice_from_text(KINDS[kind])))
            return (enum mail_kind)kind;
    return MAIL_SIGNIN; /* the table holds no others */
}

enum error_code outbox_add(struct store_session *session, const struct mail *mail, struct error *error)
{
    return store_execute(session, &OUTBOX_ADD,
                         PARAMETERS(V_INTEGER(mail->org), V_INTEGER(mail->person),
                                    V_TEXT(mail_kind_text(mail->kind)), V_INTEGER(mail->round),
                                    V_INTEGER(mail->due_at), V_INTEGER(mail->over_at)),
                         error, NULL);
}

enum error_code outbox_orgs_due(struct store_session *session, int64_t now, struct region *region,
                                struct error *error, int64_t **ret_orgs, size_t *ret_count)
{
    int64_t *orgs = REGION_ARRAY(region, ORGS_MAXIMUM, int64_t);
    size_t count = 0;
    if (orgs == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &OUTBOX_ORGS, PARAMETERS(V_INTEGER(now)), error, &rows));
    while (count < ORGS_MAXIMUM && store_next(&rows))
        orgs[count++] = store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    *ret_orgs = orgs;
    *ret_count = count;
    return OK;
}

enum error_code outbox_claim(struct store_session *session, int64_t org, bool rounds, int64_t now,
                             struct error *error, struct mail ret_mails[static MAIL_BATCH], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(
        session, &OUTBOX_CLAIM,
        PARAMETERS(V_INTEGER(org), V_INTEGER(now), V_INTEGER(now + MAIL_CLAIM_SECONDS), V_INTEGER(rounds)),
        error, &rows));
    while (count < MAIL_BATCH && store_next(&rows))
        ret_mails[count++] = (struct mail){
            .org = org,
            .person = store_column_integer(&rows, 0),
            .kind = kind_of(store_column_text(&rows, 1)),
            .round = store_column_integer(&rows, 2),
            .due_at = store_column_integer(&rows, 3),
            .over_at = store_column_integer(&rows, 4),
            .attempts = store_column_integer(&rows, 5),
            .claimed_until = now + MAIL_CLAIM_SECONDS,
        };
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

enum error_code outbox_end(struct store_session *session, const struct mail *mail, struct error *error)
{
    return store_execute(session, &OUTBOX_END,
                         PARAMETERS(V_INTEGER(mail->org), V_INTEGER(mail->person),
                                    V_TEXT(mail_kind_text(mail->kind)), V_INTEGER(mail->round)),
                         error, NULL);
}

enum error_code outbox_put_back(struct store_session *session, const struct mail *mail, struct error *error)
{
    return store_execute(session, &OUTBOX_PUT_BACK,
                         PARAMETERS(V_INTEGER(mail->org), V_INTEGER(mail->person),
                                    V_TEXT(mail_kind_text(mail->kind)), V_INTEGER(mail->round),
                                    V_INTEGER(mail->due_at), V_INTEGER(mail->attempts)),
                         error, NULL);
}

int64_t outbox_wait(int64_t attempts)
{
    int64_t seconds = 2 * MINUTE_SECONDS;
    for (int64_t i = 1; i < attempts && seconds < 4 * HOUR_SECONDS; i++)
        seconds *= 2;
    return seconds < 4 * HOUR_SECONDS ? seconds : 4 * HOUR_SECONDS;
}

enum error_code outbox_forget_round(struct store_session *session, int64_t org, int64_t round,
                                    struct error *error)
{
    return store_execute(session, &OUTBOX_FORGET_ROUND, PARAMETERS(V_INTEGER(org), V_INTEGER(round)), error,
                         NULL);
}

enum error_code outbox_clean_up(struct store_session *session, int64_t now, struct error *error)
{
    return store_execute(session, &OUTBOX_CLEAN, PARAMETERS(V_INTEGER(now)), error, NULL);
}
