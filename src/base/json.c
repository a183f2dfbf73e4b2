#include "base/base.h"

#include "base/utf8.h"

static void new_line(struct json_writer *json)
{
    if (!json->indent)
        return;
    buffer_append_byte(json->out, '\n');
    for (int i = 0; i < json->depth; i++)
        buffer_append(json->out, S("  "));
}

/* Writes the comma and line before an element of the innermost container. */
static void next_element(struct json_writer *json)
{
    if (json->has_value[json->depth])
        buffer_append_byte(json->out, ',');
    json->has_value[json->depth] = true;
    if (json->depth > 0)
        new_line(json);
}

/* Whether a value may stand here; writes what belongs before it. */
static bool value_begin(struct json_writer *json)
{
    bool second_document = json->depth == 0 && json->has_value[0];
    if (json->out->failed || second_document || json->in_object[json->depth] != json->after_key) {
        json->out->failed = true;
        return false;
    }
    if (json->after_key)
        json->after_key = false; /* json_key has written comma and line */
    else
        next_element(json);
    return true;
}

static void container_begin(struct json_writer *json, bool object)
{
    if (!value_begin(json))
        return;
    if (json->depth == JSON_DEPTH_MAXIMUM) {
        json->out->failed = true;
        return;
    }
    json->depth++;
    json->has_value[json->depth] = false;
    json->in_object[json->depth] = object;
    buffer_append_byte(json->out, object ? '{' : '[');
}

static void container_end(struct json_writer *json, bool object)
{
    if (json->depth == 0 || json->in_object[json->depth] != object || json->after_key) {
        json->out->failed = true;
        return;
    }
    bool empty = !json->has_value[json->depth];
    json->depth--;
    if (!empty)
        new_line(json);
    buffer_append_byte(json->out, object ? '}' : ']');
}

void json_write_object_begin(struct json_writer *json)
{
    container_begin(json, true);
}

void json_write_object_end(struct json_writer *json)
{
    container_end(json, true);
}

void json_write_array_begin(struct json_writer *json)
{
    container_begin(json, false);
}

void json_write_array_end(struct json_writer *json)
{
    container_end(json, false);
}

static void append_escaped_byte(struct buffer *out, char byte)
{
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = byte == '\0' ? NULL : strchr(escaped, byte);
    if (found != NULL)
        buffer_format(out, "\\%c", letters[found - escaped]);
    else
        buffer_format(out, "\\u%04x", (unsigned)(unsigned char)byte);
}

/* Appends stretches that need no change in one piece. */
static void append_quoted(struct buffer *out, struct slice s)
{
    size_t written = 0;
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < s.length;) {
        char byte = s.data[i];
        bool escape = (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
        size_t length = (unsigned char)byte < 0x80 ? 1 : utf8_sequence(s.data + i, s.length - i);
        if (length > 0 && !escape) {
            i += length;
            continue;
        }
        buffer_append(out, slice_part(s, written, i - written));
        if (escape)
            append_escaped_byte(out, byte);
        else
            buffer_append(out, S("\xEF\xBF\xBD"));
        i++;
        written = i;
    }
    buffer_append(out, slice_from(s, written));
    buffer_append_byte(out, '"');
}

void json_write_key(struct json_writer *json, const char *key)
{
    if (!json->in_object[json->depth] || json->after_key) {
        json->out->failed = true;
        return;
    }
    next_element(json);
    append_quoted(json->out, slice_from_text(key));
    buffer_append(json->out, json->indent ? S(": ") : S(":"));
    json->after_key = true;
}

void json_write_text(struct json_writer *json, struct slice s)
{
    if (value_begin(json))
        append_quoted(json->out, s);
}

void json_write_bytes(struct json_writer *json, struct slice bytes)
{
    if (!value_begin(json))
        return;
    buffer_append_byte(json->out, '"');
    base64url_append(json->out, bytes.data, bytes.length);
    buffer_append_byte(json->out, '"');
}

void json_write_bytes_member(struct json_writer *json, const char *key, struct slice bytes)
{
    json_write_key(json, key);
    json_write_bytes(json, bytes);
}

void json_write_integer(struct json_writer *json, int64_t value)
{
    if (value_begin(json))
        buffer_append_integer(json->out, value);
}

void json_write_real(struct json_writer *json, double value)
{
    if (!value_begin(json))
        return;
    if (!__builtin_isfinite(value)) {
        buffer_append(json->out, S("null"));
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (slice_to_real(slice_from_text(text), &back) && memcmp(&back, &value, sizeof(value)) == 0)
            break;
    }
    buffer_append_text(json->out, text);
}

void json_write_boolean(struct json_writer *json, bool value)
{
    if (value_begin(json))
        buffer_append(json->out, value ? S("true") : S("false"));
}

void json_write_null(struct json_writer *json)
{
    if (value_begin(json))
        buffer_append(json->out, S("null"));
}
