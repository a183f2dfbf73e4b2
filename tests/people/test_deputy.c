/* Who leads together and who stands in: who may, what it shows, how it ends; on both engines. */
#include "../pulse/world.h"

#include "people/deputy.h"
#include "people/my_data.h"
#include "people/places.h"
#include "people/seat.h"
#include "promise/promise.h"
#include "pulse/comment_kept.h"

STATEMENT(TEST_CHANGES,
          "SELECT c.given, t.name, p.name FROM role_change c JOIN team t ON t.org_id = c.org_id "
          "AND t.team_id = c.team_id LEFT JOIN person p ON p.org_id = c.org_id AND p.person_id = c.by_id "
          "WHERE c.org_id = $1 AND c.role = 'deputy' ORDER BY c.change_number");
STATEMENT(TEST_COMMENT, "INSERT INTO team_comment (org_id, round_number, team_id, comment_id, text, until) "
                        "VALUES ($1, $2, $3, $4, 'x', 4102444800)");
STATEMENT(TEST_ROUND_CLOSED, "UPDATE team_round SET state = 'closed' WHERE org_id = $1");
STATEMENT(TEST_LEADERS_LATE, "UPDATE team_role SET since = since + 1 WHERE org_id = $1 AND person_id = $2");
STATEMENT(TEST_JOINT, "INSERT INTO joint_group (org_id, group_id, team_id, proposed_at, fixed_at) "
                      "VALUES ($1, 1, $2, 1, 1)");
STATEMENT(TEST_PART, "INSERT INTO joint_part (org_id, group_id, team_id, agreed_at) VALUES ($1, 1, $2, 1)");

struct act {
    struct world *w;
    enum act_kind {
        ADD_LEADER,
        GIVE_LEADER,
        GIVE_MEMBER,
        TAKE,
        NAME,
        END,
        END_OVER,
        SEAT_,
        DELETE_,
        PROMISE_
    } kind;
    int64_t team, person, until, by;
};

static enum error_code apply(struct store_session *session, void *context, struct error *error)
{
    struct act *a = context;
    struct world *w = a->w;
    int64_t now = clock_seconds(&w->clock), made;
    switch (a->kind) {
    case ADD_LEADER:
        return team_add_leader(session, &w->application, w->org, a->team, a->person, error);
    case GIVE_LEADER:
        return team_give_role(session, &w->application, w->org, a->team, a->person, TEAM_ROLE_LEADER, error);
    case GIVE_MEMBER:
        return team_give_role(session, &w->application, w->org, a->team, a->person, TEAM_ROLE_MEMBER, error);
    case TAKE:
        return team_take_role(session, w->org, a->team, a->person, now, error);
    case NAME:
        return deputy_name(session, w->org, a->team, a->person, a->until, a->by, now, error);
    case END:
        return deputy_end(session, w->org, a->team, a->by, now, error);
    case END_OVER:
        return deputy_end_over(session, now, error);
    case SEAT_:
        return seat_give(session, w->org, a->person, SEAT_CONFIDANT, 0, now, error);
    case DELETE_:
        return my_data_delete(session, w->org, a->person, error);
    case PROMISE_:
        return promise_make(session, &w->application, w->org, a->team, 1, a->person, true, S("Zo"),
                            now + DAY_SECONDS, error, &made);
    }
    return ERROR_INTERNAL;
}

/* until and by: 0 for most. */
static enum error_code act(struct world *w, enum act_kind kind, int64_t team, int64_t person, int64_t until,
                           int64_t by)
{
    struct act a = {.w = w, .team = team, .person = person, .until = until, .by = by};
    a.kind = kind;
    return store_write(w->store, apply, &a, &w->error);
}

static struct team load(struct world *w, int64_t team)
{
    struct team loaded;
    assert_ok(w, team_load(w->session, w->org, team, w->region, &w->error, &loaded));
    return loaded;
}

static bool stands_in(struct world *w, int64_t team, int64_t person)
{
    bool is;
    assert_ok(w, deputy_is(w->session, w->org, team, person, clock_seconds(&w->clock), &w->error, &is));
    return is;
}

