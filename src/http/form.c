#include "http/form.h"

#include "base/base.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool percent_decode(struct slice text, bool plus_is_space, char *ret_text, size_t *ret_length)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if ((unsigned char)c < 0x20 || c == 0x7F)
            return false;
        if (c == '+' && plus_is_space)
            c = ' ';
        if (c == '%') {
            if (text.length - i < 3)
                return false;
            int high = hex_value(text.data[i + 1]);
            int low = hex_value(text.data[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        ret_text[length++] = c;
    }
    if (!slice_is_utf8(slice_from_bytes(ret_text, length)))
        return false;
    *ret_length = length;
    return true;
}

static enum error_code syntax(enum form_kind kind, struct error *error)
{
    return FAIL(error, ERROR_INPUT, kind == FORM_BODY ? "form-syntax" : "query-syntax",
                "a form field is not valid percent-encoded UTF-8");
}

/* *to moves behind what was written. */
static bool decode_part(struct slice part, char **to, struct slice *ret_decoded)
{
    size_t length;
    if (!percent_decode(part, true, *to, &length))
        return false;
    *ret_decoded = slice_from_bytes(*to, length);
    *to += length;
    return true;
}

static enum error_code parse_pair(struct slice pair, enum form_kind kind, char **to, struct error *error,
                                  struct http_field *ret_field)
{
    size_t equals = slice_find_byte(pair, '=');
    if (!decode_part(slice_part(pair, 0, equals), to, &ret_field->name) ||
        !decode_part(slice_from(pair, equals + 1), to, &ret_field->value) || ret_field->name.length == 0)
        return syntax(kind, error);
    return OK;
}

static bool has_name(const struct http_field *fields, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(fields[i].name, name))
            return true;
    return false;
}

enum error_code form_parse(struct slice text, enum form_kind kind, struct region *region, struct error *error,
                           struct http_fields *ret_fields)
{
    if (text.length == 0) {
        *ret_fields = (struct http_fields){0};
        return OK;
    }
    size_t pairs = 1;
    for (size_t i = 0; i < text.length; i++)
        pairs += text.data[i] == '&';
    if (pairs > HTTP_FIELDS_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "form-too-many-fields", "more than %d fields", HTTP_FIELDS_MAXIMUM);

    struct http_field *fields = REGION_ARRAY(region, pairs, struct http_field);
    char *to = region_allocate(region, text.length);
    if (fields == NULL || to == NULL)
        return FAIL(error, ERROR_MEMORY, "request-memory", "no memory for the fields of a form");

    size_t count = 0;
    struct slice pair;
    while (slice_take(&text, '&', &pair)) {
        if (pair.length == 0 && kind == FORM_QUERY)
            continue;
        struct http_field *field = &fields[count];
        TRY(parse_pair(pair, kind, &to, error, field));
        if (kind == FORM_BODY && !slice_ends_with(field->name, S("[]")) &&
            has_name(fields, count, field->name))
            return FAIL(error, ERROR_INPUT, "form-repeated", "a form field was sent twice");
        count++;
    }
    *ret_fields = (struct http_fields){fields, count};
    return OK;
}
