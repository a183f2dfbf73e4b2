#include "stats/panel.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static bool is_close(double actual, double expected, double absolute)
{
    bool close = fabs(actual - expected) <= absolute;
    if (!close)
        (void)fprintf(stderr, "got %.17g, expected %.17g (+- %g)\n", actual, expected, absolute);
    return close;
}
#define assert_close(actual, expected, absolute) assert_true(is_close((actual), (expected), (absolute)))

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

/* --- made-up panels ------------------------------------------------------------------------------------ */

struct making {
    size_t rows, waves;
    double stable;                         /* standard deviation of the random intercepts */
    double x_to_x, y_to_x, y_to_y, x_to_y; /* paths */
    double gaps;                           /* share of missing values */
};

static void make(struct generator *generator, const struct making *making, double *values)
{
    size_t waves = making->waves;
    for (size_t row = 0; row < making->rows; row++) {
        double stable_x = making->stable * draw_normal(generator);
        double stable_y = 0.4 * stable_x + 0.9 * making->stable * draw_normal(generator), x = 0, y = 0;
        for (size_t t = 0; t < waves; t++) {
            double scale = t == 0 ? 1 : 0.8, x_before = x, y_before = y;
            x = making->x_to_x * x_before + making->y_to_x * y_before + scale * draw_normal(generator);
            y = making->y_to_y * y_before + making->x_to_y * x_before + scale * draw_normal(generator);
            values[row * 2 * waves + t] = draw_uniform(generator) < making->gaps ? NAN : 3 + stable_x + x;
            values[row * 2 * waves + waves + t] =
                draw_uniform(generator) < making->gaps ? NAN : 40 + 6 * (stable_y + y);
        }
    }
}

static const struct making usual = {
    .rows = 300, .waves = 3, .stable = 0.7, .x_to_x = 0.3, .y_to_x = 0.1, .y_to_y = 0.3, .x_to_y = 0.25};

enum { VALUES_MAXIMUM = 4000 * PANEL_VARIABLES_MAXIMUM };

static struct panel_result fitted(const double *values, size_t rows, size_t waves, bool casewise,
                                  enum panel_model model)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct panel_sample *sample;
    struct panel_result result;
    struct error error;
    assert_int_equal(panel_sample_make(values, rows, waves, casewise, region, &error, &sample), OK);
    assert_int_equal(panel_fit(sample, model, region, &error, &result), OK);
    return result;
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

/* Deviations alone, with hardly any memory: the intercepts' variance is about zero, so about half of the estimates are
 * negative. */
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

/* --- against straightforward code ---------------------------------------------------------------------- */

/* Places of all variables of the table of parameters: observed first. */
enum { PLACES_MAXIMUM = 2 * PANEL_VARIABLES_MAXIMUM + 2 };

static size_t place_of(struct panel_name name, size_t waves)
{
    switch (name.variable) {
    case PANEL_X:
        return name.wave;
    case PANEL_Y:
        return waves + name.wave;
    case PANEL_W_X:
        return 2 * waves + name.wave;
    case PANEL_W_Y:
        return 3 * waves + name.wave;
    case PANEL_RI_X:
        return 4 * waves;
    case PANEL_RI_Y:
    case PANEL_NONE:
        break;
    }
    return 4 * waves + 1;
}

