/* Keys on the first line, a token on the second, both any bytes: refused, or with parts in bounds. Nobody finds a signature by
 * chance. Then the whole as the claims of a token. */
#include "openid/token.h"

enum { REGION_MAXIMUM = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_claims(struct slice claims, struct region *region)
{
    const struct openid_expected expected = {.issuer = S("i"),
                                             .client = S("c"),
                                             .nonce = S("n"),
                                             .now = 1000,
                                             .viewer_claim = S("g"),
                                             .viewer_value = S("v")};
    const struct openid_token token = {.claims = claims};
    struct openid_claims made;
    struct error error = {0};
    if (openid_token_claims(&token, &expected, region, &error, &made) == OK)
        require(made.subject.length >= 1 && made.subject.length <= OPENID_SUBJECT_MAXIMUM &&
                made.address.length <= OPENID_ADDRESS_MAXIMUM && slice_is_clean_text(made.subject, ""));
    else
        require(error.reason != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct openid_keys keys;
    struct openid_token token;
    struct slice all = slice_from_bytes(data, size);
    size_t line = slice_find_byte(all, '\n');
    bool has_keys = openid_keys_read(slice_part(all, 0, line), region, &error, &keys) == OK;
    if (has_keys)
        require(keys.count <= OPENID_KEYS_MAXIMUM);
    if (openid_token_read(slice_from(all, line + 1), region, &error, &token) == OK) {
        require(token.algorithm >= OPENID_RS256 && token.algorithm <= OPENID_EDDSA);
        require(token.claims.length > 0 && token.signature.length > 0 && token.signed_part.length < size);
        if (has_keys)
            require(openid_token_verify(&token, &keys, &error) != OK);
        check_claims(token.claims, region);
    }
    check_claims(all, region);
    return 0;
}
