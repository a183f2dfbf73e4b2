/* What the reports of drivers and panel say for results that the reference data do not have. */
#include "analyse/analyse_drivers.h"
#include "analyse/analyse_panel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct region *region;

static int make_region(void **state)
{
    (void)state;
    region = region_new(32 << 20);
    return region == NULL;
}

static int free_region(void **state)
{
    (void)state;
    region = region_free(region);
    return 0;
}

/* The report as one line, so that it does not matter where lines break. */
static struct slice said(void (*say)(const void *, struct report *), const void *result,
                         enum language language)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct report *report = report_new(region, language, S("Title"), S("file.csv"));
    assert_non_null(report);
    say(result, report);
    report_write_text(report, &out);
    assert_false(out.failed);
    for (size_t i = 0; i < out.length; i++)
        if (out.data[i] == '\n')
            out.data[i] = ' ';
    struct slice text = region_copy(region, buffer_slice(&out));
    CLEANUP(buffer_free) struct buffer page = BUFFER(1 << 20);
    report_write_page(report, &page); /* must fit, too */
    assert_false(page.failed);
    assert_false(region_failed(region));
    return text;
}

static bool has(struct slice text, const char *part)
{
    if (slice_find(text, slice_from_text(part)) < text.length)
        return true;
    (void)fprintf(stderr, "no \"%s\" in: %.*s\n", part, SLICE_ARG(text));
    return false;
}

static bool hasnt(struct slice text, const char *part)
{
    return slice_find(text, slice_from_text(part)) == text.length;
}

/* ---- panel ---------------------------------------------------------------------------------------- */

static struct analyse_panel some_panel(enum lead_lag_verdict verdict)
{
    struct analyse_panel panel = {
        .options = {.x = {S("trust_1"), S("trust_2"), S("trust_3")},
                    .y = {S("t1"), S("t2"), S("t3")},
                    .waves = 3},
        .counts = {.rows = 300},
        .complete = {.variables = 6, .n = 250},
        .any = 290,
        .basis = PANEL_BASIS_EQUAL,
        .equal_p = 0.4,
        .verdict = verdict,
        .paths = {0.3, -0.1, 0.05, 0.05, 0.08},
    };
    return panel;
}

static void verdicts_are_said(void **state)
{
    (void)state;
    struct analyse_panel panel = some_panel(LEAD_LAG_X_FIRST);
    struct slice text = said(analyse_panel_report, &panel, LANGUAGE_EN);
    assert_true(has(text, "trust comes first."));
    assert_true(has(text, "trust → t ")); /* the names without the number of the moment */
    assert_true(has(text, "0.20 to 0.40"));
    panel = some_panel(LEAD_LAG_Y_FIRST);
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN), "t comes first."));
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_NL), "t komt eerst."));
    panel = some_panel(LEAD_LAG_BOTH);
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN), "both."));
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_NL), "allebei."));
    panel = some_panel(LEAD_LAG_CANNOT_TELL);
    text = said(analyse_panel_report, &panel, LANGUAGE_EN);
    assert_true(has(text, "cannot be told from these data"));
    assert_true(has(text, "the usual answer"));
    assert_true(hasnt(text, "comes first."));
    for (enum lead_lag_verdict v = LEAD_LAG_CANNOT_TELL; v <= LEAD_LAG_BOTH; v++) {
        panel = some_panel(v);
        assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN), "says nothing about causes"));
        assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN), "mixes stable differences"));
    }
}

static void reasons_are_said(void **state)
{
    (void)state;
    struct analyse_panel panel = some_panel(LEAD_LAG_CANNOT_TELL);
    panel.too_few = true;
    panel.any = 120;
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN),
                    "There are 120 rows with values; a verdict needs 200"));
    panel = some_panel(LEAD_LAG_CANNOT_TELL);
    panel.basis = PANEL_BASIS_NONE;
    panel.fiml = (struct analyse_panel_model){.has_sample = true,
                                              .result = {.status = PANEL_IMPROPER, .fit = {.n = 290}}};
    struct slice text = said(analyse_panel_report, &panel, LANGUAGE_EN);
    assert_true(has(text, "no usable solution"));
    assert_true(has(text, "improper: not reported"));
    assert_true(hasnt(text, "Standardised"));
    panel = some_panel(LEAD_LAG_BOTH);
    panel.basis = PANEL_BASIS_UNEQUAL;
    panel.equal_p = 1e-9;
    assert_true(has(said(analyse_panel_report, &panel, LANGUAGE_EN), "equal ones do not fit (p < 0.001)"));
}

