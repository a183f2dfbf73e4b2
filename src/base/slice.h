/* A slice is a piece of text or bytes with its length. It owns nothing and need not end in NUL. All input is
 * a slice. Invariant: data may be NULL only when length is 0. */
#ifndef HECHT_BASE_SLICE_H
#define HECHT_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *data;
    size_t length;
};

/* A slice of a string literal: S("text"). */
#define S(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* The two arguments of printf's %.*s. */
#define SLICE_ARG(s) (int)(s).length, (s).length ? (s).data : ""

struct slice slice_from_text(const char *nul_terminated); /* NULL gives the empty slice */
struct slice slice_from_bytes(const void *data, size_t length);
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_ignore_case(struct slice a, struct slice b); /* ASCII letters only */
int slice_compare(struct slice a, struct slice b);            /* by bytes, like memcmp */
bool slice_starts_with(struct slice s, struct slice prefix);
bool slice_ends_with(struct slice s, struct slice suffix);
struct slice slice_trim(struct slice s); /* without ASCII white space at both ends */
struct slice slice_part(struct slice s, size_t from, size_t length); /* clipped to s */
struct slice slice_from(struct slice s, size_t from);
/* Position of a byte, or s.length when it does not occur. */
size_t slice_find_byte(struct slice s, char byte);
/* Position of a text, or s.length when it does not occur. */
size_t slice_find(struct slice s, struct slice needle);
/* Takes the text up to the separator from *rest and moves *rest behind it. False when *rest is used up.
 * "a,b" gives "a" then "b"; "a," gives "a" then "". Start with rest->data != NULL. */
bool slice_take(struct slice *rest, char separator, struct slice *ret_part);
/* True for valid UTF-8 without control characters other than those in allowed (may be ""). */
bool slice_is_clean_text(struct slice s, const char *allowed);
bool slice_is_utf8(struct slice s);
size_t slice_count_characters(struct slice s); /* UTF-8 code points; invalid bytes count as one each */

/* Strict decimal integer: optional '-', digits only, in range. False leaves *ret_value untouched. */
bool slice_to_integer(struct slice s, int64_t minimum, int64_t maximum, int64_t *ret_value);
/* Decimal number with '.' as the point, optional exponent; never depends on the locale; finite results only.
 */
bool slice_to_real(struct slice s, double *ret_value);

#endif
