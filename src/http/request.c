/* What handlers use. */
#include "base/base.h"
#include "http/server.h"

static struct slice find_field(const struct http_field *fields, size_t count, const char *name)
{
    struct slice wanted = slice_from_text(name);
    for (size_t i = 0; i < count; i++)
        if (slice_equal(fields[i].name, wanted))
            return fields[i].value;
    return (struct slice){0};
}

struct slice http_form(const struct http_request *request, const char *name)
{
    return find_field(request->form.items, request->form.count, name);
}

struct slice http_query(const struct http_request *request, const char *name)
{
    return find_field(request->query.items, request->query.count, name);
}

struct slice http_path(const struct http_request *request, const char *name)
{
    return find_field(request->path_parameters, request->path_parameter_count, name);
}

enum error_code http_path_id(const struct http_request *request, const char *name, struct error *error,
                             int64_t *ret_id)
{
    struct slice text = http_path(request, name);
    /* No leading zeros: one thing, one address. */
    if (text.length == 0 || text.data[0] == '0' || !slice_to_integer(text, 1, INT64_MAX, ret_id))
        return FAIL(error, ERROR_NOT_FOUND, "id-malformed", "the path has no id at :%s", name);
    return OK;
}

void http_add_header(struct http_response *response, const char *name, struct slice value)
{
    /* A line break would begin a header that nobody wrote: the response is given up. */
    if (response->header_count == HTTP_HEADERS_MAXIMUM || !slice_is_clean_text(value, "")) {
        response->body.failed = true;
        return;
    }
    response->headers[response->header_count++] = (struct http_field){slice_from_text(name), value};
}

void http_redirect(struct http_request *request, struct http_response *response, struct slice path)
{
    (void)request;
    /* "//host" and "/\host" lead to other servers. */
    bool local = path.length > 0 && path.data[0] == '/' &&
                 (path.length == 1 || (path.data[1] != '/' && path.data[1] != '\\'));
    if (!local)
        response->body.failed = true;
    response->status = 303;
    http_add_header(response, "Location", path);
}

void http_redirect_away(struct http_response *response, struct slice url)
{
    response->status = 303;
    http_add_header(response, "Location", url);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

struct slice http_server_public_url(const struct http_server *server)
{
    return server->public_url;
}

struct slice http_server_voice_origin(const struct http_server *server)
{
    return server->voice_origin;
}

bool http_server_is_secure(const struct http_server *server)
{
    return server->secure;
}
