#include "check.h"

TEST(nothing_encodes_to_nothing)
{
    char text[1] = "x";
    hex_encode(NULL, 0, text);
    assert_string_equal(text, "");
    text[0] = 'x';
    base64url_encode(NULL, 0, text);
    assert_string_equal(text, "");
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(0);
    hex_append(&buffer, NULL, 0);
    base64url_append(&buffer, NULL, 0);
    assert_false(buffer.failed);
    size_t length = 77;
    assert_true(hex_decode((struct slice){0}, NULL, 0));
    assert_true(base64url_decode((struct slice){0}, NULL, 0, &length));
    assert_int_equal(length, 0);
    assert_true(base64url_decode_exactly((struct slice){0}, NULL, 0));
    assert_false(hex_decode((struct slice){0}, text, 1));
    assert_false(base64url_decode_exactly((struct slice){0}, text, 1));
}

TEST(hex_goes_there_and_back)
{
    unsigned char bytes[256], back[256];
    char text[513];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    hex_encode(bytes, sizeof(bytes), text);
    assert_memory_equal(text, "000102", 6);
    assert_string_equal(text + 506, "fdfeff");
    assert_true(hex_decode(slice_from_text(text), back, sizeof(back)));
    assert_memory_equal(bytes, back, sizeof(bytes));
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(512);
    hex_append(&buffer, bytes, sizeof(bytes));
    assert_slice(buffer_slice(&buffer), text);
    hex_append(&buffer, bytes, 1);
    assert_true(buffer.failed);
}

TEST(hex_is_strict)
{
    unsigned char bytes[2] = {7, 7};
    static const char *const refused[] = {"",     "0",    "00",   "000",  "00000",
                                          "00FF", "00fg", "0x00", " 000", "00:0"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(hex_decode(slice_from_text(refused[i]), bytes, 2));
    assert_false(hex_decode(S("0\0"), bytes, 1));
    assert_true(bytes[0] == 7 && bytes[1] == 7); /* untouched */
}

TEST(base64url_has_the_known_values)
{
    /* RFC 4648 section 10, without padding. */
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "-_-_"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        size_t length = strlen(pairs[i][0]);
        char text[16];
        unsigned char bytes[8];
        size_t decoded = 77;
        base64url_encode(pairs[i][0], length, text);
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(strlen(text), BASE64URL_LENGTH(length));
        assert_true(base64url_decode(slice_from_text(text), bytes, sizeof(bytes), &decoded));
        assert_int_equal(decoded, length);
        assert_memory_equal(bytes, pairs[i][0], length);
        assert_true(base64url_decode_exactly(slice_from_text(text), bytes, length));
        assert_false(base64url_decode_exactly(slice_from_text(text), bytes, length + 1));
        if (length > 0)
            assert_false(base64url_decode(slice_from_text(text), bytes, length - 1, &decoded));
    }
}

TEST(base64url_goes_there_and_back)
{
    struct random random;
    random_seeded_init(&random, 1);
    for (size_t length = 0; length < 70; length++) {
        unsigned char bytes[70], back[70];
        char text[BASE64URL_LENGTH(70) + 1];
        random_bytes(&random, bytes, length);
        base64url_encode(bytes, length, text);
        assert_true(base64url_decode_exactly(slice_from_text(text), back, length));
        assert_memory_equal(bytes, back, length);
        CLEANUP(buffer_free) struct buffer buffer = BUFFER(BASE64URL_LENGTH(length));
        base64url_append(&buffer, bytes, length);
        assert_slice(buffer_slice(&buffer), text);
        base64url_append(&buffer, "a", 1);
        assert_true(buffer.failed);
    }
}

TEST(base64url_has_one_text_for_one_value)
{
    unsigned char bytes[8] = {7};
    size_t length = 77;
    static const char *const refused[] = {
        "A",    "AAAAA",                  /* impossible lengths */
        "Zh",   "Zm9",   "Zn9vYh",        /* bits left over */
        "AB",   "AP",    "AAB",    "AAD", /* bits left over */
        "Zg==", "Zm8=",                   /* padding */
        "+/+/", "Zm 8",  "Zm8\n",  "Zm\xC3\xA4", "Zm.8",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(base64url_decode(slice_from_text(refused[i]), bytes, sizeof(bytes), &length));
    assert_false(base64url_decode(S("AA\0A"), bytes, sizeof(bytes), &length));
    assert_int_equal(length, 77);
    assert_int_equal(bytes[0], 7);
    assert_true(base64url_decode(S("AQ"), bytes, 1, &length));
    assert_true(base64url_decode(S("AAE"), bytes, 2, &length));
}

TEST(every_last_digit_is_canonical_once)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t two = 0, three = 0;
    for (size_t i = 0; i < 64; i++) {
        unsigned char bytes[3];
        const char text[] = {'A', 'A', digits[i]};
        two += base64url_decode_exactly(slice_from_bytes(text + 1, 2), bytes, 1);
        three += base64url_decode_exactly(slice_from_bytes(text, 3), bytes, 2);
    }
    assert_int_equal(two, 4);
    assert_int_equal(three, 16);
}

/* RFC 4648, section 10. */
TEST(base64_is_that_of_the_rfc)
{
    static const char *const texts[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    char back[8];
    for (size_t length = 0; length < COUNT_OF(texts); length++) {
        CLEANUP(buffer_free) struct buffer buffer = BUFFER(8);
        size_t decoded = 77;
        base64_append(&buffer, "foobar", length);
        assert_slice(buffer_slice(&buffer), texts[length]);
        assert_true(base64_decode(slice_from_text(texts[length]), back, sizeof back, &decoded));
        assert_int_equal(decoded, length);
        assert_memory_equal(back, "foobar", length);
        assert_true(base64_decode_exactly(slice_from_text(texts[length]), back, length));
        assert_false(base64_decode_exactly(slice_from_text(texts[length]), back, length + 1));
    }
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(8);
    base64_append(&buffer, "\xfb\xff", 2);
    assert_slice(buffer_slice(&buffer), "+/8=");
    assert_true(base64_decode_exactly(S("+/8="), back, 2));
}

TEST(base64_is_strict)
{
    static const char *const refused[] = {"Zg",       "Zg=",  "Zg===",    "Z===", "====",  "Zh==", "Zm9=",
                                          "Zm9v====", "-_8=", "Zg==Zg==", " Zg=", "Zg=\n", "Zm8*"};
    char bytes[8];
    size_t length = 77;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(base64_decode(slice_from_text(refused[i]), bytes, sizeof bytes, &length));
    assert_false(base64_decode(S("Zm9vYmFyZm9v"), bytes, sizeof bytes, &length));
    assert_int_equal(length, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_encodes_to_nothing),
        cmocka_unit_test(hex_goes_there_and_back),
        cmocka_unit_test(hex_is_strict),
        cmocka_unit_test(base64url_has_the_known_values),
        cmocka_unit_test(base64url_goes_there_and_back),
        cmocka_unit_test(base64url_has_one_text_for_one_value),
        cmocka_unit_test(every_last_digit_is_canonical_once),
        cmocka_unit_test(base64_is_that_of_the_rfc),
        cmocka_unit_test(base64_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
