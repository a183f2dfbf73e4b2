/* Which part of a line stands out in a full round (SCIENCE 4). Inside insight only. */
#ifndef HECHT_INSIGHT_FACETS_H
#define HECHT_INSIGHT_FACETS_H

#include "insight/insight.h"
#include "stats/group_sums.h"

struct insight_facet {
    const struct instrument_facet *facet;
    double mean; /* of its item means, after reversal */
    double rest; /* of the other items of the same construct */
};

/* The facets of a team's round that differ from the rest of their construct by more than their uncertainty,
 * the furthest first; one that was named no longer counts among the rest of the next. *ret_compared says how
 * many were looked at; 0: the round was no full one. Only shown questions count, and only facets with two or
 * more. */
enum error_code insight_facets_load(struct store_session *session, int64_t org, int64_t team,
                                    int64_t round_number, bool with_leader, struct region *region,
                                    struct error *error, struct insight_facet **ret_facets, size_t *ret_count,
                                    size_t *ret_compared) MUST_CHECK;

#endif
