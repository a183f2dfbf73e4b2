/* Reads JSON (RFC 8259) from front to back without a tree, for requests whose form is known: the caller asks for what it
 * expects, and anything else sets `failed`, after which every function gives false. Strict: UTF-8, no control characters
 * and no NUL in texts, no lone surrogates, nothing behind the end. Repeated names are the caller's to refuse.
 *
 *     struct json_reader json = JSON_READER(text, region);
 *     if (json_read_object(&json))
 *         while (json_read_key(&json, &key)) ...one value...;
 *     if (!json_read_end(&json)) refuse */
#ifndef HECHT_BASE_JSON_READ_H
#define HECHT_BASE_JSON_READ_H

#include "base/region.h"

struct json_reader {
    struct slice rest;     /* not read yet */
    struct region *region; /* for texts with escapes; may be NULL: these fail */
    bool first;            /* the innermost container has no element yet */
    bool failed;
};

#define JSON_READER(text, memory) ((struct json_reader){.rest = (text), .region = (memory)})

bool json_read_object(struct json_reader *json);
bool json_read_array(struct json_reader *json);
/* The name of the next member; false behind the last, where the object ends, and on failure. */
bool json_read_key(struct json_reader *json, struct slice *ret_key);
/* Whether another element follows; false behind the last, where the array ends, and on failure. */
bool json_read_element(struct json_reader *json);
/* Part of the input, or decoded in the region when it has escapes. */
bool json_read_text(struct json_reader *json, struct slice *ret_text);
/* Digits only: neither 1.0 nor 1e3. */
bool json_read_integer(struct json_reader *json, int64_t *ret_value);
/* Nothing failed and nothing but white space is left. */
bool json_read_end(struct json_reader *json);

#endif
