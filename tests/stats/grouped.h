/* Groups by key, built value by value, for the tests of stats. */
#ifndef HECHT_TESTS_STATS_GROUPED_H
#define HECHT_TESTS_STATS_GROUPED_H

#include "reference.h"
#include "stats/group_sums.h"

#include <math.h>

enum { GROUPS_MAXIMUM = 200 };

static inline struct group_sums one_value(double value)
{
    return (struct group_sums){.n = 1, .mean = value, .sum_squared_deviations = 0};
}

/* Groups by a key, in the order in which the keys appear. */
struct grouped {
    struct group_sums groups[GROUPS_MAXIMUM];
    const char *keys[GROUPS_MAXIMUM];
    size_t count;
};

static inline struct group_sums *group_of(struct grouped *grouped, const char *key)
{
    for (size_t i = 0; i < grouped->count; i++)
        if (strcmp(grouped->keys[i], key) == 0)
            return &grouped->groups[i];
    if (grouped->count == GROUPS_MAXIMUM)
        abort();
    grouped->keys[grouped->count] = key;
    grouped->groups[grouped->count].n = 0;
    return &grouped->groups[grouped->count++];
}

static inline void add(struct grouped *grouped, const char *key, double value)
{
    struct group_sums *group = group_of(grouped, key);
    *group = group_sums_merge(*group, one_value(value));
}

/* All rows of a column of a table that have a value, by the text of another column. */
static inline void add_column(struct grouped *grouped, const struct table *table, size_t key, size_t column)
{
    for (size_t row = 0; row < table_rows(table); row++)
        if (!isnan(table_number(table, row, column)))
            add(grouped, table_text(table, row, key), table_number(table, row, column));
}

static inline double number_at(const struct reference *reference, const char *prefix, const char *path)
{
    char name[400];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, path);
    return reference_number(reference, name);
}

static inline double element_at(const struct reference *reference, const char *prefix, const char *path,
                                size_t i)
{
    char name[400];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, path);
    return reference_element(reference, name, i);
}

#endif
