/* Responses, and the headers that every one of them has. */
#include <microhttpd.h>

#include "base/base.h"
#include "http/compress.h"

/* Nothing from elsewhere, no inline script or style, in nobody's frame; the address tells no other site where
 * a reader came from. */
static const struct {
    const char *name;
    const char *value;
} headers_always[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};

/* Scripts may talk to this server and to its second address. */
const char *response_content_policy(struct slice voice_origin, struct region *region)
{
    return region_text(
        region, region_format(region,
                              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                              "connect-src 'self'%s%.*s; form-action 'self'; base-uri 'none'; "
                              "frame-ancestors 'none'; require-trusted-types-for 'script'; "
                              "trusted-types hecht",
                              voice_origin.length > 0 ? " " : "", SLICE_ARG(voice_origin)));
}

static bool add(struct MHD_Response *made, const char *name, const char *value)
{
    return MHD_add_response_header(made, name, value) == MHD_YES;
}

static bool add_common(const struct http_server *server, struct MHD_Response *made, const char *content_type,
                       bool asset)
{
    bool good = add(made, "Content-Security-Policy", server->content_policy);
    for (size_t i = 0; i < COUNT_OF(headers_always); i++)
        good = good && add(made, headers_always[i].name, headers_always[i].value);
    good = good && add(made, "Content-Type", content_type);
    good = good && add(made, "Cache-Control", asset ? "public, max-age=31536000, immutable" : "no-store");
    bool page = slice_starts_with(slice_from_text(content_type), S("text/html"));
    good = good && add(made, "Vary",
                       asset  ? "Accept-Encoding"
                       : page ? "Accept-Language, Accept-Encoding, Sec-Fetch-Site"
                              : "Accept-Language");
    if (server->secure)
        good = good && add(made, "Strict-Transport-Security", "max-age=31536000");
    return good;
}

static struct MHD_Response *keep_if(bool good, struct MHD_Response *made)
{
    if (!good && made != NULL) {
        MHD_destroy_response(made);
        made = NULL;
    }
    return made;
}

static bool add_own(struct MHD_Response *made, const struct http_response *response, struct region *region)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (!add(made, region_text(region, response->headers[i].name),
                 region_text(region, response->headers[i].value)))
            return false;
    return !region_failed(region);
}

struct MHD_Response *response_make(const struct http_server *server, const struct incoming *incoming,
                                   struct http_response *response, struct region *region)
{
    bool gzip = compress_wanted(incoming, response) && compress_body(&response->body);
    /* libmicrohttpd frees the body's memory with free(), which is how the buffer allocated it. */
    struct MHD_Response *made = NULL;
    if (response->body.length > 0)
        made = MHD_create_response_from_buffer(response->body.length, response->body.data,
                                               MHD_RESPMEM_MUST_FREE);
    else
        made = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (made == NULL || response->body.length == 0)
        buffer_free(&response->body);
    else
        response->body = BUFFER(response->body.maximum);
    bool good =
        made != NULL &&
        add_common(server, made,
                   response->content_type == NULL ? "text/html; charset=utf-8" : response->content_type,
                   response->cacheable_forever) &&
        (!gzip || add(made, "Content-Encoding", "gzip")) && add_own(made, response, region);
    return keep_if(good, made);
}

struct MHD_Response *response_make_text(const struct http_server *server, struct slice text,
                                        bool close_connection)
{
    struct MHD_Response *made =
        MHD_create_response_from_buffer(text.length, (void *)(uintptr_t)text.data, MHD_RESPMEM_MUST_COPY);
    bool good = made != NULL && add_common(server, made, "text/plain; charset=utf-8", false) &&
                (!close_connection || add(made, "Connection", "close"));
    return keep_if(good, made);
}

struct MHD_Response *response_make_asset(const struct http_server *server, struct slice content,
                                         const char *type, bool gzip)
{
    struct MHD_Response *made = MHD_create_response_from_buffer(
        content.length, (void *)(uintptr_t)content.data, MHD_RESPMEM_PERSISTENT);
    bool good = made != NULL && add_common(server, made, type, true) &&
                (!gzip || add(made, "Content-Encoding", "gzip"));
    return keep_if(good, made);
}
