/* What the shown teams of a round say together: pooled variance, random-intercept model, noise of the trend.
 * Only figures that are shown go in, so that no hidden group can be solved from what comes out. */
#include "pulse/closing.h"

#include "stats/random_intercept.h"
#include "stats/trend.h"

#include <math.h>

STATEMENT(
    RESULT_SUMS,
    "SELECT score_n, score_sum, score_sum_squares, score_scale FROM result_construct "
    "WHERE org_id = $1 AND round_number = $2 AND group_kind = 'team' AND construct = $3 AND reason = '' "
    "ORDER BY group_id");
/* Every shown figure of a construct up to this round; a series is one team under one leader. */
STATEMENT(
    RESULT_SERIES,
    "SELECT c.group_id, CASE WHEN $4 = 0 THEN 0 ELSE coalesce(p.leader_id, 0) END, r.opens_at, c.mean, c.n "
    "FROM result_construct c "
    "JOIN round r ON r.org_id = c.org_id AND r.round_number = c.round_number "
    "JOIN team_round p ON p.org_id = c.org_id AND p.round_number = c.round_number AND p.team_id = c.group_id "
    "WHERE c.org_id = $1 AND c.round_number <= $2 AND c.group_kind = 'team' AND c.construct = $3 "
    "AND c.reason = '' ORDER BY 1, 2, 3");
STATEMENT(
    RESULT_POOL_WRITE,
    "INSERT INTO result_pool (org_id, round_number, construct, within_variance, within_df, teams, reason, "
    "mu, "
    "se_mu, tau2, sigma2, person_variance, level_variance_per_day, noise_estimated, level_estimated) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
    "ON CONFLICT (org_id, round_number, construct) DO UPDATE SET within_variance = excluded.within_variance, "
    "within_df = excluded.within_df, teams = excluded.teams, reason = excluded.reason, mu = excluded.mu, "
    "se_mu = excluded.se_mu, tau2 = excluded.tau2, sigma2 = excluded.sigma2, "
    "person_variance = excluded.person_variance, level_variance_per_day = excluded.level_variance_per_day, "
    "noise_estimated = excluded.noise_estimated, level_estimated = excluded.level_estimated");

enum { SERIES_VALUES_MAXIMUM = 400000 };

/* All series in three long arrays; series[i] points into them. */
struct history {
    double *times, *means, *counts;
    struct trend_series *series;
    size_t value_count, series_count;
};

static enum error_code read_sums(const struct closing *closing, struct slice construct,
                                 struct group_sums *sums, size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(closing->session, &RESULT_SUMS,
                     PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number), V_TEXT(construct)),
                     closing->error, &rows));
    while (count < TEAMS_MAXIMUM && store_next(&rows))
        sums[count++] =
            group_sums_from_integers(store_column_integer(&rows, 0), store_column_integer(&rows, 1),
                                     store_column_integer(&rows, 2), store_column_integer(&rows, 3));
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

/* The newest rounds matter most, but rows come by team; an organisation with more values than the maximum is
 * large enough for its first teams to tell the noise. */
static enum error_code read_history(const struct closing *closing, const struct close_measure *measure,
                                    struct region *region, struct history *ret_history)
{
    struct history history = {
        .times = REGION_ARRAY(region, SERIES_VALUES_MAXIMUM, double),
        .means = REGION_ARRAY(region, SERIES_VALUES_MAXIMUM, double),
        .counts = REGION_ARRAY(region, SERIES_VALUES_MAXIMUM, double),
        .series = REGION_ARRAY(region, SERIES_VALUES_MAXIMUM, struct trend_series),
    };
    if (region_failed(region))
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    int64_t team = 0, leader = 0;
    STORE_ROWS(rows);
    TRY(store_select(closing->session, &RESULT_SERIES,
                     PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number),
                                V_TEXT(measure->id), V_INTEGER(measure->about_leader)),
                     closing->error, &rows));
    while (history.value_count < SERIES_VALUES_MAXIMUM && store_next(&rows)) {
        size_t at = history.value_count++;
        history.times[at] = (double)store_column_integer(&rows, 2) / (double)DAY_SECONDS;
        history.means[at] = store_column_real(&rows, 3);
        history.counts[at] = (double)store_column_integer(&rows, 4);
        if (at == 0 || team != store_column_integer(&rows, 0) || leader != store_column_integer(&rows, 1))
            history.series[history.series_count++] =
                (struct trend_series){&history.times[at], &history.means[at], &history.counts[at], 0};
        history.series[history.series_count - 1].count++;
        team = store_column_integer(&rows, 0);
        leader = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    *ret_history = history;
    return OK;
}

static struct trend_noise estimate_noise(const struct closing *closing, const struct close_measure *measure,
                                         double variance)
{
    struct trend_noise noise = {.person_variance = (double)NAN, .q = (double)NAN};
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct history history = {0};
    struct error ignored = {0};
    if (region == NULL || !(variance > 0) || read_history(closing, measure, region, &history) != OK)
        return noise;
    if (trend_noise_estimate(history.series, history.series_count, variance, region, &ignored, &noise) != OK)
        return (struct trend_noise){.person_variance = (double)NAN, .q = (double)NAN};
    return noise;
}

static struct store_value real_or_null(bool there, double value)
{
    return there && isfinite(value) ? V_REAL(value) : V_NULL;
}

/* When all of a team said the same, no spread, or a very small one, would tell it, and with it every single answer: also in what is
 * told of many teams, to whoever knows the spread of the others. So each team counts with at least the spread that three
 * people make who are one step away from the others: uncertainty is wider than it need be, never narrower, and the same for
 * people who are alike and for people who nearly are. */
void closing_tell_spread(struct group_sums *sums, size_t count, size_t questions)
{
    const double people_one_step_away = 3, step = 1 / (double)questions;
    for (size_t t = 0; t < count; t++)
        if (sums[t].n > 1)
            sums[t].sum_squared_deviations =
                fmax(sums[t].sum_squared_deviations, people_one_step_away * step * step);
}

enum error_code closing_write_pool(const struct closing *closing, size_t measure)
{
    const struct close_measure *which = &closing->plan->measures[measure];
    struct group_sums *sums = REGION_ARRAY(closing->region, TEAMS_MAXIMUM, struct group_sums);
    if (sums == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    TRY(read_sums(closing, which->id, sums, &count));
    int64_t df = 0;
    closing_tell_spread(sums, count, which->item_count);
    double variance = pooled_within_variance(sums, count, &df);
    struct random_intercept model = {0};
    struct error ignored = {0};
    const char *reason = "";
    if (count < CLOSE_POOLED_TEAMS_MINIMUM)
        reason = "fewer-than-ten-teams";
    else if (random_intercept_reml(sums, count, &ignored, &model) != OK)
        reason = "too-little-data";
    else if (model.boundary)
        reason = "no-team-differences";
    bool pooled = reason[0] == '\0';
    struct trend_noise noise = estimate_noise(closing, which, variance);
    return store_execute(closing->session, &RESULT_POOL_WRITE,
                         PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number),
                                    V_TEXT(which->id), real_or_null(df > 0, variance), V_INTEGER(df),
                                    V_INTEGER((int64_t)count), V_TEXT(slice_from_text(reason)),
                                    real_or_null(pooled, model.mu), real_or_null(pooled, model.se_mu),
                                    real_or_null(pooled, model.tau2), real_or_null(pooled, model.sigma2),
                                    real_or_null(true, noise.person_variance), real_or_null(true, noise.q),
                                    V_INTEGER(noise.h_estimated), V_INTEGER(noise.q_estimated)),
                         closing->error, NULL);
}
