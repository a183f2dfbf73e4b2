/* The table of parameters in the order in which lavaan lists the models as written in docs/science.md. */
#include "stats/panel_internal.h"

#include "stats/distribution.h"

#include <math.h>

struct table {
    const struct panel_sample *sample;
    const struct model *model;
    const double *parameters, *covariance;
    struct panel_result *result;
    bool equal; /* label the paths */
};

static struct panel_name name(enum panel_variable variable, size_t wave)
{
    return (struct panel_name){variable, wave};
}

static struct panel_row *add(struct table *table, struct panel_name left, enum panel_operator operator,
                             struct panel_name right)
{
    struct panel_row *row = &table->result->rows[table->result->row_count++];
    *row = (struct panel_row){.left = left, .operator= operator, .right = right, .label = "", .fixed = true};
    return row;
}

static void add_fixed(struct table *table, struct panel_name left, enum panel_operator operator,
                      struct panel_name right, double value)
{
    add(table, left, operator, right)->estimate = value;
}

static const struct element *find(const struct model *model, enum element_kind kind, size_t i, size_t j)
{
    for (size_t e = 0; e < model->element_count; e++)
        if (model->elements[e].kind == kind && model->elements[e].i == i && model->elements[e].j == j)
            return &model->elements[e];
    return NULL;
}

/* From scaled units to those of the data. */
static double unit_of(const struct table *table, const struct element *element)
{
    const double *scale = table->sample->scale;
    size_t waves = table->model->waves;
    switch (element->kind) {
    case ELEMENT_MEAN:
        return scale[element->i];
    case ELEMENT_PATH:
        return scale[element->i] / scale[element->j];
    case ELEMENT_INTERCEPT:
        return scale[element->i * waves] * scale[element->j * waves];
    case ELEMENT_INNOVATION:
    case ELEMENT_MOMENT:
        break;
    }
    return scale[element->i] * scale[element->j];
}

static struct panel_row *add_free(struct table *table, struct panel_name left, enum panel_operator operator,
                                  struct panel_name right, enum element_kind kind, size_t i, size_t j)
{
    struct panel_row *row = add(table, left, operator, right);
    const struct element *element = find(table->model, kind, i, j);
    size_t k = element->parameter;
    double unit = unit_of(table, element);
    row->estimate = table->parameters[k] * unit + (kind == ELEMENT_MEAN ? table->sample->center[i] : 0);
    row->standard_error = sqrt(table->covariance[k * table->model->parameter_count + k]) * unit;
    row->fixed = false;
    return row;
}

static void add_path(struct table *table, struct panel_name left, struct panel_name right, size_t i, size_t j,
                     const char *label)
{
    struct panel_row *row = add_free(table, left, PANEL_REGRESSION, right, ELEMENT_PATH, i, j);
    row->label = table->equal ? label : "";
}

/* x_t on x and y of the wave before, then y_t on y and x. */
static void add_paths(struct table *table, enum panel_variable x, enum panel_variable y)
{
    size_t waves = table->model->waves;
    for (size_t t = 1; t < waves; t++) {
        add_path(table, name(x, t), name(x, t - 1), t, t - 1, "ax");
        add_path(table, name(x, t), name(y, t - 1), t, waves + t - 1, "bxy");
        add_path(table, name(y, t), name(y, t - 1), waves + t, waves + t - 1, "ay");
        add_path(table, name(y, t), name(x, t - 1), waves + t, t - 1, "byx");
    }
}

static void add_wave_covariances(struct table *table, enum panel_variable x, enum panel_variable y)
{
    size_t waves = table->model->waves;
    for (size_t t = 0; t < waves; t++)
        add_free(table, name(x, t), PANEL_COVARIANCE, name(y, t), ELEMENT_INNOVATION, waves + t, t);
}

static void add_variance(struct table *table, enum panel_variable variable, size_t t, size_t i)
{
    add_free(table, name(variable, t), PANEL_COVARIANCE, name(variable, t), ELEMENT_INNOVATION, i, i);
}

/* Intercept of column i: mean_i - sum of paths b_ij mean_j, with the delta method's standard error. */
static void add_intercept(struct table *table, enum panel_variable variable, size_t t, size_t i)
{
    const struct model *model = table->model;
    const double *center = table->sample->center, *scale = table->sample->scale;
    double slope[MOMENTS_MAXIMUM] = {0}, variance = 0; /* slopes in the scaled parameters */
    struct panel_row *row =
        add_free(table, name(variable, t), PANEL_MEAN, name(PANEL_NONE, 0), ELEMENT_MEAN, i, 0);
    slope[find(model, ELEMENT_MEAN, i, 0)->parameter] = scale[i];
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *path = &model->elements[e];
        if (path->kind != ELEMENT_PATH || path->i != i)
            continue;
        size_t mean = find(model, ELEMENT_MEAN, path->j, 0)->parameter;
        double b = table->parameters[path->parameter] * unit_of(table, path);
        double before = center[path->j] + table->parameters[mean] * scale[path->j];
        row->estimate -= b * before;
        slope[mean] -= b * scale[path->j];
        slope[path->parameter] -= before * unit_of(table, path);
    }
    for (size_t k = 0; k < model->parameter_count; k++)
        for (size_t l = 0; l < model->parameter_count; l++)
            variance += slope[k] * table->covariance[k * model->parameter_count + l] * slope[l];
    row->standard_error = sqrt(variance);
}

