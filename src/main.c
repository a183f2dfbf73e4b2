/* Picks the command. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

static const struct command *const COMMANDS[] = {
    &COMMAND_SERVE,
    &COMMAND_DEMO,
    &COMMAND_IMPORT_PEOPLE,
    &COMMAND_IMPORT_ANSWERS,
    &COMMAND_EXPORT_RESULTS,
    &COMMAND_EXPORT_PERSON,
    &COMMAND_DELETE_PERSON,
    &COMMAND_ANSWER,
    &COMMAND_INSTRUMENT_CHECK,
    &COMMAND_SIGNIN_LINK,
    &COMMAND_MAIL_TEST,
    &COMMAND_MAIL_BOUNCED,
    &COMMAND_VERIFY,
    &COMMAND_WITNESS,
    &COMMAND_DOCTOR,
    &COMMAND_PERMISSIONS,
    &COMMAND_ANALYSE_TEAMS,
    &COMMAND_ANALYSE_POWER,
    &COMMAND_ANALYSE_TREND,
    &COMMAND_ANALYSE_NETWORK,
    &COMMAND_ANALYSE_PROMISES,
    &COMMAND_ANALYSE_DRIVERS,
    &COMMAND_ANALYSE_PANEL,
};

static void print_help(FILE *to)
{
    fputs("hecht helps leaders and their teams measure, build and repair trust and connection.\n\n"
          "Usage: hecht COMMAND [OPTION ...]\n\nCommands:\n",
          to);
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        fprintf(to, "  %-18s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fputs("\nOptions:\n  --help             this text; after a command: everything about that command\n"
          "  --version          the version\n\n"
          "Begin with:  hecht demo      an invented organisation to look at\n"
          "             hecht serve     your own\n",
          to);
}

/* A command's name is one word or two; returns how many arguments it takes, 0 when it is another command. */
static int words_of(const struct command *command, int argc, char **argv)
{
    struct slice rest = slice_from_text(command->name), word;
    int at = 1;
    while (slice_take(&rest, ' ', &word)) {
        if (at >= argc || !slice_equal(word, slice_from_text(argv[at])))
            return 0;
        at++;
    }
    return at - 1;
}

/* "hecht analyse" and "hecht analyse --help": the commands that begin with this word. */
static bool print_family(FILE *to, struct slice word)
{
    size_t found = 0;
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        struct slice rest = slice_from_text(COMMANDS[i]->name), first;
        if (!slice_take(&rest, ' ', &first) || rest.length == 0 || !slice_equal(first, word))
            continue;
        if (found++ == 0)
            fprintf(to, "Usage: hecht %.*s COMMAND [OPTION ...]\n\nCommands:\n", SLICE_ARG(word));
        fprintf(to, "  %-18s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    }
    if (found > 0)
        fprintf(to, "\nTry: hecht %.*s COMMAND --help\n", SLICE_ARG(word));
    return found > 0;
}

static bool asks_for_help(int argc, char **argv)
{
    return argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
}

static int unknown_command(int argc, char **argv)
{
    struct slice first = slice_from_text(argv[1]);
    if (asks_for_help(argc, argv) && print_family(stdout, first))
        return EXIT_DONE;
    if (print_family(stderr, first)) {
        if (argc > 2)
            fprintf(stderr, "hecht: there is no command %s %s\n", argv[1], argv[2]);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        struct slice name = slice_from_text(COMMANDS[i]->name);
        bool begins = slice_starts_with(name, first) ||
                      (first.length >= 3 && slice_starts_with(name, slice_part(first, 0, 3)));
        if (begins) {
            fprintf(stderr, "hecht: there is no command %s; did you mean: hecht %s\n", argv[1],
                    COMMANDS[i]->name);
            return EXIT_USAGE;
        }
    }
    fprintf(stderr, "hecht: there is no command %s\nTry: hecht --help\n", argv[1]);
    return EXIT_USAGE;
}

/* A closed descriptor would go to the next file or connection, and words would end in it. What is opened here
 * instead cannot be used in the direction it is needed, so that using it is still an error. */
static void hold_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) == -1)
            (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("hecht " HECHT_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        int words = words_of(COMMANDS[i], argc, argv);
        if (words > 0)
            return COMMANDS[i]->run(argc - 1 - words, argv + 1 + words);
    }
    return unknown_command(argc, argv);
}

int main(int argc, char **argv)
{
    /* Otherwise malloc keeps an arena for each thread, most of it empty. */
    mallopt(M_ARENA_MAX, 4);
    /* Memory comes and goes in larger steps: each step is a call of the system, and what goes back to it must be
     * fetched again page by page. */
    mallopt(M_MMAP_THRESHOLD, MEMORY_LARGE);
    mallopt(M_TOP_PAD, 1 << 18);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    hold_standard_descriptors();
    int code = run(argc, argv);
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        fprintf(stderr, "hecht: standard output: %s\n", strerror(errno));
        code = EXIT_FAILED;
    }
    return code;
}
