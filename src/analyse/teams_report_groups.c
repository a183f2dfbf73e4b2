#include "analyse/teams_report.h"

#include "view/picture.h"

#include <math.h>

enum {
    LISTED_MAXIMUM = 100,
    POOLED_TEAMS_MINIMUM = 10, /* with fewer, intervals of pooled means are too short */
    SMALL_TEAM = 5,
};
#define Z50 0.6744897501960817
#define Z90 1.6448536269514722

enum verdict { VERDICT_NONE, VERDICT_AGREE, VERDICT_MIXED, VERDICT_SPLIT };

/* Split: people differ more than by chance. Agree: the usual .70 is reached, also against slightly skewed
 * answers where their variance is known. */
static enum verdict verdict_of(const struct teams_scale *scale, size_t team)
{
    double raw, usual;
    if (scale->options->items > 1) {
        const struct team_agreement *agreement = &scale->agreement.teams[team];
        raw = agreement->rwg_j_lindell_star;
        usual = isnan(agreement->rwg_j_skew) ? agreement->rwg_j : agreement->rwg_j_skew;
    } else {
        double sd = group_deviation(scale->score.sums[team]);
        double skew = null_variance_slight_skew(scale->score.options);
        raw = rwg_raw(sd * sd, scale->score.null_uniform);
        usual = isnan(skew) ? raw : rwg_raw(sd * sd, skew);
    }
    if (isnan(raw))
        return VERDICT_NONE;
    if (raw < 0)
        return VERDICT_SPLIT;
    return usual >= AGREEMENT_USUAL ? VERDICT_AGREE : VERDICT_MIXED;
}

static void say_people(const struct teams_scale *scale, struct report *report)
{
    report_say(report, MESSAGE_ANALYSE_TEAMS_PEOPLE,
               ARGUMENTS(A_TEXT("n", report_integer(report, scale->score.anova.n)),
                         A_TEXT("groups", report_integer(report, scale->score.anova.groups)),
                         A_TEXT("size", report_number(report, scale->score.anova.mean_group_size, 1))));
}

static void say_differences(const struct teams_score *score, struct report *report)
{
    if (score->reml_reason != NULL) {
        report_say(report, MESSAGE_ANALYSE_TEAMS_MODEL_NONE,
                   ARGUMENTS(A_TEXT("why", report_text(report, teams_why(score->reml_reason)))));
        return;
    }
    if (score->reml.boundary) {
        report_say(report, MESSAGE_ANALYSE_TEAMS_BOUNDARY, NO_ARGUMENTS);
        return;
    }
    report_say(report, MESSAGE_ANALYSE_TEAMS_ICC,
               ARGUMENTS(A_TEXT("share", words_chance(report, score->reml.icc1))));
    report_say(report, MESSAGE_ANALYSE_TEAMS_ICC2,
               ARGUMENTS(A_DECIMAL("reliability", score->reml.icc2_mean_n, 2)));
}

static void say_agreement(const struct teams_result *result, const struct teams_scale *scale,
                          struct report *report)
{
    int64_t counts[VERDICT_SPLIT + 1] = {0}, small = 0;
    if (!result->options->has_range) {
        report_say(report, MESSAGE_ANALYSE_TEAMS_AGREEMENT_NONE,
                   ARGUMENTS(A_TEXT("why", report_text(report, MESSAGE_ANALYSE_TEAMS_WHY_NO_RANGE))));
        return;
    }
    for (size_t i = 0; i < result->group_count; i++) {
        enum verdict verdict = verdict_of(scale, i);
        counts[verdict]++;
        int64_t n = scale->options->items > 1 ? scale->agreement.teams[i].n : scale->score.sums[i].n;
        small += verdict != VERDICT_NONE && n < SMALL_TEAM;
    }
    if (counts[VERDICT_AGREE] + counts[VERDICT_MIXED] + counts[VERDICT_SPLIT] == 0) {
        report_say(report, MESSAGE_ANALYSE_TEAMS_AGREEMENT_NONE,
                   ARGUMENTS(A_TEXT("why", report_text(report, MESSAGE_ANALYSE_TEAMS_WHY_NO_GROUP_OF_TWO))));
        return;
    }
    report_say(report, MESSAGE_ANALYSE_TEAMS_AGREEMENT,
               ARGUMENTS(A_TEXT("agree", report_integer(report, counts[VERDICT_AGREE])),
                         A_TEXT("mixed", report_integer(report, counts[VERDICT_MIXED])),
                         A_TEXT("split", report_integer(report, counts[VERDICT_SPLIT]))));
    if (small > 0)
        report_say(report, MESSAGE_ANALYSE_TEAMS_AGREEMENT_SMALL, ARGUMENTS(A_INTEGER("n", small)));
}

