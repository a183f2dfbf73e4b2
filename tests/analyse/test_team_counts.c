/* Counts of options per group and the order of groups, against plain counting and sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/group_index.h"
#include "analyse/team_counts.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

static uint64_t seed = 42;

static size_t draw(size_t below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (size_t)(seed % below);
}

enum { ITEMS = 3, GROUPS = 4, BLOCK = 6000 };

/* Blocks of rows of one group each; group 3 is never met. */
static void check_counts(size_t options, size_t blocks)
{
    struct team_counts store = {.items = ITEMS, .options = options, .low = 2};
    static int64_t plain[GROUPS][ITEMS][TEAM_COUNTS_OPTIONS_MAXIMUM], rows[GROUPS];
    static uint8_t codes[ITEMS][BLOCK], incomplete[BLOCK];
    memset(plain, 0, sizeof plain);
    memset(rows, 0, sizeof rows);
    for (size_t b = 0; b < blocks; b++) {
        size_t group = draw(GROUPS - 1), from = draw(10), count = draw(b % 3 == 0 ? BLOCK - 10 : 20);
        bool gaps = draw(2) == 0;
        for (size_t i = from; i < from + count; i++) {
            incomplete[i] = gaps && draw(5) == 0;
            rows[group] += incomplete[i] == 0;
            for (size_t item = 0; item < ITEMS; item++) {
                size_t option = draw(options);
                codes[item][i] = incomplete[i] != 0 && item == 1 ? 255 : (uint8_t)(2 + option);
                plain[group][item][option] += incomplete[i] == 0;
            }
        }
        const uint8_t *columns[] = {codes[0], codes[1], codes[2]};
        assert_int_equal(team_counts_add(&store, (uint32_t)group, columns, incomplete, from, count, NULL),
                         OK);
    }
    for (uint32_t group = 0; group < GROUPS; group++) {
        int64_t counts[ITEMS * TEAM_COUNTS_OPTIONS_MAXIMUM] = {0}, small_rows = 0;
        int32_t small[ITEMS * TEAM_COUNTS_OPTIONS_MAXIMUM] = {0};
        assert_int_equal(team_counts_collect(&store, group, counts), rows[group]);
        bool is_small = team_counts_collect_small(&store, group, small, &small_rows);
        assert_true(is_small || rows[group] > TEAM_COUNTS_ROWS_MAXIMUM - BLOCK);
        assert_true(!is_small || small_rows == rows[group]);
        for (size_t item = 0; item < ITEMS; item++)
            for (size_t o = 0; o < options; o++) {
                assert_int_equal(counts[item * options + o], plain[group][item][o]);
                if (is_small)
                    assert_int_equal(small[o * ITEMS + item], plain[group][item][o]);
            }
    }
    team_counts_free(&store);
}

TEST(options_are_counted)
{
    for (size_t options = 1; options <= TEAM_COUNTS_OPTIONS_MAXIMUM; options++)
        for (size_t blocks = 0; blocks < 20; blocks += 3)
            check_counts(options, blocks);
}

static void add_name(struct group_index *index, const char *name)
{
    uint32_t group;
    assert_int_equal(group_index_find(index, slice_from_text(name), NULL, &group), OK);
}

/* Names of three indexes, some in several; numbers, numbers written in two ways, and words. */
static void check_merge(const char *before_number, int width, const char *behind, size_t names, size_t step)
{
    struct group_index indexes[3] = {{0}, {0}, {0}};
    const struct group_index *const three[] = {&indexes[0], &indexes[1], &indexes[2]};
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 24);
    uint32_t *maps[3];
    struct group_place *places = NULL;
    size_t count = 0;
    for (size_t i = 0; i < names; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s%0*d%s", before_number, width, (int)(i * step % 1009), behind);
        add_name(&indexes[i / 10 % 3], name);
        if (i % 7 == 0)
            add_name(&indexes[draw(3)], name);
    }
    for (size_t i = 0; i < 3; i++)
        maps[i] = calloc(indexes[i].count + 1, sizeof *maps[i]);
    assert_int_equal(group_index_merge(three, 3, maps, region, NULL, &places, &count), OK);
    for (size_t p = 1; p < count; p++) {
        struct slice before = group_index_name(three[places[p - 1].index], places[p - 1].group);
        struct slice name = group_index_name(three[places[p].index], places[p].group);
        double x, y;
        if (slice_to_real(before, &x) && slice_to_real(name, &y))
            assert_true(x < y || (x <= y && slice_compare(before, name) < 0));
        else
            assert_true(slice_compare(before, name) < 0);
    }
    for (size_t i = 0; i < 3; i++) {
        for (uint32_t group = 0; group < indexes[i].count; group++) {
            const struct group_place *place = &places[maps[i][group]];
            assert_true(maps[i][group] < count);
            assert_true(slice_equal(group_index_name(three[i], group),
                                    group_index_name(three[place->index], place->group)));
        }
        free(maps[i]);
    }
    for (size_t i = 0; i < 3; i++)
        group_index_free(&indexes[i]);
}

TEST(groups_of_several_threads_are_put_in_order)
{
    for (size_t names = 0; names < 400; names = names * 2 + 1)
        for (size_t step = 1; step < 1009; step += step == 1 ? 376 : 631) { /* rising, mixed, falling */
            check_merge("", 1, "", names, step);
            check_merge("", 6, "", names, step);
            check_merge("-", 1, ".5", names, step);
            check_merge("team ", 1, "", names, step);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(options_are_counted),
                                       cmocka_unit_test(groups_of_several_threads_are_put_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
