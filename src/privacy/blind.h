/* Blind signatures: RFC 9474, RSABSSA-SHA384-PSS-Randomized, on OpenSSL's EVP. Both sides: the signer
 * (server) and the client (command line, demo, tests). A signature on a blinded message says "one member of
 * this team, once", without telling the signer what it signed. */
#ifndef HECHT_PRIVACY_BLIND_H
#define HECHT_PRIVACY_BLIND_H

#include "base/base.h"

enum {
    BLIND_MODULUS_BITS = 2048,
    BLIND_MODULUS_MAXIMUM_BITS = 4096,
    BLIND_BYTES_MAXIMUM = 512,
    BLIND_PREFIX_BYTES = 32, /* the random part in front of a prepared message */
    BLIND_SALT_BYTES = 48,
};

struct blind_key;        /* private and public */
struct blind_public_key; /* public only */

/* A new RSA key, e = 65537. Slow: about 0.15 s. */
enum error_code blind_key_generate(struct error *error, struct blind_key **ret_key) MUST_CHECK;
struct blind_key *blind_key_free(struct blind_key *key); /* wipes; takes NULL */
/* PKCS#8 DER in the region; the caller seals it before it is stored. */
enum error_code blind_key_export(const struct blind_key *key, struct region *region, struct error *error,
                                 struct slice *ret_der) MUST_CHECK;
enum error_code blind_key_import(struct slice der, struct error *error,
                                 struct blind_key **ret_key) MUST_CHECK;
/* SubjectPublicKeyInfo DER (rsaEncryption). */
enum error_code blind_key_public(const struct blind_key *key, struct region *region, struct error *error,
                                 struct slice *ret_spki) MUST_CHECK;
/* BlindSign with the check m = s^e. Deterministic. blinded must have exactly the modulus' length. */
enum error_code blind_sign(const struct blind_key *key, struct slice blinded, struct region *region,
                           struct error *error, struct slice *ret_blind_signature) MUST_CHECK;

/* Refuses any exponent but 65537 and moduli outside 2048..4096 bits. */
enum error_code blind_public_key_import(struct slice spki, struct error *error,
                                        struct blind_public_key **ret_key) MUST_CHECK;
struct blind_public_key *blind_public_key_free(struct blind_public_key *key);
size_t blind_public_key_size(const struct blind_public_key *key); /* bytes of the modulus */
/* message = prepared message m (random prefix and all). ERROR_CRYPTO when the signature does not hold. */
enum error_code blind_verify(const struct blind_public_key *key, struct slice message, struct slice signature,
                             struct error *error) MUST_CHECK;

struct blinded_message {
    struct slice prepared; /* random 32 bytes || message */
    struct slice blinded;
    struct slice inverse; /* secret */
};

enum error_code blind_message(const struct blind_public_key *key, struct slice message, struct region *region,
                              struct error *error, struct blinded_message *ret_blinded) MUST_CHECK;
/* Unblinds and verifies; ERROR_CRYPTO when the signer cheated: then discard everything. */
enum error_code blind_finalize(const struct blind_public_key *key, const struct blinded_message *blinded,
                               struct slice blind_signature, struct region *region, struct error *error,
                               struct slice *ret_signature) MUST_CHECK;

/* Vectors of the RFC come with fixed prefix, salt and blinding factor; tests only. */
enum error_code blind_message_fixed(const struct blind_public_key *key, struct slice prepared,
                                    struct slice salt, struct slice factor, struct region *region,
                                    struct error *error, struct blinded_message *ret_blinded) MUST_CHECK;

/* Keys made ahead by low-priority threads, since a round of many teams needs many at once. Nothing is made until it is
 * prepared: a key costs 0.15 s of a processor. */
struct blind_key_pool;
enum error_code blind_key_pool_start(int threads, int ready_maximum, struct error *error,
                                     struct blind_key_pool **ret_pool) MUST_CHECK;
/* Sees to it that `count` keys (at most ready_maximum) are ready or being made. Returns at once. */
void blind_key_pool_prepare(struct blind_key_pool *pool, size_t count);
size_t blind_key_pool_ready(struct blind_key_pool *pool);
struct blind_key_pool *blind_key_pool_stop(struct blind_key_pool *pool);
/* The program ends: whoever makes or waits for a key gets ERROR_BUSY soon. Before blind_key_pool_stop. */
void blind_key_pool_interrupt(struct blind_key_pool *pool);
/* A ready key, or one made now. The caller owns it. */
enum error_code blind_key_pool_take(struct blind_key_pool *pool, struct error *error,
                                    struct blind_key **ret_key) MUST_CHECK;

#endif
