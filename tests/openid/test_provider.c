/* The provider as seen from Hecht, with a network and a clock of the test's own. */
#include "signer.h"

#include <pthread.h>
#include <stdatomic.h>

#include "openid/provider.h"

enum { START = 1795420800 };

#define ISSUER "https://id.example.org/realms/staff"
#define NONCE "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* What the network does next. Set by tests while no thread of theirs is in it. */
static struct network {
    const char *description, *keys, *answer; /* NULL: nobody answers */
    int64_t description_status, keys_status, answer_status;
    int descriptions, key_lists, answers; /* asked for */
    char form[4096], user[200], password[400];
    bool basic;
    bool holds; /* answers wait until it lets go */
    int inside;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} network = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct clock clock_of_test;

#define DESCRIPTION(more)                                                                                    \
    "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://id.example.org/auth\","                 \
    "\"token_endpoint\":\"https://id.example.org/token\",\"jwks_uri\":\"https://id.example.org/keys\"" more  \
    "}"

static void keep(char *room, size_t size, struct slice text)
{
    snprintf(room, size, "%.*s", SLICE_ARG(text));
}

static enum error_code give(const char *body, int64_t status, struct region *region, struct error *error,
                            struct fetch_response *ret_response)
{
    if (body == NULL)
        return FAIL(error, ERROR_IO, "fetch-failed", "no answer");
    *ret_response =
        (struct fetch_response){status == 0 ? 200 : status, region_copy(region, slice_from_text(body))};
    return OK;
}

static enum error_code fetch_for_test(const struct fetch_request *request, struct region *region,
                                      struct error *error, struct fetch_response *ret_response)
{
    if (slice_equal(request->url, S(ISSUER "/.well-known/openid-configuration"))) {
        network.descriptions++;
        return give(network.description, network.description_status, region, error, ret_response);
    }
    if (slice_equal(request->url, S("https://id.example.org/keys"))) {
        network.key_lists++;
        return give(network.keys, network.keys_status, region, error, ret_response);
    }
    assert_true(slice_equal(request->url, S("https://id.example.org/token")));
    pthread_mutex_lock(&network.mutex);
    network.answers++;
    network.inside++;
    pthread_cond_broadcast(&network.changed);
    while (network.holds)
        pthread_cond_wait(&network.changed, &network.mutex);
    network.inside--;
    keep(network.form, sizeof network.form, request->form);
    network.basic = request->user != NULL;
    keep(network.user, sizeof network.user, slice_from_text(request->user));
    keep(network.password, sizeof network.password, slice_from_text(request->password));
    pthread_mutex_unlock(&network.mutex);
    return give(network.answer, network.answer_status, region, error, ret_response);
}

static const struct openid_options OPTIONS = {.issuer = ISSUER,
                                              .client = "hecht & co",
                                              .secret = "100% ~secret+/=",
                                              .clock = &clock_of_test,
                                              .fetch = fetch_for_test};

static struct openid_provider *open_provider(void)
{
    struct openid_provider *provider = NULL;
    struct error error = {0};
    network.description = DESCRIPTION("");
    network.keys = network.answer = NULL;
    network.description_status = network.keys_status = network.answer_status = 0;
    network.descriptions = network.key_lists = network.answers = 0;
    clock_manual_init(&clock_of_test, START);
    assert_ok(openid_provider_open(&OPTIONS, &error, &provider));
    return provider;
}

static void provider_cleanup(struct openid_provider **provider)
{
    *provider = openid_provider_close(*provider);
}
#define PROVIDER(name) CLEANUP(provider_cleanup) struct openid_provider *name = open_provider()

static const struct openid_attempt ATTEMPT = {
    .redirect = {"https://hecht.example.org/openid/return", 39},
    .state = {"sssssssssssssssssssssssssssssssssssssssssss", 43},
    .nonce = {NONCE, 43},
    .verifier = {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 43}, /* of RFC 7636, appendix B */
};

/* The network answers a code with a token by this key. */
static void answer_with(char signer, const char *kid, struct region *region)
{
    const char *header = region_format(region, "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}", kid).data;
    struct slice claims = region_format(region,
                                        "{\"iss\":\"" ISSUER "\",\"aud\":\"hecht & co\",\"exp\":%" PRId64
                                        ",\"iat\":%" PRId64 ",\"nonce\":\"" NONCE "\",\"sub\":\"1\"}",
                                        clock_seconds(&clock_of_test) + 60, clock_seconds(&clock_of_test));
    network.answer =
        region_format(region, "{\"id_token\":\"%s\"}",
                      signer_token(signer_get(signer), OPENID_EDDSA, header, claims, region).data)
            .data;
}