static size_t deputies_of(struct world *w, int64_t team)
{
    struct deputy deputies[DEPUTIES_MAXIMUM];
    size_t count;
    assert_ok(w, deputy_list(w->session, w->org, team, clock_seconds(&w->clock), w->region, &w->error,
                             deputies, &count));
    return count;
}

static void expect_changes(struct world *w, const char *expected)
{
    struct slice rows = world_rows(w, "itt", &TEST_CHANGES, PARAMETERS(V_INTEGER(w->org)));
    if (!slice_equal(rows, slice_from_text(expected))) {
        print_error("%.*s\nis not\n%s\n", SLICE_ARG(rows), expected);
        fail();
    }
}

static void open_round(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

static int64_t comments_for(struct world *w, int64_t team, int64_t person)
{
    int64_t count;
    assert_ok(w, comments_count(w->session, w->org, team, person, &w->error, &count));
    return count;
}

/* ---- Two leaders ------------------------------------------------------------------------------------- */

static void two_lead_and_no_third(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t first = world_person(w, "leader@noord.example"), second = world_person(w, "leader@zuid.example");
    assert_int_equal(load(w, north).leader.id, first);
    assert_int_equal(load(w, north).pair[0].id, 0);
    assert_ok(w, act(w, ADD_LEADER, north, second, 0, 0));
    assert_ok(w, act(w, ADD_LEADER, north, second, 0, 0)); /* the same again */
    struct team team = load(w, north);
    assert_int_equal(team.leader.id, 0);
    assert_int_equal(team.pair[0].id, first < second ? first : second);
    assert_int_equal(team.pair[1].id, first < second ? second : first);
    assert_true(team_has_leader(&team));
    assert_int_equal(team.members, 6);
    assert_failure(w, act(w, ADD_LEADER, north, world_person(w, "m1@zuid.example"), 0, 0), ERROR_CONFLICT,
                   "leaders-two");
    assert_failure(w, act(w, ADD_LEADER, south, world_person(w, "m1@zuid.example"), 0, 0), ERROR_CONFLICT,
                   "leader-not-member");
    assert_failure(w, act(w, GIVE_MEMBER, north, second, 0, 0), ERROR_CONFLICT, "leader-not-member");
    assert_ok(w, act(w, GIVE_LEADER, north, world_person(w, "m1@zuid.example"), 0, 0)); /* instead of both */
    assert_int_equal(load(w, north).leader.id, world_person(w, "m1@zuid.example"));
    team = load(w, south);
    assert_int_equal(team.leader.id, second);
    assert_ok(w, act(w, TAKE, south, second, 0, 0));
    team = load(w, south);
    assert_false(team_has_leader(&team));
}

/* Nobody is asked about two; the round names none. What one leader was asked about ends, and comes back with that one. */
static void of_two_nothing_is_asked(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true);
    int64_t first = world_person(w, "leader@noord.example");
    world_team(w, "zuid", 0, 1, false);
    int64_t second = world_person(w, "m1@zuid.example");
    struct descriptor descriptor;
    assert_ok(w, act(w, ADD_LEADER, north, second, 0, 0));
    open_round(w);
    struct team_round part = world_part(w, north);
    assert_int_equal(part.leader, 0);
    assert_int_equal(part.roster_count, 6); /* neither of them answers */
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_int_equal(descriptor.leader.length, 0);
    assert_int_equal(descriptor.item_count, 8);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, 7 * DAY_SECONDS);
    assert_ok(w, act(w, TAKE, north, second, 0, 0));
    open_round(w);
    assert_int_equal(world_part(w, north).leader, first);
}

/* Both read what members wrote, if they led when the round began; who stands in reads nothing as that. */
static void both_read_comments(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t first = world_person(w, "leader@noord.example"), second = world_person(w, "leader@zuid.example");
    int64_t outside = world_person(w, "m1@zuid.example"), member = world_person(w, "m1@noord.example");
    assert_ok(w, act(w, ADD_LEADER, north, second, 0, 0));
    open_round(w);
    world_execute(
        w, &TEST_COMMENT,
        PARAMETERS(V_INTEGER(w->org), V_INTEGER(1), V_INTEGER(north), V_BYTES(S("1234567890123456"))));
    world_execute(w, &TEST_ROUND_CLOSED, PARAMETERS(V_INTEGER(w->org)));
    assert_ok(w, act(w, NAME, north, outside, 0, 0));
    assert_int_equal(comments_for(w, north, first), 1);
    assert_int_equal(comments_for(w, north, second), 1);
    assert_int_equal(comments_for(w, north, member), 1);
    assert_int_equal(comments_for(w, north, outside), 0);
    assert_int_equal(comments_for(w, south, second), 0);
    world_execute(w, &TEST_LEADERS_LATE, PARAMETERS(V_INTEGER(w->org), V_INTEGER(second)));
    assert_int_equal(comments_for(w, north, second), 0); /* came after it had opened */
}

