/* The JSON of scales: keys as in the reference files of tests/reference. */
#include "analyse/teams_json.h"

#include "analyse/left_out.h"
#include "analyse/words.h"

#include <math.h>

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

/* Words in the JSON are English, whatever the language of the report. */
static void write_why(struct json_writer *json, enum message why)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(4 << 10);
    message_write(&text, LANGUAGE_EN, why, NO_ARGUMENTS);
    json_write_text(json, buffer_slice(&text));
}

void teams_write_reason(struct json_writer *json, enum message why)
{
    if (why != MESSAGE_NONE)
        words_why(json, why);
}

void teams_write_reasons(struct json_writer *json, size_t count, enum message (*why)(const void *, size_t),
                         bool (*listed)(const void *, size_t), const void *context)
{
    bool any = false;
    for (size_t i = 0; i < count && !any; i++)
        any = (listed == NULL || listed(context, i)) && why(context, i) != MESSAGE_NONE;
    if (!any)
        return;
    json_write_key(json, "reason");
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        if (listed != NULL && !listed(context, i))
            continue;
        if (why(context, i) == MESSAGE_NONE)
            json_write_null(json);
        else
            write_why(json, why(context, i));
    }
    json_write_array_end(json);
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
    teams_write_reason(json, options->has_range ? MESSAGE_NONE : MESSAGE_ANALYSE_TEAMS_WHY_NO_RANGE);
    json_write_object_end(json);
    teams_write_integer(json, "n_rows", scale->moments.rows);
    teams_write_integer(json, "n_complete", scale->moments.complete);
    teams_write_integer(json, "k", (int64_t)scale->options->items);
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
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_NO_ALPHA);
    else if (isnan(reliability->bonett[0]))
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_THREE_ROWS);
    json_write_object_end(json);
    teams_write_real(json, "guttman_lambda6", reliability->guttman_lambda6);
    teams_write_real(json, "sem_mean_score", reliability->sem_mean_score);
    teams_write_real(json, "mdc95_mean_score", reliability->mdc95_mean_score);
    teams_write_reason(json, teams_why_no_listwise(scale));
    json_write_object_end(json);
}

static enum message why_of_item(const void *scale, size_t item)
{
    return teams_why_no_item(scale, item);
}

static void write_items(struct json_writer *json, const struct teams_scale *scale)
{
    size_t k = scale->options->items;
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
    teams_write_reasons(json, k, why_of_item, NULL, scale);
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
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_NO_FREEDOM);
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
        teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_HEYWOOD);
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
            teams_write_reason(json, teams_why(scale->factor_reason));
        else if (isnan(scale->pairwise_alpha))
            teams_write_reason(json, MESSAGE_ANALYSE_TEAMS_WHY_NO_PAIRS);
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
    char name[1024]; /* the command takes shorter ones */
    json_write_object_begin(json);
    json_write_key(json, "scales");
    json_write_object_begin(json);
    for (size_t s = 0; s < result->options->scale_count; s++) {
        (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(result->options->scales[s].name));
        json_write_key(json, name);
        write_scale(json, result, &result->scales[s]);
    }
    json_write_object_end(json);
    left_out_json(&result->counts, json);
    json_write_object_end(json);
}
