/* The log of a team: every round is written into it before anybody may fetch a token, and every close.
 * Members see one and the same list, signed; that is what keeps the server from giving each of them
 * another key. Uses: org. Formats: privacy/log_entry.h, privacy/note.h, docs/ledger.md. */
#ifndef HECHT_PULSE_TEAM_LOG_H
#define HECHT_PULSE_TEAM_LOG_H

#include "org/org.h"
#include "privacy/log_entry.h"
#include "privacy/note.h"

/* The organisation's log key, unsealed for one transaction. */
struct log_signer {
    int64_t org;
    uint8_t public_key[LOG_PUBLIC_BYTES];
    uint8_t seed[LOG_SEED_BYTES];
};

enum error_code log_signer_open(const struct application *application, const struct org *org,
                                struct region *region, struct error *error,
                                struct log_signer *ret_signer) MUST_CHECK;
void log_signer_close(struct log_signer *signer); /* wipes; also for CLEANUP */

/* Inside a write: the entry and the checkpoint that holds it become durable together. ret_index: its
 * place. */
enum error_code team_log_append(struct store_session *session, const struct log_signer *signer, int64_t team,
                                const struct log_entry *entry, struct region *region, struct error *error,
                                int64_t *ret_index) MUST_CHECK;

/* What a round's reader needs of the log: all leaves, and the entries from the one that fixed the round's key
 * (from the first, when none did) to its opening or, when it is closed, its close. */
struct team_log {
    uint8_t public_key[LOG_PUBLIC_BYTES];
    struct slice checkpoint; /* signed note */
    struct merkle_hash *leaves;
    size_t leaf_count;
    int64_t first; /* index of entries[0] */
    struct slice *entries;
    size_t entry_count;
    int64_t opening, close; /* close: -1 while the round is open */
};

/* ERROR_NOT_FOUND, reason "round-unknown"; or "round-not-logged", for a round that was opened before there
 * was a log. */
enum error_code team_log_of_round(struct store_session *session, const uint8_t rid[static 32],
                                  struct region *region, struct error *error,
                                  struct team_log *ret_log) MUST_CHECK;
/* The JSON object of docs/ledger.md. */
void team_log_to_json(const struct team_log *log, struct json_writer *json);

#endif
