#include "analyse/team_counts.h"

void team_counts_free(struct team_counts *store)
{
    for (size_t i = 0; i < store->overflow_count; i++)
        free(store->overflow[i].counts);
    array_free(store->overflow, store->overflow_capacity, sizeof *store->overflow);
    array_free(store->counts, store->capacity, sizeof *store->counts);
    array_free(store->rows, store->rows_capacity, sizeof *store->rows);
    *store = (struct team_counts){0};
}

enum { WORDS_MAXIMUM = (TEAM_COUNTS_OPTIONS_MAXIMUM + TEAM_COUNTS_IN_WORD - 1) / TEAM_COUNTS_IN_WORD };

/* What a row with this option adds to each word of an item. */
#define ONE(place) ((uint64_t)1 << (place)*TEAM_COUNTS_BITS)
static const uint64_t WEIGHTS[WORDS_MAXIMUM][TEAM_COUNTS_OPTIONS_MAXIMUM] = {
    {ONE(0), ONE(1), ONE(2), ONE(3), ONE(4)},
    {0, 0, 0, 0, 0, ONE(0), ONE(1), ONE(2), ONE(3), ONE(4)},
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ONE(0), ONE(1), ONE(2), ONE(3), ONE(4)},
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ONE(0)},
};

static size_t words_of_item(const struct team_counts *store)
{
    return (store->options + TEAM_COUNTS_IN_WORD - 1) / TEAM_COUNTS_IN_WORD;
}

static int64_t count_in(const uint64_t *words, size_t option)
{
    size_t shift = option % TEAM_COUNTS_IN_WORD * TEAM_COUNTS_BITS;
    return (int64_t)(words[option / TEAM_COUNTS_IN_WORD] >> shift & TEAM_COUNTS_ROWS_MAXIMUM);
}

static enum error_code add_groups(struct team_counts *store, uint32_t group, struct error *error)
{
    size_t words = store->items * words_of_item(store), wanted = (size_t)group + 1;
    if (wanted <= store->groups)
        return OK;
    TRY(array_grow((void **)&store->counts, &store->capacity, wanted * words, sizeof(uint64_t), error));
    TRY(array_grow((void **)&store->rows, &store->rows_capacity, wanted, sizeof(uint16_t), error));
    memset(store->counts + store->groups * words, 0, (wanted - store->groups) * words * sizeof(uint64_t));
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

/* Moves the counts of a group to its 64-bit ones. */
static enum error_code spill(struct team_counts *store, uint32_t group, struct error *error)
{
    size_t words = words_of_item(store);
    uint64_t *small = store->counts + group * store->items * words;
    int64_t *large = find_overflow(store, group);
    if (large == NULL) {
        TRY(array_grow((void **)&store->overflow, &store->overflow_capacity, store->overflow_count + 1,
                       sizeof *store->overflow, error));
        large = calloc(store->items * store->options, sizeof(int64_t));
        if (large == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for a large group");
        store->overflow[store->overflow_count++] = (struct team_overflow){group, large};
    }
    for (size_t item = 0; item < store->items; item++)
        for (size_t o = 0; o < store->options; o++)
            large[item * store->options + o] += count_in(small + item * words, o);
    memset(small, 0, store->items * words * sizeof(uint64_t));
    store->rows[group] = 0;
    return OK;
}

/* Rows without gaps. Over the items inside, because they are as many each time: the end of a loop over a
 * dozen rows cannot be predicted, and that would cost more than the rows. */
static void add_complete(const struct team_counts *store, const uint8_t *const *columns, size_t from,
                         size_t to, uint64_t *counts)
{
    size_t words = words_of_item(store), row = from;
    for (size_t w = 0; w < words; w++, row = from) {
        const uint64_t *weights = WEIGHTS[w];
        for (; row + 4 <= to; row += 4)
            for (size_t item = 0; item < store->items; item++) {
                const uint8_t *codes = columns[item] + row;
                counts[item * words + w] += weights[codes[0] - store->low] + weights[codes[1] - store->low] +
                                            weights[codes[2] - store->low] + weights[codes[3] - store->low];
            }
        for (; row < to; row++)
            for (size_t item = 0; item < store->items; item++)
                counts[item * words + w] += weights[columns[item][row] - store->low];
    }
}

/* Those of the rows that have no gap, as many together as there are. */
static void add_rows(const struct team_counts *store, const uint8_t *const *columns,
                     const uint8_t *incomplete, size_t from, size_t to, uint64_t *counts)
{
    for (size_t row = from; row < to;) {
        size_t end = row;
        while (end < to && incomplete[end] == 0)
            end++;
        add_complete(store, columns, row, end, counts);
        row = end + 1;
    }
}

enum error_code team_counts_add(struct team_counts *store, uint32_t group, const uint8_t *const *columns,
                                const uint8_t *incomplete, size_t from, size_t count, struct error *error)
{
    size_t words = words_of_item(store), complete = 0;
    TRY(add_groups(store, group, error));
    for (; count > TEAM_COUNTS_ROWS_MAXIMUM;
         from += TEAM_COUNTS_ROWS_MAXIMUM, count -= TEAM_COUNTS_ROWS_MAXIMUM)
        TRY(team_counts_add(store, group, columns, incomplete, from, TEAM_COUNTS_ROWS_MAXIMUM, error));
    if (store->rows[group] + count > TEAM_COUNTS_ROWS_MAXIMUM)
        TRY(spill(store, group, error));
    for (size_t i = from; i < from + count; i++)
        complete += incomplete[i] == 0;
    uint64_t *counts = store->counts + group * store->items * words;
    add_rows(store, columns, incomplete, from, from + count, counts);
    store->rows[group] = (uint16_t)(store->rows[group] + complete);
    return OK;
}

bool team_counts_collect_small(const struct team_counts *store, uint32_t group, int32_t *ret_counts,
                               int64_t *ret_rows)
{
    size_t words = words_of_item(store), items = store->items;
    if (group >= store->groups)
        return true;
    if (store->overflow_count > 0 && find_overflow(store, group) != NULL)
        return false;
    const uint64_t *counts = store->counts + group * items * words;
    for (size_t o = 0; o < store->options; o++) {
        const uint64_t *word = counts + o / TEAM_COUNTS_IN_WORD;
        size_t shift = o % TEAM_COUNTS_IN_WORD * TEAM_COUNTS_BITS;
        for (size_t item = 0; item < items; item++)
            ret_counts[o * items + item] += (int32_t)(word[item * words] >> shift & TEAM_COUNTS_ROWS_MAXIMUM);
    }
    *ret_rows += store->rows[group];
    return true;
}

int64_t team_counts_collect(const struct team_counts *store, uint32_t group, int64_t *ret_counts)
{
    size_t words = words_of_item(store), cells = store->items * store->options;
    if (group >= store->groups)
        return 0;
    const uint64_t *counts = store->counts + group * store->items * words;
    const int64_t *large = store->overflow_count > 0 ? find_overflow(store, group) : NULL;
    int64_t rows = store->rows[group];
    for (size_t item = 0; item < store->items; item++)
        for (size_t o = 0; o < store->options; o++)
            ret_counts[item * store->options + o] += count_in(counts + item * words, o);
    for (size_t cell = 0; large != NULL && cell < cells; cell++) {
        ret_counts[cell] += large[cell];
        rows += cell < store->options ? large[cell] : 0; /* of the first item: every row has one option */
    }
    return rows;
}
