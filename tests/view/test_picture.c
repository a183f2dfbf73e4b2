/* Pictures are well-formed, keep the rules of their headers, and survive every number. */
#include "view/picture.h"

#include "xml_check.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

struct picture {
    size_t classes_dot, classes_hidden, classes_guess, classes_band, classes_level, classes_line90,
        classes_line50;
    bool style, comma, small_text, not_a_number, outside;
    double width, height;
};

static void note_class(struct picture *picture, struct slice value)
{
    picture->classes_dot += slice_equal(value, S("pic-dot"));
    picture->classes_hidden += slice_equal(value, S("pic-hidden"));
    picture->classes_guess += slice_equal(value, S("pic-guess"));
    picture->classes_band += slice_equal(value, S("pic-band"));
    picture->classes_level += slice_equal(value, S("pic-level"));
    picture->classes_line90 += slice_equal(value, S("pic-line90"));
    picture->classes_line50 += slice_equal(value, S("pic-line50"));
}

/* All numbers of a path or list of points, two and two, lie in the drawing. */
static void check_points(struct picture *picture, struct slice value)
{
    size_t count = 0;
    char number[32];
    for (size_t i = 0; i < value.length;) {
        size_t length = 0;
        while (i < value.length && strchr("MLZ ", value.data[i]) != NULL)
            i++;
        while (i + length < value.length && strchr("MLZ ", value.data[i + length]) == NULL)
            length++;
        if (length == 0)
            break;
        double coordinate;
        assert_true(length < sizeof(number));
        if (!slice_to_real(slice_part(value, i, length), &coordinate))
            picture->not_a_number = true;
        else if (coordinate < 0 || coordinate > (count % 2 == 0 ? picture->width : picture->height))
            picture->outside = true;
        count++;
        i += length;
    }
    if (count % 2 != 0)
        picture->not_a_number = true;
}

static void note_attribute(void *context, struct slice element, struct slice name, struct slice value)
{
    static const char *const coordinates[] = {"x", "x1", "x2", "cx", "y", "y1", "y2", "cy"};
    struct picture *picture = context;
    double number;
    if (slice_equal(name, S("style")) || slice_starts_with(name, S("on")))
        picture->style = true;
    if (slice_equal(name, S("class")))
        note_class(picture, value);
    if (slice_equal(name, S("aria-labelledby")) || slice_equal(name, S("id")))
        return; /* not numbers */
    if (slice_find_byte(value, ',') < value.length)
        picture->comma = true;
    if (slice_equal(element, S("svg")) && slice_equal(name, S("width")))
        assert_true(slice_to_real(value, &picture->width));
    if (slice_equal(element, S("svg")) && slice_equal(name, S("height")))
        assert_true(slice_to_real(value, &picture->height));
    if (slice_equal(name, S("font-size")) && (!slice_to_real(value, &number) || number < 12))
        picture->small_text = true;
    if (slice_equal(name, S("d")) || slice_equal(name, S("points")))
        check_points(picture, value);
    for (size_t i = 0; i < COUNT_OF(coordinates); i++) {
        if (!slice_equal(name, slice_from_text(coordinates[i])))
            continue;
        if (!slice_to_real(value, &number))
            picture->not_a_number = true;
        else if (number < 0 || number > (i < 4 ? picture->width : picture->height))
            picture->outside = true;
    }
}

static struct picture look_at(struct html html)
{
    struct picture picture = {0};
    size_t place = 0;
    assert_true(html.bytes.length > 0);
    if (!xml_check(html.bytes, note_attribute, &picture, &place))
        fail_msg("not well-formed at %zu of %.*s", place, SLICE_ARG(html.bytes));
    if (picture.style || picture.comma || picture.small_text || picture.not_a_number || picture.outside)
        fail_msg("style %d, comma %d, small text %d, not a number %d, outside %d in %.*s", picture.style,
                 picture.comma, picture.small_text, picture.not_a_number, picture.outside,
                 SLICE_ARG(html.bytes));
    return picture;
}

