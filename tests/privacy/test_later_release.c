#include "check.h"

#include <inttypes.h>
#include <stdlib.h>

#include "privacy/later_release.h"

enum { K = 5, OPEN_MINIMUM = 10, GROUPS_MAXIMUM = 4, PEOPLE_MAXIMUM = 96, AWAY = GROUPS_MAXIMUM, WORLDS = 4000 };

static struct error error;

/* ---- By hand -------------------------------------------------------------------------------------------- */

static void check(const struct release_pair *given, const bool *expected, const char *file, int line)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    bool held[GROUPS_MAXIMUM] = {0};
    struct release_pair pair = *given;
    assert_ok(later_release_check(&pair, K, region, &error, held));
    for (size_t i = 0; i < pair.now_count; i++)
        if (held[i] != expected[i]) {
            print_error("%s:%d: group %zu is %s\n", file, line, i, held[i] ? "held" : "not held");
            fail();
        }
}

#define NOW(...)                                                                                             \
    .now = (const int64_t[]){__VA_ARGS__}, .now_count = COUNT_OF(((const int64_t[]){__VA_ARGS__}))
#define BEFORE(...)                                                                                          \
    .before = (const int64_t[]){__VA_ARGS__}, .before_count = COUNT_OF(((const int64_t[]){__VA_ARGS__}))
#define SHARE(...)                                                                                           \
    .overlaps = (struct release_overlap[]){__VA_ARGS__},                                                     \
    .overlap_count = COUNT_OF(((struct release_overlap[]){__VA_ARGS__}))
#define CHECK(pair, ...)                                                                                     \
    check(&(const struct release_pair)pair, (const bool[]){__VA_ARGS__}, __FILE__, __LINE__)
#define WITH(...)                                                                                            \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static void test_nothing_before(void **state)
{
    (void)state;
    CHECK(WITH(NOW(12)), false);
    CHECK(WITH(NOW(12), BEFORE(12)), false); /* all of them others */
}

static void test_one_team(void **state)
{
    (void)state;
    CHECK(WITH(NOW(12), BEFORE(12), SHARE({0, 0, 12})), false); /* the same people */
    CHECK(WITH(NOW(13), BEFORE(12), SHARE({0, 0, 12})), true);  /* one came */
    CHECK(WITH(NOW(12), BEFORE(12), SHARE({0, 0, 11})), true);  /* one for another */
    CHECK(WITH(NOW(12), BEFORE(12), SHARE({0, 0, 10})), true);  /* two for two others: four */
    CHECK(WITH(NOW(12), BEFORE(13), SHARE({0, 0, 10})), false); /* five */
}

static void test_several_teams(void **state)
{
    (void)state;
    /* Split, one left: neither half is near the whole, but both together are. */
    CHECK(WITH(NOW(10, 11), BEFORE(22), SHARE({0, 0, 10}, {1, 0, 11})), true, true);
    /* Joined, one came. */
    CHECK(WITH(NOW(24), BEFORE(11, 12), SHARE({0, 0, 11}, {0, 1, 12})), true);
    /* Exchanged five for five, one left. A third is as it was. */
    CHECK(WITH(NOW(12, 11, 15), BEFORE(12, 12, 15),
               SHARE({0, 0, 7}, {0, 1, 5}, {1, 0, 5}, {1, 1, 6}, {2, 2, 15})),
          true, true, false);
    /* Exchanged five for five, nobody left. */
    CHECK(WITH(NOW(12, 12), BEFORE(12, 12), SHARE({0, 0, 7}, {0, 1, 5}, {1, 0, 5}, {1, 1, 7})), false, false);
}

static void test_an_unknown_group(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    bool held[1] = {0};
    struct release_pair pair = WITH(NOW(12), BEFORE(12), SHARE({1, 0, 12}));
    assert_int_equal(later_release_check(&pair, K, region, &error, held), ERROR_INPUT);
    assert_string_equal(error.reason, "unknown-group");
}

/* ---- Every union of groups, in random organisations -------------------------------------------------------- */

struct city {
    int people, groups;
    int now[PEOPLE_MAXIMUM], before[PEOPLE_MAXIMUM]; /* group; AWAY: none */
    bool held[GROUPS_MAXIMUM];
};

static uint32_t random_state = 20261127;

static int below(int limit)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (int)(random_state >> 8) % limit;
}

static void move_people(struct city *city)
{
    int moves = below(4) == 0 ? 0 : 1 + below(below(3) == 0 ? 14 : 3);
    for (int m = 0; m < moves; m++)
        city->now[below(city->people)] = below(city->groups + 1) == city->groups ? AWAY : below(city->groups);
}

