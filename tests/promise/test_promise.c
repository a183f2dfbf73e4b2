/* Promises: what may be promised, and what the team says about it in the round that asks. */
#include "../pulse/world.h"

#include "promise/promise.h"

struct making {
    struct world *w;
    int64_t team, round, person, due, promise;
    struct slice text;
};

static enum error_code write_promise(struct store_session *session, void *context, struct error *error)
{
    struct making *making = context;
    struct world *w = making->w;
    return promise_make(session, &w->application, w->org, making->team, making->round, making->person, false,
                        making->text, making->due, error, &making->promise);
}

static enum error_code make(struct world *w, int64_t team, int64_t round, struct slice text, int64_t due)
{
    struct making making = {w, team, round, world_person(w, "leader@noord.example"), due, 0, text};
    return store_write(w->store, write_promise, &making, &w->error);
}

/* A team of six and its first round, closed after everybody gave the same answer to everything. */
static int64_t first_result(struct world *w)
{
    int64_t team = world_team(w, "Noord", 0, 6, true), number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    return team;
}

static struct promise newest(struct world *w, int64_t team, size_t *ret_count)
{
    struct promise *promises;
    assert_ok(w, promise_list(w->session, w->org, team, w->region, &w->error, &promises, ret_count));
    return *ret_count > 0 ? promises[0] : (struct promise){0};
}

static void test_outcome(void **state)
{
    (void)state;
    static const struct {
        int64_t counts[PROMISE_ANSWERS];
        enum promise_outcome outcome;
    } CASES[] = {
        {{0, 0, 0, 0}, PROMISE_TOO_FEW},    {{4, 0, 0, 0}, PROMISE_TOO_FEW},
        {{5, 0, 0, 0}, PROMISE_MOSTLY_YES}, {{3, 3, 0, 0}, PROMISE_DIVIDED}, /* half is not more than half */
        {{3, 2, 0, 0}, PROMISE_MOSTLY_YES}, {{1, 5, 1, 1}, PROMISE_MOSTLY_PARTLY},
        {{1, 0, 4, 0}, PROMISE_MOSTLY_NO},  {{0, 0, 2, 3}, PROMISE_MOSTLY_NOT_SEEN},
        {{2, 2, 2, 2}, PROMISE_DIVIDED},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_int_equal(promise_outcome_of(CASES[i].counts, 5), CASES[i].outcome);
}

static void test_text_and_date(void **state)
{
    struct world *w = *state;
    int64_t team = first_result(w), now = clock_seconds(&w->clock);
    const int64_t most = PROMISE_DUE_DAYS_MAXIMUM * (int64_t)DAY_SECONDS;
    char long_text[PROMISE_TEXT_MAXIMUM + 1];
    memset(long_text, 'a', sizeof long_text);
    struct slice too_long = {long_text, sizeof long_text}, longest = {long_text, PROMISE_TEXT_MAXIMUM};
    assert_failure(w, make(w, team, 1, S(""), now), ERROR_INPUT, "promise-text");
    assert_failure(w, make(w, team, 1, S("   "), now), ERROR_INPUT, "promise-text");
    assert_failure(w, make(w, team, 1, S("Een zin\nen nog een"), now), ERROR_INPUT, "promise-text");
    assert_failure(w, make(w, team, 1, too_long, now), ERROR_INPUT, "promise-text");
    assert_failure(w, make(w, team, 1, S("Ik luister."), now - 1), ERROR_INPUT, "promise-date");
    assert_failure(w, make(w, team, 1, S("Ik luister."), now + most + 1), ERROR_INPUT, "promise-date");
    size_t count;
    newest(w, team, &count);
    assert_int_equal(count, 0); /* nothing of it stays */
    assert_ok(w, make(w, team, 1, longest, now + most));
    struct promise promise = newest(w, team, &count);
    assert_int_equal(count, 1);
    assert_int_equal(promise.text.length, PROMISE_TEXT_MAXIMUM);
    assert_int_equal(promise.due_at, now + most);
    assert_int_equal(promise.made_at, now);
}

static void test_one_for_each_result(void **state)
{
    struct world *w = *state;
    int64_t team = first_result(w), now = clock_seconds(&w->clock);
    assert_ok(w, make(w, team, 1, S("  Ik luister.  "), now));
    assert_failure(w, make(w, team, 1, S("Iets anders."), now), ERROR_CONFLICT, "promise-made-already");
    size_t count;
    struct promise promise = newest(w, team, &count);
    assert_int_equal(count, 1);
    assert_true(slice_equal(promise.text, S("Ik luister.")));
    assert_int_equal(promise.round_number, 1);
    assert_int_equal(promise.person, world_person(w, "leader@noord.example"));
}

/* A promise belongs to a part of that team. */
static void test_unknown_round(void **state)
{
    struct world *w = *state;
    int64_t team = first_result(w);
    assert_int_equal(make(w, team, 9, S("Ik luister."), clock_seconds(&w->clock)), ERROR_STORE);
}

static void test_round_of_the_newest_result(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 6, true), number, round;
    bool found;
    assert_ok(w, promise_round(w->session, w->org, team, &w->error, &found, &round));
    assert_false(found);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, promise_round(w->session, w->org, team, &w->error, &found, &round));
    assert_false(found); /* an open round has no result */
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, promise_round(w->session, w->org, team, &w->error, &found, &round));
    assert_true(found);
    assert_int_equal(round, 1);
}

static void answer_all(struct world *w, int64_t team, int members, int value)
{
    for (int i = 1; i <= members; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, value);
    }
}

/* made -> asked by the next round -> answered when it closes; never asked a second time. */
static void test_the_next_round_asks(void **state)
{
    struct world *w = *state;
    int64_t team = first_result(w), number;
    size_t count;
    bool found;
    struct promise promise;
    assert_ok(w, promise_to_ask(w->session, w->org, team, w->region, &w->error, &found, &promise));
    assert_false(found);
    assert_ok(w, make(w, team, 1, S("Ik luister."), clock_seconds(&w->clock)));
    assert_ok(w, promise_to_ask(w->session, w->org, team, w->region, &w->error, &found, &promise));
    assert_true(found);
    assert_int_equal(promise.outcome, PROMISE_OPEN);
    assert_int_equal(promise.asked_in_round, 0);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, promise_to_ask(w->session, w->org, team, w->region, &w->error, &found, &promise));
    assert_false(found);
    promise = newest(w, team, &count);
    assert_int_equal(promise.asked_in_round, 2);
    assert_int_equal(promise.outcome, PROMISE_OPEN);
    answer_all(w, team, 6, PROMISE_NO);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(newest(w, team, &count).outcome, PROMISE_MOSTLY_NO);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    promise = newest(w, team, &count);
    assert_int_equal(count, 1);
    assert_int_equal(promise.asked_in_round, 2);
}

static void test_too_few_answers(void **state)
{
    struct world *w = *state;
    int64_t team = first_result(w), number;
    size_t count;
    assert_ok(w, make(w, team, 1, S("Ik luister."), clock_seconds(&w->clock)));
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    answer_all(w, team, 4, PROMISE_YES);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(newest(w, team, &count).outcome, PROMISE_TOO_FEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcome),        SQLITE_ONLY(test_text_and_date),
        BOTH(test_one_for_each_result),        BOTH(test_unknown_round),
        BOTH(test_round_of_the_newest_result), BOTH(test_the_next_round_asks),
        SQLITE_ONLY(test_too_few_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