static bool has(struct html html, const char *text)
{
    return slice_find(html.bytes, slice_from_text(text)) < html.bytes.length;
}

static struct picture_strip a_strip(void)
{
    return (struct picture_strip){
        .id = "safety",
        .title = S("Safety: 3.7, probably 3.2 to 4.1"),
        .description = S("8 answers"),
        .low = 1,
        .high = 5,
        .value = 3.7,
        .line50_low = 3.5,
        .line50_high = 3.9,
        .line90_low = 3.2,
        .line90_high = 4.1,
        .guess = NAN,
    };
}

static void test_strip(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_strip strip = a_strip();
    struct html html = picture_strip(region, LANGUAGE_EN, &strip);
    struct picture picture = look_at(html);
    assert_int_equal(picture.classes_dot, 1);
    assert_int_equal(picture.classes_line50, 1);
    assert_int_equal(picture.classes_line90, 1);
    assert_int_equal(picture.classes_guess, 0);
    assert_true(has(
        html, "<svg class=\"pic pic-strip\" viewBox=\"0 0 320 40\" width=\"320\" height=\"40\" role=\"img\" "
              "aria-labelledby=\"safety-t safety-d\"><title id=\"safety-t\">Safety: 3.7, probably 3.2 to "
              "4.1</title><desc id=\"safety-d\">8 answers</desc>"));
    assert_true(has(html, "cx=\"211.8\"")); /* 12 + 2.7 / 4 * 296 */
    assert_true(has(html, ">1</text>"));
    assert_true(has(html, ">5</text>"));

    strip.guess = 4.5;
    strip.description = S("");
    html = picture_strip(region, LANGUAGE_EN, &strip);
    assert_int_equal(look_at(html).classes_guess, 1);
    assert_true(has(html, "aria-labelledby=\"safety-t\""));
    assert_false(has(html, "<desc"));
    region_free(region);
}

/* A hidden result gives nothing away: not a number, not a position, not the guess beside it. */
static void test_hidden_strip(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_strip strip = a_strip();
    strip.hidden = true;
    strip.guess = 2;
    struct html html = picture_strip(region, LANGUAGE_EN, &strip);
    struct picture picture = look_at(html);
    assert_int_equal(picture.classes_hidden, 1);
    assert_int_equal(
        picture.classes_dot + picture.classes_line50 + picture.classes_line90 + picture.classes_guess, 0);

    struct picture_strip other = {.id = strip.id,
                                  .title = strip.title,
                                  .description = strip.description,
                                  .low = 1,
                                  .high = 5,
                                  .value = 1.2,
                                  .guess = NAN,
                                  .hidden = true};
    assert_true(slice_equal(html.bytes, picture_strip(region, LANGUAGE_EN, &other).bytes));
    other.hidden = false;
    other.value = NAN;
    assert_true(slice_equal(html.bytes, picture_strip(region, LANGUAGE_EN, &other).bytes));
    region_free(region);
}

static const double odd_numbers[] = {0,       -0.0,     1,       5,   3.7,      -1e9,     1e9,
                                     DBL_MAX, -DBL_MAX, DBL_MIN, NAN, INFINITY, -INFINITY};

static void test_odd_strips(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(odd_numbers); i++) {
        for (size_t j = 0; j < COUNT_OF(odd_numbers); j++) {
            struct region *region = region_new(1 << 20);
            double x = odd_numbers[i];
            double y = odd_numbers[j];
            struct picture_strip strip = a_strip();
            strip.value = x;
            strip.guess = y;
            look_at(picture_strip(region, LANGUAGE_NL, &strip));
            strip = a_strip();
            strip.line50_low = x;
            strip.line50_high = y;
            strip.line90_low = y;
            strip.line90_high = x;
            look_at(picture_strip(region, LANGUAGE_NL, &strip));
            strip = a_strip();
            strip.low = x;
            strip.high = y;
            look_at(picture_strip(region, LANGUAGE_NL, &strip));
            region_free(region);
        }
    }
}

