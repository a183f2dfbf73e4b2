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

/* Exactly one DER encoding of a key is accepted, since the key is compared and hashed as bytes. With e =
 * 65537 and a modulus of whole bytes only the lengths in it vary, so it is compared, not parsed; OpenSSL's
 * general decoder would cost several times the verification that the key is for. */
enum { SPKI_HEAD_BYTES = 33, SPKI_TAIL_BYTES = 5, SPKI_EXTRA_BYTES = SPKI_HEAD_BYTES + SPKI_TAIL_BYTES };

static void spki_head(size_t modulus, unsigned char ret_head[static SPKI_HEAD_BYTES])
{
    const size_t whole = modulus + 34, bits = modulus + 15, key = modulus + 10, number = modulus + 1;
#define LENGTH(value) 0x82, (unsigned char)((value) >> 8), (unsigned char)((value)&0xFF)
    const unsigned char head[SPKI_HEAD_BYTES] = {
        0x30, LENGTH(whole), /* SEQUENCE */
        0x30, 0x0D,           0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
        0xF7, 0x0D,           0x01, 0x01, 0x01, 0x05, 0x00, /* rsaEncryption */
        0x03, LENGTH(bits),   0x00,                         /* BIT STRING */
        0x30, LENGTH(key),                                  /* RSAPublicKey */
        0x02, LENGTH(number), 0x00, /* INTEGER; its first byte is 0 because the modulus begins with a 1 bit */
    };
#undef LENGTH
    memcpy(ret_head, head, sizeof head);
}

/* The modulus of the one encoding; false for everything else. */
static bool spki_modulus(struct slice spki, struct slice *ret_modulus)
{
    static const unsigned char tail[SPKI_TAIL_BYTES] = {0x02, 0x03, 0x01, 0x00, 0x01}; /* INTEGER 65537 */
    unsigned char head[SPKI_HEAD_BYTES];
    if (spki.length < SPKI_EXTRA_BYTES + BLIND_MODULUS_BITS / CHAR_BIT ||
        spki.length > SPKI_EXTRA_BYTES + BLIND_BYTES_MAXIMUM)
        return false;
    struct slice modulus = slice_part(spki, SPKI_HEAD_BYTES, spki.length - SPKI_EXTRA_BYTES);
    spki_head(modulus.length, head);
    if (memcmp(spki.data, head, sizeof head) != 0 ||
        memcmp(modulus.data + modulus.length, tail, sizeof tail) != 0 || (modulus.data[0] & 0x80) == 0 ||
        (modulus.data[modulus.length - 1] & 1) == 0)
        return false;
    *ret_modulus = modulus;
    return true;
}

static EVP_PKEY *pkey_from_numbers(const BIGNUM *modulus, const BIGNUM *exponent)
{
    EVP_PKEY *pkey = NULL;
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (builder != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    if (context == NULL || parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        pkey = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

enum error_code blind_public_key_import(struct slice spki, struct error *error,
                                        struct blind_public_key **ret_key)
{
    struct slice modulus;
    if (!spki_modulus(spki, &modulus))
        return FAIL(error, ERROR_CRYPTO, "key-refused", "not a public RSA key as rounds have it");
    struct blind_public_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a key");
    key->size = modulus.length;
    key->modulus = BN_bin2bn((const unsigned char *)modulus.data, (int)modulus.length, NULL);
    key->exponent = BN_new();
    if (key->modulus != NULL && key->exponent != NULL && BN_set_word(key->exponent, public_exponent) == 1)
        key->pkey = pkey_from_numbers(key->modulus, key->exponent);
    if (key->pkey == NULL) {
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
