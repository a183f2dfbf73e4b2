/* The life of a round: opening, who may answer, extension, closing by the clock and by hand, and what is left
 * then. */
#include "world.h"

#include <pthread.h>

STATEMENT(TEST_STATES,
          "SELECT p.state, r.state, r.closed_at FROM team_round p JOIN round r ON r.org_id = p.org_id "
          "AND r.round_number = p.round_number WHERE p.org_id = $1 AND p.round_number = $2 "
          "ORDER BY p.team_id");
STATEMENT(TEST_SECRETS_LEFT, "SELECT (SELECT count(*) FROM sealed_answer), (SELECT count(*) FROM issuance), "
                             "(SELECT count(*) FROM team_round WHERE state = 'closed' AND "
                             "(sealed_private_key IS NOT NULL OR sealed_data_key IS NOT NULL))");
STATEMENT(TEST_GROUPS, "SELECT group_kind, answers FROM result_group WHERE org_id = $1 AND round_number = $2 "
                       "ORDER BY group_kind, group_id");
STATEMENT(TEST_LINES, "SELECT group_kind, construct, reason, n, mean, score_n, score_sum / score_scale "
                      "FROM result_construct WHERE org_id = $1 AND round_number = $2 "
                      "AND construct IN ('team', 'leader') ORDER BY group_kind, group_id, construct");
STATEMENT(TEST_PROMISE_COUNTS,
          "SELECT reason, counts FROM result_item WHERE org_id = $1 AND round_number = $2 "
          "AND item = 'promise' AND group_kind = 'team'");
STATEMENT(TEST_EXTENSION_DAYS, "UPDATE org SET extension_days = $2 WHERE org_id = $1");
STATEMENT(TEST_NEXT_OPENS, "SELECT next_opens_at FROM org WHERE org_id = $1");

static const int64_t week = (int64_t)ORG_ROUND_DAYS * DAY_SECONDS;
static const int64_t extension = (int64_t)ORG_EXTENSION_DAYS * DAY_SECONDS;

static int64_t open_round(struct world *w, bool full)
{
    int64_t number = 0;
    assert_ok(w, round_open(&w->application, w->org, full, w->region, &w->error, &number));
    return number;
}

static void close_due(struct world *w)
{
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
}

static void expect_rows(struct world *w, const char *kinds, const struct statement *statement, int64_t number,
                        const char *expected)
{
    struct slice rows = world_rows(w, kinds, statement, PARAMETERS(V_INTEGER(w->org), V_INTEGER(number)));
    if (!slice_equal(rows, slice_from_text(expected))) {
        print_error("%.*s\nis not\n%s\n", SLICE_ARG(rows), expected);
        fail();
    }
}

static void expect_no_secrets(struct world *w)
{
    struct slice rows = world_rows(w, "iii", &TEST_SECRETS_LEFT, NO_PARAMETERS);
    assert_true(slice_equal(rows, S("0|0|0\n")));
}

static void answer_all(struct world *w, int64_t team, const char *name, int count, int value)
{
    for (int i = 1; i <= count; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@%s.example", i, name);
        world_answer(w, team, address, value);
    }
}

static void test_nothing_to_open(void **state)
{
    struct world *w = *state;
    int64_t number = 77;
    bool found = true;
    struct round round;
    assert_failure(w, round_open(&w->application, w->org, false, w->region, &w->error, &number), ERROR_INPUT,
                   "no-teams");
    world_team(w, "leeg", 0, 0, true);
    assert_failure(w, round_open(&w->application, w->org, false, w->region, &w->error, &number), ERROR_INPUT,
                   "no-teams");
    assert_int_equal(number, 77);
    assert_ok(w, round_latest(w->session, w->org, &w->error, &found, &round));
    assert_false(found);
    assert_failure(w, round_close_now(&w->application, w->org, w->region, &w->error), ERROR_NOT_FOUND,
                   "no-round-open");
    close_due(w);
}

