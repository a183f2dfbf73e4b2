/* The JSON reader beside jansson: what it accepts, jansson accepts with the same content; what jansson accepts, it
 * accepts, unless there is something in it that it does not read (reals, true, false, null). */
#include <jansson.h>

#include "base/base.h"

enum { DEPTH_MAXIMUM = 30, REGION_MAXIMUM = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static char kind_of(const struct json_reader *json)
{
    size_t at = 0;
    while (at < json->rest.length && strchr(" \n\t\r", json->rest.data[at]) != NULL &&
           json->rest.data[at] != '\0')
        at++;
    return at < json->rest.length ? json->rest.data[at] : '\0';
}

static bool same_text(const json_t *value, struct slice text)
{
    return json_is_string(value) &&
           slice_equal(text, slice_from_bytes(json_string_value(value), json_string_length(value)));
}

/* Reads one value; value is what jansson made of it, NULL: it refused the whole. False: not read to the end. */
static bool walk(struct json_reader *json, const json_t *value, int depth)
{
    struct slice text;
    int64_t number;
    size_t count = 0;
    switch (depth == 0 ? '\0' : kind_of(json)) {
    case '"':
        if (!json_read_text(json, &text))
            return false;
        require(value == NULL || same_text(value, text));
        return true;
    case '[':
        json_read_array(json);
        while (json_read_element(json))
            if (!walk(json, value == NULL ? NULL : json_array_get(value, count++), depth - 1))
                return false;
        require(json->failed || value == NULL || (json_is_array(value) && json_array_size(value) == count));
        return !json->failed;
    case '{':
        json_read_object(json);
        while (json_read_key(json, &text))
            if (!walk(json, value == NULL ? NULL : json_object_getn(value, text.data, text.length),
                      depth - 1))
                return false;
        require(json->failed || value == NULL || json_is_object(value));
        return !json->failed;
    default:
        if (!json_read_integer(json, &number))
            return false;
        require(value == NULL || (json_is_integer(value) && json_integer_value(value) == number));
        return true;
    }
}

/* Only what our reader reads, and not too deep for the walk. */
static bool is_ours(const json_t *value, int depth)
{
    size_t index;
    const char *key;
    json_t *part;
    if (json_is_string(value) || json_is_integer(value))
        return depth > 0;
    if (depth == 0 || (!json_is_array(value) && !json_is_object(value)))
        return false;
    json_array_foreach((json_t *)(uintptr_t)value, index, part) if (!is_ours(part, depth - 1)) return false;
    json_object_foreach((json_t *)(uintptr_t)value, key, part) if (!is_ours(part, depth - 1)) return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    /* A copy of its own size, so that reading behind the end is noticed. */
    char *copy = malloc(size == 0 ? 1 : size);
    require(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    struct json_reader json = JSON_READER(slice_from_bytes(copy, size), region);
    json_t *value = json_loadb(copy, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    bool read = walk(&json, value, DEPTH_MAXIMUM) && json_read_end(&json);
    /* Jansson takes a NUL behind the document for its end. */
    if (value != NULL && is_ours(value, DEPTH_MAXIMUM) && memchr(copy, '\0', size) == NULL)
        require(read || region_failed(region));
    /* Repeated names are the caller's to refuse. */
    json_t *lenient = json_loadb(copy, size, JSON_DECODE_ANY, NULL);
    if (read)
        require(lenient != NULL);
    json_decref(lenient);
    json_decref(value);
    free(copy);
    return 0;
}
