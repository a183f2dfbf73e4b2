#include "privacy/blind_key.h"

#include "privacy/seal.h"

#include <limits.h>

/* The only public exponent: others gain nothing, and with a large or even one a key can be a trap. */
static const BN_ULONG public_exponent = 65537;

enum { DER_MAXIMUM = 8192 };

enum error_code blind_rsa_check(EVP_PKEY *pkey, struct error *error)
{
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA)
        return FAIL(error, ERROR_CRYPTO, "key-refused", "not an RSA key");
    int bits = EVP_PKEY_get_bits(pkey);
    if (bits < BLIND_MODULUS_BITS || bits > BLIND_MODULUS_MAXIMUM_BITS || bits % CHAR_BIT != 0)
        return FAIL(error, ERROR_CRYPTO, "key-refused", "a modulus of %d bits", bits);
    CLEANUP(openssl_number_cleanup) BIGNUM *modulus = NULL;
    CLEANUP(openssl_number_cleanup) BIGNUM *exponent = NULL;
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1 ||
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "key-refused", "an RSA key without its numbers");
    if (!BN_is_word(exponent, public_exponent) || !BN_is_odd(modulus))
        return FAIL(error, ERROR_CRYPTO, "key-refused", "the exponent is not 65537 or the modulus is even");
    return OK;
}

/* ---- The signer's key ---------------------------------------------------------------------------------- */

/* Takes over pkey, also on failure. */
static enum error_code key_from_pkey(EVP_PKEY *pkey, struct error *error, struct blind_key **ret_key)
{
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *owned = pkey;
    TRY(blind_rsa_check(owned, error));
    struct blind_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a key");
    key->pkey = owned;
    key->size = (size_t)EVP_PKEY_get_size(owned);
    owned = NULL;
    *ret_key = key;
    return OK;
}

/* OpenSSL asks between two candidate primes; 0 ends the generation. */
static int generation_may_go_on(EVP_PKEY_CTX *context)
{
    const atomic_bool *stop = EVP_PKEY_CTX_get_app_data(context);
    return !atomic_load(stop);
}

enum error_code blind_key_generate_until(const atomic_bool *stop, struct error *error,
                                         struct blind_key **ret_key)
{
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    if (context == NULL || EVP_PKEY_keygen_init(context) <= 0 ||
        EVP_PKEY_CTX_set_rsa_keygen_bits(context, BLIND_MODULUS_BITS) <= 0)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "key-generation", "cannot prepare RSA key generation");
    if (stop != NULL) {
        EVP_PKEY_CTX_set_app_data(context, (void *)(uintptr_t)stop);
        EVP_PKEY_CTX_set_cb(context, generation_may_go_on);
    }
    if (EVP_PKEY_generate(context, &pkey) <= 0) {
        if (stop != NULL && atomic_load(stop))
            return FAIL_OPENSSL(error, ERROR_BUSY, "key-generation", "stopped");
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "key-generation", "RSA key generation failed");
    }
    return key_from_pkey(pkey, error, ret_key);
}

enum error_code blind_key_generate(struct error *error, struct blind_key **ret_key)
{
    return blind_key_generate_until(NULL, error, ret_key);
}

struct blind_key *blind_key_free(struct blind_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->pkey); /* OpenSSL clears private numbers */
        free(key);
    }
    return NULL;
}

enum error_code blind_key_export(const struct blind_key *key, struct region *region, struct error *error,
                                 struct slice *ret_der)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    unsigned char *der = NULL;
    int length = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    PKCS8_PRIV_KEY_INFO_free(info);
    if (length <= 0)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "key-export", "cannot write the private key");
    struct slice copy = region_copy(region, slice_from_bytes(der, (size_t)length));
    OPENSSL_clear_free(der, (size_t)length);
    if (copy.length == 0)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a private key");
    *ret_der = copy;
    return OK;
}

enum error_code blind_key_import(struct slice der, struct error *error, struct blind_key **ret_key)
{
    if (der.length == 0 || der.length > DER_MAXIMUM)
        return FAIL(error, ERROR_CRYPTO, "key-refused", "a private key of %zu bytes", der.length);
    const unsigned char *at = (const unsigned char *)der.data;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.length);
    bool whole = info != NULL && at == (const unsigned char *)der.data + der.length;
    EVP_PKEY *pkey = whole ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    if (pkey == NULL)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "key-refused", "not one PKCS#8 private key");
    return key_from_pkey(pkey, error, ret_key);
}

enum error_code blind_key_public(const struct blind_key *key, struct region *region, struct error *error,
                                 struct slice *ret_spki)
{
    unsigned char *der = NULL;
    int length = i2d_PUBKEY(key->pkey, &der);
    if (length <= 0)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "key-export", "cannot write the public key");
    struct slice copy = region_copy(region, slice_from_bytes(der, (size_t)length));
    OPENSSL_free(der);
    if (copy.length == 0)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a public key");
    *ret_spki = copy;
    return OK;
}

