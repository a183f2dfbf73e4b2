/* Trends, networks and promises from a file to their result and words: what is degenerate first. */
#include "analyse/analyse_network.h"
#include "analyse/analyse_promises.h"
#include "analyse/analyse_trend.h"
#include "analyse/left_out.h"
#include "analyse/words.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static struct region *region;
static char path[] = "/tmp/hecht-series-XXXXXX";

static int make_region(void **state)
{
    (void)state;
    region = region_new(64 << 20);
    int file = mkstemp(path);
    return region == NULL || file < 0 || close(file) != 0;
}

static int free_region(void **state)
{
    (void)state;
    region = region_free(region);
    return unlink(path);
}

static struct table *table_of(const char *content, bool skip_bad)
{
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct table_options options = {.skip_bad = skip_bad, .threads = 1};
    struct error error = {0};
    struct table *table = NULL;
    if (table_open(path, &options, &error, &table) != OK)
        fail_msg("%s", error.detail);
    return table;
}

static bool has(struct slice text, struct slice part)
{
    return slice_find(text, part) < text.length;
}

typedef void (*json_function)(const void *result, struct json_writer *json);
typedef void (*report_function)(const void *result, struct report *report);

static struct slice json_of(json_function json, const void *result)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 20);
    struct json_writer writer = JSON_WRITER(&out);
    json(result, &writer);
    assert_false(out.failed);
    return region_copy(region, buffer_slice(&out));
}

static struct slice words_of(report_function fill, const void *result, enum language language, bool page)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 20);
    struct report *report = report_new(region, language, S("Title"), S("file.csv"));
    fill(result, report);
    (page ? report_write_page : report_write_text)(report, &out);
    assert_false(out.failed);
    return region_copy(region, buffer_slice(&out));
}

/* ---- trend ------------------------------------------------------------------------------------------ */

static struct analyse_trend_options trend_options(void)
{
    return (struct analyse_trend_options){
        .file = "f.csv", .time = S("t"), .value = S("v"), .q = (double)NAN, .lag = 10};
}

static struct analyse_trend trend_of(const char *content, const struct analyse_trend_options *options)
{
    struct table *table = table_of(content, options->skip_bad);
    struct analyse_trend trend;
    struct error error = {0};
    if (analyse_trend(table, options, region, &error, &trend) != OK)
        fail_msg("%s", error.detail);
    table_close(table);
    return trend;
}

static struct error trend_refuses(const char *content, const struct analyse_trend_options *options)
{
    struct table *table = table_of(content, false);
    struct analyse_trend trend = {.rows = 77};
    struct error error = {0};
    assert_int_equal(analyse_trend(table, options, region, &error, &trend), ERROR_INPUT);
    assert_int_equal(trend.rows, 77);
    table_close(table);
    return error;
}

/* Both outputs are whole and never hold a number that is none. */
static void assert_sound(const struct analyse_trend *trend)
{
    struct slice json = json_of(analyse_trend_json, trend);
    assert_false(has(json, S("nan")) || has(json, S("inf")));
    for (int page = 0; page < 2; page++) {
        struct slice english = words_of(analyse_trend_report, trend, LANGUAGE_EN, page);
        struct slice dutch = words_of(analyse_trend_report, trend, LANGUAGE_NL, page);
        assert_false(has(english, S("nan")) || has(dutch, S("nan")));
    }
}

