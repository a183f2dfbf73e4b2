#include "table/wording.h"

enum { COMPARED = 80 }; /* bytes of a name that are looked at */

/* Length of the readable character at the start of text; 0 when it is none. */
static size_t readable(struct slice text)
{
    for (size_t length = 1; length <= 4 && length <= text.length; length++)
        if (slice_is_clean_text(slice_part(text, 0, length), ""))
            return length;
    return 0;
}

const char *wording_text(struct slice text, char *to, size_t room)
{
    size_t length = 0, safe = 0; /* safe: up to here "..." still fits */
    while (text.length > 0) {
        size_t taken = readable(text), wide = taken == 0 ? 4 : taken;
        if (length + wide + 1 > room) {
            memcpy(to + safe, "...", 4);
            return to;
        }
        if (taken == 0)
            snprintf(to + length, room - length, "\\x%02X", (unsigned)(unsigned char)text.data[0]);
        else
            memcpy(to + length, text.data, taken);
        length += wide;
        if (length + 4 <= room)
            safe = length;
        text = slice_from(text, taken == 0 ? 1 : taken);
    }
    to[length] = '\0';
    return to;
}

const char *wording_path(const char *path, char *to, size_t room)
{
    struct slice whole = slice_from_text(path);
    if (whole.length < room - 4)
        return wording_text(whole, to, room);
    memcpy(to, "...", 4);
    wording_text(slice_from(whole, whole.length - (room - 4)), to + 3, room - 3);
    return to;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment (Damerau 1964; Levenshtein 1966), in quarters so that a letter of the other
 * case costs less than any mistake. Three rows of the table are enough. */
static unsigned distance(struct slice a, struct slice b)
{
    unsigned rows[3][COMPARED + 1];
    a = slice_part(a, 0, COMPARED);
    b = slice_part(b, 0, COMPARED);
    for (size_t j = 0; j <= b.length; j++)
        rows[0][j] = (unsigned)j * 4;
    for (size_t i = 1; i <= a.length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i * 4;
        for (size_t j = 1; j <= b.length; j++) {
            char left = a.data[i - 1], right = b.data[j - 1];
            unsigned cost = left == right ? 0 : lower(left) == lower(right) ? 1 : 4;
            row[j] = least(above[j - 1] + cost, least(above[j], row[j - 1]) + 4);
            if (i > 1 && j > 1 && lower(left) == lower(b.data[j - 2]) && lower(a.data[i - 2]) == lower(right))
                row[j] = least(row[j], two_above[j - 2] + 4);
        }
    }
    return rows[a.length % 3][b.length];
}

size_t wording_nearest(struct slice text, const struct slice *names, size_t count)
{
    size_t best = count;
    unsigned fewest = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned mistakes = distance(text, names[i]);
        if (best == count || mistakes < fewest) {
            best = i;
            fewest = mistakes;
        }
    }
    return best;
}
