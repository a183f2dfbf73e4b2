/* Which teams wait for an answer of a person. Supplied to `people` through struct application, because the
 * menu of every page shows it and people may not know rounds. Uses: round, answer. */
#ifndef HECHT_PULSE_WAITING_H
#define HECHT_PULSE_WAITING_H

#include "pulse/round.h"

/* Teams with an open round whose form this person has not fetched. Only ever told to that person. */
enum error_code pulse_teams_waiting(struct store_session *session, int64_t org, int64_t person,
                                    struct region *region, struct error *error, int64_t **ret_teams,
                                    size_t *ret_count) MUST_CHECK;

#endif
