/* Teams of a file, against plain loops over the same answers: whatever the order of rows, the number of
 * threads, and the way the answers are kept. */
#include "analyse/analyse_teams.h"
#include "analyse/group_index.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS_MAXIMUM = 100000, ITEMS = 3, TEAMS = 9 };

/* One person: its team (0: none) and answers (0: none). */
struct row {
    int team, answers[ITEMS];
};

static struct row rows[ROWS_MAXIMUM];
static size_t row_count;

static uint64_t state = 1;

/* 0 .. below - 1; Knuth's linear congruential generator, the upper bits. */
static int draw(int below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((state >> 33) % (uint64_t)below);
}

static void draw_rows(size_t count, int missing_in)
{
    row_count = count;
    for (size_t r = 0; r < count; r++) {
        rows[r].team = draw(TEAMS + 1);
        int mood = draw(3);
        for (size_t i = 0; i < ITEMS; i++)
            rows[r].answers[i] = missing_in > 0 && draw(missing_in) == 0 ? 0 : 1 + mood + draw(3);
    }
}

/* What a file is made of besides its rows, and what is asked of it. */
struct guise {
    double shift; /* added to each answer: decimals take another way */
    bool has_range, reversed, answered;
    double high; /* of the range, before the shift */
    int threads;
};

static const struct guise plain = {.has_range = true, .high = 5, .threads = 1};

static char *write_file(const struct guise *guise)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(64 << 20);
    char path[] = "/tmp/hecht-teams-XXXXXX";
    buffer_append_text(&text, "team,a,b,c\n");
    for (size_t r = 0; r < row_count; r++) {
        if (rows[r].team > 0)
            buffer_format(&text, "t%d", rows[r].team);
        for (size_t i = 0; i < ITEMS; i++) {
            buffer_append_byte(&text, ',');
            if (rows[r].answers[i] > 0)
                buffer_format(&text, "%g", rows[r].answers[i] + guise->shift);
        }
        buffer_append_byte(&text, '\n');
    }
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0 && !text.failed);
    assert_int_equal(write(descriptor, text.data, text.length), text.length);
    close(descriptor);
    return strdup(path);
}

static const struct teams_result *analyse_with(const struct guise *guise, struct region *region)
{
    static const size_t columns[] = {1, 2, 3};
    static const bool as_they_are[ITEMS] = {false}, second[ITEMS] = {false, true, false};
    struct teams_scale_options *scale = REGION_NEW(region, struct teams_scale_options);
    struct teams_options *options = REGION_NEW(region, struct teams_options);
    struct table_options table_options = {.threads = guise->threads,
                                          .piece_bytes = guise->threads > 1 ? 1000 : 0};
    const struct teams_result *result = NULL;
    struct table *table = NULL;
    struct error error = {0};
    char *path = write_file(guise);
    *scale = (struct teams_scale_options){S("s"), ITEMS, columns, guise->reversed ? second : as_they_are};
    *options = (struct teams_options){.scales = scale,
                                      .scale_count = 1,
                                      .has_group = true,
                                      .group_column = 0,
                                      .has_range = guise->has_range,
                                      .low = 1 + guise->shift,
                                      .high = guise->high + guise->shift,
                                      .answered = guise->answered,
                                      .per_group = true,
                                      .threads = guise->threads};
    assert_int_equal(table_open(path, &table_options, &error, &table), OK);
    enum error_code code = analyse_teams(table, options, region, &error, &result);
    if (code != OK)
        print_error("%s\n", error.detail);
    assert_int_equal(code, OK);
    table = table_close(table);
    unlink(path);
    free(path);
    return result;
}

static struct slice json_of(const struct teams_result *result, struct region *region)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 20);
    struct json_writer json = JSON_WRITER(&out);
    analyse_teams_json(result, &json);
    assert_false(out.failed);
    return region_copy(region, buffer_slice(&out));
}

/* ---- The plain way ---------------------------------------------------------------------------------- */

static double turned(const struct guise *guise, const struct row *row, size_t item)
{
    double value = row->answers[item] + guise->shift;
    return guise->reversed && item == 1 ? 1 + guise->high + 2 * guise->shift - value : value;
}

static int answered_of(const struct row *row)
{
    int answered = 0;
    for (size_t i = 0; i < ITEMS; i++)
        answered += row->answers[i] > 0;
    return answered;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void assert_close(double actual, double expected)
{
    if (isnan(expected) ? !isnan(actual) : !(fabs(actual - expected) <= 1e-10 * fmax(1, fabs(expected)))) {
        print_error("got %.17g, expected %.17g\n", actual, expected);
        fail();
    }
}

struct simple {
    double n, mean, variance, ad_mean, ad_median;
};

static struct simple describe(double *values, size_t n)
{
    struct simple simple = {(double)n, 0, 0, 0, 0};
    qsort(values, n, sizeof *values, by_value);
    double median = n == 0 ? 0 : (values[(n - 1) / 2] + values[n / 2]) / 2;
    for (size_t i = 0; i < n; i++)
        simple.mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        simple.variance += (values[i] - simple.mean) * (values[i] - simple.mean) / (double)(n - 1);
        simple.ad_mean += fabs(values[i] - simple.mean) / (double)n;
        simple.ad_median += fabs(values[i] - median) / (double)n;
    }
    return simple;
}

