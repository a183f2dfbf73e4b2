#include "pulse/answer.h"

#include "people/device.h"
#include "pulse/open_round.h"
#include "pulse/questionnaire.h"

STATEMENT(ISSUANCE_INSERT, "INSERT INTO issuance (org_id, rid, person_id, blinded_hash, device_signature) "
                           "VALUES ($1, $2, $3, $4, $5) "
                           "ON CONFLICT (org_id, rid, person_id) DO NOTHING");
STATEMENT(ISSUANCE_READ,
          "SELECT blinded_hash FROM issuance WHERE org_id = $1 AND rid = $2 AND person_id = $3");
STATEMENT(ISSUANCE_THERE, "SELECT 1 FROM issuance WHERE org_id = $1 AND rid = $2 AND person_id = $3");
STATEMENT(BODY_READ, "SELECT body FROM sealed_answer WHERE org_id = $1 AND rid = $2 AND answer_id = $3");
STATEMENT(BODY_INSERT, "INSERT INTO sealed_answer (org_id, rid, answer_id, body) VALUES ($1, $2, $3, $4) "
                       "ON CONFLICT (org_id, rid, answer_id) DO NOTHING");
STATEMENT(BODY_REPLACE,
          "UPDATE sealed_answer SET body = $4 WHERE org_id = $1 AND rid = $2 AND answer_id = $3");
/* ---- Token -------------------------------------------------------------------------------------- */

struct issue {
    struct application *application;
    const struct team_round *round;
    int64_t person;
    struct slice blinded_hash, device_signature;
};

static enum error_code write_issue(struct store_session *session, void *context, struct error *error)
{
    const struct issue *issue = context;
    struct store_value org = V_INTEGER(issue->round->org), person = V_INTEGER(issue->person);
    struct store_value rid = V_BYTES(slice_from_bytes(issue->round->rid, 32));
    int64_t changed = 0;
    TRY(round_check_open(session, issue->application, issue->round->rid, error));
    TRY(store_execute(
        session, &ISSUANCE_INSERT,
        PARAMETERS(org, rid, person, V_BYTES(issue->blinded_hash),
                   issue->device_signature.length > 0 ? V_BYTES(issue->device_signature) : V_NULL),
        error, &changed));
    if (changed == 1)
        return OK;
    STORE_ROWS(rows);
    TRY(store_select(session, &ISSUANCE_READ, PARAMETERS(org, rid, person), error, &rows));
    bool same = store_next(&rows) && slice_equal(store_column_bytes(&rows, 0), issue->blinded_hash);
    TRY(store_rows_end(&rows));
    if (!same)
        return FAIL(error, ERROR_CONFLICT, "token-issued", "a token was fetched for another message");
    return OK;
}

static enum error_code sign_blinded(const struct application *application, const struct team_round *round,
                                    struct slice blinded, struct region *region, struct error *error,
                                    struct slice *ret_blind_signature)
{
    struct blind_key *key;
    TRY(team_round_private_key(application, round, region, error, &key));
    enum error_code code = blind_sign(key, blinded, region, error, ret_blind_signature);
    blind_key_free(key);
    return code;
}

enum error_code answer_issue(struct application *application, struct store_session *session, int64_t org,
                             int64_t person, const uint8_t rid[32], struct slice blinded,
                             struct slice device_signature, struct region *region, struct error *error,
                             struct slice *ret_blind_signature)
{
    struct team_round round;
    uint8_t hash[32];
    TRY(team_round_for_member(session, org, person, rid, region, error, &round));
    if (blinded.length != BLIND_MODULUS_BITS / 8)
        return FAIL(error, ERROR_INPUT, "blinded-length", "the blinded message has a wrong length");
    sha256(blinded, hash);
    if (device_signature.length > 0)
        TRY(device_check(session, org, person, rid, hash, device_signature, error));
    /* Signed before it is noted, so that bytes that cannot be signed cost nobody the one token; it leaves
     * only when the note is durable. */
    struct slice blind_signature;
    TRY(sign_blinded(application, &round, blinded, region, error, &blind_signature));
    struct issue issue = {application, &round, person, slice_from_bytes(hash, sizeof hash), device_signature};
    TRY(store_write(application->store, write_issue, &issue, error));
    *ret_blind_signature = blind_signature;
    return OK;
}

