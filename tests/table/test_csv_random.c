/* Random files against a reader that is as plain as can be, with pieces of all sizes and several threads. */
#include "fixture.h"

enum { COLUMNS = 6, ROUNDS = 300 };

static uint64_t seed;

static uint64_t next_random(uint64_t below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed % below;
}

static const char *pick(const char *const *texts, size_t count)
{
    return texts[next_random(count)];
}

static void add_quoted(struct buffer *text, const char *content)
{
    buffer_append_byte(text, '"');
    for (; *content != '\0'; content++) {
        if (*content == '"')
            buffer_append_byte(text, '"');
        buffer_append_byte(text, *content);
    }
    buffer_append_byte(text, '"');
}

/* The field of a number, and what it is. */
static void add_number(struct buffer *text, struct buffer *expected, bool digits)
{
    static const char *const fields[] = {"",      "NA",  "12", "255",   "-3",  "2.5",   " 7 ",
                                         "0.125", "1e3", "+4", "\"6\"", "254", "300000"};
    static const char *const values[] = {"-",     "-",    "12", "255", "-3",  "2.5",   "7",
                                         "0.125", "1000", "4",  "6",   "254", "300000"};
    if (digits || next_random(3) > 0) {
        int digit = (int)next_random(10);
        buffer_format(text, "%d", digit);
        buffer_format(expected, "%d", digit);
        return;
    }
    size_t which = next_random(COUNT_OF(fields));
    buffer_append_text(text, fields[which]);
    buffer_append_text(expected, values[which]);
}

static void add_text(struct buffer *text, struct buffer *expected, bool quotes)
{
    static const char *const plain[] = {"a",  "team 7", "x_y", "Zürich", "0012", "longer than sixteen bytes",
                                        "NAB"};
    static const char *const hard[] = {"a\nb",     "say \"hi\"", "\"",     "\"\"",
                                       "1;2,3\t4", "\r\n",       "x\r\ny", "\n\n\n"};
    if (!quotes || next_random(2) == 0) {
        const char *content = pick(plain, COUNT_OF(plain));
        if (quotes && next_random(2) == 0)
            add_quoted(text, content);
        else
            buffer_append_text(text, content);
        buffer_append_text(expected, content);
        return;
    }
    const char *content = pick(hard, COUNT_OF(hard));
    add_quoted(text, content);
    buffer_append_text(expected, content);
}

struct shape {
    char delimiter;
    const char *line_end;
    bool quotes, digits, blank_lines;
};

/* Columns: a text, three numbers, a text, a number. A row of numbers and texts, and the same as read_path
 * puts it. */
static void add_row(struct buffer *text, struct buffer *expected, const struct shape *shape, int row)
{
    buffer_format(expected, "%d: ", row);
    for (int c = 0; c < COLUMNS; c++) {
        if (c > 0) {
            buffer_append_byte(text, shape->delimiter);
            buffer_append_byte(expected, '|');
        }
        if (c == 0 || c == 4)
            add_text(text, expected, shape->quotes);
        else
            add_number(text, expected, shape->digits);
    }
    buffer_append_byte(expected, '\n');
}

static void make_table(struct buffer *text, struct buffer *expected, const struct shape *shape)
{
    static const char *const names[] = {"g", "a", "b", "c", "h", "d"};
    int rows = (int)next_random(80);
    for (int c = 0; c < COLUMNS; c++) {
        if (c > 0)
            buffer_append_byte(text, shape->delimiter);
        buffer_append_text(text, names[c]);
    }
    for (int row = 0; row < rows; row++) {
        buffer_append_text(text, shape->line_end);
        while (shape->blank_lines && next_random(4) == 0)
            buffer_append_text(text, shape->line_end);
        add_row(text, expected, shape, row + 2);
    }
    if (next_random(2) == 0)
        buffer_append_text(text, shape->line_end);
    buffer_append_byte(expected, '\0');
    assert_false(text->failed || expected->failed);
}

