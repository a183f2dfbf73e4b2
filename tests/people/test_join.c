/* Join links and cards: who comes in, who waits, and what is kept of them; on both engines. */
#include "../pulse/world.h"

#include "people/join.h"

struct act {
    struct world *w;
    enum { LINK = 1, LINK_END, CARDS, CARDS_END, ENTER, ACCEPT, REFUSE, CLEAN } kind;
    int64_t team, person, org;
    size_t count;
    struct slice words, name;
    struct slice *made;
    struct join_door door;
};

static enum error_code apply(struct store_session *session, void *context, struct error *error)
{
    struct act *a = context;
    struct world *w = a->w;
    struct application *application = &w->application;
    switch (a->kind) {
    case LINK:
        return join_link_make(session, application, w->org, a->team, error);
    case LINK_END:
        return join_link_end(session, w->org, a->team, error);
    case CARDS:
        return join_cards_make(session, application, w->org, a->team, a->count, w->region, error, &a->made);
    case CARDS_END:
        return join_cards_end(session, w->org, a->team, error);
    case ENTER:
        return join_enter(session, application, a->words, a->org, a->name, S("nl"), error, &a->door,
                          &a->person);
    case ACCEPT:
        return join_accept(session, application, w->org, a->team, a->person, error);
    case REFUSE:
        return join_refuse(session, w->org, a->team, a->person, error);
    case CLEAN:
        return join_clean_up(session, clock_seconds(application->clock), error);
    }
    return ERROR_INTERNAL;
}

static enum error_code act(struct world *w, struct act *a)
{
    a->w = w;
    return store_write(w->store, apply, a, &w->error);
}

static struct slice link_of(struct world *w, int64_t team)
{
    struct join_state state;
    assert_ok(w, act(w, &(struct act){.kind = LINK, .team = team}));
    assert_ok(w, join_state_load(w->session, w->org, team, clock_seconds(w->application.clock), w->region,
                                 &w->error, &state));
    assert_int_equal(state.words.length, JOIN_WORDS_LENGTH);
    return state.words;
}

static int64_t ask(struct world *w, struct slice words, const char *name)
{
    struct act a = {.kind = ENTER, .words = words, .name = slice_from_text(name)};
    assert_ok(w, act(w, &a));
    return a.person;
}

static size_t waiting(struct world *w, int64_t team, struct join_asker **ret_askers)
{
    struct join_asker *askers;
    size_t count;
    assert_ok(w, join_askers(w->session, w->org, team, w->region, &w->error, &askers, &count));
    if (ret_askers != NULL)
        *ret_askers = askers;
    return count;
}

static void words_are_read_as_they_are_typed(void **state)
{
    struct world *w = *state;
    struct slice words = link_of(w, world_team(w, "Noord", 0, 1, true));
    char typed[3 * JOIN_WORDS_LENGTH];
    size_t length = 0;
    for (size_t i = 0; i < words.length; i++) { /* "  LUSAB --  BABAD" */
        char letter = words.data[i];
        if (letter == '-')
            length += (size_t)snprintf(typed + length, 5, " -- ");
        else
            typed[length++] = (char)(letter - 'a' + 'A');
    }
    assert_true(slice_equal(join_words_read(slice_from_bytes(typed, length), w->region), words));
    static const char *const wrong[] = {"",
                                        "lusab",
                                        "lusab-babad-gutih-tugad-lusab-babac",
                                        "lusab-babad-gutih-tugad-lusab-baba",
                                        "lusab-babad-gutih-tugad-lusab-babad-lusab",
                                        "lusabbabadgutihtugadlusabbabadlusab",
                                        "usabl-babad-gutih-tugad-lusab-babad"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(join_words_read(slice_from_text(wrong[i]), w->region).length, 0);
}

static void asked_and_answered(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 2, true);
    struct slice words = link_of(w, team);
    int64_t sam = ask(w, words, " Sam "), kim = ask(w, words, "Kim");
    struct join_asker *askers;
    enum team_role role;
    assert_int_equal(waiting(w, team, &askers), 2);
    assert_false(askers[0].doubled || askers[1].doubled);
    assert_int_equal(ask(w, words, "SAM") == sam,
                     0); /* another phone is somebody else, until a person says so */
    assert_int_equal(waiting(w, team, &askers), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(askers[i].doubled, askers[i].person.id != kim);
    assert_ok(w, people_team_role(w->session, w->org, team, sam, &w->error, &role));
    assert_int_equal(role, TEAM_ROLE_NONE);
    assert_ok(w, act(w, &(struct act){.kind = ACCEPT, .team = team, .person = sam}));
    assert_ok(w, people_team_role(w->session, w->org, team, sam, &w->error, &role));
    assert_int_equal(role, TEAM_ROLE_MEMBER);
    struct person found;
    assert_ok(w, person_load(w->session, w->org, sam, w->region, &w->error, &found));
    assert_true(slice_equal(found.name, S("Sam")));
    assert_int_equal(found.address.length, 0);
    struct act again = {.kind = ACCEPT, .team = team, .person = sam};
    assert_failure(w, act(w, &again), ERROR_NOT_FOUND, "join-asker-gone");
    again = (struct act){.kind = ENTER, .words = words, .person = sam, .org = w->org};
    assert_ok(w, act(w, &again)); /* a member who asks stays one and waits for nothing */
    assert_int_equal(waiting(w, team, NULL), 2);
}

static void nothing_is_kept_of_the_refused(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 1, true), other = world_team(w, "Zuid", 0, 1, true);
    struct slice words = link_of(w, team), elsewhere = link_of(w, other);
    int64_t sam = ask(w, words, "Sam"), member = world_person(w, "m1@Zuid.example");
    struct person found;
    struct act both = {.kind = ENTER, .words = elsewhere, .person = sam, .org = w->org};
    assert_ok(w, act(w, &both));
    assert_ok(w, act(w, &(struct act){.kind = REFUSE, .team = team, .person = sam}));
    assert_ok(w, person_load(w->session, w->org, sam, w->region, &w->error, &found)); /* waits elsewhere */
    assert_ok(w, act(w, &(struct act){.kind = REFUSE, .team = other, .person = sam}));
    assert_int_equal(person_load(w->session, w->org, sam, w->region, &w->error, &found), ERROR_NOT_FOUND);
    struct act known = {.kind = ENTER, .words = words, .person = member, .org = w->org};
    assert_ok(w, act(w, &known));
    assert_ok(w, act(w, &(struct act){.kind = REFUSE, .team = team, .person = member}));
    assert_ok(w,
              person_load(w->session, w->org, member, w->region, &w->error, &found)); /* belongs to a team */
    assert_failure(w, act(w, &(struct act){.kind = REFUSE, .team = team, .person = member}), ERROR_NOT_FOUND,
                   "join-asker-gone");
}

