/* People, roles, sign-in links, and who may do what; on both engines. */
#include "../pulse/world.h"

#include "people/claim.h"
#include "people/deputy.h"
#include "people/page.h"
#include "people/places.h"

/* ---- Changes, each in a write of its own ------------------------------------------------------------- */

struct act {
    struct world *w;
    enum {
        ACT_PERSON = 1,
        ACT_GIVE,
        ACT_TAKE,
        ACT_ORG_ROLE,
        ACT_SEAT,
        ACT_SEAT_TAKE,
        ACT_DEPUTY,
        ACT_ROLE,
        ACT_ROLE_END,
        ACT_END_VIEWER,
        ACT_TEAM,
        ACT_UNIT,
        ACT_NAME
    } kind;
    int64_t org, team, person, unit, by;
    int role;
    struct slice text, name;
    int64_t made;
};

static enum error_code apply(struct store_session *session, void *context, struct error *error)
{
    struct act *a = context;
    struct application *application = &a->w->application;
    switch (a->kind) {
    case ACT_PERSON:
        return person_ensure(session, application, a->org, a->text, a->name, S("en"), error, &a->made);
    case ACT_GIVE:
        return team_give_role(session, application, a->org, a->team, a->person, (enum team_role)a->role,
                              error);
    case ACT_TAKE:
        return team_take_role(session, a->org, a->team, a->person, clock_seconds(&a->w->clock), error);
    case ACT_ORG_ROLE:
        return people_give_org_role(session, a->org, a->person, (enum org_role)a->role, error);
    case ACT_SEAT:
        return seat_give(session, a->org, a->person, (enum seat)a->role, a->by, 1000, error);
    case ACT_SEAT_TAKE:
        return seat_take(session, a->org, a->person, (enum seat)a->role, a->by, 2000, error);
    case ACT_DEPUTY:
        return deputy_name(session, a->org, a->team, a->person, 0, 0, clock_seconds(&a->w->clock), error);
    case ACT_ROLE:
        return role_give(session, a->org, a->person, (enum org_role)a->role, a->by, 3000, error);
    case ACT_ROLE_END:
        return role_end_viewer(session, a->org, a->person, a->by, 4000, error);
    case ACT_END_VIEWER:
        return people_end_viewer(session, a->org, a->person, error);
    case ACT_TEAM:
        return team_create(session, application, a->org, a->text, a->unit, error, &a->made);
    case ACT_UNIT:
        return unit_create(session, application, a->org, a->text, a->unit, error, &a->made);
    case ACT_NAME:
        return person_set_name(session, a->org, a->person, a->text, error);
    }
    return ERROR_INTERNAL;
}

static enum error_code act(struct world *w, struct act a, int64_t *ret_made)
{
    a.w = w;
    if (a.org == 0)
        a.org = w->org;
    TRY(store_write(w->store, apply, &a, &w->error));
    if (ret_made != NULL)
        *ret_made = a.made;
    return OK;
}

static int64_t person(struct world *w, const char *address)
{
    int64_t made = 0;
    assert_ok(w, act(w, (struct act){.kind = ACT_PERSON, .text = slice_from_text(address)}, &made));
    return made;
}

static enum error_code give(struct world *w, int64_t team, int64_t who, enum team_role role)
{
    return act(w, (struct act){.kind = ACT_GIVE, .team = team, .person = who, .role = (int)role}, NULL);
}

static enum team_role role_of(struct world *w, int64_t team, int64_t who)
{
    enum team_role role;
    assert_ok(w, people_team_role(w->session, w->org, team, who, &w->error, &role));
    return role;
}

static void names_made_from_addresses(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *address, *name;
    } cases[] = {
        {"anna.de.vries@example.org", "Anna de vries"},
        {"sam@example.org", "Sam"},
        {"_@example.org", "_@example.org"},
        {"+.+@example.org", "+.+@example.org"},
        {"\xC3\xA9\x74\xC3\xA9@example.org", "\xC3\xA9\x74\xC3\xA9"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct person made;
        int64_t id = person(w, cases[i].address);
        assert_ok(w, person_load(w->session, w->org, id, w->region, &w->error, &made));
        if (!slice_equal(made.name, slice_from_text(cases[i].name)))
            fail_msg("%s became \"%.*s\"", cases[i].address, SLICE_ARG(made.name));
        assert_int_equal(person(w, cases[i].address), id);
    }
    char address[220] = "x"; /* the hundredth byte of the name falls into a character */
    for (int i = 0; i < 60; i++)
        memcpy(address + 1 + 2 * i, "\xC3\xA9", 2);
    memcpy(address + 121, "@example.org", 13);
    struct person made;
    assert_ok(w, person_load(w->session, w->org, person(w, address), w->region, &w->error, &made));
    assert_true(slice_is_utf8(made.name));
    assert_true(made.name.length >= 98 && made.name.length < PERSON_NAME_MAXIMUM);
}

