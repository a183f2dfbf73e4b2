#include "http/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "http/headers.h"

enum { LISTEN_BACKLOG = 1024, HOST_MAXIMUM = 253, PORT_MAXIMUM = 65535 };

/* "host:port" and "[v6]:port"; *ret_port is empty when there is no colon behind the host. The brackets are
 * not part of the host. False when brackets do not match or a bare host has a colon too many. */
static bool split_host_port(struct slice text, struct slice *ret_host, struct slice *ret_port,
                            bool *ret_brackets)
{
    struct slice rest;
    *ret_brackets = text.length > 0 && text.data[0] == '[';
    if (*ret_brackets) {
        size_t end = slice_find_byte(text, ']');
        if (end == text.length)
            return false;
        *ret_host = slice_part(text, 1, end - 1);
        rest = slice_from(text, end + 1);
    } else {
        size_t colon = slice_find_byte(text, ':');
        *ret_host = slice_part(text, 0, colon);
        rest = slice_from(text, colon);
    }
    if (rest.length > 0 && (rest.data[0] != ':' || rest.length == 1))
        return false;
    *ret_port = slice_from(rest, 1);
    return ret_host->length > 0 && ret_host->length <= HOST_MAXIMUM;
}

static bool parse_port(struct slice text, int64_t lowest, uint16_t *ret_port)
{
    int64_t port;
    if (text.length > 5 || !slice_to_integer(text, lowest, PORT_MAXIMUM, &port))
        return false;
    *ret_port = (uint16_t)port;
    return true;
}

static bool is_ip(int family, struct slice text, void *ret_bytes)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.length >= sizeof(copy) || slice_find_byte(text, '\0') < text.length)
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return inet_pton(family, copy, ret_bytes) == 1;
}

enum error_code http_parse_listen(struct slice text, struct error *error, struct region *region,
                                  const char **ret_address, uint16_t *ret_port)
{
    struct slice host;
    struct slice port_text;
    bool brackets;
    uint16_t port;
    uint8_t bytes[16];
    if (!split_host_port(text, &host, &port_text, &brackets) || !parse_port(port_text, 0, &port) ||
        !is_ip(brackets ? AF_INET6 : AF_INET, host, bytes))
        return FAIL(error, ERROR_INPUT, "listen-syntax",
                    "\"%.*s\" is no address to listen on; write 127.0.0.1:8080 or [::1]:8080",
                    SLICE_ARG(text));
    *ret_address = region_text(region, host);
    *ret_port = port;
    return OK;
}

/* Letters, digits, '-' and '.', no empty label. Names in other scripts must be given in their xn-- form, as
 * browsers send them. */
static bool is_host_name(struct slice host)
{
    struct slice label;
    while (slice_take(&host, '.', &label)) {
        if (label.length == 0 || label.length > 63 || label.data[0] == '-' ||
            label.data[label.length - 1] == '-')
            return false;
        for (size_t i = 0; i < label.length; i++) {
            char c = label.data[i];
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
                return false;
        }
    }
    return true;
}

