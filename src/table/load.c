#include "table/internal.h"

/* Columns that grow. The texts' bytes are in the region at once. */
struct loading {
    struct region *region;
    const struct table_wanted *wanted;
    size_t wanted_count, rows, capacity;
    int64_t *row_numbers;
    void **columns; /* double or struct slice */
};

static size_t width_of(const struct table_wanted *wanted)
{
    return wanted->kind == TABLE_TEXT ? sizeof(struct slice) : sizeof(double);
}

static enum error_code grow(struct loading *loading, size_t rows, struct error *error)
{
    size_t capacity = loading->capacity == 0 ? TABLE_BLOCK_ROWS : loading->capacity * 2;
    if (rows <= loading->capacity)
        return OK;
    int64_t *numbers = realloc(loading->row_numbers, capacity * sizeof *numbers);
    if (numbers == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", capacity);
    loading->row_numbers = numbers;
    for (size_t w = 0; w < loading->wanted_count; w++) {
        void *column = realloc(loading->columns[w], capacity * width_of(&loading->wanted[w]));
        if (column == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", capacity);
        loading->columns[w] = column;
    }
    loading->capacity = capacity;
    return OK;
}

static enum error_code add_block(void *context, int thread, const struct table_block *block,
                                 struct error *error)
{
    struct loading *loading = context;
    (void)thread;
    TRY(grow(loading, loading->rows + block->rows,
             error)); /* a block is never larger than the first capacity */
    memcpy(loading->row_numbers + loading->rows, block->row_numbers,
           block->rows * sizeof *block->row_numbers);
    for (size_t w = 0; w < loading->wanted_count; w++) {
        double *numbers = loading->columns[w];
        struct slice *texts = loading->columns[w];
        for (size_t row = 0; row < block->rows; row++)
            if (loading->wanted[w].kind == TABLE_TEXT)
                texts[loading->rows + row] = region_copy(loading->region, block->columns[w].texts[row]);
            else
                numbers[loading->rows + row] = table_number(&block->columns[w], row);
    }
    loading->rows += block->rows;
    if (region_failed(loading->region))
        return FAIL(error, ERROR_LIMIT, "table-too-large", "the texts of the file do not fit in memory");
    return OK;
}

static void *keep(struct loading *loading, const void *data, size_t width)
{
    void *kept = region_array(loading->region, loading->rows, width);
    if (kept != NULL && loading->rows > 0)
        memcpy(kept, data, loading->rows * width);
    return kept;
}

static enum error_code keep_all(struct loading *loading, struct error *error, struct table_values *ret_values)
{
    struct table_values values = {.rows = loading->rows};
    values.numbers = REGION_ARRAY(loading->region, loading->wanted_count, double *);
    values.texts = REGION_ARRAY(loading->region, loading->wanted_count, struct slice *);
    values.row_numbers = keep(loading, loading->row_numbers, sizeof *loading->row_numbers);
    for (size_t w = 0; w < loading->wanted_count && !region_failed(loading->region); w++) {
        void *kept = keep(loading, loading->columns[w], width_of(&loading->wanted[w]));
        if (loading->wanted[w].kind == TABLE_TEXT)
            values.texts[w] = kept;
        else
            values.numbers[w] = kept;
    }
    if (region_failed(loading->region))
        return FAIL(error, ERROR_LIMIT, "table-too-large",
                    "%zu rows do not fit in the memory there is for them", loading->rows);
    *ret_values = values;
    return OK;
}

enum error_code table_load(struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                           struct region *region, struct error *error, struct table_values *ret_values,
                           struct table_counts *ret_counts)
{
    struct loading loading = {.region = region, .wanted = wanted, .wanted_count = wanted_count};
    struct table_counts counts;
    loading.columns = calloc(wanted_count + 1, sizeof *loading.columns);
    if (loading.columns == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu columns", wanted_count);
    table->options.threads = 1;
    enum error_code code = table_read(table, wanted, wanted_count, add_block, &loading, error, &counts);
    if (code == OK)
        code = keep_all(&loading, error, ret_values);
    if (code == OK)
        *ret_counts = counts;
    for (size_t w = 0; w < wanted_count; w++)
        free(loading.columns[w]);
    free(loading.columns);
    free(loading.row_numbers);
    return code;
}
