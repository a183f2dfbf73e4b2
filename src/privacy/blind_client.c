/* The member's side of RFC 9474: encode (EMSA-PSS), blind, unblind. The modular arithmetic is OpenSSL's. */
#include "privacy/blind_key.h"

#include "privacy/seal.h"

enum { HASH_BYTES = 48, TRAILER = 0xBC, PREPARED_MAXIMUM = 1 << 16 };

static void arithmetic_cleanup(BN_CTX **context)
{
    BN_CTX_free(*context);
}

static bool sha384(const void *data, size_t length, uint8_t ret_hash[static HASH_BYTES])
{
    return EVP_Digest(data, length, ret_hash, NULL, EVP_sha384(), NULL) == 1;
}

/* MGF1 with SHA-384 (RFC 8017, B.2.1), combined with the block at once. */
static bool mask(const uint8_t seed[static HASH_BYTES], uint8_t *block, size_t length)
{
    uint8_t input[HASH_BYTES + 4] = {0};
    uint8_t output[HASH_BYTES];
    memcpy(input, seed, HASH_BYTES);
    for (size_t i = 0; i < length; i++) {
        if (i % HASH_BYTES == 0) {
            input[HASH_BYTES + 3] =
                (uint8_t)(i / HASH_BYTES); /* 512 bytes need 11 blocks, so one byte counts */
            if (!sha384(input, sizeof input, output))
                return false;
        }
        block[i] ^= output[i % HASH_BYTES];
    }
    return true;
}

/* EMSA-PSS-ENCODE (RFC 8017, 9.1.1) for a modulus of 8 * size bits, so that emBits = 8 * size - 1: the
 * encoded message has the modulus' length and its top bit is 0. salt.length <= BLIND_SALT_BYTES. */
static bool encode(struct slice message, struct slice salt, size_t size, uint8_t *ret_encoded)
{
    uint8_t input[8 + HASH_BYTES + BLIND_SALT_BYTES] = {0};
    if (!sha384(message.length ? message.data : "", message.length, input + 8))
        return false;
    if (salt.length > 0)
        memcpy(input + 8 + HASH_BYTES, salt.data, salt.length);
    size_t block = size - HASH_BYTES - 1;
    uint8_t *hash = ret_encoded + block;
    if (!sha384(input, 8 + HASH_BYTES + salt.length, hash))
        return false;
    memset(ret_encoded, 0, block);
    ret_encoded[block - salt.length - 1] = 1;
    if (salt.length > 0)
        memcpy(ret_encoded + block - salt.length, salt.data, salt.length);
    if (!mask(hash, ret_encoded, block))
        return false;
    ret_encoded[0] &= 0x7F;
    ret_encoded[size - 1] = TRAILER;
    wipe(input, sizeof input);
    return true;
}

struct blinding {
    BN_CTX *context;
    BIGNUM *encoded;
    BIGNUM *factor;
    BIGNUM *inverse;
    BIGNUM *blinded;
};

static void blinding_cleanup(struct blinding *b)
{
    BN_clear_free(b->encoded);
    BN_clear_free(b->factor);
    BN_clear_free(b->inverse);
    BN_free(b->blinded);
    BN_CTX_free(b->context);
}

/* encoded * factor^e mod n, and factor^-1 mod n. False also when one of them shares a divisor with n, which
 * would be a factorisation of the key: never by accident. */
static bool blind(struct blinding *b, const struct blind_public_key *key)
{
    /* The flag takes the branch-free ways through inversion and division: the factor is what links. */
    BN_set_flags(b->factor, BN_FLG_CONSTTIME);
    BN_set_flags(b->encoded, BN_FLG_CONSTTIME);
    return BN_gcd(b->blinded, b->encoded, key->modulus, b->context) == 1 && BN_is_one(b->blinded) &&
           BN_mod_inverse(b->inverse, b->factor, key->modulus, b->context) != NULL &&
           BN_mod_exp_mont_consttime(b->blinded, b->factor, key->exponent, key->modulus, b->context, NULL) ==
               1 &&
           BN_mod_mul(b->blinded, b->blinded, b->encoded, key->modulus, b->context) == 1;
}

