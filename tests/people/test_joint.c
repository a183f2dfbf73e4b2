/* Small teams that are measured together: who says yes, who belongs to the group, what is asked and kept; on both engines. */
#include "../pulse/world.h"

#include "people/joint.h"

STATEMENT(TEST_TEAMS_ASKED,
          "SELECT team_id FROM team_round WHERE org_id = $1 AND round_number = $2 ORDER BY team_id");
STATEMENT(TEST_GROUPS, "SELECT group_id, answers FROM result_group WHERE org_id = $1 AND round_number = $2 "
                       "ORDER BY group_kind, group_id");
STATEMENT(TEST_OWNER, "INSERT INTO org_role (org_id, person_id, role) VALUES ($1, $2, 'owner')");
STATEMENT(TEST_NEW_LEADER,
          "UPDATE team_role SET person_id = $3 WHERE org_id = $1 AND team_id = $2 AND role = 'leader'");
STATEMENT(TEST_COMMENTS_ON, "UPDATE org SET comments = 1 WHERE org_id = $1");
STATEMENT(TEST_ROWS, "SELECT (SELECT count(*) FROM joint_group) + (SELECT count(*) FROM joint_part)");

struct act {
    struct world *w;
    enum { PROPOSE, AGREE, DECLINE, LEAVE, GIVE } kind;
    int64_t team, by;
    int64_t others[JOINT_PARTS_MAXIMUM];
    size_t count;
};

static enum error_code apply(struct store_session *session, void *context, struct error *error)
{
    struct act *a = context;
    struct world *w = a->w;
    switch (a->kind) {
    case PROPOSE:
        return joint_propose(session, &w->application, w->org, a->team, a->others, a->count, a->by, error);
    case AGREE:
        return joint_agree(session, &w->application, w->org, a->team, a->by, error);
    case DECLINE:
        return joint_decline(session, w->org, a->team, error);
    case LEAVE:
        return joint_leave(session, w->org, a->team, clock_seconds(&w->clock), error);
    case GIVE:
        return team_give_role(session, &w->application, w->org, a->team, a->by, TEAM_ROLE_MEMBER, error);
    }
    return ERROR_INTERNAL;
}

static enum error_code act(struct world *w, struct act a)
{
    a.w = w;
    return store_write(w->store, apply, &a, &w->error);
}

#define PROPOSED(team_, by_, ...)                                                                            \
    act(w, (struct act){.kind = PROPOSE,                                                                     \
                        .team = (team_),                                                                     \
                        .by = (by_),                                                                         \
                        .others = {__VA_ARGS__},                                                             \
                        .count = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)})
#define ACT(kind_, team_, by_) act(w, (struct act){.kind = (kind_), .team = (team_), .by = (by_)})

static struct joint group_of(struct world *w, int64_t team)
{
    struct joint joint;
    assert_ok(w, joint_of_part(w->session, w->org, team, w->region, &w->error, &joint));
    return joint;
}

static struct team load(struct world *w, int64_t team)
{
    struct team loaded;
    assert_ok(w, team_load(w->session, w->org, team, w->region, &w->error, &loaded));
    return loaded;
}

static enum team_role role_of(struct world *w, int64_t team, int64_t person)
{
    enum team_role role;
    assert_ok(w, people_team_role(w->session, w->org, team, person, &w->error, &role));
    return role;
}

static void expect(struct world *w, const char *kinds, const struct statement *statement, int64_t round,
                   struct slice expected)
{
    struct slice rows = world_rows(w, kinds, statement, PARAMETERS(V_INTEGER(w->org), V_INTEGER(round)));
    if (!slice_equal(rows, expected)) {
        print_error("%.*s\nis not\n%.*s\n", SLICE_ARG(rows), SLICE_ARG(expected));
        fail();
    }
}

/* Two teams of three with a leader each, together. */
struct pair {
    int64_t north, south, north_leader, south_leader, group;
};

static struct pair make_pair(struct world *w, int64_t north_unit, int64_t south_unit)
{
    struct pair pair = {.north = world_team(w, "noord", north_unit, 3, true),
                        .south = world_team(w, "zuid", south_unit, 3, true)};
    pair.north_leader = world_person(w, "leader@noord.example");
    pair.south_leader = world_person(w, "leader@zuid.example");
    assert_ok(w, PROPOSED(pair.north, pair.north_leader, pair.south));
    assert_int_equal(group_of(w, pair.south).state, JOINT_PROPOSED);
    assert_ok(w, ACT(AGREE, pair.south, pair.south_leader));
    pair.group = group_of(w, pair.north).team;
    return pair;
}

static int64_t open_round(struct world *w)
{
    int64_t number = 0;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    return number;
}

