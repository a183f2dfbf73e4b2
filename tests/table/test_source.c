/* Files that are none, or do not stay what they were. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct table_options NONE;

static void check_path(const char *path, const char *expected)
{
    char *text = read_path(path, &NONE, ASKS(NUMBER("b")));
    assert_string_equal(text, expected);
    free(text);
}

TEST(no_file)
{
    check_path("/nowhere/at/all", "error file-open: cannot open FILE: No such file or directory");
    check_path("/etc/passwd/x", "error file-open: cannot open FILE: Not a directory");
    check_path("/tmp", "error file-directory: FILE is a directory; a file was expected");
    check_path("/proc/self/mem", "error file-read: cannot read FILE: Input/output error");
    check_path("/dev/null",
               "error table-empty: FILE is empty: a header with the names of columns was expected in row 1");
    check_path("/dev/zero",
               "error table-record-too-long: FILE: row 1: the header is longer than 1048576 bytes (is a "
               "quote not closed?)");
}

TEST(not_a_table)
{
    static const struct {
        struct slice content;
        const char *expected;
    } cases[] = {
        {S("PK\3\4..."), "error table-format: FILE is a spreadsheet or a ZIP archive; save the sheet as CSV"},
        {S("\xD0\xCF\x11\xE0..."),
         "error table-format: FILE is an old Excel or Word file; save the sheet as CSV"},
        {S("\xFF\xFE"
           "a\0"),
         "error table-format: FILE is UTF-16; save it as CSV in UTF-8"},
        {S("\x1F\x8B\x08"), "error table-format: FILE is compressed; unpack it first"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = read_text(cases[i].content, &NONE, ASKS(NUMBER("b")));
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

static void *write_slowly(void *context)
{
    int descriptor = open(context, O_WRONLY);
    const char text[] = "a,b\r\n1,2\r\n3,4\r\n5,6";
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        assert_int_equal(write(descriptor, text + i, 1), 1);
        usleep(200);
    }
    close(descriptor);
    return NULL;
}

TEST(a_pipe)
{
    char path[] = "/tmp/hecht-fifo-XXXXXX";
    pthread_t writer;
    assert_non_null(mkdtemp(path));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_slowly, path), 0);
    check_path(path, "2: 2\n3: 4\n4: 6\n");
    pthread_join(writer, NULL);
    unlink(path);
}

TEST(standard_input)
{
    char *path = make_file(S("skipped\na,b\n1,2\n"));
    int file = open(path, O_RDONLY), before = dup(STDIN_FILENO);
    char eight[8];
    assert_int_equal(read(file, eight, 8), 8); /* somebody read before us */
    assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
    check_path("-", "2: 2\n");
    dup2(before, STDIN_FILENO);
    close(before);
    close(file);
    unlink(path);
    free(path);
}

/* Does something to the file when the first piece was used. */
struct change {
    const char *path;
    int how;
    bool done;
};

static void change_file(void *context, int64_t bytes, int64_t total)
{
    struct change *change = context;
    (void)bytes;
    (void)total;
    if (change->done)
        return;
    change->done = true;
    int descriptor = open(change->path, O_RDWR | O_APPEND);
    if (change->how == 0)
        assert_int_equal(write(descriptor, "1,2\n", 4), 4);
    else if (change->how == 1)
        assert_int_equal(ftruncate(descriptor, 40), 0);
    else if (change->how == 2)
        assert_int_equal(pwrite(descriptor, "", 0, 0), 0);
    if (change->how == 3) /* the same size, another time */
        assert_int_equal(futimens(descriptor, NULL), 0);
    close(descriptor);
}

TEST(a_file_that_changes_while_it_is_read)
{
    static const char *const expected[] = {
        "error file-changed: FILE was changed while it was read: 84 bytes when it was opened, 88 now, 88 read; nothing of "
        "it is used",
        "error file-changed: FILE was changed while it was read: 84 bytes when it was opened, 40 now, 40 read; nothing of "
        "it is used",
        NULL,
        "error file-changed: FILE was changed while it was read: 84 bytes when it was opened, 84 now, 84 read; nothing of "
        "it is used",
    };
    for (int how = 0; how < 4; how++) {
        struct buffer content = BUFFER(1000);
        buffer_append_text(&content, "a,b\n");
        for (int i = 0; i < 20; i++)
            buffer_append_text(&content, "1,2\n");
        char *path = make_file(buffer_slice(&content));
        struct change change = {.path = path, .how = how};
        const struct table_options options = {
            .piece_bytes = 20, .progress = change_file, .progress_context = &change};
        char *text = read_path(path, &options, ASKS(NUMBER("b")));
        assert_true(change.done);
        if (expected[how] != NULL)
            assert_string_equal(text, expected[how]);
        else
            assert_true(slice_starts_with(slice_from_text(text), S("2: 2\n")));
        free(text);
        unlink(path);
        free(path);
        buffer_free(&content);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file),
        cmocka_unit_test(not_a_table),
        cmocka_unit_test(a_pipe),
        cmocka_unit_test(standard_input),
        cmocka_unit_test(a_file_that_changes_while_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
