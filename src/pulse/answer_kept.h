/* What a member's client keeps on its own device until the close, so that after a crash it sends the same again and
 * the answer can be changed: its secrets, never an answer. Text, one "name value" line each, in this order:
 *     hecht-kept-v1
 *     rid HEX
 *     until 2026-12-04T08:00:00Z    when the round is closed at the latest
 *     secret HEX                    private number of the one-time key, 32 bytes
 *     opk BASE64URL
 *     prepared BASE64URL
 *     inverse BASE64URL
 *     blinded BASE64URL
 *     version N                     of the answer that may have been sent last; 0: none
 * Uses: answer_client. */
#ifndef HECHT_PULSE_ANSWER_KEPT_H
#define HECHT_PULSE_ANSWER_KEPT_H

#include "pulse/answer_client.h"

enum { ANSWER_KEPT_MAXIMUM = 4096 };

/* A secret: the caller stores it in a private place. */
enum error_code answer_kept_write(const struct answer_client *client, int64_t version, struct region *region,
                                  struct error *error, struct slice *ret_text) MUST_CHECK;
/* The strict inverse: goes on with the same one-time key and the same blinded message. ERROR_CRYPTO
 * "kept-damaged" when the text is not what answer_kept_write made for this round. */
enum error_code answer_kept_resume(struct slice text, struct slice descriptor_bytes, const uint8_t rid[32],
                                   struct region *region, struct error *error,
                                   struct answer_client *ret_client, int64_t *ret_version) MUST_CHECK;
/* The moment of "until"; false when it is no such text. */
bool answer_kept_until(struct slice text, int64_t *ret_until);

#endif
