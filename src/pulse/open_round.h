/* What every answer to one team's open round needs, read, parsed and unwrapped once: descriptor, public key, data key, log
 * key. Uses: round.
 *
 * Nothing in it is about a person or an answer. Whether the round is open is decided by the database in the write that
 * stores an answer, never here. Keys do not outlive their round: all entries go (and are wiped) when a round closes in
 * this process, and every JOB_PERIOD_SECONDS, for what other processes close; one goes when its time has come, when it
 * has to make room, and at the end of the program. */
#ifndef HECHT_PULSE_OPEN_ROUND_H
#define HECHT_PULSE_OPEN_ROUND_H

#include "privacy/blind.h"
#include "pulse/round.h"

struct open_round {
    int64_t org;
    uint8_t rid[32];
    bool logged;
    int64_t closes_at; /* as it was when it was read; an extension comes later */
    struct descriptor descriptor;
    struct blind_public_key *key;
    struct blind_public_key *comment_key; /* NULL: the round takes no comments */
    struct seal_key data_key;
    struct log_key *log_key;
    struct region *region; /* of the descriptor */
};

/* At most OPEN_ROUNDS_REMEMBERED of them, some 20 KiB each. */
enum { OPEN_ROUNDS_REMEMBERED = 128 };
struct cache *open_rounds_new(void);

/* The caller releases the entry, whose value is a const struct open_round. ERROR_NOT_FOUND "round-unknown", ERROR_GONE
 * "round-closed". */
enum error_code open_round_hold(struct application *application, struct store_session *session,
                                const uint8_t rid[32], struct error *error,
                                struct cache_entry **ret_entry) MUST_CHECK;
/* A round was closed, here or elsewhere. */
void open_rounds_forget(struct application *application);

static inline void open_round_cleanup(struct cache_entry **entry)
{
    cache_release(*entry);
}

#endif
