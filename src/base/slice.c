#include "base/base.h"

#include "base/real.h"
#include "base/utf8.h"

/* A number with more characters than this is no measurement; %.17f of DBL_MAX takes 327. */
enum { REAL_TEXT_MAXIMUM = 400 };

struct slice slice_from_text(const char *nul_terminated)
{
    if (nul_terminated == NULL)
        return (struct slice){0};
    return (struct slice){nul_terminated, strlen(nul_terminated)};
}

struct slice slice_from_bytes(const void *data, size_t length)
{
    return (struct slice){data, length};
}

/* The mem functions must not see NULL, even with length 0; hence the checks for length here and below. */
bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool slice_equal_ignore_case(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.length >= prefix.length && slice_equal(slice_part(s, 0, prefix.length), prefix);
}

bool slice_ends_with(struct slice s, struct slice suffix)
{
    return s.length >= suffix.length && slice_equal(slice_from(s, s.length - suffix.length), suffix);
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    size_t from = 0;
    while (from < s.length && is_white(s.data[from]))
        from++;
    size_t to = s.length;
    while (to > from && is_white(s.data[to - 1]))
        to--;
    return slice_part(s, from, to - from);
}

struct slice slice_part(struct slice s, size_t from, size_t length)
{
    if (s.data == NULL) /* NULL + 0 is undefined */
        return s;
    if (from > s.length)
        from = s.length;
    if (length > s.length - from)
        length = s.length - from;
    return (struct slice){s.data + from, length};
}

struct slice slice_from(struct slice s, size_t from)
{
    return slice_part(s, from, s.length);
}

size_t slice_find_byte(struct slice s, char byte)
{
    const char *found = s.length == 0 ? NULL : memchr(s.data, byte, s.length);
    return found == NULL ? s.length : (size_t)(found - s.data);
}

size_t slice_find(struct slice s, struct slice needle)
{
    if (needle.length == 0)
        return 0;
    const char *found = s.length == 0 ? NULL : memmem(s.data, s.length, needle.data, needle.length);
    return found == NULL ? s.length : (size_t)(found - s.data);
}

bool slice_take(struct slice *rest, char separator, struct slice *ret_part)
{
    if (rest->data == NULL)
        return false;
    size_t at = slice_find_byte(*rest, separator);
    *ret_part = slice_part(*rest, 0, at);
    if (at == rest->length)
        *rest = (struct slice){0}; /* no separator is left, so this was the last part */
    else
        *rest = slice_from(*rest, at + 1);
    return true;
}

/* C0, DEL and, as a valid two-byte sequence, C1. */
static bool is_control(const char *sequence, size_t length)
{
    unsigned char first = (unsigned char)sequence[0];
    if (length == 1)
        return first < 0x20 || first == 0x7F;
    return length == 2 && first == 0xC2 && (unsigned char)sequence[1] < 0xA0;
}

bool slice_is_clean_text(struct slice s, const char *allowed)
{
    for (size_t i = 0; i < s.length;) {
        size_t length = utf8_sequence(s.data + i, s.length - i);
        if (length == 0)
            return false;
        /* strchr finds the NUL at the end of every text, so NUL needs its own refusal. */
        if (is_control(s.data + i, length) &&
            (length > 1 || s.data[i] == '\0' || strchr(allowed, s.data[i]) == NULL))
            return false;
        i += length;
    }
    return true;
}

bool slice_is_utf8(struct slice s)
{
    for (size_t i = 0; i < s.length;) {
        size_t length = utf8_sequence(s.data + i, s.length - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

size_t slice_count_characters(struct slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.length; count++) {
        size_t length = utf8_sequence(s.data + i, s.length - i);
        i += length == 0 ? 1 : length;
    }
    return count;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool slice_to_integer(struct slice s, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
    bool negative = s.length > 0 && s.data[0] == '-';
    struct slice digits = slice_from(s, negative ? 1 : 0);
    if (digits.length == 0)
        return false;
    /* Counted downwards, because INT64_MIN has no positive twin. */
    int64_t value = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (!is_digit(digits.data[i]) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digits.data[i] - '0', &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return false;
    if (value < minimum || value > maximum)
        return false;
    *ret_value = value;
    return true;
}

/* Skips digits from *at; false when there is none. */
static bool skip_digits(struct slice s, size_t *at)
{
    size_t start = *at;
    while (*at < s.length && is_digit(s.data[*at]))
        (*at)++;
    return *at > start;
}

/* [-]digits[.digits][e[+-]digits] */
static bool is_real(struct slice s)
{
    size_t at = s.length > 0 && s.data[0] == '-' ? 1 : 0;
    if (!skip_digits(s, &at))
        return false;
    if (at < s.length && s.data[at] == '.') {
        at++;
        if (!skip_digits(s, &at))
            return false;
    }
    if (at < s.length && (s.data[at] == 'e' || s.data[at] == 'E')) {
        at++;
        if (at < s.length && (s.data[at] == '+' || s.data[at] == '-'))
            at++;
        if (!skip_digits(s, &at))
            return false;
    }
    return at == s.length;
}

bool slice_to_real(struct slice s, double *ret_value)
{
    char text[REAL_TEXT_MAXIMUM + 1];
    if (s.length > REAL_TEXT_MAXIMUM || !is_real(s))
        return false;
    memcpy(text, s.data, s.length);
    text[s.length] = '\0';
    double value = real_from_checked_text(text);
    if (!__builtin_isfinite(value))
        return false;
    *ret_value = value;
    return true;
}
