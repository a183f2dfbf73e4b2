/* Made-up panels with known paths, for the tests of panel models. */
#ifndef HECHT_TESTS_STATS_PANEL_MAKING_H
#define HECHT_TESTS_STATS_PANEL_MAKING_H

#include "reference.h"
#include "stats/panel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static inline bool is_close(double actual, double expected, double absolute)
{
    bool close = fabs(actual - expected) <= absolute;
    if (!close)
        (void)fprintf(stderr, "got %.17g, expected %.17g (+- %g)\n", actual, expected, absolute);
    return close;
}
#define assert_close(actual, expected, absolute) assert_true(is_close((actual), (expected), (absolute)))

struct making {
    size_t rows, waves;
    double stable;                         /* standard deviation of the random intercepts */
    double x_to_x, y_to_x, y_to_y, x_to_y; /* paths */
    double gaps;                           /* share of missing values */
};

static inline void make(struct generator *generator, const struct making *making, double *values)
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

static inline struct panel_result fitted(const double *values, size_t rows, size_t waves, bool casewise,
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

#endif
