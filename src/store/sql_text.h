/* The one SQL text, cut into statements and put into the words of an engine. */
#ifndef HECHT_STORE_SQL_TEXT_H
#define HECHT_STORE_SQL_TEXT_H

#include "store/store.h"

enum { SQL_TEXT_MAXIMUM = 1 << 20 };

/* Takes the next statement from *rest (start with rest->data != NULL) and puts it, without comments, into the
 * empty buffer. A statement ends at a ';' that is the last thing on its line, or at the end. SQLite: the type
 * BYTEA becomes BLOB, DOUBLE PRECISION becomes REAL, and the comment WITHOUT ROWID becomes real. False when
 * nothing is left. The caller looks at buffer.failed. */
bool sql_next_statement(struct slice *rest, enum store_engine engine, struct buffer *ret_statement);

#endif
