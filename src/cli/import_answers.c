#include "cli/cli.h"

#include "pulse/import.h"

#include <unistd.h>

static const char HELP[] =
    "Usage: hecht import answers FILE --group COL --item COL:construct[:reversed] ... --range LOW:HIGH "
    "--org NAME\n"
    "                            [--owner ADDRESS] [--delimiter C] [--json] [--db FILE|postgres://...]\n\n"
    "Takes existing anonymous answers (one row a person) through the same close as a round: figures of "
    "groups with 5 answers\n"
    "or more are kept, everything else is forgotten. All or nothing; a mistake is named with its row and "
    "column. A\n"
    "second import under the same name is the next round. FILE is CSV, TSV, SPSS .sav or Stata .dta; \"-\" is "
    "standard input.\n\n"
    "Options:\n"
    "  --group COL           the column that names the team\n"
    "  --item COL:construct  a question, and what it measures (any name); :reversed when a high answer means "
    "little of it\n"
    "  --range LOW:HIGH      lowest and highest answer, e.g. 1:5\n"
    "  --org NAME            under which organisation; made when it does not exist\n"
    "  --owner ADDRESS       a person who may look at it (then: hecht signin-link ADDRESS)\n"
    "  --delimiter C         , ; or tab; found out by itself otherwise\n"
    "  --json                print the summary as JSON\n"
    "  --db ...              the database (default: HECHT_DB, or hecht.db)\n\n"
    "Example:\n"
    "  hecht import answers survey.csv --group team --item q1:trust --item q2:trust:reversed --range 1:5 "
    "--org \"Survey 2025\"\n";

static void show_progress(int64_t rows, void *context)
{
    (void)context;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\rhecht: %" PRId64 " rows", rows);
}

static int read_options(const struct arguments *arguments, struct import_options *options)
{
    struct error error = {0};
    const char *group = argument_value(arguments, "--group"), *range = argument_value(arguments, "--range");
    const char *org = argument_value(arguments, "--org"),
               *delimiter = argument_value(arguments, "--delimiter");
    if (arguments->positional_count != 1)
        return usage_error(&COMMAND_IMPORT_ANSWERS, "give one file");
    if (group == NULL || range == NULL || org == NULL)
        return usage_error(&COMMAND_IMPORT_ANSWERS, "--group, --item, --range and --org are needed");
    struct slice rest = slice_from_text(range), low, high;
    int64_t low_value, high_value;
    if (!slice_take(&rest, ':', &low) || !slice_take(&rest, ':', &high) || slice_take(&rest, ':', &rest) ||
        !slice_to_integer(low, -1000, 1000, &low_value) || !slice_to_integer(high, -1000, 1000, &high_value))
        return usage_error(&COMMAND_IMPORT_ANSWERS, "--range %s is not LOW:HIGH", range);
    options->group_column = slice_from_text(group);
    options->org = slice_from_text(org);
    options->owner = slice_from_text(argument_value(arguments, "--owner"));
    options->low = (int)low_value;
    options->high = (int)high_value;
    options->progress = show_progress;
    if (delimiter != NULL && (strcmp(delimiter, "tab") == 0 || strcmp(delimiter, "\\t") == 0))
        options->separator = '\t';
    else if (delimiter != NULL && strlen(delimiter) == 1)
        options->separator = delimiter[0];
    else if (delimiter != NULL)
        return usage_error(&COMMAND_IMPORT_ANSWERS, "--delimiter takes one character or \"tab\"");
    for (size_t o = 0; o < arguments->option_count; o++) {
        const struct option *option = &arguments->options[o];
        if (strcmp(option->name, "--item") != 0)
            continue;
        if (option->count > CLOSE_ITEMS_MAXIMUM)
            return usage_error(&COMMAND_IMPORT_ANSWERS, "at most %d items", CLOSE_ITEMS_MAXIMUM);
        for (size_t i = 0; i < option->count; i++)
            if (import_item_parse(slice_from_text(option->values[i]), &error,
                                  &options->items[options->item_count++]) != OK)
                return usage_error(&COMMAND_IMPORT_ANSWERS, "%s", error.detail);
    }
    if (options->item_count == 0)
        return usage_error(&COMMAND_IMPORT_ANSWERS, "--group, --item, --range and --org are needed");
    return EXIT_DONE;
}

static void print_summary(const struct import_summary *summary, bool as_json)
{
    if (!as_json) {
        printf("Round %" PRId64 ": %" PRId64 " rows in %" PRId64 " groups; %" PRId64
               " groups are shown, the others had fewer than 5 answers and are forgotten.\n",
               summary->round_number, summary->rows, summary->groups, summary->groups_shown);
        return;
    }
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 10);
    struct json_writer json = JSON_WRITER(&out);
    json_write_object_begin(&json);
    json_write_key(&json, "round");
    json_write_integer(&json, summary->round_number);
    json_write_key(&json, "rows");
    json_write_integer(&json, summary->rows);
    json_write_key(&json, "groups");
    json_write_integer(&json, summary->groups);
    json_write_key(&json, "groups_shown");
    json_write_integer(&json, summary->groups_shown);
    json_write_object_end(&json);
    printf("%.*s\n", SLICE_ARG(buffer_slice(&out)));
}

static int import_answers(int argc, char **argv)
{
    struct option options[] = {{.name = "--group"}, {.name = "--item", .repeated = true},
                               {.name = "--range"}, {.name = "--org"},
                               {.name = "--owner"}, {.name = "--delimiter"},
                               {.name = "--db"},    {.name = "--json", .flag = true}};
    struct arguments arguments;
    struct import_options import = {0};
    struct import_summary summary;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_IMPORT_ANSWERS, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    code = read_options(&arguments, &import);
    if (code != EXIT_DONE)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new((size_t)2000 << 20);
    struct application application = {0};
    if (application_open(database_address(&arguments), false, &error, &application) != OK)
        return report_error(&error);
    enum error_code made =
        answers_import(&application, arguments.positionals[0], &import, region, &error, &summary);
    application_close(&application);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (made != OK) {
        fprintf(stderr, "hecht: nothing was imported\n");
        return report_error(&error);
    }
    print_summary(&summary, argument_flag(&arguments, "--json"));
    return EXIT_DONE;
}

const struct command COMMAND_IMPORT_ANSWERS = {"import answers", "take existing answers from a file", HELP,
                                               import_answers};