static void test_what_an_opening_fixes(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 3, true), without = world_team(w, "zuid", 0, 2, false);
    struct descriptor descriptor;
    struct slice again;
    bool has;
    assert_int_equal(open_round(w, false), 1);
    struct team_round part = world_part(w, team);
    assert_true(part.open);
    assert_int_equal(part.opens_at, WORLD_START);
    assert_int_equal(part.closes_at, WORLD_START + week);
    assert_int_equal(part.roster_count, 3);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_ok(w, descriptor_write(&descriptor, w->region, &w->error, &again));
    assert_true(slice_equal(part.descriptor, again));
    assert_int_equal(descriptor.team, team);
    assert_int_equal(descriptor.k, 5);
    assert_int_equal(descriptor.extended, WORLD_START + week + extension);
    assert_true(slice_equal(descriptor.leader, S("Leader")));
    assert_int_equal(descriptor.item_count, 10);
    assert_true(slice_find(descriptor.purpose, S("nooit voor beoordeling")) < descriptor.purpose.length);
    assert_ok(w, roster_has(w->session, &part, world_person(w, "m1@noord.example"), &w->error, &has));
    assert_true(has);
    assert_ok(w, roster_has(w->session, &part, world_person(w, "leader@noord.example"), &w->error, &has));
    assert_false(has);

    part = world_part(w, without); /* nobody to ask about */
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_int_equal(descriptor.leader.length, 0);
    assert_int_equal(descriptor.item_count, 8);
    int64_t number;
    assert_failure(w, round_open(&w->application, w->org, false, w->region, &w->error, &number),
                   ERROR_CONFLICT, "round-open");
    assert_int_equal(world_integer(w, &TEST_NEXT_OPENS, PARAMETERS(V_INTEGER(w->org))),
                     WORLD_START + (int64_t)ORG_RHYTHM_DAYS * DAY_SECONDS);
}

static void test_open_for_a_person(void **state)
{
    struct world *w = *state;
    world_team(w, "noord", 0, 2, true);
    int64_t person = world_person(w, "m1@noord.example");
    struct team_round *parts;
    size_t count = 9;
    assert_ok(w, team_rounds_open_for(w->session, w->org, person, w->region, &w->error, &parts, &count));
    assert_int_equal(count, 0);
    open_round(w, false);
    assert_ok(w, team_rounds_open_for(w->session, w->org, person, w->region, &w->error, &parts, &count));
    assert_int_equal(count, 1);
    assert_ok(w, team_rounds_open_for(w->session, w->org, world_person(w, "leader@noord.example"), w->region,
                                      &w->error, &parts, &count));
    assert_int_equal(count, 0);
}

/* A team with k answers closes; one with fewer gets its one extension, and the round ends with it. */
static void test_extension(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 5, true), south = world_team(w, "zuid", 0, 6, true);
    int64_t number = open_round(w, false);
    answer_all(w, north, "noord", 5, 4);
    answer_all(w, south, "zuid", 4, 3);
    world_wait(w, week - 1);
    close_due(w);
    expect_rows(w, "tti", &TEST_STATES, number, "open|open|-\nopen|open|-\n");
    world_wait(w, 1);
    close_due(w);
    expect_rows(w, "tti", &TEST_STATES, number, "closed|open|-\nextended|open|-\n");
    expect_rows(w, "ti", &TEST_GROUPS, number, "team|5\n"); /* no totals before the end */
    assert_int_equal(world_part(w, south).closes_at, WORLD_START + week + extension);
    world_answer(w, south, "m5@zuid.example", 3); /* in the extension */
    world_wait(w, extension - 1);
    close_due(w);
    expect_rows(w, "tti", &TEST_STATES, number, "closed|open|-\nextended|open|-\n");
    world_wait(w, 1);
    close_due(w);
    char expected[80];
    snprintf(expected, sizeof expected, "closed|closed|%" PRId64 "\nclosed|closed|%" PRId64 "\n",
             WORLD_START + week + extension, WORLD_START + week + extension);
    expect_rows(w, "tti", &TEST_STATES, number, expected);
    expect_rows(w, "ti", &TEST_GROUPS, number, "org|0\nteam|5\nteam|5\n");
    expect_no_secrets(w);
    close_due(w); /* nothing is open any more */
}

/* Who answered everything with "no answer" has not answered: the extension, the count and the figures say so, and
 * an older message that arrives late changes nothing. */
static void test_an_answer_taken_back(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "team", 0, 12, false);
    int64_t number = open_round(w, false);
    struct device device;
    struct answer_receipt receipt;
    const int good[PROTOCOL_ITEMS_MAXIMUM] = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5},
              none[PROTOCOL_ITEMS_MAXIMUM] = {0};
    answer_all(w, team, "team", 4, 4);
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m5@team.example")));
    device_fill(w, &device, 1, good);
    struct answer_submission late = device.submission;
    assert_ok(w, device_send(w, &device, &receipt));
    device_fill(w, &device, 2, none);
    assert_ok(w, device_send(w, &device, &receipt));
    assert_failure(w, answer_submit(&w->application, w->session, &late, w->region, &w->error, &receipt),
                   ERROR_CONFLICT, "answer-version");
    world_wait(w, week);
    close_due(w);
    expect_rows(w, "tti", &TEST_STATES, number, "extended|open|-\n");
    world_answer(w, team, "m6@team.example", 2);
    world_wait(w, extension);
    close_due(w);
    expect_rows(w, "ti", &TEST_GROUPS, number, "team|5\n");
    expect_no_secrets(w);
    device_free(&device);
}

