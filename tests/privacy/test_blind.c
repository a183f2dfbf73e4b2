#include "privacy/openssl.h"

#include "check.h"

#include "privacy/blind_key.h"

#include <unistd.h>

static struct error error;

static void key_cleanup(struct blind_key **key)
{
    *key = blind_key_free(*key);
}

static void public_cleanup(struct blind_public_key **key)
{
    *key = blind_public_key_free(*key);
}

/* ---- Keys as numbers, for the vectors and for keys that must be refused ---------------------------------
 */

enum { NUMBERS = 8 };
static const char *const number_names[NUMBERS] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static BIGNUM *number(struct slice object, const char *key, struct region *region)
{
    struct slice bytes = reference_bytes(object, key, region);
    return BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.length, NULL);
}

static struct slice pkcs8_of(EVP_PKEY *pkey, struct region *region)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    unsigned char *der = NULL;
    int length = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    assert_true(length > 0);
    struct slice copy = region_copy(region, slice_from_bytes(der, (size_t)length));
    OPENSSL_free(der);
    PKCS8_PRIV_KEY_INFO_free(info);
    return copy;
}

static struct slice spki_of(EVP_PKEY *pkey, struct region *region)
{
    unsigned char *der = NULL;
    int length = i2d_PUBKEY(pkey, &der);
    assert_true(length > 0);
    struct slice copy = region_copy(region, slice_from_bytes(der, (size_t)length));
    OPENSSL_free(der);
    return copy;
}

/* The private key of a vector, PKCS#8. spoiled: with private exponents that do not belong to it. */
static struct slice vector_key(struct slice vector, bool spoiled, struct region *region)
{
    BIGNUM *numbers[NUMBERS] = {number(vector, "n", region),
                                number(vector, "e", region),
                                number(vector, "d", region),
                                number(vector, "p", region),
                                number(vector, "q", region),
                                BN_new(),
                                BN_new(),
                                BN_new()};
    BN_CTX *arithmetic = BN_CTX_new();
    for (int i = 0; i < 2; i++) {
        BIGNUM *less = BN_dup(numbers[3 + i]);
        assert_true(BN_sub_word(less, 1) && BN_mod(numbers[5 + i], numbers[2], less, arithmetic));
        BN_free(less);
    }
    assert_non_null(BN_mod_inverse(numbers[7], numbers[4], numbers[3], arithmetic));
    static const int exponents[] = {2, 5, 6};
    for (size_t i = 0; spoiled && i < COUNT_OF(exponents); i++)
        assert_true(BN_add_word(numbers[exponents[i]], 2));
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    for (int i = 0; i < NUMBERS; i++)
        assert_true(OSSL_PARAM_BLD_push_BN(builder, number_names[i], numbers[i]));
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    assert_true(EVP_PKEY_fromdata_init(context) > 0 &&
                EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_KEYPAIR, parameters) > 0);
    struct slice der = pkcs8_of(pkey, region);
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_CTX_free(arithmetic);
    for (int i = 0; i < NUMBERS; i++)
        BN_clear_free(numbers[i]);
    return der;
}

static EVP_PKEY *rsa_key(const char *type, unsigned bits, unsigned long exponent)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    BIGNUM *e = BN_new();
    EVP_PKEY *pkey = NULL;
    assert_true(BN_set_word(e, exponent) && EVP_PKEY_keygen_init(context) > 0 &&
                EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits) > 0 &&
                EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e) > 0 && EVP_PKEY_generate(context, &pkey) > 0);
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return pkey;
}

