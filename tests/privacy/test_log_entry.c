#include "check.h"

#include "privacy/ledger.h"
#include "privacy/log_entry.h"
#include "privacy/seal.h"

static void fill(void *bytes, size_t length, uint8_t first)
{
    for (size_t i = 0; i < length; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)(first + i);
}

static struct log_entry close_entry(void)
{
    struct log_entry entry = {
        .kind = LOG_ENTRY_CLOSE,
        .roster = 12,
        .answers_known = LOG_ANSWERS_EXACT,
        .answers = 10,
        .issued = 11,
        .items = {S("promise"), S("q1")},
        .item_count = 2,
    };
    fill(entry.rid, 32, 0);
    fill(&entry.eligibility, 32, 32);
    fill(&entry.issuance, 32, 64);
    fill(&entry.cells[0], 32, 96);
    fill(&entry.cells[1], 32, 128);
    fill(entry.result, 32, 160);
    fill(entry.next_key, 32, 192);
    return entry;
}

static struct slice written(const struct log_entry *entry, struct region *region)
{
    struct error error = {0};
    struct slice bytes = {0};
    assert_ok(log_entry_write(entry, region, &error, &bytes));
    return bytes;
}

TEST(the_text_is_as_documented)
{
    TEST_REGION(region);
    struct log_entry entry = close_entry();
    assert_same(written(&entry, region),
                S("hecht-log-close-v1\n"
                  "rid 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
                  "roster 12\n"
                  "answers 10\n"
                  "issued 11\n"
                  "eligibility 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"
                  "issuance 404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\n"
                  "cells promise 606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f\n"
                  "cells q1 808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f\n"
                  "result a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf\n"
                  "next-key c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\n"));
    entry.answers_known = LOG_ANSWERS_AT_LEAST;
    entry.answers = 5;
    entry.issued = -1;
    struct slice text = written(&entry, region);
    assert_true(slice_find(text, S("\nanswers at-least-5\nissued withheld\n")) < text.length);
    entry.answers_known = LOG_ANSWERS_FEWER;
    text = written(&entry, region);
    assert_true(slice_find(text, S("\nanswers fewer-than-5\n")) < text.length);
    struct log_entry opening = {.kind = LOG_ENTRY_ROUND, .key_from = -1};
    text = written(&opening, region);
    assert_true(slice_ends_with(text, S("\nkey-from none\n")));
    opening.key_from = 3;
    text = written(&opening, region);
    assert_true(slice_starts_with(text, S("hecht-log-round-v1\nrid 0000")));
    assert_true(slice_ends_with(text, S("\nkey-from 3\n")));
}

static void there_and_back(const struct log_entry *entry, struct region *region)
{
    struct error error = {0};
    struct log_entry read;
    struct slice bytes = written(entry, region);
    assert_ok(log_entry_read(bytes, region, &error, &read));
    assert_int_equal(read.kind, entry->kind);
    assert_same(written(&read, region), bytes);
}

TEST(entries_go_there_and_back)
{
    TEST_REGION(region);
    struct log_entry entry = close_entry(), opening = {.kind = LOG_ENTRY_ROUND, .key_from = 65535};

    there_and_back(&entry, region);
    there_and_back(&opening, region);
    entry.roster = entry.answers = entry.issued = 1000000;
    entry.item_count = PROTOCOL_ITEMS_MAXIMUM; /* the largest */
    for (size_t i = 0; i < entry.item_count; i++) {
        entry.items[i] = region_format(region, "abcdefghijklmnopqrst%04zu", i);
    }
    there_and_back(&entry, region);
}

TEST(what_does_not_fit_is_not_written)
{
    TEST_REGION(region);
    struct error error = {0};
    struct slice bytes;
    struct log_entry wrong[9];
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i] = close_entry();
    wrong[0].kind = (enum log_entry_kind)9;
    wrong[1].item_count = 0;
    wrong[2].items[1] = S("Q 1");
    wrong[3].answers_known = (enum log_answers)0;
    wrong[4].answers = -1;
    wrong[5].issued = -2;
    wrong[6].roster = 1000001;
    wrong[7] = (struct log_entry){.kind = LOG_ENTRY_ROUND, .key_from = -2};
    wrong[8] = (struct log_entry){.kind = LOG_ENTRY_ROUND, .key_from = LOG_ENTRIES_MAXIMUM};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(log_entry_write(&wrong[i], region, &error, &bytes), ERROR_INPUT);
}

