/* Guess first: before a round closes, the leader guesses the team's answer to each anchor, on the same
 * options; then it is locked. At the opening of the result the guesses stand there first. Uses: org, round.
 */
#ifndef HECHT_PULSE_GUESS_H
#define HECHT_PULSE_GUESS_H

#include "pulse/round.h"

struct guess {
    struct slice item;
    int value; /* 1..options; 0 when saved: none, also when there was one */
};
enum { GUESSES_MAXIMUM = 8 };

/* Inside a write: stores or changes guesses for anchors of the open part. ERROR_GONE, reason "round-closed",
 * once the part is closed; ERROR_INPUT, reason "guess-wrong", for another item or value. */
enum error_code guess_save(struct store_session *session, struct application *application,
                           const struct team_round *team_round, const struct guess *guesses, size_t count,
                           struct error *error) MUST_CHECK;
/* In the order of the anchors. */
enum error_code guess_list(struct store_session *session, int64_t org, int64_t team, int64_t round_number,
                           struct region *region, struct error *error, struct guess **ret_guesses,
                           size_t *ret_count) MUST_CHECK;
/* Inside a write: from now on the team sees the guesses of this round. */
enum error_code guess_show(struct store_session *session, int64_t org, int64_t team, int64_t round_number,
                           struct error *error) MUST_CHECK;

#endif