/* a * b mod n, as the unblinding of the RFC. */
static struct slice product(struct slice a, struct slice b, struct slice vector, struct region *region)
{
    BIGNUM *n = number(vector, "n", region);
    BIGNUM *x = BN_bin2bn((const unsigned char *)a.data, (int)a.length, NULL);
    BIGNUM *y = BN_bin2bn((const unsigned char *)b.data, (int)b.length, NULL);
    BN_CTX *arithmetic = BN_CTX_new();
    unsigned char *bytes = region_allocate(region, (size_t)BN_num_bytes(n));
    assert_true(BN_mod_mul(x, x, y, n, arithmetic) && BN_bn2binpad(x, bytes, BN_num_bytes(n)) > 0);
    struct slice result = slice_from_bytes(bytes, (size_t)BN_num_bytes(n));
    BN_free(n);
    BN_free(x);
    BN_free(y);
    BN_CTX_free(arithmetic);
    return result;
}

static struct slice inverse_of(struct slice value, struct slice vector, struct region *region)
{
    BIGNUM *n = number(vector, "n", region);
    BIGNUM *x = BN_bin2bn((const unsigned char *)value.data, (int)value.length, NULL);
    BN_CTX *arithmetic = BN_CTX_new();
    unsigned char *bytes = region_allocate(region, (size_t)BN_num_bytes(n));
    assert_non_null(BN_mod_inverse(x, x, n, arithmetic));
    assert_true(BN_bn2binpad(x, bytes, BN_num_bytes(n)) > 0);
    struct slice result = slice_from_bytes(bytes, (size_t)BN_num_bytes(n));
    BN_free(n);
    BN_free(x);
    BN_CTX_free(arithmetic);
    return result;
}

/* ---- RFC 9474, appendix A -------------------------------------------------------------------------------
 */

static void check_vector(struct slice vector, struct region *region)
{
    CLEANUP(key_cleanup) struct blind_key *key = NULL;
    CLEANUP(public_cleanup) struct blind_public_key *public_key = NULL;
    assert_ok(blind_key_import(vector_key(vector, false, region), &error, &key));
    struct slice spki;
    assert_ok(blind_key_public(key, region, &error, &spki));
    assert_ok(blind_public_key_import(spki, &error, &public_key));

    struct slice prepared = reference_bytes(vector, "input_msg", region);
    struct slice salt = reference_bytes(vector, "salt", region);
    struct slice factor = inverse_of(reference_bytes(vector, "inv", region), vector, region);
    struct blinded_message blinded;
    assert_ok(blind_message_fixed(public_key, prepared, salt, factor, region, &error, &blinded));
    assert_same(blinded.blinded, reference_bytes(vector, "blinded_msg", region));
    assert_same(blinded.inverse, inverse_of(factor, vector, region));

    struct slice blind_signature, signature = S("untouched");
    assert_ok(blind_sign(key, blinded.blinded, region, &error, &blind_signature));
    assert_same(blind_signature, reference_bytes(vector, "blind_sig", region));
    struct slice expected = reference_bytes(vector, "sig", region);
    assert_same(product(blind_signature, blinded.inverse, vector, region), expected);
    if (salt.length == BLIND_SALT_BYTES) {
        assert_ok(blind_finalize(public_key, &blinded, blind_signature, region, &error, &signature));
        assert_same(signature, expected);
    } else { /* a right signature with another salt length is none of ours */
        assert_int_equal(blind_finalize(public_key, &blinded, blind_signature, region, &error, &signature),
                         ERROR_CRYPTO);
        assert_int_equal(blind_verify(public_key, prepared, expected, &error), ERROR_CRYPTO);
        assert_same(signature, S("untouched"));
    }
}

TEST(the_four_vectors_of_rfc_9474)
{
    TEST_REGION(region);
    struct slice rest = reference_file("rfc9474_vectors.json", region), vector;
    int count = 0;
    for (; reference_next(&rest, &vector); count++)
        check_vector(vector, region);
    assert_int_equal(count, 4);
}

/* As after a fault in memory or in the processor: what comes out is no signature, and must not leave, since
 * it can give the key away. */
