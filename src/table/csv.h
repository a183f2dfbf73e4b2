/* CSV: how bytes are cut into records and fields. The rule for quotes is the same everywhere, also in broken
 * records, so that whoever cuts and whoever parses agree about where a record ends: a quote opens only as the
 * first byte of a field, closes at the next quote that is not doubled, and means nothing elsewhere. */
#ifndef HECHT_TABLE_CSV_H
#define HECHT_TABLE_CSV_H

#include "table/internal.h"

enum csv_trouble {
    CSV_FINE,
    CSV_QUOTE_INSIDE,
    CSV_BEHIND_QUOTE,
    CSV_CARRIAGE_RETURN,
    CSV_NOT_CLOSED, /* the end came first */
};

struct csv_field {
    char *data; /* without quotes and blanks around it */
    size_t length;
    bool doubled; /* has quotes that are written twice */
    enum csv_trouble trouble;
};

/* Takes the field at *at; the end must be behind a line feed. Moves *at behind the delimiter or line break.
 * *ret_last: it was a line break. Adds the line feeds inside the field to *lines. */
void csv_take_field(char **at, char *end, char delimiter, int64_t *lines, struct csv_field *ret_field,
                    bool *ret_last);
/* The content, with doubled quotes made single in place: once only. */
struct slice csv_content(struct csv_field *field);
/* Words for a trouble. */
const char *csv_trouble_words(enum csv_trouble trouble);
/* End of the last whole record, 0 when there is none; data begins with a record. */
size_t csv_cut(const char *data, size_t length, char delimiter);

/* ---- Parsing a piece (csv_parse.c) ---- */

enum csv_step_kind { CSV_SKIP, CSV_NUMBERS, CSV_TEXT };

/* Neighbouring columns that are treated alike. */
struct csv_step {
    enum csv_step_kind kind;
    bool last;   /* ends with the record */
    bool digits; /* of CSV_NUMBERS: one digit may be in bounds */
    size_t count;
    size_t entry;   /* the first of them */
    size_t index;   /* of its number or text */
    size_t vectors; /* of CSV_NUMBERS: how many cover it */
    size_t first_vector;
};

/* What a step of one-digit numbers looks like, 16 bytes at a time: (byte ^ pattern) - low, modulo 256, is
 * at most span. Even bytes are the digits, odd ones the delimiters; bytes behind the step may be anything. */
struct csv_vector {
    uint8_t pattern[16], low[16], span[16];
};

struct csv_plan {
    const struct table *table;
    const struct plan *wanted;
    struct csv_step *steps;
    size_t step_count;
    struct csv_vector *vectors;
    bool careful;         /* a column is wanted as number and as text: nothing for the fast way */
    bool skip_stops[256]; /* bytes that end a field, or begin something the fast way has to look at */
    bool text_stops[256];
};

/* The first number with this mark in a piece. */
struct csv_mark {
    int64_t record; /* -1: none */
    size_t column;
    int64_t lines;
    char found[48];
};

/* What became of a piece; records count from 0 within it. */
struct csv_result {
    bool done;
    int64_t records, rows, left_out;
    int64_t lines; /* line feeds that end no record */
    struct table_bad bad[TABLE_BAD_SHOWN];
    size_t bad_count;
    struct csv_mark marks[2]; /* point, comma */
    enum error_code code;     /* of the failure that ended it */
    int64_t failed_record;    /* -1: the failure is of no record */
    int64_t failed_lines;
    struct error failure; /* of a record: only what stands behind the row */
};

struct csv_parser {
    const struct csv_plan *plan;
    struct block *block;
    struct csv_result *result; /* of the piece that is parsed */
    struct csv_field *fields;  /* per entry, for the careful way */
    table_sink sink;
    void *context;
    int thread;
    int64_t first_row; /* of the piece, where rows have numbers */
    char *end;         /* of the piece */
};

enum error_code csv_plan_make(const struct table *table, const struct plan *wanted, struct error *error,
                              struct csv_plan *ret_plan) MUST_CHECK;
/* data ends with a line feed and is followed by CSV_PADDING bytes that may be read. */
void csv_parse_piece(struct csv_parser *parser, char *data, size_t length, struct csv_result *result);
enum { CSV_PADDING = 32 };

/* The record at `at` in the fast way; where the next begins, or NULL when something needs care. */
char *csv_fast_record(struct csv_parser *parser, char *at);
/* The same for any record. *ret_kept: it is a row. NULL: the reading ends, result->code says why. */
char *csv_careful_record(struct csv_parser *parser, char *at, bool *ret_kept);

#endif
