/* The result of one team: four lines with their history and verdicts, and the questions. */
#include "insight/figure.h"

#include <math.h>

STATEMENT(
    TEAM_LATEST_CLOSED,
    "SELECT p.round_number, p.roster_count, p.leader_id, p.guess_shown, r.form, r.opens_at, r.closes_at, "
    "r.extended_at, r.closed_at, o.k, r.questionnaire FROM team_round p "
    "JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
    "JOIN org o ON o.org_id = p.org_id "
    "WHERE p.org_id = $1 AND p.team_id = $2 AND p.state = 'closed' ORDER BY p.round_number DESC LIMIT 1");
/* Every closed round of the team, also those without a result, and what was kept of one construct. */
STATEMENT(
    TEAM_HISTORY,
    "SELECT p.round_number, r.opens_at, p.roster_count, p.leader_id, r.form, c.reason, c.n, c.mean, "
    "c.score_n, "
    "c.score_sum, c.score_sum_squares, c.score_scale, q.within_variance, q.within_df, q.reason, q.mu, "
    "q.se_mu, "
    "q.tau2, q.sigma2, q.person_variance, q.level_variance_per_day, r.questionnaire FROM team_round p "
    "JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
    "LEFT JOIN result_construct c ON c.org_id = p.org_id AND c.round_number = p.round_number "
    "AND c.group_kind = 'team' AND c.group_id = p.team_id AND c.construct = $3 "
    "LEFT JOIN result_pool q ON q.org_id = p.org_id AND q.round_number = p.round_number AND q.construct = $3 "
    "WHERE p.org_id = $1 AND p.team_id = $2 AND p.state = 'closed' ORDER BY p.round_number DESC LIMIT 520");
STATEMENT(TEAM_ITEMS,
          "SELECT item, reason, lowest, counts FROM result_item WHERE org_id = $1 AND round_number = $2 "
          "AND group_kind = 'team' AND group_id = $3");

/* The newest noise there is serves the whole series: it was estimated from all of it. */
struct history {
    struct insight_point *points; /* newest first while reading */
    size_t count;
    double person_variance, q;
};

static double real_or_nan(const struct store_rows *rows, int column)
{
    return store_column_is_null(rows, column) ? (double)NAN : store_column_real(rows, column);
}

static struct figure_pool read_pool(const struct store_rows *rows, int column)
{
    return (struct figure_pool){
        .within_variance = real_or_nan(rows, column),
        .within_df = store_column_integer(rows, column + 1),
        .pooled = !store_column_is_null(rows, column + 2) && store_column_text(rows, column + 2).length == 0,
        .model = {.mu = real_or_nan(rows, column + 3),
                  .se_mu = real_or_nan(rows, column + 4),
                  .tau2 = real_or_nan(rows, column + 5),
                  .sigma2 = real_or_nan(rows, column + 6)},
        .person_variance = real_or_nan(rows, column + 7),
        .q = real_or_nan(rows, column + 8),
    };
}

static struct insight_point read_point(const struct store_rows *rows, struct region *region,
                                       struct history *history)
{
    bool there = !store_column_is_null(rows, 5);
    struct figure_kept kept = {
        .reason = there ? store_column_copy(rows, 5, region) : S("too-few"),
        .n = store_column_integer(rows, 6),
        .mean = store_column_real(rows, 7),
    };
    if (kept.reason.length == 0)
        kept.scores =
            group_sums_from_integers(store_column_integer(rows, 8), store_column_integer(rows, 9),
                                     store_column_integer(rows, 10), store_column_integer(rows, 11));
    struct figure_pool pool = read_pool(rows, 12);
    if (!(history->person_variance > 0)) { /* a round in which nobody was shown has none */
        history->person_variance = pool.person_variance;
        history->q = pool.q;
    }
    bool imported = slice_equal(store_column_text(rows, 4), S("imported"));
    return (struct insight_point){
        .round_number = store_column_integer(rows, 0),
        .time = store_column_integer(rows, 1),
        .figure = figure_make(&kept, &pool, store_column_integer(rows, 2), imported),
        .level = (double)NAN,
        .level_low = (double)NAN,
        .level_high = (double)NAN,
    };
}

static void reverse_points(struct insight_point *points, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct insight_point swap = points[i];
        points[i] = points[count - 1 - i];
        points[count - 1 - i] = swap;
    }
}

enum { REASON_COLUMN = 5, POOL_REASON_COLUMN = 14, QUESTIONNAIRE_COLUMN = 21 };

/* With the questionnaire of the newest round nothing was kept where too few answered; with another one the line may have been
 * no part of it. */
static bool not_asked(const struct store_rows *rows, struct slice newest)
{
    return !slice_equal(store_column_bytes(rows, QUESTIONNAIRE_COLUMN), newest) &&
           store_column_is_null(rows, REASON_COLUMN) && store_column_is_null(rows, POOL_REASON_COLUMN);
}