TEST(a_faulty_private_operation_is_noticed)
{
    TEST_REGION(region);
    struct slice rest = reference_file("rfc9474_vectors.json", region), vector, signature = S("untouched");
    assert_true(reference_next(&rest, &vector));
    CLEANUP(key_cleanup) struct blind_key *key = NULL;
    assert_ok(blind_key_import(vector_key(vector, true, region), &error, &key));
    struct slice blinded = reference_bytes(vector, "blinded_msg", region);
    assert_int_equal(blind_sign(key, blinded, region, &error, &signature), ERROR_CRYPTO);
    assert_string_equal(error.reason, "signature-fault");
    assert_same(signature, S("untouched"));
}

/* ---- The whole way --------------------------------------------------------------------------------------
 */

struct pair {
    struct region *region;
    struct blind_key *key;
    struct blind_public_key *public_key;
};

/* One key for all tests below, since making one is slow. */
static struct pair shared;

static int setup(void **state)
{
    (void)state;
    struct slice spki;
    shared.region = region_new(16 << 20);
    return blind_key_generate(&error, &shared.key) != OK ||
           blind_key_public(shared.key, shared.region, &error, &spki) != OK ||
           blind_public_key_import(spki, &error, &shared.public_key) != OK;
}

static int teardown(void **state)
{
    (void)state;
    shared.key = blind_key_free(shared.key);
    shared.public_key = blind_public_key_free(shared.public_key);
    shared.region = region_free(shared.region);
    return 0;
}

TEST(a_new_key_signs_blindly)
{
    TEST_REGION(region);
    assert_int_equal(blind_public_key_size(shared.public_key), 256);
    struct slice messages[] = {S(""), S("a"),
                               S("hecht-answer-v1 and more than a hash block of text, so that it is hashed "
                                 "in two steps and a bit, whatever the block size may be for SHA-384")};
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        struct blinded_message blinded;
        struct slice blind_signature, again, signature;
        assert_ok(blind_message(shared.public_key, messages[i], region, &error, &blinded));
        assert_same(slice_from(blinded.prepared, BLIND_PREFIX_BYTES), messages[i]);
        assert_ok(blind_sign(shared.key, blinded.blinded, region, &error, &blind_signature));
        assert_ok(blind_sign(shared.key, blinded.blinded, region, &error, &again));
        assert_same(blind_signature, again);
        assert_ok(blind_finalize(shared.public_key, &blinded, blind_signature, region, &error, &signature));
        assert_ok(blind_verify(shared.public_key, blinded.prepared, signature, &error));
        assert_false(slice_equal(signature, blind_signature));
    }
}

TEST(blinding_the_same_twice_gives_other_bytes)
{
    TEST_REGION(region);
    struct blinded_message a, b;
    assert_ok(blind_message(shared.public_key, S("same"), region, &error, &a));
    assert_ok(blind_message(shared.public_key, S("same"), region, &error, &b));
    assert_false(slice_equal(a.prepared, b.prepared));
    assert_false(slice_equal(a.blinded, b.blinded));
    assert_false(slice_equal(a.inverse, b.inverse));
}

static struct slice changed(struct slice bytes, size_t at, struct region *region)
{
    char *copy = region_allocate(region, bytes.length);
    memcpy(copy, bytes.data, bytes.length);
    copy[at] = (char)(copy[at] ^ 1);
    return slice_from_bytes(copy, bytes.length);
}