/* Two teams become one, or one becomes two. */
static void reorganise(struct city *city)
{
    int kind = below(4), one = below(city->groups), other = below(city->groups);
    for (int p = 0; p < city->people; p++) {
        if (kind == 0 && city->now[p] == one)
            city->now[p] = other;
        else if (kind == 1 && city->now[p] == one && p % 2 == 0)
            city->now[p] = city->groups - 1;
    }
}

static void make_city(struct city *city)
{
    *city = (struct city){.groups = 2 + below(GROUPS_MAXIMUM - 1)};
    for (int g = 0; g < city->groups; g++)
        for (int size = 10 + below(13); size > 0 && city->people < PEOPLE_MAXIMUM; size--)
            city->before[city->people++] = g;
    memcpy(city->now, city->before, sizeof city->now);
    for (int joiner = below(4); joiner > 0 && city->people < PEOPLE_MAXIMUM; joiner--) {
        city->before[city->people] = AWAY;
        city->now[city->people++] = below(city->groups);
    }
    reorganise(city);
    move_people(city);
}

/* Teams under ten never open, so the rule is not asked about them. */
static void hold_city(struct city *city)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    int64_t people[GROUPS_MAXIMUM + 1][GROUPS_MAXIMUM + 1] = {{0}}, all[GROUPS_MAXIMUM + 1] = {0};
    int64_t now[GROUPS_MAXIMUM] = {0}, before[GROUPS_MAXIMUM + 1] = {0};
    struct release_overlap overlaps[GROUPS_MAXIMUM * GROUPS_MAXIMUM];
    struct release_pair pair = {now, before, 0, (size_t)city->groups, overlaps, 0};
    bool held[GROUPS_MAXIMUM] = {0};
    for (int p = 0; p < city->people; p++) {
        people[city->now[p]][city->before[p]]++;
        all[city->now[p]]++;
        before[city->before[p]]++;
    }
    for (int n = 0; n < city->groups; n++) {
        city->held[n] = all[n] < OPEN_MINIMUM;
        for (size_t b = 0; b < pair.before_count && !city->held[n]; b++)
            if (people[n][b] > 0)
                overlaps[pair.overlap_count++] =
                    (struct release_overlap){pair.now_count, b, people[n][b]};
        if (!city->held[n])
            now[pair.now_count++] = all[n];
    }
    assert_ok(later_release_check(&pair, K, region, &error, held));
    for (int n = 0, at = 0; n < city->groups; n++)
        if (!city->held[n])
            city->held[n] = held[at++];
}

/* People who are in one of the two unions only. */
static int apart(const struct city *city, unsigned now, unsigned before)
{
    int count = 0;
    for (int p = 0; p < city->people; p++)
        count += (now >> city->now[p] & 1) != (before >> city->before[p] & 1);
    return count;
}

/* Is there a union of open groups that differs from a union of earlier ones by 1 to K-1 people? */
static bool few_stand_apart(const struct city *city, bool with_held)
{
    unsigned unions = 1U << city->groups, open = 0;
    int members[GROUPS_MAXIMUM + 1] = {0};
    for (int p = 0; p < city->people; p++)
        members[city->now[p]]++;
    for (int g = 0; g < city->groups; g++)
        open |= members[g] >= OPEN_MINIMUM && (with_held || !city->held[g]) ? 1U << g : 0;
    for (unsigned now = 1; now < unions; now++) {
        if ((now & ~open) != 0)
            continue;
        for (unsigned before = 1; before < unions; before++) {
            int people = apart(city, now, before);
            if (people > 0 && people < K)
                return true;
        }
    }
    return false;
}

static void test_every_union(void **state)
{
    (void)state;
    int without = 0, with = 0, open = 0, groups = 0;
    for (int w = 0; w < WORLDS; w++) {
        struct city city;
        make_city(&city);
        hold_city(&city);
        without += few_stand_apart(&city, true);
        with += few_stand_apart(&city, false);
        for (int g = 0; g < city.groups; g++)
            open += !city.held[g];
        groups += city.groups;
    }
    print_message("# of %d organisations few stand apart in %d, with the rule in %d; %d of %d groups open\n",
                  WORLDS, without, with, open, groups);
    assert_true(without > WORLDS / 3);
    assert_true(with <= WORLDS / 1000); /* unions over unions: see the header */
    assert_true(open > groups / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before), cmocka_unit_test(test_one_team),
        cmocka_unit_test(test_several_teams),  cmocka_unit_test(test_an_unknown_group),
        cmocka_unit_test(test_every_union),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
