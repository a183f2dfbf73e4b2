/* Any bytes are either refused with a place, or give records that keep the promises of base/csv.h. The first
 * byte chooses the separator. */
#include "base/base.h"

enum { REGION_MAXIMUM = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_record(const struct csv_reader *reader, int64_t row, int64_t line_before)
{
    require(reader->row == row);
    require(reader->line > line_before);
    require(reader->field_count == reader->column_count);
    require(reader->field_count >= 1 && reader->field_count <= CSV_COLUMNS_MAXIMUM);
    for (size_t i = 0; i < reader->field_count; i++) {
        struct slice field = reader->fields[i];
        require(field.length <= CSV_FIELD_MAXIMUM);
        require(slice_is_utf8(field));
        require(slice_find_byte(field, '\0') == field.length);
    }
}

static void check_error(const struct error *error, enum error_code code)
{
    require(code == ERROR_INPUT || code == ERROR_LIMIT || code == ERROR_MEMORY);
    require(error->code == code && error->reason != NULL);
    require(code == ERROR_MEMORY || slice_starts_with(slice_from_text(error->detail), S("row ")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = {'\0', ',', ';', '\t', '|', '"'};
    if (size == 0)
        return 0;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct csv_reader reader;
    char separator = separators[data[0] % sizeof(separators)];
    enum error_code code = csv_open(slice_from_bytes(data + 1, size - 1), separator, region, &error, &reader);
    if (code != OK) {
        require(separator == '"');
        return 0;
    }
    int64_t line = 0;
    for (int64_t row = 1;; row++) {
        bool more = true;
        code = csv_next(&reader, &error, &more);
        if (code != OK)
            check_error(&error, code);
        if (code != OK || !more)
            return 0;
        check_record(&reader, row, line);
        line = reader.line;
    }
}
