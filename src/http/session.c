#include "http/session.h"

#include "base/base.h"
#include "http/headers.h"
#include "http/server.h"
#include "privacy/seal.h"

enum { ONCE_ID_BYTES = 16, ONCE_BYTES = ONCE_ID_BYTES + 32 };

struct slice session_cookie_name(bool secure)
{
    return secure ? S("__Host-hecht") : S("hecht");
}

bool session_token_read(struct slice cookie_header, bool secure, uint8_t ret_token[SESSION_TOKEN_BYTES])
{
    struct slice text;
    return cookie_find(cookie_header, session_cookie_name(secure), &text) &&
           base64url_decode_exactly(text, ret_token, SESSION_TOKEN_BYTES);
}

struct slice session_csrf(const uint8_t token[SESSION_TOKEN_BYTES], struct region *region)
{
    uint8_t mac[32];
    char text[BASE64URL_LENGTH(sizeof(mac)) + 1];
    hmac_sha256(token, SESSION_TOKEN_BYTES, S("hecht-csrf-v1"), mac);
    base64url_encode(mac, sizeof(mac), text);
    return region_copy(region, slice_from_text(text));
}

static void set_cookie(struct http_request *request, struct http_response *response, struct slice name,
                       struct slice value, int64_t seconds)
{
    http_add_header(
        response, "Set-Cookie",
        region_format(request->region, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s; Max-Age=%" PRId64,
                      SLICE_ARG(name), SLICE_ARG(value), request->server->secure ? "; Secure" : "", seconds));
}

static struct slice own_name(const struct http_request *request, const char *name)
{
    return region_format(request->region, "%s%s", request->server->secure ? "__Host-" : "", name);
}

void http_cookie_set(struct http_request *request, struct http_response *response, const char *name,
                     struct slice value, int64_t seconds)
{
    set_cookie(request, response, own_name(request, name), value, seconds);
}

struct slice http_cookie(const struct http_request *request, const char *name)
{
    struct slice value = {0};
    (void)cookie_find(request->cookies, own_name(request, name), &value);
    return value;
}

void http_session_begin(struct http_request *request, struct http_response *response, uint8_t ret_hash[32])
{
    uint8_t token[SESSION_TOKEN_BYTES];
    char text[BASE64URL_LENGTH(SESSION_TOKEN_BYTES) + 1];
    random_bytes(request->random, token, sizeof(token));
    base64url_encode(token, sizeof(token), text);
    /* A phone must not forget it when its browser closes. */
    set_cookie(request, response, session_cookie_name(request->server->secure), slice_from_text(text),
               HTTP_SESSION_SECONDS);
    sha256(slice_from_bytes(token, sizeof(token)), ret_hash);
    wipe(token, sizeof(token));
    wipe(text, sizeof(text));
}

void http_session_end(struct http_request *request, struct http_response *response)
{
    set_cookie(request, response, session_cookie_name(request->server->secure), (struct slice){0}, 0);
}

/* The MAC under which a form id is good: of the session when there is one (its CSRF token is a secret of
 * server and browser), of the installation otherwise. */
static bool once_mac(const struct http_request *request, const uint8_t id[ONCE_ID_BYTES], const char *purpose,
                     uint8_t ret_mac[32])
{
    size_t length = strlen(purpose);
    char *message = region_allocate(request->region, ONCE_ID_BYTES + length);
    if (message == NULL)
        return false;
    memcpy(message, id, ONCE_ID_BYTES);
    memcpy(message + ONCE_ID_BYTES, purpose, length);
    struct slice key = request->csrf.length > 0
                           ? request->csrf
                           : slice_from_bytes(request->server->form_key, sizeof(request->server->form_key));
    hmac_sha256(key.data, key.length, slice_from_bytes(message, ONCE_ID_BYTES + length), ret_mac);
    return true;
}

struct slice http_once_make(struct http_request *request, const char *purpose)
{
    uint8_t bytes[ONCE_BYTES];
    char text[BASE64URL_LENGTH(ONCE_BYTES) + 1];
    random_bytes(request->random, bytes, ONCE_ID_BYTES);
    if (!once_mac(request, bytes, purpose, bytes + ONCE_ID_BYTES))
        return (struct slice){0};
    base64url_encode(bytes, sizeof(bytes), text);
    return region_copy(request->region, slice_from_text(text));
}

enum error_code http_once_check(struct http_request *request, const char *purpose, struct error *error,
                                uint8_t ret_id[16])
{
    uint8_t bytes[ONCE_BYTES];
    uint8_t mac[32];
    if (!base64url_decode_exactly(http_form(request, "once"), bytes, sizeof(bytes)))
        return FAIL(error, ERROR_INPUT, "form-expired", "the form id is missing or malformed");
    if (!once_mac(request, bytes, purpose, mac))
        return FAIL(error, ERROR_MEMORY, "request-memory", "no memory to check a form id");
    if (!equal_in_constant_time(mac, bytes + ONCE_ID_BYTES, sizeof(mac)))
        return FAIL(error, ERROR_INPUT, "form-expired", "the form id is of another session, form or process");
    memcpy(ret_id, bytes, ONCE_ID_BYTES);
    return OK;
}
