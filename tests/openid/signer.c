#include "privacy/openssl.h"

#include "signer.h"

#include <pthread.h>

struct signer {
    EVP_PKEY *rsa, *p256, *ed25519;
};

const char *const SIGNER_ALGORITHMS[5] = {"", "RS256", "PS256", "ES256", "EdDSA"};

static struct signer signers[2];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void)
{
    for (size_t i = 0; i < COUNT_OF(signers); i++)
        signers[i] =
            (struct signer){EVP_RSA_gen(2048), EVP_EC_gen("P-256"), EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
}

const struct signer *signer_get(char which)
{
    pthread_once(&once, make);
    return &signers[which - 'a'];
}

struct slice signer_part(struct slice bytes, struct region *region)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
    base64url_append(&buffer, bytes.data, bytes.length);
    return region_copy(region, buffer_slice(&buffer));
}

static struct slice number_part(EVP_PKEY *pkey, const char *name, int length, struct region *region)
{
    CLEANUP(openssl_number_cleanup) BIGNUM *number = NULL;
    uint8_t bytes[512];
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, name, &number), 1);
    if (length == 0)
        length = BN_num_bytes(number);
    assert_int_equal(BN_bn2binpad(number, bytes, length), length);
    return signer_part(slice_from_bytes(bytes, (size_t)length), region);
}

static struct slice numbers(const struct signer *signer, enum openid_algorithm algorithm,
                            struct region *region)
{
    if (algorithm == OPENID_RS256 || algorithm == OPENID_PS256)
        return region_format(region, "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"",
                             number_part(signer->rsa, OSSL_PKEY_PARAM_RSA_N, 0, region).data,
                             number_part(signer->rsa, OSSL_PKEY_PARAM_RSA_E, 0, region).data);
    if (algorithm == OPENID_ES256)
        return region_format(region, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"",
                             number_part(signer->p256, OSSL_PKEY_PARAM_EC_PUB_X, 32, region).data,
                             number_part(signer->p256, OSSL_PKEY_PARAM_EC_PUB_Y, 32, region).data);
    uint8_t bytes[32];
    size_t length = sizeof bytes;
    assert_int_equal(EVP_PKEY_get_raw_public_key(signer->ed25519, bytes, &length), 1);
    return region_format(region, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"",
                         signer_part(slice_from_bytes(bytes, length), region).data);
}

struct slice signer_key(const struct signer *signer, enum openid_algorithm algorithm, const char *kid,
                        const char *more, struct region *region)
{
    return region_format(region, "{%s%s%s%s%s%s}", numbers(signer, algorithm, region).data,
                         kid == NULL ? "" : ",\"kid\":\"", kid == NULL ? "" : kid, kid == NULL ? "" : "\"",
                         more[0] == '\0' ? "" : ",", more);
}

struct slice signer_keys(struct region *region, size_t count, const struct slice *keys)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
    buffer_append_text(&buffer, "{\"keys\":[");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&buffer, i == 0 ? "" : ",");
        buffer_append(&buffer, keys[i]);
    }
    buffer_append_text(&buffer, "]}");
    return region_copy(region, buffer_slice(&buffer));
}

struct slice signer_all_keys(const struct signer *signer, struct region *region)
{
    struct slice keys[4];
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        keys[i] = signer_key(signer, (enum openid_algorithm)(i + 1), SIGNER_ALGORITHMS[i + 1], "", region);
    return signer_keys(region, COUNT_OF(keys), keys);
}

/* r || s out of DER. */
static size_t raw_of(uint8_t *bytes, size_t length)
{
    const unsigned char *at = bytes;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)length);
    assert_non_null(signature);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes + 32, 32), 32);
    ECDSA_SIG_free(signature);
    return 64;
}

struct slice signer_token(const struct signer *signer, enum openid_algorithm algorithm, const char *header,
                          struct slice claims, struct region *region)
{
    struct slice message = region_format(region, "%s.%s", signer_part(slice_from_text(header), region).data,
                                         signer_part(claims, region).data);
    bool is_rsa = algorithm == OPENID_RS256 || algorithm == OPENID_PS256;
    EVP_PKEY *pkey = is_rsa ? signer->rsa : algorithm == OPENID_ES256 ? signer->p256 : signer->ed25519;
    CLEANUP(openssl_digest_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    uint8_t signature[512];
    size_t length = sizeof signature;
    assert_int_equal(
        EVP_DigestSignInit(context, &how, algorithm == OPENID_EDDSA ? NULL : EVP_sha256(), NULL, pkey), 1);
    if (algorithm == OPENID_PS256) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST), 1);
    }
    assert_int_equal(
        EVP_DigestSign(context, signature, &length, (const unsigned char *)message.data, message.length), 1);
    if (algorithm == OPENID_ES256)
        length = raw_of(signature, length);
    return region_format(region, "%s.%s", message.data,
                         signer_part(slice_from_bytes(signature, length), region).data);
}
