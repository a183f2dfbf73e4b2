/* A region is memory that ends at one moment: a request, a job, a command. Nothing in it is freed singly.
 * Every region has a maximum; past it, or without memory, an allocation returns NULL and the region remembers
 * (region_failed), so that text helpers may return the empty slice and the caller checks once at the end. */
#ifndef HECHT_BASE_REGION_H
#define HECHT_BASE_REGION_H

#include "base/error.h"
#include "base/slice.h"

struct region;

struct region *region_new(size_t maximum);         /* NULL without memory; owned by the caller */
struct region *region_free(struct region *region); /* takes NULL; returns NULL */
void region_clear(struct region *region); /* all that was allocated ends; the region may be used again */
bool region_failed(const struct region *region);
size_t region_used(const struct region *region);

/* Zeroed and aligned for any type. NULL past the maximum. size 0 gives a valid pointer. */
void *region_allocate(struct region *region, size_t size) __attribute__((malloc));
/* As region_allocate for count things of size bytes, without overflow. */
void *region_array(struct region *region, size_t count, size_t size) __attribute__((malloc));
/* A copy, NUL-terminated behind its length. The empty slice when memory ends. */
struct slice region_copy(struct region *region, struct slice s);
/* A NUL-terminated copy; "" when memory ends (then region_failed). Never NULL. */
const char *region_text(struct region *region, struct slice s);
struct slice region_format(struct region *region, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void region_cleanup(struct region **region)
{
    *region = region_free(*region);
}

#define REGION_NEW(region, type) ((type *)region_allocate((region), sizeof(type)))
#define REGION_ARRAY(region, count, type) ((type *)region_array((region), (count), sizeof(type)))

#endif