static void name_is_kept_and_changed(void **state)
{
    struct world *w = *state;
    struct person found;
    int64_t id = 0;
    struct act a = {.kind = ACT_PERSON, .text = S("Sam@Example.org"), .name = S(" Sam Jansen ")};
    assert_ok(w, act(w, a, &id));
    a.name = S("Somebody Else"); /* the first name stays: a paste must not rename people */
    assert_ok(w, act(w, a, &id));
    assert_ok(w, person_find(w->session, w->org, S("SAM@example.ORG"), w->region, &w->error, &found));
    assert_int_equal(found.id, id);
    assert_true(slice_equal(found.name, S("Sam Jansen")));
    assert_failure(w, act(w, (struct act){.kind = ACT_NAME, .person = id, .text = S(" \n ")}, NULL),
                   ERROR_INPUT, "person-name");
    assert_ok(w, act(w, (struct act){.kind = ACT_NAME, .person = id, .text = S("Samira")}, NULL));
    assert_ok(w, person_load(w->session, w->org, id, w->region, &w->error, &found));
    assert_true(slice_equal(found.name, S("Samira")));
}

static void leader_and_members(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 2, true), other = world_team(w, "Zuid", 0, 0, false);
    int64_t leader = world_person(w, "leader@Noord.example"), member = world_person(w, "m1@Noord.example");
    int64_t next = person(w, "next@example.org");
    struct team loaded;
    assert_failure(w, give(w, team, leader, TEAM_ROLE_MEMBER), ERROR_CONFLICT, "leader-not-member");
    assert_failure(w, give(w, team, member, TEAM_ROLE_LEADER), ERROR_CONFLICT, "leader-not-member");
    assert_ok(w, give(w, team, leader, TEAM_ROLE_LEADER)); /* a second time changes nothing */
    assert_ok(w, give(w, team, member, TEAM_ROLE_MEMBER));
    assert_ok(w, give(w, other, leader, TEAM_ROLE_MEMBER)); /* of another team: allowed */
    assert_ok(w, give(w, team, next, TEAM_ROLE_LEADER));
    assert_int_equal(role_of(w, team, leader), TEAM_ROLE_NONE);
    assert_int_equal(role_of(w, team, next), TEAM_ROLE_LEADER);
    assert_ok(w, team_load(w->session, w->org, team, w->region, &w->error, &loaded));
    assert_int_equal(loaded.leader.id, next);
    assert_int_equal(loaded.members, 2);
    assert_ok(w, act(w, (struct act){.kind = ACT_TAKE, .team = team, .person = member}, NULL));
    assert_ok(w, act(w, (struct act){.kind = ACT_TAKE, .team = team, .person = member}, NULL));
    assert_int_equal(role_of(w, team, member), TEAM_ROLE_NONE);
    assert_ok(w, give(w, team, member, TEAM_ROLE_LEADER)); /* now free to lead */
    assert_int_equal(role_of(w, team, next), TEAM_ROLE_NONE);
}

static void organisation_roles(void **state)
{
    struct world *w = *state;
    int64_t owner = person(w, "owner@example.org"), viewer = person(w, "viewer@example.org");
    struct org_role_holder *holders;
    size_t count;
    struct act a = {.kind = ACT_ORG_ROLE, .person = owner, .role = ORG_ROLE_OWNER};
    assert_ok(w, act(w, a, NULL));
    a.role = ORG_ROLE_VIEWER; /* must not make less of an owner */
    assert_ok(w, act(w, a, NULL));
    a.person = viewer;
    assert_ok(w, act(w, a, NULL));
    assert_ok(w, people_org_role_list(w->session, w->org, w->region, &w->error, &holders, &count));
    assert_int_equal(count, 2);
    assert_int_equal(holders[0].role, ORG_ROLE_OWNER);
    assert_int_equal(holders[0].person.id, owner);
    assert_int_equal(holders[1].role, ORG_ROLE_VIEWER);
    assert_ok(w, act(w, (struct act){.kind = ACT_END_VIEWER, .person = owner}, NULL));
    assert_ok(w, act(w, (struct act){.kind = ACT_END_VIEWER, .person = viewer}, NULL));
    assert_ok(w, people_org_role_list(w->session, w->org, w->region, &w->error, &holders, &count));
    assert_int_equal(count, 1);
    assert_int_equal(holders[0].person.id, owner);
}

static void units_and_teams(void **state)
{
    struct world *w = *state;
    int64_t unit = 0, made = 0;
    struct unit *units;
    size_t count;
    struct act team = {.kind = ACT_TEAM, .text = S(" Noord ")};
    assert_ok(w, act(w, team, &made));
    team.text = S("Noord");
    assert_failure(w, act(w, team, NULL), ERROR_CONFLICT, "team-name-taken");
    team.text = S("\t");
    assert_failure(w, act(w, team, NULL), ERROR_INPUT, "team-name");
    team.text = S("Zuid");
    team.unit = 12345;
    assert_failure(w, act(w, team, NULL), ERROR_INPUT, "unit-unknown");
    for (int depth = 0; depth < UNIT_DEPTH_MAXIMUM; depth++) {
        struct act a = {.kind = ACT_UNIT, .text = region_format(w->region, "Z%d", 99 - depth), .unit = unit};
        assert_ok(w, act(w, a, &unit));
    }
    assert_failure(w, act(w, (struct act){.kind = ACT_UNIT, .text = S("deeper"), .unit = unit}, NULL),
                   ERROR_LIMIT, "units-too-deep");
    assert_failure(w, act(w, (struct act){.kind = ACT_UNIT, .text = S("x"), .unit = 12345}, NULL),
                   ERROR_INPUT, "unit-unknown");
    assert_ok(w, unit_list(w->session, w->org, w->region, &w->error, &units, &count));
    assert_int_equal(count, UNIT_DEPTH_MAXIMUM);
    assert_int_equal(units[0].parent, 0);
    for (size_t i = 1; i < count; i++)
        assert_int_equal(units[i].parent, units[i - 1].id); /* by name they would stand the other way round */
    team.unit = unit;
    assert_ok(w, act(w, team, &made));
}