static void publish(char signer, const char *kid, struct region *region)
{
    struct slice key = signer_key(signer_get(signer), OPENID_EDDSA, kid, "", region);
    network.keys = signer_keys(region, 1, &key).data;
}

static enum error_code claims_of(struct openid_provider *provider, struct region *region, struct error *error)
{
    struct openid_claims claims;
    return openid_claims_fetch(provider, &ATTEMPT, S("a code/+"), region, error, &claims);
}

static void wait_seconds(int64_t seconds)
{
    clock_manual_set(&clock_of_test, clock_seconds(&clock_of_test) + seconds);
}

TEST(where_the_browser_goes)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    struct slice url;
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    assert_string_equal(
        url.data,
        "https://id.example.org/auth?response_type=code&scope=openid%20email&client_id=hecht%20%26%20co"
        "&redirect_uri=https%3A%2F%2Fhecht.example.org%2Fopenid%2Freturn"
        "&state=sssssssssssssssssssssssssssssssssssssssssss&nonce=" NONCE
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&ui_locales=nl");
    network.description =
        "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://id.example.org/auth?p=1\","
        "\"token_endpoint\":\"https://id.example.org/token\",\"jwks_uri\":\"https://id.example.org/keys\"}";
    wait_seconds(OPENID_REMEMBERED_SECONDS);
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    assert_true(slice_starts_with(url, S("https://id.example.org/auth?p=1&response_type=code&")));
}

TEST(the_description_is_remembered_for_an_hour)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    struct slice url;
    for (int i = 0; i < 3; i++)
        assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    wait_seconds(OPENID_REMEMBERED_SECONDS - 1);
    network.description = NULL; /* silent meanwhile: nobody notices */
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    assert_int_equal(network.descriptions, 1);
    wait_seconds(1);
    assert_refused(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url), "openid-unreached");
    network.description = DESCRIPTION("");
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    wait_seconds(-10); /* the clock was set back */
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url));
    assert_int_equal(network.descriptions, 4);
}

TEST(descriptions_that_are_refused)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    struct slice url;
    static const char *const BAD[] = {
        "",
        "[]",
        "<html>",
        "{}",
        DESCRIPTION(",\"issuer\":\"" ISSUER "\""),
        "{\"issuer\":\"" ISSUER
        "/\",\"authorization_endpoint\":\"https://i/a\",\"token_endpoint\":\"https://i/t\",\"jwks_uri\":\"https://i/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"http://id.example.org/a\",\"token_endpoint\":\"https://i/t\",\"jwks_uri\":\"https://i/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"https://i/a\",\"token_endpoint\":\"file:///etc/passwd\",\"jwks_uri\":\"https://i/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"https://i/a\",\"token_endpoint\":\"https://i/t\",\"jwks_uri\":\"http://169.254.169.254/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"javascript:alert(1)\",\"token_endpoint\":\"https://i/t\",\"jwks_uri\":\"https://i/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"https://i/a\\r\\nSet-Cookie: x\",\"token_endpoint\":\"https://i/t\",\"jwks_uri\":\"https://i/k\"}",
        "{\"issuer\":\"" ISSUER
        "\",\"authorization_endpoint\":\"https://i/a\",\"token_endpoint\":\"https://i/t\"}",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        network.description = BAD[i];
        error = (struct error){0};
        if (openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url) == OK)
            fail_msg("%s was taken", BAD[i]);
        assert_string_equal(error.reason, "openid-unreached");
    }
    network.description = DESCRIPTION("");
    network.description_status = 302;
    assert_refused(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url), "openid-unreached");
}

TEST(whose_answer_it_is)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    assert_ok(openid_answer_check(provider, S(ISSUER), region, &error));
    assert_ok(openid_answer_check(provider, S(""), region, &error));
    assert_refused(openid_answer_check(provider, S(ISSUER "/"), region, &error), "openid-token");
    network.description = DESCRIPTION(",\"authorization_response_iss_parameter_supported\":true");
    wait_seconds(OPENID_REMEMBERED_SECONDS);
    assert_ok(openid_answer_check(provider, S(ISSUER), region, &error));
    assert_refused(openid_answer_check(provider, S(""), region, &error), "openid-token");
}