static void test_no_extension_when_there_is_none(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    world_execute(w, &TEST_EXTENSION_DAYS, PARAMETERS(V_INTEGER(w->org), V_INTEGER(0)));
    int64_t number = open_round(w, false);
    answer_all(w, team, "noord", 2, 4);
    world_wait(w, week);
    close_due(w);
    char expected[80];
    snprintf(expected, sizeof expected, "closed|closed|%" PRId64 "\n", WORLD_START + week);
    expect_rows(w, "tti", &TEST_STATES, number, expected);
    expect_rows(w, "ti", &TEST_GROUPS, number, "");
}

/* The server was down over both moments: extended first, closed at the next look. */
static void test_late_close(void **state)
{
    struct world *w = *state;
    world_team(w, "noord", 0, 5, true);
    int64_t number = open_round(w, false);
    world_wait(w, 2 * week + extension);
    close_due(w);
    close_due(w);
    char expected[80];
    snprintf(expected, sizeof expected, "closed|closed|%" PRId64 "\n", WORLD_START + 2 * week + extension);
    expect_rows(w, "tti", &TEST_STATES, number, expected);
}

static void test_close_by_hand(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 6, true);
    int64_t number = open_round(w, false);
    answer_all(w, team, "noord", 6, 4);
    world_wait(w, DAY_SECONDS);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    expect_rows(w, "ti", &TEST_GROUPS, number, "team|6\n"); /* one team: the total would say the same again */
    expect_rows(w, "tttirii", &TEST_LINES, number,
                "team|leader||6|4.000000|6|24\nteam|team||6|4.000000|6|24\n");
    expect_no_secrets(w);
    assert_failure(w, round_close_now(&w->application, w->org, w->region, &w->error), ERROR_NOT_FOUND,
                   "no-round-open");
    assert_int_equal(open_round(w, false), number + 1);
}

struct closer {
    struct world *w;
    pthread_t thread;
    struct error error;
    enum error_code code;
};

static void *close_now(void *context)
{
    struct closer *closer = context;
    closer->code = round_close_now(&closer->w->application, closer->w->org, NULL, &closer->error);
    return NULL;
}

