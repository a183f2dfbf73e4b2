#include "check.h"

static const int64_t year_2020 = 1577836800;

/* A source that hands out prepared numbers, to reach the rare cases. */
static uint64_t prepared[4];
static size_t prepared_next;

static void prepared_fill(struct random *random, void *ret_bytes, size_t length)
{
    (void)random;
    assert_int_equal(length, 8);
    assert_true(prepared_next < COUNT_OF(prepared));
    unsigned char *to = ret_bytes;
    for (size_t i = 0; i < 8; i++)
        to[i] = (unsigned char)(prepared[prepared_next] >> (8 * i) & 0xFF);
    prepared_next++;
}

static struct random prepare(uint64_t first, uint64_t second)
{
    prepared[0] = first;
    prepared[1] = second;
    prepared_next = 0;
    return (struct random){.fill = prepared_fill};
}

TEST(no_bytes_are_fine)
{
    struct random seeded;
    random_seeded_init(&seeded, 0);
    random_bytes(&seeded, NULL, 0);
    random_bytes(random_system(), NULL, 0);
    assert_int_equal(seeded.state, 0);
}

TEST(the_seeded_source_is_splitmix64)
{
    struct random random;
    random_seeded_init(&random, 1234567);
    /* The numbers other implementations print for this seed. */
    assert_true(random_integer(&random, UINT64_MAX) == UINT64_C(6457827717110365317));
    assert_true(random_integer(&random, UINT64_MAX) == UINT64_C(3203168211198807973));
    assert_true(random_integer(&random, UINT64_MAX) == UINT64_C(9817491932198370423));
}

TEST(seeds_repeat_and_differ)
{
    struct random a, b, c;
    unsigned char from_a[21], from_b[21], from_c[21];
    random_seeded_init(&a, 7);
    random_seeded_init(&b, 7);
    random_seeded_init(&c, 8);
    random_bytes(&a, from_a, sizeof(from_a));
    random_bytes(&b, from_b, sizeof(from_b));
    random_bytes(&c, from_c, sizeof(from_c));
    assert_memory_equal(from_a, from_b, sizeof(from_a));
    assert_memory_not_equal(from_a, from_c, sizeof(from_a));
}

TEST(only_the_bytes_asked_for_are_written)
{
    struct random seeded;
    random_seeded_init(&seeded, 1);
    struct random *const sources[] = {&seeded, random_system()};
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        for (size_t length = 0; length <= 20; length++) {
            unsigned char bytes[24];
            memset(bytes, 0xAA, sizeof(bytes));
            random_bytes(sources[s], bytes, length);
            for (size_t i = length; i < sizeof(bytes); i++)
                assert_int_equal(bytes[i], 0xAA);
        }
    }
}

TEST(the_system_source_gives_much)
{
    static unsigned char a[100000], b[100000];
    random_bytes(random_system(), a, sizeof(a));
    random_bytes(random_system(), b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    size_t ones = 0;
    for (size_t i = 0; i < sizeof(a); i++)
        ones += (size_t)__builtin_popcount(a[i]);
    assert_in_range(ones, 396000, 404000); /* 400000 expected, 447 is one standard deviation */
}

TEST(integers_are_below_and_even)
{
    struct random random;
    random_seeded_init(&random, 3);
    size_t seen[7] = {0};
    for (int i = 0; i < 70000; i++) {
        uint64_t value = random_integer(&random, 7);
        assert_true(value < 7);
        seen[value]++;
    }
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        assert_in_range(seen[i], 9500, 10500);
    assert_int_equal(random_integer(&random, 1), 0);
}

TEST(integers_that_would_be_too_likely_are_drawn_again)
{
    /* 2^64 mod 3 is 1: the number 0 is one too many. */
    struct random random = prepare(0, 5);
    assert_int_equal(random_integer(&random, 3), 2);
    assert_int_equal(prepared_next, 2);
    /* A power of two divides 2^64: nothing is refused. */
    random = prepare(0, 5);
    assert_int_equal(random_integer(&random, UINT64_C(1) << 63), 0);
    assert_int_equal(prepared_next, 1);
    /* 2^63 + 1 refuses nearly a half. */
    random = prepare((UINT64_C(1) << 63) - 2, UINT64_MAX);
    assert_true(random_integer(&random, (UINT64_C(1) << 63) + 1) == (UINT64_C(1) << 63) - 2);
    assert_int_equal(prepared_next, 2);
}

TEST(units_are_below_one)
{
    struct random random = prepare(0, UINT64_MAX);
    assert_true(random_unit(&random) == 0);
    double highest = random_unit(&random);
    assert_true(highest < 1 && highest > 0.9999999999999998);
    random_seeded_init(&random, 9);
    double sum = 0;
    for (int i = 0; i < 10000; i++)
        sum += random_unit(&random);
    assert_true(sum > 4900 && sum < 5100);
}

TEST(random_ids_are_positive_and_not_zero)
{
    struct random random = prepare(UINT64_C(1) << 63, UINT64_MAX); /* 0 in 63 bits, drawn again */
    assert_true(id_random(&random) == INT64_MAX);
    for (int i = 0; i < 1000; i++)
        assert_true(id_random(random_system()) > 0);
}

TEST(ordered_ids_are_time_and_bits)
{
    struct clock clock;
    clock_manual_init(&clock, year_2020 + 1);
    struct random random = prepare(UINT64_MAX, 0);
    assert_true(id_ordered(&random, &clock) == (INT64_C(1000) << 22 | 0x3FFFFF));
    assert_true(id_ordered(&random, &clock) == INT64_C(1000) << 22);
    int64_t before = id_ordered(random_system(), &clock);
    clock_manual_set(&clock, year_2020 + 2);
    assert_true(id_ordered(random_system(), &clock) > before);
}

TEST(ordered_ids_stay_positive_at_any_time)
{
    static const int64_t times[] = {INT64_MIN,           -1,       0, year_2020 - 1, year_2020,
                                    INT64_C(9999999999), INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct clock clock;
        clock_manual_init(&clock, times[i]);
        struct random random = prepare(0, UINT64_MAX); /* time 0 with bits 0 is drawn again */
        assert_true(id_ordered(&random, &clock) > 0);
        assert_int_equal(prepared_next, times[i] <= year_2020 ? 2 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bytes_are_fine),
        cmocka_unit_test(the_seeded_source_is_splitmix64),
        cmocka_unit_test(seeds_repeat_and_differ),
        cmocka_unit_test(only_the_bytes_asked_for_are_written),
        cmocka_unit_test(the_system_source_gives_much),
        cmocka_unit_test(integers_are_below_and_even),
        cmocka_unit_test(integers_that_would_be_too_likely_are_drawn_again),
        cmocka_unit_test(units_are_below_one),
        cmocka_unit_test(random_ids_are_positive_and_not_zero),
        cmocka_unit_test(ordered_ids_are_time_and_bits),
        cmocka_unit_test(ordered_ids_stay_positive_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
