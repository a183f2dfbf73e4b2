#include "stats/drivers.h"

#include "stats/drivers_shares.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* A unit as plain sums that can be weighted and added: how many rows, sums of deviations from the overall
 * means, sums of their products; all in units of the overall standard deviations. */
struct sums {
    size_t units, variables, length; /* length of one unit's row */
    double *rows;
    size_t varying; /* predictors that vary over all units */
};

/* Figures of a resample in one row: R^2, then LMG, share and Johnson of each predictor. */
enum { LMG = 0, SHARE, JOHNSON, KINDS };
struct draws {
    size_t predictors, used, capacity;
    double *figures; /* column by column: figure f of draw d at f * capacity + d */
    bool varies[DRIVERS_MAXIMUM];
    double largest[DRIVERS_MAXIMUM];
};

size_t drivers_unit(size_t index, size_t count)
{
    if (count <= DRIVERS_UNITS_MAXIMUM)
        return index;
    struct random random; /* one draw per index: the same set in every run and on every machine */
    random_seeded_init(&random, (uint64_t)index);
    return (size_t)random_integer(&random, DRIVERS_UNITS_MAXIMUM);
}

static void whole_of(const struct cross_moments *units, size_t count, bool within,
                     struct cross_moments *whole)
{
    *whole = (struct cross_moments){.variables = units[0].variables};
    for (size_t u = 0; u < count; u++) {
        if (within)
            cross_moments_merge_within(whole, &units[u]);
        else
            cross_moments_merge(whole, &units[u]);
    }
}

/* 1 / standard deviation, or 0 for a constant; returns how many predictors vary. */
static size_t scales_of(const struct cross_moments *whole, double *ret_scales)
{
    double floors[CROSS_VARIABLES_MAXIMUM];
    size_t varying = 0;
    rounding_floors(whole, floors);
    for (size_t i = 0; i < whole->variables; i++) {
        double squares = whole->products[cross_index(i, i)];
        ret_scales[i] = squares > floors[i] ? 1 / sqrt(squares) : 0;
        varying += i + 1 < whole->variables && ret_scales[i] > 0;
    }
    return varying;
}

static void write_sums(const struct cross_moments *unit, const struct cross_moments *whole, bool within,
                       const double *scales, double *row)
{
    double apart[CROSS_VARIABLES_MAXIMUM], n = (double)unit->n;
    *row++ = n;
    for (size_t i = 0; i < whole->variables; i++) {
        apart[i] = within ? 0 : (unit->means[i] - whole->means[i]) * scales[i];
        *row++ = n * apart[i];
    }
    for (size_t i = 0, at = 0; i < whole->variables; i++)
        for (size_t j = 0; j <= i; j++, at++)
            *row++ = unit->products[at] * scales[i] * scales[j] + n * apart[i] * apart[j];
}

