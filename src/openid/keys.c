#include "openid/document.h"

#include "openid/keys.h"
#include "privacy/rsa_signature.h"
#include "privacy/signature.h"

enum { COORDINATE_BYTES = 32, UNCOMPRESSED = 4 };

static const char *const ALGORITHMS[] = {"", "RS256", "PS256", "ES256", "EdDSA"};

bool openid_algorithm_find(struct slice name, enum openid_algorithm *ret_algorithm)
{
    for (size_t i = OPENID_RS256; i < COUNT_OF(ALGORITHMS); i++)
        if (slice_equal(name, slice_from_text(ALGORITHMS[i]))) {
            *ret_algorithm = (enum openid_algorithm)i;
            return true;
        }
    return false;
}

/* ---- Reading ------------------------------------------------------------------------------------------------ */

static bool read_number(const json_t *object, const char *name, size_t maximum, struct region *region,
                        struct slice *ret_bytes)
{
    struct slice text;
    size_t length;
    if (!document_text(object, name, BASE64URL_LENGTH(maximum), &text))
        return false;
    uint8_t *bytes = region_allocate(region, maximum);
    if (bytes == NULL || !base64url_decode(text, bytes, maximum, &length))
        return false;
    *ret_bytes = slice_from_bytes(bytes, length);
    return true;
}

static bool read_rsa(const json_t *object, struct region *region, struct openid_key *key)
{
    key->kind = OPENID_KEY_RSA;
    return read_number(object, "n", RSA_MODULUS_BYTES_MAXIMUM, region, &key->first) &&
           read_number(object, "e", RSA_EXPONENT_BYTES_MAXIMUM, region, &key->second) &&
           rsa_public_is_valid(&(struct rsa_public){key->first, key->second});
}

static void point_of(const struct openid_key *key, uint8_t ret_point[ONE_TIME_PUBLIC_BYTES])
{
    ret_point[0] = UNCOMPRESSED;
    memcpy(ret_point + 1, key->first.data, COORDINATE_BYTES);
    memcpy(ret_point + 1 + COORDINATE_BYTES, key->second.data, COORDINATE_BYTES);
}

static bool read_p256(const json_t *object, struct region *region, struct openid_key *key)
{
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
    key->kind = OPENID_KEY_P256;
    if (!document_names(object, "crv", S("P-256")) ||
        !read_number(object, "x", COORDINATE_BYTES, region, &key->first) ||
        !read_number(object, "y", COORDINATE_BYTES, region, &key->second) ||
        key->first.length != COORDINATE_BYTES || key->second.length != COORDINATE_BYTES)
        return false;
    point_of(key, point);
    return one_time_public_is_valid(point);
}

static bool read_ed25519(const json_t *object, struct region *region, struct openid_key *key)
{
    key->kind = OPENID_KEY_ED25519;
    return document_names(object, "crv", S("Ed25519")) &&
           read_number(object, "x", LOG_PUBLIC_BYTES, region, &key->first) &&
           key->first.length == LOG_PUBLIC_BYTES;
}

static bool kind_suits(const struct openid_key *key, enum openid_algorithm algorithm)
{
    switch (algorithm) {
    case OPENID_RS256:
    case OPENID_PS256:
        return key->kind == OPENID_KEY_RSA;
    case OPENID_ES256:
        return key->kind == OPENID_KEY_P256;
    case OPENID_EDDSA:
        return key->kind == OPENID_KEY_ED25519;
    }
    return false;
}

/* False for a key that is not for signatures we know: RFC 7517 wants it passed over. */
static bool read_key(const json_t *object, struct region *region, struct openid_key *ret_key)
{
    struct openid_key key = {0};
    struct slice kind, id = {0}, algorithm;
    bool good = false;
    if (!document_text(object, "kty", 16, &kind) ||
        (document_has(object, "use") && !document_names(object, "use", S("sig"))) ||
        (document_has(object, "kid") && !document_text(object, "kid", OPENID_KEY_ID_MAXIMUM, &id)))
        return false;
    if (slice_equal(kind, S("RSA")))
        good = read_rsa(object, region, &key);
    else if (slice_equal(kind, S("EC")))
        good = read_p256(object, region, &key);
    else if (slice_equal(kind, S("OKP")))
        good = read_ed25519(object, region, &key);
    if (good && document_has(object, "alg"))
        good = document_text(object, "alg", 16, &algorithm) &&
               openid_algorithm_find(algorithm, &key.algorithm) && kind_suits(&key, key.algorithm);
    key.id = region_copy(region, id);
    *ret_key = key;
    return good;
}

enum error_code openid_keys_read(struct slice text, struct region *region, struct error *error,
                                 struct openid_keys *ret_keys)
{
    CLEANUP(document_cleanup) json_t *document = document_read(text);
    const json_t *list = json_object_get(document, "keys");
    struct openid_keys keys = {0};
    if (!json_is_array(list))
        return FAIL(error, ERROR_INPUT, "openid-keys", "the provider's list of keys is none");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct openid_key key;
        if (!read_key(json_array_get(list, i), region, &key))
            continue;
        if (keys.count == OPENID_KEYS_MAXIMUM)
            return FAIL(error, ERROR_INPUT, "openid-keys", "the provider has more than %d keys",
                        OPENID_KEYS_MAXIMUM);
        keys.list[keys.count++] = key;
    }
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for the provider's keys");
    *ret_keys = keys;
    return OK;
}

/* ---- Signatures --------------------------------------------------------------------------------------------- */

static const struct openid_key *find(const struct openid_keys *keys, struct slice id,
                                     enum openid_algorithm algorithm)
{
    const struct openid_key *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        const struct openid_key *key = &keys->list[i];
        if (!kind_suits(key, algorithm) || (key->algorithm != 0 && key->algorithm != algorithm) ||
            (id.length > 0 && !slice_equal(key->id, id)))
            continue;
        if (found != NULL)
            return NULL;
        found = key;
    }
    return found;
}

enum error_code openid_keys_verify(const struct openid_keys *keys, struct slice id,
                                   enum openid_algorithm algorithm, struct slice message,
                                   struct slice signature, struct error *error)
{
    const struct openid_key *key = find(keys, id, algorithm);
    if (key == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "openid-key-unknown",
                    "the provider publishes no one key that could have signed this");
    if (key->kind == OPENID_KEY_RSA)
        return rsa_verify(&(struct rsa_public){key->first, key->second},
                          algorithm == OPENID_RS256 ? RSA_PKCS1 : RSA_PSS, message, signature, error);
    if (signature.length != LOG_SIGNATURE_BYTES) /* of P-256 too: r || s */
        return FAIL(error, ERROR_CRYPTO, "signature", "the signature has another length");
    if (key->kind == OPENID_KEY_ED25519)
        return log_verify((const uint8_t *)key->first.data, message, (const uint8_t *)signature.data, error);
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
    point_of(key, point);
    return one_time_verify(point, message, (const uint8_t *)signature.data, error);
}
