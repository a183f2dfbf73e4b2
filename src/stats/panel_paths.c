#include "stats/panel_internal.h"

#include <math.h>

enum { X_TO_Y = 0, Y_TO_X = 1 };

/* Standardised path from w_j to w_i: b sd(w_j) / sd(w_i), as the model implies them; means over the waves. */
static void standardise(const struct model *model, const double *parameters, double *ret_paths)
{
    struct moments moments;
    size_t columns = model->columns;
    double count = (double)(model->waves - 1);
    model_moments(model, parameters, &moments);
    ret_paths[X_TO_Y] = ret_paths[Y_TO_X] = 0;
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *path = &model->elements[e];
        bool from_x = path->j < model->waves, to_x = path->i < model->waves;
        if (path->kind != ELEMENT_PATH || from_x == to_x)
            continue;
        double ratio =
            moments.within[path->j * columns + path->j] / moments.within[path->i * columns + path->i];
        ret_paths[from_x ? X_TO_Y : Y_TO_X] += parameters[path->parameter] * sqrt(ratio) / count;
    }
}

/* Delta method with slopes by central differences; the parameters are about 1, so a step of 1e-5 leaves
 * an error of about 1e-10. */
void paths_of(const struct model *model, const double *parameters, const double *covariance,
              struct lead_lag_paths *ret_paths)
{
    const double step = 1e-5;
    size_t count = model->parameter_count;
    double at[2], slopes[2][MOMENTS_MAXIMUM], moved[MOMENTS_MAXIMUM], variance[2][2] = {{0}};
    standardise(model, parameters, at);
    memcpy(moved, parameters, count * sizeof(double));
    for (size_t k = 0; k < count; k++) {
        double up[2], down[2];
        moved[k] = parameters[k] + step;
        standardise(model, moved, up);
        moved[k] = parameters[k] - step;
        standardise(model, moved, down);
        moved[k] = parameters[k];
        for (size_t f = 0; f < 2; f++)
            slopes[f][k] = (up[f] - down[f]) / (2 * step);
    }
    for (size_t f = 0; f < 2; f++)
        for (size_t g = 0; g < 2; g++)
            for (size_t k = 0; k < count; k++)
                for (size_t l = 0; l < count; l++)
                    variance[f][g] += slopes[f][k] * covariance[k * count + l] * slopes[g][l];
    double same_sign = at[X_TO_Y] * at[Y_TO_X] < 0 ? -1 : 1; /* the sizes are compared */
    *ret_paths = (struct lead_lag_paths){
        .x_to_y = at[X_TO_Y],
        .y_to_x = at[Y_TO_X],
        .se_x_to_y = sqrt(variance[X_TO_Y][X_TO_Y]),
        .se_y_to_x = sqrt(variance[Y_TO_X][Y_TO_X]),
        .se_difference = sqrt(variance[0][0] + variance[1][1] - 2 * same_sign * variance[0][1]),
    };
}
