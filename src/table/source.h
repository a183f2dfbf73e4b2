/* The bytes of a file, a pipe or standard input, from the first to the last, and whether they stayed the
 * same. */
#ifndef HECHT_TABLE_SOURCE_H
#define HECHT_TABLE_SOURCE_H

#include "base/base.h"

#include <time.h>

struct source {
    int descriptor; /* -1: not open */
    bool regular;   /* has a size that is known ahead */
    int64_t size;   /* bytes there were to read when it was opened; 0 when it is not known */
    int64_t start;  /* where in the file reading began */
    int64_t taken;  /* bytes read so far */
    struct timespec changed;
    char name[140]; /* for messages */
};

/* path "-" is standard input. A directory is refused. Close with source_close. */
enum error_code source_open(const char *path, struct error *error, struct source *ret_source) MUST_CHECK;
void source_close(struct source *source);
/* Fills the room; fewer bytes only at the end, and then a file must be as long and as old as it was. */
enum error_code source_read(struct source *source, char *to, size_t room, struct error *error,
                            size_t *ret_length) MUST_CHECK;
/* A file must have been read whole, and be as long and as old as when it was opened. */
enum error_code source_check(const struct source *source, struct error *error) MUST_CHECK;

#endif
