/* Ordinary signatures: Ed25519 of the organisation's log key (receipts, later checkpoints) and ECDSA P-256
 * with SHA-256 of the one-time key of an answer (raw r || s, raw uncompressed point, as WebCrypto has them).
 */
#ifndef HECHT_PRIVACY_SIGNATURE_H
#define HECHT_PRIVACY_SIGNATURE_H

#include "base/base.h"

enum {
    LOG_SEED_BYTES = 32,
    LOG_PUBLIC_BYTES = 32,
    LOG_SIGNATURE_BYTES = 64,
    ONE_TIME_PUBLIC_BYTES = 65,
    ONE_TIME_SECRET_BYTES = 32,
    ONE_TIME_SIGNATURE_BYTES = 64,
};

enum error_code log_key_make(struct error *error, uint8_t ret_seed[static 32],
                             uint8_t ret_public[static 32]) MUST_CHECK;
enum error_code log_sign(const uint8_t seed[static 32], struct slice message, struct error *error,
                         uint8_t ret_signature[static 64]) MUST_CHECK;
/* For many signatures: OpenSSL computes the public half anew at each import of a seed, which takes as long as a
 * signature. */
struct log_key;
enum error_code log_key_import(const uint8_t seed[static 32], struct error *error,
                               struct log_key **ret_key) MUST_CHECK;
struct log_key *log_key_free(struct log_key *key); /* wipes; takes NULL */
enum error_code log_key_sign(const struct log_key *key, struct slice message, struct error *error,
                             uint8_t ret_signature[static 64]) MUST_CHECK;
enum error_code log_verify(const uint8_t public_key[static 32], struct slice message,
                           const uint8_t signature[static 64], struct error *error) MUST_CHECK;

struct one_time_key; /* client side */
enum error_code one_time_key_make(struct error *error, struct one_time_key **ret_key) MUST_CHECK;
struct one_time_key *one_time_key_free(struct one_time_key *key);
enum error_code one_time_key_public(const struct one_time_key *key, struct error *error,
                                    uint8_t ret_public[static 65]) MUST_CHECK;
/* The private number, big endian, for a client that must survive a crash. The caller wipes it. */
enum error_code one_time_key_export(const struct one_time_key *key, struct error *error,
                                    uint8_t ret_secret[static 32]) MUST_CHECK;
/* ERROR_CRYPTO when the two halves do not belong together. */
enum error_code one_time_key_import(const uint8_t secret[static 32], const uint8_t public_key[static 65],
                                    struct error *error, struct one_time_key **ret_key) MUST_CHECK;
enum error_code one_time_sign(const struct one_time_key *key, struct slice message, struct error *error,
                              uint8_t ret_signature[static 64]) MUST_CHECK;
/* Is it an uncompressed point of the curve? */
bool one_time_public_is_valid(const uint8_t public_key[static 65]);
enum error_code one_time_verify(const uint8_t public_key[static 65], struct slice message,
                                const uint8_t signature[static 64], struct error *error) MUST_CHECK;

#endif
