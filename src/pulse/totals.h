/* Which answers are in the totals of units and organisation: rules only, nothing is read or written, so that a test can try
 * them on thousands of organisations. Inside pulse only. */
#ifndef HECHT_PULSE_TOTALS_H
#define HECHT_PULSE_TOTALS_H

#include "pulse/closing.h"

/* One team in the totals: shown ones as they were kept (also from an earlier closing of this round), hidden
 * ones as they are in memory for the last time. */
struct total_team {
    int64_t team, unit, leader;
    struct tally *tally;
    bool kept; /* k answers or more: figures, words or counts of it are known */
    bool shown[CLOSE_MEASURES_MAXIMUM];
    int32_t
        placed[CLOSE_MEASURES_MAXIMUM]; /* the total in whose residual its answers are; below 0: in none */
};

struct totals {
    struct unit *units;
    size_t unit_count;
    struct total_team *teams;
    size_t team_count;
    struct disclosure_node *nodes; /* 0: organisation, then units, then teams */
    size_t node_count;
    bool *written; /* per node: its result_group row exists */
    /* Per total, for the measure in hand: all that it releases, and the hidden groups' part of it. */
    struct tally **sums, **residuals;
    bool *shown;         /* per total, for the measure in hand: it is written */
    bool *stands;        /* per total: its residual may take teams whose figure is withheld */
    bool *skipped;       /* per total: its residual has withheld teams in which some skipped a question */
    bool *mixed;         /* per total: its residual stays out */
    int32_t *then, *now; /* per total: where the teams of its residual are in another measure */
};

/* units and teams are there: makes the tree and room for its sums. Of the closing, plan, region and error are used. */
enum error_code totals_prepare(const struct closing *closing, struct totals *totals) MUST_CHECK;
/* Fills sums, residuals and shown for one measure; the measures in their order, since later ones follow earlier ones. decisions: room for one a node. */
enum error_code totals_of_measure(const struct closing *closing, struct totals *totals, size_t measure,
                                  struct disclosure_decision *decisions) MUST_CHECK;

#endif