static void close_round(struct world *w)
{
    world_wait(w, (int64_t)ORG_ROUND_DAYS * DAY_SECONDS);
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
    world_wait(w, (int64_t)ORG_EXTENSION_DAYS * DAY_SECONDS); /* with too few answers it is longer */
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
}

/* ---- Who says yes -------------------------------------------------------------------------------------- */

static void every_leader_says_yes(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t north_leader = world_person(w, "leader@noord.example"),
            south_leader = world_person(w, "leader@zuid.example"),
            member = world_person(w, "m1@zuid.example");
    assert_ok(w, PROPOSED(north, north_leader, south));
    assert_int_equal(load(w, north).kind, TEAM_ALONE);
    assert_failure(w, ACT(AGREE, south, north_leader), ERROR_DENIED, "joint-leader-needed");
    assert_failure(w, ACT(AGREE, south, member), ERROR_DENIED, "joint-leader-needed");
    world_execute(w, &TEST_OWNER, PARAMETERS(V_INTEGER(w->org), V_INTEGER(member)));
    assert_failure(w, ACT(AGREE, south, member), ERROR_DENIED,
                   "joint-leader-needed"); /* an owner, beside a leader */
    assert_ok(w, ACT(AGREE, south, south_leader));
    assert_int_equal(group_of(w, south).state, JOINT_FIXED);
    assert_int_equal(load(w, north).kind, TEAM_PART);
    assert_int_equal(load(w, group_of(w, south).team).kind, TEAM_JOINT);
    assert_true(slice_equal(group_of(w, south).name, S("noord + zuid")));
    assert_failure(w, ACT(AGREE, south, south_leader), ERROR_GONE, "joint-over");
}

static void no_forgets_the_proposal(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t leader = world_person(w, "leader@noord.example");
    assert_ok(w, PROPOSED(north, leader, south));
    assert_ok(w, ACT(DECLINE, south, 0));
    assert_int_equal(world_integer(w, &TEST_ROWS, NO_PARAMETERS), 0);
    assert_failure(w, ACT(DECLINE, north, 0), ERROR_GONE, "joint-over");
    assert_ok(w, PROPOSED(north, leader, south));
}

/* An owner speaks for a team without a leader, and for no other. */
static void an_owner_speaks_where_nobody_leads(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, false), south = world_team(w, "zuid", 0, 3, true);
    int64_t owner = world_person(w, "m1@noord.example");
    world_execute(w, &TEST_OWNER, PARAMETERS(V_INTEGER(w->org), V_INTEGER(owner)));
    assert_ok(w, PROPOSED(south, owner, north));
    struct joint joint = group_of(w, south);
    assert_true(joint.parts[0].agreed);  /* noord */
    assert_false(joint.parts[1].agreed); /* zuid */
    assert_ok(w, ACT(AGREE, south, world_person(w, "leader@zuid.example")));
    assert_int_equal(group_of(w, south).state, JOINT_FIXED);
}

static void what_is_refused(void **state)
{
    struct world *w = *state;
    int64_t two = world_team(w, "twee", 0, 2, true), other = world_team(w, "ook-twee", 0, 2, true),
            five = world_team(w, "vijf", 0, 5, true), none = world_team(w, "leeg", 0, 0, true),
            four = world_team(w, "vier", 0, 4, true);
    int64_t leader = world_person(w, "leader@twee.example");
    assert_failure(w, PROPOSED(two, leader, other), ERROR_CONFLICT, "joint-too-few");
    assert_failure(w, PROPOSED(two, leader, five), ERROR_CONFLICT, "joint-not-small");
    assert_failure(w, PROPOSED(two, leader, none, four), ERROR_CONFLICT, "joint-not-small");
    assert_failure(w, PROPOSED(two, leader, two, four), ERROR_CONFLICT, "joint-taken"); /* twice */
    assert_failure(w, PROPOSED(two, leader, 4711), ERROR_NOT_FOUND, "team-unknown");
    assert_failure(w, act(w, (struct act){.kind = PROPOSE, .team = two, .by = leader}), ERROR_INPUT,
                   "joint-nobody");
    assert_int_equal(world_integer(w, &TEST_ROWS, NO_PARAMETERS), 0);
    assert_ok(w, PROPOSED(two, leader, four));
    assert_failure(w, PROPOSED(other, leader, four), ERROR_CONFLICT, "joint-taken"); /* asked already */
    assert_ok(w, ACT(AGREE, four, world_person(w, "leader@vier.example")));
    assert_failure(w, PROPOSED(other, leader, group_of(w, two).team), ERROR_CONFLICT,
                   "joint-taken"); /* no group of groups */
    assert_failure(w, ACT(GIVE, group_of(w, two).team, world_person(w, "m1@vijf.example")), ERROR_CONFLICT,
                   "joint-no-list");
}

