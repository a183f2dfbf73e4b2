/* How often each option of each item was chosen in each group: all that agreement needs of integer
 * answers. One store is for one thread; a group's counts are added up over the stores. */
#ifndef HECHT_ANALYSE_TEAM_COUNTS_H
#define HECHT_ANALYSE_TEAM_COUNTS_H

#include "base/base.h"

enum { TEAM_COUNTS_OPTIONS_MAXIMUM = 16 };

/* Counts of several options share a word, so that counting a row is one addition for an item. */
enum {
    TEAM_COUNTS_IN_WORD = 5,
    TEAM_COUNTS_BITS = 12,
    TEAM_COUNTS_ROWS_MAXIMUM = (1 << TEAM_COUNTS_BITS) - 1,
};

/* A group with more rows than such a count holds has its older ones here. */
struct team_overflow {
    uint32_t group;
    int64_t *counts;
};

struct team_counts {
    size_t items, options; /* options <= TEAM_COUNTS_OPTIONS_MAXIMUM */
    uint8_t low;           /* code of the first option */
    uint64_t *counts;      /* groups x items x words of an item */
    uint16_t *rows;        /* per group, in counts */
    size_t groups, capacity, rows_capacity;
    struct team_overflow *overflow;
    size_t overflow_count, overflow_capacity;
};

void team_counts_free(struct team_counts *store);
/* Rows from..from+count, of those the complete ones, all of one group; groups may come in any order. Every
 * code of a complete row is an option. */
enum error_code team_counts_add(struct team_counts *store, uint32_t group, const uint8_t *const *columns,
                                const uint8_t *incomplete, size_t from, size_t count,
                                struct error *error) MUST_CHECK;
/* ret_counts += the group's, of option o of item i at o * items + i; *ret_rows += its rows. False: the
 * group has more than its words hold, and nothing was added. */
bool team_counts_collect_small(const struct team_counts *store, uint32_t group, int32_t *ret_counts,
                               int64_t *ret_rows);
/* ret_counts (items x options) += the group's. Returns the number of its rows. */
int64_t team_counts_collect(const struct team_counts *store, uint32_t group, int64_t *ret_counts);

#endif
