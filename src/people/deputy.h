/* Who stands in for the leader of a team while that one is away: one person, named by the leader or an owner, until a day or
 * until it is ended. A deputy sees the team's result but for the line about the leader, looks after the list of people, and
 * makes the promise after a talk, which stands there as a deputy's. Nobody is asked about a deputy, and a deputy reads no
 * comments as one. A member who stands in goes on answering, so nobody's list changes. It ends by hand, by its day, when the
 * leader changes, or when a member leaves the team. Beginning and end stand in the record of roles. Uses: people, seat. */
#ifndef HECHT_PEOPLE_DEPUTY_H
#define HECHT_PEOPLE_DEPUTY_H

#include "people/people.h"

enum { DEPUTIES_MAXIMUM = 4 /* of a joint group: one of each team */, DEPUTY_DAYS_MAXIMUM = 366 };

struct deputy {
    struct person person;
    int64_t since, until; /* seconds; until 0: until it is ended */
};

/* Of a team: none or one; of a joint group: those of its teams. */
enum error_code deputy_list(struct store_session *session, int64_t org, int64_t team, int64_t now,
                            struct region *region, struct error *error,
                            struct deputy ret_deputies[static DEPUTIES_MAXIMUM],
                            size_t *ret_count) MUST_CHECK;
/* Does this person stand in, in this team or in one of those of this joint group? */
enum error_code deputy_is(struct store_session *session, int64_t org, int64_t team, int64_t person,
                          int64_t now, struct error *error, bool *ret_is) MUST_CHECK;

/* ---- Changing: inside a write ------------------------------------------------------------------------ */

/* Takes the place of the one who stood in. until 0: until it is ended. ERROR_CONFLICT, reasons "deputy-leads" (this very team),
 * "deputy-stands-apart" (holds a seat), "joint-no-list"; ERROR_INPUT, "deputy-until" (not between now and a year ahead). */
enum error_code deputy_name(struct store_session *session, int64_t org, int64_t team, int64_t person,
                            int64_t until, int64_t by, int64_t now, struct error *error) MUST_CHECK;
/* Nobody stands in any more; without one nothing happens. by 0: not a person. */
enum error_code deputy_end(struct store_session *session, int64_t org, int64_t team, int64_t by, int64_t now,
                           struct error *error) MUST_CHECK;
/* The same, if it is this person. */
enum error_code deputy_end_with(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                int64_t now, struct error *error) MUST_CHECK;
/* Of all organisations, those whose day is over. */
enum error_code deputy_end_over(struct store_session *session, int64_t now, struct error *error) MUST_CHECK;

#endif
