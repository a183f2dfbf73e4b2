#include "privacy/openssl.h"

#include "privacy/seal.h"

#include <limits.h>
#include <pthread.h>

enum {
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    PLAIN_MAXIMUM = 64 << 20, /* far below what one AES-GCM nonce or an int may count */
    KEY_FILE_MAXIMUM = 256,
};

static const char key_file_prefix[] = "hecht-key-v1 ";

void wipe(void *bytes, size_t length)
{
    if (length > 0)
        OPENSSL_cleanse(bytes, length);
}

bool equal_in_constant_time(const void *a, const void *b, size_t length)
{
    return length == 0 || CRYPTO_memcmp(a, b, length) == 0;
}

/* Hashing fails only without memory or without OpenSSL's own provider. No caller could go on without a hash,
 * and a wrong one would be worse than an end, so these two end the program. */
/* Looked up once: OpenSSL otherwise searches its providers for each hash, which takes longer than a short one. */
static EVP_MD *digest;
static pthread_once_t digest_once = PTHREAD_ONCE_INIT;

static void find_digest(void)
{
    digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (digest == NULL)
        abort();
}

void sha256(struct slice data, uint8_t ret_hash[static 32])
{
    pthread_once(&digest_once, find_digest);
    if (EVP_Digest(data.length ? data.data : "", data.length, ret_hash, NULL, digest, NULL) != 1)
        abort();
}

void hmac_sha256(const void *key, size_t key_length, struct slice data, uint8_t ret_mac[static 32])
{
    const unsigned char *bytes = (const unsigned char *)(data.length ? data.data : "");
    if (key_length > INT_MAX ||
        HMAC(EVP_sha256(), key_length ? key : "", (int)key_length, bytes, data.length, ret_mac, NULL) == NULL)
        abort();
}

void seal_key_make(struct random *random, struct seal_key *ret_key)
{
    random_bytes(random, ret_key->bytes, sizeof ret_key->bytes);
}

void seal_key_wipe(struct seal_key *key)
{
    wipe(key->bytes, sizeof key->bytes);
}

/* ---- The key file -------------------------------------------------------------------------------------- */

static enum error_code key_file_read(const char *path, struct region *region, struct error *error,
                                     struct seal_key *ret_key)
{
    struct slice content;
    TRY(file_read(path, KEY_FILE_MAXIMUM, region, error, &content));
    struct slice prefix = slice_from_text(key_file_prefix);
    struct slice line = slice_trim(content);
    struct seal_key key;
    bool good = slice_starts_with(line, prefix) &&
                hex_decode(slice_from(line, prefix.length), key.bytes, sizeof key.bytes);
    wipe((void *)(uintptr_t)content.data, content.length); /* our copy in the region */
    if (!good)
        return FAIL(error, ERROR_INPUT, "key-file", "%s is not a Hecht key file", path);
    *ret_key = key;
    seal_key_wipe(&key);
    return OK;
}

static enum error_code key_file_make(const char *path, struct random *random, struct error *error,
                                     struct seal_key *ret_key)
{
    char line[sizeof key_file_prefix + 2 * SEAL_KEY_BYTES + 1];
    const size_t at = sizeof key_file_prefix - 1;
    struct seal_key key;
    seal_key_make(random, &key);
    memcpy(line, key_file_prefix, at);
    hex_encode(key.bytes, sizeof key.bytes, line + at);
    line[at + 2 * SEAL_KEY_BYTES] = '\n';
    enum error_code code =
        file_create_private(path, slice_from_bytes(line, at + 2 * SEAL_KEY_BYTES + 1), error);
    wipe(line, sizeof line);
    if (code == OK)
        *ret_key = key;
    seal_key_wipe(&key);
    return code;
}

enum error_code seal_key_file(const char *path, bool make, struct random *random, struct region *region,
                              struct error *error, struct seal_key *ret_key)
{
    enum error_code code = key_file_read(path, region, error, ret_key);
    if (code != ERROR_NOT_FOUND || !make)
        return code;
    code = key_file_make(path, random, error, ret_key);
    /* Another process was faster: its key is the key. */
    return code == ERROR_CONFLICT ? key_file_read(path, region, error, ret_key) : code;
}

