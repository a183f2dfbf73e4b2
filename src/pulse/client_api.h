/* JSON for clients other than our own pages. Uses: round. */
#ifndef HECHT_PULSE_CLIENT_API_H
#define HECHT_PULSE_CLIENT_API_H

#include "http/http.h"

extern const struct http_route_table PULSE_CLIENT_ROUTES;

#endif
