/* Numbers and dates as people read them. CLDR's forms for Dutch and English (UK). */
#include "view/view.h"

#include <math.h>

#define MINUS "\xE2\x88\x92"    /* U+2212 */
#define NO_VALUE "\xE2\x80\x93" /* U+2013, where there is no number to show */

enum { DECIMALS_MAXIMUM = 9 };

static const double DIGITS_LAST = 1e15; /* from here on a double no longer has its decimals */

static const char *const months[LANGUAGE_COUNT][12] = {
    [LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
                     "October", "November", "December"},
    [LANGUAGE_NL] = {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
                     "oktober", "november", "december"},
};

static const char *const weekdays[LANGUAGE_COUNT][7] = {
    [LANGUAGE_EN] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
    [LANGUAGE_NL] = {"zo", "ma", "di", "wo", "do", "vr", "za"},
};

/* Digits in groups of three. */
static void append_grouped(struct buffer *out, struct slice digits, char separator)
{
    for (size_t i = 0; i < digits.length; i++) {
        if (i > 0 && (digits.length - i) % 3 == 0)
            buffer_append_byte(out, separator);
        buffer_append_byte(out, digits.data[i]);
    }
}

static char group_separator(enum language language)
{
    return language == LANGUAGE_NL ? '.' : ',';
}

void format_integer(struct buffer *out, enum language language, int64_t value)
{
    char digits[24];
    /* The negative of the smallest int64_t is none; as unsigned it is right. */
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, magnitude);
    if (value < 0)
        buffer_append_text(out, MINUS);
    append_grouped(out, slice_from_bytes(digits, (size_t)length), group_separator(language));
}

/* Ties go away from zero, as people round: 3.25 is shown as 3.3. printf rounds what is exactly a tie in
 * binary to even, so such a value is moved to its neighbour first. */
static double away_from_tie(double magnitude, int decimals)
{
    static const double powers[DECIMALS_MAXIMUM + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    double scaled = magnitude * powers[decimals];
    bool exact = fma(magnitude, powers[decimals], -scaled) == 0;
    return exact && scaled - floor(scaled) == 0.5 ? nextafter(magnitude, INFINITY) : magnitude;
}

/* 1.60e+300: nobody counts the digits of such a number. */
static void append_power_of_ten(struct buffer *out, enum language language, double value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%.2e", fabs(value));
    if (value < 0)
        buffer_append_text(out, MINUS);
    for (const char *at = text; *at != '\0'; at++)
        buffer_append_byte(out, *at == '.' && language == LANGUAGE_NL ? ',' : *at);
}

void format_decimal(struct buffer *out, enum language language, double value, int decimals)
{
    if (!isfinite(value)) {
        buffer_append_text(out, NO_VALUE);
        return;
    }
    if (decimals < 0 || decimals > DECIMALS_MAXIMUM) {
        out->failed = true; /* a bug of the caller */
        return;
    }
    if (fabs(value) >= DIGITS_LAST) {
        append_power_of_ten(out, language, value);
        return;
    }
    CLEANUP(buffer_free) struct buffer text = BUFFER(512);
    buffer_append_decimal(&text, away_from_tie(fabs(value), decimals), decimals);
    struct slice digits = buffer_slice(&text);
    size_t point = slice_find_byte(digits, '.');
    bool zero = true;
    for (size_t i = 0; i < digits.length && zero; i++)
        zero = digits.data[i] == '0' || digits.data[i] == '.';
    if (value < 0 && !zero)
        buffer_append_text(out, MINUS);
    append_grouped(out, slice_part(digits, 0, point), group_separator(language));
    if (point < digits.length) {
        buffer_append_byte(out, language == LANGUAGE_NL ? ',' : '.');
        buffer_append(out, slice_from(digits, point + 1));
    }
    if (text.failed)
        out->failed = true;
}

void format_date(struct buffer *out, enum language language, int64_t seconds)
{
    struct date date = date_local(seconds);
    buffer_format(out, "%d %s %d", date.day, months[language][date.month - 1], date.year);
}

void format_civil_date_time(struct buffer *out, enum language language, const struct date *date)
{
    buffer_format(out, "%s %d %s, %02d:%02d", weekdays[language][date->weekday], date->day,
                  months[language][date->month - 1], date->hour, date->minute);
}

void format_date_time(struct buffer *out, enum language language, int64_t seconds)
{
    struct date date = date_local(seconds);
    format_civil_date_time(out, language, &date);
}