/* Solves a x = b by elimination; returns ln |a|. */
static double eliminate(double *a, double *b, size_t n, size_t columns)
{
    double log_determinant = 0;
    for (size_t i = 0; i < n; i++) {
        log_determinant += log(fabs(a[i * n + i]));
        for (size_t r = 0; r < n; r++) {
            double factor = a[r * n + i] / a[i * n + i];
            if (r == i)
                continue;
            for (size_t c = 0; c < n; c++)
                a[r * n + c] -= factor * a[i * n + c];
            for (size_t c = 0; c < columns; c++)
                b[r * columns + c] -= factor * b[i * columns + c];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            b[i * columns + c] /= a[i * n + i];
    return log_determinant;
}

/* Means and covariances of the observed variables from the table alone: (I - A)^-1 S (I - A)^-T. */
static void implied(const struct panel_result *result, size_t waves, double *mean, double *covariance)
{
    size_t all = 4 * waves + 2, observed = 2 * waves;
    static double a[PLACES_MAXIMUM * PLACES_MAXIMUM], b[PLACES_MAXIMUM * PLACES_MAXIMUM],
        s[PLACES_MAXIMUM * PLACES_MAXIMUM];
    double intercepts[PLACES_MAXIMUM] = {0};
    memset(s, 0, sizeof s);
    for (size_t i = 0; i < all; i++)
        for (size_t j = 0; j < all; j++)
            a[i * all + j] = b[i * all + j] = i == j;
    for (size_t r = 0; r < result->row_count; r++) {
        const struct panel_row *row = &result->rows[r];
        size_t left = place_of(row->left, waves), right = place_of(row->right, waves);
        if (row->operator== PANEL_LOADS)
            a[right * all + left] = -row->estimate;
        else if (row->operator== PANEL_REGRESSION)
            a[left * all + right] = -row->estimate;
        else if (row->operator== PANEL_COVARIANCE)
            s[left * all + right] = s[right * all + left] = row->estimate;
        else
            intercepts[left] = row->estimate;
    }
    (void)eliminate(a, b, all, all);
    for (size_t i = 0; i < observed; i++) {
        mean[i] = 0;
        for (size_t k = 0; k < all; k++)
            mean[i] += b[i * all + k] * intercepts[k];
        for (size_t j = 0; j < observed; j++) {
            covariance[i * observed + j] = 0;
            for (size_t k = 0; k < all; k++)
                for (size_t l = 0; l < all; l++)
                    covariance[i * observed + j] += b[i * all + k] * s[k * all + l] * b[j * all + l];
        }
    }
}

static double plain_log_likelihood(const struct panel_result *result, const double *values, size_t rows,
                                   size_t waves)
{
    double mean[PANEL_VARIABLES_MAXIMUM], covariance[PANEL_VARIABLES_MAXIMUM * PANEL_VARIABLES_MAXIMUM],
        sum = 0;
    size_t observed = 2 * waves;
    implied(result, waves, mean, covariance);
    for (size_t row = 0; row < rows; row++) {
        double part[PANEL_VARIABLES_MAXIMUM * PANEL_VARIABLES_MAXIMUM], d[PANEL_VARIABLES_MAXIMUM],
            solved[PANEL_VARIABLES_MAXIMUM];
        size_t seen[PANEL_VARIABLES_MAXIMUM], k = 0;
        for (size_t i = 0; i < observed; i++)
            if (!isnan(values[row * observed + i]))
                seen[k++] = i;
        for (size_t i = 0; i < k; i++) {
            d[i] = solved[i] = values[row * observed + seen[i]] - mean[seen[i]];
            for (size_t j = 0; j < k; j++)
                part[i * k + j] = covariance[seen[i] * observed + seen[j]];
        }
        sum -= ((double)k * log(2 * M_PI) + eliminate(part, solved, k, 1)) / 2;
        for (size_t i = 0; i < k; i++)
            sum -= d[i] * solved[i] / 2;
    }
    return sum;
}

/* Moves a free parameter: all rows that share its label. */
static void move(struct panel_result *result, size_t row, double by)
{
    const char *label = result->rows[row].label;
    for (size_t r = 0; r < result->row_count; r++)
        if (r == row || (label[0] != '\0' && strcmp(label, result->rows[r].label) == 0))
            result->rows[r].estimate += by;
}

static size_t free_rows(const struct panel_result *result, size_t *ret_rows)
{
    size_t count = 0;
    for (size_t r = 0; r < result->row_count; r++) {
        bool again = false;
        for (size_t e = 0; e < r; e++)
            again |=
                result->rows[r].label[0] != '\0' && strcmp(result->rows[r].label, result->rows[e].label) == 0;
        if (!result->rows[r].fixed && !again)
            ret_rows[count++] = r;
    }
    return count;
}

/* The table alone, put through another likelihood: same value, no slope, and with observed information the standard
 * errors of its second differences. */
static void check_top(const double *values, size_t rows, size_t waves, bool casewise, enum panel_model model)
{
    struct panel_result result = fitted(values, rows, waves, casewise, model), moved = result;
    assert_int_equal(result.status, PANEL_PROPER);
    double top = plain_log_likelihood(&result, values, rows, waves);
    assert_near(result.fit.log_likelihood, top, 1e-10);
    size_t free[PANEL_ROWS_MAXIMUM], count = free_rows(&result, free);
    assert_int_equal(count, result.fit.parameters);
    for (size_t k = 0; k < count; k++) {
        double sides[2], step = 1e-4 * result.rows[free[k]].standard_error;
        for (int i = 0; i < 2; i++) {
            moved = result;
            move(&moved, free[k], i == 0 ? step : -step);
            sides[i] = plain_log_likelihood(&moved, values, rows, waves);
        }
        assert_close(sides[0], sides[1], 1e-9);
    }
    static double hessian[80 * 80], identity[80 * 80];
    for (size_t k = 0; k < count; k++)
        for (size_t l = 0; l <= k; l++) {
            double h[2] = {0.02 * result.rows[free[k]].standard_error,
                           0.02 * result.rows[free[l]].standard_error};
            double corner[2][2];
            if (l < k && !casewise)
                continue;
            for (int i = 0; i < 4; i++) {
                moved = result;
                move(&moved, free[k], i & 1 ? h[0] : -h[0]);
                move(&moved, free[l], i & 2 ? h[1] : -h[1]);
                corner[i & 1][i >> 1] = plain_log_likelihood(&moved, values, rows, waves);
            }
            hessian[k * count + l] = hessian[l * count + k] =
                -(corner[1][1] - corner[0][1] - corner[1][0] + corner[0][0]) / (4 * h[0] * h[1]);
            identity[k * count + l] = identity[l * count + k] = k == l;
        }
    if (!casewise)
        return;
    (void)eliminate(hessian, identity, count, count);
    for (size_t k = 0; k < count; k++)
        assert_near(result.rows[free[k]].standard_error, sqrt(identity[k * count + k]), 2e-4);
}

static void test_plain_likelihood(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    struct generator generator = {36};
    struct making making = usual;
    making.rows = 200;
    making.stable = 0.9;
    make(&generator, &making, values);
    check_top(values, making.rows, 3, false, PANEL_CLPM);
    check_top(values, making.rows, 3, false, PANEL_RICLPM);
    making.gaps = 0.08;
    make(&generator, &making, values);
    check_top(values, making.rows, 3, true, PANEL_RICLPM);
    making.waves = 4;
    make(&generator, &making, values);
    check_top(values, making.rows, 4, true, PANEL_RICLPM_EQUAL);
}

/* --- paths and verdict --------------------------------------------------------------------------------- */

static void test_verdict(void **state)
{
    (void)state;
    struct lead_lag_paths paths = {.x_to_y = 0.4, .y_to_x = 0.05, 0.1, 0.1, 0.14};
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_X_FIRST);
    paths.se_difference = 0.2; /* one passes, the other does not, but they may be alike */
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_CANNOT_TELL);
    paths = (struct lead_lag_paths){.x_to_y = 0.05, .y_to_x = -0.4, 0.1, 0.1, 0.14};
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_Y_FIRST);
    paths.x_to_y = 0.3;
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_BOTH);
    paths = (struct lead_lag_paths){.x_to_y = 0.1, .y_to_x = 0.1, 0.1, 0.1, 0.14};
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_CANNOT_TELL);
    paths = (struct lead_lag_paths){.x_to_y = 0.4, .y_to_x = NAN, 0.1, NAN, NAN};
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_CANNOT_TELL);
    paths = (struct lead_lag_paths){.x_to_y = 0.4, .y_to_x = 0.1, 0, 0, 0};
    assert_int_equal(lead_lag_verdict(&paths, 1.96), LEAD_LAG_CANNOT_TELL);
}

