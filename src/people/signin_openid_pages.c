/* Signing in by a provider: there, back, and what is shown when it did not work. */
#include "people/handlers.h"
#include "people/signin_openid.h"
#include "templates.h"

static const char COOKIE[] = "hecht-openid";

static enum error_code provider_of(const struct http_request *request, struct error *error,
                                   struct openid_provider **ret_provider)
{
    if (request->application->openid == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "no provider signs people in here");
    *ret_provider = request->application->openid;
    return OK;
}

static struct slice redirect_of(const struct http_request *request)
{
    return region_format(request->region, "%.*s/openid/return",
                         SLICE_ARG(http_server_public_url(request->server)));
}

/* ---- When it did not work ----------------------------------------------------------------------------------- */

static int status_of(const struct error *error)
{
    switch (error->code) {
    case ERROR_BUSY:
        return 503;
    case ERROR_GONE:
        return 410;
    case ERROR_CONFLICT:
        return 409;
    case ERROR_DENIED:
        return 403;
    default:
        return 400;
    }
}

/* For whoever runs the machine: what they can mend, never who it was. */
static void log_failure(const struct error *failure)
{
    static const char *const OF_PERSONS[] = {"openid-state",  "openid-declined", "openid-no-address",
                                             "openid-nobody", "openid-several",  "openid-other-account"};
    for (size_t i = 0; i < COUNT_OF(OF_PERSONS); i++)
        if (strcmp(failure->reason, OF_PERSONS[i]) == 0)
            return;
    log_error("sign-in by OpenID Connect", failure);
}

/* All that is wrong with a token is one thing to a person: "error.openid-token". */
static void simplify(struct error *failure)
{
    if (strcmp(failure->reason, "signature") == 0 || strcmp(failure->reason, "openid-key-unknown") == 0)
        failure->reason = "openid-token";
}

/* A page with a way to begin again; what is not about this way of signing in is an error as everywhere. address: whom the
 * provider named. */
static enum error_code show_failure(struct http_request *request, struct http_response *response,
                                    struct error *failure, struct slice address, struct error *error)
{
    simplify(failure);
    if (strncmp(failure->reason, "openid-", 7) != 0) {
        *error = *failure;
        return failure->code;
    }
    log_failure(failure);
    struct view view = page_view(request, NULL);
    bool unknown = strcmp(failure->reason, "openid-nobody") == 0;
    struct template_signin_openid body = {
        .provider = openid_provider_name(request->application->openid),
        .explanation = page_error_text(request->region, view.language, failure),
        .address = unknown ? address : S(""),
    };
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_OPENID_FAILED, NO_ARGUMENTS),
        .body = template_signin_openid_html(request->region, &view, &body),
        .bare = true,
    };
    response->status = status_of(failure);
    return page_render(request, response, &page, error);
}

/* ---- There -------------------------------------------------------------------------------------------------- */

enum error_code openid_begin_get(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct openid_provider *provider = NULL;
    struct openid_cookie cookie;
    struct openid_attempt attempt = {.redirect = redirect_of(request)};
    char text[BASE64URL_LENGTH(sizeof cookie.bytes) + 1];
    struct slice url, language = slice_from_text(language_code(page_view(request, NULL).language));
    struct error failure = {0};
    TRY(provider_of(request, error, &provider));
    openid_cookie_make(request->application, &cookie);
    openid_attempt_derive(request->application, &cookie, request->region, &attempt);
    if (openid_address(provider, &attempt, language, request->region, &failure, &url) != OK)
        return show_failure(request, response, &failure, S(""), error);
    base64url_encode(cookie.bytes, sizeof cookie.bytes, text);
    http_cookie_set(request, response, COOKIE, slice_from_text(text), OPENID_ATTEMPT_SECONDS);
    http_redirect_away(response, url);
    return OK;
}

/* ---- And back ----------------------------------------------------------------------------------------------- */

/* A word such as "server_error"; it comes by the browser, so nothing else may go to the log. */
static bool is_word(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!((text.data[i] >= 'a' && text.data[i] <= 'z') || text.data[i] == '_'))
            return false;
    return text.length > 0 && text.length <= 40;
}

static enum error_code provider_refused(struct slice word, struct error *error)
{
    if (slice_equal(word, S("access_denied")))
        return FAIL(error, ERROR_DENIED, "openid-declined", "the provider says access_denied");
    struct slice shown = is_word(word) ? word : S("?");
    return FAIL(error, ERROR_BUSY, "openid-failed", "the provider sends the browser back with the error %.*s",
                SLICE_ARG(shown));
}

static enum error_code fetch_claims(struct http_request *request, struct openid_provider *provider,
                                    const struct openid_attempt *attempt, struct error *error,
                                    struct openid_claims *ret_claims)
{
    struct slice refusal = http_query(request, "error");
    TRY(openid_answer_check(provider, http_query(request, "iss"), request->region, error));
    if (refusal.length > 0)
        return provider_refused(refusal, error);
    return openid_claims_fetch(provider, attempt, http_query(request, "code"), request->region, error,
                               ret_claims);
}

static enum error_code write_signin(struct store_session *session, void *context, struct error *error)
{
    return openid_signin_write(session, context, error);
}

static enum error_code sign_in(struct http_request *request, struct openid_provider *provider,
                               const struct openid_claims *claims, const uint8_t session_hash[32],
                               struct error *error)
{
    struct openid_signin signin = {
        .issuer = openid_provider_issuer(provider),
        .state = http_query(request, "state"),
        .claims = claims,
        .session_hash = session_hash,
        .device = web_session_device(request->user_agent),
        .now = clock_seconds(request->clock),
        .region = request->region,
    };
    return store_write(request->store, write_signin, &signin, error);
}

enum error_code openid_return_get(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct openid_provider *provider = NULL;
    struct openid_attempt attempt;
    struct openid_claims claims = {0};
    struct error failure = {0};
    TRY(provider_of(request, error, &provider));
    if (openid_attempt_resume(request->application, http_cookie(request, COOKIE),
                              http_query(request, "state"), request->region, &failure, &attempt) != OK)
        return show_failure(request, response, &failure, S(""), error);
    attempt.redirect = redirect_of(request);
    /* Over, whatever comes of it. */
    http_cookie_set(request, response, COOKIE, S(""), 0);
    if (fetch_claims(request, provider, &attempt, &failure, &claims) != OK)
        return show_failure(request, response, &failure, S(""), error);
    uint8_t session_hash[32];
    struct http_response signed_in =
        *response; /* with the cookie of a session that is there only if the write succeeds */
    http_session_begin(request, &signed_in, session_hash);
    if (sign_in(request, provider, &claims, session_hash, &failure) != OK)
        return show_failure(request, response, &failure, claims.address, error);
    *response = signed_in;
    http_redirect(request, response, S("/"));
    return OK;
}

/* ---- Untying ------------------------------------------------------------------------------------------------ */

static enum error_code end_ties(struct store_session *session, void *context, struct error *error)
{
    const struct http_request *request = context;
    return openid_tie_end(session, request->identity.org, request->identity.person,
                          clock_seconds(request->clock), error);
}

/* No one-time form id: a second time there is nothing to untie. */
enum error_code me_openid_end_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    TRY(store_write(request->store, end_ties, request, error));
    http_redirect(request, response, S("/me#account"));
    return OK;
}
