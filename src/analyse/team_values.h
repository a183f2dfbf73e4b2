/* Rows of values kept for each group, for what cannot be counted: decimals, wide scales, scores of
 * persons. One store is for one thread; afterwards the rows of all stores are put into the order of
 * groups. */
#ifndef HECHT_ANALYSE_TEAM_VALUES_H
#define HECHT_ANALYSE_TEAM_VALUES_H

#include "base/base.h"

enum { TEAM_VALUES_CHUNK_ROWS = 8192 };

/* What a chunk holds: the same for all its rows. */
enum team_values_kind {
    TEAM_CODE = 1, /* uint8_t */
    TEAM_SCORE,    /* uint32_t: sum of answers * 256 + number of answers */
    TEAM_NUMBER,   /* double */
};

struct team_chunk {
    enum team_values_kind kind;
    size_t rows;
    size_t offset;     /* in bytes: columns x TEAM_VALUES_CHUNK_ROWS */
    const char *bytes; /* in a team_order */
};

/* Rows of one group that stand together: at is chunk * TEAM_VALUES_CHUNK_ROWS + row of the first. */
struct team_run {
    uint32_t group, at, rows;
};

struct team_values {
    size_t columns;
    struct team_chunk *chunks;
    size_t chunk_count, chunk_capacity;
    char *bytes; /* of all chunks */
    size_t bytes_used, bytes_capacity;
    struct team_run *runs; /* of the rows in their order */
    size_t run_count, run_capacity;
};

void team_values_free(struct team_values *store);

/* Room for at least one row of this kind: where its first column goes, and how many rows fit in a row;
 * column c is c * TEAM_VALUES_CHUNK_ROWS further. Then team_values_commit. */
enum error_code team_values_reserve(struct team_values *store, enum team_values_kind kind,
                                    struct error *error, void **ret_values, size_t *ret_rows) MUST_CHECK;
enum error_code team_values_commit(struct team_values *store, uint32_t group, size_t rows,
                                   struct error *error) MUST_CHECK;

/* As a run, the chunks of all stores counted through. */
struct team_span {
    uint32_t at, rows;
};

/* All rows of several stores by group. */
struct team_order {
    struct team_chunk *chunks; /* of all stores; their bytes stay the stores' */
    size_t *first;             /* groups + 1: where a group's spans begin */
    struct team_span *spans;
};
/* maps[s][local group] is the group. ERROR_LIMIT above 4 thousand million rows. O(runs + groups). */
enum error_code team_order_make(const struct team_values *stores, size_t store_count,
                                const uint32_t *const *maps, size_t groups, struct error *error,
                                struct team_order *ret_order) MUST_CHECK;
void team_order_free(struct team_order *order); /* also for CLEANUP */
size_t team_order_rows(const struct team_order *order, size_t group);
/* Column c of the group's rows, team_order_rows of them; a TEAM_SCORE is the mean of its answers. */
void team_order_values(const struct team_order *order, size_t group, size_t column, double *ret_values);

#endif
