#include "table/block.h"

typedef uint8_t vector __attribute__((vector_size(16)));

struct block *block_free(struct block *block)
{
    if (block == NULL)
        return NULL;
    for (size_t n = 0; block->numbers != NULL && n < block->number_count; n++)
        free(block->numbers[n]);
    free(block->stage);
    free(block->codes);
    free(block->numbers);
    free(block->mixed);
    free(block->texts);
    free(block->row_numbers);
    free(block->columns);
    free(block);
    return NULL;
}

/* As calloc, but of at least one, so that NULL means that memory ended. */
static void *zeroed(size_t count, size_t size)
{
    return calloc(count == 0 ? 1 : count, size);
}

struct block *block_new(const struct block_slot *slots, size_t wanted_count, size_t number_count,
                        size_t text_count, size_t capacity, bool row_numbers)
{
    struct block *block = calloc(1, sizeof *block);
    if (block == NULL)
        return NULL;
    capacity = (capacity + BLOCK_GROUP - 1) / BLOCK_GROUP * BLOCK_GROUP;
    *block = (struct block){.capacity = capacity,
                            .number_count = number_count,
                            .text_count = text_count,
                            .wanted_count = wanted_count,
                            .stride = (number_count + 30) / 16 * 16,
                            .slots = slots};
    block->stage = zeroed(BLOCK_GROUP, block->stride);
    block->codes = zeroed(number_count, capacity);
    block->numbers = zeroed(number_count, sizeof *block->numbers);
    block->mixed = zeroed(number_count, sizeof *block->mixed);
    block->texts = zeroed(text_count * capacity, sizeof *block->texts);
    block->row_numbers = row_numbers ? zeroed(capacity, sizeof *block->row_numbers) : NULL;
    block->columns = zeroed(wanted_count, sizeof *block->columns);
    if (block->stage == NULL || block->codes == NULL || block->numbers == NULL || block->mixed == NULL ||
        block->texts == NULL || (row_numbers && block->row_numbers == NULL) || block->columns == NULL)
        return block_free(block);
    return block;
}

/* A perfect shuffle, four times, turns 16 rows of 16 bytes into 16 columns. */
static void turn_square(vector square[16])
{
    vector other[16];
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 8; i++) {
            other[2 * i] = __builtin_shufflevector(square[i], square[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                   20, 5, 21, 6, 22, 7, 23);
            other[2 * i + 1] = __builtin_shufflevector(square[i], square[i + 8], 8, 24, 9, 25, 10, 26, 11, 27,
                                                       12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(square, other, sizeof other);
    }
}

/* The group of rows that ends with the last one committed (or, at the end of a block, that it is in). */
void block_turn(struct block *block)
{
    size_t row = (block->rows - 1) / BLOCK_GROUP * BLOCK_GROUP;
    for (size_t first = 0; first < block->number_count; first += 16) {
        vector square[16];
        for (size_t i = 0; i < BLOCK_GROUP; i++)
            memcpy(&square[i], block->stage + i * block->stride + first, 16);
        turn_square(square);
        size_t count = block->number_count - first < 16 ? block->number_count - first : 16;
        for (size_t i = 0; i < count; i++)
            memcpy(block->codes + (first + i) * block->capacity + row, &square[i], 16);
    }
}

void block_put_real(struct block *block, size_t number, double value)
{
    if (block->numbers[number] == NULL)
        block->numbers[number] = malloc(block->capacity * sizeof(double));
    if (block->numbers[number] == NULL) {
        block->no_memory = true;
        return;
    }
    double *numbers = block->numbers[number];
    if (!block->mixed[number]) {
        block->mixed[number] = true;
        for (size_t row = 0; row < block->rows; row++)
            numbers[row] = __builtin_nan("");
    }
    numbers[block->rows] = value;
    block_stage(block)[number] = TABLE_NO_CODE;
}

static void fill_columns(struct block *block)
{
    for (size_t w = 0; w < block->wanted_count; w++) {
        size_t index = block->slots[w].index;
        const uint8_t *codes = block->codes + index * block->capacity;
        if (block->slots[w].kind == TABLE_TEXT)
            block->columns[w] = (struct table_column){.texts = block->texts + index * block->capacity};
        else if (block->mixed[index])
            block->columns[w] = (struct table_column){.numbers = block->numbers[index]};
        else
            block->columns[w] = (struct table_column){.codes = codes};
    }
}

/* Codes of a column that has other values, too, join them. */
static void merge_codes(struct block *block)
{
    for (size_t n = 0; n < block->number_count; n++) {
        const uint8_t *codes = block->codes + n * block->capacity;
        for (size_t row = 0; block->mixed[n] && row < block->rows; row++)
            if (codes[row] != TABLE_NO_CODE)
                block->numbers[n][row] = codes[row];
    }
}

enum error_code block_deliver(struct block *block, table_sink sink, void *context, int thread,
                              struct error *error)
{
    if (block->no_memory)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a block of numbers");
    if (block->rows == 0)
        return OK;
    if (block->rows % BLOCK_GROUP != 0)
        block_turn(block);
    merge_codes(block);
    fill_columns(block);
    const struct table_block out = {block->rows, block->row_numbers, block->columns};
    block->rows = 0;
    enum error_code code = sink(context, thread, &out, error);
    for (size_t n = 0; n < block->number_count; n++)
        block->mixed[n] = false;
    return code;
}
