#include "stats/item_sums.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ITEMS_MAXIMUM = 20, ROWS_MAXIMUM = 3000 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

/* Random answers, as codes and as numbers. */
struct answers {
    size_t items, rows;
    uint8_t codes[ITEMS_MAXIMUM][ROWS_MAXIMUM];
    double numbers[ITEMS_MAXIMUM][ROWS_MAXIMUM];
    const uint8_t *code_columns[ITEMS_MAXIMUM];
    const double *number_columns[ITEMS_MAXIMUM];
};

static void fill(struct answers *answers, size_t items, size_t rows, uint8_t low, uint8_t high,
                 double missing, uint64_t seed)
{
    struct generator generator = {seed};
    answers->items = items;
    answers->rows = rows;
    for (size_t a = 0; a < items; a++) {
        answers->code_columns[a] = answers->codes[a];
        answers->number_columns[a] = answers->numbers[a];
    }
    for (size_t r = 0; r < rows; r++) {
        double common = draw_uniform(&generator);
        for (size_t a = 0; a < items; a++) {
            double mix = (common + draw_uniform(&generator)) / 2;
            uint8_t code = (uint8_t)(low + (uint8_t)(mix * (high - low + 1)));
            bool gone = draw_uniform(&generator) < missing;
            answers->codes[a][r] = gone ? ITEM_SUMS_NO_CODE : code;
            answers->numbers[a][r] = gone ? NAN : code;
        }
    }
}

static struct item_sums *new_sums(struct region *region, size_t items)
{
    struct error error = {0};
    struct item_sums *sums = NULL;
    assert_int_equal(item_sums_new(items, region, &error, &sums), OK);
    return sums;
}

static struct item_moments moments_of(struct region *region, const struct item_sums *sums,
                                      const bool *reversed, double low_plus_high)
{
    struct error error = {0};
    struct item_moments moments = {0};
    assert_int_equal(item_sums_moments(sums, reversed, low_plus_high, region, &error, &moments), OK);
    return moments;
}

/* The plain way: two passes over rows that have both. complete: over rows that have all. */
static double covariance_of(const struct answers *answers, size_t a, size_t b, bool complete)
{
    double n = 0, mean_a = 0, mean_b = 0, sum = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t r = 0; r < answers->rows; r++) {
            bool has = !isnan(answers->numbers[a][r]) && !isnan(answers->numbers[b][r]);
            for (size_t i = 0; complete && i < answers->items; i++)
                has = has && !isnan(answers->numbers[i][r]);
            if (!has)
                continue;
            double x = answers->numbers[a][r], y = answers->numbers[b][r];
            n += pass == 0;
            mean_a += pass == 0 ? x : 0;
            mean_b += pass == 0 ? y : 0;
            sum += pass == 1 ? (x - mean_a) * (y - mean_b) : 0;
        }
        if (pass == 0 && n > 0) {
            mean_a /= n;
            mean_b /= n;
        }
    }
    return n < 2 ? NAN : sum / (n - 1);
}

static void assert_as_plain(const struct answers *answers, const struct item_moments *moments, double scale)
{
    size_t items = answers->items;
    for (size_t a = 0; a < items; a++)
        for (size_t b = 0; b < items; b++) {
            double listwise = covariance_of(answers, a, b, true),
                   pairwise = covariance_of(answers, a, b, false);
            assert_true(isnan(listwise) == isnan(moments->covariance[a * items + b]));
            assert_true(isnan(pairwise) == isnan(moments->pairwise_covariance[a * items + b]));
            assert_true(isnan(listwise) ||
                        fabs(listwise - moments->covariance[a * items + b]) <= 1e-12 * scale);
            assert_true(isnan(pairwise) ||
                        fabs(pairwise - moments->pairwise_covariance[a * items + b]) <= 1e-12 * scale);
        }
}

