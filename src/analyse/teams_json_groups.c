/* The JSON of teams: blocks rwg_j and score. */
#include "analyse/teams_json.h"

#include <math.h>

/* Names of the groups with n > 0. */
static void write_names(struct json_writer *json, const struct slice *names, const struct teams_rows *rows)
{
    json_write_key(json, "group");
    json_write_array_begin(json);
    for (size_t i = 0; i < rows->count; i++) {
        int64_t n;
        memcpy(&n, (const char *)rows->n + i * rows->size, sizeof n);
        if (n > 0)
            json_write_text(json, names[i]);
    }
    json_write_array_end(json);
}

static void write_sizes(struct json_writer *json, const struct teams_rows *rows)
{
    json_write_key(json, "n");
    json_write_array_begin(json);
    for (size_t i = 0; i < rows->count; i++) {
        int64_t n;
        memcpy(&n, (const char *)rows->n + i * rows->size, sizeof n);
        if (n > 0)
            json_write_integer(json, n);
    }
    json_write_array_end(json);
}

/* ---- Agreement -------------------------------------------------------------------------------------- */

static bool has_agreement(const void *context, size_t i)
{
    const struct teams_agreement *agreement = context;
    return agreement->teams[i].n > 0;
}

static enum message why_no_agreement(const void *context, size_t i)
{
    const struct teams_agreement *agreement = context;
    if (agreement->teams[i].n == 1)
        return MESSAGE_ANALYSE_TEAMS_WHY_GROUP_OF_ONE;
    if (isnan(agreement->null_uniform))
        return MESSAGE_ANALYSE_TEAMS_WHY_NO_RANGE;
    return isnan(agreement->teams[i].a_wg_j) ? MESSAGE_ANALYSE_TEAMS_WHY_NO_AWG : MESSAGE_NONE;
}

static void write_agreement_groups(struct json_writer *json, const struct teams_result *result,
                                   const struct teams_agreement *agreement)
{
    struct teams_rows rows = {(const char *)agreement->teams, sizeof *agreement->teams, result->group_count,
                              result->group_count > 0 ? &agreement->teams[0].n : NULL};
    json_write_key(json, "per_group");
    json_write_object_begin(json);
    write_names(json, result->groups, &rows);
    write_sizes(json, &rows);
    teams_write_column(json, "mean_item_var", &rows, offsetof(struct team_agreement, mean_item_var));
    teams_write_column(json, "rwg_j", &rows, offsetof(struct team_agreement, rwg_j));
    teams_write_column(json, "rwg_j_lindell_star", &rows,
                       offsetof(struct team_agreement, rwg_j_lindell_star));
    teams_write_column(json, "ad_mj", &rows, offsetof(struct team_agreement, ad_mj));
    teams_write_column(json, "ad_mdj", &rows, offsetof(struct team_agreement, ad_mdj));
    teams_write_column(json, "a_wg_j", &rows, offsetof(struct team_agreement, a_wg_j));
    if (!isnan(agreement->null_skew))
        teams_write_column(json, "rwg_j_skew", &rows, offsetof(struct team_agreement, rwg_j_skew));
    teams_write_reasons(json, result->group_count, why_no_agreement, has_agreement, agreement);
    json_write_object_end(json);
}

void teams_write_agreement(struct json_writer *json, const struct teams_result *result,
                           const struct teams_scale *scale)
{
    const struct teams_agreement *agreement = &scale->agreement;
    json_write_key(json, "rwg_j");
    json_write_object_begin(json);
    teams_write_integer(json, "N", agreement->n);
    teams_write_integer(json, "groups", agreement->groups);
    teams_write_integer(json, "items", (int64_t)scale->options->items);
    teams_write_real(json, "A", agreement->options);
    teams_write_real(json, "ranvar_uniform", agreement->null_uniform);
    teams_write_real(json, "rwg_j_mean", agreement->rwg_j.mean);
    teams_write_real(json, "rwg_j_median", agreement->rwg_j.median);
    teams_write_real(json, "rwg_j_min", agreement->rwg_j.minimum);
    teams_write_real(json, "rwg_j_max", agreement->rwg_j.maximum);
    teams_write_real(json, "ad_mj_mean", agreement->ad_mj.mean);
    if (!isnan(agreement->null_skew)) {
        teams_write_real(json, "ranvar_slight_skew", agreement->null_skew);
        teams_write_real(json, "rwg_j_skew_mean", agreement->rwg_j_skew.mean);
    }
    if (isnan(agreement->null_uniform))
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_NO_RANGE);
    else if (agreement->rwg_j.n == 0)
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_NO_GROUP_OF_TWO);
    if (result->options->per_group)
        write_agreement_groups(json, result, agreement);
    json_write_object_end(json);
}

