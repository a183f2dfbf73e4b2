#include "stats/promise_evidence.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { EVENTS_MAXIMUM = 100 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static const struct promise_model MODEL = {90, 1, 2, 1, 1, 100};

static struct promise_evidence evidence_of(const struct promise_event *events, size_t count,
                                           struct promise_model model)
{
    struct promise_evidence evidence = {.kept = -1};
    struct error error = {.code = OK};
    assert_int_equal(promise_evidence(events, count, &model, &error, &evidence), OK);
    return evidence;
}

static void test_no_event(void **state)
{
    (void)state;
    struct promise_evidence none = evidence_of(NULL, 0, MODEL);
    assert_near(none.r + none.s + none.remembered, 0, 0);
    assert_near(none.mean, 0.5, 0);
    assert_near(none.median, 0.5, 1e-12);
    assert_near(none.ci95[0], 0.025, 1e-9);
    assert_near(none.ci95[1], 0.975, 1e-9);
    assert_near(none.above_80, 0.2, 1e-12);
}

static void test_one_event(void **state)
{
    (void)state;
    const struct promise_event now = {100, true}, old = {10, true}, broken = {100, false},
                               later = {101, false};
    assert_near(evidence_of(&now, 1, MODEL).alpha, 2, 0);
    assert_near(evidence_of(&old, 1, MODEL).r, 0.5, 1e-15);
    assert_near(evidence_of(&broken, 1, MODEL).s, 2, 0);
    assert_near(evidence_of(&broken, 1, MODEL).remembered, 1, 0);
    struct promise_evidence evidence = evidence_of(&later, 1, MODEL);
    assert_int_equal(evidence.later, 1);
    assert_int_equal(evidence.kept + evidence.broken, 0);
    assert_near(evidence.alpha + evidence.beta, 2, 0);
}

static void test_forgotten_wholly(void **state)
{
    (void)state;
    const struct promise_event ancient[] = {{-1e9, true}, {-1e300, false}};
    struct promise_evidence evidence = evidence_of(ancient, 2, MODEL);
    assert_near(evidence.r + evidence.s, 0, 0);
    assert_int_equal(evidence.kept + evidence.broken, 2);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    const struct promise_model wrong[] = {
        {0, 1, 2, 1, 1, 0},   {-1, 1, 2, 1, 1, 0}, {NAN, 1, 2, 1, 1, 0},  {90, 0, 2, 1, 1, 0},
        {90, 1, -2, 1, 1, 0}, {90, 1, 2, 0, 1, 0}, {90, 1, 2, 1, NAN, 0}, {90, 1, 2, 1, 1, INFINITY},
    };
    struct promise_evidence evidence = {.kept = 77};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(promise_evidence(NULL, 0, &wrong[i], NULL, &evidence), ERROR_INPUT);
    const struct promise_event event = {NAN, true};
    assert_int_equal(promise_evidence(&event, 1, &MODEL, NULL, &evidence), ERROR_INPUT);
    assert_int_equal(evidence.kept, 77);
}

/* Weights make the interval shorter, as if more had been seen; what was seen stays the same. */
static void test_weights_do_not_add_promises(void **state)
{
    (void)state;
    struct promise_event events[10];
    for (size_t i = 0; i < 10; i++)
        events[i] = (struct promise_event){100, i < 7};
    struct promise_model heavy = MODEL;
    heavy.weight_kept = heavy.weight_broken = 5;
    struct promise_evidence a = evidence_of(events, 10, MODEL), b = evidence_of(events, 10, heavy);
    assert_near(a.remembered, 10, 1e-14);
    assert_near(b.remembered, 10, 1e-14);
    assert_true(b.ci95[1] - b.ci95[0] < 0.7 * (a.ci95[1] - a.ci95[0]));
    assert_near(b.r + b.s, 50, 1e-14);
}

static void test_order_and_origin_do_not_matter(void **state)
{
    (void)state;
    struct generator generator = {3};
    struct promise_event events[EVENTS_MAXIMUM], other[EVENTS_MAXIMUM];
    for (size_t i = 0; i < EVENTS_MAXIMUM; i++) {
        events[i] =
            (struct promise_event){floor(200 * draw_uniform(&generator)), draw_uniform(&generator) < 0.7};
        other[EVENTS_MAXIMUM - 1 - i] = (struct promise_event){events[i].day + 1000, events[i].kept};
    }
    struct promise_model moved = MODEL;
    moved.now += 1000;
    struct promise_evidence a = evidence_of(events, EVENTS_MAXIMUM, MODEL);
    struct promise_evidence b = evidence_of(other, EVENTS_MAXIMUM, moved);
    assert_true(a.later > 20);
    assert_int_equal(a.later, b.later);
    assert_near(a.r, b.r, 1e-12);
    assert_near(a.ci90[0], b.ci90[0], 1e-9);
    /* The later ones do not count at all. */
    size_t count = 0;
    for (size_t i = 0; i < EVENTS_MAXIMUM; i++)
        if (events[i].day <= MODEL.now)
            events[count++] = events[i];
    assert_near(evidence_of(events, count, MODEL).alpha, a.alpha, 0);
}

static double at(const struct reference *reference, int i, const char *key)
{
    char path[100];
    (void)snprintf(path, sizeof(path), "cases/%d/%s", i, key);
    return reference_number(reference, path);
}

static double element(const struct reference *reference, int i, const char *key, size_t k)
{
    char path[100];
    (void)snprintf(path, sizeof(path), "cases/%d/%s", i, key);
    return reference_element(reference, path, k);
}

static void test_reference(void **state)
{
    (void)state;
    struct table *table = table_open("synthetic_promises");
    struct reference *reference = reference_open("synthetic_promises");
    struct promise_event events[EVENTS_MAXIMUM];
    size_t count = table_rows(table);
    for (size_t i = 0; i < count; i++)
        events[i] = (struct promise_event){table_number(table, i, 0), table_number(table, i, 1) > 0};
    assert_int_equal(reference_length(reference, "cases"), 6);
    for (int i = 0; i < 6; i++) {
        struct promise_model model = {at(reference, i, "half_life"),     at(reference, i, "w_kept"),
                                      at(reference, i, "w_broken"),      element(reference, i, "prior", 0),
                                      element(reference, i, "prior", 1), at(reference, i, "now")};
        struct promise_evidence e = evidence_of(events, i == 4 ? 0 : count, model);
        assert_near(e.r, at(reference, i, "r"), 1e-10);
        assert_near(e.s, at(reference, i, "s"), 1e-10);
        assert_near(e.alpha, at(reference, i, "alpha"), 1e-10);
        assert_near(e.beta, at(reference, i, "beta"), 1e-10);
        assert_near(e.mean, at(reference, i, "mean"), 1e-10);
        assert_near(e.median, at(reference, i, "median"), 1e-9);
        for (size_t k = 0; k < 2; k++) {
            assert_near(e.ci90[k], element(reference, i, "ci90", k), 1e-9);
            assert_near(e.ci95[k], element(reference, i, "ci95", k), 1e-9);
        }
        assert_near(e.above_80, at(reference, i, "p_above_.8"), 1e-9);
    }
    reference_close(reference);
    table_close(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_event),
        cmocka_unit_test(test_one_event),
        cmocka_unit_test(test_forgotten_wholly),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_weights_do_not_add_promises),
        cmocka_unit_test(test_order_and_origin_do_not_matter),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
