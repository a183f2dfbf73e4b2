/* The second half of `analyse teams`: what all threads gathered, group by group. */
#ifndef HECHT_ANALYSE_TEAMS_GROUPS_H
#define HECHT_ANALYSE_TEAMS_GROUPS_H

#include "analyse/teams_gather.h"

/* Groups of all threads in the order of the result. */
struct teams_groups {
    size_t count;
    uint32_t *group_of[TABLE_THREADS_MAXIMUM]; /* a thread's number of a group -> its place in the result */
    uint32_t *local_of[TABLE_THREADS_MAXIMUM]; /* and back; GROUP_NONE: the thread did not meet it */
};

/* Names and maps are in the region. */
enum error_code teams_groups_make(const struct teams_gather *gather, struct region *region,
                                  struct error *error, struct teams_groups *ret_groups,
                                  struct slice **ret_names) MUST_CHECK;

/* Agreement and score of scale s of the result. */
enum error_code teams_agreement_find(const struct teams_gather *gather, const struct teams_groups *groups,
                                     size_t s, struct region *region, struct error *error,
                                     struct teams_agreement *ret_agreement) MUST_CHECK;
enum error_code teams_score_find(const struct teams_gather *gather, const struct teams_groups *groups,
                                 size_t s, struct region *region, struct error *error,
                                 struct teams_score *ret_score) MUST_CHECK;

#endif