static void a_trend_of_too_little(void **state)
{
    (void)state;
    const struct {
        const char *content;
        enum message why, cautious;
    } cases[] = {
        {"t,v\n", MESSAGE_ANALYSE_WHY_NO_VALUE, MESSAGE_ANALYSE_WHY_NO_VALUE},
        {"t,v\n1,\n2,NA\n3,\n", MESSAGE_ANALYSE_WHY_NO_VALUE, MESSAGE_ANALYSE_WHY_NO_VALUE},
        {"t,v\n1,2\n", MESSAGE_ANALYSE_WHY_TOO_FEW, MESSAGE_ANALYSE_WHY_TOO_FEW},
        {"t,v\n1,2\n2,3\n", MESSAGE_ANALYSE_WHY_TOO_FEW, MESSAGE_NONE},
        {"t,v\n1,2\n2,2\n3,2\n4,2\n", MESSAGE_ANALYSE_WHY_NO_VARIANCE, MESSAGE_ANALYSE_WHY_NO_VARIANCE},
        {"t,v\n1,\n2,2\n3,4\n4,2\n", MESSAGE_NONE, MESSAGE_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct analyse_trend_options options = trend_options();
        struct analyse_trend trend = trend_of(cases[i].content, &options);
        assert_int_equal(trend.most_likely.why, cases[i].why);
        assert_int_equal(trend.cautious.why, cases[i].cautious);
        assert_sound(&trend);
        options.has_event = true;
        options.event = 2.5;
        trend = trend_of(cases[i].content, &options);
        assert_sound(&trend);
    }
}

static void every_null_has_its_reason(void **state)
{
    (void)state;
    struct analyse_trend_options options = trend_options();
    struct analyse_trend trend = trend_of("t,v\n1,2\n", &options);
    struct slice json = json_of(analyse_trend_json, &trend);
    assert_true(has(json, S("\"smoothed\":null")));
    assert_true(has(json, S("\"reason\":\"there are too few values\",\"verdict\":{\"q\":null")));
    trend = trend_of("t,v\n1,\n2,2\n3,4\n4,2\n", &options);
    json = json_of(analyse_trend_json, &trend);
    assert_true(has(json, S("\"filtered\":[null,2,")));
    assert_true(
        has(json, S("{\"from\":null,\"to\":4,\"change\":null,\"se\":null,\"p_increase\":null,\"ci95\":null,"
                    "\"reason\":\"there are not so many rows\"}")));
    assert_true(has(json, S("{\"from\":1,\"to\":4,\"change\":null")));
    assert_true(has(json, S("\"reason\":\"no value stands at or before that row\"")));
}

static void a_trend_names_the_row(void **state)
{
    (void)state;
    struct analyse_trend_options options = trend_options();
    assert_true(has(slice_from_text(trend_refuses("t,v\n1,2\n3,2\n2,4\n", &options).detail),
                    S("f.csv: row 4, column t: expected a time above 3")));
    assert_true(
        has(slice_from_text(trend_refuses("t,v\n1,2\n1,2\n", &options).detail), S("row 3, column t")));
    assert_true(has(slice_from_text(trend_refuses("t,v\n1,2\n,2\n", &options).detail),
                    S("row 3, column t: expected a time, found none")));
    options = (struct analyse_trend_options){.file = "f.csv",
                                             .time = S("t"),
                                             .n = S("n"),
                                             .mean = S("m"),
                                             .variance = S("s"),
                                             .q = (double)NAN,
                                             .lag = 10};
    const struct {
        const char *content;
        struct slice part;
    } wrong[] = {
        {"t,n,m,s\n1,-3,2,1\n", S("row 2, column n: expected a number of answers, found -3")},
        {"t,n,m,s\n1,2.5,2,1\n", S("row 2, column n: expected a number of answers, found 2.5")},
        {"t,n,m,s\n1,0,2,1\n", S("row 2, column n: expected how many answers")},
        {"t,n,m,s\n1,,2,1\n", S("row 2, column n: expected how many answers")},
        {"t,n,m,s\n1,3,2,-1\n", S("row 2, column s: expected a variance, 0 or more, found -1")},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_true(has(slice_from_text(trend_refuses(wrong[i].content, &options).detail), wrong[i].part));
}

static void bad_rows_of_a_trend_can_be_left_out(void **state)
{
    (void)state;
    struct analyse_trend_options options = trend_options();
    options.skip_bad = true;
    struct analyse_trend trend = trend_of("t,v\n1,2\n3,3\n2,99\n4,x\n5,2.5\n6,3\n", &options);
    assert_int_equal(trend.rows, 4);
    assert_int_equal(trend.counts.left_out, 2);
    assert_int_equal(trend.counts.rows, 4);
    assert_int_equal(trend.counts.bad_count, 2);
    assert_int_equal(trend.counts.bad[0].row, 4);
    assert_int_equal(trend.counts.bad[1].row, 5);
    assert_sound(&trend);
}

static void a_verdict_never_stands_on_nothing(void **state)
{
    (void)state;
    /* Six values without any movement: the most likely q is 0, that of the verdict is not. */
    struct analyse_trend_options options = trend_options();
    options.lag = 2;
    struct analyse_trend trend = trend_of("t,v\n1,3\n2,3.4\n3,2.9\n4,3.3\n5,2.8\n6,3.4\n", &options);
    assert_true(trend.most_likely.q <= 0);
    assert_int_equal(trend.source, TREND_Q_FLOOR);
    assert_true(trend.cautious.q > 0);
    assert_true(trend.cautious.since_first.change.standard_error > 0);
    struct slice json = json_of(analyse_trend_json, &trend);
    assert_true(has(json, S("\"level_variance_per_unit_time\":0,")));
    assert_true(has(json, S("\"q_source\":\"floor\"")));
    assert_true(has(json, S("\"verdict\":\"cannot tell yet\"")));
    assert_true(has(words_of(analyse_trend_report, &trend, LANGUAGE_NL, false), S("nog niet te zeggen")));
}

static void what_happened_is_said(void **state)
{
    (void)state;
    struct analyse_trend_options options = trend_options();
    options.has_event = true;
    options.event = 6.5;
    const char *fall =
        "t,v\n1,4\n2,4.1\n3,3.95\n4,4.05\n5,4\n6,4.1\n7,2\n8,2.1\n9,1.95\n10,2.05\n11,2\n12,2.1\n";
    struct analyse_trend trend = trend_of(fall, &options);
    assert_int_equal(trend.event.why, MESSAGE_NONE);
    assert_int_equal(trend.event.result.first_after, 6);
    assert_int_equal(trend.event.back_row, 0);
    struct slice text = words_of(analyse_trend_report, &trend, LANGUAGE_EN, false);
    assert_true(has(text, S("The level fell at once")));
    assert_true(has(text, S("the level is not back")));
    assert_true(has(words_of(analyse_trend_report, &trend, LANGUAGE_EN, true), S("pic-event")));
    const char *back =
        "t,v\n1,4\n2,4.1\n3,3.95\n4,4.05\n5,4\n6,4.1\n7,2\n8,2.5\n9,3.1\n10,3.7\n11,4.1\n12,4.6\n"
        "13,5.2\n14,5.6\n15,6\n16,6.3\n17,6.2\n18,6.4\n";
    trend = trend_of(back, &options);
    assert_true(trend.event.back_row > 7);
    assert_true(has(words_of(analyse_trend_report, &trend, LANGUAGE_EN, false), S("The level is back")));
    options.event = 99;
    trend = trend_of(back, &options);
    assert_int_equal(trend.event.why, MESSAGE_ANALYSE_WHY_EVENT_OUTSIDE);
    assert_sound(&trend);
}

/* ---- network ---------------------------------------------------------------------------------------- */

static struct analyse_network network_of(const char *content, int64_t nodes)
{
    struct analyse_network_options options = {"f.csv", S("a"), S("b"), nodes};
    struct table *table = table_of(content, false);
    struct analyse_network network;
    struct error error = {0};
    if (analyse_network(table, &options, region, &error, &network) != OK)
        fail_msg("%s", error.detail);
    table_close(table);
    return network;
}

static void networks_of_too_little(void **state)
{
    (void)state;
    const struct {
        const char *content;
        int64_t nodes;
        struct slice reason;
    } cases[] = {
        {"a,b\n", 0, S("there is no node")},
        {"a,b\n", 1, S("one node has nobody to be tied to")},
        {"a,b\nx,x\n", 0, S("one node has nobody to be tied to")},
        {"a,b\n", 5, S("there is no tie")},
        {"a,b\nx,\n,y\n", 0, S("there is no tie")},
        {"a,b\nx,y\ny,x\n", 0, S("every possible tie is there")},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct analyse_network network = network_of(cases[i].content, cases[i].nodes);
        struct slice json = json_of(analyse_network_json, &network);
        assert_true(has(json, cases[i].reason));
        assert_false(has(json, S("nan")));
        (void)words_of(analyse_network_report, &network, LANGUAGE_NL, true);
    }
}

static void nodes_are_in_order(void **state)
{
    (void)state;
    /* Numbers by number, and with --nodes in their places; other names by bytes, the nameless last. */
    struct analyse_network network = network_of("a,b\n10,9\n9,2\n2,2\n10,9\n", 0);
    assert_int_equal(network.network.nodes, 3);
    assert_true(slice_equal(network.names[0], S("2")) && slice_equal(network.names[2], S("10")));
    assert_int_equal(network.network.in_degree[1], 1);
    assert_int_equal(network.network.self_loops, 1);
    assert_int_equal(network.network.repeated_ties, 1);
    network = network_of("a,b\n10,9\n9,2\n", 12);
    assert_int_equal(network.network.nodes, 12);
    assert_int_equal(network.network.in_degree[8], 1);
    assert_int_equal(network.network.out_degree[9], 1);
    assert_true(slice_equal(network.names[11], S("12")));
    network = network_of("a,b\n10,9\nanna,2\n", 6);
    assert_true(slice_equal(network.names[0], S("10")) && slice_equal(network.names[3], S("anna")));
    assert_int_equal(network.names[4].length + network.names[5].length, 0);
    assert_int_equal(network.network.isolates, 2);
    assert_true(has(json_of(analyse_network_json, &network), S("\"anna\",null,null]")));
    network = network_of("a,b\n1001,1002\n", 3); /* numbers, but not the places of three */
    assert_int_equal(network.network.in_degree[1], 1);
}

static void one_node_too_many_is_named(void **state)
{
    (void)state;
    struct analyse_network_options options = {"f.csv", S("a"), S("b"), 3};
    struct table *table = table_of("a,b\nx,y\ny,z\nz,new\n", false);
    struct analyse_network network;
    struct error error = {0};
    assert_int_equal(analyse_network(table, &options, region, &error, &network), ERROR_INPUT);
    assert_true(
        has(slice_from_text(error.detail), S("f.csv: row 4, column b: expected at most 3 different names")));
    assert_true(has(slice_from_text(error.detail), S("\"new\"")));
    table_close(table);
}

static void nobody_is_named_in_words(void **state)
{
    (void)state;
    struct analyse_network network =
        network_of("a,b\nanna,boris\nboris,anna\nchris,anna\ndora,\nanna,anna\n", 0);
    static const struct slice NAMES[] = {{"anna", 4}, {"boris", 5}, {"chris", 5}, {"dora", 4}};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        for (int page = 0; page < 2; page++)
            assert_false(has(words_of(analyse_network_report, &network, LANGUAGE_EN, page), NAMES[i]));
    struct slice text = words_of(analyse_network_report, &network, LANGUAGE_EN, false);
    assert_true(has(text, S("4 people and 3 ties")));
    assert_true(has(text, S("1 person neither gave nor received")));
}

/* ---- promises --------------------------------------------------------------------------------------- */

static struct analyse_promises_options promises_options(void)
{
    return (struct analyse_promises_options){
        .file = "f.csv", .day = S("d"), .kept = S("k"), .model = {90, 1, 2, 1, 1, (double)NAN}};
}

static struct analyse_promises promises_of(const char *content,
                                           const struct analyse_promises_options *options)
{
    struct table *table = table_of(content, options->skip_bad);
    struct analyse_promises promises;
    struct error error = {0};
    if (analyse_promises(table, options, region, &error, &promises) != OK)
        fail_msg("%s", error.detail);
    table_close(table);
    return promises;
}

static void promises_of_too_little(void **state)
{
    (void)state;
    struct analyse_promises_options options = promises_options();
    struct analyse_promises promises = promises_of("d,k\n", &options);
    struct slice json = json_of(analyse_promises_json, &promises);
    assert_true(has(json, S("\"now\":null")) && has(json, S("\"reason\":")) && has(json, S("\"mean\":0.5,")));
    assert_true(has(json, S("\"enough\":false")));
    promises = promises_of("d,k\n1,1\n2,1\n3,1\n4,0\n", &options);
    struct slice text = words_of(analyse_promises_report, &promises, LANGUAGE_EN, false);
    assert_true(has(text, S("Not enough yet")));
    assert_false(has(text, S("Mean")));
    options.model.now = 2; /* events after now are not counted */
    promises = promises_of(
        "d,k\n1,1\n2,1\n3,1\n4,0\n,\n",
        &(struct analyse_promises_options){
            .file = "f.csv", .skip_bad = true, .day = S("d"), .kept = S("k"), .model = options.model});
    assert_int_equal(promises.evidence.kept, 2);
    assert_int_equal(promises.evidence.later, 2);
    assert_int_equal(promises.counts.left_out, 1);
}

static void an_undecided_promise_is_counted_apart(void **state)
{
    (void)state;
    struct analyse_promises_options options = promises_options();
    struct analyse_promises promises =
        promises_of("d,k\n1,1\n2,1\n3,1\n4,0\n4,1\n4,1\n4,1\n5,NA\n", &options);
    assert_int_equal(promises.undecided, 1);
    assert_true(fabs(promises.options.model.now - 5) < 1e-12);
    struct slice text = words_of(analyse_promises_report, &promises, LANGUAGE_EN, true);
    assert_true(has(text, S("1 not decided yet")));
    assert_true(has(text, S("pic-strip")));
}

static void promises_name_the_row(void **state)
{
    (void)state;
    struct analyse_promises_options options = promises_options();
    const struct {
        const char *content;
        struct slice part;
    } wrong[] = {
        {"d,k\n1,1\n2,2\n", S("f.csv: row 3, column k: expected 1 (kept) or 0 (broken), found 2")},
        {"d,k\n1,0.5\n", S("row 2, column k")},
        {"d,k\n1,-1\n", S("row 2, column k")},
        {"d,k\n,1\n", S("row 2, column d: expected a day, found none")},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct table *table = table_of(wrong[i].content, false);
        struct analyse_promises promises;
        struct error error = {0};
        assert_int_equal(analyse_promises(table, &options, region, &error, &promises), ERROR_INPUT);
        assert_true(has(slice_from_text(error.detail), wrong[i].part));
        table_close(table);
    }
}

/* ---- words ------------------------------------------------------------------------------------------ */

static void a_chance_is_never_certain(void **state)
{
    (void)state;
    const struct report *report = report_new(region, LANGUAGE_EN, S(""), S(""));
    assert_true(slice_equal(words_chance(report, 1), S("more than 99 %")));
    assert_true(slice_equal(words_chance(report, 0), S("less than 1 %")));
    assert_true(slice_equal(words_chance(report, 0.86), S("86 %")));
    /* Not rounded over a limit of the verdicts. */
    assert_true(slice_equal(words_chance(report, 0.9477), S("94.7 %")));
    assert_true(slice_equal(words_chance(report, 0.94999), S("94.9 %")));
    assert_true(slice_equal(words_chance(report, 0.95), S("95 %")));
    assert_true(slice_equal(words_chance(report, 0.0501), S("5.1 %")));
    assert_true(slice_equal(words_chance(report, 0.05), S("5 %")));
}

static void a_share_is_0_or_100_only_when_it_is(void **state)
{
    (void)state;
    const struct report *report = report_new(region, LANGUAGE_EN, S(""), S(""));
    assert_true(slice_equal(words_share(report, 0), S("0 %")));
    assert_true(slice_equal(words_share(report, 1), S("100 %")));
    assert_true(slice_equal(words_share(report, 1e-6), S("less than 1 %")));
    assert_true(slice_equal(words_share(report, 0.9999), S("more than 99 %")));
    assert_true(slice_equal(words_share(report, 0.5), S("50 %")));
    assert_true(slice_equal(words_share(report, (double)NAN), S("–")));
}

static void numbers_stand_as_in_the_file(void **state)
{
    (void)state;
    const struct report *dutch = report_new(region, LANGUAGE_NL, S(""), S(""));
    assert_true(slice_equal(words_plain(dutch, 1871), S("1871")));
    assert_true(slice_equal(words_plain(dutch, -0.125), S("−0,125")));
    assert_true(slice_equal(words_plain(dutch, 1.0 / 3), S("0,333")));
    assert_true(slice_equal(words_plain(dutch, 2.5), S("2,5")));
    assert_int_equal(words_decimals(900), 0);
    assert_int_equal(words_decimals(30), 1);
    assert_int_equal(words_decimals(1.2), 2);
    assert_int_equal(words_decimals(0.03), 3);
    assert_int_equal(words_decimals(0), 0);
    assert_int_equal(words_decimals((double)NAN), 0);
    assert_int_equal(words_decimals(1e-300), 9);
}

static void bad_rows_are_kept_by_row(void **state)
{
    (void)state;
    struct table_counts counts = {.rows = 30};
    for (int64_t row = 30; row > 10; row--) /* later ones first */
        assert_int_equal(left_out_row(&counts, true, "f", row, NULL, "column x: %s", "wrong"), OK);
    assert_int_equal(counts.left_out, 20);
    assert_int_equal(counts.rows, 10);
    assert_int_equal(counts.bad_count, TABLE_BAD_SHOWN);
    for (size_t i = 0; i < TABLE_BAD_SHOWN; i++)
        assert_int_equal(counts.bad[i].row, 11 + (int64_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trend_of_too_little),
        cmocka_unit_test(every_null_has_its_reason),
        cmocka_unit_test(a_trend_names_the_row),
        cmocka_unit_test(bad_rows_of_a_trend_can_be_left_out),
        cmocka_unit_test(a_verdict_never_stands_on_nothing),
        cmocka_unit_test(what_happened_is_said),
        cmocka_unit_test(networks_of_too_little),
        cmocka_unit_test(nodes_are_in_order),
        cmocka_unit_test(one_node_too_many_is_named),
        cmocka_unit_test(nobody_is_named_in_words),
        cmocka_unit_test(promises_of_too_little),
        cmocka_unit_test(an_undecided_promise_is_counted_apart),
        cmocka_unit_test(promises_name_the_row),
        cmocka_unit_test(a_chance_is_never_certain),
        cmocka_unit_test(a_share_is_0_or_100_only_when_it_is),
        cmocka_unit_test(numbers_stand_as_in_the_file),
        cmocka_unit_test(bad_rows_are_kept_by_row),
    };
    return cmocka_run_group_tests(tests, make_region, free_region);
}
