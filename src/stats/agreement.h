/* Agreement inside a team, against what answers without any agreement would give. Everything of a scale is
 * an average over its items, so an item of a team is first brought to its spread, from counts per option
 * or from values. Reversing items changes nothing here. Groups of one have no agreement: NAN. */
#ifndef HECHT_STATS_AGREEMENT_H
#define HECHT_STATS_AGREEMENT_H

#include "base/base.h"

#define AGREEMENT_USUAL 0.70 /* a habit, not a test */

/* Variance of answers spread evenly over A options, (A^2 - 1) / 12; James, Demaree & Wolf, J. Appl.
 * Psychol. 69 (1984) 85. options = high - low + 1. NAN when options is not above 1. */
double null_variance_uniform(double options);
/* With a slight skew, as people answer; LeBreton & Senter, Organizational Research Methods 11 (2008) 815:
 * known for 5 options (1.34), NAN otherwise. */
double null_variance_slight_skew(double options);

/* 1 - variance / null: below 0 people differ more than by chance, two camps. Capped at 0 it is r_wg. */
double rwg_raw(double variance, double null_variance);
double rwg_capped(double raw);
/* J (1 - q) / (J (1 - q) + q), q = mean item variance / null, at most 1; James et al. 1984. Grows with the
 * number of items J. */
double rwg_j(double mean_item_variance, size_t items, double null_variance);

/* One item (or score) in one team. */
struct spread {
    int64_t n;
    double mean, variance;     /* divisor n - 1; NAN for n < 2, as are the next four */
    double ad_mean, ad_median; /* mean absolute deviation; Burke, Finkelstein & Dusig, ORM 2 (1999) 49 */
    /* Brown & Hauenstein, ORM 8 (2005) 165; NAN when the mean is so near an end that the largest variance
     * is not reachable with whole answers: the item does not count. */
    double awg;
};

/* counts per option, the lowest first, whose value is low; exact up to 10^8 answers of up to 256 options.
 * O(options). */
struct spread spread_of_counts(const int64_t *counts, size_t options, int64_t low);
/* The same to the bit for all items of a team at once, several times as fast: all have the same n answers,
 * at most SPREADS_ANSWERS_MAXIMUM. counts: of option o of item i at o * items + i; items <=
 * SPREADS_ITEMS_MAXIMUM. */
enum { SPREADS_ANSWERS_MAXIMUM = 1 << 20, SPREADS_ITEMS_MAXIMUM = 128, SPREADS_OPTIONS_MAXIMUM = 16 };
void spreads_of_counts(const int32_t *counts, size_t items, size_t options, int64_t n, int64_t low,
                       struct spread *ret_spreads);
/* values rising; low and high of the scale, NAN: unknown, then awg is NAN. O(n). */
struct spread spread_of_values(const double *values, size_t n, double low, double high);

/* A scale in one team. */
struct team_agreement {
    int64_t n;
    double mean_item_var;
    double rwg_j, rwg_j_skew; /* capped at 0 */
    /* 1 - q, not capped: below 0 two camps; Lindell, Brandt & Whitney, ORM 2 (1999) 237 */
    double rwg_j_lindell_star;
    double ad_mj, ad_mdj;
    double a_wg_j; /* over the items that count */
};
/* low, high: NAN when the scale has no range; then only variance and deviations are there. */
struct team_agreement team_agreement_of(const struct spread *spreads, size_t items, double low, double high);

/* Of the finite ones among values over teams; values are put into another order. n 0: all NAN. O(count). */
struct distribution_summary {
    int64_t n;
    double mean, median, minimum, maximum;
    double share_usual; /* at least AGREEMENT_USUAL */
};
struct distribution_summary summary_of(double *values, size_t count);

#endif
