#include "view/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_codes(void **state)
{
    (void)state;
    enum language language = LANGUAGE_EN;
    assert_string_equal(language_code(LANGUAGE_EN), "en");
    assert_string_equal(language_code(LANGUAGE_NL), "nl");
    assert_true(language_from_code(S("nl"), &language));
    assert_int_equal(language, LANGUAGE_NL);
    assert_true(language_from_code(S("EN-gb"), &language));
    assert_int_equal(language, LANGUAGE_EN);
    static const struct slice wrong[] = {{"", 0},      {"-", 1},  {"n", 1},  {"nld", 3},
                                         {"nl_NL", 5}, {"de", 2}, {" nl", 3}};
    language = LANGUAGE_NL;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(language_from_code(wrong[i], &language));
    assert_int_equal(language, LANGUAGE_NL);
    assert_false(language_from_code((struct slice){0}, &language));
}

static void test_choose(void **state)
{
    (void)state;
    static const struct {
        const char *person, *link, *accept, *organisation;
        enum language expected;
    } cases[] = {
        {NULL, NULL, NULL, NULL, LANGUAGE_EN},
        {"", "", "", "", LANGUAGE_EN},
        {"nl", "en", "en", "en", LANGUAGE_NL},
        {"", "nl", "en", "en", LANGUAGE_NL},
        {"", "", "nl", "en", LANGUAGE_NL},
        {"", "", "", "nl", LANGUAGE_NL},
        {"xx", "yy", "zz", "nl", LANGUAGE_NL},
        {"", "", "de,fr;q=0.9", "nl", LANGUAGE_NL},
        {"", "", "nl-BE,nl;q=0.9,en;q=0.8", "", LANGUAGE_NL},
        {"", "", "en;q=0.8,nl;q=0.9", "", LANGUAGE_NL},
        {"", "", "en;q=0.8, nl ; q=0.81", "", LANGUAGE_NL},
        {"", "", "en-US,en;q=0.5", "nl", LANGUAGE_EN},
        {"", "", "en,nl", "", LANGUAGE_EN},
        {"", "", "nl,en", "", LANGUAGE_NL},
        {"", "", "nl;q=0", "", LANGUAGE_EN},
        {"", "", "nl;q=0,en;q=0", "nl", LANGUAGE_NL},
        {"", "", "nl;q=1.000,en;q=0.999", "", LANGUAGE_NL},
        {"", "", "nl;q=0.001", "", LANGUAGE_NL},
        {"", "", "nl;Q=0.5", "", LANGUAGE_NL},
        /* Not well-formed: the entry does not count. */
        {"", "", "nl;q=1.001", "", LANGUAGE_EN},
        {"", "", "nl;q=2", "", LANGUAGE_EN},
        {"", "", "nl;q=-1", "", LANGUAGE_EN},
        {"", "", "nl;q=0.1234", "", LANGUAGE_EN},
        {"", "", "nl;q=0.-1", "", LANGUAGE_EN},
        {"", "", "nl;q=", "", LANGUAGE_EN},
        {"", "", "nl;", "", LANGUAGE_EN},
        {"", "", "nl;x=1", "", LANGUAGE_EN},
        {"", "", ";q=1,,,", "nl", LANGUAGE_NL},
        {"", "", "*", "nl", LANGUAGE_NL},
        {"", "", "*;q=0.5,nl;q=0.1", "en", LANGUAGE_NL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum language got =
            language_choose(slice_from_text(cases[i].person), slice_from_text(cases[i].link),
                            slice_from_text(cases[i].accept), slice_from_text(cases[i].organisation));
        if (got != cases[i].expected)
            fail_msg("case %zu (%s): got %s", i, cases[i].accept == NULL ? "" : cases[i].accept,
                     language_code(got));
    }
}

/* A header of any length costs a bounded number of entries. */
static void test_long_header(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer header = BUFFER(1 << 20);
    for (int i = 0; i < 31; i++)
        buffer_append_text(&header, "de,");
    buffer_append_text(&header, "nl,");
    assert_int_equal(language_choose(S(""), S(""), buffer_slice(&header), S("")), LANGUAGE_NL);
    buffer_clear(&header);
    for (int i = 0; i < 32; i++)
        buffer_append_text(&header, "de,");
    buffer_append_text(&header, "nl,");
    assert_int_equal(language_choose(S(""), S(""), buffer_slice(&header), S("")), LANGUAGE_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_long_header),
    };
    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
