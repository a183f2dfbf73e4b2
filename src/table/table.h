/* Files of researchers as blocks of rows: CSV, TSV, SPSS .sav, Stata .dta, standard input ("-"). A file is
 * read once, in pieces, whatever its size; memory depends on the columns that are wanted, not on the rows.
 *
 * Rows count from 1 with the header as row 1 (files without a header row, .sav and .dta, begin with their
 * first case as row 1). Blank lines are no rows. Where line breaks in fields or blank lines make the line
 * in the file another number than the row, errors name both. Every error names file, row, column and what
 * was expected.
 *
 * CSV is RFC 4180 with a BOM or without, LF or CRLF, UTF-8. A quote opens a quoted field only as the first
 * byte of the field. Blanks around a field do not count. A number is digits with one decimal mark at most,
 * a sign and an exponent if it likes; never hexadecimal, "inf" or "nan". Numbers become the nearest
 * double.
 *
 * What the file is, its first bytes say, not its name. In .sav and .dta files every kind of missing value
 * of theirs (system, user defined, tagged) is missing here; a text of a number column is the number, not
 * its label. */
#ifndef HECHT_TABLE_TABLE_H
#define HECHT_TABLE_TABLE_H

#include "base/base.h"

enum {
    TABLE_THREADS_MAXIMUM = 16,
    TABLE_WANTED_MAXIMUM = 512,
    TABLE_BLOCK_ROWS = 8192, /* most rows of one block */
    TABLE_NO_CODE = 255,
    TABLE_BAD_SHOWN = 10,
    TABLE_MISSING_MAXIMUM = 64,
    TABLE_COLUMNS_MAXIMUM = 65536,
    TABLE_RECORD_MAXIMUM = 1 << 20, /* bytes of one row; more means a quote that is not closed */
};

struct table_options {
    char delimiter; /* 0: found out from the first line: comma, semicolon or tab */
    /* 0: where the delimiter is a comma, a point; elsewhere the mark of the first number of the file that has
     * one, and a later number with the other mark ends the reading, also with skip_bad. */
    char decimal;
    const struct slice *missing; /* texts that mean "no value", beside the empty field and NA */
    size_t missing_count;
    bool skip_bad; /* leave bad rows out and count them; otherwise the first bad row ends the reading */
    int threads;   /* 1: blocks come in the order of the file */
    /* After each piece; bytes_total is 0 when it is not known. Called by one thread at a time. May be
     * NULL. */
    void (*progress)(void *context, int64_t bytes, int64_t bytes_total);
    void *progress_context;
    size_t piece_bytes; /* 0: what is fastest. Read at once; makes no difference to what comes out. */
};

struct table;

/* Reads the header. The table owns its memory; options and what they point at need not stay. */
enum error_code table_open(const char *path, const struct table_options *options, struct error *error,
                           struct table **ret_table) MUST_CHECK;
struct table *table_close(struct table *table); /* takes NULL; returns NULL */
size_t table_column_count(const struct table *table);
struct slice table_column_name(const struct table *table, size_t column);
/* ERROR_INPUT, reason "unknown-column": the message has the nearest name there is. */
enum error_code table_column_find(const struct table *table, struct slice name, struct error *error,
                                  size_t *ret_column) MUST_CHECK;

enum table_kind {
    TABLE_NUMBER = 1,
    TABLE_TEXT, /* also of number columns: as they stand in the file */
};

/* The same column may be wanted more than once. */
struct table_wanted {
    size_t column;
    enum table_kind kind;
    bool bounded; /* numbers must be in low..high */
    double low, high;
};

/* One wanted column of a block. Of a number column exactly one of codes and numbers is there. */
struct table_column {
    const uint8_t *codes;      /* every value of the block is an integer 0..254; TABLE_NO_CODE: no value */
    const double *numbers;     /* NAN: no value */
    const struct slice *texts; /* length 0: no value */
};

/* Valid during the call only. */
struct table_block {
    size_t rows;
    const int64_t *row_numbers;         /* in the file; NULL when options.threads is more than 1 */
    const struct table_column *columns; /* as wanted */
};

/* Takes a block; several threads may call at once, each with its own number 0..threads-1. A failure ends the
 * reading. */
typedef enum error_code (*table_sink)(void *context, int thread, const struct table_block *block,
                                      struct error *error);

struct table_bad {
    int64_t row;
    char text[160]; /* "column AF06: expected a number from 1 to 5, found \"x\"" */
};

struct table_counts {
    int64_t rows;                          /* that reached the sink */
    int64_t left_out;                      /* bad ones, with skip_bad */
    struct table_bad bad[TABLE_BAD_SHOWN]; /* the first of them by row */
    size_t bad_count;
};

/* Once per table. Without skip_bad the failure is the first bad row of the file, however many threads
 * there are. A file with a header and no rows gives no blocks. Which rows share a block depends on the
 * file alone. */
enum error_code table_read(struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                           table_sink sink, void *context, struct error *error,
                           struct table_counts *ret_counts) MUST_CHECK;

/* For files that fit: whole columns, in the order of the file. */
struct table_values {
    size_t rows;
    int64_t *row_numbers;
    double **numbers;     /* per wanted column; NULL for texts */
    struct slice **texts; /* per wanted column; NULL for numbers */
};
/* With one thread, whatever the options say. Everything is in the region; ERROR_LIMIT past its maximum. */
enum error_code table_load(struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                           struct region *region, struct error *error, struct table_values *ret_values,
                           struct table_counts *ret_counts) MUST_CHECK;

static inline double table_number(const struct table_column *column, size_t row)
{
    if (column->codes == NULL)
        return column->numbers[row];
    return column->codes[row] == TABLE_NO_CODE ? __builtin_nan("") : (double)column->codes[row];
}

#endif
