/* Scales and teams of a file: reliability of the scales, agreement inside teams, differences between
 * teams. */
#ifndef HECHT_ANALYSE_ANALYSE_TEAMS_H
#define HECHT_ANALYSE_ANALYSE_TEAMS_H

#include "analyse/report.h"
#include "stats/agreement.h"
#include "stats/anova.h"
#include "stats/item_sums.h"
#include "stats/one_factor.h"
#include "stats/random_intercept.h"
#include "stats/reliability.h"
#include "table/table.h"

enum { TEAMS_SCALES_MAXIMUM = 30 }; /* two sections of a report each */

/* ---- In --------------------------------------------------------------------------------------------- */

struct teams_scale_options {
    struct slice name;
    size_t items; /* 1 .. ITEM_SUMS_ITEMS_MAXIMUM */
    const size_t *columns;
    const bool *reversed; /* per item */
};

struct teams_options {
    const struct teams_scale_options *scales;
    size_t scale_count; /* 1 .. TEAMS_SCALES_MAXIMUM */
    bool has_group;
    size_t group_column;
    bool has_range; /* low < high; needed for reversed items */
    double low, high;
    bool answered;  /* a person's score: mean of the answered items; otherwise of complete rows only */
    bool per_group; /* the lists of teams go into the JSON */
    int threads;    /* as the table was opened with */
};

/* ---- Out: everything is in the region. NAN is a number that does not exist. ---------------------------- */

struct teams_agreement {
    int64_t n, groups;              /* complete rows with a group; groups of at least one */
    double options;                 /* A = high - low + 1; NAN without a range, as are the nulls */
    double null_uniform, null_skew; /* null_skew: NAN unless there are 5 options */
    struct team_agreement *teams;   /* per group of the result; n 0: has no complete row */
    struct distribution_summary rwg_j, rwg_j_skew, ad_mj;
    int64_t two_camps; /* groups below zero */
};

struct teams_score {
    struct group_sums *sums; /* per group of the result; n 0: has no score */
    double *ad_mean, *ad_median;
    double options, null_uniform; /* as in teams_agreement */
    struct anova anova;
    struct random_intercept reml, ml;
    const char *reml_reason, *ml_reason; /* NULL: the model is there; otherwise a reason of group_sums.h */
    struct distribution_summary rwg, ad;
};

struct teams_scale {
    const struct teams_scale_options *options;
    const struct slice *item_names;
    struct item_moments moments;
    struct reliability reliability;
    double pairwise_alpha;
    double *item_rest_r, *alpha_if_deleted;
    struct one_factor factor;
    const char *factor_reason;        /* NULL: the factor is there; otherwise a reason of one_factor.h */
    struct teams_agreement agreement; /* with a group and two items or more */
    struct teams_score score;         /* with a group */
};

struct teams_result {
    const struct teams_options *options;
    struct teams_scale scales[TEAMS_SCALES_MAXIMUM];
    struct slice *groups; /* names, in order */
    size_t group_count;
    struct table_counts counts;
};

/* Reads the table, once. options must stay as long as the result. Errors of table.h; ERROR_INPUT for
 * reversed items without a range. O(rows items^2); memory: per group 2 bytes an option of an item and
 * about 150 more, per row 4 (all values of a row where answers are decimals or the range is not known or
 * has more than 16 options). */
enum error_code analyse_teams(struct table *table, const struct teams_options *options, struct region *region,
                              struct error *error, const struct teams_result **ret_result) MUST_CHECK;

void analyse_teams_json(const void *result, struct json_writer *json);
void analyse_teams_report(const void *result, struct report *report);

#endif