static enum error_code sums_of(const struct cross_moments *units, size_t count, bool within,
                               struct region *region, struct error *error, struct sums *sums)
{
    size_t filled = 0;
    for (size_t u = 0; u < count; u++)
        filled += units[u].n > 0;
    if (filled < DRIVERS_UNITS_MINIMUM)
        return FAIL(error, ERROR_INPUT, "too-few-units",
                    "%zu groups or rows are too few for intervals; %d are needed", filled,
                    DRIVERS_UNITS_MINIMUM);
    struct cross_moments whole;
    whole_of(units, count, within, &whole);
    size_t variables = whole.variables;
    *sums = (struct sums){.units = filled, .variables = variables};
    sums->length = 1 + variables + variables * (variables + 1) / 2;
    sums->rows = REGION_ARRAY(region, filled * sums->length, double);
    if (sums->rows == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", filled);
    double *row = sums->rows, scales[CROSS_VARIABLES_MAXIMUM];
    sums->varying = scales_of(&whole, scales);
    for (size_t u = 0; u < count; u++)
        if (units[u].n > 0) {
            write_sums(&units[u], &whole, within, scales, row);
            row += sums->length;
        }
    return OK;
}

/* The sums of one resample, then its products of deviations: Q - D D' / n. */
static void resample(const struct sums *sums, struct random *random, uint32_t *times, double *total)
{
    memset(times, 0, sums->units * sizeof(*times));
    memset(total, 0, sums->length * sizeof(*total));
    for (size_t u = 0; u < sums->units; u++)
        times[random_integer(random, sums->units)]++;
    for (size_t u = 0; u < sums->units; u++) {
        if (times[u] == 0)
            continue;
        const double *row = sums->rows + u * sums->length;
        double weight = times[u];
        for (size_t i = 0; i < sums->length; i++)
            total[i] += weight * row[i];
    }
    const double *deviations = total + 1;
    double *products = total + 1 + sums->variables;
    for (size_t i = 0, at = 0; i < sums->variables; i++)
        for (size_t j = 0; j <= i; j++, at++)
            products[at] -= deviations[i] * deviations[j] / total[0];
}

/* A resample in which the outcome or a predictor does not vary, though it does in the data, has no answer. */
static enum error_code one_draw(const struct sums *sums, const double *total, struct error *error,
                                struct draws *draws)
{
    double floors[CROSS_VARIABLES_MAXIMUM], correlations[CROSS_PRODUCTS_MAXIMUM];
    size_t active[DRIVERS_MAXIMUM], p = sums->varying, best = 0;
    for (size_t i = 0; i < sums->variables; i++)
        floors[i] = 1e-12;
    if (p == 0 || total[0] < (double)p + 2 ||
        correlations_of(total + 1 + sums->variables, sums->variables, floors, correlations, active) < (int)p)
        return OK;
    double r2, lmg[DRIVERS_MAXIMUM], johnson[DRIVERS_MAXIMUM];
    lmg_shares(correlations, p, &r2, lmg);
    TRY(johnson_weights(correlations, p, error, johnson));
    size_t d = draws->used++;
    draws->figures[d] = r2;
    for (size_t a = 0; a < p; a++) {
        double *at = draws->figures + (1 + KINDS * active[a]) * draws->capacity + d;
        at[LMG * draws->capacity] = lmg[a];
        at[SHARE * draws->capacity] = r2 > 0 ? lmg[a] / r2 : 0;
        at[JOHNSON * draws->capacity] = johnson[a];
        draws->varies[active[a]] = true;
        if (lmg[a] > lmg[best])
            best = a;
    }
    draws->largest[active[best]]++;
    return OK;
}

/* Quantiles by linear interpolation, type 7 of Hyndman & Fan, The American Statistician 50 (1996) 361-365. */
static struct drivers_interval percentiles(const struct draws *draws, size_t figure, double level)
{
    double *values = draws->figures + figure * draws->capacity;
    gsl_sort(values, 1, draws->used);
    return (struct drivers_interval){
        .low = gsl_stats_quantile_from_sorted_data(values, 1, draws->used, (1 - level) / 2),
        .high = gsl_stats_quantile_from_sorted_data(values, 1, draws->used, (1 + level) / 2),
    };
}

static void summarise(const struct draws *draws, struct drivers_intervals *intervals)
{
    intervals->used = draws->used;
    intervals->r2 = percentiles(draws, 0, intervals->level);
    for (size_t i = 0; i < draws->predictors; i++) {
        const struct drivers_interval none = {NAN, NAN};
        intervals->lmg[i] = intervals->lmg_share[i] = intervals->johnson[i] = none;
        intervals->largest[i] = NAN;
        if (!draws->varies[i])
            continue;
        size_t first = 1 + KINDS * i;
        intervals->lmg[i] = percentiles(draws, first + LMG, intervals->level);
        intervals->lmg_share[i] = percentiles(draws, first + SHARE, intervals->level);
        intervals->johnson[i] = percentiles(draws, first + JOHNSON, intervals->level);
        intervals->largest[i] = draws->largest[i] / (double)draws->used;
    }
}

enum error_code drivers_bootstrap(const struct cross_moments *units, size_t unit_count, bool within,
                                  size_t resamples, uint64_t seed, struct region *region, struct error *error,
                                  struct drivers_intervals *ret_intervals)
{
    if (resamples == 0 || resamples > DRIVERS_RESAMPLES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-resamples", "%zu resamples; 1 to %d are possible",
                    resamples, DRIVERS_RESAMPLES_MAXIMUM);
    struct sums sums = {.units = 0};
    TRY(sums_of(units, unit_count, within, region, error, &sums));
    struct draws draws = {.predictors = sums.variables - 1, .capacity = resamples};
    draws.figures = REGION_ARRAY(region, resamples * (1 + KINDS * draws.predictors), double);
    uint32_t *times = REGION_ARRAY(region, sums.units, uint32_t);
    if (draws.figures == NULL || times == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu resamples", resamples);
    struct random random;
    random_seeded_init(&random, seed);
    double total[1 + CROSS_VARIABLES_MAXIMUM + CROSS_PRODUCTS_MAXIMUM];
    for (size_t d = 0; d < resamples; d++) {
        resample(&sums, &random, times, total);
        TRY(one_draw(&sums, total, error, &draws));
    }
    if (draws.used == 0 || draws.used < resamples - resamples / 10)
        return FAIL(error, ERROR_INPUT, "unstable", "only %zu of %zu resamples have an answer", draws.used,
                    resamples);
    struct drivers_intervals intervals = {
        .units = sums.units, .resamples = resamples, .seed = seed, .level = 0.95};
    summarise(&draws, &intervals);
    *ret_intervals = intervals;
    return OK;
}
