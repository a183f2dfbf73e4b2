#include "privacy/openssl.h"

#include "privacy/rsa_signature.h"

static struct slice without_zeros(struct slice number)
{
    while (number.length > 0 && number.data[0] == '\0')
        number = slice_from(number, 1);
    return number;
}

bool rsa_public_is_valid(const struct rsa_public *key)
{
    struct slice n = without_zeros(key->modulus), e = without_zeros(key->exponent);
    return n.length >= RSA_MODULUS_BYTES_MINIMUM && n.length <= RSA_MODULUS_BYTES_MAXIMUM &&
           ((uint8_t)n.data[0] >= 0x80 || n.length > RSA_MODULUS_BYTES_MINIMUM) &&
           ((uint8_t)n.data[n.length - 1] & 1) == 1 && e.length >= 1 &&
           e.length <= RSA_EXPONENT_BYTES_MAXIMUM && ((uint8_t)e.data[e.length - 1] & 1) == 1 &&
           (e.length > 1 || (uint8_t)e.data[0] >= 3);
}

static BIGNUM *number_of(struct slice bytes)
{
    return BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.length, NULL);
}

/* NULL when OpenSSL takes the numbers for no key. */
static EVP_PKEY *import(const struct rsa_public *key)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY *pkey = NULL;
    CLEANUP(openssl_number_cleanup) BIGNUM *n = number_of(key->modulus);
    CLEANUP(openssl_number_cleanup) BIGNUM *e = number_of(key->exponent);
    CLEANUP(openssl_pkey_context_cleanup)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (builder != NULL && n != NULL && e != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1 &&
        (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        pkey = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

static bool set_scheme(EVP_PKEY_CTX *context, enum rsa_scheme scheme)
{
    if (scheme == RSA_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

enum error_code rsa_verify(const struct rsa_public *key, enum rsa_scheme scheme, struct slice message,
                           struct slice signature, struct error *error)
{
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *pkey = rsa_public_is_valid(key) ? import(key) : NULL;
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL; /* of the digest context */
    if (pkey == NULL || context == NULL)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "rsa-key", "the numbers are no RSA key that may be used");
    if (signature.length != (size_t)EVP_PKEY_get_size(pkey) ||
        EVP_DigestVerifyInit(context, &how, EVP_sha256(), NULL, pkey) != 1 || !set_scheme(how, scheme) ||
        EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.length,
                         (const unsigned char *)(message.length > 0 ? message.data : ""),
                         message.length) != 1)
        return FAIL_OPENSSL(error, ERROR_CRYPTO, "signature", "the RSA signature does not hold");
    return OK;
}