static enum error_code write_full_team(struct store_session *session, void *context, struct error *error)
{
    struct act *a = context;
    char address[40];
    for (int i = 0; i < TEAM_MEMBERS_MAXIMUM; i++) {
        int64_t id = 0;
        snprintf(address, sizeof address, "p%d@example.org", i);
        TRY(person_ensure(session, &a->w->application, a->w->org, slice_from_text(address), S(""), S("nl"),
                          error, &id));
        TRY(team_give_role(session, &a->w->application, a->w->org, a->team, id, TEAM_ROLE_MEMBER, error));
    }
    return OK;
}

static void a_team_is_full_at_a_thousand(void **state)
{
    struct world *w = *state;
    struct act a = {.w = w, .team = world_team(w, "Groot", 0, 0, true)};
    assert_ok(w, store_write(w->store, write_full_team, &a, &w->error));
    assert_failure(w, give(w, a.team, person(w, "late@example.org"), TEAM_ROLE_MEMBER), ERROR_LIMIT,
                   "too-many-members");
    assert_ok(w, give(w, a.team, person(w, "p0@example.org"), TEAM_ROLE_MEMBER)); /* is one already */
    assert_ok(w, give(w, a.team, person(w, "new@example.org"), TEAM_ROLE_LEADER));
}

/* ---- Signing in -------------------------------------------------------------------------------------- */

struct link {
    struct world *w;
    int64_t person, org_found, person_found;
    bool by_operator;
    struct slice token;
};

static enum error_code write_link(struct store_session *session, void *context, struct error *error)
{
    struct link *link = context;
    return signin_link_create(session, &link->w->application, link->w->org, link->person, link->by_operator,
                              SIGNIN_LINK_ASKED_SECONDS, link->w->region, error, &link->token);
}

static enum error_code spend_link(struct store_session *session, void *context, struct error *error)
{
    struct link *link = context;
    return signin_link_spend(session, link->token, clock_seconds(&link->w->clock), error, &link->org_found,
                             &link->person_found);
}

static enum error_code look(struct link *link)
{
    struct world *w = link->w;
    return signin_link_look(w->session, link->token, clock_seconds(&w->clock), &w->error, &link->org_found,
                            &link->person_found);
}

STATEMENT(TEST_LINKS, "SELECT count(*) FROM signin_link");
STATEMENT(TEST_LINKS_IN_CLEAR, "SELECT count(*) FROM signin_link WHERE link_hash = $1");

static void link_works_once(void **state)
{
    struct world *w = *state;
    struct link link = {.w = w, .person = person(w, "sam@example.org")},
                forged = {.w = w, .token = S("AAAA")};
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    assert_true(link.token.length >= 40);
    assert_int_equal(world_integer(w, &TEST_LINKS_IN_CLEAR, PARAMETERS(V_BYTES(link.token))), 0);
    for (int i = 0; i < 5; i++) /* as mail scanners do */
        assert_ok(w, look(&link));
    assert_int_equal(link.person_found, link.person);
    assert_int_equal(link.org_found, w->org);
    assert_failure(w, look(&forged), ERROR_GONE, "signin-link-over");
    link.person_found = 0;
    assert_ok(w, store_write(w->store, spend_link, &link, &w->error));
    assert_int_equal(link.person_found, link.person);
    assert_failure(w, look(&link), ERROR_GONE, "signin-link-over");
    assert_failure(w, store_write(w->store, spend_link, &link, &w->error), ERROR_GONE, "signin-link-over");
}

static enum error_code write_clean_up(struct store_session *session, void *context, struct error *error)
{
    const struct world *w = context;
    return people_clean_up(session, clock_seconds(&w->clock), error);
}

static void link_ends(void **state)
{
    struct world *w = *state;
    struct link link = {.w = w, .person = person(w, "sam@example.org")};
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    world_wait(w, SIGNIN_LINK_ASKED_SECONDS - 1);
    assert_ok(w, look(&link));
    assert_ok(w, store_write(w->store, write_clean_up, w, &w->error));
    assert_int_equal(world_integer(w, &TEST_LINKS, NO_PARAMETERS), 1);
    world_wait(w, 1);
    assert_failure(w, store_write(w->store, spend_link, &link, &w->error), ERROR_GONE, "signin-link-over");
    assert_ok(w, store_write(w->store, write_clean_up, w, &w->error));
    assert_int_equal(world_integer(w, &TEST_LINKS, NO_PARAMETERS), 0);
}

static enum error_code write_seen(struct store_session *session, void *context, struct error *error)
{
    const struct link *link = context;
    return operator_links_mark_seen(session, link->w->org, link->person, error);
}

