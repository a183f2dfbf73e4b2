#include "view/view.h"

/* U+FFFD. */
#define REPLACEMENT "\xEF\xBF\xBD"

/* Length of the valid UTF-8 sequence of more than one byte at the start of s, or 0. */
static size_t sequence_length(struct slice s)
{
    for (size_t length = 2; length <= 4 && length <= s.length; length++)
        if (slice_is_utf8(slice_part(s, 0, length)))
            return length;
    return 0;
}

/* What replaces a byte, or NULL when it stays. Control characters have no place in HTML at all. */
static const char *replacement(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return NULL;
    default:
        return (unsigned char)c < 0x20 || c == 0x7F ? REPLACEMENT : NULL;
    }
}

/* Invalid UTF-8 becomes U+FFFD too: a cut-off sequence could swallow the quote behind it in a reader that
 * decodes carelessly. */
void escape_html(struct buffer *out, struct slice text)
{
    bool valid = slice_is_utf8(text);
    size_t start = 0; /* of the bytes that can be copied in one piece */
    size_t i = 0;
    while (i < text.length) {
        const char *instead = replacement(text.data[i]);
        size_t length = 1;
        if (!valid && (unsigned char)text.data[i] >= 0x80) {
            length = sequence_length(slice_from(text, i));
            instead = length == 0 ? REPLACEMENT : NULL;
            length += length == 0;
        }
        if (instead != NULL) {
            buffer_append(out, slice_part(text, start, i - start));
            buffer_append_text(out, instead);
            start = i + length;
        }
        i += length;
    }
    buffer_append(out, slice_from(text, start));
}

void escape_url_part(struct buffer *out, struct slice text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            buffer_append_byte(out, (char)c);
        } else {
            char encoded[] = {'%', digits[c >> 4], digits[c & 15]};
            buffer_append_bytes(out, encoded, sizeof(encoded));
        }
    }
}

/* Browsers drop tabs and line ends from an address and read '\' as '/': "/\t/host" and "/\host" are other
 * hosts. */
static bool is_safe_url(struct slice url)
{
    for (size_t i = 0; i < url.length; i++) {
        unsigned char c = (unsigned char)url.data[i];
        if (c <= 0x20 || c == 0x7F || c == '\\')
            return false;
    }
    if (slice_starts_with(url, S("/")))
        return !slice_starts_with(url, S("//"));
    return slice_starts_with(url, S("https://")) || slice_starts_with(url, S("http://")) ||
           slice_starts_with(url, S("mailto:"));
}

void write_url(struct buffer *out, struct slice url)
{
    if (is_safe_url(url))
        escape_html(out, url);
    else
        buffer_append_text(out, "#");
}