/* A team that grew between proposal and yes. */
static void size_counts_when_it_begins(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 4, true), south = world_team(w, "zuid", 0, 3, true);
    world_team(w, "west", 0, 1, false);
    assert_ok(w, PROPOSED(north, world_person(w, "leader@noord.example"), south));
    assert_ok(w, ACT(GIVE, north, world_person(w, "m1@west.example")));
    assert_failure(w, ACT(AGREE, south, world_person(w, "leader@zuid.example")), ERROR_CONFLICT,
                   "joint-not-small");
    assert_int_equal(group_of(w, south).state, JOINT_PROPOSED);
}

/* ---- Who belongs to it --------------------------------------------------------------------------------- */

/* Who is in two of its teams is asked once; who leads one of them and is a member of another leads. */
static void everybody_once_and_leaders_lead(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t north_leader = world_person(w, "leader@noord.example"),
            both = world_person(w, "m1@noord.example");
    struct person *people;
    struct team *teams;
    size_t count;
    assert_ok(w, ACT(GIVE, south, both));
    assert_failure(w, PROPOSED(north, north_leader, 0), ERROR_NOT_FOUND, "team-unknown");
    assert_ok(w, PROPOSED(north, north_leader, south));
    assert_ok(w, ACT(AGREE, south, world_person(w, "leader@zuid.example")));
    int64_t group = group_of(w, north).team;
    assert_int_equal(load(w, group).members, 6);
    assert_int_equal(role_of(w, group, both), TEAM_ROLE_MEMBER);
    assert_int_equal(role_of(w, group, north_leader), TEAM_ROLE_LEADER);
    assert_int_equal(load(w, group).leader.id, 0); /* two different ones */
    assert_ok(w, team_leaders(w->session, w->org, group, w->region, &w->error, &people, &count));
    assert_int_equal(count, 2);
    assert_ok(w, team_members(w->session, w->org, group, w->region, &w->error, &people, &count));
    assert_int_equal(count, 6);
    assert_ok(w, team_list_of_person(w->session, w->org, both, TEAM_ROLE_MEMBER, w->region, &w->error, &teams,
                                     &count));
    assert_int_equal(count, 3);
    assert_int_equal(teams[0].id, group); /* first: it has the result */
    world_execute(
        w, &TEST_NEW_LEADER,
        PARAMETERS(V_INTEGER(w->org), V_INTEGER(south), V_INTEGER(world_person(w, "m2@noord.example"))));
    assert_int_equal(role_of(w, group, world_person(w, "m2@noord.example")), TEAM_ROLE_LEADER);
    assert_int_equal(load(w, group).members, 5);
}

/* ---- What is asked and kept ---------------------------------------------------------------------------- */

static void the_group_is_asked_and_no_part_of_it(void **state)
{
    struct world *w = *state;
    struct pair pair = make_pair(w, 0, 0);
    int64_t other = world_team(w, "west", 0, 2, true);
    struct descriptor descriptor;
    world_execute(w, &TEST_COMMENTS_ON, PARAMETERS(V_INTEGER(w->org)));
    int64_t round = open_round(w), first = pair.group < other ? pair.group : other,
            second = pair.group < other ? other : pair.group;
    expect(w, "i", &TEST_TEAMS_ASKED, round,
           region_format(w->region, "%" PRId64 "\n%" PRId64 "\n", first, second));
    struct team_round part = world_part(w, pair.group);
    assert_int_equal(part.roster_count, 6);
    assert_int_equal(part.leader, 0);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_true(slice_equal(descriptor.team_name, S("noord + zuid")));
    assert_int_equal(descriptor.leader.length, 0);
    assert_int_equal(descriptor.item_count, 8); /* nothing about a leader */
    assert_int_equal(descriptor.comment_spki.length, 0);
    for (int i = 1; i <= 3; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, pair.group, address, 4);
        snprintf(address, sizeof address, "m%d@zuid.example", i);
        world_answer(w, pair.group, address, 4);
    }
    close_round(w);
    /* The group, and nothing else: with two more in the organisation a total would be the group again. */
    expect(w, "ii", &TEST_GROUPS, round, region_format(w->region, "%" PRId64 "|6\n", pair.group));
}

