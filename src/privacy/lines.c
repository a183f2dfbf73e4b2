#include "privacy/lines.h"

void lines_text(struct buffer *out, const char *name, struct slice value)
{
    buffer_append_text(out, name);
    buffer_append_byte(out, ' ');
    buffer_append(out, value);
    buffer_append_byte(out, '\n');
}

void lines_integer(struct buffer *out, const char *name, int64_t value)
{
    buffer_append_text(out, name);
    buffer_append_byte(out, ' ');
    buffer_append_integer(out, value);
    buffer_append_byte(out, '\n');
}

void lines_hash(struct buffer *out, const char *name, const void *hash)
{
    buffer_append_text(out, name);
    buffer_append_byte(out, ' ');
    hex_append(out, hash, sizeof(struct merkle_hash));
    buffer_append_byte(out, '\n');
}

bool lines_take_exactly(struct slice *rest, struct slice line)
{
    size_t end = slice_find_byte(*rest, '\n');
    if (end == rest->length || !slice_equal(slice_part(*rest, 0, end), line))
        return false;
    *rest = slice_from(*rest, end + 1);
    return true;
}

bool lines_take(struct slice *rest, struct slice name, struct slice *ret_value)
{
    struct slice after = slice_from(*rest, name.length);
    size_t end = slice_find_byte(*rest, '\n');
    if (end == rest->length || end <= name.length || !slice_starts_with(*rest, name) || after.data[0] != ' ')
        return false;
    *ret_value = slice_part(*rest, name.length + 1, end - name.length - 1);
    *rest = slice_from(*rest, end + 1);
    return true;
}

bool lines_take_integer(struct slice *rest, struct slice name, int64_t *ret_value)
{
    struct slice value;
    return lines_take(rest, name, &value) && slice_to_integer(value, 0, INT64_MAX, ret_value);
}

bool lines_take_hash(struct slice *rest, struct slice name, void *ret_hash)
{
    struct slice value;
    return lines_take(rest, name, &value) && hex_decode(value, ret_hash, sizeof(struct merkle_hash));
}

enum error_code lines_finish(const struct buffer *out, struct region *region, struct error *error,
                             struct slice *ret_text)
{
    struct slice text = out->failed ? S("") : region_copy(region, buffer_slice(out));
    if (text.length == 0)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a text");
    *ret_text = text;
    return OK;
}
