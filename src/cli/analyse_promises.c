#include "analyse/analyse_promises.h"

#include "cli/analyse.h"

#include <math.h>

static const char HELP[] =
    "Usage: hecht analyse promises FILE --day COL --kept COL [--half-life D] [--weights K:B] [--prior A:B]\n"
    "                              [--now DAY] [--json] [--html OUT.html]\n\n"
    "How reliably promises are kept: a beta distribution in which old promises fade and broken ones weigh\n"
    "more. Each row is one promise.\n\n"
    "Options:\n"
    "  --day COL          the day it was due, a number\n"
    "  --kept COL         1 kept, 0 broken, empty: not decided yet\n"
    "  --half-life D      a promise counts half after so many days (default 90)\n"
    "  --weights K:B      weight of a kept and of a broken promise (default 1:2)\n"
    "  --prior A:B        of the beta distribution (default 1:1)\n"
    "  --now DAY          later promises do not count (default: the last day of the file)\n" ANALYSE_FILE_HELP
    "\nExample:\n"
    "  hecht analyse promises promises.csv --day day --kept kept --half-life 180\n";

static const size_t REGION_MAXIMUM = (size_t)2 << 30;

static int read_pair(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                     double *ret_first, double *ret_second)
{
    const char *text = argument_value(arguments, option);
    int code = text == NULL ? EXIT_DONE : analyse_pair(analyse, option, text, ret_first, ret_second);
    if (code == EXIT_DONE && !(*ret_first > 0 && *ret_second > 0))
        code = usage_error(&COMMAND_ANALYSE_PROMISES, "%s: expected two numbers above 0", option);
    return code;
}

static int read_options(const struct analyse *analyse, const struct arguments *arguments,
                        struct analyse_promises_options *options)
{
    struct promise_model *model = &options->model;
    *model = (struct promise_model){PROMISE_HALF_LIFE, PROMISE_WEIGHT_KEPT, PROMISE_WEIGHT_BROKEN,
                                    PROMISE_PRIOR,     PROMISE_PRIOR,       (double)NAN};
    options->file = analyse->file;
    options->skip_bad = analyse->table.skip_bad;
    options->day = slice_from_text(argument_value(arguments, "--day"));
    options->kept = slice_from_text(argument_value(arguments, "--kept"));
    if (options->day.length == 0 || options->kept.length == 0)
        return usage_error(&COMMAND_ANALYSE_PROMISES, "--day and --kept are needed");
    int code = analyse_real(analyse, arguments, "--half-life", &model->half_life);
    if (code == EXIT_DONE && !(model->half_life > 0))
        code = usage_error(&COMMAND_ANALYSE_PROMISES, "--half-life: expected days, above 0");
    if (code == EXIT_DONE)
        code = read_pair(analyse, arguments, "--weights", &model->weight_kept, &model->weight_broken);
    if (code == EXIT_DONE)
        code = read_pair(analyse, arguments, "--prior", &model->prior_kept, &model->prior_broken);
    if (code == EXIT_DONE)
        code = analyse_real(analyse, arguments, "--now", &model->now);
    return code;
}

static int promises(int argc, char **argv)
{
    struct option options[] = {{.name = "--day"},     {.name = "--kept"},  {.name = "--half-life"},
                               {.name = "--weights"}, {.name = "--prior"}, {.name = "--now"},
                               ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_promises_options promises_options = {0};
    struct analyse_promises result;
    struct error error = {0};
    struct table *table;
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_PROMISES, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_PROMISES, &arguments, true, region, &analyse);
    if (code == EXIT_DONE)
        code = read_options(&analyse, &arguments, &promises_options);
    if (code == EXIT_DONE)
        code = analyse_open(&analyse, 1, &table);
    if (code != EXIT_DONE)
        return code;
    enum error_code computed = analyse_promises(table, &promises_options, region, &error, &result);
    table_close(table);
    if (computed != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse,
                          &(struct analyse_output){MESSAGE_ANALYSE_PROMISES_TITLE, analyse_promises_json,
                                                   analyse_promises_report, &result});
}

const struct command COMMAND_ANALYSE_PROMISES = {"analyse promises", "how reliably promises are kept", HELP,
                                                 promises};
