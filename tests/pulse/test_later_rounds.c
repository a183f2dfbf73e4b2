/* What an earlier round opened keeps cells of a later one closed, when few came or went: round after round, in the database. */
#include "world.h"

#include "privacy/later_release.h"
#include "privacy/ledger.h"
#include "pulse/close_earlier.h"

STATEMENT(TEST_MOVE, "UPDATE team_role SET team_id = $3 WHERE org_id = $1 AND person_id = $2");
STATEMENT(TEST_CELLS_OPEN,
          "SELECT cells_open FROM team_round WHERE org_id = $1 AND team_id = $2 AND round_number = "
          "(SELECT max(round_number) FROM team_round WHERE org_id = $1 AND team_id = $2)");
STATEMENT(TEST_MEANS,
          "SELECT count(*) FROM result_construct WHERE org_id = $1 AND group_id = $2 AND mean IS NOT NULL");

enum { MEMBERS = 12 };

struct scene {
    struct world *w;
    int64_t team, others;
    struct {
        char address[40];
        bool here;
    } people[2 * MEMBERS];
};

static void scene_make(struct scene *scene, struct world *w, int others)
{
    *scene = (struct scene){.w = w};
    scene->team = world_team(w, "groot", 0, MEMBERS, false);
    scene->others = world_team(w, "ander", 0, others, false);
    for (int i = 0; i < MEMBERS; i++) {
        snprintf(scene->people[i].address, sizeof scene->people[i].address, "m%d@groot.example", i + 1);
        snprintf(scene->people[MEMBERS + i].address, sizeof scene->people[i].address, "m%d@ander.example",
                 i + 1);
        scene->people[i].here = true;
    }
}

/* person: 1.. of the team, MEMBERS + 1.. of the others, who changes team. */
static void move(struct scene *scene, int person)
{
    bool here = scene->people[person - 1].here;
    world_execute(scene->w, &TEST_MOVE,
                  PARAMETERS(V_INTEGER(scene->w->org),
                             V_INTEGER(world_person(scene->w, scene->people[person - 1].address)),
                             V_INTEGER(here ? scene->others : scene->team)));
    scene->people[person - 1].here = !here;
}

/* A round in which all of the team answer so that the rules for bars hold. Were its cells opened? */
static bool round_opens(struct scene *scene)
{
    struct world *w = scene->w;
    int64_t number;
    int answered = 0;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (size_t i = 0; i < COUNT_OF(scene->people); i++)
        if (scene->people[i].here)
            world_answer(w, scene->team, scene->people[i].address, 2 + answered++ % 3);
    assert_true(answered >= LEDGER_OPEN_MINIMUM);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, 7 * DAY_SECONDS);
    return world_integer(w, &TEST_CELLS_OPEN, PARAMETERS(V_INTEGER(w->org), V_INTEGER(scene->team))) == 1;
}

static void test_one_for_another(void **state)
{
    struct scene scene;
    scene_make(&scene, *state, 2);
    assert_true(round_opens(&scene));
    assert_true(round_opens(&scene)); /* the same people */
    move(&scene, 12);
    move(&scene, MEMBERS + 1);
    assert_false(round_opens(&scene));
    assert_false(round_opens(&scene)); /* the same again, but for the second round two are others */
    /* Figures are told all the while. */
    assert_true(world_integer(scene.w, &TEST_MEANS,
                              PARAMETERS(V_INTEGER(scene.w->org), V_INTEGER(scene.team))) >= 12);
    world_wait(scene.w, (LATER_RELEASE_DAYS - 21) * DAY_SECONDS - 1);
    assert_false(round_opens(&scene));
    assert_true(round_opens(&scene)); /* what was opened is long ago */
}

static void test_five_are_others(void **state)
{
    struct scene scene;
    scene_make(&scene, *state, 4);
    assert_true(round_opens(&scene));
    for (int person = MEMBERS + 1; person <= MEMBERS + 4; person++)
        move(&scene, person);
    assert_false(round_opens(&scene)); /* four came */
    move(&scene, 12);
    assert_true(round_opens(&scene)); /* and one went */
}

/* One who left Hecht with all there is of him counts among those who went. */
STATEMENT(TEST_ROSTER_FORGET, "DELETE FROM roster WHERE org_id = $1 AND person_id = $2");

static void test_one_who_is_gone(void **state)
{
    struct scene scene;
    scene_make(&scene, *state, 0);
    assert_true(round_opens(&scene));
    move(&scene, 12);
    world_execute(scene.w, &TEST_ROSTER_FORGET,
                  PARAMETERS(V_INTEGER(scene.w->org), V_INTEGER(world_person(scene.w, "m12@groot.example"))));
    assert_false(round_opens(&scene));
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_one_for_another),
        BOTH(test_five_are_others),
        SQLITE_ONLY(test_one_who_is_gone),
    };
    return WORLD_RUN(tests);
}
