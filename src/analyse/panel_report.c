#include "analyse/analyse_panel.h"
#include "analyse/left_out.h"
#include "view/picture.h"

#include <math.h>

/* ---- Names ---------------------------------------------------------------------------------------- */

/* What the columns of all waves begin with, without a number or mark at its end; the first column when
 * that is nothing: JOBSAT1, JOBSAT2, JOBSAT3 are JOBSAT. */
static struct slice common_name(const struct slice *columns, size_t count)
{
    size_t length = columns[0].length;
    for (size_t i = 1; i < count; i++) {
        size_t same = 0;
        while (same < length && same < columns[i].length && columns[i].data[same] == columns[0].data[same])
            same++;
        length = same;
    }
    struct slice name = slice_part(columns[0], 0, length);
    while (name.length > 0 && strchr("0123456789_-. ", name.data[name.length - 1]) != NULL)
        name.length--;
    return name.length > 0 && slice_is_utf8(name) ? name : columns[0];
}

struct names {
    struct slice x, y;
};

static struct names names_of(const struct analyse_panel *panel)
{
    return (struct names){common_name(panel->options.x, panel->options.waves),
                          common_name(panel->options.y, panel->options.waves)};
}

/* ---- Verdict -------------------------------------------------------------------------------------- */

static void say_verdict(const struct analyse_panel *panel, const struct names *names, struct report *report)
{
    static const enum message VERDICTS[] = {
        [LEAD_LAG_CANNOT_TELL] = MESSAGE_ANALYSE_PANEL_CANNOT_TELL,
        [LEAD_LAG_X_FIRST] = MESSAGE_ANALYSE_PANEL_FIRST,
        [LEAD_LAG_Y_FIRST] = MESSAGE_ANALYSE_PANEL_FIRST,
        [LEAD_LAG_BOTH] = MESSAGE_ANALYSE_PANEL_BOTH,
    };
    bool turned = panel->verdict == LEAD_LAG_Y_FIRST;
    report_say(report, VERDICTS[panel->verdict],
               ARGUMENTS(A_TEXT("first", turned ? names->y : names->x),
                         A_TEXT("then", turned ? names->x : names->y)));
    if (panel->basis == PANEL_BASIS_NONE)
        report_say(report, MESSAGE_ANALYSE_PANEL_NO_MODEL, NO_ARGUMENTS);
    else if (panel->too_few)
        report_say(report, MESSAGE_ANALYSE_PANEL_TOO_FEW,
                   ARGUMENTS(A_INTEGER("n", panel->any), A_INTEGER("needed", PANEL_VERDICT_UNITS)));
    else if (panel->verdict == LEAD_LAG_CANNOT_TELL)
        report_say(report, MESSAGE_ANALYSE_PANEL_UNCLEAR, NO_ARGUMENTS);
}

static struct html path_picture(struct report *report, const char *id, struct slice title, double estimate,
                                double error, double end)
{
    struct picture_strip strip = {
        .id = id,
        .title = title,
        .description = report_text(report, MESSAGE_ANALYSE_PANEL_PICTURE_READ),
        .low = -end,
        .high = end,
        .value = estimate,
        .line50_low = NAN,
        .line50_high = NAN,
        .line90_low = estimate - PANEL_VERDICT_CRITICAL * error,
        .line90_high = estimate + PANEL_VERDICT_CRITICAL * error,
        .guess = NAN,
    };
    return picture_strip(report->region, report->language, &strip);
}

static struct slice arrow(const struct report *report, struct slice from, struct slice to)
{
    return message_text(report->region, report->language, MESSAGE_ANALYSE_PANEL_ARROW,
                        ARGUMENTS(A_TEXT("from", from), A_TEXT("to", to)));
}

