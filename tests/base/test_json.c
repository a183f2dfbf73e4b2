#include "check.h"

#include <float.h>

static struct buffer out = BUFFER(1 << 16);
static struct json_writer json;

static int fresh(void **state)
{
    (void)state;
    buffer_free(&out);
    json = JSON_WRITER(&out);
    return 0;
}

static int release(void **state)
{
    (void)state;
    buffer_free(&out);
    return 0;
}

static void assert_json(const char *text)
{
    assert_false(out.failed);
    assert_slice(buffer_slice(&out), text);
}

static void assert_failed(void)
{
    assert_true(out.failed);
    fresh(NULL);
}

TEST(empty_containers)
{
    json_write_object_begin(&json);
    json_write_object_end(&json);
    assert_json("{}");
    fresh(NULL);
    json.indent = true;
    json_write_array_begin(&json);
    json_write_array_begin(&json);
    json_write_array_end(&json);
    json_write_object_begin(&json);
    json_write_object_end(&json);
    json_write_array_end(&json);
    assert_json("[\n  [],\n  {}\n]");
}

TEST(a_document_may_be_one_value)
{
    json_write_text(&json, (struct slice){0});
    assert_json("\"\"");
    fresh(NULL);
    json_write_null(&json);
    assert_json("null");
}

TEST(bytes_are_base64url_without_padding)
{
    static const uint8_t bytes[] = {0xfb, 0xff, 0x00, 0x3e};
    json_write_object_begin(&json);
    json_write_bytes_member(&json, "a", slice_from_bytes(bytes, sizeof bytes));
    json_write_bytes_member(&json, "b", (struct slice){0});
    json_write_key(&json, "c");
    json_write_array_begin(&json);
    json_write_bytes(&json, slice_from_bytes(bytes, 1));
    json_write_bytes(&json, slice_from_bytes(bytes, 2));
    json_write_array_end(&json);
    json_write_object_end(&json);
    assert_json("{\"a\":\"-_8APg\",\"b\":\"\",\"c\":[\"-w\",\"-_8\"]}");
}

static void write_example(void)
{
    json_write_object_begin(&json);
    json_write_key(&json, "a");
    json_write_integer(&json, INT64_MIN);
    json_write_key(&json, "b");
    json_write_array_begin(&json);
    json_write_boolean(&json, true);
    json_write_boolean(&json, false);
    json_write_null(&json);
    json_write_object_begin(&json);
    json_write_key(&json, "");
    json_write_integer(&json, INT64_MAX);
    json_write_object_end(&json);
    json_write_array_end(&json);
    json_write_key(&json, "c");
    json_write_text(&json, S("d"));
    json_write_object_end(&json);
}

TEST(commas_and_nesting)
{
    write_example();
    assert_json(
        "{\"a\":-9223372036854775808,\"b\":[true,false,null,{\"\":9223372036854775807}],\"c\":\"d\"}");
}

TEST(indented)
{
    json.indent = true;
    write_example();
    assert_json("{\n"
                "  \"a\": -9223372036854775808,\n"
                "  \"b\": [\n"
                "    true,\n"
                "    false,\n"
                "    null,\n"
                "    {\n"
                "      \"\": 9223372036854775807\n"
                "    }\n"
                "  ],\n"
                "  \"c\": \"d\"\n"
                "}");
}

static void assert_text(struct slice s, const char *text)
{
    fresh(NULL);
    json_write_text(&json, s);
    assert_json(text);
}

