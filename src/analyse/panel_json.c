/* The JSON of `hecht analyse panel`: the names are a contract (docs/analyse.md). */
#include "analyse/analyse_panel.h"
#include "analyse/left_out.h"

#include <math.h>

static void write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value); /* not finite: null */
}

static void write_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

static void write_text(struct json_writer *json, const char *key, struct slice text)
{
    json_write_key(json, key);
    json_write_text(json, text);
}

static void write_null(struct json_writer *json, const char *key)
{
    json_write_key(json, key);
    json_write_null(json);
}

static void write_names(struct json_writer *json, const char *key, const struct slice *names, size_t count)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++)
        json_write_text(json, names[i]);
    json_write_array_end(json);
}

/* ---- Means and covariances ------------------------------------------------------------------------ */

static void write_moments(struct json_writer *json, const struct analyse_panel *panel)
{
    const struct cross_moments *moments = &panel->complete;
    if (moments->n < 2) {
        write_null(json, "mean");
        write_null(json, "cov_n_minus_1");
        write_text(json, "reason", S("fewer than two complete rows"));
        return;
    }
    json_write_key(json, "mean");
    json_write_object_begin(json);
    for (size_t i = 0; i < moments->variables; i++) {
        json_write_key(json, panel->names[i]);
        json_write_real(json, moments->means[i]);
    }
    json_write_object_end(json);
    json_write_key(json, "cov_n_minus_1");
    json_write_array_begin(json);
    for (size_t i = 0; i < moments->variables; i++) {
        json_write_array_begin(json);
        for (size_t j = 0; j < moments->variables; j++)
            json_write_real(json, cross_product(moments, i, j) / (double)(moments->n - 1));
        json_write_array_end(json);
    }
    json_write_array_end(json);
}

/* ---- Models --------------------------------------------------------------------------------------- */

static void write_fit(struct json_writer *json, const struct panel_fit *fit)
{
    json_write_key(json, "fit");
    json_write_object_begin(json);
    write_integer(json, "ntotal", fit->n);
    write_integer(json, "npar", (int64_t)fit->parameters);
    write_real(json, "chisq", fit->chi_square);
    write_integer(json, "df", (int64_t)fit->df);
    write_real(json, "pvalue", fit->p);
    write_real(json, "cfi", fit->cfi);
    write_real(json, "tli", fit->tli);
    write_real(json, "rmsea", fit->rmsea);
    write_real(json, "srmr", fit->srmr);
    write_real(json, "logl", fit->log_likelihood);
    write_real(json, "aic", fit->aic);
    write_real(json, "bic", fit->bic);
    json_write_object_end(json);
}

static void write_name(struct json_writer *json, const struct analyse_panel *panel, struct panel_name name)
{
    char text[16];
    switch (name.variable) {
    case PANEL_X:
        json_write_text(json, panel->options.x[name.wave]);
        return;
    case PANEL_Y:
        json_write_text(json, panel->options.y[name.wave]);
        return;
    case PANEL_RI_X:
        json_write_text(json, S("RIx"));
        return;
    case PANEL_RI_Y:
        json_write_text(json, S("RIy"));
        return;
    case PANEL_W_X:
    case PANEL_W_Y:
        (void)snprintf(text, sizeof text, "w%c%zu", name.variable == PANEL_W_X ? 'x' : 'y', name.wave + 1);
        json_write_text(json, slice_from_text(text));
        return;
    case PANEL_NONE:
        json_write_text(json, S(""));
    }
}

static struct slice operator_text(enum panel_operator operator)
{
    switch (operator) {
    case PANEL_LOADS:
        return S("=~");
    case PANEL_REGRESSION:
        return S("~");
    case PANEL_COVARIANCE:
        return S("~~");
    case PANEL_MEAN:
        break;
    }
    return S("~1");
}

enum column { LEFT, OPERATOR, RIGHT, LABEL, ESTIMATE, ERROR, Z, P, COLUMNS };

static void write_cell(struct json_writer *json, const struct analyse_panel *panel,
                       const struct panel_row *row, enum column column)
{
    switch (column) {
    case LEFT:
        write_name(json, panel, row->left);
        break;
    case OPERATOR:
        json_write_text(json, operator_text(row->operator));
        break;
    case RIGHT:
        write_name(json, panel, row->right);
        break;
    case LABEL:
        json_write_text(json, slice_from_text(row->label));
        break;
    case ESTIMATE:
        json_write_real(json, row->estimate);
        break;
    case ERROR:
        json_write_real(json, row->standard_error);
        break;
    case Z:
        json_write_real(json, row->z);
        break;
    case P:
        json_write_real(json, row->p);
        break;
    case COLUMNS:
        break;
    }
}

