/* How long from starting the program to its first page.
 *
 * Usage: start_time RUNS PROGRAM DATABASE
 *
 * Starts `PROGRAM serve --port 0 --db DATABASE`, reads the address that it prints, fetches /signin and stops
 * the clock when the whole page is there. For scale the time of `PROGRAM --version` from start to end. Prints
 * "name value" lines with the medians in milliseconds. */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAXIMUM = 1000, TEXT_MAXIMUM = 64 << 10 };

extern char **environ;

static double milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "start_time: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The program with its standard output in *ret_output and its words thrown away. */
static pid_t start(char *const arguments[], int *ret_output)
{
    int ends[2];
    pid_t process;
    posix_spawn_file_actions_t actions;
    if (pipe(ends) != 0)
        give_up("pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    errno = posix_spawn(&process, arguments[0], &actions, NULL, arguments, environ);
    if (errno != 0)
        give_up(arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *ret_output = ends[0];
    return process;
}

static double time_of_version(char *program)
{
    char option[] = "--version", text[TEXT_MAXIMUM];
    char *arguments[] = {program, option, NULL};
    int output, status;
    double began = milliseconds();
    pid_t process = start(arguments, &output);
    while (read(output, text, sizeof text) > 0)
        continue;
    waitpid(process, &status, 0);
    double took = milliseconds() - began;
    close(output);
    return took;
}

/* "http://127.0.0.1:40123/" */
static uint16_t read_port(int output)
{
    char text[TEXT_MAXIMUM];
    size_t length = 0;
    struct slice line = S("");
    while (slice_find_byte(line, '\n') == line.length) {
        ssize_t got = read(output, text + length, sizeof text - length);
        if (got <= 0)
            give_up("the server printed no address");
        length += (size_t)got;
        line = slice_from_bytes(text, length);
    }
    struct slice rest = slice_from(line, slice_find(line, S("://")) + 3);
    rest = slice_from(rest, slice_find_byte(rest, ':') + 1);
    int64_t port;
    if (!slice_to_integer(slice_part(rest, 0, slice_find_byte(rest, '/')), 1, UINT16_MAX, &port))
        give_up("the server printed no address");
    return (uint16_t)port;
}

/* With Connection: close, so that the end of the page is the end of the stream. */
static void fetch_page(uint16_t port)
{
    static const char REQUEST[] = "GET /signin HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    char text[TEXT_MAXIMUM];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        write(descriptor, REQUEST, sizeof REQUEST - 1) != (ssize_t)(sizeof REQUEST - 1))
        give_up("connect");
    size_t length = 0;
    ssize_t got;
    while (length < sizeof text && (got = read(descriptor, text + length, sizeof text - length)) > 0)
        length += (size_t)got;
    close(descriptor);
    struct slice page = slice_from_bytes(text, length);
    if (!slice_starts_with(page, S("HTTP/1.1 200 ")) || slice_find(page, S("</html>")) == page.length) {
        fprintf(stderr, "start_time: the first page is not what it should be:\n%.*s\n", SLICE_ARG(page));
        exit(1);
    }
}

static double time_of_first_page(char *program, char *database)
{
    char serve[] = "serve", port_option[] = "--port", any[] = "0", database_option[] = "--db";
    char *arguments[] = {program, serve, port_option, any, database_option, database, NULL};
    int output, status;
    double began = milliseconds();
    pid_t process = start(arguments, &output);
    fetch_page(read_port(output));
    double took = milliseconds() - began;
    kill(process, SIGTERM);
    waitpid(process, &status, 0);
    close(output);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        give_up("the server did not end well");
    return took;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

int main(int argc, char **argv)
{
    static double page[RUNS_MAXIMUM], version[RUNS_MAXIMUM];
    int64_t runs;
    if (argc != 4 || !slice_to_integer(slice_from_text(argv[1]), 1, RUNS_MAXIMUM, &runs)) {
        fprintf(stderr, "Usage: start_time RUNS PROGRAM DATABASE\n");
        return 2;
    }
    for (int64_t i = 0; i < runs; i++) {
        version[i] = time_of_version(argv[2]);
        page[i] = time_of_first_page(argv[2], argv[3]);
    }
    qsort(page, (size_t)runs, sizeof page[0], by_size);
    qsort(version, (size_t)runs, sizeof version[0], by_size);
    printf("first_page_ms %.1f\nfirst_page_least_ms %.1f\nfirst_page_most_ms %.1f\nversion_ms %.1f\n",
           page[runs / 2], page[0], page[runs - 1], version[runs / 2]);
    return 0;
}
