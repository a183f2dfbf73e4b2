#include "pulse/comment.h"

#include "pulse/open_round.h"

STATEMENT(COMMENT_KEY_READ, "SELECT sealed_comment_key FROM team_round WHERE rid = $1");
STATEMENT(COMMENT_ISSUANCE_INSERT,
          "INSERT INTO comment_issuance (org_id, rid, person_id, blinded_hash) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (org_id, rid, person_id) DO NOTHING");
STATEMENT(COMMENT_ISSUANCE_READ,
          "SELECT blinded_hash FROM comment_issuance WHERE org_id = $1 AND rid = $2 AND person_id = $3");
STATEMENT(COMMENT_READ, "SELECT body FROM sealed_comment WHERE org_id = $1 AND rid = $2 AND comment_id = $3");
STATEMENT(COMMENT_INSERT,
          "INSERT INTO sealed_comment (org_id, rid, comment_id, body) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (org_id, rid, comment_id) DO NOTHING");
STATEMENT(COMMENT_REPLACE,
          "UPDATE sealed_comment SET body = $4 WHERE org_id = $1 AND rid = $2 AND comment_id = $3");

/* ---- Token -------------------------------------------------------------------------------------- */

static struct slice key_bound(const uint8_t rid[static 32], char room[96])
{
    char hex[65];
    hex_encode(rid, 32, hex);
    int length = snprintf(room, 96, "hecht-comment-key %s", hex);
    return slice_from_bytes(room, (size_t)length);
}

enum error_code comment_key_seal(struct application *application, const uint8_t rid[static 32],
                                 struct slice private_key, struct region *region, struct error *error,
                                 struct slice *ret_sealed)
{
    char room[96];
    return seal(&application->key, key_bound(rid, room), private_key, application->random, region, error,
                ret_sealed);
}

static enum error_code load_key(const struct application *application, struct store_session *session,
                                const uint8_t rid[static 32], struct region *region, struct error *error,
                                struct blind_key **ret_key)
{
    char room[96];
    struct slice sealed = S(""), der;
    STORE_ROWS(rows);
    TRY(store_select(session, &COMMENT_KEY_READ, PARAMETERS(V_BYTES(slice_from_bytes(rid, 32))), error,
                     &rows));
    if (store_next(&rows))
        sealed = store_column_copy(&rows, 0, region);
    TRY(store_rows_end(&rows));
    if (sealed.length == 0)
        return FAIL(error, ERROR_NOT_FOUND, "no-comments", "the round takes no comments");
    TRY(seal_open(&application->key, key_bound(rid, room), sealed, region, error, &der));
    enum error_code code = blind_key_import(der, error, ret_key);
    wipe((void *)(uintptr_t)der.data, der.length);
    return code;
}

static enum error_code sign_blinded(const struct application *application, struct store_session *session,
                                    const uint8_t rid[static 32], struct slice blinded, struct region *region,
                                    struct error *error, struct slice *ret_blind_signature)
{
    struct blind_key *key;
    TRY(load_key(application, session, rid, region, error, &key));
    enum error_code code = blind_sign(key, blinded, region, error, ret_blind_signature);
    blind_key_free(key);
    return code;
}

struct issue {
    const struct application *application;
    const uint8_t *rid;
    int64_t org, person;
    struct slice blinded_hash;
};

static enum error_code write_issue(struct store_session *session, void *context, struct error *error)
{
    const struct issue *issue = context;
    struct store_value org = V_INTEGER(issue->org), person = V_INTEGER(issue->person);
    struct store_value rid = V_BYTES(slice_from_bytes(issue->rid, 32));
    int64_t changed = 0;
    TRY(round_check_open(session, issue->application, issue->rid, error));
    TRY(store_execute(session, &COMMENT_ISSUANCE_INSERT,
                      PARAMETERS(org, rid, person, V_BYTES(issue->blinded_hash)), error, &changed));
    if (changed == 1)
        return OK;
    STORE_ROWS(rows);
    TRY(store_select(session, &COMMENT_ISSUANCE_READ, PARAMETERS(org, rid, person), error, &rows));
    bool same = store_next(&rows) && slice_equal(store_column_bytes(&rows, 0), issue->blinded_hash);
    TRY(store_rows_end(&rows));
    if (!same)
        return FAIL(error, ERROR_CONFLICT, "token-issued",
                    "a token for a comment was fetched for another message");
    return OK;
}

enum error_code comment_issue(struct application *application, struct store_session *session, int64_t org,
                              int64_t person, const uint8_t rid[static 32], struct slice blinded,
                              struct region *region, struct error *error, struct slice *ret_blind_signature)
{
    struct team_round round;
    uint8_t hash[32];
    struct slice blind_signature;
    TRY(team_round_for_member(session, org, person, rid, region, error, &round));
    if (blinded.length != BLIND_MODULUS_BITS / 8)
        return FAIL(error, ERROR_INPUT, "blinded-length", "the blinded message has a wrong length");
    sha256(blinded, hash);
    TRY(sign_blinded(application, session, rid, blinded, region, error, &blind_signature));
    struct issue issue = {application, round.rid, org, person, slice_from_bytes(hash, sizeof hash)};
    TRY(store_write(application->store, write_issue, &issue, error));
    *ret_blind_signature = blind_signature;
    return OK;
}

/* ---- Comment ------------------------------------------------------------------------------------ */

enum { BOUND_BYTES = 65 };

/* Of one piece, so that it may outlive the request. */
struct comment_write {
    struct application *application;
    struct cache_entry *entry; /* held; of the round */
    const struct open_round *round;
    int64_t version;
    uint8_t bound[BOUND_BYTES]; /* rid, SHA-256(opk), 'c': no answer opens as a comment */
    char plain[COMMENT_RECORD_BYTES];
    char sealed[COMMENT_RECORD_BYTES + SEAL_OVERHEAD_BYTES];
};