/* ---- Who stands in ----------------------------------------------------------------------------------- */

static void who_may_stand_in(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t leader = world_person(w, "leader@noord.example"), apart = world_person(w, "m2@zuid.example"),
            other = world_person(w, "m1@zuid.example"), member = world_person(w, "m1@noord.example");
    int64_t now = clock_seconds(&w->clock);
    enum team_role role;
    assert_ok(w, act(w, SEAT_, 0, apart, 0, 0));
    assert_failure(w, act(w, NAME, north, leader, 0, 0), ERROR_CONFLICT, "deputy-leads");
    assert_failure(w, act(w, NAME, north, apart, 0, 0), ERROR_CONFLICT, "deputy-stands-apart");
    assert_failure(w, act(w, NAME, north, other, now, 0), ERROR_INPUT, "deputy-until");
    assert_failure(w, act(w, NAME, north, other, now + 367 * DAY_SECONDS, 0), ERROR_INPUT, "deputy-until");
    assert_int_equal(deputies_of(w, north), 0);
    assert_ok(w, act(w, NAME, north, other, now + DAY_SECONDS, leader));
    assert_true(stands_in(w, north, other));
    assert_false(stands_in(w, south, other));
    assert_failure(w, act(w, SEAT_, 0, other, 0, 0), ERROR_CONFLICT, "seat-deputy");
    assert_ok(w, act(w, NAME, north, member, 0, leader)); /* instead */
    assert_false(stands_in(w, north, other));
    assert_true(stands_in(w, north, member));
    assert_ok(w, people_team_role(w->session, w->org, north, member, &w->error, &role));
    assert_int_equal(role, TEAM_ROLE_MEMBER);
    assert_int_equal(load(w, north).members, 6);     /* goes on answering */
    assert_ok(w, act(w, NAME, south, leader, 0, 0)); /* who leads another team may */
    expect_changes(w, "1|noord|Leader\n0|noord|Leader\n1|noord|Leader\n1|zuid|-\n");
}

static void how_it_ends(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true);
    world_team(w, "zuid", 0, 3, true);
    int64_t other = world_person(w, "m1@zuid.example"), member = world_person(w, "m1@noord.example");
    assert_ok(w, act(w, NAME, north, other, 0, 0));
    assert_ok(w, act(w, END, north, 0, 0, 0));
    assert_ok(w, act(w, END, north, 0, 0, 0)); /* nothing more to end */
    assert_false(stands_in(w, north, other));
    assert_ok(w, act(w, NAME, north, other, clock_seconds(&w->clock) + DAY_SECONDS, 0));
    assert_ok(w, act(w, END_OVER, 0, 0, 0, 0));
    assert_true(stands_in(w, north, other));
    world_wait(w, DAY_SECONDS);
    assert_false(stands_in(w, north, other)); /* at once, whenever the job comes */
    assert_int_equal(deputies_of(w, north), 0);
    assert_ok(w, act(w, END_OVER, 0, 0, 0, 0));
    assert_ok(w, act(w, NAME, north, other, 0, 0));
    assert_ok(w, act(w, ADD_LEADER, north, world_person(w, "leader@zuid.example"), 0, 0));
    assert_false(stands_in(w, north, other));
    assert_ok(w, act(w, NAME, north, other, 0, 0));
    assert_ok(w, act(w, GIVE_LEADER, north, other, 0, 0)); /* the one who stood in, too */
    assert_false(stands_in(w, north, other));
    assert_ok(w, act(w, NAME, north, member, 0, 0));
    assert_ok(w, act(w, TAKE, north, world_person(w, "m2@noord.example"), 0, 0));
    assert_true(stands_in(w, north, member));
    assert_ok(w, act(w, TAKE, north, member, 0, 0));
    assert_false(stands_in(w, north, member));
    expect_changes(w, "1|noord|-\n0|noord|-\n1|noord|-\n0|noord|-\n1|noord|-\n0|noord|-\n1|noord|-\n0|noord|-\n"
                      "1|noord|-\n0|noord|-\n");
    assert_ok(w, act(w, NAME, north, member, 0, 0));
    assert_ok(w, act(w, DELETE_, 0, member, 0, 0));
    assert_int_equal(deputies_of(w, north), 0);
}

