#include "statistics_writer.h"

static ssize_t write_bytes(const void *data, size_t length, void *context)
{
    buffer_append_bytes(context, data, length);
    return (ssize_t)length;
}

static void must(readstat_error_t result)
{
    if (result == READSTAT_OK)
        return;
    fprintf(stderr, "%s\n", readstat_error_message(result));
    abort();
}

/* Old Stata has at most 244 bytes; SPSS cuts what has more than 255 in pieces. */
int statistics_width(enum written_format format)
{
    return format == WRITTEN_DTA_OLD ? 240 : 600;
}

static void write_row(readstat_writer_t *writer, readstat_variable_t **variables, enum written_format format,
                      int row)
{
    bool sav = format <= WRITTEN_ZSAV;
    char text[700];
    must(readstat_begin_row(writer));
    snprintf(text, sizeof text, "t%d", row / 3);
    if (row % 10 == 9)
        text[0] = '\0';
    must(readstat_insert_string_value(writer, variables[0], text));
    if (row % 10 == 8)
        must(readstat_insert_missing_value(writer, variables[1]));
    else if (row % 10 == 7 && sav)
        must(readstat_insert_double_value(writer, variables[1], 99));
    else if (row % 10 == 7)
        must(readstat_insert_tagged_missing_value(writer, variables[1], 'a'));
    else
        must(readstat_insert_double_value(writer, variables[1], 1 + row % 5));
    must(readstat_insert_double_value(writer, variables[2], row + .25));
    must(sav ? readstat_insert_double_value(writer, variables[3], 0.1)
             : readstat_insert_float_value(writer, variables[3], 0.1F));
    memset(text, 'w', sizeof text);
    text[row % statistics_width(format)] = '\0';
    must(readstat_insert_string_value(writer, variables[4], text));
    must(sav ? readstat_insert_double_value(writer, variables[5], 1000 + row)
             : readstat_insert_int32_value(writer, variables[5], 1000 + row));
    must(readstat_end_row(writer));
}

void write_statistics(struct buffer *out, enum written_format format, int rows)
{
    bool sav = format <= WRITTEN_ZSAV;
    readstat_writer_t *writer = readstat_writer_init();
    must(readstat_set_data_writer(writer, write_bytes));
    readstat_label_set_t *labels =
        readstat_add_label_set(writer, sav ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_INT32, "agreement");
    if (sav)
        readstat_label_double_value(labels, 1, "not at all");
    else
        readstat_label_int32_value(labels, 1001, "not at all");
    readstat_variable_t *variables[] = {
        readstat_add_variable(writer, "team", READSTAT_TYPE_STRING, 20),
        readstat_add_variable(writer, "i1", READSTAT_TYPE_DOUBLE, 0),
        readstat_add_variable(writer, "x", READSTAT_TYPE_DOUBLE, 0),
        readstat_add_variable(writer, "f", sav ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_FLOAT, 0),
        readstat_add_variable(writer, "wide", READSTAT_TYPE_STRING, (size_t)statistics_width(format)),
        readstat_add_variable(writer, "n", sav ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_INT32, 0)};
    readstat_variable_set_label_set(variables[sav ? 1 : 5], labels);
    if (sav) {
        must(readstat_variable_add_missing_double_value(variables[1], 99));
        must(readstat_variable_add_missing_double_range(variables[1], 7, 8));
    }
    if (format == WRITTEN_SAV_ROWS)
        must(readstat_writer_set_compression(writer, READSTAT_COMPRESS_ROWS));
    if (format == WRITTEN_ZSAV)
        must(readstat_writer_set_compression(writer, READSTAT_COMPRESS_BINARY));
    if (!sav)
        must(readstat_writer_set_file_format_version(writer, format == WRITTEN_DTA_OLD ? 114 : 118));
    must(sav ? readstat_begin_writing_sav(writer, out, rows) : readstat_begin_writing_dta(writer, out, rows));
    for (int row = 0; row < rows; row++)
        write_row(writer, variables, format, row);
    must(readstat_end_writing(writer));
    readstat_writer_free(writer);
}
