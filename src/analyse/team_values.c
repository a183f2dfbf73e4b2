#include "analyse/team_values.h"

#include "analyse/group_index.h"

void team_values_free(struct team_values *store)
{
    for (size_t i = 0; i < store->chunk_count; i++)
        free(store->chunks[i].values);
    free(store->chunks);
    free(store->runs);
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
        void *values = malloc(store->columns * TEAM_VALUES_CHUNK_ROWS * size_of(kind));
        if (values == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for the values of teams");
        last = &store->chunks[store->chunk_count++];
        *last = (struct team_chunk){kind, 0, values};
    }
    *ret_values = (char *)last->values + last->rows * size_of(kind);
    *ret_rows = TEAM_VALUES_CHUNK_ROWS - last->rows;
    return OK;
}

enum error_code team_values_commit(struct team_values *store, uint32_t group, size_t rows,
                                   struct error *error)
{
    struct team_run *last = store->run_count > 0 ? &store->runs[store->run_count - 1] : NULL;
    if (rows == 0)
        return OK;
    if (last == NULL || last->group != group || last->rows > UINT32_MAX - rows) {
        TRY(array_grow((void **)&store->runs, &store->run_capacity, store->run_count + 1, sizeof *store->runs,
                       error));
        last = &store->runs[store->run_count++];
        *last = (struct team_run){group, 0};
    }
    last->rows += (uint32_t)rows;
    store->chunks[store->chunk_count - 1].rows += rows;
    return OK;
}

/* ---- By group --------------------------------------------------------------------------------------- */

/* Walks all rows of a store, whose chunks begin at number `chunk`; a place of group g goes to
 * places[next[g]++]. */
static void place_rows(const struct team_values *store, size_t chunk, const uint32_t *map, size_t *next,
                       uint32_t *places)
{
    size_t at = 0, row = 0;
    for (size_t r = 0; r < store->run_count; r++) {
        size_t *to = &next[map[store->runs[r].group]];
        for (uint32_t i = 0; i < store->runs[r].rows; i++, row++) {
            while (row == store->chunks[at].rows) {
                at++;
                row = 0;
            }
            places[(*to)++] = (uint32_t)((chunk + at) * TEAM_VALUES_CHUNK_ROWS + row);
        }
    }
}

static enum error_code allocate(const struct team_values *stores, size_t store_count, size_t groups,
                                struct error *error, struct team_order *order)
{
    size_t chunks = 0, rows = 0;
    for (size_t s = 0; s < store_count; s++) {
        chunks += stores[s].chunk_count;
        for (size_t c = 0; c < stores[s].chunk_count; c++)
            rows += stores[s].chunks[c].rows;
    }
    if (chunks > UINT32_MAX / TEAM_VALUES_CHUNK_ROWS)
        return FAIL(error, ERROR_LIMIT, "too-many-rows", "too many rows to keep: %zu", rows);
    order->chunks = malloc((chunks + 1) * sizeof *order->chunks);
    order->first = calloc(groups + 2, sizeof *order->first);
    order->places = malloc((rows + 1) * sizeof *order->places);
    if (order->chunks == NULL || order->first == NULL || order->places == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows of teams", rows);
    return OK;
}

enum error_code team_order_make(const struct team_values *stores, size_t store_count,
                                const uint32_t *const *maps, size_t groups, struct error *error,
                                struct team_order *ret_order)
{
    CLEANUP(team_order_free) struct team_order order = {0};
    TRY(allocate(stores, store_count, groups, error, &order));
    for (size_t s = 0; s < store_count; s++)
        for (size_t r = 0; r < stores[s].run_count; r++)
            order.first[maps[s][stores[s].runs[r].group] + 2] += stores[s].runs[r].rows;
    for (size_t g = 3; g < groups + 2; g++)
        order.first[g] += order.first[g - 1];
    size_t chunk = 0;
    for (size_t s = 0; s < store_count; s++) {
        /* first[g + 1] is where group g begins, and after all walks where it ends: where g + 1 begins. */
        place_rows(&stores[s], chunk, maps[s], order.first + 1, order.places);
        if (stores[s].chunk_count > 0)
            memcpy(order.chunks + chunk, stores[s].chunks, stores[s].chunk_count * sizeof *order.chunks);
        chunk += stores[s].chunk_count;
    }
    *ret_order = order;
    order = (struct team_order){0};
    return OK;
}

void team_order_free(struct team_order *order)
{
    free(order->chunks);
    free(order->first);
    free(order->places);
    *order = (struct team_order){0};
}

double team_order_value(const struct team_order *order, size_t i, size_t column)
{
    const struct team_chunk *chunk = &order->chunks[order->places[i] / TEAM_VALUES_CHUNK_ROWS];
    size_t at = column * TEAM_VALUES_CHUNK_ROWS + order->places[i] % TEAM_VALUES_CHUNK_ROWS;
    if (chunk->kind == TEAM_CODE)
        return ((const uint8_t *)chunk->values)[at];
    if (chunk->kind == TEAM_NUMBER)
        return ((const double *)chunk->values)[at];
    uint32_t score = ((const uint32_t *)chunk->values)[at];
    return (double)(score >> 8) / (double)(score & 255);
}
