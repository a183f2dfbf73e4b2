/* The JSON of scales: keys as in the reference files of tests/reference. */
#include "analyse/teams_json.h"

#include "analyse/left_out.h"

#include <math.h>

const char *teams_reason(const char *reason)
{
    static const char *const REASONS[][2] = {
        {"no-range", "no --range was given"},
        {"no-data", "no group has a value"},
        {"one-group", "there is only one group"},
        {"singletons", "no group has more than one value"},
        {"no-variance", "everybody gave the same"},
        {"no-variance-within", "people inside the groups never differ"},
        {"no-variance-between", "all groups have the same mean"},
        {"too-few-items", "one factor needs 3 items"},
        {"too-little-data", "fewer than 2 complete rows"},
        {"constant-item", "an item does not vary"},
        {"singular", "an item follows from the others, or there are too few rows"},
        {"not-identified", "the items share too little for one factor"},
        {"no-convergence", "no best factor was found"},
    };
    for (size_t i = 0; reason != NULL && i < COUNT_OF(REASONS); i++)
        if (strcmp(REASONS[i][0], reason) == 0)
            return REASONS[i][1];
    return reason;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

void teams_write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value);
}

void teams_write_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

static void write_reals(struct json_writer *json, const char *key, const double *values, size_t count)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++)
        json_write_real(json, values[i]);
    json_write_array_end(json);
}

void teams_write_pair(struct json_writer *json, const char *key, const double pair[static 2])
{
    write_reals(json, key, pair, 2);
}

void teams_write_reason(struct json_writer *json, const char *text)
{
    if (text == NULL)
        return;
    json_write_key(json, "reason");
    json_write_text(json, slice_from_text(text));
}

void teams_write_column(struct json_writer *json, const char *key, const struct teams_rows *rows,
                        size_t offset)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < rows->count; i++) {
        const char *row = rows->first + i * rows->size;
        double value;
        int64_t n = 1;
        if (rows->n != NULL)
            memcpy(&n, row + ((const char *)rows->n - rows->first), sizeof n);
        memcpy(&value, row + offset, sizeof value);
        if (n > 0)
            json_write_real(json, value);
    }
    json_write_array_end(json);
}

/* ---- A scale ---------------------------------------------------------------------------------------- */

static void write_head(struct json_writer *json, const struct teams_options *options,
                       const struct teams_scale *scale)
{
    json_write_key(json, "items");
    json_write_array_begin(json);
    for (size_t i = 0; i < scale->options->items; i++)
        json_write_text(json, scale->item_names[i]);
    json_write_array_end(json);
    json_write_key(json, "reversed");
    json_write_array_begin(json);
    for (size_t i = 0; i < scale->options->items; i++)
        if (scale->options->reversed[i])
            json_write_text(json, scale->item_names[i]);
    json_write_array_end(json);
    json_write_key(json, "scale");
    json_write_object_begin(json);
    teams_write_real(json, "low", options->has_range ? options->low : (double)NAN);
    teams_write_real(json, "high", options->has_range ? options->high : (double)NAN);
    teams_write_reason(json, options->has_range ? NULL : teams_reason("no-range"));
    json_write_object_end(json);
    teams_write_integer(json, "n_rows", scale->moments.rows);
    teams_write_integer(json, "n_complete", scale->moments.complete);
    teams_write_integer(json, "k", (int64_t)scale->options->items);
}

static const char *listwise_reason(const struct teams_scale *scale)
{
    if (scale->moments.complete < 2)
        return teams_reason("too-little-data");
    if (isnan(scale->reliability.mean_interitem_r))
        return teams_reason("constant-item");
    if (isnan(scale->reliability.alpha))
        return "the sum of the items does not vary";
    return isnan(scale->reliability.guttman_lambda6) ? teams_reason("singular") : NULL;
}

static void write_listwise(struct json_writer *json, const struct teams_scale *scale)
{
    const struct reliability *reliability = &scale->reliability;
    json_write_key(json, "listwise");
    json_write_object_begin(json);
    teams_write_real(json, "alpha", reliability->alpha);
    teams_write_real(json, "alpha_standardized", reliability->alpha_standardized);
    teams_write_real(json, "mean_interitem_r", reliability->mean_interitem_r);
    json_write_key(json, "alpha_ci95");
    json_write_object_begin(json);
    teams_write_pair(json, "feldt", reliability->feldt);
    teams_write_pair(json, "bonett", reliability->bonett);
    teams_write_real(json, "duhachek_ase", reliability->duhachek_ase);
    teams_write_pair(json, "duhachek", reliability->duhachek);
    if (isnan(reliability->alpha))
        teams_write_reason(json, "there is no alpha");
    else if (isnan(reliability->bonett[0]))
        teams_write_reason(json, "fewer than 3 complete rows");
    json_write_object_end(json);
    teams_write_real(json, "guttman_lambda6", reliability->guttman_lambda6);
    teams_write_real(json, "sem_mean_score", reliability->sem_mean_score);
    teams_write_real(json, "mdc95_mean_score", reliability->mdc95_mean_score);
    teams_write_reason(json, listwise_reason(scale));
    json_write_object_end(json);
}

