/* Header fields of a mail: whatever a name holds, it stays one field, and every line is as short as it has to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/header.h"
#include "net/smtp.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

static const char *text_of(struct slice text)
{
    static char written[4096];
    CLEANUP(buffer_free) struct buffer out = BUFFER(sizeof written - 1);
    header_write_text(&out, text);
    assert_false(out.failed);
    memcpy(written, out.length > 0 ? out.data : "", out.length);
    written[out.length] = '\0';
    return written;
}

static const char *mailbox_of(struct slice name, struct slice address)
{
    static char written[4096];
    CLEANUP(buffer_free) struct buffer out = BUFFER(sizeof written - 1);
    header_write_mailbox(&out, name, address);
    assert_false(out.failed);
    memcpy(written, out.data, out.length);
    written[out.length] = '\0';
    return written;
}

TEST(plain_words_stay_as_they_are)
{
    assert_string_equal(text_of(S("")), "");
    assert_string_equal(text_of(S("De Linde: 10 questions")), "De Linde: 10 questions");
    assert_string_equal(mailbox_of(S("Ada Owner"), S("ada@example.org")), "Ada Owner <ada@example.org>");
    assert_string_equal(mailbox_of(S(""), S("ada@example.org")), "<ada@example.org>");
}

TEST(other_letters_and_marks_are_encoded)
{
    assert_string_equal(text_of(S("Zoë")), "=?UTF-8?B?Wm/Dqw==?=");
    assert_string_equal(mailbox_of(S("Zoë"), S("zoe@example.org")), "=?UTF-8?B?Wm/Dqw==?= <zoe@example.org>");
    /* What would end a name, begin an address or look encoded already. */
    static const char *const NAMES[] = {
        "a,b", "a <x@evil.example>", "\"a\"", "a;b", "(a)", "=?UTF-8?B?QQ==?=", "a\\", "a:b", "a@b"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        assert_memory_equal(mailbox_of(slice_from_text(NAMES[i]), S("x@y")), "=?UTF-8?B?", 10);
    assert_memory_equal(text_of(S(" blank at the front")), "=?UTF-8?B?", 10);
    assert_memory_equal(text_of(S("=?UTF-8?B?QQ==?=")), "=?UTF-8?B?", 10);
}

static void assert_no_line_ends(const char *written)
{
    for (const char *at = written; *at != '\0'; at++)
        if (*at == '\r' || *at == '\n')
            assert_true(at[0] == '\r' && at[1] == '\n' && at[2] == ' ' && (at++, true));
}

TEST(line_ends_in_a_name_begin_no_field)
{
    static const char EVIL[] = "Eve\r\nBcc: all@example.org\r\n\r\nbody\nX: y\0z";
    struct slice evil = {EVIL, sizeof EVIL - 1};
    assert_no_line_ends(text_of(evil));
    assert_no_line_ends(mailbox_of(evil, S("eve@example.org")));
    assert_null(strstr(text_of(evil), "Bcc"));
    /* Decoded, there is no line end either. */
    assert_string_equal(text_of(S("a\r\nb")), "=?UTF-8?B?YSAgYg==?=");
}

TEST(long_texts_are_cut_between_characters)
{
    char name[600];
    for (size_t i = 0; i < 150; i++)
        memcpy(name + 4 * i, "\xF0\x9F\x90\x9F", 4); /* a fish of four bytes */
    for (size_t length = 4; length <= sizeof name; length += 4) {
        const char *written = text_of(slice_from_bytes(name, length));
        assert_no_line_ends(written);
        struct slice rest = slice_from_text(written), word;
        size_t decoded = 0;
        while (slice_take(&rest, ' ', &word)) {
            uint8_t bytes[64];
            size_t count;
            word = slice_trim(word);
            assert_in_range(word.length, 1, 75);
            assert_true(base64_decode(slice_part(word, 10, word.length - 12), bytes, sizeof bytes, &count));
            assert_int_equal(count % 4, 0);
            decoded += count;
        }
        assert_int_equal(decoded, length);
    }
    memset(name, 0xBF, sizeof name); /* no text at all: still ends, still in pieces */
    assert_no_line_ends(text_of(slice_from_bytes(name, sizeof name)));
}

TEST(addresses_that_are_none)
{
    static const char *const BAD[] = {
        "",      "a",       "@b",    "a@",      "a@b@c", "a b@c", "a@b>", "a@b\r\nRCPT TO:<c@d>",
        "<a@b>", "a@b,c@d", "a@b\n", "\"a\"@b", "a\t@b"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++)
        assert_false(header_address_is_good(slice_from_text(BAD[i])));
    assert_true(header_address_is_good(S("a.b+c@example.org")));
    assert_true(header_address_is_good(S("zo\xC3\xAB@voorbeeld.nl")));
}

TEST(servers_that_are_none)
{
    static const char *const BAD[] = {"",
                                      "mail.example.org",
                                      "smtp://mail.example.org",
                                      "http://mail.example.org:25",
                                      "smtp://:25",
                                      "smtp://mail.example.org:0",
                                      "smtp://mail.example.org:65536",
                                      "smtp://user:secret@mail.example.org:587",
                                      "smtp://mail.example.org:587/path",
                                      "smtp://mail example.org:587",
                                      "smtp://mail.example.org:587\r\n"};
    struct smtp_options options = {.from = "hecht@example.org"};
    struct error error = {0};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        options.url = BAD[i];
        assert_int_equal(smtp_check(&options, &error), ERROR_INPUT);
        assert_string_equal(error.reason, "smtp-url");
    }
    static const char *const GOOD[] = {"smtp://mail.example.org:587", "smtps://10.0.0.1:465/",
                                       "smtp://[::1]:25"};
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        options.url = GOOD[i];
        assert_int_equal(smtp_check(&options, &error), OK);
    }
    options.from = "Hecht <hecht@example.org>";
    assert_int_equal(smtp_check(&options, &error), ERROR_INPUT);
    assert_string_equal(error.reason, "mail-from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_as_they_are),
        cmocka_unit_test(other_letters_and_marks_are_encoded),
        cmocka_unit_test(line_ends_in_a_name_begin_no_field),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(addresses_that_are_none),
        cmocka_unit_test(servers_that_are_none),
    };
    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