/* ---- Signing ------------------------------------------------------------------------------------------- */

static bool raw_private(EVP_PKEY *pkey, struct slice input, unsigned char *ret_output)
{
    CLEANUP(openssl_pkey_context_cleanup) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);
    size_t length = input.length;
    return context != NULL && EVP_PKEY_sign_init(context) > 0 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
           EVP_PKEY_sign(context, ret_output, &length, (const unsigned char *)input.data, input.length) > 0 &&
           length == input.length;
}

static bool raw_public(EVP_PKEY *pkey, const unsigned char *input, size_t size, unsigned char *ret_output)
{
    CLEANUP(openssl_pkey_context_cleanup) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);
    size_t length = size;
    return context != NULL && EVP_PKEY_encrypt_init(context) > 0 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
           EVP_PKEY_encrypt(context, ret_output, &length, input, size) > 0 && length == size;
}

/* BlindSign of RFC 9474, 4.3. A fault during the private operation could give the key away, so the signature
 * is checked (m = s^e) before it leaves. OpenSSL refuses inputs >= n and blinds against timing attacks. */
enum error_code blind_sign(const struct blind_key *key, struct slice blinded, struct region *region,
                           struct error *error, struct slice *ret_blind_signature)
{
    unsigned char back[BLIND_BYTES_MAXIMUM];
    if (blinded.length != key->size)
        return FAIL(error, ERROR_INPUT, "blinded-size", "%zu bytes instead of %zu", blinded.length,
                    key->size);
    unsigned char *signature = region_allocate(region, key->size);
    if (signature == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to sign");
    if (!raw_private(key->pkey, blinded, signature))
        return FAIL_OPENSSL(error, ERROR_INPUT, "blinded-range",
                            "the blinded message is not below the modulus");
    if (!raw_public(key->pkey, signature, key->size, back) ||
        !equal_in_constant_time(back, blinded.data, key->size)) {
        wipe(signature, key->size);
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "signature-fault", "the signature made does not hold");
    }
    *ret_blind_signature = slice_from_bytes(signature, key->size);
    return OK;
}

/* ---- The public key ------------------------------------------------------------------------------------ */

/* Exactly one DER encoding of a key is accepted, since the key is compared and hashed as bytes. */
static bool is_canonical(EVP_PKEY *pkey, struct slice spki)
{
    unsigned char *der = NULL;
    int length = i2d_PUBKEY(pkey, &der);
    bool same = length > 0 && slice_equal(slice_from_bytes(der, (size_t)length), spki);
    OPENSSL_free(der);
    return same;
}

enum error_code blind_public_key_import(struct slice spki, struct error *error,
                                        struct blind_public_key **ret_key)
{
    if (spki.length == 0 || spki.length > DER_MAXIMUM)
        return FAIL(error, ERROR_CRYPTO, "key-refused", "a public key of %zu bytes", spki.length);
    const unsigned char *at = (const unsigned char *)spki.data;
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)spki.length);
    if (pkey == NULL || !is_canonical(pkey, spki))
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "key-refused", "not one SubjectPublicKeyInfo");
    TRY(blind_rsa_check(pkey, error));
    struct blind_public_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a key");
    key->pkey = pkey;
    pkey = NULL;
    key->size = (size_t)EVP_PKEY_get_size(key->pkey);
    if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &key->modulus) != 1 ||
        EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &key->exponent) != 1) {
        blind_public_key_free(key);
        return FAIL_OPENSSL(error, ERROR_MEMORY, "memory", "no memory for a key");
    }
    *ret_key = key;
    return OK;
}

struct blind_public_key *blind_public_key_free(struct blind_public_key *key)
{
    if (key != NULL) {
        BN_free(key->modulus);
        BN_free(key->exponent);
        EVP_PKEY_free(key->pkey);
        free(key);
    }
    return NULL;
}

size_t blind_public_key_size(const struct blind_public_key *key)
{
    return key->size;
}

enum error_code blind_verify(const struct blind_public_key *key, struct slice message, struct slice signature,
                             struct error *error)
{
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL; /* belongs to context */
    if (context == NULL || EVP_DigestVerifyInit(context, &parameters, EVP_sha384(), NULL, key->pkey) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_sha384()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, BLIND_SALT_BYTES) <= 0)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "verify", "cannot prepare RSA-PSS");
    const unsigned char *text = (const unsigned char *)(message.length ? message.data : "");
    if (signature.length != key->size || EVP_DigestVerify(context, (const unsigned char *)signature.data,
                                                          signature.length, text, message.length) != 1)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "signature", "the blind signature does not hold");
    return OK;
}
