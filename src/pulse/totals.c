#include "pulse/totals.h"

/* Instead of a node: the answers of this team stay in no residual. */
enum { NOT_PLACED = -1, NOT_SEEN = -2, SEVERAL = -3 };

static int64_t node_of_unit(const struct totals *totals, int64_t unit)
{
    for (size_t i = 0; i < totals->unit_count; i++)
        if (totals->units[i].id == unit)
            return (int64_t)i + 1;
    return 0;
}

/* How a team counts in the decision about one measure. About a leader, each leader counts one, whatever the
 * number of answers, and k is the least number of leaders. Where the figure of a team of k or more is
 * withheld, much of it is known all the same (the words "mostly low", the counts of its other questions), so
 * that it hides nobody: it does not count, and joins a residual that stands without it. */
static int64_t counts_as(const struct closing *closing, const struct totals *totals, size_t team,
                         size_t measure)
{
    const struct total_team *which = &totals->teams[team];
    if (which->kept && !which->shown[measure])
        return 0;
    if (!closing->plan->measures[measure].about_leader)
        return which->tally->scores[measure].n;
    if (!which->shown[measure] || which->leader == 0)
        return 0;
    for (size_t t = 0; t < team; t++)
        if (totals->teams[t].shown[measure] && totals->teams[t].leader == which->leader)
            return 0; /* one leader of two teams counts once */
    return 1;
}

/* Adds to a total and to all totals above it. */
static void add_upwards(const struct closing *closing, struct totals *totals, int64_t node,
                        const struct tally *part, size_t measure)
{
    for (; node >= 0; node = totals->nodes[node].parent)
        tally_add_measure(totals->sums[node], closing->plan, part, measure);
}

static void place(const struct closing *closing, struct totals *totals, size_t team, int64_t node,
                  size_t measure)
{
    tally_add_measure(totals->residuals[node], closing->plan, totals->teams[team].tally, measure);
    totals->teams[team].placed[measure] = (int32_t)node;
}

/* Teams whose figure is withheld join the nearest residual in which k others answered each question. Those
 * of an earlier closing are not in memory any more. */
static void add_withheld(const struct closing *closing, struct totals *totals, size_t measure)
{
    size_t first = 1 + totals->unit_count;
    for (size_t node = 0; node < first; node++) {
        totals->skipped[node] = false;
        totals->stands[node] =
            tally_measure_reason(totals->residuals[node], closing->plan, measure) != DISCLOSURE_TOO_FEW;
    }
    for (size_t t = 0; t < totals->team_count; t++) {
        const struct total_team *team = &totals->teams[t];
        if (!team->kept || team->shown[measure] || team->tally->scores[measure].n == 0 ||
            closing->plan->measures[measure].about_leader)
            continue;
        int64_t node = totals->nodes[first + t].parent;
        while (node >= 0 && !totals->stands[node])
            node = totals->nodes[node].parent;
        if (node < 0)
            continue;
        place(closing, totals, t, node, measure);
        if (tally_some_skipped(team->tally, closing->plan, measure))
            totals->skipped[node] = true;
    }
}

/* ---- Measures that share questions ---------------------------------------------------------------------------
 *
 * A line and its whole scale share questions, and a team with skipped questions may count in the residual of one of them
 * and not of the other. Each question weighs by its own number of answers, so that sums of single questions can be solved
 * from the two totals, and the difference of the residuals would be what such a team answered. So among measures that share
 * questions two residuals are of the same teams, or have none in common. */

static bool share_a_question(const struct close_measure *a, const struct close_measure *b)
{
    for (size_t i = 0; i < a->item_count; i++)
        for (size_t j = 0; j < b->item_count; j++)
            if (a->items[i] == b->items[j])
                return true;
    return false;
}

static int32_t same_or_several(int32_t before, int32_t now)
{
    return before == NOT_SEEN || before == now ? now : SEVERAL;
}

/* Marks residuals of `measure` that have teams in common with one of an earlier measure, and are not the same. */
static void compare_residuals(struct totals *totals, size_t measure, size_t earlier)
{
    for (size_t node = 0; node <= totals->unit_count; node++)
        totals->then[node] = totals->now[node] = NOT_SEEN;
    for (size_t t = 0; t < totals->team_count; t++) {
        int32_t now = totals->teams[t].placed[measure], then = totals->teams[t].placed[earlier];
        if (now >= 0)
            totals->then[now] = same_or_several(totals->then[now], then);
        if (then >= 0)
            totals->now[then] = same_or_several(totals->now[then], now);
    }
    for (size_t node = 0; node <= totals->unit_count; node++) {
        int32_t then = totals->then[node];
        if (then == SEVERAL || (then >= 0 && totals->now[then] != (int32_t)node))
            totals->mixed[node] = true;
    }
}

