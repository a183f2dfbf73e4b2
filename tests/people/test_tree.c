/* Units and teams get another name or place; what was published about them stays. */
#include "../pulse/world.h"

#include "pulse/round.h"

STATEMENT(TEST_TREE, "SELECT u.name, coalesce(a.name, '') FROM unit u "
                     "LEFT JOIN unit a ON a.org_id = u.org_id AND a.unit_id = u.parent_id "
                     "WHERE u.org_id = $1 ORDER BY u.name");
STATEMENT(TEST_TEAMS, "SELECT t.name, coalesce(u.name, '') FROM team t "
                      "LEFT JOIN unit u ON u.org_id = t.org_id AND u.unit_id = t.unit_id "
                      "WHERE t.org_id = $1 ORDER BY t.name");
STATEMENT(TEST_PUBLISHED, "SELECT group_kind, group_id, construct, reason, n, mean FROM result_construct "
                          "WHERE org_id = $1 AND round_number = $2 ORDER BY group_kind, group_id, construct");
STATEMENT(TEST_TOTAL,
          "SELECT coalesce(max(n), 0) FROM result_construct WHERE org_id = $1 AND round_number = $2 "
          "AND group_kind = 'unit' AND group_id = $3 AND construct = 'team'");

struct change_of {
    struct world *w;
    bool team;
    int64_t id, above;
    const char *name;
};

static enum error_code write_change(struct store_session *session, void *context, struct error *error)
{
    struct change_of *change = context;
    struct slice name = slice_from_text(change->name);
    return change->team ? team_change(session, change->w->org, change->id, name, change->above, error)
                        : unit_change(session, change->w->org, change->id, name, change->above, error);
}

static enum error_code change_unit(struct world *w, int64_t unit, const char *name, int64_t parent)
{
    struct change_of change = {w, false, unit, parent, name};
    return store_write(w->store, write_change, &change, &w->error);
}

static enum error_code change_team(struct world *w, int64_t team, const char *name, int64_t unit)
{
    struct change_of change = {w, true, team, unit, name};
    return store_write(w->store, write_change, &change, &w->error);
}

static void expect(struct world *w, const struct statement *statement, const char *expected)
{
    struct slice rows = world_rows(w, "tt", statement, PARAMETERS(V_INTEGER(w->org)));
    assert_string_equal(region_text(w->region, rows), expected);
}

static void units_move_and_are_renamed(void **state)
{
    struct world *w = *state;
    int64_t a = world_unit(w, "A", 0), b = world_unit(w, "B", a), c = world_unit(w, "C", b);
    assert_ok(w, change_unit(w, c, " Cee ", a));
    expect(w, &TEST_TREE, "A|\nB|A\nCee|A\n");
    assert_ok(w, change_unit(w, a, "A", 0));
    assert_ok(w, change_unit(w, b, "B", 0));
    assert_ok(w, change_unit(w, a, "A", b));
    expect(w, &TEST_TREE, "A|B\nB|\nCee|A\n");
    assert_failure(w, change_unit(w, b, "B", c), ERROR_CONFLICT, "unit-loop");
    assert_failure(w, change_unit(w, b, "B", b), ERROR_CONFLICT, "unit-loop");
    assert_failure(w, change_unit(w, b, "B", 999), ERROR_INPUT, "unit-unknown");
    assert_failure(w, change_unit(w, 999, "B", 0), ERROR_NOT_FOUND, "unit-unknown");
    assert_failure(w, change_unit(w, b, " ", 0), ERROR_INPUT, "unit-name");
    expect(w, &TEST_TREE, "A|B\nB|\nCee|A\n");
}

