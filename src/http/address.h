/* The socket on which the server listens. The parsers of addresses are declared in http.h. */
#ifndef HECHT_HTTP_ADDRESS_H
#define HECHT_HTTP_ADDRESS_H

#include "http/http.h"

/* Binds and listens. *ret_port is the real port when 0 was asked; *ret_loopback whether only this machine can
 * connect. ERROR_IO: reasons "port-in-use", "listen-failed". ERROR_INPUT "listen-syntax": no numeric address.
 */
enum error_code listen_socket_open(const char *address, uint16_t port, struct error *error, int *ret_socket,
                                   uint16_t *ret_port, bool *ret_loopback) MUST_CHECK;

#endif