static void operator_links_are_told(void **state)
{
    struct world *w = *state;
    struct link link = {.w = w, .person = person(w, "sam@example.org")};
    int64_t count = -1, last = -1;
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    assert_ok(w, operator_links_unseen(w->session, w->org, link.person, &w->error, &count, &last));
    assert_int_equal(count, 0);
    link.by_operator = true;
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    world_wait(w, 60);
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    assert_ok(w, operator_links_unseen(w->session, w->org, link.person, &w->error, &count, &last));
    assert_int_equal(count, 2);
    assert_int_equal(last, WORLD_START + 60);
    assert_ok(w, store_write(w->store, write_seen, &link, &w->error));
    assert_ok(w, operator_links_unseen(w->session, w->org, link.person, &w->error, &count, &last));
    assert_int_equal(count, 0);
}

/* ---- Sessions ---------------------------------------------------------------------------------------- */

struct session_write {
    struct world *w;
    int64_t person;
    uint8_t hash[32];
};

static enum error_code write_session(struct store_session *session, void *context, struct error *error)
{
    const struct session_write *s = context;
    return web_session_create(session, s->w->org, s->person, s->hash, S("linux"), clock_seconds(&s->w->clock),
                              error);
}

static enum error_code write_end_one(struct store_session *session, void *context, struct error *error)
{
    const struct session_write *s = context;
    return web_session_end_one(session, s->w->org, s->person, s->hash, error);
}

static enum error_code write_end_all(struct store_session *session, void *context, struct error *error)
{
    const struct session_write *s = context;
    return web_session_end(session, s->w->org, s->person, error);
}

static struct http_request request_of(struct world *w)
{
    return (struct http_request){.application = &w->application,
                                 .region = w->region,
                                 .session = w->session,
                                 .store = w->store,
                                 .clock = &w->clock,
                                 .random = &w->random};
}

static int64_t identified(struct world *w, uint8_t first_byte)
{
    struct http_request request = request_of(w);
    request.identity.person = 77; /* must not survive */
    uint8_t hash[32] = {first_byte};
    assert_ok(w, policy_identify(&request, hash, &w->error));
    return request.identity.person;
}

static void sessions_begin_and_end(void **state)
{
    struct world *w = *state;
    struct session_write s = {.w = w, .person = person(w, "sam@example.org"), .hash = {1}};
    assert_int_equal(identified(w, 1), 0);
    assert_ok(w, store_write(w->store, write_session, &s, &w->error));
    s.hash[0] = 2; /* in the same second */
    assert_ok(w, store_write(w->store, write_session, &s, &w->error));
    assert_int_equal(identified(w, 1), s.person);
    assert_int_equal(identified(w, 2), s.person);
    assert_int_equal(identified(w, 3), 0);
    struct http_request request = request_of(w);
    assert_ok(w, policy_identify(&request, s.hash, &w->error));
    assert_int_equal(request.identity.org, w->org);
    assert_true(slice_equal(request.identity.name, S("Sam")));
    assert_true(slice_equal(request.identity.language, S("en")));
    assert_memory_equal(request.identity.session, s.hash, sizeof s.hash);
    assert_ok(w, store_write(w->store, write_end_one, &s, &w->error));
    assert_int_equal(identified(w, 2), 0);
    assert_int_equal(identified(w, 1), s.person); /* the other device stays */
    assert_ok(w, store_write(w->store, write_end_all, &s, &w->error));
    assert_int_equal(identified(w, 1), 0);
}

static void sessions_expire(void **state)
{
    struct world *w = *state;
    struct session_write s = {.w = w, .person = person(w, "sam@example.org"), .hash = {1}};
    struct person_record record;
    assert_ok(w, store_write(w->store, write_session, &s, &w->error));
    world_wait(w, WEB_SESSION_SECONDS - 1);
    assert_int_equal(identified(w, 1), s.person);
    assert_ok(w,
              person_record_load(w->session, w->org, s.person, clock_seconds(&w->clock), &w->error, &record));
    assert_int_equal(record.sessions, 1);
    assert_int_equal(record.since, WORLD_START);
    assert_int_equal(record.forms_fetched, 0);
    world_wait(w, 1);
    assert_int_equal(identified(w, 1), 0);
    assert_ok(w,
              person_record_load(w->session, w->org, s.person, clock_seconds(&w->clock), &w->error, &record));
    assert_int_equal(record.sessions, 0);
}

/* ---- Roles of people who stand apart ----------------------------------------------------------------- */

static size_t seats_held(struct world *w, int64_t who)
{
    bool held[SEATS];
    size_t count = 0;
    assert_ok(w, seats_of_person(w->session, w->org, who, &w->error, held));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        count += held[seat];
    return count;
}

static void seats_are_given_and_taken(void **state)
{
    struct world *w = *state;
    int64_t owner = person(w, "owner@example.org"), ann = person(w, "ann@example.org");
    struct seat_holder *holders;
    size_t count;
    struct act a = {.kind = ACT_SEAT, .person = ann, .by = owner};
    assert_int_equal(seats_held(w, ann), 0);
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++) {
        a.role = seat;
        assert_ok(w, act(w, a, NULL));
        assert_ok(w, act(w, a, NULL)); /* twice is once */
        assert_int_equal(seats_held(w, ann), seat);
    }
    a.role = SEATS;
    assert_failure(w, act(w, a, NULL), ERROR_INPUT, "seat-unknown");
    a.role = SEAT_NONE;
    assert_failure(w, act(w, a, NULL), ERROR_INPUT, "seat-unknown");
    assert_ok(w, seat_list(w->session, w->org, w->region, &w->error, &holders, &count));
    assert_int_equal(count, 3);
    assert_int_equal(holders[0].seat, SEAT_AUDITOR);
    assert_int_equal(holders[0].since, 1000);
    assert_int_equal(holders[0].person.id, ann);
    a = (struct act){.kind = ACT_SEAT_TAKE, .person = ann, .role = SEAT_AUDITOR, .by = owner};
    assert_ok(w, act(w, a, NULL));
    assert_ok(w, act(w, a, NULL));
    assert_int_equal(seats_held(w, ann), 2);
}

