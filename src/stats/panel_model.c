#include "stats/panel_internal.h"

#include "stats/matrix.h"

/* With B the paths, A = (I - B)^-1 and Omega the innovations, the deviations have Sigma_w = A Omega A';
 * the random intercepts add u u' for columns of the same variable. Every change of Sigma with one element
 * is p q' + q p' (or p p' for a variance), with
 *
 *   path from w_j to w_i        p = A e_i        q = Sigma_w e_j      (dA = A dB A)
 *   innovation (i, j)           p = A e_i        q = A e_j
 *   random intercepts (i, j)    p, q = ones in the columns of variable i and of variable j
 *   moment (i, j)               p = e_i          q = e_j
 */
struct change {
    double p[COLUMNS_MAXIMUM], q[COLUMNS_MAXIMUM];
    bool square; /* p p' alone */
};

/* ---- Which elements a model has ------------------------------------------------------------------- */

static void add(struct model *model, enum element_kind kind, size_t i, size_t j, size_t parameter)
{
    model->elements[model->element_count++] = (struct element){kind, i, j, parameter};
    if (parameter >= model->parameter_count)
        model->parameter_count = parameter + 1;
}

static void add_means(struct model *model)
{
    for (size_t i = 0; i < model->columns; i++)
        add(model, ELEMENT_MEAN, i, 0, model->parameter_count);
}

/* In the order ax, bxy, ay, byx. With equal lags, wave 3 and later use the parameters of wave 2. */
static void add_paths(struct model *model, bool equal)
{
    size_t first = model->parameter_count, waves = model->waves;
    for (size_t t = 1; t < waves; t++) {
        size_t x = t, y = waves + t, at = equal ? first : model->parameter_count;
        add(model, ELEMENT_PATH, x, x - 1, at);
        add(model, ELEMENT_PATH, x, y - 1, at + 1);
        add(model, ELEMENT_PATH, y, y - 1, at + 2);
        add(model, ELEMENT_PATH, y, x - 1, at + 3);
    }
}

void model_of(enum panel_model kind, size_t waves, struct model *ret_model)
{
    struct model *model = ret_model;
    *model = (struct model){.waves = waves, .columns = 2 * waves};
    add_means(model);
    add_paths(model, kind == PANEL_RICLPM_EQUAL);
    for (size_t t = 0; t < waves; t++) {
        add(model, ELEMENT_INNOVATION, t, t, model->parameter_count);
        add(model, ELEMENT_INNOVATION, waves + t, waves + t, model->parameter_count);
        add(model, ELEMENT_INNOVATION, waves + t, t, model->parameter_count);
    }
    if (kind == PANEL_CLPM)
        return;
    add(model, ELEMENT_INTERCEPT, 0, 0, model->parameter_count);
    add(model, ELEMENT_INTERCEPT, 1, 1, model->parameter_count);
    add(model, ELEMENT_INTERCEPT, 1, 0, model->parameter_count);
}

void model_saturated(size_t waves, struct model *ret_model)
{
    *ret_model = (struct model){.waves = waves, .columns = 2 * waves};
    add_means(ret_model);
    for (size_t i = 0; i < ret_model->columns; i++)
        for (size_t j = 0; j <= i; j++)
            add(ret_model, ELEMENT_MOMENT, i, j, ret_model->parameter_count);
}

/* ---- Moments --------------------------------------------------------------------------------------- */

/* Paths stand in the order of the waves, so row j is complete when it is used. */
static void total_effects(const struct model *model, const double *parameters, double *total)
{
    size_t columns = model->columns;
    memset(total, 0, columns * columns * sizeof(double));
    for (size_t i = 0; i < columns; i++)
        total[i * columns + i] = 1;
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *element = &model->elements[e];
        if (element->kind != ELEMENT_PATH)
            continue;
        for (size_t c = 0; c < columns; c++)
            total[element->i * columns + c] +=
                parameters[element->parameter] * total[element->j * columns + c];
    }
}

static size_t variable_of(const struct model *model, size_t column)
{
    return column < model->waves ? 0 : 1;
}

static struct change change_of(const struct model *model, const struct moments *moments,
                               const struct element *element)
{
    size_t columns = model->columns;
    struct change change = {.square = element->i == element->j && element->kind != ELEMENT_PATH};
    for (size_t c = 0; c < columns; c++) {
        switch (element->kind) {
        case ELEMENT_PATH:
            change.p[c] = moments->total[c * columns + element->i];
            change.q[c] = moments->within[c * columns + element->j];
            break;
        case ELEMENT_INNOVATION:
            change.p[c] = moments->total[c * columns + element->i];
            change.q[c] = moments->total[c * columns + element->j];
            break;
        case ELEMENT_INTERCEPT:
            change.p[c] = variable_of(model, c) == element->i;
            change.q[c] = variable_of(model, c) == element->j;
            break;
        case ELEMENT_MOMENT:
            change.p[c] = c == element->i;
            change.q[c] = c == element->j;
            break;
        case ELEMENT_MEAN:
            break;
        }
    }
    return change;
}

static double changed(const struct change *change, size_t i, size_t j)
{
    return change->p[i] * change->q[j] + (change->square ? 0 : change->q[i] * change->p[j]);
}

/* All covariance elements but paths enter Sigma linearly: each adds its value times its change. */
static void add_linear(const struct model *model, const double *parameters, const struct moments *moments,
                       enum element_kind kind, double *square)
{
    size_t columns = model->columns;
    for (size_t e = 0; e < model->element_count; e++) {
        if (model->elements[e].kind != kind)
            continue;
        struct change change = change_of(model, moments, &model->elements[e]);
        for (size_t i = 0; i < columns; i++)
            for (size_t j = 0; j < columns; j++)
                square[i * columns + j] += parameters[model->elements[e].parameter] * changed(&change, i, j);
    }
}

