/* Words for errors about files: what was found is cut and made readable, because it may be anything. */
#ifndef HECHT_TABLE_MESSAGE_H
#define HECHT_TABLE_MESSAGE_H

#include "base/base.h"

enum { MESSAGE_FOUND = 48, MESSAGE_NAME = 72, MESSAGE_PATH = 140 };

/* The text on one line: control characters and bytes that are no UTF-8 as \xNN, cut with "..." to fit the room
 * (at least 8), NUL-terminated. Returns to. */
const char *message_text(struct slice text, char *to, size_t room);
/* As message_text, but of a path that is too long the end is kept. */
const char *message_path(const char *path, char *to, size_t room);
/* Index of the name with the fewest typing mistakes (letters wrong, missing, extra or swapped; upper and lower
 * case is a small one) between it and the text; count when there are no names. */
size_t message_nearest(struct slice text, const struct slice *names, size_t count);

#endif
