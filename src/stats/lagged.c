#include "stats/lagged.h"

#include "stats/distribution.h"
#include "stats/matrix.h"

#include <math.h>

enum { X = 0, Y = 1, SIDES = 2, PATHS = SIDES * SIDES };
enum { CENTRING_MAXIMUM = 2000, FIXED_POINT_MAXIMUM = 500 };

/* What ends an iteration: means beside the largest value, changes of a path beside 1. */
static const double centred_enough = 1e-12, solved_enough = 1e-12;
/* Part of each step towards the next Theta. Smaller settles where paths to themselves are near 1. */
static const double pace = 0.5;

struct square {
    double at[SIDES][SIDES];
};

/* A round of a team that directly follows another round of it. */
struct pair {
    size_t team, round;
    double before[SIDES], now[SIDES];
};

struct pairs {
    struct pair *list; /* team by team */
    size_t count, teams, rounds;
};

/* Work space of one estimate: the pairs of all teams but one, centred. */
struct work {
    struct pair *list;
    size_t count;
    double *round_sums;
    size_t *round_counts;
    double *lags; /* w_k, see bias() */
};

struct estimate {
    struct square theta; /* theta.at[to][from] */
    double standardised[SIDES][SIDES];
};

/* ---- Two by two ----------------------------------------------------------------------------------- */

static struct square times(struct square a, struct square b)
{
    struct square c = {{{0}}};
    for (size_t i = 0; i < SIDES; i++)
        for (size_t j = 0; j < SIDES; j++)
            for (size_t k = 0; k < SIDES; k++)
                c.at[i][j] += a.at[i][k] * b.at[k][j];
    return c;
}

static struct square plus(struct square a, struct square b, double factor)
{
    for (size_t i = 0; i < SIDES; i++)
        for (size_t j = 0; j < SIDES; j++)
            a.at[i][j] += factor * b.at[i][j];
    return a;
}

static struct square turned(struct square a)
{
    return (struct square){{{a.at[0][0], a.at[1][0]}, {a.at[0][1], a.at[1][1]}}};
}

static struct square inverse(struct square a)
{
    double determinant = a.at[0][0] * a.at[1][1] - a.at[0][1] * a.at[1][0];
    return (struct square){{{a.at[1][1] / determinant, -a.at[0][1] / determinant},
                            {-a.at[1][0] / determinant, a.at[0][0] / determinant}}};
}

/* ---- Pairs ---------------------------------------------------------------------------------------- */

static bool is_there(const double *x, const double *y, size_t at)
{
    return isfinite(x[at]) && isfinite(y[at]);
}

static bool team_counts(const double *x, const double *y, size_t first, size_t rounds)
{
    size_t there = 0, pairs = 0;
    for (size_t t = 0; t < rounds; t++) {
        there += is_there(x, y, first + t);
        pairs += t > 0 && is_there(x, y, first + t - 1) && is_there(x, y, first + t);
    }
    return there >= LAGGED_ROUNDS_MINIMUM && pairs >= LAGGED_PAIRS_MINIMUM;
}

