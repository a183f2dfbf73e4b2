/* Does x come before y: cross-lagged panel models of two variables over 3 to 8 waves, by maximum
 * likelihood.
 *
 *   CLPM     x_t = c + a x_(t-1) + b y_(t-1) + e, and the same for y; residuals of a wave covary. Mixes
 *            stable differences between units into the paths; here for comparison only.
 *   RI-CLPM  x_t = mean_t + RIx + wx_t, wx_t = a wx_(t-1) + b wy_(t-1) + e, and the same for y; the random
 *            intercepts RIx, RIy covary and are independent of the deviations w (Hamaker, Kuiper & Grasman,
 *            Psychological Methods 20 (2015) 102-116).
 *   EQUAL    RI-CLPM whose four paths are the same between all waves.
 *
 * Listwise: complete rows, expected information. Casewise (full information, FIML): all rows with any
 * value, observed information. Figures as lavaan defines them (Rosseel, Journal of Statistical Software
 * 48 (2012) 2); Bollen, Structural Equations with Latent Variables (1989); Arbuckle (1996) for gaps. */
#ifndef HECHT_STATS_PANEL_H
#define HECHT_STATS_PANEL_H

#include "base/base.h"
#include "stats/lead_lag.h"

enum {
    PANEL_WAVES_MINIMUM = 3,
    PANEL_WAVES_MAXIMUM = 8,
    PANEL_VARIABLES_MAXIMUM = 2 * PANEL_WAVES_MAXIMUM,
    PANEL_ROWS_MAXIMUM = 160,
    PANEL_VERDICT_UNITS = 200, /* fewer units: estimates, but no verdict */
};
#define PANEL_VERDICT_CRITICAL 1.959963984540054 /* two-sided 5 % */

/* ---- Data ------------------------------------------------------------------------------------------ */

struct panel_sample;

/* values: row by row x_1 .. x_T, y_1 .. y_T; NAN is a gap. casewise false: only complete rows count;
 * true: all rows with any value. The sample and its patterns of gaps are in the region: 1.3 kB a pattern,
 * 300 kB otherwise. ERROR_INPUT: "not-finite"; "too-little-data", fewer rows than the saturated model has
 * means and variances, or two columns with fewer common rows than there are columns; "constant", a column
 * that does not vary; "singular", a column that follows from the others. O(values). */
enum error_code panel_sample_make(const double *values, size_t rows, size_t waves, bool casewise,
                                  struct region *region, struct error *error,
                                  struct panel_sample **ret_sample) MUST_CHECK;
int64_t panel_sample_count(const struct panel_sample *sample); /* rows that count */

/* ---- Results --------------------------------------------------------------------------------------- */

enum panel_model { PANEL_CLPM = 1, PANEL_RICLPM, PANEL_RICLPM_EQUAL };

/* One row of the table of parameters: "lhs op rhs", in the order and with the rows that lavaan writes. */
enum panel_variable { PANEL_NONE = 0, PANEL_X, PANEL_Y, PANEL_RI_X, PANEL_RI_Y, PANEL_W_X, PANEL_W_Y };
enum panel_operator {
    PANEL_LOADS = 1 /* =~ */,
    PANEL_REGRESSION /* ~ */,
    PANEL_COVARIANCE /* ~~ */,
    PANEL_MEAN /* ~1 */
};
struct panel_name {
    enum panel_variable variable;
    size_t wave; /* from 0; for X, Y, W_X, W_Y */
};
struct panel_row {
    struct panel_name left, right;
    enum panel_operator operator;
    const char *label; /* "ax", "bxy", "ay", "byx" of EQUAL; "" otherwise */
    double estimate, standard_error;
    double z, p; /* two-sided; NAN when fixed */
    bool fixed;  /* standard error 0 */
};

struct panel_fit {
    int64_t n;
    size_t parameters, df;
    double chi_square, p; /* against the saturated model */
    double cfi, tli, rmsea, srmr, log_likelihood, aic, bic;
};

enum panel_status {
    PANEL_PROPER = 1,
    PANEL_IMPROPER, /* a variance that is not positive, or latent covariances that cannot be: no estimates */
    PANEL_TOO_LITTLE,    /* fewer rows than free parameters */
    PANEL_NOT_CONVERGED, /* no maximum found, or parameters that the data do not determine */
};

struct panel_result {
    enum panel_status status;
    struct panel_fit fit;                      /* of PROPER and IMPROPER */
    struct panel_row rows[PANEL_ROWS_MAXIMUM]; /* of PROPER */
    size_t row_count;
    struct lead_lag_paths paths; /* of PROPER; means over the waves of the standardised paths, delta method */
};

/* Fisher scoring, then Newton's method; from several starts, the best maximum counts. Scratch from the
 * region: 1.5 MB. Fails only without memory; what the data do not allow is a status. */
enum error_code panel_fit(const struct panel_sample *sample, enum panel_model model, struct region *region,
                          struct error *error, struct panel_result *ret_result) MUST_CHECK;
/* Likelihood ratio test of a model against one it is a special case of: p of the difference of the
 * chi-squares. */
double panel_fit_difference(const struct panel_fit *special, const struct panel_fit *general);

#endif
