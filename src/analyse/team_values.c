#include "analyse/team_values.h"

void team_values_free(struct team_values *store)
{
    array_free(store->chunks, store->chunk_capacity, sizeof *store->chunks);
    array_free(store->bytes, store->bytes_capacity, 1);
    array_free(store->runs, store->run_capacity, sizeof *store->runs);
    *store = (struct team_values){0};
}

static size_t size_of(enum team_values_kind kind)
{
    return kind == TEAM_CODE ? sizeof(uint8_t) : kind == TEAM_SCORE ? sizeof(uint32_t) : sizeof(double);
}

enum error_code team_values_reserve(struct team_values *store, enum team_values_kind kind,
                                    struct error *error, void **ret_values, size_t *ret_rows)
{
    struct team_chunk *last = store->chunk_count > 0 ? &store->chunks[store->chunk_count - 1] : NULL;
    if (last == NULL || last->kind != kind || last->rows == TEAM_VALUES_CHUNK_ROWS) {
        TRY(array_grow((void **)&store->chunks, &store->chunk_capacity, store->chunk_count + 1,
                       sizeof *store->chunks, error));
        size_t size = store->columns * TEAM_VALUES_CHUNK_ROWS * size_of(kind);
        TRY(array_grow((void **)&store->bytes, &store->bytes_capacity, store->bytes_used + size, 1, error));
        last = &store->chunks[store->chunk_count++];
        *last = (struct team_chunk){kind, 0, store->bytes_used, NULL};
        store->bytes_used += size;
    }
    *ret_values = store->bytes + last->offset + last->rows * size_of(kind);
    *ret_rows = TEAM_VALUES_CHUNK_ROWS - last->rows;
    return OK;
}

enum error_code team_values_commit(struct team_values *store, uint32_t group, size_t rows,
                                   struct error *error)
{
    struct team_run *last = store->run_count > 0 ? &store->runs[store->run_count - 1] : NULL;
    if (rows == 0)
        return OK;
    if (store->chunk_count > UINT32_MAX / TEAM_VALUES_CHUNK_ROWS)
        return FAIL(error, ERROR_LIMIT, "too-many-rows", "too many rows to keep");
    struct team_chunk *chunk = &store->chunks[store->chunk_count - 1];
    uint32_t at = (uint32_t)((store->chunk_count - 1) * TEAM_VALUES_CHUNK_ROWS + chunk->rows);
    /* A chunk of another kind may begin before the last one is full: then rows do not stand together. */
    if (last == NULL || last->group != group || last->at + last->rows != at) {
        TRY(array_grow((void **)&store->runs, &store->run_capacity, store->run_count + 1, sizeof *store->runs,
                       error));
        last = &store->runs[store->run_count++];
        *last = (struct team_run){group, at, 0};
    }
    last->rows += (uint32_t)rows;
    chunk->rows += rows;
    return OK;
}

/* ---- By group --------------------------------------------------------------------------------------- */

static enum error_code allocate(const struct team_values *stores, size_t store_count, size_t groups,
                                struct error *error, struct team_order *order)
{
    size_t chunks = 0, runs = 0;
    for (size_t s = 0; s < store_count; s++) {
        chunks += stores[s].chunk_count;
        runs += stores[s].run_count;
    }
    if (chunks > UINT32_MAX / TEAM_VALUES_CHUNK_ROWS)
        return FAIL(error, ERROR_LIMIT, "too-many-rows", "too many rows to keep: %zu chunks", chunks);
    order->chunks = malloc((chunks + 1) * sizeof *order->chunks);
    order->first = calloc(groups + 2, sizeof *order->first);
    order->spans = malloc((runs + 1) * sizeof *order->spans);
    if (order->chunks == NULL || order->first == NULL || order->spans == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the rows of %zu groups", groups);
    return OK;
}

enum error_code team_order_make(const struct team_values *stores, size_t store_count,
                                const uint32_t *const *maps, size_t groups, struct error *error,
                                struct team_order *ret_order)
{
    CLEANUP(team_order_free) struct team_order order = {0};
    size_t chunk = 0;
    TRY(allocate(stores, store_count, groups, error, &order));
    for (size_t s = 0; s < store_count; s++)
        for (size_t r = 0; r < stores[s].run_count; r++)
            order.first[maps[s][stores[s].runs[r].group] + 2]++;
    for (size_t g = 3; g < groups + 2; g++)
        order.first[g] += order.first[g - 1];
    /* first[g + 1] is where group g begins, and after all runs where it ends: where g + 1 begins. */
    for (size_t s = 0; s < store_count; chunk += stores[s++].chunk_count) {
        for (size_t r = 0; r < stores[s].run_count; r++) {
            const struct team_run *run = &stores[s].runs[r];
            size_t *next = &order.first[maps[s][run->group] + 1];
            order.spans[(*next)++] =
                (struct team_span){(uint32_t)(chunk * TEAM_VALUES_CHUNK_ROWS) + run->at, run->rows};
        }
        for (size_t c = 0; c < stores[s].chunk_count; c++) {
            order.chunks[chunk + c] = stores[s].chunks[c];
            order.chunks[chunk + c].bytes = stores[s].bytes + stores[s].chunks[c].offset;
        }
    }
    *ret_order = order;
    order = (struct team_order){0};
    return OK;
}

void team_order_free(struct team_order *order)
{
    free(order->chunks);
    free(order->first);
    free(order->spans);
    *order = (struct team_order){0};
}

size_t team_order_rows(const struct team_order *order, size_t group)
{
    size_t rows = 0;
    for (size_t i = order->first[group]; i < order->first[group + 1]; i++)
        rows += order->spans[i].rows;
    return rows;
}

/* Rows of one chunk. */
static void chunk_values(const struct team_chunk *chunk, size_t from, size_t rows, size_t column,
                         double *ret_values)
{
    size_t at = column * TEAM_VALUES_CHUNK_ROWS + from;
    if (chunk->kind == TEAM_CODE)
        for (size_t i = 0; i < rows; i++)
            ret_values[i] = ((const uint8_t *)chunk->bytes)[at + i];
    else if (chunk->kind == TEAM_NUMBER)
        memcpy(ret_values, (const double *)(const void *)chunk->bytes + at, rows * sizeof(double));
    else
        for (size_t i = 0; i < rows; i++) {
            uint32_t score = ((const uint32_t *)(const void *)chunk->bytes)[at + i];
            ret_values[i] = (double)(score >> 8) / (double)(score & 255);
        }
}

void team_order_values(const struct team_order *order, size_t group, size_t column, double *ret_values)
{
    for (size_t s = order->first[group]; s < order->first[group + 1]; s++)
        for (size_t at = order->spans[s].at, end = at + order->spans[s].rows; at < end;) {
            size_t from = at % TEAM_VALUES_CHUNK_ROWS, rows = TEAM_VALUES_CHUNK_ROWS - from;
            rows = rows < end - at ? rows : end - at;
            chunk_values(&order->chunks[at / TEAM_VALUES_CHUNK_ROWS], from, rows, column, ret_values);
            ret_values += rows;
            at += rows;
        }
}
