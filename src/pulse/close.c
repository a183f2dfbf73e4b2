#include "pulse/closing.h"

STATEMENT(RESULT_GROUP_WRITE,
          "INSERT INTO result_group (org_id, round_number, group_kind, group_id, answers, leaders) "
          "VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(
    RESULT_ITEM_WRITE,
    "INSERT INTO result_item (org_id, round_number, group_kind, group_id, item, construct, reason, lowest, "
    "counts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
STATEMENT(
    RESULT_CONSTRUCT_WRITE,
    "INSERT INTO result_construct (org_id, round_number, group_kind, group_id, construct, reason, n, mean, "
    "score_n, score_sum, score_sum_squares, score_scale) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

/* ---- One team ----------------------------------------------------------------------------------- */

static struct slice counts_text(const struct closing *closing, const int64_t *counts, size_t options)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(8 << 10);
    for (size_t o = 0; o < options; o++) {
        if (o > 0)
            buffer_append_byte(&text, ' ');
        buffer_append_integer(&text, counts[o]);
    }
    return region_copy(closing->region, buffer_slice(&text));
}

static enum error_code write_item(const struct closing *closing, int64_t team, size_t item,
                                  const struct tally *tally, const char *reason)
{
    const struct close_item *which = &closing->plan->items[item];
    size_t options = (size_t)(which->high - which->low + 1);
    struct store_value counts = V_NULL;
    if (reason[0] == '\0')
        counts = V_TEXT(counts_text(closing, tally->counts[item], options));
    return store_execute(closing->session, &RESULT_ITEM_WRITE,
                         PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number),
                                    V_TEXT(S("team")), V_INTEGER(team), V_TEXT(which->id),
                                    V_TEXT(which->construct), V_TEXT(slice_from_text(reason)),
                                    V_INTEGER(which->low), counts),
                         closing->error, NULL);
}

enum error_code closing_write_group(const struct closing *closing, struct slice kind, int64_t group,
                                    int64_t answers, int64_t leaders)
{
    return store_execute(closing->session, &RESULT_GROUP_WRITE,
                         PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number), V_TEXT(kind),
                                    V_INTEGER(group), V_INTEGER(answers), V_INTEGER(leaders)),
                         closing->error, NULL);
}

enum error_code closing_write_construct(const struct closing *closing, struct slice kind, int64_t group,
                                        size_t measure, const struct tally *tally,
                                        enum disclosure_reason reason)
{
    const struct close_measure *which = &closing->plan->measures[measure];
    const struct tally_score *score = &tally->scores[measure];
    bool shown = reason == DISCLOSURE_SHOWN;
    int64_t n = 0;
    for (size_t i = 0; i < which->item_count; i++) {
        int64_t item_n = tally_item_n(tally, closing->plan, which->items[i]);
        n = item_n > n ? item_n : n;
    }
    return store_execute(
        closing->session, &RESULT_CONSTRUCT_WRITE,
        PARAMETERS(V_INTEGER(closing->org), V_INTEGER(closing->round_number), V_TEXT(kind), V_INTEGER(group),
                   V_TEXT(which->id), V_TEXT(slice_from_text(disclosure_reason_text(reason))),
                   shown ? V_INTEGER(n) : V_NULL,
                   shown ? V_REAL(tally_measure_mean(tally, closing->plan, measure)) : V_NULL,
                   shown ? V_INTEGER(score->n) : V_NULL, shown ? V_INTEGER(score->sum) : V_NULL,
                   shown ? V_INTEGER(score->sum_squares) : V_NULL,
                   shown ? V_INTEGER(measure_score_scale(closing->plan, which)) : V_NULL),
        closing->error, NULL);
}

static bool measure_asked(const struct close_measure *measure, const struct close_team *team)
{
    for (size_t i = 0; i < measure->item_count; i++)
        if (!team->asked[measure->items[i]])
            return false;
    return true;
}

static enum disclosure_reason item_reason(const struct closing *closing, const struct tally *tally,
                                          size_t item)
{
    const struct close_item *which = &closing->plan->items[item];
    size_t options = (size_t)(which->high - which->low + 1);
    if (which->reversed ||
        which->construct.length == 0) /* lowest option is not the low end, or there is none */
        return tally_item_n(tally, closing->plan, item) < closing->plan->k ? DISCLOSURE_TOO_FEW
                                                                           : DISCLOSURE_SHOWN;
    return disclosure_question(tally->counts[item], options, closing->plan->k);
}

