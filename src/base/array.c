#include "base/array.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

static void *grow(void *array, size_t bytes, size_t larger)
{
    if (larger < MEMORY_LARGE)
        return realloc(array, larger);
    if (bytes >= MEMORY_LARGE)
        return memory_large_grow(array, bytes, larger);
    void *moved = memory_large_new(larger);
    if (moved != NULL && bytes > 0)
        memcpy(moved, array, bytes);
    if (moved != NULL)
        free(array);
    return moved;
}

enum error_code array_grow(void **array, size_t *capacity, size_t wanted, size_t size, struct error *error)
{
    size_t larger = *capacity > 0 ? *capacity : FIRST_CAPACITY;
    if (wanted <= *capacity)
        return OK;
    while (larger < wanted && larger <= SIZE_MAX / 2 / size)
        larger *= 2;
    void *moved = larger < wanted ? NULL : grow(*array, *capacity * size, larger * size);
    if (moved == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu entries of %zu bytes", wanted, size);
    *array = moved;
    *capacity = larger;
    return OK;
}

void array_free(void *array, size_t capacity, size_t size)
{
    if (capacity * size >= MEMORY_LARGE)
        memory_large_free(array, capacity * size);
    else
        free(array);
}
