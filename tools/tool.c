#include "tool.h"

#include <stdarg.h>

enum error_code source_read(const char *path, struct region *region, struct error *error,
                            struct source *ret_source)
{
    struct slice text;
    TRY(file_read(path, SOURCE_MAXIMUM, region, error, &text));
    *ret_source = (struct source){slice_from_text(path), text};
    return OK;
}

size_t source_line(const struct source *source, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < source->text.length; i++)
        line += source->text.data[i] == '\n';
    return line;
}

static size_t source_column(const struct source *source, size_t offset)
{
    if (offset > source->text.length)
        offset = source->text.length;
    size_t start = offset;
    while (start > 0 && source->text.data[start - 1] != '\n')
        start--;
    return slice_count_characters(slice_part(source->text, start, offset - start)) + 1;
}

enum error_code source_fail(const struct source *source, size_t offset, struct error *error,
                            const char *format, ...)
{
    char message[320];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(message, sizeof(message), format, arguments) < 0)
        message[0] = '\0';
    va_end(arguments);
    return FAIL(error, ERROR_INPUT, "source", "%.*s:%zu:%zu: %s", SLICE_ARG(source->path),
                source_line(source, offset), source_column(source, offset), message);
}

struct slice path_name(struct slice path)
{
    size_t start = path.length;
    while (start > 0 && path.data[start - 1] != '/')
        start--;
    return slice_from(path, start);
}

/* Three octal digits always, so that a digit behind them cannot become part of the number. */
static size_t append_c_character(struct buffer *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        buffer_format(out, "\\%c", c);
        return 2;
    }
    if (c == '\n') {
        buffer_append_text(out, "\\n");
        return 2;
    }
    if (c < 0x20 || c >= 0x7F) {
        buffer_format(out, "\\%03o", c);
        return 4;
    }
    buffer_append_byte(out, (char)c);
    return 1;
}

void append_c_string(struct buffer *out, struct slice s, const char *indent)
{
    enum { LINE_LENGTH = 90 };
    size_t width = 0;
    buffer_append_text(out, "\"");
    for (size_t i = 0; i < s.length; i++) {
        if (width >= LINE_LENGTH) {
            buffer_format(out, "\"\n%s\"", indent);
            width = 0;
        }
        if (i > 0 && s.data[i] == '?' && s.data[i - 1] == '?') { /* two of them could begin a trigraph */
            buffer_append_text(out, "\\?");
            width += 2;
            continue;
        }
        width += append_c_character(out, (unsigned char)s.data[i]);
    }
    buffer_append_text(out, "\"");
}

static bool file_holds(const char *path, struct slice content)
{
    CLEANUP(region_cleanup) struct region *region = region_new(TOOL_REGION_MAXIMUM);
    struct slice there;
    return region != NULL && file_read(path, OUTPUT_MAXIMUM, region, NULL, &there) == OK &&
           slice_equal(there, content);
}

enum error_code output_write(const char *path, struct buffer *content, struct error *error)
{
    if (content->failed)
        return FAIL(error, ERROR_LIMIT, "output", "%s: too much output or no memory", path);
    struct slice bytes = buffer_slice(content);
    if (file_holds(path, bytes))
        return OK;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return FAIL(error, ERROR_IO, "output", "%s: cannot be written: %m", path);
    bool written = bytes.length == 0 || fwrite(bytes.data, 1, bytes.length, file) == bytes.length;
    if (fclose(file) != 0 || !written) {
        remove(path); /* half an output must not pass for a whole one at the next build */
        return FAIL(error, ERROR_IO, "output", "%s: cannot be written", path);
    }
    return OK;
}
