/* Bytes as text: lower-case hexadecimal, base64url without padding (RFC 4648 section 5), and for formats of
 * others base64 with padding (section 4); all strict: one text for one value. */
#ifndef HECHT_BASE_ENCODING_H
#define HECHT_BASE_ENCODING_H

#include "base/buffer.h"
#include "base/slice.h"

void hex_append(struct buffer *buffer, const void *bytes, size_t length);
/* ret_text takes 2 * length characters and a NUL. */
void hex_encode(const void *bytes, size_t length, char *ret_text);
/* True when s is exactly 2 * length hexadecimal digits (lower case). */
bool hex_decode(struct slice s, void *ret_bytes, size_t length);

#define BASE64URL_LENGTH(bytes) (((bytes)*4 + 2) / 3)
void base64url_append(struct buffer *buffer, const void *bytes, size_t length);
/* ret_text takes BASE64URL_LENGTH(length) characters and a NUL. */
void base64url_encode(const void *bytes, size_t length, char *ret_text);
/* At most maximum bytes; false on a wrong character, length or on bits left over. */
bool base64url_decode(struct slice s, void *ret_bytes, size_t maximum, size_t *ret_length);
/* True only when s decodes to exactly length bytes. */
bool base64url_decode_exactly(struct slice s, void *ret_bytes, size_t length);

void base64_append(struct buffer *buffer, const void *bytes, size_t length);
bool base64_decode(struct slice s, void *ret_bytes, size_t maximum, size_t *ret_length);
bool base64_decode_exactly(struct slice s, void *ret_bytes, size_t length);

#endif