static void a_moved_unit_takes_its_depth_along(void **state)
{
    struct world *w = *state;
    int64_t above = 0, chain[UNIT_DEPTH_MAXIMUM - 1], top = world_unit(w, "Top", 0),
            under = world_unit(w, "Under", top);
    for (int i = 0; i < UNIT_DEPTH_MAXIMUM - 1; i++)
        above = chain[i] = world_unit(w, "Deep", above);
    assert_failure(w, change_unit(w, top, "Top", above), ERROR_LIMIT, "units-too-deep");
    assert_ok(w, change_unit(w, under, "Under", above));
    assert_failure(w, change_unit(w, top, "Top", under), ERROR_LIMIT, "units-too-deep");
    assert_ok(w, change_unit(w, top, "Top", chain[UNIT_DEPTH_MAXIMUM - 2]));
}

static void teams_move_and_are_renamed(void **state)
{
    struct world *w = *state;
    int64_t unit = world_unit(w, "A", 0), team = world_team(w, "Noord", 0, 1, false);
    world_team(w, "Zuid", 0, 1, false);
    assert_ok(w, change_team(w, team, "Noordoost", unit));
    expect(w, &TEST_TEAMS, "Noordoost|A\nZuid|\n");
    assert_failure(w, change_team(w, team, "Zuid", unit), ERROR_CONFLICT, "team-name-taken");
    assert_failure(w, change_team(w, team, "", unit), ERROR_INPUT, "team-name");
    assert_failure(w, change_team(w, team, "Noordoost", 999), ERROR_INPUT, "unit-unknown");
    assert_ok(w, change_team(w, team, "Noordoost", 0));
    expect(w, &TEST_TEAMS, "Noordoost|\nZuid|\n");
}

static int64_t answered_round(struct world *w, const int64_t *teams, const char *const *names, size_t count)
{
    int64_t number = 0;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (size_t t = 0; t < count; t++)
        for (int i = 1; i <= 5; i++) {
            char address[64];
            snprintf(address, sizeof address, "m%d@%s.example", i, names[t]);
            world_answer(w, teams[t], address, 1 + i % 5);
        }
    return number;
}

static void close_round(struct world *w)
{
    world_wait(w, (int64_t)ORG_ROUND_DAYS * DAY_SECONDS + 1);
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
}

static int64_t total_of(struct world *w, int64_t number, int64_t unit)
{
    return world_integer(w, &TEST_TOTAL, PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), V_INTEGER(unit)));
}

/* A move counts at the next close, and computes no closed round again. */
static void what_was_published_stays(void **state)
{
    struct world *w = *state;
    int64_t a = world_unit(w, "A", 0), b = world_unit(w, "B", 0);
    const char *const names[] = {"noord", "oost", "zuid"};
    int64_t teams[] = {world_team(w, "Noord", a, 5, false), world_team(w, "Oost", a, 5, false),
                       world_team(w, "Zuid", b, 5, false)};
    int64_t first = answered_round(w, teams, names, COUNT_OF(names));
    close_round(w);
    assert_int_equal(total_of(w, first, a), 10);
    assert_int_equal(total_of(w, first, b), 0); /* would say again what its one team says */
    struct slice before =
        world_rows(w, "tittir", &TEST_PUBLISHED, PARAMETERS(V_INTEGER(w->org), V_INTEGER(first)));
    int64_t second = answered_round(w, teams, names, COUNT_OF(names));
    assert_ok(w, change_team(w, teams[1], "Oost", b));
    assert_ok(w, change_unit(w, b, "B", a));
    close_round(w);
    struct slice after =
        world_rows(w, "tittir", &TEST_PUBLISHED, PARAMETERS(V_INTEGER(w->org), V_INTEGER(first)));
    assert_true(before.length > 0 && slice_equal(before, after));
    assert_int_equal(total_of(w, second, b), 10);
    assert_int_equal(total_of(w, second, a), 15);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(units_move_and_are_renamed),
        SQLITE_ONLY(a_moved_unit_takes_its_depth_along),
        BOTH(teams_move_and_are_renamed),
        BOTH(what_was_published_stays),
    };
    return WORLD_RUN(tests);
}
