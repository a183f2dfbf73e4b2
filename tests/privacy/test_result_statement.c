#include "check.h"

#include "privacy/result_statement.h"

#include <math.h>

static struct result_statement sample(void)
{
    struct result_statement s = {
        .items = {{.id = S("promise"), .kind = RESULT_HIDDEN, .reason = S("words-only")},
                  {.id = S("q1"), .kind = RESULT_COUNTS, .counts = {0, 2, 3, 5, 0}, .options = 5},
                  {.id = S("q2"), .kind = RESULT_CLOSED}},
        .item_count = 3,
        .constructs = {{.id = S("trust"),
                        .kind = RESULT_MEAN,
                        .millionths = 3050000,
                        .items = {S("q1"), S("q2")},
                        .reversed = {false, true},
                        .item_count = 2,
                        .n = 10},
                       {.id = S("trust-scale"), .kind = RESULT_HIDDEN, .reason = S("mostly-low")}},
        .construct_count = 2,
    };
    memset(s.rid, 0xab, sizeof s.rid);
    return s;
}

static struct slice written(const struct result_statement *statement, struct region *region)
{
    struct error error = {0};
    struct slice bytes = {0};
    assert_ok(result_statement_write(statement, region, &error, &bytes));
    return bytes;
}

TEST(the_text_is_as_documented)
{
    TEST_REGION(region);
    struct result_statement statement = sample();
    assert_same(written(&statement, region),
                S("hecht-result-v1\n"
                  "rid abababababababababababababababababababababababababababababababab\n"
                  "item promise hidden words-only\n"
                  "item q1 counts 0 2 3 5 0\n"
                  "item q2 closed\n"
                  "construct trust mean 3.050000 n 10 from q1 -q2\n"
                  "construct trust-scale hidden mostly-low\n"));
}

TEST(statements_go_there_and_back)
{
    TEST_REGION(region);
    struct error error = {0};
    struct result_statement statement = sample(), read;
    struct slice bytes = written(&statement, region);
    assert_ok(result_statement_read(bytes, region, &error, &read));
    assert_int_equal(read.item_count, 3);
    assert_int_equal(read.items[1].counts[3], 5);
    assert_int_equal(read.items[2].kind, RESULT_CLOSED);
    assert_true(read.constructs[0].reversed[1]);
    assert_int_equal(read.constructs[0].n, 10);
    statement.constructs[0].n = -1;
    struct slice withheld = written(&statement, region);
    assert_true(slice_find(withheld, S(" n withheld from ")) < withheld.length);
    assert_ok(result_statement_read(withheld, region, &error, &read));
    assert_int_equal(read.constructs[0].n, -1);
    statement = sample();
    assert_ok(result_statement_read(bytes, region, &error, &read));
    assert_same(written(&read, region), bytes);
}

TEST(what_does_not_fit_is_not_written)
{
    TEST_REGION(region);
    struct error error = {0};
    struct slice bytes;
    struct result_statement wrong[14];
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i] = sample();
    wrong[0].item_count = 0;
    wrong[1].items[0].id = S("A");
    wrong[2].items[0].reason = S("");
    wrong[3].items[0].kind = (enum result_kind)0;
    wrong[4].items[1].options = 1;
    wrong[5].items[1].options = 10;
    wrong[6].items[1].counts[0] = -1;
    wrong[7].constructs[0].millionths = 999999;
    wrong[8].constructs[0].millionths = 9000001;
    wrong[9].constructs[0].item_count = 0;
    wrong[10].constructs[0].items[0] = S("-q1");
    wrong[11].constructs[0].kind = RESULT_COUNTS;
    wrong[12].constructs[0].n = -2;
    wrong[13].constructs[1].n = 1000001;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(result_statement_write(&wrong[i], region, &error, &bytes), ERROR_INPUT);
}

TEST(damaged_statements_are_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct result_statement statement = sample(), read;
    struct slice bytes = written(&statement, region);
    for (size_t i = 0; i < bytes.length; i++) {
        char copy[1024];
        memcpy(copy, bytes.data, bytes.length);
        copy[i] = '+';
        assert_int_equal(result_statement_read(slice_from_bytes(copy, bytes.length), region, &error, &read),
                         ERROR_INPUT);
    }
    static const char *const refused[] = {
        "",
        "item q1 counts\n",
        "item q1 counts 1\n",
        "item q1 counts 1 2 \n",
        "item q1 counts 01 2\n",
        "item q1 counts 1 2 3 4 5 6 7 8 9 10\n",
        "item q1 closed \n",
        "item q1 mean 3.500000\n",
        "item q1 hidden too-few\nconstruct c mean 3.5 n 9 from q1\n",
        "item q1 hidden too-few\nconstruct c mean 3.5000000 n 9 from q1\n",
        "item q1 hidden too-few \n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 n 9 from\n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 n 9 from q1 \n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 n 9 from --q1\n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 n -1 from q1\n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 from q1\n",
        "item q1 hidden too-few\nconstruct c mean 3.500000 n 9 from q1\nitem q2 hidden too-few\n",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct slice text = region_format(
            region,
            "hecht-result-v1\nrid abababababababababababababababababababababababababababababababab\n%s",
            refused[i]);
        if (result_statement_read(text, region, &error, &read) == OK) {
            print_error("taken: %s\n", refused[i]);
            fail();
        }
    }
}

TEST(means_follow_from_counts)
{
    struct result_statement statement = sample();
    assert_true(fabs(result_counts_mean(&statement.items[1]) - 3.3) < 1e-12);
    struct result_item none = {.options = 5};
    assert_true(isnan(result_counts_mean(&none)));
    assert_int_equal(result_millionths(25.0 / 7.0), 3571429);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_as_documented),        cmocka_unit_test(statements_go_there_and_back),
        cmocka_unit_test(what_does_not_fit_is_not_written), cmocka_unit_test(damaged_statements_are_refused),
        cmocka_unit_test(means_follow_from_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
