/* What a client remembers of a team's log, so that it refuses another history next time. One line of text:
 * "hecht-seen-log-v1 LOG-KEY SIZE ROOT", hex and decimal. Uses: team_log. */
#ifndef HECHT_PULSE_LOG_SEEN_H
#define HECHT_PULSE_LOG_SEEN_H

#include "pulse/verify.h"

enum { LOG_SEEN_MAXIMUM = 256 };

struct log_seen {
    uint8_t public_key[LOG_PUBLIC_BYTES];
    uint64_t size;
    struct merkle_hash root; /* of the first `size` entries */
};

struct slice log_seen_write(const struct team_log *log, struct region *region);
/* False when it is no such text. */
bool log_seen_read(struct slice text, struct log_seen *ret_seen);

/* The log goes on where the one that was seen ended. Errors as below. */
enum error_code log_seen_compare(const struct team_log *log, const struct log_seen *seen,
                                 struct error *error) MUST_CHECK;

/* All that a client checks before it asks for a token: verify_log, and that the log goes on where the one
 * it saw last (seen, may be NULL) ended. ERROR_CRYPTO: "log-false" with the check that failed in the
 * detail, "log-key-other", "log-shorter", "log-changed". */
enum error_code log_seen_check(const struct team_log *log, const struct descriptor *descriptor,
                               const uint8_t rid[static 32], const struct log_seen *seen,
                               struct region *region, struct error *error) MUST_CHECK;

#endif
