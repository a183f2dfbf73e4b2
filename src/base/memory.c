#include "base/memory.h"

#include <stdint.h>
#include <sys/mman.h>

/* 0: too large. */
static size_t round_up(size_t size)
{
    return size > PTRDIFF_MAX - 2 * (size_t)MEMORY_LARGE
               ? 0
               : (size + MEMORY_LARGE - 1) / MEMORY_LARGE * MEMORY_LARGE;
}

/* Room that begins at a multiple of MEMORY_LARGE, so that both ends lie on such pages. */
static char *map_aligned(size_t length)
{
    char *start = length == 0 ? MAP_FAILED
                              : mmap(NULL, length + MEMORY_LARGE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    size_t before = (size_t)(-(uintptr_t)start % MEMORY_LARGE);
    if (before > 0)
        (void)munmap(start, before);
    (void)munmap(start + before + length, MEMORY_LARGE - before);
    return start + before;
}

void *memory_large_new(size_t size)
{
    size_t length = round_up(size);
    char *start = map_aligned(length);
    if (start != NULL)
        (void)madvise(start, length, MADV_HUGEPAGE); /* a wish */
    return start;
}

void *memory_large_grow(void *start, size_t size, size_t larger)
{
    size_t from = round_up(size), to = round_up(larger);
    char *room = map_aligned(to);
    if (room == NULL)
        return NULL;
    if (mremap(start, from, from, MREMAP_MAYMOVE | MREMAP_FIXED, room) == MAP_FAILED) {
        (void)munmap(room, to);
        return NULL;
    }
    (void)madvise(room, to, MADV_HUGEPAGE);
    return room;
}

void memory_large_free(void *start, size_t size)
{
    if (start != NULL)
        (void)munmap(start, round_up(size));
}