static double values[ROWS_MAXIMUM];

static void check_agreement(const struct guise *guise, int team, const struct team_agreement *actual)
{
    double variance = 0, ad_mean = 0, ad_median = 0;
    size_t n = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        n = 0;
        for (size_t r = 0; r < row_count; r++)
            if (rows[r].team == team && answered_of(&rows[r]) == ITEMS)
                values[n++] = turned(guise, &rows[r], i);
        struct simple simple = describe(values, n);
        variance += simple.variance / ITEMS;
        ad_mean += simple.ad_mean / ITEMS;
        ad_median += simple.ad_median / ITEMS;
    }
    assert_int_equal(actual->n, n);
    bool some = n > 1;
    double null = (guise->high * guise->high - 1) / 12, q = fmin(variance / null, 1);
    assert_close(actual->mean_item_var, some ? variance : (double)NAN);
    assert_close(actual->ad_mj, some ? ad_mean : (double)NAN);
    assert_close(actual->ad_mdj, some ? ad_median : (double)NAN);
    assert_close(actual->rwg_j,
                 some && guise->has_range ? ITEMS * (1 - q) / (ITEMS * (1 - q) + q) : (double)NAN);
    assert_close(actual->rwg_j_lindell_star, some && guise->has_range ? 1 - variance / null : (double)NAN);
}

static void check_score(const struct guise *guise, int team, const struct teams_score *score, size_t place)
{
    size_t n = 0;
    for (size_t r = 0; r < row_count; r++) {
        int answered = answered_of(&rows[r]);
        double sum = 0;
        if (rows[r].team != team || answered == 0 || (!guise->answered && answered < ITEMS))
            continue;
        for (size_t i = 0; i < ITEMS; i++)
            sum += rows[r].answers[i] > 0 ? turned(guise, &rows[r], i) : 0;
        values[n++] = sum / answered;
    }
    struct simple simple = describe(values, n);
    assert_int_equal(score->sums[place].n, n);
    if (n == 0)
        return;
    assert_close(score->sums[place].mean, simple.mean);
    assert_close(score->sums[place].sum_squared_deviations, n > 1 ? simple.variance * ((double)n - 1) : 0);
    assert_close(score->ad_mean[place], n > 1 ? simple.ad_mean : (double)NAN);
    assert_close(score->ad_median[place], n > 1 ? simple.ad_median : (double)NAN);
}

static void check_all(const struct guise *guise)
{
    CLEANUP(region_cleanup) struct region *region = region_new(256 << 20);
    const struct teams_result *result = analyse_with(guise, region);
    size_t place = 0;
    for (int team = 1; team <= TEAMS; team++) {
        bool there = false;
        for (size_t r = 0; r < row_count && !there; r++)
            there = rows[r].team == team;
        if (!there)
            continue;
        assert_int_equal(result->groups[place].data[1], '0' + team);
        check_agreement(guise, team, &result->scales[0].agreement.teams[place]);
        check_score(guise, team, &result->scales[0].score, place++);
    }
    assert_int_equal(result->group_count, place);
    assert_int_equal(result->scales[0].moments.rows, row_count);
}

/* ---- Tests ------------------------------------------------------------------------------------------ */

static void test_as_plain_loops(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {0, 1, 2, 9, 40, 3000};
    for (int way = 0; way < 64; way++) {
        struct guise guise = {
            .shift = way & 1 ? 0.25 : 0,
            .has_range = (way & 2) != 0 || (way & 4) != 0,
            .reversed = (way & 4) != 0,
            .answered = (way & 8) != 0,
            .high = way & 16 ? 30 : 5, /* too many options to count */
            .threads = way & 32 ? 3 : 1,
        };
        draw_rows(sizes[way % 6], way % 5 == 0 ? 0 : 2 + way % 7);
        check_all(&guise);
    }
}

static void shuffle(void)
{
    for (size_t r = row_count; r > 1; r--) {
        size_t other = (size_t)draw((int)r);
        struct row swap = rows[r - 1];
        rows[r - 1] = rows[other];
        rows[other] = swap;
    }
}

/* Order of rows and number of threads change not a digit. */
static void test_order_and_threads(void **unused)
{
    (void)unused;
    CLEANUP(region_cleanup) struct region *region = region_new(256 << 20);
    struct guise guise = plain;
    draw_rows(2000, 10);
    struct slice first = json_of(analyse_with(&guise, region), region);
    for (int threads = 1; threads <= 4; threads++) {
        shuffle();
        guise.threads = threads;
        assert_true(slice_equal(json_of(analyse_with(&guise, region), region), first));
    }
}

