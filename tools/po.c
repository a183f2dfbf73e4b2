#include "po.h"

struct parser {
    struct source source;
    struct region *region;
    struct error *error;
    struct slice language;
    size_t at;
    bool fuzzy; /* a "#, fuzzy" stands before the next entry */
};

static bool at_end(const struct parser *parser)
{
    return parser->at >= parser->source.text.length;
}

static char peek(const struct parser *parser)
{
    return at_end(parser) ? '\0' : parser->source.text.data[parser->at];
}

static void skip_blanks(struct parser *parser)
{
    while (!at_end(parser) && strchr(" \t\r\n", peek(parser)) != NULL)
        parser->at++;
}

/* White space and comments between entries. "#~" (an obsolete entry of msgmerge) is a comment, too. */
static void skip_comments(struct parser *parser)
{
    for (skip_blanks(parser); peek(parser) == '#'; skip_blanks(parser)) {
        struct slice rest = slice_from(parser->source.text, parser->at);
        struct slice line = slice_part(rest, 0, slice_find_byte(rest, '\n'));
        if (slice_starts_with(line, S("#,")) && slice_find(line, S("fuzzy")) < line.length)
            parser->fuzzy = true;
        parser->at += line.length;
    }
}

/* Takes the keyword when it is the next word. */
static bool take_keyword(struct parser *parser, struct slice keyword)
{
    struct slice rest = slice_from(parser->source.text, parser->at);
    if (!slice_starts_with(rest, keyword))
        return false;
    char next = rest.length > keyword.length ? rest.data[keyword.length] : '\0';
    if (next == '_' || next == '[' || (next >= 'a' && next <= 'z'))
        return false;
    parser->at += keyword.length;
    return true;
}

static enum error_code read_escape(struct parser *parser, struct buffer *text)
{
    char c = parser->at + 1 < parser->source.text.length ? parser->source.text.data[parser->at + 1] : '\0';
    if (c == 'n')
        buffer_append_byte(text, '\n');
    else if (c == 't')
        buffer_append_byte(text, '\t');
    else if (c == '"' || c == '\\')
        buffer_append_byte(text, c);
    else
        return source_fail(&parser->source, parser->at, parser->error,
                           "only the escapes \\n, \\t, \\\" and \\\\ are known");
    parser->at += 2;
    return OK;
}

/* One quoted piece, the opening quote being next. */
static enum error_code read_piece(struct parser *parser, struct buffer *text)
{
    size_t start = parser->at++;
    while (!at_end(parser) && peek(parser) != '\n' && peek(parser) != '"') {
        if (peek(parser) == '\\')
            TRY(read_escape(parser, text));
        else
            buffer_append_byte(text, parser->source.text.data[parser->at++]);
    }
    if (peek(parser) != '"')
        return source_fail(&parser->source, start, parser->error, "this text is not closed on its line");
    parser->at++;
    return OK;
}

/* One text in as many quoted pieces as there are. */
static enum error_code read_text(struct parser *parser, struct slice *ret_text)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(PO_TEXT_MAXIMUM);
    skip_blanks(parser);
    size_t start = parser->at;
    if (peek(parser) != '"')
        return source_fail(&parser->source, start, parser->error, "a text in quotes is expected here");
    while (peek(parser) == '"') {
        TRY(read_piece(parser, &text));
        skip_blanks(parser);
    }
    if (text.failed)
        return source_fail(&parser->source, start, parser->error, "this text is longer than %d bytes",
                           PO_TEXT_MAXIMUM);
    struct slice copy = region_copy(parser->region, buffer_slice(&text));
    if (region_failed(parser->region))
        return FAIL(parser->error, ERROR_MEMORY, "memory", "no memory");
    *ret_text = copy;
    return OK;
}

static bool is_key(struct slice key)
{
    for (size_t i = 0; i < key.length; i++) {
        char c = key.data[i];
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && (i == 0 || ((c < '0' || c > '9') && c != '.' && c != '_' && c != '-')))
            return false;
    }
    return key.length > 0 && key.length <= PO_KEY_MAXIMUM;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "<b>", "</b>", "<br/>", "<a href"; but not "<sam@example.org>". */
