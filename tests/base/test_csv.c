#include "check.h"

static struct region *region;

static int make_region(void **state)
{
    (void)state;
    region = region_new(1 << 24);
    return region == NULL;
}

static int free_region(void **state)
{
    (void)state;
    region = region_free(region);
    return 0;
}

static struct csv_reader open_text(struct slice text)
{
    struct csv_reader reader;
    assert_int_equal(csv_open(text, '\0', region, NULL, &reader), OK);
    return reader;
}

/* Reads one record; its fields joined by '|', or NULL at the end. */
static const char *next_record(struct csv_reader *reader)
{
    struct error error = {0};
    bool more = false;
    if (csv_next(reader, &error, &more) != OK)
        fail_msg("%s", error.detail);
    if (!more)
        return NULL;
    assert_int_equal(reader->field_count, reader->column_count);
    struct buffer joined = BUFFER(1 << 20);
    for (size_t i = 0; i < reader->field_count; i++) {
        if (i > 0)
            buffer_append_byte(&joined, '|');
        buffer_append(&joined, reader->fields[i]);
    }
    const char *text = region_text(region, buffer_slice(&joined));
    buffer_free(&joined);
    return text;
}

/* Reads records until one fails and checks how. */
static void assert_fails(struct slice text, enum error_code code, const char *reason, const char *detail)
{
    struct csv_reader reader = open_text(text);
    struct error error = {0};
    bool more = true;
    enum error_code result = OK;
    while (result == OK && more)
        result = csv_next(&reader, &error, &more);
    assert_int_equal(result, code);
    assert_string_equal(error.reason, reason);
    assert_string_equal(error.detail, detail);
    /* Asked again, it fails again. */
    memset(&error, 0, sizeof(error));
    assert_int_equal(csv_next(&reader, &error, &more), code);
    assert_string_equal(error.detail, detail);
    assert_int_equal(csv_next(&reader, NULL, &more), code);
    assert_true(more);
}

TEST(nothing_has_no_records)
{
    const struct slice empty[] = {
        {NULL, 0}, S(""), S("\n"), S("\r\n\r\n\n"), S("\r"), S("\xEF\xBB\xBF"), S("\xEF\xBB\xBF\n")};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        struct csv_reader reader = open_text(empty[i]);
        assert_null(next_record(&reader));
        assert_null(next_record(&reader));
        assert_int_equal(reader.row, 0);
        assert_int_equal(reader.column_count, 0);
        assert_int_equal(reader.field_count, 0);
    }
}

TEST(one_field)
{
    const struct slice texts[] = {S("a"),     S("a\n"),       S("a\r\n"),    S("a\r"),
                                  S("\"a\""), S("\"a\"\r\n"), S("\n\na\n\n")};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct csv_reader reader = open_text(texts[i]);
        assert_string_equal(next_record(&reader), "a");
        assert_int_equal(reader.row, 1);
        assert_int_equal(reader.column_count, 1);
        assert_null(next_record(&reader));
    }
}

TEST(empty_fields_are_fields)
{
    struct csv_reader reader = open_text(S("a,b,c\n,,\n1,,\n,,\"\"\n\"\",,"));
    assert_string_equal(next_record(&reader), "a|b|c");
    assert_string_equal(next_record(&reader), "||");
    assert_string_equal(next_record(&reader), "1||");
    assert_string_equal(next_record(&reader), "||");
    assert_string_equal(next_record(&reader), "||");
    assert_int_equal(reader.row, 5);
    assert_null(next_record(&reader));
    reader = open_text(S("a\n\"\"\n")); /* an empty field in quotes is no blank line */
    assert_string_equal(next_record(&reader), "a");
    assert_string_equal(next_record(&reader), "");
    assert_null(next_record(&reader));
}

TEST(quotes_hold_anything)
{
    struct csv_reader reader =
        open_text(S("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"\"\"\",\"1\r\n2\n3\"\nlast, z \n"));
    assert_string_equal(next_record(&reader), "a|b");
    assert_string_equal(next_record(&reader), "x,y|say \"hi\"");
    assert_int_equal(reader.line, 2);
    assert_string_equal(next_record(&reader), "\"|1\r\n2\n3");
    assert_int_equal(reader.line, 3);
    assert_string_equal(next_record(&reader), "last| z ");
    assert_int_equal(reader.row, 4);
    assert_int_equal(reader.line, 6);
    assert_null(next_record(&reader));
}

TEST(a_bom_and_blank_lines_are_skipped)
{
    struct csv_reader reader = open_text(S("\xEF\xBB\xBF\"a\";b\r\n\r\n\r\n1;2\r\n\r\n"));
    assert_string_equal(next_record(&reader), "a|b");
    assert_string_equal(next_record(&reader), "1|2");
    assert_int_equal(reader.row, 2);
    assert_int_equal(reader.line, 4);
    assert_null(next_record(&reader));
}

