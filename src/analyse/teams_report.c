/* Sentences and tables about the questions of a scale; those about teams are in teams_report_groups.c. */
#include "analyse/teams_report.h"

#include "analyse/left_out.h"

#include <math.h>

#define WEAK_ITEM 0.20 /* item-rest r below it: does the question belong here? */
enum { WEAK_SAID_MAXIMUM = 5 };

static void say_rows(const struct teams_scale *scale, struct report *report)
{
    enum message message =
        scale->options->items == 1 ? MESSAGE_ANALYSE_TEAMS_ROWS_ONE : MESSAGE_ANALYSE_TEAMS_ROWS;
    report_say(report, message,
               ARGUMENTS(A_TEXT("n", report_integer(report, scale->moments.rows)),
                         A_TEXT("complete", report_integer(report, scale->moments.complete)),
                         A_INTEGER("k", (int64_t)scale->options->items)));
}

static void say_alpha(const struct teams_result *result, const struct teams_scale *scale,
                      struct report *report)
{
    const struct reliability *reliability = &scale->reliability;
    if (isnan(reliability->alpha)) {
        report_say(report, MESSAGE_ANALYSE_TEAMS_ALPHA_NONE,
                   ARGUMENTS(A_TEXT("why", report_text(report, teams_why_no_listwise(scale)))));
        return;
    }
    enum message message = reliability->alpha >= 0.70   ? MESSAGE_ANALYSE_TEAMS_ALPHA_GOOD
                           : reliability->alpha >= 0.50 ? MESSAGE_ANALYSE_TEAMS_ALPHA_PART
                           : reliability->alpha >= 0    ? MESSAGE_ANALYSE_TEAMS_ALPHA_POOR
                                                        : MESSAGE_ANALYSE_TEAMS_ALPHA_NEGATIVE;
    report_say(
        report, message,
        ARGUMENTS(A_DECIMAL("alpha", reliability->alpha, 2),
                  A_TEXT("range", report_range(report, reliability->feldt[0], reliability->feldt[1], 2))));
    if (result->options->has_group)
        report_say(report, MESSAGE_ANALYSE_TEAMS_ALPHA_CLUSTERS, NO_ARGUMENTS);
    const double *interval = scale->factor.omega_ci95_delta;
    if (scale->factor_reason == NULL && fabs(scale->factor.omega_total - reliability->alpha) > 0.02)
        report_say(report, MESSAGE_ANALYSE_TEAMS_OMEGA,
                   ARGUMENTS(A_DECIMAL("omega", scale->factor.omega_total, 2),
                             A_TEXT("range", report_range(report, interval[0], interval[1], 2))));
}

static void say_factor(const struct teams_scale *scale, struct report *report)
{
    const struct one_factor *factor = &scale->factor;
    if (scale->factor_reason != NULL) {
        if (scale->options->items > 2)
            report_say(report, MESSAGE_ANALYSE_TEAMS_FACTOR_NONE,
                       ARGUMENTS(A_TEXT("why", report_text(report, teams_why(scale->factor_reason)))));
        return;
    }
    if (factor->heywood)
        report_say(report, MESSAGE_ANALYSE_TEAMS_HEYWOOD,
                   ARGUMENTS(A_TEXT("item", scale->item_names[factor->heywood_item])));
    if (factor->fit.df == 0)
        return;
    bool fair = factor->fit.cfi >= 0.90 && factor->fit.rmsea <= 0.10;
    bool good = factor->fit.cfi >= 0.95 && factor->fit.rmsea <= 0.08;
    report_say(report,
               good   ? MESSAGE_ANALYSE_TEAMS_FIT_GOOD
               : fair ? MESSAGE_ANALYSE_TEAMS_FIT_FAIR
                      : MESSAGE_ANALYSE_TEAMS_FIT_POOR,
               ARGUMENTS(A_DECIMAL("cfi", factor->fit.cfi, 2), A_DECIMAL("rmsea", factor->fit.rmsea, 2)));
}

/* MESSAGE_NONE: the item fits. */
static enum message item_finding(const struct teams_scale *scale, size_t i)
{
    double variance = scale->moments.covariance[i * scale->options->items + i], r = scale->item_rest_r[i];
    if (scale->moments.complete > 1 && !(variance > 0))
        return MESSAGE_ANALYSE_TEAMS_ITEM_CONSTANT;
    if (r < 0)
        return MESSAGE_ANALYSE_TEAMS_ITEM_AGAINST;
    return r < WEAK_ITEM ? MESSAGE_ANALYSE_TEAMS_ITEM_WEAK : MESSAGE_NONE;
}