/* ---- Score ------------------------------------------------------------------------------------------ */

static void write_anova(struct json_writer *json, const struct anova *anova)
{
    json_write_key(json, "anova");
    json_write_object_begin(json);
    teams_write_real(json, "ssb", anova->ssb);
    teams_write_real(json, "ssw", anova->ssw);
    teams_write_real(json, "msb", anova->msb);
    teams_write_real(json, "msw", anova->msw);
    teams_write_real(json, "F", anova->f);
    teams_write_real(json, "p", anova->p);
    teams_write_integer(json, "df1", anova->df1);
    teams_write_integer(json, "df2", anova->df2);
    teams_write_real(json, "eta2", anova->eta2);
    teams_write_reason(json, teams_why(anova->reason));
    json_write_object_end(json);
}

static void write_model(struct json_writer *json, const char *key, const struct random_intercept *model,
                        const char *reason, bool is_reml)
{
    struct random_intercept none = {NAN, NAN, NAN, NAN, NAN, NAN, false, NAN, NAN};
    const struct random_intercept *shown = reason == NULL ? model : &none;
    json_write_key(json, key);
    json_write_object_begin(json);
    teams_write_real(json, "mu", shown->mu);
    teams_write_real(json, "se_mu", shown->se_mu);
    teams_write_real(json, "tau2", shown->tau2);
    teams_write_real(json, "sigma2", shown->sigma2);
    teams_write_real(json, "icc1", shown->icc1);
    teams_write_real(json, "loglik", shown->log_likelihood);
    json_write_key(json, "boundary");
    if (reason == NULL)
        json_write_boolean(json, shown->boundary);
    else
        json_write_null(json);
    if (is_reml) {
        teams_write_real(json, "icc2_mean_n", shown->icc2_mean_n);
        teams_write_real(json, "mean_lambda", shown->mean_lambda);
    }
    teams_write_reason(json, teams_why(reason));
    json_write_object_end(json);
}

struct score_row {
    int64_t n;
    double mean, sd, reliability, blup, shrunken_mean, se_conditional, se_mean_incl_mu, ad_mean, ad_median,
        rwg_raw, rwg;
};

struct score_rows {
    const struct teams_score *score;
    struct score_row *rows;
};

static bool has_score(const void *context, size_t i)
{
    const struct score_rows *rows = context;
    return rows->rows[i].n > 0;
}

static enum message why_no_score(const void *context, size_t i)
{
    const struct score_rows *rows = context;
    if (rows->score->reml_reason != NULL)
        return teams_why(rows->score->reml_reason);
    return rows->rows[i].n == 1 ? MESSAGE_ANALYSE_TEAMS_WHY_GROUP_OF_ONE : MESSAGE_NONE;
}

static struct score_row score_row(const struct teams_score *score, size_t i)
{
    double sd = group_deviation(score->sums[i]), raw = rwg_raw(sd * sd, score->null_uniform);
    struct pooled_mean pooled = {NAN, NAN, NAN, NAN, NAN};
    if (score->reml_reason == NULL)
        pooled = pooled_mean(&score->reml, score->sums[i]);
    return (struct score_row){
        .n = score->sums[i].n,
        .mean = score->sums[i].mean,
        .sd = sd,
        .reliability = pooled.lambda,
        .blup = pooled.blup,
        .shrunken_mean = pooled.mean,
        .se_conditional = pooled.se_conditional,
        .se_mean_incl_mu = pooled.se_including_mu,
        .ad_mean = score->ad_mean[i],
        .ad_median = score->ad_median[i],
        .rwg_raw = raw,
        .rwg = rwg_capped(raw),
    };
}

