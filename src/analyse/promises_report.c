#include "analyse/analyse_promises.h"
#include "analyse/left_out.h"
#include "analyse/words.h"
#include "view/picture.h"

#include <math.h>

static void say_evidence(const struct analyse_promises *promises, struct report *report)
{
    const struct promise_evidence *evidence = &promises->evidence;
    report_say(report, MESSAGE_ANALYSE_PROMISES_COUNT,
               ARGUMENTS(A_INTEGER("kept", evidence->kept), A_INTEGER("broken", evidence->broken),
                         A_DECIMAL("remembered", evidence->remembered, 1)));
    if (evidence->later + promises->undecided > 0)
        report_say(report, MESSAGE_ANALYSE_PROMISES_NOT_COUNTED,
                   ARGUMENTS(A_INTEGER("later", evidence->later), A_INTEGER("open", promises->undecided)));
}

static void draw(const struct promise_evidence *evidence, struct report *report)
{
    struct picture_strip strip = {
        .id = "promises",
        .title = report_text(report, MESSAGE_ANALYSE_PROMISES_PICTURE),
        .description = report_text(report, MESSAGE_ANALYSE_PROMISES_PICTURE_HOW),
        .low = 0,
        .high = 100,
        .value = 100 * evidence->mean,
        .line50_low = (double)NAN,
        .line50_high = (double)NAN,
        .line90_low = 100 * evidence->ci90[0],
        .line90_high = 100 * evidence->ci90[1],
        .guess = (double)NAN,
    };
    report_picture(report, picture_strip(report->region, report->language, &strip));
    report_caption(report, strip.description);
}

static void say_share(const struct promise_evidence *evidence, struct report *report)
{
    report_say(report, MESSAGE_ANALYSE_PROMISES_SHARE,
               ARGUMENTS(A_TEXT("share", report_percent(report, evidence->mean)),
                         A_TEXT("low", report_percent(report, evidence->ci90[0])),
                         A_TEXT("high", report_percent(report, evidence->ci90[1]))));
    enum message above = evidence->above_80 >= 0.95   ? MESSAGE_ANALYSE_PROMISES_ABOVE
                         : evidence->above_80 <= 0.05 ? MESSAGE_ANALYSE_PROMISES_BELOW
                                                      : MESSAGE_ANALYSE_PROMISES_UNKNOWN;
    report_say(report, above, ARGUMENTS(A_TEXT("chance", words_chance(report, evidence->above_80))));
}

static void list_figures(const struct analyse_promises *promises, struct report *report)
{
    const struct promise_evidence *e = &promises->evidence;
    const struct {
        enum message what;
        struct slice amount;
    } rows[] = {
        {MESSAGE_ANALYSE_PROMISES_REMEMBERED, report_number(report, e->remembered, 2)},
        {MESSAGE_ANALYSE_PROMISES_R, report_number(report, e->r, 2)},
        {MESSAGE_ANALYSE_PROMISES_S, report_number(report, e->s, 2)},
        {MESSAGE_ANALYSE_PROMISES_MEAN, report_percent(report, e->mean)},
        {MESSAGE_ANALYSE_PROMISES_MEDIAN, report_percent(report, e->median)},
        {MESSAGE_ANALYSE_PROMISES_CI90, report_range(report, 100 * e->ci90[0], 100 * e->ci90[1], 0)},
        {MESSAGE_ANALYSE_PROMISES_CI95, report_range(report, 100 * e->ci95[0], 100 * e->ci95[1], 0)},
    };
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_PROMISES_TABLE), COUNT_OF(rows));
    report_column(table, report_text(report, MESSAGE_ANALYSE_PROMISES_FIGURE), false);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PROMISES_AMOUNT), true);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        report_row(table, (struct slice[]){report_text(report, rows[i].what), rows[i].amount},
                   (struct html){0});
}

void analyse_promises_report(const void *result, struct report *report)
{
    const struct analyse_promises *promises = result;
    const struct promise_evidence *evidence = &promises->evidence;
    const struct promise_model *model = &promises->options.model;
    report_section(report, S(""));
    say_evidence(promises, report);
    report_say(report, MESSAGE_ANALYSE_PROMISES_CHOICE,
               ARGUMENTS(A_TEXT("days", words_plain(report, model->half_life)),
                         A_TEXT("times", words_plain(report, model->weight_broken / model->weight_kept))));
    if (evidence->remembered < PROMISE_ENOUGH) {
        report_say(report, MESSAGE_ANALYSE_PROMISES_NOT_ENOUGH,
                   ARGUMENTS(A_INTEGER("n", (int64_t)PROMISE_ENOUGH)));
    } else {
        say_share(evidence, report);
        draw(evidence, report);
        list_figures(promises, report);
    }
    left_out_report(&promises->counts, report);
}
