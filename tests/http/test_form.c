#include "check.h"

#include "http/form.h"

enum { REGION_MAXIMUM = 1 << 20 };

/* The fields as "name=value|name=value" after decoding, or the reason of the refusal with a '!'. */
static const char *parse(struct slice text, enum form_kind kind, struct region *region)
{
    struct error error = {0};
    struct http_fields fields;
    if (form_parse(text, kind, region, &error, &fields) != OK)
        return region_text(region, region_format(region, "!%s", error.reason));
    CLEANUP(buffer_free) struct buffer out = BUFFER(REGION_MAXIMUM);
    for (size_t i = 0; i < fields.count; i++) {
        if (i > 0)
            buffer_append_byte(&out, '|');
        buffer_append(&out, fields.items[i].name);
        buffer_append_byte(&out, '=');
        buffer_append(&out, fields.items[i].value);
    }
    return region_text(region, buffer_slice(&out));
}

static const struct {
    struct slice text;
    const char *body;
    const char *query; /* NULL: the same */
} cases[] = {
    {{NULL, 0}, "", NULL},
    {{"", 0}, "", NULL},
    {{"a=1", 3}, "a=1", NULL},
    {{"a", 1}, "a=", NULL},
    {{"a=", 2}, "a=", NULL},
    {{"a=1=2", 5}, "a=1=2", NULL},
    {{"a=1&b=2", 7}, "a=1|b=2", NULL},
    {{"a+b=c+d", 7}, "a b=c d", NULL},
    {{"a=%2B%26%3D", 11}, "a=+&=", NULL},
    {{"a%5B%5D=1&a[]=2", 15}, "a[]=1|a[]=2", NULL},
    {{"a=%C3%A9", 8}, "a=\xC3\xA9", NULL},
    {{"a=%c3%a9", 8}, "a=\xC3\xA9", NULL},
    {{"a=\xC3\xA9", 4}, "a=\xC3\xA9", NULL},
    {{"a=%0D%0A%09", 11}, "a=\r\n\t", NULL},
    /* Bad escapes: at the end, with other characters, double. */
    {{"a=%", 3}, "!form-syntax", "!query-syntax"},
    {{"a=%4", 4}, "!form-syntax", "!query-syntax"},
    {{"a=%4g", 5}, "!form-syntax", "!query-syntax"},
    {{"a=%g4", 5}, "!form-syntax", "!query-syntax"},
    {{"a=%%41", 6}, "!form-syntax", "!query-syntax"},
    {{"a=%+1", 5}, "!form-syntax", "!query-syntax"},
    {{"a=%-1", 5}, "!form-syntax", "!query-syntax"},
    {{"%=1", 3}, "!form-syntax", "!query-syntax"},
    /* Not UTF-8: overlong '/', a surrogate, a lone continuation, cut off, above the end. */
    {{"a=%C0%AF", 8}, "!form-syntax", "!query-syntax"},
    {{"a=%E0%80%AF", 11}, "!form-syntax", "!query-syntax"},
    {{"a=%ED%A0%80", 11}, "!form-syntax", "!query-syntax"},
    {{"a=%80", 5}, "!form-syntax", "!query-syntax"},
    {{"a=%E2%82", 8}, "!form-syntax", "!query-syntax"},
    {{"a=%F4%90%80%80", 14}, "!form-syntax", "!query-syntax"},
    /* A sequence must not be put together from a name and a value. */
    {{"%C3=%A9", 7}, "!form-syntax", "!query-syntax"},
    /* NUL, escaped (also overlong) and bare; other bare control characters. */
    {{"a=%00", 5}, "!form-syntax", "!query-syntax"},
    {{"a%00b=1", 7}, "!form-syntax", "!query-syntax"},
    {{"a=%C0%80", 8}, "!form-syntax", "!query-syntax"},
    {{"a=\0b", 4}, "!form-syntax", "!query-syntax"},
    {{"a=1\r\n", 5}, "!form-syntax", "!query-syntax"},
    {{"a=\x7F", 3}, "!form-syntax", "!query-syntax"},
    /* No name, empty pairs, repeated names. */
    {{"=1", 2}, "!form-syntax", "!query-syntax"},
    {{"=", 1}, "!form-syntax", "!query-syntax"},
    {{"&", 1}, "!form-syntax", ""},
    {{"a=1&", 4}, "!form-syntax", "a=1"},
    {{"&a=1", 4}, "!form-syntax", "a=1"},
    {{"a=1&&b=2", 8}, "!form-syntax", "a=1|b=2"},
    {{"a=1&a=2", 7}, "!form-repeated", "a=1|a=2"},
    {{"a=1&%61=2", 9}, "!form-repeated", "a=1|a=2"},
    {{"a=1&b=2&a=1", 11}, "!form-repeated", "a=1|b=2|a=1"},
    {{"a=1&A=2", 7}, "a=1|A=2", NULL},
    {{"a[]b=1&a[]b=2", 13}, "!form-repeated", "a[]b=1|a[]b=2"},
};

TEST(each_case_gives_its_fields_or_its_reason)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *query = cases[i].query == NULL ? cases[i].body : cases[i].query;
        assert_string_equal(parse(cases[i].text, FORM_BODY, region), cases[i].body);
        assert_string_equal(parse(cases[i].text, FORM_QUERY, region), query);
    }
}

static struct slice many_fields(struct region *region, int count)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(REGION_MAXIMUM);
    for (int i = 0; i < count; i++)
        buffer_format(&text, "%sf%d=x", i == 0 ? "" : "&", i);
    return region_copy(region, buffer_slice(&text));
}

TEST(the_maximum_of_fields_is_exact)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    struct error error = {0};
    struct http_fields fields = {0};
    assert_int_equal(form_parse(many_fields(region, HTTP_FIELDS_MAXIMUM), FORM_BODY, region, &error, &fields),
                     OK);
    assert_int_equal(fields.count, HTTP_FIELDS_MAXIMUM);
    assert_slice(fields.items[HTTP_FIELDS_MAXIMUM - 1].name, "f399");
    assert_string_equal(parse(many_fields(region, HTTP_FIELDS_MAXIMUM + 1), FORM_BODY, region),
                        "!form-too-many-fields");
    assert_string_equal(parse(many_fields(region, HTTP_FIELDS_MAXIMUM + 1), FORM_QUERY, region),
                        "!form-too-many-fields");
}

TEST(without_memory_the_result_is_untouched)
{
    CLEANUP(region_cleanup) struct region *region = region_new(10);
    struct error error = {0};
    struct http_fields fields = {.count = 77};
    assert_int_equal(form_parse(S("a=1&b=2"), FORM_BODY, region, &error, &fields), ERROR_MEMORY);
    assert_int_equal(fields.count, 77);
    assert_int_equal(form_parse(S("a=%"), FORM_BODY, region, &error, &fields), ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_gives_its_fields_or_its_reason),
        cmocka_unit_test(the_maximum_of_fields_is_exact),
        cmocka_unit_test(without_memory_the_result_is_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
