#include "check.h"

static struct region *region;

static int open_region(void **state)
{
    (void)state;
    region = region_new(1 << 20);
    return region == NULL;
}

static int close_region(void **state)
{
    (void)state;
    region = region_free(region);
    return 0;
}

static struct json_reader reader(const char *text)
{
    return JSON_READER(slice_from_text(text), region);
}

TEST(nothing_is_no_json)
{
    struct slice text;
    int64_t number;
    struct json_reader json = JSON_READER((struct slice){0}, NULL);
    assert_false(json_read_object(&json));
    json = JSON_READER((struct slice){0}, NULL);
    assert_false(json_read_text(&json, &text));
    json = JSON_READER((struct slice){0}, NULL);
    assert_false(json_read_integer(&json, &number));
    assert_false(json_read_end(&json));
    json = reader("  ");
    assert_false(json_read_array(&json));
}

TEST(an_object_with_everything)
{
    struct json_reader json =
        reader(" {\"a\" : -12 ,\t\"b\":[ ],\"c\":[{\"d\":\"e\"},\n{}] , \"\":\"\"}\r\n");
    struct slice key, text;
    int64_t number = 0;
    assert_true(json_read_object(&json));
    assert_true(json_read_key(&json, &key));
    assert_slice(key, "a");
    assert_true(json_read_integer(&json, &number));
    assert_int_equal(number, -12);
    assert_true(json_read_key(&json, &key));
    assert_true(json_read_array(&json));
    assert_false(json_read_element(&json));
    assert_true(json_read_key(&json, &key));
    assert_slice(key, "c");
    assert_true(json_read_array(&json));
    assert_true(json_read_element(&json));
    assert_true(json_read_object(&json));
    assert_true(json_read_key(&json, &key));
    assert_true(json_read_text(&json, &text));
    assert_slice(text, "e");
    assert_false(json_read_key(&json, &key));
    assert_true(json_read_element(&json));
    assert_true(json_read_object(&json));
    assert_false(json_read_key(&json, &key));
    assert_false(json_read_element(&json));
    assert_true(json_read_key(&json, &key));
    assert_slice(key, "");
    assert_true(json_read_text(&json, &text));
    assert_slice(text, "");
    assert_false(json_read_key(&json, &key));
    assert_true(json_read_end(&json));
}

/* [1,...] as a list of integers; -1 when it is refused. */
static int64_t count_list(const char *text)
{
    struct json_reader json = reader(text);
    int64_t count = 0, number;
    json_read_array(&json);
    while (json_read_element(&json))
        count += json_read_integer(&json, &number);
    return json_read_end(&json) ? count : -1;
}

TEST(commas_stand_between_elements)
{
    assert_int_equal(count_list("[]"), 0);
    assert_int_equal(count_list(" [ 1 , 2 ] "), 2);
    const char *wrong[] = {"[,]", "[1,]",   "[,1]",   "[1 2]", "[1,,2]", "[1",  "[1,",
                           "[",   "1]",     "{1}",    "[1]]",  "[1]x",   "[1}", "\xEF\xBB\xBF[1]",
                           "",    "[1]\f[", "[1]\v ", "[[1]]", "[1 , ]"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(count_list(wrong[i]), -1);
    struct json_reader json = JSON_READER(S("[1]\0"), region);
    int64_t number;
    assert_true(json_read_array(&json) && json_read_element(&json) && json_read_integer(&json, &number));
    assert_false(json_read_element(&json));
    assert_false(json_read_end(&json)); /* NUL is no white space */
}

TEST(keys_are_texts_before_a_colon)
{
    const char *wrong[] = {"{a:1}", "{\"a\"}",    "{\"a\":}", "{\"a\" 1}",
                           "{1:1}", "{\"a\":1,}", "{\"a\":1", "{,}"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct json_reader json = reader(wrong[i]);
        struct slice key;
        int64_t number;
        json_read_object(&json);
        while (json_read_key(&json, &key))
            json_read_integer(&json, &number);
        assert_false(json_read_end(&json));
    }
}

static void assert_text(const char *json_text, struct slice expected)
{
    struct json_reader json = reader(json_text);
    struct slice text;
    assert_true(json_read_text(&json, &text));
    assert_true(json_read_end(&json));
    assert_int_equal(text.length, expected.length);
    assert_memory_equal(text.data, expected.data, expected.length);
}

TEST(escapes_are_decoded)
{
    assert_text("\"h\xC3\xABr\"", S("h\xC3\xABr"));
    assert_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", S("\"\\/\b\f\n\r\t"));
    assert_text("\"a\\u0041b\"", S("aAb"));
    assert_text("\"\\u00eb\\u00EB\\u20ac\"", S("\xC3\xAB\xC3\xAB\xE2\x82\xAC"));
    assert_text("\"\\ud83d\\ude00\"", S("\xF0\x9F\x98\x80"));
    assert_text("\"\\u007f\\uffff\\udbff\\udfff\"", S("\x7F\xEF\xBF\xBF\xF4\x8F\xBF\xBF"));
}

TEST(wrong_texts_are_refused)
{
    const char *wrong[] = {"\"",
                           "\"a",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\u0000\"",
                           "\"\\ud800\"",
                           "\"\\ud800x\"",
                           "\"\\udc00\"",
                           "\"\n\"",
                           "\"\x1F\"",
                           "\"\xC0\x80\"",
                           "\"\xFF\"",
                           "\"\xC3\"",
                           "'a'",
                           "\"\\ud800\\n\"",
                           "\"\\ud800\\ud800\"",
                           "\"\\u 041\""};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct json_reader json = reader(wrong[i]);
        struct slice text;
        assert_false(json_read_text(&json, &text));
        assert_true(json.failed);
        assert_false(json_read_end(&json));
    }
    struct json_reader json = JSON_READER(S("\"a\0b\""), region);
    struct slice text;
    assert_false(json_read_text(&json, &text));
}

TEST(without_memory_only_plain_texts)
{
    struct slice text;
    struct json_reader json = JSON_READER(S("\"plain\""), NULL);
    assert_true(json_read_text(&json, &text));
    json = JSON_READER(S("\"\\n\""), NULL);
    assert_false(json_read_text(&json, &text));
}

TEST(integers_are_exact)
{
    const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {" 7 ", 7},
                {"-7", -7},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct json_reader json = reader(good[i].text);
        int64_t value = 1;
        assert_true(json_read_integer(&json, &value));
        assert_true(json_read_end(&json));
        assert_int_equal(value, good[i].value);
    }
    const char *wrong[] = {"01", "-01",   "1.0", "1e3", "1E3", "+1", "-", "- 1", "9223372036854775808",
                           "x",  "\"1\"", "true"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct json_reader json = reader(wrong[i]);
        int64_t value;
        assert_false(json_read_integer(&json, &value));
        assert_false(json_read_end(&json));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_json),
        cmocka_unit_test(an_object_with_everything),
        cmocka_unit_test(commas_stand_between_elements),
        cmocka_unit_test(keys_are_texts_before_a_colon),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(without_memory_only_plain_texts),
        cmocka_unit_test(integers_are_exact),
    };
    return cmocka_run_group_tests(tests, open_region, close_region);
}
