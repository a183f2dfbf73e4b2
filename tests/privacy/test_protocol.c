#include "check.h"
#include "protocol_samples.h"

#include "privacy/seal.h"
#include "privacy/signature.h"

static struct error error;

/* ---- The committed vectors ------------------------------------------------------------------------------
 */

static int64_t integer(struct slice object, const char *key)
{
    int64_t value = -1;
    assert_true(slice_to_integer(reference_text(object, key), 0, INT64_MAX, &value));
    return value;
}

static void assert_bytes(struct slice object, const char *key, const void *bytes, size_t length,
                         struct region *region)
{
    assert_same(slice_from_bytes(bytes, length), reference_bytes(object, key, region));
}

static void check_descriptor(struct slice object, struct region *region)
{
    struct slice bytes = reference_bytes(object, "bytes", region), again;
    struct descriptor d;
    uint8_t rid[32];
    assert_ok(descriptor_read(bytes, region, &error, &d));
    descriptor_rid(bytes, rid);
    assert_bytes(object, "rid", rid, 32, region);
    assert_int_equal(d.org, integer(object, "org"));
    assert_same(d.organisation, reference_text(object, "organisation"));
    assert_int_equal(d.team, integer(object, "team"));
    assert_same(d.team_name, reference_text(object, "team_name"));
    assert_same(d.leader, reference_text(object, "leader"));
    assert_int_equal(d.round_number, integer(object, "round"));
    assert_same(d.form, reference_text(object, "form"));
    assert_int_equal(d.opens, integer(object, "opens"));
    assert_int_equal(d.closes, integer(object, "closes"));
    assert_int_equal(d.extended, integer(object, "extended"));
    assert_same(d.instrument, reference_text(object, "instrument"));
    assert_int_equal(d.instrument_version, integer(object, "instrument_version"));
    assert_bytes(object, "instrument_hash", d.instrument_hash, 32, region);
    struct slice items = reference_text(object, "items"), item;
    for (size_t i = 0; i < d.item_count; i++) {
        assert_true(slice_take(&items, ' ', &item));
        assert_same(d.items[i], item);
    }
    assert_false(slice_take(&items, ' ', &item));
    assert_same(d.promise, reference_text(object, "promise"));
    assert_int_equal(d.k, integer(object, "k"));
    assert_int_equal(d.roster_count, integer(object, "roster_count"));
    assert_bytes(object, "roster_root", d.roster_root.bytes, 32, region);
    assert_same(d.purpose, reference_text(object, "purpose"));
    assert_bytes(object, "spki", d.spki.data, d.spki.length, region);
    assert_ok(descriptor_write(&d, region, &error, &again));
    assert_same(again, bytes);
}

static void check_refused(struct slice object, struct region *region)
{
    struct descriptor d;
    enum error_code code = descriptor_read(reference_bytes(object, "bytes", region), region, &error, &d);
    if (code != ERROR_INPUT)
        print_error("accepted: %.*s\n", SLICE_ARG(reference_text(object, "why")));
    assert_int_equal(code, ERROR_INPUT);
}

/* "item value salt item value salt ..." */
static size_t cells_of(struct slice object, struct answer_cell *ret_cells)
{
    struct slice rest = reference_text(object, "cells"), value, salt;
    size_t count = 0;
    for (; slice_take(&rest, ' ', &ret_cells[count].item); count++) {
        int64_t number = -1;
        assert_true(slice_take(&rest, ' ', &value) && slice_take(&rest, ' ', &salt));
        assert_true(slice_to_integer(value, 0, 9, &number));
        assert_true(hex_decode(salt, ret_cells[count].salt, PROTOCOL_SALT_BYTES));
        ret_cells[count].value = (int)number;
    }
    return count;
}

static void check_cell_hashes(struct slice object, const struct answer_cell *cells, size_t count)
{
    struct slice rest = reference_text(object, "cell_hashes"), text;
    for (size_t i = 0; i < count; i++) {
        struct merkle_hash hash, expected;
        assert_true(slice_take(&rest, ' ', &text) && hex_decode(text, &expected, sizeof expected));
        cell_hash(&cells[i], &hash);
        assert_memory_equal(&hash, &expected, sizeof hash);
    }
}