/* Lines of the expectation may hold line breaks of texts, so rows are compared in order with one thread,
 * and the number of bytes with several. */
static void check_table(const char *path, const struct buffer *expected, const struct shape *shape)
{
    static const struct ask asks[] = {TEXT("g"),   NUMBER("a"), NUMBER("b"),
                                      NUMBER("c"), TEXT("h"),   NUMBER("d")};
    for (int i = 0; i < 4; i++) {
        const struct table_options one = {.threads = 1, .piece_bytes = i == 0 ? 0 : 16 + next_random(200)};
        const struct table_options more = {.threads = 2 + i, .piece_bytes = one.piece_bytes};
        char *text = read_path(path, &one, asks, COLUMNS);
        assert_string_equal(text, expected->data);
        if (!shape->quotes) {
            char *threaded = read_path(path, &more, asks, COLUMNS);
            char *sorted = sorted_rows(text), *threaded_sorted = sorted_rows(threaded);
            assert_string_equal(threaded_sorted, sorted);
            free(threaded);
            free(sorted);
            free(threaded_sorted);
        }
        free(text);
    }
}

TEST(random_tables_come_back)
{
    static const char *const line_ends[] = {"\n", "\r\n"};
    static const char delimiters[] = {',', ';', '\t'};
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        seed = round * 0x9E3779B97F4A7C15u;
        for (int i = 0; i < 5; i++)
            next_random(2);
        const struct shape shape = {.delimiter = delimiters[next_random(COUNT_OF(delimiters))],
                                    .line_end = line_ends[next_random(2)],
                                    .quotes = next_random(2) == 0,
                                    .digits = next_random(3) == 0,
                                    .blank_lines = next_random(2) == 0};
        struct buffer text = BUFFER(1 << 20), expected = BUFFER(1 << 20);
        make_table(&text, &expected, &shape);
        char *path = make_file(buffer_slice(&text));
        check_table(path, &expected, &shape);
        remove(path);
        free(path);
        buffer_free(&text);
        buffer_free(&expected);
    }
}

/* A large file of digits, as benchmarks have them: whole blocks, several threads, every value. */
TEST(many_rows)
{
    struct buffer text = BUFFER(1 << 24);
    int64_t expected = 0;
    enum { ROWS = 60000 };
    seed = 12345;
    buffer_append_text(&text, "team,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r\n");
    for (int row = 0; row < ROWS; row++) {
        buffer_format(&text, "t%d", row / 12);
        for (int c = 0; c < 18; c++) {
            int digit = (int)next_random(10);
            expected += digit * (c + 1);
            buffer_format(&text, ",%d", digit);
        }
        buffer_append_byte(&text, '\n');
    }
    char *path = make_file(buffer_slice(&text));
    for (int threads = 1; threads <= 3; threads++) {
        static const struct ask asks[] = {TEXT("team"), NUMBER("a"), NUMBER("b"), NUMBER("c"), NUMBER("d"),
                                          NUMBER("e"),  NUMBER("f"), NUMBER("g"), NUMBER("h"), NUMBER("i"),
                                          NUMBER("j"),  NUMBER("k"), NUMBER("l"), NUMBER("m"), NUMBER("n"),
                                          NUMBER("o"),  NUMBER("p"), NUMBER("q"), NUMBER("r")};
        const struct table_options options = {.threads = threads};
        char *dump = read_path(path, &options, asks, COUNT_OF(asks));
        int64_t sum = 0, rows = 0;
        for (const char *at = dump; *at != '\0'; at++, rows++)
            for (int c = 0; *at != '\n'; at++)
                if (*at == '|')
                    sum += (at[1] - '0') * ++c;
        assert_int_equal(rows, ROWS);
        assert_int_equal(sum, expected);
        free(dump);
    }
    remove(path);
    free(path);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_tables_come_back),
                                       cmocka_unit_test(many_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