/* IPv6 in the shortest form, as browsers write it. */
static bool normal_host(struct slice host, bool brackets, struct region *region, struct slice *ret_host)
{
    struct in6_addr ipv6;
    if (brackets) {
        char text[INET6_ADDRSTRLEN];
        if (!is_ip(AF_INET6, host, &ipv6) || inet_ntop(AF_INET6, &ipv6, text, sizeof(text)) == NULL)
            return false;
        *ret_host = region_format(region, "[%s]", text);
        return true;
    }
    if (!is_host_name(host))
        return false;
    char lower[HOST_MAXIMUM];
    for (size_t i = 0; i < host.length; i++) {
        char c = host.data[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    *ret_host = region_copy(region, slice_from_bytes(lower, host.length));
    return true;
}

static bool parse_origin(struct slice text, struct region *region, struct slice *ret_origin, bool *ret_secure)
{
    size_t scheme_end = slice_find(text, S("://"));
    struct slice scheme = slice_part(text, 0, scheme_end);
    bool secure = slice_equal_ignore_case(scheme, S("https"));
    if (!secure && !slice_equal_ignore_case(scheme, S("http")))
        return false;
    struct slice authority = slice_from(text, scheme_end + 3);
    if (slice_ends_with(authority, S("/")))
        authority = slice_part(authority, 0, authority.length - 1);

    struct slice host;
    struct slice port_text;
    bool brackets;
    uint16_t default_port = secure ? 443 : 80;
    uint16_t port = default_port;
    if (!split_host_port(authority, &host, &port_text, &brackets) ||
        (port_text.length > 0 && !parse_port(port_text, 1, &port)) ||
        !normal_host(host, brackets, region, &host))
        return false;
    const char *prefix = secure ? "https://" : "http://";
    if (port == default_port)
        *ret_origin = region_format(region, "%s%.*s", prefix, SLICE_ARG(host));
    else
        *ret_origin = region_format(region, "%s%.*s:%u", prefix, SLICE_ARG(host), port);
    *ret_secure = secure;
    return true;
}

enum error_code http_parse_url_origin(struct slice text, struct error *error, struct region *region,
                                      struct slice *ret_origin, bool *ret_secure)
{
    struct slice origin;
    bool secure;
    if (!parse_origin(text, region, &origin, &secure))
        return FAIL(error, ERROR_INPUT, "url-syntax",
                    "\"%.*s\" is no public address; write https://trust.example.org, without a path",
                    SLICE_ARG(text));
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the public address");
    *ret_origin = origin;
    *ret_secure = secure;
    return OK;
}

static socklen_t make_socket_address(const char *address, uint16_t port, struct sockaddr_storage *ret_address)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    *ret_address = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, address, &ipv4.sin_addr) == 1) {
        memcpy(ret_address, &ipv4, sizeof(ipv4));
        return sizeof(ipv4);
    }
    if (inet_pton(AF_INET6, address, &ipv6.sin6_addr) == 1) {
        memcpy(ret_address, &ipv6, sizeof(ipv6));
        return sizeof(ipv6);
    }
    return 0;
}

static enum error_code bind_and_listen(int fd, const struct sockaddr *address, socklen_t length,
                                       const char *address_text, uint16_t port, struct error *error)
{
    int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 || bind(fd, address, length) != 0 ||
        listen(fd, LISTEN_BACKLOG) != 0) {
        int cause = errno;
        if (cause == EADDRINUSE)
            return FAIL(error, ERROR_IO, "port-in-use", "another program listens on %s port %u already",
                        address_text, port);
        char text[128];
        return FAIL(error, ERROR_IO, "listen-failed", "cannot listen on %s port %u: %s", address_text, port,
                    strerror_r(cause, text, sizeof(text)));
    }
    return OK;
}

static enum error_code read_port(int fd, struct error *error, uint16_t *ret_port)
{
    struct sockaddr_storage bound;
    socklen_t length = sizeof(bound);
    if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0)
        return FAIL(error, ERROR_IO, "listen-failed", "the listening socket has no port");
    struct sockaddr_in ipv4; /* the port has the same place in both families */
    memcpy(&ipv4, &bound, sizeof(ipv4));
    *ret_port = ntohs(ipv4.sin_port);
    return OK;
}

enum error_code listen_socket_open(const char *address, uint16_t port, struct error *error, int *ret_socket,
                                   uint16_t *ret_port, bool *ret_loopback)
{
    struct sockaddr_storage where;
    socklen_t length = make_socket_address(address, port, &where);
    if (length == 0)
        return FAIL(error, ERROR_INPUT, "listen-syntax", "\"%s\" is no numeric address", address);
    int fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return FAIL(error, ERROR_IO, "listen-failed", "the system gives no socket for %s", address);
    enum error_code code = bind_and_listen(fd, (struct sockaddr *)&where, length, address, port, error);
    if (code == OK)
        code = read_port(fd, error, ret_port);
    if (code != OK) {
        close(fd);
        return code;
    }
    *ret_socket = fd;
    *ret_loopback = socket_address_is_loopback((struct sockaddr *)&where);
    return OK;
}

bool http_url_is_for_phones(struct slice url)
{
    if (!slice_starts_with(url, S("https://")))
        return false;
    struct slice host = slice_from(url, sizeof "https://" - 1);
    return !slice_starts_with(host, S("localhost")) && !slice_starts_with(host, S("127.")) &&
           !slice_starts_with(host, S("[::1]"));
}