static void check_answer(struct slice object, struct region *region)
{
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
    size_t count = cells_of(object, cells);
    const uint8_t *rid = (const uint8_t *)reference_bytes(object, "rid", region).data;
    const uint8_t *opk = (const uint8_t *)reference_bytes(object, "opk", region).data;
    const uint8_t *osig = (const uint8_t *)reference_bytes(object, "osig", region).data;
    const uint8_t *answer_id = (const uint8_t *)reference_bytes(object, "answer_id", region).data;
    int64_t version = integer(object, "version"), found = 0;
    struct slice text, body, receipt;
    uint8_t message[ANSWER_MESSAGE_BYTES];
    assert_ok(answer_text(rid, version, cells, count, region, &error, &text));
    assert_same(text, reference_bytes(object, "text", region));
    assert_ok(one_time_verify(opk, text, osig, &error));
    answer_message(rid, opk, message);
    assert_bytes(object, "message", message, sizeof message, region);
    check_cell_hashes(object, cells, count);

    assert_ok(answer_body_write(version, cells, count, region, &error, &body));
    assert_same(body, reference_bytes(object, "body", region));
    assert_int_equal(body.length, answer_body_size(count));
    struct answer_cell back[PROTOCOL_ITEMS_MAXIMUM];
    assert_ok(answer_body_read(body, count, &error, &found, back));
    assert_int_equal(found, version);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(back[i].value, cells[i].value);
        assert_memory_equal(back[i].salt, cells[i].salt, PROTOCOL_SALT_BYTES);
    }

    assert_ok(receipt_text(rid, answer_id, version, cells, count, region, &error, &receipt));
    assert_same(receipt, reference_bytes(object, "receipt", region));
    const uint8_t *log_public = (const uint8_t *)reference_bytes(object, "log_public", region).data;
    const uint8_t *log_signature = (const uint8_t *)reference_bytes(object, "log_signature", region).data;
    assert_ok(log_verify(log_public, receipt, log_signature, &error));
}

static void check_roster(struct slice object, struct region *region)
{
    struct merkle_hash leaf;
    const uint8_t *salt = (const uint8_t *)reference_bytes(object, "salt", region).data;
    roster_leaf(salt, integer(object, "person"), &leaf);
    assert_bytes(object, "leaf", leaf.bytes, sizeof leaf.bytes, region);
}

TEST(the_committed_vectors_hold)
{
    TEST_REGION(region);
    struct slice rest = reference_file("protocol_vectors.json", region), object;
    size_t refused = 0, others = 0;
    while (reference_next(&rest, &object)) {
        struct slice kind = reference_text(object, "kind");
        others += !slice_equal(kind, S("refused"));
        if (slice_equal(kind, S("descriptor"))) {
            check_descriptor(object, region);
        } else if (slice_equal(kind, S("refused"))) {
            check_refused(object, region);
            refused++;
        } else if (slice_equal(kind, S("answer"))) {
            check_answer(object, region);
        } else {
            assert_same(kind, S("roster"));
            check_roster(object, region);
        }
    }
    assert_int_equal(refused, COUNT_OF(sample_edits));
    assert_int_equal(others, 7);
}

/* ---- Descriptors ----------------------------------------------------------------------------------------
 */

static enum error_code write(const struct descriptor *d)
{
    TEST_REGION(region);
    struct slice bytes;
    return descriptor_write(d, region, &error, &bytes);
}

static struct slice repeated(char c, size_t length, struct region *region)
{
    char *text = region_allocate(region, length);
    memset(text, c, length);
    return slice_from_bytes(text, length);
}

#define assert_refused(change)                                                                               \
    do {                                                                                                     \
        struct descriptor d = sample_round();                                                                \
        change;                                                                                              \
        assert_int_equal(write(&d), ERROR_INPUT);                                                            \
    } while (0)

TEST(the_writer_refuses_what_does_not_fit)
{
    TEST_REGION(region);
    struct slice long_name = repeated('n', PROTOCOL_NAME_MAXIMUM + 1, region);
    assert_refused(d.org = 0);
    assert_refused(d.team = -1);
    assert_refused(d.organisation = S(""));
    assert_refused(d.organisation = long_name);
    assert_refused(d.team_name = S("a\nb"));
    assert_refused(d.leader = S("a\xff"));
    assert_refused(d.round_number = 0);
    assert_refused(d.form = S("other"));
    assert_refused(d.opens = -1);
    assert_refused(d.opens = d.closes);
    assert_refused(d.extended = d.closes - 1);
    assert_refused(d.extended = INT64_MAX);
    assert_refused(d.instrument = S("a b"));
    assert_refused(d.instrument_version = 0);
    assert_refused(d.item_count = 0);
    assert_refused(d.item_count = PROTOCOL_ITEMS_MAXIMUM + 1);
    assert_refused(d.items[1] = S("a b"));
    assert_refused(d.items[1] = d.items[2]);
    assert_refused(d.items[0] = S("other"));
    assert_refused(d.promise = S(""));
    assert_refused(d.promise = repeated('p', PROTOCOL_PROMISE_MAXIMUM + 1, region));
    assert_refused(d.k = 4);
    assert_refused(d.roster_count = -1);
    assert_refused(d.purpose = S(""));
    assert_refused(d.purpose = repeated('p', PROTOCOL_PURPOSE_MAXIMUM + 1, region));
    assert_refused(d.spki = S(""));
    assert_refused(d.spki = repeated('k', 1025, region));
}

