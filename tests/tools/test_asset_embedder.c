#include "asset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

struct file {
    const char *path;
    const char *text;
};

static enum error_code build(const struct file *files, size_t count, struct region *region,
                             struct error *error, struct asset_source *assets)
{
    for (size_t i = 0; i < count; i++)
        assets[i] =
            (struct asset_source){.source = {slice_from_text(files[i].path), slice_from_text(files[i].text)}};
    return assets_build(assets, count, region, error);
}

static void assert_slice(struct slice got, const char *expected)
{
    if (!slice_equal(got, slice_from_text(expected)))
        fail_msg("got %.*s, expected %s", SLICE_ARG(got), expected);
}

/* The digits are the first of what sha256sum says. */
static void test_names(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    struct error error = {0};
    struct asset_source assets[2];
    static const struct file files[] = {{"assets/b.txt", ""}, {"assets/app.css", "body{}"}};
    assert_int_equal(build(files, 2, region, &error, assets), OK);
    assert_slice(assets[0].path, "/assets/app.7c98040a54.css");
    assert_string_equal(assets[0].type, "text/css; charset=utf-8");
    assert_slice(assets[1].path, "/assets/b.e3b0c44298.txt");
    assert_int_equal(assets[0].gzip.length, 0); /* six bytes do not become less */
    assert_int_equal(build(files, 0, region, &error, assets), OK);
}

static void test_imports(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    struct error error = {0};
    struct asset_source assets[3];
    static const struct file files[] = {
        {"a.js", "import {x} from './b.js';\nimport \"./b.js\"; await import( './b.js' );\n"
                 "new Worker(new URL(\"./b.js\", import.meta.url));\n"
                 "const text = './b.js'; // ./b.js\nimport z from './b.js/c';"},
        {"b.js", "export const x = 1;\n"},
        {"c.css", "@import \"./d.css\";a{background:url(./b.js)}b{c:url( './b.js' )}d:'./b.js'"},
    };
    assert_int_equal(build(files, 3, region, &error, assets), ERROR_INPUT);
    assert_string_equal(error.detail, "a.js:5:16: assets/ has no 'b.js/c'");

    static const struct file good[] = {
        {"a.js", "import {x} from './b.js';\nimport \"./b.js\"; await import( './b.js' );\n"
                 "new URL(\"./b.js\", u);\nconst text = './b.js'; reimport('./b.js')"},
        {"b.js", "export const x = 1;\n"},
        {"c.css", "@import \"./b.js\";a{background:url(./b.js)}b{c:url( './b.js' )}d:'./b.js'"},
    };
    assert_int_equal(build(good, 3, region, &error, assets), OK);
    assert_slice(assets[1].path, "/assets/b.b40dedde60.js");
#define B "/assets/b.b40dedde60.js"
    assert_slice(assets[0].content, "import {x} from '" B "';\nimport \"" B "\"; await import( '" B "' );\n"
                                    "new URL(\"" B "\", u);\nconst text = './b.js'; reimport('./b.js')");
    assert_slice(assets[2].content,
                 "@import \"" B "\";a{background:url(" B ")}b{c:url( '" B "' )}d:'./b.js'");
}

/* A change in what is imported changes the name of what imports it. */
static void test_names_cover_imports(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    struct error error = {0};
    struct asset_source before[2];
    struct asset_source after[2];
    static const struct file old_files[] = {{"a.js", "import './b.js'"}, {"b.js", "1"}};
    static const struct file new_files[] = {{"a.js", "import './b.js'"}, {"b.js", "2"}};
    assert_int_equal(build(old_files, 2, region, &error, before), OK);
    assert_int_equal(build(new_files, 2, region, &error, after), OK);
    assert_false(slice_equal(before[0].path, after[0].path));
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        struct file files[2];
        const char *message;
    } cases[] = {
        {{{"a.js", "import './a.js'"}}, "a.js:1:9: a.js and this file import each other in a circle"},
        {{{"a.js", "import './b.js'"}, {"b.js", "\nimport './a.js'"}},
         "b.js:2:9: a.js and this file import each other in a circle"},
        {{{"a.js", "import './b.js'"}}, "a.js:1:9: assets/ has no 'b.js'"},
        {{{"a.exe", ""}}, "a.exe:1:1: no Content-Type is known for this ending"},
        {{{"A.js", ""}}, "A.js:1:1: an asset is named like name.ext, of a-z 0-9 - _"},
        {{{"a.min.js", ""}}, "a.min.js:1:1: an asset is named like name.ext, of a-z 0-9 - _"},
        {{{"x/a.js", ""}, {"y/a.js", ""}}, "the asset exists twice"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
        struct error error = {0};
        struct asset_source assets[2];
        size_t count = cases[i].files[1].path == NULL ? 1 : 2;
        assert_int_equal(build(cases[i].files, count, region, &error, assets), ERROR_INPUT);
        if (strstr(error.detail, cases[i].message) == NULL)
            fail_msg("%s", error.detail);
    }
}

static void test_gzip(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct error error = {0};
    struct asset_source asset;
    static char text[5000];
    memset(text, 'x', sizeof(text) - 1);
    const struct file file = {"a.txt", text};
    assert_int_equal(build(&file, 1, region, &error, &asset), OK);
    assert_in_range(asset.gzip.length, 10, 100);
    assert_memory_equal(asset.gzip.data, "\x1F\x8B\x08\x00\x00\x00\x00\x00", 8); /* no name, no time */

    unsigned char back[sizeof(text)];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)asset.gzip.data,
                       .avail_in = (unsigned)asset.gzip.length,
                       .next_out = back,
                       .avail_out = sizeof(back)};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    assert_memory_equal(back, text, sizeof(text) - 1);

    assets_write(&out, &asset, 1);
    assert_false(out.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_imports),
        cmocka_unit_test(test_names_cover_imports),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_gzip),
    };
    return cmocka_run_group_tests_name("asset_embedder", tests, NULL, NULL);
}