TEST(the_code_is_spent_with_the_secret)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    publish('a', "k", region);
    answer_with('a', "k", region);
    assert_ok(claims_of(provider, region, &error));
    assert_string_equal(
        network.form,
        "grant_type=authorization_code&code=a%20code%2F%2B&redirect_uri=https%3A%2F%2Fhecht.example.org%2Fopenid%2Freturn"
        "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_true(network.basic);
    assert_string_equal(network.user, "hecht%20%26%20co");
    assert_string_equal(network.password, "100%25%20~secret%2B%2F%3D");
    network.description = DESCRIPTION(
        ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\",\"private_key_jwt\"]");
    wait_seconds(OPENID_REMEMBERED_SECONDS);
    answer_with('a', "k", region);
    assert_ok(claims_of(provider, region, &error));
    assert_false(network.basic);
    assert_non_null(
        strstr(network.form, "&client_id=hecht%20%26%20co&client_secret=100%25%20~secret%2B%2F%3D"));
}

TEST(codes_and_answers_that_are_refused)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    struct openid_claims claims;
    static const struct {
        const char *answer, *reason;
        int64_t status;
    } CASES[] = {
        {"{\"error\":\"invalid_grant\"}", "openid-code", 400},
        {"{\"error\":\"<b>evil\"}", "openid-code", 401},
        {"no JSON", "openid-code", 400},
        {"{}", "openid-unreached", 500},
        {NULL, "openid-unreached", 0},
        {"{}", "openid-token", 200},
        {"{\"id_token\":7}", "openid-token", 200},
        {"", "openid-token", 200},
        {"{\"id_token\":\"a.b.c\"}", "openid-token", 200},
        {"{\"id_token\":\"a.b.c\",\"id_token\":\"a.b.c\"}", "openid-token", 200},
        {"{}", "openid-code", 302},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        network.answer = CASES[i].answer;
        network.answer_status = CASES[i].status;
        assert_refused(claims_of(provider, region, &error), CASES[i].reason);
        assert_null(strstr(error.detail, "evil"));
        assert_null(strstr(error.detail, "secret"));
    }
    int asked = network.answers;
    char code[OPENID_CODE_MAXIMUM + 2];
    memset(code, 'c', sizeof code);
    assert_refused(openid_claims_fetch(provider, &ATTEMPT, slice_from_bytes(code, OPENID_CODE_MAXIMUM + 1),
                                       region, &error, &claims),
                   "openid-code");
    assert_refused(openid_claims_fetch(provider, &ATTEMPT, S(""), region, &error, &claims), "openid-code");
    assert_refused(openid_claims_fetch(provider, &ATTEMPT, S("a\nb"), region, &error, &claims),
                   "openid-code");
    assert_int_equal(network.answers, asked);
}

TEST(keys_are_rotated)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    publish('a', "first", region);
    answer_with('a', "first", region);
    for (int i = 0; i < 3; i++)
        assert_ok(claims_of(provider, region, &error));
    assert_int_equal(network.key_lists, 1);
    publish('b', "second", region);
    answer_with('b', "second", region);
    wait_seconds(OPENID_KEYS_AGAIN_SECONDS - 1);
    for (int i = 0; i < 3; i++)
        assert_refused(claims_of(provider, region, &error), "openid-key-unknown");
    assert_int_equal(network.key_lists, 1); /* at most once a minute */
    wait_seconds(1);
    assert_ok(claims_of(provider, region, &error));
    assert_int_equal(network.key_lists, 2);
    answer_with('a', "first", region); /* which is published no more */
    wait_seconds(OPENID_KEYS_AGAIN_SECONDS);
    assert_refused(claims_of(provider, region, &error), "openid-key-unknown");
    assert_int_equal(network.key_lists, 3);
    publish('a', "second", region); /* another key of the same name */
    answer_with('a', "second", region);
    wait_seconds(OPENID_KEYS_AGAIN_SECONDS);
    assert_ok(claims_of(provider, region, &error));
}

TEST(a_key_that_was_taken_back_ends_within_an_hour)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    publish('a', "k", region);
    answer_with('a', "k", region);
    assert_ok(claims_of(provider, region, &error));
    publish('b', "k", region);
    wait_seconds(OPENID_REMEMBERED_SECONDS);
    answer_with('a', "k", region);
    assert_refused(claims_of(provider, region, &error), "signature");
    network.keys = "{\"keys\":7}";
    wait_seconds(OPENID_KEYS_AGAIN_SECONDS);
    answer_with('a', "k", region);
    assert_refused(claims_of(provider, region, &error), "openid-unreached");
    network.keys = NULL;
    assert_refused(claims_of(provider, region, &error), "openid-unreached");
}

