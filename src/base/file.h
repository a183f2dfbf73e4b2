/* Whole files, with a maximum. */
#ifndef HECHT_BASE_FILE_H
#define HECHT_BASE_FILE_H

#include "base/region.h"

/* path "-" reads standard input. */
enum error_code file_read(const char *path, size_t maximum, struct region *region, struct error *error,
                          struct slice *ret_content) MUST_CHECK;
/* Makes a new file with mode 0600 and syncs it; ERROR_CONFLICT when it exists. */
enum error_code file_create_private(const char *path, struct slice content, struct error *error) MUST_CHECK;
/* Makes or replaces a file with mode 0600: after a crash it holds the old content or the new, whole. Writes
 * path.new on the way; of two processes at once the caller keeps one waiting. */
enum error_code file_replace_private(const char *path, struct slice content, struct error *error) MUST_CHECK;

#endif
