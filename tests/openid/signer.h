/* The side of the provider: keys of all four algorithms, and tokens signed by them. */
#ifndef HECHT_TESTS_OPENID_SIGNER_H
#define HECHT_TESTS_OPENID_SIGNER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "openid/keys.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define TEST_REGION(name) CLEANUP(region_cleanup) struct region *name = region_new(64 << 20)

#define assert_ok(expression)                                                                                \
    do {                                                                                                     \
        if ((expression) != OK) {                                                                            \
            print_error("%s: %s: %s\n", #expression, error.reason, error.detail);                            \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#define assert_refused(expression, expected)                                                                 \
    do {                                                                                                     \
        error = (struct error){0};                                                                           \
        if ((expression) == OK)                                                                              \
            fail_msg("%s was taken", #expression);                                                           \
        assert_string_equal(error.reason, (expected));                                                       \
    } while (0)

extern const char *const SIGNER_ALGORITHMS[5]; /* [OPENID_RS256] is "RS256" */

/* Made once a program, never freed: "a" and "b" differ. */
struct signer;
const struct signer *signer_get(char which);

/* {"kty":...,"kid":KID,MORE}; more may be "" or "\"alg\":\"RS256\"". */
struct slice signer_key(const struct signer *signer, enum openid_algorithm algorithm, const char *kid,
                        const char *more, struct region *region);
/* {"keys":[...]} */
struct slice signer_keys(struct region *region, size_t count, const struct slice *keys);
/* The four keys of a signer, named by their algorithms. */
struct slice signer_all_keys(const struct signer *signer, struct region *region);
/* header: JSON; claims: any bytes. */
struct slice signer_token(const struct signer *signer, enum openid_algorithm algorithm, const char *header,
                          struct slice claims, struct region *region);
/* The part of a token that bytes become. */
struct slice signer_part(struct slice bytes, struct region *region);

#endif
