#include "analyse/left_out.h"

#include <stdarg.h>

/* The first by row, whether the table or the analysis found them. */
static void keep_bad(struct table_counts *counts, const struct table_bad *bad)
{
    size_t at = counts->bad_count;
    while (at > 0 && counts->bad[at - 1].row > bad->row)
        at--;
    if (at == TABLE_BAD_SHOWN)
        return;
    size_t after = counts->bad_count - at, room = TABLE_BAD_SHOWN - at - 1;
    memmove(&counts->bad[at + 1], &counts->bad[at], (after < room ? after : room) * sizeof *bad);
    counts->bad[at] = *bad;
    counts->bad_count += counts->bad_count < TABLE_BAD_SHOWN;
}

enum error_code left_out_row(struct table_counts *counts, bool skip_bad, const char *file, int64_t row,
                             struct error *error, const char *format, ...)
{
    struct table_bad bad = {.row = row};
    va_list list;
    va_start(list, format);
    if (vsnprintf(bad.text, sizeof(bad.text), format, list) < 0)
        bad.text[0] = '\0';
    va_end(list);
    if (!skip_bad)
        return FAIL(error, ERROR_INPUT, "bad-row", "%s: row %" PRId64 ", %s", file, row, bad.text);
    keep_bad(counts, &bad);
    counts->left_out++;
    counts->rows--;
    return OK;
}

void left_out_json(const struct table_counts *counts, struct json_writer *json)
{
    json_write_key(json, "left_out");
    json_write_object_begin(json);
    json_write_key(json, "rows");
    json_write_integer(json, counts->left_out);
    json_write_key(json, "first");
    json_write_array_begin(json);
    for (size_t i = 0; i < counts->bad_count; i++) {
        json_write_object_begin(json);
        json_write_key(json, "row");
        json_write_integer(json, counts->bad[i].row);
        json_write_key(json, "why");
        json_write_text(json, slice_from_text(counts->bad[i].text));
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
}

void left_out_report(const struct table_counts *counts, struct report *report)
{
    if (counts->left_out == 0)
        return;
    report_section(report, report_text(report, MESSAGE_ANALYSE_LEFT_OUT));
    report_say(report, MESSAGE_ANALYSE_LEFT_OUT_ROWS, ARGUMENTS(A_INTEGER("n", counts->left_out)));
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_LEFT_OUT_FIRST), counts->bad_count);
    report_column(table, report_text(report, MESSAGE_ANALYSE_ROW), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_WHY), false);
    for (size_t i = 0; i < counts->bad_count; i++)
        report_row(table,
                   (struct slice[]){report_integer(report, counts->bad[i].row),
                                    slice_from_text(counts->bad[i].text)},
                   (struct html){0});
}
