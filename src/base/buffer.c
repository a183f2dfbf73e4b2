#include "base/base.h"

#include <stdarg.h>

enum { CAPACITY_FIRST = 64, FORMAT_SHORT = 256, DECIMALS_MAXIMUM = 17 };

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = BUFFER(buffer->maximum);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
}

/* One byte more than the capacity is allocated: vsnprintf ends in NUL, and no size is ever 0. */
static bool grow(struct buffer *buffer, size_t capacity)
{
    char *data = capacity > PTRDIFF_MAX - 1 ? NULL : realloc(buffer->data, capacity + 1);
    if (data == NULL)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

char *buffer_reserve(struct buffer *buffer, size_t length)
{
    if (buffer->failed)
        return NULL;
    if (length > buffer->maximum - buffer->length) {
        buffer->failed = true;
        return NULL;
    }
    size_t needed = buffer->length + length;
    if (buffer->data == NULL || needed > buffer->capacity) {
        size_t capacity = buffer->capacity > buffer->maximum / 2 ? buffer->maximum : buffer->capacity * 2;
        if (capacity < CAPACITY_FIRST)
            capacity = buffer->maximum < CAPACITY_FIRST ? buffer->maximum : CAPACITY_FIRST;
        if (!grow(buffer, capacity > needed ? capacity : needed)) {
            buffer->failed = true;
            return NULL;
        }
    }
    return buffer->data + buffer->length;
}

void buffer_commit(struct buffer *buffer, size_t length)
{
    if (length > buffer->capacity - buffer->length)
        buffer->failed = true; /* more than was reserved: a bug of the caller */
    else if (!buffer->failed)
        buffer->length += length;
}

void buffer_append_bytes(struct buffer *buffer, const void *data, size_t length)
{
    if (length == 0)
        return;
    char *to = buffer_reserve(buffer, length);
    if (to != NULL) {
        memcpy(to, data, length);
        buffer->length += length;
    }
}

void buffer_append(struct buffer *buffer, struct slice s)
{
    buffer_append_bytes(buffer, s.data, s.length);
}

void buffer_append_text(struct buffer *buffer, const char *nul_terminated)
{
    buffer_append(buffer, slice_from_text(nul_terminated));
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
    buffer_append_bytes(buffer, &byte, 1);
}

void buffer_append_integer(struct buffer *buffer, int64_t value)
{
    char text[24];
    char *at = text + sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--at = '-';
    buffer_append_bytes(buffer, at, (size_t)(text + sizeof text - at));
}

/* What printf would write, for the ordinary: pages hold thousands of coordinates. False, and nothing was
 * written, for many decimals, for large numbers, and for those that may lie exactly between two results. The
 * product is rounded, but never across a number that is itself representable, as all halves below 2^52 are:
 * so only a product of exactly one half leaves open on which side the true value lies. */
static bool append_ordinary_decimal(struct buffer *buffer, double value, int decimals)
{
    static const double powers[] = {1, 10, 100, 1000};
    if (decimals >= (int)(sizeof powers / sizeof powers[0]))
        return false;
    double scaled = __builtin_fabs(value) * powers[decimals];
    if (!(scaled < 1e15))
        return false;
    uint64_t whole = (uint64_t)scaled;
    double rest = scaled - (double)whole;
    if (rest >= 0.5 && rest <= 0.5)
        return false;
    whole += rest > 0.5;
    bool minus = value < 0 && whole > 0; /* what rounds to zero is zero */
    char text[24];
    char *at = text + sizeof text;
    for (int digits = 0; digits <= decimals || whole > 0; digits++) {
        if (digits == decimals && decimals > 0)
            *--at = '.';
        *--at = (char)('0' + whole % 10);
        whole /= 10;
    }
    if (minus)
        *--at = '-';
    buffer_append_bytes(buffer, at, (size_t)(text + sizeof text - at));
    return true;
}

/* A value that is no number has no decimals, and "nan" must not reach a reader: that fails the buffer. */
void buffer_append_decimal(struct buffer *buffer, double value, int decimals)
{
    char text[512]; /* %.17f of -DBL_MAX takes 328 */
    if (decimals < 0 || decimals > DECIMALS_MAXIMUM || !__builtin_isfinite(value)) {
        buffer->failed = true;
        return;
    }
    if (append_ordinary_decimal(buffer, value, decimals))
        return;
    snprintf(text, sizeof(text), "%.*f", decimals, value);
    /* What rounds to zero is zero: "-0.0" would tell of a sign that the digits shown do not have. */
    bool minus_zero = text[0] == '-' && strpbrk(text, "123456789") == NULL;
    buffer_append_text(buffer, minus_zero ? text + 1 : text);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    char brief[FORMAT_SHORT]; /* most results are short and need to be formatted only once */
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(brief, sizeof(brief), format, arguments);
    va_end(arguments);

    if (length < 0) {
        buffer->failed = true;
    } else if ((size_t)length < sizeof(brief)) {
        buffer_append_bytes(buffer, brief, (size_t)length);
    } else {
        char *to = buffer_reserve(buffer, (size_t)length);
        if (to != NULL) {
            vsnprintf(to, (size_t)length + 1, format, again); /* grow allocates the byte for the NUL */
            buffer->length += (size_t)length;
        }
    }
    va_end(again);
}

struct slice buffer_slice(const struct buffer *buffer)
{
    if (buffer->failed)
        return (struct slice){0};
    return (struct slice){buffer->data, buffer->length};
}
