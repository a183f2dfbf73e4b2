#include "view/catalogue.h"

enum { MESSAGE_TEXT_MAXIMUM = 1 << 20 };

static const struct argument *find_argument(const struct argument *arguments, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(slice_from_text(arguments[i].name), name))
            return &arguments[i];
    return NULL;
}

/* Both languages of Hecht say "n != 1". A third one brings its own rule here. */
static size_t plural_form(const struct argument *arguments, size_t count)
{
    const struct argument *n = find_argument(arguments, count, S("n"));
    return n != NULL && n->kind == ARGUMENT_INTEGER && n->integer == 1 ? 0 : 1;
}

typedef void append_function(struct buffer *out, struct slice text);

static void write_argument(struct buffer *out, enum language language, const struct argument *argument,
                           append_function *append)
{
    switch (argument->kind) {
    case ARGUMENT_TEXT:
        append(out, argument->text);
        break;
    case ARGUMENT_INTEGER:
        format_integer(out, language, argument->integer);
        break;
    case ARGUMENT_DECIMAL:
        format_decimal(out, language, argument->decimal, argument->decimals);
        break;
    case ARGUMENT_DATE:
        format_date(out, language, argument->integer);
        break;
    }
}

/* The catalogue compiler has checked that every brace is part of a {placeholder}. One without an argument
 * stays as it is, where it is seen. */
static void write_text(struct buffer *out, enum language language, struct slice text,
                       const struct argument *arguments, size_t count, append_function *append)
{
    while (text.length > 0) {
        size_t open = slice_find_byte(text, '{');
        append(out, slice_part(text, 0, open));
        text = slice_from(text, open);
        if (text.length == 0)
            return;
        size_t close = slice_find_byte(text, '}');
        const struct argument *argument = find_argument(arguments, count, slice_part(text, 1, close - 1));
        if (argument != NULL)
            write_argument(out, language, argument, append);
        else
            append(out, slice_part(text, 0, close + 1));
        text = slice_from(text, close + 1);
    }
}

static struct slice find_text(enum language language, enum message message, const struct argument *arguments,
                              size_t count)
{
    if ((unsigned)message >= MESSAGE_COUNT || (unsigned)language >= LANGUAGE_COUNT)
        return (struct slice){0};
    const struct catalogue_message *entry = &catalogue_messages[message];
    return entry->text[language][entry->plural ? plural_form(arguments, count) : 0];
}

void message_write(struct buffer *out, enum language language, enum message message,
                   const struct argument *arguments, size_t count)
{
    write_text(out, language, find_text(language, message, arguments, count), arguments, count,
               buffer_append);
}

void message_write_html(struct buffer *out, enum language language, enum message message,
                        const struct argument *arguments, size_t count)
{
    write_text(out, language, find_text(language, message, arguments, count), arguments, count, escape_html);
}

struct slice message_text(struct region *region, enum language language, enum message message,
                          const struct argument *arguments, size_t count)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(MESSAGE_TEXT_MAXIMUM);
    message_write(&text, language, message, arguments, count);
    return region_copy(region, buffer_slice(&text));
}

enum message message_find(struct slice key)
{
    size_t low = MESSAGE_NONE + 1;
    size_t high = MESSAGE_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(key, catalogue_messages[middle].key);
        if (order == 0)
            return (enum message)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return MESSAGE_NONE;
}
