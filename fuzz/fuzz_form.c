/* Any bytes are either refused with a reason, or give fields that keep the promises of http/form.h. The first
 * byte chooses between a body and a query. */
#include "http/form.h"

enum { REGION_MAXIMUM = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_text(struct slice text)
{
    require(slice_is_utf8(text));
    require(slice_find_byte(text, '\0') == text.length);
}

static void check_fields(const struct http_fields *fields, enum form_kind kind, size_t input_length)
{
    size_t total = 0;
    require(fields->count <= HTTP_FIELDS_MAXIMUM);
    for (size_t i = 0; i < fields->count; i++) {
        const struct http_field *field = &fields->items[i];
        require(field->name.length > 0);
        check_text(field->name);
        check_text(field->value);
        total += field->name.length + field->value.length;
        for (size_t before = 0; kind == FORM_BODY && before < i; before++)
            require(slice_ends_with(field->name, S("[]")) ||
                    !slice_equal(field->name, fields->items[before].name));
    }
    require(total <= input_length);
}

/* What was understood, written in the one canonical way, must be understood the same. */
static void check_again(const struct http_fields *fields, enum form_kind kind, struct region *region)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(REGION_MAXIMUM);
    for (size_t i = 0; i < fields->count; i++) {
        const struct slice parts[] = {fields->items[i].name, fields->items[i].value};
        for (size_t part = 0; part < COUNT_OF(parts); part++) {
            buffer_append_text(&text, part == 1 ? "=" : i > 0 ? "&" : "");
            for (size_t byte = 0; byte < parts[part].length; byte++)
                buffer_format(&text, "%%%02X", (unsigned char)parts[part].data[byte]);
        }
    }
    struct error error = {0};
    struct http_fields again;
    require(form_parse(buffer_slice(&text), kind, region, &error, &again) == OK);
    require(again.count == fields->count);
    for (size_t i = 0; i < again.count; i++)
        require(slice_equal(again.items[i].name, fields->items[i].name) &&
                slice_equal(again.items[i].value, fields->items[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    enum form_kind kind = data[0] % 2 == 0 ? FORM_BODY : FORM_QUERY;
    struct error error = {0};
    struct http_fields fields = {0};
    enum error_code code = form_parse(slice_from_bytes(data + 1, size - 1), kind, region, &error, &fields);
    if (code != OK) {
        require(code == ERROR_INPUT && error.reason != NULL && fields.count == 0);
        return 0;
    }
    check_fields(&fields, kind, size - 1);
    check_again(&fields, kind, region);
    return 0;
}
