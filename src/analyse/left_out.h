/* What was left out of a file with --skip-bad, said in both outputs. */
#ifndef HECHT_ANALYSE_LEFT_OUT_H
#define HECHT_ANALYSE_LEFT_OUT_H

#include "analyse/report.h"
#include "table/table.h"

/* The key "left_out" of the open object: {"rows": 3, "first": [{"row": 7, "why": "..."}]}. */
void left_out_json(const struct table_counts *counts, struct json_writer *json);
/* A section, when anything was. */
void left_out_report(const struct table_counts *counts, struct report *report);

#endif
