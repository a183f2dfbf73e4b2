#include "http/headers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/base.h"

bool cookie_find(struct slice header, struct slice name, struct slice *ret_value)
{
    struct slice pair;
    struct slice value = {0};
    bool found = false;
    while (slice_take(&header, ';', &pair)) {
        pair = slice_trim(pair);
        size_t equals = slice_find_byte(pair, '=');
        if (equals == pair.length || !slice_equal(slice_part(pair, 0, equals), name))
            continue;
        struct slice this_value = slice_from(pair, equals + 1);
        if (found && !slice_equal(value, this_value))
            return false;
        value = this_value;
        found = true;
    }
    if (found)
        *ret_value = value;
    return found;
}

bool media_type_is(struct slice header, struct slice type)
{
    return slice_equal_ignore_case(slice_trim(slice_part(header, 0, slice_find_byte(header, ';'))), type);
}

/* "q=0", "q=0.", "q=0.000". */
static bool quality_is_zero(struct slice parameter)
{
    parameter = slice_trim(parameter);
    if (parameter.length < 3 || !slice_equal_ignore_case(slice_part(parameter, 0, 3), S("q=0")))
        return false;
    for (size_t i = 3; i < parameter.length; i++)
        if (parameter.data[i] != '.' && parameter.data[i] != '0')
            return false;
    return true;
}

bool accepts_gzip(struct slice header)
{
    struct slice item;
    bool any = false;
    while (slice_take(&header, ',', &item)) {
        size_t semicolon = slice_find_byte(item, ';');
        struct slice coding = slice_trim(slice_part(item, 0, semicolon));
        bool refused = quality_is_zero(slice_from(item, semicolon + 1));
        if (slice_equal_ignore_case(coding, S("gzip")))
            return !refused;
        if (slice_equal(coding, S("*")))
            any = !refused;
    }
    return any;
}

static struct client_address from_ipv4(const struct in_addr *address)
{
    struct client_address client = {.bytes = {[10] = 0xFF, [11] = 0xFF}};
    memcpy(client.bytes + 12, address, 4);
    return client;
}

static struct client_address from_ipv6(const struct in6_addr *address)
{
    struct client_address client = {0};
    memcpy(client.bytes, address, IN6_IS_ADDR_V4MAPPED(address) ? 16 : 8);
    return client;
}

struct client_address client_address_of_socket(const struct sockaddr *address)
{
    if (address != NULL && address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof(ipv4));
        return from_ipv4(&ipv4.sin_addr);
    }
    if (address != NULL && address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof(ipv6));
        return from_ipv6(&ipv6.sin6_addr);
    }
    return (struct client_address){0};
}

bool client_address_forwarded(struct slice header, struct client_address *ret_client)
{
    struct slice item;
    struct slice last = {0};
    while (slice_take(&header, ',', &item))
        last = slice_trim(item);
    char text[INET6_ADDRSTRLEN];
    if (last.length == 0 || last.length >= sizeof(text))
        return false;
    memcpy(text, last.data, last.length);
    text[last.length] = '\0';

    struct in_addr ipv4;
    struct in6_addr ipv6;
    if (inet_pton(AF_INET, text, &ipv4) == 1)
        *ret_client = from_ipv4(&ipv4);
    else if (inet_pton(AF_INET6, text, &ipv6) == 1)
        *ret_client = from_ipv6(&ipv6);
    else
        return false;
    return true;
}

bool socket_address_is_loopback(const struct sockaddr *address)
{
    struct client_address client = client_address_of_socket(address);
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (memcmp(client.bytes, mapped, sizeof(mapped)) == 0)
        return client.bytes[12] == 127;
    if (address == NULL || address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 ipv6;
    memcpy(&ipv6, address, sizeof(ipv6));
    return IN6_IS_ADDR_LOOPBACK(&ipv6.sin6_addr);
}
