/* The ID token (OpenID Connect Core 2 and 3.1.3.7; a signed JWT in compact form): who somebody is, in the words of the
 * provider, for us, for this sign-in and not for long. */
#ifndef HECHT_OPENID_TOKEN_H
#define HECHT_OPENID_TOKEN_H

#include "openid/keys.h"

enum {
    OPENID_TOKEN_MAXIMUM = 16 << 10,
    OPENID_SKEW_SECONDS = 2 * MINUTE_SECONDS, /* by which the provider's clock and ours may differ */
    OPENID_SUBJECT_MAXIMUM = 255,
    OPENID_ADDRESS_MAXIMUM = 254,
};

/* Parts of a token, not checked yet; they point into its text or the region. */
struct openid_token {
    enum openid_algorithm algorithm;
    struct slice key_id;      /* empty: it names none */
    struct slice signed_part; /* header and claims as they were sent */
    struct slice claims;      /* JSON */
    struct slice signature;
};

/* What the claims must say. */
struct openid_expected {
    struct slice issuer, client, nonce;
    int64_t now;
    struct slice viewer_claim, viewer_value; /* empty: no claim makes a viewer */
};

struct openid_claims {
    struct slice subject;
    struct slice address;  /* empty: none was given */
    bool address_verified; /* the provider says that it is the person's */
    bool viewer;           /* the claim of viewers has its value */
};

/* ERROR_INPUT, reason "openid-token": not three parts, another algorithm than our four, a critical header, ... */
enum error_code openid_token_read(struct slice text, struct region *region, struct error *error,
                                  struct openid_token *ret_token) MUST_CHECK;
/* ERROR_NOT_FOUND, "openid-key-unknown"; ERROR_CRYPTO, "signature". */
enum error_code openid_token_verify(const struct openid_token *token, const struct openid_keys *keys,
                                    struct error *error) MUST_CHECK;
/* Only of a token that was verified. ERROR_INPUT, reason "openid-token". */
enum error_code openid_token_claims(const struct openid_token *token, const struct openid_expected *expected,
                                    struct region *region, struct error *error,
                                    struct openid_claims *ret_claims) MUST_CHECK;

#endif