static bool begins_with_tag(struct slice text)
{
    size_t at = text.length > 1 && text.data[1] == '/' ? 2 : 1;
    size_t start = at;
    while (at < text.length &&
           (is_letter(text.data[at]) || (at > start && text.data[at] >= '0' && text.data[at] <= '9')))
        at++;
    return at > start && at < text.length &&
           (text.data[at] == '>' || text.data[at] == '/' || text.data[at] == ' ');
}

/* "&amp;", "&#39;" */
static bool begins_with_reference(struct slice text)
{
    size_t at = text.length > 1 && text.data[1] == '#' ? 2 : 1;
    size_t start = at;
    while (at < text.length && (is_letter(text.data[at]) || (text.data[at] >= '0' && text.data[at] <= '9')))
        at++;
    return at > start && at < text.length && text.data[at] == ';';
}

/* Texts are escaped where they are shown, so markup in them would be seen by the reader. */
static bool looks_like_html(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((text.data[i] == '<' && begins_with_tag(slice_from(text, i))) ||
            (text.data[i] == '&' && begins_with_reference(slice_from(text, i))))
            return true;
    return false;
}

static enum error_code check_translation(const struct parser *parser, size_t offset, struct slice text)
{
    const struct source *source = &parser->source;
    if (text.length == 0)
        return source_fail(source, offset, parser->error, "the translation is empty");
    if (!slice_is_clean_text(text, "\n\t"))
        return source_fail(source, offset, parser->error, "the translation has a control character");
    if (slice_trim(text).length != text.length)
        return source_fail(source, offset, parser->error, "the translation begins or ends with white space");
    if (looks_like_html(text))
        return source_fail(source, offset, parser->error, "texts are plain text, no HTML");
    return OK;
}

static enum error_code read_plural_texts(struct parser *parser, struct po_entry *entry)
{
    static const struct slice forms[] = {{"msgstr[0]", 9}, {"msgstr[1]", 9}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        skip_comments(parser);
        if (!take_keyword(parser, forms[i]))
            return source_fail(&parser->source, parser->at, parser->error, "%s is expected here",
                               forms[i].data);
        size_t offset = parser->at;
        TRY(read_text(parser, &entry->text[i]));
        TRY(check_translation(parser, offset, entry->text[i]));
    }
    skip_comments(parser);
    if (slice_starts_with(slice_from(parser->source.text, parser->at), S("msgstr")))
        return source_fail(&parser->source, parser->at, parser->error,
                           "a plural has the two forms msgstr[0] and msgstr[1]");
    return OK;
}

/* The value of a line "Name: value" of the header; empty when it is not there. */
static struct slice header_value(struct slice header, struct slice name)
{
    struct slice line;
    while (slice_take(&header, '\n', &line))
        if (slice_starts_with(line, name))
            return slice_trim(slice_from(line, name.length));
    return (struct slice){0};
}

static enum error_code check_header(const struct parser *parser, size_t offset, struct slice header)
{
    const struct source *source = &parser->source;
    struct slice type = header_value(header, S("Content-Type:"));
    if (type.length > 0 && !slice_ends_with(type, S("charset=UTF-8")))
        return source_fail(source, offset, parser->error, "the charset must be UTF-8");
    struct slice language = header_value(header, S("Language:"));
    if (language.length > 0 && !slice_equal(language, parser->language))
        return source_fail(source, offset, parser->error,
                           "the header says Language: %.*s, the file's name %.*s", SLICE_ARG(language),
                           SLICE_ARG(parser->language));
    struct slice plural = header_value(header, S("Plural-Forms:"));
    if (plural.length > 0 && !slice_equal(plural, S("nplurals=2; plural=(n != 1);")) &&
        !slice_equal(plural, S("nplurals=2; plural=n != 1;")))
        return source_fail(source, offset, parser->error,
                           "Plural-Forms must be \"nplurals=2; plural=(n != 1);\"");
    return OK;
}

