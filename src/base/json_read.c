#include "base/base.h"

#include "base/utf8.h"

enum { HIGH_FIRST = 0xD800, LOW_FIRST = 0xDC00, LOW_LAST = 0xDFFF, SURROGATES = 0x400, PLANE_ONE = 0x10000 };

static bool fail(struct json_reader *json)
{
    json->failed = true;
    return false;
}

static void step(struct json_reader *json, size_t bytes)
{
    json->rest.data += bytes;
    json->rest.length -= bytes;
}

static void skip_space(struct json_reader *json)
{
    while (json->rest.length > 0 && (json->rest.data[0] == ' ' || json->rest.data[0] == '\n' ||
                                     json->rest.data[0] == '\t' || json->rest.data[0] == '\r'))
        step(json, 1);
}

/* Skips white space and takes the byte when it stands there. */
static bool take(struct json_reader *json, char byte)
{
    skip_space(json);
    if (json->failed || json->rest.length == 0 || json->rest.data[0] != byte)
        return false;
    step(json, 1);
    return true;
}

static bool container_begin(struct json_reader *json, char byte)
{
    json->first = true;
    return take(json, byte) || fail(json);
}

bool json_read_object(struct json_reader *json)
{
    return container_begin(json, '{');
}

bool json_read_array(struct json_reader *json)
{
    return container_begin(json, '[');
}

/* Behind an element either the end or a comma follows; the container around it has an element then. */
static bool next(struct json_reader *json, char end)
{
    if (json->failed)
        return false;
    bool first = json->first;
    json->first = false;
    if (take(json, end))
        return false;
    return first || take(json, ',') || fail(json);
}

bool json_read_element(struct json_reader *json)
{
    return next(json, ']');
}

bool json_read_key(struct json_reader *json, struct slice *ret_key)
{
    return next(json, '}') && json_read_text(json, ret_key) && (take(json, ':') || fail(json));
}

/* ---- Texts --------------------------------------------------------------------------------------------- */

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* How many bytes stand before the next quote or backslash; the length when something is wrong before it. */
static size_t plain_length(struct slice s)
{
    size_t at = 0;
    while (at < s.length) {
        unsigned char byte = (unsigned char)s.data[at];
        if (is_plain(byte)) {
            at++;
            continue;
        }
        size_t sequence = byte < 0x80 ? 0 : utf8_sequence(s.data + at, s.length - at);
        if (sequence == 0)
            return byte == '"' || byte == '\\' ? at : s.length;
        at += sequence;
    }
    return at;
}

static bool read_hex(struct json_reader *json, unsigned *ret_value)
{
    unsigned value = 0;
    if (json->rest.length < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        char c = json->rest.data[i];
        bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'f', large = c >= 'A' && c <= 'F';
        if (!digit && !small && !large)
            return false;
        value = value << 4 | (unsigned)(digit ? c - '0' : small ? c - 'a' + 10 : c - 'A' + 10);
    }
    step(json, 4);
    *ret_value = value;
    return true;
}

/* What follows "\u": one code point, of which those above U+FFFF come as two. */
static bool read_code_point(struct json_reader *json, unsigned *ret_point)
{
    unsigned point, low;
    if (!read_hex(json, &point) || point == 0)
        return false;
    if (point >= HIGH_FIRST && point <= LOW_LAST) {
        if (point >= LOW_FIRST || !slice_starts_with(json->rest, S("\\u")))
            return false;
        step(json, 2);
        if (!read_hex(json, &low) || low < LOW_FIRST || low > LOW_LAST)
            return false;
        point = PLANE_ONE + (point - HIGH_FIRST) * SURROGATES + (low - LOW_FIRST);
    }
    *ret_point = point;
    return true;
}

static size_t write_utf8(unsigned point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < PLANE_ONE ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        to[i] = (char)(0x80 | (point & 0x3F));
    to[0] = (char)(heads[length] | point);
    return length;
}

/* Behind a backslash. The longest escape of a byte is as long as what it stands for, so there is room. */
static bool read_escape(struct json_reader *json, char *to, size_t *length)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    unsigned point;
    if (json->rest.length == 0)
        return false;
    char letter = json->rest.data[0];
    step(json, 1);
    if (letter == 'u') {
        if (!read_code_point(json, &point))
            return false;
        *length += write_utf8(point, to + *length);
        return true;
    }
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found == NULL)
        return false;
    to[(*length)++] = meanings[found - letters];
    return true;
}

/* Room for all that is left is more than enough: nothing decoded is longer than its escape. */
static bool read_escaped(struct json_reader *json, struct slice *ret_text)
{
    char *to = json->region == NULL ? NULL : region_allocate(json->region, json->rest.length);
    size_t length = 0;
    while (to != NULL) {
        size_t plain = plain_length(json->rest);
        if (plain == json->rest.length)
            break;
        memcpy(to + length, json->rest.data, plain);
        length += plain;
        step(json, plain + 1);
        if (json->rest.data[-1] == '"') {
            *ret_text = slice_from_bytes(to, length);
            return true;
        }
        if (!read_escape(json, to, &length))
            break;
    }
    return fail(json);
}

bool json_read_text(struct json_reader *json, struct slice *ret_text)
{
    if (!take(json, '"'))
        return fail(json);
    size_t plain = plain_length(json->rest);
    if (plain == json->rest.length)
        return fail(json);
    if (json->rest.data[plain] == '\\')
        return read_escaped(json, ret_text);
    *ret_text = slice_part(json->rest, 0, plain);
    step(json, plain + 1);
    return true;
}

/* ---- Numbers and the end ------------------------------------------------------------------------------- */

bool json_read_integer(struct json_reader *json, int64_t *ret_value)
{
    bool minus = take(json, '-');
    size_t digits = 0;
    while (digits < json->rest.length && json->rest.data[digits] >= '0' && json->rest.data[digits] <= '9')
        digits++;
    if (digits == 0)
        return fail(json);
    char after = digits < json->rest.length ? json->rest.data[digits] : ' ';
    bool leading_zero = digits > 1 && json->rest.data[0] == '0';
    struct slice number = slice_from_bytes(json->rest.data - minus, digits + minus);
    if (json->failed || leading_zero || after == '.' || after == 'e' || after == 'E' ||
        !slice_to_integer(number, INT64_MIN, INT64_MAX, ret_value))
        return fail(json);
    step(json, digits);
    return true;
}

bool json_read_end(struct json_reader *json)
{
    skip_space(json);
    return !json->failed && json->rest.length == 0;
}
