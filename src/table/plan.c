#include "table/internal.h"

static int compare_entries(const void *a, const void *b)
{
    const struct plan_entry *left = a, *right = b;
    return (left->column > right->column) - (left->column < right->column);
}

static struct plan_entry *find_entry(struct plan *plan, size_t column)
{
    for (size_t e = 0; e < plan->entry_count; e++)
        if (plan->entries[e].column == column)
            return &plan->entries[e];
    return NULL;
}

static void add_bounds(struct plan_entry *entry, const struct table_wanted *wanted)
{
    if (!wanted->bounded)
        return;
    entry->low = entry->bounded && entry->low > wanted->low ? entry->low : wanted->low;
    entry->high = entry->bounded && entry->high < wanted->high ? entry->high : wanted->high;
    entry->bounded = true;
}

/* Numbers are counted in the order of the file, so that neighbours in a row are neighbours in the stage. */
static void number_entries(struct plan *plan)
{
    qsort(plan->entries, plan->entry_count, sizeof *plan->entries, compare_entries);
    for (size_t e = 0; e < plan->entry_count; e++) {
        struct plan_entry *entry = &plan->entries[e];
        if (entry->number)
            entry->number_index = plan->number_count++;
        if (entry->text)
            entry->text_index = plan->text_count++;
    }
}

enum error_code plan_make(const struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                          struct error *error, struct plan *ret_plan)
{
    struct plan plan = {.wanted_count = wanted_count};
    if (wanted_count > TABLE_WANTED_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "table-wanted", "%s: more than %d columns are wanted at once",
                    table->source.name, TABLE_WANTED_MAXIMUM);
    plan.entries = REGION_ARRAY(table->region, wanted_count, struct plan_entry);
    plan.slots = REGION_ARRAY(table->region, wanted_count, struct block_slot);
    if (plan.entries == NULL || plan.slots == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu columns", wanted_count);
    for (size_t w = 0; w < wanted_count; w++) {
        if (wanted[w].column >= table->column_count)
            return FAIL(error, ERROR_INTERNAL, "table-column", "column %zu is wanted and there are %zu",
                        wanted[w].column, table->column_count);
        struct plan_entry *entry = find_entry(&plan, wanted[w].column);
        if (entry == NULL) {
            entry = &plan.entries[plan.entry_count++];
            entry->column = wanted[w].column;
        }
        entry->number |= wanted[w].kind == TABLE_NUMBER;
        entry->text |= wanted[w].kind == TABLE_TEXT;
        add_bounds(entry, &wanted[w]);
    }
    number_entries(&plan);
    for (size_t w = 0; w < wanted_count; w++) {
        const struct plan_entry *entry = find_entry(&plan, wanted[w].column);
        plan.slots[w] = (struct block_slot){
            wanted[w].kind, wanted[w].kind == TABLE_TEXT ? entry->text_index : entry->number_index};
    }
    *ret_plan = plan;
    return OK;
}
