#include "analyse/words.h"

#include <math.h>

struct slice words_chance(const struct report *report, double probability)
{
    if (probability > 0.99)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_HIGH);
    if (probability < 0.01)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_LOW);
    return report_percent(report, probability);
}

struct slice words_plain(const struct report *report, double value)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(400);
    if (value == floor(value) && fabs(value) < 1e15)
        buffer_append_integer(&out, (int64_t)value);
    else
        format_decimal(&out, report->language, value, 2);
    return region_copy(report->region, buffer_slice(&out));
}

int words_decimals(double range)
{
    if (!(range > 0) || range >= 100)
        return 0;
    if (range >= 10)
        return 1;
    return range >= 0.5 ? 2 : (int)fmin(1 - floor(log10(range)), 9);
}

struct slice words_interval(const struct report *report, double value, double low, double high, int decimals)
{
    if (!isfinite(low) || !isfinite(high))
        return report_number(report, value, decimals);
    return message_text(report->region, report->language, MESSAGE_ANALYSE_INTERVAL,
                        ARGUMENTS(A_TEXT("value", report_number(report, value, decimals)),
                                  A_TEXT("range", report_range(report, low, high, decimals))));
}

void words_why(struct json_writer *json, enum message why)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(4 << 10);
    message_write(&text, LANGUAGE_EN, why, NO_ARGUMENTS);
    json_write_key(json, "reason");
    json_write_text(json, buffer_slice(&text));
}