/* ---- The table -------------------------------------------------------------------------------------- */

struct team_table {
    const struct teams_result *result;
    const struct teams_scale *scale;
    struct report *report;
    bool pooled;
    double within; /* pooled variance inside teams, on within_df degrees of freedom; not pooled only */
    int64_t within_df;
    double low, high; /* of the pictures */
    int decimals;
};

struct team_figure {
    double value, low50, high50, low90, high90;
};

static struct team_figure figure_of(const struct team_table *table, size_t team)
{
    struct group_sums sums = table->scale->score.sums[team];
    struct team_figure figure = {sums.mean, NAN, NAN, NAN, NAN};
    if (table->pooled) {
        struct pooled_mean mean = pooled_mean(&table->scale->score.reml, sums);
        figure.value = mean.mean;
        figure.low50 = mean.mean - Z50 * mean.se_including_mu;
        figure.high50 = mean.mean + Z50 * mean.se_including_mu;
        figure.low90 = mean.mean - Z90 * mean.se_including_mu;
        figure.high90 = mean.mean + Z90 * mean.se_including_mu;
        return figure;
    }
    (void)mean_interval(sums.mean, sums.n, table->within, table->within_df, 0.5, &figure.low50,
                        &figure.high50);
    (void)mean_interval(sums.mean, sums.n, table->within, table->within_df, 0.9, &figure.low90,
                        &figure.high90);
    return figure;
}

static struct html picture_of(const struct team_table *table, size_t team, const struct team_figure *figure)
{
    const struct report *report = table->report;
    char id[64];
    (void)snprintf(id, sizeof id, "team-%zu-%zu", (size_t)(table->scale - table->result->scales), team);
    struct picture_strip strip = {
        .id = id,
        .title = message_text(report->region, report->language, MESSAGE_ANALYSE_TEAMS_STRIP,
                              ARGUMENTS(A_TEXT("team", table->result->groups[team]),
                                        A_TEXT("value", words_interval(report, figure->value, figure->low90,
                                                                       figure->high90, table->decimals)))),
        .description = report_text(report, MESSAGE_ANALYSE_TEAMS_STRIP_HOW),
        .low = table->low,
        .high = table->high,
        .value = figure->value,
        .line50_low = figure->low50,
        .line50_high = figure->high50,
        .line90_low = figure->low90,
        .line90_high = figure->high90,
        .guess = (double)NAN,
    };
    return picture_strip(report->region, report->language, &strip);
}

static struct slice verdict_text(const struct team_table *table, size_t team)
{
    switch (verdict_of(table->scale, team)) {
    case VERDICT_AGREE:
        return report_text(table->report, MESSAGE_ANALYSE_TEAMS_AGREE);
    case VERDICT_MIXED:
        return report_text(table->report, MESSAGE_ANALYSE_TEAMS_MIXED);
    case VERDICT_SPLIT:
        return report_text(table->report, MESSAGE_ANALYSE_TEAMS_SPLIT);
    case VERDICT_NONE:
        break;
    }
    return report_number(table->report, (double)NAN, 0);
}