TEST(clocks_that_differ)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    publish('a', "k", region);
    answer_with('a', "k", region); /* good for a minute */
    wait_seconds(-OPENID_SKEW_SECONDS);
    assert_ok(claims_of(provider, region, &error));
    wait_seconds(-1);
    assert_refused(claims_of(provider, region, &error), "openid-token");
    wait_seconds(1 + OPENID_SKEW_SECONDS + 60 + OPENID_SKEW_SECONDS - 1);
    assert_ok(claims_of(provider, region, &error));
    wait_seconds(1);
    assert_refused(claims_of(provider, region, &error), "openid-token");
    assert_non_null(strstr(error.detail, "clock"));
}

/* ---- Those who wait ----------------------------------------------------------------------------------------- */

struct visitor {
    pthread_t thread;
    struct openid_provider *provider;
    enum error_code code;
    const char *reason;
};

static int ended; /* under network.mutex */

static void *visit(void *context)
{
    struct visitor *visitor = context;
    TEST_REGION(region);
    struct error error = {0};
    visitor->code = claims_of(visitor->provider, region, &error);
    visitor->reason = error.reason;
    pthread_mutex_lock(&network.mutex);
    ended++;
    pthread_cond_broadcast(&network.changed);
    pthread_mutex_unlock(&network.mutex);
    return NULL;
}

/* Two are inside, one waits; of one more that comes, nobody waits any longer than it takes to say so. */
TEST(a_provider_that_hangs_holds_few)
{
    TEST_REGION(region);
    PROVIDER(provider);
    struct error error = {0};
    struct visitor visitors[OPENID_AT_ONCE_MAXIMUM + OPENID_WAITING_MAXIMUM + 1];
    struct slice url;
    publish('a', "k", region);
    answer_with('a', "k", region);
    assert_ok(claims_of(provider, region, &error));
    network.holds = true;
    for (size_t i = 0; i < COUNT_OF(visitors); i++) {
        visitors[i] = (struct visitor){.provider = provider};
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    pthread_mutex_lock(&network.mutex);
    while (network.inside < OPENID_AT_ONCE_MAXIMUM || ended == 0)
        pthread_cond_wait(&network.changed, &network.mutex);
    assert_int_equal(ended, 1);
    pthread_mutex_unlock(&network.mutex);
    assert_ok(openid_address(provider, &ATTEMPT, S("nl"), region, &error, &url)); /* needs nobody */
    pthread_mutex_lock(&network.mutex);
    network.holds = false;
    pthread_cond_broadcast(&network.changed);
    pthread_mutex_unlock(&network.mutex);
    int refused = 0;
    for (size_t i = 0; i < COUNT_OF(visitors); i++) {
        pthread_join(visitors[i].thread, NULL);
        refused += visitors[i].code == ERROR_BUSY && strcmp(visitors[i].reason, "openid-busy") == 0;
        assert_true(visitors[i].code == OK || visitors[i].code == ERROR_BUSY);
    }
    assert_int_equal(refused, 1);
}

TEST(options_that_are_refused)
{
    struct error error = {0};
    struct openid_provider *provider = NULL;
    static const char LONG[OPENID_SECRET_MAXIMUM + 2] = {[0 ... OPENID_SECRET_MAXIMUM] = 'a'};
    struct openid_options cases[] = {OPTIONS, OPTIONS, OPTIONS, OPTIONS, OPTIONS, OPTIONS, OPTIONS, OPTIONS};
    cases[0].issuer = "http://id.example.org";
    cases[1].issuer = "https://id.example.org/?x";
    cases[2].issuer = "";
    cases[3].client = "";
    cases[4].secret = LONG;
    cases[5].secret = "two\nlines";
    cases[6].name = "";
    cases[7].name = LONG;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_refused(openid_provider_open(&cases[i], &error, &provider), "openid-options");
    assert_null(openid_provider_close(provider));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_browser_goes),
        cmocka_unit_test(the_description_is_remembered_for_an_hour),
        cmocka_unit_test(descriptions_that_are_refused),
        cmocka_unit_test(whose_answer_it_is),
        cmocka_unit_test(the_code_is_spent_with_the_secret),
        cmocka_unit_test(codes_and_answers_that_are_refused),
        cmocka_unit_test(keys_are_rotated),
        cmocka_unit_test(a_key_that_was_taken_back_ends_within_an_hour),
        cmocka_unit_test(clocks_that_differ),
        cmocka_unit_test(a_provider_that_hangs_holds_few),
        cmocka_unit_test(options_that_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
