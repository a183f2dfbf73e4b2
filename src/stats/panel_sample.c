#include "stats/panel_internal.h"

#include "stats/matrix.h"

#include <math.h>

/* A column of which less than this part of the variance is left, given the others, follows from them. */
static const double singular = 1e-10;

enum { MASKS = 1 << COLUMNS_MAXIMUM };

static bool counts(const struct panel_sample *sample, const double *row)
{
    size_t seen = 0;
    for (size_t i = 0; i < sample->columns; i++)
        seen += isnan(row[i]) ? 0 : 1;
    return sample->casewise ? seen > 0 : seen == sample->columns;
}

/* Own moments of each column from the rows that count. */
static enum error_code read_columns(const double *values, size_t rows, struct error *error,
                                    struct panel_sample *sample, struct cross_moments *ret_single)
{
    size_t columns = sample->columns;
    for (size_t i = 0; i < columns; i++)
        ret_single[i] = (struct cross_moments){.variables = 1};
    for (size_t r = 0; r < rows; r++) {
        const double *row = values + r * columns;
        if (!counts(sample, row))
            continue;
        sample->n++;
        for (size_t i = 0; i < columns; i++) {
            if (isinf(row[i]))
                return FAIL(error, ERROR_INPUT, "not-finite", "row %zu holds a number that is not finite",
                            r + 1);
            if (!isnan(row[i]))
                cross_moments_add(&ret_single[i], &row[i]);
        }
    }
    if (sample->n < (int64_t)(columns + columns * (columns + 1) / 2))
        return FAIL(error, ERROR_INPUT, "too-little-data",
                    "%" PRId64 " rows are too few for the means and covariances of %zu columns", sample->n,
                    columns);
    return OK;
}

/* Sets n, center, scale and log_scale. */
static enum error_code measure(const double *values, size_t rows, struct error *error,
                               struct panel_sample *sample)
{
    struct cross_moments single[COLUMNS_MAXIMUM];
    TRY(read_columns(values, rows, error, sample, single));
    for (size_t v = 0; v < 2; v++) {
        double variance = 0;
        for (size_t t = 0; t < sample->waves; t++) {
            const struct cross_moments *column = &single[v * sample->waves + t];
            double rounding = 1e-13 * column->means[0];
            if (column->n < 2)
                return FAIL(error, ERROR_INPUT, "too-little-data",
                            "column %zu (of x and then y) has no values", v * sample->waves + t + 1);
            if (!(column->products[0] > (double)column->n * rounding * rounding))
                return FAIL(error, ERROR_INPUT, "constant", "column %zu (of x and then y) does not vary",
                            v * sample->waves + t + 1);
            variance += column->products[0] / (double)column->n / (double)sample->waves;
        }
        for (size_t t = 0; t < sample->waves; t++) {
            size_t i = v * sample->waves + t;
            sample->center[i] = single[i].means[0];
            sample->scale[i] = sqrt(variance);
            sample->log_scale += (double)single[i].n * log(variance) / 2;
        }
    }
    return OK;
}

static uint32_t mask_of(const struct panel_sample *sample, const double *row)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < sample->columns; i++)
        mask |= (uint32_t)!isnan(row[i]) << i;
    return mask;
}

/* The rows that count by pattern, scaled. */
static enum error_code gather(const double *values, size_t rows, struct region *region, struct error *error,
                              struct panel_sample *sample)
{
    uint32_t *place = REGION_ARRAY(region, MASKS, uint32_t); /* by mask: 1 + number of the pattern */
    if (place == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for patterns of gaps");
    for (size_t r = 0; r < rows; r++)
        if (counts(sample, values + r * sample->columns)) {
            uint32_t *at = &place[mask_of(sample, values + r * sample->columns)];
            if (*at == 0)
                *at = (uint32_t)++sample->pattern_count;
        }
    sample->patterns = REGION_ARRAY(region, sample->pattern_count, struct pattern);
    if (sample->patterns == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu patterns of gaps",
                    sample->pattern_count);
    for (size_t r = 0; r < rows; r++) {
        const double *row = values + r * sample->columns;
        double scaled[COLUMNS_MAXIMUM];
        if (!counts(sample, row))
            continue;
        for (size_t i = 0; i < sample->columns; i++)
            scaled[i] = isnan(row[i]) ? 0 : (row[i] - sample->center[i]) / sample->scale[i];
        uint32_t mask = mask_of(sample, row);
        struct pattern *pattern = &sample->patterns[place[mask] - 1];
        pattern->seen = mask;
        pattern->moments.variables = sample->columns;
        cross_moments_add(&pattern->moments, scaled);
    }
    return OK;
}

static enum error_code check_pairs(const struct panel_sample *sample, struct error *error)
{
    size_t columns = sample->columns;
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < i; j++) {
            int64_t together = 0;
            for (size_t p = 0; p < sample->pattern_count; p++)
                if ((sample->patterns[p].seen >> i & 1) && (sample->patterns[p].seen >> j & 1))
                    together += sample->patterns[p].moments.n;
            if (together < (int64_t)columns)
                return FAIL(error, ERROR_INPUT, "too-little-data",
                            "columns %zu and %zu (of x and then y) have values together in %" PRId64
                            " rows only",
                            j + 1, i + 1, together);
        }
    return OK;
}

