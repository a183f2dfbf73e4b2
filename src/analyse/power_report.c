#include "analyse/analyse_power.h"

#include "stats/power.h"

#include <math.h>

void analyse_power_report(const void *result, struct report *report)
{
    const struct analyse_power *power = result;
    report_section(report, S(""));
    report_say(report, MESSAGE_ANALYSE_POWER_SMALLEST,
               ARGUMENTS(A_INTEGER("n", power->options.n), A_DECIMAL("change", power->smallest_change, 2),
                         A_DECIMAL("sd", power->options.sd_difference, 2)));
    if (!isnan(power->power))
        report_say(report, MESSAGE_ANALYSE_POWER_OF_DELTA,
                   ARGUMENTS(A_DECIMAL("delta", power->options.delta, 2),
                             A_TEXT("share", report_percent(report, power->power))));
    static const int64_t SIZES[] = {5, 8, 12, 20, 50};
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_POWER_TABLE), COUNT_OF(SIZES));
    report_column(table, report_text(report, MESSAGE_ANALYSE_POWER_PEOPLE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_POWER_CHANGE), true);
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        double change = paired_t_detectable(SIZES[i], power->options.sd_difference, 0.05, 0.8);
        report_row(table,
                   (struct slice[]){report_integer(report, SIZES[i]), report_number(report, change, 2)},
                   (struct html){0});
    }
}