static void path_row(struct report *report, struct report_table *table, const char *id, struct slice name,
                     double estimate, double error, double end)
{
    double half = PANEL_VERDICT_CRITICAL * error;
    report_row(table,
               (struct slice[]){name, report_number(report, estimate, 2),
                                report_range(report, estimate - half, estimate + half, 2)},
               path_picture(report, id, name, estimate, error, end));
}

static void say_paths(const struct analyse_panel *panel, const struct names *names, struct report *report)
{
    const struct lead_lag_paths *paths = &panel->paths;
    double end = fmax(fabs(paths->x_to_y) + 2 * paths->se_x_to_y, fabs(paths->y_to_x) + 2 * paths->se_y_to_x);
    end = fmax(0.5, ceil(end * 10) / 10);
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_PANEL_PATHS), 2);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_PATH), false);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_STANDARDISED), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_INTERVAL), true);
    path_row(report, table, "x-to-y", arrow(report, names->x, names->y), paths->x_to_y, paths->se_x_to_y,
             end);
    path_row(report, table, "y-to-x", arrow(report, names->y, names->x), paths->y_to_x, paths->se_y_to_x,
             end);
}

/* ---- Models --------------------------------------------------------------------------------------- */

/* Never "0.000". */
static struct slice chance(const struct report *report, double p)
{
    const double least = 0.001;
    if (!(p < least))
        return report_number(report, p, 3);
    return region_format(report->region, "< %.*s", SLICE_ARG(report_number(report, least, 3)));
}

/* For "p = 0.703" and "p < 0.001". */
static struct slice compared(const struct report *report, double p)
{
    struct slice text = chance(report, p);
    return slice_starts_with(text, S("<")) ? text : region_format(report->region, "= %.*s", SLICE_ARG(text));
}

static struct slice model_words(const struct report *report, const struct analyse_panel_model *model)
{
    if (!model->has_sample)
        return report_text(report, MESSAGE_ANALYSE_PANEL_STATUS_IMPOSSIBLE);
    switch (model->result.status) {
    case PANEL_IMPROPER:
        return report_text(report, MESSAGE_ANALYSE_PANEL_STATUS_IMPROPER);
    case PANEL_NOT_CONVERGED:
        return report_text(report, MESSAGE_ANALYSE_PANEL_STATUS_NONE);
    case PANEL_TOO_LITTLE:
        return report_text(report, MESSAGE_ANALYSE_PANEL_STATUS_TOO_LITTLE);
    case PANEL_PROPER:
        break;
    }
    return report_text(report, MESSAGE_ANALYSE_PANEL_STATUS_GOOD);
}

static void model_row(struct report *report, struct report_table *table, enum message name,
                      const struct analyse_panel_model *model)
{
    const struct panel_fit *fit = &model->result.fit;
    bool there =
        model->has_sample && (model->result.status == PANEL_PROPER || model->result.status == PANEL_IMPROPER);
    struct slice cells[] = {report_text(report, name), S("-"), S("-"), S("-"), S("-"), S("-"), S("-"),
                            model_words(report, model)};
    if (there) {
        cells[1] = report_integer(report, fit->n);
        cells[2] = report_number(report, fit->chi_square, 2);
        cells[3] = report_integer(report, (int64_t)fit->df);
        cells[4] = chance(report, fit->p);
        cells[5] = report_number(report, fit->cfi, 3);
        cells[6] = report_number(report, fit->rmsea, 3);
    }
    report_row(table, cells, (struct html){0});
}

