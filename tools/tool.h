/* What the build-time programs share: reading sources, errors with a place, writing results. */
#ifndef HECHT_TOOLS_TOOL_H
#define HECHT_TOOLS_TOOL_H

#include "base/base.h"

enum { SOURCE_MAXIMUM = 8 << 20, OUTPUT_MAXIMUM = 256 << 20, TOOL_REGION_MAXIMUM = 512 << 20 };

/* A text that errors point into. */
struct source {
    struct slice path;
    struct slice text;
};

enum error_code source_read(const char *path, struct region *region, struct error *error,
                            struct source *ret_source) MUST_CHECK;

/* "path:line:column: message" as the error's detail; both counted from 1, columns in characters. */
enum error_code source_fail(const struct source *source, size_t offset, struct error *error,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Line of an offset, from 1. */
size_t source_line(const struct source *source, size_t offset);

/* The part of a path behind its last slash. */
struct slice path_name(struct slice path);

/* A C string literal on lines of bearable length, each behind `indent`. */
void append_c_string(struct buffer *out, struct slice s, const char *indent);

/* Leaves a file that holds just this content alone, so that its time does not change and nothing that
 * depends on it is built again. */
enum error_code output_write(const char *path, struct buffer *content, struct error *error) MUST_CHECK;

#endif
