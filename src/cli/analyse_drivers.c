#include "analyse/analyse_drivers.h"

#include "cli/analyse.h"

static const char HELP[] =
    "Usage: hecht analyse drivers FILE --outcome COL --predictors COL,COL,.. [--group COL] [--json]\n\n"
    "Which of several things goes along with an outcome most: their shares of R^2, with intervals.\n"
    "Not causes.\n\n"
    "Options:\n"
    "  --outcome COL         what is to be understood\n"
    "  --predictors COL,..   1 to 15 columns\n"
    "  --group COL           teams: intervals over teams, and the same inside and between teams\n"
    "  --bootstrap B         resamples for the intervals (default 2000)\n"
    "  --seed S              of the resamples (default 1); the same seed, the same intervals\n" ANALYSE_FILE_HELP
    "\nExample:\n"
    "  hecht analyse drivers answers.csv --outcome wellbeing --predictors trust,leader,hours --group team\n";

/* Of a million rows with 15 predictors; not taken before it is needed. */
static const size_t REGION_MAXIMUM = (size_t)2 << 30;

static int read_predictors(const struct analyse *analyse, const struct arguments *arguments,
                           struct analyse_drivers_options *options)
{
    struct slice names[ANALYSE_LIST_MAXIMUM];
    int code = analyse_list(analyse, "--predictors", argument_value(arguments, "--predictors"), names,
                            &options->predictor_count);
    if (code == EXIT_DONE && options->predictor_count > DRIVERS_MAXIMUM)
        code = usage_error(analyse->command, "--predictors has %zu names; 1 to %d are possible",
                           options->predictor_count, DRIVERS_MAXIMUM);
    for (size_t i = 0; code == EXIT_DONE && i < options->predictor_count; i++)
        options->predictors[i] = names[i];
    return code;
}

static int read_options(const struct analyse *analyse, const struct arguments *arguments,
                        struct analyse_drivers_options *options)
{
    int64_t resamples = DRIVERS_RESAMPLES_DEFAULT, seed = DRIVERS_SEED_DEFAULT;
    options->outcome = slice_from_text(argument_value(arguments, "--outcome"));
    options->group = slice_from_text(argument_value(arguments, "--group"));
    int code = options->outcome.length > 0 ? read_predictors(analyse, arguments, options)
                                           : usage_error(analyse->command, "--outcome is needed");
    if (code == EXIT_DONE)
        code = analyse_integer(analyse, arguments, "--bootstrap", 1, DRIVERS_RESAMPLES_MAXIMUM, &resamples);
    if (code == EXIT_DONE)
        code = analyse_integer(analyse, arguments, "--seed", 0, INT64_MAX, &seed);
    options->resamples = (size_t)resamples;
    options->seed = (uint64_t)seed;
    return code;
}

static int drivers(int argc, char **argv)
{
    struct option options[] = {{.name = "--outcome"},   {.name = "--predictors"}, {.name = "--group"},
                               {.name = "--bootstrap"}, {.name = "--seed"},       ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_drivers_options drivers_options = {.predictor_count = 0};
    struct analyse_drivers result;
    struct error error = {0};
    struct table *table;
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_DRIVERS, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_DRIVERS, &arguments, true, region, &analyse);
    if (code == EXIT_DONE)
        code = read_options(&analyse, &arguments, &drivers_options);
    if (code == EXIT_DONE)
        code = analyse_open(&analyse, 1, &table);
    if (code != EXIT_DONE)
        return code;
    enum error_code computed = analyse_drivers(table, &drivers_options, region, &error, &result);
    table_close(table);
    if (computed != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse,
                          &(struct analyse_output){MESSAGE_ANALYSE_DRIVERS_TITLE, analyse_drivers_json,
                                                   analyse_drivers_report, &result});
}

const struct command COMMAND_ANALYSE_DRIVERS = {"analyse drivers", "what goes along with an outcome most",
                                                HELP, drivers};
