/* Reads tests/reference for the tests of stats, and draws random numbers that are the same everywhere. A
 * missing file or value ends the test program with a message. */
#ifndef HECHT_TESTS_STATS_REFERENCE_H
#define HECHT_TESTS_STATS_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results: tests/reference/<name>.json. A path is keys with '/' between: "lead_score/reml/mu", or the number of an
 * element: "cases/0/r". */
struct reference;
struct reference *reference_open(const char *name);
void reference_close(struct reference *reference);
double reference_number(const struct reference *reference, const char *path); /* null gives NAN */
bool reference_flag(const struct reference *reference, const char *path);
size_t reference_length(const struct reference *reference, const char *path);
double reference_element(const struct reference *reference, const char *path, size_t i); /* null gives NAN */
/* Of an array of arrays. */
double reference_table(const struct reference *reference, const char *path, size_t row, size_t column);
const char *reference_text(const struct reference *reference, const char *path, size_t i);

/* Data: tests/reference/<name>.csv, whole. */
struct table;
struct table *table_open(const char *name);
void table_close(struct table *table);
size_t table_rows(const struct table *table);
size_t table_column(const struct table *table, const char *name);
const char *table_text(const struct table *table, size_t row, size_t column);
double table_number(const struct table *table, size_t row, size_t column); /* an empty cell gives NAN */

/* Same seed, same numbers. SplitMix64 (Steele, Lea & Flood 2014), Box and Muller (1958). */
struct generator {
    uint64_t state;
};
double draw_uniform(struct generator *generator); /* inside (0, 1) */
double draw_normal(struct generator *generator);

/* |actual - expected| <= relative * max(1e-12, |expected|), or both NAN. */
bool is_near(double actual, double expected, double relative);

#endif
