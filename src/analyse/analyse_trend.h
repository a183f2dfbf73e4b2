/* A level over time: local level model of one series, verdicts on its changes, what an event did to it. */
#ifndef HECHT_ANALYSE_ANALYSE_TREND_H
#define HECHT_ANALYSE_ANALYSE_TREND_H

#include "analyse/report.h"
#include "stats/interrupted.h"
#include "stats/trend_cautious.h"
#include "table/table.h"

struct analyse_trend_options {
    const char *file; /* for messages */
    bool skip_bad;
    struct slice time;              /* column */
    struct slice value;             /* either this column, the noise estimated from the series ... */
    struct slice n, mean, variance; /* ... or these: answers, their mean and their variance (divisor n - 1) */
    double q;                       /* given, per unit of time, >= 0; NAN: estimated */
    int64_t lag;                    /* >= 1: how many rows back the last one is compared with */
    bool has_event;
    double event;
};

/* A change between two rows, counted from 1. */
struct analyse_trend_change {
    int64_t from, to;
    struct trend_change change;
    const char *reason; /* why there is none; NULL: there is one */
};

/* What one pair of variances makes of the series. */
struct analyse_trend_level {
    enum message why; /* there is none; MESSAGE_NONE: there is one */
    double factor, q; /* noise of row i: factor * points[i].variance */
    double log_likelihood;
    struct trend_filtered *filtered; /* one per row */
    struct trend_state *smoothed;    /* one per row */
    struct analyse_trend_change since_lag, since_first;
};

struct analyse_trend_event {
    enum message why; /* there is none; MESSAGE_NONE: there is one */
    struct trend_cautious variances;
    struct interrupted result;
    struct interrupted_level *levels; /* one per row */
    int64_t back_row;                 /* first row whose level is back with P >= .95, from 1; 0: none */
};

struct analyse_trend {
    struct analyse_trend_options options;
    size_t rows, values; /* values: rows that are no gap */
    bool noise_known;
    double pooled_variance;                 /* of the answers of a row; NAN when the noise is not known */
    struct trend_point *points;             /* one per row; variance is 1 when the noise is estimated */
    struct analyse_trend_level most_likely; /* q as estimated or given */
    struct analyse_trend_level cautious;    /* behind the verdicts */
    enum trend_q_source source;             /* of the cautious q */
    struct analyse_trend_event event;       /* with options.has_event */
    struct table_counts counts;
};

/* Reads the table. Everything is in the region. Too little data is no failure but a reason in the result. */
enum error_code analyse_trend(struct table *table, const struct analyse_trend_options *options,
                              struct region *region, struct error *error,
                              struct analyse_trend *ret_result) MUST_CHECK;
void analyse_trend_json(const void *result, struct json_writer *json);
void analyse_trend_report(const void *result, struct report *report);
/* The last section: what happened at the event. */
void analyse_trend_event_report(const struct analyse_trend *trend, struct report *report);

#endif
