#include "table/csv.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(struct csv_field *field)
{
    while (field->length > 0 && is_blank(field->data[0])) {
        field->data++;
        field->length--;
    }
    while (field->length > 0 && is_blank(field->data[field->length - 1]))
        field->length--;
}

/* Takes bytes up to the delimiter or line break. Whatever stands there wrongly is told once. */
static char *take_plain(char *at, char delimiter, struct csv_field *field, bool *ret_last)
{
    char *start = at;
    for (; *at != delimiter && *at != '\n'; at++) {
        if (*at == '"' && field->trouble == CSV_FINE)
            field->trouble = CSV_QUOTE_INSIDE;
        if (*at == '\r' && at[1] != '\n' && field->trouble == CSV_FINE)
            field->trouble = CSV_CARRIAGE_RETURN;
    }
    field->data = start;
    *ret_last = *at == '\n';
    field->length = (size_t)(at - start);
    if (*ret_last && field->length > 0 && at[-1] == '\r')
        field->length--;
    return at + 1;
}

/* Takes a field that begins with a quote up to its closing quote; returns what is behind that. */
static char *take_quoted(char *at, char *end, int64_t *lines, struct csv_field *field)
{
    char *start = ++at;
    for (;; at += 2) {
        char *quote = memchr(at, '"', (size_t)(end - at));
        char *stop = quote == NULL ? end : quote;
        for (char *feed = memchr(at, '\n', (size_t)(stop - at)); feed != NULL;
             feed = memchr(feed + 1, '\n', (size_t)(stop - feed - 1)))
            (*lines)++;
        at = stop;
        if (quote == NULL) {
            field->trouble = CSV_NOT_CLOSED;
            break;
        }
        if (quote[1] != '"')
            break;
        field->doubled = true;
    }
    field->data = start;
    field->length = (size_t)(at - start);
    return field->trouble == CSV_NOT_CLOSED ? end : at + 1;
}

void csv_take_field(char **at, char *end, char delimiter, int64_t *lines, struct csv_field *ret_field,
                    bool *ret_last)
{
    struct csv_field field = {0};
    if (**at != '"') {
        *at = take_plain(*at, delimiter, &field, ret_last);
    } else {
        struct csv_field behind = {0};
        *at = take_quoted(*at, end, lines, &field);
        *ret_last = field.trouble == CSV_NOT_CLOSED;
        if (!*ret_last)
            *at = take_plain(*at, delimiter, &behind, ret_last);
        if (behind.length > 0 && field.trouble == CSV_FINE)
            field.trouble = CSV_BEHIND_QUOTE;
    }
    trim(&field);
    *ret_field = field;
}

struct slice csv_content(struct csv_field *field)
{
    if (field->doubled) {
        size_t to = 0;
        for (size_t from = 0; from < field->length; from++) {
            field->data[to++] = field->data[from];
            from += field->data[from] == '"';
        }
        field->length = to;
        field->doubled = false;
    }
    return (struct slice){field->data, field->length};
}

const char *csv_trouble_words(enum csv_trouble trouble)
{
    switch (trouble) {
    case CSV_QUOTE_INSIDE:
        return "a quote inside an unquoted field";
    case CSV_BEHIND_QUOTE:
        return "text behind a closing quote; a delimiter was expected";
    case CSV_CARRIAGE_RETURN:
        return "a carriage return without a line feed";
    case CSV_NOT_CLOSED:
        return "a quote is not closed";
    case CSV_FINE:
        break;
    }
    return "";
}

/* Behind the closing quote of the field that opens before `at`, or length. */
static size_t skip_quoted(const char *data, size_t length, size_t at)
{
    for (;;) {
        const char *quote = memchr(data + at, '"', length - at);
        if (quote == NULL)
            return length;
        at = (size_t)(quote - data) + 1;
        if (at == length || data[at] != '"')
            return at;
        at++;
    }
}

size_t csv_cut(const char *data, size_t length, char delimiter)
{
    size_t end = 0;
    for (size_t at = 0; at < length;) {
        const char *quote = memchr(data + at, '"', length - at);
        size_t stop = quote == NULL ? length : (size_t)(quote - data);
        const char *feed = memrchr(data + at, '\n', stop - at);
        if (feed != NULL)
            end = (size_t)(feed - data) + 1;
        if (quote == NULL)
            break;
        bool opens = stop == 0 || data[stop - 1] == delimiter || data[stop - 1] == '\n';
        at = opens ? skip_quoted(data, length, stop + 1) : stop + 1;
    }
    return end;
}
