#include "fixture.h"

#include "table/number.h"

#include <math.h>

static double parsed(const char *text, char mark)
{
    double value = -12345;
    char found;
    if (!number_parse(slice_from_text(text), mark, &value, &found))
        fail_msg("%s is no number", text);
    return value;
}

TEST(numbers)
{
    assert_true(parsed("0", '.') == 0 && parsed("-0", '.') == 0 && signbit(parsed("-0", '.')));
    assert_true(parsed("1.5", '.') == 1.5 && parsed("1,5", ',') == 1.5 && parsed("1,5", 0) == 1.5);
    assert_true(parsed("+.5", '.') == .5 && parsed("5.", '.') == 5 && parsed("-.5e1", '.') == -5);
    assert_true(parsed("1e-400", '.') == 0 && parsed("1E+3", '.') == 1000);
    assert_true(parsed("0000000000000000000000000000012", '.') == 12);
    assert_true(parsed("9007199254740993", '.') == 9007199254740992); /* a tie goes to the even neighbour */
    assert_true(parsed("9007199254740993.0000000001", '.') == 9007199254740994);
    assert_true(parsed("18446744073709551615", '.') == 18446744073709551616.0);
    assert_true(parsed("0.1", '.') == 0.1 && parsed("179769313486231570e291", '.') == 1.7976931348623157e308);
}

TEST(no_numbers)
{
    static const char *const texts[] = {"",      "+",   "-",    ".",   "e1",  "1e",  "1e+",  "1.2.3",
                                        "1,5",   " 1",  "1 ",   "0x1", "inf", "nan", "1e1.", "--1",
                                        "1e999", "1_0", "1e5x", "+-1", ".e1", "1d5"};
    double value = 7;
    char mark = 'm';
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (number_parse(slice_from_text(texts[i]), '.', &value, &mark))
            fail_msg("%s is a number", texts[i]);
    char long_text[400];
    memset(long_text, '1', sizeof long_text);
    assert_false(number_parse((struct slice){long_text, 301}, '.', &value, &mark));
    assert_true(value == 7 && mark == 'm');
}

TEST(the_mark_is_told)
{
    double value;
    char mark;
    assert_true(number_parse(S("1"), 0, &value, &mark) && mark == 0);
    assert_true(number_parse(S("1."), 0, &value, &mark) && mark == '.');
    assert_true(number_parse(S(",1e2"), 0, &value, &mark) && mark == ',');
    assert_false(number_parse(S("1.000,5"), 0, &value, &mark));
}

/* Digits of random length around a point, against the C library, to the last bit. */
TEST(every_number_is_the_nearest)
{
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 300000; i++) {
        char text[64];
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint64_t number = seed >> (seed % 61);
        int length = snprintf(text, sizeof text, "%" PRIu64, number);
        int places = (int)((seed >> 20) % (uint64_t)length);
        if (places > 0) {
            memmove(text + length - places + 1, text + length - places, (size_t)places + 1);
            text[length - places] = '.';
        }
        double expected, value = parsed(text, '.');
        assert_true(slice_to_real(slice_from_text(text), &expected));
        if (memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("%s: %.17g is not %.17g", text, value, expected);
    }
}

/* Numbers half way between two doubles, and just beside: the hardest there are. */
TEST(ties)
{
    for (uint64_t odd = ((uint64_t)1 << 53) + 1; odd < ((uint64_t)1 << 53) + 2000; odd += 2)
        for (unsigned places = 0; places <= 3; places++) {
            char text[64];
            double expected;
            uint64_t scaled = odd * 1000 / 8; /* has bits behind the last one of a double */
            for (int beside = -1; beside <= 1; beside++) {
                uint64_t number = scaled + (uint64_t)beside;
                snprintf(text, sizeof text, "%" PRIu64 "e-%u", number, places);
                assert_true(slice_to_real(slice_from_text(text), &expected));
                assert_true(number_scale(number, places) == expected);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(no_numbers),
        cmocka_unit_test(the_mark_is_told),
        cmocka_unit_test(every_number_is_the_nearest),
        cmocka_unit_test(ties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
