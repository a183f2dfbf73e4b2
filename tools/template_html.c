/* Follows the HTML of a template: which element and attribute a place stands in, whether tags close, and
 * where white space may be folded. */
#include "template_internal.h"

static bool in_list(struct slice name, const char *words)
{
    struct slice rest = slice_from_text(words);
    struct slice word;
    while (slice_take(&rest, ' ', &word))
        if (slice_equal_ignore_case(name, word))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char next_character(const struct compiler *compiler)
{
    return compiler->at < compiler->source.text.length ? compiler->source.text.data[compiler->at] : '\0';
}

static bool has_open(const struct compiler *compiler, const char *names)
{
    for (size_t i = 0; i < compiler->html.depth; i++)
        if (in_list(compiler->elements[i].name, names))
            return true;
    return false;
}

bool inside_preserved(const struct compiler *compiler)
{
    return has_open(compiler, "pre textarea");
}

bool inside_text_only(const struct compiler *compiler)
{
    return compiler->html.depth > 0 &&
           in_list(compiler->elements[compiler->html.depth - 1].name, "title textarea");
}

/* Copies one character of content or of an attribute. */
static enum error_code copy_character(struct compiler *compiler)
{
    char c = next_character(compiler);
    if (c == '&') {
        struct slice rest = slice_part(slice_from(compiler->source.text, compiler->at + 1), 0, 33);
        size_t end = slice_find_byte(rest, ';');
        bool reference = end > 0 && end < rest.length;
        for (size_t i = 0; i < end && reference; i++)
            reference = is_letter(rest.data[i]) || (i == 0 && rest.data[i] == '#') ||
                        (i > 0 && rest.data[i] >= '0' && rest.data[i] <= '9');
        if (!reference)
            return COMPILE_FAIL(compiler, compiler->at, "write &amp; for &");
    }
    if (c == '<')
        return COMPILE_FAIL(compiler, compiler->at, "write &lt; for <");
    buffer_append_byte(&compiler->literal, c);
    compiler->at++;
    return OK;
}

static enum error_code take_content(struct compiler *compiler)
{
    bool preserved = inside_preserved(compiler);
    if (preserved || !is_blank(next_character(compiler))) {
        compiler->html.blank = false;
        compiler->html.just_preserved = false;
        return copy_character(compiler);
    }
    if (!compiler->html.blank)
        buffer_append_byte(&compiler->literal, ' ');
    compiler->html.blank = true;
    compiler->at++;
    return OK;
}

static enum error_code take_comment(struct compiler *compiler)
{
    struct slice rest = compiler_rest(compiler);
    size_t end = slice_find(rest, S("-->"));
    if (end == rest.length)
        return COMPILE_FAIL(compiler, compiler->at, "this HTML comment is not closed");
    size_t hole = slice_find(rest, S("{{"));
    if (hole < end)
        return COMPILE_FAIL(compiler, compiler->at + hole,
                            "no holes in an HTML comment; {{# ... #}} hides all");
    compiler->at += end + 3; /* comments are for the reader of the template, not of the page */
    return OK;
}

static struct slice read_html_name(struct compiler *compiler)
{
    size_t start = compiler->at;
    while (is_letter(next_character(compiler)) ||
           (compiler->at > start && next_character(compiler) != '\0' &&
            strchr("0123456789-:_.", next_character(compiler)) != NULL))
        compiler->at++;
    return slice_part(compiler->source.text, start, compiler->at - start);
}

static enum error_code take_end_tag(struct compiler *compiler)
{
    size_t start = compiler->at;
    compiler->at += 2;
    struct slice name = read_html_name(compiler);
    if (compiler_looking_at(compiler, S("{{")) || name.length == 0)
        return COMPILE_FAIL(compiler, start, "the name of an element is expected behind </");
    skip_blanks(compiler);
    if (next_character(compiler) != '>')
        return COMPILE_FAIL(compiler, compiler->at, "> is expected here");
    compiler->at++;
    if (compiler->html.depth == 0)
        return COMPILE_FAIL(compiler, start, "</%.*s> closes nothing", SLICE_ARG(name));
    const struct element *open = &compiler->elements[compiler->html.depth - 1];
    if (!slice_equal(open->name, name))
        return COMPILE_FAIL(compiler, start, "</%.*s> where </%.*s> is due (line %zu)", SLICE_ARG(name),
                            SLICE_ARG(open->name), source_line(&compiler->source, open->offset));
    if (compiler->html.depth <= compiler->floor)
        return COMPILE_FAIL(compiler, start, "</%.*s> closes an element from outside the part of line %zu",
                            SLICE_ARG(name), source_line(&compiler->source, compiler->floor_offset));
    compiler->html.depth--;
    compiler->html.place = PLACE_CONTENT;
    compiler->html.blank = false;
    compiler->html.just_preserved = false;
    buffer_format(&compiler->literal, "</%.*s>", SLICE_ARG(name));
    return OK;
}

static enum error_code check_element(struct compiler *compiler, struct slice name, size_t offset)
{
    for (size_t i = 0; i < name.length; i++)
        if (name.data[i] >= 'A' && name.data[i] <= 'Z' && !has_open(compiler, "svg math"))
            return COMPILE_FAIL(compiler, offset, "write <%.*s> in lower case", SLICE_ARG(name));
    if (in_list(
            name,
            "base xmp plaintext noembed noframes frame frameset animate animatemotion animatetransform set"))
        return COMPILE_FAIL(compiler, offset, "<%.*s> may not be used", SLICE_ARG(name));
    if (inside_text_only(compiler))
        return COMPILE_FAIL(compiler, offset, "no elements in <%.*s>",
                            SLICE_ARG(compiler->elements[compiler->html.depth - 1].name));
    if (compiler->html.depth > 0 && in_list(compiler->elements[compiler->html.depth - 1].name, "p") &&
        in_list(
            name,
            "address article aside blockquote details dialog div dl fieldset figcaption figure footer form "
            "h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul"))
        return COMPILE_FAIL(compiler, offset, "a <p> cannot hold a <%.*s>", SLICE_ARG(name));
    if ((in_list(name, "form") && has_open(compiler, "form")) ||
        (in_list(name, "a") && has_open(compiler, "a")) ||
        (in_list(name, "button") && has_open(compiler, "button")))
        return COMPILE_FAIL(compiler, offset, "a <%.*s> cannot stand in another", SLICE_ARG(name));
    return OK;
}

static enum error_code take_start_tag(struct compiler *compiler)
{
    size_t start = compiler->at++;
    if (compiler_looking_at(compiler, S("{{")))
        return COMPILE_FAIL(compiler, compiler->at, "no holes in the name of a tag");
    struct slice name = read_html_name(compiler);
    if (name.length == 0)
        return COMPILE_FAIL(compiler, start, "write &lt; for <");
    if (compiler_looking_at(compiler, S("{{")))
        return COMPILE_FAIL(compiler, compiler->at, "no holes in the name of a tag");
    TRY(check_element(compiler, name, start));
    buffer_format(&compiler->literal, "<%.*s", SLICE_ARG(name));
    compiler->html.place = PLACE_TAG;
    compiler->html.tag = name;
    compiler->html.tag_offset = start;
    compiler->html.attributes = 0;
    compiler->html.just_preserved = false;
    return OK;
}

/* Behind the > of a start tag. */
static enum error_code open_element(struct compiler *compiler)
{
    struct html_state *html = &compiler->html;
    html->place = in_list(html->tag, "script style") ? PLACE_RAW : PLACE_CONTENT;
    html->blank = false;
    if (in_list(html->tag, "area br col embed hr img input link meta source track wbr"))
        return OK;
    if (html->depth >= ELEMENTS_MAXIMUM)
        return COMPILE_FAIL(compiler, html->tag_offset, "more than %d elements in each other",
                            ELEMENTS_MAXIMUM);
    compiler->elements[html->depth++] = (struct element){html->tag, html->tag_offset};
    html->just_preserved = in_list(html->tag, "pre textarea");
    return OK;
}

/* "/>" keeps its meaning in SVG and MathML; of a void element it is left out. */
static enum error_code take_self_closing(struct compiler *compiler)
{
    struct slice tag = compiler->html.tag;
    if (in_list(tag, "area br col embed hr img input link meta source track wbr")) {
        buffer_append_text(&compiler->literal, ">");
    } else if (has_open(compiler, "svg math") && !in_list(tag, "script style")) {
        buffer_append_text(&compiler->literal, "/>");
    } else {
        return COMPILE_FAIL(compiler, compiler->html.tag_offset,
                            "<%.*s/> does not close in HTML: write </%.*s>", SLICE_ARG(tag), SLICE_ARG(tag));
    }
    compiler->at += 2;
    compiler->html.place = PLACE_CONTENT;
    compiler->html.blank = false;
    return OK;
}

static enum attribute_kind attribute_kind(struct slice tag, struct slice name)
{
    if (in_list(name, "srcset imagesrcset"))
        return ATTRIBUTE_LITERAL;
    if (in_list(tag, "script") && in_list(name, "src href xlink:href"))
        return ATTRIBUTE_CODE_URL;
    if ((in_list(tag, "iframe embed object") && in_list(name, "src data")) ||
        (in_list(tag, "link") && in_list(name, "href")))
        return ATTRIBUTE_CODE_URL;
    if (in_list(name, "href src action formaction poster cite data manifest background ping xlink:href"))
        return ATTRIBUTE_URL;
    return ATTRIBUTE_PLAIN;
}

static enum error_code check_attribute(struct compiler *compiler, struct slice name, size_t offset)
{
    if (name.length > 2 && slice_equal_ignore_case(slice_part(name, 0, 2), S("on")))
        return COMPILE_FAIL(compiler, offset, "no %.*s= attributes: scripts stand in assets/",
                            SLICE_ARG(name));
    if (in_list(name, "style"))
        return COMPILE_FAIL(compiler, offset, "no style= attributes: use a class");
    if (in_list(name, "srcdoc http-equiv"))
        return COMPILE_FAIL(compiler, offset, "the attribute %.*s may not be used", SLICE_ARG(name));
    for (size_t i = 0; i < compiler->html.attributes; i++)
        if (slice_equal_ignore_case(compiler->attributes[i], name))
            return COMPILE_FAIL(compiler, offset, "the attribute %.*s stands twice", SLICE_ARG(name));
    if (compiler->html.attributes >= ATTRIBUTES_MAXIMUM)
        return COMPILE_FAIL(compiler, offset, "more than %d attributes", ATTRIBUTES_MAXIMUM);
    compiler->attributes[compiler->html.attributes++] = name;
    return OK;
}

/* A value without quotes gets them. It has no characters that would need care. */
static enum error_code take_unquoted(struct compiler *compiler)
{
    buffer_append_text(&compiler->literal, "\"");
    size_t start = compiler->at;
    for (char c = next_character(compiler); c != '>' && c != '\0' && !is_blank(c);
         c = next_character(compiler)) {
        if (compiler_looking_at(compiler, S("{{")))
            return COMPILE_FAIL(compiler, compiler->at, "a hole needs quotes around the attribute's value");
        if (strchr("\"'`=<", c) != NULL)
            return COMPILE_FAIL(compiler, compiler->at, "put the attribute's value in quotes");
        TRY(follow_url(compiler, c));
        TRY(copy_character(compiler));
    }
    if (compiler->at == start)
        return COMPILE_FAIL(compiler, start, "the attribute's value is expected here");
    buffer_append_text(&compiler->literal, "\"");
    return OK;
}

static enum error_code take_attribute(struct compiler *compiler)
{
    size_t start = compiler->at;
    struct slice name = read_html_name(compiler);
    if (name.length == 0)
        return COMPILE_FAIL(compiler, start, "an attribute, > or /> is expected here");
    if (compiler_looking_at(compiler, S("{{")) && !compiler_looking_at(compiler, S("{{else")) &&
        !compiler_looking_at(compiler, S("{{/if")))
        return COMPILE_FAIL(compiler, compiler->at, "no holes in the name of an attribute");
    TRY(check_attribute(compiler, name, start));
    buffer_format(&compiler->literal, " %.*s", SLICE_ARG(name));
    skip_blanks(compiler);
    if (next_character(compiler) != '=')
        return OK;
    compiler->at++;
    skip_blanks(compiler);
    buffer_append_text(&compiler->literal, "=");
    compiler->html.kind = attribute_kind(compiler->html.tag, name);
    compiler->html.url = URL_EMPTY;
    char quote = next_character(compiler);
    if (quote != '"' && quote != '\'')
        return take_unquoted(compiler);
    compiler->html.quote = quote;
    compiler->html.place = PLACE_VALUE;
    compiler->html.value_offset = compiler->at;
    buffer_append_byte(&compiler->literal, quote);
    compiler->at++;
    return OK;
}

static enum error_code take_tag(struct compiler *compiler)
{
    char c = next_character(compiler);
    if (is_blank(c)) {
        skip_blanks(compiler); /* each attribute writes its own blank */
        return OK;
    }
    if (c == '>') {
        buffer_append_text(&compiler->literal, ">");
        compiler->at++;
        return open_element(compiler);
    }
    if (compiler_looking_at(compiler, S("/>")))
        return take_self_closing(compiler);
    return take_attribute(compiler);
}

enum error_code follow_url(struct compiler *compiler, char c)
{
    enum url_progress *url = &compiler->html.url;
    if (compiler->html.kind != ATTRIBUTE_URL && compiler->html.kind != ATTRIBUTE_CODE_URL)
        return OK;
    if (*url == URL_CLOSED)
        return COMPILE_FAIL(compiler, compiler->at, "nothing may follow a whole url");
    if (*url == URL_EMPTY) {
        struct slice value = slice_part(compiler_rest(compiler), 0, 16);
        size_t colon = slice_find_byte(value, ':');
        struct slice scheme = slice_trim(slice_part(value, 0, colon));
        if (colon < value.length && in_list(scheme, "javascript vbscript data"))
            return COMPILE_FAIL(compiler, compiler->at, "no %.*s: addresses", SLICE_ARG(scheme));
        *url = c == '/' ? URL_SLASH : c == '?' || c == '#' ? URL_LOCAL : URL_OTHER;
    } else if (*url == URL_SLASH) {
        *url = c == '/' || c == '\\' ? URL_OTHER : URL_LOCAL;
    } else if (*url == URL_SLASH_HOLE) {
        if (c == '/' || c == '\\')
            return COMPILE_FAIL(compiler, compiler->at,
                                "when the text is empty, this names another host; begin with a literal part");
        *url = URL_LOCAL;
    }
    return OK;
}

static enum error_code take_value(struct compiler *compiler)
{
    char c = next_character(compiler);
    if (c == compiler->html.quote) {
        buffer_append_byte(&compiler->literal, c);
        compiler->at++;
        compiler->html.place = PLACE_TAG;
        return OK;
    }
    TRY(follow_url(compiler, c));
    return copy_character(compiler);
}

/* A script has its text in assets/; a style element is copied as it is. */
static enum error_code take_raw(struct compiler *compiler)
{
    struct slice name = compiler->html.tag;
    struct slice rest = compiler_rest(compiler);
    size_t end = slice_find(rest, S("</"));
    size_t hole = slice_find(rest, S("{{"));
    if (hole < end)
        return COMPILE_FAIL(compiler, compiler->at + hole, "no holes in <%.*s>", SLICE_ARG(name));
    if (end == rest.length)
        return COMPILE_FAIL(compiler, compiler->html.tag_offset, "<%.*s> is not closed", SLICE_ARG(name));
    struct slice content = slice_part(rest, 0, end);
    if (in_list(name, "script")) {
        if (slice_trim(content).length > 0)
            return COMPILE_FAIL(compiler, compiler->at, "no inline scripts: scripts stand in assets/");
        content = (struct slice){0};
    }
    buffer_append(&compiler->literal, content);
    compiler->at += end;
    return take_end_tag(compiler);
}

enum error_code take_html(struct compiler *compiler)
{
    switch (compiler->html.place) {
    case PLACE_TAG:
        return take_tag(compiler);
    case PLACE_VALUE:
        return take_value(compiler);
    case PLACE_RAW:
        return take_raw(compiler);
    case PLACE_CONTENT:
        break;
    }
    if (next_character(compiler) != '<')
        return take_content(compiler);
    if (compiler_looking_at(compiler, S("<!--")))
        return take_comment(compiler);
    if (compiler_looking_at(compiler, S("<!doctype html>"))) {
        if (compiler->html.depth > 0 || compiler->literal.length > 0 || compiler->code.length > 0)
            return COMPILE_FAIL(compiler, compiler->at, "the doctype stands first");
        buffer_append_text(&compiler->literal, "<!doctype html>");
        compiler->at += sizeof("<!doctype html>") - 1;
        compiler->html.blank = true;
        return OK;
    }
    if (compiler_looking_at(compiler, S("</")))
        return take_end_tag(compiler);
    return take_start_tag(compiler);
}
