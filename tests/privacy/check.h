/* What every test of privacy includes: cmocka with what it needs, and the members of reference files. */
#ifndef HECHT_TESTS_PRIVACY_CHECK_H
#define HECHT_TESTS_PRIVACY_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

/* Regions of tests are generous: no test wants to run out by accident. */
#define TEST_REGION(name) CLEANUP(region_cleanup) struct region *name = region_new(64 << 20)

#define assert_ok(expression)                                                                                \
    do {                                                                                                     \
        if ((expression) != OK) {                                                                            \
            print_error("%s: %s\n", #expression, error.detail);                                              \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#define assert_same(a, b) check_same((a), (b), __FILE__, __LINE__)

static inline void check_same(struct slice a, struct slice b, const char *file, int line)
{
    if (slice_equal(a, b))
        return;
    print_error("\"%.*s\" (%zu) is not \"%.*s\" (%zu)\n", SLICE_ARG(a), a.length, SLICE_ARG(b), b.length);
    _fail(file, line);
}

/* Reference files are JSON arrays of flat objects whose members are texts without escapes (bytes stand there
 * in hexadecimal), so that two searches read them. TEST_REFERENCE is the folder tests/reference. */
static inline struct slice reference_file(const char *name, struct region *region)
{
    char path[1024];
    struct slice content = {0};
    snprintf(path, sizeof path, "%s/%s", TEST_REFERENCE, name);
    if (file_read(path, 4 << 20, region, NULL, &content) != OK)
        print_error("cannot read %s\n", path);
    return content;
}

static inline bool reference_next(struct slice *rest, struct slice *ret_object)
{
    size_t from = slice_find_byte(*rest, '{');
    size_t to = slice_find_byte(*rest, '}');
    if (from >= to || to == rest->length)
        return false;
    *ret_object = slice_part(*rest, from, to - from);
    *rest = slice_from(*rest, to + 1);
    return true;
}

static inline struct slice reference_text(struct slice object, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "\"%s\": \"", key);
    size_t at = slice_find(object, slice_from_text(name));
    if (at == object.length) {
        print_error("no member %s\n", key);
        fail();
    }
    struct slice value = slice_from(object, at + strlen(name));
    return slice_part(value, 0, slice_find_byte(value, '"'));
}

/* Bytes in hexadecimal, "0x" in front or not, an odd number of digits allowed. */
static inline struct slice reference_bytes(struct slice object, const char *key, struct region *region)
{
    struct slice text = reference_text(object, key);
    if (slice_starts_with(text, S("0x")))
        text = slice_from(text, 2);
    struct slice even = region_format(region, "%s%.*s", text.length % 2 ? "0" : "", SLICE_ARG(text));
    uint8_t *bytes = region_allocate(region, even.length / 2);
    assert_non_null(bytes);
    assert_true(hex_decode(even, bytes, even.length / 2));
    return slice_from_bytes(bytes, even.length / 2);
}

#endif
