#include "openid/document.h"

#include "openid/token.h"
#include "privacy/seal.h"

enum { HEADER_MAXIMUM = 4 << 10, SIGNATURE_MAXIMUM = 1024, AUDIENCES_MAXIMUM = 16 };

#define REFUSE(error, ...) FAIL((error), ERROR_INPUT, "openid-token", __VA_ARGS__)

/* ---- Form --------------------------------------------------------------------------------------------------- */

static bool decode(struct slice text, size_t maximum, struct region *region, struct slice *ret_bytes)
{
    size_t length;
    uint8_t *bytes = region_allocate(region, text.length + 1);
    if (text.length == 0 || bytes == NULL || !base64url_decode(text, bytes, text.length, &length) ||
        length > maximum)
        return false;
    *ret_bytes = slice_from_bytes(bytes, length);
    return true;
}

/* "jwk", "jku" and "x5u" are not looked at: which key is good is not the token's to say. */
static enum error_code read_header(struct slice text, struct region *region, struct error *error,
                                   struct openid_token *token)
{
    CLEANUP(document_cleanup) json_t *header = document_read(text);
    struct slice algorithm, type, id = {0};
    if (header == NULL)
        return REFUSE(error, "its header is no JSON object");
    if (!document_text(header, "alg", 16, &algorithm) || !openid_algorithm_find(algorithm, &token->algorithm))
        return REFUSE(error, "it is not signed by RS256, PS256, ES256 or EdDSA");
    if (document_has(header, "crit") || document_has(header, "b64"))
        return REFUSE(error, "its header demands something that is not known here");
    if (document_has(header, "typ") &&
        (!document_text(header, "typ", 16, &type) || !slice_equal_ignore_case(type, S("JWT"))))
        return REFUSE(error, "it is another type of token");
    if (document_has(header, "kid") && !document_text(header, "kid", OPENID_KEY_ID_MAXIMUM, &id))
        return REFUSE(error, "the name of its key is none");
    token->key_id = region_copy(region, id);
    return OK;
}

enum error_code openid_token_read(struct slice text, struct region *region, struct error *error,
                                  struct openid_token *ret_token)
{
    struct openid_token token = {0};
    struct slice header;
    if (text.length > OPENID_TOKEN_MAXIMUM)
        return REFUSE(error, "it is longer than %d bytes", OPENID_TOKEN_MAXIMUM);
    size_t first = slice_find_byte(text, '.');
    struct slice rest = slice_from(text, first + 1);
    size_t second = slice_find_byte(rest, '.');
    if (!decode(slice_part(text, 0, first), HEADER_MAXIMUM, region, &header) ||
        !decode(slice_part(rest, 0, second), OPENID_TOKEN_MAXIMUM, region, &token.claims) ||
        !decode(slice_from(rest, second + 1), SIGNATURE_MAXIMUM, region, &token.signature))
        return REFUSE(error, "it is not three parts of base64url");
    TRY(read_header(header, region, error, &token));
    token.signed_part = slice_part(text, 0, first + 1 + second);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for a token");
    *ret_token = token;
    return OK;
}

enum error_code openid_token_verify(const struct openid_token *token, const struct openid_keys *keys,
                                    struct error *error)
{
    return openid_keys_verify(keys, token->key_id, token->algorithm, token->signed_part, token->signature,
                              error);
}

/* ---- Claims ------------------------------------------------------------------------------------------------- */

/* For us, and when for others too, given to us (azp). */
static bool is_for(const json_t *claims, struct slice client)
{
    const json_t *audience = json_object_get(claims, "aud");
    bool several = json_is_array(audience) && json_array_size(audience) != 1;
    if (json_array_size(audience) > AUDIENCES_MAXIMUM || !document_names(claims, "aud", client))
        return false;
    if (!document_has(claims, "azp"))
        return !several;
    struct slice party;
    return document_text(claims, "azp", DOCUMENT_MAXIMUM, &party) && slice_equal(party, client);
}

static enum error_code check_times(const json_t *claims, int64_t now, struct error *error)
{
    int64_t expires, issued, begins;
    if (!document_seconds(claims, "exp", &expires) || !document_seconds(claims, "iat", &issued))
        return REFUSE(error, "it does not say when it was made and how long it lasts");
    if (now >= expires + OPENID_SKEW_SECONDS)
        return REFUSE(error, "it was over %" PRId64 " s ago: is the clock of this machine right?",
                      now - expires);
    if (issued > now + OPENID_SKEW_SECONDS)
        return REFUSE(error, "it was made %" PRId64 " s from now: is the clock of this machine right?",
                      issued - now);
    if (document_has(claims, "nbf") &&
        (!document_seconds(claims, "nbf", &begins) || begins > now + OPENID_SKEW_SECONDS))
        return REFUSE(error, "it is not good yet: is the clock of this machine right?");
    return OK;
}

static bool same_nonce(const json_t *claims, struct slice nonce)
{
    struct slice given;
    return document_text(claims, "nonce", nonce.length, &given) && given.length == nonce.length &&
           equal_in_constant_time(given.data, nonce.data, nonce.length);
}

enum error_code openid_token_claims(const struct openid_token *token, const struct openid_expected *expected,
                                    struct region *region, struct error *error,
                                    struct openid_claims *ret_claims)
{
    CLEANUP(document_cleanup) json_t *claims = document_read(token->claims);
    struct slice issuer, subject, address = {0};
    if (claims == NULL)
        return REFUSE(error, "its claims are no JSON object without repeated names");
    if (!document_text(claims, "iss", DOCUMENT_MAXIMUM, &issuer) || !slice_equal(issuer, expected->issuer))
        return REFUSE(error, "it is of another issuer");
    if (!is_for(claims, expected->client))
        return REFUSE(error, "it is for another client");
    TRY(check_times(claims, expected->now, error));
    if (!same_nonce(claims, expected->nonce))
        return REFUSE(error, "it is of another sign-in");
    if (!document_text(claims, "sub", OPENID_SUBJECT_MAXIMUM, &subject))
        return REFUSE(error, "it does not say who it is about");
    (void)document_text(claims, "email", OPENID_ADDRESS_MAXIMUM, &address);
    struct openid_claims made = {
        .subject = region_copy(region, subject),
        .address = region_copy(region, address),
        .address_verified = json_is_true(json_object_get(claims, "email_verified")),
        .viewer = expected->viewer_claim.length > 0 &&
                  document_names(claims, region_text(region, expected->viewer_claim), expected->viewer_value),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for claims");
    *ret_claims = made;
    return OK;
}