static enum error_code check_submission(const struct comment_submission *submission,
                                        const struct open_round *round, struct region *region,
                                        struct error *error)
{
    struct slice text;
    if (round->comment_key == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "no-comments", "the round takes no comments");
    TRY(comment_body_read(submission->body, error, &text));
    if (!comment_message_matches(submission->prepared, submission->rid, submission->opk))
        return FAIL(error, ERROR_CRYPTO, "token-false", "the token belongs to another round or another key");
    if (blind_verify(round->comment_key, submission->prepared, submission->signature, error) != OK)
        return FAIL(error, ERROR_CRYPTO, "token-false", "the token is not signed by the key of this round");
    TRY(comment_signed_text(submission->rid, submission->version, submission->body, region, error, &text));
    if (one_time_verify(submission->opk, text, submission->osig, error) != OK)
        return FAIL(error, ERROR_CRYPTO, "comment-signature", "the comment is not signed by its own key");
    return OK;
}

/* Fills what is sealed and the receipt. */
static enum error_code seal_comment(struct comment_write *write, const struct comment_submission *submission,
                                    struct region *region, struct error *error,
                                    struct answer_receipt *ret_receipt)
{
    struct slice plain, sealed;
    struct answer_receipt receipt;
    memcpy(write->bound, submission->rid, 32);
    sha256(slice_from_bytes(submission->opk, sizeof submission->opk), write->bound + 32);
    write->bound[BOUND_BYTES - 1] = 'c';
    TRY(comment_record_write(submission->version, submission->body, region, error, &plain));
    TRY(seal(&write->round->data_key, slice_from_bytes(write->bound, BOUND_BYTES), plain,
             write->application->random, region, error, &sealed));
    TRY(comment_receipt_text(submission->rid, write->bound + 32, submission->version, submission->body,
                             region, error, &receipt.text));
    TRY(log_key_sign(write->round->log_key, receipt.text, error, receipt.signature));
    memcpy(write->plain, plain.data, sizeof write->plain);
    memcpy(write->sealed, sealed.data, sizeof write->sealed);
    *ret_receipt = receipt;
    return OK;
}

enum error_code comment_prepare(struct application *application, struct store_session *session,
                                const struct comment_submission *submission, struct region *region,
                                struct error *error, struct comment_write **ret_write,
                                struct answer_receipt *ret_receipt)
{
    CLEANUP(open_round_cleanup) struct cache_entry *entry = NULL;
    TRY(open_round_hold(application, session, submission->rid, error, &entry));
    TRY(check_submission(submission, entry->value, region, error));
    struct comment_write *write = calloc(1, sizeof *write);
    if (write == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a comment");
    write->application = application;
    write->round = entry->value;
    write->version = submission->version;
    enum error_code code = seal_comment(write, submission, region, error, ret_receipt);
    if (code != OK) {
        free(write);
        return code;
    }
    write->entry = entry;
    entry = NULL;
    *ret_write = write;
    return OK;
}

static enum error_code compare_with_stored(const struct comment_write *write, struct slice stored,
                                           struct error *error, bool *ret_same)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice plain, body;
    int64_t version;
    TRY(seal_open(&write->round->data_key, slice_from_bytes(write->bound, BOUND_BYTES), stored, region, error,
                  &plain));
    TRY(comment_record_read(plain, error, &version, &body));
    bool same = slice_equal(plain, slice_from_bytes(write->plain, sizeof write->plain));
    if (!same && write->version <= version)
        return FAIL(error, ERROR_CONFLICT, "comment-version",
                    "a comment of this or a later version is stored");
    *ret_same = same;
    return OK;
}

enum error_code comment_write(struct store_session *session, void *context, struct error *error)
{
    const struct comment_write *write = context;
    struct store_value org = V_INTEGER(write->round->org);
    struct store_value id = V_BYTES(slice_from_bytes(write->bound + 32, 32));
    struct store_value rid = V_BYTES(slice_from_bytes(write->round->rid, 32));
    struct store_value body = V_BYTES(slice_from_bytes(write->sealed, sizeof write->sealed));
    int64_t changed = 0;
    bool same = false;
    TRY(round_check_open(session, write->application, write->round->rid, error));
    TRY(store_execute(session, &COMMENT_INSERT, PARAMETERS(org, rid, id, body), error, &changed));
    if (changed == 1)
        return OK;
    STORE_ROWS(rows);
    TRY(store_select(session, &COMMENT_READ, PARAMETERS(org, rid, id), error, &rows));
    if (store_next(&rows))
        TRY(compare_with_stored(write, store_column_bytes(&rows, 0), error, &same));
    TRY(store_rows_end(&rows));
    return same ? OK : store_execute(session, &COMMENT_REPLACE, PARAMETERS(org, rid, id, body), error, NULL);
}

void comment_write_end(void *context, enum error_code code)
{
    struct comment_write *write = context;
    if (code == ERROR_GONE) /* another process has closed it */
        open_rounds_forget(write->application);
    open_round_cleanup(&write->entry);
    wipe(write, sizeof *write);
    free(write);
}

enum error_code comment_submit(struct application *application, struct store_session *session,
                               const struct comment_submission *submission, struct region *region,
                               struct error *error, struct answer_receipt *ret_receipt)
{
    struct comment_write *write;
    struct answer_receipt receipt;
    TRY(comment_prepare(application, session, submission, region, error, &write, &receipt));
    enum error_code code = store_write(application->store, comment_write, write, error);
    comment_write_end(write, code);
    if (code == OK)
        *ret_receipt = receipt;
    return code;
}
