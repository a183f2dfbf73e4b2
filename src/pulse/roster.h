/* The list of members of a round, as every member may check it: D holds how many there are and the root of a tree of leaves
 * (privacy/protocol.h, roster_leaf); a member gets all leaves, and what opens the own one. The others stay hashes. Uses: round. */
#ifndef HECHT_PULSE_ROSTER_H
#define HECHT_PULSE_ROSTER_H

#include "pulse/round.h"

struct roster_opening {
    uint8_t salt[32];           /* of the own leaf */
    struct merkle_hash *leaves; /* ascending, so that their order tells nothing */
    size_t count;
};

/* For a member of the round. ERROR_NOT_FOUND "round-unknown", ERROR_DENIED "not-in-roster". */
enum error_code roster_open(struct store_session *session, int64_t org, int64_t person,
                            const uint8_t rid[static 32], struct region *region, struct error *error,
                            struct roster_opening *ret_opening) MUST_CHECK;
/* {"salt": b64, "leaves": [b64, ...]} */
void roster_to_json(const struct roster_opening *opening, struct json_writer *json);

/* The client's side: the list has as many different leaves as D says, D's root, and this person's leaf. ERROR_CRYPTO
 * "roster-false", with what is wrong in the detail. */
enum error_code roster_check(struct slice json, const struct descriptor *descriptor, int64_t person,
                             struct region *region, struct error *error) MUST_CHECK;

#endif
