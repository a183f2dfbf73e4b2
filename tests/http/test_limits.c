#include "check.h"

#include "http/limits.h"

static const struct client_address anna = {.bytes = {1}};
static const struct client_address bas = {.bytes = {2}};

struct fixture {
    struct clock clock;
    struct random random;
    struct rate_limiter *limiter;
};

static void begin(struct fixture *fixture)
{
    clock_manual_init(&fixture->clock, 0);
    random_seeded_init(&fixture->random, 1);
    fixture->limiter = rate_limiter_new(&fixture->clock, &fixture->random);
    assert_non_null(fixture->limiter);
}

static void end(struct fixture *fixture)
{
    fixture->limiter = rate_limiter_free(fixture->limiter);
}

/* How many of `tries` pass. */
static int allowed(struct fixture *fixture, const struct client_address *client, enum rate_class rate,
                   int tries)
{
    int passed = 0;
    int64_t seconds;
    for (int i = 0; i < tries; i++)
        passed += rate_limiter_allow(fixture->limiter, client, rate, &seconds);
    return passed;
}

TEST(sign_ins_are_twenty_a_minute)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
    int64_t seconds = 0;
    assert_false(rate_limiter_allow(fixture.limiter, &anna, RATE_SIGN_IN, &seconds));
    assert_int_equal(seconds, 3);
    clock_manual_set(&fixture.clock, 2);
    assert_false(rate_limiter_allow(fixture.limiter, &anna, RATE_SIGN_IN, &seconds));
    assert_int_equal(seconds, 1);
    clock_manual_set(&fixture.clock, 3);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 1);
    clock_manual_set(&fixture.clock, 63);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
    clock_manual_set(&fixture.clock, 400); /* never more than the burst */
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
}

TEST(refused_tries_do_not_make_the_wait_longer)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    allowed(&fixture, &anna, RATE_SIGN_IN, 20);
    for (int64_t millisecond = 1; millisecond < 3000; millisecond++) {
        fixture.clock.manual = millisecond;
        assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 1), 0);
    }
    fixture.clock.manual = 3000;
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 1), 1);
}

TEST(clients_and_classes_are_counted_apart)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 21), 20);
    assert_int_equal(allowed(&fixture, &bas, RATE_SIGN_IN, 21), 20);
    assert_int_equal(allowed(&fixture, &anna, RATE_FORM, 241), 240);
    assert_int_equal(allowed(&fixture, &anna, RATE_TOKEN, 601), 600);
    assert_int_equal(allowed(&fixture, &anna, RATE_PAGE, 601), 600);
}

TEST(sixty_people_behind_one_address_answer_in_a_minute)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    /* Each fetches a token and sends an answer, and half of them send it again after a lost connection. */
    assert_int_equal(allowed(&fixture, &anna, RATE_TOKEN, 60), 60);
    assert_int_equal(allowed(&fixture, &anna, RATE_ANSWER, 90), 90);
    assert_int_equal(allowed(&fixture, &anna, RATE_PAGE, 300), 300);
}

TEST(after_ten_minutes_nothing_is_remembered)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    clock_manual_set(&fixture.clock, 599);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
    clock_manual_set(&fixture.clock, 600);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
}

TEST(a_clock_that_is_set_back_locks_nobody_out)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    clock_manual_set(&fixture.clock, 1000000);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
    clock_manual_set(&fixture.clock, 5);
    assert_int_equal(allowed(&fixture, &anna, RATE_SIGN_IN, 100), 20);
}

TEST(memory_is_bounded_whoever_comes)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture);
    for (int i = 0; i < 60000; i++) {
        struct client_address client = {.bytes = {3, (uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)}};
        assert_int_equal(allowed(&fixture, &client, RATE_PAGE, 1), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign_ins_are_twenty_a_minute),
        cmocka_unit_test(refused_tries_do_not_make_the_wait_longer),
        cmocka_unit_test(clients_and_classes_are_counted_apart),
        cmocka_unit_test(sixty_people_behind_one_address_answer_in_a_minute),
        cmocka_unit_test(after_ten_minutes_nothing_is_remembered),
        cmocka_unit_test(a_clock_that_is_set_back_locks_nobody_out),
        cmocka_unit_test(memory_is_bounded_whoever_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
