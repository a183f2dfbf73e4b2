/* RSA signatures of others with SHA-256, by keys that are published as two numbers (RFC 7518): as a provider of sign-ins signs
 * its tokens. Their Ed25519 and P-256 are log_verify and one_time_verify in signature.h. */
#ifndef HECHT_PRIVACY_RSA_SIGNATURE_H
#define HECHT_PRIVACY_RSA_SIGNATURE_H

#include "base/base.h"

enum { RSA_MODULUS_BYTES_MINIMUM = 256, RSA_MODULUS_BYTES_MAXIMUM = 1024, RSA_EXPONENT_BYTES_MAXIMUM = 8 };

enum rsa_scheme { RSA_PKCS1 = 1, RSA_PSS /* salt as long as the hash */ };

/* Big endian. 2048 to 8192 bits, an odd exponent of 3 or more. */
struct rsa_public {
    struct slice modulus, exponent;
};

bool rsa_public_is_valid(const struct rsa_public *key);
/* ERROR_CRYPTO, reason "signature" when it does not hold, "rsa-key" when it is no key. */
enum error_code rsa_verify(const struct rsa_public *key, enum rsa_scheme scheme, struct slice message,
                           struct slice signature, struct error *error) MUST_CHECK;

#endif
