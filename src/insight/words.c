/* Figures in words. A figure is always said with its range and its number of answers, a missing one with its
 * reason. */
#include "insight/pages.h"

#include <math.h>

static struct slice with_first(struct words words, struct slice text, char from, char to)
{
    if (text.length == 0 || text.data[0] < from || text.data[0] > (char)(from + 25))
        return text;
    return region_format(words.region, "%c%.*s", text.data[0] - from + to, SLICE_ARG(slice_from(text, 1)));
}

struct slice words_capital(struct words words, struct slice text)
{
    return with_first(words, text, 'a', 'A');
}

struct slice words_small(struct words words, struct slice text)
{
    return with_first(words, text, 'A', 'a');
}

struct slice words_line(struct words words, struct slice construct, struct slice leader)
{
    const struct instrument *instrument = words.instrument;
    for (size_t c = 0; c < instrument->construct_count; c++)
        if (slice_equal(instrument->constructs[c].id, construct))
            return words_capital(words, instrument_fill(instrument->constructs[c].name.text[words.language],
                                                        leader, words.region));
    return construct;
}

struct slice words_number(struct words words, double value)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(64);
    format_decimal(&text, words.language, value, 1);
    return region_copy(words.region, buffer_slice(&text));
}

/* An interval may reach over the ends of the scale; what is said does not. */
struct slice words_range(struct words words, const double interval[2], enum message with_interval)
{
    double low = fmax(fmin(interval[0], SCALE_HIGH), SCALE_LOW);
    double high = fmax(fmin(interval[1], SCALE_HIGH), SCALE_LOW);
    return message_text(words.region, words.language, with_interval,
                        ARGUMENTS(A_DECIMAL("low", low, 1), A_DECIMAL("high", high, 1)));
}

struct slice words_figure_range(struct words words, const struct insight_figure *figure,
                                enum message with_interval)
{
    if (!figure->has_lines)
        return message_text(words.region, words.language, MESSAGE_INSIGHT_RANGE_NONE, NO_ARGUMENTS);
    return words_range(words, figure->line90, with_interval);
}

struct slice words_answers(struct words words, int64_t n, bool exact)
{
    if (!exact)
        return message_text(words.region, words.language, MESSAGE_INSIGHT_ANSWERS_FIVE, NO_ARGUMENTS);
    return message_text(words.region, words.language, MESSAGE_COMMON_ANSWERS, ARGUMENTS(A_INTEGER("n", n)));
}

struct slice words_answers_short(struct words words, int64_t n, bool exact)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(64);
    if (!exact)
        return message_text(words.region, words.language, MESSAGE_INSIGHT_ANSWERS_FIVE_SHORT, NO_ARGUMENTS);
    format_integer(&text, words.language, n);
    return region_copy(words.region, buffer_slice(&text));
}

struct slice words_reason(struct words words, struct slice reason)
{
    enum message message =
        message_find(region_format(words.region, "insight.reason.%.*s", SLICE_ARG(reason)));
    if (message == MESSAGE_NONE)
        message = MESSAGE_INSIGHT_REASON_TOO_FEW;
    return message_text(words.region, words.language, message, NO_ARGUMENTS);
}

struct slice words_reason_why(struct words words, struct slice reason)
{
    enum message message =
        message_find(region_format(words.region, "insight.reason.%.*s.why", SLICE_ARG(reason)));
    return message_text(words.region, words.language, message, NO_ARGUMENTS);
}

struct slice words_list(struct words words, const struct slice *items, size_t count)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(16 << 10);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i + 1 < count)
            buffer_append(&text, S(", "));
        if (i > 0 && i + 1 == count) {
            buffer_append_byte(&text, ' ');
            message_write(&text, words.language, MESSAGE_INSIGHT_AND, NO_ARGUMENTS);
            buffer_append_byte(&text, ' ');
        }
        buffer_append(&text, items[i]);
    }
    return region_copy(words.region, buffer_slice(&text));
}
