/* Reads CSV (RFC 4180) with its usual relatives: a BOM, LF or CRLF, ';' or tab as separator (recognised from
 * the first line when separator is 0). Errors name row and column, both counted from 1, the header is row 1.
 */
#ifndef HECHT_BASE_CSV_H
#define HECHT_BASE_CSV_H

#include "base/region.h"

enum { CSV_COLUMNS_MAXIMUM = 4096, CSV_FIELD_MAXIMUM = 1 << 16 };

struct csv_reader {
    struct slice rest;
    struct region *region; /* owns unescaped fields */
    char separator;        /* after csv_open: the one in use */
    int64_t row;           /* of the record read last */
    int64_t line;          /* line in the file where that record starts */
    int64_t next_line;     /* line in the file where the rest starts */
    struct slice *fields;  /* of the record read last; valid until the next csv_next */
    size_t field_count;
    size_t column_count; /* of the header; 0 before it was read */
};

/* The text must stay alive as long as the reader. separator 0 means: find out. */
enum error_code csv_open(struct slice text, char separator, struct region *region, struct error *error,
                         struct csv_reader *ret_reader) MUST_CHECK;
/* Reads one record into reader->fields. *ret_more is false at the end. Blank lines are skipped. A record
 * whose number of fields differs from the first record's is an error. */
enum error_code csv_next(struct csv_reader *reader, struct error *error, bool *ret_more) MUST_CHECK;

#endif
