#include "fixture.h"

static const struct table_options NONE;

TEST(a_header_alone_has_no_rows)
{
    check_text(S("a"), NONE, ASKS(NUMBER("a")), "");
    check_text(S("a,b\n"), NONE, ASKS(NUMBER("b")), "");
    check_text(S("\xEF\xBB\xBF\r\n\n\"a\",b\r\n\r\n\n"), NONE, ASKS(TEXT("a")), "");
}

TEST(numbers_and_texts)
{
    check_text(S("team,a,b,c\nx,1,2,3\ny,4,5,6\n"), NONE, ASKS(NUMBER("c"), TEXT("team"), NUMBER("a")),
               "2: 3|x|1\n3: 6|y|4\n");
    check_text(S("a,b\n1.5,-2\n+.5,3.\n1e2,-1.5E-1\n  7\t, 254\n255,0.0\n"), NONE,
               ASKS(NUMBER("a"), NUMBER("b")),
               "2: 1.5|-2\n3: 0.5|3\n4: 100|-0.14999999999999999\n5: 7|254\n6: 255|0\n");
    check_text(S("a,b\n1,10\n"), NONE,
               ASKS(TEXT("b"), NUMBER("b"), RANGE("b", 0, 10), RANGE("b", 10, 12), TEXT("b")),
               "2: 10|10|10|10|10\n");
}

static enum error_code add_rows(void *context, int thread, const struct table_block *block,
                                struct error *error)
{
    int64_t *rows = context;
    (void)thread;
    (void)error;
    *rows += (int64_t)block->rows;
    return OK;
}

TEST(nothing_wanted_counts_rows)
{
    char *path = make_file(S("a,b\n1,2\n3,4\n"));
    struct table_options options = NONE;
    struct table *table;
    struct table_counts counts;
    int64_t rows = 0;
    assert_int_equal(table_open(path, &options, NULL, &table), OK);
    assert_int_equal(table_column_count(table), 2);
    assert_true(slice_equal(table_column_name(table, 1), S("b")));
    assert_int_equal(table_read(table, NULL, 0, add_rows, &rows, NULL, &counts), OK);
    assert_int_equal(rows, 2);
    assert_int_equal(counts.rows, 2);
    table_close(table);
    remove(path);
    free(path);
}

TEST(no_value)
{
    check_text(S("a,b\n,NA\n NA ,\n\"\",\"NA\"\n\"  \", \n1,2\n"), NONE, ASKS(NUMBER("a"), TEXT("b")),
               "2: -|-\n3: -|-\n4: -|-\n5: -|-\n6: 1|2\n");
    const struct slice texts[] = {S("-99"), S("."), S("9"), S("nan"), S(" geen ")};
    const struct table_options options = {.missing = texts, .missing_count = COUNT_OF(texts)};
    check_text(S("a,b\n-99,.\n9,nan\n5,geen\ngeen,-9\n8,9\n8,10\n"), options,
               ASKS(RANGE("a", 1, 9), TEXT("b")), "2: -|-\n3: -|-\n4: 5|-\n5: -|-9\n6: 8|-\n7: 8|10\n");
    const struct slice five[] = {S("5")};
    const struct table_options middle = {.missing = five, .missing_count = 1};
    check_text(S("a,b\n4,5\n5,6\n6,7\n"), middle, ASKS(NUMBER("a"), NUMBER("b")), "2: 4|-\n3: -|6\n4: 6|7\n");
}

TEST(a_column_may_change_its_kind)
{
    /* Codes, then a decimal, then no value, then codes: all of one block. */
    check_text(S("a,b\n1,1\n2,1\n2.5,1\nNA,1\n3,1\n-1,1\n300,1\n0,1\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")),
               "2: 1|1\n3: 2|1\n4: 2.5|1\n5: -|1\n6: 3|1\n7: -1|1\n8: 300|1\n9: 0|1\n");
}

TEST(quotes_hold_anything)
{
    check_text(S("id,\"the \"\"x\"\", y\",b\n1,\"a,\"\"b\"\"\n\nc\",\"2\"\n2,\"\"\"\",\"3\"\n3,x y,4\n"),
               NONE, ASKS(NUMBER("id"), TEXT("the \"x\", y"), NUMBER("b")),
               "2: 1|a,\"b\"\n\nc|2\n3: 2|\"|3\n4: 3|x y|4\n");
    check_text(S("a,b,c\n\"x\"\"\",2,\"z\nz\"\n\"\",3,\"\"\n\",\",4,\n"), NONE, ASKS(NUMBER("b")),
               "2: 2\n3: 3\n4: 4\n"); /* also where columns are passed over */
}

