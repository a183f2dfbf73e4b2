/* A certificate for https with its private key, before a server is started with them: a mistake is named in words instead of a
 * handshake that fails. */
#ifndef HECHT_PRIVACY_TLS_PAIR_H
#define HECHT_PRIVACY_TLS_PAIR_H

#include "base/base.h"

struct tls_pair {
    int64_t not_before, not_after; /* seconds: when the certificate holds */
};

/* Both as PEM; behind the server's certificate may stand those of its chain. ERROR_INPUT: "tls-certificate" and "tls-key" for
 * what is no such thing (a key with a pass phrase included), "tls-pair" when they do not belong together. */
enum error_code tls_pair_read(struct slice certificate, struct slice key, struct error *error,
                              struct tls_pair *ret_pair) MUST_CHECK;
/* Whether the certificate is for this host ("trust.example.org", "192.0.2.1"). */
bool tls_certificate_is_for(struct slice certificate, const char *host);

#endif