/* Without a range the pictures go from the lowest to the highest mean. */
static void find_limits(struct team_table *table)
{
    const struct teams_options *options = table->result->options;
    table->low = options->has_range ? options->low : INFINITY;
    table->high = options->has_range ? options->high : -INFINITY;
    for (size_t i = 0; !options->has_range && i < table->result->group_count; i++) {
        if (table->scale->score.sums[i].n == 0)
            continue;
        struct team_figure figure = figure_of(table, i);
        table->low = fmin(table->low, fmin(figure.value, figure.low90));
        table->high = fmax(table->high, fmax(figure.value, figure.high90));
    }
    table->decimals = words_decimals(table->high - table->low);
}

static void list_team(const struct team_table *table, struct report_table *rows, size_t team)
{
    const struct report *report = table->report;
    struct team_figure figure = figure_of(table, team);
    struct group_sums sums = table->scale->score.sums[team];
    struct slice interval =
        table->pooled ? words_interval(report, figure.value, figure.low90, figure.high90, table->decimals)
                      : report_range(report, figure.low90, figure.high90, table->decimals);
    report_row(rows,
               (struct slice[]){table->result->groups[team], report_integer(report, sums.n),
                                report_number(report, sums.mean, table->decimals), interval,
                                verdict_text(table, team)},
               picture_of(table, team, &figure));
}

static void list_teams(struct team_table *table)
{
    struct report *report = table->report;
    struct report_table *rows =
        report_table(report, report_text(report, MESSAGE_ANALYSE_TEAMS_TABLE), LISTED_MAXIMUM);
    report_column(rows, report_text(report, MESSAGE_ANALYSE_TEAMS_TABLE_TEAM), false);
    report_column(rows, report_text(report, MESSAGE_ANALYSE_TEAMS_TABLE_PEOPLE), true);
    report_column(rows, report_text(report, MESSAGE_ANALYSE_TEAMS_TABLE_MEAN), true);
    report_column(rows,
                  report_text(report, table->pooled ? MESSAGE_ANALYSE_TEAMS_TABLE_POOLED
                                                    : MESSAGE_ANALYSE_TEAMS_TABLE_INTERVAL),
                  true);
    if (table->result->options->has_range)
        report_column(rows, report_text(report, MESSAGE_ANALYSE_TEAMS_TABLE_AGREEMENT), false);
    for (size_t i = 0; i < table->result->group_count; i++)
        if (table->scale->score.sums[i].n > 0 && rows != NULL) {
            if (rows->rows == LISTED_MAXIMUM)
                rows->left_out++;
            else
                list_team(table, rows, i);
        }
}

void teams_report_groups(const struct teams_result *result, const struct teams_scale *scale,
                         struct report *report)
{
    const struct teams_score *score = &scale->score;
    struct team_table table = {.result = result, .scale = scale, .report = report};
    report_section(report, message_text(report->region, report->language, MESSAGE_ANALYSE_TEAMS_TEAMS,
                                        ARGUMENTS(A_TEXT("scale", scale->options->name))));
    say_people(scale, report);
    if (score->anova.n == 0)
        return;
    say_differences(score, report);
    say_agreement(result, scale, report);
    bool differ = score->reml_reason == NULL && !score->reml.boundary;
    table.pooled = differ && score->anova.groups >= POOLED_TEAMS_MINIMUM;
    table.within = pooled_within_variance(score->sums, result->group_count, &table.within_df);
    if (table.pooled)
        report_say(report, MESSAGE_ANALYSE_TEAMS_POOLED, ARGUMENTS(A_DECIMAL("mu", score->reml.mu, 2)));
    else if (differ)
        report_say(report, MESSAGE_ANALYSE_TEAMS_POOLED_NOT, ARGUMENTS(A_INTEGER("n", POOLED_TEAMS_MINIMUM)));
    find_limits(&table);
    list_teams(&table);
}