static void an_owner_stands_not_apart(void **state)
{
    struct world *w = *state;
    int64_t owner = person(w, "owner@example.org");
    struct act a = {.kind = ACT_ORG_ROLE, .person = owner, .role = ORG_ROLE_OWNER};
    assert_ok(w, act(w, a, NULL));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++) {
        a = (struct act){.kind = ACT_SEAT, .person = owner, .role = seat, .by = owner};
        assert_failure(w, act(w, a, NULL), ERROR_CONFLICT, "seat-owner");
    }
    assert_int_equal(seats_held(w, owner), 0);
    /* Nor does who stands apart become one. */
    int64_t ann = person(w, "ann@example.org");
    assert_ok(w,
              act(w, (struct act){.kind = ACT_SEAT, .person = ann, .role = SEAT_AUDITOR, .by = owner}, NULL));
    assert_ok(
        w, act(w, (struct act){.kind = ACT_ROLE, .person = ann, .role = ORG_ROLE_VIEWER, .by = owner}, NULL));
    a = (struct act){.kind = ACT_ROLE, .person = ann, .role = ORG_ROLE_OWNER, .by = owner};
    assert_failure(w, act(w, a, NULL), ERROR_CONFLICT, "owner-has-seat");
    assert_ok(w, act(w, (struct act){.kind = ACT_SEAT_TAKE, .person = ann, .role = SEAT_AUDITOR, .by = owner},
                     NULL));
    assert_ok(w, act(w, a, NULL));
}

static void every_change_of_a_role_is_kept(void **state)
{
    static const struct {
        const char *role;
        bool given, has_by;
        int64_t at;
    } EXPECTED[] = {{"viewer", false, false, 4000},
                    {"viewer", true, true, 3000},
                    {"council", false, true, 2000},
                    {"council", true, true, 1000},
                    {"owner", true, true, 3000}};
    struct world *w = *state;
    int64_t owner = person(w, "owner@example.org"), ann = person(w, "ann@example.org");
    struct role_change *changes;
    struct person_record record;
    size_t count;
    const struct act ACTS[] = {
        {.kind = ACT_ROLE, .person = owner, .role = ORG_ROLE_OWNER, .by = owner},
        {.kind = ACT_ROLE, .person = owner, .role = ORG_ROLE_VIEWER, .by = owner}, /* changes nothing */
        {.kind = ACT_ROLE_END, .person = owner, .by = owner},                      /* nor does this */
        {.kind = ACT_SEAT, .person = ann, .role = SEAT_COUNCIL, .by = owner},
        {.kind = ACT_SEAT, .person = ann, .role = SEAT_COUNCIL, .by = owner},
        {.kind = ACT_SEAT_TAKE, .person = ann, .role = SEAT_COUNCIL, .by = owner},
        {.kind = ACT_SEAT_TAKE, .person = ann, .role = SEAT_COUNCIL, .by = owner},
        {.kind = ACT_ROLE, .person = ann, .role = ORG_ROLE_VIEWER, .by = owner},
        {.kind = ACT_ROLE_END, .person = ann}, /* by the provider of sign-ins */
    };
    for (size_t i = 0; i < COUNT_OF(ACTS); i++)
        assert_ok(w, act(w, ACTS[i], NULL));
    assert_ok(w, role_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, COUNT_OF(EXPECTED));
    for (size_t i = 0; i < count; i++) {
        assert_true(slice_equal(changes[i].role, slice_from_text(EXPECTED[i].role)));
        assert_int_equal(changes[i].given, EXPECTED[i].given);
        assert_int_equal(changes[i].by_name.length > 0, EXPECTED[i].has_by);
        assert_int_equal(changes[i].changed_at, EXPECTED[i].at);
    }
    assert_ok(w, person_record_load(w->session, w->org, owner, 0, &w->error, &record));
    assert_int_equal(record.named_acts, 4);
}

static void a_team_is_not_sent_to_its_leader(void **state)
{
    struct world *w = *state;
    int64_t noord = world_team(w, "Noord", 0, 1, true), zuid = world_team(w, "Zuid", 0, 1, true);
    int64_t leader = world_person(w, "leader@Noord.example"), member = world_person(w, "m1@Noord.example");
    struct person *confidants;
    size_t count;
    assert_ok(w, act(w, (struct act){.kind = ACT_SEAT, .person = leader, .role = SEAT_CONFIDANT}, NULL));
    assert_ok(w, act(w, (struct act){.kind = ACT_SEAT, .person = member, .role = SEAT_CONFIDANT}, NULL));
    assert_ok(w, act(w, (struct act){.kind = ACT_SEAT, .person = member, .role = SEAT_AUDITOR}, NULL));
    assert_ok(w, seat_confidants(w->session, w->org, zuid, w->region, &w->error, &confidants, &count));
    assert_int_equal(count, 2);
    assert_ok(w, seat_confidants(w->session, w->org, noord, w->region, &w->error, &confidants, &count));
    assert_int_equal(count, 1);
    assert_int_equal(confidants[0].id, member);
}