static void test_nothing(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct error error = {0};
    struct item_sums *sums = NULL;
    assert_int_equal(item_sums_new(0, region, &error, &sums), ERROR_INPUT);
    assert_int_equal(item_sums_new(ITEM_SUMS_ITEMS_MAXIMUM + 1, region, &error, &sums), ERROR_INPUT);
    assert_null(sums);
    sums = new_sums(region, ITEM_SUMS_ITEMS_MAXIMUM);
    struct item_moments moments = moments_of(region, sums, NULL, 6);
    assert_int_equal(moments.complete, 0);
    assert_int_equal(moments.answered[127], 0);
    assert_true(isnan(moments.mean[0]) && isnan(moments.covariance[0]) && isnan(moments.answered_sd[3]));
    CLEANUP(region_cleanup) struct region *small = region_new(4096);
    assert_int_equal(item_sums_new(20, small, &error, &sums), ERROR_MEMORY);
}

static void test_few_rows(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    const uint8_t a[] = {2, 255, 255}, b[] = {5, 4, 255};
    const uint8_t *columns[] = {a, b};
    struct item_sums *sums = new_sums(region, 2);
    item_sums_add_codes(sums, columns, 3);
    struct item_moments moments = moments_of(region, sums, (const bool[]){true, false}, 6);
    assert_int_equal(moments.rows, 3);
    assert_int_equal(moments.complete, 1);
    assert_near(moments.mean[0], 4, 0);
    assert_near(moments.mean[1], 5, 0);
    assert_true(isnan(moments.covariance[0]) && isnan(moments.answered_sd[0]));
    assert_int_equal(moments.answered[0], 1);
    assert_int_equal(moments.answered[1], 2);
    assert_near(moments.answered_mean[1], 4.5, 0);
    assert_near(moments.answered_sd[1], sqrt(0.5), 1e-15);
    assert_true(isnan(moments.pairwise_covariance[1]));
    assert_near(moments.pairwise_covariance[3], 0.5, 0);
    item_sums_clear(sums);
    assert_int_equal(moments_of(region, sums, NULL, 0).rows, 0);
    assert_int_equal(item_sums_pair(sums, 1, 1).n, 0);
}

static void test_constant_is_exactly_constant(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    static double thirds[ROWS_MAXIMUM], varying[ROWS_MAXIMUM];
    for (size_t r = 0; r < ROWS_MAXIMUM; r++) {
        thirds[r] = 1.0 / 3;
        varying[r] = 1e6 + (double)(r % 7) / 7;
    }
    struct item_sums *sums = new_sums(region, 2);
    enum { ROWS = 2800 }; /* whole sevens */
    item_sums_add_numbers(sums, (const double *const[]){thirds, varying}, ROWS);
    struct item_moments moments = moments_of(region, sums, NULL, 0);
    assert_near(moments.covariance[0], 0, 0);
    assert_near(moments.mean[0], 1.0 / 3, 1e-16);
    assert_near(moments.covariance[1], 0, 0);
    assert_near(moments.covariance[3], 4.0 / 49 * ROWS / (ROWS - 1), 1e-8);
}

/* Integers and decimals against two passes, over sizes around the tile, with and without gaps. */
static void test_as_two_passes(void **state)
{
    (void)state;
    static struct answers answers;
    static const size_t sizes[] = {0, 1, 2, 11, 511, 512, 513, 1500, 3000};
    static const double gaps[] = {0, 0.01, 0.4, 1};
    for (size_t s = 0; s < COUNT_OF(sizes); s++)
        for (size_t g = 0; g < COUNT_OF(gaps); g++) {
            CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
            size_t items = 1 + (s * 5 + g) % 13;
            fill(&answers, items, sizes[s], 1, g == 1 ? 254 : 5, gaps[g], 17 * s + g);
            struct item_sums *sums = new_sums(region, items), *decimals = new_sums(region, items);
            item_sums_add_codes(sums, answers.code_columns, answers.rows);
            struct item_moments moments = moments_of(region, sums, NULL, 0);
            assert_int_equal(moments.rows, sizes[s]);
            assert_as_plain(&answers, &moments, 254 * 254);
            for (size_t a = 0; a < items; a++)
                for (size_t r = 0; r < answers.rows; r++)
                    answers.numbers[a][r] = answers.numbers[a][r] / 7 + 100;
            item_sums_add_numbers(decimals, answers.number_columns, answers.rows);
            moments = moments_of(region, decimals, NULL, 0);
            assert_as_plain(&answers, &moments, 254 * 254);
        }
}

