#include "stats/drivers_shares.h"

#include "stats/matrix.h"

#include <math.h>

/* LMG_i = sum over sets S without i of |S|! (p - |S| - 1)! / p! (R^2(S + i) - R^2(S)). Sorted by sets T,
 * with w(t) = t! (p - t - 1)! / p! and w(-1) = w(p) = 0:
 *
 *   LMG_i = sum over T with i of (w(t - 1) + w(t)) R^2(T)  -  sum over all T of w(t) R^2(T)
 *
 * The sets are the leaves of a binary tree: the node of order k takes or leaves out the last of the k
 * predictors that are still to be decided. Taking it is one elimination step on what remains of the
 * correlations, which stand so that the undecided ones are always the front of the triangle and leaving
 * out costs nothing. All 2^p sets together take about 2^p * 6 multiplications. */
struct subsets {
    double with[DRIVERS_MAXIMUM + 1];                         /* w(t - 1) + w(t) by t */
    double without[DRIVERS_MAXIMUM + 1];                      /* w(t) */
    double *shares;                                           /* the first sum, by predictor */
    double all;                                               /* the second sum */
    double rest[DRIVERS_MAXIMUM + 1][CROSS_PRODUCTS_MAXIMUM]; /* by order: what is left after taking */
};

/* The outcome and the predictors before number k, given predictor k as well. `from` is of order k + 1. */
static void take(const double *from, size_t k, double *to)
{
    const double *pivot_row = from + cross_index(k, 0);
    double pivot = pivot_row[k];
    for (size_t i = 0, at = 0; i < k; i++) {
        double factor = pivot_row[i] / pivot;
        for (size_t j = 0; j <= i; j++, at++)
            to[at] = from[at] - factor * pivot_row[j];
    }
}

/* Adds up the leaves below a node with k undecided predictors and t taken; returns their part of the
 * first sum. */
static double walk(struct subsets *subsets, const double *rest, size_t k, size_t t)
{
    if (k == 0) {
        double r2 = 1 - rest[0];
        subsets->all += subsets->without[t] * r2;
        return subsets->with[t] * r2;
    }
    const double *given = rest;
    if (rest[cross_index(k, k)] > COLLINEAR_TOLERANCE) {
        take(rest, k, subsets->rest[k - 1]);
        given = subsets->rest[k - 1];
    }
    double taken = walk(subsets, given, k - 1, t + 1);
    subsets->shares[k - 1] += taken;
    return taken + walk(subsets, rest, k - 1, t);
}

static double everything(const double *correlations, size_t p)
{
    double rest[2][CROSS_PRODUCTS_MAXIMUM];
    memcpy(rest[0], correlations, (p + 1) * (p + 2) / 2 * sizeof(double));
    size_t current = 0;
    for (size_t k = p; k > 0; k--)
        if (rest[current][cross_index(k, k)] > COLLINEAR_TOLERANCE) {
            take(rest[current], k, rest[1 - current]);
            current = 1 - current;
        }
    return 1 - rest[current][0];
}

void lmg_shares(const double *correlations, size_t p, double *ret_r2, double *ret_shares)
{
    struct subsets subsets = {.shares = ret_shares, .all = 0};
    double weight = 1 / (double)p; /* w(0); w(t) = w(t - 1) t / (p - t) */
    for (size_t t = 0; t < p; t++) {
        if (t > 0)
            weight *= (double)t / (double)(p - t);
        subsets.without[t] = weight;
        subsets.with[t] += weight;
        subsets.with[t + 1] = weight;
        ret_shares[t] = 0;
    }
    (void)walk(&subsets, correlations, p, 0);
    for (size_t i = 0; i < p; i++)
        ret_shares[i] -= subsets.all;
    *ret_r2 = everything(correlations, p);
}

/* With L the symmetric root of the predictors' correlations and b = L^-1 r: weight_i = sum_k L_ik^2
 * b_k^2. Directions in which the predictors do not vary have no part in it. */
enum error_code johnson_weights(const double *correlations, size_t p, struct error *error,
                                double *ret_weights)
{
    double within[DRIVERS_MAXIMUM * DRIVERS_MAXIMUM] = {0}, vectors[DRIVERS_MAXIMUM * DRIVERS_MAXIMUM];
    double values[DRIVERS_MAXIMUM], along[DRIVERS_MAXIMUM];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            within[i * p + j] = correlations[cross_index(i + 1, j + 1)];
    TRY(matrix_eigen(within, p, error, values, vectors));
    for (size_t v = 0; v < p; v++) { /* D^(-1/2) V' r */
        double sum = 0;
        for (size_t i = 0; i < p; i++)
            sum += vectors[i * p + v] * correlations[cross_index(i + 1, 0)];
        along[v] = values[v] > COLLINEAR_TOLERANCE ? sum / sqrt(values[v]) : 0;
        values[v] = values[v] > COLLINEAR_TOLERANCE ? sqrt(values[v]) : 0;
    }
    for (size_t i = 0; i < p; i++) {
        ret_weights[i] = 0;
        for (size_t k = 0; k < p; k++) {
            double root = 0, slope = 0;
            for (size_t v = 0; v < p; v++) {
                root += vectors[i * p + v] * values[v] * vectors[k * p + v];
                slope += vectors[k * p + v] * along[v];
            }
            ret_weights[i] += root * root * slope * slope;
        }
    }
    return OK;
}

int correlations_of(const double *products, size_t variables, const double *floors, double *ret_correlations,
                    size_t *ret_active)
{
    size_t from[CROSS_VARIABLES_MAXIMUM] = {variables - 1}, count = 1;
    if (!(products[cross_index(from[0], from[0])] > floors[from[0]]))
        return -1;
    for (size_t i = 0; i + 1 < variables; i++)
        if (products[cross_index(i, i)] > floors[i]) {
            ret_active[count - 1] = i;
            from[count++] = i;
        }
    for (size_t i = 0, at = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++, at++) {
            size_t a = from[i] > from[j] ? from[i] : from[j], b = from[i] > from[j] ? from[j] : from[i];
            double scale = sqrt(products[cross_index(a, a)]) * sqrt(products[cross_index(b, b)]);
            ret_correlations[at] = i == j ? 1 : products[cross_index(a, b)] / scale;
        }
    return (int)count - 1;
}
