/* A team's result against values computed by hand, and once through real rounds. */
#include "insight/figure.h"

#include "kept.h"

#include <math.h>

enum { FOUR_WEEKS = 28 };
static const struct kept_pool TEAM_NOISE = {"team", 0.5, 20, "few-teams", 0, 0, 0, 0, 0.2, 0.01 / FOUR_WEEKS};

static struct insight_team *load(struct world *w, int64_t team)
{
    struct insight_team *result = REGION_NEW(w->region, struct insight_team);
    assert_ok(w, insight_team_load(w->session, w->org, team, w->region, &w->error, result));
    return result;
}

static const struct insight_line *line_of(const struct insight_team *result, const char *construct)
{
    for (size_t i = 0; i < result->line_count; i++)
        if (slice_equal(result->lines[i].construct, slice_from_text(construct)))
            return &result->lines[i];
    return NULL;
}

/* A round with one team and one line; the item makes it a result. */
static void keep_team_line(struct world *w, int64_t number, int64_t team, int64_t leader, int64_t roster,
                           int64_t n, double mean)
{
    kept_round(w, number, number * FOUR_WEEKS, "pulse");
    kept_part(w, number, team, leader, roster);
    kept_group(w, number, "team", team, n);
    kept_construct(w, number, "team", team, "team", "", n, mean);
    kept_item(w, number, team, "tr1", "team", "", "0 1 2 3 2");
    kept_pool(w, number, &TEAM_NOISE);
}

/* ---- States ------------------------------------------------------------------------------------- */

static void test_nothing_before_the_first_close(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, true);
    assert_int_equal(load(w, team)->state, INSIGHT_NOTHING);
    struct error error;
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &error, &number));
    struct insight_team *result = load(w, team);
    assert_int_equal(result->state, INSIGHT_NOTHING);
    assert_int_equal(result->line_count, 0);
}

static void test_too_few_has_no_figure(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 3, true), leader = world_person(w, "leader@noord.example");
    kept_round(w, 1, 0, "pulse");
    kept_part(w, 1, team, leader, 3);
    struct insight_team *result = load(w, team);
    assert_int_equal(result->state, INSIGHT_TOO_FEW);
    assert_int_equal(result->roster_count, 3);
    assert_int_equal(result->k, DISCLOSURE_K_MINIMUM);
    assert_int_equal(result->item_count, 0);
    assert_int_equal(result->line_count, 4);
    for (size_t i = 0; i < result->line_count; i++) {
        assert_false(result->lines[i].now.shown);
        assert_true(slice_equal(result->lines[i].now.reason, S("too-few")));
        assert_false(result->lines[i].since_last.possible);
    }
}

/* The newest round counts, also when the one before it had a result. */
static void test_newest_round_decides(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, false);
    keep_team_line(w, 1, team, 0, 8, 8, 3.4);
    kept_round(w, 2, 2 * FOUR_WEEKS, "pulse");
    kept_part(w, 2, team, 0, 8);
    struct insight_team *result = load(w, team);
    assert_int_equal(result->state, INSIGHT_TOO_FEW);
    const struct insight_line *line = line_of(result, "team");
    assert_int_equal(line->point_count, 2);
    assert_true(line->points[0].figure.shown);
    assert_false(line->now.shown);
    assert_false(line->since_last.possible);
}

/* ---- Figures ------------------------------------------------------------------------------------ */

/* n 8, pooled within variance 0.5 with 20 degrees of freedom: se = sqrt(0.5 / 8) = 0.25; t quantiles from
 * tables. */
static void test_interval_by_hand(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 12, false);
    keep_team_line(w, 1, team, 0, 12, 8, 3.4);
    const struct insight_figure *figure = &line_of(load(w, team), "team")->now;
    assert_true(figure->shown && figure->has_lines && figure->exact_n && !figure->pooled);
    assert_int_equal(figure->n, 8);
    assert_near(figure->mean, 3.4, 1e-12);
    assert_near(figure->se, 0.25, 1e-12);
    assert_near(figure->line50[0], 3.4 - 0.25 * 0.6869545, 1e-7);
    assert_near(figure->line50[1], 3.4 + 0.25 * 0.6869545, 1e-7);
    assert_near(figure->line90[0], 3.4 - 0.25 * 1.7247182, 1e-7);
    assert_near(figure->line90[1], 3.4 + 0.25 * 1.7247182, 1e-7);
}

