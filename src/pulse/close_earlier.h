/* Which teams' cells stay closed because of what earlier rounds opened (privacy/later_release.h). Part of the closing transaction,
 * before the records are written. Inside pulse only. */
#ifndef HECHT_PULSE_CLOSE_EARLIER_H
#define HECHT_PULSE_CLOSE_EARLIER_H

#include "privacy/later_release.h"
#include "store/store.h"

/* A team of this round that may open its cells: it closes now, or opened them already. */
struct opening_team {
    int64_t team, members;
    bool held; /* result */
};

struct opening_round {
    struct store_session *session;
    int64_t org, number, now, k;
    struct region *region;
    struct error *error;
};

/* Looks at every earlier round that closed within LATER_RELEASE_DAYS and opened cells. teams: in ascending order of team. */
enum error_code close_hold_cells(const struct opening_round *round, struct opening_team *teams,
                                 size_t count) MUST_CHECK;

#endif
