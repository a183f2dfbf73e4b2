#include "panel_making.h"

/* --- reference ----------------------------------------------------------------------------------------- */

struct panel {
    double *values;
    size_t rows, waves;
    const char *x[PANEL_WAVES_MAXIMUM], *y[PANEL_WAVES_MAXIMUM];
    struct table *table;
    struct reference *reference;
};

static struct panel panel_open(const char *name, const char *block)
{
    struct panel panel = {.table = table_open(name), .reference = reference_open(name)};
    char path[100];
    (void)snprintf(path, sizeof path, "%s/x", block);
    panel.waves = reference_length(panel.reference, path);
    panel.rows = table_rows(panel.table);
    panel.values = calloc(panel.rows * 2 * panel.waves, sizeof(double));
    for (size_t t = 0; t < panel.waves; t++) {
        (void)snprintf(path, sizeof path, "%s/x", block);
        panel.x[t] = reference_text(panel.reference, path, t);
        (void)snprintf(path, sizeof path, "%s/y", block);
        panel.y[t] = reference_text(panel.reference, path, t);
        for (size_t row = 0; row < panel.rows; row++) {
            double *at = panel.values + row * 2 * panel.waves;
            at[t] = table_number(panel.table, row, table_column(panel.table, panel.x[t]));
            at[panel.waves + t] = table_number(panel.table, row, table_column(panel.table, panel.y[t]));
        }
    }
    return panel;
}

static void panel_close(struct panel *panel)
{
    free(panel->values);
    reference_close(panel->reference);
    table_close(panel->table);
}

static const char *name_of(const struct panel *panel, struct panel_name name, char *room, size_t size)
{
    const char *prefix = name.variable == PANEL_W_X ? "wx" : "wy";
    switch (name.variable) {
    case PANEL_NONE:
        return "";
    case PANEL_X:
        return panel->x[name.wave];
    case PANEL_Y:
        return panel->y[name.wave];
    case PANEL_RI_X:
        return "RIx";
    case PANEL_RI_Y:
        return "RIy";
    case PANEL_W_X:
    case PANEL_W_Y:
        break;
    }
    (void)snprintf(room, size, "%s%zu", prefix, name.wave + 1);
    return room;
}

static const char *operator_of(enum panel_operator operator)
{
    return operator== PANEL_LOADS      ? "=~" :
           operator== PANEL_REGRESSION ? "~"
           :
           operator== PANEL_MEAN ? "~1"
                                 : "~~";
}

struct at {
    const struct panel *panel;
    char block[80];
};

static double element(const struct at *at, const char *key, size_t i)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/estimates/%s", at->block, key);
    return reference_element(at->panel->reference, path, i);
}

static const char *word(const struct at *at, const char *key, size_t i)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/estimates/%s", at->block, key);
    return reference_text(at->panel->reference, path, i);
}

static double fit(const struct at *at, const char *key)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/fit/%s", at->block, key);
    return reference_number(at->panel->reference, path);
}

static void check_fit(const struct at *at, const struct panel_fit *actual)
{
    assert_int_equal(actual->n, (int64_t)fit(at, "ntotal"));
    assert_int_equal(actual->parameters, (size_t)fit(at, "npar"));
    assert_int_equal(actual->df, (size_t)fit(at, "df"));
    assert_close(actual->chi_square, fit(at, "chisq"), 1e-3);
    assert_close(actual->p, fit(at, "pvalue"), 1e-3);
    assert_close(actual->cfi, fit(at, "cfi"), 1e-5);
    assert_close(actual->tli, fit(at, "tli"), 1e-5);
    assert_close(actual->rmsea, fit(at, "rmsea"), 1e-4);
    assert_close(actual->srmr, fit(at, "srmr"), 1e-4);
    assert_close(actual->log_likelihood, fit(at, "logl"), 1e-4);
    assert_close(actual->aic, fit(at, "aic"), 1e-3);
    assert_close(actual->bic, fit(at, "bic"), 1e-3);
}

