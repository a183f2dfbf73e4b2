/* What the files of this folder share about a table. */
#ifndef HECHT_TABLE_INTERNAL_H
#define HECHT_TABLE_INTERNAL_H

#include "table/block.h"
#include "table/source.h"
#include "table/table.h"

enum table_format { FORMAT_CSV = 1, FORMAT_SAV, FORMAT_DTA };

/* Bytes that were read and not yet used. */
struct bytes {
    char *data;
    size_t length, capacity;
};

struct table {
    struct region *region;
    struct table_options options; /* missing is a copy; piece_bytes is never 0 */
    bool missing_first[256];      /* bytes with which a text that means "no value" may begin */
    struct source source;
    enum table_format format;
    size_t column_count;
    struct slice *names;
    bool used;
    /* ---- CSV */
    char delimiter, decimal; /* decimal 0: either, as the first number shows */
    bool carriage_returns;   /* the header ends in CRLF; only a guess about the rest, for speed */
    struct bytes carry;      /* what follows the header */
    bool ended;              /* the source has nothing more */
    int64_t header_lines;    /* of the file, up to the end of the header */
};

/* What is wanted, a column of the file at a time. Where the same column was wanted more than once with
 * bounds, all of them hold. */
struct plan_entry {
    size_t column;
    bool number, text;
    size_t number_index, text_index;
    bool bounded;
    double low, high;
};

struct plan {
    size_t entry_count; /* by column */
    struct plan_entry *entries;
    struct block_slot *slots; /* per wanted */
    size_t wanted_count, number_count, text_count;
};

/* Makes sure of `room` bytes. False without memory. */
bool bytes_reserve(struct bytes *bytes, size_t room);
void bytes_free(struct bytes *bytes);

enum error_code plan_make(const struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                          struct error *error, struct plan *ret_plan) MUST_CHECK; /* in the table's region */

/* The field, without blanks around it, means "no value". */
bool table_is_missing(const struct table *table, struct slice text);
/* The column's name for a message, or its number when it has no name. */
const char *table_column_words(const struct table *table, size_t column, char *to, size_t room);
/* "a number", "a number from 1 to 5". */
const char *table_expected(const struct plan_entry *entry, char *to, size_t room);

/* table->carry holds the first bytes. */
enum error_code csv_open_table(struct table *table, struct error *error) MUST_CHECK;
enum error_code csv_read_table(struct table *table, const struct plan *plan, table_sink sink, void *context,
                               struct error *error, struct table_counts *counts) MUST_CHECK;
enum error_code statistics_open_table(struct table *table, struct error *error) MUST_CHECK;
enum error_code statistics_read_table(struct table *table, const struct plan *plan, table_sink sink,
                                      void *context, struct error *error,
                                      struct table_counts *counts) MUST_CHECK;

#endif
