/* Finds the route of a path. Literal segments win over parameters, from the left. */
#ifndef HECHT_HTTP_ROUTER_H
#define HECHT_HTTP_ROUTER_H

#include "http/http.h"

enum { ROUTER_SEGMENTS_MAXIMUM = 12 };

struct router;

struct router_match {
    const struct http_route *route; /* NULL: none */
    bool path_known;                /* some route has this path, maybe with another method */
    bool allows_get;
    bool allows_post;
    struct http_field parameters[HTTP_PATH_PARAMETERS_MAXIMUM];
    size_t parameter_count;
};

/* ERROR_INTERNAL when a row is wrong (pattern, permission, two rows with the same method and path, ...):
 * found at the start, not by a visitor. The tables must outlive the router. */
enum error_code router_make(const struct http_route_table *tables, size_t table_count, struct error *error,
                            struct router **ret_router) MUST_CHECK;
struct router *router_free(struct router *router); /* takes NULL */

/* method 0 stands for one that no route has. path is as sent, without '?'; scratch takes path.length bytes
 * and must live as long as the parameters, which are decoded into it. */
void router_find(const struct router *router, int method, struct slice path, char *scratch,
                 struct router_match *ret_match);

#endif
