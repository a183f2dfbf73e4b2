/* What a token must say, and how it must be written. */
#include "privacy/seal.h"
#include "signer.h"

#include "openid/token.h"

enum { NOW = 1795420800 };

static const struct openid_expected EXPECTED = {
    .issuer = {"https://id.example.org", 22},
    .client = {"hecht", 5},
    .nonce = {"n-0S6_WzA2Mj", 12},
    .now = NOW,
    .viewer_claim = {"groups", 6},
    .viewer_value = {"hecht-viewers", 13},
};

/* A claim of the good token in another way; value NULL: not at all. */
struct change {
    const char *name, *value;
};

static struct slice claims_with(const struct change *changes, size_t count, struct region *region)
{
    static const struct change GOOD[] = {
        {"iss", "\"https://id.example.org\""},
        {"aud", "\"hecht\""},
        {"exp", "1795421100"},
        {"iat", "1795420800"},
        {"nonce", "\"n-0S6_WzA2Mj\""},
        {"sub", "\"248289761001\""},
        {"email", "\"sam@example.org\""},
        {"email_verified", "true"},
    };
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 16);
    buffer_append_text(&text, "{\"x\":0");
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        bool changed = false;
        for (size_t j = 0; j < count; j++)
            changed = changed || strcmp(changes[j].name, GOOD[i].name) == 0;
        if (!changed)
            buffer_format(&text, ",\"%s\":%s", GOOD[i].name, GOOD[i].value);
    }
    for (size_t j = 0; j < count; j++)
        if (changes[j].value != NULL)
            buffer_format(&text, ",\"%s\":%s", changes[j].name, changes[j].value);
    buffer_append_byte(&text, '}');
    return region_copy(region, buffer_slice(&text));
}

static enum error_code read_claims(struct slice claims, struct region *region, struct error *error,
                                   struct openid_claims *ret_claims)
{
    struct openid_token token = {.claims = claims};
    return openid_token_claims(&token, &EXPECTED, region, error, ret_claims);
}

#define WITH(...)                                                                                            \
    claims_with((const struct change[]){__VA_ARGS__}, COUNT_OF(((const struct change[]){__VA_ARGS__})),      \
                region)

TEST(a_good_token_tells_who_it_is)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_claims claims;
    struct openid_token token;
    struct openid_keys keys;
    const struct signer *a = signer_get('a');
    assert_ok(openid_keys_read(signer_all_keys(a, region), region, &error, &keys));
    for (enum openid_algorithm by = OPENID_RS256; by <= OPENID_EDDSA; by++) {
        const char *header = region_format(region, "{\"typ\":\"JWT\",\"alg\":\"%s\",\"kid\":\"%s\"}",
                                           SIGNER_ALGORITHMS[by], SIGNER_ALGORITHMS[by])
                                 .data;
        assert_ok(openid_token_read(signer_token(a, by, header, WITH({"x", NULL}), region), region, &error,
                                    &token));
        assert_ok(openid_token_verify(&token, &keys, &error));
        assert_ok(openid_token_claims(&token, &EXPECTED, region, &error, &claims));
        assert_true(slice_equal(claims.subject, S("248289761001")));
        assert_true(slice_equal(claims.address, S("sam@example.org")));
        assert_true(claims.address_verified);
        assert_false(claims.viewer);
    }
}

TEST(claims_that_are_taken)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_claims claims;
    static const struct change GOOD[] = {
        {"aud", "[\"hecht\"]"}, {"exp", "1795420681"}, {"exp", "1795421100.5"},
        {"exp", "1.7954211e9"}, {"iat", "1795420920"}, {"nbf", "1795420920"},
        {"azp", "\"hecht\""},   {"iat", "1"},          {"sub", "\"\xC3\xA9\""},
    };
    for (size_t i = 0; i < COUNT_OF(GOOD); i++)
        if (read_claims(WITH(GOOD[i]), region, &error, &claims) != OK)
            fail_msg("%s %s: %s", GOOD[i].name, GOOD[i].value, error.detail);
    assert_ok(
        read_claims(WITH({"aud", "[\"others\",\"hecht\"]"}, {"azp", "\"hecht\""}), region, &error, &claims));
}