static void say_items(const struct teams_scale *scale, struct report *report)
{
    int64_t found = 0;
    for (size_t i = 0; i < scale->options->items; i++) {
        enum message finding = item_finding(scale, i);
        if (finding == MESSAGE_NONE || ++found > WEAK_SAID_MAXIMUM)
            continue;
        report_say(report, finding,
                   ARGUMENTS(A_TEXT("item", scale->item_names[i]),
                             A_TEXT("r", report_number(report, scale->item_rest_r[i], 2))));
    }
    if (found > WEAK_SAID_MAXIMUM)
        report_say(report, MESSAGE_ANALYSE_TEAMS_ITEMS_MORE,
                   ARGUMENTS(A_INTEGER("n", found - WEAK_SAID_MAXIMUM)));
}

static struct slice item_label(const struct teams_scale *scale, size_t i, const struct report *report)
{
    if (!scale->options->reversed[i])
        return scale->item_names[i];
    return message_text(report->region, report->language, MESSAGE_ANALYSE_TEAMS_ITEMS_NAME_REVERSED,
                        ARGUMENTS(A_TEXT("item", scale->item_names[i])));
}

static void list_items(const struct teams_scale *scale, struct report *report)
{
    static const enum message HEADS[] = {
        MESSAGE_ANALYSE_TEAMS_ITEMS_NAME,   MESSAGE_ANALYSE_TEAMS_ITEMS_N,
        MESSAGE_ANALYSE_TEAMS_ITEMS_MEAN,   MESSAGE_ANALYSE_TEAMS_ITEMS_SD,
        MESSAGE_ANALYSE_TEAMS_ITEMS_REST,   MESSAGE_ANALYSE_TEAMS_ITEMS_WITHOUT,
        MESSAGE_ANALYSE_TEAMS_ITEMS_LOADING};
    const struct item_moments *moments = &scale->moments;
    bool loadings = scale->factor_reason == NULL;
    struct report_table *table =
        report_table(report, report_text(report, MESSAGE_ANALYSE_TEAMS_ITEMS_TABLE), scale->options->items);
    for (size_t column = 0; column < COUNT_OF(HEADS) - !loadings; column++)
        report_column(table, report_text(report, HEADS[column]), column > 0);
    for (size_t i = 0; i < scale->options->items; i++) {
        double loading = loadings ? scale->factor.std_loadings[i] : (double)NAN;
        /* Standardised loadings come without a sign; the item's own has it. */
        if (loadings && scale->factor.loadings[i] < 0)
            loading = -loading;
        report_row(table,
                   (struct slice[]){item_label(scale, i, report),
                                    report_integer(report, moments->answered[i]),
                                    report_number(report, moments->answered_mean[i], 2),
                                    report_number(report, moments->answered_sd[i], 2),
                                    report_number(report, scale->item_rest_r[i], 2),
                                    report_number(report, scale->alpha_if_deleted[i], 2),
                                    report_number(report, loading, 2)},
                   (struct html){0});
    }
}

static void report_questions(const struct teams_result *result, const struct teams_scale *scale,
                             struct report *report)
{
    report_section(report, message_text(report->region, report->language, MESSAGE_ANALYSE_TEAMS_QUESTIONS,
                                        ARGUMENTS(A_TEXT("scale", scale->options->name))));
    say_rows(scale, report);
    if (scale->options->items == 1)
        return;
    say_alpha(result, scale, report);
    say_factor(scale, report);
    say_items(scale, report);
    if (isfinite(scale->reliability.mdc95_mean_score))
        report_say(
            report, MESSAGE_ANALYSE_TEAMS_PERSON,
            ARGUMENTS(A_TEXT("points", report_number(report, scale->reliability.mdc95_mean_score, 2))));
    list_items(scale, report);
}

void analyse_teams_report(const void *pointer, struct report *report)
{
    const struct teams_result *result = pointer;
    for (size_t s = 0; s < result->options->scale_count; s++) {
        if (result->scales[s].options->items > 1 || !result->options->has_group)
            report_questions(result, &result->scales[s], report);
        if (result->options->has_group)
            teams_report_groups(result, &result->scales[s], report);
    }
    left_out_report(&result->counts, report);
}
