#include "analyse/analyse_network.h"

#include "cli/analyse.h"

static const char HELP[] =
    "Usage: hecht analyse network FILE --from COL --to COL [--nodes N] [--json] [--html OUT.html]\n\n"
    "Who thanks whom: how many are reached, how much is returned, how evenly it is spread. Each row is one\n"
    "tie; ties to oneself and repeated ones are counted apart. Nobody is named in words or pictures.\n\n"
    "Options:\n"
    "  --from COL         who gives (any name or number)\n"
    "  --to COL           who receives\n"
    "  --nodes N          how many people there are, also those without any tie\n" ANALYSE_FILE_HELP
    "\nExample:\n"
    "  hecht analyse network thanks.csv --from from --to to --nodes 73\n";

/* 10 million ties with their names; not taken before it is needed. */
static const size_t REGION_MAXIMUM = (size_t)4 << 30;

static int read_options(const struct analyse *analyse, const struct arguments *arguments,
                        struct analyse_network_options *options)
{
    options->file = analyse->file;
    options->from = slice_from_text(argument_value(arguments, "--from"));
    options->to = slice_from_text(argument_value(arguments, "--to"));
    if (options->from.length == 0 || options->to.length == 0)
        return usage_error(&COMMAND_ANALYSE_NETWORK, "--from and --to are needed");
    return analyse_integer(analyse, arguments, "--nodes", 1, NETWORK_NODES_MAXIMUM, &options->nodes);
}

static int network(int argc, char **argv)
{
    struct option options[] = {
        {.name = "--from"}, {.name = "--to"}, {.name = "--nodes"}, ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_network_options network_options = {0};
    struct analyse_network result;
    struct error error = {0};
    struct table *table;
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_NETWORK, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_NETWORK, &arguments, true, region, &analyse);
    if (code == EXIT_DONE)
        code = read_options(&analyse, &arguments, &network_options);
    if (code == EXIT_DONE)
        code = analyse_open(&analyse, 1, &table);
    if (code != EXIT_DONE)
        return code;
    enum error_code computed = analyse_network(table, &network_options, region, &error, &result);
    table_close(table);
    if (computed != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse,
                          &(struct analyse_output){MESSAGE_ANALYSE_NETWORK_TITLE, analyse_network_json,
                                                   analyse_network_report, &result});
}

const struct command COMMAND_ANALYSE_NETWORK = {"analyse network", "who thanks whom, and how evenly", HELP,
                                                network};
