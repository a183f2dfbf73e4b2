#include "stats/panel_internal.h"

#include "stats/matrix.h"

#include <math.h>

/* For the n rows of a pattern, with mean m and covariance S (divisor n) in their k columns, d = m - mu, W =
 * Sigma^-1, M = S + d d' and C = W M W - W (Magnus & Neudecker, Matrix Differential Calculus, 1988, ch. 15):
 *
 *   log L    = - n/2 (k ln 2 pi + ln |Sigma| + tr(W M))
 *   slopes     n W d in mu, n/2 C in Sigma
 *   expected information     n W; n/2 tr(W A W B) for changes A, B of Sigma
 *   observed information     n W; n/2 tr(W A (W + 2 C) B); n a' W B W d for a change a of mu and B of Sigma
 *
 * Columns that were not seen have zeros everywhere. */
struct piece {
    size_t columns;
    double n;
    double inverse[SQUARE_MAXIMUM];    /* W */
    double residual[SQUARE_MAXIMUM];   /* C */
    double deviation[COLUMNS_MAXIMUM]; /* W d */
};

struct seen {
    size_t index[COLUMNS_MAXIMUM], count;
};

static struct seen seen_of(const struct pattern *pattern)
{
    struct seen seen = {.count = 0};
    for (size_t i = 0; i < pattern->moments.variables; i++)
        if (pattern->seen >> i & 1)
            seen.index[seen.count++] = i;
    return seen;
}

/* W of the seen columns, closely packed; NAN when Sigma is not positive definite there. */
static double invert_seen(const struct seen *seen, const double *covariance, size_t columns, double *inverse)
{
    for (size_t a = 0; a < seen->count; a++)
        for (size_t b = 0; b < seen->count; b++)
            inverse[a * seen->count + b] = covariance[seen->index[a] * columns + seen->index[b]];
    if (!matrix_cholesky(inverse, seen->count))
        return NAN;
    double log_determinant = matrix_log_determinant(inverse, seen->count);
    matrix_invert(inverse, seen->count);
    return log_determinant;
}

/* Returns the pattern's log likelihood. */
static double piece_of(const struct pattern *pattern, const double *mean, const double *covariance,
                       struct piece *piece)
{
    size_t columns = pattern->moments.variables;
    struct seen seen = seen_of(pattern);
    size_t k = seen.count;
    double w[SQUARE_MAXIMUM], m[SQUARE_MAXIMUM], wm[SQUARE_MAXIMUM], wmw[SQUARE_MAXIMUM], d[COLUMNS_MAXIMUM];
    double log_determinant = invert_seen(&seen, covariance, columns, w), trace = 0;
    if (isnan(log_determinant))
        return -INFINITY;
    *piece = (struct piece){.columns = columns, .n = (double)pattern->moments.n};
    for (size_t a = 0; a < k; a++)
        d[a] = pattern->moments.means[seen.index[a]] - mean[seen.index[a]];
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++)
            m[a * k + b] =
                cross_product(&pattern->moments, seen.index[a], seen.index[b]) / piece->n + d[a] * d[b];
    matrix_multiply(w, m, k, wm);
    matrix_multiply(wm, w, k, wmw);
    for (size_t a = 0; a < k; a++) {
        trace += wm[a * k + a];
        for (size_t b = 0; b < k; b++) {
            size_t at = seen.index[a] * columns + seen.index[b];
            piece->inverse[at] = w[a * k + b];
            piece->residual[at] = wmw[a * k + b] - w[a * k + b];
            piece->deviation[seen.index[a]] += w[a * k + b] * d[b];
        }
    }
    return -piece->n / 2 * ((double)k * log(2 * M_PI) + log_determinant + trace);
}

/* tr(X A Y B) with A and B the changes of one element of Sigma, (i, j) and (k, l), and of its mirror. */
static double form(const double *x, const double *y, size_t columns, const size_t *a, const size_t *b)
{
    size_t i = a[0] * columns, j = a[1] * columns, k = b[0], l = b[1];
    double sum = x[i + l] * y[j + k] + x[j + l] * y[i + k] + x[i + k] * y[j + l] + x[j + k] * y[i + l];
    return sum * (a[0] == a[1] ? 0.5 : 1) * (b[0] == b[1] ? 0.5 : 1);
}

/* Where the moments of Sigma stand. */
struct places {
    size_t at[CROSS_PRODUCTS_MAXIMUM][2], count;
};

static struct places places_of(size_t columns)
{
    struct places places = {.count = 0};
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j <= i; j++, places.count++) {
            places.at[places.count][0] = i;
            places.at[places.count][1] = j;
        }
    return places;
}

/* Adds a pattern's information; the lower triangle only. */
static void add_information(const struct piece *piece, enum information kind, const struct places *places,
                            double *information)
{
    size_t columns = piece->columns, moments = columns + places->count;
    double other[SQUARE_MAXIMUM];
    for (size_t at = 0; at < columns * columns; at++)
        other[at] = piece->inverse[at] + (kind == INFORMATION_OBSERVED ? 2 * piece->residual[at] : 0);
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j <= i; j++)
            information[i * moments + j] += piece->n * piece->inverse[i * columns + j];
    for (size_t p = 0; p < places->count; p++) {
        const size_t *a = places->at[p];
        double *row = information + (columns + p) * moments;
        for (size_t i = 0; i < columns && kind == INFORMATION_OBSERVED; i++)
            row[i] += piece->n * (a[0] == a[1] ? 0.5 : 1) *
                      (piece->inverse[i * columns + a[0]] * piece->deviation[a[1]] +
                       piece->inverse[i * columns + a[1]] * piece->deviation[a[0]]);
        for (size_t q = 0; q <= p; q++)
            row[columns + q] += piece->n / 2 * form(piece->inverse, other, columns, a, places->at[q]);
    }
}

static void mirror(double *square, size_t order)
{
    for (size_t i = 0; i < order; i++)
        for (size_t j = 0; j < i; j++)
            square[j * order + i] = square[i * order + j];
}

void likelihood_at(const struct panel_sample *sample, const double *mean, const double *covariance,
                   enum information kind, struct likelihood *ret_likelihood)
{
    struct places places = places_of(sample->columns);
    size_t columns = sample->columns, moments = columns + places.count;
    ret_likelihood->value = 0;
    memset(ret_likelihood->mean_slope, 0, columns * sizeof(double));
    memset(ret_likelihood->slope, 0, columns * columns * sizeof(double));
    if (kind != INFORMATION_NONE)
        memset(ret_likelihood->information, 0, moments * moments * sizeof(double));
    for (size_t p = 0; p < sample->pattern_count; p++) {
        struct piece piece;
        ret_likelihood->value += piece_of(&sample->patterns[p], mean, covariance, &piece);
        if (!isfinite(ret_likelihood->value)) {
            ret_likelihood->value = -INFINITY;
            return;
        }
        for (size_t i = 0; i < columns; i++)
            ret_likelihood->mean_slope[i] += piece.n * piece.deviation[i];
        for (size_t at = 0; at < columns * columns; at++)
            ret_likelihood->slope[at] += piece.n / 2 * piece.residual[at];
        if (kind != INFORMATION_NONE)
            add_information(&piece, kind, &places, ret_likelihood->information);
    }
    if (kind != INFORMATION_NONE)
        mirror(ret_likelihood->information, moments);
}
