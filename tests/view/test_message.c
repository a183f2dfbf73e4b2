#include "view/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void check(struct buffer *out, const char *expected)
{
    assert_false(out->failed);
    if (!slice_equal(buffer_slice(out), slice_from_text(expected)))
        fail_msg("got %.*s, expected %s", SLICE_ARG(buffer_slice(out)), expected);
    buffer_clear(out);
}

static void test_write(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    message_write(&out, LANGUAGE_EN, MESSAGE_NONE, NO_ARGUMENTS);
    check(&out, "");
    message_write(&out, LANGUAGE_EN, MESSAGE_COUNT, NO_ARGUMENTS);
    check(&out, "");
    message_write(&out, LANGUAGE_NL, MESSAGE_TEST_PLAIN, NO_ARGUMENTS);
    check(&out, "Vis & \"friet\" < 3 's");
    message_write_html(&out, LANGUAGE_NL, MESSAGE_TEST_PLAIN, NO_ARGUMENTS);
    check(&out, "Vis &amp; &quot;friet&quot; &lt; 3 &#39;s");
    message_write(&out, LANGUAGE_EN, MESSAGE_TEST_HELLO, ARGUMENTS(A_TEXT("name", S("<b> {name}"))));
    check(&out, "Hello <b> {name}, <b> {name}!");
    message_write_html(&out, LANGUAGE_EN, MESSAGE_TEST_HELLO, ARGUMENTS(A_TEXT("name", S("<b> {name}"))));
    check(&out, "Hello &lt;b&gt; {name}, &lt;b&gt; {name}!");
    /* What is missing is seen. */
    message_write(&out, LANGUAGE_EN, MESSAGE_TEST_HELLO, ARGUMENTS(A_TEXT("other", S("x"))));
    check(&out, "Hello {name}, {name}!");
}

static void test_kinds(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        message_write(&out, (enum language)i, MESSAGE_TEST_ALL,
                      ARGUMENTS(A_TEXT("text", S("t")), A_INTEGER("integer", 1234),
                                A_DECIMAL("decimal", 3.75, 2), A_DATE("date", 86400)));
        check(&out, i == LANGUAGE_EN ? "t|1,234|3.75|2 January 1970" : "2 januari 1970|3,75|1.234|t");
    }
}

static void test_plurals(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1000);
    static const struct {
        int64_t n;
        const char *english, *dutch, *without;
    } cases[] = {
        {1, "1 member of A", "1 lid van A", "just one"},
        {0, "0 members of A", "0 leden van A", "several"},
        {2, "2 members of A", "2 leden van A", "several"},
        {1000, "1,000 members of A", "1.000 leden van A", "several"},
        {-1,
         "\xE2\x88\x92"
         "1 members of A",
         "\xE2\x88\x92"
         "1 leden van A",
         "several"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t j = 0; j < LANGUAGE_COUNT; j++) {
            message_write(&out, (enum language)j, MESSAGE_TEST_MEMBERS,
                          ARGUMENTS(A_TEXT("team", S("A")), A_INTEGER("n", cases[i].n)));
            check(&out, j == LANGUAGE_EN ? cases[i].english : cases[i].dutch);
        }
        message_write(&out, LANGUAGE_EN, MESSAGE_TEST_ONE_OR_MORE, ARGUMENTS(A_INTEGER("n", cases[i].n)));
        check(&out, cases[i].without);
    }
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(message_find(S("test.all")), MESSAGE_TEST_ALL);
    assert_int_equal(message_find(S("test.hello")), MESSAGE_TEST_HELLO);
    assert_int_equal(message_find(S("test.members")), MESSAGE_TEST_MEMBERS);
    assert_int_equal(message_find(S("test.one-or-more")), MESSAGE_TEST_ONE_OR_MORE);
    assert_int_equal(message_find(S("test.plain")), MESSAGE_TEST_PLAIN);
    assert_int_equal(message_find(S("")), MESSAGE_NONE);
    assert_int_equal(message_find(S("test")), MESSAGE_NONE);
    assert_int_equal(message_find(S("test.plain2")), MESSAGE_NONE);
    assert_int_equal(message_find(S("zzz")), MESSAGE_NONE);
    assert_int_equal(message_find((struct slice){0}), MESSAGE_NONE);
}

static void test_text(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 16);
    struct slice text =
        message_text(region, LANGUAGE_EN, MESSAGE_TEST_HELLO, ARGUMENTS(A_TEXT("name", S("x"))));
    assert_true(slice_equal(text, S("Hello x, x!")));
    region_free(region);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write), cmocka_unit_test(test_kinds), cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_find),  cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
