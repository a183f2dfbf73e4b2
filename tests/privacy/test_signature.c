#include "check.h"

#include "privacy/signature.h"

static struct error error;

/* RFC 8032, 7.1, tests 1 and 3. */
TEST(ed25519_signs_as_the_rfc)
{
    static const struct {
        struct slice seed, public_key, message, signature;
    } cases[] = {
        {S("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
         S("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), S(""),
         S("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd"
           "25bf5f0595b"
           "be24655141438e7a100b")},
        {S("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
         S("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"), S("\xaf\x82"),
         S("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594"
           "a7c15e9716e"
           "d28dc027beceea1ec40a")},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t seed[32], public_key[32], expected[64], signature[64];
        assert_true(hex_decode(cases[i].seed, seed, 32));
        assert_true(hex_decode(cases[i].public_key, public_key, 32));
        assert_true(hex_decode(cases[i].signature, expected, 64));
        assert_ok(log_sign(seed, cases[i].message, &error, signature));
        assert_memory_equal(signature, expected, 64);
        assert_ok(log_verify(public_key, cases[i].message, signature, &error));
    }
}

TEST(a_log_key_signs_and_others_do_not)
{
    uint8_t seed[32], public_key[32], other_seed[32], other_public[32], signature[64];
    assert_ok(log_key_make(&error, seed, public_key));
    assert_ok(log_key_make(&error, other_seed, other_public));
    assert_memory_not_equal(seed, other_seed, 32);
    assert_ok(log_sign(seed, S("text"), &error, signature));
    assert_ok(log_verify(public_key, S("text"), signature, &error));
    assert_int_equal(log_verify(other_public, S("text"), signature, &error), ERROR_CRYPTO);
    assert_int_equal(log_verify(public_key, S("texT"), signature, &error), ERROR_CRYPTO);
    for (size_t i = 0; i < 64; i++) {
        signature[i] ^= 0x10;
        assert_int_equal(log_verify(public_key, S("text"), signature, &error), ERROR_CRYPTO);
        signature[i] ^= 0x10;
    }
}

/* RFC 6979, A.2.5: P-256, SHA-256, message "sample". */
TEST(ecdsa_verifies_as_the_rfc)
{
    uint8_t point[65] = {4}, signature[64];
    assert_true(hex_decode(S("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                             "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
                           point + 1, 64));
    assert_true(hex_decode(S("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                             "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
                           signature, 64));
    assert_ok(one_time_verify(point, S("sample"), signature, &error));
    assert_int_equal(one_time_verify(point, S("Sample"), signature, &error), ERROR_CRYPTO);
}

TEST(a_one_time_key_signs_and_others_do_not)
{
    struct one_time_key *key = NULL, *other = NULL;
    uint8_t point[65], other_point[65], signature[64];
    assert_ok(one_time_key_make(&error, &key));
    assert_ok(one_time_key_make(&error, &other));
    assert_ok(one_time_key_public(key, &error, point));
    assert_ok(one_time_key_public(other, &error, other_point));
    assert_int_equal(point[0], 4);
    for (int i = 0; i < 300; i++) { /* r and s with leading zero bytes must come along, too */
        assert_ok(one_time_sign(key, S("text"), &error, signature));
        assert_ok(one_time_verify(point, S("text"), signature, &error));
    }
    assert_int_equal(one_time_verify(other_point, S("text"), signature, &error), ERROR_CRYPTO);
    assert_int_equal(one_time_verify(point, S(""), signature, &error), ERROR_CRYPTO);
    for (size_t i = 0; i < 64; i++) {
        signature[i] ^= 1;
        assert_int_equal(one_time_verify(point, S("text"), signature, &error), ERROR_CRYPTO);
        signature[i] ^= 1;
    }
    one_time_key_free(key);
    one_time_key_free(other);
    assert_null(one_time_key_free(NULL));
}

TEST(a_one_time_key_survives_on_paper)
{
    struct one_time_key *key = NULL, *again = NULL;
    uint8_t point[65], other_point[65], secret[32], signature[64], zero[32] = {0};
    assert_ok(one_time_key_make(&error, &key));
    assert_ok(one_time_key_public(key, &error, point));
    assert_ok(one_time_key_export(key, &error, secret));
    one_time_key_free(key);
    assert_ok(one_time_key_import(secret, point, &error, &again));
    assert_ok(one_time_key_public(again, &error, other_point));
    assert_memory_equal(point, other_point, sizeof point);
    assert_ok(one_time_sign(again, S("text"), &error, signature));
    assert_ok(one_time_verify(point, S("text"), signature, &error));
    one_time_key_free(again);

    again = NULL;
    assert_int_equal(one_time_key_import(zero, point, &error, &again), ERROR_CRYPTO);
    secret[31] ^= 1; /* another number: not the half of this point */
    assert_int_equal(one_time_key_import(secret, point, &error, &again), ERROR_CRYPTO);
    secret[31] ^= 1;
    point[64] ^= 1; /* not on the curve */
    assert_int_equal(one_time_key_import(secret, point, &error, &again), ERROR_CRYPTO);
    memset(point, 0, sizeof point);
    assert_int_equal(one_time_key_import(secret, point, &error, &again), ERROR_CRYPTO);
    assert_null(again);
}

TEST(what_is_no_point_or_no_signature_is_refused)
{
    struct one_time_key *key = NULL;
    uint8_t point[65], wrong[65] = {0}, signature[64], zero[64] = {0}, full[64];
    memset(full, 0xff, sizeof full);
    assert_ok(one_time_key_make(&error, &key));
    assert_ok(one_time_key_public(key, &error, point));
    assert_ok(one_time_sign(key, S("text"), &error, signature));
    one_time_key_free(key);
    assert_int_equal(one_time_verify(wrong, S("text"), signature, &error), ERROR_CRYPTO);
    wrong[0] = 4; /* (0, 0) is not on the curve */
    assert_int_equal(one_time_verify(wrong, S("text"), signature, &error), ERROR_CRYPTO);
    memcpy(wrong, point, sizeof wrong);
    wrong[64] ^= 1;
    assert_int_equal(one_time_verify(wrong, S("text"), signature, &error), ERROR_CRYPTO);
    memcpy(wrong, point, sizeof wrong);
    wrong[0] = (uint8_t)(6 + (point[64] & 1)); /* the hybrid form of the same point */
    assert_int_equal(one_time_verify(wrong, S("text"), signature, &error), ERROR_CRYPTO);
    assert_int_equal(one_time_verify(point, S("text"), zero, &error), ERROR_CRYPTO);
    assert_int_equal(one_time_verify(point, S("text"), full, &error), ERROR_CRYPTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519_signs_as_the_rfc),
        cmocka_unit_test(a_log_key_signs_and_others_do_not),
        cmocka_unit_test(ecdsa_verifies_as_the_rfc),
        cmocka_unit_test(a_one_time_key_signs_and_others_do_not),
        cmocka_unit_test(a_one_time_key_survives_on_paper),
        cmocka_unit_test(what_is_no_point_or_no_signature_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