static void rows_of_clpm(struct table *table)
{
    size_t waves = table->model->waves;
    add_paths(table, PANEL_X, PANEL_Y);
    add_wave_covariances(table, PANEL_X, PANEL_Y);
    for (size_t s = 1; s <= waves; s++) {
        size_t t = s % waves; /* the first wave comes last */
        add_variance(table, PANEL_X, t, t);
        add_variance(table, PANEL_Y, t, waves + t);
    }
    for (size_t s = 1; s <= waves; s++) {
        size_t t = s % waves;
        add_intercept(table, PANEL_X, t, t);
        add_intercept(table, PANEL_Y, t, waves + t);
    }
}

/* What is fixed: loadings 1, no errors beside the deviations. Then the means. */
static void measurement_rows(struct table *table)
{
    const enum panel_variable observed[] = {PANEL_X, PANEL_Y}, intercept[] = {PANEL_RI_X, PANEL_RI_Y},
                              deviation[] = {PANEL_W_X, PANEL_W_Y};
    size_t waves = table->model->waves;
    for (size_t v = 0; v < 2; v++)
        for (size_t t = 0; t < waves; t++)
            add_fixed(table, name(intercept[v], 0), PANEL_LOADS, name(observed[v], t), 1);
    for (size_t v = 0; v < 2; v++)
        for (size_t t = 0; t < waves; t++)
            add_fixed(table, name(deviation[v], t), PANEL_LOADS, name(observed[v], t), 1);
    for (size_t v = 0; v < 2; v++)
        for (size_t t = 0; t < waves; t++)
            add_fixed(table, name(observed[v], t), PANEL_COVARIANCE, name(observed[v], t), 0);
    for (size_t v = 0; v < 2; v++)
        for (size_t t = 0; t < waves; t++)
            add_free(table, name(observed[v], t), PANEL_MEAN, name(PANEL_NONE, 0), ELEMENT_MEAN,
                     v * waves + t, 0);
}

static void rows_of_riclpm(struct table *table)
{
    const struct panel_name x = name(PANEL_RI_X, 0), y = name(PANEL_RI_Y, 0), none = name(PANEL_NONE, 0);
    size_t waves = table->model->waves;
    measurement_rows(table);
    add_paths(table, PANEL_W_X, PANEL_W_Y);
    add_wave_covariances(table, PANEL_W_X, PANEL_W_Y);
    add_free(table, x, PANEL_COVARIANCE, x, ELEMENT_INTERCEPT, 0, 0);
    add_free(table, y, PANEL_COVARIANCE, y, ELEMENT_INTERCEPT, 1, 1);
    add_free(table, x, PANEL_COVARIANCE, y, ELEMENT_INTERCEPT, 1, 0);
    for (size_t t = 0; t < waves; t++)
        add_variance(table, PANEL_W_X, t, t);
    for (size_t t = 0; t < waves; t++)
        add_variance(table, PANEL_W_Y, t, waves + t);
    add_fixed(table, x, PANEL_MEAN, none, 0);
    add_fixed(table, y, PANEL_MEAN, none, 0);
    for (size_t t = 0; t < waves; t++)
        add_fixed(table, name(PANEL_W_X, t), PANEL_MEAN, none, 0);
    for (size_t t = 0; t < waves; t++)
        add_fixed(table, name(PANEL_W_Y, t), PANEL_MEAN, none, 0);
}

void rows_of(const struct panel_sample *sample, enum panel_model kind, const struct model *model,
             const double *parameters, const double *covariance, struct panel_result *result)
{
    struct table table = {.sample = sample,
                          .model = model,
                          .parameters = parameters,
                          .covariance = covariance,
                          .result = result,
                          .equal = kind == PANEL_RICLPM_EQUAL};
    result->row_count = 0;
    if (kind == PANEL_CLPM)
        rows_of_clpm(&table);
    else
        rows_of_riclpm(&table);
    for (size_t r = 0; r < result->row_count; r++) {
        struct panel_row *row = &result->rows[r];
        row->z = row->fixed ? (double)NAN : row->estimate / row->standard_error;
        row->p = row->fixed ? (double)NAN : normal_two_sided(row->z);
    }
}
