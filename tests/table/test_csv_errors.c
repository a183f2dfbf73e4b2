#include "fixture.h"

static const struct table_options NONE;

static enum error_code ignore(void *context, int thread, const struct table_block *block, struct error *error)
{
    (void)context;
    (void)thread;
    (void)block;
    (void)error;
    return OK;
}

TEST(nothing_is_empty)
{
    static const char expected[] =
        "error table-empty: FILE is empty: a header with the names of columns was expected in row 1";
    const struct slice texts[] = {S(""), S("\n"), S("\r\n\r\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"),
                                  S("\xEF\xBB\xBF"), S("\xEF\xBB\xBF\n")};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        check_text(texts[i], NONE, ASKS(NUMBER("a")), expected);
}

TEST(columns_are_found_by_name)
{
    check_text(S("team,AF06,AF07\n"), NONE, ASKS(NUMBER("AF8")),
               "error unknown-column: FILE has no column \"AF8\"; the nearest name is \"AF06\"");
    check_text(S("team,AF06,AF07\n"), NONE, ASKS(NUMBER("Team")),
               "error unknown-column: FILE has no column \"Team\"; the nearest name is \"team\"");
    check_text(S("a,b,a\n1,2,3\n"), NONE, ASKS(NUMBER("a")),
               "error duplicate-column: FILE: the name \"a\" stands twice in the header, as columns 1 and 3");
    check_text(S("a,b,a\n1,2,3\n"), NONE, ASKS(NUMBER("b")), "2: 2\n"); /* nobody asked */
}

TEST(headers)
{
    check_text(S("a,b\"c\n1,2\n"), NONE, ASKS(NUMBER("a")),
               "error table-header: FILE: row 1, column 2: a quote inside an unquoted field");
    check_text(S("a,M\xFCller\n1,2\n"), NONE, ASKS(NUMBER("a")),
               "error table-header: FILE: row 1, column 2: the name of a column is not UTF-8");
    check_text(S("a,b\0\n1,2\n"), NONE, ASKS(NUMBER("a")),
               "error table-header: FILE: row 1, column 2: a NUL byte in the name of a column");
    check_text(S("a,\"b\n1,2\n"), NONE, ASKS(NUMBER("a")),
               "error table-header: FILE: row 1, column 2: a quote is not closed");
    check_text(S("a\rb\rc"), NONE, ASKS(NUMBER("a")),
               "error table-header: FILE: row 1, column 1: a carriage return without a line feed");
}

TEST(rows_have_the_header_s_fields)
{
    check_text(S("a,b\n1,2\n1\n"), NONE, ASKS(NUMBER("a")),
               "error table-ragged: FILE: row 3: 1 field, the header has 2");
    check_text(S("a;b\n1;2\n1;2;3\n"), NONE, ASKS(NUMBER("a")),
               "error table-ragged: FILE: row 3: 3 fields, the header has 2");
    check_text(
        S("a,b\n1,5,2\n"), NONE, ASKS(NUMBER("b")),
        "error table-ragged: FILE: row 2: 3 fields, the header has 2 (a number with a decimal comma must be in "
        "quotes where fields end at commas)");
    check_text(S("a,b,c,d,e,f,g,h,i,j\n1,2,3,4,5,6,7,8,9,1\n1,2,3,4,5,6,7,8,9\n1,2,3,4,5,6,7,8,9,1\n"), NONE,
               ASKS(NUMBER("a"), NUMBER("b"), NUMBER("c"), NUMBER("d"), NUMBER("e"), NUMBER("f"), NUMBER("g"),
                    NUMBER("h"), NUMBER("i"), NUMBER("j")),
               "error table-ragged: FILE: row 3: 9 fields, the header has 10");
}

