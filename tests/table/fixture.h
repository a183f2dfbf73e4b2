/* Reads a text as a file and puts what came out, or the error, into one text that a test can compare. */
#ifndef HECHT_TESTS_TABLE_FIXTURE_H
#define HECHT_TESTS_TABLE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table/table.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

struct ask {
    const char *name;
    enum table_kind kind;
    bool bounded;
    double low, high;
};

#define NUMBER(name)                                                                                         \
    {                                                                                                        \
        (name), TABLE_NUMBER, false, 0, 0                                                                    \
    }
#define TEXT(name)                                                                                           \
    {                                                                                                        \
        (name), TABLE_TEXT, false, 0, 0                                                                      \
    }
#define RANGE(name, low, high)                                                                               \
    {                                                                                                        \
        (name), TABLE_NUMBER, true, (low), (high)                                                            \
    }
#define ASKS(...) ((const struct ask[]){__VA_ARGS__}), COUNT_OF(((const struct ask[]){__VA_ARGS__}))

/* A new file with this content; its name, to be unlinked and freed. */
char *make_file(struct slice content);
/* "2: 1|x|-\n" for each row: its number, numbers as %.17g, "-" where there is no value; then "left out
 * 3\n" and "4: column a: ..." for each bad row that is told. Of several threads: without numbers, the rows
 * sorted. Or "error REASON: DETAIL", the file called FILE. The caller frees. */
char *read_path(const char *path, const struct table_options *options, const struct ask *asks, size_t count);
char *read_text(struct slice content, const struct table_options *options, const struct ask *asks,
                size_t count);
/* Compares, and also for pieces from 16 bytes on, whose result must be the same. */
void check_text(struct slice content, struct table_options options, const struct ask *asks, size_t count,
                const char *expected);
/* The same without its numbers of rows, sorted. */
char *sorted_rows(const char *text);

#endif