/* ---- Who may do what --------------------------------------------------------------------------------- */

enum actor {
    NOBODY,
    STRANGER,
    MEMBER,
    LEADER,
    DEPUTY, /* of the own team, from outside it */
    VIEWER,
    OWNER,
    CONFIDANT,
    AUDITOR,
    COUNCIL,
    FOREIGNER,
    ACTORS
};
enum target { OWN_TEAM, OTHER_TEAM, FOREIGN_TEAM, UNKNOWN_TEAM, NO_TEAM, TARGETS };

struct cast {
    struct world *w;
    int64_t foreign_org;
    int64_t org[ACTORS], person[ACTORS], team[TARGETS];
};

static enum error_code write_foreign(struct store_session *session, void *context, struct error *error)
{
    struct cast *cast = context;
    struct application *application = &cast->w->application;
    TRY(org_create(session, application, S("Elders"), ORG_REAL, S("nl"), 28, 0, error, &cast->foreign_org));
    TRY(person_ensure(session, application, cast->foreign_org, S("f@example.org"), S(""), S("nl"), error,
                      &cast->person[FOREIGNER]));
    TRY(people_give_org_role(session, cast->foreign_org, cast->person[FOREIGNER], ORG_ROLE_OWNER, error));
    TRY(team_create(session, application, cast->foreign_org, S("Noord"), 0, error,
                    &cast->team[FOREIGN_TEAM]));
    return team_give_role(session, application, cast->foreign_org, cast->team[FOREIGN_TEAM],
                          cast->person[FOREIGNER], TEAM_ROLE_LEADER, error);
}

static struct cast make_cast(struct world *w)
{
    struct cast cast = {.w = w};
    assert_ok(w, store_write(w->store, write_foreign, &cast, &w->error));
    cast.team[OWN_TEAM] = world_team(w, "Noord", 0, 1, true);
    cast.team[OTHER_TEAM] = world_team(w, "Zuid", 0, 1, true);
    cast.team[UNKNOWN_TEAM] = 424242;
    cast.person[STRANGER] = person(w, "stranger@example.org");
    cast.person[MEMBER] = world_person(w, "m1@Noord.example");
    cast.person[LEADER] = world_person(w, "leader@Noord.example");
    cast.person[DEPUTY] = person(w, "deputy@example.org");
    cast.person[VIEWER] = person(w, "viewer@example.org");
    cast.person[OWNER] = person(w, "owner@example.org");
    struct act a = {.kind = ACT_ORG_ROLE, .person = cast.person[VIEWER], .role = ORG_ROLE_VIEWER};
    assert_ok(w, act(w, a, NULL));
    a.person = cast.person[OWNER];
    a.role = ORG_ROLE_OWNER;
    assert_ok(w, act(w, a, NULL));
    a = (struct act){.kind = ACT_DEPUTY, .team = cast.team[OWN_TEAM], .person = cast.person[DEPUTY]};
    assert_ok(w, act(w, a, NULL));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++) {
        char address[40];
        snprintf(address, sizeof address, "seat%d@example.org", seat);
        cast.person[CONFIDANT + seat - SEAT_CONFIDANT] = person(w, address);
        a = (struct act){
            .kind = ACT_SEAT, .person = cast.person[CONFIDANT + seat - SEAT_CONFIDANT], .role = seat};
        assert_ok(w, act(w, a, NULL));
    }
    for (int actor = STRANGER; actor < ACTORS; actor++)
        cast.org[actor] = actor == FOREIGNER ? cast.foreign_org : w->org;
    return cast;
}

static enum error_code ask(const struct cast *cast, enum actor actor, enum permission permission,
                           enum target target)
{
    struct http_request request = request_of(cast->w);
    request.identity = (struct http_identity){.org = cast->org[actor], .person = cast->person[actor]};
    if (target != NO_TEAM) {
        request.path_parameters[0] =
            (struct http_field){S("team"), region_format(cast->w->region, "%" PRId64, cast->team[target])};
        request.path_parameter_count = 1;
    }
    return policy_authorise(&request, permission, &cast->w->error);
}

/* Of a team permission: what the team's own people get; everybody else is refused. */
static enum error_code expected_for_team(enum actor actor, enum permission permission, enum target target)
{
    bool foreign_view = (actor == FOREIGNER) != (target == FOREIGN_TEAM);
    if (actor == NOBODY)
        return ERROR_DENIED;
    if (target == UNKNOWN_TEAM || target == NO_TEAM || foreign_view)
        return ERROR_NOT_FOUND;
    bool leads = (actor == LEADER && target == OWN_TEAM) || actor == FOREIGNER;
    bool belongs = actor == MEMBER && target == OWN_TEAM;
    bool deputy = actor == DEPUTY && target == OWN_TEAM;
    bool allowed = permission == PERMISSION_TEAM           ? leads || deputy || belongs
                   : permission == PERMISSION_TEAM_LEADER  ? leads
                   : permission == PERMISSION_TEAM_LEADING ? leads || deputy
                   : permission == PERMISSION_TEAM_LIST    ? leads || deputy || actor == OWNER
                                                           : belongs;
    return allowed ? OK : ERROR_DENIED;
}