static const int64_t round_time = 1795440600;

static size_t a_series(struct picture_point *points)
{
    static const double values[] = {3.2, 3.4, NAN, 3.3, 3.9, 4.0};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        points[i] = (struct picture_point){
            .time = round_time + (int64_t)i * 14 * DAY_SECONDS,
            .value = values[i],
            .low = values[i] - 0.5,
            .high = values[i] + 0.5,
            .level = 3.2 + 0.1 * (double)i,
            .level_low = 3.0 + 0.1 * (double)i,
            .level_high = 3.4 + 0.1 * (double)i,
        };
    return COUNT_OF(values);
}

static struct picture_trend a_trend(const struct picture_point *points, size_t count)
{
    return (struct picture_trend){
        .id = "trend",
        .title = S("Van 3,2 naar 3,7"),
        .description = S("onzeker & <vaag>"),
        .low = 1,
        .high = 5,
        .points = points,
        .count = count,
        .now_label = S("3,7"),
    };
}

static void test_trend(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_point points[6];
    struct picture_trend trend = a_trend(points, a_series(points));
    struct html html = picture_trend(region, LANGUAGE_NL, &trend);
    struct picture picture = look_at(html);
    /* Twice each: narrow and wide. */
    assert_int_equal(picture.classes_dot, 2 * 5);
    assert_int_equal(picture.classes_line90, 2 * 5);
    assert_int_equal(picture.classes_hidden, 2 * 1);
    assert_int_equal(picture.classes_band, 2 * 1);
    assert_int_equal(picture.classes_level, 2 * 1);
    static const char *const parts[] = {
        "class=\"pic pic-trend pic-narrow\" viewBox=\"0 0 340 240\"",
        "class=\"pic pic-trend pic-wide\" viewBox=\"0 0 640 280\"",
        "aria-labelledby=\"trend-n-t trend-n-d\"",
        "aria-labelledby=\"trend-w-t trend-w-d\"",
        "<desc id=\"trend-w-d\">onzeker &amp; &lt;vaag&gt;</desc>",
        ">23 nov</text>",
        ">2026</text>",
        ">1 feb</text>",
        ">2027</text>",
        ">3,7</text>",
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!has(html, parts[i]))
            fail_msg("no %s in %.*s", parts[i], SLICE_ARG(html.bytes));
    region_free(region);
}

/* Years along the axis and a river's flow up it: numbers as they are, marks at the steps, and the event. */
static void test_numbers_instead_of_dates(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_point points[6];
    const double years[] = {1871, 1872, 1880.5, 1890, 1950, 1970};
    struct picture_trend trend = a_trend(points, a_series(points));
    for (size_t i = 0; i < COUNT_OF(points); i++)
        points[i] = (struct picture_point){0, 800 + 20 * (double)i, NAN, NAN, 900, 850, 950};
    trend.numbers = years;
    trend.low = 800;
    trend.high = 1200;
    trend.step = 100;
    struct html html = picture_trend(region, LANGUAGE_NL, &trend);
    struct picture picture = look_at(html);
    assert_int_equal(picture.classes_dot, 2 * 6);
    assert_true(has(html, ">1871</text>") && has(html, ">1970</text>"));
    assert_true(has(html, ">800</text>") && has(html, ">1.200</text>") && has(html, ">1.100</text>"));
    assert_false(has(html, "pic-event"));
    trend.has_event = true;
    trend.event = 1899;
    trend.low = 0.12;
    trend.high = 0.2;
    trend.step = 0.02;
    html = picture_trend(region, LANGUAGE_EN, &trend);
    look_at(html);
    assert_true(has(html, "pic-event"));
    assert_true(has(html, ">0.12</text>") && has(html, ">0.14</text>") && has(html, ">0.20</text>"));
    /* A step that would give too many marks is as none. */
    trend.step = 1e-9;
    html = picture_trend(region, LANGUAGE_EN, &trend);
    look_at(html);
    region_free(region);
}