/* Under one leader: then a leader's questions are about one person. */
static void one_leader_of_all_is_asked_about(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true);
    int64_t leader = world_person(w, "leader@noord.example");
    world_execute(w, &TEST_NEW_LEADER, PARAMETERS(V_INTEGER(w->org), V_INTEGER(south), V_INTEGER(leader)));
    assert_ok(w, PROPOSED(north, leader, south)); /* who speaks for all has nobody to wait for */
    assert_int_equal(group_of(w, south).state, JOINT_FIXED);
    int64_t group = group_of(w, south).team;
    assert_int_equal(load(w, group).leader.id, leader);
    open_round(w);
    assert_int_equal(world_part(w, group).leader, leader);
    world_execute(
        w, &TEST_NEW_LEADER,
        PARAMETERS(V_INTEGER(w->org), V_INTEGER(south), V_INTEGER(world_person(w, "leader@zuid.example"))));
    assert_int_equal(load(w, group).leader.id, 0); /* the line ends */
}

static void leaving_counts_from_the_next_round_on(void **state)
{
    struct world *w = *state;
    struct pair pair = make_pair(w, 0, 0);
    int64_t member = world_person(w, "m1@zuid.example");
    assert_int_equal(open_round(w), 1);
    assert_ok(w, ACT(LEAVE, pair.south, 0));
    assert_failure(w, ACT(LEAVE, pair.north, 0), ERROR_GONE, "joint-over");
    assert_true(world_part(w, pair.group).open);
    assert_int_equal(role_of(w, pair.group, member), TEAM_ROLE_MEMBER); /* may still answer */
    world_answer(w, pair.group, "m1@zuid.example", 4);
    close_round(w);
    assert_int_equal(load(w, pair.group).kind, TEAM_JOINT_OVER);
    assert_int_equal(load(w, pair.north).kind, TEAM_ALONE);
    int64_t first = pair.north < pair.south ? pair.north : pair.south,
            second = pair.north < pair.south ? pair.south : pair.north;
    assert_int_equal(open_round(w), 2);
    expect(w, "i", &TEST_TEAMS_ASKED, 2,
           region_format(w->region, "%" PRId64 "\n%" PRId64 "\n", first, second));
    /* Together once more: another group with a line of its own. */
    assert_ok(w, PROPOSED(pair.north, pair.north_leader, pair.south));
    assert_ok(w, ACT(AGREE, pair.south, pair.south_leader));
    assert_true(group_of(w, pair.north).team != pair.group);
    assert_true(slice_equal(group_of(w, pair.north).name, S("noord + zuid (2)")));
}

/* A round that is open belongs to whoever it began with. */
static void an_open_round_stays_of_the_parts(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 3, true), south = world_team(w, "zuid", 0, 3, true);
    open_round(w);
    assert_ok(w, PROPOSED(north, world_person(w, "leader@noord.example"), south));
    assert_ok(w, ACT(AGREE, south, world_person(w, "leader@zuid.example")));
    assert_true(world_part(w, north).open);
    world_answer(w, north, "m1@noord.example", 4);
}

static void it_stands_under_the_nearest_unit(void **state)
{
    struct world *w = *state;
    int64_t care = world_unit(w, "zorg", 0), day = world_unit(w, "dag", care),
            night = world_unit(w, "nacht", care), deep = world_unit(w, "laat", night);
    struct pair pair = make_pair(w, day, deep);
    assert_int_equal(load(w, pair.group).unit, care);
    int64_t above = world_team(w, "boven", care, 3, true), below = world_team(w, "onder", deep, 3, true);
    assert_ok(w, PROPOSED(above, world_person(w, "leader@boven.example"), below));
    assert_ok(w, ACT(AGREE, below, world_person(w, "leader@onder.example")));
    assert_int_equal(load(w, group_of(w, above).team).unit, care); /* one above the other */
    int64_t office = world_unit(w, "kantoor", 0);
    int64_t far = world_team(w, "ver", office, 3, true), near = world_team(w, "dichtbij", day, 3, true);
    assert_ok(w, PROPOSED(far, world_person(w, "leader@ver.example"), near));
    assert_ok(w, ACT(AGREE, near, world_person(w, "leader@dichtbij.example")));
    assert_int_equal(load(w, group_of(w, far).team).unit, 0);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(every_leader_says_yes),
        BOTH(no_forgets_the_proposal),
        BOTH(an_owner_speaks_where_nobody_leads),
        BOTH(what_is_refused),
        BOTH(size_counts_when_it_begins),
        BOTH(everybody_once_and_leaders_lead),
        BOTH(the_group_is_asked_and_no_part_of_it),
        BOTH(one_leader_of_all_is_asked_about),
        BOTH(leaving_counts_from_the_next_round_on),
        BOTH(an_open_round_stays_of_the_parts),
        BOTH(it_stands_under_the_nearest_unit),
    };
    return WORLD_RUN(tests);
}
