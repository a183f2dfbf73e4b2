/* Rows on their way to the sink. A row is put together in the stage, one byte a number column; every 16
 * rows the stage is turned into columns at once, which costs a fraction of writing 20 columns byte by
 * byte. Values that are no codes go straight into an array of doubles that exists only for columns that
 * have them. */
#ifndef HECHT_TABLE_BLOCK_H
#define HECHT_TABLE_BLOCK_H

#include "table/table.h"

enum { BLOCK_GROUP = 16 }; /* rows that are turned together */

/* Where a wanted column is found: the index among the numbers or among the texts. */
struct block_slot {
    enum table_kind kind;
    size_t index;
};

struct block {
    size_t rows, capacity; /* capacity: a multiple of BLOCK_GROUP */
    size_t number_count, text_count, wanted_count;
    size_t stride;    /* of the stage: room for 15 bytes behind the last column, written by whole vectors */
    uint8_t *stage;   /* BLOCK_GROUP rows */
    uint8_t *codes;   /* number_count x capacity */
    double **numbers; /* per number column: NULL until it was needed once */
    bool *mixed;      /* this block has a value that is no code; where codes has none, numbers holds */
    struct slice *texts;  /* text_count x capacity */
    int64_t *row_numbers; /* NULL: not wanted */
    const struct block_slot *slots;
    struct table_column *columns; /* as wanted */
    bool no_memory;               /* numbers could not be made; block_deliver fails */
};

/* slots must stay. NULL without memory. */
struct block *block_new(const struct block_slot *slots, size_t wanted_count, size_t number_count,
                        size_t text_count, size_t capacity, bool row_numbers);
struct block *block_free(struct block *block); /* takes NULL; returns NULL */
/* Hands the rows over, if there are any, and begins anew. */
enum error_code block_deliver(struct block *block, table_sink sink, void *context, int thread,
                              struct error *error) MUST_CHECK;

void block_turn(struct block *block);
void block_put_real(struct block *block, size_t number, double value);

/* The row being put together: its codes. Until block_commit it may be begun again. */
static inline uint8_t *block_stage(struct block *block)
{
    return block->stage + block->rows % BLOCK_GROUP * block->stride;
}

static inline void block_put_missing(struct block *block, size_t number)
{
    block_stage(block)[number] = TABLE_NO_CODE;
    if (block->mixed[number])
        block->numbers[number][block->rows] = __builtin_nan("");
}

static inline void block_put_number(struct block *block, size_t number, double value)
{
    if (value >= 0 && value < TABLE_NO_CODE && value == (double)(int)value)
        block_stage(block)[number] = (uint8_t)value;
    else
        block_put_real(block, number, value);
}

static inline void block_put_text(struct block *block, size_t text, struct slice value)
{
    block->texts[text * block->capacity + block->rows] = value;
}

/* The caller looks whether the block is full. */
static inline void block_commit(struct block *block, int64_t row_number)
{
    if (block->row_numbers != NULL)
        block->row_numbers[block->rows] = row_number;
    block->rows++;
    if (block->rows % BLOCK_GROUP == 0)
        block_turn(block);
}

#endif
