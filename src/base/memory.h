/* Large pieces of memory. Where the first touch of a page is dear (virtual machines: some microseconds), tens of
 * thousands of small pages cost more than what is computed in them; so these lie on pages of 2 MiB where the
 * system has them. */
#ifndef HECHT_BASE_MEMORY_H
#define HECHT_BASE_MEMORY_H

#include <stddef.h>

enum { MEMORY_LARGE = 1 << 21 }; /* smaller pieces are malloc's */

/* Zeroed; NULL when there is none. It begins at a multiple of MEMORY_LARGE and takes memory by the same
 * measure, as far as it is written to. */
void *memory_large_new(size_t size);
/* What was written stays, the rest is zeroed; nothing is copied. NULL leaves the piece as it was. */
void *memory_large_grow(void *start, size_t size, size_t larger);
void memory_large_free(void *start, size_t size); /* NULL is taken */

#endif
