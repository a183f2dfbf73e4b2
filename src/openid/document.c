#include "openid/document.h"

json_t *document_read(struct slice text)
{
    if (text.length == 0 || text.length > DOCUMENT_MAXIMUM)
        return NULL;
    /* Jansson takes a NUL behind the document for its end. */
    if (memchr(text.data, '\0', text.length) != NULL)
        return NULL;
    json_t *document = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(document))
        return document;
    json_decref(document);
    return NULL;
}

static bool text_of(const json_t *value, size_t maximum, struct slice *ret_text)
{
    if (!json_is_string(value))
        return false;
    struct slice text = slice_from_bytes(json_string_value(value), json_string_length(value));
    if (text.length == 0 || text.length > maximum || !slice_is_clean_text(text, ""))
        return false;
    *ret_text = text;
    return true;
}

bool document_text(const json_t *object, const char *name, size_t maximum, struct slice *ret_text)
{
    return text_of(json_object_get(object, name), maximum, ret_text);
}

bool document_seconds(const json_t *object, const char *name, int64_t *ret_seconds)
{
    const json_t *value = json_object_get(object, name);
    double seconds = json_number_value(value); /* 0 when it is no number */
    if (!(seconds >= 1 && seconds <= 1e12))
        return false;
    *ret_seconds = (int64_t)seconds;
    return true;
}

bool document_has(const json_t *object, const char *name)
{
    return json_object_get(object, name) != NULL;
}

bool document_names(const json_t *object, const char *name, struct slice text)
{
    const json_t *value = json_object_get(object, name);
    struct slice one;
    if (text_of(value, DOCUMENT_MAXIMUM, &one))
        return slice_equal(one, text);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (text_of(json_array_get(value, i), DOCUMENT_MAXIMUM, &one) && slice_equal(one, text))
            return true;
    return false;
}