TEST(numbers_are_numbers)
{
    check_text(S("g,a\nx,1\ny,yes\n"), NONE, ASKS(NUMBER("a")),
               "error table-number: FILE: row 3, column a: expected a number, found \"yes\"");
    static const char *const words[] = {"0x10",  "inf", "nan",   "NaN", "1e", "1 2", "--1",
                                        "1e999", ".",   "1.2.3", "-",   "e5", "1d3"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char text[80], expected[160];
        snprintf(text, sizeof text, "a,b\n1,%s\n", words[i]);
        snprintf(expected, sizeof expected,
                 "error table-number: FILE: row 2, column b: expected a number, found \"%s\"", words[i]);
        check_text(slice_from_text(text), NONE, ASKS(NUMBER("b")), expected);
    }
    check_text(
        S("a,b\n1,\"2,5\"\n"), NONE, ASKS(NUMBER("b")),
        "error table-number: FILE: row 2, column b: expected a number, found \"2,5\" (is it a decimal comma? the "
        "mark here is a point)");
    check_text(
        S("a;b\n1;2.5\n"), (struct table_options){.decimal = ','}, ASKS(NUMBER("b")),
        "error table-number: FILE: row 2, column b: expected a number, found \"2.5\" (is it a decimal point? the "
        "mark here is a comma)");
    check_text(S("a,\"\"\n1,x\n"), NONE, ASKS(NUMBER("")),
               "error table-number: FILE: row 2, column 2: expected a number, found \"x\"");
}

TEST(numbers_are_in_bounds)
{
    static const char *const words[] = {"0", "6", "-1", "5.01", "55", "1e1"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char text[80], expected[160];
        snprintf(text, sizeof text, "a,b\n1,5\n%s,1\n", words[i]);
        snprintf(expected, sizeof expected,
                 "error table-range: FILE: row 3, column a: expected a number from 1 to 5, found \"%s\"",
                 words[i]);
        check_text(slice_from_text(text), NONE, ASKS(RANGE("a", 1, 5), RANGE("b", 1, 5)), expected);
    }
    check_text(S("a\n2\n"), NONE, ASKS(RANGE("a", 2.5, 2.75)),
               "error table-range: FILE: row 2, column a: expected a number from 2.5 to 2.75, found \"2\"");
}

TEST(decimal_marks_do_not_change)
{
    check_text(
        S("a;b\n1,5;2\n3;4\n1;2.5\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")),
        "error table-decimal: FILE: row 4, column b: expected a decimal comma as in row 2, found \"2.5\"");
    check_text(
        S("a;b\n1.5;2,5\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")),
        "error table-decimal: FILE: row 2, column b: expected a decimal point as in row 2, found \"2,5\"");
    check_text(
        S("a;b\n1.5;2\n1;x\n1;2,5\n"), NONE, ASKS(NUMBER("a"), NUMBER("b")),
        "error table-number: FILE: row 3, column b: expected a number, found \"x\""); /* the first counts */
    check_text(S("a;b\n1;1.234,5\n"), NONE, ASKS(NUMBER("b")),
               "error table-number: FILE: row 2, column b: expected a number, found \"1.234,5\"");
    check_text(
        S("a;b\n1.5;2\n1;x\n1;2,5\n"), (struct table_options){.skip_bad = true},
        ASKS(NUMBER("a"), NUMBER("b")),
        "error table-decimal: FILE: row 4, column b: expected a decimal point as in row 2, found \"2,5\"");
}

TEST(quotes_fit)
{
    check_text(S("a,b\n1,x\"y\"\n"), NONE, ASKS(NUMBER("a")),
               "error table-quote: FILE: row 2, column b: a quote inside an unquoted field");
    check_text(
        S("a,b\n\"1\"x,2\n"), NONE, ASKS(NUMBER("b")),
        "error table-quote: FILE: row 2, column a: text behind a closing quote; a delimiter was expected");
    check_text(S("a,b\n1,2\r3\n"), NONE, ASKS(NUMBER("a")),
               "error table-quote: FILE: row 2, column b: a carriage return without a line feed");
    check_text(S("a,b\n1,2\n1,\"2\n3,4\n5,6\n"), NONE, ASKS(NUMBER("a")),
               "error table-quote: FILE: row 3, column b: a quote is not closed");
    check_text(
        S("a,b\n1,2\n1,\"2\n3,4\n5,6\n"), (struct table_options){.skip_bad = true}, ASKS(NUMBER("a")),
        "error table-quote: FILE: row 3, column b: a quote is not closed"); /* it would swallow the rest */
}

