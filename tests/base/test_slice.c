#include "check.h"

#include <float.h>

static const struct slice none = {NULL, 0};

TEST(empty_slices_are_safe)
{
    assert_true(slice_equal(none, S("")));
    assert_true(slice_equal(slice_from_text(NULL), none));
    assert_int_equal(slice_from_bytes(NULL, 0).length, 0);
    assert_true(slice_equal_ignore_case(none, S("")));
    assert_int_equal(slice_compare(none, none), 0);
    assert_true(slice_compare(none, S("a")) < 0);
    assert_true(slice_starts_with(none, none));
    assert_true(slice_ends_with(none, none));
    assert_false(slice_starts_with(none, S("a")));
    assert_int_equal(slice_trim(none).length, 0);
    assert_int_equal(slice_part(none, 3, 4).length, 0);
    assert_int_equal(slice_from(none, 0).length, 0);
    assert_int_equal(slice_find_byte(none, 'a'), 0);
    assert_int_equal(slice_find(none, S("a")), 0);
    assert_int_equal(slice_find(none, none), 0);
    assert_true(slice_is_clean_text(none, ""));
    assert_true(slice_is_utf8(none));
    assert_int_equal(slice_count_characters(none), 0);
}

TEST(slices_compare_by_bytes)
{
    assert_true(slice_compare(S("a"), S("b")) < 0);
    assert_true(slice_compare(S("ab"), S("a")) > 0);
    assert_true(slice_compare(S("\xFF"), S("a")) > 0);
    assert_int_equal(slice_compare(S("a\0b"), S("a\0b")), 0);
    assert_false(slice_equal(S("a\0b"), S("a\0c")));
    assert_false(slice_equal(S("a"), S("ab")));
    assert_true(slice_equal_ignore_case(S("Content-TYPE"), S("content-type")));
    assert_false(slice_equal_ignore_case(S("a"), S("ab")));
    assert_false(slice_equal_ignore_case(S("@"), S("`"))); /* 32 apart as letters are */
    assert_false(slice_equal_ignore_case(S("\xC3\x84"), S("\xC3\xA4")));
    assert_true(slice_starts_with(S("abc"), S("ab")));
    assert_false(slice_starts_with(S("abc"), S("bc")));
    assert_true(slice_ends_with(S("abc"), S("bc")));
    assert_false(slice_ends_with(S("abc"), S("xabc")));
}

TEST(parts_are_clipped)
{
    assert_slice(slice_part(S("hecht"), 1, 3), "ech");
    assert_slice(slice_part(S("hecht"), 3, 99), "ht");
    assert_slice(slice_part(S("hecht"), 3, SIZE_MAX), "ht");
    assert_slice(slice_part(S("hecht"), 99, 1), "");
    assert_slice(slice_from(S("hecht"), 2), "cht");
    assert_slice(slice_from(S("hecht"), SIZE_MAX), "");
    assert_slice(slice_trim(S(" \t\r\n\v\f a b \n")), "a b");
    assert_slice(slice_trim(S("   ")), "");
}

TEST(things_are_found)
{
    assert_int_equal(slice_find_byte(S("abc"), 'c'), 2);
    assert_int_equal(slice_find_byte(S("abc"), 'x'), 3);
    assert_int_equal(slice_find_byte(S("a\0c"), '\0'), 1);
    assert_int_equal(slice_find(S("abcabd"), S("abd")), 3);
    assert_int_equal(slice_find(S("abc"), S("abcd")), 3);
    assert_int_equal(slice_find(S("abc"), S("")), 0);
}

TEST(take_gives_every_part)
{
    struct slice rest = none;
    struct slice part = S("untouched");
    assert_false(slice_take(&rest, ',', &part));
    assert_slice(part, "untouched");

    rest = S("");
    assert_true(slice_take(&rest, ',', &part));
    assert_slice(part, "");
    assert_false(slice_take(&rest, ',', &part));

    rest = S("a,,b,");
    static const char *const parts[] = {"a", "", "b", ""};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        assert_true(slice_take(&rest, ',', &part));
        assert_slice(part, parts[i]);
    }
    assert_false(slice_take(&rest, ',', &part));
    assert_false(slice_take(&rest, ',', &part));
}

