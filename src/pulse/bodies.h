/* The sealed answers of a closing round, opened in memory for the last time. Inside pulse only. */
#ifndef HECHT_PULSE_BODIES_H
#define HECHT_PULSE_BODIES_H

#include "pulse/round.h"

struct bodies {
    size_t count, item_count;
    struct answer_cell *cells;   /* count x item_count, in the order of the descriptor's items */
    struct answer_token *tokens; /* count; NULL for a round of before there were logs */
};

/* At most `maximum` answers, in the order of their ids, which are hashes; without those that were taken back. */
enum error_code bodies_open(struct store_session *session, const struct application *application,
                            const struct team_round *round, const struct descriptor *descriptor,
                            size_t maximum, struct region *region, struct error *error,
                            struct bodies *ret_bodies) MUST_CHECK;

#endif
