#include "fixture.h"

#include "table/wording.h"

static void check(struct slice text, size_t room, const char *expected)
{
    char to[100];
    memset(to, 'z', sizeof to);
    assert_string_equal(wording_text(text, to, room), expected);
    assert_true(strlen(to) < room);
    assert_true(to[room] == 'z');
}

TEST(texts_become_readable)
{
    check(S(""), 8, "");
    check((struct slice){0}, 8, "");
    check(S("1234567"), 8, "1234567");
    check(S("12345678"), 8, "1234...");
    check(S("\0a\xFF\n"), 20, "\\x00a\\xFF\\x0A");
    check(S("\0\0"), 8, "\\x00...");
    check(S("ééé"), 8, "ééé");
    check(S("éééé"), 8, "éé...");
    check(S("\xC3"), 8, "\\xC3");
}

TEST(paths_keep_their_end)
{
    char to[16];
    assert_string_equal(wording_path("a/b.csv", to, sizeof to), "a/b.csv");
    assert_string_equal(wording_path("/a/very/long/way/to/b.csv", to, sizeof to), "...way/to/b.csv");
    assert_true(strlen(to) < sizeof to);
}

static const char *nearest(const char *text)
{
    static const struct slice names[] = {S("team"), S("AF06"), S("af07"), S("trust"), S("")};
    size_t found = wording_nearest(slice_from_text(text), names, COUNT_OF(names));
    assert_true(found < COUNT_OF(names));
    return names[found].data;
}

TEST(the_nearest_name)
{
    assert_string_equal(nearest("tema"), "team");
    assert_string_equal(nearest("AF07"), "af07");
    assert_string_equal(nearest("af06"), "AF06");
    assert_string_equal(nearest("rtust"), "trust");
    assert_string_equal(nearest("truts!"), "trust");
    assert_string_equal(nearest(""), "");
    assert_int_equal(wording_nearest(S("x"), NULL, 0), 0);
    char long_name[500];
    memset(long_name, 'x', sizeof long_name);
    const struct slice long_names[] = {{long_name, 499}, {long_name, 500}};
    assert_int_equal(wording_nearest(long_names[0], long_names, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_become_readable),
                                       cmocka_unit_test(paths_keep_their_end),
                                       cmocka_unit_test(the_nearest_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
