/* A page that a phone opens to test itself, before its owner is asked anything. It is the same for everybody: nothing about the
 * phone comes here but its request. */
#include "people/handlers.h"
#include "templates.h"
#include "view/picture.h"

static struct slice host_of(struct slice url)
{
    size_t at = slice_find(url, S("://"));
    return at == url.length ? url : slice_from(url, at + 3);
}

enum error_code phone_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct slice url = http_server_public_url(request->server);
    struct view view = page_view(request, NULL);
    struct template_phone body = {
        .host = host_of(url),
        .good_address = http_url_is_for_phones(url),
        .here = slice_starts_with(url, S("https://")), /* and yet not for phones: it is this machine */
        .voice = http_server_voice_origin(request->server),
    };
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PHONE_TITLE, NO_ARGUMENTS),
        .body = template_phone_html(request->region, &view, &body),
        .script = "phone.js",
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

struct html phone_code(struct http_request *request, enum language language)
{
    struct slice url = http_server_public_url(request->server);
    struct slice title = message_text(request->region, language, MESSAGE_PHONE_CODE, NO_ARGUMENTS);
    if (!http_url_is_for_phones(url))
        return (struct html){0};
    return picture_qr(request->region, "phone-code", title,
                      region_format(request->region, "%.*s/phone", SLICE_ARG(url)));
}
