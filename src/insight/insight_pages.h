/* The pages of insight: a team's result, the talk about it, and the organisation's map.
 * Uses: org, people, pulse, promise. */
#ifndef HECHT_INSIGHT_INSIGHT_PAGES_H
#define HECHT_INSIGHT_INSIGHT_PAGES_H

#include "http/http.h"

extern const struct http_route_table INSIGHT_ROUTES;

#endif
