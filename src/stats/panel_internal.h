/* How the panel models are put together. Internal to stats.
 *
 * All of it works on scaled data: each column around its mean, all x divided by one number and all y by
 * one. The models keep their form under that, and then every parameter is about 1 in size.
 *
 * A model gives means mu and covariances Sigma of the columns. The likelihood knows only those (the
 * "moments": mu, then Sigma's lower triangle row by row, cross_index); panel_likelihood.c has its value,
 * slope and information in them. panel_model.c has the slopes of the moments in a model's parameters. */
#ifndef HECHT_STATS_PANEL_INTERNAL_H
#define HECHT_STATS_PANEL_INTERNAL_H

#include "stats/cross_moments.h"
#include "stats/panel.h"

enum {
    COLUMNS_MAXIMUM = PANEL_VARIABLES_MAXIMUM,
    SQUARE_MAXIMUM = COLUMNS_MAXIMUM * COLUMNS_MAXIMUM,
    MOMENTS_MAXIMUM = COLUMNS_MAXIMUM + CROSS_PRODUCTS_MAXIMUM,
};

/* Rows with values in the same columns. */
struct pattern {
    uint32_t seen;                /* bit i: column i has values */
    struct cross_moments moments; /* 0 where not seen */
};

struct panel_sample {
    size_t waves, columns;
    int64_t n;
    bool casewise;
    double center[COLUMNS_MAXIMUM], scale[COLUMNS_MAXIMUM];
    double log_scale; /* sum over all values of ln scale: what scaling adds to the log likelihood */
    struct pattern *patterns;
    size_t pattern_count;
    double mean[COLUMNS_MAXIMUM], covariance[SQUARE_MAXIMUM]; /* of the saturated model */
    double saturated, baseline; /* log likelihoods of scaled data; baseline: no covariances */
};

/* ---- Likelihood (panel_likelihood.c) --------------------------------------------------------------- */

enum information { INFORMATION_NONE = 0, INFORMATION_EXPECTED, INFORMATION_OBSERVED };

struct likelihood {
    double value; /* -INFINITY where Sigma is not positive definite; nothing else is set then */
    double mean_slope[COLUMNS_MAXIMUM];
    double slope[SQUARE_MAXIMUM]; /* G: a change dSigma changes the value by tr(G dSigma) */
    double information[MOMENTS_MAXIMUM * MOMENTS_MAXIMUM];
};
void likelihood_at(const struct panel_sample *sample, const double *mean, const double *covariance,
                   enum information kind, struct likelihood *ret_likelihood);

/* ---- Models (panel_model.c) ------------------------------------------------------------------------ */

/* Columns of the deviations w are numbered as the data's: wx_t is t, wy_t is waves + t. */
enum element_kind {
    ELEMENT_MEAN = 1,   /* of column i */
    ELEMENT_PATH,       /* from w_j to w_i */
    ELEMENT_INNOVATION, /* covariance of what is new in w_i and w_j (wave 1: of w itself) */
    ELEMENT_INTERCEPT,  /* covariance of the random intercepts; i, j: 0 is x, 1 is y */
    ELEMENT_MOMENT,     /* Sigma_ij itself: the saturated model */
};
struct element {
    enum element_kind kind;
    size_t i, j;
    size_t parameter; /* several elements may share one */
};
struct model {
    size_t waves, columns;
    struct element elements[MOMENTS_MAXIMUM];
    size_t element_count, parameter_count;
};
void model_of(enum panel_model kind, size_t waves, struct model *ret_model);
void model_saturated(size_t waves, struct model *ret_model);

struct moments {
    double mean[COLUMNS_MAXIMUM], covariance[SQUARE_MAXIMUM];
    double within[SQUARE_MAXIMUM]; /* covariance of the deviations w */
    double total[SQUARE_MAXIMUM];  /* (I - B)^-1: what one unit new in w_j does to w_i in the end */
};
void model_moments(const struct model *model, const double *parameters, struct moments *ret_moments);
/* delta[m * parameter_count + k]: slope of moment m in parameter k. */
void model_slopes(const struct model *model, const struct moments *moments, double *ret_delta);
/* Subtracts sum_ij G_ij d2 Sigma_ij / d k d l from information[k * parameter_count + l]. */
void model_curvature(const struct model *model, const struct moments *moments, const double *slope,
                     double *information);
/* True when all latent covariance matrices are positive definite. */
bool model_is_proper(const struct model *model, const double *parameters);

/* ---- Maximum (panel_maximum.c) --------------------------------------------------------------------- */

struct maximum {
    struct moments moments;
    struct likelihood likelihood;
    double parameters[MOMENTS_MAXIMUM], slope[MOMENTS_MAXIMUM], step[MOMENTS_MAXIMUM];
    double information[MOMENTS_MAXIMUM * MOMENTS_MAXIMUM]; /* in the parameters */
    double delta[MOMENTS_MAXIMUM * MOMENTS_MAXIMUM], product[MOMENTS_MAXIMUM * MOMENTS_MAXIMUM];
};
/* From maximum->parameters to the top. False: none found. Afterwards moments and likelihood are those of
 * the top. */
bool maximum_find(const struct panel_sample *sample, const struct model *model, struct maximum *maximum);
/* Covariance matrix of the estimates at the top, into maximum->information. False: not positive definite. */
bool maximum_covariance(const struct panel_sample *sample, const struct model *model,
                        struct maximum *maximum);

/* ---- Table of parameters (panel_rows.c) ------------------------------------------------------------ */

/* covariance is that of the parameters; both of scaled data, the rows of the data. */
void rows_of(const struct panel_sample *sample, enum panel_model kind, const struct model *model,
             const double *parameters, const double *covariance, struct panel_result *result);
/* Standardised cross paths, averaged over the waves. */
void paths_of(const struct model *model, const double *parameters, const double *covariance,
              struct lead_lag_paths *ret_paths);

#endif