static enum error_code read_single_text(struct parser *parser, struct slice *ret_text, size_t *ret_offset)
{
    skip_comments(parser);
    if (!take_keyword(parser, S("msgstr")))
        return source_fail(&parser->source, parser->at, parser->error, "msgstr is expected here");
    *ret_offset = parser->at;
    return read_text(parser, ret_text);
}

/* Reads from msgid on. The header has an empty msgid and gives no entry: then *ret_entry has an empty key. */
static enum error_code read_entry(struct parser *parser, bool first, struct po_entry *ret_entry)
{
    struct po_entry entry = {.offset = parser->at};
    const struct source *source = &parser->source;
    if (take_keyword(parser, S("msgctxt")))
        return source_fail(source, entry.offset, parser->error, "msgctxt is not used: the msgid is a key");
    if (!take_keyword(parser, S("msgid")))
        return source_fail(source, entry.offset, parser->error, "msgid is expected here");
    size_t key_offset = parser->at;
    TRY(read_text(parser, &entry.key));
    bool header = entry.key.length == 0;
    if (header && !first)
        return source_fail(source, key_offset, parser->error, "the key is empty");
    if (!header && !is_key(entry.key))
        return source_fail(source, key_offset, parser->error,
                           "a key is at most %d of a-z 0-9 . _ - and begins with a letter", PO_KEY_MAXIMUM);
    if (parser->fuzzy && !header)
        return source_fail(source, entry.offset, parser->error, "the translation of %.*s is marked fuzzy",
                           SLICE_ARG(entry.key));
    skip_comments(parser);
    size_t plural_offset = parser->at;
    size_t text_offset = 0;
    entry.plural = take_keyword(parser, S("msgid_plural"));
    if (!entry.plural) {
        TRY(read_single_text(parser, &entry.text[0], &text_offset));
        TRY(header ? check_header(parser, text_offset, entry.text[0])
                   : check_translation(parser, text_offset, entry.text[0]));
    } else {
        struct slice plural_key;
        TRY(read_text(parser, &plural_key));
        if (header || !slice_equal(plural_key, entry.key))
            return source_fail(source, plural_offset, parser->error,
                               "msgid_plural must be the same key again");
        TRY(read_plural_texts(parser, &entry));
    }
    *ret_entry = entry;
    return OK;
}

enum error_code po_parse(const struct source *source, struct slice language, struct region *region,
                         struct error *error, struct po_file *ret_file)
{
    struct parser parser = {.source = *source, .region = region, .error = error, .language = language};
    if (!slice_is_utf8(source->text) || slice_find_byte(source->text, '\0') < source->text.length)
        return source_fail(source, 0, error, "the file is not UTF-8 text");
    if (slice_starts_with(source->text, S("\xEF\xBB\xBF")))
        return source_fail(source, 0, error, "the file begins with a byte order mark");
    size_t room = 0;
    for (struct slice rest = source->text; rest.length > 0;) {
        size_t found = slice_find(rest, S("msgid"));
        room += found < rest.length;
        rest = slice_from(rest, found + 5);
    }
    if (room > PO_ENTRIES_MAXIMUM)
        return source_fail(source, 0, error, "more than %d entries", PO_ENTRIES_MAXIMUM);
    struct po_file file = {.source = *source, .entries = REGION_ARRAY(region, room, struct po_entry)};
    if (file.entries == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");

    bool first = true;
    for (skip_comments(&parser); !at_end(&parser); skip_comments(&parser)) {
        /* Every entry begins with one "msgid", so there is room; a file without any fails in read_entry. */
        struct po_entry entry = {0};
        TRY(read_entry(&parser, first, &entry));
        if (entry.key.length > 0)
            file.entries[file.count++] = entry;
        first = false;
        parser.fuzzy = false;
    }
    *ret_file = file;
    return OK;
}
