#include "analyse/analyse_panel.h"

#include "cli/analyse.h"

static const char HELP[] =
    "Usage: hecht analyse panel FILE --x COL,COL,COL.. --y COL,COL,COL.. [--json] [--html OUT.html]\n\n"
    "Which of two things comes first, from the same people (or teams) at 3 to 8 moments: one row each,\n"
    "one column for each moment. Cross-lagged panel models with and without random intercepts; rows with\n"
    "gaps are used.\n\n"
    "Options:\n"
    "  --x COL,COL,COL..   the first thing, in the order of the moments\n"
    "  --y COL,COL,COL..   the second, at the same moments\n" ANALYSE_FILE_HELP "\nExample:\n"
    "  hecht analyse panel waves.csv --x trust1,trust2,trust3 --y bond1,bond2,bond3\n";

static const size_t REGION_MAXIMUM = (size_t)2 << 30; /* not taken before it is needed */

static int read_waves(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                      struct slice *ret_columns, size_t *ret_count)
{
    struct slice names[ANALYSE_LIST_MAXIMUM];
    const char *text = argument_value(arguments, option);
    if (text == NULL)
        return usage_error(analyse->command, "%s is needed", option);
    int code = analyse_list(analyse, option, text, names, ret_count);
    if (code == EXIT_DONE && (*ret_count < PANEL_WAVES_MINIMUM || *ret_count > PANEL_WAVES_MAXIMUM))
        code = usage_error(analyse->command, "%s has %zu columns; %d to %d are possible", option, *ret_count,
                           PANEL_WAVES_MINIMUM, PANEL_WAVES_MAXIMUM);
    for (size_t i = 0; code == EXIT_DONE && i < *ret_count; i++)
        ret_columns[i] = names[i];
    return code;
}

static int read_options(const struct analyse *analyse, const struct arguments *arguments,
                        struct analyse_panel_options *options)
{
    size_t waves = 0;
    int code = read_waves(analyse, arguments, "--x", options->x, &options->waves);
    if (code == EXIT_DONE)
        code = read_waves(analyse, arguments, "--y", options->y, &waves);
    if (code == EXIT_DONE && waves != options->waves)
        code = usage_error(analyse->command, "--x has %zu columns and --y %zu; they need the same number",
                           options->waves, waves);
    return code;
}

static int panel(int argc, char **argv)
{
    struct option options[] = {{.name = "--x"}, {.name = "--y"}, ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_panel_options panel_options = {.waves = 0};
    struct analyse_panel result;
    struct error error = {0};
    struct table *table;
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_PANEL, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_PANEL, &arguments, true, region, &analyse);
    if (code == EXIT_DONE)
        code = read_options(&analyse, &arguments, &panel_options);
    if (code == EXIT_DONE)
        code = analyse_open(&analyse, 1, &table);
    if (code != EXIT_DONE)
        return code;
    enum error_code computed = analyse_panel(table, &panel_options, region, &error, &result);
    table_close(table);
    if (computed != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse, &(struct analyse_output){MESSAGE_ANALYSE_PANEL_TITLE, analyse_panel_json,
                                                             analyse_panel_report, &result});
}

const struct command COMMAND_ANALYSE_PANEL = {"analyse panel", "which of two things comes first", HELP,
                                              panel};