TEST(the_largest_descriptor_fits)
{
    TEST_REGION(region);
    struct descriptor d = sample_round(), back;
    struct slice bytes;
    d.organisation = d.team_name = d.leader = repeated('n', PROTOCOL_NAME_MAXIMUM, region);
    d.promise = repeated('p', PROTOCOL_PROMISE_MAXIMUM, region);
    d.purpose = repeated('u', PROTOCOL_PURPOSE_MAXIMUM, region);
    d.spki = repeated('\xff', 1024, region);
    d.item_count = PROTOCOL_ITEMS_MAXIMUM;
    for (size_t i = 1; i < d.item_count; i++)
        d.items[i] = region_format(region, "abcdefghijklmnopqrstuv%02zu", i);
    assert_ok(descriptor_write(&d, region, &error, &bytes));
    assert_true(bytes.length <= PROTOCOL_DESCRIPTOR_MAXIMUM);
    assert_ok(descriptor_read(bytes, region, &error, &back));
    assert_int_equal(back.item_count, PROTOCOL_ITEMS_MAXIMUM);
}

TEST(no_prefix_and_no_changed_byte_reads_as_the_same_round)
{
    TEST_REGION(region);
    struct descriptor d = sample_round(), back;
    struct slice bytes, again;
    assert_ok(descriptor_write(&d, region, &error, &bytes));
    for (size_t length = 0; length < bytes.length; length++)
        assert_int_equal(descriptor_read(slice_part(bytes, 0, length), region, &error, &back), ERROR_INPUT);
    char *copy = region_allocate(region, bytes.length);
    memcpy(copy, bytes.data, bytes.length);
    struct slice changed = slice_from_bytes(copy, bytes.length);
    for (size_t i = 0; i < bytes.length; i++)
        for (int bit = 0; bit < 8; bit++) {
            copy[i] = (char)(copy[i] ^ 1 << bit);
            if (descriptor_read(changed, region, &error, &back) == OK) {
                assert_ok(descriptor_write(&back, region, &error, &again));
                assert_same(again, changed);
            }
            copy[i] = bytes.data[i];
        }
}

TEST(memory_that_ends_is_an_error)
{
    TEST_REGION(region);
    CLEANUP(region_cleanup) struct region *small = region_new(100);
    struct descriptor d = sample_round(), back;
    struct slice bytes, none;
    assert_int_equal(descriptor_write(&d, small, &error, &none), ERROR_MEMORY);
    assert_ok(descriptor_write(&d, region, &error, &bytes));
    assert_int_equal(descriptor_read(bytes, small, &error, &back), ERROR_MEMORY);
}

/* ---- Answers --------------------------------------------------------------------------------------------
 */

TEST(a_prepared_message_matches_only_its_round_and_key)
{
    uint8_t rid[32] = {1}, opk[65] = {4, 2}, prepared[PREPARED_MESSAGE_BYTES + 1] = {9};
    answer_message(rid, opk, prepared + 32);
    assert_memory_equal(prepared + 32, "hecht-answer-v1", 15);
    assert_true(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES), rid, opk));
    assert_false(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES - 1), rid, opk));
    assert_false(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES + 1), rid, opk));
    assert_false(answer_message_matches(S(""), rid, opk));
    prepared[0] = 8; /* the random part is free */
    assert_true(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES), rid, opk));
    for (size_t i = 32; i < PREPARED_MESSAGE_BYTES; i++) {
        prepared[i] ^= 1;
        assert_false(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES), rid, opk));
        prepared[i] ^= 1;
    }
    rid[31] = 1;
    assert_false(answer_message_matches(slice_from_bytes(prepared, PREPARED_MESSAGE_BYTES), rid, opk));
}