static void test_an_axis_holds_its_values(void **state)
{
    (void)state;
    const double ends[][2] = {{1, 5}, {456, 1370}, {0.121, 0.198}, {-3, 4e9}, {7, 7}, {1e-9, 3e-9}, {5, 4}};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct picture_trend trend = {.count = 0};
        picture_trend_axis(&trend, ends[i][0], ends[i][1]);
        double marks = (trend.high - trend.low) / trend.step;
        assert_true(trend.low <= ends[i][0] && trend.high >= ends[i][1]);
        assert_true(marks > 1.9 && marks < 11.1);
        assert_true(fabs(marks - round(marks)) < 1e-6);
    }
}

static void test_columns(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    const struct slice labels[20] = {S("0"), S("1"), S("2 < 3")};
    const int64_t counts[20] = {1200, 0, 7};
    struct picture_columns columns = {"c", S("title"), S("description"), labels, counts, 3};
    struct html html = picture_columns(region, LANGUAGE_NL, &columns);
    look_at(html);
    assert_true(has(html, ">1.200</text>") && has(html, ">2 &lt; 3</text>"));
    assert_true(has(html, "<desc id=\"c-d\">description</desc>"));
    const char *first = strstr(html.bytes.data, "pic-column\"");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "pic-column\""));
    assert_null(strstr(strstr(first + 1, "pic-column\"") + 1, "pic-column\"")); /* none for a count of 0 */
    columns.count = 0;
    look_at(picture_columns(region, LANGUAGE_EN, &columns));
    columns.count = 20;
    look_at(picture_columns(region, LANGUAGE_EN, &columns));
    region_free(region);
}

/* Where no level is shown, band and line stop and begin anew. */
static void test_gaps(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_point points[6];
    struct picture_trend trend = a_trend(points, a_series(points));
    points[1].level = NAN;
    points[3].level_low = NAN;
    struct picture picture = look_at(picture_trend(region, LANGUAGE_NL, &trend));
    assert_int_equal(picture.classes_level, 2 * 2);
    assert_int_equal(picture.classes_band, 2 * 3);
    for (size_t i = 0; i < COUNT_OF(points); i++)
        points[i].value = points[i].level = NAN;
    struct html html = picture_trend(region, LANGUAGE_NL, &trend);
    picture = look_at(html);
    assert_int_equal(picture.classes_level + picture.classes_band + picture.classes_dot, 0);
    assert_int_equal(picture.classes_hidden, 2 * 6);
    assert_false(has(html, "pic-now"));
    region_free(region);
}

static void test_few_points(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_point points[6];
    a_series(points);
    struct picture_trend trend = a_trend(NULL, 0);
    struct picture picture = look_at(picture_trend(region, LANGUAGE_EN, &trend));
    assert_int_equal(picture.classes_dot + picture.classes_level, 0);
    trend = a_trend(points, 1);
    picture = look_at(picture_trend(region, LANGUAGE_EN, &trend));
    assert_int_equal(picture.classes_dot, 2);
    assert_int_equal(picture.classes_level, 2);
    /* Two at one moment. */
    points[1].time = points[0].time;
    trend = a_trend(points, 2);
    look_at(picture_trend(region, LANGUAGE_EN, &trend));
    /* Not in order of time, and as far apart as can be. */
    points[0].time = INT64_MIN;
    points[1].time = INT64_MAX;
    points[2].time = 0;
    trend = a_trend(points, 3);
    look_at(picture_trend(region, LANGUAGE_EN, &trend));
    region_free(region);
}

static void test_odd_trends(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(odd_numbers); i++) {
        for (size_t j = 0; j < COUNT_OF(odd_numbers); j++) {
            struct region *region = region_new(1 << 20);
            struct picture_point points[6];
            struct picture_trend trend = a_trend(points, a_series(points));
            points[2].value = odd_numbers[i];
            points[2].low = odd_numbers[j];
            points[3].level = odd_numbers[i];
            points[3].level_high = odd_numbers[j];
            trend.now_label = S("a label of surprising length");
            look_at(picture_trend(region, LANGUAGE_EN, &trend));
            trend.low = odd_numbers[i];
            trend.high = odd_numbers[j];
            trend.step = odd_numbers[(i + j) % COUNT_OF(odd_numbers)];
            trend.has_event = true;
            trend.event = odd_numbers[i];
            trend.numbers = odd_numbers;
            look_at(picture_trend(region, LANGUAGE_EN, &trend));
            region_free(region);
        }
    }
}

