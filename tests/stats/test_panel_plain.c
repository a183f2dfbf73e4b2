/* Panel models against straightforward code, and how often their verdicts are wrong. */
#include "panel_making.h"

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

/* The table alone, put through another likelihood: same value, no slope, and with observed information
 * the standard errors of its second differences. */
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

/* Many panels with known paths, x to y .25 and y to x none: the intervals cover them in about 95 of 100,
 * and the verdict is never "y first" and nearly never "both". */
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
    for (uint64_t seed = 1; seed <= 100; seed++) {
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
    assert_true(used >= 96);
    for (int i = 0; i < 2; i++)
        assert_true(covers[i] >= 0.90 * used && covers[i] <= 0.99 * used);
    assert_true(verdicts[LEAD_LAG_X_FIRST] > 0.5 * used);
    assert_int_equal(verdicts[LEAD_LAG_Y_FIRST], 0);
    assert_true(verdicts[LEAD_LAG_BOTH] < 0.08 * used);
}

/* Both lead equally: "both" is the usual verdict, and the difference of the sizes varies as its standard error says; the
 * two paths are far from independent. */
static void test_both(void **state)
{
    (void)state;
    static double values[VALUES_MAXIMUM];
    struct making making = usual;
    making.rows = 600;
    making.waves = 4;
    making.y_to_x = making.x_to_y;
    int both = 0, used = 0;
    double sum = 0, squares = 0, variances = 0;
    for (uint64_t seed = 1; seed <= 70; seed++) {
        struct generator generator = {seed};
        make(&generator, &making, values);
        struct panel_result result = fitted(values, making.rows, 4, false, PANEL_RICLPM_EQUAL);
        if (result.status != PANEL_PROPER)
            continue;
        double difference = fabs(result.paths.x_to_y) - fabs(result.paths.y_to_x);
        used++;
        both += lead_lag_verdict(&result.paths, 1.96) == LEAD_LAG_BOTH;
        sum += difference;
        squares += difference * difference;
        variances += result.paths.se_difference * result.paths.se_difference;
    }
    assert_true(used >= 67);
    assert_true(both >= 0.8 * used);
    double spread = sqrt(squares / used - sum / used * (sum / used));
    assert_near(spread, sqrt(variances / used), 0.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_likelihood),
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_many_panels),
        cmocka_unit_test(test_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
