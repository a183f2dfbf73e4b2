#include "analyse/words.h"

#include <math.h>

/* A probability on one side of a limit of the verdicts is not rounded onto it: .948 is "94.8 %". */
static bool hides_its_side(double probability)
{
    return (probability > 0.945 && probability < 0.95) || (probability > 0.05 && probability < 0.055);
}

struct slice words_chance(const struct report *report, double probability)
{
    if (probability > 0.99)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_HIGH);
    if (probability < 0.01)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_LOW);
    if (!hides_its_side(probability))
        return report_percent(report, probability);
    double tenths = probability < 0.5 ? ceil(probability * 1000) : floor(probability * 1000);
    return message_text(report->region, report->language, MESSAGE_ANALYSE_PERCENT,
                        ARGUMENTS(A_DECIMAL("value", tenths / 10, 1)));
}

struct slice words_share(const struct report *report, double share)
{
    if (share > 0 && share < 0.01)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_LOW);
    if (share > 0.99 && share < 1)
        return report_text(report, MESSAGE_ANALYSE_CHANCE_HIGH);
    return report_percent(report, share);
}

struct slice words_plain(const struct report *report, double value)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(400);
    int decimals = 0;
    for (double scale = 1; decimals < 3 && fabs(value * scale - round(value * scale)) > 1e-9 * scale;
         scale *= 10)
        decimals++;
    if (decimals == 0 && fabs(value) < 1e15)
        buffer_append_integer(&out, (int64_t)round(value));
    else
        format_decimal(&out, report->language, value, decimals);
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
