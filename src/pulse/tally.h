/* Exact integer sums of the answers of one group; the tally of a union is the sum of the tallies. */
#ifndef HECHT_PULSE_TALLY_H
#define HECHT_PULSE_TALLY_H

#include "pulse/close.h"

struct tally_score {
    int64_t n, sum, sum_squares; /* of person scores times the measure's score scale */
    int64_t low;                 /* persons at or below the second lowest option */
};

/* People who would stand apart. Of the question with the same place in its measure, or of that number of questions. */
struct tally_apart {
    int64_t answered, scored; /* answered the question and have no score; have a score without it */
    int64_t complete;         /* have a score from exactly this many questions, less one */
};

struct tally {
    int64_t *counts[CLOSE_ITEMS_MAXIMUM]; /* per option, lowest first, as answered */
    struct tally_score scores[CLOSE_MEASURES_MAXIMUM];
    struct tally_apart
        *apart[CLOSE_MEASURES_MAXIMUM]; /* one for each question of the measure, in its order */
};

/* NULL without memory. */
struct tally *tally_new(const struct close_plan *plan, struct region *region);
void tally_clear(struct tally *tally, const struct close_plan *plan);
void tally_add_team(struct tally *tally, const struct close_plan *plan, const struct close_team *team);
/* Adds one measure (its items and its score) of another tally. Items of several measures are then counted
 * once per measure: use only for tallies that serve a single measure. */
void tally_add_measure(struct tally *tally, const struct close_plan *plan, const struct tally *other,
                       size_t measure);
int64_t tally_item_n(const struct tally *tally, const struct close_plan *plan, size_t item);
/* Mean of an item after reversal; NAN without answers. */
double tally_item_mean(const struct tally *tally, const struct close_plan *plan, size_t item);
/* Mean of the item means; NAN when an item has no answers. */
double tally_measure_mean(const struct tally *tally, const struct close_plan *plan, size_t measure);
int64_t measure_score_scale(const struct close_plan *plan, const struct close_measure *measure);
/* Where 1..k-1 people answered a question of the measure but have no score (or the reverse; counted as people, since as many
 * may stand apart on either side), or have a score from another number of questions than all others, the sums of questions and
 * of scores together would give their answers away. Then the score sums are replaced. */
void tally_protect_measure(struct tally *tally, const struct close_plan *plan, size_t measure);
/* By what follows from the questions alone: the mean of the item means, and as variance the mean of the item variances, which is
 * never too small. */
void tally_replace_scores(struct tally *tally, const struct close_plan *plan, size_t measure);
/* Somebody answered a part of its questions only. */
bool tally_some_skipped(const struct tally *tally, const struct close_plan *plan, size_t measure);
/* May the measure of this group be shown? Each of its questions and the scores must have k answers; scores
 * must not be homogeneous and low. */
enum disclosure_reason tally_measure_reason(const struct tally *tally, const struct close_plan *plan,
                                            size_t measure);

#endif
