/* Any path finds a route whose pattern it really has, or none; and cookies and other header values of the
 * same bytes are read without harm. The first byte chooses the method. */
#include "http/headers.h"
#include "http/router.h"
#include "http/session.h"

enum { REGION_MAXIMUM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static enum error_code nothing(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    (void)request;
    (void)response;
    (void)error;
    return OK;
}

#define GET_ROUTE(pattern) ROUTE(HTTP_GET, pattern, PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, nothing, "fuzz")
#define POST_ROUTE(pattern)                                                                                  \
    ROUTE(HTTP_POST, pattern, PERMISSION_PUBLIC, BODY_FORM, RATE_FORM, nothing, "fuzz")

static const struct http_route routes[] = {
    GET_ROUTE("/"),        GET_ROUTE("/:a"),          GET_ROUTE("/t/:a"),      GET_ROUTE("/t/n"),
    POST_ROUTE("/t/:a"),   GET_ROUTE("/t/:a/:b"),     GET_ROUTE("/t/n/:b"),    GET_ROUTE("/t/:a/p"),
    POST_ROUTE("/t/:a/p"), GET_ROUTE("/:a/:b/:c/:d"), GET_ROUTE("/t/:b/c/:d"),
};

/* Rebuilds the decoded path from pattern and parameters and compares it with the path decoded by hand. */
static void check_match(const struct router_match *match, struct slice path)
{
    CLEANUP(buffer_free) struct buffer built = BUFFER(REGION_MAXIMUM);
    struct slice pattern = slice_from(slice_from_text(match->route->pattern), 1);
    struct slice segment;
    size_t parameter = 0;
    while (slice_take(&pattern, '/', &segment)) {
        buffer_append_byte(&built, '/');
        bool is_parameter = slice_starts_with(segment, S(":"));
        if (is_parameter) {
            require(parameter < match->parameter_count);
            require(slice_equal(match->parameters[parameter].name, slice_from(segment, 1)));
            require(match->parameters[parameter].value.length > 0);
            require(slice_is_clean_text(match->parameters[parameter].value, ""));
        }
        buffer_append(&built, is_parameter ? match->parameters[parameter++].value : segment);
    }
    require(parameter == match->parameter_count && !built.failed);
    CLEANUP(buffer_free) struct buffer decoded = BUFFER(REGION_MAXIMUM);
    for (size_t i = 0; i < path.length; i++) {
        uint8_t byte = (uint8_t)path.data[i];
        if (byte == '%') {
            char digits[2];
            for (size_t digit = 0; digit < 2; digit++) {
                char c = path.data[++i];
                digits[digit] = c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : c;
            }
            require(hex_decode(slice_from_bytes(digits, 2), &byte, 1));
        }
        buffer_append_byte(&decoded, (char)byte);
    }
    require(slice_equal(buffer_slice(&decoded), buffer_slice(&built)));
}

static void check_headers(struct slice value)
{
    uint8_t token[SESSION_TOKEN_BYTES];
    struct client_address client;
    struct slice cookie;
    (void)session_token_read(value, true, token);
    (void)media_type_is(value, S("application/json"));
    (void)accepts_gzip(value);
    (void)client_address_forwarded(value, &client);
    if (cookie_find(value, S("hecht"), &cookie))
        require(cookie.length < value.length);
}

static void check_addresses(struct slice value)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct slice origin;
    struct slice again;
    bool secure;
    uint16_t port;
    const char *address;
    if (http_parse_url_origin(value, NULL, region, &origin, &secure) == OK) {
        require(http_parse_url_origin(origin, NULL, region, &again, &secure) == OK);
        require(slice_equal(origin, again));
    }
    if (http_parse_listen(value, NULL, region, &address, &port) == OK)
        require(address[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct http_route_table table = {routes, COUNT_OF(routes)};
    static struct router *router;
    if (size == 0)
        return 0;
    if (router == NULL)
        require(router_make(&table, 1, NULL, &router) == OK);
    struct slice input = slice_from_bytes(data + 1, size - 1);
    char *scratch = malloc(size);
    require(scratch != NULL);
    struct router_match match;
    router_find(router, data[0] % 3, input, scratch, &match);
    require(match.route == NULL || (match.path_known && (int)match.route->method == data[0] % 3));
    if (match.route != NULL)
        check_match(&match, input);
    free(scratch);
    check_headers(input);
    check_addresses(input);
    return 0;
}
