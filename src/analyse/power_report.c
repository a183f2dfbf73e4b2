#include "analyse/analyse_power.h"
#include "analyse/words.h"
#include "stats/power.h"
#include "view/picture.h"

#include <math.h>

static const int64_t SIZES[] = {4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50};

static double change_of(const struct analyse_power *power, size_t i)
{
    return paired_t_detectable(SIZES[i], power->options.sd_difference, 0.05, 0.8);
}

static void say_findings(const struct analyse_power *power, struct report *report)
{
    const struct analyse_power_options *options = &power->options;
    int decimals = words_decimals(power->smallest_change);
    report_say(report, MESSAGE_ANALYSE_POWER_SMALLEST,
               ARGUMENTS(A_INTEGER("n", options->n),
                         A_TEXT("change", report_number(report, power->smallest_change, decimals)),
                         A_TEXT("sd", words_plain(report, options->sd_difference))));
    if (!isnan(power->power))
        report_say(report, MESSAGE_ANALYSE_POWER_OF_DELTA,
                   ARGUMENTS(A_TEXT("delta", words_plain(report, options->delta)),
                             A_TEXT("share", words_chance(report, power->power))));
    if (!isnan(power->design_effect))
        report_say(report, MESSAGE_ANALYSE_POWER_TEAMS,
                   ARGUMENTS(A_INTEGER("n", options->n),
                             A_TEXT("size", words_plain(report, options->team_size)),
                             A_TEXT("icc", words_plain(report, options->icc1)),
                             A_DECIMAL("effect", power->design_effect, 2),
                             A_DECIMAL("effective", power->effective_n, 1)));
}

static void draw(const struct analyse_power *power, struct report *report)
{
    struct picture_point points[COUNT_OF(SIZES)];
    double sizes[COUNT_OF(SIZES)];
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        double change = change_of(power, i);
        sizes[i] = (double)SIZES[i];
        points[i] = (struct picture_point){.value = change,
                                           .low = (double)NAN,
                                           .high = (double)NAN,
                                           .level = change,
                                           .level_low = (double)NAN,
                                           .level_high = (double)NAN};
    }
    struct picture_trend curve = {
        .id = "power",
        .title = report_text(report, MESSAGE_ANALYSE_POWER_TABLE),
        .description = report_text(report, MESSAGE_ANALYSE_POWER_PICTURE_HOW),
        .points = points,
        .count = COUNT_OF(SIZES),
        .numbers = sizes,
    };
    picture_trend_axis(&curve, 0, points[0].value);
    report_picture(report, picture_trend(report->region, report->language, &curve));
    report_caption(report, curve.description);
}

static void list_changes(const struct analyse_power *power, struct report *report)
{
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_POWER_TABLE), COUNT_OF(SIZES));
    report_column(table, report_text(report, MESSAGE_ANALYSE_POWER_PEOPLE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_POWER_CHANGE), true);
    int decimals = words_decimals(change_of(power, 0));
    for (size_t i = 0; i < COUNT_OF(SIZES); i++)
        report_row(table,
                   (struct slice[]){report_integer(report, SIZES[i]),
                                    report_number(report, change_of(power, i), decimals)},
                   (struct html){0});
}

void analyse_power_report(const void *result, struct report *report)
{
    const struct analyse_power *power = result;
    report_section(report, S(""));
    say_findings(power, report);
    draw(power, report);
    list_changes(power, report);
}
