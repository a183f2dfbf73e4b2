#include "view/inert.h"

struct tag {
    struct slice name; /* "a", "/form" */
    struct slice rest; /* attributes, as they stand */
};

struct attribute {
    struct slice name, value;
    bool has_value;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/* A tag ends at the first ">" outside of quotes. Returns its length with both brackets. */
static size_t tag_length(struct slice text)
{
    char quote = 0;
    for (size_t i = 1; i < text.length; i++) {
        char c = text.data[i];
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return text.length;
}

static struct tag read_tag(struct slice whole)
{
    struct slice inside = slice_part(whole, 1, whole.length - 1);
    if (slice_ends_with(inside, S(">")))
        inside.length--;
    size_t at = 0;
    while (at < inside.length && !is_space(inside.data[at]))
        at++;
    return (struct tag){slice_part(inside, 0, at), slice_from(inside, at)};
}

static bool take_attribute(struct slice *rest, struct attribute *ret_attribute)
{
    size_t at = 0, end;
    struct slice text = *rest;
    while (at < text.length && (is_space(text.data[at]) || text.data[at] == '/'))
        at++;
    for (end = at; end < text.length && !is_space(text.data[end]) && text.data[end] != '='; end++) {
    }
    if (end == at)
        return false;
    *ret_attribute = (struct attribute){.name = slice_part(text, at, end - at)};
    if (end < text.length && text.data[end] == '=') {
        size_t from = end + 2;
        char quote = end + 1 < text.length ? text.data[end + 1] : 0;
        for (end = from; end < text.length && text.data[end] != quote; end++) {
        }
        if ((quote != '"' && quote != '\'') || end >= text.length)
            return false; /* templates quote all: what is not is given up, with what follows */
        ret_attribute->has_value = true;
        ret_attribute->value = slice_part(text, from, end - from);
        end++;
    }
    *rest = slice_from(text, end);
    return true;
}

static bool is_any_of(struct slice name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (slice_equal_ignore_case(name, slice_from_text(*names)))
            return true;
    return false;
}

static struct slice address_of(struct slice address, const struct inert_link *links, size_t count)
{
    if (slice_starts_with(address, S("#")))
        return address;
    for (size_t i = 0; i < count; i++)
        if (slice_equal(address, links[i].from))
            return links[i].to;
    return (struct slice){0};
}

static void write_attribute(struct buffer *out, struct slice name, struct slice value, bool has_value)
{
    buffer_append_byte(out, ' ');
    buffer_append(out, name);
    if (!has_value)
        return;
    buffer_append_text(out, "=\"");
    buffer_append(out, value);
    buffer_append_byte(out, '"');
}

static void write_attributes(struct buffer *out, struct slice rest, const struct inert_link *links,
                             size_t count)
{
    static const char *const SENDING[] = {"action",     "method",     "formaction", "src",  "srcset",
                                          "xlink:href", "target",     "autofocus",  "ping", "disabled",
                                          "enctype",    "novalidate", NULL};
    struct attribute attribute;
    while (take_attribute(&rest, &attribute)) {
        if (is_any_of(attribute.name, SENDING))
            continue;
        struct slice value = attribute.value;
        if (slice_equal_ignore_case(attribute.name, S("href"))) {
            value = address_of(attribute.value, links, count);
            if (value.length == 0)
                continue;
        }
        write_attribute(out, attribute.name, value, attribute.has_value);
    }
}

static bool is_hidden_field(const struct tag *tag)
{
    struct attribute attribute;
    struct slice rest = tag->rest;
    while (slice_equal(tag->name, S("input")) && take_attribute(&rest, &attribute))
        if (slice_equal_ignore_case(attribute.name, S("type")) &&
            slice_equal_ignore_case(attribute.value, S("hidden")))
            return true;
    return false;
}

static void write_tag(struct buffer *out, struct slice whole, const struct inert_link *links, size_t count)
{
    static const char *const FORMS[] = {"form", "/form", NULL};
    static const char *const FIELDS[] = {"button", "input", "select", "textarea", NULL};
    static const char *const DROPPED[] = {"script", "/script", "iframe", "/iframe", "object",
                                          "embed",  "link",    "meta",   "base",    NULL};
    struct tag tag = read_tag(whole);
    if (tag.name.length == 0 || tag.name.data[0] == '!' || is_any_of(tag.name, DROPPED) ||
        is_hidden_field(&tag))
        return;
    buffer_append_byte(out, '<');
    if (is_any_of(tag.name, FORMS))
        buffer_append(out, tag.name.data[0] == '/' ? S("/div") : S("div"));
    else
        buffer_append(out, tag.name);
    write_attributes(out, tag.rest, links, count);
    if (is_any_of(tag.name, FIELDS))
        write_attribute(out, S("disabled"), (struct slice){0}, false);
    if (slice_ends_with(whole, S("/>")))
        buffer_append_byte(out, '/');
    buffer_append_byte(out, '>');
}

struct html html_inert(struct region *region, struct html html, const struct inert_link *links, size_t count)
{
    struct slice rest = html.bytes;
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 * html.bytes.length + 1024);
    while (rest.length > 0) {
        size_t text = slice_find_byte(rest, '<');
        buffer_append(&out, slice_part(rest, 0, text));
        rest = slice_from(rest, text);
        if (rest.length == 0)
            break;
        size_t length = tag_length(rest);
        write_tag(&out, slice_part(rest, 0, length), links, count);
        rest = slice_from(rest, length);
    }
    return (struct html){out.failed ? (struct slice){0} : region_copy(region, buffer_slice(&out))};
}