/* ---- AES-256-GCM --------------------------------------------------------------------------------------- */

static void cipher_cleanup(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

static bool encrypt(EVP_CIPHER_CTX *context, const struct seal_key *key, struct slice bound,
                    struct slice plain, unsigned char *sealed)
{
    unsigned char *body = sealed + NONCE_BYTES;
    int length = 0;
    return EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), key->bytes, sealed, NULL) == 1 &&
           (bound.length == 0 || EVP_EncryptUpdate(context, NULL, &length, (const unsigned char *)bound.data,
                                                   (int)bound.length) == 1) &&
           (plain.length == 0 || EVP_EncryptUpdate(context, body, &length, (const unsigned char *)plain.data,
                                                   (int)plain.length) == 1) &&
           EVP_EncryptFinal_ex(context, body + plain.length, &length) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, body + plain.length) == 1;
}

static bool decrypt(EVP_CIPHER_CTX *context, const struct seal_key *key, struct slice bound,
                    struct slice sealed, unsigned char *plain)
{
    const unsigned char *nonce = (const unsigned char *)sealed.data;
    const unsigned char *body = nonce + NONCE_BYTES;
    size_t body_length = sealed.length - SEAL_OVERHEAD_BYTES;
    unsigned char tag[TAG_BYTES];
    int length = 0;
    memcpy(tag, body + body_length, sizeof tag);
    return EVP_DecryptInit_ex2(context, EVP_aes_256_gcm(), key->bytes, nonce, NULL) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
           (bound.length == 0 || EVP_DecryptUpdate(context, NULL, &length, (const unsigned char *)bound.data,
                                                   (int)bound.length) == 1) &&
           (body_length == 0 || EVP_DecryptUpdate(context, plain, &length, body, (int)body_length) == 1) &&
           EVP_DecryptFinal_ex(context, plain + body_length, &length) == 1;
}

enum error_code seal(const struct seal_key *key, struct slice bound, struct slice plain,
                     struct random *random, struct region *region, struct error *error,
                     struct slice *ret_sealed)
{
    if (plain.length > PLAIN_MAXIMUM || bound.length > PLAIN_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "seal-size", "too much to seal at once");
    CLEANUP(cipher_cleanup) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    size_t length = plain.length + SEAL_OVERHEAD_BYTES;
    unsigned char *sealed = region_allocate(region, length);
    if (context == NULL || sealed == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to seal");
    random_bytes(random, sealed, NONCE_BYTES);
    if (!encrypt(context, key, bound, plain, sealed)) {
        ERR_clear_error();
        return FAIL(error, ERROR_INTERNAL, "seal", "AES-256-GCM failed");
    }
    *ret_sealed = slice_from_bytes(sealed, length);
    return OK;
}

enum error_code seal_open(const struct seal_key *key, struct slice bound, struct slice sealed,
                          struct region *region, struct error *error, struct slice *ret_plain)
{
    if (sealed.length < SEAL_OVERHEAD_BYTES)
        return FAIL(error, ERROR_CRYPTO, "seal", "the sealed bytes are cut off");
    size_t length = sealed.length - SEAL_OVERHEAD_BYTES;
    if (length > PLAIN_MAXIMUM || bound.length > PLAIN_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "seal-size", "too much to open at once");
    CLEANUP(cipher_cleanup) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *plain = region_allocate(region, length);
    if (context == NULL || plain == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to open a seal");
    if (!decrypt(context, key, bound, sealed, plain)) {
        wipe(plain, length); /* unauthenticated bytes go nowhere */
        ERR_clear_error();
        return FAIL(error, ERROR_CRYPTO, "seal", "the sealed bytes do not belong to this key and place");
    }
    *ret_plain = slice_from_bytes(plain, length);
    return OK;
}
