/* What the three blind_*.c share; nobody else includes it. */
#ifndef HECHT_PRIVACY_BLIND_KEY_H
#define HECHT_PRIVACY_BLIND_KEY_H

#include "privacy/openssl.h"

#include "privacy/blind.h"

#include <stdatomic.h>

struct blind_key {
    EVP_PKEY *pkey; /* an RSA key pair that passed blind_rsa_check */
    size_t size;    /* bytes of the modulus */
};

struct blind_public_key {
    EVP_PKEY *pkey;
    BIGNUM *modulus;
    BIGNUM *exponent;
    size_t size;
};

/* ERROR_CRYPTO unless pkey is RSA with e = 65537 and 2048..4096 bits, whole bytes. */
enum error_code blind_rsa_check(EVP_PKEY *pkey, struct error *error) MUST_CHECK;
/* blind_key_generate that gives up (ERROR_BUSY) soon after *stop becomes true; stop may be NULL. */
enum error_code blind_key_generate_until(const atomic_bool *stop, struct error *error,
                                         struct blind_key **ret_key) MUST_CHECK;

#endif
