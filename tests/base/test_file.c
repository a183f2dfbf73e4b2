#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static struct region *region;

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/hecht-test-file-XXXXXX");
    region = region_new(1 << 22);
    return mkdtemp(folder) == NULL || region == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    region = region_free(region);
    return rmdir(folder);
}

static const char *in_folder(const char *name)
{
    return region_format(region, "%s/%s", folder, name).data;
}

TEST(what_is_not_there_cannot_be_read)
{
    struct error error = {0};
    struct slice content = S("untouched");
    assert_int_equal(file_read(in_folder("none"), 10, region, &error, &content), ERROR_NOT_FOUND);
    assert_string_equal(error.reason, "file-open");
    assert_non_null(strstr(error.detail, "/none: No such file"));
    assert_int_equal(file_read("", 10, region, &error, &content), ERROR_NOT_FOUND);
    assert_int_equal(file_read(folder, 10, region, &error, &content), ERROR_IO);
    assert_string_equal(error.reason, "file-read");
    assert_int_equal(file_read(in_folder("none"), 10, region, NULL, &content), ERROR_NOT_FOUND);
    assert_slice(content, "untouched");
}

TEST(empty_files_are_files)
{
    struct error error = {0};
    const char *path = in_folder("empty");
    struct slice content = S("touched");
    assert_int_equal(file_create_private(path, (struct slice){0}, &error), OK);
    assert_int_equal(file_read(path, 0, region, &error, &content), OK);
    assert_non_null(content.data);
    assert_int_equal(content.length, 0);
    assert_int_equal(unlink(path), 0);
}

TEST(the_maximum_is_exact)
{
    struct error error = {0};
    const char *path = in_folder("ten");
    struct slice content = S("untouched");
    assert_int_equal(file_create_private(path, S("12345\00067890"), &error), OK);
    assert_int_equal(file_read(path, 10, region, &error, &content), ERROR_LIMIT);
    assert_string_equal(error.reason, "file-too-large");
    assert_int_equal(file_read(path, 0, region, &error, &content), ERROR_LIMIT);
    assert_slice(content, "untouched");
    assert_int_equal(file_read(path, 11, region, &error, &content), OK);
    assert_true(slice_equal(content, S("12345\00067890")));
    assert_int_equal(file_read(path, SIZE_MAX, region, &error, &content), OK);
    assert_int_equal(content.length, 11);
    assert_int_equal(unlink(path), 0);
}

TEST(large_files_are_read_whole)
{
    struct error error = {0};
    const char *path = in_folder("large");
    size_t size = 1000003;
    char *bytes = region_allocate(region, size);
    struct random random;
    random_seeded_init(&random, 1);
    random_bytes(&random, bytes, size);
    assert_int_equal(file_create_private(path, slice_from_bytes(bytes, size), &error), OK);
    struct slice content;
    assert_int_equal(file_read(path, size - 1, region, &error, &content), ERROR_LIMIT);
    assert_int_equal(file_read(path, size, region, &error, &content), OK);
    assert_true(slice_equal(content, slice_from_bytes(bytes, size)));
    assert_int_equal(content.data[size], '\0');
    assert_int_equal(unlink(path), 0);
}

TEST(a_full_region_is_an_error)
{
    struct error error = {0};
    const char *path = in_folder("file");
    CLEANUP(region_cleanup) struct region *small = region_new(5);
    struct slice content = S("untouched");
    assert_int_equal(file_create_private(path, S("12345"), &error), OK);
    assert_int_equal(file_read(path, 100, small, &error, &content), ERROR_MEMORY);
    assert_slice(content, "untouched");
    assert_int_equal(unlink(path), 0);
}

TEST(private_files_are_private_and_new)
{
    struct error error = {0};
    const char *path = in_folder("key");
    mode_t mask = umask(0);
    assert_int_equal(file_create_private(path, S("secret"), &error), OK);
    umask(mask);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(file_create_private(path, S("other"), &error), ERROR_CONFLICT);
    assert_string_equal(error.reason, "file-exists");
    struct slice content;
    assert_int_equal(file_read(path, 100, region, &error, &content), OK);
    assert_slice(content, "secret");
    assert_int_equal(unlink(path), 0);

    assert_int_equal(symlink(in_folder("elsewhere"), path), 0); /* not followed, even where it dangles */
    assert_int_equal(file_create_private(path, S("x"), &error), ERROR_CONFLICT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_create_private(in_folder("no/folder"), S("x"), &error), ERROR_IO);
    assert_string_equal(error.reason, "file-create");
}

TEST(a_name_without_a_folder_is_fine)
{
    struct error error = {0};
    int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(file_create_private("bare", S("x"), &error), OK);
    assert_int_equal(unlink("bare"), 0);
    assert_int_equal(fchdir(before), 0);
    close(before);
}

TEST(half_a_file_is_removed)
{
    struct error error = {0};
    /* A limit on the size of files is the disk that is full here. */
    const char *path = in_folder("half");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){3, 3});
        bool right = file_create_private(path, S("12345"), &error) == ERROR_IO &&
                     strcmp(error.reason, "file-write") == 0 && access(path, F_OK) != 0;
        _exit(right ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

TEST(a_replaced_file_is_old_or_new_and_private)
{
    struct error error = {0};
    const char *path = in_folder("kept"), *next = in_folder("kept.new");
    struct slice content;
    struct stat about;
    assert_int_equal(file_create_private(next, S("left by a crash"), &error), OK);
    assert_int_equal(file_replace_private(path, S("old"), &error), OK);
    assert_int_equal(file_replace_private(path, S("newer"), &error), OK);
    assert_int_equal(file_read(path, 100, region, &error, &content), OK);
    assert_slice(content, "newer");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(access(next, F_OK), -1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){3, 3}); /* the disk is full */
        _exit(file_replace_private(path, S("newest"), &error) == ERROR_IO ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(file_read(path, 100, region, &error, &content), OK);
    assert_slice(content, "newer");
    assert_int_equal(access(next, F_OK), -1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_replace_private(in_folder("none/kept"), S("x"), &error), ERROR_IO);
}

TEST(a_dash_is_standard_input)
{
    struct error error = {0};
    int ends[2];
    int real_stdin = dup(STDIN_FILENO);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    struct slice content;
    assert_int_equal(file_read("-", 100, region, &error, &content), OK);
    assert_slice(content, "piped");
    assert_int_equal(file_read("-", 100, region, &error, &content), OK); /* still open, at its end */
    assert_int_equal(content.length, 0);
    close(ends[0]);
    dup2(real_stdin, STDIN_FILENO);
    close(real_stdin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_there_cannot_be_read),
        cmocka_unit_test(empty_files_are_files),
        cmocka_unit_test(the_maximum_is_exact),
        cmocka_unit_test(large_files_are_read_whole),
        cmocka_unit_test(a_full_region_is_an_error),
        cmocka_unit_test(private_files_are_private_and_new),
        cmocka_unit_test(a_name_without_a_folder_is_fine),
        cmocka_unit_test(half_a_file_is_removed),
        cmocka_unit_test(a_replaced_file_is_old_or_new_and_private),
        cmocka_unit_test(a_dash_is_standard_input),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