TEST(texts_are_escaped)
{
    assert_text(S("\"\\/"), "\"\\\"\\\\/\"");
    assert_text(S("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
    assert_text(S("a\0b"), "\"a\\u0000b\"");
    assert_text(S("\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"");
    assert_text(S("Z\xC3\xBCrich \xF0\x9F\x90\x9F"), "\"Z\xC3\xBCrich \xF0\x9F\x90\x9F\"");
    fresh(NULL);
    json_write_object_begin(&json);
    json_write_key(&json, "a\"\n");
    json_write_null(&json);
    json_write_object_end(&json);
    assert_json("{\"a\\\"\\n\":null}");
}

TEST(invalid_utf8_is_replaced)
{
    assert_text(S("\xFF"), "\"\xEF\xBF\xBD\"");
    assert_text(S("a\xE2\x82z"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    assert_text(S("\xC3\""), "\"\xEF\xBF\xBD\\\"\"");
    assert_text(slice_part(S("\xC3\xBC"), 0, 1), "\"\xEF\xBF\xBD\"");
}

static void assert_real(double value, const char *text)
{
    fresh(NULL);
    json_write_real(&json, value);
    assert_json(text);
}

TEST(reals_are_short_and_read_back)
{
    assert_real(0, "0");
    assert_real(-0.0, "-0");
    assert_real(0.1, "0.1");
    assert_real(0.1 + 0.2, "0.30000000000000004");
    assert_real(1.0 / 3, "0.3333333333333333");
    assert_real(4.2, "4.2");
    assert_real(100, "100");
    assert_real(1e21, "1e+21");
    assert_real(DBL_MAX, "1.7976931348623157e+308");
    assert_real(-DBL_MAX, "-1.7976931348623157e+308");
    assert_real(__builtin_nan(""), "null");
    assert_real(__builtin_inf(), "null");
    assert_real(-__builtin_inf(), "null");
}

TEST(any_real_reads_back)
{
    struct random random;
    random_seeded_init(&random, 5);
    for (int i = 0; i < 20000; i++) {
        double value, back = 0;
        random_bytes(&random, &value, sizeof(value));
        if (!__builtin_isfinite(value))
            continue;
        fresh(NULL);
        json_write_real(&json, value);
        assert_true(slice_to_real(buffer_slice(&out), &back));
        assert_memory_equal(&value, &back, sizeof(value));
    }
}

TEST(values_outside_their_place_fail)
{
    json_write_object_begin(&json);
    json_write_null(&json); /* no key */
    assert_failed();
    json_write_object_begin(&json);
    json_write_array_begin(&json); /* no key */
    assert_failed();
    json_write_null(&json);
    json_write_null(&json); /* a second document */
    assert_failed();
    json_write_key(&json, "a"); /* a key without an object */
    assert_failed();
    json_write_array_begin(&json);
    json_write_key(&json, "a"); /* a key in an array */
    assert_failed();
    json_write_object_begin(&json);
    json_write_key(&json, "a");
    json_write_key(&json, "b"); /* a key without its value */
    assert_failed();
    json_write_object_begin(&json);
    json_write_key(&json, "a");
    json_write_object_end(&json); /* a key without its value */
    assert_failed();
    json_write_object_begin(&json);
    json_write_array_end(&json);
    assert_failed();
    json_write_array_begin(&json);
    json_write_object_end(&json);
    assert_failed();
    json_write_object_end(&json); /* nothing is open */
    assert_failed();
}

TEST(depth_has_a_maximum)
{
    for (int i = 0; i < JSON_DEPTH_MAXIMUM; i++)
        json_write_array_begin(&json);
    assert_false(out.failed);
    for (int i = 0; i < JSON_DEPTH_MAXIMUM; i++)
        json_write_array_end(&json);
    assert_false(out.failed);
    assert_int_equal(out.length, 2 * JSON_DEPTH_MAXIMUM);
    fresh(NULL);
    for (int i = 0; i < JSON_DEPTH_MAXIMUM + 5; i++)
        json_write_array_begin(&json);
    assert_true(out.failed);
    for (int i = 0; i < JSON_DEPTH_MAXIMUM + 5; i++)
        json_write_array_end(&json);
    assert_failed();
}

TEST(a_full_buffer_fails)
{
    CLEANUP(buffer_free) struct buffer small = BUFFER(5);
    struct json_writer writer = JSON_WRITER(&small);
    json_write_text(&writer, S("abcd"));
    assert_true(small.failed);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, fresh, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(empty_containers),
        FRESH(a_document_may_be_one_value),
        FRESH(bytes_are_base64url_without_padding),
        FRESH(commas_and_nesting),
        FRESH(indented),
        FRESH(texts_are_escaped),
        FRESH(invalid_utf8_is_replaced),
        FRESH(reals_are_short_and_read_back),
        FRESH(any_real_reads_back),
        FRESH(values_outside_their_place_fail),
        FRESH(depth_has_a_maximum),
        FRESH(a_full_buffer_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
