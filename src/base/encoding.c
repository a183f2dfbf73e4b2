#include "base/base.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/* The two alphabets differ in their last two digits. */
static const char last_of_url[] = "-_", last_of_plain[] = "+/";

static void hex_write(const unsigned char *bytes, size_t length, char *to)
{
    for (size_t i = 0; i < length; i++) {
        to[2 * i] = hex_digits[bytes[i] >> 4];
        to[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
}

void hex_append(struct buffer *buffer, const void *bytes, size_t length)
{
    char *to = buffer_reserve(buffer, length > SIZE_MAX / 2 ? SIZE_MAX : 2 * length);
    if (to == NULL)
        return;
    hex_write(bytes, length, to);
    buffer_commit(buffer, 2 * length);
}

void hex_encode(const void *bytes, size_t length, char *ret_text)
{
    hex_write(bytes, length, ret_text);
    ret_text[2 * length] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct slice s, void *ret_bytes, size_t length)
{
    if (s.length % 2 != 0 || s.length / 2 != length)
        return false;
    for (size_t i = 0; i < s.length; i++)
        if (hex_value(s.data[i]) < 0)
            return false;
    unsigned char *to = ret_bytes;
    for (size_t i = 0; i < length; i++)
        to[i] = (unsigned char)(hex_value(s.data[2 * i]) << 4 | hex_value(s.data[2 * i + 1]));
    return true;
}

/* Three bytes are four digits; one or two bytes at the end are two or three. */
static char digit_of(unsigned value, const char last[static 2])
{
    return value < 62 ? base64_digits[value] : last[value - 62];
}

/* BASE64URL_LENGTH(length) digits. */
static void digits_write(const unsigned char *bytes, size_t length, const char last[static 2], char *to)
{
    for (size_t i = 0; i < length; i += 3) {
        size_t count = length - i < 3 ? length - i : 3;
        unsigned bits = (unsigned)bytes[i] << 16;
        if (count > 1)
            bits |= (unsigned)bytes[i + 1] << 8;
        if (count > 2)
            bits |= bytes[i + 2];
        for (size_t digit = 0; digit <= count; digit++)
            *to++ = digit_of(bits >> (18 - 6 * digit) & 63, last);
    }
}

void base64url_append(struct buffer *buffer, const void *bytes, size_t length)
{
    size_t digits = length > SIZE_MAX / 8 ? SIZE_MAX : BASE64URL_LENGTH(length);
    char *to = buffer_reserve(buffer, digits);
    if (to == NULL)
        return;
    digits_write(bytes, length, last_of_url, to);
    buffer_commit(buffer, digits);
}

void base64_append(struct buffer *buffer, const void *bytes, size_t length)
{
    size_t digits = length > SIZE_MAX / 8 ? SIZE_MAX : BASE64URL_LENGTH(length);
    char *to = buffer_reserve(buffer, digits);
    if (to == NULL)
        return;
    digits_write(bytes, length, last_of_plain, to);
    buffer_commit(buffer, digits);
    for (; digits % 4 != 0; digits++)
        buffer_append_byte(buffer, '=');
}

void base64url_encode(const void *bytes, size_t length, char *ret_text)
{
    digits_write(bytes, length, last_of_url, ret_text);
    ret_text[BASE64URL_LENGTH(length)] = '\0';
}

/* The value of a letter or digit and one more; 0 for every other character. */
static const unsigned char digit_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62,
};

/* -1 for what is no digit. */
static int value_of(char c, const char last[static 2])
{
    int value = digit_values[(unsigned char)c] - 1;
    return value >= 0 ? value : c == last[0] ? 62 : c == last[1] ? 63 : -1;
}

/* Right characters, a possible length, and no bits behind the last byte: one text for one value, so that
 * nobody can write the same token in two ways. */
static bool digits_are_canonical(struct slice s, const char last[static 2])
{
    for (size_t i = 0; i < s.length; i++)
        if (value_of(s.data[i], last) < 0)
            return false;
    if (s.length % 4 == 0)
        return true;
    int left_over = s.length % 4 == 2 ? 15 : 3;
    return s.length % 4 != 1 && (value_of(s.data[s.length - 1], last) & left_over) == 0;
}

static bool digits_read(struct slice s, const char last[static 2], void *ret_bytes, size_t maximum,
                        size_t *ret_length)
{
    size_t length = s.length / 4 * 3 + s.length % 4 * 3 / 4;
    if (length > maximum || !digits_are_canonical(s, last))
        return false;
    unsigned char *to = ret_bytes;
    for (size_t i = 0; i < s.length; i += 4) {
        unsigned bits = 0;
        size_t digits = s.length - i < 4 ? s.length - i : 4;
        for (size_t digit = 0; digit < digits; digit++)
            bits |= (unsigned)value_of(s.data[i + digit], last) << (18 - 6 * digit);
        for (size_t byte = 0; byte + 1 < digits; byte++)
            *to++ = (unsigned char)(bits >> (16 - 8 * byte) & 0xFF);
    }
    *ret_length = length;
    return true;
}

bool base64url_decode(struct slice s, void *ret_bytes, size_t maximum, size_t *ret_length)
{
    return digits_read(s, last_of_url, ret_bytes, maximum, ret_length);
}

bool base64url_decode_exactly(struct slice s, void *ret_bytes, size_t length)
{
    size_t digits = length / 3 * 4 + (length % 3 == 0 ? 0 : length % 3 + 1);
    size_t decoded;
    return s.length == digits && base64url_decode(s, ret_bytes, length, &decoded);
}

bool base64_decode(struct slice s, void *ret_bytes, size_t maximum, size_t *ret_length)
{
    if (s.length % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < s.length && s.data[s.length - 1 - padding] == '=')
        padding++;
    return digits_read(slice_part(s, 0, s.length - padding), last_of_plain, ret_bytes, maximum, ret_length);
}

bool base64_decode_exactly(struct slice s, void *ret_bytes, size_t length)
{
    size_t decoded;
    return s.length == (length + 2) / 3 * 4 && base64_decode(s, ret_bytes, length, &decoded) &&
           decoded == length;
}
