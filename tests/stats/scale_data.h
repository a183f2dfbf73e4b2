/* Scales of the reference files, for the tests of reliability and of one factor. */
#ifndef HECHT_TESTS_STATS_SCALE_DATA_H
#define HECHT_TESTS_STATS_SCALE_DATA_H

#include "stats/item_sums.h"

#include "reference.h"

/* Moments of `items` columns from `first` on. Whole numbers go in as codes when all of the file's are. */
struct item_moments scale_moments(struct region *region, const char *name, const char *first, size_t items);
/* A value at block/key. */
double block_number(const struct reference *reference, const char *block, const char *key);
double block_element(const struct reference *reference, const char *block, const char *key, size_t i);

#endif