TEST(line_breaks)
{
    check_text(S("a,b\r\n1,2\r\n3,4\r\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")), "2: 1|2\n3: 3|4\n");
    check_text(S("a,b\r\n1,2\n3,4\r\n5,6"), NONE, ASKS(NUMBER("a"), NUMBER("b")), "2: 1|2\n3: 3|4\n4: 5|6\n");
    check_text(S("a,b\n1,2\r\n3,4\r"), NONE, ASKS(NUMBER("a"), TEXT("b")), "2: 1|2\n3: 3|4\n");
    check_text(S("\n\na\n\n1\n\r\n\n2\n\n"), NONE, ASKS(NUMBER("a")), "2: 1\n3: 2\n");
    check_text(S("a\n\"\"\n1\n"), NONE, ASKS(NUMBER("a")), "2: -\n3: 1\n"); /* no blank line */
}

TEST(delimiters_are_recognised)
{
    check_text(S("a;b,c;d\n1;2;3\n"), NONE, ASKS(NUMBER("a"), NUMBER("b,c")), "2: 1|2\n");
    check_text(S("a\tb\n1\t2\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")), "2: 1|2\n");
    check_text(S("a\tb\n\tx\n 1 \t\n"), NONE, ASKS(NUMBER("a"), TEXT("b")), "2: -|x\n3: 1|-\n");
    check_text(S("\"a,b,c\";d\n1;2\n"), NONE, ASKS(NUMBER("d")), "2: 2\n");
    const struct table_options bar = {.delimiter = '|'};
    check_text(S("a|b;c;d\n1|2\n"), bar, ASKS(NUMBER("b;c;d")), "2: 2\n");
}

TEST(decimal_marks)
{
    check_text(S("a;b\n1,5;2\n3;,25\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")), "2: 1.5|2\n3: 3|0.25\n");
    check_text(S("a;b\n1.5;2\n3;.25\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")), "2: 1.5|2\n3: 3|0.25\n");
    check_text(S("a\tb\n1,5\t2\n"), NONE, ASKS(NUMBER("a")), "2: 1.5\n");
    /* Only what is wanted as a number counts. */
    check_text(S("a;b;c\n1,5;2.5;3.5\n"), NONE, ASKS(NUMBER("a"), TEXT("b")), "2: 1.5|2.5\n");
    const struct table_options comma = {.decimal = ','};
    check_text(S("a,b\n\"1,5\",2\n"), comma, ASKS(NUMBER("a"), NUMBER("b")), "2: 1.5|2\n");
}

TEST(not_only_ascii)
{
    check_text(S("groep,é\nZürich,1\n\"日本\",2\nplain,3\n"), NONE, ASKS(TEXT("groep"), NUMBER("é")),
               "2: Zürich|1\n3: 日本|2\n4: plain|3\n");
}

TEST(bad_rows_may_be_left_out)
{
    const struct table_options skip = {.skip_bad = true};
    check_text(
        S("g,a,b\nx,1,2\ny,7,3\nz,1\nv,1,2,3\nw,x,5\n\nu,5,2.5\nt,\"1\"x,2\ns,1,2\n"), skip,
        ASKS(TEXT("g"), RANGE("a", 1, 5), NUMBER("b")),
        "2: x|1|2\n7: u|5|2.5\n9: s|1|2\nleft out 5\n"
        "3: column a: expected a number from 1 to 5, found \"7\"\n"
        "4: 2 fields, the header has 3\n"
        "5: 4 fields, the header has 3 (a number with a decimal comma must be in quotes where fields end at "
        "commas)\n"
        "6: column a: expected a number from 1 to 5, found \"x\"\n"
        "8: column a: text behind a closing quote; a delimiter was expected\n");
    /* What a row that is left out wrote does not stay behind. */
    check_text(S("a,b\n1.5,x\n,2\n"), skip, ASKS(NUMBER("a"), NUMBER("b")),
               "3: -|2\nleft out 1\n2: column b: expected a number, found \"x\"\n");
}

