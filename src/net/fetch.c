#include "net/fetch.h"

#include <arpa/inet.h>

#include "net/libcurl.h"

enum { HOST_MAXIMUM = 253 };

/* ---- Addresses ---------------------------------------------------------------------------------------------- */

static bool host_is_loopback(struct slice host)
{
    char text[HOST_MAXIMUM + 1];
    struct in_addr address;
    if (slice_equal_ignore_case(host, S("localhost")) || slice_equal(host, S("[::1]")))
        return true;
    if (host.length == 0 || host.length > HOST_MAXIMUM)
        return false;
    memcpy(text, host.data, host.length);
    text[host.length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* "host" or "[v6]", with or without ":port". */
static bool split_authority(struct slice authority, struct slice *ret_host)
{
    bool brackets = slice_starts_with(authority, S("["));
    size_t end = brackets ? slice_find_byte(authority, ']') + 1 : slice_find_byte(authority, ':');
    if (end == 0 || end > HOST_MAXIMUM || end > authority.length ||
        slice_find_byte(authority, '@') < authority.length)
        return false;
    struct slice port = slice_from(authority, end);
    int64_t number;
    if (port.length > 0 && (port.data[0] != ':' || !slice_to_integer(slice_from(port, 1), 1, 65535, &number)))
        return false;
    *ret_host = slice_part(authority, 0, end);
    return true;
}

bool fetch_url_is_safe(struct slice url)
{
    bool secure = slice_starts_with(url, S("https://"));
    if (url.length > FETCH_URL_MAXIMUM || (!secure && !slice_starts_with(url, S("http://"))))
        return false;
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] <= ' ' || url.data[i] > '~' || strchr("\\\"<>^`{|}#", url.data[i]) != NULL)
            return false;
    struct slice rest = slice_from(url, slice_find(url, S("://")) + 3), host;
    size_t end = 0;
    while (end < rest.length && rest.data[end] != '/' && rest.data[end] != '?')
        end++;
    return split_authority(slice_part(rest, 0, end), &host) && (secure || host_is_loopback(host));
}

/* ---- Requests ----------------------------------------------------------------------------------------------- */

enum error_code fetch_prepare(struct error *error)
{
    TRY(libcurl_load(error));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return FAIL(error, ERROR_IO, "fetch-failed", "libcurl could not be started");
    return OK;
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct buffer *body = context;
    buffer_append_bytes(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

static CURLcode perform(CURL *curl, const struct fetch_request *request, const char *url, struct buffer *body)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https"); /* which of them: fetch_url_is_safe */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)FETCH_CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (request->form.length > 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->form.length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form.data);
    }
    if (request->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password);
    }
    CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    return code;
}

enum error_code fetch(const struct fetch_request *request, struct region *region, struct error *error,
                      struct fetch_response *ret_response)
{
    if (!fetch_url_is_safe(request->url))
        return FAIL(error, ERROR_INPUT, "fetch-url", "the address is neither https nor of this machine");
    const char *url = region_text(region, request->url);
    CURL *curl = curl_easy_init();
    if (curl == NULL || region_failed(region)) {
        curl_easy_cleanup(curl);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    CLEANUP(buffer_free) struct buffer body = BUFFER(FETCH_BODY_MAXIMUM);
    CURLcode code = perform(curl, request, url, &body);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK)
        return FAIL(error, ERROR_IO, "fetch-failed", "no answer from %.*s: %s",
                    (int)slice_find_byte(request->url, '?'), request->url.data,
                    body.failed ? "it is too large" : curl_easy_strerror(code));
    struct slice copy = region_copy(region, buffer_slice(&body));
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *ret_response = (struct fetch_response){status, copy};
    return OK;
}
