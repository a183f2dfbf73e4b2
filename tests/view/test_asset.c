#include "view/asset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_find(void **state)
{
    (void)state;
    struct slice content;
    const char *type;
    bool gzip;
    struct slice path = asset_path("a.css");
    assert_true(slice_starts_with(path, S("/assets/a.")));
    assert_true(slice_ends_with(path, S(".css")));
    assert_int_equal(path.length, strlen("/assets/a.0123456789.css"));
    assert_true(asset_find(path, false, &content, &type, &gzip));
    assert_false(gzip);
    assert_string_equal(type, "text/css; charset=utf-8");
    assert_true(slice_starts_with(content, S("/* long enough")));
    size_t plain = content.length;
    assert_true(asset_find(path, true, &content, &type, &gzip));
    assert_true(gzip);
    assert_true(content.length < plain);
    assert_memory_equal(content.data, "\x1F\x8B", 2);

    assert_true(asset_find(asset_path("b.js"), true, &content, &type, &gzip));
    assert_false(gzip); /* it would not be smaller */
}

static void test_imports(void **state)
{
    (void)state;
    struct slice content;
    const char *type;
    bool gzip;
    char expected[200];
    snprintf(expected, sizeof(expected), "import {b} from '%.*s';\nb();\n", SLICE_ARG(asset_path("b.js")));
    assert_true(asset_find(asset_path("a.js"), false, &content, &type, &gzip));
    assert_true(slice_equal(content, slice_from_text(expected)));
}

static void test_unknown(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "", "/", "/assets/", "/assets/a.css", "a.css", "/assets/a.0000000000.css", "/assets/../a.css"};
    struct slice content;
    const char *type;
    bool gzip;
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_false(asset_find(slice_from_text(paths[i]), true, &content, &type, &gzip));
    assert_int_equal(asset_path("none.css").length, 0);
    assert_int_equal(asset_path("").length, 0);
    assert_int_equal(asset_path(NULL).length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_imports),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests_name("asset", tests, NULL, NULL);
}
