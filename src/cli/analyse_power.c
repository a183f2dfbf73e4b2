#include "analyse/analyse_power.h"

#include "cli/analyse.h"

#include <math.h>

static const char HELP[] =
    "Usage: hecht analyse power --n N [--sd-diff S] [--delta D] [--team-size M --icc1 R] [--json]\n\n"
    "How much change a team of N people can show, when the same people answer twice.\n\n"
    "Options:\n"
    "  --n N              people\n"
    "  --sd-diff S        standard deviation of a person's change (default 0.5, on a scale of 1 to 5)\n"
    "  --delta D          a true change: how likely is it to be found?\n"
    "  --team-size M      whole teams of M people are compared: how many people is N worth, ...\n"
    "  --icc1 R           ... with a share R of their differences between teams?\n" ANALYSE_HELP
    "\nExample:\n"
    "  hecht analyse power --n 8 --delta 0.5\n";

enum { PEOPLE_MAXIMUM = 1000000000, REGION_MAXIMUM = 16 << 20 };

static int read_teams(const struct analyse *analyse, const struct arguments *arguments,
                      struct analyse_power_options *options)
{
    if ((argument_value(arguments, "--team-size") == NULL) != (argument_value(arguments, "--icc1") == NULL))
        return usage_error(&COMMAND_ANALYSE_POWER, "--team-size and --icc1 go together");
    int code = analyse_real(analyse, arguments, "--team-size", &options->team_size);
    return code == EXIT_DONE ? analyse_real(analyse, arguments, "--icc1", &options->icc1) : code;
}

static int power(int argc, char **argv)
{
    struct option options[] = {{.name = "--n"},         {.name = "--sd-diff"}, {.name = "--delta"},
                               {.name = "--team-size"}, {.name = "--icc1"},    ANALYSE_OPTIONS};
    struct arguments arguments;
    struct analyse analyse;
    struct analyse_power_options power_options = {
        .sd_difference = 0.5, .delta = (double)NAN, .team_size = (double)NAN, .icc1 = (double)NAN};
    struct analyse_power result;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_POWER, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    code = analyse_options(&COMMAND_ANALYSE_POWER, &arguments, false, region, &analyse);
    if (code == EXIT_DONE && argument_value(&arguments, "--n") == NULL)
        code = usage_error(&COMMAND_ANALYSE_POWER, "--n is needed");
    if (code == EXIT_DONE)
        code = analyse_integer(&analyse, &arguments, "--n", 2, PEOPLE_MAXIMUM, &power_options.n);
    if (code == EXIT_DONE)
        code = analyse_real(&analyse, &arguments, "--sd-diff", &power_options.sd_difference);
    if (code == EXIT_DONE)
        code = analyse_real(&analyse, &arguments, "--delta", &power_options.delta);
    if (code == EXIT_DONE)
        code = read_teams(&analyse, &arguments, &power_options);
    if (code != EXIT_DONE)
        return code;
    if (analyse_power(&power_options, &error, &result) != OK)
        return analyse_failed(&error);
    return analyse_finish(&analyse, &(struct analyse_output){MESSAGE_ANALYSE_POWER_TITLE, analyse_power_json,
                                                             analyse_power_report, &result});
}

const struct command COMMAND_ANALYSE_POWER = {"analyse power", "how much change a team can show", HELP,
                                              power};
