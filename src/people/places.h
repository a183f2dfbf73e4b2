/* Where a person belongs: what the menu shows and where "/" leads. Uses: people. */
#ifndef HECHT_PEOPLE_PLACES_H
#define HECHT_PEOPLE_PLACES_H

#include "people/seat.h"

struct place {
    struct team team;
    bool leads;
    bool deputy;     /* stands in, and has no other role there */
    bool may_answer; /* a round is open and this person has not fetched its form */
};

struct places {
    enum org_role role;
    struct place *teams; /* led ones first, then those one stands in for, each group by name */
    size_t count;
    bool seats[SEATS]; /* held */
    bool asks;         /* to join a team (join.h) */
};

enum error_code places_load(const struct application *application, struct store_session *session, int64_t org,
                            int64_t person, struct region *region, struct error *error,
                            struct places *ret_places) MUST_CHECK;
/* A path of this server, in the region. Leader: the first team's page; a member with questions to answer:
 * those; otherwise the first team; then the organisation; then the page of a role; somebody without any role sees what came of a question to
 * join, or what is kept about them. */
struct slice places_home(const struct places *places, struct region *region);
/* The page of a role. */
struct slice seat_path(enum seat seat);
/* Is a round open, and until when at this moment? Changes to the people then count from the next one on. */
enum error_code places_round_open(struct store_session *session, int64_t org, int64_t now,
                                  struct error *error, bool *ret_open, int64_t *ret_closes_at) MUST_CHECK;

#endif
