#include "analyse/trend_picture.h"
#include "analyse/words.h"

#include <math.h>

enum { LISTED_MAXIMUM = 60 };

static struct slice interval(const struct report *report, double value, double error, int decimals)
{
    double reach = TREND_Z95 * error;
    return words_interval(report, value, value - reach, value + reach, decimals);
}

static void say_step(const struct analyse_trend *trend, int decimals, struct report *report)
{
    const struct interrupted *result = &trend->event.result;
    double up = result->step.probability_up, step = result->step.difference;
    double reach = TREND_Z95 * result->step.standard_error;
    enum trend_verdict verdict = trend_verdict(up);
    enum message message = verdict == TREND_UP     ? MESSAGE_ANALYSE_EVENT_ROSE
                           : verdict == TREND_DOWN ? MESSAGE_ANALYSE_EVENT_FELL
                                                   : MESSAGE_ANALYSE_EVENT_UNKNOWN;
    report_say(report, message,
               ARGUMENTS(A_TEXT("step", report_number(report, fabs(step), decimals)),
                         A_TEXT("range", report_range(report, step - reach, step + reach, decimals)),
                         A_TEXT("before", report_number(report, result->before, decimals)),
                         A_TEXT("after", report_number(report, result->after, decimals)),
                         A_TEXT("chance", words_chance(report, verdict == TREND_UP ? up : 1 - up))));
}

/* Only a fall can be recovered from, and only one that is there. */
static void say_recovery(const struct analyse_trend *trend, struct report *report)
{
    const struct analyse_trend_event *event = &trend->event;
    const struct interrupted *result = &event->result;
    if (trend_verdict(result->step.probability_up) != TREND_DOWN)
        return;
    struct slice end = words_plain(report, trend->points[trend->rows - 1].time);
    if (isnan(result->recovered_low))
        report_say(report, MESSAGE_ANALYSE_EVENT_SHARE_UNKNOWN, NO_ARGUMENTS);
    else
        report_say(report, MESSAGE_ANALYSE_EVENT_SHARE,
                   ARGUMENTS(A_TEXT("end", end), A_TEXT("share", report_percent(report, result->recovered)),
                             A_TEXT("low", report_percent(report, result->recovered_low)),
                             A_TEXT("high", report_percent(report, result->recovered_high))));
    double back = result->since_before.probability_up;
    if (event->back_row > 0)
        report_say(report, MESSAGE_ANALYSE_EVENT_BACK,
                   ARGUMENTS(A_TEXT("time", words_plain(report, trend->points[event->back_row - 1].time))));
    else
        report_say(report, back <= 0.05 ? MESSAGE_ANALYSE_EVENT_NOT_BACK : MESSAGE_ANALYSE_EVENT_BACK_UNKNOWN,
                   ARGUMENTS(A_TEXT("time", end), A_TEXT("chance", words_chance(report, back))));
}

static void list_levels(const struct analyse_trend *trend, int decimals, struct report *report)
{
    const struct analyse_trend_event *event = &trend->event;
    size_t after = trend->rows - event->result.first_after;
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_EVENT_TABLE),
                                              after < LISTED_MAXIMUM ? after : LISTED_MAXIMUM);
    report_column(table, report_text(report, MESSAGE_ANALYSE_TREND_TIME), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_EVENT_LEVEL), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_EVENT_CHANCE), true);
    for (size_t i = event->result.first_after; i < trend->rows; i++)
        report_row(table,
                   (struct slice[]){
                       words_plain(report, trend->points[i].time),
                       interval(report, event->levels[i].level, event->levels[i].standard_error, decimals),
                       words_chance(report, event->levels[i].probability_back)},
                   (struct html){0});
}

static void draw(const struct analyse_trend *trend, int decimals, struct report *report)
{
    struct picture_point *points = REGION_ARRAY(report->region, trend->rows, struct picture_point);
    if (points == NULL)
        return;
    for (size_t i = 0; i < trend->rows; i++) {
        const struct interrupted_level *at = &trend->event.levels[i];
        double reach = TREND_Z95 * at->standard_error;
        points[i] = (struct picture_point){
            .level = at->level, .level_low = at->level - reach, .level_high = at->level + reach};
    }
    struct trend_picture picture = {.id = "event",
                                    .title = report_text(report, MESSAGE_ANALYSE_EVENT_PICTURE),
                                    .decimals = decimals,
                                    .has_event = true};
    trend_picture_draw(trend, &picture, points, report);
}

void analyse_trend_event_report(const struct analyse_trend *trend, struct report *report)
{
    report_section(report,
                   message_text(report->region, report->language, MESSAGE_ANALYSE_EVENT_HEADING,
                                ARGUMENTS(A_TEXT("time", words_plain(report, trend->options.event)))));
    if (trend->event.why != MESSAGE_NONE) {
        report_say(report, MESSAGE_ANALYSE_TREND_NOTHING,
                   ARGUMENTS(A_TEXT("why", report_text(report, trend->event.why))));
        return;
    }
    int decimals = words_decimals(trend_picture_range(trend));
    say_step(trend, decimals, report);
    say_recovery(trend, report);
    draw(trend, decimals, report);
    list_levels(trend, decimals, report);
}