/* Many panels with known paths, x to y .25 and y to x none: the intervals cover them in about 95 of 100, and the
 * verdict is never "y first" and nearly never "both". */
static void test_many_panels(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    struct making making = usual;
    making.rows = 600;
    making.waves = 4;
    making.y_to_x = 0;
    making.stable = 0.6;
    int covers[2] = {0, 0}, used = 0, verdicts[4] = {0};
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct generator generator = {seed};
        make(&generator, &making, values);
        struct panel_result result = fitted(values, making.rows, 4, false, PANEL_RICLPM_EQUAL);
        if (result.status != PANEL_PROPER)
            continue;
        used++;
        verdicts[lead_lag_verdict(&result.paths, 1.96)]++;
        for (size_t r = 0; r < result.row_count; r++) {
            const struct panel_row *row = &result.rows[r];
            if (row->left.wave != 1 || row->operator!= PANEL_REGRESSION)
                continue;
            if (strcmp(row->label, "byx") == 0)
                covers[0] += fabs(row->estimate - 6 * making.x_to_y) < 1.96 * row->standard_error;
            if (strcmp(row->label, "bxy") == 0)
                covers[1] += fabs(row->estimate - 0) < 1.96 * row->standard_error;
        }
    }
    assert_true(used >= 145);
    for (int i = 0; i < 2; i++)
        assert_true(covers[i] >= 0.90 * used && covers[i] <= 0.99 * used);
    assert_true(verdicts[LEAD_LAG_X_FIRST] > 0.5 * used);
    assert_int_equal(verdicts[LEAD_LAG_Y_FIRST], 0);
    assert_true(verdicts[LEAD_LAG_BOTH] < 0.08 * used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_improper),
        cmocka_unit_test(test_fewer_rows_than_parameters),
        cmocka_unit_test(test_order_and_units),
        cmocka_unit_test(test_casewise_without_gaps),
        cmocka_unit_test(test_plain_likelihood),
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_many_panels),
        cmocka_unit_test(test_univbct),
        cmocka_unit_test(test_four_waves_with_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