static void assert_same_pairs(const struct item_sums *x, const struct item_sums *y, size_t items)
{
    assert_int_equal(item_sums_rows(x), item_sums_rows(y));
    assert_int_equal(item_sums_complete(x), item_sums_complete(y));
    for (size_t a = 0; a < items; a++)
        for (size_t b = 0; b < items; b++) {
            struct item_pair of_x = item_sums_pair(x, a, b), of_y = item_sums_pair(y, a, b);
            assert_memory_equal(&of_x, &of_y, sizeof of_x);
        }
}

static void assert_same_bits(const struct item_moments *x, const struct item_moments *y)
{
    size_t items = x->items;
    assert_memory_equal(x->mean, y->mean, items * sizeof(double));
    assert_memory_equal(x->covariance, y->covariance, items * items * sizeof(double));
    assert_memory_equal(x->answered_sd, y->answered_sd, items * sizeof(double));
    assert_memory_equal(x->pairwise_covariance, y->pairwise_covariance, items * items * sizeof(double));
}

/* Any partition, merged in any order, gives the same integers. */
static void test_split_and_merge(void **state)
{
    (void)state;
    static struct answers answers;
    struct generator generator = {5};
    for (int repeat = 0; repeat < 20; repeat++) {
        CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
        size_t items = 2 + (size_t)repeat % 9;
        fill(&answers, items, 2000, 0, 6, repeat % 2 == 0 ? 0 : 0.05, (uint64_t)repeat);
        struct item_sums *whole = new_sums(region, items), *parts[3], *merged = new_sums(region, items);
        item_sums_add_codes(whole, answers.code_columns, answers.rows);
        for (size_t p = 0; p < 3; p++)
            parts[p] = new_sums(region, items);
        for (size_t from = 0; from < answers.rows;) {
            size_t count = (size_t)(draw_uniform(&generator) * 700) % (answers.rows - from + 1);
            const uint8_t *columns[ITEMS_MAXIMUM];
            for (size_t a = 0; a < items; a++)
                columns[a] = answers.codes[a] + from;
            item_sums_add_codes(parts[(size_t)(draw_uniform(&generator) * 3)], columns, count);
            from += count;
        }
        item_sums_merge(merged, parts[2]);
        item_sums_merge(merged, parts[0]);
        item_sums_merge(merged, parts[1]);
        assert_same_pairs(whole, merged, items);
        struct item_moments of_whole = moments_of(region, whole, NULL, 0);
        struct item_moments of_merged = moments_of(region, merged, NULL, 0);
        assert_same_bits(&of_whole, &of_merged);
    }
}

/* Tiles of decimals in any order: not a bit differs. */
static void test_decimals_in_any_order(void **state)
{
    (void)state;
    static struct answers answers;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    fill(&answers, 4, 3000, 1, 5, 0.02, 3);
    for (size_t a = 0; a < 4; a++)
        for (size_t r = 0; r < 3000; r++)
            answers.numbers[a][r] = exp(answers.numbers[a][r]) + 1000;
    struct item_sums *forward = new_sums(region, 4), *backward = new_sums(region, 4),
                     *part = new_sums(region, 4);
    for (size_t block = 0; block < 10; block++) {
        const double *columns[4], *other[4];
        for (size_t a = 0; a < 4; a++) {
            columns[a] = answers.numbers[a] + block * 300;
            other[a] = answers.numbers[a] + (9 - block) * 300;
        }
        item_sums_add_numbers(forward, columns, 300);
        item_sums_add_numbers(block % 2 == 0 ? backward : part, other, 300);
    }
    item_sums_merge(backward, part);
    struct item_moments x = moments_of(region, forward, NULL, 0), y = moments_of(region, backward, NULL, 0);
    assert_same_bits(&x, &y);
    assert_as_plain(&answers, &x, 1e5);
}

