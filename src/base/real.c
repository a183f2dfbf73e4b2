/* strtod is poisoned in Hecht because it takes too much (white space, "nan", "inf", hexadecimal, a prefix of
 * the text) and because its decimal point follows the locale. Still nothing converts decimals to the nearest
 * double better. So this one file leaves base/base.h out and calls it, behind a caller (slice_to_real) that
 * has checked the grammar; and since setlocale, newlocale and uselocale are poisoned too, the process always
 * is in the C locale, in which the point is '.'. */
#include "base/real.h"

#include <stdlib.h>

double real_from_checked_text(const char *text)
{
    return strtod(text, NULL);
}