static enum error_code expected_for(enum actor actor, enum permission permission, enum target target)
{
    switch (permission) {
    case PERMISSION_PUBLIC:
    case PERMISSION_ANONYMOUS:
    case PERMISSION_CLAIM: /* the world is not claimed */
        return OK;
    case PERMISSION_SIGNED_IN:
        return actor == NOBODY ? ERROR_DENIED : OK;
    case PERMISSION_ORG_OWNER:
        return actor == OWNER || actor == FOREIGNER ? OK : ERROR_DENIED;
    case PERMISSION_ORG_VIEWER:
        return actor == OWNER || actor == VIEWER || actor == FOREIGNER ? OK : ERROR_DENIED;
    case PERMISSION_CONFIDANT:
        return actor == CONFIDANT ? OK : ERROR_DENIED;
    case PERMISSION_AUDITOR:
        return actor == AUDITOR ? OK : ERROR_DENIED;
    case PERMISSION_COUNCIL:
        return actor == COUNCIL ? OK : ERROR_DENIED;
    case PERMISSION_OVERSIGHT:
        return actor == OWNER || actor == AUDITOR || actor == COUNCIL || actor == FOREIGNER ? OK
                                                                                            : ERROR_DENIED;
    case PERMISSION_EXAMPLE:
        return actor == OWNER || actor == COUNCIL || actor == FOREIGNER ? OK : ERROR_DENIED;
    default:
        return expected_for_team(actor, permission, target);
    }
}

static void policy_matrix(void **state)
{
    struct cast cast = make_cast(*state);
    for (int actor = 0; actor < ACTORS; actor++)
        for (int permission = PERMISSION_PUBLIC; permission <= PERMISSION_LAST; permission++)
            for (int target = 0; target < TARGETS; target++) {
                enum error_code expected =
                    expected_for((enum actor)actor, (enum permission)permission, (enum target)target);
                enum error_code code =
                    ask(&cast, (enum actor)actor, (enum permission)permission, (enum target)target);
                if (code != expected)
                    fail_msg("actor %d, %s, target %d: %s where %s is due", actor,
                             http_permission_name((enum permission)permission), target, error_code_name(code),
                             error_code_name(expected));
            }
}

static void policy_denies_by_default(void **state)
{
    struct world *w = *state;
    struct cast cast = make_cast(w);
    assert_failure(w, ask(&cast, OWNER, (enum permission)99, OWN_TEAM), ERROR_DENIED, "not-allowed");
    assert_failure(w, ask(&cast, OWNER, (enum permission)0, OWN_TEAM), ERROR_DENIED, "not-allowed");
    assert_failure(w, ask(&cast, OWNER, PERMISSION_TEAM, OWN_TEAM), ERROR_DENIED, "not-your-team");
    assert_failure(w, ask(&cast, LEADER, PERMISSION_TEAM_MEMBER, OWN_TEAM), ERROR_DENIED, "member-needed");
    assert_failure(w, ask(&cast, MEMBER, PERMISSION_TEAM_LEADER, OWN_TEAM), ERROR_DENIED, "leader-needed");
    assert_failure(w, ask(&cast, VIEWER, PERMISSION_ORG_OWNER, NO_TEAM), ERROR_DENIED, "owner-needed");
    assert_failure(w, ask(&cast, MEMBER, PERMISSION_ORG_VIEWER, NO_TEAM), ERROR_DENIED, "viewer-needed");
    assert_failure(w, ask(&cast, OWNER, PERMISSION_AUDITOR, NO_TEAM), ERROR_DENIED, "seat-needed");
    assert_failure(w, ask(&cast, AUDITOR, PERMISSION_COUNCIL, NO_TEAM), ERROR_DENIED, "seat-needed");
    assert_failure(w, ask(&cast, CONFIDANT, PERMISSION_OVERSIGHT, NO_TEAM), ERROR_DENIED, "seat-needed");
    assert_failure(w, ask(&cast, COUNCIL, PERMISSION_TEAM, OWN_TEAM), ERROR_DENIED, "not-your-team");
    w->application.claimed = true;
    assert_failure(w, ask(&cast, NOBODY, PERMISSION_CLAIM, NO_TEAM), ERROR_NOT_FOUND, "claimed");
}

/* ---- Places ------------------------------------------------------------------------------------------ */

static int64_t waiting_team;

static enum error_code one_waits(struct store_session *session, int64_t org, int64_t who,
                                 struct region *region, struct error *error, int64_t **ret_teams,
                                 size_t *ret_count)
{
    (void)session;
    (void)org;
    (void)who;
    (void)region;
    (void)error;
    *ret_teams = &waiting_team;
    *ret_count = 1;
    return OK;
}

static struct slice home_of(struct world *w, int64_t who)
{
    struct places places;
    assert_ok(w, places_load(&w->application, w->session, w->org, who, w->region, &w->error, &places));
    return places_home(&places, w->region);
}

