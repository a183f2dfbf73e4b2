/* When pages are compressed, and that what comes out is what went in. */
#include "check.h"

#include <zlib.h>

#include "base/random.h"
#include "http/compress.h"

static struct http_response response_of(size_t length, const char *type)
{
    struct http_response response = {.body = BUFFER(HTTP_RESPONSE_MAXIMUM), .content_type = type};
    for (size_t i = 0; i < length; i++)
        buffer_append_byte(&response.body, (char)('a' + i % 7));
    return response;
}

/* Only for what this server's pages or the person asked for; never for what a page elsewhere made the browser fetch. */
TEST(who_asked)
{
    static const struct {
        const char *site, *accepts, *type;
        size_t length;
        bool wanted;
    } cases[] = {
        {"same-origin", "gzip", NULL, 5000, true},
        {"none", "gzip, deflate, br, zstd", NULL, 5000, true},
        {"same-origin", "*", NULL, 5000, true},
        {"cross-site", "gzip", NULL, 5000, false},
        {"same-site", "gzip", NULL, 5000, false},
        {"", "gzip", NULL, 5000, false},
        {"Same-Origin", "gzip", NULL, 5000, false},
        {"same-origin, none", "gzip", NULL, 5000, false},
        {"none ", "gzip", NULL, 5000, false},
        {"same-origin", "", NULL, 5000, false},
        {"same-origin", "br", NULL, 5000, false},
        {"same-origin", "gzip;q=0", NULL, 5000, false},
        {"same-origin", "gzip", "application/json", 5000, false},
        {"same-origin", "gzip", "text/html; charset=utf-8", 5000, false}, /* set by hand: nobody does */
        {"same-origin", "gzip", NULL, COMPRESS_FROM_BYTES, true},
        {"same-origin", "gzip", NULL, COMPRESS_FROM_BYTES - 1, false},
        {"same-origin", "gzip", NULL, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct incoming incoming = {.fetch_site = slice_from_text(cases[i].site),
                                    .accept_encoding = slice_from_text(cases[i].accepts)};
        struct http_response response = response_of(cases[i].length, cases[i].type);
        if (compress_wanted(&incoming, &response) != cases[i].wanted)
            fail_msg("case %zu", i);
        buffer_free(&response.body);
    }
    struct incoming silent = {.accept_encoding = S("gzip")};
    struct http_response response = response_of(5000, NULL);
    assert_false(compress_wanted(&silent, &response));
    buffer_free(&response.body);
}

static size_t unpack(const struct buffer *body, char *to, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)body->data,
                       .avail_in = (uInt)body->length,
                       .next_out = (Bytef *)to,
                       .avail_out = (uInt)room};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    inflateEnd(&stream);
    return (size_t)stream.total_out;
}

TEST(what_comes_out)
{
    static char before[1 << 20], after[1 << 20];
    struct random random;
    random_seeded_init(&random, 20261127);
    for (size_t length = 1; length < sizeof before; length = length * 3 + 1)
        for (int noise = 0; noise < 2; noise++) { /* noise gets no smaller, and is still right */
            struct buffer body = BUFFER(HTTP_RESPONSE_MAXIMUM);
            if (noise)
                random_bytes(&random, before, length);
            else
                memset(before, 'x', length);
            buffer_append_bytes(&body, before, length);
            assert_true(compress_body(&body));
            assert_true(noise || length < 2000 || body.length < length / 20);
            assert_int_equal(unpack(&body, after, sizeof after), length);
            assert_memory_equal(before, after, length);
            buffer_free(&body);
        }
}

/* Nothing of one page is in the stream of the next: the same page gives the same bytes, whatever came before. */
TEST(each_page_by_itself)
{
    struct buffer first = BUFFER(1 << 20), second = BUFFER(1 << 20), between = BUFFER(1 << 20);
    for (int i = 0; i < 500; i++) {
        buffer_format(&first, "<p>row %d of a page</p>", i);
        buffer_format(&second, "<p>row %d of a page</p>", i);
        buffer_format(&between, "<p>row %d of another page</p>", i * 7);
    }
    assert_true(compress_body(&first));
    assert_true(compress_body(&between));
    assert_true(compress_body(&second));
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    buffer_free(&first);
    buffer_free(&second);
    buffer_free(&between);
}

/* A page as long as its maximum could grow beyond it: then it stays as it is. */
TEST(no_room)
{
    struct buffer body = BUFFER(2000);
    for (int i = 0; i < 2000; i++)
        buffer_append_byte(&body, (char)('a' + i % 26));
    assert_false(body.failed);
    assert_false(compress_body(&body));
    assert_int_equal(body.length, 2000);
    assert_int_equal(body.data[27], 'b');
    buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asked),
        cmocka_unit_test(what_comes_out),
        cmocka_unit_test(each_page_by_itself),
        cmocka_unit_test(no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
