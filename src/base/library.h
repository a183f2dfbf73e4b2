/* Shared libraries that only some commands need are loaded when they do: libpq and libcurl bring some thirty others
 * along, and loading those takes longer than everything else `hecht --version` does. */
#ifndef HECHT_BASE_LIBRARY_H
#define HECHT_BASE_LIBRARY_H

#include "base/error.h"

#include <stddef.h>

struct library_function {
    const char *name;
    void *place; /* of a pointer to such a function */
};

/* Fills all places. ERROR_IO when the library or a function is not there: the message names the Debian
 * package. It stays loaded to the end of the program; a second call does no harm, but not beside a thread that
 * uses the places. */
enum error_code library_load(const char *file, const char *package, const struct library_function *functions,
                             size_t count, struct error *error) MUST_CHECK;

#endif