TEST(ten_bad_rows_are_told)
{
    struct buffer text = BUFFER(1 << 16), expected = BUFFER(1 << 16);
    buffer_append_text(&text, "a\n1\n");
    buffer_append_text(&expected, "2: 1\nleft out 40\n");
    for (int i = 0; i < 40; i++)
        buffer_append_text(&text, "x\n");
    for (int i = 0; i < TABLE_BAD_SHOWN; i++)
        buffer_format(&expected, "%d: column a: expected a number, found \"x\"\n", i + 3);
    buffer_append_byte(&expected, '\0');
    check_text(buffer_slice(&text), (struct table_options){.skip_bad = true}, ASKS(NUMBER("a")),
               expected.data);
    buffer_free(&text);
    buffer_free(&expected);
}

static void note_progress(void *context, int64_t bytes, int64_t total)
{
    int64_t *seen = context;
    assert_true(bytes >= seen[0]);
    assert_int_equal(total, 54);
    seen[0] = bytes;
}

TEST(progress_goes_to_the_end)
{
    int64_t seen = 0;
    const struct table_options options = {
        .threads = 2, .progress = note_progress, .progress_context = &seen, .piece_bytes = 16};
    char *text = read_text(S("a,b\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n12,34\n"), &options,
                           ASKS(NUMBER("b")));
    free(text);
    assert_int_equal(seen, 54);
}

static enum error_code refuse(void *context, int thread, const struct table_block *block, struct error *error)
{
    (void)context;
    (void)thread;
    return FAIL(error, ERROR_CONFLICT, "enough", "row %zu is enough", block->rows);
}

TEST(the_sink_may_end_the_reading)
{
    char *path = make_file(S("a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n"));
    for (int threads = 1; threads < 4; threads++) {
        const struct table_options options = {.threads = threads, .piece_bytes = 16};
        const struct table_wanted wanted = {.kind = TABLE_NUMBER};
        struct table *table;
        struct table_counts counts = {.rows = -1};
        struct error error = {0};
        assert_int_equal(table_open(path, &options, NULL, &table), OK);
        assert_int_equal(table_read(table, &wanted, 1, refuse, NULL, &error, &counts), ERROR_CONFLICT);
        assert_string_equal(error.reason, "enough");
        assert_int_equal(counts.rows, -1);
        assert_int_equal(table_read(table, &wanted, 1, refuse, NULL, &error, &counts), ERROR_INTERNAL);
        table_close(table);
    }
    remove(path);
    free(path);
}

TEST(whole_columns)
{
    char *path = make_file(S("g;a\nx;1,5\n\ny;\n;2\n"));
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    const struct table_options options = {.threads = 4, .piece_bytes = 16};
    const struct table_wanted wanted[] = {{0, TABLE_TEXT, false, 0, 0}, {1, TABLE_NUMBER, false, 0, 0}};
    struct table *table;
    struct table_values values;
    struct table_counts counts;
    assert_int_equal(table_open(path, &options, NULL, &table), OK);
    assert_int_equal(table_load(table, wanted, 2, region, NULL, &values, &counts), OK);
    table_close(table);
    assert_int_equal(values.rows, 3);
    assert_int_equal(values.row_numbers[2], 4);
    assert_null(values.numbers[0]);
    assert_null(values.texts[1]);
    assert_true(slice_equal(values.texts[0][1], S("y")));
    assert_int_equal(values.texts[0][2].length, 0);
    assert_true(values.numbers[1][0] == 1.5 && __builtin_isnan(values.numbers[1][1]) &&
                values.numbers[1][2] == 2);
    CLEANUP(region_cleanup) struct region *small = region_new(40);
    struct error error = {0};
    assert_int_equal(table_open(path, &options, NULL, &table), OK);
    assert_int_equal(table_load(table, wanted, 2, small, &error, &values, &counts), ERROR_LIMIT);
    table_close(table);
    remove(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_alone_has_no_rows),
        cmocka_unit_test(numbers_and_texts),
        cmocka_unit_test(nothing_wanted_counts_rows),
        cmocka_unit_test(no_value),
        cmocka_unit_test(a_column_may_change_its_kind),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(line_breaks),
        cmocka_unit_test(delimiters_are_recognised),
        cmocka_unit_test(decimal_marks),
        cmocka_unit_test(not_only_ascii),
        cmocka_unit_test(bad_rows_may_be_left_out),
        cmocka_unit_test(ten_bad_rows_are_told),
        cmocka_unit_test(progress_goes_to_the_end),
        cmocka_unit_test(the_sink_may_end_the_reading),
        cmocka_unit_test(whole_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
