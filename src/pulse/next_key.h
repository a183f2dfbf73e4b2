/* The key of a team's next round: made while a round is open, fixed by that round's close, used by the next
 * opening. So a key is known before anybody knows who will ask for a signature, and openings make no keys.
 * Uses: org. */
#ifndef HECHT_PULSE_NEXT_KEY_H
#define HECHT_PULSE_NEXT_KEY_H

#include "org/org.h"

struct next_key {
    struct slice spki;
    struct slice private_key; /* PKCS#8 DER in the region: wipe it */
    int64_t committed_by;     /* index of a close entry in the team's log; -1: none */
};

/* Inside a write. Does nothing when the team has one. */
enum error_code next_key_keep(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, const struct blind_key *key, struct region *region,
                              struct error *error) MUST_CHECK;
/* Inside a write: takes the key away, to be used. */
enum error_code next_key_take(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, struct region *region, struct error *error, bool *ret_found,
                              struct next_key *ret_key) MUST_CHECK;
/* SHA-256 of the SubjectPublicKeyInfo. */
enum error_code next_key_hash(struct store_session *session, int64_t org, int64_t team, struct error *error,
                              bool *ret_found, uint8_t ret_hash[static 32]) MUST_CHECK;
/* Inside a write: the close entry at this place holds the hash. */
enum error_code next_key_commit(struct store_session *session, int64_t org, int64_t team, int64_t close_index,
                                struct error *error) MUST_CHECK;
/* By the job: orders keys for the teams with an open round that have no next one, and keeps those that are
 * ready. Without a pool nothing happens: then the close makes them. */
enum error_code next_keys_prepare(struct application *application, int64_t org, struct region *region,
                                  struct error *error) MUST_CHECK;

#endif