static void links_end(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 1, true);
    struct slice words = link_of(w, team);
    int64_t sam = ask(w, words, "Sam");
    struct slice next = link_of(w, team);
    struct act late = {.kind = ENTER, .words = words, .name = S("Late")};
    assert_failure(w, act(w, &late), ERROR_GONE, "join-over");
    late.words = next;
    world_wait(w, JOIN_LINK_SECONDS + 1);
    assert_failure(w, act(w, &late), ERROR_GONE, "join-over");
    assert_ok(w, act(w, &(struct act){.kind = CLEAN}));
    struct person found; /* nobody answered for 30 days: as if it was never asked */
    assert_int_equal(waiting(w, team, NULL), 0);
    assert_int_equal(person_load(w->session, w->org, sam, w->region, &w->error, &found), ERROR_NOT_FOUND);
    late.words = link_of(w, team);
    assert_ok(w, act(w, &(struct act){.kind = LINK_END, .team = team}));
    assert_failure(w, act(w, &late), ERROR_GONE, "join-over");
}

static void names_and_numbers_have_limits(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 1, true);
    struct slice words = link_of(w, team);
    struct act a = {.kind = ENTER, .words = words, .name = S("  ")};
    assert_failure(w, act(w, &a), ERROR_INPUT, "person-name");
    assert_int_equal(waiting(w, team, NULL), 0);
    for (int i = 0; i < JOIN_REQUESTS_MAXIMUM; i++)
        ask(w, words, "Same");
    a.name = S("One more");
    a.person = 0;
    assert_failure(w, act(w, &a), ERROR_LIMIT, "join-many");
    a.person = world_person(w, "m1@Noord.example");
    a.org = w->org + 1;
    assert_failure(w, act(w, &a), ERROR_DENIED, "join-elsewhere");
}

static void cards_work_once(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 1, true);
    struct act cards = {.kind = CARDS, .team = team, .count = 3};
    assert_ok(w, act(w, &cards));
    struct act a = {.kind = ENTER, .words = cards.made[0], .name = S("Sam")};
    enum team_role role;
    assert_ok(w, act(w, &a));
    assert_true(a.door.card);
    assert_ok(w, people_team_role(w->session, w->org, team, a.person, &w->error, &role));
    assert_int_equal(role, TEAM_ROLE_MEMBER);
    struct act second = {.kind = ENTER, .words = cards.made[0], .name = S("Thief")};
    assert_failure(w, act(w, &second), ERROR_GONE, "join-over");
    a.words = cards.made[1]; /* who belongs to the team spends none */
    a.org = w->org;
    assert_ok(w, act(w, &a));
    struct join_state s;
    int64_t now = clock_seconds(w->application.clock);
    assert_ok(w, join_state_load(w->session, w->org, team, now, w->region, &w->error, &s));
    assert_int_equal(s.cards_open, 2);
    assert_int_equal(s.cards_used, 1);
    struct act more = {.kind = CARDS, .team = team, .count = JOIN_CARDS_MAXIMUM - 1};
    assert_failure(w, act(w, &more), ERROR_LIMIT, "cards-many");
    assert_ok(w, act(w, &(struct act){.kind = CARDS_END, .team = team}));
    second.words = cards.made[2];
    assert_failure(w, act(w, &second), ERROR_GONE, "join-over");
    more.count = JOIN_CARDS_MAXIMUM;
    assert_ok(w, act(w, &more));
    world_wait(w, JOIN_CARD_SECONDS + 1);
    second.words = more.made[0];
    assert_failure(w, act(w, &second), ERROR_GONE, "join-over");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(words_are_read_as_they_are_typed), BOTH(asked_and_answered),
        BOTH(nothing_is_kept_of_the_refused),   BOTH(links_end),
        BOTH(names_and_numbers_have_limits),    BOTH(cards_work_once),
    };
    return WORLD_RUN(tests);
}
