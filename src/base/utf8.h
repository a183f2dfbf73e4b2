/* The one UTF-8 decoder, for the files of base only. */
#ifndef HECHT_BASE_UTF8_H
#define HECHT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length (1 to 4) of the valid sequence at bytes[0], of which `left` > 0 bytes exist; 0 when it is invalid:
 * overlong, a surrogate, above U+10FFFF, cut off or a stray continuation byte. */
static inline size_t utf8_sequence(const char *bytes, size_t left)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (b[0] < 0x80)
        return 1;
    if (b[0] < 0xC2 || b[0] > 0xF4)
        return 0;
    size_t length = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (length > left)
        return 0;
    /* The second byte alone decides about overlong forms, surrogates and the upper end. */
    unsigned lowest = b[0] == 0xE0 ? 0xA0 : b[0] == 0xF0 ? 0x90 : 0x80;
    unsigned highest = b[0] == 0xED ? 0x9F : b[0] == 0xF4 ? 0x8F : 0xBF;
    if (b[1] < lowest || b[1] > highest)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

#endif
