#include "table/csv.h"

static size_t step_vectors(const struct csv_plan *plan, const struct csv_step *step)
{
    size_t bytes = step->count * 2 + (step->last && plan->table->carriage_returns ? 1 : 0);
    return (bytes + 15) / 16;
}

/* The digits that are values: in bounds, and no text that means "no value". False: none, or not all
 * between the lowest and the highest. */
static bool digit_bounds(const struct table *table, const struct plan_entry *entry, uint8_t *ret_low,
                         uint8_t *ret_span)
{
    int low = -1, high = -1, count = 0;
    for (int digit = 0; digit <= 9; digit++) {
        char text = (char)('0' + digit);
        if ((entry->bounded && !(digit >= entry->low && digit <= entry->high)) ||
            table_is_missing(table, (struct slice){&text, 1}))
            continue;
        low = low < 0 ? digit : low;
        high = digit;
        count++;
    }
    *ret_low = (uint8_t)low;
    *ret_span = (uint8_t)(high - low);
    return count > 0 && count == high - low + 1;
}

static void fill_vectors(struct csv_plan *plan, const struct csv_step *step)
{
    const struct table *table = plan->table;
    struct csv_vector *vectors = plan->vectors + step->first_vector;
    for (size_t i = 0; i < step->vectors * 16; i++) {
        struct csv_vector *vector = &vectors[i / 16];
        size_t column = i / 2, b = i % 16;
        char end = column + 1 < step->count || !step->last ? table->delimiter
                   : table->carriage_returns               ? '\r'
                                                           : '\n';
        if (column < step->count) {
            vector->pattern[b] = (uint8_t)(i % 2 == 0 ? '0' : end);
            if (i % 2 == 0)
                digit_bounds(table, &plan->wanted->entries[step->entry + column], &vector->low[b],
                             &vector->span[b]);
        } else if (i == step->count * 2 && step->last && table->carriage_returns) {
            vector->pattern[b] = '\n';
        } else {
            vector->span[b] = 255;
        }
    }
}

/* One more column: with the last step when it is alike. */
static void add_column(struct csv_plan *plan, struct csv_step step)
{
    struct csv_step *last = plan->step_count == 0 ? NULL : &plan->steps[plan->step_count - 1];
    if (last != NULL && last->kind == step.kind && last->digits == step.digits && step.kind != CSV_TEXT)
        last->count++;
    else
        plan->steps[plan->step_count++] = step;
}

static void add_steps(struct csv_plan *plan)
{
    const struct plan *wanted = plan->wanted;
    size_t e = 0;
    for (size_t c = 0; c < plan->table->column_count; c++) {
        struct csv_step step = {.kind = CSV_SKIP, .count = 1, .entry = e};
        if (e < wanted->entry_count && wanted->entries[e].column == c) {
            const struct plan_entry *entry = &wanted->entries[e++];
            uint8_t low, span;
            plan->careful |= entry->number && entry->text;
            step.kind = entry->text ? CSV_TEXT : CSV_NUMBERS;
            step.index = entry->text ? entry->text_index : entry->number_index;
            step.digits = entry->number && digit_bounds(plan->table, entry, &low, &span);
        }
        add_column(plan, step);
    }
    plan->steps[plan->step_count - 1].last = true;
}

static void add_stops(struct csv_plan *plan)
{
    plan->skip_stops[(unsigned char)plan->table->delimiter] = true;
    plan->skip_stops['\n'] = plan->skip_stops['\r'] = plan->skip_stops['"'] = true;
    memcpy(plan->text_stops, plan->skip_stops, sizeof plan->text_stops);
    plan->text_stops[0] = true;
    for (size_t b = 0x80; b < 256; b++)
        plan->text_stops[b] = true;
}

enum error_code csv_plan_make(const struct table *table, const struct plan *wanted, struct error *error,
                              struct csv_plan *ret_plan)
{
    struct csv_plan plan = {.table = table, .wanted = wanted};
    size_t steps = 2 * wanted->entry_count + 1, vectors = 0;
    plan.steps = REGION_ARRAY(table->region, steps, struct csv_step);
    if (plan.steps == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a plan of columns");
    add_steps(&plan);
    add_stops(&plan);
    for (size_t s = 0; s < plan.step_count; s++) {
        struct csv_step *step = &plan.steps[s];
        step->vectors = step->kind == CSV_NUMBERS ? step_vectors(&plan, step) : 0;
        step->first_vector = vectors;
        vectors += step->vectors;
    }
    plan.vectors = REGION_ARRAY(table->region, vectors, struct csv_vector);
    if (plan.vectors == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a plan of columns");
    for (size_t s = 0; s < plan.step_count; s++)
        fill_vectors(&plan, &plan.steps[s]);
    *ret_plan = plan;
    return OK;
}
