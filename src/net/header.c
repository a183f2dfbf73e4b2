#include "net/header.h"

enum { WORD_BYTES = 45 }; /* 60 letters of base64 and 12 around them: an encoded word has at most 75 */

static bool is_plain(struct slice text, const char *marks)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr(marks, c) != NULL)))
            return false;
    }
    /* Blanks at the ends would be lost. */
    return text.length == slice_trim(text).length;
}

/* As much of the text as one word takes, without cutting a character in two. */
static size_t word_length(struct slice text)
{
    if (text.length <= WORD_BYTES)
        return text.length;
    size_t length = WORD_BYTES;
    while (length > WORD_BYTES - 4 && (text.data[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* A control character that a program shows after decoding could still look like the end of a line. */
static void write_word(struct buffer *out, struct slice part)
{
    char clean[WORD_BYTES];
    for (size_t i = 0; i < part.length; i++) {
        unsigned char c = (unsigned char)part.data[i];
        clean[i] = c < 0x20 || c == 0x7F ? ' ' : part.data[i];
    }
    buffer_append_text(out, "=?UTF-8?B?");
    base64_append(out, clean, part.length);
    buffer_append_text(out, "?=");
}

static void write_encoded(struct buffer *out, struct slice text, const char *marks)
{
    if (is_plain(text, marks)) {
        buffer_append(out, text);
        return;
    }
    while (text.length > 0) {
        size_t length = word_length(text);
        write_word(out, slice_part(text, 0, length));
        text = slice_from(text, length);
        if (text.length > 0)
            buffer_append_text(out, "\r\n ");
    }
}

void header_write_text(struct buffer *out, struct slice text)
{
    write_encoded(out, text, " -_.,:!'()/&;@#");
}

void header_write_mailbox(struct buffer *out, struct slice name, struct slice address)
{
    write_encoded(out, name, " -_'!");
    if (name.length > 0)
        buffer_append_byte(out, ' ');
    buffer_append_byte(out, '<');
    buffer_append(out, address);
    buffer_append_byte(out, '>');
}

bool header_address_is_good(struct slice address)
{
    size_t at = slice_find_byte(address, '@');
    if (address.length > 254 || at == 0 || at + 1 >= address.length || !slice_is_clean_text(address, "") ||
        slice_find_byte(slice_from(address, at + 1), '@') != address.length - at - 1)
        return false;
    for (size_t i = 0; i < address.length; i++)
        if (strchr(" ,;<>\"()[]\\", address.data[i]) != NULL)
            return false;
    return true;
}
