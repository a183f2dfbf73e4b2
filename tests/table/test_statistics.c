/* Files of SPSS (plain, compressed, ZSAV) and Stata (old and new). */
#include "fixture.h"

#include "statistics_writer.h"

#include <unistd.h>

static const struct table_options NONE;
static const enum written_format FORMATS[] = {WRITTEN_SAV, WRITTEN_SAV_ROWS, WRITTEN_ZSAV, WRITTEN_DTA_OLD,
                                              WRITTEN_DTA};

static char *make_statistics(enum written_format format, int rows)
{
    struct buffer out = BUFFER(1 << 24);
    write_statistics(&out, format, rows);
    assert_false(out.failed);
    char *path = make_file(buffer_slice(&out));
    buffer_free(&out);
    return path;
}

static void check(enum written_format format, int rows, const struct table_options *options,
                  const struct ask *asks, size_t count, const char *expected)
{
    char *path = make_statistics(format, rows), *text = read_path(path, options, asks, count);
    if (strcmp(text, expected) != 0)
        print_error("format %d\n", (int)format);
    assert_string_equal(text, expected);
    free(text);
    unlink(path);
    free(path);
}

/* What is missing in the ways of the program is missing; labels are not used. */
TEST(values_of_all_kinds)
{
    static const char expected[] =
        "1: t0|1|0.25|1000\n2: t0|2|1.25|1001\n3: t0|3|2.25|1002\n4: t1|4|3.25|1003\n"
        "5: t1|5|4.25|1004\n6: t1|1|5.25|1005\n7: t2|2|6.25|1006\n8: t2|-|7.25|1007\n"
        "9: t2|-|8.25|1008\n10: -|5|9.25|1009\n11: t3|1|10.25|1010\n";
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++)
        check(FORMATS[f], 11, &NONE, ASKS(TEXT("team"), RANGE("i1", 1, 5), NUMBER("x"), NUMBER("n")),
              expected);
}

TEST(texts_of_numbers_are_the_numbers)
{
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++)
        check(
            FORMATS[f], 8, &NONE,
            ASKS(TEXT("i1"), NUMBER("i1"), TEXT("x"), TEXT("f"), TEXT("n"), TEXT("wide")),
            "1: 1|1|0.25|0.1|1000|-\n2: 2|2|1.25|0.1|1001|w\n3: 3|3|2.25|0.1|1002|ww\n4: 4|4|3.25|0.1|1003|www\n"
            "5: 5|5|4.25|0.1|1004|wwww\n6: 1|1|5.25|0.1|1005|wwwww\n7: 2|2|6.25|0.1|1006|wwwwww\n"
            "8: -|-|7.25|0.1|1007|wwwwwww\n");
}

TEST(no_rows)
{
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++)
        check(FORMATS[f], 0, &NONE, ASKS(NUMBER("i1")), "");
}

TEST(missing_texts_count_for_numbers)
{
    const struct slice texts[] = {S("3"), S("t1"), S("x")};
    const struct table_options options = {.missing = texts, .missing_count = COUNT_OF(texts)};
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++)
        check(FORMATS[f], 4, &options, ASKS(NUMBER("i1"), TEXT("i1"), TEXT("team")),
              "1: 1|1|t0\n2: 2|2|t0\n3: -|-|t0\n4: 4|4|-\n");
}

TEST(errors_name_their_place)
{
    const struct table_options skip = {.skip_bad = true};
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
        check(FORMATS[f], 9, &NONE, ASKS(NUMBER("i2")),
              "error unknown-column: FILE has no column \"i2\"; the nearest name is \"i1\"");
        check(FORMATS[f], 9, &NONE, ASKS(RANGE("i1", 1, 3)),
              "error table-range: FILE: row 4, column i1: expected a number from 1 to 3, found \"4\"");
        check(FORMATS[f], 9, &NONE, ASKS(NUMBER("x"), NUMBER("team")),
              "error table-number: FILE: row 1, column team: expected a number, found \"t0\"");
        check(FORMATS[f], 5, &skip, ASKS(RANGE("i1", 1, 3), NUMBER("x")),
              "1: 1|0.25\n2: 2|1.25\n3: 3|2.25\nleft out 2\n"
              "4: column i1: expected a number from 1 to 3, found \"4\"\n"
              "5: column i1: expected a number from 1 to 3, found \"5\"\n");
    }
}

static enum error_code add_up(void *context, int thread, const struct table_block *block, struct error *error)
{
    double *sums = context;
    (void)error;
    assert_int_equal(thread, 0);
    for (size_t row = 0; row < block->rows; row++) {
        sums[0] += 1;
        sums[1] += (double)block->columns[1].texts[row].length;
        sums[2] += block->columns[0].numbers[row];
    }
    return OK;
}

TEST(many_rows)
{
    enum { ROWS = 20000 };
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
        char *path = make_statistics(FORMATS[f], ROWS);
        const struct table_wanted wanted[] = {{2, TABLE_NUMBER, false, 0, 0}, {4, TABLE_TEXT, false, 0, 0}};
        double sums[3] = {0}, letters = 0;
        struct table *table;
        struct table_counts counts;
        assert_int_equal(table_open(path, &(struct table_options){.threads = 2}, NULL, &table), OK);
        assert_int_equal(table_column_count(table), 6);
        assert_int_equal(table_read(table, wanted, 2, add_up, sums, NULL, &counts), OK);
        table_close(table);
        for (int row = 0; row < ROWS; row++)
            letters += row % statistics_width(FORMATS[f]);
        assert_int_equal(counts.rows, ROWS);
        assert_true(sums[0] == ROWS && sums[1] == letters);
        assert_true(sums[2] == ROWS * .25 + (double)ROWS * (ROWS - 1) / 2);
        unlink(path);
        free(path);
    }
}

TEST(nothing_wanted_counts_rows)
{
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
        char *path = make_statistics(FORMATS[f], 7), *text = read_path(path, &NONE, NULL, 0);
        assert_string_equal(text, "1: \n2: \n3: \n4: \n5: \n6: \n7: \n");
        free(text);
        unlink(path);
        free(path);
    }
}

TEST(broken_files)
{
    for (size_t f = 0; f < COUNT_OF(FORMATS); f++) {
        struct buffer out = BUFFER(1 << 24);
        write_statistics(&out, FORMATS[f], 200);
        for (size_t length = 12; length < out.length; length += 1 + length / 16) {
            char *text = read_text((struct slice){out.data, length}, &NONE, ASKS(NUMBER("x"), TEXT("wide")));
            if (!slice_starts_with(slice_from_text(text), S("error table-format: FILE")) &&
                !slice_starts_with(slice_from_text(text), S("error table-empty: FILE")))
                fail_msg("format %d cut to %zu bytes: %.100s", (int)FORMATS[f], length, text);
            free(text);
        }
        buffer_free(&out);
    }
}

TEST(not_through_a_pipe)
{
    int ends[2], before = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "$FL2@(#)", 8), 8);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    char *text = read_path("-", &NONE, NULL, 0);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
    assert_string_equal(
        text, "error table-format: standard input: a file of SPSS or Stata cannot come through a pipe; "
              "give the file itself");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_all_kinds),
        cmocka_unit_test(texts_of_numbers_are_the_numbers),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(missing_texts_count_for_numbers),
        cmocka_unit_test(errors_name_their_place),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(nothing_wanted_counts_rows),
        cmocka_unit_test(broken_files),
        cmocka_unit_test(not_through_a_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
