#include "analyse/analyse_trend.h"

#include "cli/analyse.h"

#include <math.h>

static const char HELP[] =
    "Usage: hecht analyse trend FILE --time COL --value COL [--q Q] [--lag L] [--event TIME] [--json]\n"
    "       hecht analyse trend FILE --time COL --n COL --mean COL --var COL [the same]\n\n"
    "The level behind a series, without the chance ups and downs of single values, and whether it\n"
    "went up or down. Times are numbers, increasing, as irregular as they are; a row without a value\n"
    "is a gap.\n\n"
    "Options:\n"
    "  --time COL         times, such as weeks or days\n"
    "  --value COL        values; how noisy they are is estimated from the series\n"
    "  --n, --mean, --var number of answers, their mean and their variance: the noise follows from these\n"
    "  --q Q              how much the level moves: variance per unit of time (estimated otherwise)\n"
    "  --lag L            compare the last row with the one L rows back (default 10)\n"
    "  --event TIME       something happened then: did the level fall, and is it back?\n" ANALYSE_FILE_HELP
    "\nExamples:\n"
    "  hecht analyse trend river.csv --time year --value flow\n"
    "  hecht analyse trend pulse.csv --time week --n n --mean mean --var var --lag 4 --event 17\n";

enum { DEFAULT_LAG = 10, LAG_MAXIMUM = 1 << 20 };
/* Of about 1 million rows with all that is computed for them; not taken before it is needed. */
static const size_t REGION_MAXIMUM = (size_t)2 << 30;

static struct slice column_of(const struct arguments *arguments, const char *option)
{
    return slice_from_text(argument_value(arguments, option));
}

static int read_columns(const struct arguments *arguments, struct analyse_trend_options *options)
{
    options->time = column_of(arguments, "--time");
    options->value = column_of(arguments, "--value");
    options->n = column_of(arguments, "--n");
    options->mean = column_of(arguments, "--mean");
    options->variance = column_of(arguments, "--var");
    int three = (options->n.length > 0) + (options->mean.length > 0) + (options->variance.length > 0);
    if (options->time.length == 0)
        return usage_error(&COMMAND_ANALYSE_TREND, "--time is needed");
    if (options->value.length > 0 ? three > 0 : three < 3)
        return usage_error(&COMMAND_ANALYSE_TREND, "give --value, or all of --n, --mean and --var");
    return EXIT_DONE;
}

static int read_options(const struct analyse *analyse, const struct arguments *arguments,
                        struct analyse_trend_options *options)
{
    options->file = analyse->file;
    options->skip_bad = analyse->table.skip_bad;
    options->lag = DEFAULT_LAG;
    options->q = (double)NAN;
    options->has_event = argument_value(arguments, "--event") != NULL;
    int code = read_columns(arguments, options);
    if (code == EXIT_DONE)
        code = analyse_real(analyse, arguments, "--q", &options->q);
    if (code == EXIT_DONE && options->q < 0)
        code = usage_error(&COMMAND_ANALYSE_TREND, "--q: expected a variance, 0 or more");
    if (code == EXIT_DONE)
        code = analyse_integer(analyse, arguments, "--lag", 1, LAG_MAXIMUM, &options->lag);
    if (code == EXIT_DONE)
        code = analyse_real(analyse, arguments, "--event", &options->event);
    return code;
}

static int trend(int argc, char **argv)
{
    struct option options[] = {{.name = "--time"}, {.name = "--value"}, {.name = "--n"},
                               {.name = "--mean"}, {.name = "--var"},   {.name = "--q"},
                               {.name = "--lag"},  {.name = "--event"}, ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_trend_options trend_options = {0};
    struct analyse_trend result;
    struct error error = {0};
    struct table *table;
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_TREND, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_TREND, &arguments, true, region, &analyse);
    if (code == EXIT_DONE)
        code = read_options(&analyse, &arguments, &trend_options);
    if (code == EXIT_DONE)
        code = analyse_open(&analyse, 1, &table);
    if (code != EXIT_DONE)
        return code;
    enum error_code computed = analyse_trend(table, &trend_options, region, &error, &result);
    table_close(table);
    if (computed != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse, &(struct analyse_output){MESSAGE_ANALYSE_TREND_TITLE, analyse_trend_json,
                                                             analyse_trend_report, &result});
}

const struct command COMMAND_ANALYSE_TREND = {"analyse trend", "a level over time, and whether it changed",
                                              HELP, trend};