static enum error_code gather(const double *x, const double *y, size_t teams, size_t rounds,
                              struct region *region, struct error *error, struct pairs *pairs)
{
    if (rounds > LAGGED_ROUNDS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-rounds", "%zu rounds; %d are possible", rounds,
                    LAGGED_ROUNDS_MAXIMUM);
    pairs->list = REGION_ARRAY(region, teams * rounds, struct pair);
    pairs->rounds = rounds;
    if (pairs->list == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu teams", teams);
    for (size_t team = 0; team < teams; team++) {
        size_t first = team * rounds;
        if (!team_counts(x, y, first, rounds))
            continue;
        for (size_t t = 1; t < rounds; t++)
            if (is_there(x, y, first + t - 1) && is_there(x, y, first + t))
                pairs->list[pairs->count++] = (struct pair){
                    .team = pairs->teams,
                    .round = t,
                    .before = {x[first + t - 1], y[first + t - 1]},
                    .now = {x[first + t], y[first + t]},
                };
        pairs->teams++;
    }
    if (pairs->teams < LAGGED_TEAMS_MINIMUM)
        return FAIL(error, ERROR_INPUT, "too-little-data",
                    "%zu teams have %d rounds or more; %d teams are needed", pairs->teams,
                    LAGGED_ROUNDS_MINIMUM, LAGGED_TEAMS_MINIMUM);
    return OK;
}

/* ---- Centring ------------------------------------------------------------------------------------- */

static double *field_of(struct pair *pair, size_t field)
{
    return field < SIDES ? &pair->before[field] : &pair->now[field - SIDES];
}

/* Takes the mean of every team out. Returns the largest of them. */
static double centre_teams(struct work *work, size_t field)
{
    double largest = 0;
    for (size_t first = 0, end; first < work->count; first = end) {
        double sum = 0;
        for (end = first; end < work->count && work->list[end].team == work->list[first].team; end++)
            sum += *field_of(&work->list[end], field);
        double mean = sum / (double)(end - first);
        largest = fmax(largest, fabs(mean));
        for (size_t i = first; i < end; i++)
            *field_of(&work->list[i], field) -= mean;
    }
    return largest;
}

static double centre_rounds(struct work *work, size_t field, size_t rounds)
{
    double largest = 0;
    memset(work->round_sums, 0, rounds * sizeof(double));
    for (size_t i = 0; i < work->count; i++)
        work->round_sums[work->list[i].round] += *field_of(&work->list[i], field);
    for (size_t t = 0; t < rounds; t++) {
        if (work->round_counts[t] > 0)
            work->round_sums[t] /= (double)work->round_counts[t];
        largest = fmax(largest, fabs(work->round_sums[t]));
    }
    for (size_t i = 0; i < work->count; i++)
        *field_of(&work->list[i], field) -= work->round_sums[work->list[i].round];
    return largest;
}

/* Teams and rounds in turn until neither has a mean: with gaps the two overlap (von Neumann's
 * projections). */
static void centre(struct work *work, size_t rounds)
{
    for (size_t field = 0; field < 2 * SIDES; field++) {
        double largest = 0;
        for (size_t i = 0; i < work->count; i++)
            largest = fmax(largest, fabs(*field_of(&work->list[i], field)));
        for (int i = 0; i < CENTRING_MAXIMUM; i++)
            if (centre_teams(work, field) + centre_rounds(work, field, rounds) <= centred_enough * largest)
                break;
    }
}

/* ---- Estimate ------------------------------------------------------------------------------------- */

/* How often a disturbance of the same team is k rounds before the earlier value of a pair, over the
 * number of pairs of that team: its part in the product of the two means. */
static void count_lags(const struct work *work, size_t rounds, double *ret_lags)
{
    memset(ret_lags, 0, rounds * sizeof(double));
    for (size_t first = 0, end; first < work->count; first = end) {
        for (end = first; end < work->count && work->list[end].team == work->list[first].team;)
            end++;
        for (size_t p = first; p < end; p++)
            for (size_t q = first; q < p; q++)
                ret_lags[work->list[p].round - 1 - work->list[q].round] += 1 / (double)(end - first);
    }
}

struct sums {
    struct square before, across, now; /* before before', before now', now now' */
    double df, teams;
};

static struct sums sums_of(const struct work *work, size_t rounds)
{
    struct sums sums = {.teams = 0};
    size_t used_rounds = 0;
    for (size_t t = 0; t < rounds; t++)
        used_rounds += work->round_counts[t] > 0;
    for (size_t p = 0; p < work->count; p++) {
        const struct pair *pair = &work->list[p];
        sums.teams += p == 0 || pair->team != work->list[p - 1].team;
        for (size_t i = 0; i < SIDES; i++)
            for (size_t j = 0; j < SIDES; j++) {
                sums.before.at[i][j] += pair->before[i] * pair->before[j];
                sums.across.at[i][j] += pair->before[i] * pair->now[j];
                sums.now.at[i][j] += pair->now[i] * pair->now[j];
            }
    }
    sums.df = (double)work->count - sums.teams - (double)used_rounds + 1;
    return sums;
}

/* The mean of sum (before e') when Theta is right: - (1 - 1 / teams) sum_k w_k Theta^k Omega, w_k from
 * count_lags; here with the other sign. Omega = residual products / degrees of freedom. */
static struct square bias(const struct sums *sums, const double *lags, size_t rounds, struct square theta)
{
    struct square power = {{{1, 0}, {0, 1}}}, sum = {{{0}}}, turn = turned(theta);
    for (size_t k = 0; k + 1 < rounds; k++) {
        sum = plus(sum, power, lags[k]);
        power = times(power, theta);
    }
    struct square left = plus(sums->now, times(theta, sums->across), -1);
    left = plus(left, times(turned(sums->across), turn), -1);
    left = plus(left, times(times(theta, sums->before), turn), 1);
    struct square product = times(sum, left);
    double factor = (1 - 1 / sums->teams) / sums->df;
    return plus((struct square){{{0}}}, product, factor);
}

static bool is_finite(struct square a)
{
    return isfinite(a.at[0][0]) && isfinite(a.at[0][1]) && isfinite(a.at[1][0]) && isfinite(a.at[1][1]);
}

static double largest_of(struct square a)
{
    return fmax(fmax(fabs(a.at[0][0]), fabs(a.at[0][1])), fmax(fabs(a.at[1][0]), fabs(a.at[1][1])));
}

/* Theta' = (before before')^-1 (before now' + bias(Theta)): the equation's right side. */
static struct square next_theta(const struct sums *sums, const double *lags, size_t rounds,
                                struct square theta)
{
    return turned(times(inverse(sums->before), plus(sums->across, bias(sums, lags, rounds, theta), 1)));
}

/* By repetition from the value without bias. Where that does not settle, the equation has no solution
 * that belongs to a maximum (Dhaene & Jochmans, Econometric Theory 32 (2016) 1178-1215). */
static bool solve(const struct sums *sums, const double *lags, size_t rounds, struct square *ret_theta)
{
    struct square theta = turned(times(inverse(sums->before), sums->across));
    for (int step = 0; step < FIXED_POINT_MAXIMUM; step++) {
        struct square next = next_theta(sums, lags, rounds, theta), change = plus(next, theta, -1);
        if (!is_finite(next))
            return false;
        if (largest_of(change) <= solved_enough) {
            *ret_theta = next;
            return true;
        }
        theta = plus(theta, change, pace);
    }
    return false;
}

/* One step of Newton's method from the solution of all teams: without one of them the solution is close,
 * but may fail to exist. Slopes by central differences. */
static bool step_from(const struct sums *sums, const double *lags, size_t rounds, struct square from,
                      struct square *ret_theta)
{
    const double width = 1e-6;
    double slopes[PATHS * PATHS], step[PATHS];
    struct square left = plus(next_theta(sums, lags, rounds, from), from, -1);
    for (size_t k = 0; k < PATHS; k++) {
        struct square up = from, down = from;
        up.at[k / SIDES][k % SIDES] += width;
        down.at[k / SIDES][k % SIDES] -= width;
        struct square slope =
            plus(next_theta(sums, lags, rounds, up), next_theta(sums, lags, rounds, down), -1);
        for (size_t i = 0; i < PATHS; i++)
            slopes[i * PATHS + k] = (i == k ? 1 : 0) - slope.at[i / SIDES][i % SIDES] / (2 * width);
        step[k] = left.at[k / SIDES][k % SIDES];
    }
    if (!matrix_solve_general(slopes, PATHS, step))
        return false;
    for (size_t k = 0; k < PATHS; k++)
        from.at[k / SIDES][k % SIDES] += step[k];
    *ret_theta = from;
    return true;
}

/* All teams but `without` (past the end: all). near: the solution of all teams, NULL when that is asked
 * for. */
static bool estimate(const struct pairs *pairs, size_t without, const struct square *near, struct work *work,
                     struct estimate *ret_estimate)
{
    work->count = 0;
    memset(work->round_counts, 0, pairs->rounds * sizeof(size_t));
    for (size_t p = 0; p < pairs->count; p++)
        if (pairs->list[p].team != without) {
            work->list[work->count++] = pairs->list[p];
            work->round_counts[pairs->list[p].round]++;
        }
    centre(work, pairs->rounds);
    count_lags(work, pairs->rounds, work->lags);
    struct sums sums = sums_of(work, pairs->rounds);
    bool found = sums.df >= 1 &&
                 (near == NULL ? solve(&sums, work->lags, pairs->rounds, &ret_estimate->theta)
                               : step_from(&sums, work->lags, pairs->rounds, *near, &ret_estimate->theta));
    if (!found)
        return false;
    for (size_t i = 0; i < SIDES; i++)
        for (size_t j = 0; j < SIDES; j++)
            ret_estimate->standardised[i][j] =
                ret_estimate->theta.at[i][j] * sqrt(sums.before.at[j][j] / sums.now.at[i][i]);
    return true;
}

/* ---- Standard errors ------------------------------------------------------------------------------ */

/* What the jackknife follows: the four paths, the two standardised cross paths, the difference of their
 * sizes. */
enum { FIGURES = 7, X_TO_Y_STANDARDISED = 4, Y_TO_X_STANDARDISED, DIFFERENCE };

static void figures_of(const struct estimate *estimate, const double *signs, double *ret_figures)
{
    ret_figures[0] = estimate->theta.at[X][X];
    ret_figures[1] = estimate->theta.at[X][Y];
    ret_figures[2] = estimate->theta.at[Y][Y];
    ret_figures[3] = estimate->theta.at[Y][X];
    ret_figures[X_TO_Y_STANDARDISED] = estimate->standardised[Y][X];
    ret_figures[Y_TO_X_STANDARDISED] = estimate->standardised[X][Y];
    ret_figures[DIFFERENCE] =
        signs[0] * estimate->standardised[Y][X] - signs[1] * estimate->standardised[X][Y];
}

/* Variance = (J - 1) / J sum (estimate without team j - their mean)^2. */
static bool jackknife(const struct pairs *pairs, const struct estimate *all, struct work *work,
                      const double *signs, double *ret_errors)
{
    double means[FIGURES] = {0}, squares[FIGURES] = {0}, count = 0;
    for (size_t team = 0; team < pairs->teams; team++) {
        struct estimate without;
        double figures[FIGURES];
        if (!estimate(pairs, team, &all->theta, work, &without))
            return false;
        figures_of(&without, signs, figures);
        count++;
        for (size_t f = 0; f < FIGURES; f++) {
            double apart = figures[f] - means[f];
            means[f] += apart / count;
            squares[f] += apart * (figures[f] - means[f]);
        }
    }
    for (size_t f = 0; f < FIGURES; f++)
        ret_errors[f] = sqrt((count - 1) / count * squares[f]);
    return true;
}

static struct lagged result_of(const struct pairs *pairs, const double *figures, const double *errors)
{
    struct lagged lagged = {
        .teams = pairs->teams,
        .pairs = pairs->count,
        .x_to_x = figures[0],
        .y_to_x = figures[1],
        .y_to_y = figures[2],
        .x_to_y = figures[3],
        .se_x_to_x = errors[0],
        .se_y_to_x = errors[1],
        .se_y_to_y = errors[2],
        .se_x_to_y = errors[3],
        .paths = {.x_to_y = figures[X_TO_Y_STANDARDISED],
                  .y_to_x = figures[Y_TO_X_STANDARDISED],
                  .se_x_to_y = errors[X_TO_Y_STANDARDISED],
                  .se_y_to_x = errors[Y_TO_X_STANDARDISED],
                  .se_difference = errors[DIFFERENCE]},
        .critical = student_quantile(0.975, (double)pairs->teams - 1),
    };
    lagged.verdict = lead_lag_verdict(&lagged.paths, lagged.critical);
    return lagged;
}

/* Centres the pairs once and for all: without a team they are then nearly centred already. */
static bool prepare(const struct pairs *pairs, struct work *work)
{
    struct estimate ignored;
    (void)estimate(pairs, pairs->teams, NULL, work, &ignored); /* leaves the centred pairs */
    memcpy(pairs->list, work->list, pairs->count * sizeof *pairs->list);
    struct sums sums = sums_of(work, pairs->rounds);
    struct square s = sums.before;
    return s.at[X][X] > 0 && s.at[Y][Y] > 0 &&
           s.at[X][X] * s.at[Y][Y] * (1 - 1e-10) > s.at[X][Y] * s.at[X][Y];
}

enum error_code lagged_fit(const double *x, const double *y, size_t teams, size_t rounds,
                           struct region *region, struct error *error, struct lagged *ret_lagged)
{
    struct pairs pairs = {.count = 0};
    TRY(gather(x, y, teams, rounds, region, error, &pairs));
    struct work work = {
        .list = REGION_ARRAY(region, pairs.count, struct pair),
        .round_sums = REGION_ARRAY(region, rounds, double),
        .round_counts = REGION_ARRAY(region, rounds, size_t),
        .lags = REGION_ARRAY(region, rounds, double),
    };
    if (work.list == NULL || work.round_sums == NULL || work.round_counts == NULL || work.lags == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu teams", teams);
    if (!prepare(&pairs, &work))
        return FAIL(error, ERROR_INPUT, "no-variance",
                    "x or y does not vary inside teams, or both vary as one");
    struct estimate all;
    double figures[FIGURES], errors[FIGURES], signs[SIDES];
    if (!estimate(&pairs, pairs.teams, NULL, &work, &all))
        return FAIL(error, ERROR_INPUT, "no-convergence", "no paths solve the equations");
    signs[0] = all.standardised[Y][X] < 0 ? -1 : 1;
    signs[1] = all.standardised[X][Y] < 0 ? -1 : 1;
    figures_of(&all, signs, figures);
    if (!jackknife(&pairs, &all, &work, signs, errors))
        return FAIL(error, ERROR_INPUT, "no-convergence",
                    "no paths solve the equations without one of the teams");
    *ret_lagged = result_of(&pairs, figures, errors);
    return OK;
}
