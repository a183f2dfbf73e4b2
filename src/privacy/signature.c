#include "privacy/openssl.h"

#include "privacy/seal.h"
#include "privacy/signature.h"

#include <pthread.h>

enum { UNCOMPRESSED = 4, COORDINATE_BYTES = 32, DER_SIGNATURE_MAXIMUM = 80 };

struct log_key {
    EVP_PKEY *pkey;
};

struct one_time_key {
    EVP_PKEY *pkey;
};

static void ecdsa_cleanup(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

static const unsigned char *text_of(struct slice message)
{
    return (const unsigned char *)(message.length ? message.data : "");
}

/* ---- Ed25519 ------------------------------------------------------------------------------------------- */

enum error_code log_key_make(struct error *error, uint8_t ret_seed[static 32], uint8_t ret_public[static 32])
{
    uint8_t seed[LOG_SEED_BYTES];
    size_t length = LOG_PUBLIC_BYTES;
    random_bytes(random_system(), seed, sizeof seed);
    CLEANUP(openssl_pkey_cleanup)
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    uint8_t public_key[LOG_PUBLIC_BYTES];
    bool made = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, public_key, &length) == 1 &&
                length == sizeof public_key;
    if (made) {
        memcpy(ret_seed, seed, sizeof seed);
        memcpy(ret_public, public_key, sizeof public_key);
    }
    wipe(seed, sizeof seed);
    return made ? OK : FAIL_OPENSSL(error, ERROR_INTERNAL, "log-key", "cannot make an Ed25519 key");
}

enum error_code log_key_import(const uint8_t seed[static 32], struct error *error, struct log_key **ret_key)
{
    struct log_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a key");
    key->pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, LOG_SEED_BYTES);
    if (key->pkey == NULL) {
        free(key);
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "log-key", "cannot import an Ed25519 key");
    }
    *ret_key = key;
    return OK;
}

struct log_key *log_key_free(struct log_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->pkey); /* OpenSSL clears private numbers */
        free(key);
    }
    return NULL;
}

enum error_code log_key_sign(const struct log_key *key, struct slice message, struct error *error,
                             uint8_t ret_signature[static 64])
{
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[LOG_SIGNATURE_BYTES];
    size_t length = sizeof signature;
    if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1 ||
        EVP_DigestSign(context, signature, &length, text_of(message), message.length) != 1 ||
        length != sizeof signature)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "log-key", "cannot sign with the log key");
    memcpy(ret_signature, signature, sizeof signature);
    return OK;
}

enum error_code log_sign(const uint8_t seed[static 32], struct slice message, struct error *error,
                         uint8_t ret_signature[static 64])
{
    struct log_key *key;
    TRY(log_key_import(seed, error, &key));
    enum error_code code = log_key_sign(key, message, error, ret_signature);
    log_key_free(key);
    return code;
}

enum error_code log_verify(const uint8_t public_key[static 32], struct slice message,
                           const uint8_t signature[static 64], struct error *error)
{
    CLEANUP(openssl_pkey_cleanup)
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, LOG_PUBLIC_BYTES);
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (pkey == NULL || context == NULL || EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) != 1 ||
        EVP_DigestVerify(context, signature, LOG_SIGNATURE_BYTES, text_of(message), message.length) != 1)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "signature", "the signature of the log key does not hold");
    return OK;
}

/* ---- ECDSA P-256 --------------------------------------------------------------------------------------- */

enum error_code one_time_key_make(struct error *error, struct one_time_key **ret_key)
{
    struct one_time_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a key");
    key->pkey = EVP_EC_gen("P-256");
    if (key->pkey == NULL) {
        free(key);
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "one-time-key", "cannot make a P-256 key");
    }
    *ret_key = key;
    return OK;
}

struct one_time_key *one_time_key_free(struct one_time_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->pkey);
        free(key);
    }
    return NULL;
}

enum error_code one_time_key_public(const struct one_time_key *key, struct error *error,
                                    uint8_t ret_public[static 65])
{
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
    size_t length = 0;
    if (EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &length) !=
            1 ||
        length != sizeof point || point[0] != UNCOMPRESSED)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "one-time-key", "cannot write the public point");
    memcpy(ret_public, point, sizeof point);
    return OK;
}

enum error_code one_time_key_export(const struct one_time_key *key, struct error *error,
                                    uint8_t ret_secret[static 32])
{
    CLEANUP(openssl_number_cleanup) BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1 ||
        BN_bn2binpad(number, ret_secret, ONE_TIME_SECRET_BYTES) != ONE_TIME_SECRET_BYTES)
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "one-time-key", "cannot write the one-time key");
    return OK;
}