/* More people in a team than 16 bits count; counted and kept as values it is the same. */
static void test_large_team(void **unused)
{
    (void)unused;
    draw_rows(ROWS_MAXIMUM - 1, 0);
    for (size_t r = 0; r < row_count; r++) {
        rows[r].team = r % 5 == 0 ? 2 : 1;
        rows[r].answers[0] = 3; /* one option of them all */
    }
    check_all(&plain);
    struct guise threads = plain;
    threads.threads = 2;
    check_all(&threads);
}

/* Answers that are whole in one block and decimals in the next. */
static void test_mixed_blocks(void **unused)
{
    (void)unused;
    CLEANUP(region_cleanup) struct region *region = region_new(256 << 20);
    struct guise guise = plain;
    draw_rows(20000, 30);
    struct slice counted = json_of(analyse_with(&guise, region), region);
    const struct teams_result *result = analyse_with(&guise, region);
    struct team_agreement before = result->scales[0].agreement.teams[3];
    /* One more person, with a half: from here on the file has decimals. */
    rows[row_count++] = (struct row){0, {1, 1, 1}};
    char *path = write_file(&guise);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(",2.5,1,1\n", file);
    fclose(file);
    struct table *table = NULL;
    struct error error = {0};
    assert_int_equal(table_open(path, &(struct table_options){.threads = 1}, &error, &table), OK);
    assert_int_equal(analyse_teams(table, result->options, region, &error, &result), OK);
    table = table_close(table);
    unlink(path);
    free(path);
    struct team_agreement after = result->scales[0].agreement.teams[3];
    assert_true(counted.length > 0);
    assert_int_equal(before.n, after.n);
    assert_close(after.mean_item_var, before.mean_item_var);
    assert_close(after.ad_mj, before.ad_mj);
    assert_close(after.a_wg_j, before.a_wg_j);
    assert_close(result->scales[0].moments.answered_mean[0] > 1, 1);
}

static void test_reversing_needs_a_range(void **unused)
{
    (void)unused;
    CLEANUP(region_cleanup) struct region *region = region_new(256 << 20);
    const size_t column[] = {1};
    const bool reversed[] = {true};
    const struct teams_scale_options scale = {S("s"), 1, column, reversed};
    const struct teams_options options = {.scales = &scale, .scale_count = 1, .threads = 1};
    const struct teams_result *result = NULL;
    struct table *table = NULL;
    struct error error = {0};
    draw_rows(3, 0);
    char *path = write_file(&plain);
    assert_int_equal(table_open(path, &(struct table_options){.threads = 1}, &error, &table), OK);
    assert_int_equal(analyse_teams(table, &options, region, &error, &result), ERROR_INPUT);
    assert_null(result);
    table = table_close(table);
    unlink(path);
    free(path);
}

/* ---- Names of groups -------------------------------------------------------------------------------- */

static void assert_order(const char *const *names, size_t count, const char *const *expected)
{
    CLEANUP(group_index_free) struct group_index index = {0};
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 16);
    const struct group_index *const one = &index;
    struct group_place *places = NULL;
    uint32_t map[16], *const maps[] = {map}, group = 0;
    size_t groups = 0;
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(group_index_find(&index, slice_from_text(names[i]), &error, &group), OK);
            assert_int_equal(group, i);
        }
    assert_int_equal(index.count, count);
    assert_int_equal(group_index_merge(&one, 1, maps, region, &error, &places, &groups), OK);
    assert_int_equal(groups, count);
    for (size_t i = 0; i < count; i++)
        assert_true(slice_equal(group_index_name(&index, places[i].group), slice_from_text(expected[i])));
}

static void test_group_names(void **unused)
{
    (void)unused;
    assert_order((const char *[]){"10", "9", "-1", "1.5", "1", "01"}, 6,
                 (const char *[]){"-1", "01", "1", "1.5", "9", "10"});
    assert_order((const char *[]){"10", "9", "b", "a", "é", "Z"}, 6,
                 (const char *[]){"10", "9", "Z", "a", "b", "é"});
    assert_order(NULL, 0, NULL);
}

static void test_many_groups(void **unused)
{
    (void)unused;
    CLEANUP(group_index_free) struct group_index index = {0};
    struct error error = {0};
    uint32_t group = 0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < 50000; i++) {
            char name[16];
            (void)snprintf(name, sizeof name, "%u", i * 7);
            assert_int_equal(group_index_find(&index, slice_from_text(name), &error, &group), OK);
            assert_int_equal(group, i);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_plain_loops),
        cmocka_unit_test(test_order_and_threads),
        cmocka_unit_test(test_large_team),
        cmocka_unit_test(test_mixed_blocks),
        cmocka_unit_test(test_reversing_needs_a_range),
        cmocka_unit_test(test_group_names),
        cmocka_unit_test(test_many_groups),
    };
    return cmocka_run_group_tests_name("teams", tests, NULL, NULL);
}
