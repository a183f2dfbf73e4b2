/* The lines of a team with their history, and the one sentence about them. */
#include "insight/team_page.h"
#include "view/picture.h"

#include <math.h>

/* ---- Lines -------------------------------------------------------------------------------------- */

/* The mean of the guesses of the line's anchors; NAN unless all are there. */
static double guess_of_line(const struct making *making, struct slice construct)
{
    const struct insight_team *insight = &making->visit->insight;
    const struct instrument *instrument = insight->instrument;
    double sum = 0;
    size_t count = 0, anchors = 0;
    for (size_t i = 0; making->guesses && i < insight->item_count; i++) {
        const struct insight_item *item = &insight->items[i];
        if (item->item->anchor == 0 ||
            !slice_equal(instrument->constructs[item->item->construct].id, construct))
            continue;
        anchors++;
        count += item->guess > 0;
        sum += item->guess;
    }
    return anchors > 0 && count == anchors ? sum / (double)anchors : (double)NAN;
}

static struct html line_picture(const struct making *making, const struct insight_line *line,
                                struct slice name, double guess)
{
    const struct insight_figure *figure = &line->now;
    const struct words words = making->words;
    struct slice title =
        figure->shown
            ? message_text(
                  words.region, words.language, MESSAGE_INSIGHT_PICTURE_SHOWN,
                  ARGUMENTS(A_TEXT("line", name), A_TEXT("mean", words_number(words, figure->mean)),
                            A_TEXT("range", words_figure_range(words, figure, MESSAGE_INSIGHT_RANGE))))
            : message_text(
                  words.region, words.language, MESSAGE_INSIGHT_PICTURE_HIDDEN,
                  ARGUMENTS(A_TEXT("line", name), A_TEXT("reason", words_reason(words, figure->reason))));
    double none = (double)NAN;
    struct picture_strip strip = {
        .id = region_text(words.region, region_format(words.region, "line-%.*s", SLICE_ARG(line->construct))),
        .title = title,
        .description =
            say(making, figure->shown ? MESSAGE_INSIGHT_PICTURE_STRIP : MESSAGE_INSIGHT_PICTURE_DASHED),
        .low = SCALE_LOW,
        .high = SCALE_HIGH,
        .value = figure->mean,
        .line50_low = figure->has_lines ? figure->line50[0] : none,
        .line50_high = figure->has_lines ? figure->line50[1] : none,
        .line90_low = figure->has_lines ? figure->line90[0] : none,
        .line90_high = figure->has_lines ? figure->line90[1] : none,
        .guess = guess,
        .hidden = !figure->shown,
    };
    return picture_strip(words.region, words.language, &strip);
}

static void say_verdicts(const struct making *making, const struct insight_line *line,
                         struct template_insight_result_lines *row)
{
    static const enum message MAIN[] = {
        [TREND_CANNOT_TELL] = MESSAGE_INSIGHT_VERDICT_UNKNOWN,
        [TREND_UP] = MESSAGE_INSIGHT_VERDICT_UP,
        [TREND_DOWN] = MESSAGE_INSIGHT_VERDICT_DOWN,
    };
    static const enum message LAST[] = {
        [TREND_CANNOT_TELL] = MESSAGE_INSIGHT_VERDICT_LAST_UNKNOWN,
        [TREND_UP] = MESSAGE_INSIGHT_VERDICT_LAST_UP,
        [TREND_DOWN] = MESSAGE_INSIGHT_VERDICT_LAST_DOWN,
    };
    const struct insight_change *months = &line->since_three_months, *last = &line->since_last;
    if (months->possible)
        row->verdict = say_date(making, MAIN[months->verdict], months->since);
    if (last->possible && (!months->possible || last->since != months->since)) {
        /* The round before may have had too few answers; then the comparison is with an older one. */
        bool before = line->point_count > 1 && line->points[line->point_count - 2].time == last->since;
        if (before && months->possible && months->verdict == TREND_CANNOT_TELL &&
            last->verdict == TREND_CANNOT_TELL) {
            row->verdict = say_date(making, MESSAGE_INSIGHT_VERDICT_UNKNOWN_BOTH, months->since);
            return;
        }
        struct slice text =
            before ? say(making, LAST[last->verdict]) : say_date(making, MAIN[last->verdict], last->since);
        if (months->possible)
            row->verdict_last = text;
        else
            row->verdict = text;
    }
    if (!months->possible && !last->possible)
        row->verdict = say(making, MESSAGE_INSIGHT_VERDICT_NONE);
}