/* NULL when OpenSSL takes the numbers for no key, or the halves do not belong together. */
static EVP_PKEY *pair_import(const BIGNUM *number, const uint8_t *point)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY *pkey = NULL;
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (builder != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, ONE_TIME_PUBLIC_BYTES) ==
            1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1 &&
        (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_KEYPAIR, parameters) != 1)
        pkey = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *check = pkey != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
    if (check == NULL || EVP_PKEY_check(check) != 1) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

enum error_code one_time_key_import(const uint8_t secret[static 32], const uint8_t public_key[static 65],
                                    struct error *error, struct one_time_key **ret_key)
{
    CLEANUP(openssl_number_cleanup) BIGNUM *number = BN_secure_new();
    struct one_time_key *key = calloc(1, sizeof *key);
    if (key == NULL || number == NULL || BN_bin2bn(secret, ONE_TIME_SECRET_BYTES, number) == NULL) {
        free(key);
        return FAIL_OPENSSL(error, ERROR_MEMORY, "memory", "no memory for a key");
    }
    key->pkey = public_key[0] == UNCOMPRESSED ? pair_import(number, public_key) : NULL;
    if (key->pkey == NULL) {
        free(key);
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "one-time-key", "not the two halves of a P-256 key");
    }
    *ret_key = key;
    return OK;
}

/* DER, as OpenSSL has it, to raw r || s, as WebCrypto has it. */
static bool raw_from_der(const unsigned char *der, size_t length,
                         uint8_t ret_raw[static ONE_TIME_SIGNATURE_BYTES])
{
    CLEANUP(ecdsa_cleanup) ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
    return signature != NULL &&
           BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret_raw, COORDINATE_BYTES) == COORDINATE_BYTES &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret_raw + COORDINATE_BYTES, COORDINATE_BYTES) ==
               COORDINATE_BYTES;
}

/* The length of the DER, 0 on failure. */
static size_t der_from_raw(const uint8_t *raw, unsigned char ret_der[static DER_SIGNATURE_MAXIMUM])
{
    CLEANUP(ecdsa_cleanup) ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, COORDINATE_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(raw + COORDINATE_BYTES, COORDINATE_BYTES, NULL);
    if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    unsigned char *end = ret_der; /* two numbers of at most 33 bytes with 3 times 2 bytes of frame: 72 */
    int length = i2d_ECDSA_SIG(signature, &end);
    return length > 0 ? (size_t)length : 0;
}

enum error_code one_time_sign(const struct one_time_key *key, struct slice message, struct error *error,
                              uint8_t ret_signature[static 64])
{
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char der[DER_SIGNATURE_MAXIMUM];
    uint8_t raw[ONE_TIME_SIGNATURE_BYTES];
    size_t length = sizeof der;
    if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pkey) != 1 ||
        EVP_DigestSign(context, der, &length, text_of(message), message.length) != 1 ||
        !raw_from_der(der, length, raw))
        return FAIL_OPENSSL(error, ERROR_INTERNAL, "one-time-key", "cannot sign with the one-time key");
    memcpy(ret_signature, raw, sizeof raw);
    return OK;
}

/* A key of the curve without a point, made once: setting up the curve takes longer than copying it. Lives as
 * long as the program and is only read. */
static EVP_PKEY *curve;
static pthread_once_t curve_once = PTHREAD_ONCE_INIT;

static void make_curve(void)
{
    char group[] = "prime256v1";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_end(),
    };
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &curve, EVP_PKEY_KEY_PARAMETERS, parameters) != 1)
        curve = NULL;
}

/* NULL unless the bytes are an uncompressed point on the curve; P-256 has no smaller subgroups to check. */
static EVP_PKEY *point_import(const uint8_t *point)
{
    pthread_once(&curve_once, make_curve);
    if (point[0] != UNCOMPRESSED || curve == NULL)
        return NULL;
    EVP_PKEY *pkey = EVP_PKEY_dup(curve);
    if (pkey != NULL && EVP_PKEY_set1_encoded_public_key(pkey, point, ONE_TIME_PUBLIC_BYTES) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    return pkey;
}

bool one_time_public_is_valid(const uint8_t public_key[static 65])
{
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *pkey = point_import(public_key);
    ERR_clear_error();
    return pkey != NULL;
}

enum error_code one_time_verify(const uint8_t public_key[static 65], struct slice message,
                                const uint8_t signature[static 64], struct error *error)
{
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *pkey = point_import(public_key);
    if (pkey == NULL)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "one-time-key", "not a point of P-256");
    unsigned char der[DER_SIGNATURE_MAXIMUM];
    size_t length = der_from_raw(signature, der);
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (length == 0 || context == NULL ||
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, pkey) != 1 ||
        EVP_DigestVerify(context, der, length, text_of(message), message.length) != 1)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "signature",
                            "the signature of the one-time key does not hold");
    return OK;
}
