/* Totals of units and organisation, with the disclosure rule "teams before totals". */
#include "pulse/totals.h"

#include <math.h>

STATEMENT(
    RESULT_TEAMS,
    "SELECT g.group_id, t.unit_id, r.leader_id FROM result_group g "
    "JOIN team t ON t.org_id = g.org_id AND t.team_id = g.group_id "
    "JOIN team_round r ON r.org_id = g.org_id AND r.round_number = g.round_number AND r.team_id = g.group_id "
    "WHERE g.org_id = $1 AND g.round_number = $2 AND g.group_kind = 'team' ORDER BY g.group_id");
STATEMENT(
    RESULT_TEAM_ITEMS,
    "SELECT item, counts FROM result_item WHERE org_id = $1 AND round_number = $2 AND group_kind = 'team' "
    "AND group_id = $3 AND counts IS NOT NULL");
STATEMENT(RESULT_TEAM_SCORES,
          "SELECT construct, score_n, score_sum, score_sum_squares FROM result_construct WHERE org_id = $1 "
          "AND round_number = $2 AND group_kind = 'team' AND group_id = $3 AND reason = ''");

static size_t item_index(const struct close_plan *plan, struct slice id)
{
    size_t i = 0;
    while (i < plan->item_count && !slice_equal(plan->items[i].id, id))
        i++;
    return i;
}

static void parse_counts(struct slice text, int64_t *counts, size_t options)
{
    struct slice part;
    for (size_t o = 0; o < options && slice_take(&text, ' ', &part); o++)
        if (!slice_to_integer(part, 0, INT64_MAX, &counts[o]))
            counts[o] = 0;
}

static enum error_code read_kept_items(const struct closing *closing, struct total_team *team)
{
    const struct close_plan *plan = closing->plan;
    STORE_ROWS(rows);
    TRY(store_select(
        closing->session, &RESULT_TEAM_ITEMS,
        PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number), V_INTEGER(team->team)),
        closing->error, &rows));
    while (store_next(&rows)) {
        size_t item = item_index(plan, store_column_text(&rows, 0));
        if (item < plan->item_count)
            parse_counts(store_column_text(&rows, 1), team->tally->counts[item],
                         (size_t)(plan->items[item].high - plan->items[item].low + 1));
    }
    return store_rows_end(&rows);
}

static enum error_code read_kept_scores(const struct closing *closing, struct total_team *team)
{
    const struct close_plan *plan = closing->plan;
    STORE_ROWS(rows);
    TRY(store_select(
        closing->session, &RESULT_TEAM_SCORES,
        PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number), V_INTEGER(team->team)),
        closing->error, &rows));
    while (store_next(&rows))
        for (size_t m = 0; m < plan->measure_count; m++)
            if (slice_equal(plan->measures[m].id, store_column_text(&rows, 0))) {
                team->tally->scores[m].n = store_column_integer(&rows, 1);
                team->tally->scores[m].sum = store_column_integer(&rows, 2);
                team->tally->scores[m].sum_squares = store_column_integer(&rows, 3);
                team->shown[m] = !isnan(tally_measure_mean(team->tally, plan, m));
                /* A measure whose questions are not all kept cannot enter a mean of item means. */
                if (!team->shown[m])
                    team->tally->scores[m] = (struct tally_score){0};
            }
    return store_rows_end(&rows);
}

static enum error_code read_kept_teams(const struct closing *closing, struct totals *totals)
{
    STORE_ROWS(rows);
    TRY(store_select(closing->session, &RESULT_TEAMS,
                     PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number)), closing->error,
                     &rows));
    while (totals->team_count < TEAMS_MAXIMUM && store_next(&rows))
        totals->teams[totals->team_count++] = (struct total_team){
            .team = store_column_integer(&rows, 0),
            .unit = store_column_integer(&rows, 1),
            .leader = store_column_integer(&rows, 2),
            .kept = true,
        };
    TRY(store_rows_end(&rows));
    for (size_t t = 0; t < totals->team_count; t++) {
        totals->teams[t].tally = tally_new(closing->plan, closing->region);
        if (totals->teams[t].tally == NULL)
            return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
        TRY(read_kept_items(closing, &totals->teams[t]));
        TRY(read_kept_scores(closing, &totals->teams[t]));
    }
    return OK;
}

/* Teams that close now: those that were kept use the answers in memory (all questions), the others are
 * hidden. */
static enum error_code add_closing_teams(const struct closing *closing, struct totals *totals,
                                         const struct close_team *teams, struct tally *const *tallies,
                                         size_t count)
{
    for (size_t t = 0; t < count; t++) {
        size_t at = 0;
        while (at < totals->team_count && totals->teams[at].team != teams[t].team)
            at++;
        if (at == totals->team_count) {
            if (at == TEAMS_MAXIMUM)
                return FAIL(closing->error, ERROR_LIMIT, "too-many-teams", "too many teams in a round");
            totals->teams[totals->team_count++] =
                (struct total_team){.team = teams[t].team, .unit = teams[t].unit, .leader = teams[t].leader};
        }
        struct total_team *team = &totals->teams[at];
        team->tally = tallies[t];
        team->kept = teams[t].answers >= (size_t)closing->plan->k;
        for (size_t m = 0; m < closing->plan->measure_count; m++)
            team->shown[m] =
                team->kept && tally_measure_reason(tallies[t], closing->plan, m) == DISCLOSURE_SHOWN;
    }
    return OK;
}

static enum error_code write_total_group(const struct closing *closing, struct totals *totals, size_t node)
{
    if (totals->written[node])
        return OK;
    totals->written[node] = true;
    struct slice kind = node == 0 ? S("org") : S("unit");
    int64_t id = node == 0 ? closing->org : totals->units[node - 1].id;
    return closing_write_group(closing, kind, id, 0, 0);
}

static enum error_code write_total(const struct closing *closing, struct totals *totals, size_t node,
                                   size_t measure, const struct tally *total)
{
    enum disclosure_reason reason = tally_measure_reason(total, closing->plan, measure);
    struct slice kind = node == 0 ? S("org") : S("unit");
    TRY(write_total_group(closing, totals, node));
    return closing_write_construct(closing, kind, node == 0 ? closing->org : totals->units[node - 1].id,
                                   measure, total, reason);
}

enum error_code closing_write_totals(const struct closing *closing, const struct close_team *teams,
                                     struct tally *const *tallies, size_t team_count)
{
    struct totals totals = {0};
    TRY(unit_list(closing->session, closing->org, closing->region, closing->error, &totals.units,
                  &totals.unit_count));
    totals.teams = REGION_ARRAY(closing->region, TEAMS_MAXIMUM, struct total_team);
    if (totals.teams == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_kept_teams(closing, &totals));
    TRY(add_closing_teams(closing, &totals, teams, tallies, team_count));
    TRY(totals_prepare(closing, &totals));
    struct disclosure_decision *decisions =
        REGION_ARRAY(closing->region, totals.node_count, struct disclosure_decision);
    if (decisions == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t m = 0; m < closing->plan->measure_count; m++) {
        TRY(totals_of_measure(closing, &totals, m, decisions));
        for (size_t node = 0; node <= totals.unit_count; node++)
            if (totals.shown[node])
                TRY(write_total(closing, &totals, node, m, totals.sums[node]));
    }
    return OK;
}