static void test_exact_count_from_ten_members(void **state)
{
    struct world *w = *state;
    int64_t nine = world_team(w, "Negen", 0, 9, false), ten = world_team(w, "Tien", 0, 10, false);
    keep_team_line(w, 1, nine, 0, 9, 8, 3.4);
    kept_part(w, 1, ten, 0, 10);
    kept_group(w, 1, "team", ten, 8);
    kept_construct(w, 1, "team", ten, "team", "", 8, 3.4);
    assert_false(line_of(load(w, nine), "team")->now.exact_n);
    assert_true(line_of(load(w, ten), "team")->now.exact_n);
}

static void test_hidden_line_keeps_its_reason(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, false);
    keep_team_line(w, 1, team, 0, 8, 8, 3.4);
    kept_construct(w, 1, "team", team, "safety", "mostly-low", 0, 0);
    struct insight_team *result = load(w, team);
    assert_int_equal(result->state, INSIGHT_RESULT);
    const struct insight_figure *safety = &line_of(result, "safety")->now;
    assert_false(safety->shown);
    assert_true(slice_equal(safety->reason, S("mostly-low")));
    assert_true(isnan(safety->se) != 0);
    assert_true(slice_equal(line_of(result, "connection")->now.reason, S("too-few")));
    assert_null(line_of(result, "leader")); /* nobody was asked about a leader */
}

/* No variance can be told: a mean without lines, and no verdict. */
static void test_unknown_variance(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, false);
    struct kept_pool pool = {"connection", (double)NAN, 0, "few-teams", 0, 0, 0, 0, 0, 0};
    for (int64_t number = 1; number <= 2; number++) {
        keep_team_line(w, number, team, 0, 8, 8, 3.4);
        kept_construct(w, number, "team", team, "connection", "", 8, 3.4);
    }
    pool.within_variance = 0;
    kept_pool(w, 2, &pool);
    const struct insight_line *line = line_of(load(w, team), "connection");
    assert_true(line->now.shown);
    assert_false(line->now.has_lines);
    assert_false(line->since_last.possible);
    assert_true(isnan(line->points[0].level) != 0);
}

/* ---- Change ------------------------------------------------------------------------------------- */

/* Two rounds 28 days apart, H = 0.2 / 8 = 0.025 each, q * 28 = 0.01. The step d has prior variance 0.01 and
 * is seen as y with variance 0.05: mean y / 6, variance 1 / 120, P(up) = Phi(y / 6 * sqrt(120)). */
static void test_verdict_by_hand(void **state)
{
    struct world *w = *state;
    int64_t calm = world_team(w, "Rustig", 0, 8, false), high = world_team(w, "Hoger", 0, 8, false);
    int64_t low = world_team(w, "Lager", 0, 8, false);
    static const double MEANS[][2] = {{3, 3.4}, {3, 4.2}, {4.2, 3}};
    int64_t teams[] = {calm, high, low};
    for (int64_t number = 1; number <= 2; number++) {
        kept_round(w, number, number * FOUR_WEEKS, "pulse");
        kept_pool(w, number, &TEAM_NOISE);
        for (size_t t = 0; t < 3; t++) {
            kept_part(w, number, teams[t], 0, 10); /* of ten, so that eight may be said */
            kept_group(w, number, "team", teams[t], 8);
            kept_construct(w, number, "team", teams[t], "team", "", 8, MEANS[t][number - 1]);
        }
    }
    const struct insight_change *change = &line_of(load(w, calm), "team")->since_last;
    assert_true(change->possible);
    assert_near(change->probability_up, 0.7673955907739, 1e-9);
    assert_int_equal(change->verdict, TREND_CANNOT_TELL);
    assert_int_equal(change->since, WORLD_START + FOUR_WEEKS * (int64_t)DAY_SECONDS);
    change = &line_of(load(w, high), "team")->since_last;
    assert_near(change->probability_up, 0.9857701315418, 1e-9);
    assert_int_equal(change->verdict, TREND_UP);
    change = &line_of(load(w, low), "team")->since_last;
    assert_near(change->probability_up, 1 - 0.9857701315418, 1e-9);
    assert_int_equal(change->verdict, TREND_DOWN);
    assert_false(line_of(load(w, high), "team")->since_three_months.possible);
}