TEST(utf8_is_checked_at_its_borders)
{
    static const char *const valid[] = {
        "\x7F",         "\xC2\x80",     "\xDF\xBF",         "\xE0\xA0\x80",     "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "Zürich",
    };
    static const char *const invalid[] = {
        "\x80",             /* a continuation alone */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xED\xBF\xBF",     /* a surrogate */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "\xE2\x82(",
        "\xE2(\xAC",
    };
    for (size_t i = 0; i < COUNT_OF(valid); i++)
        assert_true(slice_is_utf8(slice_from_text(valid[i])));
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        assert_false(slice_is_utf8(slice_from_text(invalid[i])));
        assert_false(slice_is_clean_text(slice_from_text(invalid[i]), ""));
    }
    assert_false(slice_is_utf8(slice_part(S("\xE2\x82\xAC"), 0, 2))); /* the third byte is not ours */
}

TEST(characters_are_counted)
{
    assert_int_equal(slice_count_characters(S("Zürich")), 6);
    assert_int_equal(slice_count_characters(S("\xF0\x9F\x90\x9F")), 1);
    assert_int_equal(slice_count_characters(S("a\xFF\xE2\x82")), 4);
}

TEST(control_characters_are_not_clean)
{
    assert_true(slice_is_clean_text(S("Grüße & \"quotes\""), ""));
    assert_false(slice_is_clean_text(S("a\nb"), ""));
    assert_true(slice_is_clean_text(S("a\nb\t"), "\n\t"));
    assert_false(slice_is_clean_text(S("a\rb"), "\n\t"));
    assert_false(slice_is_clean_text(S("a\0b"), ""));
    assert_false(slice_is_clean_text(S("a\0b"), "\n"));
    assert_false(slice_is_clean_text(S("\x7F"), ""));
    assert_false(slice_is_clean_text(S("\xC2\x85"), "\n")); /* U+0085, next line */
    assert_true(slice_is_clean_text(S("\xC2\xA0"), ""));    /* U+00A0, the first after C1 */
}

TEST(integers_are_strict)
{
    int64_t value = 77;
    static const char *const refused[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x10",
        "--1",
        "1-",
        "1e3",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(slice_to_integer(slice_from_text(refused[i]), INT64_MIN, INT64_MAX, &value));
    assert_false(slice_to_integer(none, INT64_MIN, INT64_MAX, &value));
    assert_false(slice_to_integer(S("1\0"), INT64_MIN, INT64_MAX, &value));
    assert_int_equal(value, 77);

    assert_true(slice_to_integer(S("9223372036854775807"), INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MAX);
    assert_true(slice_to_integer(S("-9223372036854775808"), INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
    assert_true(slice_to_integer(S("-0"), 0, 0, &value));
    assert_true(value == 0);
    assert_true(slice_to_integer(S("007"), 1, 7, &value));
    assert_true(value == 7);
    assert_false(slice_to_integer(S("8"), 1, 7, &value));
    assert_false(slice_to_integer(S("0"), 1, 7, &value));
}

TEST(reals_are_strict)
{
    double value = 77;
    static const char *const refused[] = {
        "",    "-",     ".5", "5.",  "-.5",   "+1",    " 1",    "1 ",     "1,5", "nan",
        "inf", "0x1p3", "1e", "1e+", "1e1.5", "1.2.3", "1e999", "-1e999", "1_0",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(slice_to_real(slice_from_text(refused[i]), &value));
    assert_false(slice_to_real(none, &value));
    char longest[401];
    memset(longest, '1', sizeof(longest));
    assert_false(slice_to_real(slice_from_bytes(longest, sizeof(longest)), &value));
    assert_true(value == 77);

    memset(longest, '0', sizeof(longest));
    assert_true(slice_to_real(slice_from_bytes(longest, 400), &value));
    assert_true(value == 0);
    assert_true(slice_to_real(S("-12.5e-1"), &value));
    assert_true(value == -1.25);
    assert_true(slice_to_real(S("1E+2"), &value));
    assert_true(value == 100);
    assert_true(slice_to_real(slice_part(S("1.59"), 0, 3), &value)); /* reads no further than the slice */
    assert_true(value == 1.5);
    assert_true(slice_to_real(S("1.7976931348623157e308"), &value));
    assert_true(value == DBL_MAX);
    assert_true(slice_to_real(S("1e-999"), &value));
    assert_true(value == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_slices_are_safe),  cmocka_unit_test(slices_compare_by_bytes),
        cmocka_unit_test(parts_are_clipped),      cmocka_unit_test(things_are_found),
        cmocka_unit_test(take_gives_every_part),  cmocka_unit_test(utf8_is_checked_at_its_borders),
        cmocka_unit_test(characters_are_counted), cmocka_unit_test(control_characters_are_not_clean),
        cmocka_unit_test(integers_are_strict),    cmocka_unit_test(reals_are_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