/* lavaan stops early, at a slope of about 1e-5, so 1e-4 of a standard error is the least it can be off. */
static void check_rows(const struct at *at, const struct panel_result *result, bool labels)
{
    char path[160], room[40];
    (void)snprintf(path, sizeof path, "%s/estimates/est", at->block);
    assert_int_equal(result->row_count, reference_length(at->panel->reference, path));
    for (size_t i = 0; i < result->row_count; i++) {
        const struct panel_row *row = &result->rows[i];
        assert_string_equal(name_of(at->panel, row->left, room, sizeof room), word(at, "lhs", i));
        assert_string_equal(name_of(at->panel, row->right, room, sizeof room), word(at, "rhs", i));
        assert_string_equal(operator_of(row->operator), word(at, "op", i));
        assert_string_equal(row->label, labels ? word(at, "label", i) : "");
        assert_close(row->estimate, element(at, "est", i), 1e-4);
        assert_close(row->standard_error, element(at, "se", i), 1e-4);
        assert_int_equal(row->fixed, isnan(element(at, "z", i)));
    }
}

static void check_model(const struct panel *panel, const char *block, const char *key, bool casewise,
                        enum panel_model model)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct at at = {.panel = panel};
    (void)snprintf(at.block, sizeof at.block, "%s/%s", block, key);
    struct panel_sample *sample;
    struct panel_result result;
    struct error error;
    assert_int_equal(
        panel_sample_make(panel->values, panel->rows, panel->waves, casewise, region, &error, &sample), OK);
    assert_int_equal(panel_fit(sample, model, region, &error, &result), OK);
    assert_int_equal(result.status, PANEL_PROPER);
    check_fit(&at, &result.fit);
    check_rows(&at, &result, model == PANEL_RICLPM_EQUAL);
}

static void test_univbct(void **state)
{
    (void)state;
    struct panel panel = panel_open("univbct", "panel_jobsat_commit");
    check_model(&panel, "panel_jobsat_commit", "clpm_listwise", false, PANEL_CLPM);
    check_model(&panel, "panel_jobsat_commit", "riclpm_listwise", false, PANEL_RICLPM);
    check_model(&panel, "panel_jobsat_commit", "riclpm_constrained_listwise", false, PANEL_RICLPM_EQUAL);
    check_model(&panel, "panel_jobsat_commit", "riclpm_fiml", true, PANEL_RICLPM);
    panel_close(&panel);
}

static void test_four_waves_with_gaps(void **state)
{
    (void)state;
    struct panel panel = panel_open("synthetic_panel_gaps", "panel");
    check_model(&panel, "panel", "clpm_listwise", false, PANEL_CLPM);
    check_model(&panel, "panel", "riclpm_listwise", false, PANEL_RICLPM);
    check_model(&panel, "panel", "riclpm_constrained_listwise", false, PANEL_RICLPM_EQUAL);
    check_model(&panel, "panel", "riclpm_fiml", true, PANEL_RICLPM);
    panel_close(&panel);
}

/* --- degenerate cases ---------------------------------------------------------------------------------- */

static void assert_refused(const double *values, size_t rows, size_t waves, bool casewise, const char *reason)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct panel_sample *sample = NULL;
    struct error error = {.reason = ""};
    assert_int_equal(panel_sample_make(values, rows, waves, casewise, region, &error, &sample), ERROR_INPUT);
    assert_string_equal(error.reason, reason);
    assert_null(sample);
}