static void home_by_role(void **state)
{
    struct world *w = *state;
    struct cast cast = make_cast(w);
    struct slice own = region_format(w->region, "/teams/%" PRId64, cast.team[OWN_TEAM]);
    assert_true(slice_equal(home_of(w, cast.person[STRANGER]), S("/me")));
    assert_true(slice_equal(home_of(w, cast.person[VIEWER]), S("/organisation")));
    assert_true(slice_equal(home_of(w, cast.person[OWNER]), S("/organisation")));
    assert_true(slice_equal(home_of(w, cast.person[CONFIDANT]), S("/roles/confidant")));
    assert_true(slice_equal(home_of(w, cast.person[AUDITOR]), S("/roles/auditor")));
    assert_true(slice_equal(home_of(w, cast.person[COUNCIL]), S("/roles/works-council")));
    assert_true(slice_equal(home_of(w, cast.person[LEADER]), own));
    assert_true(slice_equal(home_of(w, cast.person[MEMBER]), own));
    w->application.teams_waiting = one_waits;
    waiting_team = cast.team[OWN_TEAM];
    assert_true(slice_equal(home_of(w, cast.person[MEMBER]),
                            region_format(w->region, "%.*s/answer", SLICE_ARG(own))));
    assert_true(
        slice_equal(home_of(w, cast.person[LEADER]), own)); /* a leader does not answer about the own team */
    waiting_team = cast.team[OTHER_TEAM];
    assert_true(slice_equal(home_of(w, cast.person[MEMBER]), own));
}

/* ---- Claim ------------------------------------------------------------------------------------------- */

STATEMENT(TEST_ORGS, "SELECT count(*) FROM org");
STATEMENT(TEST_PEOPLE, "SELECT count(*) FROM person");

static struct claim claim_of(struct world *w)
{
    struct claim claim = {.address = S("noor@example.org"),
                          .name = S("Noor de Wit"),
                          .language = S("nl"),
                          .organisation = S("De Linde"),
                          .session_hash = {9}};
    assert_ok(w, installation_claim_token(&w->application, w->region, &w->error, &claim.token));
    return claim;
}

static void claim_makes_everything_once(void **state)
{
    struct world *w = *state;
    struct claim claim = claim_of(w);
    int64_t id = 0;
    struct org org;
    struct team *teams;
    struct person owner;
    size_t count;
    enum org_role role;
    enum welcome_step reached;
    assert_ok(w, installation_claim(&w->application, &claim, &w->error, &id));
    assert_true(w->application.claimed);
    assert_ok(w, org_load(w->session, id, w->region, &w->error, &org));
    assert_int_equal(org.kind, ORG_REAL);
    assert_int_equal(org.rhythm_days, ORG_RHYTHM_DAYS);
    assert_int_equal(org.next_opens_at, 0);
    assert_int_equal(org.k, 5);
    assert_ok(w, person_find(w->session, id, S("noor@example.org"), w->region, &w->error, &owner));
    assert_ok(w, people_org_role(w->session, id, owner.id, &w->error, &role));
    assert_int_equal(role, ORG_ROLE_OWNER);
    assert_ok(w, team_list(w->session, id, w->region, &w->error, &teams, &count));
    assert_int_equal(count, 0); /* the next step makes it */
    assert_ok(w, org_welcome_load(w->session, id, &w->error, &reached));
    assert_int_equal(reached, WELCOME_NAME);
    assert_int_equal(identified(w, 9), owner.id);
    int64_t people = world_integer(w, &TEST_PEOPLE, NO_PARAMETERS);
    claim.organisation = S("Another");
    assert_failure(w, installation_claim(&w->application, &claim, &w->error, &id), ERROR_NOT_FOUND,
                   "claim-unknown");
    assert_int_equal(world_integer(w, &TEST_PEOPLE, NO_PARAMETERS), people);
}

static void claim_is_all_or_nothing(void **state)
{
    struct world *w = *state;
    struct claim claim = claim_of(w), good = claim;
    int64_t id = 0, orgs = world_integer(w, &TEST_ORGS, NO_PARAMETERS);
    claim.token = S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_failure(w, installation_claim(&w->application, &claim, &w->error, &id), ERROR_NOT_FOUND,
                   "claim-unknown");
    claim = good;
    claim.organisation = S("Voorbeeld"); /* the one of the world */
    assert_failure(w, installation_claim(&w->application, &claim, &w->error, &id), ERROR_CONFLICT,
                   "org-name-taken");
    assert_int_equal(world_integer(w, &TEST_ORGS, NO_PARAMETERS), orgs);
    assert_int_equal(world_integer(w, &TEST_PEOPLE, NO_PARAMETERS), 0);
    assert_false(w->application.claimed);
    assert_int_equal(id, 0);
    assert_ok(w, installation_claim(&w->application, &good, &w->error, &id)); /* the token is still good */
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(names_made_from_addresses),
        BOTH(name_is_kept_and_changed),
        BOTH(leader_and_members),
        BOTH(organisation_roles),
        BOTH(units_and_teams),
        SQLITE_ONLY(a_team_is_full_at_a_thousand),
        BOTH(link_works_once),
        BOTH(link_ends),
        BOTH(operator_links_are_told),
        BOTH(sessions_begin_and_end),
        BOTH(sessions_expire),
        BOTH(seats_are_given_and_taken),
        BOTH(an_owner_stands_not_apart),
        BOTH(every_change_of_a_role_is_kept),
        BOTH(a_team_is_not_sent_to_its_leader),
        BOTH(policy_matrix),
        BOTH(policy_denies_by_default),
        BOTH(home_by_role),
        BOTH(claim_makes_everything_once),
        BOTH(claim_is_all_or_nothing),
    };
    return WORLD_RUN(tests);
}
