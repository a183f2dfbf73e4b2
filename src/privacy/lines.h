/* Canonical texts: lines "name value" that end in LF, numbers decimal without leading zeros, hashes in lower
 * hexadecimal. Writers append them, readers take them one by one. Inside privacy only. */
#ifndef HECHT_PRIVACY_LINES_H
#define HECHT_PRIVACY_LINES_H

#include "privacy/merkle.h"

void lines_text(struct buffer *out, const char *name, struct slice value);
void lines_integer(struct buffer *out, const char *name, int64_t value);
void lines_hash(struct buffer *out, const char *name, const void *hash); /* 32 bytes */

/* Takes the first line when it is exactly this text. */
bool lines_take_exactly(struct slice *rest, struct slice line);
/* Takes the line "name value" when it is the next one; false leaves *rest as it is. The value may be
 * empty. */
bool lines_take(struct slice *rest, struct slice name, struct slice *ret_value);
/* 0 or more. */
bool lines_take_integer(struct slice *rest, struct slice name, int64_t *ret_value);
bool lines_take_hash(struct slice *rest, struct slice name, void *ret_hash);
/* A copy in the region; ERROR_MEMORY when the buffer failed. */
enum error_code lines_finish(const struct buffer *out, struct region *region, struct error *error,
                             struct slice *ret_text) MUST_CHECK;

#endif