/* factor empty: a random one. */
static enum error_code blind_prepared(const struct blind_public_key *key, struct slice prepared,
                                      struct slice salt, struct slice factor, struct region *region,
                                      struct error *error, struct blinded_message *ret_blinded)
{
    uint8_t encoded[BLIND_BYTES_MAXIMUM];
    uint8_t *blinded = region_allocate(region, key->size);
    uint8_t *inverse = region_allocate(region, key->size);
    CLEANUP(blinding_cleanup)
    struct blinding b = {
        .context = BN_CTX_new(), .factor = BN_new(), .inverse = BN_new(), .blinded = BN_new()};
    if (blinded == NULL || inverse == NULL || b.context == NULL || b.factor == NULL || b.inverse == NULL ||
        b.blinded == NULL || !encode(prepared, salt, key->size, encoded))
        return FAIL_OPENSSL(error, ERROR_MEMORY, "memory", "no memory to blind");
    b.encoded = BN_bin2bn(encoded, (int)key->size, NULL);
    wipe(encoded, sizeof encoded);
    bool drawn = factor.length > 0
                     ? BN_bin2bn((const unsigned char *)factor.data, (int)factor.length, b.factor) != NULL
                     : BN_priv_rand_range(b.factor, key->modulus) == 1;
    if (b.encoded == NULL || !drawn || BN_is_zero(b.factor) || BN_cmp(b.factor, key->modulus) >= 0 ||
        !blind(&b, key) || BN_bn2binpad(b.blinded, blinded, (int)key->size) < 0 ||
        BN_bn2binpad(b.inverse, inverse, (int)key->size) < 0)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "blind", "the message cannot be blinded under this key");
    *ret_blinded = (struct blinded_message){
        .prepared = prepared,
        .blinded = slice_from_bytes(blinded, key->size),
        .inverse = slice_from_bytes(inverse, key->size),
    };
    return OK;
}

enum error_code blind_message(const struct blind_public_key *key, struct slice message, struct region *region,
                              struct error *error, struct blinded_message *ret_blinded)
{
    uint8_t salt[BLIND_SALT_BYTES];
    if (message.length > PREPARED_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "message-size", "a message of %zu bytes", message.length);
    size_t length = BLIND_PREFIX_BYTES + message.length;
    uint8_t *prepared = region_allocate(region, length);
    if (prepared == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to blind");
    random_bytes(random_system(), prepared, BLIND_PREFIX_BYTES);
    if (message.length > 0)
        memcpy(prepared + BLIND_PREFIX_BYTES, message.data, message.length);
    random_bytes(random_system(), salt, sizeof salt);
    enum error_code code =
        blind_prepared(key, slice_from_bytes(prepared, length), slice_from_bytes(salt, sizeof salt), S(""),
                       region, error, ret_blinded);
    wipe(salt, sizeof salt);
    return code;
}

enum error_code blind_message_fixed(const struct blind_public_key *key, struct slice prepared,
                                    struct slice salt, struct slice factor, struct region *region,
                                    struct error *error, struct blinded_message *ret_blinded)
{
    if (salt.length > BLIND_SALT_BYTES || factor.length == 0 || factor.length > key->size)
        return FAIL(error, ERROR_INPUT, "blind", "salt or factor of a wrong length");
    return blind_prepared(key, prepared, salt, factor, region, error, ret_blinded);
}

enum error_code blind_finalize(const struct blind_public_key *key, const struct blinded_message *blinded,
                               struct slice blind_signature, struct region *region, struct error *error,
                               struct slice *ret_signature)
{
    if (blind_signature.length != key->size || blinded->inverse.length != key->size)
        return FAIL(error, ERROR_CRYPTO, "signature", "a blind signature of a wrong length");
    int size = (int)key->size;
    uint8_t *signature = region_allocate(region, key->size);
    CLEANUP(arithmetic_cleanup) BN_CTX *context = BN_CTX_new();
    CLEANUP(openssl_number_cleanup)
    BIGNUM *product = BN_bin2bn((const unsigned char *)blind_signature.data, size, NULL);
    CLEANUP(openssl_number_cleanup)
    BIGNUM *inverse = BN_bin2bn((const unsigned char *)blinded->inverse.data, size, NULL);
    if (signature == NULL || context == NULL || product == NULL || inverse == NULL)
        return FAIL_OPENSSL(error, ERROR_MEMORY, "memory", "no memory to unblind");
    BN_set_flags(inverse, BN_FLG_CONSTTIME);
    if (BN_mod_mul(product, product, inverse, key->modulus, context) != 1 ||
        BN_bn2binpad(product, signature, size) < 0)
        return FAIL_OPENSSL(error, ERROR_MEMORY, "memory", "no memory to unblind");
    struct slice result = slice_from_bytes(signature, key->size);
    TRY(blind_verify(key, blinded->prepared, result, error));
    *ret_signature = result;
    return OK;
}
