/* The keys that a provider publishes (JWKS, RFC 7517), and signatures by them. Four algorithms, each good for one kind of key
 * only, so that no token chooses how it is checked. */
#ifndef HECHT_OPENID_KEYS_H
#define HECHT_OPENID_KEYS_H

#include "base/base.h"

enum { OPENID_KEYS_MAXIMUM = 32, OPENID_KEY_ID_MAXIMUM = 512 };

enum openid_algorithm { OPENID_RS256 = 1, OPENID_PS256, OPENID_ES256, OPENID_EDDSA };

struct openid_key {
    struct slice id;                 /* empty: it has none */
    enum openid_algorithm algorithm; /* the only one it is for; 0: any of its kind */
    enum { OPENID_KEY_RSA = 1, OPENID_KEY_P256, OPENID_KEY_ED25519 } kind;
    struct slice first, second; /* modulus and exponent; x and y; x */
};

struct openid_keys {
    struct openid_key list[OPENID_KEYS_MAXIMUM];
    size_t count;
};

/* Keys of other kinds or for other uses are left out; more than OPENID_KEYS_MAXIMUM are refused. ERROR_INPUT, reason
 * "openid-keys". */
enum error_code openid_keys_read(struct slice text, struct region *region, struct error *error,
                                 struct openid_keys *ret_keys) MUST_CHECK;
/* False for every other name, "none" and "HS256" among them. */
bool openid_algorithm_find(struct slice name, enum openid_algorithm *ret_algorithm);
/* By the one key that has this id (every one when id is empty) and suits the algorithm. ERROR_NOT_FOUND, reason
 * "openid-key-unknown", when there is none or more than one; ERROR_CRYPTO, reason "signature". */
enum error_code openid_keys_verify(const struct openid_keys *keys, struct slice id,
                                   enum openid_algorithm algorithm, struct slice message,
                                   struct slice signature, struct error *error) MUST_CHECK;

#endif
