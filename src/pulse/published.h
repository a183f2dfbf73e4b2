/* What is published of a closed round, and who may fetch what. A record may be read by everybody who knows
 * the round's rid: its members and its leader; there is no list of those of real organisations, since they
 * hold what only this team and its leader see. Uses: org, team_log. */
#ifndef HECHT_PULSE_PUBLISHED_H
#define HECHT_PULSE_PUBLISHED_H

#include "pulse/round.h"

/* The record of docs/ledger.md, whole, appended to out. ERROR_NOT_FOUND, reason "record-not-yet",
 * "round-unknown" or "round-not-logged". */
enum error_code published_record(struct store_session *session, const uint8_t rid[static 32],
                                 struct region *region, struct error *error, struct buffer *out) MUST_CHECK;

/* What opens a member's own leaf of the issuance tree. */
struct issuance_opening {
    uint8_t salt[32];
    bool issued;
    uint8_t blinded_hash[32];
    struct slice device_signature; /* empty: none */
};
enum { ISSUANCE_OPEN_DAYS = 30 };
/* ERROR_NOT_FOUND, reason "record-not-yet", or "issuance-gone": not in the roster, or after
 * ISSUANCE_OPEN_DAYS. */
enum error_code published_issuance(struct store_session *session, int64_t org, int64_t person,
                                   const uint8_t rid[static 32], struct region *region, struct error *error,
                                   struct issuance_opening *ret_opening) MUST_CHECK;
/* The closed rounds whose leaf of this person can still be opened, the newest first. */
struct own_round {
    uint8_t rid[32];
    int64_t team, closed_at;
    struct slice team_name;
};
enum { OWN_ROUNDS_MAXIMUM = 50 };
enum error_code published_own_rounds(struct store_session *session, int64_t org, int64_t person,
                                     struct region *region, struct error *error,
                                     struct own_round **ret_rounds, size_t *ret_count) MUST_CHECK;
/* Inside a write, by the job: forgets who was issued, ISSUANCE_OPEN_DAYS after the close. */
enum error_code published_clean_up(struct store_session *session, int64_t now,
                                   struct error *error) MUST_CHECK;

/* The records of example organisations, newest first: their rids, 32 bytes each. */
enum { PUBLISHED_LIST_MAXIMUM = 1000 };
enum error_code published_examples(struct store_session *session, struct region *region, struct error *error,
                                   uint8_t (**ret_rids)[32], size_t *ret_count) MUST_CHECK;

#endif
