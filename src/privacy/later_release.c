#include "privacy/later_release.h"

#include <stdlib.h>

/* A joined set of groups of both rounds. Those of this round come first. */
struct joined {
    size_t parent;     /* itself: stands for its set */
    size_t next, last; /* the list of the set's groups, from the one that stands for it; SIZE_MAX: the end */
    int64_t apart;     /* people in one of its two unions only */
};

static int most_people_first(const void *a, const void *b)
{
    const struct release_overlap *one = a, *other = b;
    if (one->people != other->people)
        return one->people > other->people ? -1 : 1;
    if (one->now != other->now)
        return one->now < other->now ? -1 : 1;
    return (one->before > other->before) - (one->before < other->before);
}

static size_t find(struct joined *sets, size_t group)
{
    while (sets[group].parent != group) {
        sets[group].parent = sets[sets[group].parent].parent; /* half the way, for the next time */
        group = sets[group].parent;
    }
    return group;
}

static void join(struct joined *sets, size_t into, size_t other)
{
    sets[other].parent = into;
    sets[sets[into].last].next = other;
    sets[into].last = sets[other].last;
    sets[into].apart += sets[other].apart;
}

static void hold(const struct joined *sets, size_t first, size_t now_count, bool *held)
{
    for (size_t group = first; group != SIZE_MAX; group = sets[group].next)
        if (group < now_count)
            held[group] = true;
}

static void begin(const struct release_pair *pair, struct joined *sets)
{
    for (size_t i = 0; i < pair->now_count + pair->before_count; i++)
        sets[i] = (struct joined){
            .parent = i,
            .next = SIZE_MAX,
            .last = i,
            .apart = i < pair->now_count ? pair->now[i] : pair->before[i - pair->now_count],
        };
}

enum error_code later_release_check(const struct release_pair *pair, int64_t k, struct region *region,
                                    struct error *error, bool *ret_held)
{
    struct joined *sets = REGION_ARRAY(region, pair->now_count + pair->before_count, struct joined);
    if (sets == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < pair->overlap_count; i++)
        if (pair->overlaps[i].now >= pair->now_count || pair->overlaps[i].before >= pair->before_count)
            return FAIL(error, ERROR_INPUT, "unknown-group", "an overlap names no group");
    begin(pair, sets);
    if (pair->overlap_count > 0)
        qsort(pair->overlaps, pair->overlap_count, sizeof *pair->overlaps, most_people_first);
    for (size_t i = 0; i < pair->overlap_count; i++) {
        const struct release_overlap *overlap = &pair->overlaps[i];
        size_t now = find(sets, overlap->now), before = find(sets, pair->now_count + overlap->before);
        if (now != before)
            join(sets, now, before);
        sets[now].apart -= 2 * overlap->people;
        if (sets[now].apart > 0 && sets[now].apart < k)
            hold(sets, now, pair->now_count, ret_held);
    }
    return OK;
}