static void write_estimates(struct json_writer *json, const struct analyse_panel *panel,
                            const struct panel_result *result, bool labels)
{
    static const char *const KEYS[COLUMNS] = {"lhs", "op", "rhs", "label", "est", "se", "z", "pvalue"};
    json_write_key(json, "estimates");
    json_write_object_begin(json);
    for (enum column column = LEFT; column < COLUMNS; column++) {
        if (column == LABEL && !labels)
            continue;
        json_write_key(json, KEYS[column]);
        json_write_array_begin(json);
        for (size_t r = 0; r < result->row_count; r++)
            write_cell(json, panel, &result->rows[r], column);
        json_write_array_end(json);
    }
    json_write_object_end(json);
}

static void write_model(struct json_writer *json, const char *key, const struct analyse_panel *panel,
                        const struct analyse_panel_model *model, bool labels)
{
    enum panel_status status = model->has_sample ? model->result.status : PANEL_TOO_LITTLE;
    json_write_key(json, key);
    json_write_object_begin(json);
    if (status == PANEL_PROPER || status == PANEL_IMPROPER)
        write_fit(json, &model->result.fit);
    else
        write_null(json, "fit");
    if (status == PANEL_PROPER)
        write_estimates(json, panel, &model->result, labels);
    else
        write_null(json, "estimates");
    json_write_key(json, "heywood");
    json_write_boolean(json, status == PANEL_IMPROPER);
    json_write_key(json, "converged");
    json_write_boolean(json, status == PANEL_PROPER || status == PANEL_IMPROPER);
    if (model->reason.length > 0)
        write_text(json, "reason", model->reason);
    json_write_object_end(json);
}

/* ---- Verdict -------------------------------------------------------------------------------------- */

static struct slice verdict_text(enum lead_lag_verdict verdict)
{
    switch (verdict) {
    case LEAD_LAG_X_FIRST:
        return S("x first");
    case LEAD_LAG_Y_FIRST:
        return S("y first");
    case LEAD_LAG_BOTH:
        return S("both");
    case LEAD_LAG_CANNOT_TELL:
        break;
    }
    return S("cannot tell");
}

static void write_path(struct json_writer *json, const char *key, double estimate, double error)
{
    json_write_key(json, key);
    json_write_object_begin(json);
    write_real(json, "est", estimate);
    write_real(json, "se", error);
    json_write_key(json, "ci95");
    json_write_array_begin(json);
    json_write_real(json, estimate - PANEL_VERDICT_CRITICAL * error);
    json_write_real(json, estimate + PANEL_VERDICT_CRITICAL * error);
    json_write_array_end(json);
    if (isnan(estimate))
        write_text(json, "reason", S("no proper random-intercept model"));
    json_write_object_end(json);
}

static void write_verdict(struct json_writer *json, const struct analyse_panel *panel)
{
    const struct lead_lag_paths *paths = &panel->paths;
    bool there = panel->basis != PANEL_BASIS_NONE;
    json_write_key(json, "which_first");
    json_write_object_begin(json);
    write_text(json, "verdict", verdict_text(panel->verdict));
    json_write_key(json, "model");
    if (there)
        json_write_text(json,
                        panel->basis == PANEL_BASIS_EQUAL ? S("riclpm_constrained_fiml") : S("riclpm_fiml"));
    else
        json_write_null(json);
    write_real(json, "equal_lags_pvalue", panel->equal_p);
    write_path(json, "std_x_to_y", there ? paths->x_to_y : NAN, there ? paths->se_x_to_y : NAN);
    write_path(json, "std_y_to_x", there ? paths->y_to_x : NAN, there ? paths->se_y_to_x : NAN);
    write_path(json, "difference_of_sizes", there ? fabs(paths->x_to_y) - fabs(paths->y_to_x) : NAN,
               there ? paths->se_difference : NAN);
    if (!there)
        write_text(json, "reason", S("no proper random-intercept model"));
    else if (panel->too_few)
        write_text(json, "reason", S("a verdict needs 200 rows or more"));
    json_write_object_end(json);
}

void analyse_panel_json(const void *result, struct json_writer *json)
{
    const struct analyse_panel *panel = result;
    json_write_object_begin(json);
    write_names(json, "x", panel->options.x, panel->options.waves);
    write_names(json, "y", panel->options.y, panel->options.waves);
    write_integer(json, "n_rows", panel->counts.rows);
    write_integer(json, "n_complete", panel->complete.n);
    write_moments(json, panel);
    write_model(json, "clpm_listwise", panel, &panel->clpm, false);
    write_model(json, "riclpm_listwise", panel, &panel->riclpm, false);
    write_model(json, "riclpm_constrained_listwise", panel, &panel->equal, true);
    write_model(json, "riclpm_fiml", panel, &panel->fiml, false);
    write_model(json, "riclpm_constrained_fiml", panel, &panel->fiml_equal, true);
    write_verdict(json, panel);
    left_out_json(&panel->counts, json);
    json_write_object_end(json);
}
