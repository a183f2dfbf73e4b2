/* What is remembered of an open round, and that it never outlives the round: neither here nor when another process
 * closes it. */
#include "world.h"

#include "pulse/open_round.h"

STATEMENT(TEST_COUNT_ANSWERS, "SELECT count(*) FROM sealed_answer WHERE org_id = $1");

static size_t remembered(struct world *w)
{
    return cache_count(w->application.open_rounds);
}

static void open_round_now(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

/* A member with a token and an answer, not sent yet. */
static void device_ready(struct world *w, int64_t team, const char *address, struct device *device)
{
    int values[PROTOCOL_ITEMS_MAXIMUM] = {0};
    device_prepare(w, team, device);
    assert_ok(w, device_fetch(w, device, world_person(w, address)));
    device_fill(w, device, 1, values);
}

static int64_t count_answers(struct world *w)
{
    return world_integer(w, &TEST_COUNT_ANSWERS, PARAMETERS(V_INTEGER(w->org)));
}

static void test_one_entry_a_part(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 5, true), south = world_team(w, "zuid", 0, 5, true);
    open_round_now(w);
    assert_int_equal(remembered(w), 0);
    world_answer(w, north, "m1@noord.example", 4);
    assert_int_equal(remembered(w), 1);
    world_answer(w, north, "m2@noord.example", 3);
    assert_int_equal(remembered(w), 1);
    world_answer(w, south, "m1@zuid.example", 2);
    assert_int_equal(remembered(w), 2);
    assert_int_equal(count_answers(w), 3);
}

static void test_what_is_in_it(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    open_round_now(w);
    struct team_round part = world_part(w, team);
    struct seal_key key;
    struct org org;
    uint8_t signature[LOG_SIGNATURE_BYTES];
    CLEANUP(open_round_cleanup) struct cache_entry *entry = NULL;
    assert_ok(w, open_round_hold(&w->application, w->session, part.rid, &w->error, &entry));
    const struct open_round *round = entry->value;
    assert_int_equal(round->org, w->org);
    assert_int_equal(round->closes_at, part.closes_at);
    assert_memory_equal(round->rid, part.rid, 32);
    assert_int_equal(round->descriptor.team, team);
    assert_ok(w, team_round_data_key(&w->application, &part, w->region, &w->error, &key));
    assert_memory_equal(round->data_key.bytes, key.bytes, sizeof key.bytes);
    assert_ok(w, org_load(w->session, w->org, w->region, &w->error, &org));
    assert_ok(w, log_key_sign(round->log_key, S("text"), &w->error, signature));
    assert_ok(w, log_verify(org.log_public, S("text"), signature, &w->error));
}

static void test_unknown_rounds_are_not_remembered(void **state)
{
    struct world *w = *state;
    uint8_t rid[32] = {0};
    struct cache_entry *entry = NULL;
    assert_failure(w, open_round_hold(&w->application, w->session, rid, &w->error, &entry), ERROR_NOT_FOUND,
                   "round-unknown");
    assert_int_equal(remembered(w), 0);
}

static void test_gone_with_the_close(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    struct device device;
    struct answer_receipt receipt;
    open_round_now(w);
    device_ready(w, team, "m1@noord.example", &device);
    world_answer(w, team, "m2@noord.example", 4);
    assert_int_equal(remembered(w), 1);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(remembered(w), 0);
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    assert_int_equal(remembered(w), 0);
    device_free(&device);
}

/* Due, but no job has closed it yet: nothing of it is used any more. An extension is a new beginning. */
static void test_gone_with_the_clock_and_back_with_the_extension(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    struct device device;
    struct answer_receipt receipt;
    open_round_now(w);
    device_ready(w, team, "m1@noord.example", &device);
    assert_ok(w, device_send(w, &device, &receipt));
    assert_int_equal(remembered(w), 1);
    world_wait(w, (int64_t)ORG_ROUND_DAYS * DAY_SECONDS);
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    assert_int_equal(remembered(w), 0);
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
    assert_ok(w, device_send(w, &device, &receipt)); /* one answer of five: extended */
    assert_int_equal(remembered(w), 1);
    world_wait(w, (int64_t)ORG_EXTENSION_DAYS * DAY_SECONDS);
    assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
    assert_int_equal(remembered(w), 0);
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    device_free(&device);
}

/* Two processes on one database: this one remembers the round as open, the other closes it. */
static void test_closed_by_another_process(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    struct application other = w->application;
    struct device device;
    struct answer_receipt receipt;
    other.open_rounds = open_rounds_new();
    open_round_now(w);
    device_ready(w, team, "m1@noord.example", &device);
    world_answer(w, team, "m2@noord.example", 4);
    assert_ok(w, round_close_now(&other, w->org, w->region, &w->error));
    assert_int_equal(remembered(w), 1);
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    assert_int_equal(count_answers(w), 0);
    assert_int_equal(remembered(w), 0);
    cache_free(other.open_rounds);
    device_free(&device);
}

/* Read before the close, added after it: it must not stay. */
static void test_a_late_reader_keeps_nothing(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    open_round_now(w);
    struct team_round part = world_part(w, team);
    struct cache_entry *held = NULL;
    assert_ok(w, open_round_hold(&w->application, w->session, part.rid, &w->error, &held));
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    const struct open_round *round = held->value;
    assert_memory_equal(round->rid, part.rid, 32); /* whole for its holder */
    assert_int_equal(remembered(w), 0);
    cache_release(held);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_one_entry_a_part),
        SQLITE_ONLY(test_what_is_in_it),
        SQLITE_ONLY(test_unknown_rounds_are_not_remembered),
        BOTH(test_gone_with_the_close),
        BOTH(test_gone_with_the_clock_and_back_with_the_extension),
        BOTH(test_closed_by_another_process),
        SQLITE_ONLY(test_a_late_reader_keeps_nothing),
    };
    return WORLD_RUN(tests);
}