/* Each byte changed, each line left out, each line twice: refused, or another entry in canonical form. */
TEST(damaged_entries_are_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct log_entry entry = close_entry(), read;
    struct slice bytes = written(&entry, region);
    for (size_t i = 0; i < bytes.length; i++) {
        char copy[2048];
        memcpy(copy, bytes.data, bytes.length);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_int_equal(log_entry_read(slice_from_bytes(copy, bytes.length), region, &error, &read),
                         ERROR_INPUT);
        assert_int_equal(log_entry_read(slice_part(bytes, 0, i), region, &error, &read), ERROR_INPUT);
    }
    for (size_t from = 0, to; from < bytes.length; from = to) {
        to = from + slice_find_byte(slice_from(bytes, from), '\n') + 1;
        struct slice line = slice_part(bytes, from, to - from);
        struct slice without =
            region_format(region, "%.*s%.*s", (int)from, bytes.data, SLICE_ARG(slice_from(bytes, to)));
        struct slice twice = region_format(region, "%.*s%.*s%.*s", (int)to, bytes.data, SLICE_ARG(line),
                                           SLICE_ARG(slice_from(bytes, to)));
        bool cells = slice_starts_with(line, S("cells"));
        assert_int_equal(log_entry_read(without, region, &error, &read), cells ? OK : ERROR_INPUT);
        assert_int_equal(log_entry_read(twice, region, &error, &read), cells ? OK : ERROR_INPUT);
    }
    struct slice more = region_format(region, "%.*s\n", SLICE_ARG(bytes));
    assert_int_equal(log_entry_read(more, region, &error, &read), ERROR_INPUT);
    assert_int_equal(log_entry_read(S(""), region, &error, &read), ERROR_INPUT);
    assert_string_equal(error.reason, "log-entry");
}

TEST(numbers_have_one_form)
{
    TEST_REGION(region);
    struct error error = {0};
    struct log_entry read;
    static const char *const refused[] = {"05",        "-0",       "+5",       "",
                                          " 5",        "5 ",       "1.0",      "at-least-05",
                                          "at-least-", "at-least", "withheld", "9223372036854775808"};
    struct log_entry entry = close_entry();
    struct slice bytes = written(&entry, region);
    size_t at = slice_find(bytes, S("answers 10")) + 8;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct slice text = region_format(region, "%.*s%s%.*s", (int)at, bytes.data, refused[i],
                                          SLICE_ARG(slice_from(bytes, at + 2)));
        assert_int_equal(log_entry_read(text, region, &error, &read), ERROR_INPUT);
    }
}

/* ---- Leaves -------------------------------------------------------------------------------------- */

static void assert_leaf_of(const struct merkle_hash *leaf, const void *data, size_t length)
{
    struct merkle_hash expected;
    merkle_leaf(slice_from_bytes(data, length), &expected);
    assert_memory_equal(leaf, &expected, sizeof expected);
}

TEST(leaves_are_as_documented)
{
    uint8_t salt[32], hash[32], opk[65], signature[256], data[1024];
    struct merkle_hash leaf;
    fill(salt, 32, 1);
    fill(hash, 32, 2);
    fill(opk, 65, 4);
    fill(signature, 256, 9);

    memcpy(data, "hecht-pad-v1", 12);
    memcpy(data + 12, salt, 32);
    pad_leaf(salt, &leaf);
    assert_leaf_of(&leaf, data, 44);

    memcpy(data, salt, 32);
    memcpy(data + 32,
           "hecht-issuance-v1\0"
           "77\0"
           "not-issued",
           31);
    issuance_leaf(salt, 77, NULL, S(""), &leaf);
    assert_leaf_of(&leaf, data, 63);
    memcpy(data + 53, "issued", 6);
    memcpy(data + 59, hash, 32);
    issuance_leaf(salt, 77, hash, S(""), &leaf);
    assert_leaf_of(&leaf, data, 91);
    memcpy(data + 91, signature, 64);
    issuance_leaf(salt, 77, hash, slice_from_bytes(signature, 64), &leaf);
    assert_leaf_of(&leaf, data, 155);

    memcpy(data, salt, 32); /* m: prefix, tag, rid, SHA-256(opk) */
    memcpy(data + 32, "hecht-answer-v1", 15);
    memcpy(data + 47, hash, 32);
    sha256(slice_from_bytes(opk, 65), data + 79);
    memcpy(data + 111, opk, 65);
    memcpy(data + 176, signature, 256);
    eligibility_leaf(salt, hash, opk, slice_from_bytes(signature, 256), &leaf);
    assert_leaf_of(&leaf, data, 432);
}

TEST(a_device_signs_round_and_blinded_message)
{
    uint8_t rid[32], hash[32], data[DEVICE_MESSAGE_BYTES], message[DEVICE_MESSAGE_BYTES];
    fill(rid, 32, 1);
    fill(hash, 32, 4);
    device_message(rid, hash, message);
    memcpy(data, "hecht-token-v1", 14);
    memcpy(data + 14, rid, 32);
    memcpy(data + 46, hash, 32);
    assert_memory_equal(message, data, sizeof message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_as_documented),
        cmocka_unit_test(entries_go_there_and_back),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(damaged_entries_are_refused),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(leaves_are_as_documented),
        cmocka_unit_test(a_device_signs_round_and_blinded_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
