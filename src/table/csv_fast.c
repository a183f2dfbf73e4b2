/* Records in which nothing is unusual: no quote doubled, no line break in a field, nothing wrong. Whatever
 * is not surely that is left to the careful way, which begins the record anew. */
#include "table/csv.h"

#include "table/number.h"

#include <assert.h>

typedef uint8_t vector __attribute__((vector_size(16)));
typedef uint16_t pairs __attribute__((vector_size(16)));
typedef uint8_t half __attribute__((vector_size(8)));

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low byte of a pair is the first: the digit");

/* Behind the delimiter or line break that must stand at `at`; otherwise NULL. */
static inline char *pass_end(const struct csv_plan *plan, char *at, bool last)
{
    if (!last)
        return *at == plan->table->delimiter ? at + 1 : NULL;
    if (*at == '\r')
        at++;
    return *at == '\n' ? at + 1 : NULL;
}

/* All columns of the step are one digit, in bounds. 8 columns a vector; one branch for all. */
static inline char *take_digits(struct csv_parser *parser, const struct csv_step *step, char *at)
{
    const struct csv_plan *plan = parser->plan;
    const struct csv_vector *form = plan->vectors + step->first_vector;
    size_t length = step->count * 2 + (step->last && plan->table->carriage_returns ? 1 : 0);
    uint8_t *stage = block_stage(parser->block) + step->index;
    if (!step->digits || length > (size_t)(parser->end - at))
        return NULL;
    vector wrong = {0};
    for (size_t v = 0; v < step->vectors; v++) {
        vector bytes, pattern, low, span;
        memcpy(&bytes, at + v * 16, 16);
        memcpy(&pattern, form[v].pattern, 16);
        memcpy(&low, form[v].low, 16);
        memcpy(&span, form[v].span, 16);
        vector digits = bytes ^ pattern;
        wrong |= (vector)((vector)(digits - low) > span);
        half codes = __builtin_convertvector((pairs)digits, half);
        memcpy(stage + v * 8, &codes, 8);
    }
    uint64_t halves[2];
    memcpy(halves, &wrong, 16);
    return (halves[0] | halves[1]) == 0 ? at + length : NULL;
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where the mark is not known, the careful way must have seen it first in this piece: it takes notes. */
static inline bool is_mark(const struct csv_parser *parser, char c)
{
    char decimal = parser->plan->table->decimal;
    if (decimal != '\0')
        return c == decimal;
    return (c == '.' && parser->result->marks[0].record >= 0) ||
           (c == ',' && parser->result->marks[1].record >= 0);
}

/* Behind a field that is empty or a text that means "no value"; otherwise NULL. */
static inline char *pass_missing(const struct csv_plan *plan, char *at, bool last)
{
    char *behind = pass_end(plan, at, last), *end = at;
    if (behind != NULL || !plan->table->missing_first[(unsigned char)*at])
        return behind;
    while (!plan->text_stops[(unsigned char)*end])
        end++;
    return table_is_missing(plan->table, (struct slice){at, (size_t)(end - at)}) ? pass_end(plan, end, last)
                                                                                 : NULL;
}

static inline char *take_number(struct csv_parser *parser, const struct plan_entry *entry, char *at,
                                bool last)
{
    char *start = at, *behind = pass_missing(parser->plan, at, last);
    if (behind != NULL) {
        block_put_missing(parser->block, entry->number_index);
        return behind;
    }
    bool negative = *at == '-';
    uint64_t significand = 0;
    size_t places = 0, signs = negative;
    at += negative;
    for (; is_digit(*at); at++)
        significand = significand * 10 + (uint64_t)(*at - '0');
    if (is_mark(parser, *at)) {
        char *mark = at++;
        for (; is_digit(*at); at++)
            significand = significand * 10 + (uint64_t)(*at - '0');
        places = (size_t)(at - mark) - 1;
        signs++;
    }
    size_t digits = (size_t)(at - start) - signs;
    if (digits == 0 || digits > NUMBER_DIGITS_MAXIMUM)
        return NULL;
    double value = number_scale(significand, (unsigned)places);
    if (negative)
        value = -value;
    if (entry->bounded && !(value >= entry->low && value <= entry->high))
        return NULL;
    block_put_number(parser->block, entry->number_index, value);
    return pass_end(parser->plan, at, last);
}

static char *take_numbers(struct csv_parser *parser, const struct csv_step *step, char *at)
{
    const struct plan_entry *entries = parser->plan->wanted->entries + step->entry;
    for (size_t i = 0; i < step->count && at != NULL; i++)
        at = take_number(parser, &entries[i], at, step->last && i + 1 == step->count);
    return at;
}

/* The closing quote of a field without doubled quotes, line breaks and bytes to look at; otherwise NULL. */
static inline char *find_closing(const bool *stops, char delimiter, char *at)
{
    while (!stops[(unsigned char)*at] || *at == delimiter)
        at++;
    return *at == '"' && at[1] != '"' ? at : NULL;
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline char *take_text(struct csv_parser *parser, const struct csv_step *step, char *at)
{
    const struct csv_plan *plan = parser->plan;
    bool quoted = *at == '"';
    char *start = at + quoted;
    at = start;
    if (quoted)
        at = find_closing(plan->text_stops, plan->table->delimiter, at);
    else
        while (!plan->text_stops[(unsigned char)*at])
            at++;
    if (at == NULL)
        return NULL;
    struct slice text = {start, (size_t)(at - start)};
    if (text.length > 0 && (is_blank(start[0]) || is_blank(at[-1])))
        return NULL;
    if (plan->table->missing_first[(unsigned char)*start] && table_is_missing(plan->table, text))
        text.length = 0;
    block_put_text(parser->block, step->index, text);
    return pass_end(plan, at + quoted, step->last);
}

static char *skip_fields(const struct csv_parser *parser, const struct csv_step *step, char *at)
{
    const struct csv_plan *plan = parser->plan;
    for (size_t i = 1; i <= step->count && at != NULL; i++) {
        bool quoted = *at == '"';
        if (quoted)
            at = find_closing(plan->skip_stops, plan->table->delimiter, at + 1);
        else
            while (!plan->skip_stops[(unsigned char)*at])
                at++;
        if (at != NULL)
            at = pass_end(plan, at + quoted, step->last && i == step->count);
    }
    return at;
}

char *csv_fast_record(struct csv_parser *parser, char *at)
{
    const struct csv_plan *plan = parser->plan;
    if (*at == '\n' || *at == '\r')
        return NULL;
    for (size_t s = 0; s < plan->step_count; s++) {
        const struct csv_step *step = &plan->steps[s];
        char *start = at;
        switch (step->kind) {
        case CSV_NUMBERS:
            at = take_digits(parser, step, start);
            if (at == NULL)
                at = take_numbers(parser, step, start);
            break;
        case CSV_TEXT:
            at = take_text(parser, step, at);
            break;
        case CSV_SKIP:
            at = skip_fields(parser, step, at);
            break;
        }
        if (at == NULL)
            return NULL;
    }
    return at;
}
