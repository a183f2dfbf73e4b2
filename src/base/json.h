/* Writes JSON into a buffer without a tree. Commas and nesting are kept here; a value outside its place sets
 * the buffer's `failed`. Numbers never depend on the locale; not-finite reals become null. */
#ifndef HECHT_BASE_JSON_H
#define HECHT_BASE_JSON_H

#include "base/buffer.h"

enum { JSON_DEPTH_MAXIMUM = 32 };

struct json_writer {
    struct buffer *out;
    int depth;
    bool has_value[JSON_DEPTH_MAXIMUM + 1]; /* [0] is the document, [depth] the innermost open container */
    bool in_object[JSON_DEPTH_MAXIMUM + 1]; /* whether that container is an object */
    bool after_key;
    bool indent; /* two spaces a level */
};

#define JSON_WRITER(buffer) ((struct json_writer){.out = (buffer)})

void json_write_object_begin(struct json_writer *json);
void json_write_object_end(struct json_writer *json);
void json_write_array_begin(struct json_writer *json);
void json_write_array_end(struct json_writer *json);
void json_write_key(struct json_writer *json, const char *key);
void json_write_text(struct json_writer *json, struct slice s);      /* invalid UTF-8 becomes U+FFFD */
void json_write_bytes(struct json_writer *json, struct slice bytes); /* as base64url, any length */
void json_write_bytes_member(struct json_writer *json, const char *key, struct slice bytes);
void json_write_integer(struct json_writer *json, int64_t value);
void json_write_real(struct json_writer *json,
                     double value); /* shortest text that reads back the same (up to %.17g) */
void json_write_boolean(struct json_writer *json, bool value);
void json_write_null(struct json_writer *json);

#endif
