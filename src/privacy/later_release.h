/* What was released before counts in what may be released now. Somebody who takes people to answer as they did before can set a
 * release against an earlier one: what is left over is said by those who came and those who went. Single means and sums tell such a
 * guesser no more than the round alone does, since those who stay change their minds as well (tests/pulse/test_guessing.c
 * measures it); how many chose each option tells more. So a team's cells open only where no 1 to k-1 people make the
 * difference to what was opened before. docs/privacy.md, rule 8. */
#ifndef HECHT_PRIVACY_LATER_RELEASE_H
#define HECHT_PRIVACY_LATER_RELEASE_H

#include "base/base.h"

/* For how long an opened group is set against later ones. A group that was not opened cannot be, so that one that keeps changing
 * opens again after this time. */
enum { LATER_RELEASE_DAYS = 84 };

/* How many people are in group `now` of this round and were in group `before` of an earlier one. */
struct release_overlap {
    size_t now, before;
    int64_t people; /* > 0; at most one entry a pair */
};

/* Both rounds with the number of members of each of their groups. */
struct release_pair {
    const int64_t *now, *before;
    size_t now_count, before_count;
    struct release_overlap *overlaps; /* put in order by the call: most people first */
    size_t overlap_count;
};

/* Sets ret_held[i] (not touched otherwise) of each group of this round that has to stay closed: its people, or those of it and of
 * others that share most with it (after a team was split, two were joined, or people were exchanged), are those of one or
 * several earlier groups but for 1 to k-1. Groups are joined by their overlaps, the largest first, and looked at each time, so what
 * is found is not every union of groups, but every pair, split and merger (tests/privacy/test_later_release.c).
 * O(overlaps log overlaps). ERROR_MEMORY; ERROR_INPUT for an overlap that names no group. */
enum error_code later_release_check(const struct release_pair *pair, int64_t k, struct region *region,
                                    struct error *error, bool *ret_held) MUST_CHECK;

#endif