static void say_models(const struct analyse_panel *panel, struct report *report)
{
    static const enum message HEADS[] = {MESSAGE_ANALYSE_PANEL_MODEL,      MESSAGE_ANALYSE_PANEL_ROWS_USED,
                                         MESSAGE_ANALYSE_PANEL_CHI_SQUARE, MESSAGE_ANALYSE_PANEL_DF,
                                         MESSAGE_ANALYSE_PANEL_P,          MESSAGE_ANALYSE_PANEL_CFI,
                                         MESSAGE_ANALYSE_PANEL_RMSEA,      MESSAGE_ANALYSE_PANEL_STATUS};
    report_section(report, report_text(report, MESSAGE_ANALYSE_PANEL_MODELS));
    report_say(report, MESSAGE_ANALYSE_PANEL_OLD_MODEL, NO_ARGUMENTS);
    if (panel->basis != PANEL_BASIS_NONE)
        report_say(report,
                   panel->basis == PANEL_BASIS_EQUAL ? MESSAGE_ANALYSE_PANEL_BASIS_EQUAL
                                                     : MESSAGE_ANALYSE_PANEL_BASIS_UNEQUAL,
                   ARGUMENTS(A_TEXT("p", compared(report, panel->equal_p))));
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_PANEL_FIT), 5);
    for (size_t i = 0; i < COUNT_OF(HEADS); i++)
        report_column(table, report_text(report, HEADS[i]), i > 0 && i + 1 < COUNT_OF(HEADS));
    model_row(report, table, MESSAGE_ANALYSE_PANEL_CLPM, &panel->clpm);
    model_row(report, table, MESSAGE_ANALYSE_PANEL_RICLPM, &panel->riclpm);
    model_row(report, table, MESSAGE_ANALYSE_PANEL_EQUAL, &panel->equal);
    model_row(report, table, MESSAGE_ANALYSE_PANEL_FIML, &panel->fiml);
    model_row(report, table, MESSAGE_ANALYSE_PANEL_FIML_EQUAL, &panel->fiml_equal);
}

/* The paths of the random-intercept model between each two waves, from all rows. */
static void say_estimates(const struct analyse_panel *panel, struct report *report)
{
    if (!panel->fiml.has_sample || panel->fiml.result.status != PANEL_PROPER)
        return;
    const struct panel_result *result = &panel->fiml.result;
    report_section(report, report_text(report, MESSAGE_ANALYSE_PANEL_WAVES));
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_PANEL_WAVES_TABLE),
                                              4 * (panel->options.waves - 1));
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_PATH), false);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_ESTIMATE), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_ERROR), true);
    report_column(table, report_text(report, MESSAGE_ANALYSE_PANEL_P), true);
    for (size_t r = 0; r < result->row_count; r++) {
        const struct panel_row *row = &result->rows[r];
        if (row->operator!= PANEL_REGRESSION)
            continue;
        const struct slice *to = row->left.variable == PANEL_W_X ? panel->options.x : panel->options.y;
        const struct slice *from = row->right.variable == PANEL_W_X ? panel->options.x : panel->options.y;
        report_row(table,
                   (struct slice[]){arrow(report, from[row->right.wave], to[row->left.wave]),
                                    report_number(report, row->estimate, 3),
                                    report_number(report, row->standard_error, 3), chance(report, row->p)},
                   (struct html){0});
    }
}

void analyse_panel_report(const void *result, struct report *report)
{
    const struct analyse_panel *panel = result;
    struct names names = names_of(panel);
    report_section(report, S(""));
    say_verdict(panel, &names, report);
    report_say(report, MESSAGE_ANALYSE_PANEL_ROWS,
               ARGUMENTS(A_INTEGER("complete", panel->complete.n), A_INTEGER("any", panel->any),
                         A_INTEGER("rows", panel->counts.rows)));
    if (panel->basis != PANEL_BASIS_NONE)
        say_paths(panel, &names, report);
    say_models(panel, report);
    say_estimates(panel, report);
    report_section(report, report_text(report, MESSAGE_ANALYSE_PANEL_READING));
    report_say(report, MESSAGE_ANALYSE_PANEL_HOW, NO_ARGUMENTS);
    report_say(report, MESSAGE_ANALYSE_PANEL_RULE, ARGUMENTS(A_INTEGER("n", PANEL_VERDICT_UNITS)));
    report_say(report, MESSAGE_ANALYSE_PANEL_NO_CAUSE, NO_ARGUMENTS);
    left_out_report(&panel->counts, report);
}
