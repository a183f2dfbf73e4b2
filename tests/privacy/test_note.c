#include "check.h"

#include "privacy/note.h"
#include "privacy/proquint.h"
#include "privacy/seal.h"

static const uint8_t seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                                 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
/* Of RFC 8032, 7.1, test 1. */
static const uint8_t public_key[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                                       0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                                       0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
#define NAME S("example.org/log")
#define TEXT S("example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")

static struct slice signed_note(struct region *region)
{
    struct error error = {0};
    struct slice note = {0};
    assert_ok(note_sign(TEXT, NAME, seed, public_key, region, &error, &note));
    return note;
}

/* The note with one text in it replaced. */
static struct slice replaced(struct slice note, struct slice old, struct slice new, struct region *region)
{
    size_t at = slice_find(note, old);
    assert_true(at < note.length);
    return region_format(region, "%.*s%.*s%.*s", (int)at, note.data, SLICE_ARG(new),
                         SLICE_ARG(slice_from(note, at + old.length)));
}

TEST(a_note_is_signed_read_and_verified)
{
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    struct checkpoint checkpoint;
    struct slice bytes = signed_note(region);
    assert_true(slice_starts_with(bytes, TEXT));
    assert_true(slice_starts_with(slice_from(bytes, TEXT.length), S("\n\xe2\x80\x94 example.org/log ")));
    assert_ok(note_read(bytes, region, &error, &note));
    assert_same(note.text, TEXT);
    assert_int_equal(note.signature_count, 1);
    assert_same(note.signatures[0].name, NAME);
    assert_int_equal(note.signatures[0].bytes.length, 64);
    assert_ok(note_verify(&note, NAME, public_key, &error));
    assert_ok(checkpoint_open(bytes, NAME, public_key, region, &error, &checkpoint));
    assert_int_equal(checkpoint.size, 0);
    struct merkle_hash root;
    merkle_list_root(NULL, 0, &root);
    assert_memory_equal(&checkpoint.root, &root, sizeof root);
}

/* The key of the example in C2SP's signed-note:
 * PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW */
TEST(key_ids_are_those_of_c2sp)
{
    uint8_t key[33], id[4], expected[4];
    assert_true(base64_decode_exactly(S("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), key, sizeof key));
    assert_true(hex_decode(S("c74f20a3"), expected, sizeof expected));
    assert_int_equal(key[0], NOTE_ED25519);
    note_key_id(S("PeterNeumann"), NOTE_ED25519, key + 1, id);
    assert_memory_equal(id, expected, sizeof id);
}

TEST(a_note_of_others_is_verified)
{
    static const char text[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6K"
        "E6RyyBwJnAM=\n";
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    uint8_t key[33];
    assert_true(base64_decode_exactly(S("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), key, sizeof key));
    assert_ok(note_read(slice_from_text(text), region, &error, &note));
    assert_ok(note_verify(&note, S("PeterNeumann"), key + 1, &error));
}

TEST(a_false_signature_is_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    struct slice bytes = replaced(signed_note(region), S("log\n0\n"), S("log\n1\n"), region);
    assert_ok(note_read(bytes, region, &error, &note));
    assert_int_equal(note_verify(&note, NAME, public_key, &error), ERROR_CRYPTO);
    assert_ok(note_read(signed_note(region), region, &error, &note));
    assert_int_equal(note_verify(&note, S("example.org/other"), public_key, &error), ERROR_CRYPTO);
    assert_int_equal(note_verify(&note, NAME, seed, &error), ERROR_CRYPTO); /* another key */
    note.signatures[0].bytes.length = 63;
    assert_int_equal(note_verify(&note, NAME, public_key, &error), ERROR_CRYPTO);
    note.signature_count = 0;
    assert_int_equal(note_verify(&note, NAME, public_key, &error), ERROR_CRYPTO);
}

/* One good signature does not excuse a false one of the same key; those of strangers are passed over. */
TEST(all_signatures_of_a_known_key_must_hold)
{
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    struct slice good = signed_note(region), line;
    assert_ok(cosignature_make(TEXT, 7, S("witness"), seed, public_key, region, &error, &line));
    struct slice both = region_format(region, "%.*s%.*s", SLICE_ARG(good), SLICE_ARG(line));
    assert_ok(note_read(both, region, &error, &note));
    assert_ok(note_verify(&note, NAME, public_key, &error));
    note.signatures[1] = note.signatures[0];
    uint8_t damaged[64];
    memcpy(damaged, note.signatures[0].bytes.data, sizeof damaged);
    damaged[5] ^= 1;
    note.signatures[1].bytes = slice_from_bytes(damaged, sizeof damaged);
    assert_int_equal(note_verify(&note, NAME, public_key, &error), ERROR_CRYPTO);
}

TEST(what_is_no_note_is_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    static const char *const refused[] = {
        "",
        "\n",
        "\n\n",
        "text",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        "\n\xe2\x80\x94 a AAAAAAA=\n",
        "text\n\n\xe2\x80\x94 a AAAAAAA=",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n\xe2\x80\x94 a\n",
        "text\n\n\xe2\x80\x94  AAAAAAA=\n",
        "text\n\n\xe2\x80\x94 a+b AAAAAAA=\n",
        "text\n\n\xe2\x80\x94 a AAAAAA==\n",
        "text\n\n\xe2\x80\x94 a AAAAAAA\n",
        "text\n\n\xe2\x80\x94 a b AAAAAAA=\n",
        "te\tt\n\n\xe2\x80\x94 a AAAAAAA=\n",
        "te\xfft\n\n\xe2\x80\x94 a AAAAAAA=\n",
        "text\r\n\r\n\xe2\x80\x94 a AAAAAAA=\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (note_read(slice_from_text(refused[i]), region, &error, &note) == OK) {
            print_error("taken: %s\n", refused[i]);
            fail();
        }
        assert_int_equal(error.code, ERROR_INPUT);
    }
    assert_ok(note_read(S("text\n\nmore\n\n\xe2\x80\x94 a AAAAAAA=\n"), region, &error, &note));
    assert_same(note.text, S("text\n\nmore\n")); /* the last empty line separates */
    CLEANUP(buffer_free) struct buffer many = BUFFER(1 << 16);
    buffer_append_text(&many, "text\n\n");
    for (int i = 0; i < NOTE_SIGNATURES_MAXIMUM; i++)
        buffer_append_text(&many, "\xe2\x80\x94 a AAAAAAA=\n");
    assert_ok(note_read(buffer_slice(&many), region, &error, &note));
    assert_int_equal(note.signature_count, NOTE_SIGNATURES_MAXIMUM);
    buffer_append_text(&many, "\xe2\x80\x94 a AAAAAAA=\n");
    assert_int_equal(note_read(buffer_slice(&many), region, &error, &note), ERROR_LIMIT);
}

TEST(what_a_note_cannot_hold_is_not_signed)
{
    TEST_REGION(region);
    struct error error = {0};
    struct slice note;
    char *large = region_allocate(region, NOTE_TEXT_MAXIMUM + 1);
    memset(large, 'x', NOTE_TEXT_MAXIMUM + 1);
    large[NOTE_TEXT_MAXIMUM] = '\n';
    struct slice texts[] = {S(""), S("text"), S("te\rxt\n"), S("te\xfft\n"),
                            slice_from_bytes(large, NOTE_TEXT_MAXIMUM + 1)};
    struct slice names[] = {S(""), S("a b"), S("a+b"), S("a\n")};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(note_sign(texts[i], NAME, seed, public_key, region, &error, &note), ERROR_INPUT);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(note_sign(TEXT, names[i], seed, public_key, region, &error, &note), ERROR_INPUT);
}

TEST(checkpoints_go_there_and_back)
{
    TEST_REGION(region);
    struct error error = {0};
    static const uint64_t sizes[] = {0, 1, 9, 10, 4294967296, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct checkpoint written = {.origin = S("hecht-00/team/7"), .size = sizes[i]}, read;
        struct slice text;
        random_bytes(random_system(), written.root.bytes, sizeof written.root.bytes);
        assert_ok(checkpoint_write(&written, region, &error, &text));
        assert_ok(checkpoint_read(text, &error, &read));
        assert_same(read.origin, written.origin);
        assert_int_equal(read.size, written.size);
        assert_memory_equal(&read.root, &written.root, sizeof read.root);
    }
    struct checkpoint too_large = {.origin = S("o"), .size = (uint64_t)INT64_MAX + 1};
    struct slice text;
    assert_int_equal(checkpoint_write(&too_large, region, &error, &text), ERROR_INPUT);
}

TEST(checkpoints_are_read_strictly)
{
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    static const char *const refused[] = {
        "o\n1\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o o\n1\n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n-0\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n 1\n" ROOT "\n",
        "o\n9223372036854775808\n" ROOT "\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n",
        "o\n1\n" ROOT "\n\n",
        "o\n1\n" ROOT "\nextension\n\n",
    };
    struct error error = {0};
    struct checkpoint checkpoint;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_int_equal(checkpoint_read(slice_from_text(refused[i]), &error, &checkpoint), ERROR_INPUT);
    assert_ok(checkpoint_read(S("o\n1\n" ROOT "\nextension\n"), &error, &checkpoint));
#undef ROOT
}

TEST(a_checkpoint_of_another_log_is_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct checkpoint checkpoint;
    struct slice note;
    assert_ok(note_sign(TEXT, S("example.org/other"), seed, public_key, region, &error, &note));
    assert_int_equal(checkpoint_open(note, NAME, public_key, region, &error, &checkpoint), ERROR_CRYPTO);
    assert_int_equal(checkpoint_open(note, S("example.org/other"), public_key, region, &error, &checkpoint),
                     ERROR_CRYPTO);
    assert_string_equal(error.reason, "checkpoint-origin");
}

TEST(a_witness_signs_a_time_too)
{
    TEST_REGION(region);
    struct error error = {0};
    struct note note;
    struct slice first, second, name = S("council.example");
    int64_t time = 0;
    assert_ok(cosignature_make(TEXT, 1763222400, name, seed, public_key, region, &error, &first));
    assert_ok(cosignature_make(TEXT, 1763222401, name, seed, public_key, region, &error, &second));
    struct slice all = region_format(region, "%.*s%.*s%.*s", SLICE_ARG(signed_note(region)),
                                     SLICE_ARG(second), SLICE_ARG(first));
    assert_ok(note_read(all, region, &error, &note));
    assert_int_equal(note.signature_count, 3);
    assert_ok(cosignature_verify(&note, name, public_key, region, &error, &time));
    assert_int_equal(time, 1763222401);
    assert_int_equal(cosignature_verify(&note, S("nobody"), public_key, region, &error, &time),
                     ERROR_NOT_FOUND);
    ((char *)(uintptr_t)note.signatures[2].bytes.data)[7] ^= 1; /* another time */
    assert_int_equal(cosignature_verify(&note, name, public_key, region, &error, &time), ERROR_CRYPTO);
    note.signatures[2].bytes.length = 71;
    assert_int_equal(cosignature_verify(&note, name, public_key, region, &error, &time), ERROR_CRYPTO);
    assert_int_equal(cosignature_make(TEXT, -1, name, seed, public_key, region, &error, &first), ERROR_INPUT);
}

TEST(origins_name_key_and_team)
{
    TEST_REGION(region);
    uint8_t hash[32];
    char hex[17];
    sha256(slice_from_bytes(public_key, sizeof public_key), hash);
    hex_encode(hash, 8, hex);
    assert_same(log_origin(public_key, 42, region), region_format(region, "hecht-%s/team/42", hex));
}

/* The examples of the proposal: 127.0.0.1 is lusab-babad, 63.84.220.193 is gutih-tugad. */
TEST(words_are_those_of_the_proposal)
{
    uint8_t rid[32] = {127, 0, 0, 1, 63, 84, 220, 193, 255};
    char words[RID_WORDS_LENGTH + 1];
    rid_words(rid, words);
    assert_string_equal(words, "lusab-babad-gutih-tugad");
    memset(rid, 255, sizeof rid);
    rid_words(rid, words);
    assert_string_equal(words, "zuzuz-zuzuz-zuzuz-zuzuz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_is_signed_read_and_verified),
        cmocka_unit_test(key_ids_are_those_of_c2sp),
        cmocka_unit_test(a_note_of_others_is_verified),
        cmocka_unit_test(a_false_signature_is_refused),
        cmocka_unit_test(all_signatures_of_a_known_key_must_hold),
        cmocka_unit_test(what_is_no_note_is_refused),
        cmocka_unit_test(what_a_note_cannot_hold_is_not_signed),
        cmocka_unit_test(checkpoints_go_there_and_back),
        cmocka_unit_test(checkpoints_are_read_strictly),
        cmocka_unit_test(a_checkpoint_of_another_log_is_refused),
        cmocka_unit_test(a_witness_signs_a_time_too),
        cmocka_unit_test(origins_name_key_and_team),
        cmocka_unit_test(words_are_those_of_the_proposal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
