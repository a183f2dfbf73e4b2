/* A line of another questionnaire begins anew, and one that comes back goes on where it stopped. */
#include "../pulse/questionnaire_world.h"

#include "insight/insight.h"

static int64_t run_round(struct world *w, int64_t team)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (int i = 1; i <= 6; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, 2 + (i + (int)number) % 3);
    }
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, 14 * DAY_SECONDS);
    return number;
}

static struct insight_team *load(struct world *w, int64_t team)
{
    struct insight_team *loaded = REGION_NEW(w->region, struct insight_team);
    assert_non_null(loaded);
    assert_ok(w, insight_team_load(w->session, w->org, team, w->region, &w->error, loaded));
    assert_int_equal(loaded->state, INSIGHT_RESULT);
    assert_int_equal(loaded->line_count, 4);
    return loaded;
}

static void test_lines_over_two_questionnaires(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    struct slice hash = brought_hash(w);
    int64_t first = run_round(w, team);

    assert_ok(w, choose(w, hash, false));
    int64_t second = run_round(w, team);
    struct insight_team *own = load(w, team);
    assert_true(slice_equal(own->instrument->id, S("example-short")));
    for (size_t i = 0; i < own->line_count; i++) {
        assert_true(slice_starts_with(own->lines[i].construct, S("short-")));
        assert_int_equal(own->lines[i].point_count, 1);
        assert_int_equal(own->lines[i].points[0].round_number, second);
        assert_false(own->lines[i].since_last.possible);
    }
    assert_int_equal(own->item_count, 10);
    assert_true(own->items[0].shown);

    assert_ok(w, choose(w, S(""), false));
    int64_t third = run_round(w, team);
    struct insight_team *back = load(w, team);
    assert_ptr_equal(back->instrument, instrument_builtin());
    for (size_t i = 0; i < back->line_count; i++) {
        assert_int_equal(back->lines[i].point_count, 2);
        assert_int_equal(back->lines[i].points[0].round_number, first);
        assert_int_equal(back->lines[i].points[1].round_number, third);
    }
}

static void test_the_map(void **state)
{
    struct world *w = *state;
    struct insight_group *groups;
    size_t count, leaders = 0;
    int64_t team = world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    assert_ok(w, choose(w, brought_hash(w), false));
    int64_t number = run_round(w, team);
    assert_ok(w, insight_round_load(w->session, w->org, number, w->region, &w->error, &groups, &count));
    for (size_t g = 0; g < count; g++)
        for (size_t c = 0; c < groups[g].cell_count; c++) {
            assert_true(slice_starts_with(groups[g].cells[c].construct, S("short-")));
            leaders += groups[g].cells[c].about_leader;
            /* the line about a leader is hidden for one team, under whatever id */
            assert_false(groups[g].kind == INSIGHT_TEAM && groups[g].cells[c].about_leader &&
                         groups[g].cells[c].figure.shown);
        }
    assert_int_equal(leaders, count);
}

int main(void)
{
    struct CMUnitTest tests[] = {BOTH(test_lines_over_two_questionnaires), BOTH(test_the_map)};
    return WORLD_RUN(tests);
}
