/* How groups differ beyond chance, and what a group's mean is worth: y_ij = mu + u_j + e_ij. */
#ifndef HECHT_STATS_RANDOM_INTERCEPT_H
#define HECHT_STATS_RANDOM_INTERCEPT_H

#include "stats/group_sums.h"

/* Exact, in one dimension; reference: lme4, nlme. */
struct random_intercept {
    double mu, se_mu;
    double tau2;   /* between groups */
    double sigma2; /* within groups */
    double icc1;   /* tau2 / (tau2 + sigma2) */
    double log_likelihood;
    bool boundary;      /* tau2 = 0: no team differences detectable */
    double icc2_mean_n; /* reliability of the mean of a group of mean size: Spearman-Brown */
    double mean_lambda; /* mean over groups of n tau2 / (n tau2 + sigma2) */
};

/* By restricted maximum likelihood (REML, the one to use) and by maximum likelihood. At least 2 groups
 * with n > 0, N > J and some variance inside them: otherwise ERROR_INPUT with a reason of group_sums.h;
 * also "not-finite". O(count) with 60 kB of memory. */
enum error_code random_intercept_reml(const struct group_sums *groups, size_t count, struct error *error,
                                      struct random_intercept *ret_model) MUST_CHECK;
enum error_code random_intercept_ml(const struct group_sums *groups, size_t count, struct error *error,
                                    struct random_intercept *ret_model) MUST_CHECK;

struct pooled_mean {
    double lambda;          /* reliability */
    double blup;            /* lambda (own mean - mu): how far the group is from mu */
    double mean;            /* mu + blup: the own mean pulled towards mu */
    double se_conditional;  /* sqrt(tau2 (1 - lambda)) */
    double se_including_mu; /* with the uncertainty of mu: the one to use */
};
struct pooled_mean pooled_mean(const struct random_intercept *model, struct group_sums group);

#endif
