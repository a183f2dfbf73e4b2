/* The messages of a comment, byte for byte: free text that belongs to a round and to no answer. It has a key, a token and
 * a one-time key of its own, so that nothing joins it to an answer. docs/privacy.md has the same in words.
 *
 * Prepared message = random 32 bytes || "hecht-comment-v1" || rid || SHA-256(opk), signed blindly by the comment key of D.
 *
 * Body: length of the text (2 bytes, big endian), the text (UTF-8, no control characters but LF), zeros. All bodies have
 * the same size. No text: the comment is taken back.
 *
 * Comment text, signed by the one-time key:
 *     hecht-comment-v1
 *     rid HEX
 *     version N                    from 1; a change counts up
 *     body HASH                    SHA-256 of the body, hex
 *
 * Receipt, signed by the organisation's log key:
 *     hecht-comment-receipt-v1
 *     rid HEX
 *     comment HEX                  SHA-256(opk)
 *     version N
 *     body HASH */
#ifndef HECHT_PRIVACY_COMMENT_MESSAGE_H
#define HECHT_PRIVACY_COMMENT_MESSAGE_H

#include "privacy/protocol.h"

enum {
    COMMENT_TEXT_MAXIMUM = 1500, /* bytes */
    COMMENT_BODY_BYTES = 2 + COMMENT_TEXT_MAXIMUM,
    COMMENT_MESSAGE_BYTES = 16 + 32 + 32,
    PREPARED_COMMENT_BYTES = 32 + COMMENT_MESSAGE_BYTES,
    COMMENT_RECORD_BYTES = 8 + COMMENT_BODY_BYTES, /* version and body, as they are sealed */
};

void comment_message(const uint8_t rid[static 32], const uint8_t opk[static 65],
                     uint8_t ret_message[static COMMENT_MESSAGE_BYTES]);
bool comment_message_matches(struct slice prepared, const uint8_t rid[static 32],
                             const uint8_t opk[static 65]);

/* Blanks around the text go. ERROR_INPUT, reason "comment-text", when it is too long or no clean text. */
enum error_code comment_body_write(struct slice text, struct region *region, struct error *error,
                                   struct slice *ret_body) MUST_CHECK;
/* The strict inverse; the text points into body. */
enum error_code comment_body_read(struct slice body, struct error *error, struct slice *ret_text) MUST_CHECK;

enum error_code comment_signed_text(const uint8_t rid[static 32], int64_t version, struct slice body,
                                    struct region *region, struct error *error,
                                    struct slice *ret_text) MUST_CHECK;
enum error_code comment_receipt_text(const uint8_t rid[static 32], const uint8_t comment_id[static 32],
                                     int64_t version, struct slice body, struct region *region,
                                     struct error *error, struct slice *ret_text) MUST_CHECK;

enum error_code comment_record_write(int64_t version, struct slice body, struct region *region,
                                     struct error *error, struct slice *ret_record) MUST_CHECK;
enum error_code comment_record_read(struct slice record, struct error *error, int64_t *ret_version,
                                    struct slice *ret_body) MUST_CHECK;

#endif