static enum error_code read_history(struct store_session *session, int64_t org, int64_t team,
                                    const struct insight_line *line, struct region *region,
                                    struct error *error, struct history *history)
{
    history->points = REGION_ARRAY(region, INSIGHT_POINTS_MAXIMUM, struct insight_point);
    if (history->points == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    int64_t leader = 0;
    struct slice newest = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_HISTORY,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_TEXT(line->construct)), error, &rows));
    while (history->count < INSIGHT_POINTS_MAXIMUM && store_next(&rows)) {
        int64_t now = store_column_integer(&rows, 3);
        if (history->count == 0) {
            leader = now;
            newest = store_column_copy(&rows, QUESTIONNAIRE_COLUMN, region);
        }
        if (not_asked(&rows, newest))
            continue; /* another questionnaire, in which the line is not */
        if (line->about_leader && now != leader)
            break; /* a change of leader ends the line */
        history->points[history->count] = read_point(&rows, region, history);
        history->count++;
    }
    TRY(store_rows_end(&rows));
    reverse_points(history->points, history->count);
    return OK;
}

/* ---- Level and verdicts ------------------------------------------------------------------------- */

static struct trend_point *trend_points(const struct history *history, struct region *region)
{
    struct trend_point *points = REGION_ARRAY(region, history->count, struct trend_point);
    for (size_t i = 0; points != NULL && i < history->count; i++) {
        const struct insight_figure *figure = &history->points[i].figure;
        points[i].time = (double)history->points[i].time / (double)DAY_SECONDS;
        points[i].value = figure->shown ? figure->mean : (double)NAN;
        points[i].variance = figure->shown ? history->person_variance / (double)figure->certain_n : 0;
    }
    return points;
}

static struct insight_change change_since(const struct history *history, const struct trend_point *points,
                                          size_t from)
{
    struct insight_change change = {0};
    struct trend_change trend;
    struct error ignored = {0};
    if (trend_change(points, history->count, history->q, from, history->count - 1, &ignored, &trend) != OK)
        return change;
    change.possible = true;
    change.probability_up = trend.probability_up;
    change.verdict = trend_verdict(trend.probability_up);
    change.since = history->points[from].time;
    return change;
}

static void judge(struct insight_line *line, const struct history *history, const struct trend_point *points)
{
    size_t last = history->count - 1, previous = last, quarter = last;
    int64_t three_months = history->points[last].time - (int64_t)INSIGHT_THREE_MONTHS_DAYS * DAY_SECONDS;
    for (size_t i = 0; i < last; i++) {
        if (!history->points[i].figure.shown)
            continue;
        previous = i;
        if (history->points[i].time <= three_months)
            quarter = i;
    }
    if (previous < last)
        line->since_last = change_since(history, points, previous);
    if (quarter < last)
        line->since_three_months = change_since(history, points, quarter);
}

static enum error_code smooth(struct insight_line *line, const struct history *history, struct region *region,
                              struct error *error)
{
    struct trend_point *points = trend_points(history, region);
    struct trend_state *states = REGION_ARRAY(region, history->count, struct trend_state);
    if (points == NULL || states == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct error ignored = {0};
    if (trend_smooth(points, history->count, history->q, &ignored, states, NULL) != OK)
        return OK;                         /* no value yet: the points stand without a level */
    const double z90 = 1.6448536269514722; /* 95 % point of the normal distribution */
    for (size_t i = 0; i < history->count; i++) {
        double half = z90 * sqrt(states[i].variance);
        history->points[i].level = states[i].level;
        history->points[i].level_low = states[i].level - half;
        history->points[i].level_high = states[i].level + half;
    }
    if (history->points[history->count - 1].figure.shown)
        judge(line, history, points);
    return OK;
}

static enum error_code load_line(struct store_session *session, int64_t org, int64_t team,
                                 struct region *region, struct error *error, struct insight_line *line)
{
    struct history history = {0};
    TRY(read_history(session, org, team, line, region, error, &history));
    line->points = history.points;
    line->point_count = history.count;
    if (history.count == 0)
        return OK;
    line->now = history.points[history.count - 1].figure;
    if (history.person_variance > 0 && history.q > 0)
        return smooth(line, &history, region, error);
    return OK;
}

/* ---- Questions ---------------------------------------------------------------------------------- */

static double mean_of_counts(struct slice counts, int64_t lowest, bool reversed, size_t options,
                             int64_t *ret_n)
{
    struct slice part;
    int64_t value = lowest, n = 0, sum = 0, count;
    while (slice_take(&counts, ' ', &part) && slice_to_integer(part, 0, INT64_MAX, &count)) {
        n += count;
        sum += count * (reversed ? 2 * lowest + (int64_t)options - 1 - value : value);
        value++;
    }
    *ret_n = n;
    return n > 0 ? (double)sum / (double)n : (double)NAN;
}

static enum error_code load_items(struct store_session *session, int64_t org, int64_t team,
                                  struct region *region, struct error *error, struct insight_team *result)
{
    const struct instrument *instrument = result->instrument;
    struct insight_item found[INSTRUMENT_ITEMS_MAXIMUM] = {0};
    bool exact = disclosure_exact_count(result->roster_count, result->round.imported);
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_ITEMS,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(result->round.number), V_INTEGER(team)), error,
                     &rows));
    while (store_next(&rows)) {
        const struct instrument_item *item = instrument_item_find(instrument, store_column_text(&rows, 0));
        if (item == NULL)
            continue; /* the promise question belongs to the promise */
        struct insight_item *to = &found[item - instrument->items];
        to->item = item;
        to->shown = !store_column_is_null(&rows, 3);
        to->reason = store_column_copy(&rows, 1, region);
        to->mean = mean_of_counts(store_column_text(&rows, 3), store_column_integer(&rows, 2), item->reversed,
                                  instrument->option_count, &to->n);
        if (!exact)
            to->mean = figure_coarse(to->mean);
    }
    TRY(store_rows_end(&rows));
    result->items = REGION_ARRAY(region, INSTRUMENT_ITEMS_MAXIMUM, struct insight_item);
    if (result->items == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (int anchor = 1; anchor <= GUESSES_MAXIMUM; anchor++)
        for (size_t i = 0; i < instrument->item_count; i++)
            if (found[i].item != NULL && found[i].item->anchor == anchor)
                result->items[result->item_count++] = found[i];
    for (size_t i = 0; i < instrument->item_count; i++)
        if (found[i].item != NULL && found[i].item->anchor == 0)
            result->items[result->item_count++] = found[i];
    return OK;
}

