#include "openid/document.h"

#include "openid/provider.h"
#include "privacy/seal.h"

#include <pthread.h>
#include <time.h>

enum { MEMORY_MAXIMUM = 1 << 20, ERROR_NAME_MAXIMUM = 40 };

/* What the provider says about itself; texts live in a region of their own. */
struct description {
    struct region *region;
    int64_t fetched_at;
    struct slice authorization, token, keys; /* addresses */
    bool secret_in_form;                     /* it does not take the secret by HTTP Basic */
    bool names_itself;                       /* its answers carry "iss" (RFC 9207) */
};

struct published {
    struct region *region; /* NULL: never fetched */
    int64_t fetched_at;
    struct openid_keys keys;
};

struct openid_provider {
    struct openid_options options;
    struct region *region; /* of the options and of what is made from them */
    struct slice issuer, client, name, description_url;
    const char *basic_user, *basic_password; /* encoded as RFC 6749 2.3.1 wants it */
    pthread_mutex_t mutex;                   /* of all that follows */
    pthread_cond_t turn;
    int inside, waiting;
    struct description description;
    struct published published;
};

#define UNREACHED(error, ...) FAIL((error), ERROR_BUSY, "openid-unreached", __VA_ARGS__)

/* ---- Opening ------------------------------------------------------------------------------------------------ */

static void append_encoded(struct buffer *buffer, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c != '\0' && strchr("-._~", c) != NULL))
            buffer_append_byte(buffer, c);
        else
            buffer_format(buffer, "%%%02X", (unsigned)(uint8_t)c);
    }
}

static const char *encoded(struct region *region, const char *text)
{
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(4 * OPENID_SECRET_MAXIMUM);
    append_encoded(&buffer, slice_from_text(text));
    return region_text(region, buffer_slice(&buffer));
}

static enum error_code check_options(const struct openid_options *options, struct error *error)
{
    struct slice issuer = slice_from_text(options->issuer), client = slice_from_text(options->client),
                 secret = slice_from_text(options->secret), name = slice_from_text(options->name);
    if (!fetch_url_is_safe(issuer) || slice_find_byte(issuer, '?') < issuer.length || issuer.length > 500)
        return FAIL(error, ERROR_INPUT, "openid-options",
                    "the issuer is an https address without '?', as the provider writes it in its "
                    "openid-configuration");
    if (client.length == 0 || client.length > 500 || !slice_is_clean_text(client, ""))
        return FAIL(error, ERROR_INPUT, "openid-options", "the client id is empty or too long");
    if (secret.length == 0 || secret.length > OPENID_SECRET_MAXIMUM || !slice_is_clean_text(secret, ""))
        return FAIL(error, ERROR_INPUT, "openid-options", "the client secret is not one line of text");
    if (options->name != NULL &&
        (name.length == 0 || name.length > OPENID_NAME_MAXIMUM || !slice_is_clean_text(name, "")))
        return FAIL(error, ERROR_INPUT, "openid-options", "the name of the provider is 1 to %d bytes",
                    OPENID_NAME_MAXIMUM);
    return OK;
}

struct slice openid_host(struct slice url)
{
    struct slice rest = slice_from(url, slice_find(url, S("://")) + 3);
    return slice_part(rest, 0, slice_find_byte(rest, '/'));
}

static const char *copy(struct region *region, const char *text)
{
    return text == NULL ? NULL : region_text(region, slice_from_text(text));
}

static void fill(struct openid_provider *provider, const struct openid_options *options)
{
    struct region *region = provider->region;
    provider->options = *options;
    provider->options.viewer_claim = copy(region, options->viewer_claim);
    provider->options.viewer_value = copy(region, options->viewer_value);
    provider->options.secret = copy(region, options->secret);
    if (options->fetch == NULL)
        provider->options.fetch = fetch;
    provider->issuer = region_copy(region, slice_from_text(options->issuer));
    provider->client = region_copy(region, slice_from_text(options->client));
    provider->name = options->name != NULL ? region_copy(region, slice_from_text(options->name))
                                           : openid_host(provider->issuer);
    provider->basic_user = encoded(region, options->client);
    provider->basic_password = encoded(region, options->secret);
    struct slice base = provider->issuer;
    if (slice_ends_with(base, S("/")))
        base.length--;
    provider->description_url =
        region_format(region, "%.*s/.well-known/openid-configuration", SLICE_ARG(base));
}

