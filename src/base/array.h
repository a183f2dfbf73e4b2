/* Arrays that grow. One is its first element, NULL at the beginning, with a capacity of 0; what is new is not
 * cleared. */
#ifndef HECHT_BASE_ARRAY_H
#define HECHT_BASE_ARRAY_H

#include "base/error.h"

#include <stddef.h>

/* Makes room for `wanted` things of `size` bytes, doubling; without memory the array stays as it was. */
enum error_code array_grow(void **array, size_t *capacity, size_t wanted, size_t size,
                           struct error *error) MUST_CHECK;
/* As for array_grow: the same capacity and size. */
void array_free(void *array, size_t capacity, size_t size);

#endif
