/* The way of an answer: a blind-signed token for a member, and an answer that is bound to the token and to
 * nobody. Uses: org, round. Messages: privacy/protocol.h. */
#ifndef HECHT_PULSE_ANSWER_H
#define HECHT_PULSE_ANSWER_H

#include "pulse/round.h"

/* Signs a blinded message for a member of the roster; once. The same bytes again give the same signature;
 * other bytes are ERROR_CONFLICT, reason "token-issued". ERROR_GONE "round-closed", ERROR_DENIED
 * "not-in-roster", ERROR_CRYPTO "device-signature" when one is given that is not of a device of this person. */
enum error_code answer_issue(struct application *application, struct store_session *session, int64_t org,
                             int64_t person, const uint8_t rid[32], struct slice blinded,
                             struct slice device_signature, struct region *region, struct error *error,
                             struct slice *ret_blind_signature) MUST_CHECK;
/* Has this member fetched a token? Only ever told to that member. */
enum error_code answer_issued(struct store_session *session, int64_t org, int64_t person,
                              const uint8_t rid[32], struct error *error, bool *ret_issued) MUST_CHECK;

struct answer_submission {
    uint8_t rid[32];
    struct slice prepared;  /* m */
    struct slice signature; /* by the round's key, unblinded */
    uint8_t opk[ONE_TIME_PUBLIC_BYTES];
    uint8_t osig[ONE_TIME_SIGNATURE_BYTES];
    int64_t version;
    struct answer_cell *cells; /* exactly the items of the round, in their order */
    size_t cell_count;
};

struct answer_receipt {
    struct slice text;
    uint8_t signature[LOG_SIGNATURE_BYTES];
};

/* An answer that was checked and sealed, and is to be written: answer_write is the function for the store, and
 * answer_write_end wipes and frees it, whatever came of it. */
struct answer_write;
/* The receipt must not leave before the write is durable. Errors as answer_submit. */
enum error_code answer_prepare(struct application *application, struct store_session *session,
                               const struct answer_submission *submission, struct region *region,
                               struct error *error, struct answer_write **ret_write,
                               struct answer_receipt *ret_receipt) MUST_CHECK;
enum error_code answer_write(struct store_session *session, void *write, struct error *error) MUST_CHECK;
void answer_write_end(void *write, enum error_code code);

/* Stores or changes an answer and returns when it is durable. The same again gives the same receipt. Errors:
 * ERROR_CRYPTO "token-false" or "answer-signature"; ERROR_INPUT "cells-wrong"; ERROR_GONE "round-closed";
 * ERROR_CONFLICT "answer-version" (same version, other content, or older than what is stored). */
enum error_code answer_submit(struct application *application, struct store_session *session,
                              const struct answer_submission *submission, struct region *region,
                              struct error *error, struct answer_receipt *ret_receipt) MUST_CHECK;

/* ---- JSON bodies: base64url for bytes, hex for rid and salts ------------------------------------ */

enum { ANSWER_JSON_MAXIMUM = 32 << 10 };
/* {"rid","m","sig","opk","osig","version","cells":[{"q","value","salt"}]}; unknown or missing members, or
 * members of another type, are ERROR_INPUT "answer-json". */
enum error_code answer_from_json(struct slice json, struct region *region, struct error *error,
                                 struct answer_submission *ret_submission) MUST_CHECK;
void answer_to_json(const struct answer_submission *submission, struct buffer *out);
/* {"blind_signature"}, and {"receipt","signature"}: replies, of comments as well. */
void blind_signature_to_json(struct slice blind_signature, struct buffer *out);
void receipt_to_json(const struct answer_receipt *receipt, struct buffer *out);
/* {"blinded", "device_signature" (optional)} */
/* {"public_key"}: a point in base64url */
enum error_code device_from_json(struct slice json, struct error *error,
                                 uint8_t ret_point[static ONE_TIME_PUBLIC_BYTES]) MUST_CHECK;
enum error_code token_from_json(struct slice json, struct region *region, struct error *error,
                                struct slice *ret_blinded, struct slice *ret_device_signature) MUST_CHECK;

#endif