static void test_refused(void **state)
{
    (void)state;
    struct generator generator = {1};
    static double values[VALUES_MAXIMUM], changed[VALUES_MAXIMUM];
    make(&generator, &usual, values);
    size_t bytes = usual.rows * 6 * sizeof(double);
    assert_refused(values, usual.rows, 2, false, "waves");
    assert_refused(values, 10, PANEL_WAVES_MAXIMUM + 1, false, "waves");
    assert_refused(values, 0, 3, false, "too-little-data");
    assert_refused(values, 0, 3, true, "too-little-data");
    assert_refused(values, 26, 3, false, "too-little-data"); /* 27 means and covariances */
    memcpy(changed, values, bytes);
    for (size_t row = 0; row < usual.rows; row++)
        changed[row * 6 + 1] = 0.1 + 0.2;
    assert_refused(changed, usual.rows, 3, false, "constant");
    assert_refused(changed, usual.rows, 3, true, "constant");
    for (size_t row = 0; row < usual.rows; row++)
        changed[row * 6 + 1] = 7 - 3 * changed[row * 6 + 4];
    assert_refused(changed, usual.rows, 3, false, "singular");
    for (size_t row = 0; row < usual.rows; row++) /* all but the same */
        changed[row * 6 + 1] = 7 - 3 * changed[row * 6 + 4] + 1e-5 * draw_normal(&generator);
    assert_refused(changed, usual.rows, 3, false, "singular");
    for (size_t row = 0; row < usual.rows; row++)
        changed[row * 6 + 1] = NAN;
    assert_refused(changed, usual.rows, 3, false, "too-little-data");
    assert_refused(changed, usual.rows, 3, true, "too-little-data");
    memcpy(changed, values, bytes);
    changed[100] = INFINITY;
    assert_refused(changed, usual.rows, 3, true, "not-finite");
    /* The first and the last wave never by the same people. */
    memcpy(changed, values, bytes);
    for (size_t row = 0; row < usual.rows; row++)
        changed[row * 6 + (row % 2 == 0 ? 0 : 2)] = NAN;
    assert_refused(changed, usual.rows, 3, true, "too-little-data");
    /* Two columns that are the same, with gaps. */
    memcpy(changed, values, bytes);
    for (size_t row = 0; row < usual.rows; row++) {
        changed[row * 6 + 1] = changed[row * 6];
        if (row % 5 == 0)
            changed[row * 6 + 3] = NAN;
    }
    assert_refused(changed, usual.rows, 3, true, "singular");
}

/* Deviations alone, with hardly any memory: the intercepts' variance is about zero, so about half of the
 * estimates are negative. */
static void test_improper(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    int improper = 0, proper = 0;
    struct making making = usual;
    making.stable = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct generator generator = {seed};
        make(&generator, &making, values);
        struct panel_result result = fitted(values, making.rows, 3, false, PANEL_RICLPM);
        improper += result.status == PANEL_IMPROPER;
        proper += result.status == PANEL_PROPER;
        assert_true((result.row_count > 0) == (result.status == PANEL_PROPER));
        if (result.status == PANEL_IMPROPER)
            assert_true(isfinite(result.fit.chi_square));
        for (size_t i = 0; i < result.row_count; i++) {
            const struct panel_row *row = &result.rows[i];
            bool variance = row->operator== PANEL_COVARIANCE && row->left.variable == row->right.variable;
            assert_true(!variance || row->fixed || row->estimate > 0);
        }
        assert_int_equal(fitted(values, making.rows, 3, false, PANEL_CLPM).status, PANEL_PROPER);
    }
    assert_true(improper >= 10);
    assert_true(proper >= 1);
}

static void test_fewer_rows_than_parameters(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    struct generator generator = {5};
    struct making making = usual;
    making.waves = 8;
    making.rows = 200;
    make(&generator, &making, values);
    assert_refused(values, 60, 8, false, "too-little-data");
    struct panel_result result = fitted(values, 200, 8, false, PANEL_RICLPM);
    assert_int_equal(result.fit.parameters, 71);
    assert_int_equal(result.fit.df, 16 + 136 - 71);
    assert_int_equal(result.status, PANEL_PROPER);
}

/* --- properties ---------------------------------------------------------------------------------------- */