TEST(texts_are_text)
{
    check_text(
        S("a,b\nM\xFCller,1\n"), NONE, ASKS(TEXT("a")),
        "error table-encoding: FILE: row 2, column a: expected a text in UTF-8, found \"M\\xFCller\" that is not "
        "UTF-8");
    check_text(
        S("a,b\nx\0y,1\n"), NONE, ASKS(TEXT("a")),
        "error table-encoding: FILE: row 2, column a: expected a text in UTF-8, found \"x\\x00y\" with a NUL byte");
    check_text(S("a,b\n1\0,1\n"), NONE, ASKS(NUMBER("a")),
               "error table-number: FILE: row 2, column a: expected a number, found \"1\\x00\"");
    check_text(S("a,b\nM\xFCller,1\n"), NONE, ASKS(NUMBER("b")), "2: 1\n"); /* nobody looks at it */
    check_text(S("a,b\n\xCF,1\n"), NONE, ASKS(RANGE("a", 20, 30), NUMBER("b")),
               "error table-number: FILE: row 2, column a: expected a number from 20 to 30, found \"\\xCF\"");
}

TEST(lines_are_told_where_they_differ)
{
    check_text(S("\n\na,b\n\n\"x\n\ny\",1\n\n\nz,q\n"), NONE, ASKS(NUMBER("b"), TEXT("a")),
               "error table-number: FILE: row 3 (line 10), column b: expected a number, found \"q\"");
    check_text(S("\"a\nb\",c\n1,2\nx\n"), NONE, ASKS(NUMBER("c")),
               "error table-ragged: FILE: row 3 (line 4): 1 field, the header has 2");
}

TEST(the_first_bad_row_is_told)
{
    struct buffer text = BUFFER(1 << 20);
    buffer_append_text(&text, "a,b\n");
    for (int i = 0; i < 3000; i++)
        buffer_append_text(&text, i == 1234 ? "1,x\n" : i > 1234 && i % 7 == 0 ? "1\n" : "1,22\n");
    char *path = make_file(buffer_slice(&text));
    for (int round = 0; round < 40; round++) {
        const struct table_options options = {.threads = 1 + round % 5,
                                              .piece_bytes = 16 + (size_t)round * 7};
        char *found = read_path(path, &options, ASKS(NUMBER("b")));
        assert_string_equal(found,
                            "error table-number: FILE: row 1236, column b: expected a number, found \"x\"");
        free(found);
    }
    remove(path);
    free(path);
    buffer_free(&text);
}

/* The first bad row is the last of a large piece, and all later ones are bad: threads that come to those
 * sooner must wait. */
TEST(the_first_bad_row_is_told_though_it_is_found_late)
{
    enum { PIECE = 1 << 16, FIRST_BAD = 13100 };
    struct buffer text = BUFFER(1 << 20);
    buffer_append_text(&text, "a,b\n");
    for (int i = 0; i < 40000; i++)
        buffer_append_text(&text, i < FIRST_BAD ? "1,22\n" : i == FIRST_BAD ? "1,xx\n" : "12345\n");
    char *path = make_file(buffer_slice(&text));
    for (int round = 0; round < 40; round++) {
        const struct table_options options = {.threads = 1 + round % 5, .piece_bytes = PIECE};
        char *found = read_path(path, &options, ASKS(NUMBER("b")));
        assert_string_equal(found,
                            "error table-number: FILE: row 13102, column b: expected a number, found \"xx\"");
        free(found);
    }
    remove(path);
    free(path);
    buffer_free(&text);
}

/* It opens nothing, so what follows is no part of its field. */
TEST(a_quote_too_many_spoils_one_row)
{
    struct buffer text = BUFFER(1 << 22);
    buffer_append_text(&text, "a,b\n1,2\n3,x\"\n");
    for (int i = 0; i < TABLE_RECORD_MAXIMUM / 4 * 2; i++)
        buffer_append_text(&text, "5,6\n");
    char *path = make_file(buffer_slice(&text));
    struct table_counts counts;
    struct error error = {0};
    struct table *table;
    assert_int_equal(table_open(path, &(struct table_options){.skip_bad = true, .threads = 2}, NULL, &table),
                     OK);
    if (table_read(table, NULL, 0, ignore, NULL, &error, &counts) != OK)
        fail_msg("%s", error.detail);
    assert_int_equal(counts.rows, TABLE_RECORD_MAXIMUM / 4 * 2 + 1);
    assert_int_equal(counts.left_out, 1);
    table_close(table);
    remove(path);
    free(path);
    buffer_free(&text);
}