static const char *item_reason(const struct teams_scale *scale, size_t i)
{
    size_t k = scale->options->items;
    if (scale->moments.answered[i] == 0)
        return "nobody answered";
    if (scale->moments.answered[i] == 1)
        return "only one person answered";
    if (scale->moments.complete < 2)
        return teams_reason("too-little-data");
    if (isnan(scale->item_rest_r[i]))
        return scale->moments.covariance[i * k + i] > 0 ? "the other items do not vary"
                                                        : "the item does not vary";
    if (isnan(scale->alpha_if_deleted[i]))
        return k == 2 ? "one item would be left" : "the others do not vary together";
    return NULL;
}

static void write_items(struct json_writer *json, const struct teams_scale *scale)
{
    size_t k = scale->options->items;
    bool gaps = false;
    json_write_key(json, "item");
    json_write_object_begin(json);
    json_write_key(json, "name");
    json_write_array_begin(json);
    for (size_t i = 0; i < k; i++)
        json_write_text(json, scale->item_names[i]);
    json_write_array_end(json);
    json_write_key(json, "n");
    json_write_array_begin(json);
    for (size_t i = 0; i < k; i++)
        json_write_integer(json, scale->moments.answered[i]);
    json_write_array_end(json);
    write_reals(json, "mean", scale->moments.answered_mean, k);
    write_reals(json, "sd", scale->moments.answered_sd, k);
    write_reals(json, "item_rest_r", scale->item_rest_r, k);
    write_reals(json, "alpha_if_deleted", scale->alpha_if_deleted, k);
    for (size_t i = 0; i < k; i++)
        gaps = gaps || item_reason(scale, i) != NULL;
    if (gaps) { /* per item, null where nothing is missing */
        json_write_key(json, "reason");
        json_write_array_begin(json);
        for (size_t i = 0; i < k; i++)
            if (item_reason(scale, i) != NULL)
                json_write_text(json, slice_from_text(item_reason(scale, i)));
            else
                json_write_null(json);
        json_write_array_end(json);
    }
    json_write_object_end(json);
}

static void write_fit(struct json_writer *json, const struct factor_fit *fit)
{
    json_write_key(json, "fit");
    json_write_object_begin(json);
    teams_write_real(json, "chisq", fit->chisq);
    teams_write_integer(json, "df", fit->df);
    teams_write_real(json, "pvalue", fit->pvalue);
    teams_write_real(json, "cfi", fit->cfi);
    teams_write_real(json, "tli", fit->tli);
    teams_write_real(json, "rmsea", fit->rmsea);
    teams_write_real(json, "rmsea.ci.lower", fit->rmsea_ci_lower);
    teams_write_real(json, "rmsea.ci.upper", fit->rmsea_ci_upper);
    teams_write_real(json, "srmr", fit->srmr);
    teams_write_real(json, "logl", fit->logl);
    teams_write_real(json, "aic", fit->aic);
    teams_write_real(json, "bic", fit->bic);
    if (isnan(fit->pvalue))
        teams_write_reason(json, "3 items leave no degrees of freedom");
    json_write_object_end(json);
}

static void write_factor(struct json_writer *json, const struct teams_scale *scale)
{
    const struct one_factor *factor = &scale->factor;
    json_write_key(json, "one_factor_ml");
    if (scale->factor_reason != NULL) {
        json_write_null(json);
        return;
    }
    json_write_object_begin(json);
    write_reals(json, "loadings", factor->loadings, factor->items);
    write_reals(json, "residual_variances", factor->residual_variances, factor->items);
    write_reals(json, "std_loadings", factor->std_loadings, factor->items);
    teams_write_real(json, "omega_total", factor->omega_total);
    teams_write_real(json, "omega_se_delta", factor->omega_se_delta);
    teams_write_pair(json, "omega_ci95_delta", factor->omega_ci95_delta);
    teams_write_real(json, "omega_total_denominator_observed", factor->omega_total_denominator_observed);
    teams_write_real(json, "ave", factor->ave);
    write_fit(json, &factor->fit);
    if (factor->heywood) {
        json_write_key(json, "heywood");
        json_write_boolean(json, true);
        json_write_key(json, "heywood_item");
        json_write_text(json, scale->item_names[factor->heywood_item]);
        teams_write_reason(json,
                           "Heywood case: the residual variance of this item would be below 0 and is held at "
                           "0; there is no standard error");
    }
    json_write_object_end(json);
}

static void write_scale(struct json_writer *json, const struct teams_result *result,
                        const struct teams_scale *scale)
{
    json_write_object_begin(json);
    write_head(json, result->options, scale);
    if (scale->options->items > 1) {
        write_listwise(json, scale);
        teams_write_real(json, "pairwise_alpha", scale->pairwise_alpha);
        write_items(json, scale);
        write_factor(json, scale);
        if (scale->factor_reason != NULL)
            teams_write_reason(json, teams_reason(scale->factor_reason));
        else if (isnan(scale->pairwise_alpha))
            teams_write_reason(json, "pairs of items without 2 rows");
        if (result->options->has_group)
            teams_write_agreement(json, result, scale);
    }
    if (result->options->has_group)
        teams_write_score(json, result, scale);
    json_write_object_end(json);
}

void analyse_teams_json(const void *pointer, struct json_writer *json)
{
    const struct teams_result *result = pointer;
    char name[1024];
    json_write_object_begin(json);
    json_write_key(json, "scales");
    json_write_object_begin(json);
    for (size_t s = 0; s < result->options->scale_count; s++) {
        (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(result->options->scales[s].name));
        json_write_key(json, name);
        write_scale(json, result, &result->scales[s]);
    }
    json_write_object_end(json);
    if (result->counts.left_out > 0)
        left_out_json(&result->counts, json);
    json_write_object_end(json);
}
