#include "analyse/team_counts.h"

#include "analyse/group_index.h"

void team_counts_free(struct team_counts *store)
{
    for (size_t i = 0; i < store->overflow_count; i++)
        free(store->overflow[i].counts);
    free(store->overflow);
    free(store->counts);
    free(store->rows);
    *store = (struct team_counts){0};
}

static enum error_code add_groups(struct team_counts *store, uint32_t group, struct error *error)
{
    size_t cells = store->items * store->options, wanted = (size_t)group + 1;
    if (wanted <= store->groups)
        return OK;
    TRY(array_grow((void **)&store->counts, &store->capacity, wanted * cells, sizeof(uint16_t), error));
    TRY(array_grow((void **)&store->rows, &store->rows_capacity, wanted, sizeof(uint16_t), error));
    memset(store->counts + store->groups * cells, 0, (wanted - store->groups) * cells * sizeof(uint16_t));
    memset(store->rows + store->groups, 0, (wanted - store->groups) * sizeof(uint16_t));
    store->groups = wanted;
    return OK;
}

static int64_t *find_overflow(const struct team_counts *store, uint32_t group)
{
    for (size_t i = 0; i < store->overflow_count; i++)
        if (store->overflow[i].group == group)
            return store->overflow[i].counts;
    return NULL;
}

/* Moves the 16-bit counts of a group to its 64-bit ones. */
static enum error_code spill(struct team_counts *store, uint32_t group, struct error *error)
{
    size_t cells = store->items * store->options;
    uint16_t *small = store->counts + group * cells;
    int64_t *large = find_overflow(store, group);
    if (large == NULL) {
        TRY(array_grow((void **)&store->overflow, &store->overflow_capacity, store->overflow_count + 1,
                       sizeof *store->overflow, error));
        large = calloc(cells, sizeof(int64_t));
        if (large == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for a large group");
        store->overflow[store->overflow_count++] = (struct team_overflow){group, large};
    }
    for (size_t cell = 0; cell < cells; cell++)
        large[cell] += small[cell];
    memset(small, 0, cells * sizeof(uint16_t));
    store->rows[group] = 0;
    return OK;
}

enum error_code team_counts_add(struct team_counts *store, uint32_t group, const uint8_t *const *columns,
                                const uint8_t *incomplete, size_t from, size_t count, struct error *error)
{
    size_t rows = 0;
    TRY(add_groups(store, group, error));
    if (store->rows[group] + count > UINT16_MAX)
        TRY(spill(store, group, error));
    uint16_t *counts = store->counts + group * store->items * store->options;
    for (size_t i = from; i < from + count; i++)
        rows += incomplete[i] == 0;
    for (size_t item = 0; item < store->items; item++, counts += store->options) {
        const uint8_t *column = columns[item];
        for (size_t i = from; i < from + count; i++)
            if (incomplete[i] == 0)
                counts[column[i] - store->low]++;
    }
    store->rows[group] = (uint16_t)(store->rows[group] + rows);
    return OK;
}

int64_t team_counts_collect(const struct team_counts *store, uint32_t group, int64_t *ret_counts)
{
    size_t cells = store->items * store->options;
    int64_t rows = 0;
    if (group >= store->groups)
        return 0;
    const int64_t *large = store->overflow_count > 0 ? find_overflow(store, group) : NULL;
    for (size_t cell = 0; cell < cells; cell++) {
        int64_t n = store->counts[group * cells + cell] + (large != NULL ? large[cell] : 0);
        ret_counts[cell] += n;
        rows += cell < store->options ? n : 0; /* of the first item: every row has one option */
    }
    return rows;
}