enum error_code answer_issued(struct store_session *session, int64_t org, int64_t person,
                              const uint8_t rid[32], struct error *error, bool *ret_issued)
{
    int64_t one;
    return store_one_integer(
        session, &ISSUANCE_THERE,
        PARAMETERS(V_INTEGER(org), V_BYTES(slice_from_bytes(rid, 32)), V_INTEGER(person)), error, ret_issued,
        &one);
}

/* ---- Answer ------------------------------------------------------------------------------------- */

static int highest_value(struct slice item)
{
    return slice_equal(item, PROMISE_ITEM) ? PROMISE_ANSWERS : QUESTIONNAIRE_OPTIONS;
}

static enum error_code check_cells(const struct answer_submission *submission,
                                   const struct descriptor *descriptor, struct error *error)
{
    bool good = submission->cell_count == descriptor->item_count;
    for (size_t i = 0; good && i < descriptor->item_count; i++)
        good = slice_equal(submission->cells[i].item, descriptor->items[i]) &&
               submission->cells[i].value >= 0 &&
               submission->cells[i].value <= highest_value(descriptor->items[i]);
    if (!good)
        return FAIL(error, ERROR_INPUT, "cells-wrong",
                    "the answer does not hold exactly the questions of the round");
    return OK;
}

/* Everything that can be checked without the database. */
static enum error_code check_submission(const struct answer_submission *submission,
                                        const struct open_round *round, struct region *region,
                                        struct error *error)
{
    TRY(check_cells(submission, &round->descriptor, error));
    if (submission->version < 1 || submission->version > PROTOCOL_VERSION_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "version-range", "the version of the answer is out of range");
    if (!answer_message_matches(submission->prepared, submission->rid, submission->opk))
        return FAIL(error, ERROR_CRYPTO, "token-false", "the token belongs to another round or another key");
    if (blind_verify(round->key, submission->prepared, submission->signature, error) != OK)
        return FAIL(error, ERROR_CRYPTO, "token-false", "the token is not signed by the key of this round");
    struct slice text;
    TRY(answer_text(submission->rid, submission->version, submission->cells, submission->cell_count, region,
                    error, &text));
    if (one_time_verify(submission->opk, text, submission->osig, error) != OK)
        return FAIL(error, ERROR_CRYPTO, "answer-signature", "the answer is not signed by its own key");
    return OK;
}

/* The slices are in data, which ends with it. */
struct answer_write {
    struct application *application;
    struct cache_entry *entry; /* held; of the round */
    const struct open_round *round;
    int64_t version;
    size_t cell_count;
    uint8_t bound[64]; /* rid, then SHA-256(opk) */
    struct slice answer_id, plain, sealed;
    size_t length;
    char data[];
};

/* An answer that is there already: the same content is fine, a newer version may replace it. */
static enum error_code compare_with_stored(const struct answer_write *write, struct slice stored,
                                           struct error *error, bool *ret_same)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice body;
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
    int64_t version;
    struct answer_token token;
    struct slice plain;
    TRY(seal_open(&write->round->data_key, slice_from_bytes(write->bound, sizeof write->bound), stored,
                  region, error, &plain));
    TRY(answer_record_read(plain, write->round->logged, error, &token, &body));
    TRY(answer_body_read(body, write->cell_count, error, &version, cells));
    bool same = slice_equal(plain, write->plain);
    if (!same && write->version <= version)
        return FAIL(error, ERROR_CONFLICT, "answer-version",
                    "an answer of this or a later version is stored");
    *ret_same = same;
    return OK;
}

/* Nearly every answer is new: the stored one is read only when there is one. */
enum error_code answer_write(struct store_session *session, void *context, struct error *error)
{
    const struct answer_write *write = context;
    struct store_value org = V_INTEGER(write->round->org), id = V_BYTES(write->answer_id);
    struct store_value rid = V_BYTES(slice_from_bytes(write->round->rid, 32)), body = V_BYTES(write->sealed);
    int64_t changed = 0;
    bool same = false;
    TRY(round_check_open(session, write->application, write->round->rid, error));
    TRY(store_execute(session, &BODY_INSERT, PARAMETERS(org, rid, id, body), error, &changed));
    if (changed == 1)
        return OK;
    STORE_ROWS(rows);
    TRY(store_select(session, &BODY_READ, PARAMETERS(org, rid, id), error, &rows));
    if (store_next(&rows))
        TRY(compare_with_stored(write, store_column_bytes(&rows, 0), error, &same));
    TRY(store_rows_end(&rows));
    return same ? OK : store_execute(session, &BODY_REPLACE, PARAMETERS(org, rid, id, body), error, NULL);
}

