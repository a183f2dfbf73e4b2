#include "cli/web_client.h"

#include "net/libcurl.h"

enum { WEB_TIMEOUT_SECONDS = 30, WEB_REDIRECTS_MAXIMUM = 5 };

struct web_client {
    CURL *person;
};

enum error_code web_client_open(struct error *error, struct web_client **ret_client)
{
    TRY(libcurl_load(error));
    struct web_client *client = calloc(1, sizeof *client);
    if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (client->person = curl_easy_init()) == NULL) {
        free(client);
        return FAIL(error, ERROR_MEMORY, "no-memory", "the web client could not be started");
    }
    curl_easy_setopt(client->person, CURLOPT_COOKIEFILE, ""); /* a jar in memory */
    *ret_client = client;
    return OK;
}

struct web_client *web_client_close(struct web_client *client)
{
    if (client == NULL)
        return NULL;
    curl_easy_cleanup(client->person);
    free(client);
    curl_global_cleanup();
    return NULL;
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct buffer *body = context;
    buffer_append_bytes(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

static struct curl_slist *make_headers(const struct web_request *request, struct region *region)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Language: ");
    if (request->content_type != NULL)
        headers = curl_slist_append(
            headers, region_text(region, region_format(region, "Content-Type: %s", request->content_type)));
    if (request->csrf != NULL)
        headers = curl_slist_append(
            headers, region_text(region, region_format(region, "X-CSRF-Token: %s", request->csrf)));
    return headers;
}

static CURLcode perform(CURL *curl, const struct web_request *request, struct curl_slist *headers,
                        struct buffer *body)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WEB_TIMEOUT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (!request->anonymous) {
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)WEB_REDIRECTS_MAXIMUM);
    }
    if (request->content_type == NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body.length);
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request->body.length > 0 ? request->body.data : "");
    }
    return curl_easy_perform(curl);
}

enum error_code web_send(struct web_client *client, const struct web_request *request, struct region *region,
                         struct error *error, struct web_response *ret_response)
{
    CURL *curl = request->anonymous ? curl_easy_init() : client->person;
    if (curl == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    CLEANUP(buffer_free) struct buffer body = BUFFER(WEB_BODY_MAXIMUM);
    struct curl_slist *headers = make_headers(request, region);
    CURLcode code = perform(curl, request, headers, &body);
    curl_slist_free_all(headers);
    struct web_response response = {0};
    char *url = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    response.url = region_copy(region, slice_from_text(url));
    response.body = region_copy(region, buffer_slice(&body));
    if (request->anonymous)
        curl_easy_cleanup(curl);
    if (code != CURLE_OK)
        return FAIL(error, ERROR_IO, "not-reached", "the server was not reached: %s",
                    curl_easy_strerror(code));
    *ret_response = response;
    return OK;
}