TEST(a_changed_signature_message_or_key_does_not_verify)
{
    TEST_REGION(region);
    struct blinded_message blinded;
    struct slice blind_signature, signature;
    assert_ok(blind_message(shared.public_key, S("vote"), region, &error, &blinded));
    assert_ok(blind_sign(shared.key, blinded.blinded, region, &error, &blind_signature));
    assert_ok(blind_finalize(shared.public_key, &blinded, blind_signature, region, &error, &signature));
    for (size_t at = 0; at < signature.length; at += 15)
        assert_int_equal(
            blind_verify(shared.public_key, blinded.prepared, changed(signature, at, region), &error),
            ERROR_CRYPTO);
    for (size_t at = 0; at < blinded.prepared.length; at += 7)
        assert_int_equal(
            blind_verify(shared.public_key, changed(blinded.prepared, at, region), signature, &error),
            ERROR_CRYPTO);
    struct slice wrong[] = {S(""), slice_part(signature, 0, 255),
                            region_format(region, "%.*s!", SLICE_ARG(signature)), blind_signature};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(blind_verify(shared.public_key, blinded.prepared, wrong[i], &error), ERROR_CRYPTO);

    CLEANUP(key_cleanup) struct blind_key *other = NULL;
    CLEANUP(public_cleanup) struct blind_public_key *other_public = NULL;
    struct slice spki;
    assert_ok(blind_key_generate(&error, &other));
    assert_ok(blind_key_public(other, region, &error, &spki));
    assert_ok(blind_public_key_import(spki, &error, &other_public));
    assert_int_equal(blind_verify(other_public, blinded.prepared, signature, &error), ERROR_CRYPTO);
    /* a signer who signs with another key, or anything else, is found out */
    struct slice foreign, result = S("untouched");
    uint8_t small[256] = {[255] = 7}; /* below every modulus of this size */
    assert_ok(blind_sign(other, slice_from_bytes(small, sizeof small), region, &error, &foreign));
    assert_int_equal(blind_finalize(shared.public_key, &blinded, foreign, region, &error, &result),
                     ERROR_CRYPTO);
    assert_int_equal(blind_finalize(shared.public_key, &blinded, S("short"), region, &error, &result),
                     ERROR_CRYPTO);
    assert_same(result, S("untouched"));
    assert_int_equal(ERR_peek_error(), 0);
}

TEST(the_signer_refuses_what_is_not_below_the_modulus)
{
    TEST_REGION(region);
    char bytes[257];
    memset(bytes, 0xff, sizeof bytes);
    struct slice signature = S("untouched");
    size_t lengths[] = {0, 255, 256, 257};
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_int_equal(
            blind_sign(shared.key, slice_from_bytes(bytes, lengths[i]), region, &error, &signature),
            ERROR_INPUT);
    assert_same(signature, S("untouched"));
    assert_int_equal(ERR_peek_error(), 0);
}

/* ---- Keys -----------------------------------------------------------------------------------------------
 */

TEST(a_key_survives_export_and_import)
{
    TEST_REGION(region);
    struct slice der, spki, again;
    assert_ok(blind_key_export(shared.key, region, &error, &der));
    CLEANUP(key_cleanup) struct blind_key *copy = NULL;
    assert_ok(blind_key_import(der, &error, &copy));
    assert_ok(blind_key_public(shared.key, region, &error, &spki));
    assert_ok(blind_key_public(copy, region, &error, &again));
    assert_same(spki, again);
    struct blinded_message blinded;
    struct slice a, b;
    assert_ok(blind_message(shared.public_key, S("text"), region, &error, &blinded));
    assert_ok(blind_sign(shared.key, blinded.blinded, region, &error, &a));
    assert_ok(blind_sign(copy, blinded.blinded, region, &error, &b));
    assert_same(a, b);
    assert_null(blind_key_free(NULL));
    assert_null(blind_public_key_free(NULL));
}

TEST(weak_and_foreign_keys_are_refused)
{
    TEST_REGION(region);
    static const struct {
        const char *type;
        unsigned bits;
        unsigned long exponent;
    } cases[] = {
        {"RSA", 1024, 65537}, {"RSA", 2048, 3},         {"RSA", 2040, 65537},
        {"RSA", 2052, 65537}, {"RSA-PSS", 2048, 65537}, {"RSA", 2048, 65539}, /* as long as the right one */
    };
    struct blind_public_key *public_key = NULL;
    struct blind_key *key = NULL;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        EVP_PKEY *pkey = rsa_key(cases[i].type, cases[i].bits, cases[i].exponent);
        assert_int_equal(blind_public_key_import(spki_of(pkey, region), &error, &public_key), ERROR_CRYPTO);
        assert_int_equal(blind_key_import(pkcs8_of(pkey, region), &error, &key), ERROR_CRYPTO);
        EVP_PKEY_free(pkey);
    }
    EVP_PKEY *curve = EVP_EC_gen("P-256");
    assert_int_equal(blind_public_key_import(spki_of(curve, region), &error, &public_key), ERROR_CRYPTO);
    assert_int_equal(blind_key_import(pkcs8_of(curve, region), &error, &key), ERROR_CRYPTO);
    EVP_PKEY_free(curve);
    assert_null(public_key);
    assert_null(key);
}