static char separator_of(struct slice text)
{
    return open_text(text).separator;
}

TEST(the_separator_is_recognised)
{
    assert_int_equal(separator_of((struct slice){0}), ',');
    assert_int_equal(separator_of(S("a")), ',');
    assert_int_equal(separator_of(S("a,b")), ',');
    assert_int_equal(separator_of(S("a;b")), ';');
    assert_int_equal(separator_of(S("a\tb")), '\t');
    assert_int_equal(separator_of(S("a;\"b,c,d\"")), ';');  /* not inside quotes */
    assert_int_equal(separator_of(S("a;b\n1,2,3,4")), ';'); /* the first line alone */
    assert_int_equal(separator_of(S("\n\na;b,c;d\n")), ';');
    assert_int_equal(separator_of(S("a,b;c")), ',');
    assert_int_equal(separator_of(S("\"a\nb,c\";d")), ';');
}

TEST(the_separator_may_be_given)
{
    struct csv_reader reader;
    assert_int_equal(csv_open(S("a;b|c"), '|', region, NULL, &reader), OK);
    assert_int_equal(reader.separator, '|');
    assert_string_equal(next_record(&reader), "a;b|c");
    assert_int_equal(reader.column_count, 2);
    static const char refused[] = {'"', '\n', '\r', '\x80', '\xFF'};
    for (size_t i = 0; i < sizeof(refused); i++) {
        struct error error = {0};
        assert_int_equal(csv_open(S("a"), refused[i], region, &error, &reader), ERROR_INPUT);
        assert_string_equal(error.reason, "csv-separator");
    }
    assert_int_equal(reader.separator, '|');
}

TEST(field_counts_must_agree)
{
    assert_fails(S("a,b\n1\n"), ERROR_INPUT, "csv-field-count", "row 2: 1 field, the header has 2");
    assert_fails(S("a,b,c,d,e\n1,2,3,4,5\n1,2,3,4"), ERROR_INPUT, "csv-field-count",
                 "row 3: 4 fields, the header has 5");
    assert_fails(S("a\n1,2,3"), ERROR_INPUT, "csv-field-count", "row 2: 3 fields, the header has 1");
    assert_fails(S("a\n1,\"2\"\"\"\n"), ERROR_INPUT, "csv-field-count", "row 2: 2 fields, the header has 1");
}

TEST(quotes_must_fit)
{
    assert_fails(S("\""), ERROR_INPUT, "csv-quote", "row 1, column 1: a quote is not closed");
    assert_fails(S("\"\"\""), ERROR_INPUT, "csv-quote", "row 1, column 1: a quote is not closed");
    assert_fails(S("a,b\n1,\"2\n3,4\n"), ERROR_INPUT, "csv-quote", "row 2, column 2: a quote is not closed");
    assert_fails(S("a,b\n1,x\"y\"\n"), ERROR_INPUT, "csv-quote",
                 "row 2, column 2: a quote inside an unquoted field");
    assert_fails(S("a,b\n\"1\"x,2\n"), ERROR_INPUT, "csv-quote",
                 "row 2, column 1: text behind a closing quote");
    assert_fails(S("a,b\n\"1\" ,2\n"), ERROR_INPUT, "csv-quote",
                 "row 2, column 1: text behind a closing quote");
    assert_fails(S("a\n\"1\"\rx"), ERROR_INPUT, "csv-quote", "row 2, column 1: text behind a closing quote");
    assert_fails(S("a;b\n\"1\",2"), ERROR_INPUT, "csv-quote", "row 2, column 1: text behind a closing quote");
}

TEST(errors_name_the_line_where_it_is_another)
{
    assert_fails(S("a\n\n\n\"x"), ERROR_INPUT, "csv-quote",
                 "row 2, column 1: a quote is not closed (line 4)");
    assert_fails(S("a,b\n\"1\n2\",3\nx\n"), ERROR_INPUT, "csv-field-count",
                 "row 3: 1 field, the header has 2 (line 4)");
    assert_fails(S("\na\n1,2\n"), ERROR_INPUT, "csv-field-count",
                 "row 2: 2 fields, the header has 1 (line 3)");
}

TEST(only_text_is_text)
{
    assert_fails(S("a\0"), ERROR_INPUT, "csv-encoding", "row 1, column 1: a NUL byte");
    assert_fails(S("a,b\n1,\"\0\""), ERROR_INPUT, "csv-encoding", "row 2, column 2: a NUL byte");
    assert_fails(S("a,b\n1,M\xFCller\n"), ERROR_INPUT, "csv-encoding", "row 2, column 2: not UTF-8");
    assert_fails(S("a,b\n\"\xE2\x82\",x\n"), ERROR_INPUT, "csv-encoding", "row 2, column 1: not UTF-8");
    assert_fails(S("\xFF\xFE"
                   "a\0"),
                 ERROR_INPUT, "csv-encoding", "row 1, column 1: not UTF-8");
    assert_fails(S("a\rb\n"), ERROR_INPUT, "csv-line-break",
                 "row 1, column 1: a carriage return without a line feed");
}