static void fill_rounds(const struct making *making, const struct insight_line *line,
                        struct template_insight_result_lines *row)
{
    const struct words words = making->words;
    struct template_insight_result_lines_rounds *rounds =
        REGION_ARRAY(words.region, line->point_count, struct template_insight_result_lines_rounds);
    for (size_t i = 0; rounds != NULL && i < line->point_count; i++) {
        const struct insight_point *point = &line->points[line->point_count - 1 - i]; /* newest first */
        const struct insight_figure *figure = &point->figure;
        rounds[i].day = point->time;
        if (!figure->shown) {
            rounds[i].reason = words_reason(words, figure->reason);
            continue;
        }
        rounds[i].mean = words_number(words, figure->mean);
        rounds[i].range = words_figure_range(words, figure, MESSAGE_INSIGHT_RANGE_SHORT);
        rounds[i].answers = words_answers_short(words, figure->n, figure->exact_n);
    }
    row->rounds = rounds;
    row->rounds_count = rounds != NULL ? line->point_count : 0;
}

static struct slice trend_title(const struct making *making, const struct insight_line *line,
                                const struct template_insight_result_lines *row)
{
    const struct insight_point *first = NULL, *last = NULL;
    for (size_t i = 0; i < line->point_count; i++) {
        if (isnan(line->points[i].level))
            continue;
        first = first == NULL ? &line->points[i] : first;
        last = &line->points[i];
    }
    if (first == NULL)
        return row->name;
    const struct words words = making->words;
    return message_text(
        words.region, words.language, MESSAGE_INSIGHT_PICTURE_TREND,
        ARGUMENTS(A_TEXT("line", row->name), A_TEXT("first", words_number(words, first->level)),
                  A_TEXT("last", words_number(words, last->level)), A_TEXT("verdict", row->verdict)));
}

/* One round is no trend. */
static void fill_trend(const struct making *making, const struct insight_line *line,
                       struct template_insight_result_lines *row)
{
    const struct words words = making->words;
    struct picture_point *points = REGION_ARRAY(words.region, line->point_count, struct picture_point);
    if (line->point_count < 2 || points == NULL)
        return;
    for (size_t i = 0; i < line->point_count; i++) {
        const struct insight_point *point = &line->points[i];
        const struct insight_figure *figure = &point->figure;
        bool lines = figure->shown && figure->has_lines;
        points[i] = (struct picture_point){
            .time = point->time,
            .value = figure->shown ? figure->mean : (double)NAN,
            .low = lines ? figure->line90[0] : (double)NAN,
            .high = lines ? figure->line90[1] : (double)NAN,
            .level = point->level,
            .level_low = point->level_low,
            .level_high = point->level_high,
        };
    }
    double last = points[line->point_count - 1].level;
    struct picture_trend trend = {
        .id =
            region_text(words.region, region_format(words.region, "trend-%.*s", SLICE_ARG(line->construct))),
        .title = trend_title(making, line, row),
        .description = say(making, MESSAGE_INSIGHT_PICTURE_TREND_TEXT),
        .low = SCALE_LOW,
        .high = SCALE_HIGH,
        .points = points,
        .count = line->point_count,
        .now_label = isnan(last) || !line->now.shown ? S("") : words_number(words, last),
    };
    row->trend = picture_trend(words.region, words.language, &trend);
    row->trend_label = message_text(words.region, words.language, MESSAGE_INSIGHT_TREND,
                                    ARGUMENTS(A_INTEGER("n", (int64_t)line->point_count)));
    fill_rounds(making, line, row);
}

static struct template_insight_result_lines line_row(const struct making *making,
                                                     const struct insight_line *line)
{
    const struct words words = making->words;
    const struct insight_figure *figure = &line->now;
    struct template_insight_result_lines row = {
        .name = words_line(words, line->construct, making->visit->leader), .shown = figure->shown};
    double guess = guess_of_line(making, line->construct);
    row.picture = line_picture(making, line, row.name, guess);
    if (figure->shown) {
        row.mean = words_number(words, figure->mean);
        row.range = words_figure_range(words, figure, MESSAGE_INSIGHT_RANGE);
        row.range_short = words_figure_range(words, figure, MESSAGE_INSIGHT_RANGE_SHORT);
        row.answers = words_answers(words, figure->n, figure->exact_n);
        row.answers_short = words_answers_short(words, figure->n, figure->exact_n);
        say_verdicts(making, line, &row);
    } else {
        row.reason = words_capital(words, words_reason(words, figure->reason));
        row.explanation = words_reason_why(words, figure->reason);
    }
    if (figure->shown && !isnan(guess))
        row.guess = message_text(
            words.region, words.language,
            making->own ? MESSAGE_INSIGHT_MIRROR_LINE_OWN : MESSAGE_INSIGHT_MIRROR_LINE_TEAM,
            ARGUMENTS(A_TEXT("name", making->visit->leader), A_TEXT("guess", words_number(words, guess))));
    fill_trend(making, line, &row);
    return row;
}

