#include "pulse/totals.h"

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

/* Teams whose figure is withheld join the nearest residual in which k others answered each question. Those
 * of an earlier closing are not in memory any more. */
static void add_withheld(const struct closing *closing, struct totals *totals, size_t measure)
{
    size_t first = 1 + totals->unit_count;
    for (size_t node = 0; node < first; node++)
        totals->stands[node] =
            tally_measure_reason(totals->residuals[node], closing->plan, measure) != DISCLOSURE_TOO_FEW;
    for (size_t t = 0; t < totals->team_count; t++) {
        const struct total_team *team = &totals->teams[t];
        if (!team->kept || team->shown[measure] || team->tally->scores[measure].n == 0 ||
            closing->plan->measures[measure].about_leader)
            continue;
        int64_t node = totals->nodes[first + t].parent;
        while (node >= 0 && !totals->stands[node])
            node = totals->nodes[node].parent;
        if (node >= 0)
            tally_add_measure(totals->residuals[node], closing->plan, team->tally, measure);
    }
}

enum error_code totals_of_measure(const struct closing *closing, struct totals *totals, size_t measure,
                                  struct disclosure_decision *decisions)
{
    const struct close_plan *plan = closing->plan;
    size_t first = 1 + totals->unit_count;
    for (size_t t = 0; t < totals->team_count; t++)
        totals->nodes[first + t].answers = counts_as(closing, totals, t, measure);
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
            tally_add_measure(totals->residuals[decision->goes_to], plan, totals->teams[t].tally, measure);
    }
    add_withheld(closing, totals, measure);
    /* A residual is a group like any other: it enters a total only when its own figures might be shown. */
    for (size_t node = 0; node < first; node++)
        if (tally_measure_reason(totals->residuals[node], plan, measure) == DISCLOSURE_SHOWN) {
            tally_protect_measure(totals->residuals[node], plan, measure);
            add_upwards(closing, totals, (int64_t)node, totals->residuals[node], measure);
        }
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
