/* Decimal text to the nearest double, without memory and without the locale. */
#ifndef HECHT_TABLE_NUMBER_H
#define HECHT_TABLE_NUMBER_H

#include "base/base.h"

enum { NUMBER_DIGITS_MAXIMUM = 19 }; /* of a significand that surely fits 64 bits */

/* The double nearest to significand / 10^places, ties to even; places <= 19. Exact integer arithmetic. */
double number_divide(uint64_t significand, unsigned places);

/* [sign]digits[mark digits][e[sign]digits], also ".5" and "5."; nothing around it. mark is '.', ',' or 0 for
 * either of them; *ret_mark is the one that was there, or 0. False: no number, or one beyond a double's range
 * or of more than 300 characters. */
bool number_parse(struct slice text, char mark, double *ret_value, char *ret_mark);

static const double NUMBER_POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The common case inline: both operands are exact doubles, so that one division rounds once. */
static inline double number_scale(uint64_t significand, unsigned places)
{
    if (significand <= (uint64_t)1 << 53)
        return (double)significand / NUMBER_POWERS[places];
    return number_divide(significand, places);
}

#endif