static void test_rows_are_codes(void **state)
{
    (void)state;
    static struct answers answers;
    static int16_t rows[ROWS_MAXIMUM * ITEMS_MAXIMUM];
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    fill(&answers, 7, 900, 1, 5, 0.1, 21);
    for (size_t r = 0; r < 900; r++)
        for (size_t a = 0; a < 7; a++)
            rows[r * 7 + a] = answers.codes[a][r] == ITEM_SUMS_NO_CODE ? INT16_MIN : answers.codes[a][r];
    struct item_sums *codes = new_sums(region, 7), *by_row = new_sums(region, 7);
    item_sums_add_codes(codes, answers.code_columns, 900);
    item_sums_add_rows(by_row, rows, 900, INT16_MIN);
    assert_same_pairs(codes, by_row, 7);
    /* The largest answers there are. */
    item_sums_clear(by_row);
    for (size_t i = 0; i < 700; i++)
        rows[i] = INT16_MIN;
    item_sums_add_rows(by_row, rows, 100, 1);
    assert_true(item_sums_pair(by_row, 0, 6).sum_ab == INT64_C(100) << 30);
}

/* Codes in one block, decimals in the next, as files have it: as if all were decimals. */
static void test_mixed_blocks(void **state)
{
    (void)state;
    static struct answers answers;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    fill(&answers, 3, 1000, 1, 5, 0.1, 8);
    struct item_sums *mixed = new_sums(region, 3), *decimals = new_sums(region, 3);
    item_sums_add_codes(mixed, answers.code_columns, 400);
    item_sums_add_numbers(decimals, answers.number_columns, 400);
    const double *rest[3];
    for (size_t a = 0; a < 3; a++)
        rest[a] = answers.numbers[a] + 400;
    item_sums_add_numbers(mixed, rest, 600);
    item_sums_add_numbers(decimals, rest, 600);
    struct item_moments x = moments_of(region, mixed, NULL, 0), y = moments_of(region, decimals, NULL, 0);
    assert_same_bits(&x, &y);
    assert_int_equal(item_sums_pair(mixed, 0, 0).n, 0); /* not integers any more */
}

static void test_reversed(void **state)
{
    (void)state;
    static struct answers answers;
    static const bool reversed[] = {true, false, true};
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    fill(&answers, 3, 700, 1, 5, 0.1, 9);
    struct item_sums *turned = new_sums(region, 3), *plain = new_sums(region, 3);
    item_sums_add_codes(turned, answers.code_columns, 700);
    for (size_t a = 0; a < 3; a++)
        for (size_t r = 0; reversed[a] && r < 700; r++)
            if (answers.codes[a][r] != ITEM_SUMS_NO_CODE)
                answers.codes[a][r] = (uint8_t)(6 - answers.codes[a][r]);
    item_sums_add_codes(plain, answers.code_columns, 700);
    struct item_moments x = moments_of(region, turned, reversed, 6), y = moments_of(region, plain, NULL, 0);
    assert_memory_equal(x.covariance, y.covariance, 9 * sizeof(double));
    assert_memory_equal(x.pairwise_covariance, y.pairwise_covariance, 9 * sizeof(double));
    for (size_t a = 0; a < 3; a++) {
        assert_near(x.mean[a], y.mean[a], 1e-15);
        assert_near(x.answered_mean[a], y.answered_mean[a], 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_constant_is_exactly_constant),
        cmocka_unit_test(test_as_two_passes),
        cmocka_unit_test(test_split_and_merge),
        cmocka_unit_test(test_decimals_in_any_order),
        cmocka_unit_test(test_rows_are_codes),
        cmocka_unit_test(test_mixed_blocks),
        cmocka_unit_test(test_reversed),
    };
    return cmocka_run_group_tests_name("item_sums", tests, NULL, NULL);
}
