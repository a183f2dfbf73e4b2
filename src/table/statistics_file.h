/* Files of statistics programs by ReadStat: what the two files about them share. */
#ifndef HECHT_TABLE_STATISTICS_FILE_H
#define HECHT_TABLE_STATISTICS_FILE_H

#include "table/internal.h"

#include <readstat.h>

/* Bytes for ReadStat, which asks for them in small portions and jumps about. */
struct statistics_bytes {
    const struct source *source;
    int64_t at;    /* where ReadStat is; 0 is where the source began */
    int64_t from;  /* where the portion begins */
    size_t length; /* of the portion */
    char portion[65536];
    struct error failure; /* of reading; code OK: none */
};

/* A parser that reads the table's bytes; the caller sets the other handlers. False without memory. */
bool statistics_begin(struct table *table, struct statistics_bytes **ret_bytes,
                      readstat_parser_t **ret_parser);
void statistics_end(struct statistics_bytes *bytes, readstat_parser_t *parser);
/* One pass over the file. rows: how many were read; the message of a failure names the next one. */
enum error_code statistics_parse(const struct table *table, const struct statistics_bytes *bytes,
                                 readstat_parser_t *parser, void *context, const int64_t *rows,
                                 struct error *error) MUST_CHECK;

#endif
