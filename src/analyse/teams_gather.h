/* One pass over a file for `analyse teams`: each thread of the reader fills accumulators of its own. */
#ifndef HECHT_ANALYSE_TEAMS_GATHER_H
#define HECHT_ANALYSE_TEAMS_GATHER_H

#include "analyse/analyse_teams.h"
#include "analyse/group_index.h"
#include "analyse/team_counts.h"
#include "analyse/team_values.h"

struct scale_plan {
    size_t items;
    const bool *reversed;
    size_t first_wanted; /* the first of its columns among the wanted ones */
    double turn;         /* low + high, for reversed items */
    bool integer_scores; /* turning an integer answer gives one that is not negative */
    bool counts;         /* agreement from counts per option, where answers are integers */
    uint8_t low;         /* the first option, then */
    size_t options;
};

/* What one thread has of one scale. */
struct scale_gather {
    struct item_sums *sums;
    struct team_counts counts;
    struct team_values values; /* rows of answers, complete */
    struct team_values scores;
};

struct block_run {
    uint32_t group;
    uint32_t from, count;
};

struct thread_gather {
    struct group_index index;
    struct scale_gather scales[TEAMS_SCALES_MAXIMUM];
    /* Work space of a block. */
    struct block_run runs[TABLE_BLOCK_ROWS];
    size_t run_count;
    uint8_t answered[TABLE_BLOCK_ROWS], incomplete[TABLE_BLOCK_ROWS];
    uint16_t sums[TABLE_BLOCK_ROWS];
    double score[TABLE_BLOCK_ROWS];
    double *numbers; /* most items x TABLE_BLOCK_ROWS; NULL until decimals come */
};

struct teams_gather {
    const struct teams_options *options;
    struct scale_plan plans[TEAMS_SCALES_MAXIMUM];
    struct table_wanted wanted[TABLE_WANTED_MAXIMUM];
    size_t wanted_count, group_wanted, most_items;
    struct thread_gather *threads[TABLE_THREADS_MAXIMUM];
};

/* Accumulators of sums are in the region, the rest is freed by teams_gather_free. */
enum error_code teams_gather_new(const struct teams_options *options, struct region *region,
                                 struct error *error, struct teams_gather **ret_gather) MUST_CHECK;
void teams_gather_free(struct teams_gather **gather); /* for CLEANUP */
/* The sink of table_read; context is the gather. */
enum error_code teams_gather_block(void *context, int thread, const struct table_block *block,
                                   struct error *error) MUST_CHECK;

#endif
