/* What may be kept of a round when it closes: the disclosure rules applied to answers, and the figures
 * written. The same code serves real rounds and imported files. Uses: org, people.
 *
 * Runs inside the closing transaction. Answers are only in memory; what is written is of shown groups only
 * (docs/privacy.md). A "measure" is what gets one figure: a line (the anchors of a construct), a whole scale
 * of a full form, an outcome, or a construct of an imported file. */
#ifndef HECHT_PULSE_CLOSE_H
#define HECHT_PULSE_CLOSE_H

#include "people/people.h"
#include "privacy/disclosure.h"
#include "pulse/instrument.h"

enum {
    CLOSE_ITEMS_MAXIMUM = 64,
    CLOSE_MEASURES_MAXIMUM = 64,
    CLOSE_OPTIONS_MAXIMUM = 101,
    CLOSE_CROSS_PARTS = 20,
    CLOSE_POOLED_TEAMS_MINIMUM = 10,
    CLOSE_LEADERS_MINIMUM = 5,
    CLOSE_SCORE_SCALE = 27720, /* divisible by 1..12: partly answered scales stay exact integers */
    CLOSE_PARTLY_ITEMS_MAXIMUM = 12,
};
#define CLOSE_NO_ANSWER INT16_MIN

struct close_item {
    struct slice id;
    struct slice construct; /* for showing and grouping; empty: kept as counts only (the promise question) */
    int low, high;
    bool reversed;
};

struct close_measure {
    struct slice id;
    size_t items[CLOSE_ITEMS_MAXIMUM]; /* indexes into the items */
    size_t item_count;
    size_t answered_minimum; /* of a person, for a score */
    bool about_leader;       /* seen by that leader and team only; elsewhere over 5 leaders or more */
};

struct close_plan {
    struct close_item items[CLOSE_ITEMS_MAXIMUM];
    size_t item_count;
    struct close_measure measures[CLOSE_MEASURES_MAXIMUM];
    size_t measure_count;
    int64_t k;
};

struct close_team {
    int64_t team;
    int64_t unit;   /* 0: directly under the organisation */
    int64_t leader; /* 0: none */
    const int16_t
        *values; /* answers x item_count, CLOSE_NO_ANSWER where there is none; a reversed item as answered */
    size_t answers;
    bool asked[CLOSE_ITEMS_MAXIMUM];
};

/* Of a real round; the promise question is the last item. */
void close_plan_make(struct close_plan *plan, const struct instrument *instrument, int64_t round_number,
                     bool full, struct region *region);

/* Writes the figures of the teams that close now. final: these are the last of the round; then the totals of
 * units and organisation are made, with the answers of too small teams in their residuals where those are
 * large enough. May be repeated (a retried transaction). random chooses the groups of the jackknife. */
enum error_code close_write(struct store_session *session, int64_t org, int64_t round_number,
                            const struct close_plan *plan, const struct close_team *teams, size_t team_count,
                            bool final, struct region *region, struct error *error) MUST_CHECK;

#endif