TEST(wrong_answers_are_refused)
{
    TEST_REGION(region);
    uint8_t rid[32] = {0};
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM + 1];
    struct slice text = S("untouched");
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        cells[i] = (struct answer_cell){.item = S("a"), .value = 1};
    assert_int_equal(answer_text(rid, 0, cells, 1, region, &error, &text), ERROR_INPUT);
    assert_int_equal(answer_text(rid, PROTOCOL_VERSION_MAXIMUM + 1, cells, 1, region, &error, &text),
                     ERROR_INPUT);
    assert_int_equal(answer_text(rid, 1, cells, 0, region, &error, &text), ERROR_INPUT);
    assert_int_equal(answer_text(rid, 1, cells, COUNT_OF(cells), region, &error, &text), ERROR_INPUT);
    assert_int_equal(answer_body_write(1, cells, 0, region, &error, &text), ERROR_INPUT);
    cells[0].value = 10;
    assert_int_equal(answer_text(rid, 1, cells, 1, region, &error, &text), ERROR_INPUT);
    assert_int_equal(answer_body_write(1, cells, 1, region, &error, &text), ERROR_INPUT);
    cells[0].value = -1;
    assert_int_equal(receipt_text(rid, rid, 1, cells, 1, region, &error, &text), ERROR_INPUT);
    cells[0].value = 1;
    cells[0].item = S("a\n");
    assert_int_equal(answer_text(rid, 1, cells, 1, region, &error, &text), ERROR_INPUT);
    assert_int_equal(receipt_text(rid, rid, 1, cells, 1, region, &error, &text), ERROR_INPUT);
    assert_same(text, S("untouched"));
}

TEST(wrong_bodies_are_refused)
{
    TEST_REGION(region);
    struct answer_cell cells[2] = {{.value = 9}, {.value = 0}}, back[2];
    struct slice body;
    int64_t version = -1;
    assert_ok(answer_body_write(7, cells, 2, region, &error, &body));
    assert_int_equal(body.length, 1 + 8 + 2 * 33);
    char copy[1 + 8 + 2 * 33];
    struct slice changed = slice_from_bytes(copy, sizeof copy);
    static const struct {
        size_t at;
        char value;
    } wrong[] = {{0, 0}, {0, 2}, {1, 1}, {1, (char)0x80}, {8, 0}, {9, 10}, {42, (char)0xff}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        memcpy(copy, body.data, sizeof copy);
        copy[wrong[i].at] = wrong[i].value;
        assert_int_equal(answer_body_read(changed, 2, &error, &version, back), ERROR_INPUT);
    }
    assert_int_equal(answer_body_read(slice_part(body, 0, body.length - 1), 2, &error, &version, back),
                     ERROR_INPUT);
    assert_int_equal(answer_body_read(body, 1, &error, &version, back), ERROR_INPUT);
    assert_int_equal(answer_body_read(body, 3, &error, &version, back), ERROR_INPUT);
    assert_int_equal(answer_body_read(S(""), 0, &error, &version, back), ERROR_INPUT);
    assert_int_equal(version, -1);
}

/* A hash of a cell is a Merkle leaf of the words of protocol.h. */
TEST(a_cell_hash_is_what_the_protocol_says)
{
    TEST_REGION(region);
    struct answer_cell cell = {.item = S("lr1"), .value = 4};
    memset(cell.salt, 0xab, sizeof cell.salt);
    struct slice text = region_format(region, "%checht-cell-v1 lr1 4 %s", 0,
                                      "abababababababababababababababababababababababababababababababab");
    uint8_t expected[32];
    struct merkle_hash hash;
    sha256(text, expected);
    cell_hash(&cell, &hash);
    assert_memory_equal(hash.bytes, expected, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committed_vectors_hold),
        cmocka_unit_test(the_writer_refuses_what_does_not_fit),
        cmocka_unit_test(the_largest_descriptor_fits),
        cmocka_unit_test(no_prefix_and_no_changed_byte_reads_as_the_same_round),
        cmocka_unit_test(memory_that_ends_is_an_error),
        cmocka_unit_test(a_prepared_message_matches_only_its_round_and_key),
        cmocka_unit_test(wrong_answers_are_refused),
        cmocka_unit_test(wrong_bodies_are_refused),
        cmocka_unit_test(a_cell_hash_is_what_the_protocol_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