/* Two processes, or the clock and the owner: one closes, the others find nothing open. */
static void test_close_by_several_at_once(void **state)
{
    struct world *w = *state;
    struct closer closers[6] = {0};
    static const char *const names[] = {"noord", "zuid"};
    int64_t teams[COUNT_OF(names)];
    for (size_t t = 0; t < COUNT_OF(teams); t++)
        teams[t] = world_team(w, names[t], 0, 6, true);
    open_round(w, false);
    for (size_t t = 0; t < COUNT_OF(teams); t++)
        answer_all(w, teams[t], names[t], 6, 4);
    for (size_t i = 0; i < COUNT_OF(closers); i++) {
        closers[i].w = w;
        assert_int_equal(pthread_create(&closers[i].thread, NULL, close_now, &closers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(closers); i++)
        pthread_join(closers[i].thread, NULL);
    int closed = 0;
    for (size_t i = 0; i < COUNT_OF(closers); i++) {
        if (closers[i].code != OK)
            assert_string_equal(closers[i].error.reason, "no-round-open");
        closed += closers[i].code == OK;
    }
    assert_int_equal(closed, 1);
    expect_no_secrets(w);
}

static void test_open_by_the_clock(void **state)
{
    struct world *w = *state;
    bool opened = true;
    assert_ok(w, round_open_due(&w->application, w->org, w->region, &w->error, &opened));
    assert_false(opened); /* none is planned */
    world_team(w, "noord", 0, 2, true);
    open_round(w, false);
    world_wait(w, (int64_t)ORG_RHYTHM_DAYS * DAY_SECONDS);
    assert_ok(w, round_open_due(&w->application, w->org, w->region, &w->error, &opened));
    assert_false(opened); /* one is open still */
    close_due(w);
    close_due(w);
    assert_ok(w, round_open_due(&w->application, w->org, w->region, &w->error, &opened));
    assert_true(opened);
    assert_ok(w, round_open_due(&w->application, w->org, w->region, &w->error, NULL));
    struct round *rounds;
    size_t count;
    assert_ok(w, round_list(w->session, w->org, w->region, &w->error, &rounds, &count));
    assert_int_equal(count, 2);
    assert_true(rounds[0].closed && !rounds[1].closed);
}

struct promising {
    struct world *w;
    int64_t team, round_number;
};

static enum error_code write_promise(struct store_session *session, void *context, struct error *error)
{
    const struct promising *p = context;
    int64_t id;
    return promise_make(session, &p->w->application, p->w->org, p->team, p->round_number,
                        world_person(p->w, "leader@noord.example"), false,
                        S("Ik plan elke week een half uur voor vragen"),
                        clock_seconds(&p->w->clock) + 5 * DAY_SECONDS, error, &id);
}

/* The next round asks first whether the promise was kept; it is an item like the others, without a construct.
 */
static void test_promise_is_asked(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    int64_t first = open_round(w, false);
    answer_all(w, team, "noord", 5, 4);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    struct promising promising = {w, team, first};
    assert_ok(w, store_write(w->store, write_promise, &promising, &w->error));
    int64_t second = open_round(w, false);
    struct descriptor descriptor;
    struct team_round part = world_part(w, team);
    assert_int_not_equal(part.promise, 0);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_true(slice_equal(descriptor.items[0], PROMISE_ITEM));
    assert_int_equal(descriptor.item_count, 11);
    answer_all(w, team, "noord", 4, 1);
    world_answer(w, team, "m5@noord.example", 4);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    expect_rows(w, "tt", &TEST_PROMISE_COUNTS, second, "|4 0 0 1\n");
    struct promise *promises;
    size_t count;
    assert_ok(w, promise_list(w->session, w->org, team, w->region, &w->error, &promises, &count));
    assert_int_equal(count, 1);
    assert_int_equal(promises[0].asked_in_round, second);
    assert_int_equal(promises[0].outcome, PROMISE_MOSTLY_YES);
    open_round(w, false); /* it is asked once */
    assert_int_equal(world_part(w, team).promise, 0);
}

/* ---- Guesses ------------------------------------------------------------------------------------ */

struct guessing {
    struct world *w;
    struct team_round part;
    struct guess guesses[3];
    size_t count;
};

static enum error_code write_guesses(struct store_session *session, void *context, struct error *error)
{
    const struct guessing *g = context;
    return guess_save(session, &g->w->application, &g->part, g->guesses, g->count, error);
}

static enum error_code write_shown(struct store_session *session, void *context, struct error *error)
{
    const struct guessing *g = context;
    return guess_show(session, g->w->org, g->part.team, g->part.round_number, error);
}

static void test_guesses_are_locked_by_the_close(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    int64_t number = open_round(w, false);
    struct guessing g = {w, world_part(w, team), {{S("ti1"), 5}, {S("tr1"), 2}}, 2};
    assert_ok(w, store_write(w->store, write_guesses, &g, &w->error));
    g.guesses[0] = (struct guess){S("tr1"), 3};
    g.count = 1;
    assert_ok(w, store_write(w->store, write_guesses, &g, &w->error));
    struct guess *guesses;
    size_t count;
    assert_ok(w, guess_list(w->session, w->org, team, number, w->region, &w->error, &guesses, &count));
    assert_int_equal(count, 2); /* in the order of the anchors */
    assert_true(slice_equal(guesses[0].item, S("tr1")) && guesses[0].value == 3);
    assert_true(slice_equal(guesses[1].item, S("ti1")) && guesses[1].value == 5);

    g.guesses[0] = (struct guess){S("ti1"), 0}; /* taken back */
    assert_ok(w, store_write(w->store, write_guesses, &g, &w->error));
    assert_ok(w, guess_list(w->session, w->org, team, number, w->region, &w->error, &guesses, &count));
    assert_int_equal(count, 1);

    const struct guess wrong[] = {{S("tr1"), -1}, {S("tr1"), 6}, {S("tr2"), 3}, {S("nonsense"), 3}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        g.guesses[0] = wrong[i];
        assert_failure(w, store_write(w->store, write_guesses, &g, &w->error), ERROR_INPUT, "guess-wrong");
    }
    assert_ok(w, store_write(w->store, write_shown, &g, &w->error)); /* not before the close */
    assert_false(world_part(w, team).guess_shown);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    g.guesses[0] = (struct guess){S("tr1"), 4};
    assert_failure(w, store_write(w->store, write_guesses, &g, &w->error), ERROR_GONE, "round-closed");
    assert_ok(w, store_write(w->store, write_shown, &g, &w->error));
    assert_true(world_part(w, team).guess_shown);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_nothing_to_open),          BOTH(test_what_an_opening_fixes),
        BOTH(test_open_for_a_person),        BOTH(test_extension),
        BOTH(test_an_answer_taken_back),     SQLITE_ONLY(test_no_extension_when_there_is_none),
        SQLITE_ONLY(test_late_close),        BOTH(test_close_by_hand),
        BOTH(test_close_by_several_at_once), BOTH(test_open_by_the_clock),
        BOTH(test_promise_is_asked),         BOTH(test_guesses_are_locked_by_the_close),
    };
    return WORLD_RUN(tests);
}