/* Columns without a common beginning are called by the first. */
static void names_without_a_common_part(void **state)
{
    (void)state;
    struct analyse_panel panel = some_panel(LEAD_LAG_X_FIRST);
    panel.options.x[0] = S("spring");
    panel.options.x[1] = S("summer");
    panel.options.x[2] = S("autumn");
    panel.options.y[0] = S("2020");
    panel.options.y[1] = S("2021");
    panel.options.y[2] = S("2022");
    struct slice text = said(analyse_panel_report, &panel, LANGUAGE_EN);
    assert_true(has(text, "spring → 2020 "));
}

/* ---- drivers -------------------------------------------------------------------------------------- */

static struct analyse_drivers some_drivers(double often)
{
    struct analyse_drivers drivers = {
        .options = {.outcome = S("bond"),
                    .predictors = {S("hours"), S("trust")},
                    .predictor_count = 2,
                    .resamples = 2000},
        .counts = {.rows = 60},
        .n = 50,
    };
    drivers.all = (struct analyse_drivers_part){
        .has_figures = true,
        .has_intervals = true,
        .drivers = {.predictors = 2,
                    .n = 50,
                    .r2 = 0.4,
                    .lmg = {0.1, 0.3},
                    .johnson = {0.1, 0.3},
                    .first = {0.2, 0.35}},
        .intervals = {.units = 50,
                      .r2 = {0.2, 0.6},
                      .lmg = {{0.01, 0.2}, {0.2, 0.5}},
                      .largest = {1 - often, often}},
    };
    return drivers;
}

static void first_only_when_certain(void **state)
{
    (void)state;
    struct analyse_drivers drivers = some_drivers(0.97);
    struct slice text = said(analyse_drivers_report, &drivers, LANGUAGE_EN);
    assert_true(has(text, "trust goes along with bond most: 30 %"));
    assert_true(has(text, "50 of 60 rows"));
    assert_true(slice_find(text, S("trust ")) < slice_find(text, S("hours "))); /* the largest above */
    drivers = some_drivers(0.90);
    text = said(analyse_drivers_report, &drivers, LANGUAGE_EN);
    assert_true(has(text, "whether it really is first cannot be told"));
    assert_true(hasnt(text, "goes along with bond most"));
    assert_true(has(said(analyse_drivers_report, &drivers, LANGUAGE_NL),
                    "of het echt bovenaan staat is niet te zeggen"));
    drivers.all.has_intervals = false;
    text = said(analyse_drivers_report, &drivers, LANGUAGE_EN);
    assert_true(has(text, "how certain that is cannot be told"));
    assert_true(has(text, "they need 10 groups"));
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    struct analyse_drivers drivers = some_drivers(0.97);
    drivers.all.drivers.constant[0] = true;
    drivers.all.drivers.collinear = true;
    drivers.all.drivers.lmg[0] = NAN;
    struct slice text = said(analyse_drivers_report, &drivers, LANGUAGE_EN);
    assert_true(has(text, "hours is always the same"));
    assert_true(has(text, "follows exactly from the others"));
    drivers.all = (struct analyse_drivers_part){.has_figures = false};
    text = said(analyse_drivers_report, &drivers, LANGUAGE_EN);
    assert_true(has(text, "There are no shares"));
    assert_true(hasnt(text, "Share (LMG)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_said),           cmocka_unit_test(reasons_are_said),
        cmocka_unit_test(names_without_a_common_part), cmocka_unit_test(first_only_when_certain),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, make_region, free_region);
}