TEST(claims_that_are_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_claims claims = {.viewer = true};
    static const struct change BAD[] = {
        {"iss", NULL},
        {"iss", "\"https://id.example.org/\""},
        {"iss", "\"https://ID.example.org\""},
        {"iss", "[\"https://id.example.org\"]"},
        {"aud", NULL},
        {"aud", "\"hecht2\""},
        {"aud", "[]"},
        {"aud", "\"\""},
        {"aud", "{\"hecht\":1}"},
        {"aud", "[[\"hecht\"]]"},
        {"aud", "[\"hecht\",\"others\"]"},
        {"aud",
         "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"hecht\"]"},
        {"azp", "\"others\""},
        {"azp", "1"},
        {"azp", "\"\""},
        {"exp", NULL},
        {"exp", "1795420680"},
        {"exp", "\"1795421100\""},
        {"exp", "0"},
        {"exp", "-1"},
        {"exp", "true"},
        {"exp", "1e300"},
        {"exp", "99999999999999999999"},
        {"iat", NULL},
        {"iat", "1795420921"},
        {"iat", "\"1795420800\""},
        {"iat", "null"},
        {"nbf", "1795420921"},
        {"nbf", "\"1795420800\""},
        {"nonce", NULL},
        {"nonce", "\"n-0S6_WzA2Mk\""},
        {"nonce", "\"n-0S6_WzA2M\""},
        {"nonce", "\"n-0S6_WzA2Mj \""},
        {"nonce", "\"\""},
        {"nonce", "[\"n-0S6_WzA2Mj\"]"},
        {"sub", NULL},
        {"sub", "\"\""},
        {"sub", "248289761001"},
        {"sub", "\"a\\nb\""},
        {"sub", "\"a\\u0000b\""},
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        error = (struct error){0};
        if (read_claims(WITH(BAD[i]), region, &error, &claims) == OK)
            fail_msg("%s %s was taken", BAD[i].name, BAD[i].value == NULL ? "left out" : BAD[i].value);
        assert_string_equal(error.reason, "openid-token");
    }
    assert_true(claims.viewer); /* untouched */
    char subject[OPENID_SUBJECT_MAXIMUM + 4];
    memset(subject, 'a', sizeof subject);
    subject[0] = subject[sizeof subject - 2] = '"';
    subject[sizeof subject - 1] = '\0';
    assert_refused(read_claims(WITH({"sub", subject}), region, &error, &claims), "openid-token");
    subject[sizeof subject - 3] = '"';
    subject[sizeof subject - 2] = '\0';
    assert_ok(read_claims(WITH({"sub", subject}), region, &error, &claims));
}

TEST(repeated_names_are_refused)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_claims claims;
    assert_refused(
        read_claims(WITH({"sub", "\"mallory\",\"sub\":\"248289761001\""}), region, &error, &claims),
        "openid-token");
    assert_refused(read_claims(WITH({"y", "{\"a\":1,\"a\":2}"}), region, &error, &claims), "openid-token");
    assert_refused(read_claims(WITH({"y", "1,\"s\\u0075b\":\"mallory\""}), region, &error, &claims),
                   "openid-token");
    assert_refused(read_claims(S("[]"), region, &error, &claims), "openid-token");
    assert_refused(read_claims(S("{}{}"), region, &error, &claims), "openid-token");
}

TEST(addresses_and_viewers)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_claims claims;
    static const char *const NOT_VERIFIED[] = {NULL, "false", "\"true\"", "1", "[true]", "null"};
    for (size_t i = 0; i < COUNT_OF(NOT_VERIFIED); i++) {
        assert_ok(read_claims(WITH({"email_verified", NOT_VERIFIED[i]}), region, &error, &claims));
        assert_false(claims.address_verified);
    }
    static const char *const NO_ADDRESS[] = {NULL, "1", "\"\"", "[\"sam@example.org\"]",
                                             "\"sam@example.org\\n\""};
    for (size_t i = 0; i < COUNT_OF(NO_ADDRESS); i++) {
        assert_ok(read_claims(WITH({"email", NO_ADDRESS[i]}), region, &error, &claims));
        assert_int_equal(claims.address.length, 0);
    }
    static const struct {
        const char *value;
        bool viewer;
    } GROUPS[] = {{"\"hecht-viewers\"", true},
                  {"[\"x\",\"hecht-viewers\"]", true},
                  {"[]", false},
                  {"\"hecht-viewers2\"", false},
                  {"[\"hecht\"]", false},
                  {"{\"hecht-viewers\":1}", false},
                  {"[[\"hecht-viewers\"]]", false},
                  {"true", false}};
    for (size_t i = 0; i < COUNT_OF(GROUPS); i++) {
        assert_ok(read_claims(WITH({"groups", GROUPS[i].value}), region, &error, &claims));
        if (claims.viewer != GROUPS[i].viewer)
            fail_msg("%s", GROUPS[i].value);
    }
}

