/* A buffer is growing text with a maximum. Invariants: length <= capacity <= maximum; once an append does not
 * fit or memory ends, `failed` stays set, later appends do nothing, and the content must not be used. */
#ifndef HECHT_BASE_BUFFER_H
#define HECHT_BASE_BUFFER_H

#include "base/error.h"
#include "base/slice.h"

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    bool failed;
};

#define BUFFER(most) ((struct buffer){.maximum = (most)})

void buffer_free(struct buffer *buffer);  /* also for CLEANUP; leaves an empty buffer with the same maximum */
void buffer_clear(struct buffer *buffer); /* keeps the memory */
void buffer_append(struct buffer *buffer, struct slice s);
void buffer_append_bytes(struct buffer *buffer, const void *data, size_t length);
void buffer_append_text(struct buffer *buffer, const char *nul_terminated);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_integer(struct buffer *buffer, int64_t value);
/* With '.' and the given number of decimals (0 to 17), whatever the locale. */
void buffer_append_decimal(struct buffer *buffer, double value, int decimals);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct slice buffer_slice(const struct buffer *buffer); /* valid until the next append */
/* Makes room for `length` more bytes and returns where they go, NULL on failure; then buffer_commit. */
char *buffer_reserve(struct buffer *buffer, size_t length);
void buffer_commit(struct buffer *buffer, size_t length);

#endif
