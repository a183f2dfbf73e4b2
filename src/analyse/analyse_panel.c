#include "analyse/analyse_panel.h"

#include <math.h>

/* Equal paths between all waves are kept unless the data speak against them at this level. */
static const double equal_level = 0.05;

/* ---- Reading -------------------------------------------------------------------------------------- */

static struct slice column_name(const struct analyse_panel_options *options, size_t column)
{
    return column < options->waves ? options->x[column] : options->y[column - options->waves];
}

static enum error_code check_names(const struct analyse_panel_options *options, struct error *error)
{
    for (size_t i = 0; i < 2 * options->waves; i++)
        for (size_t j = 0; j < i; j++)
            if (slice_equal(column_name(options, i), column_name(options, j)))
                return FAIL(error, ERROR_INPUT, "same-column", "column %.*s stands twice",
                            SLICE_ARG(column_name(options, i)));
    return OK;
}

static enum error_code read_values(struct table *table, struct analyse_panel *panel, struct region *region,
                                   struct error *error, double **ret_values, size_t *ret_rows)
{
    struct table_wanted wanted[PANEL_VARIABLES_MAXIMUM] = {{.kind = TABLE_NUMBER}};
    struct table_values columns;
    size_t count = 2 * panel->options.waves;
    for (size_t i = 0; i < count; i++) {
        wanted[i].kind = TABLE_NUMBER;
        panel->names[i] = region_text(region, column_name(&panel->options, i));
        TRY(table_column_find(table, column_name(&panel->options, i), error, &wanted[i].column));
    }
    TRY(table_load(table, wanted, count, region, error, &columns, &panel->counts));
    double *values = REGION_ARRAY(region, columns.rows * count, double);
    if (values == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", columns.rows);
    panel->complete.variables = count;
    for (size_t row = 0; row < columns.rows; row++) {
        size_t seen = 0;
        for (size_t i = 0; i < count; i++) {
            values[row * count + i] = columns.numbers[i][row];
            seen += isnan(columns.numbers[i][row]) ? 0 : 1;
        }
        panel->any += seen > 0 ? 1 : 0;
        if (seen == count)
            cross_moments_add(&panel->complete, values + row * count);
    }
    *ret_values = values;
    *ret_rows = columns.rows;
    return OK;
}

/* ---- Models --------------------------------------------------------------------------------------- */

static struct slice reason_of(const struct panel_result *result)
{
    switch (result->status) {
    case PANEL_PROPER:
        break;
    case PANEL_IMPROPER:
        return S("improper solution: a variance that is not positive, or latent covariances that cannot be");
    case PANEL_TOO_LITTLE:
        return S("fewer rows than free parameters");
    case PANEL_NOT_CONVERGED:
        return S("no maximum of the likelihood was found, or the data do not determine all parameters");
    }
    return S("");
}

/* A sample that the models cannot be tried on is a reason; only the rest is a failure. */
static enum error_code sample_of(const double *values, size_t rows, size_t waves, bool casewise,
                                 struct region *region, struct error *error, struct panel_sample **ret_sample,
                                 struct slice *ret_reason)
{
    struct error failure = {.reason = ""};
    *ret_sample = NULL;
    enum error_code code = panel_sample_make(values, rows, waves, casewise, region, &failure, ret_sample);
    if (code == ERROR_INPUT)
        *ret_reason = region_copy(region, slice_from_text(failure.detail));
    else if (code != OK)
        *error = failure;
    return code == ERROR_INPUT ? OK : code;
}

static enum error_code fit_model(const struct panel_sample *sample, struct slice reason,
                                 enum panel_model kind, struct region *region, struct error *error,
                                 struct analyse_panel_model *model)
{
    model->reason = reason;
    model->has_sample = sample != NULL;
    if (sample == NULL)
        return OK;
    TRY(panel_fit(sample, kind, region, error, &model->result));
    model->reason = reason_of(&model->result);
    return OK;
}

static bool is_proper(const struct analyse_panel_model *model)
{
    return model->has_sample && model->result.status == PANEL_PROPER;
}

static bool has_fit(const struct analyse_panel_model *model)
{
    return model->has_sample &&
           (model->result.status == PANEL_PROPER || model->result.status == PANEL_IMPROPER);
}

/* From all rows: equal paths, unless the chi-square of the difference speaks against them
 * (docs/science.md). */
static void decide(struct analyse_panel *panel)
{
    panel->equal_p = NAN;
    if (has_fit(&panel->fiml) && has_fit(&panel->fiml_equal))
        panel->equal_p = panel_fit_difference(&panel->fiml_equal.result.fit, &panel->fiml.result.fit);
    if (panel->equal_p >= equal_level && is_proper(&panel->fiml_equal))
        panel->basis = PANEL_BASIS_EQUAL;
    else if (panel->equal_p < equal_level && is_proper(&panel->fiml))
        panel->basis = PANEL_BASIS_UNEQUAL;
    panel->too_few = panel->any < PANEL_VERDICT_UNITS;
    if (panel->basis == PANEL_BASIS_NONE)
        return;
    panel->paths =
        panel->basis == PANEL_BASIS_EQUAL ? panel->fiml_equal.result.paths : panel->fiml.result.paths;
    if (!panel->too_few)
        panel->verdict = lead_lag_verdict(&panel->paths, PANEL_VERDICT_CRITICAL);
}

enum error_code analyse_panel(struct table *table, const struct analyse_panel_options *options,
                              struct region *region, struct error *error, struct analyse_panel *ret_result)
{
    struct analyse_panel *panel = REGION_NEW(region, struct analyse_panel);
    double *values = NULL; /* for the compiler of an optimised build */
    size_t rows = 0;
    if (panel == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a panel");
    panel->options = *options;
    TRY(check_names(options, error));
    TRY(read_values(table, panel, region, error, &values, &rows));
    struct panel_sample *complete, *any;
    struct slice complete_reason = S(""), any_reason = S("");
    TRY(sample_of(values, rows, options->waves, false, region, error, &complete, &complete_reason));
    TRY(sample_of(values, rows, options->waves, true, region, error, &any, &any_reason));
    TRY(fit_model(complete, complete_reason, PANEL_CLPM, region, error, &panel->clpm));
    TRY(fit_model(complete, complete_reason, PANEL_RICLPM, region, error, &panel->riclpm));
    TRY(fit_model(complete, complete_reason, PANEL_RICLPM_EQUAL, region, error, &panel->equal));
    TRY(fit_model(any, any_reason, PANEL_RICLPM, region, error, &panel->fiml));
    TRY(fit_model(any, any_reason, PANEL_RICLPM_EQUAL, region, error, &panel->fiml_equal));
    decide(panel);
    *ret_result = *panel;
    return OK;
}
