/* Keys that a provider publishes, and signatures by them. The vectors are those of the RFCs' appendices. */
#include "signer.h"

#include "openid/token.h"

#define CLAIMS_OF_RFC7515                                                                                    \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static const struct vector {
    const char *name, *key, *token;
} VECTORS[] = {
    {"RFC 7515 A.2",
     "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-"
     "yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Ca"
     "pHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
     "\",\"e\":\"AQAB\"}",
     "eyJhbGciOiJSUzI1NiJ9." CLAIMS_OF_RFC7515
     ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ"
     "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZ"
     "ESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {"RFC 7515 A.3",
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_"
     "FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
     "eyJhbGciOiJFUzI1NiJ9." CLAIMS_OF_RFC7515
     ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"RFC 8037 A.4",
     "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhV"
     "sPt9g7sVvpAr_MuM0KAg"},
};

static enum error_code check(struct slice keys_text, struct slice token_text, struct region *region,
                             struct error *error)
{
    struct openid_keys keys;
    struct openid_token token;
    TRY(openid_keys_read(keys_text, region, error, &keys));
    TRY(openid_token_read(token_text, region, error, &token));
    return openid_token_verify(&token, &keys, error);
}

TEST(vectors)
{
    TEST_REGION(region);
    struct error error = {0};
    for (size_t i = 0; i < COUNT_OF(VECTORS); i++) {
        struct slice key = slice_from_text(VECTORS[i].key), keys = signer_keys(region, 1, &key);
        struct slice token = slice_from_text(VECTORS[i].token);
        assert_ok(check(keys, token, region, &error));
        /* Another byte anywhere is another token. The last character of a part has bits that mean nothing; these must be 0. */
        for (size_t at = 0; at < token.length; at += 3) {
            char *changed = (char *)(uintptr_t)region_copy(region, token).data;
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            error = (struct error){0};
            if (check(keys, slice_from_bytes(changed, token.length), region, &error) == OK)
                fail_msg("%s: byte %zu does not matter", VECTORS[i].name, at);
        }
        for (size_t length = 0; length < token.length; length++)
            if (check(keys, slice_part(token, 0, length), region, &error) == OK)
                fail_msg("%s: cut off at %zu", VECTORS[i].name, length);
    }
}

static struct slice token_of(const struct signer *signer, enum openid_algorithm signed_by,
                             enum openid_algorithm named, const char *kid, struct region *region)
{
    const char *header =
        region_format(region, "{\"alg\":\"%s\"%s%s%s}", SIGNER_ALGORITHMS[named],
                      kid == NULL ? "" : ",\"kid\":\"", kid == NULL ? "" : kid, kid == NULL ? "" : "\"")
            .data;
    return signer_token(signer, signed_by, header, S("{}"), region);
}

TEST(each_algorithm_with_its_own_key_only)
{
    TEST_REGION(region);
    struct error error = {0};
    struct slice keys = signer_all_keys(signer_get('a'), region);
    for (enum openid_algorithm by = OPENID_RS256; by <= OPENID_EDDSA; by++)
        for (enum openid_algorithm named = OPENID_RS256; named <= OPENID_EDDSA; named++) {
            struct slice own = token_of(signer_get('a'), by, named, SIGNER_ALGORITHMS[named], region);
            struct slice other = token_of(signer_get('b'), by, named, SIGNER_ALGORITHMS[named], region);
            if (by == named)
                assert_ok(check(keys, own, region, &error));
            else
                assert_refused(check(keys, own, region, &error), "signature");
            assert_refused(check(keys, other, region, &error), "signature");
        }
}

TEST(a_key_is_for_its_kind_and_its_algorithm)
{
    TEST_REGION(region);
    struct error error = {0};
    const struct signer *a = signer_get('a');
    struct slice key = signer_key(a, OPENID_RS256, "k", "\"alg\":\"RS256\",\"use\":\"sig\"", region);
    struct slice keys = signer_keys(region, 1, &key);
    assert_ok(check(keys, token_of(a, OPENID_RS256, OPENID_RS256, "k", region), region, &error));
    assert_refused(check(keys, token_of(a, OPENID_PS256, OPENID_PS256, "k", region), region, &error),
                   "openid-key-unknown");
    assert_refused(check(keys, token_of(a, OPENID_ES256, OPENID_ES256, "k", region), region, &error),
                   "openid-key-unknown");
    assert_refused(check(keys, token_of(a, OPENID_RS256, OPENID_RS256, "other", region), region, &error),
                   "openid-key-unknown");
}