bool line_is_here(const struct making *making, const struct insight_line *line)
{
    return !(line->about_leader && making->visit->ended);
}

void fill_lines(struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    struct template_insight_result_lines *rows =
        REGION_ARRAY(making->words.region, insight->line_count, struct template_insight_result_lines);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < insight->line_count; i++)
        if (line_is_here(making, &insight->lines[i]))
            rows[count++] = line_row(making, &insight->lines[i]);
    making->result->lines = rows;
    making->result->lines_count = count;
    if (making->visit->outside && making->visit->insight.leader != 0)
        making->result->ended = say(making, MESSAGE_DEPUTY_NO_LINE);
    else if (making->visit->ended)
        making->result->ended = say_name(making, MESSAGE_INSIGHT_TEAM_ENDED, making->visit->leader);
    if (making->guesses)
        making->result->legend_guess =
            say_name(making, MESSAGE_INSIGHT_TEAM_READING_GUESS, making->visit->leader);
}

/* ---- The one sentence --------------------------------------------------------------------------- */

struct finding {
    struct slice up[INSIGHT_LINES_MAXIMUM], down[INSIGHT_LINES_MAXIMUM], unknown[INSIGHT_LINES_MAXIMUM];
    size_t ups, downs, unknowns;
    bool months;
};

/* With three months to look back over, that is what the sentence is about; otherwise the last round. */
static struct finding find(const struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    struct finding found = {0};
    for (size_t i = 0; i < insight->line_count; i++)
        found.months = found.months || (line_is_here(making, &insight->lines[i]) &&
                                        insight->lines[i].since_three_months.possible);
    for (size_t i = 0; i < insight->line_count; i++) {
        const struct insight_line *line = &insight->lines[i];
        const struct insight_change *change = found.months ? &line->since_three_months : &line->since_last;
        if (!change->possible || !line_is_here(making, line))
            continue;
        struct slice name = words_line(making->words, line->construct, making->visit->leader);
        if (change->verdict == TREND_CANNOT_TELL)
            found.unknown[found.unknowns++] = name;
        else if (change->verdict == TREND_UP)
            found.up[found.ups++] = words_small(making->words, name);
        else
            found.down[found.downs++] = words_small(making->words, name);
    }
    return found;
}

static struct slice say_lines(const struct making *making, enum message message, const struct slice *names,
                              size_t count)
{
    if (count == 0)
        return S("");
    return message_text(making->words.region, making->words.language, message,
                        ARGUMENTS(A_TEXT("lines", words_list(making->words, names, count))));
}

bool has_earlier_figures(const struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    for (size_t i = 0; i < insight->line_count; i++)
        for (size_t p = 0; p + 1 < insight->lines[i].point_count; p++)
            if (insight->lines[i].points[p].figure.shown && line_is_here(making, &insight->lines[i]))
                return true;
    return false;
}

struct slice finding_text(const struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    struct finding found = find(making);
    bool any = false;
    for (size_t i = 0; i < insight->line_count; i++)
        any = any || (insight->lines[i].now.shown && line_is_here(making, &insight->lines[i]));
    if (!any)
        return say(making, MESSAGE_INSIGHT_FINDING_HIDDEN);
    if (found.ups + found.downs + found.unknowns == 0)
        return say(making, has_earlier_figures(making) ? MESSAGE_INSIGHT_FINDING_UNKNOWN_ROUND
                                                       : MESSAGE_INSIGHT_FINDING_FIRST);
    if (found.ups + found.downs == 0 && found.unknowns == 1)
        return message_text(making->words.region, making->words.language,
                            MESSAGE_INSIGHT_FINDING_UNKNOWN_LINE,
                            ARGUMENTS(A_TEXT("line", found.unknown[0])));
    if (found.ups + found.downs == 0)
        return say(making, found.months ? MESSAGE_INSIGHT_FINDING_UNKNOWN_MONTHS
                                        : MESSAGE_INSIGHT_FINDING_UNKNOWN_ROUND);
    struct slice up =
        say_lines(making, found.months ? MESSAGE_INSIGHT_FINDING_UP_MONTHS : MESSAGE_INSIGHT_FINDING_UP_ROUND,
                  found.up, found.ups);
    struct slice down = say_lines(
        making, found.months ? MESSAGE_INSIGHT_FINDING_DOWN_MONTHS : MESSAGE_INSIGHT_FINDING_DOWN_ROUND,
        found.down, found.downs);
    return region_format(making->words.region, "%.*s%s%.*s", SLICE_ARG(up),
                         up.length > 0 && down.length > 0 ? " " : "", SLICE_ARG(down));
}