/* A figure that is withheld because it is low must not follow from its questions. */
static void hide_what_gives_away(const struct closing *closing, const char *reasons[CLOSE_ITEMS_MAXIMUM],
                                 const enum disclosure_reason measures[CLOSE_MEASURES_MAXIMUM])
{
    for (size_t m = 0; m < closing->plan->measure_count; m++) {
        const struct close_measure *measure = &closing->plan->measures[m];
        bool hidden = false;
        for (size_t i = 0; i < measure->item_count; i++)
            hidden = hidden || reasons[measure->items[i]][0] != '\0';
        for (size_t i = 0; measures[m] == DISCLOSURE_MOSTLY_LOW && !hidden && i < measure->item_count; i++)
            reasons[measure->items[i]] = "not-apart";
    }
}

/* When the figure of a measure is shown and one of its questions is not, the others would give it away. */
static void hide_with_siblings(const struct closing *closing, const char *reasons[CLOSE_ITEMS_MAXIMUM],
                               const enum disclosure_reason measures[CLOSE_MEASURES_MAXIMUM])
{
    for (size_t m = 0; m < closing->plan->measure_count; m++) {
        const struct close_measure *measure = &closing->plan->measures[m];
        bool hidden = false;
        for (size_t i = 0; i < measure->item_count; i++)
            hidden = hidden || reasons[measure->items[i]][0] != '\0';
        for (size_t i = 0; measures[m] == DISCLOSURE_SHOWN && hidden && i < measure->item_count; i++)
            if (reasons[measure->items[i]][0] == '\0')
                reasons[measure->items[i]] = "not-apart";
    }
}

static enum error_code write_team_items(const struct closing *closing, const struct close_team *team,
                                        const struct tally *tally, const enum disclosure_reason *measures)
{
    const struct close_plan *plan = closing->plan;
    const char *reasons[CLOSE_ITEMS_MAXIMUM] = {0};
    for (size_t i = 0; i < plan->item_count; i++)
        reasons[i] =
            disclosure_reason_text(team->asked[i] ? item_reason(closing, tally, i) : DISCLOSURE_NOT_ASKED);
    hide_what_gives_away(closing, reasons, measures);
    hide_with_siblings(closing, reasons, measures);
    for (size_t i = 0; i < plan->item_count; i++) {
        if (team->asked[i])
            TRY(write_item(closing, team->team, i, tally, reasons[i]));
    }
    return OK;
}

static enum error_code write_team(const struct closing *closing, const struct close_team *team,
                                  struct tally *tally)
{
    const struct close_plan *plan = closing->plan;
    enum disclosure_reason measures[CLOSE_MEASURES_MAXIMUM];
    TRY(closing_write_group(closing, S("team"), team->team, (int64_t)team->answers, team->leader != 0));
    for (size_t m = 0; m < plan->measure_count; m++) {
        measures[m] = DISCLOSURE_NOT_ASKED;
        if (!measure_asked(&plan->measures[m], team))
            continue;
        measures[m] = tally_measure_reason(tally, plan, m);
        tally_protect_measure(tally, plan, m);
        TRY(closing_write_construct(closing, S("team"), team->team, m, tally, measures[m]));
    }
    return write_team_items(closing, team, tally, measures);
}

enum error_code close_write(struct store_session *session, int64_t org, int64_t round_number,
                            const struct close_plan *plan, const struct close_team *teams, size_t team_count,
                            bool final, struct region *region, struct error *error)
{
    struct closing closing = {session, org, round_number, plan, region, error};
    struct tally **tallies = REGION_ARRAY(region, team_count, struct tally *);
    if (tallies == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t t = 0; t < team_count; t++) {
        tallies[t] = tally_new(plan, region);
        if (tallies[t] == NULL)
            return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
        tally_add_team(tallies[t], plan, &teams[t]);
        if (teams[t].answers >= (size_t)plan->k)
            TRY(write_team(&closing, &teams[t], tallies[t]));
    }
    for (size_t m = 0; m < plan->measure_count; m++)
        TRY(closing_write_pool(&closing, m));
    return final ? closing_write_totals(&closing, teams, tallies, team_count) : OK;
}