static struct slice with_header(const char *header, struct region *region)
{
    return region_format(region, "%s.e30.AAAA", signer_part(slice_from_text(header), region).data);
}

TEST(headers)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_token token;
    static const char *const BAD[] = {
        "",
        "{}",
        "[]",
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"RS512\"}",
        "{\"alg\":\"rs256\"}",
        "{\"alg\":\"ES256K\"}",
        "{\"alg\":\"\"}",
        "{\"alg\":1}",
        "{\"alg\":[\"RS256\"]}",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}",
        "{\"alg\":\"RS256\",\"typ\":1}",
        "{\"alg\":\"RS256\",\"kid\":1}",
        "{\"alg\":\"RS256\",\"kid\":\"\"}",
        "{\"alg\":\"RS256\"",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        error = (struct error){0};
        if (openid_token_read(with_header(BAD[i], region), region, &error, &token) == OK)
            fail_msg("%s was taken", BAD[i]);
        assert_string_equal(error.reason, "openid-token");
    }
    static const char *const GOOD[] = {
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"EdDSA\",\"typ\":\"jwt\",\"kid\":\"1\",\"jku\":\"https://evil.example\",\"jwk\":{}}"};
    for (size_t i = 0; i < COUNT_OF(GOOD); i++)
        assert_ok(openid_token_read(with_header(GOOD[i], region), region, &error, &token));
}

TEST(forms)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_token token;
    const char *header = with_header("{\"alg\":\"RS256\"}", region).data;
    assert_ok(openid_token_read(slice_from_text(header), region, &error, &token));
    size_t length = strlen(header);
    const char *bad[] = {
        "",
        ".",
        "..",
        "...",
        "e30",
        "e30.e30",
        region_format(region, "%s.", header).data,
        region_format(region, "%s.AAAA", header).data,
        region_format(region, " %s", header).data,
        region_format(region, "%s\n", header).data,
        region_format(region, "%s=", header).data,
        region_format(region, "%sB", header).data,
        region_format(region, "%.*s.AAAA", (int)(length - 9), header).data,
        region_format(region, "%.*s.e30.", (int)(length - 9), header).data,
        region_format(region, "%.*s.e31.AAAA", (int)(length - 9), header).data,
        region_format(region, "%.*s.e3+.AAAA", (int)(length - 9), header).data,
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (openid_token_read(slice_from_text(bad[i]), region, &error, &token) == OK)
            fail_msg("\"%s\" was taken", bad[i]);
    char *large = region_allocate(region, OPENID_TOKEN_MAXIMUM + 1);
    memset(large, 'A', OPENID_TOKEN_MAXIMUM + 1);
    memcpy(large, header, length - 8);
    large[OPENID_TOKEN_MAXIMUM - 8] = '.';
    assert_refused(
        openid_token_read(slice_from_bytes(large, OPENID_TOKEN_MAXIMUM + 1), region, &error, &token),
        "openid-token");
}

/* The public key, known to everybody, as the secret of an HMAC. */
TEST(a_public_key_is_no_shared_secret)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_token token;
    struct openid_keys keys;
    struct slice text = signer_all_keys(signer_get('a'), region);
    assert_ok(openid_keys_read(text, region, &error, &keys));
    struct slice message =
        region_format(region, "%s.%s", signer_part(S("{\"alg\":\"HS256\",\"kid\":\"RS256\"}"), region).data,
                      signer_part(WITH({"x", NULL}), region).data);
    uint8_t mac[32];
    hmac_sha256(keys.list[0].first.data, keys.list[0].first.length, message, mac);
    struct slice forged = region_format(region, "%s.%s", message.data,
                                        signer_part(slice_from_bytes(mac, sizeof mac), region).data);
    assert_refused(openid_token_read(forged, region, &error, &token), "openid-token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_tells_who_it_is),
        cmocka_unit_test(claims_that_are_taken),
        cmocka_unit_test(claims_that_are_refused),
        cmocka_unit_test(repeated_names_are_refused),
        cmocka_unit_test(addresses_and_viewers),
        cmocka_unit_test(headers),
        cmocka_unit_test(forms),
        cmocka_unit_test(a_public_key_is_no_shared_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
