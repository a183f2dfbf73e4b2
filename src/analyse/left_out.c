#include "analyse/left_out.h"

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