/* A header, then "b" times count, in quotes or not. */
static struct slice long_field(size_t count, const char *quote, const char *content)
{
    struct buffer text = BUFFER(1 << 20);
    buffer_append_text(&text, "h,a\nx,");
    buffer_append_text(&text, quote);
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&text, content);
    buffer_append_text(&text, quote);
    struct slice copy = region_copy(region, buffer_slice(&text));
    buffer_free(&text);
    return copy;
}

TEST(fields_have_a_maximum)
{
    static const char detail[] =
        "row 2, column 2: the field is longer than 65536 bytes (is a quote not closed?)";
    static const char *const kinds[][2] = {{"", "b"}, {"\"", "b"}, {"\"", "\"\""}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct csv_reader reader = open_text(long_field(CSV_FIELD_MAXIMUM, kinds[i][0], kinds[i][1]));
        assert_non_null(next_record(&reader));
        assert_non_null(next_record(&reader));
        assert_int_equal(reader.fields[1].length, CSV_FIELD_MAXIMUM);
        assert_fails(long_field(CSV_FIELD_MAXIMUM + 1, kinds[i][0], kinds[i][1]), ERROR_LIMIT,
                     "csv-field-too-long", detail);
    }
}

static struct slice many_columns(size_t count)
{
    struct buffer text = BUFFER(1 << 20);
    for (size_t i = 1; i < count; i++)
        buffer_append_byte(&text, ',');
    buffer_append_byte(&text, 'x');
    struct slice copy = region_copy(region, buffer_slice(&text));
    buffer_free(&text);
    return copy;
}

TEST(columns_have_a_maximum)
{
    struct csv_reader reader = open_text(many_columns(CSV_COLUMNS_MAXIMUM));
    assert_non_null(next_record(&reader));
    assert_int_equal(reader.column_count, CSV_COLUMNS_MAXIMUM);
    assert_fails(many_columns(CSV_COLUMNS_MAXIMUM + 1), ERROR_LIMIT, "csv-too-many-columns",
                 "row 1, column 4097: more than 4096 columns");
}

TEST(a_full_region_is_an_error)
{
    CLEANUP(region_cleanup) struct region *small = region_new(2 * sizeof(struct slice) + 2);
    struct csv_reader reader;
    struct error error = {0};
    bool more = false;
    assert_int_equal(csv_open(S("a,b\n\"\"\"\",\"\"\"x\"\n"), '\0', small, &error, &reader), OK);
    assert_int_equal(csv_next(&reader, &error, &more), OK);
    assert_int_equal(csv_next(&reader, &error, &more), ERROR_MEMORY);
    assert_string_equal(error.detail, "row 2, column 2: no memory");
    region_clear(small);
    assert_int_equal(csv_open(S("a,b,c\n"), '\0', small, &error, &reader), OK);
    assert_int_equal(csv_next(&reader, &error, &more), ERROR_MEMORY);
}

TEST(many_rows)
{
    struct buffer text = BUFFER(1 << 22);
    buffer_append_text(&text, "id\tname\r\n");
    for (int i = 0; i < 50000; i++)
        buffer_format(&text, "%d\t\"name %d\"\r\n", i, i);
    assert_false(text.failed);
    struct csv_reader reader = open_text(buffer_slice(&text));
    bool more = true;
    assert_int_equal(csv_next(&reader, NULL, &more), OK);
    for (int i = 0; i < 50000; i++) {
        int64_t id = -1;
        assert_int_equal(csv_next(&reader, NULL, &more), OK);
        assert_true(more);
        assert_true(slice_to_integer(reader.fields[0], i, i, &id));
        assert_int_equal(reader.row, i + 2);
        assert_int_equal(reader.line, i + 2);
    }
    assert_int_equal(csv_next(&reader, NULL, &more), OK);
    assert_false(more);
    buffer_free(&text);
}

#define WITH_REGION(test) cmocka_unit_test_setup_teardown(test, make_region, free_region)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGION(nothing_has_no_records),
        WITH_REGION(one_field),
        WITH_REGION(empty_fields_are_fields),
        WITH_REGION(quotes_hold_anything),
        WITH_REGION(a_bom_and_blank_lines_are_skipped),
        WITH_REGION(the_separator_is_recognised),
        WITH_REGION(the_separator_may_be_given),
        WITH_REGION(field_counts_must_agree),
        WITH_REGION(quotes_must_fit),
        WITH_REGION(errors_name_the_line_where_it_is_another),
        WITH_REGION(only_text_is_text),
        WITH_REGION(fields_have_a_maximum),
        WITH_REGION(columns_have_a_maximum),
        WITH_REGION(a_full_region_is_an_error),
        WITH_REGION(many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
