#include "table/number.h"

enum { TEXT_MAXIMUM = 300 };

static const uint64_t INTEGER_POWERS[] = {1u,
                                          10u,
                                          100u,
                                          1000u,
                                          10000u,
                                          100000u,
                                          1000000u,
                                          10000000u,
                                          100000000u,
                                          1000000000u,
                                          10000000000u,
                                          100000000000u,
                                          1000000000000u,
                                          10000000000000u,
                                          100000000000000u,
                                          1000000000000000u,
                                          10000000000000000u,
                                          100000000000000000u,
                                          1000000000000000000u,
                                          10000000000000000000u};

/* Both operands are shifted until their top bit is set, so the quotient has 63 or 64 bits: at least ten
 * more than a double. What the division leaves over only tells whether the rest is zero, which bit 0 can
 * carry, because it is far below the place of rounding. Then the conversion rounds once, correctly. */
double number_divide(uint64_t significand, unsigned places)
{
    if (significand == 0)
        return 0;
    int up = __builtin_clzll(significand), down = __builtin_clzll(INTEGER_POWERS[places]);
    uint64_t divisor = INTEGER_POWERS[places] << down;
    unsigned __int128 dividend = (unsigned __int128)(significand << up) << 63;
    uint64_t quotient = (uint64_t)(dividend / divisor);
    if (dividend % divisor != 0)
        quotient |= 1;
    return __builtin_ldexp((double)quotient, down - up - 63);
}

/* What stands in the text; the digits are without the mark. */
struct decimal {
    bool negative;
    char mark;
    uint64_t significand; /* of the first NUMBER_DIGITS_MAXIMUM significant digits */
    size_t significant;   /* how many there are; leading zeros do not count */
    size_t digits, places;
    size_t exponent; /* where it begins, or the end */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_mark(char c, char mark)
{
    return mark == '\0' ? c == '.' || c == ',' : c == mark;
}

static void read_decimal(struct slice text, char mark, struct decimal *decimal)
{
    size_t at = 0;
    if (text.length > 0 && (text.data[0] == '-' || text.data[0] == '+'))
        decimal->negative = text.data[at++] == '-';
    for (; at < text.length; at++) {
        char c = text.data[at];
        if (is_mark(c, mark) && decimal->mark == '\0') {
            decimal->mark = c;
            continue;
        }
        if (!is_digit(c))
            break;
        decimal->digits++;
        decimal->places += decimal->mark != '\0';
        if ((decimal->significant > 0 || c != '0') && decimal->significant++ < NUMBER_DIGITS_MAXIMUM)
            decimal->significand = decimal->significand * 10 + (uint64_t)(c - '0');
    }
    decimal->exponent = at;
}

static bool is_exponent(struct slice text)
{
    size_t at = 1;
    if (text.length < 2 || (text.data[0] != 'e' && text.data[0] != 'E'))
        return false;
    if (text.data[at] == '+' || text.data[at] == '-')
        at++;
    if (at == text.length)
        return false;
    while (at < text.length && is_digit(text.data[at]))
        at++;
    return at == text.length;
}

/* The same number as base/slice.h wants it: a point, and digits on both sides of it. */
static bool parse_long(struct slice text, const struct decimal *decimal, double *ret_value)
{
    char plain[TEXT_MAXIMUM + 4];
    size_t length = 0, from = text.data[0] == '+' ? 1 : 0;
    for (size_t i = from; i < text.length; i++) {
        bool mark = decimal->mark != '\0' && text.data[i] == decimal->mark;
        if (mark && (length == 0 || !is_digit(plain[length - 1])))
            plain[length++] = '0';
        plain[length++] = mark ? '.' : text.data[i];
        if (mark && (i + 1 == text.length || !is_digit(text.data[i + 1])))
            plain[length++] = '0';
    }
    return slice_to_real((struct slice){plain, length}, ret_value);
}

bool number_parse(struct slice text, char mark, double *ret_value, char *ret_mark)
{
    struct decimal decimal = {0};
    if (text.length == 0 || text.length > TEXT_MAXIMUM)
        return false;
    read_decimal(text, mark, &decimal);
    bool exponent = decimal.exponent < text.length;
    if (decimal.digits == 0 || (exponent && !is_exponent(slice_from(text, decimal.exponent))))
        return false;
    double value;
    if (!exponent && decimal.significant <= NUMBER_DIGITS_MAXIMUM && decimal.places <= 19) {
        value = number_scale(decimal.significand, (unsigned)decimal.places);
        if (decimal.negative)
            value = -value;
    } else if (!parse_long(text, &decimal, &value))
        return false;
    *ret_value = value;
    *ret_mark = decimal.mark;
    return true;
}
