/* Signing in by a provider (OpenID Connect): what one attempt consists of, and whom an account signs in. Nobody becomes a
 * member by it: the provider's word is good for somebody whom Hecht knows by address already.
 *
 * An attempt is nowhere in the database before it succeeds: all of it follows from a cookie of the browser and from the
 * installation's key, so that any process may end what another began, and whoever has not both can neither make nor finish one. */
#ifndef HECHT_PEOPLE_SIGNIN_OPENID_H
#define HECHT_PEOPLE_SIGNIN_OPENID_H

#include "openid/provider.h"
#include "people/people.h"

enum { OPENID_ATTEMPT_SECONDS = 10 * MINUTE_SECONDS, OPENID_COOKIE_BYTES = 32 + 8 };

struct openid_cookie {
    uint8_t bytes[OPENID_COOKIE_BYTES]; /* a secret, and when it was made in seconds, big endian */
};

void openid_cookie_make(const struct application *application, struct openid_cookie *ret_cookie);
/* Fills state, nonce and verifier, in the region. */
void openid_attempt_derive(const struct application *application, const struct openid_cookie *cookie,
                           struct region *region, struct openid_attempt *attempt);
/* ERROR_GONE, reason "openid-state", unless the browser's cookie and the state that came back belong together and are not too
 * old. */
enum error_code openid_attempt_resume(const struct application *application, struct slice cookie_text,
                                      struct slice state, struct region *region, struct error *error,
                                      struct openid_attempt *ret_attempt) MUST_CHECK;

struct openid_signin {
    struct slice issuer, state;
    const struct openid_claims *claims;
    const uint8_t *session_hash;
    struct slice device;
    int64_t now;
    struct region *region;
};

/* Inside a write: finds the person, ties the account at the first time, gives or takes the role of viewer that comes by claim,
 * spends the attempt, begins the session. ERROR_CONFLICT, reason "openid-other-account": the address is tied to another account
 * of this provider; "openid-several": it stands in several organisations; ERROR_DENIED, "openid-nobody": it stands in none;
 * "openid-no-address": there is no verified one; ERROR_GONE, "openid-state": spent before. */
enum error_code openid_signin_write(struct store_session *session, const struct openid_signin *signin,
                                    struct error *error) MUST_CHECK;

struct openid_tie {
    struct slice issuer;
    int64_t tied_at;
};
enum { OPENID_TIES_MAXIMUM = 8 };
/* The accounts of a person, newest first: one of each provider that was ever used. */
enum error_code openid_tie_list(struct store_session *session, int64_t org, int64_t person,
                                struct region *region, struct error *error,
                                struct openid_tie ret_ties[static OPENID_TIES_MAXIMUM],
                                size_t *ret_count) MUST_CHECK;
/* Inside a write: all of them end; a role of viewer that came by claim ends with them. */
enum error_code openid_tie_end(struct store_session *session, int64_t org, int64_t person, int64_t now,
                               struct error *error) MUST_CHECK;

#endif