static void assert_same(const struct panel_result *a, const struct panel_result *b, double absolute)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->row_count, b->row_count);
    for (size_t i = 0; i < a->row_count; i++) {
        assert_close(a->rows[i].estimate, b->rows[i].estimate, absolute);
        assert_close(a->rows[i].standard_error, b->rows[i].standard_error, absolute);
    }
    assert_close(a->fit.chi_square, b->fit.chi_square, absolute);
    assert_close(a->fit.log_likelihood, b->fit.log_likelihood, absolute);
}

static void test_order_and_units(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM], other[VALUES_MAXIMUM];
    struct making making = usual;
    making.gaps = 0.1;
    struct generator generator = {8};
    make(&generator, &making, values);
    struct panel_result one = fitted(values, making.rows, 3, true, PANEL_RICLPM);
    assert_int_equal(one.status, PANEL_PROPER);
    for (size_t row = 0; row < making.rows; row++)
        memcpy(other + row * 6, values + (making.rows - 1 - row) * 6, 6 * sizeof(double));
    struct panel_result two = fitted(other, making.rows, 3, true, PANEL_RICLPM);
    assert_same(&one, &two, 1e-8);
    /* x in other units and far from zero, y turned round: standardised paths change sign only. */
    for (size_t row = 0; row < making.rows; row++)
        for (size_t t = 0; t < 3; t++) {
            other[row * 6 + t] = 1e6 + 1000 * values[row * 6 + t];
            other[row * 6 + 3 + t] = -0.01 * values[row * 6 + 3 + t];
        }
    struct panel_result three = fitted(other, making.rows, 3, true, PANEL_RICLPM);
    assert_close(three.fit.chi_square, one.fit.chi_square, 1e-6);
    assert_close(three.paths.x_to_y, -one.paths.x_to_y, 1e-7);
    assert_close(three.paths.y_to_x, -one.paths.y_to_x, 1e-7);
    assert_close(three.paths.se_difference, one.paths.se_difference, 1e-7);
    for (size_t i = 0; i < one.row_count; i++)
        if (one.rows[i]
                .
                operator== PANEL_REGRESSION && one.rows[i]
                .left.variable != one.rows[i]
                .right.variable)
            assert_near(three.rows[i].estimate / three.rows[i].standard_error,
                        -one.rows[i].estimate / one.rows[i].standard_error, 1e-6);
    /* x and y change places. */
    for (size_t row = 0; row < making.rows; row++)
        for (size_t i = 0; i < 6; i++)
            other[row * 6 + i] = values[row * 6 + (i + 3) % 6];
    struct panel_result four = fitted(other, making.rows, 3, true, PANEL_RICLPM);
    assert_close(four.paths.x_to_y, one.paths.y_to_x, 1e-8);
    assert_close(four.paths.se_x_to_y, one.paths.se_y_to_x, 1e-8);
}

static void test_casewise_without_gaps(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    struct generator generator = {13};
    make(&generator, &usual, values);
    struct panel_result all = fitted(values, usual.rows, 3, true, PANEL_RICLPM_EQUAL);
    struct panel_result complete = fitted(values, usual.rows, 3, false, PANEL_RICLPM_EQUAL);
    assert_int_equal(all.row_count, complete.row_count);
    for (size_t i = 0; i < all.row_count; i++)
        assert_close(all.rows[i].estimate, complete.rows[i].estimate, 1e-9);
    assert_close(all.fit.chi_square, complete.fit.chi_square, 1e-9);
    assert_close(all.fit.cfi, complete.fit.cfi, 1e-12);
    assert_close(all.fit.bic, complete.fit.bic, 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_improper),
        cmocka_unit_test(test_fewer_rows_than_parameters),
        cmocka_unit_test(test_order_and_units),
        cmocka_unit_test(test_casewise_without_gaps),
        cmocka_unit_test(test_univbct),
        cmocka_unit_test(test_four_waves_with_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
