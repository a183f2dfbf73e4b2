#include "analyse/analyse_trend.h"
#include "analyse/left_out.h"
#include "analyse/trend_picture.h"
#include "analyse/words.h"

#include <math.h>

enum { LISTED_MAXIMUM = 60 };

/* The three verdicts on a change: which sentence says it. */
struct sentences {
    enum message up, down, unknown;
};

static void say_change(const struct analyse_trend *trend, const struct analyse_trend_change *change,
                       const struct sentences *sentences, int decimals, struct report *report)
{
    if (change->reason != NULL)
        return;
    double d = change->change.difference, reach = TREND_Z95 * change->change.standard_error;
    double up = change->change.probability_up;
    enum trend_verdict verdict = trend_verdict(up);
    enum message message = verdict == TREND_UP     ? sentences->up
                           : verdict == TREND_DOWN ? sentences->down
                                                   : sentences->unknown;
    report_say(report, message,
               ARGUMENTS(A_TEXT("from", words_plain(report, trend->points[change->from - 1].time)),
                         A_TEXT("to", words_plain(report, trend->points[change->to - 1].time)),
                         A_TEXT("change", report_number(report, fabs(d), decimals)),
                         A_TEXT("range", report_range(report, d - reach, d + reach, decimals)),
                         A_TEXT("chance", words_chance(report, verdict == TREND_DOWN ? 1 - up : up))));
}

static void say_now(const struct analyse_trend *trend, int decimals, struct report *report)
{
    const struct trend_state *last = &trend->cautious.smoothed[trend->rows - 1];
    double reach = TREND_Z95 * sqrt(last->variance);
    report_say(report, MESSAGE_ANALYSE_TREND_ROWS,
               ARGUMENTS(A_INTEGER("n", (int64_t)trend->values),
                         A_TEXT("first", words_plain(report, trend->points[0].time)),
                         A_TEXT("last", words_plain(report, trend->points[trend->rows - 1].time)),
                         A_INTEGER("gaps", (int64_t)(trend->rows - trend->values))));
    report_say(
        report, MESSAGE_ANALYSE_TREND_NOW,
        ARGUMENTS(A_TEXT("time", words_plain(report, trend->points[trend->rows - 1].time)),
                  A_TEXT("level", report_number(report, last->level, decimals)),
                  A_TEXT("range", report_range(report, last->level - reach, last->level + reach, decimals))));
}

static void say_source(const struct analyse_trend *trend, struct report *report)
{
    switch (trend->source) {
    case TREND_Q_FLOOR:
        report_say(report, MESSAGE_ANALYSE_TREND_FLOOR, NO_ARGUMENTS);
        break;
    case TREND_Q_CEILING:
        report_say(report, MESSAGE_ANALYSE_TREND_CEILING, NO_ARGUMENTS);
        break;
    case TREND_Q_DEFAULT:
        report_say(report, MESSAGE_ANALYSE_TREND_DEFAULT, ARGUMENTS(A_INTEGER("n", TREND_CAUTIOUS_VALUES)));
        break;
    case TREND_Q_ESTIMATED:
    case TREND_Q_GIVEN:
        break;
    }
}

/* The newest first: they are listed, older ones are counted. */
static void list_levels(const struct analyse_trend *trend, int decimals, struct report *report)
{
    size_t rows = trend->rows < LISTED_MAXIMUM ? trend->rows : LISTED_MAXIMUM;
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_TREND_TABLE), rows);
    report_column(table, report_text(report, MESSAGE_ANALYSE_TREND_TIME), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_TREND_VALUE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_TREND_LEVEL), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_TREND_BETWEEN), true);
    for (size_t i = trend->rows; i-- > 0;) {
        if (table != NULL && table->rows == rows) {
            table->left_out = (int64_t)i + 1;
            break;
        }
        const struct trend_state *state = &trend->cautious.smoothed[i];
        double reach = TREND_Z95 * sqrt(state->variance);
        report_row(
            table,
            (struct slice[]){words_plain(report, trend->points[i].time),
                             report_number(report, trend->points[i].value, decimals),
                             report_number(report, state->level, decimals),
                             report_range(report, state->level - reach, state->level + reach, decimals)},
            (struct html){0});
    }
}

static void draw(const struct analyse_trend *trend, int decimals, struct report *report)
{
    struct picture_point *points = REGION_ARRAY(report->region, trend->rows, struct picture_point);
    if (points == NULL)
        return;
    for (size_t i = 0; i < trend->rows; i++) {
        const struct trend_state *state = &trend->cautious.smoothed[i];
        double reach = TREND_Z95 * sqrt(state->variance);
        points[i] = (struct picture_point){
            .level = state->level, .level_low = state->level - reach, .level_high = state->level + reach};
    }
    struct trend_picture picture = {
        .id = "level", .title = report_text(report, MESSAGE_ANALYSE_TREND_PICTURE), .decimals = decimals};
    trend_picture_draw(trend, &picture, points, report);
}

void analyse_trend_report(const void *result, struct report *report)
{
    const struct analyse_trend *trend = result;
    static const struct sentences SINCE_LAG = {MESSAGE_ANALYSE_TREND_UP, MESSAGE_ANALYSE_TREND_DOWN,
                                               MESSAGE_ANALYSE_TREND_UNKNOWN};
    report_section(report, S(""));
    if (trend->cautious.why != MESSAGE_NONE) {
        report_say(report, MESSAGE_ANALYSE_TREND_NOTHING,
                   ARGUMENTS(A_TEXT("why", report_text(report, trend->cautious.why))));
    } else {
        int decimals = words_decimals(trend_picture_range(trend));
        const struct analyse_trend_level *level = &trend->cautious;
        say_now(trend, decimals, report);
        say_change(trend, &level->since_lag, &SINCE_LAG, decimals, report);
        if (level->since_first.from != level->since_lag.from)
            say_change(trend, &level->since_first, &SINCE_LAG, decimals, report);
        say_source(trend, report);
        draw(trend, decimals, report);
        list_levels(trend, decimals, report);
    }
    if (trend->options.has_event)
        analyse_trend_event_report(trend, report);
    left_out_report(&trend->counts, report);
}