/* Against the newest shown round that is at least 84 days older. A round without a figure is no point to
 * compare with. */
static void test_three_months(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, false);
    for (int64_t number = 1; number <= 5; number++) {
        kept_round(w, number, number * FOUR_WEEKS, "pulse");
        kept_part(w, number, team, 0, 8);
        kept_pool(w, number, &TEAM_NOISE);
        if (number == 4)
            continue; /* too few answered */
        kept_group(w, number, "team", team, 8);
        kept_construct(w, number, "team", team, "team", "", 8, 3.4);
    }
    const struct insight_line *line = line_of(load(w, team), "team");
    assert_int_equal(line->point_count, 5);
    assert_false(line->points[3].figure.shown);
    assert_true(isfinite(line->points[3].level) != 0); /* the level goes on through the gap */
    assert_true(line->since_last.possible && line->since_three_months.possible);
    assert_int_equal(line->since_last.since, WORLD_START + 3 * FOUR_WEEKS * (int64_t)DAY_SECONDS);
    assert_int_equal(line->since_three_months.since, WORLD_START + 2 * FOUR_WEEKS * (int64_t)DAY_SECONDS);
    assert_int_equal(line->since_three_months.verdict, TREND_CANNOT_TELL);
    assert_near(line->since_three_months.probability_up, 0.5, 1e-9);
}

static void test_change_of_leader_ends_the_line(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 8, true), other = world_team(w, "Zuid", 0, 1, true);
    int64_t first = world_person(w, "leader@noord.example"), second = world_person(w, "leader@zuid.example");
    (void)other;
    struct kept_pool noise = TEAM_NOISE;
    noise.construct = "leader";
    for (int64_t number = 1; number <= 4; number++) {
        keep_team_line(w, number, team, number < 4 ? first : second, 8, 8, 3.4);
        kept_construct(w, number, "team", team, "leader", "", 8, number < 4 ? 3.0 : 4.2);
        kept_pool(w, number, &noise);
    }
    struct insight_team *result = load(w, team);
    assert_int_equal(result->leader, second);
    const struct insight_line *leader = line_of(result, "leader");
    assert_true(leader->about_leader);
    assert_int_equal(leader->point_count, 1);
    assert_false(leader->since_last.possible);
    assert_false(leader->since_three_months.possible);
    assert_int_equal(line_of(result, "team")->point_count, 4);
    assert_true(line_of(result, "team")->since_three_months.possible);
}

/* ---- Questions ---------------------------------------------------------------------------------- */

STATEMENT(GUESS_INSERT,
          "INSERT INTO guess (org_id, round_number, team_id, item, value) VALUES ($1, 1, $2, $3, 4)");

static void test_items_with_guesses(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 12, true);
    keep_team_line(w, 1, team, world_person(w, "leader@noord.example"), 12, 8, 3.4);
    kept_item(w, 1, team, "climate", "climate", "", "0 0 4 4 0");
    kept_item(w, 1, team, "ti1", "team", "mostly-low", NULL);
    kept_item(w, 1, team, "promise", "", "", "8 0 0 0");
    world_execute(w, &GUESS_INSERT, PARAMETERS(V_INTEGER(w->org), V_INTEGER(team), V_TEXT(S("ti1"))));
    struct insight_team *result = load(w, team);
    assert_int_equal(result->item_count, 3); /* not the promise */
    assert_true(slice_equal(result->items[0].item->id, S("tr1")));
    assert_true(slice_equal(result->items[1].item->id, S("ti1")));
    assert_true(slice_equal(result->items[2].item->id, S("climate")));
    assert_near(result->items[0].mean, (2 * 1 + 3 * 2 + 4 * 3 + 5 * 2) / 8.0, 1e-12);
    assert_int_equal(result->items[0].n, 8);
    assert_int_equal(result->items[0].guess, 0);
    assert_false(result->items[1].shown);
    assert_true(slice_equal(result->items[1].reason, S("mostly-low")));
    assert_int_equal(result->items[1].guess, 4);
    assert_near(result->items[2].mean, 3.5, 1e-12);
    assert_int_equal(result->guess_count, 1);
    assert_false(result->guess_shown);
}

