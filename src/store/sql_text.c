#include "store/sql_text.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static size_t line_length(struct slice s)
{
    return slice_find_byte(s, '\n');
}

/* Up to and with the closing quote; a doubled quote simply begins the next quoted piece. */
static size_t quoted_length(struct slice s)
{
    size_t inside = slice_find_byte(slice_from(s, 1), s.data[0]);
    return inside + 2 > s.length ? s.length : inside + 2;
}

static size_t comment_length(struct slice s)
{
    size_t inside = slice_find(slice_from(s, 2), S("*/"));
    return inside + 4 > s.length ? s.length : inside + 4;
}

/* s begins behind a ';'. */
static bool is_line_end(struct slice s)
{
    struct slice line = slice_trim(slice_part(s, 0, line_length(s)));
    return line.length == 0 || slice_starts_with(line, S("--"));
}

/* Appends the word at the start of s, in the words of the engine, and returns how much of s that was. */
static size_t append_word(struct slice s, enum store_engine engine, struct buffer *statement)
{
    size_t length = 1;
    while (length < s.length && is_word(s.data[length]))
        length++;
    struct slice word = slice_part(s, 0, length);
    const struct slice two_words = S("DOUBLE PRECISION");
    if (engine == STORE_SQLITE && slice_equal(word, S("BYTEA"))) {
        buffer_append(statement, S("BLOB"));
    } else if (engine == STORE_SQLITE && slice_starts_with(s, two_words) &&
               (s.length == two_words.length || !is_word(s.data[two_words.length]))) {
        buffer_append(statement, S("REAL"));
        length = two_words.length;
    } else {
        buffer_append(statement, word);
    }
    return length;
}

static size_t append_comment(struct slice s, enum store_engine engine, struct buffer *statement)
{
    const struct slice marker = S("/*WITHOUT ROWID*/");
    if (engine == STORE_SQLITE && slice_starts_with(s, marker))
        buffer_append(statement, S("WITHOUT ROWID"));
    else
        buffer_append_byte(statement, ' ');
    return comment_length(s);
}

bool sql_next_statement(struct slice *rest, enum store_engine engine, struct buffer *ret_statement)
{
    bool found = false; /* anything but white space and comments */
    struct slice s = *rest;
    while (s.length > 0) {
        size_t used = 1;
        char c = s.data[0];
        if (slice_starts_with(s, S("--"))) {
            used = line_length(s);
        } else if (slice_starts_with(s, S("/*"))) {
            used = append_comment(s, engine, ret_statement);
        } else if (c == '\'' || c == '"') {
            used = quoted_length(s);
            buffer_append(ret_statement, slice_part(s, 0, used));
            found = true;
        } else if (is_word(c)) {
            used = append_word(s, engine, ret_statement);
            found = true;
        } else if (c == ';' && is_line_end(slice_from(s, 1))) {
            s = slice_from(s, 1);
            if (found)
                break;
            buffer_clear(ret_statement);
            continue;
        } else {
            found = found || (c != ' ' && c != '\n' && c != '\t' && c != '\r');
            buffer_append_byte(ret_statement, c);
        }
        s = slice_from(s, used);
    }
    *rest = s;
    return found;
}