TEST(damaged_keys_are_refused)
{
    TEST_REGION(region);
    struct slice spki, der;
    struct blind_public_key *public_key = NULL;
    struct blind_key *key = NULL;
    assert_ok(blind_key_public(shared.key, region, &error, &spki));
    assert_ok(blind_key_export(shared.key, region, &error, &der));
    for (size_t length = 0; length < spki.length; length += 7)
        assert_int_equal(blind_public_key_import(slice_part(spki, 0, length), &error, &public_key),
                         ERROR_CRYPTO);
    for (size_t length = 0; length < der.length; length += 97)
        assert_int_equal(blind_key_import(slice_part(der, 0, length), &error, &key), ERROR_CRYPTO);
    char *longer = region_allocate(region, der.length + 1); /* a byte too many behind a good key */
    memcpy(longer, spki.data, spki.length);
    assert_int_equal(blind_public_key_import(slice_from_bytes(longer, spki.length + 1), &error, &public_key),
                     ERROR_CRYPTO);
    memcpy(longer, der.data, der.length);
    longer[der.length] = 0;
    assert_int_equal(blind_key_import(slice_from_bytes(longer, der.length + 1), &error, &key), ERROR_CRYPTO);
    assert_null(public_key);
    assert_null(key);
}

TEST(memory_that_ends_is_an_error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16);
    struct blinded_message blinded;
    struct slice result;
    assert_int_equal(blind_message(shared.public_key, S("text"), region, &error, &blinded), ERROR_MEMORY);
    assert_int_equal(blind_key_export(shared.key, region, &error, &result), ERROR_MEMORY);
    assert_int_equal(blind_key_public(shared.key, region, &error, &result), ERROR_MEMORY);
}

/* ---- Pool -----------------------------------------------------------------------------------------------
 */

TEST(the_pool_has_bounds)
{
    struct blind_key_pool *pool = NULL;
    assert_int_equal(blind_key_pool_start(-1, 1, &error, &pool), ERROR_INPUT);
    assert_int_equal(blind_key_pool_start(17, 1, &error, &pool), ERROR_INPUT);
    assert_int_equal(blind_key_pool_start(1, 0, &error, &pool), ERROR_INPUT);
    assert_null(pool);
    assert_null(blind_key_pool_stop(NULL));
}

TEST(a_pool_without_threads_makes_keys_on_demand)
{
    struct blind_key_pool *pool = NULL;
    CLEANUP(key_cleanup) struct blind_key *key = NULL;
    assert_ok(blind_key_pool_start(0, 1, &error, &pool));
    assert_ok(blind_key_pool_take(pool, &error, &key));
    assert_non_null(key);
    assert_null(blind_key_pool_stop(pool));
}

TEST(an_interrupted_pool_makes_no_more_keys)
{
    struct blind_key_pool *pool = NULL;
    struct blind_key *key = NULL;
    assert_ok(blind_key_pool_start(1, 2, &error, &pool));
    blind_key_pool_interrupt(pool);
    blind_key_pool_prepare(pool, 2);
    assert_int_equal(blind_key_pool_take(pool, &error, &key), ERROR_BUSY);
    assert_int_equal(blind_key_pool_take(pool, &error, &key), ERROR_BUSY);
    assert_null(key);
    assert_int_equal(blind_key_pool_ready(pool), 0);
    blind_key_pool_stop(pool);
}