static void write_score_groups(struct json_writer *json, const struct teams_result *result,
                               const struct teams_score *score)
{
    struct score_row *list = calloc(result->group_count + 1, sizeof *list);
    if (list == NULL) {
        json->out->failed = true;
        return;
    }
    for (size_t i = 0; i < result->group_count; i++)
        list[i] = score_row(score, i);
    struct teams_rows rows = {(const char *)list, sizeof *list, result->group_count, &list[0].n};
    struct score_rows context = {score, list};
    json_write_key(json, "per_group");
    json_write_object_begin(json);
    write_names(json, result->groups, &rows);
    write_sizes(json, &rows);
    teams_write_column(json, "mean", &rows, offsetof(struct score_row, mean));
    teams_write_column(json, "sd", &rows, offsetof(struct score_row, sd));
    teams_write_column(json, "reliability", &rows, offsetof(struct score_row, reliability));
    teams_write_column(json, "blup", &rows, offsetof(struct score_row, blup));
    teams_write_column(json, "shrunken_mean", &rows, offsetof(struct score_row, shrunken_mean));
    teams_write_column(json, "se_conditional", &rows, offsetof(struct score_row, se_conditional));
    teams_write_column(json, "se_mean_incl_mu", &rows, offsetof(struct score_row, se_mean_incl_mu));
    teams_write_column(json, "ad_mean", &rows, offsetof(struct score_row, ad_mean));
    teams_write_column(json, "ad_median", &rows, offsetof(struct score_row, ad_median));
    if (!isnan(score->null_uniform)) {
        teams_write_column(json, "rwg_raw", &rows, offsetof(struct score_row, rwg_raw));
        teams_write_column(json, "rwg", &rows, offsetof(struct score_row, rwg));
    }
    teams_write_reasons(json, result->group_count, why_no_score, has_score, &context);
    json_write_object_end(json);
    free(list);
}

static void write_score_rwg(struct json_writer *json, const struct teams_score *score)
{
    json_write_key(json, "rwg");
    json_write_object_begin(json);
    teams_write_real(json, "A", score->options);
    teams_write_real(json, "ranvar_uniform", score->null_uniform);
    teams_write_real(json, "mean", score->rwg.mean);
    teams_write_real(json, "median", score->rwg.median);
    teams_write_real(json, "share_ge_.70", score->rwg.share_usual);
    teams_write_reason(json,
                       score->rwg.n == 0 ? MESSAGE_ANALYSE_TEAMS_WHY_NO_GROUP_OF_TWO_SCORES : MESSAGE_NONE);
    json_write_object_end(json);
}

void teams_write_score(struct json_writer *json, const struct teams_result *result,
                       const struct teams_scale *scale)
{
    const struct teams_score *score = &scale->score;
    const struct anova *anova = &score->anova;
    json_write_key(json, "score");
    json_write_object_begin(json);
    teams_write_integer(json, "N", anova->n);
    teams_write_integer(json, "groups", anova->groups);
    teams_write_real(json, "mean_group_size", anova->mean_group_size);
    teams_write_real(json, "k0", anova->k0);
    teams_write_real(json, "grand_mean", anova->grand_mean);
    teams_write_real(json, "sd", anova->deviation);
    write_anova(json, anova);
    teams_write_real(json, "icc1_anova_mean_n", anova->icc1_mean_n);
    teams_write_real(json, "icc1_anova_k0", anova->icc1_k0);
    teams_write_real(json, "icc2_anova", anova->icc2);
    teams_write_pair(json, "icc1_ci95_F_k0", (const double[]){anova->icc1_low, anova->icc1_high});
    teams_write_pair(json, "icc2_ci95_F", (const double[]){anova->icc2_low, anova->icc2_high});
    write_model(json, "reml", &score->reml, score->reml_reason, true);
    write_model(json, "ml", &score->ml, score->ml_reason, false);
    if (!isnan(score->null_uniform))
        write_score_rwg(json, score);
    teams_write_real(json, "ad_mean_of_groups", score->ad.mean);
    teams_write_reason(json, teams_why(anova->reason));
    if (result->options->per_group)
        write_score_groups(json, result, score);
    json_write_object_end(json);
}
