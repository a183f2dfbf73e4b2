/* The way of a comment while its round is open: a token of its own, signed blindly by another key than that of answers,
 * and free text that is bound to that token and to nobody, nor to any answer. Messages: privacy/comment_message.h. What
 * is left of it after the close: comment_kept.h. Uses: org, round, open_round.
 *
 * A browser fetches both tokens at the same time, whether a comment will be written or not, and sends the comment at a
 * moment of its own. */
#ifndef HECHT_PULSE_COMMENT_H
#define HECHT_PULSE_COMMENT_H

#include "privacy/comment_message.h"
#include "pulse/answer.h"

/* Wraps the private key that signs tokens for comments. */
enum error_code comment_key_seal(struct application *application, const uint8_t rid[static 32],
                                 struct slice private_key, struct region *region, struct error *error,
                                 struct slice *ret_sealed) MUST_CHECK;

/* As answer_issue, but for comments; ERROR_NOT_FOUND, reason "no-comments", when the round takes none. */
enum error_code comment_issue(struct application *application, struct store_session *session, int64_t org,
                              int64_t person, const uint8_t rid[static 32], struct slice blinded,
                              struct region *region, struct error *error,
                              struct slice *ret_blind_signature) MUST_CHECK;

struct comment_submission {
    uint8_t rid[32];
    struct slice prepared, signature;
    uint8_t opk[ONE_TIME_PUBLIC_BYTES];
    uint8_t osig[ONE_TIME_SIGNATURE_BYTES];
    int64_t version;
    struct slice body; /* COMMENT_BODY_BYTES */
};

/* As answer_prepare and its companions. Errors: ERROR_CRYPTO "token-false" or "comment-signature", ERROR_INPUT
 * "comment-text" or "comment-version", ERROR_GONE "round-closed", ERROR_NOT_FOUND "no-comments", ERROR_CONFLICT
 * "comment-version". */
struct comment_write;
enum error_code comment_prepare(struct application *application, struct store_session *session,
                                const struct comment_submission *submission, struct region *region,
                                struct error *error, struct comment_write **ret_write,
                                struct answer_receipt *ret_receipt) MUST_CHECK;
enum error_code comment_write(struct store_session *session, void *write, struct error *error) MUST_CHECK;
void comment_write_end(void *write, enum error_code code);
enum error_code comment_submit(struct application *application, struct store_session *session,
                               const struct comment_submission *submission, struct region *region,
                               struct error *error, struct answer_receipt *ret_receipt) MUST_CHECK;

enum { COMMENT_JSON_MAXIMUM = 8 << 10 };
/* {"rid","m","sig","opk","osig","version","body"}: hex for rid, base64url for bytes. ERROR_INPUT "answer-json". */
enum error_code comment_from_json(struct slice json, struct region *region, struct error *error,
                                  struct comment_submission *ret_submission) MUST_CHECK;

#endif
