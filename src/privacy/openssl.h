/* OpenSSL's headers, for the .c files of this folder only, and included before anything of ours: they declare
 * parameters named `rand`, which base/banned.h poisons. */
#ifndef HECHT_PRIVACY_OPENSSL_H
#define HECHT_PRIVACY_OPENSSL_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* FAIL, and an empty queue of OpenSSL errors: others on this thread must not find ours there. */
#define FAIL_OPENSSL(error, code, reason, ...)                                                               \
    (ERR_clear_error(), FAIL((error), (code), (reason), __VA_ARGS__))

/* For CLEANUP. */
static inline void openssl_pkey_cleanup(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static inline void openssl_pkey_context_cleanup(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static inline void openssl_digest_cleanup(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static inline void openssl_number_cleanup(BIGNUM **number)
{
    BN_clear_free(*number);
}

#endif