static enum error_code load_guesses(struct store_session *session, int64_t org, int64_t team,
                                    struct region *region, struct error *error, struct insight_team *result)
{
    struct guess *guesses;
    TRY(guess_list(session, org, team, result->round.number, region, error, &guesses, &result->guess_count));
    for (size_t g = 0; g < result->guess_count; g++)
        for (size_t i = 0; i < result->item_count; i++)
            if (slice_equal(result->items[i].item->id, guesses[g].item))
                result->items[i].guess = guesses[g].value;
    return OK;
}

/* ---- The team ----------------------------------------------------------------------------------- */

enum error_code insight_team_round(struct store_session *session, int64_t org, int64_t team,
                                   struct region *region, struct error *error, struct insight_team *ret_team)
{
    struct insight_team found = {0}, *result = &found;
    struct slice questionnaire = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_LATEST_CLOSED, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                     &rows));
    if (store_next(&rows)) {
        result->state = INSIGHT_TOO_FEW; /* until a shown line is found */
        result->roster_count = store_column_integer(&rows, 1);
        result->leader = store_column_integer(&rows, 2);
        result->guess_shown = store_column_integer(&rows, 3) != 0;
        result->round = (struct round){
            .number = store_column_integer(&rows, 0),
            .full = slice_equal(store_column_text(&rows, 4), S("full")),
            .imported = slice_equal(store_column_text(&rows, 4), S("imported")),
            .closed = true,
            .opens_at = store_column_integer(&rows, 5),
            .closes_at = store_column_integer(&rows, 6),
            .extended_at = store_column_integer(&rows, 7),
            .closed_at = store_column_integer(&rows, 8),
        };
        result->k = store_column_integer(&rows, 9);
        questionnaire = store_column_copy(&rows, 10, region);
    }
    TRY(store_rows_end(&rows));
    TRY(questionnaire_load(session, org, questionnaire, region, error, &found.instrument));
    *ret_team = found;
    return OK;
}

enum error_code insight_team_load(struct store_session *session, int64_t org, int64_t team,
                                  struct region *region, struct error *error, struct insight_team *ret_team)
{
    struct insight_team *result = REGION_NEW(region, struct insight_team);
    if (result == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(insight_team_round(session, org, team, region, error, result));
    const struct instrument *instrument = result->instrument;
    for (size_t c = 0; result->state != INSIGHT_NOTHING && c < instrument->construct_count; c++) {
        const struct instrument_construct *construct = &instrument->constructs[c];
        if (!construct->line || (construct->about_leader && result->leader == 0))
            continue;
        struct insight_line *line = &result->lines[result->line_count++];
        line->construct = construct->id;
        line->about_leader = construct->about_leader;
        TRY(load_line(session, org, team, region, error, line));
    }
    if (result->state != INSIGHT_NOTHING) {
        TRY(load_items(session, org, team, region, error, result));
        if (result->item_count > 0)
            result->state = INSIGHT_RESULT;
        TRY(load_guesses(session, org, team, region, error, result));
    }
    *ret_team = *result;
    return OK;
}