/* A residual is a group like any other: it enters a total only when its own figures might be shown. */
static void add_residuals(const struct closing *closing, struct totals *totals, size_t measure)
{
    const struct close_plan *plan = closing->plan;
    size_t first = 1 + totals->unit_count;
    for (size_t node = 0; node < first; node++)
        totals->mixed[node] =
            tally_measure_reason(totals->residuals[node], plan, measure) != DISCLOSURE_SHOWN;
    for (size_t earlier = 0; earlier < measure; earlier++)
        if (share_a_question(&plan->measures[measure], &plan->measures[earlier]))
            compare_residuals(totals, measure, earlier);
    for (size_t t = 0; t < totals->team_count; t++) {
        int32_t *placed = &totals->teams[t].placed[measure];
        if (*placed >= 0 && totals->mixed[*placed])
            *placed = NOT_PLACED;
    }
    for (size_t node = 0; node < first; node++) {
        if (totals->mixed[node])
            continue;
        /* Counts of questions of a withheld team may be known; scores would tell of few in it who have one, or have none. */
        if (totals->skipped[node])
            tally_replace_scores(totals->residuals[node], plan, measure);
        else
            tally_protect_measure(totals->residuals[node], plan, measure);
        add_upwards(closing, totals, (int64_t)node, totals->residuals[node], measure);
    }
}

enum error_code totals_of_measure(const struct closing *closing, struct totals *totals, size_t measure,
                                  struct disclosure_decision *decisions)
{
    const struct close_plan *plan = closing->plan;
    size_t first = 1 + totals->unit_count;
    for (size_t t = 0; t < totals->team_count; t++) {
        totals->teams[t].placed[measure] = NOT_PLACED;
        totals->nodes[first + t].answers = counts_as(closing, totals, t, measure);
    }
    for (size_t node = 0; node < first; node++) {
        tally_clear(totals->sums[node], plan);
        tally_clear(totals->residuals[node], plan);
    }
    TRY(disclosure_decide(totals->nodes, totals->node_count,
                          plan->measures[measure].about_leader ? CLOSE_LEADERS_MINIMUM : plan->k,
                          closing->region, closing->error, decisions));
    for (size_t t = 0; t < totals->team_count; t++) {
        const struct disclosure_decision *decision = &decisions[first + t];
        if (decision->shown)
            add_upwards(closing, totals, totals->nodes[first + t].parent, totals->teams[t].tally, measure);
        else if (decision->goes_to >= 0)
            place(closing, totals, t, decision->goes_to, measure);
    }
    add_withheld(closing, totals, measure);
    add_residuals(closing, totals, measure);
    for (size_t node = 0; node < first; node++)
        totals->shown[node] = decisions[node].shown && totals->sums[node]->scores[measure].n > 0;
    return OK;
}

enum error_code totals_prepare(const struct closing *closing, struct totals *totals)
{
    size_t first = 1 + totals->unit_count;
    totals->node_count = first + totals->team_count;
    totals->nodes = REGION_ARRAY(closing->region, totals->node_count, struct disclosure_node);
    totals->written = REGION_ARRAY(closing->region, first, bool);
    totals->shown = REGION_ARRAY(closing->region, first, bool);
    totals->stands = REGION_ARRAY(closing->region, first, bool);
    totals->skipped = REGION_ARRAY(closing->region, first, bool);
    totals->mixed = REGION_ARRAY(closing->region, first, bool);
    totals->then = REGION_ARRAY(closing->region, first, int32_t);
    totals->now = REGION_ARRAY(closing->region, first, int32_t);
    totals->sums = REGION_ARRAY(closing->region, first, struct tally *);
    totals->residuals = REGION_ARRAY(closing->region, first, struct tally *);
    if (region_failed(closing->region))
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t node = 0; node < first; node++) {
        totals->sums[node] = tally_new(closing->plan, closing->region);
        totals->residuals[node] = tally_new(closing->plan, closing->region);
        if (totals->sums[node] == NULL || totals->residuals[node] == NULL)
            return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    }
    totals->nodes[0].parent = -1;
    for (size_t u = 0; u < totals->unit_count; u++)
        totals->nodes[1 + u].parent = node_of_unit(totals, totals->units[u].parent);
    for (size_t t = 0; t < totals->team_count; t++)
        totals->nodes[first + t] =
            (struct disclosure_node){node_of_unit(totals, totals->teams[t].unit), 0, true};
    return OK;
}
