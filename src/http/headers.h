/* What Hecht reads out of request headers. Pure functions. */
#ifndef HECHT_HTTP_HEADERS_H
#define HECHT_HTTP_HEADERS_H

#include <sys/socket.h>

#include "http/limits.h"

/* Value of the cookie. False when there is none, or two that differ: somebody put one there, and guessing
 * which would let them choose. */
bool cookie_find(struct slice header, struct slice name, struct slice *ret_value);
/* Whether "Application/JSON; charset=utf-8" is of the type "application/json". */
bool media_type_is(struct slice header, struct slice type);
/* Whether Accept-Encoding names gzip (or *) and not with q=0. */
bool accepts_gzip(struct slice header);

struct client_address client_address_of_socket(const struct sockaddr *address);
/* The last address of X-Forwarded-For: the one that the nearest proxy has seen. False when it is none. */
bool client_address_forwarded(struct slice header, struct client_address *ret_client);
bool socket_address_is_loopback(const struct sockaddr *address);

#endif
