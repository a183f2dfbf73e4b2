/* Keys at rest and sealed bodies: AES-256-GCM.
 *
 * The installation has one key file beside the database (mode 0600, made at the first start). It wraps the
 * data key and the private key of each open round; the close of the round deletes the wrapped keys, so that
 * every copy of the bodies in logs, dead tuples, replicas and backups stays unreadable. */
#ifndef HECHT_PRIVACY_SEAL_H
#define HECHT_PRIVACY_SEAL_H

#include "base/base.h"

enum { SEAL_KEY_BYTES = 32, SEAL_OVERHEAD_BYTES = 12 + 16 };

struct seal_key {
    uint8_t bytes[SEAL_KEY_BYTES];
};

void seal_key_make(struct random *random, struct seal_key *ret_key);
void seal_key_wipe(struct seal_key *key); /* also for CLEANUP */
/* Reads the key file, or makes it when it does not exist and make is true. The file holds
 * "hecht-key-v1 " and 64 hexadecimal digits. ERROR_INPUT when it holds something else; ERROR_NOT_FOUND. */
enum error_code seal_key_file(const char *path, bool make, struct random *random, struct region *region,
                              struct error *error, struct seal_key *ret_key) MUST_CHECK;

/* nonce (12 random bytes) || ciphertext || tag (16). bound is authenticated, not stored. */
enum error_code seal(const struct seal_key *key, struct slice bound, struct slice plain,
                     struct random *random, struct region *region, struct error *error,
                     struct slice *ret_sealed) MUST_CHECK;
/* ERROR_CRYPTO when key, bound or sealed bytes are not those it was made with. */
enum error_code seal_open(const struct seal_key *key, struct slice bound, struct slice sealed,
                          struct region *region, struct error *error, struct slice *ret_plain) MUST_CHECK;

void sha256(struct slice data, uint8_t ret_hash[static 32]);
/* HMAC-SHA-256, for form ids and rate keys. */
void hmac_sha256(const void *key, size_t key_length, struct slice data, uint8_t ret_mac[static 32]);
bool equal_in_constant_time(const void *a, const void *b, size_t length);
void wipe(void *bytes, size_t length);

#endif
