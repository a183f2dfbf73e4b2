/* Witnesses of an organisation's logs: whoever runs `hecht witness` signs the checkpoint of each team's log, after having
 * checked that it goes on where the one seen last ended. With such a line nobody can be shown another history, unless the
 * witness takes part. Uses: org. */
#ifndef HECHT_PULSE_WITNESS_H
#define HECHT_PULSE_WITNESS_H

#include "org/org.h"
#include "privacy/note.h"

enum { WITNESSES_MAXIMUM = 8, WITNESS_NAME_MAXIMUM = 60, WITNESS_KEY_TEXT_MAXIMUM = 200 };

struct witness {
    struct slice name;
    uint8_t public_key[LOG_PUBLIC_BYTES];
    struct slice added_by; /* name of the person */
    int64_t added_at;
    int64_t signed_at; /* its newest signature on any log; 0: none */
};

/* The verifier key of C2SP signed-note: NAME+KEYID+BASE64(04 || public key). */
struct slice witness_key_write(struct slice name, const uint8_t public_key[static 32], struct region *region);
/* ERROR_INPUT, reason "witness-key". ret_name points into text. */
enum error_code witness_key_read(struct slice text, struct error *error, struct slice *ret_name,
                                 uint8_t ret_public_key[static 32]) MUST_CHECK;

/* Whether the checkpoint (a signed note) bears a good line of this witness, and of which moment. */
bool witness_has_signed(struct slice checkpoint, struct slice name, const uint8_t public_key[static 32],
                        struct region *region, int64_t *ret_time);

/* Inside a write. ERROR_CONFLICT "witness-there" when the name is taken, ERROR_LIMIT "witness-many". */
enum error_code witness_add(struct store_session *session, int64_t org, int64_t person, struct slice key_text,
                            int64_t now, struct error *error) MUST_CHECK;
/* In the order of their names. */
enum error_code witness_list(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct witness *witnesses, size_t *ret_count) MUST_CHECK;

/* What a witness needs of the logs of organisations that have one: checkpoints and hashes, no entries. At most
 * WITNESS_LOGS_AT_ONCE of them, in the order of their teams, those behind `after` (0: from the first).
 *     {"logs": [{"team": "ID", "log_key": b64, "checkpoint": "...", "leaves": [b64, ...]}, ...]} */
enum { WITNESS_LOGS_AT_ONCE = 100 };
enum error_code witness_logs_json(struct store_session *session, int64_t after, struct region *region,
                                  struct error *error, struct json_writer *json) MUST_CHECK;
/* Keeps a signature line for the newest checkpoint of a team's log. ERROR_NOT_FOUND "witness-unknown" (no such log, or no
 * such witness of it), ERROR_CRYPTO "witness-line" (not a signature of it on this checkpoint, or of another day). */
enum error_code witness_sign(struct application *application, struct store_session *session, int64_t team,
                             struct slice line, struct region *region, struct error *error) MUST_CHECK;
/* The checkpoint with the lines of all witnesses who signed a log of this length. */
enum error_code witness_lines_add(struct store_session *session, int64_t org, int64_t team, int64_t entries,
                                  struct region *region, struct error *error,
                                  struct slice *checkpoint) MUST_CHECK;

#endif
