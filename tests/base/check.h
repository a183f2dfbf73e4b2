/* What every test of base includes: cmocka with what it needs, and a check for slices. */
#ifndef HECHT_TESTS_BASE_CHECK_H
#define HECHT_TESTS_BASE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

#define assert_slice(actual, text) check_slice((actual), (text), __FILE__, __LINE__)

static inline void check_slice(struct slice actual, const char *text, const char *file, int line)
{
    if (slice_equal(actual, slice_from_text(text)))
        return;
    print_error("\"%.*s\" is not \"%s\"\n", SLICE_ARG(actual), text);
    _fail(file, line);
}

#endif
