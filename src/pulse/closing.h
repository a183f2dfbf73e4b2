/* The parts of a closing: teams (close.c), what teams say together (close_pool.c), cross-products
 * totals (close_totals.c). Inside pulse only. */
#ifndef HECHT_PULSE_CLOSING_H
#define HECHT_PULSE_CLOSING_H

#include "pulse/tally.h"
#include "stats/group_sums.h"

struct closing {
    struct store_session *session;
    int64_t org, round_number;
    const struct close_plan *plan;
    struct region *region;
    struct error *error;
};

enum error_code closing_write_group(const struct closing *closing, struct slice kind, int64_t group,
                                    int64_t answers, int64_t leaders) MUST_CHECK;
enum error_code closing_write_construct(const struct closing *closing, struct slice kind, int64_t group,
                                        size_t measure, const struct tally *tally,
                                        enum disclosure_reason reason) MUST_CHECK;
/* Raises the spread of each team to what is told of it at least, before anything is computed from several. questions: of the
 * measure, in which a score has its steps. */
void closing_tell_spread(struct group_sums *sums, size_t count, size_t questions);
/* Pooled variance, random-intercept model and noise of the trend, from all shown teams of the round so far
 * and their shown history. */
enum error_code closing_write_pool(const struct closing *closing, size_t measure) MUST_CHECK;
enum error_code closing_write_totals(const struct closing *closing, const struct close_team *teams,
                                     struct tally *const *tallies, size_t team_count) MUST_CHECK;

#endif
