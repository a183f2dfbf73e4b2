#include "check.h"

#include <fcntl.h>
#include <unistd.h>

static char caught[4096];
static int pipe_ends[2];
static int real_stderr;

static void catch_begin(void)
{
    assert_int_equal(pipe2(pipe_ends, O_NONBLOCK), 0);
    real_stderr = dup(STDERR_FILENO);
    assert_true(dup2(pipe_ends[1], STDERR_FILENO) >= 0);
}

static const char *catch_end(void)
{
    assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
    close(real_stderr);
    ssize_t length = read(pipe_ends[0], caught, sizeof(caught) - 1);
    caught[length < 0 ? 0 : length] = '\0';
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return caught;
}

TEST(an_empty_line_is_a_line)
{
    catch_begin();
    log_line("%s", "");
    assert_string_equal(catch_end(), "\n");
}

TEST(one_event_is_one_line)
{
    catch_begin();
    log_line("a %d", 1);
    log_line("b\nforged: \x1b[31mline\r\t\x7f%s", "Zürich");
    assert_string_equal(catch_end(), "a 1\nb forged:  [31mline   Zürich\n");
}

TEST(long_lines_are_cut)
{
    catch_begin();
    log_line("%3000d", 1);
    const char *line = catch_end();
    assert_int_equal(strlen(line), 1024);
    assert_int_equal(line[1023], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + 1023);
}

TEST(errors_tell_code_reason_and_place)
{
    struct error error;
    (void)error_set(&error, ERROR_CONFLICT, "src/x.c", 12, "round-closed", "round %d is closed", 3);
    catch_begin();
    log_error("close", &error);
    assert_string_equal(catch_end(), "close: conflict (round-closed): round 3 is closed [src/x.c:12]\n");
    catch_begin();
    log_error("nothing", &(struct error){0});
    assert_string_equal(catch_end(), "nothing: ok (no reason):  [?:0]\n");
}

TEST(quiet_is_quiet)
{
    catch_begin();
    log_set_quiet(true);
    log_line("a");
    log_error("b", &(struct error){0});
    log_set_quiet(false);
    log_line("c");
    assert_string_equal(catch_end(), "c\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_line_is_a_line), cmocka_unit_test(one_event_is_one_line),
        cmocka_unit_test(long_lines_are_cut),      cmocka_unit_test(errors_tell_code_reason_and_place),
        cmocka_unit_test(quiet_is_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
