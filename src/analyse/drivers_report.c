#include "analyse/analyse_drivers.h"
#include "analyse/left_out.h"
#include "analyse/words.h"
#include "view/picture.h"

#include <math.h>

/* How often the predictor must come out first in the resamples before it is called first. */
#define FIRST_FOR_CERTAIN 0.95

/* Where the pictures end: the next ten percent. */
static double picture_end(const struct analyse_drivers_part *part)
{
    double largest = 0;
    for (size_t i = 0; i < part->drivers.predictors; i++) {
        double bound = part->has_intervals ? part->intervals.lmg[i].high : part->drivers.lmg[i];
        largest = fmax(largest, isfinite(bound) ? bound : 0);
    }
    return fmax(10, 10 * ceil(10 * largest));
}

/* Predictors by falling LMG; those without one last. */
static void sort_predictors(const struct drivers *drivers, size_t *ret_order)
{
    for (size_t i = 0; i < drivers->predictors; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            double above = drivers->lmg[ret_order[at - 1]];
            if (isnan(drivers->lmg[i]) || above >= drivers->lmg[i])
                break;
            ret_order[at] = ret_order[at - 1];
        }
        ret_order[at] = i;
    }
}

static struct html picture(const struct analyse_drivers *result, const struct analyse_drivers_part *part,
                           const char *id, size_t i, double end, struct report *report)
{
    struct drivers_interval interval =
        part->has_intervals ? part->intervals.lmg[i] : (struct drivers_interval){NAN, NAN};
    struct picture_strip strip = {
        .id = region_text(report->region, region_format(report->region, "%s-%zu", id, i)),
        .title = message_text(report->region, report->language, MESSAGE_ANALYSE_DRIVERS_PICTURE,
                              ARGUMENTS(A_TEXT("name", result->options.predictors[i]),
                                        A_TEXT("share", report_percent(report, part->drivers.lmg[i])))),
        .description = report_text(report, MESSAGE_ANALYSE_DRIVERS_PICTURE_READ),
        .low = 0,
        .high = end,
        .value = 100 * part->drivers.lmg[i],
        .line50_low = NAN,
        .line50_high = NAN,
        .line90_low = 100 * interval.low,
        .line90_high = 100 * interval.high,
        .guess = NAN,
    };
    return picture_strip(report->region, report->language, &strip);
}

static struct slice percent_range(struct report *report, struct drivers_interval interval)
{
    return report_range(report, 100 * interval.low, 100 * interval.high, 1);
}

/* With its sign, or only a dash. */
static struct slice interval_words(struct report *report, const struct analyse_drivers_part *part)
{
    if (!part->has_intervals)
        return report_number(report, (double)NAN, 1);
    return message_text(report->region, report->language, MESSAGE_ANALYSE_PERCENT,
                        ARGUMENTS(A_TEXT("value", percent_range(report, part->intervals.r2))));
}

static void say_table(const struct analyse_drivers *result, const struct analyse_drivers_part *part,
                      const char *id, struct report *report)
{
    const struct drivers *drivers = &part->drivers;
    size_t order[DRIVERS_MAXIMUM];
    double end = picture_end(part);
    sort_predictors(drivers, order);
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_DRIVERS_TABLE), drivers->predictors);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_PREDICTOR), false);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_SHARE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_INTERVAL), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_JOHNSON), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_ALONE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_DRIVERS_R), true);
    for (size_t k = 0; k < drivers->predictors; k++) {
        size_t i = order[k];
        struct drivers_interval interval =
            part->has_intervals ? part->intervals.lmg[i] : (struct drivers_interval){NAN, NAN};
        report_row(table,
                   (struct slice[]){
                       result->options.predictors[i], report_number(report, 100 * drivers->lmg[i], 1),
                       percent_range(report, interval), report_number(report, 100 * drivers->johnson[i], 1),
                       report_number(report, 100 * drivers->first[i], 1),
                       report_number(report, drivers->r_with_outcome[i], 2)},
                   isfinite(drivers->lmg[i]) ? picture(result, part, id, i, end, report) : (struct html){0});
    }
}