/* The model without covariances: each column by itself, mean and variance of its own values. */
static void set_baseline(struct panel_sample *sample)
{
    for (size_t i = 0; i < sample->columns; i++) {
        struct cross_moments column = {.variables = 1};
        for (size_t p = 0; p < sample->pattern_count; p++) {
            const struct cross_moments *all = &sample->patterns[p].moments;
            if (!(sample->patterns[p].seen >> i & 1))
                continue;
            struct cross_moments part = {.variables = 1, .n = all->n};
            part.means[0] = all->means[i];
            part.products[0] = cross_product(all, i, i);
            cross_moments_merge(&column, &part);
        }
        double n = (double)column.n, variance = column.products[0] / n;
        sample->mean[i] = column.means[0];
        sample->covariance[i * sample->columns + i] = variance;
        sample->baseline -= n / 2 * (log(2 * M_PI * variance) + 1);
    }
}

static bool is_singular(const struct panel_sample *sample)
{
    size_t columns = sample->columns;
    double factor[SQUARE_MAXIMUM];
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < columns; j++)
            factor[i * columns + j] =
                sample->covariance[i * columns + j] /
                sqrt(sample->covariance[i * columns + i] * sample->covariance[j * columns + j]);
    if (!matrix_cholesky(factor, columns))
        return true;
    for (size_t i = 0; i < columns; i++)
        if (factor[i * columns + i] * factor[i * columns + i] < singular)
            return true;
    return false;
}

/* One pattern: its own mean and covariance. Several: the maximum, from the start without covariances. */
static enum error_code saturate(struct panel_sample *sample, struct region *region, struct error *error)
{
    size_t columns = sample->columns;
    struct maximum *maximum = REGION_NEW(region, struct maximum);
    struct model *model = REGION_NEW(region, struct model);
    if (maximum == NULL || model == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the covariances");
    const struct cross_moments *only = &sample->patterns[0].moments;
    model_saturated(sample->waves, model);
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *element = &model->elements[e];
        double *at = &maximum->parameters[element->parameter];
        bool complete = sample->pattern_count == 1;
        if (element->kind == ELEMENT_MEAN)
            *at = sample->mean[element->i];
        else
            *at = complete ? cross_product(only, element->i, element->j) / (double)only->n
                           : sample->covariance[element->i * columns + element->j];
    }
    if (sample->pattern_count == 1) {
        model_moments(model, maximum->parameters, &maximum->moments);
        memcpy(sample->covariance, maximum->moments.covariance, columns * columns * sizeof(double));
        if (is_singular(sample))
            return FAIL(error, ERROR_INPUT, "singular", "a column follows from the others");
        likelihood_at(sample, maximum->moments.mean, maximum->moments.covariance, INFORMATION_NONE,
                      &maximum->likelihood);
    } else if (!maximum_find(sample, model, maximum)) {
        return FAIL(error, ERROR_INPUT, "singular",
                    "no covariances fit the data: a column follows from the others");
    }
    memcpy(sample->mean, maximum->moments.mean, columns * sizeof(double));
    memcpy(sample->covariance, maximum->moments.covariance, columns * columns * sizeof(double));
    sample->saturated = maximum->likelihood.value;
    return is_singular(sample) ? FAIL(error, ERROR_INPUT, "singular", "a column follows from the others")
                               : OK;
}

enum error_code panel_sample_make(const double *values, size_t rows, size_t waves, bool casewise,
                                  struct region *region, struct error *error,
                                  struct panel_sample **ret_sample)
{
    if (waves < PANEL_WAVES_MINIMUM || waves > PANEL_WAVES_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "waves", "%zu waves; %d to %d are possible", waves,
                    PANEL_WAVES_MINIMUM, PANEL_WAVES_MAXIMUM);
    struct panel_sample *sample = REGION_NEW(region, struct panel_sample);
    if (sample == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a panel");
    sample->waves = waves;
    sample->columns = 2 * waves;
    sample->casewise = casewise;
    TRY(measure(values, rows, error, sample));
    TRY(gather(values, rows, region, error, sample));
    TRY(check_pairs(sample, error));
    set_baseline(sample);
    TRY(saturate(sample, region, error));
    *ret_sample = sample;
    return OK;
}

int64_t panel_sample_count(const struct panel_sample *sample)
{
    return sample->n;
}