/* Date labels do not run into each other, however many rounds there are. */
static void test_many_points(void **state)
{
    (void)state;
    enum { MANY = 300 };
    struct region *region = region_new(8 << 20);
    struct picture_point *points = REGION_ARRAY(region, MANY, struct picture_point);
    for (int64_t i = 0; i < MANY; i++)
        points[i] = (struct picture_point){.time = round_time + i * 7 * DAY_SECONDS,
                                           .value = 3,
                                           .low = 2,
                                           .high = 4,
                                           .level = 3,
                                           .level_low = 2,
                                           .level_high = 4};
    struct picture_trend trend = a_trend(points, MANY);
    struct html html = picture_trend(region, LANGUAGE_NL, &trend);
    assert_int_equal(look_at(html).classes_dot, 2 * MANY);
    size_t ticks = 0;
    for (struct slice rest = html.bytes; rest.length > 0; ticks++)
        rest = slice_from(rest, slice_find(rest, S("pic-axis")) + 1);
    assert_in_range(ticks, 6, 14);
    region_free(region);
}

static void test_attacks(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    struct picture_point points[6];
    struct picture_strip strip = a_strip();
    struct picture_trend trend = a_trend(points, a_series(points));
    strip.title = strip.description = trend.title = trend.description = trend.now_label =
        S("</title><script>\"'&\x01\xC3</desc>");
    struct html html = picture_strip(region, LANGUAGE_EN, &strip);
    look_at(html);
    assert_false(has(html, "<script"));
    html = picture_trend(region, LANGUAGE_EN, &trend);
    look_at(html);
    assert_false(has(html, "<script"));
    region_free(region);
}

/* The check itself must be able to fail. */
static void test_xml_check(void **state)
{
    (void)state;
    static const char *const wrong[] = {"<a>",
                                        "<a></b>",
                                        "</a>",
                                        "<a",
                                        "<a b=c/>",
                                        "<a b=\"1\" b=\"2\"/>",
                                        "<a b=\"<\"/>",
                                        "<a>&x;</a>",
                                        "<a>&</a>",
                                        "text",
                                        "<a/>text",
                                        "<a b='1'/>",
                                        "<a>\x01</a>",
                                        "<a>\xC3</a>",
                                        "<a  b=\"1\"/>",
                                        "<a>></a>",
                                        "<a b=\"1\"c=\"2\"/>"};
    static const char *const right[] = {"", "<a/>", "<a b=\"1\" c=\"&quot;\">x &amp; y<b/></a><c></c>"};
    size_t place;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (xml_check(slice_from_text(wrong[i]), NULL, NULL, &place))
            fail_msg("%s passed", wrong[i]);
    for (size_t i = 0; i < COUNT_OF(right); i++)
        if (!xml_check(slice_from_text(right[i]), NULL, NULL, &place))
            fail_msg("%s failed", right[i]);
}

static int set_time_zone(void **state)
{
    (void)state;
    setenv("TZ", "Europe/Amsterdam", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml_check),
        cmocka_unit_test(test_strip),
        cmocka_unit_test(test_hidden_strip),
        cmocka_unit_test(test_odd_strips),
        cmocka_unit_test(test_trend),
        cmocka_unit_test(test_numbers_instead_of_dates),
        cmocka_unit_test(test_an_axis_holds_its_values),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_few_points),
        cmocka_unit_test(test_odd_trends),
        cmocka_unit_test(test_many_points),
        cmocka_unit_test(test_attacks),
    };
    return cmocka_run_group_tests_name("picture", tests, set_time_zone, NULL);
}