/* What the menu shows, whom the list of those who left does not name, whom members can talk to. */
static void where_one_finds_it(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t other = world_person(w, "m1@zuid.example"), member = world_person(w, "m1@noord.example");
    struct places places;
    assert_ok(w, act(w, NAME, north, other, 0, 0));
    assert_ok(w, places_load(&w->application, w->session, w->org, other, w->region, &w->error, &places));
    assert_int_equal(places.count, 2);
    assert_int_equal(places.teams[0].team.id, north);
    assert_true(places.teams[0].deputy);
    assert_false(places.teams[0].leads);
    assert_int_equal(places.teams[1].team.id, south);
    assert_ok(w, act(w, TAKE, south, other, 0, 0));
    struct person left[MY_DATA_LEFT_MAXIMUM];
    size_t count;
    int64_t total;
    assert_ok(w, my_data_left(w->session, w->org, w->region, &w->error, left, &count, &total));
    assert_int_equal(count, 0);
    assert_ok(w, act(w, END, north, 0, 0, 0));
    assert_ok(w, my_data_left(w->session, w->org, w->region, &w->error, left, &count, &total));
    assert_int_equal(count, 1);
    assert_ok(w, act(w, NAME, north, member, 0, 0)); /* a member has that place once */
    assert_ok(w, places_load(&w->application, w->session, w->org, member, w->region, &w->error, &places));
    assert_int_equal(places.count, 1);
    assert_false(places.teams[0].deputy);
}

/* Who stands in for one of the teams of a joint group does so in the group. */
static void in_a_joint_group(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true),
            group = world_team(w, "samen", 0, 0, false);
    world_team(w, "west", 0, 1, false);
    int64_t other = world_person(w, "m1@west.example");
    struct team *teams;
    size_t count;
    world_execute(w, &TEST_JOINT, PARAMETERS(V_INTEGER(w->org), V_INTEGER(group)));
    world_execute(w, &TEST_PART, PARAMETERS(V_INTEGER(w->org), V_INTEGER(north)));
    world_execute(w, &TEST_PART, PARAMETERS(V_INTEGER(w->org), V_INTEGER(south)));
    assert_failure(w, act(w, NAME, group, other, 0, 0), ERROR_CONFLICT, "joint-no-list");
    assert_ok(w, act(w, NAME, south, other, 0, 0));
    assert_ok(w, act(w, NAME, north, world_person(w, "m1@noord.example"), 0, 0));
    assert_true(stands_in(w, group, other));
    assert_false(stands_in(w, north, other));
    assert_int_equal(deputies_of(w, group), 2);
    assert_ok(w, team_list_of_deputy(w->session, w->org, other, clock_seconds(&w->clock), w->region,
                                     &w->error, &teams, &count));
    assert_int_equal(count, 2);
    assert_int_equal(teams[0].id, group); /* it has the result */
}

static void a_promise_says_so(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 6, true);
    struct promise *promises;
    size_t count;
    open_round(w);
    assert_ok(w, act(w, PROMISE_, north, world_person(w, "m1@noord.example"), 0, 0));
    assert_ok(w, promise_list(w->session, w->org, north, w->region, &w->error, &promises, &count));
    assert_int_equal(count, 1);
    assert_true(promises[0].by_deputy);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(two_lead_and_no_third), BOTH(of_two_nothing_is_asked),
        BOTH(both_read_comments),    BOTH(who_may_stand_in),
        BOTH(how_it_ends),           BOTH(where_one_finds_it),
        BOTH(in_a_joint_group),      BOTH(a_promise_says_so),
    };
    return WORLD_RUN(tests);
}