void model_moments(const struct model *model, const double *parameters, struct moments *ret_moments)
{
    size_t bytes = model->columns * model->columns * sizeof(double);
    for (size_t e = 0; e < model->element_count; e++)
        if (model->elements[e].kind == ELEMENT_MEAN)
            ret_moments->mean[model->elements[e].i] = parameters[model->elements[e].parameter];
    total_effects(model, parameters, ret_moments->total);
    memset(ret_moments->within, 0, bytes);
    add_linear(model, parameters, ret_moments, ELEMENT_INNOVATION, ret_moments->within);
    memcpy(ret_moments->covariance, ret_moments->within, bytes);
    add_linear(model, parameters, ret_moments, ELEMENT_INTERCEPT, ret_moments->covariance);
    add_linear(model, parameters, ret_moments, ELEMENT_MOMENT, ret_moments->covariance);
}

void model_slopes(const struct model *model, const struct moments *moments, double *ret_delta)
{
    size_t columns = model->columns, parameters = model->parameter_count;
    memset(ret_delta, 0, (columns + columns * (columns + 1) / 2) * parameters * sizeof(double));
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *element = &model->elements[e];
        if (element->kind == ELEMENT_MEAN) {
            ret_delta[element->i * parameters + element->parameter] += 1;
            continue;
        }
        struct change change = change_of(model, moments, element);
        for (size_t i = 0, at = columns; i < columns; i++)
            for (size_t j = 0; j <= i; j++, at++)
                ret_delta[at * parameters + element->parameter] += changed(&change, i, j);
    }
}

/* ---- Second slopes --------------------------------------------------------------------------------- */

/* tr(G (p q' + q p')) = 2 p' G q, so second slopes need the products of the columns of A and of S =
 * Sigma_w with G between them. With a path at (i, j):
 *
 *   another path at (k, l)       2 (A_li (A'GS)_kj + S_lj (A'GA)_ik + A_jk (A'GS)_il)
 *   an innovation at (k, l)      2 ((A'GA)_ik A_jl + (A'GA)_il A_jk), half of it for a variance
 *
 * All others are zero. */
struct curvature {
    size_t columns;
    const double *a, *s;
    double aga[SQUARE_MAXIMUM], ags[SQUARE_MAXIMUM];
};

static double at(const double *square, const struct curvature *curvature, size_t i, size_t j)
{
    return square[i * curvature->columns + j];
}

static double second_slope(const struct curvature *c, const struct element *path, const struct element *other)
{
    size_t i = path->i, j = path->j, k = other->i, l = other->j;
    if (other->kind == ELEMENT_PATH)
        return 2 * (at(c->a, c, l, i) * at(c->ags, c, k, j) + at(c->s, c, l, j) * at(c->aga, c, i, k) +
                    at(c->a, c, j, k) * at(c->ags, c, i, l));
    if (other->kind != ELEMENT_INNOVATION)
        return 0;
    double slope = 2 * (at(c->aga, c, i, k) * at(c->a, c, j, l) + at(c->aga, c, i, l) * at(c->a, c, j, k));
    return k == l ? slope / 2 : slope;
}

void model_curvature(const struct model *model, const struct moments *moments, const double *slope,
                     double *information)
{
    size_t columns = model->columns;
    struct curvature curvature = {.columns = columns, .a = moments->total, .s = moments->within};
    double transposed[SQUARE_MAXIMUM], ag[SQUARE_MAXIMUM];
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < columns; j++)
            transposed[i * columns + j] = moments->total[j * columns + i];
    matrix_multiply(transposed, slope, columns, ag);
    matrix_multiply(ag, moments->total, columns, curvature.aga);
    matrix_multiply(ag, moments->within, columns, curvature.ags);
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *path = &model->elements[e];
        if (path->kind != ELEMENT_PATH)
            continue;
        for (size_t f = 0; f < model->element_count; f++) {
            const struct element *other = &model->elements[f];
            double value = second_slope(&curvature, path, other);
            information[path->parameter * model->parameter_count + other->parameter] -= value;
            if (other->kind ==
                ELEMENT_INNOVATION) /* paths meet each other in both orders, innovations only here */
                information[other->parameter * model->parameter_count + path->parameter] -= value;
        }
    }
}

/* ---- Proper ---------------------------------------------------------------------------------------- */

static double value_at(const struct model *model, const double *parameters, enum element_kind kind, size_t i,
                       size_t j)
{
    for (size_t e = 0; e < model->element_count; e++)
        if (model->elements[e].kind == kind && model->elements[e].i == i && model->elements[e].j == j)
            return parameters[model->elements[e].parameter];
    return 0;
}

static bool positive(const struct model *model, const double *parameters, enum element_kind kind, size_t x,
                     size_t y)
{
    double xx = value_at(model, parameters, kind, x, x), yy = value_at(model, parameters, kind, y, y);
    double xy = value_at(model, parameters, kind, y, x);
    return xx > 0 && yy > 0 && xx * yy > xy * xy;
}

/* The random intercepts and the innovations of each wave are independent of each other, so it is enough
 * that each of these pairs is possible. */
bool model_is_proper(const struct model *model, const double *parameters)
{
    bool has_intercepts = false;
    for (size_t e = 0; e < model->element_count; e++)
        has_intercepts |= model->elements[e].kind == ELEMENT_INTERCEPT;
    for (size_t t = 0; t < model->waves; t++)
        if (!positive(model, parameters, ELEMENT_INNOVATION, t, model->waves + t))
            return false;
    return !has_intercepts || positive(model, parameters, ELEMENT_INTERCEPT, 0, 1);
}