static enum error_code make_receipt(const struct open_round *round,
                                    const struct answer_submission *submission, const uint8_t answer_id[32],
                                    struct region *region, struct error *error,
                                    struct answer_receipt *ret_receipt)
{
    struct answer_receipt receipt;
    TRY(receipt_text(submission->rid, answer_id, submission->version, submission->cells,
                     submission->cell_count, region, error, &receipt.text));
    TRY(log_key_sign(round->log_key, receipt.text, error, receipt.signature));
    *ret_receipt = receipt;
    return OK;
}

/* The answer as it is sealed: in a logged round with what the eligibility tree needs. */
static enum error_code write_record(const struct open_round *round,
                                    const struct answer_submission *submission, struct region *region,
                                    struct error *error, struct slice *ret_plain)
{
    struct answer_token token;
    struct slice body;
    TRY(answer_body_write(submission->version, submission->cells, submission->cell_count, region, error,
                          &body));
    if (submission->signature.length != sizeof token.signature)
        return FAIL(error, ERROR_INPUT, "answer", "a signature of an unusual length");
    memcpy(token.prefix, submission->prepared.data, sizeof token.prefix);
    memcpy(token.opk, submission->opk, sizeof token.opk);
    memcpy(token.signature, submission->signature.data, sizeof token.signature);
    return answer_record_write(round->logged ? &token : NULL, body, region, error, ret_plain);
}

/* Of one piece, so that it may outlive the request. */
static struct answer_write *write_new(struct slice plain, struct slice sealed)
{
    struct answer_write *write = calloc(1, sizeof *write + plain.length + sealed.length);
    if (write == NULL)
        return NULL;
    write->length = plain.length + sealed.length;
    memcpy(write->data, plain.data, plain.length);
    memcpy(write->data + plain.length, sealed.data, sealed.length);
    write->plain = slice_from_bytes(write->data, plain.length);
    write->sealed = slice_from_bytes(write->data + plain.length, sealed.length);
    write->answer_id = slice_from_bytes(write->bound + 32, 32);
    return write;
}

void answer_write_end(void *context, enum error_code code)
{
    struct answer_write *write = context;
    if (code == ERROR_GONE) /* another process has closed it */
        open_rounds_forget(write->application);
    open_round_cleanup(&write->entry);
    wipe(write->data, write->length);
    free(write);
}

static enum error_code prepare(struct application *application, const struct open_round *round,
                               const struct answer_submission *submission, struct region *region,
                               struct error *error, struct answer_write **ret_write,
                               struct answer_receipt *ret_receipt)
{
    uint8_t bound[64];
    struct slice plain, sealed;
    TRY(check_submission(submission, round, region, error));
    memcpy(bound, round->rid, 32);
    sha256(slice_from_bytes(submission->opk, sizeof submission->opk), bound + 32);
    TRY(write_record(round, submission, region, error, &plain));
    TRY(seal(&round->data_key, slice_from_bytes(bound, sizeof bound), plain, application->random, region,
             error, &sealed));
    TRY(make_receipt(round, submission, bound + 32, region, error, ret_receipt));
    struct answer_write *write = write_new(plain, sealed);
    if (write == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for an answer");
    write->application = application;
    write->round = round;
    write->version = submission->version;
    write->cell_count = submission->cell_count;
    memcpy(write->bound, bound, sizeof bound);
    *ret_write = write;
    return OK;
}

enum error_code answer_prepare(struct application *application, struct store_session *session,
                               const struct answer_submission *submission, struct region *region,
                               struct error *error, struct answer_write **ret_write,
                               struct answer_receipt *ret_receipt)
{
    CLEANUP(open_round_cleanup) struct cache_entry *entry = NULL;
    TRY(open_round_hold(application, session, submission->rid, error, &entry));
    TRY(prepare(application, entry->value, submission, region, error, ret_write, ret_receipt));
    (*ret_write)->entry = entry;
    entry = NULL;
    return OK;
}

enum error_code answer_submit(struct application *application, struct store_session *session,
                              const struct answer_submission *submission, struct region *region,
                              struct error *error, struct answer_receipt *ret_receipt)
{
    struct answer_write *write;
    struct answer_receipt receipt;
    TRY(answer_prepare(application, session, submission, region, error, &write, &receipt));
    enum error_code code = store_write(application->store, answer_write, write, error);
    answer_write_end(write, code);
    if (code == OK)
        *ret_receipt = receipt;
    return code;
}
