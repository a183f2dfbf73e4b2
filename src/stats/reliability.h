/* Reliability of a scale from the covariance matrix of its items (divisor n - 1, items x items by rows).
 * What cannot be computed is NAN. Reversed items must have been turned. */
#ifndef HECHT_STATS_RELIABILITY_H
#define HECHT_STATS_RELIABILITY_H

#include "base/base.h"

/* p / (p - 1) (1 - sum of variances / sum of all entries); Cronbach, Psychometrika 16 (1951) 297. NAN
 * below two items and when the sum score does not vary. May be negative. */
double cronbach_alpha(const double *covariance, size_t items);

struct reliability {
    double alpha;
    double alpha_standardized; /* of the correlations; NAN when an item does not vary */
    double mean_interitem_r;
    /* 95 % intervals [low, high], of independent people: */
    double feldt[2]; /* Feldt, Psychometrika 30 (1965) 357: F distribution; exact for parallel normal items */
    double bonett[2]; /* Bonett, J. Educ. Behav. Stat. 27 (2002) 335: normal on ln(1 - alpha); n > 2 */
    double duhachek_ase,
        duhachek[2]; /* Duhachek & Iacobucci, J. Appl. Psychol. 89 (2004) 792: no equal covariances */
    /* Guttman's lambda 6 from squared multiple correlations, on the correlations (G6(smc) of psych); NAN
     * when they cannot be inverted. */
    double guttman_lambda6;
    double sem_mean_score;   /* standard error of measurement of a person's mean score */
    double mdc95_mean_score; /* smallest difference between two scores of a person that passes it, 95 % */
};

/* n people, items >= 2. O(items^3). Work space comes from the region. */
enum error_code reliability_of(const double *covariance, size_t items, int64_t n, struct region *region,
                               struct error *error, struct reliability *ret_reliability) MUST_CHECK;

/* Per item: correlation with the sum of the others (NAN when one of the two does not vary; Nunnally 1978)
 * and the alpha of the others (NAN below two others). O(items^2), without a second look at the data. */
void item_rest(const double *covariance, size_t items, double *ret_item_rest_r, double *ret_alpha_if_deleted);

#endif