TEST(without_a_name_the_key_must_be_the_only_one)
{
    TEST_REGION(region);
    struct error error = {0};
    const struct signer *a = signer_get('a'), *b = signer_get('b');
    struct slice list[] = {signer_key(a, OPENID_ES256, NULL, "", region),
                           signer_key(a, OPENID_RS256, "r", "", region),
                           signer_key(b, OPENID_ES256, "second", "", region)};
    struct slice token = token_of(a, OPENID_ES256, OPENID_ES256, NULL, region);
    assert_ok(check(signer_keys(region, 2, list), token, region, &error));
    assert_refused(check(signer_keys(region, 3, list), token, region, &error), "openid-key-unknown");
    list[1] = signer_key(a, OPENID_ES256, "second", "", region);
    assert_refused(check(signer_keys(region, 3, list),
                         token_of(b, OPENID_ES256, OPENID_ES256, "second", region), region, &error),
                   "openid-key-unknown"); /* two of one name */
}

static size_t count_of(const char *keys_text, struct region *region)
{
    struct openid_keys keys;
    struct error error = {0};
    assert_ok(openid_keys_read(slice_from_text(keys_text), region, &error, &keys));
    return keys.count;
}

TEST(keys_of_other_kinds_are_passed_over)
{
    TEST_REGION(region);
    const struct signer *a = signer_get('a');
    static const char *const USELESS[] = {
        "{}",
        "1",
        "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"k\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        /* Not on the curve. */
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
    };
    for (size_t i = 0; i < COUNT_OF(USELESS); i++) {
        struct slice list[] = {slice_from_text(USELESS[i]), signer_key(a, OPENID_EDDSA, "good", "", region)};
        if (count_of(signer_keys(region, 2, list).data, region) != 1)
            fail_msg("%s", USELESS[i]);
    }
    static const char *const MORE[] = {"\"use\":\"enc\"",  "\"alg\":\"RS512\"", "\"alg\":\"ES256\"",
                                       "\"alg\":\"none\"", "\"alg\":1",         "\"kid\":7"};
    for (size_t i = 0; i < COUNT_OF(MORE); i++) {
        struct slice key = signer_key(a, OPENID_RS256, NULL, MORE[i], region);
        if (count_of(signer_keys(region, 1, &key).data, region) != 0)
            fail_msg("%s", MORE[i]);
    }
}

TEST(what_is_no_list_of_keys)
{
    TEST_REGION(region);
    struct error error = {0};
    struct openid_keys keys;
    static const char *const WRONG[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"keys\":{}}",
                                        "{\"keys\":[]",
                                        "{\"keys\":[],\"keys\":[]}",
                                        "{\"keys\":[{\"kty\":\"RSA\",\"kty\":\"EC\"}]}",
                                        "{\"keys\":[]} x"};
    for (size_t i = 0; i < COUNT_OF(WRONG); i++)
        assert_refused(openid_keys_read(slice_from_text(WRONG[i]), region, &error, &keys), "openid-keys");
    assert_refused(openid_keys_read(S("{\"keys\":[]}\0"), region, &error, &keys), "openid-keys");
    struct slice list[OPENID_KEYS_MAXIMUM + 1];
    for (size_t i = 0; i < COUNT_OF(list); i++)
        list[i] = signer_key(signer_get('a'), OPENID_EDDSA, "k", "", region);
    assert_ok(openid_keys_read(signer_keys(region, OPENID_KEYS_MAXIMUM, list), region, &error, &keys));
    assert_refused(openid_keys_read(signer_keys(region, COUNT_OF(list), list), region, &error, &keys),
                   "openid-keys");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(each_algorithm_with_its_own_key_only),
        cmocka_unit_test(a_key_is_for_its_kind_and_its_algorithm),
        cmocka_unit_test(without_a_name_the_key_must_be_the_only_one),
        cmocka_unit_test(keys_of_other_kinds_are_passed_over),
        cmocka_unit_test(what_is_no_list_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
