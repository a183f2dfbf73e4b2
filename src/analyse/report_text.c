/* A report for a terminal: wrapped sentences, tables in columns. Widths count characters, not bytes. */
#include "analyse/report.h"

enum { TEXT_WIDTH = 100, COLUMN_GAP = 2 };

static void repeat(struct buffer *out, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_append_byte(out, byte);
}

static void write_wrapped(struct buffer *out, struct slice text)
{
    size_t at = 0;
    struct slice word;
    while (slice_take(&text, ' ', &word)) {
        size_t width = slice_count_characters(word);
        if (at > 0 && at + 1 + width > TEXT_WIDTH) {
            buffer_append_byte(out, '\n');
            at = 0;
        } else if (at > 0) {
            buffer_append_byte(out, ' ');
            at++;
        }
        buffer_append(out, word);
        at += width;
    }
    buffer_append_byte(out, '\n');
}

static void write_heading(struct buffer *out, struct slice heading, char line)
{
    if (heading.length == 0)
        return;
    buffer_append(out, heading);
    buffer_append_byte(out, '\n');
    repeat(out, line, slice_count_characters(heading));
    buffer_append_byte(out, '\n');
}

static void write_cell(struct buffer *out, const struct report_table *table, size_t column, struct slice cell,
                       size_t width)
{
    size_t length = slice_count_characters(cell);
    size_t fill = width > length ? width - length : 0;
    bool last = column + 1 == table->columns;
    if (table->numeric[column])
        repeat(out, ' ', fill);
    buffer_append(out, cell);
    if (!table->numeric[column] && !last)
        repeat(out, ' ', fill);
    if (!last)
        repeat(out, ' ', COLUMN_GAP);
}

static void write_table(const struct report *report, struct buffer *out, const struct report_table *table)
{
    size_t widths[REPORT_COLUMNS_MAXIMUM] = {0};
    for (size_t c = 0; c < table->columns; c++) {
        widths[c] = slice_count_characters(table->heads[c]);
        for (size_t r = 0; r < table->rows; r++) {
            size_t width = slice_count_characters(table->cells[r * table->columns + c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    if (table->title.length > 0)
        write_wrapped(out, table->title);
    for (size_t c = 0; c < table->columns; c++)
        write_cell(out, table, c, table->heads[c], widths[c]);
    buffer_append_byte(out, '\n');
    for (size_t r = 0; r < table->rows; r++) {
        for (size_t c = 0; c < table->columns; c++)
            write_cell(out, table, c, table->cells[r * table->columns + c], widths[c]);
        buffer_append_byte(out, '\n');
    }
    if (table->left_out > 0)
        write_wrapped(out, message_text(report->region, report->language, MESSAGE_ANALYSE_ROWS_LEFT_OUT,
                                        ARGUMENTS(A_INTEGER("n", table->left_out))));
}

void report_write_text(const struct report *report, struct buffer *out)
{
    write_heading(out, report->title, '=');
    if (report->source.length > 0)
        write_wrapped(out, report->source);
    for (size_t s = 0; s < report->section_count; s++) {
        const struct report_section *section = &report->sections[s];
        buffer_append_byte(out, '\n');
        write_heading(out, section->heading, '-');
        for (size_t i = 0; i < section->sentence_count; i++)
            write_wrapped(out, section->sentences[i]);
        if (section->table != NULL && section->sentence_count > 0)
            buffer_append_byte(out, '\n');
        if (section->table != NULL)
            write_table(report, out, section->table);
    }
}