TEST(what_is_found_is_cut)
{
    check_text(
        S("a\nThis is a very long answer with a\ttab, which\xC2\x80 nobody expected, in a column of numbers\n"),
        (struct table_options){.delimiter = '|'}, ASKS(NUMBER("a")),
        "error table-number: FILE: row 2, column a: expected a number, found \"This is a very long answer with "
        "a\\x09tab, wh...\"");
}

/* a,b and a row that is too long, in the given way; then a good one. */
static struct slice long_row(struct buffer *text, const char *quote, size_t length)
{
    buffer_append_text(text, "a,b\n1,2\n1,");
    buffer_append_text(text, quote);
    for (size_t i = 0; i < length; i++)
        buffer_append_byte(text, 'x');
    buffer_append_text(text, quote);
    buffer_append_text(text, "\n3,4\n");
    return buffer_slice(text);
}

TEST(rows_have_a_maximum)
{
    static const char expected[] =
        "error table-record-too-long: FILE: row 3: the row is longer than 1048576 bytes (is a quote not closed?)";
    static const char *const quotes[] = {"", "\""};
    for (size_t q = 0; q < COUNT_OF(quotes); q++) {
        struct buffer text = BUFFER(1 << 24);
        size_t most = TABLE_RECORD_MAXIMUM - 2 - 2 * strlen(quotes[q]);
        const struct table_options pieces[] = {
            {0}, {.piece_bytes = 100}, {.piece_bytes = 1 << 19, .threads = 2}};
        for (size_t p = 0; p < COUNT_OF(pieces); p++) {
            buffer_clear(&text);
            char *found = read_text(long_row(&text, quotes[q], most), &pieces[p], ASKS(NUMBER("a")));
            char *sorted = sorted_rows(found);
            assert_string_equal(sorted, "1\n1\n3\n");
            free(found);
            free(sorted);
            buffer_clear(&text);
            found = read_text(long_row(&text, quotes[q], most + 1), &pieces[p], ASKS(NUMBER("a")));
            assert_string_equal(found, expected);
            free(found);
        }
        buffer_free(&text);
    }
}

TEST(headers_have_a_maximum)
{
    struct buffer text = BUFFER(1 << 24);
    for (int i = 0; i < 5 << 20; i++)
        buffer_append_byte(&text, 'x');
    char *found = read_text(buffer_slice(&text), &NONE, ASKS(NUMBER("a")));
    assert_string_equal(
        found, "error table-record-too-long: FILE: row 1: the header is longer than 1048576 bytes (is a "
               "quote not closed?)");
    free(found);
    buffer_clear(&text);
    for (int i = 0; i < TABLE_COLUMNS_MAXIMUM; i++)
        buffer_append_byte(&text, ',');
    found = read_text(buffer_slice(&text), &NONE, ASKS(NUMBER("a")));
    assert_string_equal(found, "error table-columns: FILE: row 1: more than 65536 columns");
    free(found);
    buffer_free(&text);
}

TEST(options_are_checked)
{
    const struct table_options quote = {.delimiter = '"'}, mark = {.decimal = '*'},
                               many = {.missing_count = TABLE_MISSING_MAXIMUM + 1};
    struct table *table = NULL;
    struct error error;
    char *path = make_file(S("a\n1\n"));
    assert_int_equal(table_open(path, &quote, &error, &table), ERROR_INPUT);
    assert_string_equal(error.reason, "table-delimiter");
    assert_int_equal(table_open(path, &mark, &error, &table), ERROR_INPUT);
    assert_string_equal(error.reason, "table-decimal");
    assert_int_equal(table_open(path, &many, &error, &table), ERROR_LIMIT);
    assert_null(table);
    remove(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_empty),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(headers),
        cmocka_unit_test(rows_have_the_header_s_fields),
        cmocka_unit_test(numbers_are_numbers),
        cmocka_unit_test(numbers_are_in_bounds),
        cmocka_unit_test(decimal_marks_do_not_change),
        cmocka_unit_test(quotes_fit),
        cmocka_unit_test(texts_are_text),
        cmocka_unit_test(lines_are_told_where_they_differ),
        cmocka_unit_test(the_first_bad_row_is_told),
        cmocka_unit_test(the_first_bad_row_is_told_though_it_is_found_late),
        cmocka_unit_test(a_quote_too_many_spoils_one_row),
        cmocka_unit_test(what_is_found_is_cut),
        cmocka_unit_test(rows_have_a_maximum),
        cmocka_unit_test(headers_have_a_maximum),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
