#include "base/base.h"

#include <stdalign.h>
#include <stdarg.h>

enum { CHUNK_FIRST = 4096, CHUNK_LARGEST = 2 * MEMORY_LARGE - 64, CHUNK_KEPT = 1 << 15 };

/* Chunks come zeroed, and one that is used again is cleared before, so everything handed out is zeroed. */
struct chunk {
    struct chunk *next;
    size_t capacity;
    size_t used;
    max_align_t data[];
};

struct region {
    struct chunk *chunks; /* the first one is being filled */
    size_t maximum;       /* of used */
    size_t used;          /* bytes asked for, without alignment and chunk heads */
    size_t chunk_size;    /* of the next ordinary chunk */
    bool failed;
};

struct region *region_new(size_t maximum)
{
    struct region *region = calloc(1, sizeof(*region));
    if (region != NULL) {
        region->maximum = maximum;
        region->chunk_size = CHUNK_FIRST;
    }
    return region;
}

static struct chunk *chunk_new(size_t capacity)
{
    size_t size = sizeof(struct chunk) + capacity;
    struct chunk *chunk = size < MEMORY_LARGE ? calloc(1, size) : memory_large_new(size);
    if (chunk != NULL)
        chunk->capacity = capacity;
    return chunk;
}

static void chunk_free(struct chunk *chunk)
{
    size_t size = sizeof(*chunk) + chunk->capacity;
    if (size < MEMORY_LARGE)
        free(chunk);
    else
        memory_large_free(chunk, size);
}

/* Ends all chunks but keep, which may be NULL. */
static void end_chunks(struct region *region, struct chunk *keep)
{
    while (region->chunks != NULL) {
        struct chunk *chunk = region->chunks;
        region->chunks = chunk->next;
        if (chunk != keep)
            chunk_free(chunk);
    }
}

struct region *region_free(struct region *region)
{
    if (region != NULL) {
        end_chunks(region, NULL);
        free(region);
    }
    return NULL;
}

/* The next request needs about what the last one did: a small chunk stays, so that most ask for no memory. */
void region_clear(struct region *region)
{
    struct chunk *keep = NULL;
    for (struct chunk *chunk = region->chunks; chunk != NULL; chunk = chunk->next)
        if (chunk->capacity <= CHUNK_KEPT && (keep == NULL || chunk->capacity > keep->capacity))
            keep = chunk;
    end_chunks(region, keep);
    if (keep != NULL) {
        memset(keep->data, 0, keep->used);
        keep->used = 0;
        keep->next = NULL;
        region->chunks = keep;
    }
    region->used = 0;
    region->chunk_size = CHUNK_FIRST;
    region->failed = false;
}

bool region_failed(const struct region *region)
{
    return region->failed;
}

size_t region_used(const struct region *region)
{
    return region->used;
}

static size_t align_up(size_t offset, size_t alignment)
{
    return (offset + alignment - 1) & ~(alignment - 1);
}

static struct chunk *chunk_add(struct region *region, size_t size)
{
    size_t capacity = size > region->chunk_size ? size : region->chunk_size;
    if (capacity > PTRDIFF_MAX - sizeof(struct chunk))
        return NULL;
    struct chunk *chunk = chunk_new(capacity);
    if (chunk == NULL)
        return NULL;
    if (size > region->chunk_size / 2 && region->chunks != NULL) {
        /* Behind the first, so that one large piece does not end the filling of the chunk in use. */
        chunk->next = region->chunks->next;
        region->chunks->next = chunk;
    } else {
        chunk->next = region->chunks;
        region->chunks = chunk;
    }
    region->chunk_size = region->chunk_size < CHUNK_LARGEST / 2 ? region->chunk_size * 2 : CHUNK_LARGEST;
    return chunk;
}

static void *take(struct region *region, size_t size, size_t alignment)
{
    if (size > region->maximum - region->used) {
        region->failed = true;
        return NULL;
    }
    struct chunk *chunk = region->chunks;
    size_t offset = chunk == NULL ? 0 : align_up(chunk->used, alignment);
    if (chunk == NULL || offset > chunk->capacity || size > chunk->capacity - offset) {
        chunk = chunk_add(region, size);
        if (chunk == NULL) {
            region->failed = true;
            return NULL;
        }
        offset = 0;
    }
    chunk->used = offset + size;
    region->used += size;
    return (char *)chunk->data + offset;
}

void *region_allocate(struct region *region, size_t size)
{
    return take(region, size, alignof(max_align_t));
}

void *region_array(struct region *region, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        region->failed = true;
        return NULL;
    }
    return region_allocate(region, total);
}

/* Room for length characters and a NUL, which calloc already wrote. */
static char *take_text(struct region *region, size_t length)
{
    if (length == SIZE_MAX) {
        region->failed = true;
        return NULL;
    }
    return take(region, length + 1, 1);
}

struct slice region_copy(struct region *region, struct slice s)
{
    char *copy = take_text(region, s.length);
    if (copy == NULL)
        return (struct slice){0};
    if (s.length > 0)
        memcpy(copy, s.data, s.length);
    return (struct slice){copy, s.length};
}

const char *region_text(struct region *region, struct slice s)
{
    struct slice copy = region_copy(region, s);
    return copy.data == NULL ? "" : copy.data;
}

struct slice region_format(struct region *region, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);

    struct slice result = {0};
    if (length < 0)
        region->failed = true;
    char *text = length < 0 ? NULL : take_text(region, (size_t)length);
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
        result = (struct slice){text, (size_t)length};
    }
    va_end(again);
    return result;
}