enum error_code openid_provider_open(const struct openid_options *options, struct error *error,
                                     struct openid_provider **ret_provider)
{
    pthread_condattr_t attributes;
    TRY(check_options(options, error));
    if (options->fetch == NULL)
        TRY(fetch_prepare(error));
    struct openid_provider *provider = calloc(1, sizeof *provider);
    if (provider == NULL || (provider->region = region_new(64 << 10)) == NULL) {
        free(provider);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    pthread_mutex_init(&provider->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&provider->turn, &attributes);
    pthread_condattr_destroy(&attributes);
    fill(provider, options);
    if (region_failed(provider->region)) {
        openid_provider_close(provider);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    *ret_provider = provider;
    return OK;
}

static void wipe_text(const char *text)
{
    if (text != NULL)
        wipe((char *)(uintptr_t)text, strlen(text));
}

struct openid_provider *openid_provider_close(struct openid_provider *provider)
{
    if (provider == NULL)
        return NULL;
    wipe_text(provider->options.secret);
    wipe_text(provider->basic_password);
    region_free(provider->description.region);
    region_free(provider->published.region);
    region_free(provider->region);
    pthread_cond_destroy(&provider->turn);
    pthread_mutex_destroy(&provider->mutex);
    free(provider);
    return NULL;
}

struct slice openid_provider_issuer(const struct openid_provider *provider)
{
    return provider->issuer;
}

struct slice openid_provider_name(const struct openid_provider *provider)
{
    return provider->name;
}

/* ---- One's turn --------------------------------------------------------------------------------------------- */

/* Whoever asks the provider something blocks a worker meanwhile; so few do at once, and fewer wait for it. */
static enum error_code enter(struct openid_provider *provider, struct error *error)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += OPENID_WAIT_SECONDS;
    pthread_mutex_lock(&provider->mutex);
    bool may_wait = provider->waiting < OPENID_WAITING_MAXIMUM;
    provider->waiting++;
    while (may_wait && provider->inside >= OPENID_AT_ONCE_MAXIMUM)
        if (pthread_cond_timedwait(&provider->turn, &provider->mutex, &until) != 0)
            may_wait = false;
    provider->waiting--;
    bool entered = provider->inside < OPENID_AT_ONCE_MAXIMUM;
    if (entered)
        provider->inside++;
    pthread_mutex_unlock(&provider->mutex);
    return entered ? OK : FAIL(error, ERROR_BUSY, "openid-busy", "others wait for the provider already");
}

static void leave(struct openid_provider *provider)
{
    pthread_mutex_lock(&provider->mutex);
    provider->inside--;
    pthread_cond_signal(&provider->turn);
    pthread_mutex_unlock(&provider->mutex);
}

/* A clock that was set back makes everything old. */
static bool is_older(const struct openid_provider *provider, int64_t fetched_at, int64_t seconds)
{
    int64_t now = clock_seconds(provider->options.clock);
    return now < fetched_at || now - fetched_at >= seconds;
}

/* ---- What the provider says about itself -------------------------------------------------------------------- */

static enum error_code fetch_document(struct openid_provider *provider, struct slice url,
                                      struct region *region, struct error *error, struct slice *ret_body)
{
    struct error failure = {0};
    struct fetch_response response = {0};
    enum error_code code =
        provider->options.fetch(&(struct fetch_request){.url = url}, region, &failure, &response);
    if (code == ERROR_MEMORY)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    if (code != OK)
        return UNREACHED(error, "%s", failure.detail);
    if (response.status != 200)
        return UNREACHED(error, "%.*s answers with status %" PRId64, SLICE_ARG(url), response.status);
    *ret_body = response.body;
    return OK;
}

static bool take_address(const json_t *document, const char *name, struct region *region,
                         struct slice *ret_url)
{
    struct slice url;
    if (!document_text(document, name, FETCH_URL_MAXIMUM, &url) || !fetch_url_is_safe(url))
        return false;
    *ret_url = region_copy(region, url);
    return true;
}

static enum error_code read_description(const struct openid_provider *provider, struct slice body,
                                        struct region *region, struct error *error,
                                        struct description *ret_description)
{
    CLEANUP(document_cleanup) json_t *document = document_read(body);
    struct description made = {.region = region, .fetched_at = clock_seconds(provider->options.clock)};
    struct slice issuer;
    if (document == NULL || !document_text(document, "issuer", FETCH_URL_MAXIMUM, &issuer))
        return UNREACHED(error, "%.*s is no openid-configuration", SLICE_ARG(provider->description_url));
    if (!slice_equal(issuer, provider->issuer))
        return UNREACHED(error,
                         "the provider calls itself %.*s, not %.*s: give --oidc-issuer exactly like that",
                         SLICE_ARG(issuer), SLICE_ARG(provider->issuer));
    if (!take_address(document, "authorization_endpoint", region, &made.authorization) ||
        !take_address(document, "token_endpoint", region, &made.token) ||
        !take_address(document, "jwks_uri", region, &made.keys))
        return UNREACHED(error, "an address in the openid-configuration is missing or not https");
    static const char METHODS[] = "token_endpoint_auth_methods_supported";
    made.secret_in_form =
        document_has(document, METHODS) && !document_names(document, METHODS, S("client_secret_basic"));
    made.names_itself =
        json_is_true(json_object_get(document, "authorization_response_iss_parameter_supported"));
    *ret_description = made;
    return OK;
}

static enum error_code fetch_description(struct openid_provider *provider, struct error *error)
{
    struct region *region = region_new(MEMORY_MAXIMUM);
    struct slice body;
    struct description fresh;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code code = fetch_document(provider, provider->description_url, region, error, &body);
    if (code == OK)
        code = read_description(provider, body, region, error, &fresh);
    if (code != OK) {
        region_free(region);
        return code;
    }
    pthread_mutex_lock(&provider->mutex);
    struct region *old = provider->description.region;
    provider->description = fresh;
    pthread_mutex_unlock(&provider->mutex);
    region_free(old);
    return OK;
}

/* A copy in the caller's region, since another thread may fetch a newer one. False: there is none that is fresh. */
static bool copy_description(struct openid_provider *provider, struct region *region,
                             struct description *ret_description)
{
    pthread_mutex_lock(&provider->mutex);
    struct description found = provider->description;
    bool good = found.region != NULL && !is_older(provider, found.fetched_at, OPENID_REMEMBERED_SECONDS);
    if (good) {
        found.authorization = region_copy(region, found.authorization);
        found.token = region_copy(region, found.token);
        found.keys = region_copy(region, found.keys);
        found.region = region;
        *ret_description = found;
    }
    pthread_mutex_unlock(&provider->mutex);
    return good;
}

static enum error_code describe_inside(struct openid_provider *provider, struct region *region,
                                       struct error *error, struct description *ret_description)
{
    if (copy_description(provider, region, ret_description))
        return OK;
    TRY(fetch_description(provider, error));
    return copy_description(provider, region, ret_description)
               ? OK
               : UNREACHED(error, "the clock of this machine jumps");
}

static enum error_code describe(struct openid_provider *provider, struct region *region, struct error *error,
                                struct description *ret_description)
{
    if (copy_description(provider, region, ret_description))
        return OK;
    TRY(enter(provider, error));
    enum error_code code = describe_inside(provider, region, error, ret_description);
    leave(provider);
    return code;
}

/* ---- There and back ----------------------------------------------------------------------------------------- */

static void append_parameter(struct buffer *buffer, char before, const char *name, struct slice value)
{
    buffer_append_byte(buffer, before);
    buffer_append_text(buffer, name);
    buffer_append_byte(buffer, '=');
    append_encoded(buffer, value);
}

enum error_code openid_address(struct openid_provider *provider, const struct openid_attempt *attempt,
                               struct slice language, struct region *region, struct error *error,
                               struct slice *ret_url)
{
    struct description description;
    uint8_t hash[32];
    char challenge[BASE64URL_LENGTH(sizeof hash) + 1];
    TRY(describe(provider, region, error, &description));
    CLEANUP(buffer_free) struct buffer url = BUFFER(8 << 10);
    bool has_query = slice_find_byte(description.authorization, '?') < description.authorization.length;
    sha256(attempt->verifier, hash);
    base64url_encode(hash, sizeof hash, challenge);
    buffer_append(&url, description.authorization);
    append_parameter(&url, has_query ? '&' : '?', "response_type", S("code"));
    append_parameter(&url, '&', "scope", S("openid email"));
    append_parameter(&url, '&', "client_id", provider->client);
    append_parameter(&url, '&', "redirect_uri", attempt->redirect);
    append_parameter(&url, '&', "state", attempt->state);
    append_parameter(&url, '&', "nonce", attempt->nonce);
    append_parameter(&url, '&', "code_challenge", slice_from_text(challenge));
    append_parameter(&url, '&', "code_challenge_method", S("S256"));
    append_parameter(&url, '&', "ui_locales", language);
    if (url.failed)
        return FAIL(error, ERROR_MEMORY, "no-memory", "the address of the provider is too long");
    *ret_url = region_copy(region, buffer_slice(&url));
    return OK;
}

enum error_code openid_answer_check(struct openid_provider *provider, struct slice issuer,
                                    struct region *region, struct error *error)
{
    struct description description;
    if (issuer.length > 0)
        return slice_equal(issuer, provider->issuer)
                   ? OK
                   : FAIL(error, ERROR_INPUT, "openid-token", "the answer is of another provider");
    TRY(describe(provider, region, error, &description));
    return description.names_itself
               ? FAIL(error, ERROR_INPUT, "openid-token", "the answer does not say which provider it is of")
               : OK;
}

/* ---- Code to claims ----------------------------------------------------------------------------------------- */

/* A word of the provider's for the log: "invalid_client"; "?" when it is anything else. */
static struct slice error_word(struct slice body, struct region *region)
{
    CLEANUP(document_cleanup) json_t *document = document_read(body);
    struct slice word;
    if (!document_text(document, "error", ERROR_NAME_MAXIMUM, &word))
        return S("?");
    for (size_t i = 0; i < word.length; i++)
        if (!((word.data[i] >= 'a' && word.data[i] <= 'z') || word.data[i] == '_'))
            return S("?");
    return region_copy(region, word);
}

static enum error_code read_token_answer(const struct fetch_response *response, struct region *region,
                                         struct error *error, struct slice *ret_token)
{
    CLEANUP(document_cleanup) json_t *document = document_read(response->body);
    struct slice token, word;
    if (response->status >= 500)
        return UNREACHED(error, "the token endpoint answers with status %" PRId64, response->status);
    if (response->status != 200) {
        word = error_word(response->body, region);
        return FAIL(error, ERROR_DENIED, "openid-code",
                    "the token endpoint answers with status %" PRId64 ", %.*s", response->status,
                    SLICE_ARG(word));
    }
    if (!document_text(document, "id_token", OPENID_TOKEN_MAXIMUM, &token))
        return FAIL(error, ERROR_INPUT, "openid-token", "the token endpoint gave no ID token");
    *ret_token = region_copy(region, token);
    return OK;
}

static enum error_code spend_code(struct openid_provider *provider, const struct description *description,
                                  const struct openid_attempt *attempt, struct slice code,
                                  struct region *region, struct error *error, struct slice *ret_token)
{
    CLEANUP(buffer_free) struct buffer form = BUFFER(32 << 10);
    struct error failure = {0};
    struct fetch_response response = {0};
    buffer_append_text(&form, "grant_type=authorization_code");
    append_parameter(&form, '&', "code", code);
    append_parameter(&form, '&', "redirect_uri", attempt->redirect);
    append_parameter(&form, '&', "code_verifier", attempt->verifier);
    if (description->secret_in_form) {
        append_parameter(&form, '&', "client_id", provider->client);
        append_parameter(&form, '&', "client_secret", slice_from_text(provider->options.secret));
    }
    struct fetch_request request = {.url = description->token, .form = buffer_slice(&form)};
    if (!description->secret_in_form) {
        request.user = provider->basic_user;
        request.password = provider->basic_password;
    }
    if (form.failed)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code sent = provider->options.fetch(&request, region, &failure, &response);
    wipe(form.data, form.length);
    if (sent != OK)
        return sent == ERROR_MEMORY ? FAIL(error, ERROR_MEMORY, "no-memory", "no memory")
                                    : UNREACHED(error, "%s", failure.detail);
    return read_token_answer(&response, region, error, ret_token);
}

static enum error_code fetch_keys(struct openid_provider *provider, struct slice url, struct error *error)
{
    struct published fresh = {.region = region_new(MEMORY_MAXIMUM)};
    struct slice body;
    if (fresh.region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct error failure = {0};
    enum error_code code = fetch_document(provider, url, fresh.region, error, &body);
    if (code == OK && openid_keys_read(body, fresh.region, &failure, &fresh.keys) != OK)
        code = UNREACHED(error, "%s", failure.detail);
    if (code != OK) {
        region_free(fresh.region);
        return code;
    }
    fresh.fetched_at = clock_seconds(provider->options.clock);
    pthread_mutex_lock(&provider->mutex);
    struct region *old = provider->published.region;
    provider->published = fresh;
    pthread_mutex_unlock(&provider->mutex);
    region_free(old);
    return OK;
}

/* *ret_worth_another: newer keys may be there. */
static enum error_code verify(struct openid_provider *provider, const struct openid_token *token,
                              struct error *error, bool *ret_worth_another)
{
    enum error_code code = ERROR_NOT_FOUND;
    pthread_mutex_lock(&provider->mutex);
    const struct published *published = &provider->published;
    bool usable =
        published->region != NULL && !is_older(provider, published->fetched_at, OPENID_REMEMBERED_SECONDS);
    if (usable)
        code = openid_token_verify(token, &published->keys, error);
    *ret_worth_another = !usable || is_older(provider, published->fetched_at, OPENID_KEYS_AGAIN_SECONDS);
    pthread_mutex_unlock(&provider->mutex);
    return code;
}

static enum error_code claims_inside(struct openid_provider *provider, const struct openid_attempt *attempt,
                                     struct slice code, struct region *region, struct error *error,
                                     struct openid_claims *ret_claims)
{
    struct description description;
    struct slice text;
    struct openid_token token;
    bool another;
    TRY(describe_inside(provider, region, error, &description));
    TRY(spend_code(provider, &description, attempt, code, region, error, &text));
    TRY(openid_token_read(text, region, error, &token));
    enum error_code verified = verify(provider, &token, error, &another);
    if (verified != OK && another) {
        TRY(fetch_keys(provider, description.keys, error));
        verified = verify(provider, &token, error, &another);
    }
    TRY(verified);
    const struct openid_expected expected = {
        .issuer = provider->issuer,
        .client = provider->client,
        .nonce = attempt->nonce,
        .now = clock_seconds(provider->options.clock),
        .viewer_claim = slice_from_text(provider->options.viewer_claim),
        .viewer_value = slice_from_text(provider->options.viewer_value),
    };
    return openid_token_claims(&token, &expected, region, error, ret_claims);
}

enum error_code openid_claims_fetch(struct openid_provider *provider, const struct openid_attempt *attempt,
                                    struct slice code, struct region *region, struct error *error,
                                    struct openid_claims *ret_claims)
{
    struct openid_claims claims;
    if (code.length == 0 || code.length > OPENID_CODE_MAXIMUM || !slice_is_clean_text(code, ""))
        return FAIL(error, ERROR_DENIED, "openid-code", "there is no code that a provider would make");
    TRY(enter(provider, error));
    enum error_code fetched = claims_inside(provider, attempt, code, region, error, &claims);
    leave(provider);
    TRY(fetched);
    claims.address_verified = claims.address_verified || provider->options.addresses_trusted;
    *ret_claims = claims;
    return OK;
}