/* ---- The number that is not said ---------------------------------------------------------------- */

static bool same_figure(const struct insight_figure *a, const struct insight_figure *b)
{
    return a->mean == b->mean && a->se == b->se && a->certain_n == b->certain_n &&
           memcmp(a->line50, b->line50, sizeof a->line50) == 0 &&
           memcmp(a->line90, b->line90, sizeof a->line90) == 0 && a->pooled_mean == b->pooled_mean;
}

/* Whatever leaves of a team under ten is the same for every number of answers whose mean has that one decimal; with ten
 * members it is not. */
static void test_figures_do_not_tell_the_number(void **state)
{
    (void)state;
    struct figure_pool pool = {.construct = S("team"),
                               .within_variance = 0.61234,
                               .within_df = 40,
                               .pooled = true,
                               .model = {.mu = 3.412345, .tau2 = 0.12, .sigma2 = 0.61234, .se_mu = 0.0812}};
    size_t compared = 0;
    for (int64_t roster = 8; roster <= 10; roster += 2)
        for (int64_t n = 5; n <= 8; n++)
            for (int64_t sum = n; sum <= 5 * n; sum++)
                for (int64_t other = 5; other <= 8; other++) {
                    double mean = (double)sum / (double)n, near = round(mean * 10) / 10;
                    int64_t other_sum = (int64_t)llround(mean * (double)other);
                    double other_mean = (double)other_sum / (double)other;
                    if (other == n || round(other_mean * 10) / 10 != near)
                        continue;
                    struct figure_kept a = {.n = n, .mean = mean, .scores = {n, mean, 0.5 * (double)n}};
                    struct figure_kept b = {
                        .n = other, .mean = other_mean, .scores = {other, other_mean, 0.4 * (double)other}};
                    struct insight_figure first = figure_make(&a, &pool, roster, false),
                                          second = figure_make(&b, &pool, roster, false);
                    assert_int_equal(same_figure(&first, &second), roster < 10);
                    compared++;
                }
    assert_true(compared > 200);
}

/* ---- Through real rounds ------------------------------------------------------------------------ */

static void test_real_round(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 6, true), small = world_team(w, "Zuid", 0, 4, true), number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (int i = 1; i <= 6; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, i <= 3 ? 3 : 4);
    }
    for (int i = 1; i <= 4; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@zuid.example", i);
        world_answer(w, small, address, 5);
    }
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    struct insight_team *result = load(w, team);
    assert_int_equal(result->state, INSIGHT_RESULT);
    assert_int_equal(result->line_count, 4);
    for (size_t i = 0; i < result->line_count; i++) {
        const struct insight_figure *figure = &result->lines[i].now;
        assert_true(figure->shown);
        assert_false(figure->exact_n);
        assert_int_equal(figure->n, 6);
        assert_near(figure->mean, 3.5, 1e-12);
        /* One team: within variance 6 * 0.25 / 5 = 0.3, se = sqrt(0.3 / 5) since nobody is to know that there were six,
         * t(.95, 5) = 2.0150484: from 3.006 to 3.994, told as from 3.0 to 4.0. */
        assert_near(figure->line90[0], 3.0, 1e-12);
        assert_near(figure->line90[1], 4.0, 1e-12);
    }
    assert_int_equal(result->item_count, 10); /* eight anchors and two that rotate */
    assert_int_equal(load(w, small)->state, INSIGHT_TOO_FEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_ONLY(test_nothing_before_the_first_close),
        BOTH(test_too_few_has_no_figure),
        SQLITE_ONLY(test_newest_round_decides),
        BOTH(test_interval_by_hand),
        SQLITE_ONLY(test_exact_count_from_ten_members),
        BOTH(test_hidden_line_keeps_its_reason),
        SQLITE_ONLY(test_unknown_variance),
        SQLITE_ONLY(test_verdict_by_hand),
        BOTH(test_three_months),
        SQLITE_ONLY(test_change_of_leader_ends_the_line),
        BOTH(test_items_with_guesses),
        cmocka_unit_test(test_figures_do_not_tell_the_number),
        SQLITE_ONLY(test_real_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