TEST(a_pool_gives_different_keys)
{
    TEST_REGION(region);
    struct blind_key_pool *pool = NULL;
    struct slice spki[3];
    assert_ok(blind_key_pool_start(2, 2, &error, &pool));
    blind_key_pool_prepare(pool, 2);
    for (size_t i = 0; i < COUNT_OF(spki); i++) {
        CLEANUP(key_cleanup) struct blind_key *key = NULL;
        assert_ok(blind_key_pool_take(pool, &error, &key));
        assert_ok(blind_key_public(key, region, &error, &spki[i]));
        for (size_t j = 0; j < i; j++)
            assert_false(slice_equal(spki[i], spki[j]));
    }
    blind_key_pool_stop(pool);
}

static bool ready_in_time(struct blind_key_pool *pool, size_t count)
{
    for (int i = 0; i < 600 && blind_key_pool_ready(pool) < count; i++)
        usleep(50000);
    return blind_key_pool_ready(pool) == count;
}

TEST(a_pool_makes_what_is_prepared_and_no_more)
{
    struct blind_key_pool *pool = NULL;
    CLEANUP(key_cleanup) struct blind_key *key = NULL;
    assert_ok(blind_key_pool_start(2, 3, &error, &pool));
    usleep(400000); /* longer than a key takes */
    assert_int_equal(blind_key_pool_ready(pool), 0);
    blind_key_pool_prepare(pool, 2);
    assert_true(ready_in_time(pool, 2));
    blind_key_pool_prepare(pool, 1); /* they are there */
    usleep(400000);
    assert_int_equal(blind_key_pool_ready(pool), 2);
    blind_key_pool_prepare(pool, 1000); /* the maximum is three */
    assert_true(ready_in_time(pool, 3));
    usleep(400000);
    assert_int_equal(blind_key_pool_ready(pool), 3);
    assert_ok(blind_key_pool_take(pool, &error, &key));
    usleep(400000);
    assert_int_equal(blind_key_pool_ready(pool), 2);
    blind_key_pool_stop(pool);
}

TEST(making_a_key_can_be_stopped)
{
    atomic_bool stop = true;
    struct blind_key *key = NULL;
    assert_int_equal(blind_key_generate_until(&stop, &error, &key), ERROR_BUSY);
    assert_null(key);
    assert_int_equal(ERR_peek_error(), 0);
}

TEST(a_pool_stops_promptly)
{
    int64_t slowest = 0;
    for (int i = 0; i < 5; i++) {
        struct blind_key_pool *pool = NULL;
        assert_ok(blind_key_pool_start(2, 100, &error, &pool));
        blind_key_pool_prepare(pool, 100);
        usleep(20000); /* let them begin */
        int64_t before = clock_milliseconds(clock_system());
        blind_key_pool_stop(pool);
        int64_t took = clock_milliseconds(clock_system()) - before;
        slowest = took > slowest ? took : slowest;
    }
    assert_true(slowest < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_vectors_of_rfc_9474),
        cmocka_unit_test(a_faulty_private_operation_is_noticed),
        cmocka_unit_test(a_new_key_signs_blindly),
        cmocka_unit_test(blinding_the_same_twice_gives_other_bytes),
        cmocka_unit_test(a_changed_signature_message_or_key_does_not_verify),
        cmocka_unit_test(the_signer_refuses_what_is_not_below_the_modulus),
        cmocka_unit_test(a_key_survives_export_and_import),
        cmocka_unit_test(weak_and_foreign_keys_are_refused),
        cmocka_unit_test(damaged_keys_are_refused),
        cmocka_unit_test(memory_that_ends_is_an_error),
        cmocka_unit_test(the_pool_has_bounds),
        cmocka_unit_test(a_pool_without_threads_makes_keys_on_demand),
        cmocka_unit_test(an_interrupted_pool_makes_no_more_keys),
        cmocka_unit_test(a_pool_gives_different_keys),
        cmocka_unit_test(a_pool_makes_what_is_prepared_and_no_more),
        cmocka_unit_test(making_a_key_can_be_stopped),
        cmocka_unit_test(a_pool_stops_promptly),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
