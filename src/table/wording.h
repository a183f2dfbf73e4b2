/* Words for errors about files: what was found is cut and made readable, because it may be anything. */
#ifndef HECHT_TABLE_WORDING_H
#define HECHT_TABLE_WORDING_H

#include "base/base.h"

enum { WORDING_FOUND = 48, WORDING_NAME = 72 };

/* The text on one line: control characters and bytes that are no UTF-8 as \xNN, cut with "..." to fit the
 * room (at least 8), NUL-terminated. Returns to. */
const char *wording_text(struct slice text, char *to, size_t room);
/* As wording_text, but of a path that is too long the end is kept. */
const char *wording_path(const char *path, char *to, size_t room);
/* Index of the name with the fewest typing mistakes (letters wrong, missing, extra or swapped; upper and
 * lower case is a small one) between it and the text; count when there are no names. */
size_t wording_nearest(struct slice text, const struct slice *names, size_t count);

#endif