/* Which predictor is first, and whether that is certain. */
static void say_first(const struct analyse_drivers *result, const struct analyse_drivers_part *part,
                      struct report *report)
{
    size_t order[DRIVERS_MAXIMUM];
    sort_predictors(&part->drivers, order);
    struct slice name = result->options.predictors[order[0]];
    if (part->drivers.predictors < 2 || !(part->drivers.r2 > 0))
        return;
    struct slice share = report_percent(report, part->drivers.lmg[order[0]]);
    if (!part->has_intervals) {
        report_say(report, MESSAGE_ANALYSE_DRIVERS_FIRST_NO_INTERVAL,
                   ARGUMENTS(A_TEXT("name", name), A_TEXT("share", share)));
        return;
    }
    double often = part->intervals.largest[order[0]];
    report_say(report,
               often >= FIRST_FOR_CERTAIN ? MESSAGE_ANALYSE_DRIVERS_FIRST
                                          : MESSAGE_ANALYSE_DRIVERS_FIRST_UNSURE,
               ARGUMENTS(A_TEXT("name", name), A_TEXT("outcome", result->options.outcome),
                         A_TEXT("share", share), A_TEXT("often", words_chance(report, often))));
}

static void say_missing(const struct analyse_drivers *result, const struct analyse_drivers_part *part,
                        struct report *report)
{
    for (size_t i = 0; part->has_figures && i < part->drivers.predictors; i++)
        if (part->drivers.constant[i])
            report_say(report, MESSAGE_ANALYSE_DRIVERS_CONSTANT,
                       ARGUMENTS(A_TEXT("name", result->options.predictors[i])));
    if (part->has_figures && part->drivers.collinear)
        report_say(report, MESSAGE_ANALYSE_DRIVERS_COLLINEAR, NO_ARGUMENTS);
    if (!part->has_figures)
        report_say(report, MESSAGE_ANALYSE_DRIVERS_NO_FIGURES, NO_ARGUMENTS);
    else if (!part->has_intervals)
        report_say(report, MESSAGE_ANALYSE_DRIVERS_NO_INTERVALS,
                   ARGUMENTS(A_INTEGER("n", DRIVERS_UNITS_MINIMUM)));
}

static void say_part(const struct analyse_drivers *result, const struct analyse_drivers_part *part,
                     enum message together, const char *id, struct report *report)
{
    if (part->has_figures) {
        struct slice share = report_percent(report, part->drivers.r2);
        report_say(report, together,
                   ARGUMENTS(A_TEXT("share", share), A_TEXT("range", interval_words(report, part)),
                             A_TEXT("outcome", result->options.outcome)));
        say_first(result, part, report);
    }
    say_missing(result, part, report);
    if (part->has_figures)
        say_table(result, part, id, report);
}

void analyse_drivers_report(const void *result, struct report *report)
{
    const struct analyse_drivers *drivers = result;
    report_section(report, S(""));
    report_say(report, MESSAGE_ANALYSE_DRIVERS_ROWS,
               ARGUMENTS(A_INTEGER("n", drivers->n), A_INTEGER("rows", drivers->counts.rows)));
    say_part(drivers, &drivers->all, MESSAGE_ANALYSE_DRIVERS_TOGETHER, "all", report);
    if (drivers->options.group.length > 0) {
        report_section(report, report_text(report, MESSAGE_ANALYSE_DRIVERS_WITHIN));
        say_part(drivers, &drivers->within, MESSAGE_ANALYSE_DRIVERS_WITHIN_TOGETHER, "within", report);
        report_section(report, report_text(report, MESSAGE_ANALYSE_DRIVERS_BETWEEN));
        report_say(report, MESSAGE_ANALYSE_DRIVERS_GROUPS,
                   ARGUMENTS(A_INTEGER("n", (int64_t)drivers->groups)));
        say_part(drivers, &drivers->between, MESSAGE_ANALYSE_DRIVERS_BETWEEN_TOGETHER, "between", report);
    }
    report_section(report, report_text(report, MESSAGE_ANALYSE_DRIVERS_READING));
    report_say(report, MESSAGE_ANALYSE_DRIVERS_NO_CAUSE, NO_ARGUMENTS);
    report_say(report, MESSAGE_ANALYSE_DRIVERS_METHOD,
               ARGUMENTS(A_INTEGER("n", (int64_t)drivers->options.resamples),
                         A_INTEGER("seed", (int64_t)drivers->options.seed)));
    left_out_report(&drivers->counts, report);
}
