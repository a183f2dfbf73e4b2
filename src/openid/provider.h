/* A provider of sign-ins by OpenID Connect: code flow with PKCE (RFC 7636). Its description and keys are fetched when they
 * are needed, and remembered for an hour; they are no truth of ours, so every process has its own. */
#ifndef HECHT_OPENID_PROVIDER_H
#define HECHT_OPENID_PROVIDER_H

#include "net/fetch.h"
#include "openid/token.h"

enum {
    OPENID_REMEMBERED_SECONDS = HOUR_SECONDS,
    OPENID_KEYS_AGAIN_SECONDS = MINUTE_SECONDS, /* for a key that is not known yet */
    OPENID_CODE_MAXIMUM = 3000,
    OPENID_SECRET_MAXIMUM = 1000,
    OPENID_NAME_MAXIMUM = 60,
    /* Of the 4 workers of the web server, so that a provider that does not answer keeps nobody from answering. */
    OPENID_AT_ONCE_MAXIMUM = 2,
    OPENID_WAITING_MAXIMUM = 1,
    OPENID_WAIT_SECONDS = 3,
};

struct openid_options {
    const char *issuer, *client, *secret;
    const char *name;                        /* for the button; NULL: the issuer's host */
    const char *viewer_claim, *viewer_value; /* NULL: no claim makes a viewer */
    bool addresses_trusted;                  /* also those that it does not call verified */
    const struct clock *clock;
    /* NULL: net/fetch.h. */
    enum error_code (*fetch)(const struct fetch_request *request, struct region *region, struct error *error,
                             struct fetch_response *ret_response);
};

struct openid_provider;

/* Fetches nothing yet. ERROR_INPUT, reason "openid-options", says what is wrong with them. They are copied. */
enum error_code openid_provider_open(const struct openid_options *options, struct error *error,
                                     struct openid_provider **ret_provider) MUST_CHECK;
struct openid_provider *openid_provider_close(struct openid_provider *provider); /* wipes; takes NULL */
struct slice openid_provider_issuer(const struct openid_provider *provider);
/* "id.example.org" of "https://id.example.org/realms/x". */
struct slice openid_host(struct slice issuer);
struct slice openid_provider_name(const struct openid_provider *provider);

/* One sign-in: what goes to the provider and what comes back must be of the same. */
struct openid_attempt {
    struct slice redirect; /* where the provider sends the browser back to */
    struct slice state, nonce;
    struct slice verifier; /* of PKCE: 43 characters of base64url */
};

/* All that follows may fail with ERROR_BUSY: "openid-unreached" when the provider does not answer as it should, "openid-busy"
 * when others wait for it. */

/* Where the browser goes to. languages: "nl" or "en", for the provider's own pages. */
enum error_code openid_address(struct openid_provider *provider, const struct openid_attempt *attempt,
                               struct slice language, struct region *region, struct error *error,
                               struct slice *ret_url) MUST_CHECK;
/* Is the answer that came back from this provider (RFC 9207)? issuer: its parameter "iss", empty when it has none.
 * ERROR_INPUT, reason "openid-token". */
enum error_code openid_answer_check(struct openid_provider *provider, struct slice issuer,
                                    struct region *region, struct error *error) MUST_CHECK;
/* Spends the code. ERROR_DENIED, reason "openid-code", when the provider does not take it; "openid-token", "signature" or
 * "openid-key-unknown" when the token is not good. */
enum error_code openid_claims_fetch(struct openid_provider *provider, const struct openid_attempt *attempt,
                                    struct slice code, struct region *region, struct error *error,
                                    struct openid_claims *ret_claims) MUST_CHECK;

#endif
