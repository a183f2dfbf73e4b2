#include "xml_check.h"

struct check {
    struct slice text;
    size_t at;
    struct slice open[XML_DEPTH_MAXIMUM];
    size_t depth;
    xml_attribute_function *on_attribute;
    void *context;
};

static char next(const struct check *check)
{
    return check->at < check->text.length ? check->text.data[check->at] : '\0';
}

static bool take(struct check *check, struct slice expected)
{
    if (!slice_starts_with(slice_from(check->text, check->at), expected))
        return false;
    check->at += expected.length;
    return true;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct slice take_name(struct check *check)
{
    size_t start = check->at;
    while (is_name_start(next(check)) || (check->at > start && ((next(check) >= '0' && next(check) <= '9') ||
                                                                next(check) == '-' || next(check) == ':')))
        check->at++;
    return slice_part(check->text, start, check->at - start);
}

static bool take_entity(struct check *check)
{
    return take(check, S("&amp;")) || take(check, S("&lt;")) || take(check, S("&gt;")) ||
           take(check, S("&quot;")) || take(check, S("&#39;"));
}

/* Up to one of the two ends; XML 1.0 has no control characters. */
static bool take_characters(struct check *check, char end, char other_end)
{
    while (check->at < check->text.length && next(check) != end && next(check) != other_end) {
        unsigned char c = (unsigned char)next(check);
        if (c == '&') {
            if (!take_entity(check))
                return false;
            continue;
        }
        if (c == '<' || c == '>' || (c < 0x20 && c != '\n' && c != '\t' && c != '\r'))
            return false;
        check->at++;
    }
    return true;
}

static bool take_attributes(struct check *check, struct slice element)
{
    struct slice names[XML_ATTRIBUTES_MAXIMUM];
    for (size_t count = 0; next(check) == ' '; count++) {
        check->at++;
        struct slice name = take_name(check);
        for (size_t i = 0; i < count; i++)
            if (slice_equal(names[i], name))
                return false;
        if (name.length == 0 || count == XML_ATTRIBUTES_MAXIMUM || !take(check, S("=\"")))
            return false;
        names[count] = name;
        size_t start = check->at;
        if (!take_characters(check, '"', '"'))
            return false;
        struct slice value = slice_part(check->text, start, check->at - start);
        if (!take(check, S("\"")))
            return false;
        if (check->on_attribute != NULL)
            check->on_attribute(check->context, element, name, value);
    }
    return true;
}

static bool take_tag(struct check *check)
{
    check->at++;
    bool closing = take(check, S("/"));
    struct slice name = take_name(check);
    if (name.length == 0)
        return false;
    if (closing)
        return check->depth > 0 && slice_equal(check->open[--check->depth], name) && take(check, S(">"));
    if (!take_attributes(check, name))
        return false;
    if (take(check, S("/>")))
        return true;
    if (check->depth == XML_DEPTH_MAXIMUM || !take(check, S(">")))
        return false;
    check->open[check->depth++] = name;
    return true;
}

bool xml_check(struct slice text, xml_attribute_function *on_attribute, void *context, size_t *ret_place)
{
    struct check check = {.text = text, .on_attribute = on_attribute, .context = context};
    bool right = slice_is_utf8(text);
    while (right && check.at < text.length)
        right = next(&check) == '<' ? take_tag(&check) : check.depth > 0 && take_characters(&check, '<', '<');
    if (right && check.depth == 0)
        return true;
    *ret_place = check.at;
    return false;
}
