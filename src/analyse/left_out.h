/* What was left out of a file with --skip-bad, said in both outputs. */
#ifndef HECHT_ANALYSE_LEFT_OUT_H
#define HECHT_ANALYSE_LEFT_OUT_H

#include "analyse/report.h"
#include "table/table.h"

/* What an analysis finds wrong with a row that the table could read. Without skip_bad it fails with "FILE:
 * row N, ..."; with it the row is counted with the others and the caller leaves it out. The format begins
 * with the column and says what was expected: "column n: expected ...". */
enum error_code left_out_row(struct table_counts *counts, bool skip_bad, const char *file, int64_t row,
                             struct error *error, const char *format, ...)
    __attribute__((format(printf, 6, 7))) MUST_CHECK;

/* The key "left_out" of the open object: {"rows": 3, "first": [{"row": 7, "why": "..."}]}. */
void left_out_json(const struct table_counts *counts, struct json_writer *json);
/* A section, when anything was. */
void left_out_report(const struct table_counts *counts, struct report *report);

#endif
