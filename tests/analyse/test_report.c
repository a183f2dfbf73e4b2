/* The frame of reports: what is said stands in both outputs, in the language asked for, escaped, and nothing that does
 * not fit disappears without a word. */
#include "analyse/left_out.h"
#include "analyse/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct region *region;

static int make_region(void **state)
{
    (void)state;
    region = region_new(8 << 20);
    return region == NULL;
}

static int free_region(void **state)
{
    (void)state;
    region = region_free(region);
    return 0;
}

static struct report *fresh(enum language language)
{
    struct report *report = report_new(region, language, S("Title"), S("file.csv"));
    assert_non_null(report);
    return report;
}

static struct slice written(const struct report *report, void (*write)(const struct report *, struct buffer *))
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 20);
    write(report, &out);
    assert_false(out.failed);
    return region_copy(region, buffer_slice(&out));
}

static bool has(struct slice text, struct slice part)
{
    return slice_find(text, part) < text.length;
}

static void an_empty_report_is_whole(void **state)
{
    (void)state;
    const struct report *report = fresh(LANGUAGE_EN);
    assert_true(has(written(report, report_write_text), S("Title\n=====\nfile.csv\n")));
    struct slice page = written(report, report_write_page);
    assert_true(slice_starts_with(page, S("<!doctype html>")));
    assert_true(has(page, S("<style>")));
    assert_true(slice_ends_with(slice_trim(page), S("</html>")));
}

static void a_page_stands_alone(void **state)
{
    (void)state;
    struct slice page = written(fresh(LANGUAGE_EN), report_write_page);
    assert_false(has(page, S("<script")));
    assert_false(has(page, S("<link")));
    assert_false(has(page, S("/assets/")));
    assert_false(has(page, S("url(")));
}

static void names_from_a_file_are_escaped(void **state)
{
    (void)state;
    struct report *report = fresh(LANGUAGE_EN);
    report_section(report, S("<b>\"A&B\"</b>"));
    struct slice page = written(report, report_write_page);
    assert_false(has(page, S("<b>")));
    assert_true(has(page, S("&lt;b&gt;")));
    assert_true(has(written(report, report_write_text), S("<b>\"A&B\"</b>")));
}

static void numbers_follow_the_language(void **state)
{
    (void)state;
    const struct report *dutch = fresh(LANGUAGE_NL), *english = fresh(LANGUAGE_EN);
    assert_true(slice_equal(report_number(dutch, 3.25, 1), S("3,3")));
    assert_true(slice_equal(report_number(english, 3.25, 1), S("3.3")));
    assert_true(slice_equal(report_range(dutch, 2, 3.5, 1), S("2,0 tot 3,5")));
    assert_true(slice_equal(report_percent(english, 0.124), S("12 %")));
    assert_true(slice_equal(report_integer(dutch, 1234567), S("1.234.567")));
    /* What is not there is a dash, never a number. */
    assert_true(slice_equal(report_number(english, (double)NAN, 1), S("–")));
    assert_true(slice_equal(report_range(english, 1, (double)INFINITY, 1), S("–")));
    assert_true(slice_equal(report_percent(english, (double)NAN), S("–")));
}

static void a_table_lines_up_and_counts_what_it_leaves_out(void **state)
{
    (void)state;
    struct report *report = fresh(LANGUAGE_EN);
    report_section(report, S("Teams"));
    struct report_table *table = report_table(report, S("All teams"), 2);
    report_column(table, S("Team"), false);
    report_column(table, S("Mean"), true);
    report_row(table, (struct slice[]){S("één"), S("3.1")}, (struct html){0});
    report_row(table, (struct slice[]){S("a longer name"), S("12.25")}, (struct html){0});
    report_row(table, (struct slice[]){S("third"), S("1")}, (struct html){0});
    struct slice text = written(report, report_write_text);
    assert_true(has(text, S("Team            Mean\n")));
    assert_true(has(text, S("één              3.1\n")));
    assert_true(has(text, S("a longer name  12.25\n")));
    assert_false(has(text, S("third")));
    assert_true(has(text, S("1 more row is not listed here")));
    assert_true(has(written(report, report_write_page), S("1 more row is not listed here")));
}

static void sentences_wrap_at_the_width(void **state)
{
    (void)state;
    struct report *report = fresh(LANGUAGE_EN);
    CLEANUP(buffer_free) struct buffer words = BUFFER(4 << 10);
    for (int i = 0; i < 60; i++)
        buffer_append_text(&words, i == 0 ? "wörd" : " wörd");
    report_say_text(report, region_copy(region, buffer_slice(&words)));
    struct slice text = written(report, report_write_text), line;
    bool wrapped = false;
    while (slice_take(&text, '\n', &line)) {
        assert_true(slice_count_characters(line) <= 100);
        wrapped = wrapped || slice_count_characters(line) > 90;
    }
    assert_true(wrapped);
}

static void memory_that_ends_is_said(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *small = region_new(64 << 10);
    struct report *report = report_new(small, LANGUAGE_EN, S("Title"), S(""));
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    if (report != NULL) {
        struct report_table *table = report_table(report, S("Too large"), 100000);
        assert_null(table);
        report_column(table, S("a"), false); /* takes NULL */
        report_row(table, (struct slice[]){S("b")}, (struct html){0});
        report_write_page(report, &out);
        assert_true(out.failed);
    }
}

static void what_was_left_out_is_said_twice(void **state)
{
    (void)state;
    struct table_counts counts = {.rows = 5, .left_out = 2, .bad_count = 1, .bad = {{.row = 7}}};
    snprintf(counts.bad[0].text, sizeof counts.bad[0].text, "column A: expected a number, found \"x\"");
    struct report *report = fresh(LANGUAGE_NL);
    left_out_report(&counts, report);
    struct slice text = written(report, report_write_text);
    assert_true(has(text, S("2 rijen van het bestand waren onbruikbaar")));
    assert_true(has(text, S("  7  column A: expected a number")));
    CLEANUP(buffer_free) struct buffer out = BUFFER(4 << 10);
    struct json_writer json = JSON_WRITER(&out);
    json_write_object_begin(&json);
    left_out_json(&counts, &json);
    json_write_object_end(&json);
    assert_true(slice_equal(buffer_slice(&out),
                            S("{\"left_out\":{\"rows\":2,\"first\":[{\"row\":7,\"why\":\"column A: expected a "
                              "number, found \\\"x\\\"\"}]}}")));
    struct report *nothing = fresh(LANGUAGE_EN);
    left_out_report(&(struct table_counts){.rows = 5}, nothing);
    assert_int_equal(nothing->section_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_report_is_whole),
        cmocka_unit_test(a_page_stands_alone),
        cmocka_unit_test(names_from_a_file_are_escaped),
        cmocka_unit_test(numbers_follow_the_language),
        cmocka_unit_test(a_table_lines_up_and_counts_what_it_leaves_out),
        cmocka_unit_test(sentences_wrap_at_the_width),
        cmocka_unit_test(memory_that_ends_is_said),
        cmocka_unit_test(what_was_left_out_is_said_twice),
    };
    return cmocka_run_group_tests(tests, make_region, free_region);
}
