/* What the `hecht analyse` commands share: common options, the table, the three outputs. Every error of a file or of
 * options exits 2; so does a result that cannot be written. */
#ifndef HECHT_CLI_ANALYSE_H
#define HECHT_CLI_ANALYSE_H

#include "analyse/report.h"
#include "cli/cli.h"
#include "table/table.h"

enum { ANALYSE_MISSING_MAXIMUM = 64, ANALYSE_LIST_MAXIMUM = 512, ANALYSE_PROGRESS_SECONDS = 1 };

/* For the option table of a command; the second for those that read a file. */
#define ANALYSE_OPTIONS                                                                                      \
    {.name = "--json", .flag = true}, {.name = "--html"},                                                    \
    {                                                                                                        \
        .name = "--language"                                                                                 \
    }
#define ANALYSE_FILE_OPTIONS                                                                                 \
    ANALYSE_OPTIONS, {.name = "--delimiter"}, {.name = "--decimal"}, {.name = "--missing"},                  \
    {                                                                                                        \
        .name = "--skip-bad", .flag = true                                                                   \
    }
/* The same for help texts. */
#define ANALYSE_HELP                                                                                         \
    "  --json             print everything as JSON\n"                                                        \
    "  --html OUT.html    also write one page with pictures, to read and print\n"                            \
    "  --language en|nl   of the words\n"
#define ANALYSE_FILE_HELP                                                                                    \
    ANALYSE_HELP                                                                                             \
    "  --delimiter C      comma, semicolon or tab; found out by itself otherwise\n"                          \
    "  --decimal C        . or ,\n"                                                                          \
    "  --missing A,B      texts that mean \"no value\", beside an empty field and NA\n"                      \
    "  --skip-bad         leave rows with mistakes out, and say which\n"                                     \
    "FILE is CSV, TSV, SPSS .sav or Stata .dta; \"-\" is standard input.\n"

struct analyse {
    const struct command *command;
    struct region *region;
    const char *file; /* NULL: the command takes none */
    enum language language;
    bool json;
    const char *html; /* NULL: no page */
    struct table_options table;
    struct slice missing[ANALYSE_MISSING_MAXIMUM];
};

/* Reads what is common. Prints mistakes and returns EXIT_USAGE. */
int analyse_options(const struct command *command, const struct arguments *arguments, bool takes_file,
                    struct region *region, struct analyse *ret_analyse);
/* Options of one command. NULL or no text: *ret_value stays. */
int analyse_real(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                 double *ret_value);
int analyse_integer(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                    int64_t low, int64_t high, int64_t *ret_value);
/* "A,B,C" into at most ANALYSE_LIST_MAXIMUM names; empty names are a mistake. */
int analyse_list(const struct analyse *analyse, const char *option, const char *text,
                 struct slice ret_names[static ANALYSE_LIST_MAXIMUM], size_t *ret_count);
/* "LOW:HIGH" with low < high. */
int analyse_pair(const struct analyse *analyse, const char *option, const char *text, double *ret_first,
                 double *ret_second);

/* Opens the file; prints what is wrong and returns EXIT_USAGE. */
int analyse_open(struct analyse *analyse, int threads, struct table **ret_table);
/* Prints "hecht: ..." and returns EXIT_USAGE. */
int analyse_failed(const struct error *error);

struct analyse_output {
    enum message title;
    void (*json)(const void *result, struct json_writer *json);
    void (*report)(const void *result, struct report *report); /* all sections */
    const void *result;
};
/* Writes the page, then prints JSON or text to standard output. */
int analyse_finish(const struct analyse *analyse, const struct analyse_output *output);

#endif
